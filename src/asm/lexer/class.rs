//! What each byte can begin or continue, as a table. Knows nothing of tokens.

/// What a byte begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// White space within a line; a carriage return counts as such.
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

const CLASSES: [Class; 256] = {
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

const NAME_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = matches!(CLASSES[byte], Class::Name | Class::Digit | Class::Question)
            || matches!(byte, 0x23 | 0x24 | 0x7E); // # $ ~
        byte += 1;
    }
    table
};

/// What `byte` begins.
#[inline]
pub(super) fn class(byte: u8) -> Class {
    CLASSES[usize::from(byte)]
}

/// Whether a name can go on with `byte`.
#[inline]
pub(super) fn is_name_byte(byte: u8) -> bool {
    NAME_BYTES[usize::from(byte)]
}

/// How many bytes of a name `bytes` begins with.
#[inline]
pub(super) fn name_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|&b| !is_name_byte(b)).unwrap_or(bytes.len())
}
