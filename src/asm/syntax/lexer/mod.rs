//! The lexer: one line of text in, its tokens out.
//!
//! It classifies bytes with a table and does not allocate per token. A [`Filter`] tells which names
//! cannot be macros. The lexer reports no errors: characters that form no token become
//! [`TokenKind::Unknown`], and [`explain`] makes the diagnostic.

pub mod filter;
pub mod number;
pub mod string;

mod class;
mod problem;
#[cfg(test)]
mod tests;

use super::hash;
use super::index;
use super::token::{Origin, Punctuation, Token, TokenKind};
use super::word::WordId;
use crate::diagnostic::{FileId, Span};
use class::{Class, class, is_name_byte, name_length};
use filter::Filter;
pub use problem::explain;
pub use string::decode as string_bytes;

/// Facts about a line besides its tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Where the next line begins.
    pub next: usize,
    /// Whether it has [`TokenKind::Preprocessor`] tokens.
    pub has_preprocessor: bool,
    /// Whether it has a name that may be a macro.
    pub has_macro: bool,
    /// Whether it has [`TokenKind::Unknown`] tokens.
    pub has_unknown: bool,
    /// Whether it has a number that does not fit in 64 bits.
    pub has_overflow: bool,
}

/// Appends to `out` the tokens of the line that begins at byte `start` of `text`, the text of
/// `file`. A `\` at the very end of a line joins the next line to it.
pub fn line(text: &str, file: FileId, start: usize, filter: &Filter, out: &mut Vec<Token>) -> Line {
    let mut lexer = Lexer {
        text: text.as_bytes(),
        at: start,
        file,
        filter,
        line: Line::default(),
        space: false,
        out,
    };
    lexer.run();
    lexer.line.next = lexer.at;
    lexer.line
}

static BLANK: Token = Token::at(Span::NOWHERE, Origin(0));

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    file: FileId,
    filter: &'a Filter,
    line: Line,
    space: bool,
    out: &'a mut Vec<Token>,
}

