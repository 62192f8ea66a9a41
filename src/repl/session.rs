//! The program so far, and a snapshot of the machine for each entry.
//!
//! Knows nothing of terminals.

use super::Prompt;
use crate::image::{Mode, Symbol};

/// A session.
#[derive(Debug)]
pub struct Session {
    mode: Mode,
    ring: u8,
    address: u64,
    symbols: Vec<Symbol>,
    macros: Vec<String>,
}

impl Session {
    /// A session in this mode, at the mode's default privilege level.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        let ring = if mode == Mode::Long { 3 } else { 0 };
        let address = mode.default_origin();
        Self { mode, ring, address, symbols: Vec::new(), macros: Vec::new() }
    }

    /// What a prompt can show.
    #[must_use]
    pub fn prompt(&self) -> Prompt {
        let bits = u8::try_from(self.mode.bits()).unwrap_or(64);
        Prompt { mode: self.mode, ring: self.ring, bits, address: self.address }
    }

    /// Names that have a value, in order of definition.
    #[must_use]
    pub fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    /// Names of macros.
    #[must_use]
    pub fn macros(&self) -> &[String] {
        &self.macros
    }

    /// The bytes that statements would become at the end of the session; none if they have a
    /// mistake.
    #[must_use]
    pub fn preview(&self, _text: &str) -> Option<Vec<u8>> {
        None
    }
}
