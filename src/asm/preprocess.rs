//! The preprocessor: lines of tokens in, expanded lines of tokens out.
//!
//! Knows nothing of instructions or layout; expressions in `%if` and `%assign` are evaluated by
//! [`expression`](super::expression) in the [`Environment`] that the parser passes in.

use super::Resolver;
use super::expression::Environment;
use super::token::Token;
use crate::diagnostic::{Diagnostic, FileId, Note, Sources, Span};

/// The state of preprocessing one program.
#[allow(missing_debug_implementations, reason = "holds the resolver, which is a trait object")]
pub struct Preprocessor<'a> {
    sources: &'a mut Sources,
    #[expect(dead_code, reason = "not there yet")]
    resolver: &'a dyn Resolver,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Preprocessor<'a> {
    /// Starts at the first line of `main`.
    pub fn new(sources: &'a mut Sources, main: FileId, resolver: &'a dyn Resolver) -> Self {
        let _ = main;
        Self { sources, resolver, diagnostics: Vec::new() }
    }

    /// Replaces `line` by the next line that is left for the parser, fully expanded, without its
    /// comment and never empty; false at the end of the program.
    pub fn next_line(&mut self, environment: &dyn Environment, line: &mut Vec<Token>) -> bool {
        let _ = environment;
        line.clear();
        false
    }

    /// The texts, those made up by macros included.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        self.sources
    }

    /// Whether an expression of the preprocessor asked the environment for a label, `$` or `$$`:
    /// then the program must be preprocessed again once their addresses are known.
    #[must_use]
    pub fn depends_on_layout(&self) -> bool {
        false
    }

    /// Takes the diagnostics made so far.
    pub fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.diagnostics)
    }

    /// The place in the main text or an include that a token comes from (inside a macro: of the
    /// outermost use), and a note for each macro definition on the way.
    #[must_use]
    pub fn locate(&self, token: &Token) -> (Span, Vec<Note>) {
        (token.span, Vec::new())
    }
}
