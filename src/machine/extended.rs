//! The x87, SSE and AVX registers, as the XSAVE instruction lays them out (SDM volume 1, 13.4).
//!
//! Only the parts at places that are the same on every processor have names here; all of the
//! area is kept. Knows nothing of what a program does with them.

use std::fmt;

/// Bytes of the area that KVM moves.
pub const AREA: usize = 4096;

/// Offsets in the area.
mod offset {
    pub(super) const CONTROL: usize = 0;
    pub(super) const STATUS: usize = 2;
    pub(super) const TAGS: usize = 4;
    pub(super) const MXCSR: usize = 24;
    pub(super) const ST: usize = 32;
    pub(super) const XMM: usize = 160;
    pub(super) const STATE_BITS: usize = 512;
    pub(super) const YMM_HIGH: usize = 576;
}

/// The x87 control word after FNINIT.
const CONTROL_DEFAULT: u16 = 0x37F;
/// MXCSR after a reset.
const MXCSR_DEFAULT: u32 = 0x1F80;
/// XSTATE_BV with x87 and SSE in the area.
const LEGACY: u64 = 3;

/// The registers beyond the general ones.
#[derive(Clone, PartialEq, Eq)]
pub struct Extended {
    /// The XSAVE area, in the standard format.
    pub area: Box<[u8; AREA]>,
    /// XCR0, where the host has one.
    pub xcr0: Option<u64>,
}

impl Default for Extended {
    /// As after FNINIT, all vector registers 0.
    fn default() -> Self {
        let mut extended = Self { area: Box::new([0; AREA]), xcr0: None };
        extended.put(offset::CONTROL, &CONTROL_DEFAULT.to_le_bytes());
        extended.put(offset::MXCSR, &MXCSR_DEFAULT.to_le_bytes());
        extended.put(offset::STATE_BITS, &LEGACY.to_le_bytes());
        extended
    }
}

impl fmt::Debug for Extended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extended").field("xcr0", &self.xcr0).finish_non_exhaustive()
    }
}

impl Extended {
    fn put(&mut self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.area.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    fn get<const N: usize>(&self, at: usize) -> [u8; N] {
        self.area.get(at..at + N).and_then(|b| b.try_into().ok()).unwrap_or([0; N])
    }

    /// The x87 control word.
    #[must_use]
    pub fn control(&self) -> u16 {
        u16::from_le_bytes(self.get(offset::CONTROL))
    }

    /// The x87 status word.
    #[must_use]
    pub fn status(&self) -> u16 {
        u16::from_le_bytes(self.get(offset::STATUS))
    }

    /// Bit `i` is set if the x87 register that is physically number `i` is in use.
    #[must_use]
    pub fn tags(&self) -> u8 {
        self.get::<1>(offset::TAGS)[0]
    }

    /// Whether `st(i)` is in use.
    #[must_use]
    pub fn st_in_use(&self, i: usize) -> bool {
        let top = usize::from(self.status() >> 11 & 7);
        self.tags() >> ((top + i) & 7) & 1 != 0
    }

    /// The 80 bits of `st(i)`.
    #[must_use]
    pub fn st(&self, i: usize) -> [u8; 10] {
        self.get(offset::ST + 16 * i)
    }

    /// MXCSR.
    #[must_use]
    pub fn mxcsr(&self) -> u32 {
        u32::from_le_bytes(self.get(offset::MXCSR))
    }

    /// `xmm0` to `xmm15`.
    #[must_use]
    pub fn xmm(&self, i: usize) -> u128 {
        u128::from_le_bytes(self.get(offset::XMM + 16 * i))
    }

    /// The upper half of `ymm0` to `ymm15`.
    #[must_use]
    pub fn ymm_high(&self, i: usize) -> u128 {
        u128::from_le_bytes(self.get(offset::YMM_HIGH + 16 * i))
    }
}
