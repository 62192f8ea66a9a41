//! Sizes, durations and numbers as people write them, in the metadata and on the command line.
//!
//! Text to value and nothing more; an `Err` says what would have been right.

use crate::image::Mode;
use std::time::Duration;

/// A limit on time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// `none`
    Never,
    /// `10s`, `500ms`, `2m`
    After(Duration),
}

impl Timeout {
    /// The limit, if there is one.
    #[must_use]
    pub const fn limit(self) -> Option<Duration> {
        match self {
            Self::Never => None,
            Self::After(limit) => Some(limit),
        }
    }
}

/// A number: decimal, or hexadecimal after `0x`, octal after `0o`, binary after `0b`; `_` may
/// separate digits, and `-` before it takes the two's complement.
///
/// # Errors
/// What a number looks like.
pub fn number(text: &str) -> Result<u64, String> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let lower = digits.to_ascii_lowercase().replace('_', "");
    let (digits, radix) = [("0x", 16), ("0o", 8), ("0b", 2)]
        .iter()
        .find_map(|&(prefix, radix)| Some((lower.strip_prefix(prefix)?, radix)))
        .unwrap_or((&lower, 10));
    let is_digits = digits.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    let value = u64::from_str_radix(digits, radix).ok().filter(|_| is_digits);
    let value = value.ok_or_else(|| format!("`{text}` is not a number such as 42 or 0x2A"))?;
    Ok(if negative { value.wrapping_neg() } else { value })
}

/// A number of bytes: `4096`, `64K`, `16M`, `1G`, also with `B` or `iB` behind the letter.
///
/// # Errors
/// What a size looks like.
pub fn size(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u32); 10] = [
        ("KiB", 10),
        ("MiB", 20),
        ("GiB", 30),
        ("KB", 10),
        ("MB", 20),
        ("GB", 30),
        ("K", 10),
        ("M", 20),
        ("G", 30),
        ("", 0),
    ];
    let wrong = || format!("`{text}` is not a size such as 65536, 64K or 16M");
    let (digits, shift) = UNITS
        .iter()
        .find_map(|&(unit, shift)| Some((strip_unit(text, unit)?, shift)))
        .ok_or_else(wrong)?;
    let count = number(digits).ok().filter(|_| !digits.starts_with('-')).ok_or_else(wrong)?;
    count.checked_mul(1 << shift).ok_or_else(|| format!("`{text}` is more than 64 bits can count"))
}

/// A limit on time: `10s`, `500ms`, `2m`, or `none`.
///
/// # Errors
/// What a time looks like.
pub fn timeout(text: &str) -> Result<Timeout, String> {
    if text == "none" {
        return Ok(Timeout::Never);
    }
    let wrong = || format!("`{text}` is not a time such as 10s, 500ms, 2m or none");
    let (digits, unit) = [("ms", 1), ("s", 1000), ("m", 60_000)]
        .iter()
        .find_map(|&(unit, ms)| Some((strip_unit(text, unit)?, ms)))
        .ok_or_else(wrong)?;
    let is_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let count: u64 = digits.parse().ok().filter(|_| is_digits).ok_or_else(wrong)?;
    if count == 0 {
        return Err("a time limit of 0 leaves no time to run; `none` means no limit".to_owned());
    }
    let ms = count.checked_mul(unit).filter(|&ms| ms <= MAX_TIMEOUT_MS);
    let ms = ms.ok_or_else(|| format!("`{text}` is more than a year; `none` means no limit"))?;
    Ok(Timeout::After(Duration::from_millis(ms)))
}

/// A year.
const MAX_TIMEOUT_MS: u64 = 365 * 24 * 3600 * 1000;

/// `real`, `protected` or `long`.
///
/// # Errors
/// The names there are.
pub fn mode(text: &str) -> Result<Mode, String> {
    Mode::ALL
        .into_iter()
        .find(|mode| mode.name() == text)
        .ok_or_else(|| format!("`{text}` is not a mode: real, protected or long"))
}

/// A privilege level: 0 or 3.
///
/// # Errors
/// The levels there are.
pub fn ring(text: &str) -> Result<u8, String> {
    match text {
        "0" => Ok(0),
        "3" => Ok(3),
        _ => Err(format!("`{text}` is not a privilege level: 0 or 3")),
    }
}

/// A register and its value: `ax=2`.
///
/// # Errors
/// What that looks like.
pub fn register(text: &str) -> Result<(String, u64), String> {
    let (name, value) = text
        .split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| format!("`{text}` is not NAME=VALUE, such as ax=2"))?;
    Ok((name.to_ascii_lowercase(), number(value)?))
}

fn strip_unit<'a>(text: &'a str, unit: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(unit.len())?;
    let (digits, tail) = text.split_at_checked(at)?;
    tail.eq_ignore_ascii_case(unit).then(|| digits.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, value) in
            [("42", 42), ("0x2a", 42), ("0X2A", 42), ("0b101010", 42), ("1_000", 1000)]
        {
            assert_eq!(number(text), Ok(value), "{text}");
        }
        assert_eq!(number("-1"), Ok(u64::MAX));
        assert_eq!(number("0xffff_ffff_ffff_ffff"), Ok(u64::MAX));
        for text in ["", "-", "0x", "x", "1.5", "+1", "0x+1", "18446744073709551616", "é"] {
            assert!(number(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes() {
        for (text, value) in [
            ("4096", 4096),
            ("64K", 65536),
            ("16m", 16 << 20),
            ("2GiB", 2 << 30),
            ("1 MB", 1 << 20),
            ("0x10K", 16384),
        ] {
            assert_eq!(size(text), Ok(value), "{text}");
        }
        for text in ["", "M", "16X", "-1K", "1.5M", "99999999999G", "é"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times() {
        let ms = |ms| Ok(Timeout::After(Duration::from_millis(ms)));
        assert_eq!(timeout("10s"), ms(10_000));
        assert_eq!(timeout("500ms"), ms(500));
        assert_eq!(timeout("2m"), ms(120_000));
        assert_eq!(timeout("none"), Ok(Timeout::Never));
        for text in ["", "s", "10", "0s", "-1s", "1h", "99999999999999s", "é"] {
            assert!(timeout(text).is_err(), "{text}");
        }
    }
}
