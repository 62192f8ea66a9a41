//! The arithmetic against that of the host, and edge cases whose results are known.

use super::exception::{DE, IE, OE, PE, UE, ZE};
use super::{DOUBLE, EXTENDED, Environment, Format, HALF, Kind, Number, Rounding, SINGLE};
use crate::machine::soft::float::Float80;
use crate::machine::soft::tests::Random;
use std::cmp::Ordering;

impl Random {
    /// The bits of a number, rather often one at an edge.
    pub(super) fn float(&mut self, format: Format) -> u64 {
        let width = format.precision - 1;
        let exponents = (2 * format.greatest + 1) as u64;
        let exponent = match self.next() % 8 {
            0 => 0,
            1 => exponents,
            2 => 1,
            3 => exponents - 1,
            4 | 5 => exponents / 2 + self.next() % 8,
            _ => self.next(),
        } & exponents;
        let all = (1 << width) - 1;
        let fraction = match self.next() % 6 {
            0 => 0,
            1 => all,
            2 => 1,
            3 => self.next() << (width / 2),
            _ => self.next(),
        } & all;
        (self.next() & 1) << (format.bits - 1) | exponent << width | fraction
    }
}

fn double(bits: u64) -> Number {
    Number::unpack(bits, DOUBLE)
}

fn of(value: f64) -> Number {
    double(value.to_bits())
}

/// Whether a result is that of the host, which may choose its NaNs.
fn is_same(ours: Number, host: f64) -> bool {
    if host.is_nan() { ours.is_nan() } else { ours.pack(DOUBLE) == host.to_bits() }
}

#[test]
fn bits_come_back_as_they_were() {
    let mut random = Random(1);
    for format in [HALF, SINGLE, DOUBLE] {
        for _ in 0..10_000 {
            let bits = random.float(format);
            assert_eq!(Number::unpack(bits, format).pack(format), bits, "{bits:#x}");
        }
    }
    for _ in 0..10_000 {
        let exponent = (random.float(DOUBLE) >> 48) as u16;
        let leading = u64::from(exponent & 0x7FFF != 0) << 63;
        let register = Float80 { significand: random.next() >> 1 | leading, exponent };
        assert_eq!(Float80::from(Number::from(register)), register);
    }
}

#[test]
fn arithmetic_is_that_of_the_host() {
    let mut random = Random(2);
    for _ in 0..200_000 {
        let (a, b, c) = (random.float(DOUBLE), random.float(DOUBLE), random.float(DOUBLE));
        let (x, y, z) = (f64::from_bits(a), f64::from_bits(b), f64::from_bits(c));
        let (na, nb, nc) = (double(a), double(b), double(c));
        if na.is_nan() || nb.is_nan() || nc.is_nan() {
            continue;
        }
        let mut env = Environment::default();
        assert!(is_same(env.add(na, nb), x + y), "{x:?} + {y:?}");
        assert!(is_same(env.subtract(na, nb), x - y), "{x:?} - {y:?}");
        assert!(is_same(env.multiply(na, nb), x * y), "{x:?} * {y:?}");
        assert!(is_same(env.divide(na, nb), x / y), "{x:?} / {y:?}");
        assert!(is_same(env.root(na), x.sqrt()), "root {x:?}");
        assert!(is_same(env.fused(na, nb, nc), x.mul_add(y, z)), "{x:?} * {y:?} + {z:?}");
        assert!(is_same(env.whole(na), x.round_ties_even()), "{x:?} whole");
        assert_eq!(Some(na.compare(nb)), x.partial_cmp(&y), "{x:?} and {y:?}");
        let single = env.with(SINGLE).convert(na).pack(SINGLE);
        assert_eq!(single, u64::from((x as f32).to_bits()), "{x:?} as single");
        let whole = env.integer(na, 64);
        if whole.is_some() || x.abs() < 9e18 {
            assert_eq!(whole, Some(x.round_ties_even() as i64), "{x:?} as integer");
        }
    }
}

