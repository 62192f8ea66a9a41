//! Addition, multiplication, division, square root, fused multiply-add and remainder, on operands
//! that are not NaNs.
//!
//! The checks come in the order of the manual (SDM volume 1, 4.9.2): an invalid operation and a
//! division by zero have priority over a denormal operand.

use super::exception::ZE;
use super::number::{Kind, LEADING, Number};
use super::round::{Environment, Exact, Rounding, shift_sticky};

/// A step of a division with remainder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Remainder {
    /// What is left, not rounded.
    pub(crate) rest: Number,
    /// The low bits of the quotient.
    pub(crate) quotient: u64,
    /// The rest is less than the divisor; else the step has to be repeated with it.
    pub(crate) is_complete: bool,
}

impl Environment {
    /// `a + b`.
    pub(crate) fn add(&mut self, a: Number, b: Number) -> Number {
        self.up = false;
        if a.kind == Kind::Infinite && b.kind == Kind::Infinite && a.negative != b.negative {
            return self.invalid();
        }
        if self.denormal(&[a, b]) {
            return Number::INDEFINITE;
        }
        if a.kind == Kind::Infinite || b.kind == Kind::Infinite {
            return if a.kind == Kind::Infinite { a } else { b };
        }
        self.sum(wide(a, u128::from(a.significand)), wide(b, u128::from(b.significand)))
    }

    /// `a - b`.
    pub(crate) fn subtract(&mut self, a: Number, b: Number) -> Number {
        self.add(a, b.negated())
    }

    /// The sum of two numbers whose significands have their leading bit in bit 63 or 127, or are
    /// 0.
    fn sum(&mut self, a: Exact, b: Exact) -> Number {
        let is_swapped = match (a.significand, b.significand) {
            (0, _) => true,
            (_, 0) => false,
            _ => a.exponent < b.exponent,
        };
        let (a, b) = if is_swapped { (b, a) } else { (a, b) };
        // Now `a` has the greater exponent, or `b` is 0.
        let big = a.significand >> 1;
        let small = shift_sticky(b.significand, a.exponent.abs_diff(b.exponent).saturating_add(1));
        if a.negative == b.negative && big != 0 {
            return self.round_exact(Exact::new(a.negative, big + small, a.exponent - 126));
        }
        let negative = if big < small { b.negative } else { a.negative };
        match big.abs_diff(small) {
            0 if a.negative == b.negative => Number::zero(negative),
            0 => Number::zero(self.rounding == Rounding::Down),
            rest => self.round_exact(Exact::new(negative, rest, a.exponent - 126)),
        }
    }

    /// `a * b`.
    pub(crate) fn multiply(&mut self, a: Number, b: Number) -> Number {
        self.up = false;
        if is_zero_times_infinity(a, b) {
            return self.invalid();
        }
        if self.denormal(&[a, b]) {
            return Number::INDEFINITE;
        }
        let negative = a.negative != b.negative;
        if a.kind == Kind::Infinite || b.kind == Kind::Infinite {
            return Number::infinity(negative);
        }
        let product = u128::from(a.significand) * u128::from(b.significand);
        if product == 0 {
            return Number::zero(negative);
        }
        self.round_exact(Exact::new(negative, product, a.exponent + b.exponent - 126))
    }

    /// `a * b + c`, rounded once. The significands of `a` and `b` have at most 53 bits.
    pub(crate) fn fused(&mut self, a: Number, b: Number, c: Number) -> Number {
        self.up = false;
        let negative = a.negative != b.negative;
        let is_infinite = a.kind == Kind::Infinite || b.kind == Kind::Infinite;
        let is_clash = is_infinite && c.kind == Kind::Infinite && c.negative != negative;
        if is_zero_times_infinity(a, b) || is_clash {
            return self.invalid();
        }
        if self.denormal(&[a, b, c]) {
            return Number::INDEFINITE;
        }
        if is_infinite {
            return Number::infinity(negative);
        }
        if c.kind == Kind::Infinite {
            return c;
        }
        let product = u128::from(a.significand) * u128::from(b.significand);
        let product = match product {
            0 => Exact { negative, exponent: 0, significand: 0 },
            _ => Exact::new(negative, product, a.exponent + b.exponent - 126),
        };
        self.sum(product, wide(c, u128::from(c.significand)))
    }

