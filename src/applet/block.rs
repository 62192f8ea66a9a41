//! Fenced comment blocks of a source: `; /// WORD` up to `; ///`.
//!
//! Finds them without assembling anything. Does not know what a block holds.

use std::ops::Range;

/// The lines `; /// WORD` of a text: where each is, and what stands behind the slashes, nothing for
/// a line that closes a block.
pub(super) fn fences(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        // A search for one byte is far faster than one for three.
        while let Some(at) = text.get(from..)?.find('/').map(|at| from + at) {
            if !text.get(at..)?.starts_with("///") {
                from = at + 1;
                continue;
            }
            let line = line_around(text, at);
            from = line.end.max(at + 3);
            let word = text.get(line.clone()).and_then(fence);
            if let Some(word) = word {
                return Some((line, word));
            }
        }
        None
    })
}

/// The lines behind the opening line `fence`, up to the closing one; none if there is no such.
pub(super) fn body(text: &str, fence: &Range<usize>) -> Option<Range<usize>> {
    let start = (fence.end + 1).min(text.len());
    let mut at = start;
    while at < text.len() {
        let next = line_around(text, at);
        let content = text.get(next.clone())?;
        if self::fence(content) == Some("") {
            return Some(start..at);
        }
        if !content.trim_start().starts_with(';') {
            break;
        }
        at = next.end + 1;
    }
    None
}

/// The whole of a block whose lines are `body`: from its opening line to behind the closing one.
pub(super) fn whole(text: &str, fence: &Range<usize>, body: &Range<usize>) -> Range<usize> {
    let closing = line_around(text, body.end.min(text.len()));
    fence.start..(closing.end + 1).min(text.len())
}

/// The line that the byte at `at` is on, without its line end.
fn line_around(text: &str, at: usize) -> Range<usize> {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |n| n + 1);
    let end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |n| at + n);
    start..end
}

/// What stands behind `; ///` if the line is such a fence; nothing behind the closing one.
pub(super) fn fence(line: &str) -> Option<&str> {
    let comment = line.trim().strip_prefix(';')?.trim_start();
    let word = comment.strip_prefix("///")?;
    (word.is_empty() || word.starts_with([' ', '\t'])).then(|| word.trim())
}

/// Whether a line closes a block.
#[must_use]
pub fn is_closing(line: &str) -> bool {
    fence(line) == Some("")
}

/// A text as a part of a comment: what cannot be seen, or ends a line, is escaped.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' => out.push(c),
            c => out.extend(c.escape_debug()),
        }
    }
    out
}

/// The text with what would be a fence made a plain comment: for a text that becomes a part of
/// another. No byte changes its place.
#[must_use]
pub fn without_fences(text: &str) -> String {
    let plain = |line: &str| match fence(line) {
        Some(_) => line.replacen("///", "// ", 1),
        None => line.to_owned(),
    };
    text.split_inclusive('\n').map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_with_what_is_in_them() {
        let text = "; /// applet\n; a = 1\n; ///\nnop\n ;/// case x\n; | /// no\n; ///";
        let found: Vec<_> = fences(text).map(|(line, word)| (&text[line], word)).collect();
        let expected =
            [("; /// applet", "applet"), ("; ///", ""), (" ;/// case x", "case x"), ("; ///", "")];
        assert_eq!(found, expected);
        let case = fences(text).nth(2).unwrap().0;
        let body = body(text, &case).unwrap();
        assert_eq!(&text[body.clone()], "; | /// no\n");
        assert_eq!(&text[whole(text, &case, &body)], " ;/// case x\n; | /// no\n; ///");
    }

    #[test]
    fn what_is_not_closed_has_no_body() {
        for text in ["; /// case x", "; /// case x\n; a\nnop\n; ///\n", "; /// case x\n"] {
            let (fence, _) = fences(text).next().unwrap();
            assert_eq!(body(text, &fence), None, "{text}");
        }
    }

    #[test]
    fn a_text_within_another_has_no_blocks() {
        let text = without_fences("; /// applet\n; x = 1\n; ///\nnop ; /// not one\n");
        assert_eq!(text, "; //  applet\n; x = 1\n; // \nnop ; /// not one\n");
    }
}
