//! Numbers for directives: evaluates an expression and notices when it depends on the layout.
//!
//! Knows nothing of what the number is for.

use super::Preprocessor;
use crate::asm::syntax::ast::{Kind, Value};
use crate::asm::syntax::token::{Token, TokenKind};
use crate::asm::value::expression::{self, Environment};
use std::cell::Cell;

/// Passes questions on and remembers that there were some.
struct Watch<'a> {
    inner: &'a dyn Environment,
    asked: Cell<bool>,
}

impl Environment for Watch<'_> {
    fn symbol(&self, name: &str) -> Option<Value> {
        self.asked.set(true);
        self.inner.symbol(name)
    }

    fn parent(&self) -> &str {
        self.inner.parent()
    }

    fn here(&self) -> Value {
        self.asked.set(true);
        self.inner.here()
    }

    fn section_start(&self) -> Value {
        self.asked.set(true);
        self.inner.section_start()
    }
}

impl Preprocessor<'_> {
    /// The number that the whole of `tokens` stands for once expanded, and reports why if there is
    /// none. `directive` is what wants it.
    pub(super) fn number(
        &mut self,
        environment: &dyn Environment,
        directive: &Token,
        tokens: &[Token],
    ) -> Option<i64> {
        let mut tokens = tokens.to_vec();
        self.expand(environment, &mut tokens).then_some(())?;
        let (number, length) = self.evaluate(environment, directive, &tokens)?;
        self.expect_end(directive, tokens.get(length..).unwrap_or_default());
        Some(number)
    }

    /// The number that expanded `tokens` begin with, and how many tokens it takes.
    pub(super) fn evaluate(
        &mut self,
        environment: &dyn Environment,
        directive: &Token,
        tokens: &[Token],
    ) -> Option<(i64, usize)> {
        if let [token] = tokens
            && token.kind == TokenKind::Number
        {
            return Some((token.number.cast_signed(), 1));
        }
        if tokens.is_empty() {
            let name = self.sources.text(directive.span).to_owned();
            let diagnostic = self
                .error(directive, format!("`{name}` needs an expression"))
                .label("nothing stands behind it");
            self.report(diagnostic);
            return None;
        }
        let mut resolved = Vec::new();
        let mut tokens = tokens;
        if tokens.iter().any(|t| t.kind == TokenKind::Preprocessor) {
            resolved.extend_from_slice(tokens);
            self.context_labels(&mut resolved);
            tokens = &resolved;
        }
        // What is no token is said as such, not as a mistake of the expression.
        let is_bad = |t: &&Token| matches!(t.kind, TokenKind::Unknown | TokenKind::Preprocessor);
        if let Some(token) = tokens.iter().find(is_bad) {
            let diagnostic = self.explain(token);
            self.report(diagnostic);
            return None;
        }
        let watch = Watch { inner: environment, asked: Cell::new(false) };
        let result = expression::evaluate(tokens, self.sources, &watch);
        self.depends_on_layout |= watch.asked.get();
        match result {
            Ok((Value { kind: Kind::Relocatable(_), .. }, _)) => {
                let first = tokens.first().unwrap_or(directive);
                let diagnostic = self
                    .error(first, "this is an address, and a number is needed here")
                    .label("not a constant")
                    .help("subtract another address from it, such as `$$`");
                self.report(diagnostic);
                None
            }
            Ok((value, length)) => Some((value.number, length)),
            Err(diagnostic) => {
                let diagnostic = self.relocate(*diagnostic, tokens);
                self.report(diagnostic);
                None
            }
        }
    }
}
