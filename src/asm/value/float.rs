//! Floating-point constants: text to bits, correctly rounded (by default to nearest, ties to even).
//!
//! The value of the text is an exact fraction of two big integers. A long division produces the
//! bits one by one, and the remainder decides the rounding.

use crate::asm::syntax::cursor::Cursor;
use crate::asm::syntax::mistake::{Mistake, Wrong};
use crate::asm::syntax::token::{Punctuation as P, TokenKind};

/// A binary format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    /// The number of stored bits of the significand.
    mantissa: u32,
    /// The number of bits of the exponent.
    exponent: u32,
    /// Whether the leading bit of the significand is stored (x87).
    explicit: bool,
    /// Whether the greatest exponent also has finite numbers.
    all_exponents: bool,
}

const fn format(mantissa: u32, exponent: u32) -> Format {
    Format { mantissa, exponent, explicit: false, all_exponents: false }
}

/// As in NASM: numbers go up to 480, as in the format E4M3, but there is an infinity.
const FLOAT8: Format = Format { all_exponents: true, ..format(3, 4) };
const FLOAT16: Format = format(10, 5);
const BFLOAT16: Format = format(7, 8);
const FLOAT32: Format = format(23, 8);
const FLOAT64: Format = format(52, 11);
const FLOAT80: Format = Format { explicit: true, ..format(64, 15) };
const FLOAT128: Format = format(112, 15);

/// Functions of the expression syntax: name, format, a right shift, and a mask that is applied
/// after the shift.
const FUNCTIONS: &[(&str, Format, u32, u64)] = &[
    ("bfloat16", BFLOAT16, 0, u64::MAX),
    ("float128h", FLOAT128, 64, u64::MAX),
    ("float128l", FLOAT128, 0, u64::MAX),
    ("float16", FLOAT16, 0, u64::MAX),
    ("float32", FLOAT32, 0, u64::MAX),
    ("float64", FLOAT64, 0, u64::MAX),
    ("float8", FLOAT8, 0, u64::MAX),
    ("float80e", FLOAT80, 64, 0xFFFF),
    ("float80m", FLOAT80, 0, u64::MAX),
];

/// The number of digits that count. A further nonzero digit only makes the number slightly larger.
const MAX_DIGITS: usize = 12_000;

/// Exponents of ten or two beyond this one give infinity or zero in every format.
const MAX_EXPONENT: i64 = 70_000;

/// The rounding direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Direction {
    #[default]
    Nearest,
    Up,
    Down,
    Zero,
}

/// The state that the `float` directive sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FloatMode {
    direction: Direction,
    /// Whether numbers below the least normal number become 0.
    denormals_are_zero: bool,
}

impl FloatMode {
    /// Executes a word after `float`; returns false if the word is unknown.
    pub(crate) fn set(&mut self, word: &str) -> bool {
        match word {
            "daz" => self.denormals_are_zero = true,
            "nodaz" => self.denormals_are_zero = false,
            "near" => self.direction = Direction::Nearest,
            "up" => self.direction = Direction::Up,
            "down" => self.direction = Direction::Down,
            "zero" => self.direction = Direction::Zero,
            "default" => *self = Self::default(),
            _ => return false,
        }
        true
    }
}

/// The bits of a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FloatBits {
    bits: u128,
    /// Whether it was too large and became infinity.
    pub(crate) overflow: bool,
    /// Whether it was not zero but its bits are.
    pub(crate) underflow: bool,
}

impl FloatBits {
    /// The bits with the sign.
    pub(crate) fn with_sign(self, negative: bool, format: &Format) -> u128 {
        self.bits | u128::from(negative) << (format.mantissa + format.exponent)
    }

    /// Whether it is a number below the normal range.
    pub(crate) fn is_denormal(self, format: &Format) -> bool {
        self.bits != 0 && self.bits >> format.mantissa == 0
    }
}

impl Format {
    /// The format of data items with this width in bytes.
    pub(crate) fn of_width(width: u8) -> Option<Self> {
        Some(match width {
            1 => FLOAT8,
            2 => FLOAT16,
            4 => FLOAT32,
            8 => FLOAT64,
            10 => FLOAT80,
            16 => FLOAT128,
            _ => return None,
        })
    }

    fn infinity(&self) -> u128 {
        let exponent = ((1u128 << self.exponent) - 1) << self.mantissa;
        exponent | if self.explicit { 1 << (self.mantissa - 1) } else { 0 }
    }

