//! Sines, tangents, arctangents, powers of two, logarithms (SDM volume 1, 8.3.7).
//!
//! **The idea.** The argument is reduced to a range near 0, a power series gives the value there in
//! 128 bits, and the value is rounded once to the nearest number. An Intel processor may give its
//! neighbour instead. Angles are reduced with the same pi of 66 bits as on Intel's processors. An
//! argument out of range gives the result that these processors give.
//!
//! The result is always reported as inexact.

use super::Cpu;
use super::arithmetic::nan;
use super::float::exception::{PE, UE, ZE};
use super::float::{EXTENDED, Environment, Exact, Kind, Number};
use super::remainder::denormal;
use super::series::{FACTORIALS, ODDS, sum};
use super::stack::{C1, C2};
use crate::machine::soft::core::fpu::Fpu;
use crate::machine::soft::core::op::{Flow, Op};

/// Instructions of this file.
pub(super) const SIN: u8 = 0;
pub(super) const COS: u8 = 1;
pub(super) const SINCOS: u8 = 2;
pub(super) const PTAN: u8 = 3;
pub(super) const F2XM1: u8 = 4;
/// From here on they have two operands, and pop one.
pub(super) const PATAN: u8 = 5;
pub(super) const YL2X: u8 = 6;
pub(super) const YL2XP1: u8 = 7;

/// 1, in units of 2^-127.
const ONE: u128 = 1 << 127;
/// Pi as Intel's processors have it, in units of 2^-66.
const PI_66: u128 = 0xC_90FD_AA22_168C_234C;
/// Pi, with exponent 1.
const PI: Exact =
    Exact { negative: false, exponent: 1, significand: 0xC90F_DAA2_2168_C234_C4C6_628B_80DC_1CD1 };
/// The logarithm of 2, and its inverse.
const LN2: Exact =
    Exact { negative: false, exponent: -1, significand: 0xB172_17F7_D1CF_79AB_C9E3_B398_03F2_F6AF };
const LOG2E: Exact =
    Exact { negative: false, exponent: 0, significand: 0xB8AA_3B29_5C17_F0BB_BE87_FED0_691D_3E88 };
/// The significand of the square root of 2.
const ROOT_2: u128 = 0xB504_F333_F9DE_6484_597D_89B3_754A_BE9F;
/// The arctangents of eighths, in units of 2^-127.
const ARCTANGENTS: [u128; 9] = [
    0,
    0x0FEA_DD4D_5617_B6E3_2C89_7989_F3E8_88EF,
    0x1F5B_75F9_2C80_DD62_ADB8_F3DE_BEF4_42FC,
    0x2DEC_3283_C9BD_E11C_E2A8_C848_B73F_9120,
    0x3B58_CE0A_C376_9ED1_5BF9_117B_2F0E_A340,
    0x4780_2EAF_7BFA_CFCD_AE41_AF0B_32E2_1BA3,
    0x525E_3E8C_9A7B_8492_0CD4_3F95_22BE_D64F,
    0x5C02_9F15_E118_CF39_E596_D2A9_0852_221E,
    0x6487_ED51_10B4_611A_6263_3145_C06E_0E68,
];

/// Below two to the power of this, a sine is its angle; Intel's processors have it so.
const TINY_ANGLE: i32 = -68;
/// The same of a tangent that is the sine by their rounding errors, or the angle if that is a
/// power of 2.
const SMALL_TANGENT: i32 = -33;
/// The same of an arctangent.
const TINY_RATIO: i32 = -40;

