//! Entries from a text that is read as it comes: a pipe or a file.
//!
//! Lines are put together to entries as at a prompt. What a guest is to read comes from elsewhere,
//! unless the session asks for the rest of the text. Knows nothing of what entries mean.

use super::entry;
use super::session::Session;
use super::{Lines, Prompt, Read};
use std::cell::RefCell;
use std::io::BufRead;
use std::rc::Rc;

/// Longest entry.
const LONGEST: usize = 16 << 20;

/// A text that is read line by line, and where in it one is.
#[derive(Debug)]
pub struct Piped<R> {
    input: Rc<RefCell<R>>,
    next: usize,
    /// The line that the last entry began on, from 1.
    pub line: Rc<std::cell::Cell<usize>>,
    /// Why reading stopped, if not at the end.
    pub error: Rc<RefCell<Option<String>>>,
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
                *self.error.borrow_mut() = Some(error.to_string());
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
            *self.error.borrow_mut() = Some(format!("line {} is not UTF-8 text", self.next - 1));
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