    /// The number of bits after the binary point.
    fn fraction(&self) -> u32 {
        self.mantissa - u32::from(self.explicit)
    }
}

/// A special value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    Infinity,
    QuietNan,
    SignallingNan,
}

/// `Infinity` and the like, without the underscores around them.
pub(crate) fn special(name: &str) -> Option<Special> {
    Some(match name.to_ascii_lowercase().as_str() {
        "infinity" => Special::Infinity,
        "nan" | "qnan" => Special::QuietNan,
        "snan" => Special::SignallingNan,
        _ => return None,
    })
}

/// The `name` of `__name__` and `__?name?__`.
pub(crate) fn special_name(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("__")?.strip_suffix("__")?;
    Some(inner.strip_prefix('?').and_then(|i| i.strip_suffix('?')).unwrap_or(inner))
}

/// The bits of a constant without its sign; `None` if the text is not a constant. The sign matters
/// for the rounding direction.
pub(crate) fn parse(
    text: &str,
    format: &Format,
    negative: bool,
    mode: FloatMode,
) -> Option<FloatBits> {
    if let Some(name) = special_name(text) {
        let bits = format.infinity()
            | match special(name)? {
                Special::Infinity => 0,
                Special::QuietNan => 1 << (format.fraction() - 1),
                Special::SignallingNan => 1,
            };
        return Some(FloatBits { bits, overflow: false, underflow: false });
    }
    let lower = text.to_ascii_lowercase().replace('_', "");
    let (radix_bits, digits) = match lower.get(..2) {
        Some("0x" | "0h") => (4, &lower[2..]),
        Some("0b" | "0y") => (1, &lower[2..]),
        Some("0o" | "0q") => (3, &lower[2..]),
        Some("0d" | "0t") => (0, &lower[2..]),
        _ => match lower.strip_prefix('$') {
            Some(hex) => (4, hex),
            None => (0, lower.as_str()),
        },
    };
    let mark = if radix_bits == 0 { 'e' } else { 'p' };
    let (digits, exponent) = match digits.split_once(mark) {
        Some((digits, exponent)) => (digits, clamp_exponent(exponent)?),
        None => (digits, 0),
    };
    let (number, behind) = whole_digits(digits, radix_bits)?;
    if number.is_zero() {
        return Some(FloatBits { bits: 0, overflow: false, underflow: false });
    }
    let (mut top, mut bottom) = (number, Big::from(1));
    if radix_bits == 0 {
        let power = exponent - behind;
        // Far outside the range of every format, the size alone decides.
        let decimals = i64::from(top.bits()) * 3 / 10 + power;
        if decimals > 6000 {
            return Some(FloatBits { bits: format.infinity(), overflow: true, underflow: false });
        }
        if decimals < -6000 {
            return Some(FloatBits { bits: 0, overflow: false, underflow: true });
        }
        let factor = if power < 0 { &mut bottom } else { &mut top };
        factor.multiply_by_power_of_ten(power.unsigned_abs());
        Some(round(top, bottom, 0, (format, negative, mode)))
    } else {
        let power = exponent - behind * i64::from(radix_bits);
        Some(round(top, bottom, power, (format, negative, mode)))
    }
}

fn clamp_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // A number that does not fit is beyond the maximum, too.
    let value = digits.parse::<i64>().unwrap_or(i64::MAX).min(MAX_EXPONENT);
    Some(if text.starts_with('-') { -value } else { value })
}

/// All digits as one integer, and the number of digits after the point.
fn whole_digits(text: &str, radix_bits: u32) -> Option<(Big, i64)> {
    let radix = if radix_bits == 0 { 10 } else { 1 << radix_bits };
    let mut number = Big::from(0);
    let (mut behind, mut seen_point, mut count, mut more) = (0i64, false, 0, false);
    for c in text.chars() {
        if c == '.' && !seen_point {
            seen_point = true;
            continue;
        }
        let digit = c.to_digit(radix)?;
        if count < MAX_DIGITS {
            number.multiply_add(radix, digit);
            count += usize::from(count > 0 || digit != 0);
            behind += i64::from(seen_point);
        } else {
            more |= digit != 0;
            behind -= i64::from(!seen_point);
        }
    }
    // The digits that were cut off matter only if they decide a tie.
    if more {
        number.multiply_add(radix, 1);
        behind += 1;
    }
    Some((number, behind))
}

