//! The preprocessor: takes lines of tokens and returns expanded lines of tokens.
//!
//! Expressions in `%if` and `%assign` are evaluated by
//! [`expression`](crate::asm::value::expression) in the [`Environment`] that the parser passes in.
//!
//! A line goes through these stages:
//!
//! | stage | file |
//! |---|---|
//! | reads from the stack of files, macro bodies and repetitions | `input` |
//! | stores the line while a `%macro` or `%rep` is being collected | `multi` |
//! | replaces parameters, `%%local`, `%[…]` | `substitute` |
//! | executes a directive | `directive`, and the files for its families |
//! | expands single-line macros | `expand` |
//! | enters a multi-line macro | `multi` |
//!
//! A line of a file without `%` and without a name that may be a macro skips all stages. The time
//! of `__?DATE?__` and the like comes from the resolver. Environment variables are not available,
//! because programs are shared: `%!name` is an error, and `%ifenv` is always false. `%pragma` and
//! `%depend` are read and have no effect.
mod condition;
mod context;
mod define;
mod directive;
mod expand;
mod function;
mod include;
mod input;
mod limits;
mod message;
mod multi;
mod origin;
mod substitute;
#[cfg(test)]
mod tests;

use crate::asm::line_cache::Ahead;
use crate::asm::options::Resolver;
use crate::asm::syntax::lexer;
use crate::asm::syntax::lexer::filter::Filter;
use crate::asm::syntax::mistake::Locate;
use crate::asm::syntax::token::{Origin, Token, TokenKind};
use crate::asm::value::expression::Environment;
use crate::diagnostic::{Diagnostic, FileId, Note, Sources, Span};
use context::Context;
use define::NameTable;
use define::Single;
use expand::Expansion;
use input::{Frame, Input};
use multi::Collecting;
use multi::Multi;
use origin::Origins;
use std::collections::HashSet;
use std::rc::Rc;

/// A macro of the source or of what it includes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Macro {
    /// Its name.
    pub name: String,
    /// Whether it is a multi-line macro, which is used as a statement.
    pub is_statement: bool,
}

/// The state of the preprocessor for one program.
#[allow(missing_debug_implementations, reason = "holds the resolver, which is a trait object")]
pub(crate) struct Preprocessor<'a> {
    sources: &'a mut Sources,
    resolver: &'a dyn Resolver,
    diagnostics: Vec<Diagnostic>,
    /// The diagnostics so far, so that a mistake in a `%rep` is reported once.
    said: HashSet<(Span, String)>,
    filter: Filter,
    frames: Vec<Frame>,
    collecting: Option<Collecting>,
    /// By name in lower case.
    singles: NameTable<Vec<Rc<Single>>>,
    aliases: define::Aliases,
    /// By name in lower case.
    multis: NameTable<Vec<Rc<Multi>>>,
    /// The start of the current line; in a macro, its place in the body.
    location: Span,
    contexts: Vec<Context>,
    origins: Origins,
    /// The source of the generated text.
    generated: Option<FileId>,
    spent: Spent,
    standard: include::StandardState,
    /// The number of the next macro call or context, for its local labels.
    unique: u32,
    stack_frame: context::StackFrame,
    depends_on_layout: bool,
    /// Whether the last line needed no stage.
    was_plain: bool,
    refused: Option<Box<Refused>>,
    /// The nesting depth of evaluated parameters and `%[…]`.
    evaluation_depth: usize,
    spare: Expansion,
    /// A buffer for a line.
    spare_line: Vec<Token>,
    ended: bool,
}

/// A macro name that cannot be used at its place.
#[derive(Debug)]
pub(super) struct Refused {
    /// The mistake, which is reported if the name is not an instruction.
    pub(super) diagnostic: Diagnostic,
    /// Whether it is a warning if the name is an instruction.
    pub(super) warns: bool,
}

