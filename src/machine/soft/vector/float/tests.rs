//! The fast path against the full arithmetic, and approximations against those of Intel's
//! processors.

use super::arithmetic::{ADD, DIV, MAX, MIN, MUL, SQRT, SUB};
use super::convert::{CUT, D, I, L, S};
use super::{approximate, fast, nan};
use crate::machine::soft::float::{DOUBLE, Environment, Format, Number, Rounding, SINGLE};
use crate::machine::soft::tests::Random;

/// Everything masked, to the nearest, nothing noted yet; and with an inexact result noted.
const FRESH: u32 = 0x1F80;
const NOTED: u32 = FRESH | 0x20;
const PE: u8 = 0x20;

impl Random {
    /// A number of a format, often a short one, with an exponent near to those of others or to
    /// the ends.
    fn operand(&mut self, format: Format) -> u64 {
        let width = format.precision - 1;
        let last = (2 * format.greatest + 1) as u64;
        let exponent = match self.next() % 8 {
            0 => self.next() % 4,
            1 => last - self.next() % 4,
            2 => self.next() & last,
            _ => last / 2 - 8 + self.next() % 16,
        };
        let short = if self.next() & 1 == 0 { 0 } else { self.next() % u64::from(width) };
        let fraction = self.next() >> (64 - width) >> short << short;
        (self.next() & 1) << (format.bits - 1) | exponent << width | fraction
    }
}

/// The operation on the slow path.
fn slowly(env: &mut Environment, operation: u16, a: Number, b: Number) -> Number {
    match operation {
        SQRT => return env.root(b),
        MIN if a.compare(b).is_lt() => return a,
        MAX if a.compare(b).is_gt() => return a,
        MIN | MAX => return b,
        _ => {}
    }
    assert!(nan(env, &[a, b]).is_none(), "a NaN is not for the host");
    match operation {
        ADD => env.add(a, b),
        SUB => env.subtract(a, b),
        MUL => env.multiply(a, b),
        _ => env.divide(a, b),
    }
}

/// Tries all operations of one format; how many of them the host has done.
fn try_all(random: &mut Random, format: Format) -> u32 {
    let mut done = 0;
    for mxcsr in [FRESH, NOTED] {
        let (a, b, c) = (random.operand(format), random.operand(format), random.operand(format));
        let [x, y, z] = [a, b, c].map(|bits| Number::unpack(bits, format));
        let allowed = if mxcsr == NOTED { PE } else { 0 };
        for operation in [ADD, SUB, MUL, DIV, SQRT, MIN, MAX] {
            let host = match format.bits {
                32 => fast::single(mxcsr, operation, a as u32, b as u32).map(u64::from),
                _ => fast::double(mxcsr, operation, a, b),
            };
            let Some(host) = host else { continue };
            let mut env = Environment::default().with(format);
            let ours = slowly(&mut env, operation, x, y).pack(format);
            assert_eq!(host, ours, "{operation}: {a:#x} {b:#x}");
            assert_eq!(env.flags & !allowed, 0, "{operation}: {a:#x} {b:#x} has exceptions");
            done += 1;
        }
        let host = match format.bits {
            32 => fast::fused_single(mxcsr, a as u32, b as u32, c as u32).map(u64::from),
            _ => fast::fused_double(mxcsr, a, b, c),
        };
        if let Some(host) = host {
            let mut env = Environment::default().with(format);
            assert_eq!(host, env.fused(x, y, z).pack(format), "{a:#x} * {b:#x} + {c:#x}");
            assert_eq!(env.flags & !allowed, 0, "{a:#x} * {b:#x} + {c:#x} has exceptions");
            done += 1;
        }
    }
    done
}

#[test]
fn the_host_does_what_the_book_says_or_nothing() {
    let mut random = Random(7);
    for format in [SINGLE, DOUBLE] {
        let done: u32 = (0..50_000).map(|_| try_all(&mut random, format)).sum();
        assert!(done > 200_000, "the host has done only {done}");
    }
}

#[test]
fn other_modes_are_not_for_the_host() {
    let (a, b) = (1.5f64.to_bits(), 3.0f64.to_bits());
    assert_eq!(fast::double(NOTED, DIV, a, b), Some(0.5f64.to_bits()));
    // Rounding down, inexact results not masked, a denormal operand, a result that might be tiny.
    assert_eq!(fast::double(NOTED | 0x2000, DIV, a, b), None);
    assert_eq!(fast::double(NOTED & !0x1000, DIV, a, b), None);
    assert_eq!(fast::double(NOTED, ADD, 1, b), None);
    assert_eq!(fast::double(NOTED, MUL, 1 << 52, a), None);
    assert_eq!(fast::double(NOTED, DIV, a, 0), None);
    assert_eq!(fast::double(FRESH, DIV, b, (0.1f64).to_bits()), None);
}

