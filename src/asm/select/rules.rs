//! The conditions of a row that its operand kinds do not express: sizes that no operand shows,
//! decorators, and prefixes that select an encoding.

use super::{Operands, operand};
use crate::asm::encode::Context;
use crate::asm::syntax::ast::{
    Distance, Encoding as Asked, Instruction, Operand, OperandKind, Rounding,
};
use crate::asm::syntax::table;
use crate::asm::syntax::table::row::{OPERANDS, Row, class, flag};
use crate::asm::syntax::table::{Encoding, Kind, Role};
use crate::image::Bits;
use iced_x86::Register;

/// Whether an instruction may use a row whose operand kinds match.
pub(super) fn allow(
    row: &Row,
    operands: &[&Operand],
    instruction: &Instruction,
    context: &Context,
) -> bool {
    encoding(row, instruction)
        && size(row, operands, instruction, context)
        && address(row, operands, instruction, context)
        && offset(row, operands, instruction)
        && implied(row, operands, context)
        && bnd(row, instruction)
        && decorators(row, operands, instruction)
}

/// `{vex}`, `{evex}` and the like.
fn encoding(row: &Row, instruction: &Instruction) -> bool {
    match instruction.prefixes.encoding {
        Asked::None => row.flags & flag::EXPLICIT == 0,
        Asked::Vex | Asked::Vex2 | Asked::Vex3 => row.encoding == Encoding::Vex,
        Asked::Evex => row.encoding == Encoding::Evex,
    }
}

/// The operand size. If no operand shows it, it comes from a prefix, from the word before a number,
/// a target or far memory, or from the mode.
fn size(row: &Row, operands: &[&Operand], instruction: &Instruction, context: &Context) -> bool {
    if row.flags & flag::IMPLICIT_SIZE == 0 {
        return true;
    }
    let kinds = row.operands.map(table::kind);
    let told = operands.iter().zip(kinds).any(|(o, kind)| match o.kind {
        OperandKind::Register(_) => kind.role != Role::Implied && kind.accepts != class::SEGMENT,
        OperandKind::Memory(_) => o.size != 0 && o.distance != Distance::Far,
        _ => false,
    });
    if told {
        return true;
    }
    let written = operands.iter().find_map(|o| match o.kind {
        OperandKind::Immediate(_) | OperandKind::Far(..) | OperandKind::Memory(_) if o.size > 1 => {
            Some(o.size)
        }
        _ => None,
    });
    let asked = match instruction.prefixes.operand_size {
        0 => written.unwrap_or(0),
        prefix => prefix,
    };
    if asked != 0 {
        // In 64-bit code, dword is the number that the CPU extends to 64 bits.
        let branch = kinds.iter().any(|k| k.accepts & (class::REL | class::REL8) != 0);
        let wide =
            context.bits == Bits::Bits64 && asked == 4 && row.flags & flag::W == 0 && !branch;
        return row.operand_size() == asked || (wide && row.operand_size() == 8);
    }
    let default = match context.bits {
        Bits::Bits16 => flag::DEFAULT16,
        Bits::Bits32 => flag::DEFAULT32,
        Bits::Bits64 => flag::DEFAULT64,
    };
    row.flags & default != 0
}

/// The address size, by the same rule.
fn address(row: &Row, operands: &[&Operand], instruction: &Instruction, context: &Context) -> bool {
    if row.flags & flag::IMPLICIT_ADDRESS == 0 {
        return true;
    }
    let counter = operands.iter().find_map(|o| match o.kind {
        OperandKind::Register(r) => Some(table::facts(r).size),
        _ => None,
    });
    let asked = counter.unwrap_or(instruction.prefixes.address_size);
    row.address_size() == if asked == 0 { context.bits.bytes() } else { asked }
}

