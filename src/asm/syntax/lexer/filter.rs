//! A set of names that can answer "certainly not in it" from a hash alone.
//!
//! Most names of a program are not macros, and this check has to be cheap. Letter case does not
//! count.

use crate::asm::syntax::hash;

/// The set. Names are never taken out.
#[derive(Clone, Debug)]
pub struct Filter {
    bits: [u64; Self::WORDS],
    /// How often a name was added that it did not hold before.
    pub(crate) changes: u32,
}

impl Filter {
    const WORDS: usize = 64;
    /// The set without a name.
    pub const EMPTY: Self = Self { bits: [0; Self::WORDS], changes: 0 };

    /// Adds a name.
    pub const fn add(&mut self, name: &[u8]) {
        let (word, mask) = Self::place(hash::of_name(name));
        self.changes = self.changes.wrapping_add((self.bits[word] & mask == 0) as u32);
        self.bits[word] |= mask;
    }

    /// False if a name with this hash was never added.
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
