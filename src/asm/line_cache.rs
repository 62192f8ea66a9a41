//! A cache of instruction lines: if the text of a line was seen before, its bytes are copied and
//! the line is not parsed.
//!
//! Programs mostly repeat instructions on registers and numbers, such as `push ebp` and `dec ecx`.
//! A line is cached only if its text and the [`LineState`] alone decide its bytes: it is one
//! instruction without a label, contains no macro and no local name, and does not depend on its
//! address.

use crate::asm::syntax::hash::hash;

/// Everything besides the text that decides the bytes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LineState {
    /// `bits` in effect.
    pub(crate) bits: u8,
    /// `default rel` in effect.
    pub(crate) default_rel: bool,
    /// How many times a macro was defined with a new name, which any line may contain.
    pub(crate) macros: u32,
}

/// The statement of a line that has not been read, as offsets into the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ahead {
    /// Offset of its first byte.
    pub(crate) start: usize,
    /// Offset after its last byte.
    pub(crate) end: usize,
    /// Offset after the character that ended the search: the line end, or the `;` of a comment.
    at: usize,
    hash: u32,
}

/// The class of a byte in the search for the end of a statement, as bits.
mod class {
    /// The statement may continue after it.
    pub(super) const GOES_ON: u8 = 1;
    /// It is part of the statement even at the end; a blank is not.
    pub(super) const COUNTS: u8 = 2;
    /// The end of the line, or a comment.
    pub(super) const END: u8 = 4;
    /// A quote of a string without escapes.
    pub(super) const QUOTE: u8 = 8;
}

/// The [`class`] of each byte. It is 0 for bytes that belong to a label, a local name, an address
/// or the preprocessor.
static CLASSES: [u8; 256] = {
    let mut table = [class::GOES_ON | class::COUNTS; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte as usize] = match byte {
            b' ' | b'\t' | b'\r' => class::GOES_ON,
            b'\n' | b';' => class::END,
            b'\'' | b'"' => class::QUOTE,
            b':' | b'.' | b'%' | b'\\' | b'`' | b'$' => 0,
            _ => class::GOES_ON | class::COUNTS,
        };
        byte += 1u8;
    }
    table
};

impl Ahead {
    /// The statement of the line that begins at `start`; `None` if it may have a label, a local
    /// name, its own address, or something for the preprocessor.
    pub(crate) fn of(text: &[u8], start: usize) -> Option<Self> {
        let mut at = start;
        while let Some(b' ' | b'\t') = text.get(at) {
            at += 1;
        }
        let (start, mut end) = (at, at);
        while let Some(&byte) = text.get(at) {
            at += 1;
            let class = CLASSES[usize::from(byte)];
            if class & class::GOES_ON != 0 {
                end = if class & class::COUNTS != 0 { at } else { end };
                continue;
            }
            if class & class::END != 0 {
                break;
            }
            if class & class::QUOTE == 0 {
                return None;
            }
            let rest = text.get(at..)?;
            let length = rest.iter().position(|&b| b == byte || b == b'\n')?;
            at += length + 1;
            end = at;
            if rest.get(length) != Some(&byte) {
                return None;
            }
        }
        let statement = text.get(start..end).filter(|statement| !statement.is_empty())?;
        Some(Self { start, end, at, hash: hash(statement) })
    }

    /// Where the next line begins; `None` if a `\` at the end of a comment continues the line.
    pub(crate) fn next_line(&self, text: &[u8]) -> Option<usize> {
        if text.get(self.at - 1) == Some(&b'\n') {
            return Some(self.at);
        }
        let comment = text.get(self.at..)?;
        let length = comment.iter().position(|&byte| byte == b'\n')?;
        match comment.get(..length)? {
            [.., b'\\'] | [.., b'\\', b'\r'] => None,
            _ => Some(self.at + length + 1),
        }
    }
}

/// The number of slots.
const LINES: usize = 1024;

/// The number of lines before the first one is cached. A short program repeats little.
const WARMUP: u32 = 100;

/// The maximum length of a cached statement, and of its instruction.
const MOST_TEXT: usize = 32;
const MOST_CODE: usize = 15;

/// A cached line. It has a copy of the text, which is likely to be in the CPU's cache.
#[derive(Clone, Copy, Debug)]
struct Line {
    state: LineState,
    text: [u8; MOST_TEXT],
    text_length: u8,
    code: [u8; MOST_CODE],
    code_length: u8,
}

/// The cached lines. The hash determines the slot, and a new line replaces the old one.
#[derive(Debug, Default)]
pub(crate) struct LineCache {
    lines: Vec<Option<Line>>,
    /// The number of lines so far, up to [`WARMUP`].
    count: u32,
}

impl LineCache {
    /// The bytes of the statement ahead in `text`, if it was cached in the same state.
    #[inline(always)]
    pub(crate) fn find(&self, text: &[u8], ahead: &Ahead, state: LineState) -> Option<&[u8]> {
        let line = self.lines.get(ahead.hash as usize % LINES)?.as_ref()?;
        let is_same = line.state == state
            && line.text.get(..line.text_length.into()) == text.get(ahead.start..ahead.end);
        if is_same { line.code.get(..line.code_length.into()) } else { None }
    }

    /// Stores the bytes of the statement ahead in `text`.
    pub(crate) fn keep(&mut self, text: &[u8], ahead: &Ahead, state: LineState, code: &[u8]) {
        if self.count < WARMUP {
            self.count += 1;
            return;
        }
        let statement = text.get(ahead.start..ahead.end).unwrap_or_default();
        let (Some((text, text_length)), Some((code, code_length))) = (room(statement), room(code))
        else {
            return;
        };
        self.lines.resize(LINES, None);
        if let Some(slot) = self.lines.get_mut(ahead.hash as usize % LINES) {
            *slot = Some(Line { state, text, text_length, code, code_length });
        }
    }
}

/// Copies bytes to an array and returns their number; `None` if there are too many.
fn room<const N: usize>(bytes: &[u8]) -> Option<([u8; N], u8)> {
    let mut room = [0; N];
    room.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some((room, u8::try_from(bytes.len()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_of_a_line_is_found() {
        for (text, statement) in [
            ("\tpush  ebp \t; it's\nx", Some("push  ebp")),
            ("cmp al, ';' ; x", Some("cmp al, ';'")),
            ("ret\r\n", Some("ret")),
            ("ret", Some("ret")),
            ("", None),
            ("  ; ret", None),
            ("cmp al, '\n'", None),
            ("x: ret", None),
            ("jmp .x", None),
            ("mov ax, $-$$", None),
            ("%define x", None),
            ("ret \\\n", None),
        ] {
            let found = Ahead::of(text.as_bytes(), 0).map(|a| &text[a.start..a.end]);
            assert_eq!(found, statement, "{text:?}");
        }
    }

    #[test]
    fn a_line_that_goes_on_has_no_next() {
        let text = "ret ; \\\nx\nret ; \\\r\nx\nret\n";
        let next = |start| Ahead::of(text.as_bytes(), start).unwrap().next_line(text.as_bytes());
        assert_eq!([next(0), next(10), next(21)], [None, None, Some(text.len())]);
    }
}
