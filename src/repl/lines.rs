//! Where entries come from: the trait for all sources, and the source that reads a pipe or a file.

use super::entry;
use super::session::{Prompt, Session};
use std::cell::RefCell;
use std::io::BufRead;
use std::rc::Rc;

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// An entry: one line or several, without the last line end. It is complete
    /// (see [`entry::is_incomplete`]).
    Entry(String),
    /// Ctrl-C was pressed; what was typed is dropped.
    Interrupted,
    /// There are no more entries.
    End,
}

/// A source of entries.
pub trait Lines {
    /// Reads the next entry.
    fn next(&mut self, prompt: &Prompt, session: &Session) -> Read;

    /// Takes what was typed after the entry before the entry ran. The guest may read it.
    fn take_ahead(&mut self) -> Vec<u8> {
        Vec::new()
    }

    /// Gives back the part of it that the guest did not read.
    fn give_back(&mut self, _ahead: Vec<u8>) {}
}

/// Longest entry, in bytes.
const LONGEST: usize = 16 << 20;

/// Why a text could not be read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// The system's reason.
    Io(String),
    /// This line is not UTF-8.
    NotUtf8 {
        /// Its number, from 1.
        line: usize,
    },
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(reason) => f.write_str(reason),
            Self::NotUtf8 { line } => write!(f, "line {line} is not UTF-8 text"),
        }
    }
}

/// Entries from a text that is read line by line.
#[derive(Debug)]
pub struct Piped<R> {
    input: Rc<RefCell<R>>,
    next: usize,
    /// The first line of the last entry, from 1.
    pub line: Rc<std::cell::Cell<usize>>,
    /// Why reading stopped before the end.
    pub error: Rc<RefCell<Option<ReadError>>>,
}

impl<R: BufRead> Piped<R> {
    /// Reads from `input`.
    pub fn new(input: Rc<RefCell<R>>) -> Self {
        Self { input, next: 1, line: Rc::default(), error: Rc::default() }
    }

    /// The next line without its end.
    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        match self.input.borrow_mut().read_until(b'\n', &mut line) {
            Ok(0) => return None,
            Ok(_) => {}
            Err(error) => {
                *self.error.borrow_mut() = Some(ReadError::Io(error.to_string()));
                return None;
            }
        }
        self.next += 1;
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        let Ok(text) = String::from_utf8(line) else {
            *self.error.borrow_mut() = Some(ReadError::NotUtf8 { line: self.next - 1 });
            return None;
        };
        Some(text)
    }
}

impl<R: BufRead> Lines for Piped<R> {
    fn next(&mut self, _: &Prompt, _: &Session) -> Read {
        self.line.set(self.next);
        let Some(mut text) = self.line() else { return Read::End };
        while entry::is_incomplete(&text) && text.len() < LONGEST {
            let Some(line) = self.line() else { break };
            text.push('\n');
            text.push_str(&line);
        }
        Read::Entry(text)
    }
}
