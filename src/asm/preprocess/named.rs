//! Tables by name in lower case, in which a name is looked up as it is written, without allocation.
//!
//! Knows nothing of what the names stand for.

use crate::asm::syntax::hash::hash;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A table by name in lower case.
pub(super) type Named<T> = HashMap<String, T, BuildHasherDefault<NameHasher>>;

/// [`hash()`] for the tables of the standard library.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NameHasher(u64);

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        // The table looks at the highest bits and at the lowest.
        self.0 = u64::from(hash(bytes)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_u8(&mut self, _: u8) {
        // The mark that ends a text: one text is all there is.
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Names up to this length are looked up without allocation.
const SHORT: usize = 64;

/// What stands in the table for a name of any letter case.
pub(super) fn get<'t, T>(table: &'t Named<T>, name: &str) -> Option<&'t T> {
    if table.is_empty() {
        return None;
    }
    let mut room = [0; SHORT];
    let Some(lower) = room.get_mut(..name.len()) else {
        return table.get(&name.to_ascii_lowercase());
    };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    table.get(std::str::from_utf8(lower).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_any_letter_case_and_length() {
        let mut table = Named::default();
        for length in 1..100 {
            table.insert("x".repeat(length), length);
        }
        for length in 1..100 {
            assert_eq!(get(&table, &"X".repeat(length)), Some(&length));
        }
        assert_eq!(get(&table, "y"), None);
    }
}
