//! The fast path: operations that the host's own arithmetic can do.
//!
//! A result of the host is used if rounding is to the nearest, no operand is denormal, and the
//! result is either an exact zero or a normal number well inside the exponent range. Then inexact
//! is the only exception possible. It must be masked, and must either be flagged already or be
//! ruled out by a cheap test, which may reject exact results. NaNs, infinities and everything else
//! take the slow path.

use super::super::operand::Vector;
use super::arithmetic::{ADD, ADDSUB, DIV, MAX, MIN, MUL, SQRT, SUB};
use super::convert::{CUT, D, H, I, L, S, WHOLE};
use super::{IS_DOUBLE, OPERATION};
use std::cmp::Ordering;

/// MXCSR: the rounding control, and the mask of inexact results.
const RC_PM: u32 = 3 << 13 | PM;
const PM: u32 = 1 << 12;
/// MXCSR: an inexact result has been noted.
const PE: u32 = 1 << 5;

/// The operations on one format.
macro_rules! operations {
    ($name:ident, $fused:ident, $relation:ident, $float:ty, $bits:ty, $least:expr, $exact:ident) => {
        /// Operation on two elements.
        #[inline(always)]
        pub(super) fn $name(mxcsr: u32, operation: u16, a: $bits, b: $bits) -> Option<$bits> {
            let (x, y) = (<$float>::from_bits(a), <$float>::from_bits(b));
            let a = if operation == SQRT { b } else { a };
            if is_denormal!(a, $least) || is_denormal!(b, $least) {
                return None;
            }
            if operation >= MIN {
                let chosen = match operation {
                    MIN if x < y => a,
                    MAX if x > y => a,
                    MIN | MAX => b,
                    _ => return None,
                };
                return (!x.is_nan() && !y.is_nan()).then_some(chosen);
            }
            let result = match operation {
                ADD => x + y,
                SUB => x - y,
                MUL => x * y,
                DIV => x / y,
                _ => y.sqrt(),
            };
            let bits = result.to_bits();
            let is_exact_zero = bits << 1 == 0 && (operation <= SUB || a << 1 == 0 || b << 1 == 0);
            if mxcsr & RC_PM != PM || !(is_ordinary!(bits, $least) || is_exact_zero) {
                return None;
            }
            (mxcsr & PE != 0 || $exact(operation, x, y, result)).then_some(bits)
        }

        /// `a * b + c`.
        #[inline(always)]
        pub(super) fn $fused(mxcsr: u32, a: $bits, b: $bits, c: $bits) -> Option<$bits> {
            if mxcsr & (RC_PM | PE) != PM | PE || [a, b, c].iter().any(|&v| is_denormal!(v, $least))
            {
                return None;
            }
            let [x, y, z] = [a, b, c].map(<$float>::from_bits);
            let bits = x.mul_add(y, z).to_bits();
            let is_exact_zero = c << 1 == 0 && (a << 1 == 0 || b << 1 == 0) && bits << 1 == 0;
            (is_ordinary!(bits, $least) || is_exact_zero).then_some(bits)
        }

        #[inline(always)]
        fn $relation(a: $bits, b: $bits) -> Option<Ordering> {
            if is_denormal!(a, $least) || is_denormal!(b, $least) {
                return None;
            }
            <$float>::from_bits(a).partial_cmp(&<$float>::from_bits(b))
        }
    };
}

/// Whether the bits are those of a denormal number: without sign they lie between zero and the
/// least normal number.
macro_rules! is_denormal {
    ($bits:expr, $least:expr) => {
        ($bits << 1).wrapping_sub(1) < $least * 2 - 1
    };
}

/// Whether the bits are those of a normal number whose exponent is none of the two last ones at
/// either end. The bits of all exponents are those of infinity, as many leasts as there are.
macro_rules! is_ordinary {
    ($bits:expr, $least:expr) => {
        ($bits << 1).wrapping_sub($least * 4) < (!($least * 2) + 1 - $least * 8)
    };
}

operations!(double, fused_double, relate_double, f64, u64, 1u64 << 52, is_exact_double);
operations!(single, fused_single, relate_single, f32, u32, 1u32 << 23, is_exact_single);

/// The error of a sum is a number, and what rounding has taken away (Knuth's two-sum).
macro_rules! is_exact_sum {
    ($x:expr, $y:expr, $sum:expr) => {{
        let back = $sum - $x;
        ($x - ($sum - back)) + ($y - back) == 0.0
    }};
}

/// Whether a product of two doubles has no more than 53 bits for sure: as many zeros end the
/// factors as the product has bits too many.
fn is_short(x: f64, y: f64) -> bool {
    let zeros = |v: f64| (v.to_bits() | 1 << 52).trailing_zeros();
    x == 0.0 || y == 0.0 || zeros(x) + zeros(y) >= 53
}

