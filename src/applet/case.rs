//! A case that an applet carries in its own file: `; /// case NAME` up to `; ///`.
//!
//! The lines are the TOML of a golden case, and its streams. `; stdin:`, `; stdout:` and
//! `; stderr:` begin a stream; one without lines is empty. Each line of it says how it ends:
//! ```text
//! ; | a line           with its newline
//! ; + a part           with nothing behind it
//! ; = AAEC/w==         bytes in base64
//! ```
//! In the first two `\` begins an escape: `\t`, `\r`, `\\`, `\xNN` for ASCII, `\u{N}` for the rest.
//! What would be lost on the way is written so: blanks at the end, characters that cannot be seen,
//! and a `\` at the end of a line, which joins it to the next one for an assembler.
//!
//! Text to bytes and back, exactly. Does not know what is expected of a case.

use super::block;
use base64ct::{Base64, Encoding};
use std::fmt::Write as _;
use std::ops::Range;

/// The streams of a case, by name.
pub const STREAMS: [&str; 3] = ["stdin", "stdout", "stderr"];

/// Cases that one text carries, at most.
const CASES: usize = 1000;

/// Characters of a stream in one line.
const WIDTH: usize = 400;

/// Bytes of a stream in one line of base64.
const ROW: usize = 57;

/// What a case holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// Its TOML. When read from a text: blanks for all that is not TOML, so that an offset in it is
    /// an offset in the block.
    pub toml: String,
    /// The bytes of each of the [`STREAMS`] that it has.
    pub streams: [Option<Vec<u8>>; 3],
}

/// A case in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// What it holds.
    pub case: Case,
    /// Its lines, fences included.
    pub whole: Range<usize>,
    /// Where its TOML begins.
    pub base: usize,
}

/// What is wrong with a case in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub range: Range<usize>,
    /// What.
    pub message: String,
}

/// The cases that `text` carries, and what is wrong with them.
#[must_use]
pub fn read(text: &str) -> (Vec<Embedded>, Vec<Problem>) {
    let (mut cases, mut problems) = (Vec::<Embedded>::new(), Vec::new());
    for (line, word) in block::fences(text) {
        let Some(name) = word.strip_prefix("case").filter(|r| r.is_empty() || r.starts_with(' '))
        else {
            continue;
        };
        let mut wrong = |range, message: String| problems.push(Problem { range, message });
        if cases.len() >= CASES {
            wrong(line, format!("more than {CASES} cases: those from here on are not read"));
            break;
        }
        let name = name.trim();
        if let Err(reason) = check_name(name) {
            wrong(line.clone(), reason);
        } else if cases.iter().any(|known| known.case.name == name) {
            wrong(line.clone(), format!("a second case `{name}`"));
        }
        let Some(body) = block::body(text, &line) else {
            wrong(line, "this case is not closed: end it with a line `; ///`".to_owned());
            continue;
        };
        match read_body(text, &body) {
            Ok((toml, streams)) => cases.push(Embedded {
                case: Case { name: name.to_owned(), toml, streams },
                whole: block::whole(text, &line, &body),
                base: body.start,
            }),
            Err(problem) => problems.push(problem),
        }
    }
    (cases, problems)
}

/// Whether `name` can be the name of a case.
///
/// # Errors
/// What a name looks like.
pub fn check_name(name: &str) -> Result<(), String> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if !name.is_empty() && name.len() <= 64 && name.bytes().all(is_plain) {
        return Ok(());
    }
    let shown = name.escape_debug();
    Err(format!("`{shown}` is no name for a case: letters, digits, `-`, `_` and `.`, at most 64"))
}

type Streams = [Option<Vec<u8>>; 3];

fn read_body(text: &str, body: &Range<usize>) -> Result<(String, Streams), Problem> {
    let mut toml = String::with_capacity(body.len());
    let mut streams = Streams::default();
    let mut current = None;
    let mut at = body.start;
    for line in text.get(body.clone()).unwrap_or_default().split_inclusive('\n') {
        let range = at..at + line.trim_end().len();
        at += line.len();
        let (indent, content) = line.split_once(';').unwrap_or((line, ""));
        let word = content.trim_start();
        let begins = STREAMS.iter().position(|s| word.trim_end().strip_suffix(':') == Some(s));
        let wrong = |message: &str| Problem { range: range.clone(), message: message.to_owned() };
        if let Some(number) = begins {
            let Some(stream) = streams.get_mut(number).filter(|s| s.is_none()) else {
                return Err(wrong("this stream is given twice"));
            };
            *stream = Some(Vec::new());
            current = Some(number);
        } else if let Some(mark @ ('|' | '+' | '=')) = word.chars().next() {
            let to = current.and_then(|n| streams.get_mut(n)).and_then(Option::as_mut);
            let to = to.ok_or_else(|| {
                wrong("a line `; stdin:`, `; stdout:` or `; stderr:` is missing before this")
            })?;
            let data = word.get(1..).unwrap_or_default().trim_end_matches(['\n', '\r']);
            let data = data.strip_prefix(' ').unwrap_or(data);
            let decoded = if mark == '=' { decode_base64(data, to) } else { decode(data, to) };
            decoded.map_err(|message| wrong(&message))?;
            if mark == '|' {
                to.push(b'\n');
            }
        } else {
            toml.extend([indent, " ", content]);
            continue;
        }
        toml.extend(line.chars().flat_map(|c| std::iter::repeat_n(blank(c), c.len_utf8())));
    }
    Ok((toml, streams))
}

