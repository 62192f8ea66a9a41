//! What vector and floating-point registers and memory operands hold.
//!
//! Knows nothing of addresses.

use super::random::Random;
use super::state::{State, area};
use iced_x86::{Instruction, MemorySize};

/// What the bytes of a vector mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Integers(usize),
    Halves,
    Singles,
    Doubles,
    Extended,
}

impl Kind {
    /// What an instruction works on; sometimes something else.
    pub(crate) fn of(instruction: &Instruction, random: &mut Random) -> Self {
        let all = [
            Self::Integers(1),
            Self::Integers(2),
            Self::Integers(4),
            Self::Integers(8),
            Self::Halves,
            Self::Singles,
            Self::Doubles,
            Self::Extended,
        ];
        if random.percent(10) {
            return random.pick(&all);
        }
        let size = instruction.code().op_code().memory_size();
        match size.element_type() {
            MemorySize::Float16 => Self::Halves,
            MemorySize::Float32 => Self::Singles,
            MemorySize::Float64 => Self::Doubles,
            MemorySize::Float80 => Self::Extended,
            MemorySize::Unknown => random.pick(&all),
            other => match other.size() {
                n @ (1 | 2 | 4 | 8) => Self::Integers(n),
                _ => Self::Integers(random.pick(&[1, 2, 4, 8])),
            },
        }
    }

    /// Fills bytes with values of this kind; sometimes all of them alike.
    pub(crate) fn fill(self, bytes: &mut [u8], random: &mut Random) {
        let size = match self {
            Self::Integers(size) => size,
            Self::Halves => 2,
            Self::Singles => 4,
            Self::Doubles => 8,
            Self::Extended => 10,
        };
        let first = self.value(random);
        let repeats = random.percent(15);
        for place in bytes.chunks_mut(size) {
            let value = if repeats { first } else { self.value(random) };
            place.copy_from_slice(&value[..place.len()]);
        }
    }

    fn value(self, random: &mut Random) -> [u8; 10] {
        let mut bytes = [0; 10];
        let word = match self {
            // The top of a wide integer may be what counts.
            Self::Integers(size) if random.percent(30) => random.next() >> (64 - 8 * size),
            Self::Integers(_) => random.integer(),
            Self::Halves => random.half().into(),
            Self::Singles => random.single().into(),
            Self::Doubles => random.double(),
            Self::Extended => {
                let (significand, exponent) = random.extended();
                bytes[8..].copy_from_slice(&exponent.to_le_bytes());
                significand
            }
        };
        bytes[..8].copy_from_slice(&word.to_le_bytes());
        bytes
    }
}

/// A value for MXCSR that can be loaded.
pub(crate) fn draw_mxcsr(random: &mut Random) -> u32 {
    const MASKS: u32 = 0x1F80;
    let rounding = (random.below(4) as u32) << 13;
    let flags = if random.percent(25) { random.next() as u32 & 0x3F } else { 0 };
    let zero = match random.below(8) {
        0 => 0x8000,
        1 => 0x40,
        2 => 0x8040,
        _ => 0,
    };
    let masks = if random.percent(88) { MASKS } else { random.next() as u32 & MASKS };
    match random.below(4) {
        0 => MASKS,
        _ => masks | rounding | flags | zero,
    }
}

/// The bytes of a value for MXCSR, sometimes one that cannot be loaded.
pub(crate) fn mxcsr(random: &mut Random) -> [u8; 4] {
    let upper = if random.percent(10) { 1 << (16 + random.below(16)) } else { 0 };
    (draw_mxcsr(random) | upper).to_le_bytes()
}

/// A control word of the x87.
fn draw_control(random: &mut Random) -> u16 {
    let precision = random.pick(&[0, 2, 3, 3, 3, 1]) << 8;
    let rounding = (random.below(4) as u16) << 10;
    let masks = if random.percent(80) { 0x3F } else { random.next() as u16 & 0x3F };
    match random.below(4) {
        0 => 0x37F,
        _ => precision | rounding | masks | 0x40,
    }
}