/// Whether a result is exact for sure.
#[inline(never)]
fn is_exact_double(operation: u16, x: f64, y: f64, result: f64) -> bool {
    match operation {
        ADD => is_exact_sum!(x, y, result),
        SUB => is_exact_sum!(x, -y, result),
        MUL => is_short(x, y),
        DIV => is_short(result, y) && is_ordinary!(x.to_bits(), 1u64 << 52) && result * y == x,
        _ => is_short(result, result) && result * result == y,
    }
}

/// The same; products of singles are exact as doubles.
#[inline(never)]
fn is_exact_single(operation: u16, x: f32, y: f32, result: f32) -> bool {
    let [wide_x, wide_y, wide] = [x, y, result].map(f64::from);
    match operation {
        ADD => is_exact_sum!(x, y, result),
        SUB => is_exact_sum!(x, -y, result),
        MUL => wide_x * wide_y == wide,
        DIV => wide * wide_y == wide_x,
        _ => wide * wide == wide_y,
    }
}

/// An operation on all elements of two vectors of so many words, as `code` says it and their format.
#[inline(always)]
pub(super) fn packed(
    mxcsr: u32,
    code: u16,
    words: usize,
    a: &Vector,
    b: &Vector,
) -> Option<Vector> {
    let is_double = code & IS_DOUBLE != 0;
    // What subtracts every other element adds it with the other sign.
    let (operation, flips) = match code & OPERATION {
        ADDSUB if is_double => (ADD, [1 << 63, 0]),
        ADDSUB => (ADD, [1 << 31; 2]),
        other => (other, [0; 2]),
    };
    let mut result = Vector::default();
    for n in 0..words & 7 {
        let (x, y) = (a.0[n & 3], b.0[n & 3] ^ flips[n & 1]);
        result.0[n & 3] = if is_double {
            double(mxcsr, operation, x, y)?
        } else {
            let low = single(mxcsr, operation, x as u32, y as u32)?;
            let high = single(mxcsr, operation, (x >> 32) as u32, (y >> 32) as u32)?;
            u64::from(low) | u64::from(high) << 32
        };
    }
    Some(result)
}

/// How two elements compare that are neither denormal nor NaNs.
#[inline(always)]
pub(super) fn compare(is_double: bool, a: u64, b: u64) -> Option<Ordering> {
    if is_double { relate_double(a, b) } else { relate_single(a as u32, b as u32) }
}

/// An element of a conversion, see `convert`.
#[allow(clippy::cast_precision_loss, reason = "integers are rounded as they are converted")]
#[inline(always)]
pub(super) fn convert(mxcsr: u32, code: u16, value: u64) -> Option<u64> {
    let may_round = mxcsr & (RC_PM | PE) == PM | PE;
    let (from, to) = (code & 7, code >> 3 & 7);
    if code & WHOLE != 0 || from == H || to == H {
        return None;
    }
    if from >= I {
        let whole = if from == L { value as i64 } else { (value as i32).into() };
        let is_exact = |bits: u32| whole.unsigned_abs() >> bits == 0;
        return match to {
            D => (may_round || is_exact(53)).then(|| (whole as f64).to_bits()),
            _ => (may_round || is_exact(24)).then(|| (whole as f32).to_bits().into()),
        };
    }
    if from == S && is_denormal!(value as u32, 1u32 << 23) {
        return None;
    }
    let x = if from == S { f32::from_bits(value as u32).into() } else { f64::from_bits(value) };
    if is_denormal!(value, 1u64 << 52) && from == D {
        return None;
    }
    if to == D {
        return (!x.is_nan()).then_some(x.to_bits());
    }
    if to == S {
        let result = x as f32;
        let bits = result.to_bits();
        let is_good = is_ordinary!(bits, 1u32 << 23) || x == 0.0;
        return (is_good && (may_round || f64::from(result) == x)).then_some(bits.into());
    }
    to_integer(mxcsr, code & CUT != 0, if to == L { 62 } else { 31 }, x)
}

/// One and a half times two to the power of 52: the last place of such numbers is 1, so adding it
/// rounds.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// The whole number next to `x`, if it is less than two to the power of `bits`.
#[allow(clippy::cast_precision_loss, reason = "a number that has been cut loses nothing more")]
#[inline(always)]
fn to_integer(mxcsr: u32, cut: bool, bits: u32, x: f64) -> Option<u64> {
    let rounded = (x + ROUNDER) - ROUNDER;
    let whole = if cut { x as i64 } else { rounded as i64 };
    let is_small = whole.unsigned_abs() >> if cut { bits } else { bits.min(51) } == 0;
    let is_exact = whole as f64 == x;
    let may_round = mxcsr & (PM | PE) == PM | PE && (cut || mxcsr & RC_PM == PM);
    (is_small && !x.is_nan() && (is_exact || may_round)).then_some(whole as u64)
}
