//! Floating-point formats, and numbers unpacked from them.
//!
//! [`Number::pack`] expects a number that is already rounded to its format.

/// A format of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    /// Bits in all.
    pub(crate) bits: u32,
    /// Bits of the significand, with the one that most formats leave out.
    pub(crate) precision: u32,
    /// The greatest exponent, which is the bias too.
    pub(crate) greatest: i32,
}

pub(crate) const HALF: Format = Format { bits: 16, precision: 11, greatest: 15 };
pub(crate) const SINGLE: Format = Format { bits: 32, precision: 24, greatest: 127 };
pub(crate) const DOUBLE: Format = Format { bits: 64, precision: 53, greatest: 1023 };
/// The format of the x87's registers, which keeps the leading bit of the significand.
pub(crate) const EXTENDED: Format = Format { bits: 80, precision: 64, greatest: 16383 };

impl Format {
    /// The exponent of the smallest normal number.
    pub(crate) const fn least(self) -> i32 {
        1 - self.greatest
    }
}

/// What sort of number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Zero.
    Zero,
    /// Anything finite but zero.
    Finite,
    /// Infinity.
    Infinite,
    /// Not a number; bit 63 of the significand is set, bit 62 is the one of a quiet NaN.
    Nan,
    /// An encoding of the x87's format that its operations refuse.
    Unsupported,
}

/// The leading bit of a significand.
pub(super) const LEADING: u64 = 1 << 63;
/// The bit that tells a quiet NaN from a signalling one.
pub(super) const QUIET: u64 = 1 << 62;

/// A number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    /// What sort it is.
    pub(crate) kind: Kind,
    /// The sign.
    pub(crate) negative: bool,
    /// It came from bits with a biased exponent of 0.
    pub(crate) denormal: bool,
    /// The power of two that the leading bit of the significand stands for.
    pub(crate) exponent: i32,
    /// Of a finite number, the significand with its leading bit in bit 63.
    pub(crate) significand: u64,
}

impl Number {
    /// The NaN that invalid operations give (SDM volume 1, 4.8.3.7).
    pub(crate) const INDEFINITE: Self = Self {
        kind: Kind::Nan,
        negative: true,
        denormal: false,
        exponent: 0,
        significand: LEADING | QUIET,
    };

    /// Zero with a sign.
    pub(crate) const fn zero(negative: bool) -> Self {
        Self { kind: Kind::Zero, negative, denormal: false, exponent: 0, significand: 0 }
    }

    /// Infinity with a sign.
    pub(crate) const fn infinity(negative: bool) -> Self {
        Self { kind: Kind::Infinite, ..Self::zero(negative) }
    }

    /// `count` units of two to the power of `unit`; `count` has at most 64 significant bits, any
    /// beyond are lost.
    pub(crate) fn scaled(negative: bool, count: u128, unit: i32) -> Self {
        if count == 0 {
            return Self::zero(negative);
        }
        let shift = count.leading_zeros();
        Self {
            kind: Kind::Finite,
            exponent: unit.saturating_add(127 - shift as i32),
            significand: (count << shift >> 64) as u64,
            ..Self::zero(negative)
        }
    }

    /// A whole number.
    pub(crate) fn integer(value: i64) -> Self {
        Self::scaled(value < 0, value.unsigned_abs().into(), 0)
    }

    pub(crate) fn is_nan(&self) -> bool {
        self.kind == Kind::Nan
    }

    /// Whether it is a NaN that makes every operation invalid.
    pub(crate) fn is_signalling(&self) -> bool {
        self.is_nan() && self.significand & QUIET == 0
    }

    /// The NaN, quiet.
    pub(crate) const fn quieted(mut self) -> Self {
        self.significand |= QUIET;
        self
    }

    /// The number with the other sign.
    pub(crate) const fn negated(mut self) -> Self {
        self.negative = !self.negative;
        self
    }

    /// Takes the bits of a format apart that leaves out the leading bit.
    pub(crate) fn unpack(bits: u64, format: Format) -> Self {
        let width = format.precision - 1;
        let fraction = bits & ((1 << width) - 1);
        let exponent = (bits >> width) as i32 & (2 * format.greatest + 1);
        let negative = bits >> (format.bits - 1) & 1 != 0;
        Self::assemble(negative, exponent, fraction << (63 - width), format)
    }

    /// A number from its biased exponent and its significand without leading bit.
    fn assemble(negative: bool, exponent: i32, fraction: u64, format: Format) -> Self {
        let number = Self {
            kind: Kind::Finite,
            exponent: exponent - format.greatest,
            significand: fraction | LEADING,
            ..Self::zero(negative)
        };
        match (exponent, fraction) {
            (0, 0) => Self::zero(negative),
            (0, _) => Self {
                denormal: true,
                ..Self::scaled(negative, fraction.into(), format.least() - 63)
            },
            (e, 0) if e > 2 * format.greatest => Self::infinity(negative),
            (e, _) if e > 2 * format.greatest => Self { kind: Kind::Nan, exponent: 0, ..number },
            _ => number,
        }
    }

    /// The bits of a number in a format that leaves out the leading bit.
    pub(crate) fn pack(self, format: Format) -> u64 {
        let width = format.precision - 1;
        let (exponent, significand) = self.fields(format);
        let fraction = significand >> (63 - width) & ((1 << width) - 1);
        u64::from(self.negative) << (format.bits - 1) | exponent << width | fraction
    }

    /// The biased exponent and the significand.
    fn fields(self, format: Format) -> (u64, u64) {
        let special = (2 * format.greatest + 1) as u64;
        match self.kind {
            Kind::Zero => (0, 0),
            Kind::Infinite => (special, LEADING),
            Kind::Nan | Kind::Unsupported => (special, self.significand),
            Kind::Finite if self.exponent < format.least() => {
                let shift = format.least().abs_diff(self.exponent);
                (0, self.significand.checked_shr(shift).unwrap_or(0))
            }
            Kind::Finite => ((self.exponent + format.greatest) as u64 & special, self.significand),
        }
    }
}

impl From<Float80> for Number {
    fn from(register: Float80) -> Self {
        let negative = register.exponent >> 15 != 0;
        let exponent = i32::from(register.exponent & 0x7FFF);
        let (leads, fraction) =
            (register.significand & LEADING != 0, register.significand << 1 >> 1);
        match (exponent, leads) {
            // A pseudo-denormal has the exponent of the smallest normal number.
            (0, true) => Self { denormal: true, ..Self::assemble(negative, 1, fraction, EXTENDED) },
            (0, false) | (_, true) => Self::assemble(negative, exponent, fraction, EXTENDED),
            // Unnormal numbers, pseudo-infinities, pseudo-NaNs (SDM volume 1, 8.2.2).
            _ => Self {
                kind: Kind::Unsupported,
                significand: register.significand,
                ..Self::zero(negative)
            },
        }
    }
}

impl From<Number> for Float80 {
    fn from(number: Number) -> Self {
        let (exponent, significand) = number.fields(EXTENDED);
        Self { significand, exponent: exponent as u16 | u16::from(number.negative) << 15 }
    }
}

/// A register of the x87: 64 bits of significand, then sign and exponent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Float80 {
    pub(crate) significand: u64,
    pub(crate) exponent: u16,
}
