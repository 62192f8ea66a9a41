//! How two outputs differ, for people: as a line diff, or as a hex dump where they are no text.
//!
//! Equality is by bytes; only what is shown is bounded. Knows nothing of cases.

use similar::DiffTag;
use similar::algorithms::{Capture, myers};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// How much of each output is looked at for the diff, from a little before the first difference.
const WINDOW: usize = 16 << 10;

/// Equal lines that are shown around a difference.
const CONTEXT: usize = 2;

/// Lines of a diff that are shown.
const LINES: usize = 60;

/// Bytes of a line that are shown.
const WIDTH: usize = 300;

/// Rows of a hex dump that are shown.
const ROWS: usize = 6;

/// How `actual` differs from `expected`; `None` if it does not.
pub(super) fn bytes(what: &str, expected: &[u8], actual: &[u8]) -> Option<String> {
    if expected == actual {
        return None;
    }
    let at = expected.iter().zip(actual).take_while(|(a, b)| a == b).count();
    let mut out = format!(
        "{what}: expected {} bytes, got {}; they differ from byte {at} on\n",
        expected.len(),
        actual.len()
    );
    match (text(expected, at), text(actual, at)) {
        (Some(expected), Some(actual)) => line_diff(&mut out, expected, actual),
        _ => hex_diff(&mut out, expected, actual, at),
    }
    out.truncate(out.trim_end().len());
    Some(out)
}