    /// `a / b`.
    pub(crate) fn divide(&mut self, a: Number, b: Number) -> Number {
        self.up = false;
        if a.kind == b.kind && a.kind != Kind::Finite {
            return self.invalid();
        }
        let negative = a.negative != b.negative;
        if b.kind == Kind::Zero && a.kind == Kind::Finite {
            self.flags |= ZE;
            return Number::infinity(negative);
        }
        if self.denormal(&[a, b]) {
            return Number::INDEFINITE;
        }
        if a.kind == Kind::Infinite || b.kind == Kind::Zero {
            return Number::infinity(negative);
        }
        if a.kind == Kind::Zero || b.kind == Kind::Infinite {
            return Number::zero(negative);
        }
        let divisor = u128::from(b.significand | LEADING);
        let (whole, rest) = divide_wide(u128::from(a.significand) << 63, divisor);
        let (part, rest) = divide_wide(rest << 64, divisor);
        let quotient = whole << 64 | part | u128::from(rest != 0);
        self.round_exact(Exact::new(negative, quotient, a.exponent - b.exponent - 127))
    }

    /// The square root of `a`.
    pub(crate) fn root(&mut self, a: Number) -> Number {
        self.up = false;
        if a.negative && a.kind != Kind::Zero {
            return self.invalid();
        }
        if self.denormal(&[a]) {
            return Number::INDEFINITE;
        }
        if a.kind != Kind::Finite {
            return a;
        }
        // Two to an even power is left over.
        let odd = a.exponent & 1;
        let radicand = u128::from(a.significand) << (63 + odd);
        let root = radicand.isqrt();
        let rest = radicand - root * root;
        // The root lies past the middle between two whole numbers if the rest is greater than it.
        let tail = u128::from(rest > root) << 63 | u128::from(rest != 0);
        self.round_exact(Exact::new(false, root << 64 | tail, (a.exponent - odd) / 2 - 127))
    }

    /// `a` less the multiple of `b` that the quotient says, which is cut, or rounded to the nearest
    /// if `nearest`. Both are finite and not zero. Where the exponents are too far apart the
    /// quotient is that of a first step (SDM volume 2, FPREM).
    pub(crate) fn remainder(a: Number, b: Number, nearest: bool) -> Remainder {
        let distance = a.exponent.saturating_sub(b.exponent);
        if distance < -1 || (distance < 0 && !nearest) {
            return Remainder {
                rest: Number { denormal: false, ..a },
                quotient: 0,
                is_complete: true,
            };
        }
        let is_complete = distance < 64;
        let bits = if is_complete { distance } else { 32 | distance & 31 };
        // In halves of the divisor's unit, which a distance of -1 needs.
        let dividend = u128::from(a.significand) << (bits + 1);
        let divisor = u128::from(b.significand | LEADING) << 1;
        let (mut quotient, mut rest) = divide_wide(dividend, divisor);
        let mut negative = a.negative;
        let double = rest << 1;
        if nearest && is_complete && (double > divisor || (double == divisor && quotient & 1 != 0))
        {
            quotient += 1;
            rest = divisor - rest;
            negative = !negative;
        }
        let unit = b.exponent - 64 + distance - bits;
        // A rest of zero has the sign of the dividend.
        let negative = if rest == 0 { a.negative } else { negative };
        let rest = Number::scaled(negative, rest, unit);
        Remainder { rest, quotient: quotient as u64, is_complete }
    }
}

/// A number with its significand at the top of 128 bits.
fn wide(number: Number, significand: u128) -> Exact {
    Exact { negative: number.negative, exponent: number.exponent, significand: significand << 64 }
}

fn is_zero_times_infinity(a: Number, b: Number) -> bool {
    (a.kind == Kind::Zero && b.kind == Kind::Infinite)
        || (a.kind == Kind::Infinite && b.kind == Kind::Zero)
}

/// Quotient and rest; the divisor is not zero.
fn divide_wide(a: u128, b: u128) -> (u128, u128) {
    let quotient = a.checked_div(b).unwrap_or(0);
    (quotient, a.wrapping_sub(quotient.wrapping_mul(b)))
}
