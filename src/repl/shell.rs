//! The loop: an entry in, its reply out.
//!
//! Decides what an entry is and who answers it. Knows nothing of where entries come from, and of
//! where replies go only that they can be written there.

use super::expression::{self, Sort, Wrong};
use super::program::{Mistake, Origin};
use super::session::{End, Error, Screen, Session, Tape, lock};
use super::style::{Painter, Style};
use super::{Lines, Read, command, entry, inspect, view};
use crate::diagnostic::render::{Paint, render};
use crate::machine::outcome::{HostError, Outcome};
use std::io;

/// A session with somebody at it.
pub struct Shell {
    /// The session.
    pub session: Session,
    /// How text is painted.
    pub painter: Painter,
    /// Where replies go.
    pub out: Screen,
    /// Where complaints go.
    pub complaints: Screen,
    /// The lines that are read as a file, if they are.
    pub origin: Origin,
    /// Whether somebody types, and sees what is typed.
    pub is_terminal: bool,
    /// How wide replies should be.
    pub columns: fn() -> usize,
    /// RAM that new machines get; none is the mode's default.
    pub memory: Option<u64>,
    /// What was edited and is not a program yet.
    pub draft: Option<std::path::PathBuf>,
    /// Opens standard input for the guest.
    pub open_input: Box<dyn FnMut() -> io::Result<Tape>>,
}

impl std::fmt::Debug for Shell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shell").field("session", &self.session).finish_non_exhaustive()
    }
}

/// What comes after an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It went well.
    Done,
    /// It went wrong, which was said.
    Failed,
    /// The session is over.
    Quit,
}

impl Shell {
    /// Answers entries until there are no more. Gives whether one went wrong; with `stop`, that is
    /// the last one.
    ///
    /// # Errors
    /// Replies cannot be written.
    pub fn run(&mut self, lines: &mut dyn Lines, stop: bool) -> io::Result<bool> {
        let mut failed = false;
        loop {
            match lines.next(&self.session.prompt(), &self.session) {
                Read::Entry(text) => match self.answer_ahead(&text, lines)? {
                    Next::Done => {}
                    Next::Failed => {
                        failed = true;
                        if stop {
                            return Ok(true);
                        }
                    }
                    Next::Quit => return Ok(failed),
                },
                Read::Interrupted => {}
                Read::End => return Ok(failed),
            }
        }
    }

    /// Answers one entry, whose guest may read what was typed behind it.
    fn answer_ahead(&mut self, text: &str, lines: &mut dyn Lines) -> io::Result<Next> {
        if entry::is_command(text) || self.session.tape.more.is_none() {
            return self.answer(text);
        }
        let start = self.session.tape.bytes.len();
        self.session.tape.bytes.extend(lines.take_ahead());
        let end = self.session.tape.bytes.len();
        let next = self.answer(text);
        let from = self.session.state().read.max(start);
        if from < end {
            lines.give_back(self.session.tape.bytes.split_off(from));
        }
        next
    }

    /// Answers one entry.
    ///
    /// # Errors
    /// The reply cannot be written.
    pub fn answer(&mut self, text: &str) -> io::Result<Next> {
        let text = text.trim_end();
        if text.lines().all(|line| entry::without_comment(line).trim().is_empty()) {
            return Ok(Next::Done);
        }
        if entry::is_command(text) {
            // What is pasted behind a command is an entry of its own.
            let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
            let next = command::obey(self, line.trim())?;
            return if next == Next::Done && !rest.is_empty() {
                self.answer(rest)
            } else {
                Ok(next)
            };
        }
        match expression::sort(&self.session, text) {
            Sort::Statements => match expression::of_macro(&self.session, text, &self.origin) {
                Some(value) => inspect::value(self, &value),
                None => self.statements(text),
            },
            Sort::Expression(line) => {
                match expression::evaluate(&self.session, line, &self.origin) {
                    Ok(value) => inspect::value(self, &value),
                    Err(wrong) => self.wrong(&wrong),
                }
            }
            Sort::Assignment(target, value) => {
                match expression::assign(&self.session, target, value, &self.origin) {
                    Ok(statements) => self.statements(&statements),
                    Err(wrong) => self.wrong(&wrong),
                }
            }
        }
    }

