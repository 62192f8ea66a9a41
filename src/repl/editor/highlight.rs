//! Colours for a line as it is typed.
//!
//! The assembler's own lexer finds the tokens; what each is, is told from its place and from the
//! tables.

use super::scope::Scope;
use crate::asm::syntax::directive::DIRECTIVES;
use crate::asm::syntax::lexer::{self, filter::Filter};
use crate::asm::syntax::token::{Punctuation, Token, TokenKind};
use crate::asm::syntax::word;
use crate::diagnostic::FileId;
use crate::repl::command::COMMANDS;
use crate::repl::entry;
use std::ops::Range;

/// What a part of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Mnemonic,
    Register,
    Number,
    Text,
    Comment,
    Label,
    /// Directives, the preprocessor, sizes.
    Directive,
    Command,
    Error,
    /// Prompts, hints.
    Faint,
}

impl Style {
    /// Parameters of Select Graphic Rendition (ECMA-48, 8.3.117).
    const fn rendition(self) -> &'static str {
        match self {
            Self::Mnemonic => "1;34",
            Self::Register => "36",
            Self::Number => "33",
            Self::Text => "32",
            Self::Comment | Self::Faint => "2",
            Self::Label => "35",
            Self::Directive => "34",
            Self::Command => "1",
            Self::Error => "31",
        }
    }
}

/// Appends the text in its style.
pub(super) fn paint(out: &mut String, style: Style, text: &str) {
    out.extend(["\x1b[", style.rendition(), "m", text, "\x1b[0m"]);
}

/// Prefixes of instructions: what begins a statement follows them.
pub(super) const PREFIXES: [&str; 8] =
    ["lock", "rep", "repe", "repne", "repnz", "repz", "xacquire", "xrelease"];

/// Words of operands.
#[rustfmt::skip]
pub(super) const SIZES: [&str; 16] = [
    "abs", "byte", "dword", "far", "near", "nosplit", "oword", "qword", "rel", "short", "strict",
    "to", "tword", "word", "yword", "zword",
];

/// Whether the word is in the list, in any case.
fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|other| other.eq_ignore_ascii_case(word))
}

/// The parts of an entry that have a style, in order.
pub(super) fn parts(text: &str, scope: &Scope) -> Vec<(Range<usize>, Style)> {
    let mut parts = Vec::new();
    if entry::is_command(text) {
        command(text, &mut parts);
        return parts;
    }
    let (mut at, filter, mut tokens) = (0, Filter::EMPTY, Vec::new());
    while at < text.len() {
        tokens.clear();
        let next = lexer::line(text, FileId(0), at, &filter, &mut tokens).next;
        Line { text, scope, tokens: &tokens, parts: &mut parts }.run();
        comment(text, tokens.last().map_or(at, |t| range(t).end), next, &mut parts);
        if next <= at {
            break;
        }
        at = next;
    }
    parts
}

/// A command: good if there is one that begins so.
fn command(text: &str, parts: &mut Vec<(Range<usize>, Style)>) {
    let start = text.len() - text.trim_start().len();
    let word = text.get(start..).unwrap_or_default().split_whitespace().next().unwrap_or("");
    let is_known = COMMANDS.iter().any(|c| c.name.starts_with(word));
    let style = if is_known { Style::Command } else { Style::Error };
    parts.push((start..start + word.len(), style));
}

/// What is left of a line behind its last token, if it is a comment.
fn comment(text: &str, from: usize, next: usize, parts: &mut Vec<(Range<usize>, Style)>) {
    let rest = text.get(from..next).unwrap_or_default();
    if let Some(at) = rest.find(';') {
        let length = rest.trim_end_matches('\n').len();
        parts.push((from + at..from + length, Style::Comment));
    }
}

fn range(token: &Token) -> Range<usize> {
    token.span.start as usize..token.span.end as usize
}

struct Line<'a> {
    text: &'a str,
    scope: &'a Scope,
    tokens: &'a [Token],
    parts: &'a mut Vec<(Range<usize>, Style)>,
}

