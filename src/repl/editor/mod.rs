//! Entries from a terminal, with all that helps to type them.
//!
//! rustyline edits the line; here is what it must know of assembly, and what it lacks: a prompt on
//! continued lines, a history without doubles, and type-ahead that is not lost.

mod complete;
mod helper;
mod highlight;
mod hint;
mod history;
mod keys;
mod scope;
mod terminal;

use super::entry;
use super::lines::{Lines, Read};
use super::session::{Prompt, Session};
use helper::Helper;
use keys::{Keys, Shared, Stage};
use rustyline::config::{BellStyle, ColorMode, CompletionType, Config};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Event, EventHandler};
use scope::Scope;
use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;

/// Reads entries from the terminal that standard input and standard output are.
pub struct Editor {
    /// None on a terminal that cannot move its cursor.
    line: Option<rustyline::Editor<Helper, FileHistory>>,
    typed: Shared,
    config: Config,
    history: Option<PathBuf>,
    is_coloured: bool,
    /// Whether the key before was a Ctrl-C on an empty line.
    is_leaving: bool,
}

impl fmt::Debug for Editor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Editor").field("line", &self.line).finish_non_exhaustive()
    }
}

impl Editor {
    /// An editor, with the history of the user.
    #[must_use]
    pub fn new(is_coloured: bool) -> Self {
        terminal::restore_at_the_end();
        let builder = Config::builder().max_history_size(history::KEPT);
        let config = builder
            .unwrap_or_else(|_| Config::builder())
            // Always with the highlighter: it marks continued lines even where it must not colour.
            .color_mode(ColorMode::Forced)
            .bell_style(BellStyle::None)
            .completion_type(CompletionType::List)
            .completion_show_all_if_ambiguous(true)
            .completion_prompt_limit(usize::MAX)
            .build();
        let mut editor = Self {
            line: None,
            typed: Shared::default(),
            config,
            history: history::place(),
            is_coloured,
            is_leaving: false,
        };
        if !terminal::is_dumb() {
            editor.line = editor.open().ok();
        }
        editor
    }

    fn open(&self) -> rustyline::Result<rustyline::Editor<Helper, FileHistory>> {
        let mut history = FileHistory::with_config(&self.config);
        if let Some(path) = &self.history {
            history::load(path, &self.config, &mut history);
        }
        let mut line = rustyline::Editor::with_history(self.config.clone(), history)?;
        let keys = EventHandler::Conditional(Box::new(Keys(self.typed.clone())));
        line.bind_sequence(Event::Any, keys);
        Ok(line)
    }

    /// The line that was typed before there was a prompt, if there is a whole one.
    fn line_ahead(&self) -> Option<String> {
        let mut typed = self.typed.lock();
        if let Some(at) = typed.ahead.find('\n') {
            let rest = typed.ahead.split_off(at + 1);
            let line = std::mem::replace(&mut typed.ahead, rest);
            return Some(line.trim_end_matches('\n').to_owned());
        }
        if !terminal::is_ready() {
            return None;
        }
        // At the end of input there is no line, and rustyline will find the same.
        let bytes = terminal::read_line().ok().filter(|bytes| !bytes.is_empty())?;
        let line = std::mem::take(&mut typed.ahead) + &String::from_utf8_lossy(&bytes);
        Some(line.trim_end_matches('\n').to_owned())
    }

    /// An entry, as far as it was typed before there was a prompt: whether it is whole, and it.
    fn entry_ahead(&self, prompt: &str) -> (bool, String) {
        let mut text = String::new();
        while let Some(line) = self.line_ahead() {
            let before = if text.is_empty() { prompt } else { "... " };
            // What cannot be shown can still be done.
            let _ = say(&format!("{before}{line}\n"));
            text.push_str(&line);
            if !entry::is_incomplete(&text) {
                return (true, text);
            }
            text.push('\n');
        }
        text.push_str(&std::mem::take(&mut self.typed.lock().ahead));
        (false, text)
    }