const fn blank(c: char) -> char {
    if matches!(c, '\n' | '\r') { c } else { ' ' }
}

fn decode_base64(data: &str, to: &mut Vec<u8>) -> Result<(), String> {
    to.extend(Base64::decode_vec(data.trim()).map_err(|_| "this is not base64")?);
    Ok(())
}

/// Undoes the escapes of a line.
fn decode(data: &str, to: &mut Vec<u8>) -> Result<(), String> {
    let mut rest = data;
    while let Some((plain, escape)) = rest.split_once('\\') {
        to.extend(plain.as_bytes());
        let mut after = escape.chars();
        let byte = match after.next() {
            Some('t') => b'\t',
            Some('r') => b'\r',
            Some('\\') => b'\\',
            Some('x') => {
                let digits = escape.get(1..3).ok_or("`\\x` needs two digits")?;
                after = escape.get(3..).unwrap_or_default().chars();
                let byte = u8::from_str_radix(digits, 16).ok().filter(|b| b.is_ascii());
                byte.ok_or_else(|| format!("`\\x{digits}` is no ASCII character"))?
            }
            Some('u') => {
                let (digits, tail) = escape
                    .get(1..)
                    .and_then(|t| t.strip_prefix('{')?.split_once('}'))
                    .ok_or("`\\u` needs a number in braces")?;
                let number = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
                let c = number.ok_or_else(|| format!("`\\u{{{digits}}}` is no character"))?;
                to.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = tail;
                continue;
            }
            _ => return Err("after `\\` comes t, r, \\, xNN or u{N}".to_owned()),
        };
        to.push(byte);
        rest = after.as_str();
    }
    to.extend(rest.as_bytes());
    Ok(())
}

impl Case {
    /// The block that carries it.
    ///
    /// # Errors
    /// Why no comment can carry it.
    pub fn print(&self) -> Result<String, String> {
        check_name(&self.name)?;
        let mut out = format!("; /// case {}\n", self.name);
        for line in self.toml.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
            if line.ends_with('\\') || line.trim_start().starts_with(['|', '+', '=']) {
                return Err("a line of its TOML ends in `\\`".to_owned());
            }
            let _ = writeln!(out, "; {}", line.trim_start());
        }
        for (name, bytes) in STREAMS.iter().zip(&self.streams) {
            let Some(bytes) = bytes else { continue };
            let _ = writeln!(out, "; {name}:");
            match as_text(bytes) {
                Some(text) => print_text(&mut out, text),
                None => {
                    for row in bytes.chunks(ROW) {
                        let _ = writeln!(out, "; = {}", Base64::encode_string(row));
                    }
                }
            }
        }
        out.push_str("; ///\n");
        Ok(out)
    }

    /// How many bytes its streams have.
    #[must_use]
    pub fn size(&self) -> usize {
        self.streams.iter().flatten().map(Vec::len).sum()
    }
}

/// The bytes as text, if they read as one: not more than an eighth is escaped.
fn as_text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let odd = text.chars().filter(|&c| !is_plain(c) && c != '\n' && c != '\t').count();
    (odd <= bytes.len() / 8).then_some(text)
}

/// Whether a character can stand for itself in a comment.
fn is_plain(c: char) -> bool {
    match c {
        ' '..='~' => true,
        // Those that show nothing, and those that change the order of what is shown, are escaped.
        c => !c.is_ascii() && c.escape_debug().len() == 1,
    }
}

fn print_text(out: &mut String, text: &str) {
    for line in text.split_inclusive('\n') {
        let (content, is_ended) = line.strip_suffix('\n').map_or((line, false), |l| (l, true));
        let mut rest = content;
        loop {
            let cut = rest.char_indices().nth(WIDTH).map_or(rest.len(), |(at, _)| at);
            let (part, tail) = rest.split_at(cut);
            rest = tail;
            let mark = if rest.is_empty() && is_ended { '|' } else { '+' };
            let escaped = escape(part);
            let blank = if escaped.is_empty() { "" } else { " " };
            let _ = writeln!(out, "; {mark}{blank}{escaped}");
            if rest.is_empty() {
                break;
            }
        }
    }
}

