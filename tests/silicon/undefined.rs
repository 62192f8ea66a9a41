//! What the manual leaves undefined, and which processors it is compared on all the same.
//!
//! The CPU in software does there what one model of processor does, so on that model nothing is
//! masked. On another one of the same maker the flags that iced's table of the manual has as
//! undefined are not compared, and on one of another maker too much differs that no manual tells
//! (what a fault in the middle of an instruction leaves behind). Knows nothing of how a case is
//! made.

use iced_x86::{Instruction, RflagsBits as R};

/// Models whose results are the rule: family 6, Sapphire Rapids and Emerald Rapids.
const MODELS: [u32; 2] = [0x8F, 0xCF];

/// The arithmetic flags, as iced and the processor number them.
const FLAGS: [(u32, u64); 6] = [
    (R::CF, 1 << 0),
    (R::PF, 1 << 2),
    (R::AF, 1 << 4),
    (R::ZF, 1 << 6),
    (R::SF, 1 << 7),
    (R::OF, 1 << 11),
];

/// How much the processor of this host can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judge {
    /// Everything.
    Model,
    /// What is defined.
    Maker,
    /// Nothing.
    Stranger,
}

/// What the processor of this host is.
#[cfg(target_arch = "x86_64")]
pub(crate) fn judge() -> Judge {
    use std::arch::x86_64::__cpuid;
    let maker = __cpuid(0);
    let name = [maker.ebx, maker.edx, maker.ecx].map(u32::to_le_bytes).concat();
    let signature = __cpuid(1).eax;
    let family = signature >> 8 & 0xF;
    let model = signature >> 4 & 0xF | signature >> 12 & 0xF0;
    match (name.as_slice(), family) {
        (b"GenuineIntel", 6) if MODELS.contains(&model) => Judge::Model,
        (b"GenuineIntel", 6) => Judge::Maker,
        _ => Judge::Stranger,
    }
}

/// Elsewhere there is none.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn judge() -> Judge {
    Judge::Stranger
}

/// The flags of a difference that count.
pub(crate) fn defined(judge: Judge, instruction: &Instruction, difference: u64) -> u64 {
    if judge == Judge::Model {
        return difference;
    }
    let undefined = instruction.rflags_undefined();
    let masked = FLAGS.iter().filter(|row| undefined & row.0 != 0);
    difference & !masked.fold(0, |all, row| all | row.1)
}