    /// Runs statements and shows what they changed.
    ///
    /// # Errors
    /// The reply cannot be written.
    pub fn statements(&mut self, text: &str) -> io::Result<Next> {
        let before = self.session.prompt().address;
        let report = match self.session.enter(text, &self.origin) {
            Ok(report) => report,
            Err(error) => return self.error(&error),
        };
        self.end_line(report.is_mid_line, report.end == End::Outcome(Outcome::Interrupted))?;
        if let Some(warnings) = &report.warnings {
            self.mistake(warnings)?;
        }
        let (start, end) = (address(before), address(self.session.prompt().address));
        let own = start.min(end)..end;
        let before = if report.is_kept() { self.session.before() } else { None };
        let mut lines = super::trace::lines(self.painter, &report, self.session.state(), before);
        lines.extend(view::report(self.painter, &report, before, self.session.state(), &own));
        self.say(&lines)?;
        if let Some(mistake) = &report.fault {
            self.mistake(mistake)?;
            self.complain("all is as before this entry")?;
        }
        let ended_well = match &report.end {
            End::Outcome(outcome) => {
                matches!(outcome, Outcome::Halted | Outcome::Exited(_) | Outcome::Interrupted)
            }
            _ => true,
        };
        Ok(if ended_well { Next::Done } else { Next::Failed })
    }

    /// Ends the line that a guest has left; the terminal has written `^C` there if it was
    /// interrupted.
    pub(super) fn end_line(&self, is_mid_line: bool, is_interrupted: bool) -> io::Result<()> {
        if is_mid_line || self.is_terminal && is_interrupted {
            lock(&self.out).write_all(b"\n")?;
        }
        Ok(())
    }

    /// Writes lines.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn say(&self, lines: &[String]) -> io::Result<Next> {
        let mut out = lock(&self.out);
        for line in lines {
            out.write_all(line.as_bytes())?;
            out.write_all(b"\n")?;
        }
        out.flush()?;
        Ok(Next::Done)
    }

    fn complain(&self, line: &str) -> io::Result<()> {
        let mut out = lock(&self.complaints);
        out.write_all(line.as_bytes())?;
        out.write_all(b"\n")?;
        out.flush()
    }

    /// Says that something went wrong, in words.
    ///
    /// # Errors
    /// It cannot be said.
    pub fn fail(&self, words: &str) -> io::Result<Next> {
        let place = if self.origin.name.is_empty() {
            String::new()
        } else {
            format!("{}:{}: ", self.origin.name, self.origin.line.get())
        };
        let title = self.painter.paint(Style::Error, "error:");
        self.complain(&format!("{place}{title} {words}"))?;
        Ok(Next::Failed)
    }

    /// Standard input, for the guest.
    ///
    /// # Errors
    /// It cannot be had.
    pub fn open_input(&mut self) -> io::Result<Tape> {
        (self.open_input)()
    }

    /// Draws diagnostics.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn mistake(&self, mistake: &Mistake) -> io::Result<Next> {
        let paint = if self.painter.colour { Paint::Colour } else { Paint::Plain };
        for diagnostic in mistake.diagnostics.iter().take(20) {
            self.complain(&render(&mistake.sources, diagnostic, paint))?;
        }
        Ok(Next::Failed)
    }

    /// Says what an expression lacks.
    ///
    /// # Errors
    /// It cannot be said.
    pub(super) fn wrong(&self, wrong: &Wrong) -> io::Result<Next> {
        match wrong {
            Wrong::Mistake(mistake) => self.mistake(mistake),
            Wrong::Words(words) => self.fail(words),
        }
    }

    /// Says why an entry did nothing.
    ///
    /// # Errors
    /// It cannot be said.
    pub fn error(&self, error: &Error) -> io::Result<Next> {
        match error {
            Error::Mistake(mistake) => self.mistake(mistake),
            Error::Host(error) => self.host(error),
            Error::Words(words) => self.fail(words),
        }
    }

    /// Says what the host cannot do.
    ///
    /// # Errors
    /// It cannot be said.
    pub fn host(&self, error: &HostError) -> io::Result<Next> {
        match error {
            HostError::System { help: Some(help), .. } => self.fail(&format!("{error}\n{help}")),
            _ => self.fail(&error.to_string()),
        }
    }
}

fn address(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// What the system says, without its error number.
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}
