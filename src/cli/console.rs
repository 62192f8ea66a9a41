//! Standard output and standard error: where the program's own words go.
//!
//! Words for people go to standard error, results to standard output. Nobody reading is no mistake.

use crate::diagnostic::render::{Paint, render};
use crate::diagnostic::{Diagnostic, Severity, Sources, Span};
use std::io::{self, Write};

/// Diagnostics of one assembly that are drawn; more than a screenful helps nobody.
const SHOWN: usize = 20;

/// Writes `bytes` to standard output.
///
/// # Errors
/// They cannot be written, because the pipe was closed (`BrokenPipe`) or otherwise.
pub(super) fn out(bytes: impl AsRef<[u8]>) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes.as_ref())?;
    stdout.flush()
}

/// Writes a line to standard error. That it cannot be written cannot be told to anybody.
pub(super) fn say(line: impl AsRef<str>) {
    let text = [line.as_ref(), "\n"].concat();
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// A text made by a stranger, to be shown: line ends and tabs are kept, and what else would act on
/// the terminal, or hide, is escaped.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' | '\n' | '\t' => out.push(c),
            c => out.extend(c.escape_debug()),
        }
    }
    out
}

/// How standard error is painted: in colour on a terminal, unless `NO_COLOR` is set.
pub(super) fn paint() -> Paint {
    match anstream::AutoStream::choice(&io::stderr()) {
        anstream::ColorChoice::Never => Paint::Plain,
        _ => Paint::Colour,
    }
}

/// Says an error that has no place in a source.
pub(super) fn say_error(message: &str, help: Option<&str>) {
    say(error(message, help));
}

/// An error that has no place in a source, drawn.
pub(super) fn error(message: &str, help: Option<&str>) -> String {
    let diagnostic = Diagnostic::error(Span::NOWHERE, message);
    let diagnostic = match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    };
    render(&Sources::new(), &diagnostic, paint())
}

/// Draws diagnostics, the first of them if they are many.
pub(super) fn say_diagnostics(sources: &Sources, diagnostics: &[Diagnostic]) {
    if diagnostics.is_empty() {
        return;
    }
    let paint = paint();
    // Errors before warnings if not all can be shown.
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let shown = |d: &&Diagnostic| errors < SHOWN || d.severity == Severity::Error;
    for diagnostic in diagnostics.iter().filter(shown).take(SHOWN) {
        say(render(sources, diagnostic, paint));
    }
    let more = diagnostics.len().saturating_sub(SHOWN);
    if diagnostics.len() > SHOWN {
        say(format!("and {more} more; `applet check --json` lists all"));
    }
}