/// An angle less than 2^63, as quarters of a turn, and what remains, at most an eighth of a turn.
fn reduce(angle: Number) -> (u8, Exact) {
    let exact = Exact::from(angle);
    // A remainder of at least pi / 4 has an exponent of -1 or more.
    if angle.exponent < -1 {
        return (0, exact);
    }
    // In units of 2^-67, a quarter of a turn is PI_66.
    let mut left = (angle.exponent + 4).clamp(0, 67) as u32;
    let (mut quarters, mut rest) = (0u8, u128::from(angle.significand));
    while left > 0 {
        let by = left.min(59);
        rest <<= by;
        let quotient = rest / PI_66;
        rest -= quotient * PI_66;
        quarters = quarters << by.min(7) | (quotient & 3) as u8;
        left -= by;
    }
    let is_past = rest > PI_66 / 2;
    let rest = if is_past { PI_66 - rest } else { rest };
    let negative = angle.negative != is_past;
    let quarters = quarters.wrapping_add(is_past.into());
    (quarters, Exact::new(negative, rest.max(1), -67))
}

/// The square of a number that is less than 1.
fn square(x: Exact) -> u128 {
    x.times(x).to_fixed()
}

/// The sine or the cosine of an angle of at most an eighth of a turn.
fn wave(angle: Exact, is_cosine: bool) -> Exact {
    let skipped = usize::from(!is_cosine);
    let terms = FACTORIALS.iter().copied().skip(skipped).step_by(2);
    let mut value = sum(terms, square(angle), true);
    if value >= ONE {
        // It is less than 1, however little.
        value = if angle.exponent < TINY_ANGLE { ONE } else { ONE - 1 };
    }
    let value = Exact::fixed(value);
    if is_cosine { value } else { value.times(angle) }
}

/// The sine of an angle, or its cosine: that of a quarter more.
fn sine(angle: Number, quarters: u8) -> Exact {
    let (reduced, rest) = reduce(angle);
    let in_turn = if angle.negative {
        quarters.wrapping_sub(reduced)
    } else {
        quarters.wrapping_add(reduced)
    };
    wave(rest, in_turn & 1 != 0).negated_if(in_turn & 2 != 0)
}

fn tangent(angle: Number) -> Exact {
    let (quarters, rest) = reduce(angle);
    let (sine, cosine) = (wave(rest, false), wave(rest, true));
    if quarters & 1 != 0 {
        cosine.over(sine).negated_if(true)
    } else if rest.exponent < SMALL_TANGENT {
        if rest.significand == ONE { rest } else { sine }
    } else {
        sine.over(cosine)
    }
}

/// The arctangent of a ratio of at most 1.
fn arctangent(ratio: Exact) -> Exact {
    if ratio.exponent < TINY_RATIO {
        return ratio;
    }
    let fixed = ratio.significand >> ratio.exponent.unsigned_abs().min(127);
    let eighths = (fixed + (1 << 123)) >> 124;
    let near = ARCTANGENTS.get(eighths as usize).copied().unwrap_or(0);
    let (rest, base) = if near == 0 {
        (Some(ratio), None)
    } else {
        // tan (a - b) = (tan a - tan b) / (1 + tan a tan b)
        let step = Exact::fixed(eighths << 124);
        let above = ratio.plus(step.negated_if(true));
        let below = Exact::fixed(ONE + (ratio.times(step).to_fixed() >> 1));
        (above.map(|above| above.over(below)), Some(Exact::fixed(near)))
    };
    let value = |rest: Exact| {
        let sum = sum(ODDS.iter().copied(), square(rest), true);
        rest.times(Exact::fixed(sum))
    };
    match (rest.map(value), base) {
        (Some(value), Some(base)) => base.plus(value).unwrap_or(base),
        (Some(value), None) => value,
        (None, base) => base.unwrap_or(ratio),
    }
}

/// The angle of the point `(x, y)`: `None` is 0.
fn angle_of(x: Number, y: Number) -> Option<Exact> {
    let (infinite, zero) = (|n: Number| n.kind == Kind::Infinite, |n: Number| n.kind == Kind::Zero);
    let quarter = PI.times_power(-1);
    let base = if zero(y) || (infinite(x) && !infinite(y)) {
        None
    } else if infinite(x) {
        Some(PI.times_power(-2))
    } else if infinite(y) || zero(x) {
        Some(quarter)
    } else {
        let (a, b) = (Exact::from(y).magnitude(), Exact::from(x).magnitude());
        if (a.exponent, a.significand) <= (b.exponent, b.significand) {
            Some(arctangent(a.over(b)))
        } else {
            quarter.plus(arctangent(b.over(a)).negated_if(true))
        }
    };
    match base {
        Some(base) if x.negative => PI.plus(base.negated_if(true)),
        None if x.negative => Some(PI),
        base => base,
    }
}

