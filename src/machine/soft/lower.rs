//! From a decoded instruction to its handler: each family of instructions is asked in turn.
//!
//! A family is a file with a function `lower`, which gives the handler of an instruction that is
//! its own, and may add to the operands what the handler wants to know. Knows no instruction.

use super::op::{Flow, Op, Run};
use super::{Cpu, interrupt, op::Stop};
use super::{
    alu, bits, compare, control, decimal, extra, far, jump, moves, multiply, port, shift, stack,
    string, system, vector, x87,
};
use iced_x86::{CpuidFeature, EncodingKind, Instruction, Mnemonic};

/// Gives the handler of an instruction, if it belongs to the family.
type Lower = fn(&Instruction, &mut Op) -> Option<Run>;

/// The families. Those that are met most come first.
const FAMILIES: [Lower; 18] = [
    moves::lower,
    alu::lower,
    jump::lower,
    stack::lower,
    shift::lower,
    multiply::lower,
    bits::lower,
    extra::lower,
    string::lower,
    port::lower,
    compare::lower,
    decimal::lower,
    interrupt::lower,
    far::lower,
    control::lower,
    system::lower,
    x87::lower,
    vector::lower,
];

/// The operation for an instruction at offset `start` of its block.
pub(super) fn lower(i: &Instruction, start: u16) -> Op {
    let mut op = Op::new(i, undefined, start);
    if i.is_invalid() {
        return op;
    }
    let found = FAMILIES.iter().find_map(|lower| lower(i, &mut op));
    op.run = found.unwrap_or(if is_claimed(i) { missing } else { undefined });
    op
}

/// Whether an instruction belongs to an extension that this CPU is meant to have. All others are
/// invalid opcodes, as they are on a processor without them: virtualisation, AVX-512, what AMD
/// alone had, what is newer.
pub(super) fn is_claimed(i: &Instruction) -> bool {
    use CpuidFeature as F;
    i.encoding() != EncodingKind::EVEX
        && i.cpuid_features().iter().all(|feature| {
            matches!(
                feature,
                F::INTEL8086
                    | F::INTEL186
                    | F::INTEL286
                    | F::INTEL386
                    | F::INTEL486
                    | F::X64
                    | F::FPU
                    | F::FPU287
                    | F::FPU387
                    | F::MMX
                    | F::FXSR
                    | F::SSE
                    | F::SSE2
                    | F::SSE3
                    | F::SSSE3
                    | F::SSE4_1
                    | F::SSE4_2
                    | F::AES
                    | F::PCLMULQDQ
                    | F::SHA
                    | F::AVX
                    | F::AVX2
                    | F::FMA
                    | F::F16C
                    | F::XSAVE
                    | F::XSAVEOPT
            )
        })
}

/// Whether nothing should be decoded behind the instruction: it always leaves the block.
pub(super) fn ends_block(i: &Instruction) -> bool {
    matches!(
        i.mnemonic(),
        Mnemonic::In
            | Mnemonic::Out
            | Mnemonic::Insb
            | Mnemonic::Insw
            | Mnemonic::Insd
            | Mnemonic::Outsb
            | Mnemonic::Outsw
            | Mnemonic::Outsd
            | Mnemonic::Hlt
            | Mnemonic::Popf
            | Mnemonic::Popfd
            | Mnemonic::Popfq
    )
}

/// #UD.
pub(super) fn undefined(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    Err(cpu.undefined())
}

/// More than 15 bytes: #GP(0) (SDM volume 3, 6.15).
pub(super) fn too_long(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    Err(cpu.protection())
}

/// An instruction that this CPU does not have.
pub(super) fn missing(_: &mut Cpu<'_>, _: &Op) -> Flow {
    Err(Stop::Missing)
}