#[test]
fn single_arithmetic_is_that_of_the_host() {
    let mut random = Random(3);
    for _ in 0..200_000 {
        let (a, b) = (random.float(SINGLE) as u32, random.float(SINGLE) as u32);
        let (x, y) = (f32::from_bits(a), f32::from_bits(b));
        if x.is_nan() || y.is_nan() {
            continue;
        }
        let (na, nb) = (Number::unpack(a.into(), SINGLE), Number::unpack(b.into(), SINGLE));
        let mut env = Environment::default().with(SINGLE);
        let results = [
            (env.add(na, nb), x + y),
            (env.multiply(na, nb), x * y),
            (env.divide(na, nb), x / y),
            (env.root(na), x.sqrt()),
        ];
        for (ours, host) in results {
            let is_same = match host.is_nan() {
                true => ours.is_nan(),
                false => ours.pack(SINGLE) == u64::from(host.to_bits()),
            };
            assert!(is_same, "{x:?} and {y:?}: {host:?}");
        }
    }
}

#[test]
fn remainders_are_exact() {
    let mut random = Random(4);
    for _ in 0..50_000 {
        let (x, y) = (f64::from_bits(random.float(DOUBLE)), f64::from_bits(random.float(DOUBLE)));
        let (a, b) = (of(x), of(y));
        if a.kind != Kind::Finite || b.kind != Kind::Finite {
            continue;
        }
        let mut step = Environment::remainder(a, b, false);
        while !step.is_complete && step.rest.kind == Kind::Finite {
            step = Environment::remainder(step.rest, b, false);
        }
        assert!(is_same(step.rest, x % y), "{x:?} % {y:?}");
    }
    // 7 = 2 * 4 - 1; 6 lies in the middle and goes to the even quotient, 2; 2 / 4 to 0.
    for (x, y, rest, quotient) in [(7.0, 4.0, -1.0, 2), (6.0, 4.0, -2.0, 2), (2.0, 4.0, 2.0, 0)] {
        let step = Environment::remainder(of(x), of(y), true);
        assert_eq!((step.rest, step.quotient), (of(rest), quotient), "{x} {y}");
    }
    assert_eq!(Environment::remainder(of(3.0), of(4.0), true).rest, of(-1.0));
}

/// An operation of two operands, its result and its exceptions.
type Row = (Rounding, Operation, u64, u64, u64, u8);

type Operation = fn(&mut Environment, Number, Number) -> Number;

const INF: u64 = 0x7FF0_0000_0000_0000;
const MAX: u64 = INF - 1;
const LEAST: u64 = 0x0010_0000_0000_0000;
const MINUS: u64 = 1 << 63;
const ONE: u64 = 0x3FF0_0000_0000_0000;
const HALF_OF_ONE: u64 = 0x3FE0_0000_0000_0000;
const NAN: u64 = 0xFFF8_0000_0000_0000;

