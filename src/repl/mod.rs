//! The REPL: entries are assembled at the end of a session's program and run from where the one
//! before left off.
//!
//! | file | holds |
//! |---|---|
//! | [`entry`] | what a line is: a command, an expression, an assignment, statements; when it is whole |
//! | [`session`] | the program so far and a snapshot for each entry |
//! | [`command`] | one row per command |
//! | [`editor`] | entries from a terminal |
//! | [`describe`] | what instructions do, in a line each |
//!
//! Lines come through [`Lines`], so the loop knows nothing of terminals.

pub mod command;
pub mod describe;
mod disassembly;
pub mod editor;
pub mod entry;
mod expression;
mod inspect;
mod keep;
mod manual;
mod names;
pub mod piped;
pub mod program;
mod save;
pub mod session;
mod settings;
pub mod shell;
pub mod style;
mod trace;
mod view;

use crate::image::{Bits, Mode};
use session::Session;

/// What a prompt can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// The mode of the session.
    pub mode: Mode,
    /// Its privilege level.
    pub ring: u8,
    /// Width of the code that is assembled now.
    pub bits: Bits,
    /// Where the next entry goes.
    pub address: u64,
}

/// What came of reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// An entry: one line or several, without the last line end. It is whole
    /// (see [`entry::is_incomplete`]).
    Entry(String),
    /// Ctrl-C: what was typed is forgotten.
    Interrupted,
    /// There is no more.
    End,
}

/// Where entries come from.
pub trait Lines {
    /// The next entry.
    fn next(&mut self, prompt: &Prompt, session: &Session) -> Read;

    /// What was typed behind the entry before it could be run: its guest may read it.
    fn take_ahead(&mut self) -> Vec<u8> {
        Vec::new()
    }

    /// What of that no guest has read: it is typed behind the entry all the same.
    fn give_back(&mut self, _ahead: Vec<u8>) {}
}
