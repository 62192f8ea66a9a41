//! A session with the streams that replies and errors are written to.

use super::expression::EvaluationError;
use super::program::{Messages, Origin};
use super::session::{GuestInput, Screen, Session, lock};
use super::style::{Painter, Style};
use crate::diagnostic::render::{Paint, render};
use crate::machine::outcome::HostError;
use std::io;

/// Most diagnostics that are printed for one entry.
const MOST_DIAGNOSTICS: usize = 20;

/// A session, and how to talk to its user.
pub struct Shell {
    /// The session.
    pub session: Session,
    /// How text is coloured.
    pub painter: Painter,
    /// Where replies go.
    pub out: Screen,
    /// Where errors and warnings go.
    pub errors: Screen,
    /// Name and line of the input, for messages; the name is empty at a terminal.
    pub origin: Origin,
    /// Whether the input is typed at a terminal, which echoes it.
    pub is_terminal: bool,
    /// The width of replies, in columns.
    pub columns: fn() -> usize,
    /// RAM of new machines; `None` is the default of the mode.
    pub memory: Option<u64>,
    /// The file that `:edit` keeps while its text does not assemble.
    pub draft: Option<std::path::PathBuf>,
    /// The files that the session has saved or loaded, which `:save` may replace.
    pub files: Vec<std::path::PathBuf>,
    /// Opens standard input for the guest.
    pub open_input: Box<dyn FnMut() -> io::Result<GuestInput>>,
}

impl std::fmt::Debug for Shell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shell").field("session", &self.session).finish_non_exhaustive()
    }
}

/// What follows an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The entry succeeded.
    Done,
    /// The entry failed, and the user was told why.
    Failed,
    /// The session ends.
    Quit,
}

impl Shell {
    /// Whether `:save` may write this file: it is new, or the session has saved or loaded it.
    pub(super) fn owns_file(&self, path: &std::path::Path) -> bool {
        let is_new = path.symlink_metadata().is_err();
        is_new
            || path.canonicalize().is_ok_and(|path| self.files.contains(&path))
            || is_device(path)
    }

    /// Notes that the session has saved or loaded this file.
    pub(super) fn own_file(&mut self, path: &std::path::Path) {
        self.files.extend(path.canonicalize());
    }

    /// Ends the line that a guest left open. After Ctrl-C a terminal has written `^C` on it.
    pub(super) fn end_line(&self, is_mid_line: bool, is_interrupted: bool) -> io::Result<()> {
        if is_mid_line || self.is_terminal && is_interrupted {
            lock(&self.out).write_all(b"\n")?;
        }
        Ok(())
    }

    /// Writes the lines of a reply.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn say(&self, lines: &[String]) -> io::Result<Next> {
        write_lines(&self.out, lines)?;
        Ok(Next::Done)
    }

    /// Writes a line where errors go.
    pub(super) fn complain(&self, line: &str) -> io::Result<()> {
        write_lines(&self.errors, &[line])
    }

    /// Reports an error that is not a diagnostic.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn fail(&self, message: &str) -> io::Result<Next> {
        let place = if self.origin.name.is_empty() {
            String::new()
        } else {
            format!("{}:{}: ", self.origin.name, self.origin.line.get())
        };
        let title = self.painter.paint(Style::Error, "error:");
        self.complain(&format!("{place}{title} {message}"))?;
        Ok(Next::Failed)
    }

    /// Reports diagnostics.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn messages(&self, messages: &Messages) -> io::Result<Next> {
        let paint = if self.painter.colour { Paint::Colour } else { Paint::Plain };
        for diagnostic in messages.diagnostics.iter().take(MOST_DIAGNOSTICS) {
            self.complain(&render(&messages.sources, diagnostic, paint))?;
        }
        Ok(Next::Failed)
    }

    /// Reports why an expression has no value.
    ///
    /// # Errors
    /// The output cannot be written.
    pub(super) fn evaluation_error(&self, error: &EvaluationError) -> io::Result<Next> {
        match error {
            EvaluationError::Source(messages) => self.messages(messages),
            EvaluationError::Text(text) => self.fail(text),
        }
    }

    /// Reports what the host cannot do.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn host_error(&self, error: &HostError) -> io::Result<Next> {
        match error {
            HostError::System { help: Some(help), .. } => self.fail(&format!("{error}\n{help}")),
            _ => self.fail(&error.to_string()),
        }
    }
}

fn write_lines(screen: &Screen, lines: &[impl AsRef<str>]) -> io::Result<()> {
    let mut out = lock(screen);
    for line in lines {
        out.write_all(line.as_ref().as_bytes())?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// Whether writing to this path replaces no file.
fn is_device(path: &std::path::Path) -> bool {
    path.metadata().is_ok_and(|m| !m.is_file())
}

/// What the system says, without its error number.
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}
