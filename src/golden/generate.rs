//! Inputs that are made instead of stored: `stdin_from = "words 1048576"` in the `.toml` of a case.

/// An input that is made: its kind and its length in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generator {
    kind: Kind,
    length: usize,
}

/// What an input consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bytes,
    Lines,
    Words,
}

const KINDS: [(&str, Kind); 3] =
    [("bytes", Kind::Bytes), ("lines", Kind::Lines), ("words", Kind::Words)];

/// Longest input that is made.
const MAX_LENGTH: usize = 64 << 20;

const WORDS: &[&str] = &[
    "the",
    "quick",
    "brown",
    "fox",
    "jumps",
    "over",
    "a",
    "lazy",
    "dog",
    "while",
    "ports",
    "carry",
    "bytes",
    "between",
    "guest",
    "and",
    "host",
    "Interrupt",
    "PAGE",
    "Table",
    "stack",
    "16",
    "32",
    "64",
    "real",
    "protected",
    "long",
    "mode;",
    "\t!",
    "(x)",
    "a-b",
];

impl Generator {
    /// The generator that `text` names, as `KIND LENGTH`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let names = || KINDS.iter().map(|kind| kind.0).collect::<Vec<_>>().join(", ");
        let (name, length) = text.split_once(' ').unwrap_or((text, ""));
        let kind = KINDS.iter().find(|kind| kind.0 == name);
        let kind = kind.ok_or_else(|| format!("the kinds of input are {}", names()))?;
        let length = length.trim().parse::<usize>();
        let length = length.map_err(|_| format!("a length follows the kind: `{name} 1000`"))?;
        if length > MAX_LENGTH {
            return Err(format!("an input has at most {MAX_LENGTH} bytes"));
        }
        Ok(Self { kind: kind.1, length })
    }

    /// The input.
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self.kind {
            Kind::Bytes => bytes(self.length),
            Kind::Lines => lines(self.length),
            Kind::Words => words(self.length),
        }
    }
}

/// All bytes from 0 to 255, over and over.
fn bytes(length: usize) -> Vec<u8> {
    (0..=u8::MAX).cycle().take(length).collect()
}

/// The numbers from 1 on, one in a line. The last line may be cut.
fn lines(length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(length + 20);
    let mut number = 1u64;
    while out.len() < length {
        out.extend_from_slice(format!("{number}\n").as_bytes());
        number += 1;
    }
    out.truncate(length);
    out
}

/// Lines of 1 to 15 words, drawn by a linear congruential generator. The last line ends with a
/// newline.
fn words(length: usize) -> Vec<u8> {
    let mut state: u64 = 12345;
    let mut draw = |below: u64| {
        state = (state * 1_103_515_245 + 12345) % (1 << 31);
        (state >> 16) % below
    };
    let mut out = Vec::with_capacity(length + 200);
    while out.len() < length {
        let count = 1 + draw(15);
        for number in 0..count {
            if number > 0 {
                out.push(b' ');
            }
            let word = usize::try_from(draw(WORDS.len() as u64)).ok().and_then(|at| WORDS.get(at));
            out.extend_from_slice(word.unwrap_or(&"").as_bytes());
        }
        out.push(b'\n');
    }
    out.truncate(length.saturating_sub(1));
    if length > 0 {
        out.push(b'\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_have_the_length_that_is_asked_for() {
        for (name, kind) in KINDS {
            for length in [0, 1, 2, 255, 1000, 4097] {
                assert_eq!(Generator { kind, length }.bytes().len(), length, "{name}");
            }
        }
    }

    #[test]
    fn inputs_are_what_they_are_called() {
        assert_eq!(lines(8), b"1\n2\n3\n4\n");
        assert_eq!(bytes(258)[254..], [254, 255, 0, 1]);
        assert!(words(100).starts_with(b"a guest long quick\nprotected "));
        assert!(words(1 << 20).ends_with(b"\n"));
    }

    #[test]
    fn names_and_lengths_are_checked() {
        assert_eq!(Generator::parse("lines 4").map(|g| g.bytes()), Ok(b"1\n2\n".to_vec()));
        let kinds = "the kinds of input are bytes, lines, words";
        assert_eq!(Generator::parse("letters 4"), Err(kinds.to_owned()));
        assert!(Generator::parse("lines").is_err());
        assert!(Generator::parse("lines many").is_err());
        assert!(Generator::parse("lines 99999999999").is_err());
    }
}
