//! The stack of files, macro bodies and repetitions that lines are read from.

use super::condition::Condition;
use super::multi::Call;
use crate::asm::syntax::token::{Origin, Token};
use crate::diagnostic::FileId;
use std::rc::Rc;

/// Lines of tokens, kept for later.
#[derive(Clone, Debug, Default)]
pub(super) struct Body {
    tokens: Vec<Token>,
    /// Behind the last token of each line.
    ends: Vec<usize>,
}

impl Body {
    /// Adds a line.
    pub(super) fn push(&mut self, line: &[Token]) {
        self.tokens.extend_from_slice(line);
        self.ends.push(self.tokens.len());
    }

    /// The line with this number, from 0.
    pub(super) fn line(&self, number: usize) -> Option<&[Token]> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).and_then(|n| self.ends.get(n)).copied().unwrap_or(0);
        self.tokens.get(start..end)
    }

    /// All its tokens.
    pub(super) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// How much of [`STORED_TOKENS`](super::limits::STORED_TOKENS) it takes: empty lines count.
    pub(super) fn weight(&self) -> usize {
        self.tokens.len() + self.ends.len()
    }
}

/// A file that is being read.
#[derive(Debug)]
pub(super) struct File {
    pub(super) id: FileId,
    /// Where the next line begins.
    pub(super) next: usize,
    /// Where the current line begins.
    pub(super) start: usize,
    /// The `%include`; none for the main file.
    pub(super) included_at: Option<Token>,
    /// What `%line` said last: where it stands, the number it gave, and the step for each line.
    pub(super) numbering: (i64, i64, i64),
    /// The name that it gave.
    pub(super) line_name: Option<String>,
}

/// A `%rep` that is being repeated.
#[derive(Debug)]
pub(super) struct Repeat {
    pub(super) body: Rc<Body>,
    pub(super) next: usize,
    /// SwitchHistory that come after this one.
    pub(super) left: u64,
}

/// What a frame reads.
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
    /// The `%if`s that are open in it.
    pub(super) conditions: Vec<Condition>,
    /// Its lines do not count: `__LINE__` stays at the line that led here.
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

    /// Whether its lines count, by its conditions.
    pub(super) fn is_active(&self) -> bool {
        self.conditions.last().is_none_or(Condition::is_active)
    }

    /// What it holds of the stored tokens.
    pub(super) fn weight(&self) -> usize {
        match &self.input {
            Input::File(_) => 0,
            Input::Macro(call) => call.weight(),
            Input::Repeat(repeat) => repeat.body.weight(),
        }
    }
}

/// Copies a line of a body; a macro's use becomes the origin of its tokens.
pub(super) fn replay(line: &[Token], origin: Option<Origin>, out: &mut Vec<Token>) {
    match origin {
        Some(origin) => out.extend(line.iter().map(|&token| Token { origin, ..token })),
        None => out.extend_from_slice(line),
    }
}
