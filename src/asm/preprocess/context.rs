//! Contexts (`%push`, `%pop`, `%repl`, and labels that belong to a context), and the stack frame of
//! a procedure (`%stacksize`, `%arg`, `%local`).
//!
//! Each name in a stack frame becomes a single-line macro such as `(ebp+8)`.

use super::define::{Meaning, NameTable, Single};
use super::{Preprocessor, limits};
use crate::asm::syntax::token::{Punctuation, Token, TokenKind};
use crate::asm::value::expression::Environment;
use std::rc::Rc;

/// A context.
#[derive(Debug)]
pub(super) struct Context {
    /// Its name, which is optional.
    pub(super) name: Option<Token>,
    /// The `%push` directive.
    pub(super) opener: Token,
    /// The number in the names of its labels.
    unique: u32,
    /// Its macros, by name in lower case.
    pub(super) singles: NameTable<Vec<Rc<Single>>>,
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
                    self.error(token, "expected the name of a context").label("not a name");
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
        let singles = NameTable::default();
        self.contexts.push(Context { name, opener: *directive, unique, singles });
    }

    /// For `%pop` and `%repl`: whether the innermost context may be removed or renamed.
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

    /// Replaces each `%$name` that is not a macro with the label of its context. As in NASM this is
    /// the last step, so a macro uses the context of the line that it is expanded in.
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
                self.generate(&text, token, out);
            }
            // The rest is reported at the end of the line.
            None => out.push(*token),
        }
    }
}

/// The layout of a stack frame, and how much of it is named.
#[derive(Clone, Copy, Debug)]
pub(super) struct StackFrame {
    register: &'static str,
    /// The size of a push in bytes.
    word: i64,
    /// The offset of the next argument from the register.
    argument: i64,
    /// The size of the local variables in bytes.
    local: i64,
}

/// The words of `%stacksize`.
static MODELS: &[(&str, StackFrame)] = &[
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
                    .label("not a model")
                    .help(format!("use {}", names.join(", ")));
                self.report(diagnostic);
            }
        }
    }

    /// `%arg name:size, …`
    pub(super) fn define_arguments(&mut self, directive: &Token, rest: &[Token]) {
        let Some(list) = self.variables(directive, rest) else { return };
        for (name, size) in list {
            let StackFrame { register, argument, .. } = self.stack_frame;
            self.define_location(&name, &format!("({register}+{argument})"));
            self.stack_frame.argument = argument.saturating_add(size);
        }
    }

    /// `%local name:size, …`: variables below the register. Their size is added to `%$localsize`.
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
            self.define_location(&name, &format!("({register}-{local})"));
        }
        let mut size = Vec::new();
        if !self.generate("%$localsize", directive, &mut size) {
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

    fn define_location(&mut self, name: &Token, text: &str) {
        let mut body = Vec::new();
        if self.generate(text, &Token { space_before: false, ..*name }, &mut body) {
            self.bind(name, false, None, Meaning::Tokens(body));
        }
    }

    /// Reads `name:size, …`: each name and its size on the stack; `None` after a report.
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
            .label("not a variable")
            .help(format!("the sizes are {}; separate variables with commas", names.join(", ")));
        self.report(diagnostic);
        None
    }
}
