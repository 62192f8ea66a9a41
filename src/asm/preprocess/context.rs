//! The context stack: `%push`, `%pop`, `%repl`, and labels that belong to a context.
//!
//! Knows nothing of what contexts are used for.

use super::named::Named;
use super::single::Single;
use super::{Preprocessor, limits};
use crate::asm::syntax::token::{Token, TokenKind};
use std::rc::Rc;

/// A context.
#[derive(Debug)]
pub(super) struct Context {
    /// Its name; contexts need none.
    pub(super) name: Option<Token>,
    /// The `%push`.
    pub(super) opener: Token,
    /// Number for its labels.
    unique: u32,
    /// Its macros, by name in lower case.
    pub(super) singles: Named<Vec<Rc<Single>>>,
}

impl Preprocessor<'_> {
    fn context_name(&mut self, directive: &Token, rest: &[Token]) -> Option<Option<Token>> {
        match rest.first() {
            None => Some(None),
            Some(token) if token.kind == TokenKind::Identifier => {
                self.expect_end(directive, rest.get(1..).unwrap_or_default());
                Some(Some(*token))
            }
            Some(token) => {
                let diagnostic =
                    self.error(token, "the name of a context is needed here").label("not a name");
                self.report(diagnostic);
                None
            }
        }
    }

    /// `%push`
    pub(super) fn push_context(&mut self, directive: &Token, rest: &[Token]) {
        let Some(name) = self.context_name(directive, rest) else { return };
        if self.contexts.len() >= limits::CONTEXTS {
            let most = limits::CONTEXTS;
            self.give_up(format!("more than {most} contexts are open"));
            return;
        }
        let unique = self.unique;
        self.unique += 1;
        let singles = Named::default();
        self.contexts.push(Context { name, opener: *directive, unique, singles });
    }

    /// `%pop` and `%repl`: whether the context on top may be taken or renamed.
    fn has_context(&mut self, directive: &Token, expected: Option<Token>) -> bool {
        let word = self.sources.text(directive.span).to_owned();
        let Some(top) = self.contexts.last() else {
            let diagnostic = self
                .error(directive, format!("`{word}` without a context"))
                .label("no context is open here");
            self.report(diagnostic);
            return false;
        };
        let (name, opener) = (top.name, top.opener);
        let text = |t: Option<Token>| t.map(|t| self.sources.text(t.span));
        if expected.is_none() || text(name) == text(expected) {
            return true;
        }
        let (span, _) = self.locate(&opener);
        let open = text(name).unwrap_or("without a name").to_owned();
        let asked = text(expected).unwrap_or("").to_owned();
        let diagnostic = self
            .error(directive, format!("`{word} {asked}`, but the innermost context is `{open}`"))
            .label("the contexts do not match")
            .note(span, "the context was opened here");
        self.report(diagnostic);
        false
    }

    /// `%pop`
    pub(super) fn pop_context(&mut self, directive: &Token, rest: &[Token]) {
        let Some(name) = self.context_name(directive, rest) else { return };
        if self.has_context(directive, name) {
            self.contexts.pop();
        }
    }

    /// `%repl`
    pub(super) fn rename_context(&mut self, directive: &Token, rest: &[Token]) {
        let Some(name) = self.context_name(directive, rest) else { return };
        if self.has_context(directive, None)
            && let Some(top) = self.contexts.last_mut()
        {
            top.name = name;
        }
    }

    /// Puts the labels in place of the `%$name` that are no macros. As in NASM that comes last: what
    /// a macro stands for or is given names the context in which the line is that it ends up in.
    pub(super) fn context_labels(&mut self, line: &mut Vec<Token>) {
        let mut out = Vec::with_capacity(line.len());
        for token in line.iter() {
            match token.kind {
                TokenKind::Preprocessor if self.sources.text(token.span).starts_with("%$") => {
                    self.context_label(token, &mut out);
                }
                _ => out.push(*token),
            }
        }
        *line = out;
    }

    fn context_label(&mut self, token: &Token, out: &mut Vec<Token>) {
        let text = self.sources.text(token.span);
        let name = text.trim_start_matches('%').trim_start_matches('$').to_owned();
        let context = self.name_of(token).and_then(|n| self.contexts.get(n.context?));
        match context {
            Some(context) => {
                let text = format!("..@{}.{name}", context.unique);
                self.make(&text, token, out);
            }
            // What is left is said to be wrong at the end of the line.
            None => out.push(*token),
        }
    }
}
