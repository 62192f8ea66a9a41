//! The stack of files, macro bodies and repetitions that lines are read from.

use super::condition::Condition;
use super::multi::Call;
use crate::asm::syntax::token::{Origin, Token};
use crate::diagnostic::FileId;
use std::rc::Rc;

/// Stored lines of tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct Body {
    tokens: Vec<Token>,
    /// The index after the last token of each line.
    ends: Vec<usize>,
}

impl Body {
    /// Adds a line.
    pub(super) fn push(&mut self, line: &[Token]) {
        self.tokens.extend_from_slice(line);
        self.ends.push(self.tokens.len());
    }

    /// The line at an index.
    pub(super) fn line(&self, number: usize) -> Option<&[Token]> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).and_then(|n| self.ends.get(n)).copied().unwrap_or(0);
        self.tokens.get(start..end)
    }

    /// All its tokens.
    pub(super) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Its share of [`STORED_TOKENS`](super::limits::STORED_TOKENS); empty lines count too.
    pub(super) fn weight(&self) -> usize {
        self.tokens.len() + self.ends.len()
    }
}

/// A file and the position in it.
#[derive(Debug)]
pub(super) struct File {
    pub(super) id: FileId,
    /// Where the next line begins.
    pub(super) next: usize,
    /// Where the current line begins.
    pub(super) start: usize,
    /// The `%include`; `None` for the main file.
    pub(super) included_at: Option<Token>,
    /// The last `%line`: its line in the file, the number that it set, and the step.
    pub(super) numbering: (i64, i64, i64),
    /// The file name set by `%line`.
    pub(super) line_name: Option<String>,
}

/// A `%rep` in progress.
#[derive(Debug)]
pub(super) struct Repeat {
    pub(super) body: Rc<Body>,
    pub(super) next: usize,
    /// The number of repetitions after the current one.
    pub(super) left: u64,
}

/// The source of the lines of a frame.
#[derive(Debug)]
pub(super) enum Input {
    File(File),
    Macro(Call),
    Repeat(Repeat),
}

/// One level of the stack.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) input: Input,
    /// The open `%if`s.
    pub(super) conditions: Vec<Condition>,
    /// Whether its lines are not counted: `__LINE__` stays at the line of the use.
    pub(super) keeps_line: bool,
}

impl Frame {
    pub(super) fn new(input: Input) -> Self {
        Self { input, conditions: Vec::new(), keeps_line: false }
    }

    /// A file, read from its beginning.
    pub(super) fn file(id: FileId, included_at: Option<Token>) -> Self {
        Self::new(Input::File(File {
            id,
            next: 0,
            start: 0,
            included_at,
            numbering: (0, 0, 1),
            line_name: None,
        }))
    }

    /// Whether the conditions allow its lines to be read.
    pub(super) fn is_active(&self) -> bool {
        self.conditions.last().is_none_or(Condition::is_active)
    }

    /// Its share of the stored tokens.
    pub(super) fn weight(&self) -> usize {
        match &self.input {
            Input::File(_) => 0,
            Input::Macro(call) => call.weight(),
            Input::Repeat(repeat) => repeat.body.weight(),
        }
    }
}

/// Copies a line of a body. The use of the macro becomes the origin of its tokens.
pub(super) fn replay(line: &[Token], origin: Option<Origin>, out: &mut Vec<Token>) {
    match origin {
        Some(origin) => out.extend(line.iter().map(|&token| Token { origin, ..token })),
        None => out.extend_from_slice(line),
    }
}
