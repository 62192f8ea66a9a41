//! The table of all instruction families, which finds the handler of a decoded instruction.
//!
//! A family is a file with a function `handler`. It returns the handler of an instruction that
//! belongs to the family, and may store in the operation what the handler needs.

use crate::machine::soft::core::extension::is_claimed;
use crate::machine::soft::core::op::{Handler, Op, missing, undefined};
use crate::machine::soft::integer::{
    alu, bits, bmi, decimal, exchange, jump, moves, multiply, shift, stack, string,
};
use crate::machine::soft::system::{control, far, instructions as system, interrupt, port};
use crate::machine::soft::{vector, x87};
use iced_x86::{Instruction, Mnemonic};

/// Gives the handler of an instruction, if it belongs to the family.
type Family = fn(&Instruction, &mut Op) -> Option<Handler>;

/// The families, the most frequent ones first.
const FAMILIES: [Family; 18] = [
    moves::handler,
    alu::handler,
    jump::handler,
    stack::handler,
    shift::handler,
    multiply::handler,
    bits::handler,
    bmi::handler,
    string::handler,
    port::handler,
    exchange::handler,
    decimal::handler,
    interrupt::handler,
    far::handler,
    control::handler,
    system::handler,
    x87::handler,
    vector::handler,
];

/// The operation for an instruction at offset `start` of its block.
pub(crate) fn decoded_op(i: &Instruction, start: u16) -> Op {
    let mut op = Op::new(i, undefined, start);
    if i.is_invalid() {
        return op;
    }
    let found = FAMILIES.iter().find_map(|family| family(i, &mut op));
    op.run = found.unwrap_or(if is_claimed(i) { missing } else { undefined });
    op
}

/// Whether the instruction always leaves the block, so that nothing after it should be decoded.
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