#[test]
fn corners_are_those_of_the_standard() {
    use Rounding::{Down, Nearest, Up, Zero};
    const ADD: Operation = Environment::add;
    const MULTIPLY: Operation = Environment::multiply;
    const DIVIDE: Operation = Environment::divide;
    let rows: &[Row] = &[
        (Nearest, ADD, INF, INF | MINUS, NAN, IE),
        (Nearest, ADD, INF, 1, INF, DE),
        (Nearest, ADD, ONE, ONE | MINUS, 0, 0),
        (Down, ADD, ONE, ONE | MINUS, MINUS, 0),
        (Nearest, ADD, 0, MINUS, 0, 0),
        (Down, ADD, 0, MINUS, MINUS, 0),
        (Up, ADD, MINUS, MINUS, MINUS, 0),
        (Nearest, ADD, MAX, MAX, INF, OE | PE),
        (Down, ADD, MAX, MAX, MAX, OE | PE),
        (Up, ADD, MAX | MINUS, MAX | MINUS, MAX | MINUS, OE | PE),
        (Zero, ADD, MAX, MAX, MAX, OE | PE),
        (Nearest, ADD, ONE, 1, ONE, DE | PE),
        (Up, ADD, ONE, 1, ONE + 1, DE | PE),
        (Down, ADD, ONE, MINUS | 1, ONE - 1, DE | PE),
        (Nearest, ADD, LEAST, MINUS | 1, LEAST - 1, DE),
        (Nearest, MULTIPLY, INF, 0, NAN, IE),
        (Nearest, MULTIPLY, LEAST, HALF_OF_ONE, LEAST / 2, 0),
        (Nearest, MULTIPLY, LEAST, LEAST, 0, UE | PE),
        (Up, MULTIPLY, LEAST, LEAST, 1, UE | PE),
        (Down, MULTIPLY, LEAST, MINUS | LEAST, MINUS | 1, UE | PE),
        // Rounds to the smallest normal number with all bits, so it is not tiny after rounding.
        (Up, MULTIPLY, LEAST + 1, ONE - 1, LEAST + 1, PE),
        (Nearest, MULTIPLY, LEAST, ONE - 1, LEAST, UE | PE),
        (Nearest, DIVIDE, 0, 0, NAN, IE),
        (Nearest, DIVIDE, INF, INF, NAN, IE),
        (Nearest, DIVIDE, ONE, MINUS, INF | MINUS, ZE),
        (Nearest, DIVIDE, 1, 0, INF, ZE),
        (Nearest, DIVIDE, INF, 0, INF, 0),
        (Nearest, DIVIDE, 0, 1, 0, DE),
        (Nearest, DIVIDE, ONE, INF | MINUS, MINUS, 0),
    ];
    for &(rounding, operation, a, b, result, flags) in rows {
        let mut env = Environment { rounding, ..Environment::default() };
        let ours = operation(&mut env, double(a), double(b)).pack(DOUBLE);
        assert_eq!((ours, env.flags), (result, flags), "{rounding:?} {a:#x} {b:#x}: {ours:#x}");
    }
}

#[test]
fn a_result_between_the_last_denormal_and_the_least_normal_is_tiny_by_its_full_precision() {
    // Less than half a unit of the last place of 53 bits below the least normal number.
    let mut env = Environment::default();
    let almost = Number { significand: u64::MAX, ..double(LEAST / 2) };
    assert_eq!((env.round(almost).pack(DOUBLE), env.flags), (LEAST, PE));
    // Half a unit of a denormal's last place below: rounds up too, but is tiny.
    let mut env = Environment::default();
    let below = Number { significand: u64::MAX << 11, ..double(LEAST / 2) };
    assert_eq!((env.round(below).pack(DOUBLE), env.flags), (LEAST, UE | PE));
}

#[test]
fn results_go_up_or_not() {
    let third = |rounding, sign| {
        let mut env = Environment { rounding, ..Environment::default() };
        env.divide(of(sign), of(3.0));
        env.up
    };
    assert!(!third(Rounding::Nearest, 1.0));
    assert!(third(Rounding::Up, 1.0) && !third(Rounding::Up, -1.0));
    assert!(third(Rounding::Down, -1.0) && !third(Rounding::Down, 1.0));
    assert!(!third(Rounding::Zero, 1.0));
}

#[test]
fn flags_that_are_not_masked_change_the_result() {
    // The x87 hands a handler a result that is in range.
    let extended = Environment { masks: 0, ..Environment::default().with(EXTENDED) };
    let big = Number { exponent: 16383, ..of(1.0) };
    let mut env = extended;
    assert_eq!(env.multiply(big, big).exponent, 2 * 16383 - 24576);
    assert_eq!(env.flags, OE);
    let mut env = extended;
    let small = Number { exponent: -16382, ..of(1.0) };
    assert_eq!(env.multiply(small, small).exponent, 2 * -16382 + 24576);
    assert_eq!(env.flags, UE);
    // An exact denormal result is no underflow, unless that is not masked.
    let mut env = Environment { masks: 0x3F & !UE, ..Environment::default() };
    env.multiply(double(LEAST), of(0.5));
    assert_eq!(env.flags, UE);
}