    /// An entry from a terminal that cannot move its cursor.
    fn plain(&self, prompt: &str, mut text: String) -> Read {
        loop {
            let before = if text.is_empty() { prompt } else { "... " };
            if say(before).is_err() {
                return Read::End;
            }
            match terminal::read_line() {
                Ok(bytes) if bytes.is_empty() => return Read::End,
                Ok(bytes) => text.push_str(String::from_utf8_lossy(&bytes).trim_end_matches('\n')),
                // The terminal has forgotten the line.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    return if say("\n").is_ok() { Read::Interrupted } else { Read::End };
                }
                Err(_) => return Read::End,
            }
            if !entry::is_incomplete(&text) {
                return Read::Entry(text);
            }
            text.push('\n');
        }
    }

    /// An entry, edited.
    fn edit(&mut self, scope: Scope, prompt: &str, initial: &str) -> Read {
        let Some(line) = &mut self.line else { return Read::End };
        let mut coloured = String::new();
        highlight::paint(&mut coloured, highlight::Style::Faint, prompt);
        let prompt = if self.is_coloured { (prompt, &*coloured) } else { (prompt, prompt) };
        self.typed.lock().stage = Stage::Typing;
        line.set_helper(Some(Helper::new(scope, self.typed.clone(), self.is_coloured)));
        let result = line.readline_with_initial(&prompt, (initial, ""));
        // The helper holds the program, which is to be added to.
        line.set_helper(None);
        let stage = std::mem::take(&mut self.typed.lock().stage);
        match (stage, result) {
            (Stage::Entered(text), _) | (Stage::Typing, Ok(text)) => Read::Entry(text),
            (Stage::Interrupted { was_empty }, _) => self.interrupted(was_empty),
            (Stage::Typing, Err(ReadlineError::Interrupted)) => self.interrupted(true),
            // A byte that is no text: the line is gone, the session is not.
            (Stage::Typing, Err(ReadlineError::Io(error)))
                if error.kind() == io::ErrorKind::InvalidData =>
            {
                Read::Interrupted
            }
            (Stage::Typing, Err(_)) => Read::End,
        }
    }

    /// Ctrl-C: the second on an empty line leaves.
    fn interrupted(&mut self, was_empty: bool) -> Read {
        self.typed.lock().ahead.clear();
        let is_second = was_empty && self.is_leaving;
        self.is_leaving = was_empty;
        let is_told = !was_empty || say("Ctrl-C again leaves, and so does Ctrl-D.\n").is_ok();
        if is_second || !is_told { Read::End } else { Read::Interrupted }
    }

    /// Puts an entry into the history.
    fn remember(&mut self, text: &str) {
        if let Some(line) = &mut self.line {
            history::add(line.history_mut(), text);
            if let Some(path) = &self.history {
                history::keep(path, &self.config, text);
            }
        }
    }
}

impl Lines for Editor {
    fn next(&mut self, prompt: &Prompt, session: &Session) -> Read {
        let scope = Scope::of(session, prompt);
        let prompt = scope.prompt_text();
        loop {
            let (is_whole, text) = self.entry_ahead(&prompt);
            let read = match &self.line {
                _ if is_whole => Read::Entry(text),
                Some(_) => self.edit(scope.clone(), &prompt, &text),
                None => self.plain(&prompt, text),
            };
            let Read::Entry(text) = read else { return read };
            self.is_leaving = false;
            let text = text.trim_end();
            if !text.is_empty() {
                self.remember(text);
                return Read::Entry(text.to_owned());
            }
        }
    }

    fn take_ahead(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.typed.lock().ahead).into_bytes()
    }

    fn give_back(&mut self, ahead: Vec<u8>) {
        self.typed.lock().ahead.insert_str(0, &String::from_utf8_lossy(&ahead));
    }
}

/// How wide the terminal is now.
#[must_use]
pub fn columns() -> usize {
    terminal::size().0
}

/// Writes to the terminal.
fn say(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}
