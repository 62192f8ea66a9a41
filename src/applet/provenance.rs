//! Where an applet comes from: keys of its metadata that are made, not written, and the hash that
//! shows whether its text was changed since.
//!
//! The hash is that of the text without these keys, so that they can be written into it. Knows
//! nothing of how an applet travels.

use super::block;
use crate::diagnostic::text::to_bytes;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::ops::Range;

/// The keys, in the order in which they are written.
pub const KEYS: [&str; 4] = ["name", "origin", "added", "sha256"];

/// The text without the provenance, and without a metadata block that holds nothing else.
#[must_use]
pub fn body(text: &str) -> String {
    let Some((whole, lines)) = metadata(text) else { return text.to_owned() };
    let kept: String =
        text.get(lines.clone()).unwrap_or_default().split_inclusive('\n').filter(is_kept).collect();
    let (before, after) =
        if kept.is_empty() { (whole.start, whole.end) } else { (lines.start, lines.end) };
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    [part(0..before), &kept, part(after..text.len())].concat()
}

/// The hash of a text, in hexadecimal digits: SHA-256 of what [`body`] leaves.
#[must_use]
pub fn digest(text: &str) -> String {
    let mut out = String::new();
    for byte in Sha256::digest(to_bytes(&body(text))) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// The text with this provenance and no other; its hash is added.
#[must_use]
pub fn with(text: &str, values: [Option<&str>; 3]) -> String {
    let body = body(text);
    let digest = digest(&body);
    let values = values.into_iter().chain([Some(digest.as_str())]);
    let mut lines = String::new();
    for (key, value) in KEYS.iter().zip(values) {
        if let Some(value) = value {
            let _ = writeln!(lines, "; {key} = {}", quoted(value));
        }
    }
    match metadata(&body) {
        Some((_, inside)) => {
            let (before, after) = body.split_at_checked(inside.end).unwrap_or((&body, ""));
            [before, &lines, after].concat()
        }
        None => format!("; /// applet\n{lines}; ///\n{body}"),
    }
}

/// The first metadata block: the whole of it, and the lines in it.
fn metadata(text: &str) -> Option<(Range<usize>, Range<usize>)> {
    let (line, _) = block::fences(text).find(|(_, word)| *word == "applet")?;
    let inside = block::body(text, &line)?;
    Some((block::whole(text, &line, &inside), inside))
}

/// Whether a line of the metadata is none of the provenance.
fn is_kept(line: &&str) -> bool {
    let key = line.trim_start().strip_prefix(';').and_then(|rest| rest.split_once('='));
    key.is_none_or(|(key, _)| !KEYS.contains(&key.trim()))
}

/// A string of TOML on one line, of characters that can be seen.
fn quoted(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            c if !c.is_ascii() && c.escape_debug().len() == 1 => out.push(c),
            c => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf 'hlt\n' | sha256sum`
    const HLT: &str = "1bac8ce8ad65ba63e3659c299918c3b17388cded3de6f7f083ca9cc3f77567a0";

    #[test]
    fn the_hash_is_that_of_the_text_without_it() {
        assert_eq!(digest("hlt\n"), HLT);
        let shared = with("hlt\n", [Some("x"), Some("say \"hi\"\\\u{1b}é"), None]);
        let expected = format!(
            "; /// applet\n; name = \"x\"\n; origin = \"say \\\"hi\\\"\\\\\\U0000001Bé\"\n\
             ; sha256 = \"{HLT}\"\n; ///\nhlt\n"
        );
        assert_eq!(shared, expected);
        assert_eq!((digest(&shared), body(&shared)), (HLT.to_owned(), "hlt\n".to_owned()));
    }

    #[test]
    fn what_is_written_replaces_what_was() {
        let text = "; An applet.\n; /// applet\n; ring = 0\n; ///\nhlt\n";
        let first = with(text, [Some("a"), None, Some("from a friend")]);
        assert!(first.starts_with("; An applet.\n; /// applet\n; ring = 0\n; name = \"a\"\n"));
        assert_eq!(body(&first), text);
        let second = with(&first, [Some("b"), None, None]);
        assert_eq!(body(&second), text);
        assert!(!second.contains("friend") && second.matches("sha256").count() == 1);
        assert_ne!(digest(&first.replace("hlt", "nop")), digest(&first));
        assert_eq!(digest(&first.replace("\"a\"", "\"c\"")), digest(&first));
    }
}
