//! Mistakes with the texts they are in, and how places in the whole text become places in the
//! entry that was typed.
//!
//! Knows nothing of how a text is assembled.

use crate::diagnostic::{Diagnostic, FileId, Severity, Sources, Span};
use std::cell::Cell;
use std::rc::Rc;

/// A mistake, with the texts it is in.
#[derive(Debug)]
pub struct Mistake {
    /// The texts.
    pub sources: Sources,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// Where an entry was read: for messages.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// What messages call the text.
    pub name: String,
    /// The line that the entry's first line has there, from 1; whoever reads the lines sets it.
    pub line: Rc<Cell<usize>>,
}

/// From places in the whole text to places in the entry.
pub(super) struct Shift<'a> {
    pub(super) main: FileId,
    pub(super) offset: usize,
    pub(super) entry: &'a str,
    pub(super) place: &'a Origin,
}

impl Shift<'_> {
    pub(super) fn mistake(&self, mut sources: Sources, diagnostics: Vec<Diagnostic>) -> Mistake {
        // Empty lines before it give the entry's lines their numbers.
        let lines = self.place.line.get().saturating_sub(1);
        let text = format!("{}{}", "\n".repeat(lines), self.entry);
        let file = sources.add(self.place.name.as_str(), None, text);
        let moved = |span: Span| self.span(span, file, lines);
        let has_errors = diagnostics.iter().any(|d| d.severity == Severity::Error);
        let diagnostics = diagnostics
            .into_iter()
            .filter(|d| {
                let earlier = d.span.file == self.main && (d.span.start as usize) < self.offset;
                !(has_errors && earlier && d.severity == Severity::Warning)
            })
            .map(|mut d| {
                d.span = moved(d.span);
                for note in &mut d.notes {
                    note.span = moved(note.span);
                }
                d
            })
            .collect();
        Mistake { sources, diagnostics }
    }

    fn span(&self, span: Span, file: FileId, lines: usize) -> Span {
        let inside = |at: u32| {
            let at = (at as usize).checked_sub(self.offset)?;
            u32::try_from(at.min(self.entry.len()) + lines).ok()
        };
        match (span.file == self.main, inside(span.start), inside(span.end)) {
            (true, Some(start), Some(end)) => Span::new(file, start, end),
            _ => span,
        }
    }
}
