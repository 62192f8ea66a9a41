//! Quoted strings: their length, and their bytes.

use crate::diagnostic::text::to_bytes;
use std::borrow::Cow;

/// The length of the string at the start of `bytes`, up to its closing `quote` or the end of the
/// line, and whether it is closed.
#[must_use]
pub fn scan(bytes: &[u8], quote: u8) -> (usize, bool) {
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' => break,
            b'\\' if quote == b'`' && bytes.get(at + 1).is_some_and(|&b| b != b'\n') => at += 1,
            _ if byte == quote => return (at + 1, true),
            _ => {}
        }
        at += 1;
    }
    let line = bytes.get(..at).unwrap_or(bytes);
    (line.trim_ascii_end().len().max(1), false)
}

/// The bytes of a string token: the text between `'…'` or `"…"`, and the text between `` `…` ``
/// with its escapes resolved.
#[must_use]
pub fn decode(text: &str) -> Cow<'_, [u8]> {
    let inner = to_bytes(text.get(1..text.len().saturating_sub(1)).unwrap_or_default());
    if text.starts_with('`') && inner.contains(&b'\\') {
        return Cow::Owned(unescape(&inner));
    }
    inner
}

/// The number that a string stands for in an expression: its first eight bytes in little-endian
/// order.
#[must_use]
pub fn character_constant(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// The text of a string token for these bytes.
#[must_use]
pub fn quote(bytes: &[u8]) -> String {
    let is_plain = |quote: u8| bytes.iter().all(|&b| matches!(b, 0x20..=0x7E) && b != quote);
    for mark in [b'\'', b'"'] {
        if is_plain(mark) {
            let (mark, inner) = (char::from(mark), String::from_utf8_lossy(bytes));
            return format!("{mark}{inner}{mark}");
        }
    }
    let mut text = String::from("`");
    for &byte in bytes {
        match byte {
            b'`' | b'\\' => text.extend(['\\', char::from(byte)]),
            0x20..=0x7E => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text.push('`');
    text
}

/// An encoding of strings in units of more than one byte, as `__?utf16?__` and family name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wide {
    /// Bytes of a unit.
    unit: usize,
    /// Whether the high byte comes first.
    is_big: bool,
}

impl Wide {
    /// The encoding of this name, without the underscores.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let (unit, is_big) = match name.to_ascii_lowercase().as_str() {
            "utf16" | "utf16le" => (2, false),
            "utf16be" => (2, true),
            "utf32" | "utf32le" => (4, false),
            "utf32be" => (4, true),
            _ => return None,
        };
        Some(Self { unit, is_big })
    }

    /// The bytes of a text.
    #[must_use]
    pub fn encode(self, text: &str) -> Vec<u8> {
        let units: Vec<u32> = match self.unit {
            2 => text.encode_utf16().map(u32::from).collect(),
            _ => text.chars().map(u32::from).collect(),
        };
        let mut bytes = Vec::with_capacity(units.len() * self.unit);
        for unit in units {
            let little = unit.to_le_bytes();
            let unit = little.get(..self.unit).unwrap_or_default();
            match self.is_big {
                true => bytes.extend(unit.iter().rev()),
                false => bytes.extend(unit),
            }
        }
        bytes
    }
}

fn unescape(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if *byte != b'\\' {
            out.push(*byte);
            continue;
        }
        let [letter, tail @ ..] = rest else { break };
        rest = match letter {
            b'0'..=b'7' => octal(rest, &mut out),
            b'x' => hexadecimal(tail, 2, *letter, &mut out),
            b'u' => hexadecimal(tail, 4, *letter, &mut out),
            b'U' => hexadecimal(tail, 8, *letter, &mut out),
            _ => {
                out.push(control(*letter));
                tail
            }
        };
    }
    out
}

fn control(letter: u8) -> u8 {
    match letter {
        b'a' => 7,
        b'b' => 8,
        b't' => 9,
        b'n' => 10,
        b'v' => 11,
        b'f' => 12,
        b'r' => 13,
        b'e' => 27,
        other => other,
    }
}

/// `\` and one to three octal digits.
fn octal<'a>(bytes: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let length = bytes.iter().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
    let (digits, rest) = bytes.split_at(length);
    let value = digits.iter().fold(0u32, |v, d| v * 8 + u32::from(d - b'0'));
    out.push(value.to_le_bytes()[0]);
    rest
}

/// `\x` with one or two digits is a byte; `\u` with four and `\U` with eight are a character in
/// UTF-8.
fn hexadecimal<'a>(bytes: &'a [u8], most: usize, letter: u8, out: &mut Vec<u8>) -> &'a [u8] {
    let length = bytes.iter().take(most).take_while(|b| b.is_ascii_hexdigit()).count();
    let (digits, rest) = bytes.split_at(length);
    let digit = |d: &u8| char::from(*d).to_digit(16).unwrap_or(0);
    let value = digits.iter().fold(0u32, |v, d| v << 4 | digit(d));
    match char::from_u32(value) {
        _ if length == 0 => out.push(letter),
        _ if most == 2 => out.push(value.to_le_bytes()[0]),
        Some(character) => {
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        None => out.extend_from_slice("\u{FFFD}".as_bytes()),
    }
    rest
}
