//! Physical memory as the CPU sees it: words of 8 to 128 bits at any address.
//!
//! The first region of [`Memory`] is accessed directly, at the price of a bounds check; the rest
//! through `Memory` itself.
//!
//! A word at any address is one of an array of words that starts at byte 0, 1, 2 … of memory: as
//! many arrays as a word has bytes. To look there is a compare and a move, while a slice of memory
//! comes with an error to be made and dropped. Loads and stores have arrays of their own, so that
//! what reaches into one is called from one place, and is inlined there.

use crate::machine::state::memory::Memory;
use crate::machine::state::region::{
    ByteValued, Le16, Region, VolatileArrayRef, VolatileMemory as _, VolatileSlice,
};

/// Memory as words of `N` bytes, at each distance from where they are aligned.
#[derive(Clone, Copy, Debug)]
struct Words<'m, T, const N: usize>([VolatileArrayRef<'m, T>; N]);

impl<'m, T: ByteValued, const N: usize> Words<'m, T, N> {
    #[inline(never)]
    fn new(region: &'m Region) -> Option<Self> {
        let mut arrays = [region.get_array_ref(0, 0).ok()?; N];
        for (from, array) in arrays.iter_mut().enumerate() {
            let count = region.len().saturating_sub(from) / N;
            *array = region.get_array_ref(from, count).ok()?;
        }
        Some(Self(arrays))
    }

    #[inline(always)]
    fn load(&self, at: u64) -> Option<T> {
        let array = &self.0[(at % N as u64) as usize];
        let index = usize::try_from(at / N as u64).ok()?;
        (index < array.len()).then(|| array.ref_at(index).load())
    }

    #[inline(always)]
    fn store(&self, at: u64, value: T) -> Option<()> {
        let array = &self.0[(at % N as u64) as usize];
        let index = usize::try_from(at / N as u64).ok()?;
        (index < array.len()).then(|| array.ref_at(index).store(value))
    }
}

/// The memory of a machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ram<'m> {
    load: (Words<'m, u8, 1>, Words<'m, u16, 2>, Words<'m, u32, 4>, Words<'m, u64, 8>),
    store: (Words<'m, i8, 1>, Words<'m, i16, 2>, Words<'m, i32, 4>, Words<'m, i64, 8>),
    peek: Words<'m, Le16, 2>,
    wide: Words<'m, u128, 16>,
    first: VolatileSlice<'m>,
    memory: &'m Memory,
}

impl<'m> Ram<'m> {
    #[inline(never)]
    pub(crate) fn new(memory: &'m Memory) -> Option<Self> {
        let (_, region) = memory.regions().next()?;
        let load =
            (Words::new(region)?, Words::new(region)?, Words::new(region)?, Words::new(region)?);
        let store =
            (Words::new(region)?, Words::new(region)?, Words::new(region)?, Words::new(region)?);
        let (peek, wide) = (Words::new(region)?, Words::new(region)?);
        Some(Self { load, store, peek, wide, first: region.as_volatile_slice(), memory })
    }

    /// Bytes that are accessed directly, from address 0 on.
    pub(crate) fn direct(&self) -> u64 {
        self.first.len() as u64
    }

    /// A word of the direct part; `None` if it is not all there.
    #[inline(always)]
    pub(crate) fn load<const BITS: u32>(&self, at: u64) -> Option<u64> {
        match BITS {
            8 => self.load.0.load(at).map(u64::from),
            16 => self.load.1.load(at).map(u64::from),
            32 => self.load.2.load(at).map(u64::from),
            _ => self.load.3.load(at),
        }
    }

    /// 16 bits of the direct part, for the processor's own use.
    #[inline(always)]
    pub(crate) fn peek(&self, at: u64) -> Option<u64> {
        self.peek.load(at).map(|word| word.to_native().into())
    }

    /// Stores a word in the direct part; `None` if it is not all there.
    #[inline(always)]
    pub(crate) fn store<const BITS: u32>(&self, at: u64, value: u64) -> Option<()> {
        match BITS {
            8 => self.store.0.store(at, value as i8),
            16 => self.store.1.store(at, value as i16),
            32 => self.store.2.store(at, value as i32),
            _ => self.store.3.store(at, value as i64),
        }
    }

    /// 128 bits of the direct part.
    pub(crate) fn load_wide(&self, at: u64) -> Option<u128> {
        self.wide.load(at)
    }

    /// Stores 128 bits in the direct part.
    pub(crate) fn store_wide(&self, at: u64, value: u128) -> Option<()> {
        self.wide.store(at, value)
    }

    /// Copies bytes out, from anywhere.
    pub(crate) fn read(&self, at: u64, bytes: &mut [u8]) -> Option<()> {
        self.memory.read(at, bytes)
    }

    /// Copies bytes in, to anywhere.
    pub(crate) fn write(&self, at: u64, bytes: &[u8]) -> Option<()> {
        self.memory.write(at, bytes)
    }

    /// Copies `count` bytes within the direct part, as if one after the other.
    pub(crate) fn copy(&self, from: u64, to: u64, count: usize) -> Option<()> {
        let slice = |at: u64| {
            let at = usize::try_from(at).ok()?;
            self.first.get_slice(at, count).ok()
        };
        slice(from)?.copy_to_volatile_slice(slice(to)?);
        Some(())
    }

    /// Fills `count` bytes of the direct part with a word of `width` bytes.
    pub(crate) fn fill(&self, at: u64, count: usize, word: u64, width: usize) -> Option<()> {
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