/// Two to the power of a number between -1 and 1, less 1.
fn power_less_one(x: Number) -> Exact {
    let exact = Exact::from(x);
    if x.exponent >= 0 {
        // Only 1 and -1 are accepted; what is greater comes back.
        let is_minus_one = x.negative && x.exponent == 0 && exact.significand == ONE;
        return if is_minus_one { exact.times_power(-1) } else { exact };
    }
    let y = exact.magnitude().times(LN2);
    let terms = FACTORIALS.iter().copied().skip(1);
    y.times(Exact::fixed(sum(terms, y.to_fixed(), x.negative))).negated_if(x.negative)
}

/// The logarithm to base 2 of `1 + x`, of which only a small one is given: s / (2 + s) is what the
/// series goes by.
fn logarithm_near_one(x: Exact) -> Exact {
    let two = Exact::fixed(ONE).times_power(1);
    let ratio = two.plus(x).map_or(x, |below| x.over(below));
    let series = sum(ODDS.iter().copied(), square(ratio), false);
    ratio.times(Exact::fixed(series)).times(LOG2E).times_power(1)
}

/// The logarithm to base 2 of a positive number; `None` is 0.
fn logarithm(x: Exact) -> Option<Exact> {
    let is_great = x.significand > ROOT_2;
    let power = x.exponent + i32::from(is_great);
    let near = Exact { exponent: -i32::from(is_great), ..x };
    let part = near.plus(Exact::fixed(ONE).negated_if(true)).map(logarithm_near_one);
    if power == 0 {
        return part;
    }
    let whole = Exact::from(Number::integer(power.into()));
    match part {
        Some(part) => whole.plus(part),
        // Intel's processors come out just above what is exact here.
        None if power < 0 => Some(Exact::new(true, whole.significand - 1, whole.exponent - 127)),
        None => Some(whole),
    }
}

/// `y` times the logarithm of `x`, or of `1 + x`.
fn scaled_logarithm(environment: &mut Environment, x: Number, y: Number, near: bool) -> Number {
    let is_zero = x.kind == Kind::Zero;
    let is_infinite = x.kind == Kind::Infinite || (is_zero && !near);
    let below_domain = x.negative && if near { x.kind == Kind::Infinite } else { !is_zero };
    let zero_and_infinity =
        (y.kind == Kind::Zero && is_infinite) || (y.kind == Kind::Infinite && is_zero && near);
    if below_domain || zero_and_infinity {
        return environment.invalid();
    }
    // There is no logarithm of it, and it comes back.
    let is_below = near && x.kind == Kind::Finite && x.negative && x.exponent >= 0;
    let logarithm = match x.kind {
        Kind::Finite if is_below => Some(x.into()),
        Kind::Finite if near => finite_near(x),
        Kind::Finite => logarithm(x.into()),
        _ => None,
    };
    let is_one = x.kind == Kind::Finite && logarithm.is_none();
    if is_one && y.kind == Kind::Infinite {
        return environment.invalid();
    }
    if is_zero && !near && y.kind == Kind::Finite {
        environment.flags |= ZE;
    } else if denormal(environment, x.denormal || y.denormal) {
        return x;
    }
    let negative = match logarithm {
        Some(logarithm) => logarithm.negative,
        None if is_zero && !near => true,
        None => x.negative,
    } != y.negative;
    match logarithm {
        _ if is_infinite || y.kind == Kind::Infinite => Number::infinity(negative),
        Some(logarithm) if is_below && y.kind == Kind::Finite => inexact(environment, logarithm),
        Some(logarithm) if y.kind == Kind::Finite => {
            inexact(environment, logarithm.times(y.into()))
        }
        _ => Number::zero(negative),
    }
}