/// Registers that the opcode implies. In 64-bit code `xchg eax, eax` is not `nop`.
fn implied(row: &Row, operands: &[&Operand], context: &Context) -> bool {
    let registers = row.operands.iter().zip(operands).filter_map(|(&kind, o)| match o.kind {
        OperandKind::Register(register) => Some((table::kind(kind), register)),
        _ => None,
    });
    for (kind, register) in registers {
        if is_named(kind) && table::register_name(register) != kind.name {
            return false;
        }
        let accumulator = register == Register::EAX && kind.role == Role::Opcode;
        if accumulator && row.opcode == 0x90 && context.bits == Bits::Bits64 {
            return false;
        }
    }
    true
}

/// Whether an implied register has no class of its own.
fn is_named(kind: &Kind) -> bool {
    kind.role == Role::Implied && kind.accepts == class::R32
}

/// Whether a row depends on the names of registers, not only on their classes.
pub(super) fn is_by_name(row: &Row) -> bool {
    row.operands.iter().any(|&kind| is_named(table::kind(kind)))
}

/// `bnd` is allowed before branches only; a short branch drops it.
fn bnd(row: &Row, instruction: &Instruction) -> bool {
    let short = row.operands.iter().any(|&kind| table::kind(kind).role == Role::Rel8);
    !instruction.prefixes.bnd || short || row.flags & flag::BND != 0
}

/// The moffs forms are as wide as the accumulator, and do not allow `xrelease` (SDM, `XRELEASE`).
fn offset(row: &Row, operands: &[&Operand], instruction: &Instruction) -> bool {
    row.operands.iter().zip(operands).all(|(&kind, operand)| {
        let kind = table::kind(kind);
        kind.role != Role::Offset
            || (operand.size == 0 || u16::from(operand.size) == kind.size)
                && !instruction.prefixes.hle
    })
}

/// Masks, zeroing, broadcast and rounding.
fn decorators(row: &Row, operands: &[&Operand], instruction: &Instruction) -> bool {
    let mask = operands.iter().any(|o| o.opmask != Register::None);
    let zeroing = operands.iter().any(|o| o.zeroing);
    let rounding = operand::directed(instruction.rounding);
    let sae = instruction.rounding == Rounding::SuppressExceptions;
    let has = |flag: u32| row.flags & flag != 0;
    (!mask || has(flag::MASK))
        && (mask || !has(flag::MASK_REQUIRED))
        && (!zeroing || (has(flag::ZEROING) && !to_memory(operands)))
        && (!rounding || has(flag::ROUNDING))
        && (!sae || has(flag::SAE))
        && (instruction.rounding == Rounding::None || in_registers(operands))
        && row.operands.iter().zip(operands).all(|(&kind, o)| broadcast(row, kind, o))
}

/// Whether the destination is memory, which cannot be zeroed.
fn to_memory(operands: &[&Operand]) -> bool {
    operands.first().is_some_and(|o| matches!(o.kind, OperandKind::Memory(_)))
}

fn in_registers(operands: &[&Operand]) -> bool {
    !operands.iter().any(|o| matches!(o.kind, OperandKind::Memory(_)))
}

/// The count of `{1toN}` must be the number of elements of the memory operand.
fn broadcast(row: &Row, kind: u8, operand: &Operand) -> bool {
    if operand.broadcast == 0 {
        return true;
    }
    let element = 1u16 << row.element();
    row.flags & flag::BROADCAST != 0
        && matches!(operand.kind, OperandKind::Memory(_))
        && (operand.size == 0 || u16::from(operand.size) == element)
        && table::kind(kind).size == element * u16::from(operand.broadcast)
}

/// Whether the memory operand of the row has no explicit size.
pub(super) fn unsized_memory(row: &Row, list: &Operands<'_>, at: &[u8; OPERANDS]) -> bool {
    row.operands
        .iter()
        .zip(at)
        .take_while(|&(&kind, _)| kind != 0)
        .any(|(_, &index)| list.classes[usize::from(index)] & class::M_UNSIZED != 0)
}