/// Whether an instruction has to do with the x87 or its registers.
fn uses_stack(instruction: &Instruction) -> bool {
    let has_mmx = (0..instruction.op_count()).any(|n| {
        let register = instruction.op_register(n);
        register.is_mm() || register.is_st()
    });
    has_mmx || matches!(super::forms::class(instruction.code()), Some("x87" | "mmx" | "state"))
}

fn uses_vectors(instruction: &Instruction) -> bool {
    (0..instruction.op_count()).any(|n| instruction.op_register(n).is_vector_register())
        || !matches!(
            super::forms::class(instruction.code()),
            Some("general" | "bcd" | "stack" | "shift" | "string" | "branch" | "system" | "bmi")
        )
}

/// The x87, SSE and AVX registers, as far as an instruction has to do with them.
pub(crate) fn draw_extended(
    state: &mut State,
    instruction: &Instruction,
    kind: Kind,
    random: &mut Random,
) {
    if uses_stack(instruction) {
        draw_x87(state, instruction, random);
    }
    if uses_vectors(instruction) {
        let mut bytes = [0; 256];
        kind.fill(&mut bytes, random);
        state.put(area::XMM, &bytes);
        kind.fill(&mut bytes, random);
        state.put(area::YMM_HIGH, &bytes);
        if random.percent(50) {
            // Equal operands, and the implicit `xmm0`.
            let (a, b) = (random.below(16) as usize, random.below(16) as usize);
            let one: [u8; 16] =
                state.extended[area::XMM + 16 * a..][..16].try_into().unwrap_or([0; 16]);
            state.put(area::XMM + 16 * b, &one);
        }
        state.put(area::MXCSR, &draw_mxcsr(random).to_le_bytes());
    }
}

fn draw_x87(state: &mut State, instruction: &Instruction, random: &mut Random) {
    let control = draw_control(random);
    let top = random.below(8) as u16;
    let condition = random.next() as u16 & 0x4700;
    let flags = if random.percent(25) { random.next() as u16 & 0x7F } else { 0 };
    // A pending exception only now and then.
    let pending = flags & !control & 0x3F;
    let flags = if random.percent(90) { flags & !pending } else { flags };
    let summary = if flags & !control & 0x3F != 0 { 0x8080 } else { 0 };
    let tags = match random.below(8) {
        0 => 0,
        1 => random.byte(),
        2 => random.byte() | random.byte(),
        _ => 0xFF,
    };
    state.put(area::CONTROL, &control.to_le_bytes());
    state.put(area::STATUS, &(top << 11 | condition | flags | summary).to_le_bytes());
    state.put(area::TAGS, &[tags]);
    let is_mmx = (0..instruction.op_count()).any(|n| instruction.op_register(n).is_mm());
    for n in 0..8 {
        let mut bytes = [0; 10];
        let kind = match () {
            () if is_mmx => Kind::Integers(random.pick(&[1, 2, 4, 8])),
            () => Kind::Extended,
        };
        kind.fill(&mut bytes, random);
        if is_mmx && random.percent(50) {
            bytes[8..].fill(0xFF);
        }
        state.put(area::ST + 16 * n, &bytes);
    }
    if random.percent(30) {
        // Operands near each other.
        let one: [u8; 10] = state.extended[area::ST..][..10].try_into().unwrap_or([0; 10]);
        let mut other = one;
        other[0] ^= random.byte() & 3;
        other[9] ^= random.byte() & 0x80;
        state.put(area::ST + 16 * (1 + random.below(7) as usize), &other);
    }
}

/// Makes an XSAVE area into another one, which may be one that cannot be loaded.
pub(crate) fn shuffle_area(bytes: &mut [u8], random: &mut Random) {
    Kind::Extended.fill(&mut bytes[area::ST..area::ST + 10], random);
    Kind::Singles.fill(&mut bytes[area::XMM..area::XMM + 64], random);
    bytes[area::MXCSR..area::MXCSR + 4].copy_from_slice(&mxcsr(random));
    bytes[area::STATE_BITS] = random.below(8) as u8;
    if random.percent(5) {
        let at = area::STATE_BITS + random.below(24) as usize;
        bytes[at] |= random.byte();
    }
}
