//! Diagnostics as text for people: the message, the source line, carets.
//!
//! The caller chooses with [`Paint`] whether the text has colours.

use super::{Diagnostic, Note, Severity, Source, Sources, Span, text};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

/// Whether the text carries the colours of a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paint {
    /// Nothing but text.
    #[default]
    Plain,
    /// With escape sequences for colours.
    Colour,
}

/// Widest part of a source line that is drawn, in bytes. A longer line is shown from its span on.
const LINE_LIMIT: usize = 400;

impl Sources {
    /// Draws `diagnostic` with its source lines, as plain text without a line end at the end.
    #[must_use]
    pub fn render(&self, diagnostic: &Diagnostic) -> String {
        render(self, diagnostic, Paint::Plain)
    }
}

/// Draws `diagnostic`, without a line end at the end.
#[must_use]
pub fn render(sources: &Sources, diagnostic: &Diagnostic, paint: Paint) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let message = match diagnostic.name {
        Some(name) => format!("{} [{name}]", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let title = level.primary_title(message);
    let mut group = Group::with_title(title);
    if let Some(place) = Place::find(sources, diagnostic.span) {
        group = place.draw(group, &diagnostic.label);
    }
    let has_notes = !diagnostic.notes.is_empty();
    if let Some(help) = diagnostic.help.as_deref().filter(|_| !has_notes) {
        group = group.element(Level::HELP.message(help));
    }
    let mut groups = vec![group];
    groups.extend(diagnostic.notes.iter().map(|note| note_group(sources, note)));
    if let Some(help) = diagnostic.help.as_deref().filter(|_| has_notes) {
        groups.push(Group::with_title(Level::HELP.secondary_title(help)));
    }
    let renderer = match paint {
        Paint::Plain => Renderer::plain(),
        Paint::Colour => Renderer::styled(),
    };
    // A byte that is not UTF-8 and what is shown for it are one column wide both.
    text::visible(&renderer.render(&groups)).into_owned()
}

fn note_group<'a>(sources: &'a Sources, note: &'a Note) -> Group<'a> {
    let group = Group::with_title(Level::NOTE.secondary_title(note.message.as_str()));
    match Place::find(sources, note.span) {
        Some(place) => place.draw(group, ""),
        None => group,
    }
}

/// The line that a span begins on, and the part of it to mark.
struct Place<'a> {
    source: &'a Source,
    line: u32,
    column: u32,
    text: &'a str,
    start: usize,
    end: usize,
    /// Whether `text` begins inside the line, so that columns cannot be counted in it.
    is_cut: bool,
}

impl<'a> Place<'a> {
    fn find(sources: &'a Sources, span: Span) -> Option<Self> {
        let source = sources.get(span.file)?;
        let (line, column) = source.line_column(span.start);
        let whole = source.line(line);
        let line_start = source.line_start(line) as usize;
        let start = (span.start as usize).saturating_sub(line_start).min(whole.len());
        let end = (span.end as usize).saturating_sub(line_start).clamp(start, whole.len());
        let from = if whole.len() > LINE_LIMIT { floor(whole, start) } else { 0 };
        let to = floor(whole, whole.len().min(from + LINE_LIMIT));
        let (start, end) = (floor(whole, start), floor(whole, end.min(to)));
        let text = whole.get(from..to).unwrap_or("");
        Some(Self {
            source,
            line,
            column,
            text,
            start: start - from,
            end: end.max(start) - from,
            is_cut: from > 0,
        })
    }

    fn draw(self, group: Group<'a>, label: &'a str) -> Group<'a> {
        let mark: Annotation<'a> = AnnotationKind::Primary.span(self.start..self.end);
        let mark = if label.is_empty() { mark } else { mark.label(label) };
        let name = self.source.name.as_str();
        let line = self.line as usize;
        let snippet = Snippet::source(self.text).line_start(line).fold(false).annotation(mark);
        if !self.is_cut {
            return group.element(snippet.path(name));
        }
        let origin = Origin::path(name).line(line).char_column(self.column as usize);
        group.element(origin).element(snippet)
    }
}

/// The greatest character boundary of `text` that is not behind `index`.
fn floor(text: &str, index: usize) -> usize {
    text.floor_char_boundary(index.min(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> (Sources, super::super::FileId) {
        let mut sources = Sources::new();
        let text = "start:\n\tmvo eax, 1\nstart: hlt\n".to_owned();
        let id = sources.add("a.asm", None, text);
        (sources, id)
    }

    #[test]
    fn the_line_is_shown_with_carets_label_notes_and_help() {
        let (sources, id) = sources();
        let d = Diagnostic::error(Span::new(id, 8, 11), "unknown instruction `mvo`")
            .label("not an instruction")
            .help("write `mov`")
            .note(Span::new(id, 0, 5), "in this routine");
        let text = render(&sources, &d, Paint::Plain);
        let expected = "\
error: unknown instruction `mvo`
 --> a.asm:2:2
  |
2 |     mvo eax, 1
  |     ^^^ not an instruction
  |
note: in this routine
 --> a.asm:1:1
  |
1 | start:
  | ^^^^^
help: write `mov`";
        assert_eq!(text, expected);
    }

    #[test]
    fn plain_text_has_no_escapes_and_colour_has() {
        let (sources, id) = sources();
        let d = Diagnostic::warning("w", Span::new(id, 0, 5), "odd");
        assert!(!render(&sources, &d, Paint::Plain).contains('\x1b'));
        assert!(render(&sources, &d, Paint::Colour).contains('\x1b'));
    }

    #[test]
    fn spans_that_do_not_fit_the_text_are_drawn_all_the_same() {
        let mut sources = Sources::new();
        let id = sources.add("é.asm", None, format!("{}é\nlast é", "x".repeat(5000)));
        for (start, end) in [(0, 9), (4999, 5003), (5000, 5001), (5001, 5002), (5012, 99), (7, 3)] {
            let d = Diagnostic::error(Span::new(id, start, end), "m");
            let text = render(&sources, &d, Paint::Plain);
            assert!(text.contains("é.asm:") && text.len() < 2000, "{text}");
        }
        let elsewhere = Diagnostic::error(Span::new(super::super::FileId(9), 0, 1), "m");
        assert_eq!(render(&sources, &elsewhere, Paint::Plain), "error: m");
    }

    #[test]
    fn control_characters_of_a_source_do_not_reach_the_terminal() {
        let mut sources = Sources::new();
        let id = sources.add("a.asm", None, "db '\x1b[31m'\n".to_owned());
        let text = render(&sources, &Diagnostic::error(Span::new(id, 0, 2), "m"), Paint::Plain);
        assert!(!text.contains('\x1b'), "{text:?}");
    }
}
