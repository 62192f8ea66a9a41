//! Partial remainders, scaling by powers of two, extraction of exponent and significand (SDM volume
//! 2): `fprem fprem1 fscale fxtract`.

use super::Cpu;
use super::arithmetic::nan;
use super::float::exception::{DE, OE, UE, ZE};
use super::float::{EXTENDED, Environment, Kind, Number, Rounding};
use super::stack::{C0, C1, C2, C3};
use crate::machine::soft::core::fpu::Fpu;
use crate::machine::soft::core::op::{Flow, Op};

/// Instructions of this file.
pub(super) const PREM: u8 = 0;
pub(super) const PREM1: u8 = 1;
pub(super) const SCALE: u8 = 2;
pub(super) const XTRACT: u8 = 3;

/// A result beyond this is an overflow or underflow even with its exponent adjusted, and is
/// delivered as if they were masked and results rounded to the nearest.
const BEYOND: i32 = 16383 + 24576;

/// Notes denormal operands; whether that ends the operation.
pub(super) fn denormal(environment: &mut Environment, is_one: bool) -> bool {
    if is_one {
        environment.flags |= DE;
    }
    environment.flags & DE & !environment.masks != 0
}

/// `fprem` and `fprem1`: the result, and the condition bits if they tell of the quotient.
fn remainder(
    environment: &mut Environment,
    a: Number,
    b: Number,
    nearest: bool,
) -> (Number, Option<u16>) {
    if let Some(nan) = nan(environment, a, b) {
        return (nan, None);
    }
    if a.kind == Kind::Infinite || b.kind == Kind::Zero {
        return (environment.invalid(), None);
    }
    if denormal(environment, a.denormal || b.denormal) {
        return (a, None);
    }
    if a.kind == Kind::Zero || b.kind == Kind::Infinite {
        return (a, Some(0));
    }
    let step = Environment::remainder(a, b, nearest);
    let bit = |n: u32, set| if step.quotient >> n & 1 != 0 { set } else { 0 };
    let quotient = if step.is_complete { bit(0, C1) | bit(1, C3) | bit(2, C0) } else { C2 };
    (environment.round(step.rest), Some(quotient))
}

/// `a` times two to the power of `b`, cut to a whole number.
fn scale(environment: &mut Environment, a: Number, b: Number) -> Number {
    if let Some(nan) = nan(environment, a, b) {
        return nan;
    }
    let is_infinite = b.kind == Kind::Infinite;
    let clashes = if b.negative { a.kind == Kind::Infinite } else { a.kind == Kind::Zero };
    if is_infinite && clashes {
        return environment.invalid();
    }
    let stays = a.kind != Kind::Finite || b.kind == Kind::Zero;
    if denormal(environment, a.denormal || b.denormal) || stays {
        return a;
    }
    if is_infinite {
        return if b.negative { Number::zero(a.negative) } else { Number::infinity(a.negative) };
    }
    let mut whole = Environment { rounding: Rounding::Zero, ..*environment };
    // Far beyond any exponent, the power is as good as any other.
    let limit = if b.negative { -0x10000 } else { 0x10000 };
    let power = whole.integer(b, 32).unwrap_or(limit).clamp(-0x10000, 0x10000) as i32;
    let exponent = a.exponent + power;
    let (masks, rounding) = (environment.masks, environment.rounding);
    let unmasked = if exponent < 0 { UE } else { OE } & !masks;
    if exponent.abs() > BEYOND && unmasked != 0 {
        environment.masks |= unmasked;
        environment.rounding = Rounding::Nearest;
    }
    let result = environment.round(Number { exponent, ..a });
    (environment.masks, environment.rounding) = (masks, rounding);
    result
}

/// The exponent and the significand of a number, and what exceptions that has.
fn extract(environment: &mut Environment, a: Number) -> (Number, Number) {
    if let Some(nan) = nan(environment, a, a) {
        return (nan, nan);
    }
    match a.kind {
        Kind::Infinite => (Number::infinity(false), a),
        Kind::Zero => {
            environment.flags |= ZE;
            (Number::infinity(true), a)
        }
        _ => {
            denormal(environment, a.denormal);
            let significand = Number { exponent: 0, denormal: false, ..a };
            (Number::integer(a.exponent.into()), significand)
        }
    }
}

fn run_extract(fpu: &mut Fpu) {
    let is_overflow = !fpu.is_empty(7);
    let mut environment = fpu.environment_for(EXTENDED);
    let (exponent, significand) = if fpu.is_empty(0) || is_overflow {
        if !fpu.stack_fault(is_overflow && !fpu.is_empty(0)) {
            return;
        }
        (Number::INDEFINITE, Number::INDEFINITE)
    } else {
        let parts = extract(&mut environment, fpu.number(0));
        if !fpu.settle(&environment) {
            return;
        }
        parts
    };
    fpu.set(0, exponent);
    fpu.push(significand);
}

/// The instructions of this file.
pub(super) fn run(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let fpu = &mut *cpu.fpu;
    if op.kind == XTRACT {
        run_extract(fpu);
        return Ok(());
    }
    if fpu.is_empty(0) || fpu.is_empty(1) {
        if op.kind != SCALE {
            fpu.conditions(C2, 0);
        }
        if fpu.stack_fault(false) {
            fpu.set(0, Number::INDEFINITE);
        }
        return Ok(());
    }
    let (a, b) = (fpu.number(0), fpu.number(1));
    let environment = &mut fpu.environment_for(EXTENDED);
    let (result, bits) = match op.kind {
        SCALE => (scale(environment, a, b), None),
        kind => remainder(environment, a, b, kind == PREM1),
    };
    if fpu.settle(environment) {
        fpu.set(0, result);
    }
    if let Some(bits) = bits {
        fpu.conditions(C0 | C1 | C2 | C3, bits);
    } else if op.kind != SCALE {
        fpu.conditions(C2, 0);
    }
    Ok(())
}
