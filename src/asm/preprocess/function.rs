//! The directives that compute with strings: `%strlen`, `%strcat`, `%substr`, `%defstr`,
//! `%deftok`, `%pathsearch`.
//!
//! Knows strings; nothing of how macros are stored.

use super::Preprocessor;
use super::single::Meaning;
use crate::asm::syntax::lexer::string;
use crate::asm::syntax::token::{Punctuation, Token, TokenKind};
use crate::asm::value::expression::Environment;

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Length,
    Concatenate,
    Part,
    Quote,
    Unquote,
    Path,
}

impl Preprocessor<'_> {
    /// Computes, and defines the name behind the directive as the result.
    pub(super) fn call_function(
        &mut self,
        environment: &dyn Environment,
        function: Function,
        fold: bool,
        directive: &Token,
        rest: &[Token],
    ) {
        let Some(name) = self.defined_name(directive, rest) else { return };
        let mut tokens = rest.get(1..).unwrap_or_default().to_vec();
        if !self.expand(environment, &mut tokens) {
            return;
        }
        let text = match function {
            Function::Quote => Some(string::quote(self.join(&tokens).as_bytes())),
            Function::Concatenate => self.concatenate(directive, &tokens),
            Function::Length => self.string(directive, &tokens).map(|(bytes, rest)| {
                self.expect_end(directive, rest);
                bytes.len().to_string()
            }),
            Function::Unquote => self.string(directive, &tokens).map(|(bytes, rest)| {
                self.expect_end(directive, rest);
                as_line(&bytes)
            }),
            // There is no path to search: includes are beside the file.
            Function::Path => {
                self.file_name(directive, &tokens).map(|n| string::quote(n.as_bytes()))
            }
            Function::Part => self.part(environment, directive, &tokens),
        };
        let Some(text) = text else { return };
        let mut body = Vec::new();
        if self.make(&text, &Token { space_before: false, ..name }, &mut body) {
            self.bind(&name, fold, None, Meaning::Tokens(body));
        }
    }

    /// The bytes of the string that `tokens` begin with, and the tokens behind it.
    fn string<'t>(
        &mut self,
        directive: &Token,
        tokens: &'t [Token],
    ) -> Option<(Vec<u8>, &'t [Token])> {
        if let [token, rest @ ..] = tokens
            && token.kind == TokenKind::String
        {
            return Some((string::decode(self.sources.text(token.span)).into_owned(), rest));
        }
        let name = self.sources.text(directive.span).to_owned();
        let at = tokens.first().unwrap_or(directive);
        let label = match tokens.first() {
            Some(token) if token.kind == TokenKind::Unknown => {
                let diagnostic = self.explain(token);
                self.report(diagnostic);
                return None;
            }
            Some(_) => "not a string",
            None => "nothing stands behind it",
        };
        let diagnostic = self.error(at, format!("`{name}` needs a string in quotes")).label(label);
        self.report(diagnostic);
        None
    }

    fn concatenate(&mut self, directive: &Token, tokens: &[Token]) -> Option<String> {
        let (mut all, mut rest) = (Vec::new(), tokens);
        while !rest.is_empty() {
            if let [comma, tail @ ..] = rest
                && comma.kind == TokenKind::Punctuation(Punctuation::Comma)
            {
                rest = tail;
                continue;
            }
            let (bytes, tail) = self.string(directive, rest)?;
            all.extend(bytes);
            rest = tail;
        }
        Some(string::quote(&all))
    }

    /// `'string' first, length`: characters count from 1; a negative length counts from the end.
    fn part(
        &mut self,
        environment: &dyn Environment,
        directive: &Token,
        tokens: &[Token],
    ) -> Option<String> {
        let comma = TokenKind::Punctuation(Punctuation::Comma);
        let (bytes, rest) = self.string(directive, tokens)?;
        let rest = rest.strip_prefix_if(|t| t.kind == comma);
        let (first, used) = self.evaluate(environment, directive, rest)?;
        let mut length = 1;
        match rest.get(used..).unwrap_or_default() {
            [] => {}
            [separator, tail @ ..] if separator.kind == comma => {
                let (number, used) = self.evaluate(environment, directive, tail)?;
                length = number;
                self.expect_end(directive, tail.get(used..).unwrap_or_default());
            }
            tail => self.expect_end(directive, tail),
        }
        Some(string::quote(part_of(&bytes, first, length)))
    }
}

/// The bytes from number `first`, counted from 1: so many, or up to a negative number from the
/// end.
pub(super) fn part_of(bytes: &[u8], first: i64, length: i64) -> &[u8] {
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let start = first.saturating_sub(1).clamp(0, size);
    let end = if length < 0 {
        size.saturating_add(length).saturating_add(1)
    } else {
        start.saturating_add(length)
    };
    let place = |n: i64| usize::try_from(n.clamp(start, size)).unwrap_or(0);
    bytes.get(place(start)..place(end)).unwrap_or_default()
}

/// The text of a string that is to be read as tokens.
pub(super) fn as_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace(['\n', '\r'], " ")
}

/// Leaves out a first element.
trait StripPrefixIf {
    fn strip_prefix_if(&self, accept: impl Fn(&Token) -> bool) -> &Self;
}

impl StripPrefixIf for [Token] {
    fn strip_prefix_if(&self, accept: impl Fn(&Token) -> bool) -> &Self {
        match self {
            [first, rest @ ..] if accept(first) => rest,
            all => all,
        }
    }
}
