//! A cursor over the tokens of one expanded line, from left to right.

use super::mistake::{Location, Mistake};
use super::token::{Punctuation, Token, TokenKind};
use super::word::WordId;
use crate::diagnostic::{Sources, Span};

/// The tokens that are still to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    tokens: &'a [Token],
    at: usize,
    /// The texts that contain the tokens.
    pub(crate) sources: &'a Sources,
}

impl<'a> Cursor<'a> {
    /// A cursor over all of `tokens`.
    pub(crate) fn new(tokens: &'a [Token], sources: &'a Sources) -> Self {
        Self { tokens, at: 0, sources }
    }

    /// The next token, without taking it.
    pub(crate) fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    /// The kind of the next token, without taking it.
    pub(crate) fn kind(&self) -> Option<TokenKind> {
        self.peek().map(|t| t.kind)
    }

    /// The token after the next.
    pub(crate) fn peek_second(&self) -> Option<&'a Token> {
        self.tokens.get(self.at + 1)
    }

    /// Takes the next token.
    pub(crate) fn take(&mut self) -> Option<&'a Token> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    /// Skips the next token, whose kind is known from [`peek`](Self::peek).
    pub(crate) fn skip(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len());
    }

    /// Skips all remaining tokens.
    pub(crate) fn skip_all(&mut self) {
        self.at = self.tokens.len();
    }

    /// Takes the next token if it is this punctuation mark.
    pub(crate) fn accept(&mut self, mark: Punctuation) -> bool {
        let found = self.is(mark);
        self.at += usize::from(found);
        found
    }

    /// Whether the next token is this punctuation mark.
    #[inline(always)]
    pub(crate) fn is(&self, mark: Punctuation) -> bool {
        self.peek().is_some_and(|token| token.is(mark))
    }

    /// The remaining tokens.
    #[inline(always)]
    pub(crate) fn rest(&self) -> &'a [Token] {
        self.tokens.get(self.at..).unwrap_or_default()
    }

    /// What was taken from the token number `first` on.
    pub(crate) fn since(&self, first: usize) -> &'a [Token] {
        self.tokens.get(first..self.at).unwrap_or_default()
    }

    /// Whether no token remains.
    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Takes the tokens up to the next white space.
    pub(crate) fn skip_word(&mut self) {
        while self.peek().is_some_and(|token| !token.space_before) {
            self.skip();
        }
    }

    /// How many tokens have been taken.
    pub(crate) fn taken(&self) -> usize {
        self.at
    }

    /// Text of a token.
    #[inline(always)]
    pub(crate) fn text(&self, token: &Token) -> &'a str {
        self.sources.text(token.span)
    }

    /// The word of the language that the next token is.
    #[inline(always)]
    pub(crate) fn known(&self) -> WordId {
        self.peek().map_or(WordId::NONE, |token| token.word)
    }

    /// Text of the next token if it is an identifier.
    #[inline(always)]
    pub(crate) fn word(&self) -> Option<&'a str> {
        self.peek().filter(|t| t.kind == TokenKind::Identifier).map(|t| self.text(t))
    }

    /// The location of the next token; at the end of the line, the location after the last token.
    #[inline(always)]
    pub(crate) fn location(&self) -> Location {
        match (self.peek(), self.tokens.last()) {
            (Some(token), _) => token.into(),
            (None, Some(last)) => {
                let Span { file, end, .. } = last.span;
                Location { span: Span::new(file, end, end), origin: last.origin }
            }
            (None, None) => Location::default(),
        }
    }

    /// The location from the token number `first` to the last one taken.
    #[inline(always)]
    pub(crate) fn location_since(&self, first: usize) -> Location {
        let last = self.at.saturating_sub(1).max(first);
        match (self.tokens.get(first), self.tokens.get(last)) {
            (Some(first), Some(last)) => Location::from(first).to(last.into()),
            _ => self.location(),
        }
    }

    /// The place of all that is left.
    pub(crate) fn location_of_rest(&self) -> Location {
        match self.tokens.last() {
            Some(last) => self.location().to(last.into()),
            None => self.location(),
        }
    }

    /// An error at the next token that says what was expected instead.
    pub(crate) fn expected(&self, what: &str) -> Box<Mistake> {
        let found = match self.peek() {
            None => "the line ends here".to_owned(),
            Some(token) if token.kind == TokenKind::Unknown => "not a token".to_owned(),
            Some(token) => format!("found `{}`", self.text(token)),
        };
        Mistake::error(self.location(), format!("expected {what}")).label(found)
    }
}

impl<'a> Cursor<'a> {
    /// A reader of what stands before the last `mark`, and one of what stands behind it; none if
    /// there is no such mark.
    pub(crate) fn split_at_last(&self, mark: Punctuation) -> Option<(Self, Self)> {
        let at = self.tokens.iter().rposition(|token| token.is(mark))?;
        let inside = Self { tokens: self.tokens.get(..at)?, ..*self };
        Some((inside, Self { at: at + 1, ..*self }))
    }
}
