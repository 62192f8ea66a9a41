//! Rounding to whole numbers, conversion between formats, comparison.

use super::exception::PE;
use super::number::{Kind, Number};
use super::round::{Environment, Rounding};
use std::cmp::Ordering;

impl Environment {
    /// The number in the format of the environment.
    pub(crate) fn convert(&mut self, a: Number) -> Number {
        if self.denormal(&[a]) {
            return Number::INDEFINITE;
        }
        self.round(a)
    }

    /// The whole number next to `a`, which may have any size.
    pub(crate) fn whole(&mut self, a: Number) -> Number {
        self.up = false;
        if a.kind != Kind::Finite || a.exponent >= 63 {
            return a;
        }
        let (count, inexact) = self.count(a);
        if inexact {
            self.flags |= PE;
        }
        Number::scaled(a.negative, count.into(), 0)
    }

    /// The magnitude of the whole number next to `a`, whose exponent is less than 63, and whether
    /// it is another one.
    fn count(&mut self, a: Number) -> (u64, bool) {
        // Below the point as many bits as there can be above it, the last one sticky.
        let fixed = if a.exponent < -1 {
            u128::from(a.significand != 0)
        } else {
            u128::from(a.significand) << (a.exponent + 1)
        };
        let (count, rest) = ((fixed >> 64) as u64, fixed as u64);
        let half = 1 << 63;
        self.up = match self.rounding {
            Rounding::Nearest => rest > half || (rest == half && count & 1 != 0),
            Rounding::Down => a.negative && rest != 0,
            Rounding::Up => !a.negative && rest != 0,
            Rounding::Zero => false,
        };
        (count + u64::from(self.up), rest != 0)
    }

    /// The whole number next to `a`, if it is one of `bits` bits with sign. Takes NaNs too; an
    /// invalid operation is none of the exceptions noted here.
    pub(crate) fn integer(&mut self, a: Number, bits: u32) -> Option<i64> {
        self.up = false;
        let limit = 1u64 << (bits - 1);
        let (count, inexact) = match a.kind {
            Kind::Zero => (0, false),
            Kind::Finite if a.exponent < 63 => self.count(a),
            // The least number of 64 bits.
            Kind::Finite if a.exponent == 63 && a.significand == limit => (limit, false),
            _ => return None,
        };
        if count > limit || (count == limit && !a.negative) {
            self.up = false;
            return None;
        }
        if inexact {
            self.flags |= PE;
        }
        Some(if a.negative { count.wrapping_neg() } else { count } as i64)
    }
}

impl Number {
    /// How two numbers compare that are no NaNs; zeros are equal.
    pub(crate) fn compare(self, other: Self) -> Ordering {
        self.key().cmp(&other.key())
    }

    /// A value that sorts as the number does.
    fn key(self) -> (i32, i32, i128) {
        let sign = if self.negative { -1 } else { 1 };
        match self.kind {
            Kind::Zero => (0, 0, 0),
            Kind::Infinite => (2 * sign, 0, 0),
            _ => (sign, sign * self.exponent, i128::from(self.significand) * i128::from(sign)),
        }
    }
}
