//! What rustyline calls while a line is edited: highlighting, hints and completion in one.
//!
//! It decides what is drawn and how wide it may be; what it says comes from the other files.

use super::highlight::{Style, paint, parts};
use super::keys::{INDENT, Shared, Stage};
use super::scope::Scope;
use super::{complete, hint, terminal};
use rustyline::completion::{Completer, Pair};
use rustyline::config::CompletionType;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::Validator;
use rustyline::{Context, Result};
use std::borrow::Cow;

/// What is drawn for [`INDENT`]; as wide.
const CONTINUED: &str = "... ";

/// Columns below which a hint is not worth its place.
const NARROW: usize = 8;

/// What stands between a line and its hint: the line would still be the same with it.
const BETWEEN: &str = "  ; ";

pub(super) struct Helper {
    scope: Scope,
    typed: Shared,
    is_coloured: bool,
    /// Columns of the prompt.
    prompt: usize,
}

impl Helper {
    pub(super) fn new(scope: Scope, typed: Shared, is_coloured: bool) -> Self {
        let prompt = scope.prompt_text().chars().count();
        Self { scope, typed, is_coloured, prompt }
    }

    fn paint(&self, out: &mut String, style: Style, text: &str) {
        if self.is_coloured { paint(out, style, text) } else { out.push_str(text) }
    }

    /// The hint, cut so that it does not begin another row.
    fn fit(&self, line: &str, hint: &str, columns: usize) -> Option<String> {
        let last = line.rsplit('\n').next().unwrap_or(line);
        let before = if last.len() == line.len() { self.prompt } else { 0 };
        // A line that has begun another row already leaves the rest of that.
        let used = (before + last.chars().count()) % columns.max(1);
        let room = columns.saturating_sub(used + BETWEEN.len() + 1);
        let hint: String = hint.chars().take(room).collect();
        (room >= NARROW).then(|| format!("{BETWEEN}{hint}"))
    }
}

/// A hint that is only looked at.
pub(super) struct Shown(String);

impl Hint for Shown {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Helper {
    type Hint = Shown;

    fn hint(&self, line: &str, _: usize, _: &Context<'_>) -> Option<Shown> {
        match self.typed.lock().stage {
            Stage::Typing => {}
            Stage::Entered(_) => return None,
            Stage::Interrupted { .. } => return Some(Shown("^C".to_owned())),
        }
        let hint = hint::hint(line, &self.scope)?;
        self.fit(line, &hint, terminal::size().0).map(Shown)
    }
}

impl Highlighter for Helper {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        let mut out = String::with_capacity(line.len() * 2);
        let mut at = 0;
        let plain = |out: &mut String, text: &str| {
            for (number, row) in text.split('\n').enumerate() {
                let rest = row.strip_prefix(INDENT).filter(|_| number > 0);
                if number > 0 {
                    out.push('\n');
                }
                if rest.is_some() {
                    self.paint(out, Style::Faint, CONTINUED);
                }
                out.push_str(rest.unwrap_or(row));
            }
        };
        for (range, style) in parts(line, &self.scope) {
            let (Some(before), Some(text)) = (line.get(at..range.start), line.get(range.clone()))
            else {
                break;
            };
            plain(&mut out, before);
            self.paint(&mut out, style, text);
            at = range.end;
        }
        plain(&mut out, line.get(at..).unwrap_or_default());
        Cow::Owned(out)
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        let mut out = String::new();
        self.paint(&mut out, Style::Faint, hint);
        Cow::Owned(out)
    }

    fn highlight_candidate<'c>(&self, candidate: &'c str, _: CompletionType) -> Cow<'c, str> {
        let Some((word, about)) = candidate.split_once("  ") else { return candidate.into() };
        let mut out = word.to_owned();
        self.paint(&mut out, Style::Faint, &format!("  {about}"));
        Cow::Owned(out)
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        // A cursor that moves changes no colour.
        kind != CmdKind::MoveCursor || self.typed.lock().stage != Stage::Typing
    }
}

impl Completer for Helper {
    type Candidate = Pair;

    fn complete(&self, line: &str, cursor: usize, _: &Context<'_>) -> Result<(usize, Vec<Pair>)> {
        Ok(complete::complete(line, cursor, &self.scope))
    }
}

impl Validator for Helper {}

impl rustyline::Helper for Helper {}

#[cfg(test)]
mod tests {
    use super::super::scope::sample;
    use super::*;
    use crate::image::Mode;

    fn helper(is_coloured: bool) -> Helper {
        Helper::new(sample(Mode::Long), Shared::default(), is_coloured)
    }

    /// The text without its renditions.
    fn bare(text: &str) -> String {
        let mut parts = text.split("\x1b[");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |out, part| out + part.split_once('m').map_or("", |(_, rest)| rest))
    }

    #[test]
    fn a_painted_line_is_as_wide_as_the_line() {
        let line = "top:\n    mov eax, 'x' ; é\n\tnop\n     inc r8";
        let painted = helper(true).highlight(line, 0).into_owned();
        assert!(painted.contains("\x1b[1;34mmov\x1b[0m"), "{painted:?}");
        let expected = "top:\n... mov eax, 'x' ; é\n\tnop\n...  inc r8";
        assert_eq!(bare(&painted), expected);
        assert_eq!(helper(false).highlight(line, 0), expected);
    }

    #[test]
    fn a_hint_stays_in_its_row() {
        let helper = helper(false);
        let prompt = helper.prompt;
        assert_eq!(prompt, "long 100000> ".len());
        let fit = |line: &str, columns| helper.fit(line, "B8 05 00 00 00", columns);
        assert_eq!(fit("mov eax, 5", 80).as_deref(), Some("  ; B8 05 00 00 00"));
        assert_eq!(fit("mov eax, 5", 40).as_deref(), Some("  ; B8 05 00 00 "));
        assert_eq!(fit("mov eax, 5", 30), None);
        assert_eq!(fit("top:\nmov eax, 5", 40).as_deref(), Some("  ; B8 05 00 00 00"));
        assert_eq!(fit(&"x".repeat(40), 40).as_deref(), Some("  ; B8 05 00 00 00"));
        assert_eq!(fit("", 0), None);
    }
}