impl Lexer<'_> {
    /// The byte `ahead` of the current one; a line end after the end of the text.
    #[inline]
    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(b'\n')
    }

    fn run(&mut self) {
        while let Some(&byte) = self.text.get(self.at) {
            match class(byte) {
                Class::Space => {
                    self.at += 1;
                    while self.text.get(self.at) == Some(&b' ') {
                        self.at += 1;
                    }
                    self.space = true;
                }
                Class::Name => self.name(0),
                Class::Digit => self.number(),
                Class::Newline => {
                    self.at += 1;
                    return;
                }
                Class::Comment => self.comment(),
                Class::Quote => self.string(byte),
                Class::Percent => self.percent(),
                Class::Dollar => self.dollar(),
                Class::Question if is_name_byte(self.peek(1)) => self.name(0),
                Class::Question => self.punctuation(Punctuation::Question, 1),
                Class::Operator => self.operator(byte),
                Class::Backslash => self.backslash(),
                Class::Other => self.unknown(1),
            }
        }
    }

    #[inline(always)]
    fn push(&mut self, kind: TokenKind, length: usize, number: u64) {
        self.push_word(kind, length, number, (0, WordId::NONE));
    }

    #[inline(always)]
    fn push_word(
        &mut self,
        kind: TokenKind,
        length: usize,
        number: u64,
        (hash, word): (u32, WordId),
    ) {
        let span = Span::new(self.file, index(self.at), index(self.at + length));
        let (origin, space_before) = (Origin::default(), self.space);
        // Assigning the token in place is faster than copying it from the stack.
        self.out.push(BLANK);
        if let Some(token) = self.out.last_mut() {
            *token = Token { kind, space_before, span, origin, number, hash, word };
        }
        self.space = false;
        self.at += length;
    }

    fn punctuation(&mut self, punctuation: Punctuation, length: usize) {
        self.push(TokenKind::Punctuation(punctuation), length, 0);
    }

    fn preprocessor(&mut self, length: usize) {
        self.line.has_preprocessor = true;
        self.push(TokenKind::Preprocessor, length, 0);
    }

    fn unknown(&mut self, length: usize) {
        self.line.has_unknown = true;
        self.push(TokenKind::Unknown, length, 0);
    }

    /// A name that begins `skip` bytes ahead (after a `$`).
    #[inline]
    fn name(&mut self, skip: usize) {
        let bytes = self.text.get(self.at + skip..).unwrap_or_default();
        let (length, has_dot) = name_length(bytes);
        let name = bytes.get(..length).unwrap_or_default();
        // No word of the language contains a dot, and a name with `$` is never a word of the
        // language.
        let (hash, word) = match has_dot {
            true => (hash::of_name(name), WordId::NONE),
            false => {
                let hash = hash::hash(name);
                (hash, if skip == 0 { WordId::with_hash(name, hash) } else { WordId::NONE })
            }
        };
        self.line.has_macro |= skip == 0 && self.filter.may_hold(hash);
        self.push_word(TokenKind::Identifier, skip + length, 0, (hash, word));
    }

    fn number(&mut self) {
        let scanned = number::scan(self.text.get(self.at..).unwrap_or_default());
        match scanned.kind {
            number::Kind::Integer { value, overflow } => {
                self.line.has_overflow |= overflow;
                self.push(TokenKind::Number, scanned.length, value);
            }
            number::Kind::Float => self.push(TokenKind::Float, scanned.length, 0),
            number::Kind::Malformed if self.is_broadcast(scanned.length) => {
                self.push(TokenKind::Identifier, scanned.length, 0);
            }
            number::Kind::Malformed => self.unknown(scanned.length),
        }
    }

    /// Whether a word of this length is a broadcast such as `1to16`, after a brace.
    fn is_broadcast(&self, length: usize) -> bool {
        let brace = TokenKind::Punctuation(Punctuation::BraceOpen);
        let word = self.text.get(self.at..self.at + length).unwrap_or_default();
        self.out.last().is_some_and(|t| t.kind == brace) && number::is_broadcast(word)
    }

    /// Skips to the end of the line; a `\` at the end continues the comment on the next line.
    fn comment(&mut self) {
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let length = rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
            let body = rest.get(..length).unwrap_or_default();
            let body = body.strip_suffix(b"\r").unwrap_or(body);
            self.at += length;
            if !body.ends_with(b"\\") || length == rest.len() {
                return;
            }
            self.at += 1;
        }
    }

    fn string(&mut self, quote: u8) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let (length, closed) = string::scan(rest, quote);
        if closed { self.push(TokenKind::String, length, 0) } else { self.unknown(length) }
    }

    fn backslash(&mut self) {
        match (self.peek(1), self.peek(2)) {
            (b'\n', _) => self.at += 2,
            (b'\r', b'\n') => self.at += 3,
            _ => return self.unknown(1),
        }
        self.at = self.at.min(self.text.len());
        self.space = true;
    }

    fn dollar(&mut self) {
        match self.peek(1) {
            b'$' => self.push(TokenKind::SectionStart, 2, 0),
            b'0'..=b'9' => self.number(),
            b if class(b) == Class::Name || b == b'?' => self.name(1),
            _ => self.push(TokenKind::Here, 1, 0),
        }
    }

    /// `%` is an operator unless the next character makes it a token of the preprocessor.
    fn percent(&mut self) {
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let digits = |from: usize| {
            let bytes = rest.get(from..).unwrap_or_default();
            bytes.iter().take_while(|b| b.is_ascii_digit()).count()
        };
        let names = |from: usize| {
            let bytes = rest.get(from..).unwrap_or_default();
            bytes.iter().take_while(|&&b| is_name_byte(b)).count()
        };
        match self.peek(1) {
            b'0'..=b'9' => self.preprocessor(1 + digits(0)),
            b'+' => self.preprocessor(2 + digits(1)),
            b'-' if digits(1) > 0 => self.preprocessor(2 + digits(1)),
            b'%' if names(1) > 0 => self.preprocessor(2 + names(1)),
            b'%' => self.punctuation(Punctuation::PercentPercent, 2),
            b'$' => {
                let dollars = rest.iter().take_while(|&&b| b == b'$').count();
                match names(dollars) {
                    0 => self.punctuation(Punctuation::Percent, 1),
                    length => self.preprocessor(1 + dollars + length),
                }
            }
            b'?' => self.preprocessor(if self.peek(2) == b'?' { 3 } else { 2 }),
            b'*' if self.peek(2) == b'?' => {
                self.preprocessor(if self.peek(3) == b'?' { 4 } else { 3 });
            }
            b'[' => self.preprocessor(2),
            b'{' => self.braces(rest),
            b'!' => self.environment(rest, names(1)),
            b if class(b) == Class::Name => self.preprocessor(1 + names(0)),
            _ => self.punctuation(Punctuation::Percent, 1),
        }
    }

    /// `%{…}` is one token.
    fn braces(&mut self, rest: &[u8]) {
        let end = rest.iter().position(|&b| b == b'}' || b == b'\n');
        match end {
            Some(end) if rest.get(end) == Some(&b'}') => self.preprocessor(end + 2),
            end => {
                let length = end.unwrap_or(rest.len());
                let line = rest.get(..length).unwrap_or_default();
                self.unknown(1 + line.trim_ascii_end().len());
            }
        }
    }

    /// `%!name` and `%!'name'` are one token.
    fn environment(&mut self, rest: &[u8], name: usize) {
        match self.peek(2) {
            quote @ (b'\'' | b'"' | b'`') => {
                let (length, closed) = string::scan(rest.get(1..).unwrap_or_default(), quote);
                if closed { self.preprocessor(2 + length) } else { self.unknown(2 + length) }
            }
            _ if name > 0 => self.preprocessor(2 + name),
            _ => self.punctuation(Punctuation::Percent, 1),
        }
    }

    #[rustfmt::skip]
    fn operator(&mut self, byte: u8) {
        use Punctuation::*;
        let (punctuation, length) = match (byte, self.peek(1), self.peek(2)) {
            (b'+', ..) => (Plus, 1),
            (b'-', ..) => (Minus, 1),
            (b'*', ..) => (Star, 1),
            (b'/', b'/', _) => (SlashSlash, 2),
            (b'/', ..) => (Slash, 1),
            (b'<', b'<', b'<') => (ShiftLeft, 3),
            (b'<', b'<', _) => (ShiftLeft, 2),
            (b'<', b'=', b'>') => (Compare, 3),
            (b'<', b'=', _) => (LessEqual, 2),
            (b'<', b'>', _) => (NotEqual, 2),
            (b'<', ..) => (Less, 1),
            (b'>', b'>', b'>') => (ShiftRightSigned, 3),
            (b'>', b'>', _) => (ShiftRight, 2),
            (b'>', b'=', _) => (GreaterEqual, 2),
            (b'>', ..) => (Greater, 1),
            (b'&', b'&', _) => (AndAnd, 2),
            (b'&', ..) => (And, 1),
            (b'|', b'|', _) => (OrOr, 2),
            (b'|', ..) => (Or, 1),
            (b'^', b'^', _) => (XorXor, 2),
            (b'^', ..) => (Xor, 1),
            (b'=', b'=', _) => (Equal, 2),
            (b'=', ..) => (Equal, 1),
            (b'!', b'=', _) => (NotEqual, 2),
            (b'!', ..) => (Not, 1),
            (b'~', ..) => (Tilde, 1),
            (b':', ..) => (Colon, 1),
            (b',', ..) => (Comma, 1),
            (b'(', ..) => (Open, 1),
            (b')', ..) => (Close, 1),
            (b'[', ..) => (BracketOpen, 1),
            (b']', ..) => (BracketClose, 1),
            (b'{', ..) => (BraceOpen, 1),
            (b'}', ..) => (BraceClose, 1),
            _ => return self.unknown(1),
        };
        self.punctuation(punctuation, length);
    }
}