#[test]
fn conversions_of_the_host_are_those_of_the_book() {
    let mut random = Random(11);
    let mut done = 0;
    for _ in 0..100_000 {
        for (from, to) in [(I, D), (I, S), (L, D), (L, S), (S, D), (D, S), (S, I), (D, I), (D, L)] {
            let value = match from {
                S => random.operand(SINGLE),
                D => random.operand(DOUBLE),
                _ => (random.next() as i64 >> (random.next() % 64)) as u64,
            };
            let cut = if random.next() & 1 == 0 { CUT } else { 0 };
            for mxcsr in [FRESH, NOTED] {
                let code = from | to << 3 | if to >= I { cut } else { 0 };
                let Some(host) = fast::convert(mxcsr, code, value) else { continue };
                let (ours, flags) = convert(code, value);
                let allowed = if mxcsr == NOTED { PE } else { 0 };
                let mask = if to == I || to == S { 0xFFFF_FFFF } else { u64::MAX };
                assert_eq!(host & mask, ours & mask, "{from} to {to}: {value:#x}");
                assert_eq!(flags & !allowed, 0, "{from} to {to}: {value:#x} has exceptions");
                done += 1;
            }
        }
    }
    assert!(done > 500_000, "the host has done only {done}");
}

/// The conversion on the slow path, and its exceptions.
fn convert(code: u16, value: u64) -> (u64, u8) {
    let (from, to) = (code & 7, code >> 3 & 7);
    let format = |kind| if kind == S { SINGLE } else { DOUBLE };
    let number = match from {
        I => Number::integer((value as i32).into()),
        L => Number::integer(value as i64),
        kind => Number::unpack(value, format(kind)),
    };
    let mut env = Environment::default().with(format(to));
    if to < I {
        return (env.convert(number).pack(format(to)), env.flags);
    }
    if code & CUT != 0 {
        env.rounding = Rounding::Zero;
    }
    let result = env.integer(number, if to == I { 32 } else { 64 });
    (result.expect("an integer that fits") as u64, env.flags)
}

/// What a Sapphire Rapids gave, from `rcpss` and `rsqrtss`.
#[test]
fn approximations_are_those_of_the_processor() {
    let rows = [
        (0x0000_0000, 0x7F80_0000, 0x7F80_0000),
        (0x8000_0001, 0xFF80_0000, 0xFF80_0000),
        (0x0080_0000, 0x7E7F_F000, 0x5EFF_F000),
        (0x3F80_0000, 0x3F7F_F000, 0x3F7F_F000),
        (0x3F80_3000, 0x3F7F_9000, 0x3F7F_D000),
        (0x7E7F_FFFF, 0x0080_0800, 0x2000_0800),
        (0x7E80_0000, 0x0000_0000, 0x1FFF_F000),
        (0x7F00_0000, 0x0000_0000, 0x1FB4_F800),
        (0x7F80_0000, 0x0000_0000, 0x0000_0000),
        (0xFF80_0000, 0x8000_0000, 0xFFC0_0000),
        (0xBF80_0000, 0xBF7F_F000, 0xFFC0_0000),
        (0x7F80_0001, 0x7FC0_0001, 0x7FC0_0001),
    ];
    for (a, reciprocal, root) in rows {
        let number = Number::unpack(a, SINGLE);
        let ours = [approximate::RCP, approximate::RSQRT]
            .map(|operation| approximate::element(operation, number).pack(SINGLE));
        assert_eq!(ours, [reciprocal, root], "{a:#x}");
    }
}

/// The manual's bound: a relative error of at most 1.5 * 2^-12.
#[test]
fn approximations_are_near() {
    let mut random = Random(13);
    for _ in 0..100_000 {
        let bits = (random.next() as u32 & 0x3FFF_FFFF) + 0x2000_0000;
        let x = f64::from(f32::from_bits(bits));
        let approximation = |operation| {
            let number = approximate::element(operation, Number::unpack(bits.into(), SINGLE));
            f64::from(f32::from_bits(number.pack(SINGLE) as u32))
        };
        let errors = [
            approximation(approximate::RCP) * x - 1.0,
            approximation(approximate::RSQRT) * x.sqrt() - 1.0,
        ];
        assert!(errors.iter().all(|e| e.abs() <= 1.5 / 4096.0), "{x}: {errors:?}");
    }
}
