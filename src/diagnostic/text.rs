//! Source text that may hold bytes which are not UTF-8, kept in a `String`.
//!
//! NASM reads bytes: an accented name in a comment may be Latin-1, and the characters of a box in
//! `db` may be those of code page 437. So each byte that is not part of a UTF-8 character becomes one
//! character, `BASE` plus the byte, and where the assembler emits bytes it becomes that byte
//! again. [`from_bytes`] and [`to_bytes`] are inverse to each other for every sequence of bytes.

use std::borrow::Cow;

/// What is added to a byte: the characters for 0x80 to 0xFF are the last of a private area.
const BASE: u32 = 0x10_FF00;

/// The first two bytes in UTF-8 of every character that stands for a byte.
const LEAD: [u8; 2] = [0xF4, 0x8F];

/// The byte that a character stands for, if it stands for one.
fn byte(character: char) -> Option<u8> {
    let byte = u8::try_from(u32::from(character).checked_sub(BASE)?).ok()?;
    (byte >= 0x80).then_some(byte)
}

fn push_byte(out: &mut String, byte: u8) {
    out.extend(char::from_u32(BASE + u32::from(byte)));
}

fn may_have_bytes(text: &[u8]) -> bool {
    text.contains(&LEAD[0])
}

/// The text for these bytes.
#[must_use]
pub fn from_bytes(bytes: Vec<u8>) -> String {
    let bytes = match String::from_utf8(bytes) {
        Ok(text)
            if !may_have_bytes(text.as_bytes()) || !text.chars().any(|c| byte(c).is_some()) =>
        {
            return text;
        }
        Ok(text) => text.into_bytes(),
        Err(error) => error.into_bytes(),
    };
    let mut out = String::with_capacity(bytes.len() + bytes.len() / 8);
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            // A character that already looks like one of ours is taken apart, so that its bytes
            // come back.
            match byte(character) {
                None => out.push(character),
                Some(_) => {
                    let mut room = [0; 4];
                    let bytes = character.encode_utf8(&mut room).bytes();
                    bytes.for_each(|byte| push_byte(&mut out, byte));
                }
            }
        }
        chunk.invalid().iter().for_each(|&byte| push_byte(&mut out, byte));
    }
    out
}

/// The bytes of a text.
#[must_use]
pub fn to_bytes(text: &str) -> Cow<'_, [u8]> {
    if !may_have_bytes(text.as_bytes()) {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut out = Vec::with_capacity(text.len());
    for character in text.chars() {
        match byte(character) {
            Some(byte) => out.push(byte),
            None => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Cow::Owned(out)
}

/// The text as it can be shown to people: with U+FFFD for each byte that is not UTF-8.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !may_have_bytes(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let shown = |c| if byte(c).is_some() { char::REPLACEMENT_CHARACTER } else { c };
    Cow::Owned(text.chars().map(shown).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sequence_of_bytes_comes_back() {
        let all: Vec<u8> = (0..=255).collect();
        let twice: Vec<u8> = "é\u{10FFE9}\u{10FF7F}".bytes().chain(all.iter().copied()).collect();
        for bytes in [all, twice, b"plain".to_vec(), "\u{FFFD}ü".into(), b"\xF4\x8F\xBF".to_vec()]
        {
            assert_eq!(*to_bytes(&from_bytes(bytes.clone())), *bytes);
        }
    }

    #[test]
    fn a_byte_is_shown_as_one_character() {
        let text = from_bytes(b"caf\xE9 \xC3\xA9".to_vec());
        assert_eq!(visible(&text), "caf\u{FFFD} é");
        assert_eq!(text.chars().count(), 6);
    }
}
