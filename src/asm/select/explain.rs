//! What to tell the user about an instruction that cannot be encoded.
//!
//! Slow on purpose: it runs once an error is certain, and looks at all rows again.

use super::super::ast::{Instruction, Kind, OperandKind};
use super::super::table;
use super::{Context, Error, Warning, operand};
use crate::diagnostic::{Diagnostic, Span};
use iced_x86::Register;

/// The diagnostic for `error`.
#[must_use]
pub fn explain(error: Error, instruction: &Instruction, context: &Context) -> Diagnostic {
    let span = instruction.mnemonic_span;
    if let Some(diagnostic) = register_of_another_mode(instruction, context) {
        return diagnostic;
    }
    let name = table::name(instruction.mnemonic);
    match error {
        Error::OutOfReach { distance } => Diagnostic::error(
            span,
            format!("short jump is out of range: its target is {distance} bytes away"),
        ),
        _ => Diagnostic::error(span, format!("`{name}` does not take these operands")),
    }
}

/// A register that needs 64-bit code.
fn register_of_another_mode(instruction: &Instruction, context: &Context) -> Option<Diagnostic> {
    if context.bits == 64 {
        return None;
    }
    instruction.operands.iter().find_map(|o| {
        let registers = match o.kind {
            OperandKind::Register(r) => [r, Register::None],
            OperandKind::Memory(a) => [a.base, a.index],
            _ => return None,
        };
        let register = registers.into_iter().find(|&r| operand::only_in_64(r))?;
        let name = table::register_name(register);
        Some(
            Diagnostic::error(o.span, format!("`{name}` exists only in 64-bit code"))
                .label(format!("this is {}-bit code", context.bits)),
        )
    })
}

/// The diagnostic for a value that does not fit.
#[must_use]
pub fn warn(warning: Warning, instruction: &Instruction) -> Diagnostic {
    let operand = instruction.operands.get(usize::from(warning.operand));
    let span = operand.map_or(instruction.mnemonic_span, |o| o.span);
    let bits = u32::from(warning.bits).min(63);
    let low = -(1i64 << (bits - 1));
    let high = if warning.signed { -low - 1 } else { (1i64 << bits) - 1 };
    let number = operand.map_or(0, |o| match o.kind {
        OperandKind::Immediate(value) if value.kind == Kind::Absolute => value.number,
        _ => 0,
    });
    overflow(span, number, low, high)
}

/// The warning that a number does not fit a range.
fn overflow(span: Span, number: i64, low: i64, high: i64) -> Diagnostic {
    Diagnostic::warning(
        "number-overflow",
        span,
        format!("{number} does not fit: the range is {low} to {high}"),
    )
}
