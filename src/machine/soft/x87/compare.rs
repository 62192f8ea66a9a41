//! Comparisons (SDM volume 1, 8.3.6), to the condition codes or to EFLAGS.

use super::arithmetic::memory_number;
use super::float::exception::{DE, IE};
use super::float::{Kind, Number};
use super::stack::{C0, C1, C2, C3};
use super::{Cpu, POP_TWICE};
use crate::machine::soft::core::flags::{CF, PF, ZF};
use crate::machine::soft::core::op::{Flow, NOWHERE, Op};
use std::cmp::Ordering;

/// In a kind: quiet NaNs are not invalid.
pub(super) const UNORDERED: u8 = 1;
/// In a kind: the result is for the flags of the CPU.
pub(super) const TO_FLAGS: u8 = 2;
/// In a kind: the other operand is zero.
pub(super) const WITH_ZERO: u8 = 4;

/// How two numbers compare, and which exceptions that has.
fn relation(a: Number, b: Number, quietly: bool) -> (Option<Ordering>, u8) {
    let is = |test: fn(&Number) -> bool| test(&a) || test(&b);
    if is(|n| n.kind == Kind::Unsupported) || is(Number::is_signalling) {
        return (None, IE);
    }
    if is(Number::is_nan) {
        return (None, if quietly { 0 } else { IE });
    }
    (Some(a.compare(b)), if is(|n| n.denormal) { DE } else { 0 })
}

/// `fcom fucom ficom fcomi fucomi ftst` with all their operands.
pub(super) fn compare(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let has = |bit| op.kind & bit != 0;
    let memory = match op.memory {
        _ if has(WITH_ZERO) => Some(Number::zero(false)),
        NOWHERE => None,
        _ => Some(memory_number(cpu, op)?),
    };
    let fpu = &mut *cpu.fpu;
    // `fcompp` names no operands.
    let other = if has(POP_TWICE) { 1 } else { op.src };
    let is_fault = fpu.is_empty(0) || (memory.is_none() && fpu.is_empty(other));
    let (relation, flags) = if is_fault {
        (None, IE)
    } else {
        let b = memory.unwrap_or_else(|| fpu.number(other));
        relation(fpu.number(0), b, has(UNORDERED))
    };
    let (bits, arithmetic) = match relation {
        Some(Ordering::Greater) => (0, 0),
        Some(Ordering::Less) => (C0, CF),
        Some(Ordering::Equal) => (C3, ZF),
        None => (C0 | C2 | C3, CF | PF | ZF),
    };
    if is_fault {
        fpu.stack_fault(false);
    }
    fpu.note(flags);
    if !has(TO_FLAGS) {
        fpu.conditions(C0 | C1 | C2 | C3, bits);
    }
    if flags & !fpu.masks() == 0 {
        fpu.pop(op.kind);
    }
    if has(TO_FLAGS) {
        cpu.set_arithmetic(arithmetic);
    }
    Ok(())
}
