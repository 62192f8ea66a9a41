//! What is wrong with operands that people often try: one row each.
//! Knows nothing of the forms that a mnemonic does take.

use crate::asm::syntax::ast::{Instruction, Operand, OperandKind};
use crate::asm::syntax::table;
use iced_x86::Register;

/// One row.
struct Hint {
    /// Instructions; none for all.
    names: &'static [&'static str],
    /// Which operand is wrong.
    at: usize,
    /// How it is.
    is: fn(&Operand) -> bool,
    /// What is the matter with that.
    says: &'static str,
}

const fn hint(
    names: &'static [&'static str],
    at: usize,
    is: fn(&Operand) -> bool,
    says: &'static str,
) -> Hint {
    Hint { names, at, is, says }
}

const SHIFTS: &[&str] = &["rcl", "rcr", "rol", "ror", "sal", "sar", "shl", "shr"];
const UNARY: &[&str] = &["div", "idiv", "mul"];
const WIDENING: &[&str] = &["movsx", "movsxd", "movzx"];
const DESTINATIONS: &[&str] = &[
    "adc", "add", "and", "btc", "btr", "bts", "cmpxchg", "dec", "inc", "mov", "neg", "not", "or",
    "pop", "rcl", "rcr", "rol", "ror", "sal", "sar", "sbb", "shl", "shr", "sub", "xadd", "xchg",
    "xor",
];

/// In order: the first that fits is told.
#[rustfmt::skip]
const HINTS: &[Hint] = &[
    hint(SHIFTS, 1, is_not_cl, "the count is `cl` or a number"),
    hint(&["shld", "shrd"], 2, is_not_cl, "the count is `cl` or a number"),
    hint(&["in"], 0, is_register, "what is read goes to `al`, `ax` or `eax`"),
    hint(&["in"], 1, is_register, "the port is a number or in `dx`"),
    hint(&["out"], 0, is_register, "the port is a number or in `dx`"),
    hint(&["out"], 1, is_any, "what is written comes from `al`, `ax` or `eax`"),
    hint(&["lea"], 1, is_not_memory, "not an address in brackets"),
    hint(&["mov"], 0, is_cs, "a far jump changes `cs`, and nothing else does"),
    hint(&["mov"], 0, is_indirect, "it is loaded from a register: put the value into one first"),
    hint(DESTINATIONS, 0, is_number, "a number cannot be changed: the first operand is"),
    hint(UNARY, 0, is_number, "a number cannot be this operand: put it into a register first"),
    hint(WIDENING, 1, is_number, "a number needs no widening: `mov` takes it as it is"),
    hint(&["xchg"], 1, is_number, "a number cannot be changed, and both operands are"),
    hint(&["mov"], 0, is_vector, "`movd` and `movq` move to vector registers, `movaps` between them"),
    hint(&["mov"], 1, is_vector, "`movd` and `movq` move from vector registers"),
    hint(&["add", "sub", "and", "or", "xor", "cmp", "test"], 0, is_vector, "vector registers have instructions of their own, such as `paddd` and `addps`"),
];

/// The operand to point at, and what is the matter with it.
pub(super) fn find(instruction: &Instruction) -> Option<(&Operand, &'static str)> {
    let name = table::name(instruction.mnemonic);
    HINTS.iter().filter(|hint| hint.names.contains(&name)).find_map(|hint| {
        let operand = instruction.operands.get(hint.at)?;
        (hint.is)(operand).then_some((operand, hint.says))
    })
}

fn register(operand: &Operand) -> Option<Register> {
    match operand.kind {
        OperandKind::Register(register) => Some(register),
        _ => None,
    }
}

fn is_any(_: &Operand) -> bool {
    true
}

fn is_register(operand: &Operand) -> bool {
    let fits = [Register::AL, Register::AX, Register::EAX, Register::DX];
    register(operand).is_some_and(|r| !fits.contains(&r))
}

fn is_not_cl(operand: &Operand) -> bool {
    match operand.kind {
        OperandKind::Register(register) => register != Register::CL,
        OperandKind::Memory(_) => true,
        _ => false,
    }
}

fn is_number(operand: &Operand) -> bool {
    matches!(operand.kind, OperandKind::Immediate(_))
}

fn is_not_memory(operand: &Operand) -> bool {
    !matches!(operand.kind, OperandKind::Memory(_))
}

fn is_cs(operand: &Operand) -> bool {
    register(operand) == Some(Register::CS)
}

fn is_indirect(operand: &Operand) -> bool {
    register(operand).is_some_and(|r| r.is_segment_register() || r.is_cr() || r.is_dr())
}

fn is_vector(operand: &Operand) -> bool {
    register(operand).is_some_and(Register::is_vector_register)
}
