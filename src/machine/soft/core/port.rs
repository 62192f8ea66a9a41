//! A port access that waits for the host, and what happens with its data.

/// Most bytes of one exit.
pub(crate) const MOST: u64 = 1024;

/// What is to be done with the data when the guest goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing.
    #[default]
    Nothing,
    /// It goes to the accumulator, so many bits.
    Accumulator(u8),
    /// It goes to memory at `es:di`.
    Memory(Ins),
}

/// What of an `ins` is still needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ins {
    pub(crate) width: u8,
    pub(crate) narrow: u8,
    pub(crate) repeats: bool,
    pub(crate) behind: u64,
}

/// A port access on its way.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) data: [u8; MOST as usize],
    pub(crate) length: usize,
    pub(crate) then: Then,
}

impl Default for Pending {
    fn default() -> Self {
        Self { data: [0; MOST as usize], length: 0, then: Then::Nothing }
    }
}

impl Pending {
    /// The data of the access.
    pub(crate) fn data(&mut self) -> &mut [u8] {
        self.data.get_mut(..self.length).unwrap_or_default()
    }

    /// Room for `length` bytes, all 0.
    pub(crate) fn clear(&mut self, length: usize) {
        self.length = length.min(self.data.len());
        self.data().fill(0);
    }

    /// Adds the low bytes of a word.
    pub(crate) fn push(&mut self, word: u64, bytes: usize) {
        let (start, end) = (self.length, self.length + bytes);
        if let (Some(to), Some(from)) =
            (self.data.get_mut(start..end), word.to_le_bytes().get(..bytes))
        {
            to.copy_from_slice(from);
            self.length = end;
        }
    }
}

/// The number that up to 8 bytes are.
pub(crate) fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).rev().fold(0, |value, &byte| value << 8 | u64::from(byte))
}
