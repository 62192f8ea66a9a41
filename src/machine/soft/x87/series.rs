//! Power series and the 128-bit arithmetic for them. The precision is much higher than that of a
//! register, so rounding the result once gives the nearest number in all but about one case in
//! 2^50.

use super::float::Exact;

/// 1, as terms and sums of series count.
const ONE: u128 = 1 << 127;

/// 1 / n!
pub(super) const FACTORIALS: [u128; 34] = {
    let mut table = [ONE; 34];
    let mut n = 1;
    while n < table.len() {
        table[n] = table[n - 1] / n as u128;
        n += 1;
    }
    table
};

/// 1 / (2n + 1)
pub(super) const ODDS: [u128; 27] = {
    let mut table = [ONE; 27];
    let mut n = 1;
    while n < table.len() {
        table[n] = ONE / (2 * n as u128 + 1);
        n += 1;
    }
    table
};

/// The upper half of a product.
pub(super) fn multiply_high(a: u128, b: u128) -> u128 {
    const LOW: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let middle = a1 * b0 + ((a0 * b0) >> 64);
    let other = a0 * b1 + (middle & LOW);
    a1 * b1 + (middle >> 64) + (other >> 64)
}

/// The sum of `terms` times the powers of `x`, which is less than 1 and counts units of 2^-128; with
/// signs that alternate, if so. The sum lies near 1, in units of 2^-127.
pub(super) fn sum(terms: impl DoubleEndedIterator<Item = u128>, x: u128, alternates: bool) -> u128 {
    terms.rev().fold(0, |sum, term| {
        let next = multiply_high(sum, x);
        if alternates { term.saturating_sub(next) } else { term.saturating_add(next) }
    })
}

impl Exact {
    /// From a sum of a series, or another count of units of 2^-127.
    pub(super) fn fixed(count: u128) -> Self {
        Self::new(false, count.max(1), -127)
    }

    pub(super) const fn magnitude(mut self) -> Self {
        self.negative = false;
        self
    }

    /// The magnitude, less than 1, in units of 2^-128.
    pub(super) fn to_fixed(self) -> u128 {
        self.significand.checked_shr((-1 - self.exponent).unsigned_abs()).unwrap_or(0)
    }

    pub(super) const fn negated_if(mut self, negates: bool) -> Self {
        self.negative ^= negates;
        self
    }

    pub(super) const fn times_power(mut self, exponent: i32) -> Self {
        self.exponent += exponent;
        self
    }

    pub(super) fn times(self, other: Self) -> Self {
        let product = multiply_high(self.significand, other.significand);
        Self::new(
            self.negative != other.negative,
            product.max(1),
            self.exponent + other.exponent - 126,
        )
    }

    /// A quotient.
    pub(super) fn over(self, other: Self) -> Self {
        // Half of the bits of the inverse from a division, the others from a step of Newton's.
        let first = (u128::MAX / (other.significand >> 64).max(1)) << 62;
        let error = ONE - multiply_high(other.significand, first);
        let inverse = multiply_high(first, error) << 2;
        self.times(Self::new(other.negative, inverse.max(1), -other.exponent - 127))
    }

    /// A sum; `None` if it is 0.
    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let (big, small) =
            if self.exponent < other.exponent { (other, self) } else { (self, other) };
        let shift = big.exponent.abs_diff(small.exponent) + 1;
        let (a, b) = (big.significand >> 1, small.significand.checked_shr(shift).unwrap_or(0));
        let unit = big.exponent - 126;
        if big.negative == small.negative {
            return Some(Self::new(big.negative, a + b, unit));
        }
        let negative = if a < b { small.negative } else { big.negative };
        let rest = a.abs_diff(b);
        (rest != 0).then(|| Self::new(negative, rest, unit))
    }
}
