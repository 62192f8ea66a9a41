//! What the manual leaves undefined, and which processors it is compared on all the same.
//!
//! The CPU in software does there what one model of processor does, so on that model nothing is
//! masked. On another one of the same maker the flags that iced's table of the manual has as
//! undefined are not compared. For those of AMD there is a table of more in `makers`; a processor of
//! a third maker is not asked. The functions of the x87 may be off by one unit everywhere.

use iced_x86::{Instruction, Mnemonic as M, RflagsBits as R};

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
    /// What is defined and not in the table of AMD.
    Amd,
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
    judge_of(&name, family, model)
}

/// How much a processor can be asked, by its maker's name, its family and its model.
pub(crate) fn judge_of(maker: &[u8], family: u32, model: u32) -> Judge {
    match (maker, family) {
        (b"GenuineIntel", 6) if MODELS.contains(&model) => Judge::Model,
        (b"GenuineIntel", 6) => Judge::Maker,
        (b"AuthenticAMD", _) => Judge::Amd,
        _ => Judge::Stranger,
    }
}

/// Whether the processor of this host has the instructions of a class.
#[cfg(target_arch = "x86_64")]
pub(crate) fn has(class: &str) -> bool {
    use std::arch::is_x86_feature_detected as is_there;
    match class {
        "sse3" => is_there!("ssse3"),
        "sse4" => is_there!("sse4.2"),
        "aes" => is_there!("aes") && is_there!("pclmulqdq"),
        "sha" => is_there!("sha"),
        "avx" => is_there!("avx"),
        "avx2" => is_there!("avx2"),
        "fma" => is_there!("fma") && is_there!("f16c"),
        "bmi" | "rows" | "bytes" => {
            is_there!("bmi2") && is_there!("adx") && is_there!("movbe") && is_there!("sha")
        }
        "state" => is_there!("xsaveopt"),
        _ => true,
    }
}

/// Elsewhere it has none.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn has(_: &str) -> bool {
    false
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

/// The functions of the x87. On a processor they may be one unit off in the last place (SDM volume
/// 1, 8.3.10); here they are the nearest number.
const FUNCTIONS: [M; 8] =
    [M::Fsin, M::Fcos, M::Fsincos, M::Fptan, M::Fpatan, M::F2xm1, M::Fyl2x, M::Fyl2xp1];
/// C1: whether a result was rounded up.
const C1: u16 = 1 << 9;

/// Whether two status words of the x87 are as near to each other as the instruction asks for.
pub(crate) fn is_status_near(instruction: &Instruction, soft: u16, silicon: u16) -> bool {
    let masked = if FUNCTIONS.contains(&instruction.mnemonic()) { C1 } else { 0 };
    soft | masked == silicon | masked
}

/// The same of two registers.
pub(crate) fn is_near(instruction: &Instruction, soft: &[u8], silicon: &[u8]) -> bool {
    // In the order of magnitude, without the leading bit of the significand.
    let place = |bytes: &[u8]| {
        let all = bytes.iter().rev().fold(0, |all, &byte| all << 8 | u128::from(byte));
        all >> 64 << 63 | all & (u128::MAX >> 65)
    };
    let is_next = place(soft).abs_diff(place(silicon)) == 1;
    soft == silicon || (is_next && FUNCTIONS.contains(&instruction.mnemonic()))
}