fn escape(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    let last = part.len() - part.chars().next_back().map_or(0, char::len_utf8);
    for (at, c) in part.char_indices() {
        match c {
            ' ' | '\\' if at == last => {
                let _ = write!(out, "\\x{:02X}", u32::from(c));
            }
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_plain(c) => out.push(c),
            c if c.is_ascii() => {
                let _ = write!(out, "\\x{:02X}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\u{{{:X}}}", u32::from(c));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(bytes: &[u8]) -> String {
        let streams = [Some(bytes.to_vec()), None, Some(Vec::new())];
        let case = Case { name: "a.b".to_owned(), toml: "exit = 1\n".to_owned(), streams };
        let block = case.print().unwrap();
        assert!(block.is_ascii() || std::str::from_utf8(bytes).is_ok());
        let text = format!("bits 64\n{block}hlt\n");
        let (cases, problems) = read(&text);
        assert_eq!(problems, []);
        assert_eq!(cases[0].case.streams, case.streams, "{block}");
        assert_eq!(cases[0].case.toml.trim(), "exit = 1");
        assert_eq!(&text[cases[0].whole.clone()], block);
        // No line of it joins the next one, and none ends in a blank.
        assert!(block.lines().all(|line| !line.ends_with(['\\', ' '])), "{block}");
        block
    }

    #[test]
    fn text_is_readable_and_exact() {
        let block = round_trip("one\n  two\n\né\tand no end".as_bytes());
        let expected = "; /// case a.b\n; exit = 1\n; stdin:\n; | one\n; |   two\n; |\n\
                        ; + é\\tand no end\n; stderr:\n; ///\n";
        assert_eq!(block, expected);
        assert!(round_trip(b"a \\\n").contains("; | a \\x5C\n"));
        assert!(round_trip(b"a b \n").contains("; | a b\\x20\n"));
        assert!(
            round_trip("long \u{202e}evil\u{0} and a lot more\n".as_bytes())
                .contains("\\u{202E}evil\\x00")
        );
    }

    #[test]
    fn every_input_comes_back() {
        for bytes in [
            &b""[..],
            b"\n",
            b"\n\n",
            b" ",
            b"\\",
            b"\\\n",
            b"\r\n",
            b"\r",
            b"\t \n \t",
            b"\xFF",
            b"\0",
            b"; ///\n",
            b"///",
            b"| x\n",
            b"+ x",
            b"a\\x41\\u{41}\\\\",
            b"\x7f abcdefghijk\n",
        ] {
            round_trip(bytes);
        }
        round_trip(&(0..=255).collect::<Vec<u8>>());
        round_trip("é".repeat(3000).as_bytes());
        round_trip(("x".repeat(WIDTH) + "\n").as_bytes());
        round_trip((" ".repeat(WIDTH * 2 + 1) + "\n").as_bytes());
    }

    #[test]
    fn offsets_in_the_toml_are_offsets_in_the_text() {
        let text = "; /// case x\n; stdin:\n; | é\n  ; exot = 1\n; ///\n";
        let found = read(text).0.remove(0);
        let at = found.case.toml.find("exot").unwrap();
        assert_eq!(text[found.base + at..].find("exot"), Some(0));
    }

    #[test]
    fn mistakes_have_a_place() {
        let message = |text: &str| {
            let problems = read(text).1;
            assert_eq!(problems.len(), 1, "{problems:?}");
            (text[problems[0].range.clone()].to_owned(), problems[0].message.clone())
        };
        let of = |line: &str| message(&format!("; /// case x\n; stdout:\n{line}\n; ///\n"));
        assert_eq!(of("; | \\q").0, "; | \\q");
        for (line, part) in [
            ("; = ?", "not base64"),
            ("; | \\x4", "two digits"),
            ("; | \\xFF", "no ASCII"),
            ("; | \\xé", "no ASCII"),
            ("; | \\u{D800}", "no character"),
            ("; | \\u41", "braces"),
            ("; | \\", "after `\\`"),
            ("; stdout:", "twice"),
        ] {
            assert!(of(line).1.contains(part), "{line}: {:?}", of(line));
        }
        assert!(message("; /// case x\n; | a\n; ///\n").1.contains("missing before"));
        assert!(message("; /// case\n; ///\n").1.contains("no name"));
        assert!(message("; /// case a/b\n; ///\n").1.contains("no name"));
        assert!(message("; /// case x\n; stdin:\n").1.contains("not closed"));
        assert!(message("; /// case x\n; ///\n; /// case x\n; ///\n").1.contains("second"));
    }

    #[test]
    fn there_is_an_end_to_them() {
        let text: String = (0..2000).map(|n| format!("; /// case c{n}\n; ///\n")).collect();
        let (cases, problems) = read(&text);
        assert_eq!((cases.len(), problems.len()), (CASES, 1));
    }

    #[test]
    fn windows_line_ends_are_line_ends() {
        let (cases, problems) = read("; /// case x\r\n; stdout:\r\n; | a\r\n; ///\r\n");
        assert_eq!(problems, []);
        assert_eq!(cases[0].case.streams[1].as_deref(), Some(&b"a\n"[..]));
    }
}
