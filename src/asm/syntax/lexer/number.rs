//! NASM's syntax of numbers.
//!
//! The radix is given by a prefix (`0x 0h 0d 0t 0o 0q 0b 0y`, `$` for hexadecimal) or a suffix (`h
//! x d t o q b y`); `_` can separate digits. This module only recognises a floating-point number;
//! `asm::value::float` computes its value.

/// A text that begins with a digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// Its length in bytes.
    pub length: usize,
    /// What it is.
    pub kind: Kind,
}

/// Kinds of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An integer, wrapped to 64 bits.
    Integer {
        /// Its value.
        value: u64,
        /// Whether it did not fit.
        overflow: bool,
    },
    /// A floating-point number or a packed decimal one.
    Float,
    /// Digits and letters that do not form a number.
    Malformed,
}

/// Scans the number that `bytes` begins with: a digit, or `$` and a digit.
#[must_use]
pub fn scan(bytes: &[u8]) -> Scanned {
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let next = bytes.get(digits).copied().unwrap_or(b'\n');
    if digits > 0 && !is_word_byte(next) {
        let word = bytes.get(..digits).unwrap_or_default();
        let kind = integer(word, 10).unwrap_or(Kind::Malformed);
        return Scanned { length: digits, kind };
    }
    let length = word_length(bytes);
    Scanned { length, kind: classify(bytes.get(..length).unwrap_or_default()) }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.'
}

fn has_hex_prefix(word: &[u8]) -> bool {
    matches!(word, [b'$', ..] | [b'0', b'x' | b'X' | b'h' | b'H', ..])
}

/// The length, including a signed exponent: after `e` in a decimal number, after `p` in one with a
/// prefix.
fn word_length(bytes: &[u8]) -> usize {
    let hexadecimal = has_hex_prefix(bytes);
    let mut last = 0;
    for (length, &byte) in bytes.iter().enumerate() {
        let is_exponent =
            matches!(last, b'p' | b'P') || !hexadecimal && matches!(last, b'e' | b'E');
        let is_sign = matches!(byte, b'+' | b'-') && is_exponent;
        let is_digit_ahead = || bytes.get(length + 1).is_some_and(u8::is_ascii_digit);
        if !(is_word_byte(byte) || length == 0 || is_sign && is_digit_ahead()) {
            return length;
        }
        last = byte;
    }
    bytes.len()
}

fn classify(word: &[u8]) -> Kind {
    if let [b'$', digits @ ..] = word {
        let is_float = || digits.iter().any(|b| b".pP".contains(b));
        let other = || if is_float() { Kind::Float } else { Kind::Malformed };
        return integer(digits, 16).unwrap_or_else(other);
    }
    prefixed(word, true)
        .or_else(|| suffixed(word, true))
        .or_else(|| prefixed(word, false))
        .or_else(|| suffixed(word, false))
        .unwrap_or_else(|| if is_float(word) { Kind::Float } else { Kind::Malformed })
}

fn radix(letter: u8) -> Option<u32> {
    match letter.to_ascii_lowercase() {
        b'h' | b'x' => Some(16),
        b'd' | b't' => Some(10),
        b'o' | b'q' => Some(8),
        b'b' | b'y' => Some(2),
        _ => None,
    }
}

fn prefixed(word: &[u8], hexadecimal: bool) -> Option<Kind> {
    let [b'0', letter, digits @ ..] = word else { return None };
    let radix = radix(*letter).filter(|&r| (r == 16) == hexadecimal)?;
    integer(digits, radix)
}

fn suffixed(word: &[u8], hexadecimal: bool) -> Option<Kind> {
    let [first, .., letter] = word else { return None };
    let radix = radix(*letter).filter(|&r| (r == 16) == hexadecimal);
    match radix {
        Some(radix) if first.is_ascii_digit() => integer(word.get(..word.len() - 1)?, radix),
        // Digits with `_` between them, without a suffix.
        _ if !hexadecimal => integer(word, 10),
        _ => None,
    }
}

/// Whether a word is a broadcast such as `1to16`, which is written in braces. In a macro the second
/// number may be a parameter that is not substituted yet.
#[must_use]
pub fn is_broadcast(word: &[u8]) -> bool {
    matches!(word, [first, b't' | b'T', b'o' | b'O', rest @ ..]
        if first.is_ascii_digit() && rest.iter().all(u8::is_ascii_digit))
}

/// The integer, if `digits` contains at least one digit of `radix` and otherwise only such digits
/// and `_`.
fn integer(digits: &[u8], radix: u32) -> Option<Kind> {
    let (mut value, mut overflow, mut any) = (0u64, false, false);
    for &byte in digits {
        if byte == b'_' {
            continue;
        }
        let digit = u64::from(char::from(byte).to_digit(radix)?);
        let (product, over) = value.overflowing_mul(u64::from(radix));
        let (sum, carry) = product.overflowing_add(digit);
        (value, overflow, any) = (sum, overflow | over | carry, true);
    }
    any.then_some(Kind::Integer { value, overflow })
}

/// Whether the word is meant as a floating-point number. It is checked when the token is evaluated.
fn is_float(word: &[u8]) -> bool {
    let is_packed = |digits: &[u8]| digits.iter().all(|b| b.is_ascii_digit() || *b == b'_');
    let has = |letters: &[u8]| word.iter().any(|b| letters.contains(b));
    match word {
        [b'0', b'p' | b'P', digits @ ..] | [digits @ .., b'p' | b'P'] if is_packed(digits) => true,
        [
            b'0',
            b'x' | b'X' | b'h' | b'H' | b'b' | b'B' | b'y' | b'Y' | b'o' | b'O' | b'q' | b'Q',
            ..,
        ] => has(b".pP"),
        _ => {
            let allowed = |b: &u8| b.is_ascii_digit() || b"_.eE+-".contains(b);
            has(b".") || has(b"eE") && word.iter().all(allowed)
        }
    }
}