#[test]
fn tiny_results_can_be_flushed_and_denormal_operands_ignored() {
    let mut env = Environment { ftz: true, ..Environment::default() };
    assert_eq!(env.multiply(double(LEAST), of(-0.5)).pack(DOUBLE), MINUS);
    assert_eq!(env.flags, UE | PE);
    let mut env = Environment { daz: true, ..Environment::default() };
    let zero = env.unpack(MINUS | 1, DOUBLE);
    assert_eq!((env.add(zero, of(1.0)), env.flags), (of(1.0), 0));
}

#[test]
fn precision_can_be_less_than_the_format_has() {
    let mut env = Environment { precision: 24, ..Environment::default().with(EXTENDED) };
    let third = env.divide(of(1.0), of(3.0));
    assert_eq!(
        Float80::from(third),
        Float80 { significand: 0xAAAA_AB00_0000_0000, exponent: 0x3FFD }
    );
    assert_eq!((env.flags, env.up), (PE, true));
    // Beyond the range of a single number, and still finite.
    let big = Number { exponent: 16000, ..of(1.0) };
    assert_eq!(env.round(big), big);
    let root = env.with(EXTENDED).root(of(2.0));
    // 2 ^ 63.5 = 13043817825332782212.3
    assert_eq!(root.significand, 13_043_817_825_332_782_212);
}

#[test]
fn numbers_that_the_extended_format_refuses_are_known() {
    let kind = |exponent, significand| Number::from(Float80 { significand, exponent }).kind;
    assert_eq!(kind(0x3FFF, 1 << 62), Kind::Unsupported, "unnormal");
    assert_eq!(kind(0x7FFF, 0), Kind::Unsupported, "pseudo-infinity");
    assert_eq!(kind(0x7FFF, 1), Kind::Unsupported, "pseudo-NaN");
    assert_eq!(kind(0x7FFF, 1 << 63), Kind::Infinite);
    assert_eq!(kind(0x7FFF, 1 << 63 | 1), Kind::Nan);
    let pseudo = Number::from(Float80 { significand: 1 << 63, exponent: 0 });
    assert!(pseudo.denormal);
    assert_eq!(pseudo.exponent, -16382);
}

#[test]
fn integers_have_limits() {
    let rows: &[(f64, u32, Option<i64>, u8)] = &[
        (2_147_483_647.0, 32, Some(0x7FFF_FFFF), 0),
        (2_147_483_647.5, 32, None, 0),
        (2_147_483_648.0, 32, None, 0),
        (-2_147_483_648.0, 32, Some(-0x8000_0000), 0),
        (-2_147_483_648.5, 32, Some(-0x8000_0000), PE),
        (-2_147_483_649.0, 32, None, 0),
        (-9_223_372_036_854_775_808.0, 64, Some(i64::MIN), 0),
        (9_223_372_036_854_775_808.0, 64, None, 0),
        (32767.4, 16, Some(32767), PE),
        (32768.0, 16, None, 0),
        (0.5, 32, Some(0), PE),
        (1.5, 32, Some(2), PE),
        (0.25, 32, Some(0), PE),
        (-0.0, 32, Some(0), 0),
        (f64::NAN, 32, None, 0),
        (f64::NEG_INFINITY, 64, None, 0),
    ];
    for &(value, bits, result, flags) in rows {
        let mut env = Environment::default();
        assert_eq!((env.integer(of(value), bits), env.flags), (result, flags), "{value}");
    }
    assert_eq!(Number::integer(i64::MIN), of(-9_223_372_036_854_775_808.0));
    assert_eq!(Number::integer(3), of(3.0));
    assert_eq!(of(-0.0).compare(of(0.0)), Ordering::Equal);
}
