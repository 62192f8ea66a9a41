//! A set of names that answers "certainly not in it" from three bytes and a length.
//!
//! Most names of a program are no macros, and to find that out must cost next to nothing. Knows
//! nothing of what the names stand for; letter case does not count.

/// The set. Names are never taken out.
#[derive(Clone, Debug)]
pub struct Filter([u64; Self::WORDS]);

impl Default for Filter {
    fn default() -> Self {
        Self([0; Self::WORDS])
    }
}

impl Filter {
    const WORDS: usize = 64;

    /// Adds a name.
    pub fn add(&mut self, name: &[u8]) {
        let (word, mask) = Self::place(name);
        self.0[word] |= mask;
    }

    /// False if the name was never added.
    #[inline]
    #[must_use]
    pub fn may_hold(&self, name: &[u8]) -> bool {
        let (word, mask) = Self::place(name);
        self.0[word] & mask != 0
    }

    #[inline]
    fn place(name: &[u8]) -> (usize, u64) {
        let fold = |b: Option<&u8>| u32::from(b.copied().unwrap_or(0) | 0x20);
        let ends =
            fold(name.first()) | fold(name.last()) << 8 | fold(name.get(name.len() / 2)) << 16;
        let length = u32::from(name.len().to_le_bytes()[0]);
        let hash = (ends | length << 24).wrapping_mul(0x9E37_79B1) >> 20;
        ((hash >> 6) as usize % Self::WORDS, 1 << (hash & 63))
    }
}
