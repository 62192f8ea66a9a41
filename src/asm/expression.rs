//! Expressions: tokens to [`Value`]s, with NASM's operators and precedence.
//!
//! Knows nothing of statements; what a name stands for it asks its [`Environment`].

use super::ast::Value;
use super::token::Token;
use crate::diagnostic::{Diagnostic, Sources};

/// What an expression may refer to at the place where it stands.
pub trait Environment {
    /// The value of a symbol, by its full name (locals as `parent.local`); `None` if it is not
    /// defined so far.
    fn symbol(&self, name: &str) -> Option<Value>;
    /// The label before which locals (`.x`) belong; empty before the first.
    fn parent(&self) -> &str;
    /// `$`.
    fn here(&self) -> Value;
    /// `$$`.
    fn section_start(&self) -> Value;
}

/// Evaluates the expression that `tokens` begins with, all of whose symbols must be known now
/// (NASM's critical expression). Gives the value and how many tokens it took.
///
/// # Errors
/// The first thing wrong with it.
pub fn evaluate(
    tokens: &[Token],
    sources: &Sources,
    environment: &dyn Environment,
) -> Result<(Value, usize), Box<Diagnostic>> {
    let _ = (sources, environment);
    let span = tokens.first().map(|t| t.span).unwrap_or_default();
    Err(Box::new(Diagnostic::error(span, "expressions are not there yet")))
}