/// Rounds `top / bottom * 2^power` to a format.
fn round(
    mut top: Big,
    mut bottom: Big,
    power: i64,
    (format, negative, mode): (&Format, bool, FloatMode),
) -> FloatBits {
    // Scale the fraction to 1 <= top / bottom < 2.
    let mut exponent = i64::from(top.bits()) - i64::from(bottom.bits());
    if exponent > 0 {
        bottom.shift_left(exponent.unsigned_abs());
    } else {
        top.shift_left(exponent.unsigned_abs());
    }
    if top.is_less_than(&bottom) {
        top.shift_left(1);
        exponent -= 1;
    }
    exponent += power;
    let bias = (1i64 << (format.exponent - 1)) - 1;
    let least = 1 - bias;
    let fraction = format.fraction();
    // A number below the least normal number has fewer bits.
    let lost = (least - exponent).max(0);
    let wanted = i64::from(fraction) + 1 - lost;
    if wanted < 0 {
        let away = match mode.direction {
            Direction::Up => !negative,
            Direction::Down => negative,
            _ => false,
        };
        let bits = u128::from(away && !mode.denormals_are_zero);
        return FloatBits { bits, overflow: false, underflow: bits == 0 };
    }
    let mut significand = 0u128;
    for _ in 0..wanted {
        significand = significand << 1 | u128::from(top.take_bit(&bottom));
    }
    let half = top.take_bit(&bottom);
    let odd = significand & 1 == 1;
    let rest = !top.is_zero();
    let away = match mode.direction {
        Direction::Nearest => half && (odd || rest),
        Direction::Up => !negative && (half || rest),
        Direction::Down => negative && (half || rest),
        Direction::Zero => false,
    };
    if away {
        significand += 1;
    }
    let normal = 1u128 << fraction;
    let mut biased = exponent.max(least) + bias;
    if significand >= normal << 1 {
        significand >>= 1;
        biased += 1;
    }
    if significand < normal {
        biased = 0;
        if mode.denormals_are_zero {
            significand = 0;
        }
    }
    let most = (1 << format.exponent) - i64::from(!format.all_exponents);
    if biased >= most {
        return FloatBits { bits: format.infinity(), overflow: true, underflow: false };
    }
    let stored = if format.explicit { significand } else { significand & (normal - 1) };
    let exponent = u128::from(biased.max(0).cast_unsigned()) << format.mantissa;
    FloatBits { bits: exponent | stored, overflow: false, underflow: exponent | stored == 0 }
}

/// The number of digits of a packed decimal.
const PACKED_DIGITS: usize = 18;

/// The 80 bits of a packed decimal constant, `33p` or `0p33`, without its sign, and whether it has
/// too many digits; `None` if the text is not one.
pub(crate) fn packed_decimal(text: &str) -> Option<(u128, bool)> {
    let lower = text.to_ascii_lowercase().replace('_', "");
    let digits = lower.strip_suffix('p').or_else(|| lower.strip_prefix("0p"))?;
    if digits.is_empty() {
        return None;
    }
    let number = digits.chars().try_fold(0, |n, c| Some(n << 4 | u128::from(c.to_digit(10)?)))?;
    Some((number & ((1 << (4 * PACKED_DIGITS)) - 1), digits.len() > PACKED_DIGITS))
}

/// `__float32__(1.5)` and the like, with the cursor after the word `name`; `None` if it is not such
/// a function.
pub(crate) fn function(name: &str, cursor: &mut Cursor<'_>) -> Wrong<Option<i64>> {
    let lower = name.to_ascii_lowercase();
    let Some(&(_, format, shift, mask)) = FUNCTIONS.iter().find(|f| f.0 == lower) else {
        return Ok(None);
    };
    if !cursor.accept(P::Open) {
        return Err(cursor.expected("`(` and a floating-point number"));
    }
    let mut negative = false;
    while cursor.is(P::Minus) || cursor.is(P::Plus) {
        negative ^= cursor.is(P::Minus);
        cursor.skip();
    }
    let location = cursor.location();
    let token = cursor
        .take()
        .filter(|t| matches!(t.kind, TokenKind::Float | TokenKind::Identifier))
        .and_then(|token| parse(cursor.text(token), &format, negative, FloatMode::default()));
    let Some(bits) = token else {
        return Err(Mistake::error(location, "expected a floating-point number")
            .help("write it with a point or an exponent: `1.0`, `1e3`"));
    };
    if !cursor.accept(P::Close) {
        return Err(cursor.expected("`)`"));
    }
    let bits = bits.with_sign(negative, &format) >> shift & u128::from(mask);
    // The mask has 64 bits, so the conversion always succeeds.
    Ok(Some(u64::try_from(bits).unwrap_or(mask).cast_signed()))
}

