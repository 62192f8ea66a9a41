//! Writing to standard output and standard error.
//!
//! Messages go to standard error, results to standard output. A closed output pipe is not an error
//! to report.

use crate::diagnostic::render::{Paint, render};
use crate::diagnostic::{Diagnostic, Note, Severity, Sources, Span, text};
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

/// Shows diagnostics. A mistake that is made often is shown once, what follows from a missing include
/// is counted, and if there are many, errors go before warnings.
pub(super) fn say_diagnostics(sources: &Sources, diagnostics: &[Diagnostic]) {
    let paint = paint();
    let arranged = arrange(sources, diagnostics);
    let is_error = |d: &Diagnostic| d.severity == Severity::Error;
    let mut room = SHOWN.saturating_sub(arranged.iter().filter(|d| is_error(d)).count());
    let mut errors = SHOWN;
    let mut left_out = 0;
    for diagnostic in &arranged {
        let left = if is_error(diagnostic) { &mut errors } else { &mut room };
        match left.checked_sub(1) {
            Some(fewer) => {
                *left = fewer;
                say(render(sources, diagnostic, paint));
            }
            None => left_out += 1,
        }
    }
    if left_out > 0 {
        say(format!("and {left_out} more; `applet check --json` lists all"));
    }
}

/// How often the same mistake is shown by itself.
const SAME: usize = 3;

/// The diagnostics as a person reads them: an include that fails first, without what follows from
/// it, and one in place of many that are the same.
fn arrange(sources: &Sources, diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
    let fails = |d: &&Diagnostic| d.message.starts_with("cannot include `");
    let follows = |d: &&Diagnostic| {
        let is_unknown = d.message.starts_with("unknown instruction `");
        d.severity == Severity::Error && (is_unknown || d.message.ends_with("` is not defined"))
    };
    let mut first: Vec<Diagnostic> = diagnostics.iter().filter(fails).cloned().collect();
    let mut all = Vec::new();
    if let Some(include) = first.last_mut() {
        let count = diagnostics.iter().filter(follows).count();
        if count > 0 {
            let names = if count == 1 { "1 name is" } else { &format!("{count} names are") };
            let help = format!("{names} not known here, perhaps because of that");
            include.help = Some(match include.help.take() {
                Some(before) => format!("{before}; {help}"),
                None => help,
            });
        }
        all.append(&mut first);
        all.extend(diagnostics.iter().filter(|d| !fails(d) && !follows(d)).cloned());
    } else {
        all.extend_from_slice(diagnostics);
    }
    let mut kept: Vec<Diagnostic> = Vec::new();
    // The kinds seen, each with the number of its first in `kept` and how often it came.
    let mut kinds: std::collections::HashMap<String, (usize, usize)> = Default::default();
    let kind =
        |d: &Diagnostic| format!("{}{}\n{}", d.severity.name(), template(&d.message), d.label);
    for diagnostic in &all {
        kinds.entry(kind(diagnostic)).or_default().1 += 1;
    }
    for diagnostic in all {
        let Some((at, count)) = kinds.get_mut(&kind(&diagnostic)) else { continue };
        if *count <= SAME || diagnostic.message.ends_with("` is not defined") {
            kept.push(diagnostic);
        } else if *at == 0 {
            kept.push(diagnostic);
            *at = kept.len();
        } else if let Some(first) = kept.get_mut(*at - 1)
            && first.notes.is_empty()
        {
            let line = sources.position(diagnostic.span).line;
            let more = *count - 1;
            let message =
                format!("the same mistake is at {more} more places, the next in line {line}");
            first.notes.push(Note { span: Span::NOWHERE, message });
        }
    }
    kept
}

/// A message without what it quotes of a source, which tells mistakes of one kind from another; but
/// the first word that is quoted counts if it is a name that the user chose.
fn template(message: &str) -> String {
    let chosen = ["unknown", "the macro", "cannot include"];
    if chosen.iter().any(|begin| message.starts_with(begin)) {
        return message.to_owned();
    }
    message.split('`').step_by(2).collect::<Vec<_>>().join("`")
}
