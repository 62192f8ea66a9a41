//! The x87, SSE and AVX registers, as the XSAVE instruction lays them out (SDM volume 1, 13.4).
//!
//! All of the XSAVE area is kept. The methods read the registers that have names.

use std::fmt;
use std::sync::OnceLock;

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
    /// The end of the YMM component.
    pub(super) const COMMON_END: usize = 832;
}

/// The x87 control word after FNINIT.
const CONTROL_DEFAULT: u16 = 0x37F;
/// MXCSR after a reset.
const MXCSR_DEFAULT: u32 = 0x1F80;
/// XSTATE_BV with x87 and SSE in the area.
const LEGACY: u64 = 3;
/// XSTATE_BV with x87, SSE and AVX in the area.
const COMMON: u64 = 7;
/// The bits of XSTATE_BV for the components of AVX-512.
const AVX_512: u64 = 0xE0;

/// The x87, SSE, AVX and AVX-512 registers.
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

    /// The x87, SSE and AVX registers of `self`, and all other components of `rest`.
    #[must_use]
    pub fn over(&self, rest: &Self) -> Self {
        let mut merged = rest.clone();
        for part in [0..offset::STATE_BITS, offset::YMM_HIGH..offset::COMMON_END] {
            if let (Some(to), Some(from)) =
                (merged.area.get_mut(part.clone()), self.area.get(part.clone()))
            {
                to.copy_from_slice(from);
            }
        }
        let allowed = rest.xcr0.unwrap_or(LEGACY);
        merged.put(offset::STATE_BITS, &(rest.present() | COMMON & allowed).to_le_bytes());
        if let (Some(old), Some(new)) = (rest.xcr0, self.xcr0) {
            merged.xcr0 = Some(old & !COMMON | new & COMMON);
        }
        merged
    }

    /// XSTATE_BV: the components that are not in their initial state.
    fn present(&self) -> u64 {
        u64::from_le_bytes(self.get(offset::STATE_BITS))
    }

    /// Whether a register that only AVX-512 has is in use.
    #[must_use]
    pub fn has_avx512(&self) -> bool {
        self.present() & AVX_512 != 0
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

    /// The 512 bits of `zmm0` to `zmm31`, whose lower parts are the `ymm` and `xmm` registers;
    /// zeros for what the processor does not have.
    #[must_use]
    pub fn zmm(&self, i: usize) -> [u8; 64] {
        if i >= 16 {
            let upper = component(component::ZMM_16_TO_31);
            return upper.map_or([0; 64], |at| self.get(at + 64 * (i - 16)));
        }
        let mut bytes = [0; 64];
        let (low, high) = bytes.split_at_mut(32);
        let (xmm, ymm) = low.split_at_mut(16);
        xmm.copy_from_slice(&self.get::<16>(offset::XMM + 16 * i));
        ymm.copy_from_slice(&self.get::<16>(offset::YMM_HIGH + 16 * i));
        if let Some(at) = component(component::ZMM_HIGH) {
            high.copy_from_slice(&self.get::<32>(at + 32 * i));
        }
        bytes
    }

    /// `k0` to `k7`; zero if the processor does not have them.
    #[must_use]
    pub fn mask(&self, i: usize) -> u64 {
        component(component::MASKS).map_or(0, |at| u64::from_le_bytes(self.get(at + 8 * i)))
    }
}

/// State components whose offsets the processor reports (SDM volume 1, 13.1).
mod component {
    pub(super) const MASKS: usize = 5;
    pub(super) const ZMM_HIGH: usize = 6;
    pub(super) const ZMM_16_TO_31: usize = 7;
}

/// The offset of a component in the area, if the processor has it. CPUID may be slow in a virtual
/// machine, so the offsets are read once.
fn component(number: usize) -> Option<usize> {
    static PLACES: OnceLock<[Option<usize>; 8]> = OnceLock::new();
    *PLACES.get_or_init(places).get(number)?
}

#[cfg(target_arch = "x86_64")]
fn places() -> [Option<usize>; 8] {
    use std::arch::x86_64::{__cpuid, __cpuid_count};
    /// The leaf of the state components.
    const LEAF: u32 = 0xD;
    let mut places = [None; 8];
    if __cpuid(0).eax >= LEAF {
        for (number, place) in (0..).zip(&mut places) {
            let told = __cpuid_count(LEAF, number);
            // Subleaves 0 and 1 do not describe components.
            *place = usize::try_from(told.ebx).ok().filter(|_| number > 1 && told.eax > 0);
        }
    }
    places
}

#[cfg(not(target_arch = "x86_64"))]
fn places() -> [Option<usize>; 8] {
    [None; 8]
}
