//! From a decoded instruction to its handler: each family of instructions is asked in turn.
//!
//! A family is a file with a function `lower`, which gives the handler of an instruction that is
//! its own, and may add to the operands what the handler wants to know. Knows no instruction.

use crate::machine::soft::core::extension::is_claimed;
use crate::machine::soft::core::op::{Op, Run, missing, undefined};
use crate::machine::soft::integer::{
    alu, bits, compare, decimal, extra, jump, moves, multiply, shift, stack, string,
};
use crate::machine::soft::system::{control, far, instructions as system, interrupt, port};
use crate::machine::soft::{vector, x87};
use iced_x86::{Instruction, Mnemonic};

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
pub(crate) fn lower(i: &Instruction, start: u16) -> Op {
    let mut op = Op::new(i, undefined, start);
    if i.is_invalid() {
        return op;
    }
    let found = FAMILIES.iter().find_map(|lower| lower(i, &mut op));
    op.run = found.unwrap_or(if is_claimed(i) { missing } else { undefined });
    op
}

/// Whether nothing should be decoded behind the instruction: it always leaves the block.
pub(crate) fn ends_block(i: &Instruction) -> bool {
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