/// How much of each limit is used.
#[derive(Clone, Copy, Debug, Default)]
struct Spent {
    lines: u64,
    tokens: u64,
    stored: usize,
    generated: usize,
}

impl Locate for Preprocessor<'_> {
    fn locate(&self, token: &Token) -> (Span, Vec<Note>) {
        self.locate(token)
    }

    fn sources(&self) -> &Sources {
        self.sources
    }
}

impl<'a> Preprocessor<'a> {
    /// Starts at the first line of `main`.
    pub(crate) fn new(sources: &'a mut Sources, main: FileId, resolver: &'a dyn Resolver) -> Self {
        Self {
            sources,
            resolver,
            diagnostics: Vec::new(),
            said: HashSet::new(),
            filter: include::NAMES,
            frames: vec![Frame::file(main, None)],
            collecting: None,
            singles: NameTable::default(),
            aliases: define::Aliases::default(),
            multis: NameTable::default(),
            location: Span::default(),
            contexts: Vec::new(),
            origins: Origins::default(),
            generated: None,
            spent: Spent::default(),
            standard: include::StandardState::default(),
            unique: 0,
            stack_frame: context::StackFrame::default(),
            depends_on_layout: false,
            was_plain: false,
            refused: None,
            evaluation_depth: 0,
            spare: Expansion::default(),
            spare_line: Vec::new(),
            ended: false,
        }
    }

    /// Replaces `line` with the next line for the parser, which is fully expanded, has no comment
    /// and is never empty. Returns false at the end of the program.
    pub(crate) fn next_line(
        &mut self,
        environment: &dyn Environment,
        line: &mut Vec<Token>,
    ) -> bool {
        self.refused = None;
        while !self.ended {
            line.clear();
            let Some(read) = self.read(line) else { continue };
            let is_plain = !(read.has_preprocessor || read.has_macro || read.has_unknown);
            if is_plain && self.collecting.is_none() && !read.has_overflow {
                if !line.is_empty() && self.is_active() {
                    self.was_plain = true;
                    return true;
                }
            } else if self.process(environment, read, line) {
                self.was_plain = false;
                return true;
            }
        }
        line.clear();
        false
    }

    /// The statement of the next line of the main text and the text, if no body is being collected
    /// and no line skipped.
    pub(super) fn ahead(&self) -> Option<(&[u8], Ahead)> {
        let frame = self.frames.last().filter(|frame| frame.is_active())?;
        match &frame.input {
            Input::File(file) if file.included_at.is_none() && self.collecting.is_none() => {
                let text = self.sources.get(file.id)?.text.as_bytes();
                Some((text, Ahead::of(text, file.next)?))
            }
            _ => None,
        }
    }

    /// Skips the line of [`ahead`](Self::ahead); the next line begins at `next`.
    pub(super) fn skip_line(&mut self, next: usize) {
        if let Some(Frame { input: Input::File(file), .. }) = self.frames.last_mut() {
            (file.start, file.next) = (file.next, next);
            let start = crate::asm::syntax::index(file.start);
            self.location = Span::new(file.id, start, start);
        }
    }

    /// How many times a macro was defined with a new name.
    pub(super) fn macro_changes(&self) -> u32 {
        self.filter.changes
    }

    /// Whether the last line is in the text as it is.
    pub(super) fn was_plain(&self) -> bool {
        self.was_plain
    }

    /// Whether an expression of the preprocessor used a label, `$` or `$$`. The program must then
    /// be preprocessed again when their addresses are known.
    #[must_use]
    pub(crate) fn depends_on_layout(&self) -> bool {
        self.depends_on_layout
    }