/// A natural number of any size, the least significant word first.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Big {
    words: Vec<u32>,
}

impl From<u32> for Big {
    fn from(number: u32) -> Self {
        Self { words: if number == 0 { Vec::new() } else { vec![number] } }
    }
}

/// The low and the high half of a number.
fn halves(number: u64) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = number.to_le_bytes();
    (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]))
}

impl Big {
    fn is_zero(&self) -> bool {
        self.words.is_empty()
    }

    fn bits(&self) -> u32 {
        let top = self.words.last().map_or(0, |w| 32 - w.leading_zeros());
        let below = crate::asm::syntax::index(self.words.len().saturating_sub(1));
        below * 32 + top
    }

    fn multiply_add(&mut self, factor: u32, term: u32) {
        let mut carry = u64::from(term);
        for word in &mut self.words {
            let (low, high) = halves(u64::from(*word) * u64::from(factor) + carry);
            (*word, carry) = (low, u64::from(high));
        }
        if carry > 0 {
            self.words.push(halves(carry).0);
        }
    }

    fn multiply_by_power_of_ten(&mut self, mut power: u64) {
        while power >= 9 {
            self.multiply_add(1_000_000_000, 0);
            power -= 9;
        }
        (0..power).for_each(|_| self.multiply_add(10, 0));
    }

    fn shift_left(&mut self, count: u64) {
        // The count is at most a few times `MAX_EXPONENT`.
        let words = usize::try_from(count / 32).unwrap_or(0);
        self.multiply_add(1 << (count % 32), 0);
        if !self.is_zero() {
            self.words.splice(..0, std::iter::repeat_n(0, words));
        }
    }

    fn is_less_than(&self, other: &Self) -> bool {
        let order = self.words.len().cmp(&other.words.len());
        order.then_with(|| self.words.iter().rev().cmp(other.words.iter().rev())).is_lt()
    }

    /// The bit before the point of `self / divisor`, which is less than 2. Continues with twice the
    /// remainder.
    fn take_bit(&mut self, divisor: &Self) -> bool {
        let bit = !self.is_less_than(divisor);
        if bit {
            let mut borrow = 0i64;
            for (i, word) in self.words.iter_mut().enumerate() {
                let taken = divisor.words.get(i).copied().unwrap_or(0);
                let difference = i64::from(*word) - i64::from(taken) + borrow;
                borrow = difference >> 32;
                *word = halves(difference.cast_unsigned() & 0xFFFF_FFFF).0;
            }
            while self.words.last() == Some(&0) {
                self.words.pop();
            }
        }
        self.multiply_add(2, 0);
        bit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(text: &str, format: Format) -> Option<u128> {
        parse(text, &format, false, FloatMode::default()).map(|b| b.bits)
    }

    #[test]
    fn decimals_round_as_the_standard_library_rounds_them() {
        for text in [
            "1.5",
            "0.1",
            "3.1415926535897932384626",
            "1e23",
            "5e-324",
            "2.5e-324",
            "1.7976931348623157e308",
            "2.2250738585072011e-308",
            "123456789012345678901234567890.0",
            "9007199254740993.0",
            "4.9e-324",
            "0.000001",
            "8.5",
            "1e308",
            "1e-400",
        ] {
            let expected = text.parse::<f64>().unwrap();
            assert_eq!(bits(text, FLOAT64), Some(u128::from(expected.to_bits())), "{text}");
            let expected = text.parse::<f32>().unwrap();
            assert_eq!(bits(text, FLOAT32), Some(u128::from(expected.to_bits())), "{text}");
        }
    }

    #[test]
    fn hexadecimal_and_binary_floats_are_exact() {
        assert_eq!(bits("0x1.8p3", FLOAT64), Some(u128::from(12f64.to_bits())));
        assert_eq!(bits("0b1.1p3", FLOAT32), Some(u128::from(12f32.to_bits())));
        assert_eq!(bits("1.5e", FLOAT32), None);
        assert_eq!(bits("1e999999999999999999999", FLOAT80), Some(FLOAT80.infinity()));
    }
}
