//! A set of names that can answer "certainly not a member" from a hash alone.
//!
//! Most names in a program are not macros, so this check must be cheap. Letter case is ignored.

use crate::asm::syntax::hash;

/// The set. Names are never removed.
#[derive(Clone, Debug)]
pub struct Filter {
    bits: [u64; Self::WORDS],
    /// The number of times that a new name was added.
    pub(crate) changes: u32,
}

impl Filter {
    const WORDS: usize = 64;
    /// The empty set.
    pub const EMPTY: Self = Self { bits: [0; Self::WORDS], changes: 0 };

    /// Adds a name.
    pub const fn add(&mut self, name: &[u8]) {
        let (word, mask) = Self::place(hash::of_name(name));
        self.changes = self.changes.wrapping_add((self.bits[word] & mask == 0) as u32);
        self.bits[word] |= mask;
    }

    /// Returns false if no name with this hash was added.
    #[inline(always)]
    #[must_use]
    pub fn may_hold(&self, hash: u32) -> bool {
        let (word, mask) = Self::place(hash);
        self.bits[word] & mask != 0
    }

    #[inline(always)]
    const fn place(hash: u32) -> (usize, u64) {
        ((hash >> 6) as usize % Self::WORDS, 1 << (hash & 63))
    }
}