    /// Takes the diagnostics so far.
    pub(crate) fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.diagnostics)
    }

    /// The mistake of the last line if its first word, or the word after its label, is a macro that
    /// does not take this number of parameters, or one that is used within itself.
    pub(super) fn take_refused_macro(&mut self) -> Option<Box<Refused>> {
        self.refused.take()
    }

    /// The names of the multi-line macros, for suggestions.
    pub(crate) fn macro_names(&self) -> impl Iterator<Item = &str> {
        self.multis.values().flatten().map(|m| self.sources.text(m.name))
    }

    /// The defined macros by name, except the standard macros.
    pub(crate) fn macros(&self) -> Vec<Macro> {
        let statements = self.multis.values().flatten().map(|m| (m.name, true));
        let own = |s: &&Rc<Single>| matches!(s.meaning, define::Meaning::Tokens(_));
        let parts = self.singles.values().flatten().filter(own).map(|s| (s.name, false));
        let named =
            |(name, is_statement)| Macro { name: self.sources.text(name).to_owned(), is_statement };
        let mut macros: Vec<_> = statements.chain(parts).map(named).collect();
        macros.sort_unstable();
        macros.dedup();
        macros
    }

    /// A warning for each unused single-line macro of the main text.
    pub(crate) fn unused_macros(&self, main: FileId) -> Vec<Diagnostic> {
        let own = self.singles.values().flatten().filter(|s| s.name.file == main && !s.used.get());
        own.map(|single| {
            let message = format!("nothing uses the macro `{}`", self.sources.text(single.name));
            Diagnostic::warning("unused-define", single.name, message)
        })
        .collect()
    }

    /// The names of the single-line macros with parameters, for suggestions.
    pub(crate) fn single_macro_names(&self) -> impl Iterator<Item = &str> {
        let with_parameters = self.singles.values().flatten().filter(|s| s.parameters.is_some());
        with_parameters.map(|s| self.sources.text(s.name))
    }

    /// The texts, including the generated text.
    #[must_use]
    pub(crate) fn sources(&self) -> &Sources {
        self.sources
    }

    /// The place of a token in the main text or an include (for a token from a macro, the place of
    /// the outermost use), and a note for each macro definition in between.
    #[must_use]
    pub(crate) fn locate(&self, token: &Token) -> (Span, Vec<Note>) {
        self.origins.locate(token, self.generated, self.sources)
    }

    /// Reads the next line into `line`; `None` if a frame has ended instead.
    fn read(&mut self, line: &mut Vec<Token>) -> Option<lexer::Line> {
        let Some(frame) = self.frames.last_mut() else {
            self.ended = true;
            return None;
        };
        let has_all = lexer::Line { has_preprocessor: true, has_macro: true, ..Default::default() };
        match &mut frame.input {
            Input::File(file) => {
                let text = self.sources.get(file.id).map_or("", |source| source.text.as_str());
                if file.next < text.len() {
                    file.start = file.next;
                    let start = crate::asm::syntax::index(file.start);
                    self.location = Span::new(file.id, start, start);
                    let read = lexer::line(text, file.id, file.next, &self.filter, line);
                    file.next = read.next;
                    return if file.included_at.is_none() || self.count_line(0) {
                        Some(read)
                    } else {
                        None
                    };
                }
            }
            Input::Macro(call) => {
                if let Some(tokens) = call.definition.body.line(call.next) {
                    call.next += 1;
                    if !frame.keeps_line {
                        self.location = tokens.first().map_or(self.location, |t| t.span);
                    }
                    input::replay(tokens, Some(call.origin), line);
                    return self.count_line(cost(line)).then_some(has_all);
                }
            }
            Input::Repeat(repeat) => {
                if let Some(tokens) = repeat.body.line(repeat.next) {
                    repeat.next += 1;
                    if !frame.keeps_line {
                        self.location = tokens.first().map_or(self.location, |t| t.span);
                    }
                    input::replay(tokens, None, line);
                    return self.count_line(cost(line)).then_some(has_all);
                }
                if repeat.left > 0 && repeat.body.line(0).is_some() {
                    (repeat.left, repeat.next) = (repeat.left - 1, 0);
                    return None;
                }
            }
        }
        self.end_frame();
        None
    }

    /// Takes a line that is not plain through the stages. Returns whether the parser gets it.
    fn process(
        &mut self,
        environment: &dyn Environment,
        read: lexer::Line,
        line: &mut Vec<Token>,
    ) -> bool {
        if self.collecting.is_some() {
            self.collect(line);
            return false;
        }
        if !self.is_active() {
            if read.has_preprocessor && self.is_directive(line) {
                self.skipped_directive(environment, line);
            }
            return false;
        }
        if read.has_overflow {
            self.warn_of_overflow(line);
        }
        if line.iter().any(|t| t.kind == TokenKind::Preprocessor) {
            if !self.substitute(environment, line) {
                return false;
            }
            if self.is_directive(line) {
                let tokens = std::mem::take(line);
                self.obey(environment, &tokens);
                *line = tokens;
                return false;
            }
        }
        if !self.expand(environment, line) {
            return false;
        }
        if !self.enter_macro(line) {
            self.standard.see(self.sources, line);
        }
        !line.is_empty() && self.check(line)
    }

    fn is_active(&self) -> bool {
        self.frames.last().is_none_or(Frame::is_active)
    }

    /// Ends the innermost frame after its last line.
    fn end_frame(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        self.spent.stored = self.spent.stored.saturating_sub(frame.weight());
        for condition in &frame.conditions {
            self.report_open_condition(condition);
        }
        if let Input::File(_) = frame.input
            && let Some(collecting) = self.collecting.take()
        {
            self.report_open_collection(&collecting);
        }
        if let Input::Macro(call) = &frame.input {
            call.leave();
        }
        self.ended = self.frames.is_empty();
    }

    /// Removes the innermost frame, for `%exitmacro` and `%exitrep`.
    fn drop_frame(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.conditions.clear();
        }
        self.end_frame();
    }

    /// Counts a generated line. If there are too many, gives up and returns false.
    fn count_line(&mut self, cost: u64) -> bool {
        self.spent.lines += 1;
        if self.spent.lines <= limits::LINES {
            return self.charge(limits::LINE_COST + cost);
        }
        let most = limits::LINES;
        self.give_up(format!("macros, repetitions and includes generate more than {most} lines"));
        false
    }

    /// Counts generated tokens. If there are too many, gives up and returns false.
    fn charge(&mut self, cost: u64) -> bool {
        self.spent.tokens = self.spent.tokens.saturating_add(cost);
        if self.spent.tokens <= limits::TOKENS {
            return true;
        }
        let most = limits::TOKENS;
        self.give_up(format!("macros and repetitions generate more than {most} words"));
        false
    }

    /// Ends the preprocessing with an error at the current place.
    fn give_up(&mut self, message: String) {
        let token = self.current();
        let diagnostic = self.error(&token, message).label("while expanding this");
        self.report(diagnostic);
        self.ended = true;
    }

    /// A token at the current place.
    fn current(&self) -> Token {
        let mut span = Span::default();
        let mut origin = Origin::default();
        for frame in self.frames.iter().rev() {
            match &frame.input {
                Input::Macro(call) => {
                    (span, origin) = (call.name.span, call.name.origin);
                    break;
                }
                Input::Repeat(repeat) => {
                    let Some(token) = repeat.body.tokens().first() else { continue };
                    (span, origin) = (token.span, token.origin);
                    break;
                }
                Input::File(file) => {
                    let text = self.sources.get(file.id).map_or("", |s| s.text.as_str());
                    let line = text.get(file.start..file.next).unwrap_or("").trim_end();
                    let [start, end] =
                        [file.start, file.start + line.len()].map(crate::asm::syntax::index);
                    span = Span::new(file.id, start, end);
                    break;
                }
            }
        }
        Token::at(span, origin)
    }
}

/// The cost of tokens in [`limits::TOKENS`]: a long string counts as several.
fn cost(tokens: &[Token]) -> u64 {
    tokens.iter().map(|t| 1 + u64::from(t.span.end.saturating_sub(t.span.start) / 16)).sum()
}
