//! The environment of an operation: the rounding mode, the masks, and the exception flags.

use super::exception::{DE, IE, OE, PE, UE};
use super::number::{DOUBLE, Format, Kind, LEADING, Number};

/// Where a result goes that lies between two numbers; MXCSR and the x87's control word number the
/// ways so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounding {
    /// To the nearer one, and in the middle to the even one.
    Nearest,
    /// To the lesser one.
    Down,
    /// To the greater one.
    Up,
    /// To the one nearer to zero.
    Zero,
}

impl Rounding {
    /// From the two bits of a control register.
    pub(crate) const fn from_bits(bits: u32) -> Self {
        match bits & 3 {
            0 => Self::Nearest,
            1 => Self::Down,
            2 => Self::Up,
            _ => Self::Zero,
        }
    }
}

/// How much the exponent of a result is moved when an overflow or underflow is not masked, so that
/// a handler can make something of it (SDM volume 1, 8.5.4).
const ADJUST: i32 = 24576;

/// What an operation has to know besides its operands, and what it says besides its result.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Environment {
    /// The format whose exponent range results have.
    pub(crate) format: Format,
    /// Bits of the significand that results are rounded to: those of the format, or fewer.
    pub(crate) precision: u32,
    /// How they are rounded.
    pub(crate) rounding: Rounding,
    /// Denormal operands are zeros.
    pub(crate) daz: bool,
    /// Tiny results become zeros, if underflow is masked.
    pub(crate) ftz: bool,
    /// The exceptions that are masked.
    pub(crate) masks: u8,
    /// The exceptions that have come up.
    pub(crate) flags: u8,
    /// The last result is greater in magnitude than the exact one.
    pub(crate) up: bool,
}

/// A number cut to some of its bits.
struct Cut {
    kept: u128,
    inexact: bool,
    up: bool,
}

/// A finite number that is not rounded yet: the significand has its leading bit in bit 127.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exact {
    /// The sign.
    pub(crate) negative: bool,
    /// The power of two that the leading bit of the significand stands for.
    pub(crate) exponent: i32,
    /// The significand; the last bit may be sticky.
    pub(crate) significand: u128,
}

impl From<Number> for Exact {
    /// A finite number.
    fn from(number: Number) -> Self {
        let significand = u128::from(number.significand | LEADING) << 64;
        Self { negative: number.negative, exponent: number.exponent, significand }
    }
}

impl Exact {
    /// `count` units of two to the power of `unit`. `count` is not 0; its last bit may be sticky.
    pub(crate) fn new(negative: bool, count: u128, unit: i32) -> Self {
        let shift = count.leading_zeros();
        Self { negative, exponent: unit + 127 - shift as i32, significand: count << shift }
    }

    /// Rounds to a multiple of bit `drop` of the significand; the result counts such multiples.
    fn cut(self, drop: u32, rounding: Rounding) -> Cut {
        let (significand, drop) = match drop.saturating_sub(126) {
            0 => (self.significand, drop),
            more => (shift_sticky(self.significand, more), 126),
        };
        let (half, kept) = (1 << (drop - 1), significand >> drop);
        let rest = significand & ((1 << drop) - 1);
        let up = match rounding {
            Rounding::Nearest => rest > half || (rest == half && kept & 1 != 0),
            Rounding::Down => self.negative && rest != 0,
            Rounding::Up => !self.negative && rest != 0,
            Rounding::Zero => false,
        };
        Cut { kept: kept + u128::from(up), inexact: rest != 0, up }
    }

    /// The number that a cut has given.
    fn number(self, cut: &Cut, drop: u32) -> Number {
        Number::scaled(self.negative, cut.kept, self.exponent - 127 + drop as i32)
    }
}

/// Shifts right; what falls off stays visible in the last bit.
pub(super) fn shift_sticky(value: u128, by: u32) -> u128 {
    match value.checked_shr(by) {
        Some(shifted) => shifted | u128::from(shifted << by != value),
        None => u128::from(value != 0),
    }
}

impl Default for Environment {
    /// Double precision, to the nearest, everything masked.
    fn default() -> Self {
        Self {
            format: DOUBLE,
            precision: DOUBLE.precision,
            rounding: Rounding::Nearest,
            daz: false,
            ftz: false,
            masks: 0x3F,
            flags: 0,
            up: false,
        }
    }
}

impl Environment {
    /// The same for results of another format.
    pub(crate) const fn with(mut self, format: Format) -> Self {
        self.format = format;
        self.precision = format.precision;
        self
    }

    /// Takes the bits of an operand apart.
    pub(crate) fn unpack(&self, bits: u64, format: Format) -> Number {
        let number = Number::unpack(bits, format);
        if self.daz && number.denormal { Number::zero(number.negative) } else { number }
    }

    /// The result of an invalid operation.
    pub(crate) fn invalid(&mut self) -> Number {
        self.flags |= IE;
        Number::INDEFINITE
    }

    /// Notes a denormal operand; whether the operation ends with that.
    pub(super) fn denormal(&mut self, operands: &[Number]) -> bool {
        if operands.iter().any(|number| number.denormal) {
            self.flags |= DE;
        }
        self.flags & DE & !self.masks != 0
    }

    /// Rounds a number that is no NaN; infinities and zeros are what they are.
    pub(crate) fn round(&mut self, number: Number) -> Number {
        self.up = false;
        if number.kind != Kind::Finite {
            return number;
        }
        self.round_exact(number.into())
    }

    /// Rounds the result of an operation.
    pub(crate) fn round_exact(&mut self, exact: Exact) -> Number {
        let drop = 128 - self.precision;
        let cut = exact.cut(drop, self.rounding);
        let mut number = exact.number(&cut, drop);
        if number.exponent < self.format.least() {
            return self.tiny(exact, &cut, number);
        }
        self.up = cut.up;
        if cut.inexact {
            self.flags |= PE;
        }
        if number.exponent <= self.format.greatest {
            return number;
        }
        self.flags |= OE;
        if self.masks & OE == 0 {
            number.exponent -= ADJUST;
            return number;
        }
        self.flags |= PE;
        self.overflowed(exact.negative)
    }

    /// What a result becomes that is too great.
    fn overflowed(&mut self, negative: bool) -> Number {
        self.up = match self.rounding {
            Rounding::Nearest => true,
            Rounding::Down => negative,
            Rounding::Up => !negative,
            Rounding::Zero => false,
        };
        if self.up {
            return Number::infinity(negative);
        }
        Number {
            kind: Kind::Finite,
            exponent: self.format.greatest,
            significand: u64::MAX << (64 - self.precision),
            ..Number::zero(negative)
        }
    }

    /// What a result becomes that is smaller than all normal numbers, also after rounding.
    fn tiny(&mut self, exact: Exact, cut: &Cut, mut number: Number) -> Number {
        if self.masks & UE == 0 {
            self.flags |= if cut.inexact { UE | PE } else { UE };
            self.up = cut.up;
            number.exponent += ADJUST;
            return number;
        }
        if self.ftz {
            self.flags |= UE | PE;
            self.up = false;
            return Number::zero(exact.negative);
        }
        let drop = 128 - self.precision + self.format.least().abs_diff(exact.exponent);
        let cut = exact.cut(drop, self.rounding);
        if cut.inexact {
            self.flags |= UE | PE;
        }
        self.up = cut.up;
        exact.number(&cut, drop)
    }
}
