//! Mistakes with the texts they are in, and how places in the whole text become places in the entry
//! that was typed.

use super::EARLIER;
use crate::diagnostic::{Diagnostic, FileId, Severity, Sources, Span};
use std::cell::Cell;
use std::rc::Rc;

/// What messages call an entry that was typed.
const TYPED: &str = "entry";

/// A mistake, with the texts it is in.
#[derive(Debug)]
pub struct Messages {
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

/// From places in the whole text to places in the entry, and in those before it.
pub(super) struct Shift<'a> {
    pub(super) main: FileId,
    /// Where the first entry begins, and where this one does.
    pub(super) first: usize,
    pub(super) offset: usize,
    pub(super) entry: &'a str,
    pub(super) place: &'a Origin,
}

impl Shift<'_> {
    pub(super) fn mistake(&self, mut sources: Sources, diagnostics: Vec<Diagnostic>) -> Messages {
        // Empty lines before it give the entry's lines their numbers.
        let lines = self.place.line.get().saturating_sub(1);
        let text = format!("{}{}", "\n".repeat(lines), self.entry);
        let name = if self.place.name.is_empty() { TYPED } else { &self.place.name };
        let file = sources.add(name, None, text);
        let earlier = sources.get(self.main).and_then(|s| s.text.get(self.first..self.offset));
        let earlier = sources.add(EARLIER, None, earlier.unwrap_or_default().to_owned());
        let moved = |span: Span| {
            self.within(span, self.offset, self.entry.len(), file, lines)
                .or_else(|| {
                    self.within(
                        span,
                        self.first,
                        self.offset.saturating_sub(self.first),
                        earlier,
                        0,
                    )
                })
                .unwrap_or(span)
        };
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
        Messages { sources, diagnostics }
    }

    /// A place of the whole text in the part of it that begins at `from` and is `length` long:
    /// behind so many bytes in this file.
    fn within(
        &self,
        span: Span,
        from: usize,
        length: usize,
        file: FileId,
        behind: usize,
    ) -> Option<Span> {
        let inside = |at: u32| {
            let at = (at as usize).checked_sub(from)?;
            u32::try_from(at.min(length) + behind).ok()
        };
        let is_here = span.file == self.main;
        is_here.then(|| Some(Span::new(file, inside(span.start)?, inside(span.end)?)))?
    }
}
