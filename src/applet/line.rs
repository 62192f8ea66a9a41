//! An applet as one line that fits a message: `applet:1:` and base64url of the deflated text.
//!
//! Knows nothing of what the text says. What comes back is bounded, whatever the line claims.

use crate::diagnostic::text::{from_bytes, to_bytes};
use base64ct::{Base64UrlUnpadded, Encoding};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

/// What a line begins with.
const SCHEME: &str = "applet:";
/// The version of the format.
const VERSION: &str = "1:";
/// Largest text in a line.
pub const LIMIT: usize = 8 << 20;
/// The most that deflate does.
const LEVEL: u8 = 10;

/// Whether `text` is meant as such a line.
#[must_use]
pub fn is_line(text: &str) -> bool {
    let rest = text.trim_start().strip_prefix(SCHEME);
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// The line for a text.
#[must_use]
pub fn encode(text: &str) -> String {
    let bytes = compress_to_vec(&to_bytes(text), LEVEL);
    [SCHEME, VERSION, &Base64UrlUnpadded::encode_string(&bytes)].concat()
}

/// The text of a line; white space in it, as mail programs add it, does not matter.
///
/// # Errors
/// Why there is none.
pub fn decode(line: &str) -> Result<String, String> {
    let line: String = line.split_whitespace().collect();
    let Some(data) = line.strip_prefix(SCHEME).and_then(|rest| rest.strip_prefix(VERSION)) else {
        return Err("this version reads lines that begin with `applet:1:`".to_owned());
    };
    let damaged = |why: &str| format!("the line is damaged or not whole: {why}");
    let bytes = Base64UrlUnpadded::decode_vec(data).map_err(|_| damaged("it is not base64url"))?;
    let text = decompress_to_vec_with_limit(&bytes, LIMIT).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => format!("its text is larger than {} MiB", LIMIT >> 20),
        _ => damaged("it does not decompress"),
    })?;
    Ok(from_bytes(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back() {
        for text in ["", "hlt\n", "é\u{0}\n", &"nop\n".repeat(10_000)] {
            let line = encode(text);
            assert!(is_line(&line) && line.is_ascii() && !line.contains(['+', '/', '=', ' ']));
            assert_eq!(decode(&line).as_deref(), Ok(text));
        }
        assert!(encode(&"nop\n".repeat(10_000)).len() < 200);
    }

    #[test]
    fn another_program_agrees() {
        // python3: zlib.compressobj(9, zlib.DEFLATED, -15), base64.urlsafe_b64encode
        assert_eq!(decode("applet:1:y8gp4QIA").as_deref(), Ok("hlt\n"));
        assert_eq!(decode(" applet:1:y8gp\n  4QIA\r\n").as_deref(), Ok("hlt\n"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!(!is_line("hlt") && !is_line("applet:x"));
        assert!(is_line("applet:2:x"));
        for (line, part) in [
            ("applet:2:y8gp4QIA", "`applet:1:`"),
            ("applet:1:y8gp4QI", "damaged"),
            ("applet:1:y8gp", "damaged"),
            ("applet:1:y8g+", "damaged"),
            ("applet:1:é", "damaged"),
            ("applet:1:", "damaged"),
        ] {
            let error = decode(line).unwrap_err();
            assert!(error.contains(part), "{line}: {error}");
        }
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let line = encode(&"\0".repeat(LIMIT + 1));
        assert!(line.len() < 20_000);
        assert!(decode(&line).unwrap_err().contains("larger than 8 MiB"));
        assert_eq!(decode(&encode(&"\0".repeat(LIMIT))).unwrap().len(), LIMIT);
    }
}