/// The logarithm of `1 + x`, which is greater than 0.
fn finite_near(x: Number) -> Option<Exact> {
    let exact = Exact::from(x);
    if x.exponent < -1 {
        Some(logarithm_near_one(exact))
    } else {
        Exact::fixed(ONE).plus(exact).and_then(logarithm)
    }
}

/// Rounds what a series has given. A tiny result is an underflow.
fn inexact(environment: &mut Environment, exact: Exact) -> Number {
    let number = environment.round_exact(exact);
    environment.flags |= if number.exponent < EXTENDED.least() { UE | PE } else { PE };
    number
}

/// The results of an instruction, the second of which is pushed; `None` if the angle is too great.
type Results = Option<(Number, Number)>;

/// `fsin fcos fsincos fptan`.
fn circular(environment: &mut Environment, kind: u8, x: Number) -> Results {
    if x.kind == Kind::Infinite {
        let invalid = environment.invalid();
        return Some((invalid, invalid));
    }
    let one = Number::integer(1);
    if x.kind == Kind::Zero {
        return Some(if kind == COS { (one, one) } else { (x, one) });
    }
    if x.exponent >= 63 {
        return None;
    }
    if denormal(environment, x.denormal) {
        return Some((x, x));
    }
    Some(match kind {
        SIN => (inexact(environment, sine(x, 0)), x),
        COS => (inexact(environment, sine(x, 1)), x),
        PTAN => (inexact(environment, tangent(x)), one),
        _ => (inexact(environment, sine(x, 0)), inexact(environment, sine(x, 1))),
    })
}

/// The result of the instruction for numbers.
fn evaluate(environment: &mut Environment, kind: u8, a: Number, b: Number) -> Results {
    let result = match kind {
        F2XM1 => match a.kind {
            Kind::Infinite if a.negative => Number::integer(-1),
            Kind::Finite if !denormal(environment, a.denormal) => {
                inexact(environment, power_less_one(a))
            }
            _ => a,
        },
        PATAN => {
            if denormal(environment, a.denormal || b.denormal) {
                return Some((a, a));
            }
            match angle_of(a, b) {
                Some(angle) => inexact(environment, angle.negated_if(b.negative)),
                None => Number::zero(b.negative),
            }
        }
        YL2X | YL2XP1 => scaled_logarithm(environment, a, b, kind == YL2XP1),
        _ => return circular(environment, kind, a),
    };
    Some((result, result))
}

/// Puts results where the instruction wants them.
fn deliver(fpu: &mut Fpu, kind: u8, (first, second): (Number, Number)) {
    match kind {
        SINCOS | PTAN => {
            fpu.set(0, first);
            fpu.push(second);
        }
        PATAN.. => {
            fpu.set(1, first);
            fpu.free(0);
            fpu.turn(1);
        }
        _ => fpu.set(0, first),
    }
}

/// The instructions of this file.
pub(super) fn run(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let fpu = &mut *cpu.fpu;
    let kind = op.kind;
    let is_empty = fpu.is_empty(0) || (kind >= PATAN && fpu.is_empty(1));
    let is_full = matches!(kind, SINCOS | PTAN) && !fpu.is_empty(7);
    if matches!(kind, SIN | COS | SINCOS | PTAN) {
        fpu.conditions(C2, 0);
    }
    if is_empty || is_full {
        if fpu.stack_fault(!is_empty) {
            deliver(fpu, kind, (Number::INDEFINITE, Number::INDEFINITE));
        }
        return Ok(());
    }
    let (a, b) = (fpu.number(0), if kind >= PATAN { fpu.number(1) } else { fpu.number(0) });
    let environment = &mut fpu.environment_for(EXTENDED);
    let results = match nan(environment, a, b) {
        Some(nan) => Some((nan, nan)),
        None => evaluate(environment, kind, a, b),
    };
    let is_done = fpu.settle(environment);
    match results {
        Some(results) if is_done => deliver(fpu, kind, results),
        Some(_) => {}
        None => fpu.conditions(C1 | C2, C2),
    }
    Ok(())
}
