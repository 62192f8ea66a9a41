//! A table of TOML keys, one row a key, and the reading of a text by it.
//!
//! Knows how a wrong key or value is reported and where; not what any key means.

use super::value;
use crate::diagnostic::{Diagnostic, FileId, Span, nearest};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// One key and where its value goes in a `T`.
#[derive(Debug)]
pub struct Key<T> {
    /// Its name.
    pub name: &'static str,
    /// Checks the value and stores it; an `Err` says what would have been right.
    pub set: fn(&mut T, &Value<'_>) -> Result<(), String>,
}

/// A value, with where it stands.
#[derive(Debug)]
pub struct Value<'a> {
    value: &'a DeValue<'a>,
    /// Where it stands.
    pub span: Span,
}

/// Puts `value` in its place: what most rows do at the end.
///
/// # Errors
/// Never; rows are fallible and end in this.
pub fn store<T>(place: &mut T, value: T) -> Result<(), String> {
    *place = value;
    Ok(())
}

/// Reads `toml`, which stands at offset `base` of `file`, by the table `keys`.
///
/// # Errors
/// All that is wrong with it, in order of place.
pub fn read<T: Default>(
    keys: &[Key<T>],
    toml: &str,
    file: FileId,
    base: usize,
) -> Result<T, Vec<Diagnostic>> {
    let offset = |n: usize| u32::try_from(base + n).unwrap_or(u32::MAX);
    let span = |range: Range<usize>| Span::new(file, offset(range.start), offset(range.end));
    let (table, errors) = DeTable::parse_recoverable(toml);
    let mut diagnostics: Vec<Diagnostic> = errors
        .iter()
        .map(|error| {
            let message = error.message().lines().next().unwrap_or("this is not TOML");
            Diagnostic::error(span(error.span().unwrap_or(0..0)), message)
        })
        .collect();
    let mut target = T::default();
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    for (key, value) in table.get_ref() {
        let value = Value { span: span(value.span()), value: value.get_ref() };
        match keys.iter().find(|row| row.name == key.get_ref()) {
            None => diagnostics.push(unknown_key(keys, key.get_ref(), span(key.span()))),
            Some(row) => {
                if let Err(message) = (row.set)(&mut target, &value) {
                    diagnostics.push(Diagnostic::error(value.span, message));
                }
            }
        }
    }
    diagnostics.sort_by_key(|d| d.span.start);
    if diagnostics.is_empty() { Ok(target) } else { Err(diagnostics) }
}

fn unknown_key<T>(keys: &[Key<T>], key: &str, span: Span) -> Diagnostic {
    let names = keys.iter().map(|row| row.name);
    let help = match nearest(key, names.clone()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("the keys are {}", names.collect::<Vec<_>>().join(", ")),
    };
    Diagnostic::error(span, format!("unknown key `{key}`")).help(help)
}

impl Value<'_> {
    /// A string.
    ///
    /// # Errors
    /// It is something else.
    pub fn text(&self) -> Result<&str, String> {
        self.value.as_str().ok_or_else(|| "this must be a string in quotes".to_owned())
    }

    /// A list of strings.
    ///
    /// # Errors
    /// It is something else.
    pub fn texts(&self) -> Result<Vec<String>, String> {
        let wrong = || "this must be a list of strings in quotes".to_owned();
        let items = self.value.as_array().ok_or_else(wrong)?;
        items.iter().map(|v| v.get_ref().as_str().map(str::to_owned).ok_or_else(wrong)).collect()
    }

    /// A number that is not negative.
    ///
    /// # Errors
    /// It is something else.
    pub fn number(&self) -> Result<u64, String> {
        let integer = self.value.as_integer();
        let number = integer.and_then(|i| u64::from_str_radix(i.as_str(), i.radix()).ok());
        number.ok_or_else(|| "this must be a number without quotes".to_owned())
    }

    /// One of these numbers.
    ///
    /// # Errors
    /// It is something else.
    pub fn one_of(&self, numbers: &[u8]) -> Result<u8, String> {
        let number = self.number().ok().and_then(|n| u8::try_from(n).ok());
        number.filter(|n| numbers.contains(n)).ok_or_else(|| {
            let numbers: Vec<_> = numbers.iter().map(u8::to_string).collect();
            format!("this must be {}", numbers.join(" or "))
        })
    }

    /// A number of bytes, as a number or as a string with a unit.
    ///
    /// # Errors
    /// It is something else.
    pub fn size(&self) -> Result<u64, String> {
        match self.value.as_str() {
            Some(text) => value::size(text),
            None => self.number().map_err(|_| "this must be a size such as \"16M\"".to_owned()),
        }
    }
}
