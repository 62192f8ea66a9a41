//! What a line of a source takes in from elsewhere, if it says so plainly.
//!
//! Looks at one line and its tokens; reads no file and knows nothing of macros.

use crate::asm::syntax::lexer;
use crate::asm::syntax::token::{Punctuation, Token, TokenKind};
use std::ops::Range;

/// What a line takes in.
pub(super) enum Scanned {
    /// The text of the file of this name.
    Include(String),
    /// Bytes of a file.
    Incbin(Incbin),
}

/// Where an `incbin` stands in its line.
pub(super) struct Incbin {
    /// With `times` before it, up to its end.
    pub(super) statement: Range<usize>,
    /// The name of the file, in quotes.
    pub(super) name: Range<usize>,
}

/// Looks at the line `text`, which begins at byte `at` of what its tokens are counted in.
pub(super) fn scan(text: &str, at: usize, tokens: &[Token]) -> Option<Scanned> {
    let range = |token: &Token| {
        let offset = |n: u32| (n as usize).saturating_sub(at);
        offset(token.span.start)..offset(token.span.end)
    };
    let is = |token: &Token, kind: TokenKind, word: &str| {
        let same = text.get(range(token)).is_some_and(|text| text.eq_ignore_ascii_case(word));
        token.kind == kind && same
    };
    if let [directive, name] = tokens
        && is(directive, TokenKind::Preprocessor, "%include")
        && name.kind == TokenKind::String
    {
        let name = lexer::string_bytes(text.get(range(name))?).into_owned();
        return String::from_utf8(name).ok().map(Scanned::Include);
    }
    let word = |token: &Token, word| is(token, TokenKind::Identifier, word);
    let at = tokens.iter().position(|token| word(token, "incbin"))?;
    let name = tokens.get(at + 1).filter(|token| token.kind == TokenKind::String)?;
    let begin = tokens.iter().take(at).position(|token| word(token, "times")).unwrap_or(at);
    // Before it a label, and nothing else.
    let is_name = |token: &Token| token.kind == TokenKind::Identifier;
    let is_label = match tokens.get(..begin)? {
        [] => true,
        [label] => is_name(label),
        [label, colon] => {
            is_name(label) && colon.kind == TokenKind::Punctuation(Punctuation::Colon)
        }
        _ => false,
    };
    let start = range(tokens.get(begin)?).start;
    let statement = start..range(tokens.last()?).end;
    is_label.then(|| Scanned::Incbin(Incbin { statement, name: range(name) }))
}