/// The window around `at`, from the start of a line, if it is text.
fn text(bytes: &[u8], at: usize) -> Option<&str> {
    let before = bytes.get(..at)?;
    // Two lines of context, if they are not too long.
    let near = before.len().saturating_sub(WINDOW / 4);
    let starts = before.iter().enumerate().skip(near).rev().filter(|(_, b)| **b == b'\n');
    let start = starts.map(|(i, _)| i + 1).nth(2).unwrap_or(if near == 0 { 0 } else { at });
    let window = bytes.get(start..bytes.len().min(start + WINDOW))?;
    let text = match std::str::from_utf8(window) {
        Ok(text) => text,
        // The window may end within a character.
        Err(e) if e.error_len().is_none() => {
            std::str::from_utf8(window.get(..e.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let is_text = text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t' | '\r'));
    is_text.then_some(text)
}

fn line_diff(out: &mut String, expected: &str, actual: &str) {
    let diff = unified_diff(expected, actual);
    for line in diff.lines().take(LINES) {
        let shown = line.get(..line.floor_char_boundary(WIDTH)).unwrap_or(line);
        let _ = writeln!(out, "  {}", shown.replace('\r', "␍"));
    }
    if diff.lines().count() > LINES {
        let _ = writeln!(out, "  …");
    }
}

/// Both texts as a unified diff. Lines are compared as numbers, which makes one small instance of
/// the algorithm; the crate's own way from text to text makes four large ones.
fn unified_diff(expected: &str, actual: &str) -> String {
    let mut known = HashMap::new();
    let mut number = |line| {
        let next = known.len();
        *known.entry(line).or_insert(next)
    };
    let sides = [expected, actual].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let numbers =
        sides.each_ref().map(|lines| lines.iter().map(|l| number(*l)).collect::<Vec<_>>());
    let [old, new] = numbers.each_ref().map(Vec::as_slice);
    let mut capture = Capture::new();
    let deadline = Instant::now().checked_add(Duration::from_secs(1));
    let all = (0..old.len(), 0..new.len());
    let Ok(()) = myers::diff_deadline(&mut capture, old, all.0, new, all.1, deadline);
    let mut out = String::from("--- expected\n+++ actual\n");
    for hunk in capture.into_grouped_ops(CONTEXT) {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        let range = |start: usize, end: usize| match end - start {
            1 => format!("{}", start + 1),
            0 => format!("{start},0"),
            length => format!("{},{length}", start + 1),
        };
        let old = range(first.old_range().start, last.old_range().end);
        let new = range(first.new_range().start, last.new_range().end);
        let _ = writeln!(out, "@@ -{old} +{new} @@");
        // What was expected stands before what came instead, in whichever order it was found.
        let mut came = String::new();
        for op in &hunk {
            let (mark, side, range) = match op.tag() {
                DiffTag::Equal => (' ', 0, op.old_range()),
                DiffTag::Insert => ('+', 1, op.new_range()),
                _ => ('-', 0, op.old_range()),
            };
            if mark == ' ' {
                out.push_str(&std::mem::take(&mut came));
            }
            let to = if mark == '+' { &mut came } else { &mut out };
            for line in sides[side].get(range).unwrap_or_default() {
                let end =
                    if line.ends_with('\n') { "" } else { "\n\\ No newline at end of file\n" };
                let _ = write!(to, "{mark}{line}{end}");
            }
        }
        out.push_str(&came);
    }
    out
}

fn hex_diff(out: &mut String, expected: &[u8], actual: &[u8], at: usize) {
    let first = at / 16;
    for row in first..first + ROWS {
        let of = |bytes: &[u8]| hex_row(bytes, row * 16);
        let (left, right) = (of(expected), of(actual));
        if left == right {
            out.extend(left.map(|row| format!("   {row}\n")));
            continue;
        }
        out.extend(left.map(|row| format!("  -{row}\n")));
        out.extend(right.map(|row| format!("  +{row}\n")));
    }
}

/// Offset, 16 bytes, and the printable ones among them as characters.
fn hex_row(bytes: &[u8], offset: usize) -> Option<String> {
    let row = bytes.get(offset..bytes.len().min(offset + 16)).filter(|row| !row.is_empty())?;
    let mut hex = String::new();
    for byte in row {
        let _ = write!(hex, " {byte:02x}");
    }
    let graphic = |&b: &u8| if b == b' ' || b.is_ascii_graphic() { char::from(b) } else { '.' };
    let characters: String = row.iter().map(graphic).collect();
    Some(format!("{offset:08x} {hex:<48}  |{characters}|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_bytes_do_not_differ() {
        assert_eq!(bytes("stdout", b"a\nb", b"a\nb"), None);
        assert_eq!(bytes("stdout", b"", b""), None);
    }

    #[test]
    fn text_is_shown_as_a_line_diff() {
        let shown = bytes("stdout", b"one\ntwo\n", b"one\nTwo\n").unwrap();
        assert!(shown.ends_with(" one\n  -two\n  +Two"), "{shown}");
        let shown = bytes("stdout", b"a\nb\nc\nd\n", b"b\nx\nd\ne\n").unwrap();
        assert!(shown.ends_with("  -a\n   b\n  -c\n  +x\n   d\n  +e"), "{shown}");
        let shown = bytes("stdout", b"", b"x").unwrap();
        assert!(shown.contains("expected 0 bytes, got 1") && shown.contains("+x"), "{shown}");
    }

    #[test]
    fn a_missing_line_end_is_seen() {
        let shown = bytes("stdout", b"one\n", b"one").unwrap();
        assert!(shown.contains("newline"), "{shown}");
    }

    #[test]
    fn other_bytes_are_shown_in_hexadecimal() {
        let shown = bytes("stdout", b"a\x00b", b"a\x01b").unwrap();
        assert!(shown.contains("-00000000  61 00 62"), "{shown}");
        assert!(shown.contains("+00000000  61 01 62"), "{shown}");
    }

    #[test]
    fn a_difference_at_the_end_of_much_output_is_found_quickly() {
        let mut expected = b"line\n".repeat(1 << 20);
        let mut actual = expected.clone();
        expected.extend(b"end\n");
        actual.extend(b"END\n");
        let shown = bytes("stdout", &expected, &actual).unwrap();
        assert!(shown.contains("-end") && shown.contains("+END"), "{shown}");
        assert!(shown.len() < 1000, "{shown}");
    }
}
