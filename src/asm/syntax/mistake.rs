//! Locations of tokens, and diagnostics at a location. [`Locate`] maps a token from a macro to the
//! text that the user wrote.

use super::token::{Origin, Token};
use crate::diagnostic::{Diagnostic, Note, Sources, Span};

/// The maximum number of mistakes that are reported.
pub(crate) const MAX_DIAGNOSTICS: usize = if cfg!(test) { 1000 } else { 100_000 };

/// Maps a token from a macro to the text that the user wrote.
pub(crate) trait Locate {
    /// The place of a token in the main text or an include (for a token from a macro, the place of
    /// the outermost use), and a note for each macro definition in between.
    fn locate(&self, token: &Token) -> (Span, Vec<Note>);

    /// The texts.
    fn sources(&self) -> &Sources;
}

/// A place in a text, and the macro use that it comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Location {
    /// The place; inside a macro, a place in its definition.
    pub(crate) span: Span,
    /// The macro use.
    pub(crate) origin: Origin,
}

impl Location {
    /// The location that covers both, or the first one if they are not in the same text.
    #[inline(always)]
    pub(crate) fn to(self, end: Self) -> Self {
        if self.origin == end.origin { Self { span: self.span.to(end.span), ..self } } else { self }
    }

    /// The place in the text that the user wrote: for a macro, the place where it is used.
    pub(crate) fn locate(self, locate: &dyn Locate) -> Span {
        if self.origin == Origin(0) { self.span } else { locate.locate(&self.token()).0 }
    }

    fn token(self) -> Token {
        Token::at(self.span, self.origin)
    }
}

impl From<&Token> for Location {
    fn from(token: &Token) -> Self {
        Self { span: token.span, origin: token.origin }
    }
}

/// A diagnostic at a location.
#[derive(Debug)]
pub(crate) struct Mistake {
    /// Where.
    pub(crate) location: Location,
    /// The diagnostic; its span is that of the location.
    pub(crate) diagnostic: Diagnostic,
    /// Further places that explain it.
    notes: Vec<(Location, String)>,
    /// An unknown word at the start of a statement, for which a suggestion is added.
    pub(crate) unknown: Option<String>,
    /// A statement, the offset in it at which a word is missing, and the word.
    missing: Option<(Location, u32, &'static str)>,
}

/// The result of the parts of the assembler: an error if a statement is wrong.
pub(crate) type Wrong<T> = Result<T, Box<Mistake>>;

impl Mistake {
    /// A mistake from a diagnostic, whose span is that of the location.
    pub(crate) fn new(location: Location, diagnostic: Diagnostic) -> Box<Self> {
        Box::new(Self { location, diagnostic, notes: Vec::new(), unknown: None, missing: None })
    }

    /// An error.
    pub(crate) fn error(location: impl Into<Location>, message: impl Into<String>) -> Box<Self> {
        let location = location.into();
        Self::new(location, Diagnostic::error(location.span, message))
    }

    /// A warning, switched by `name`.
    pub(crate) fn warning(
        name: &'static str,
        location: impl Into<Location>,
        message: impl Into<String>,
    ) -> Box<Self> {
        let location = location.into();
        Self::new(location, Diagnostic::warning(name, location.span, message))
    }

    /// Adds the text at the carets.
    pub(crate) fn label(mut self: Box<Self>, label: impl Into<String>) -> Box<Self> {
        self.diagnostic.label = label.into();
        self
    }

    /// Adds what to write instead.
    pub(crate) fn help(mut self: Box<Self>, help: impl Into<String>) -> Box<Self> {
        self.diagnostic.help = Some(help.into());
        self
    }

    /// Adds what to write instead, if there is a suggestion.
    pub(crate) fn maybe_help(mut self: Box<Self>, help: Option<String>) -> Box<Self> {
        self.diagnostic.help = help.or(self.diagnostic.help);
        self
    }

    /// Adds a further location.
    pub(crate) fn note(
        mut self: Box<Self>,
        location: Location,
        message: impl Into<String>,
    ) -> Box<Self> {
        self.notes.push((location, message.into()));
        self
    }

    /// Marks this word as unknown.
    pub(crate) fn unknown(mut self: Box<Self>, word: &str) -> Box<Self> {
        self.unknown = Some(word.to_owned());
        self
    }

    /// Records that `word` is missing at the offset `at` of a statement, to show the corrected
    /// statement.
    pub(crate) fn missing(
        mut self: Box<Self>,
        statement: Location,
        at: u32,
        word: &'static str,
    ) -> Box<Self> {
        self.missing = Some((statement, at, word));
        self
    }

    /// The statement with the missing word.
    fn corrected(&self, locate: &dyn Locate) -> Option<String> {
        let (statement, at, word) = self.missing?;
        let text = locate.sources().text(statement.span);
        let at = at.checked_sub(statement.span.start)? as usize;
        let (before, after) = text.split_at_checked(at)?;
        let whole = format!("{before}{word} {after}");
        (!whole.contains(['\n', '`', '%'])).then_some(whole)
    }

    /// The diagnostic at the place that the user wrote, with macro definitions in the notes.
    pub(crate) fn into_diagnostic(self: Box<Self>, locate: &dyn Locate) -> Diagnostic {
        let corrected = self.corrected(locate);
        let mut diagnostic = self.diagnostic;
        if let (Some(corrected), Some(help)) = (corrected, &mut diagnostic.help) {
            help.push_str(&format!(": `{corrected}`"));
        }
        for (location, message) in self.notes {
            diagnostic = diagnostic.note(location.locate(locate), message);
        }
        if self.location.origin != Origin(0) {
            let (span, notes) = locate.locate(&self.location.token());
            diagnostic.span = span;
            diagnostic.notes.extend(notes);
        }
        diagnostic
    }
}
