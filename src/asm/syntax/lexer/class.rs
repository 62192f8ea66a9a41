//! A table of the tokens that each byte can begin or continue.

/// The kind of token that a byte begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// White space within a line, including a carriage return.
    Space,
    /// The end of a line.
    Newline,
    /// A name: a letter, `.`, `_`, `@`, or a byte of a character beyond ASCII.
    Name,
    /// A number.
    Digit,
    /// A string.
    Quote,
    /// `;`
    Comment,
    /// `%`
    Percent,
    /// `$`
    Dollar,
    /// `?`, an operator or part of a name.
    Question,
    /// An operator or a bracket.
    Operator,
    /// `\`
    Backslash,
    /// Nothing.
    Other,
}

static CLASSES: [Class; 256] = {
    let mut table = [Class::Other; 256];
    let mut byte = 0u8;
    loop {
        table[byte as usize] = match byte {
            b' ' | b'\t' | 0x0B | 0x0C | b'\r' => Class::Space,
            b'\n' => Class::Newline,
            b'A'..=b'Z' | b'a'..=b'z' | b'.' | b'_' | b'@' | 0x80..=0xFF => Class::Name,
            b'0'..=b'9' => Class::Digit,
            b'\'' | b'"' | b'`' => Class::Quote,
            b';' => Class::Comment,
            b'%' => Class::Percent,
            b'$' => Class::Dollar,
            b'?' => Class::Question,
            b'+' | b'-' | b'*' | b'/' | b'<' | b'>' | b'&' | b'|' | b'^' | b'=' | b'!' | b'~'
            | b':' | b',' | b'(' | b')' | b'[' | b']' | b'{' | b'}' => Class::Operator,
            b'\\' => Class::Backslash,
            _ => Class::Other,
        };
        if byte == 255 {
            break;
        }
        byte += 1;
    }
    table
};

/// A byte that can continue a name.
const IN_NAME: u8 = 1;
/// A `.`.
const DOT: u8 = 2;

static NAME_BYTES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        if matches!(CLASSES[byte], Class::Name | Class::Digit | Class::Question)
            || matches!(byte, 0x23 | 0x24 | 0x7E)
        // # $ ~
        {
            table[byte] = if byte == 0x2E { IN_NAME | DOT } else { IN_NAME };
        }
        byte += 1;
    }
    table
};

/// The kind of token that `byte` begins.
#[inline]
pub(super) fn class(byte: u8) -> Class {
    CLASSES[usize::from(byte)]
}

/// Whether `byte` can continue a name.
#[inline]
pub(super) fn is_name_byte(byte: u8) -> bool {
    NAME_BYTES[usize::from(byte)] != 0
}

/// The length of the name at the start of `bytes`, and whether it contains a `.` after its first
/// byte.
#[inline(always)]
pub(super) fn name_length(bytes: &[u8]) -> (usize, bool) {
    let (mut length, mut seen) = (1, 0);
    while let Some(&byte) = bytes.get(length) {
        let kind = NAME_BYTES[usize::from(byte)];
        if kind == 0 {
            break;
        }
        seen |= kind;
        length += 1;
    }
    (length, seen & DOT != 0)
}
