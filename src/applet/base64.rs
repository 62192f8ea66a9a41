//! Base64 (RFC 4648): bytes as text of 64 characters, four for three bytes.
//!
//! Reads only what it would write, so that no two texts mean the same bytes. Knows nothing of what
//! the bytes are.

/// The characters, and whether `=` fills up the last group.
#[derive(Debug)]
pub(crate) struct Base64 {
    alphabet: &'static [u8; 64],
    is_padded: bool,
}

/// RFC 4648, section 4.
pub(crate) const STANDARD: Base64 = Base64 {
    alphabet: b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    is_padded: true,
};

/// RFC 4648, section 5, without padding: for file names, addresses and messages.
pub(super) const URL: Base64 = Base64 {
    alphabet: b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    is_padded: false,
};

impl Base64 {
    /// The text of `bytes`.
    pub(crate) fn encode(&self, bytes: &[u8]) -> String {
        let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
        for group in bytes.chunks(3) {
            let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
            let word = byte(0) << 16 | byte(1) << 8 | byte(2);
            for digit in 0..4 {
                let index = (word >> (18 - 6 * digit) & 63) as usize;
                match self.alphabet.get(index) {
                    Some(&c) if digit <= group.len() => out.push(char::from(c)),
                    _ if self.is_padded => out.push('='),
                    _ => {}
                }
            }
        }
        out
    }

    /// The bytes of `text`; none if it is not what [`encode`](Self::encode) makes.
    pub(super) fn decode(&self, text: &str) -> Option<Vec<u8>> {
        let digits = if self.is_padded { text.trim_end_matches('=') } else { text };
        let mut out = Vec::with_capacity(digits.len() / 4 * 3 + 2);
        for group in digits.as_bytes().chunks(4) {
            let mut word = 0u32;
            for at in 0..4 {
                let digit = match group.get(at) {
                    Some(c) => self.alphabet.iter().position(|known| known == c)?,
                    None => 0,
                };
                word = word << 6 | u32::try_from(digit).ok()?;
            }
            let [_, bytes @ ..] = word.to_be_bytes();
            out.extend_from_slice(bytes.get(..group.len().checked_sub(1)?)?);
        }
        (self.encode(&out) == text).then_some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard() {
        // RFC 4648, section 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(STANDARD.encode(bytes.as_bytes()), text);
            assert_eq!(STANDARD.decode(text).as_deref(), Some(bytes.as_bytes()));
            let bare = text.trim_end_matches('=');
            assert_eq!(URL.encode(bytes.as_bytes()), bare);
            assert_eq!(URL.decode(bare).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(
            (STANDARD.encode(b"\xFB\xFF"), URL.encode(b"\xFB\xFF")),
            ("+/8=".into(), "-_8".into())
        );
    }

    #[test]
    fn every_byte_comes_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(URL.decode(&URL.encode(&bytes)), Some(bytes.clone()));
        assert_eq!(STANDARD.decode(&STANDARD.encode(&bytes)), Some(bytes));
    }

    #[test]
    fn what_is_not_written_so_is_not_read() {
        for text in ["Z", "Zg", "Zg=", "Zh==", "Zg===", "Z===", "=", "Zm9v=", "Zm 9v", "Zm9-", "é"]
        {
            assert_eq!(STANDARD.decode(text), None, "{text}");
        }
        for text in ["Z", "Zg==", "Zh", "+/8", "Zm9vZ"] {
            assert_eq!(URL.decode(text), None, "{text}");
        }
    }
}
