//! `%stacksize`, `%arg` and `%local`: names for what is on the stack of a procedure.
//!
//! Each name becomes a single-line macro such as `(ebp+8)`. Knows nothing of instructions.

use super::Preprocessor;
use super::single::Meaning;
use crate::asm::syntax::token::{Punctuation, Token, TokenKind};
use crate::asm::value::expression::Environment;

/// How procedures use the stack, and how much of it has names.
#[derive(Clone, Copy, Debug)]
pub(super) struct StackFrame {
    register: &'static str,
    /// Bytes that a push takes.
    word: i64,
    /// Where the next argument is, from the register on.
    argument: i64,
    /// What the local variables take.
    local: i64,
}

/// The words of `%stacksize`.
const MODELS: &[(&str, StackFrame)] = &[
    ("flat", StackFrame { register: "ebp", word: 4, argument: 8, local: 0 }),
    ("flat64", StackFrame { register: "rbp", word: 8, argument: 16, local: 0 }),
    ("large", StackFrame { register: "bp", word: 2, argument: 4, local: 0 }),
    ("small", StackFrame { register: "bp", word: 2, argument: 6, local: 0 }),
];

impl Default for StackFrame {
    fn default() -> Self {
        MODELS[0].1
    }
}

/// The sizes of variables.
const SIZES: &[(&str, i64)] = &[
    ("byte", 1),
    ("word", 2),
    ("dword", 4),
    ("qword", 8),
    ("tword", 10),
    ("oword", 16),
    ("yword", 32),
];

impl Preprocessor<'_> {
    /// `%stacksize`
    pub(super) fn set_stack_size(&mut self, directive: &Token, rest: &[Token]) {
        let at = rest.first().unwrap_or(directive);
        let word = self.sources.text(at.span).to_ascii_lowercase();
        match MODELS.iter().find(|(name, _)| *name == word) {
            Some((_, model)) => self.stack_frame = *model,
            None => {
                let names: Vec<&str> = MODELS.iter().map(|(name, _)| *name).collect();
                let diagnostic = self
                    .error(at, "`%stacksize` needs a model of the stack")
                    .label("not one")
                    .help(format!("there are {}", names.join(", ")));
                self.report(diagnostic);
            }
        }
    }

    /// `%arg name:size, …`
    pub(super) fn define_arguments(&mut self, directive: &Token, rest: &[Token]) {
        let Some(list) = self.variables(directive, rest) else { return };
        for (name, size) in list {
            let StackFrame { register, argument, .. } = self.stack_frame;
            self.define_place(&name, &format!("({register}+{argument})"));
            self.stack_frame.argument = argument.saturating_add(size);
        }
    }

    /// `%local name:size, …`: below the register. `%$localsize` grows by what they take.
    pub(super) fn define_locals(
        &mut self,
        environment: &dyn Environment,
        directive: &Token,
        rest: &[Token],
    ) {
        let Some(list) = self.variables(directive, rest) else { return };
        let mut all = 0i64;
        for (name, size) in list {
            all = all.saturating_add(size);
            let StackFrame { register, local, .. } = self.stack_frame;
            self.stack_frame.local = local.saturating_add(size);
            let local = self.stack_frame.local;
            self.define_place(&name, &format!("({register}-{local})"));
        }
        let mut size = Vec::new();
        if !self.make("%$localsize", directive, &mut size) {
            return;
        }
        let Some(name) = size.first().copied().filter(|t| self.name_of(t).is_some()) else {
            for token in &size {
                let diagnostic = self.explain(token);
                self.report(diagnostic);
            }
            return;
        };
        let before = match self.is_single(&name) {
            true => self.number(environment, directive, &size),
            false => Some(0),
        };
        let Some(before) = before else { return };
        self.bind_number(&name, false, before.wrapping_add(all));
    }

    fn define_place(&mut self, name: &Token, text: &str) {
        let mut body = Vec::new();
        if self.make(text, &Token { space_before: false, ..*name }, &mut body) {
            self.bind(name, false, None, Meaning::Tokens(body));
        }
    }

    /// Reads `name:size, …`: each name and what it takes on the stack; none after a report.
    fn variables(&mut self, directive: &Token, rest: &[Token]) -> Option<Vec<(Token, i64)>> {
        let is = |token: &Token, p| token.kind == TokenKind::Punctuation(p);
        let (mut list, mut rest) = (Vec::new(), rest);
        loop {
            let (name, size) = match rest {
                [name, colon, size, ..]
                    if self.name_of(name).is_some() && is(colon, Punctuation::Colon) =>
                {
                    (*name, *size)
                }
                _ => return self.report_variable(rest.first().unwrap_or(directive)),
            };
            let word = self.sources.text(size.span).to_ascii_lowercase();
            let Some((_, bytes)) = SIZES.iter().find(|(name, _)| *name == word) else {
                return self.report_variable(&size);
            };
            let unit = self.stack_frame.word;
            list.push((name, (bytes + unit - 1) / unit * unit));
            match rest.get(3..).unwrap_or_default() {
                [] => return Some(list),
                [comma, tail @ ..] if is(comma, Punctuation::Comma) => rest = tail,
                [token, ..] => return self.report_variable(token),
            }
        }
    }

    fn report_variable<T>(&mut self, at: &Token) -> Option<T> {
        let names: Vec<&str> = SIZES.iter().map(|(name, _)| *name).collect();
        let diagnostic = self
            .error(at, "a variable on the stack is written `name:size`")
            .label("not that")
            .help(format!("the sizes are {}; a comma stands between variables", names.join(", ")));
        self.report(diagnostic);
        None
    }
}
