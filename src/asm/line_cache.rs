//! A cache of instruction lines: when the text of a line comes up again, its bytes are copied and the
//! line is not read.
//!
//! Most lines that programs repeat are instructions on registers and numbers: `push ebp`, `dec ecx`.
//! A line is kept if its text and the [`LineState`] alone decide its bytes. It is then one instruction
//! without a label, it contains no macro and no local name, and it does not depend on its address.

use crate::asm::syntax::hash::hash;

/// What has a say in the bytes of a line besides its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LineState {
    /// `bits` in effect.
    pub(crate) bits: u8,
    /// `default rel` in effect.
    pub(crate) default_rel: bool,
    /// How often a name came up that no macro had before: it may stand in any line.
    pub(crate) macros: u32,
}

/// The statement of a line that is not read yet, by its place in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ahead {
    /// Its first byte.
    pub(crate) start: usize,
    /// Behind its last byte.
    pub(crate) end: usize,
    /// Behind what was looked at: the line end, or the `;` of a comment.
    at: usize,
    hash: u32,
}

/// What a byte is to the search for the end of a statement, as bits.
mod class {
    /// The statement may go on behind it.
    pub(super) const GOES_ON: u8 = 1;
    /// It is part of the statement, which blanks at its end are not.
    pub(super) const COUNTS: u8 = 2;
    /// The end of the line, or a comment.
    pub(super) const END: u8 = 4;
    /// A quote that has nothing but itself for a special character.
    pub(super) const QUOTE: u8 = 8;
}

/// The [`class`] of each byte; 0 for what is of a label or a local name, of an address, or the
/// preprocessor's.
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
    /// The statement of the line that begins at `start` of `text`; none if it may have a label, a
    /// local name, its own address, or anything that is the preprocessor's.
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

    /// Where the next line begins, if that is what stands behind the next line end.
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

/// Lines that are kept.
const LINES: usize = 1024;

/// Lines before the first that is kept: a short program repeats little.
const WARMUP: u32 = 100;

/// Most bytes of a statement that is kept, and of its instruction.
const MOST_TEXT: usize = 32;
const MOST_CODE: usize = 15;

/// A line that is kept. The text is here again: where it stands it is soon out of the cache.
#[derive(Clone, Copy, Debug)]
struct Line {
    state: LineState,
    text: [u8; MOST_TEXT],
    text_length: u8,
    code: [u8; MOST_CODE],
    code_length: u8,
}

/// The lines, each at a place that its hash gives; a new one takes the place of the one before.
#[derive(Debug, Default)]
pub(crate) struct LineCache {
    lines: Vec<Option<Line>>,
    /// How many were to be kept, up to [`WARMUP`].
    count: u32,
}

impl LineCache {
    /// The bytes of the statement ahead in `text`, if it was kept in the same state.
    #[inline(always)]
    pub(crate) fn find(&self, text: &[u8], ahead: &Ahead, state: LineState) -> Option<&[u8]> {
        let line = self.lines.get(ahead.hash as usize % LINES)?.as_ref()?;
        let is_same = line.state == state
            && line.text.get(..line.text_length.into()) == text.get(ahead.start..ahead.end);
        if is_same { line.code.get(..line.code_length.into()) } else { None }
    }

    /// Keeps the bytes of the statement ahead in `text`.
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

/// Bytes in a room of fixed size, and how many; none if they are too many.
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
