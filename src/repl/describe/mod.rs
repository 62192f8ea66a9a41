//! What instructions do, in one line each.
//!
//! The tables are texts of rows: names, a colon, what they do. An AVX instruction that is an SSE
//! one with a `v` before it does the same.

/// The instructions on MMX, XMM and wider registers.
const VECTOR: &str = include_str!("vector.txt");

/// All tables; the rows of each are in alphabetical order of their first names.
const TABLES: [&str; 4] =
    [include_str!("general.txt"), include_str!("system.txt"), include_str!("x87.txt"), VECTOR];

/// What the instruction `mnemonic`, in any case, does, if it is one of the common ones.
#[must_use]
pub fn describe(mnemonic: &str) -> Option<&'static str> {
    let name = mnemonic.to_ascii_lowercase();
    find(&name).or_else(|| {
        let sse = name.strip_prefix('v')?;
        VECTOR.lines().find_map(|row| look(row, sse))
    })
}

fn find(name: &str) -> Option<&'static str> {
    rows().find_map(|row| look(row, name))
}

fn rows() -> impl Iterator<Item = &'static str> {
    TABLES.iter().flat_map(|table| table.lines())
}

/// What a row says, if it is the row of `name`.
fn look(row: &'static str, name: &str) -> Option<&'static str> {
    let (names, text) = row.split_once(": ")?;
    names.split(' ').any(|other| other == name).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asm::syntax::{table, word};
    use std::collections::BTreeSet;

    #[test]
    fn every_name_is_an_instruction_and_stands_once() {
        let mut seen = BTreeSet::new();
        for row in rows() {
            let (names, text) = row.split_once(": ").expect(row);
            assert!(text.len() <= 78 && !text.ends_with('.'), "{row}");
            for name in names.split(' ') {
                assert!(word::mnemonic(name).is_some(), "`{name}` is no instruction");
                assert!(seen.insert(name), "`{name}` stands twice");
                assert_eq!(describe(name), Some(text));
            }
        }
        assert!(seen.len() >= 500, "{}", seen.len());
    }

    #[test]
    fn all_conditions_are_described() {
        let starts = ["cmov", "set", "j"];
        let others = ["setssbsy"];
        for name in table::mnemonics().filter(|n| starts.iter().any(|s| n.starts_with(s))) {
            assert!(others.contains(&name) || name == "jmpe" || describe(name).is_some(), "{name}");
        }
    }

    #[test]
    fn avx_does_as_sse_does() {
        assert_eq!(describe("VADDPS"), Some("Add packed singles"));
        assert_eq!(describe("vpxor"), describe("pxor"));
        assert_eq!(describe("v"), None);
        assert_eq!(describe("vand"), None);
        assert_eq!(describe(""), None);
        assert_eq!(describe("é"), None);
    }

    #[test]
    fn rows_are_in_order() {
        for table in TABLES {
            let names: Vec<_> = table.lines().map(|row| row.split([' ', ':']).next()).collect();
            assert!(names.is_sorted(), "{:?}", names.windows(2).find(|w| w[0] > w[1]));
        }
    }
}
