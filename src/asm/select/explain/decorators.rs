//! Help for masks, broadcasts and rounding that an instruction does not take.

use super::rows;
use crate::asm::encode::Context;
use crate::asm::select::operand;
use crate::asm::syntax::ast::{Encoding, Instruction, Operand, OperandKind, Rounding};
use crate::asm::syntax::table::row::{class, flag};
use crate::asm::syntax::table::{self, Row};
use crate::asm::syntax::word::size_word;
use crate::diagnostic::{Diagnostic, Span};
use iced_x86::Register;

/// The diagnostic for wrong decorators; `None` if the decorators are right.
pub(super) fn find(instruction: &Instruction, context: &Context) -> Option<Diagnostic> {
    unknown(instruction)
        .or_else(|| misplaced(instruction))
        .or_else(|| count(instruction, context))
        .or_else(|| mask(instruction))
        .or_else(|| encoding(instruction, context))
}

/// Whether no row of the mnemonic has this flag.
fn lacks(instruction: &Instruction, flag: u32) -> bool {
    rows(instruction).iter().all(|row| row.flags & flag == 0)
}

fn is_memory(o: &Operand) -> bool {
    matches!(o.kind, OperandKind::Memory(_))
}

/// Decorators that the mnemonic never takes.
fn unknown(instruction: &Instruction) -> Option<Diagnostic> {
    let name = table::name(instruction.mnemonic);
    let lacks = |flag| lacks(instruction, flag);
    let wrong = |o: &Operand| {
        if o.opmask != Register::None && lacks(flag::MASK) {
            Some("a mask")
        } else if o.zeroing && lacks(flag::ZEROING) {
            Some("`{z}`")
        } else if o.broadcast != 0 && !is_memory(o) {
            Some("a broadcast of a register: only memory can be broadcast")
        } else if o.broadcast != 0 && lacks(flag::BROADCAST) {
            Some("a broadcast")
        } else {
            None
        }
    };
    let found = instruction.operands.iter().find_map(|o| Some((wrong(o)?, o.span)));
    let (what, span) = match (found, instruction.rounding) {
        (Some(found), _) => found,
        (None, Rounding::SuppressExceptions) if lacks(flag::SAE) => {
            ("`{sae}`", instruction.mnemonic_span)
        }
        (None, Rounding::None | Rounding::SuppressExceptions) => return None,
        (None, _) if lacks(flag::ROUNDING) => ("a rounding mode", instruction.mnemonic_span),
        (None, _) => return None,
    };
    Some(Diagnostic::error(span, format!("`{name}` does not take {what}")))
}

/// Decorators that the mnemonic takes with other operands only.
fn misplaced(instruction: &Instruction) -> Option<Diagnostic> {
    let name = table::name(instruction.mnemonic);
    if let Some(memory) = instruction.operands.iter().find(|o| o.zeroing && is_memory(o)) {
        let message = "`{z}` cannot stand behind memory";
        return Some(Diagnostic::error(memory.span, message).help(
            "only registers are filled with zeros: leave it out, and memory keeps what is masked",
        ));
    }
    let (flag, word) = match instruction.rounding {
        Rounding::None => return None,
        Rounding::SuppressExceptions => (flag::SAE, "`{sae}`"),
        _ => (flag::ROUNDING, "a rounding mode"),
    };
    if let Some(memory) = instruction.operands.iter().find(|o| is_memory(o)) {
        let message = format!("`{name}` takes {word} with registers only");
        return Some(Diagnostic::error(memory.span, message).help("load the memory first"));
    }
    let has: Vec<&Row> = rows(instruction).iter().filter(|row| row.flags & flag != 0).collect();
    let widest = instruction.operands.iter().map(size).max()?;
    let fits = |row: &&Row| row.operands.iter().any(|&k| table::kind(k).size == widest);
    if has.iter().any(fits) {
        return None;
    }
    let message = format!("`{name}` does not take {word} with registers of this size");
    let kinds = has.first()?.operands.map(|k| table::kind(k).name);
    let kinds: Vec<&str> = kinds.into_iter().filter(|name| !name.is_empty()).collect();
    let span = span(instruction);
    Some(Diagnostic::error(span, message).help(format!("`{name} {}` does", kinds.join(", "))))
}

fn size(o: &Operand) -> u16 {
    match o.kind {
        OperandKind::Register(r) => u16::from(table::facts(r).size),
        _ => 0,
    }
}

fn span(instruction: &Instruction) -> Span {
    let last = instruction.operands.last().map_or(instruction.mnemonic_span, |o| o.span);
    instruction.mnemonic_span.to(last)
}

/// A broadcast to the wrong number of elements.
fn count(instruction: &Instruction, context: &Context) -> Option<Diagnostic> {
    let operands = &instruction.operands;
    let (at, memory) = operands.iter().enumerate().find(|(_, o)| o.broadcast != 0)?;
    let fits = |row: &&Row| {
        row.flags & flag::BROADCAST != 0
            && row.operands.iter().zip(operands).all(|(&kind, o)| {
                table::kind(kind).accepts & operand::class(o, context) != 0 || o.broadcast != 0
            })
    };
    let row = rows(instruction).iter().find(fits)?;
    let element = 1u16 << row.element();
    let wanted = table::kind(*row.operands.get(at)?).size / element;
    if memory.size != 0 && u16::from(memory.size) != element {
        let message = format!("the elements that are broadcast have {element} bytes each");
        let word = size_word(element)?;
        return Some(Diagnostic::error(memory.span, message).help(format!("write `{word}`")));
    }
    if u16::from(memory.broadcast) == wanted {
        return None;
    }
    let message = format!("`{{1to{}}}` is the wrong number of elements", memory.broadcast);
    Some(Diagnostic::error(memory.span, message).help(format!("here it is `{{1to{wanted}}}`")))
}

/// A missing mask.
fn mask(instruction: &Instruction) -> Option<Diagnostic> {
    let required = |row: &Row| row.flags & flag::MASK_REQUIRED != 0;
    let masked = instruction.operands.iter().any(|o| o.opmask != Register::None);
    let count = instruction.operands.len();
    let mut rows = rows(instruction).iter().filter(|row| row.count() == count).peekable();
    if masked || rows.peek().is_none() || !rows.all(required) {
        return None;
    }
    let name = table::name(instruction.mnemonic);
    let first = instruction.operands.first()?;
    let message = format!("`{name}` needs a mask here");
    let help = "write it behind the first operand: `{k1}` to `{k7}`";
    Some(Diagnostic::error(first.span, message).help(help))
}

/// An encoding that the source asks for and no row has.
fn encoding(instruction: &Instruction, context: &Context) -> Option<Diagnostic> {
    let (wanted, word) = match instruction.prefixes.encoding {
        Encoding::None => return None,
        Encoding::Vex => (table::Encoding::Vex, "vex"),
        Encoding::Vex2 => (table::Encoding::Vex, "vex2"),
        Encoding::Vex3 => (table::Encoding::Vex, "vex3"),
        Encoding::Evex => (table::Encoding::Evex, "evex"),
    };
    let fits = |row: &Row| {
        row.encoding == wanted
            && row.operands.iter().zip(&instruction.operands).all(|(&kind, o)| {
                let class = operand::class(o, context);
                let broadcast = wanted == table::Encoding::Evex && class == class::M_BROADCAST;
                broadcast || table::kind(kind).accepts & class != 0
            })
    };
    if rows(instruction).iter().any(fits) {
        return None;
    }
    let name = table::name(instruction.mnemonic);
    let message = format!("`{name}` with these operands has no `{{{word}}}` encoding");
    Some(Diagnostic::error(span(instruction), message))
}
