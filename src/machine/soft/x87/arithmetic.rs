//! Addition, multiplication, division, square roots, rounding to whole numbers, signs (SDM volume
//! 2).

use super::float::exception::IE;
use super::float::{DOUBLE, Environment, Kind, Number, SINGLE};
use super::remainder::denormal;
use super::stack::C1;
use super::{Cpu, INTEGER};
use crate::machine::soft::core::flags::extend_by;
use crate::machine::soft::core::op::{Flow, NOWHERE, Op, Stop};
use std::cmp::Ordering;

/// The operations on two numbers.
pub(super) const ADD: u8 = 0;
pub(super) const MUL: u8 = 1;
pub(super) const SUB: u8 = 2;
pub(super) const SUBR: u8 = 3;
pub(super) const DIV: u8 = 4;
pub(super) const DIVR: u8 = 5;
/// Those on one.
pub(super) const SQRT: u8 = 0;
pub(super) const RNDINT: u8 = 1;
pub(super) const CHS: u8 = 2;
pub(super) const ABS: u8 = 3;

/// The number in a memory operand of 16, 32 or 64 bits.
pub(super) fn memory_number(cpu: &mut Cpu<'_>, op: &Op) -> Result<Number, Stop> {
    let bits = cpu.load_by(op, op.width)?;
    Ok(match op.width {
        width if op.kind & INTEGER != 0 => Number::integer(extend_by(bits, width) as i64),
        32 => Number::unpack(bits, SINGLE),
        _ => Number::unpack(bits, DOUBLE),
    })
}

/// The result of an operation that has no numbers to work on: an operand is a NaN or none of the
/// encodings that there are (SDM volume 1, 4.8.3.5 and 8.2.2). Notes if it is invalid.
pub(super) fn nan(environment: &mut Environment, a: Number, b: Number) -> Option<Number> {
    if a.kind == Kind::Unsupported || b.kind == Kind::Unsupported {
        return Some(environment.invalid());
    }
    if !a.is_nan() && !b.is_nan() {
        return None;
    }
    if a.is_signalling() || b.is_signalling() {
        environment.flags |= IE;
    }
    let chosen = match (a.is_nan(), b.is_nan()) {
        (true, false) => a,
        (false, true) => b,
        // A quiet one goes before a signalling one.
        _ if a.is_signalling() != b.is_signalling() => {
            if a.is_signalling() {
                b
            } else {
                a
            }
        }
        _ => match a.significand.cmp(&b.significand) {
            Ordering::Greater => a,
            Ordering::Less => b,
            Ordering::Equal if a.negative => b,
            Ordering::Equal => a,
        },
    };
    Some(chosen.quieted())
}

/// `fadd fsub fsubr fmul fdiv fdivr` with all their operands.
pub(super) fn binary(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let memory = if op.memory == NOWHERE { None } else { Some(memory_number(cpu, op)?) };
    let fpu = &mut *cpu.fpu;
    if fpu.is_empty(op.dst) || (memory.is_none() && fpu.is_empty(op.src)) {
        if fpu.stack_fault(false) {
            fpu.set(op.dst, Number::INDEFINITE);
            fpu.pop(op.kind);
        }
        return Ok(());
    }
    let (a, b) = (fpu.number(op.dst), memory.unwrap_or_else(|| fpu.number(op.src)));
    let environment = &mut fpu.environment();
    let result = match nan(environment, a, b) {
        Some(nan) => nan,
        None => match op.kind & 7 {
            ADD => environment.add(a, b),
            MUL => environment.multiply(a, b),
            SUB => environment.subtract(a, b),
            SUBR => environment.subtract(b, a),
            DIV => environment.divide(a, b),
            _ => environment.divide(b, a),
        },
    };
    if fpu.settle(environment) {
        fpu.set(op.dst, result);
        fpu.pop(op.kind);
    }
    Ok(())
}

/// `fsqrt frndint fchs fabs`.
pub(super) fn unary(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let fpu = &mut *cpu.fpu;
    if fpu.is_empty(0) {
        if fpu.stack_fault(false) {
            fpu.set(0, Number::INDEFINITE);
        }
        return Ok(());
    }
    if op.kind >= CHS {
        // Whatever is in the register, the sign is one of its bits.
        let mut value = fpu.st(0);
        value.exponent =
            if op.kind == CHS { value.exponent ^ 0x8000 } else { value.exponent & 0x7FFF };
        fpu.conditions(C1, 0);
        fpu.set(0, value);
        return Ok(());
    }
    let a = fpu.number(0);
    let environment = &mut fpu.environment();
    let result = match nan(environment, a, a) {
        Some(nan) => nan,
        None if op.kind == SQRT => environment.root(a),
        None if denormal(environment, a.denormal) => a,
        None => environment.whole(a),
    };
    if fpu.settle(environment) {
        fpu.set(0, result);
    }
    Ok(())
}
