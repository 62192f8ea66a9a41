//! Physical memory as the CPU sees it: words of 8 to 64 bits at any address.
//!
//! The first region of [`Memory`] is accessed directly, at the price of a bounds check; the rest
//! through `Memory` itself. Knows nothing of linear addresses.

use crate::machine::memory::Memory;
use vm_memory::{VolatileMemory as _, VolatileSlice};

/// The memory of a machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ram<'m> {
    first: VolatileSlice<'m>,
    memory: &'m Memory,
}

impl<'m> Ram<'m> {
    pub(super) fn new(memory: &'m Memory) -> Option<Self> {
        let (_, region) = memory.regions().next()?;
        Some(Self { first: region.as_volatile_slice(), memory })
    }

    /// Bytes that are accessed directly, from address 0 on.
    pub(super) fn direct(&self) -> u64 {
        self.first.len() as u64
    }

    /// A word of the direct part; `None` if it is not all there.
    #[inline(always)]
    pub(super) fn load<const BITS: u32>(&self, at: u64) -> Option<u64> {
        let at = usize::try_from(at).ok()?;
        Some(match BITS {
            8 => self.first.get_ref::<u8>(at).ok()?.load().into(),
            16 => self.first.get_ref::<u16>(at).ok()?.load().into(),
            32 => self.first.get_ref::<u32>(at).ok()?.load().into(),
            _ => self.first.get_ref::<u64>(at).ok()?.load(),
        })
    }

    /// Stores a word in the direct part; `None` if it is not all there.
    #[inline(always)]
    pub(super) fn store<const BITS: u32>(&self, at: u64, value: u64) -> Option<()> {
        let at = usize::try_from(at).ok()?;
        match BITS {
            8 => self.first.get_ref::<u8>(at).ok()?.store(value as u8),
            16 => self.first.get_ref::<u16>(at).ok()?.store(value as u16),
            32 => self.first.get_ref::<u32>(at).ok()?.store(value as u32),
            _ => self.first.get_ref::<u64>(at).ok()?.store(value),
        }
        Some(())
    }

    /// Copies bytes out, from anywhere.
    pub(super) fn read(&self, at: u64, bytes: &mut [u8]) -> Option<()> {
        self.memory.read(at, bytes)
    }

    /// Copies bytes in, to anywhere.
    pub(super) fn write(&self, at: u64, bytes: &[u8]) -> Option<()> {
        self.memory.write(at, bytes)
    }

    /// Copies `count` bytes within the direct part, as if one after the other.
    pub(super) fn copy(&self, from: u64, to: u64, count: usize) -> Option<()> {
        let slice = |at: u64| {
            let at = usize::try_from(at).ok()?;
            self.first.get_slice(at, count).ok()
        };
        slice(from)?.copy_to_volatile_slice(slice(to)?);
        Some(())
    }

    /// Fills `count` bytes of the direct part with a word of `width` bytes.
    pub(super) fn fill(&self, at: u64, count: usize, word: u64, width: usize) -> Option<()> {
        const PIECE: usize = 256;
        let mut pattern = [0; PIECE];
        for place in pattern.chunks_exact_mut(width) {
            place.copy_from_slice(word.to_le_bytes().get(..width)?);
        }
        let slice = self.first.subslice(usize::try_from(at).ok()?, count).ok()?;
        for start in (0..count).step_by(PIECE) {
            let length = PIECE.min(count - start);
            slice.subslice(start, length).ok()?.copy_from(pattern.get(..length)?);
        }
        Some(())
    }
}
