//! Writing to standard output and standard error.
//!
//! Messages go to standard error, results to standard output. A closed output pipe is not an error
//! to report.

use crate::diagnostic::render::{Paint, render};
use crate::diagnostic::{Diagnostic, Severity, Sources, Span, text};
use std::io::{self, Write};

/// The most diagnostics that are shown for one file: about a screenful.
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

/// Writes a line to standard error. If that fails, there is nowhere else to report it.
pub(super) fn say(line: impl AsRef<str>) {
    let text = [line.as_ref(), "\n"].concat();
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// A text by a stranger, safe to show. Line ends and tabs are kept; all other characters that act on
/// the terminal, or are invisible, are escaped.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text::visible(text).chars() {
        match c {
            char::REPLACEMENT_CHARACTER => out.push(c),
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

/// Shows an error that has no place in a source.
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

/// Shows diagnostics; if they are many, the first of them.
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
