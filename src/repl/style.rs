//! Colours, where there are any, and text that cannot harm a terminal.

use std::fmt::Write as _;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A name: a register, a label, a command.
    Name,
    /// A value that was.
    Old,
    /// A value that is.
    New,
    /// Said aside.
    Note,
    /// Something went wrong.
    Error,
}

impl Style {
    const fn code(self) -> &'static str {
        match self {
            Self::Name => "36",
            Self::Old | Self::Note => "2",
            Self::New => "1;32",
            Self::Error => "1;31",
        }
    }
}

/// Puts colours on text, or leaves it as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Painter {
    /// Whether there are colours.
    pub colour: bool,
}

impl Painter {
    /// The text in its colour.
    #[must_use]
    pub fn paint(self, style: Style, text: &str) -> String {
        if self.colour { format!("\x1b[{}m{text}\x1b[0m", style.code()) } else { text.to_owned() }
    }
}

/// Bytes as one line of printable text: what is not printable is escaped as in NASM's backquotes.
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                c if c.is_control() => {
                    let _ = write!(out, "\\x{:02x}", u32::from(c));
                }
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// Bytes as characters, one each: a dot for what is not printable ASCII.
#[must_use]
pub fn characters(bytes: &[u8]) -> String {
    let char = |b: &u8| if (0x20..0x7F).contains(b) { char::from(*b) } else { '.' };
    bytes.iter().map(char).collect()
}

/// Passes on what a guest prints so that it cannot act on the terminal: of the control characters
/// only line ends, carriage returns and tabs remain, the others are shown.
#[derive(Debug)]
pub struct Filter<W> {
    to: W,
    /// The beginning of a character whose end is still to come.
    partial: Vec<u8>,
}

impl<W> Filter<W> {
    /// Passes on to `to`.
    pub const fn new(to: W) -> Self {
        Self { to, partial: Vec::new() }
    }
}

impl<W: std::io::Write> std::io::Write for Filter<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut all = std::mem::take(&mut self.partial);
        all.extend_from_slice(bytes);
        let mut out = String::new();
        let mut chunks = all.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            for c in chunk.valid().chars() {
                if c.is_control() && !['\n', '\r', '\t'].contains(&c) {
                    let _ = write!(out, "\\x{:02x}", u32::from(c));
                } else {
                    out.push(c);
                }
            }
            // An incomplete character at the end may be completed by the next write.
            if chunks.peek().is_none() && is_partial(chunk.invalid()) {
                self.partial = chunk.invalid().to_vec();
                break;
            }
            for byte in chunk.invalid() {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
        self.to.write_all(out.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

/// Whether bytes are the beginning of a character, and not all of it.
fn is_partial(bytes: &[u8]) -> bool {
    let length = match bytes.first() {
        Some(0xC2..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(0xF0..=0xF4) => 4,
        _ => return false,
    };
    bytes.len() < length && bytes.iter().skip(1).all(|b| b & 0xC0 == 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn no_control_sequence_passes() {
        let mut filter = Filter::new(Vec::new());
        for part in [&b"a\x1b[2J\n"[..], b"\xc3", b"\xa9\xff\t", b"\xc2\x9bK", b"\x7f"] {
            filter.write_all(part).unwrap();
        }
        assert_eq!(filter.to, "a\\x1b[2J\né\\xff\t\\x9bK\\x7f".as_bytes());
    }

    #[test]
    fn escaped_text_is_one_line() {
        assert_eq!(escape(b"a\n\"\\\x1b\xff"), "a\\n\\\"\\\\\\x1b\\xff");
        assert_eq!(characters(b"a\n\xff"), "a..");
    }
}
