//! The state of the x87, SSE and AVX, and its conversion to and from the layout of snapshots.

use crate::machine::soft::float::Float80;
use crate::machine::state::extended::{AREA, Extended};

/// The registers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fpu {
    /// `xmm0` to `xmm15` in the two low words of `ymm0` to `ymm15`.
    pub(crate) ymm: [[u64; 4]; 16],
    pub(crate) mxcsr: u32,
    /// The registers of the x87 by physical number; the significands are `mm0` to `mm7`.
    pub(crate) st: [Float80; 8],
    pub(crate) control: u16,
    /// Status word, with TOP in bits 13 to 11.
    pub(crate) status: u16,
    /// Bit `n` is set if physical register `n` is in use.
    pub(crate) tags: u8,
    /// The last x87 instruction, its address and that of its operand.
    pub(crate) opcode: u16,
    pub(crate) instruction: u64,
    pub(crate) operand: u64,
    pub(crate) xcr0: u64,
    /// State components that were loaded from memory, and count as in use whatever they hold.
    pub(crate) loaded: u64,
}

/// XCR0: x87, SSE and AVX.
pub(crate) const XCR0: u64 = 7;

/// Offsets in the area (SDM volume 1, 10.5.1 and 13.4).
mod offset {
    pub(crate) const CONTROL: usize = 0;
    pub(crate) const STATUS: usize = 2;
    pub(crate) const TAGS: usize = 4;
    pub(crate) const OPCODE: usize = 6;
    pub(crate) const INSTRUCTION: usize = 8;
    pub(crate) const OPERAND: usize = 16;
    pub(crate) const MXCSR: usize = 24;
    pub(crate) const MXCSR_MASK: usize = 28;
    pub(crate) const ST: usize = 32;
    pub(crate) const XMM: usize = 160;
    pub(crate) const STATE_BITS: usize = 512;
    pub(crate) const YMM_HIGH: usize = 576;
}

/// Bits of MXCSR that may be set.
pub(crate) const MXCSR_MASK: u32 = 0xFFFF;

impl Default for Fpu {
    /// As after FNINIT, all vector registers 0.
    fn default() -> Self {
        Self {
            ymm: [[0; 4]; 16],
            mxcsr: 0x1F80,
            st: [Float80::default(); 8],
            control: 0x37F,
            status: 0,
            tags: 0,
            opcode: 0,
            instruction: 0,
            operand: 0,
            xcr0: XCR0,
            loaded: 0,
        }
    }
}

/// Bytes of the area. All offsets are constants inside it, so the bytes are always there.
fn word<const N: usize>(area: &[u8; AREA], at: usize) -> [u8; N] {
    area.get(at..at + N).and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; N])
}

fn put(area: &mut [u8; AREA], at: usize, bytes: &[u8]) {
    if let Some(place) = area.get_mut(at..at + bytes.len()) {
        place.copy_from_slice(bytes);
    }
}

impl Fpu {
    /// TOP: the physical number of `st(0)`.
    pub(crate) const fn top(&self) -> u8 {
        (self.status >> 11 & 7) as u8
    }

    /// XINUSE: the state components that may not be in their first state (SDM volume 1, 13.6).
    pub(crate) fn in_use(&self) -> u64 {
        let first = Self::default();
        let is_x87 = (self.st, self.control, self.status, self.tags)
            != (first.st, first.control, first.status, first.tags)
            || (self.opcode, self.instruction, self.operand) != (0, 0, 0);
        let any = |half: usize| self.ymm.iter().any(|ymm| ymm[half] | ymm[half + 1] != 0);
        let is_sse = any(0) || self.mxcsr != first.mxcsr;
        self.loaded | u64::from(is_x87) | u64::from(is_sse) << 1 | u64::from(any(2)) << 2
    }

    /// From the form that snapshots keep.
    pub(crate) fn from_extended(extended: &Extended) -> Self {
        let area = &*extended.area;
        let present = u64::from_le_bytes(word(area, offset::STATE_BITS));
        let xcr0 = extended.xcr0.unwrap_or(XCR0) & XCR0 | 1;
        let mut fpu = Self { xcr0, loaded: present & XCR0, ..Self::default() };
        if present & 1 != 0 {
            fpu.control = u16::from_le_bytes(word(area, offset::CONTROL));
            fpu.status = u16::from_le_bytes(word(area, offset::STATUS));
            fpu.tags = area[offset::TAGS];
            fpu.opcode = u16::from_le_bytes(word(area, offset::OPCODE));
            fpu.instruction = u64::from_le_bytes(word(area, offset::INSTRUCTION));
            fpu.operand = u64::from_le_bytes(word(area, offset::OPERAND));
            let top = usize::from(fpu.top());
            for n in 0..8 {
                let at = offset::ST + 16 * n;
                fpu.st[(top + n) & 7] = Float80 {
                    significand: u64::from_le_bytes(word(area, at)),
                    exponent: u16::from_le_bytes(word(area, at + 8)),
                };
            }
        }
        fpu.mxcsr = u32::from_le_bytes(word(area, offset::MXCSR)) & MXCSR_MASK;
        for (n, register) in fpu.ymm.iter_mut().enumerate() {
            for (half, base, bit) in [(0, offset::XMM, 2), (2, offset::YMM_HIGH, 4)] {
                if present & bit != 0 {
                    register[half] = u64::from_le_bytes(word(area, base + 16 * n));
                    register[half + 1] = u64::from_le_bytes(word(area, base + 16 * n + 8));
                }
            }
        }
        fpu
    }

    /// To the form that snapshots keep.
    pub(crate) fn to_extended(&self) -> Extended {
        let mut extended = Extended { xcr0: Some(self.xcr0), ..Extended::default() };
        let area = &mut *extended.area;
        put(area, offset::CONTROL, &self.control.to_le_bytes());
        put(area, offset::STATUS, &self.status.to_le_bytes());
        put(area, offset::TAGS, &[self.tags, 0]);
        put(area, offset::OPCODE, &self.opcode.to_le_bytes());
        put(area, offset::INSTRUCTION, &self.instruction.to_le_bytes());
        put(area, offset::OPERAND, &self.operand.to_le_bytes());
        put(area, offset::MXCSR, &self.mxcsr.to_le_bytes());
        put(area, offset::MXCSR_MASK, &MXCSR_MASK.to_le_bytes());
        put(area, offset::STATE_BITS, &self.in_use().to_le_bytes());
        let top = usize::from(self.top());
        for n in 0..8 {
            let register = self.st[(top + n) & 7];
            put(area, offset::ST + 16 * n, &register.significand.to_le_bytes());
            put(area, offset::ST + 16 * n + 8, &register.exponent.to_le_bytes());
        }
        for (n, register) in self.ymm.iter().enumerate() {
            for (half, base) in [(0, offset::XMM), (2, offset::YMM_HIGH)] {
                put(area, base + 16 * n, &register[half].to_le_bytes());
                put(area, base + 16 * n + 8, &register[half + 1].to_le_bytes());
            }
        }
        extended
    }
}