impl Line<'_> {
    fn run(&mut self) {
        let mut begins = true;
        for (at, token) in self.tokens.iter().enumerate() {
            let range = range(token);
            let word = self.text.get(range.clone()).unwrap_or_default();
            let style = match token.kind {
                TokenKind::Identifier if begins => {
                    let (style, still) = self.first(word, self.tokens.get(at + 1));
                    begins = still;
                    style
                }
                TokenKind::Identifier => self.operand(word),
                TokenKind::Punctuation(Punctuation::Colon) => continue,
                TokenKind::Punctuation(_) => None,
                TokenKind::Number | TokenKind::Float => Some(Style::Number),
                TokenKind::Here | TokenKind::SectionStart => Some(Style::Number),
                TokenKind::String => Some(Style::Text),
                TokenKind::Preprocessor => Some(Style::Directive),
                // A string that is still being typed.
                TokenKind::Unknown if word.starts_with(['"', '\'', '`']) => Some(Style::Text),
                TokenKind::Unknown => Some(Style::Error),
            };
            begins &= token.kind == TokenKind::Identifier;
            self.parts.extend(style.map(|style| (range, style)));
        }
    }

    /// A word where a statement begins, and whether it may begin behind it too.
    fn first(&self, word: &str, next: Option<&Token>) -> (Option<Style>, bool) {
        let is_directive = |word| DIRECTIVES.iter().any(|d| is_one_of(word, &[d.name]));
        if next.is_some_and(|t| t.kind == TokenKind::Punctuation(Punctuation::Colon)) {
            return (Some(Style::Label), true);
        }
        if is_one_of(word, &PREFIXES) {
            return (Some(Style::Mnemonic), true);
        }
        if word::mnemonic(word).is_some() {
            return (Some(Style::Mnemonic), false);
        }
        if is_directive(word) {
            return (Some(Style::Directive), false);
        }
        if self.scope.is_macro(word, self.text) {
            return (Some(Style::Command), false);
        }
        if let Some(style) = self.operand(word) {
            return (Some(style), false);
        }
        let is_word = |t: &&Token| t.kind == TokenKind::Identifier;
        let Some(next) = next.filter(is_word) else { return (None, false) };
        let next = self.text.get(range(next)).unwrap_or_default();
        // `message db ...`, `size equ ...`
        let is_label = is_directive(next) || word::mnemonic(next).is_some();
        (Some(if is_label { Style::Label } else { Style::Error }), is_label)
    }

    /// A word elsewhere.
    fn operand(&self, word: &str) -> Option<Style> {
        if let Some(register) = word::register(word) {
            let is_valid = self.scope.is_valid(register);
            return Some(if is_valid { Style::Register } else { Style::Error });
        }
        if is_one_of(word, &SIZES) {
            return Some(Style::Directive);
        }
        let is_label = self.scope.is_symbol(word, self.text);
        is_label.then_some(Style::Label)
    }
}

#[cfg(test)]
mod tests {
    use super::super::scope::sample;
    use super::*;
    use crate::image::Mode;

    fn styles(text: &str, mode: Mode) -> Vec<(&str, Style)> {
        parts(text, &sample(mode)).into_iter().map(|(r, s)| (&text[r], s)).collect()
    }

    #[test]
    fn each_part_has_its_style() {
        use Style::*;
        let text = "top: mov eax, [message+4] ; 'x'";
        let expected = [
            ("top", Label),
            ("mov", Mnemonic),
            ("eax", Register),
            ("message", Label),
            ("4", Number),
            ("; 'x'", Comment),
        ];
        assert_eq!(styles(text, Mode::Long), expected);
        let expected = [("rep", Mnemonic), ("movsb", Mnemonic)];
        assert_eq!(styles("rep movsb", Mode::Long), expected);
        let expected = [("text", Label), ("db", Directive), ("'a", Text)];
        assert_eq!(styles("text db 'a", Mode::Long), expected);
        assert_eq!(styles("print 1", Mode::Long), [("print", Command), ("1", Number)]);
        assert_eq!(styles("mvo eax, 1", Mode::Long)[0], ("mvo", Error));
        assert_eq!(styles("inc r8", Mode::Real)[1], ("r8", Error));
        assert_eq!(styles("%define x", Mode::Real)[0], ("%define", Directive));
        assert_eq!(styles(":he", Mode::Real), [(":he", Command)]);
        assert_eq!(styles(" :nonsense x", Mode::Real), [(":nonsense", Error)]);
        assert_eq!(styles("mov", Mode::Real), [("mov", Mnemonic)]);
        assert_eq!(styles("a:\n nop ;x\n nop", Mode::Real).len(), 4);
    }
}
