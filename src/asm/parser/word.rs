//! The words of the language that are neither mnemonics nor registers: one row each.
//! Knows nothing of what they do.

use super::super::ast::{Distance, Size};
use super::super::directive::{Action, DIRECTIVES};
use super::super::table::hash::hash;

/// What a word at the start of a statement is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Word {
    /// An instruction: row of the mnemonic table.
    Mnemonic(u16),
    /// A prefix of an instruction.
    Prefix(Prefix),
    /// A directive or a data statement.
    Directive(Action),
}

/// A prefix before the mnemonic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prefix {
    /// `lock`
    Lock,
    /// `rep`, `repe`, `repz`, `xrelease`
    Rep,
    /// `repne`, `repnz`, `xacquire`
    Repne,
    /// `bnd`
    Bnd,
    /// `o16`, `o32`, `o64`
    OperandSize(Size),
    /// `a16`, `a32`, `a64`
    AddressSize(Size),
}

/// Prefixes but segments, in order of name.
const PREFIXES: &[(&str, Prefix)] = &[
    ("a16", Prefix::AddressSize(2)),
    ("a32", Prefix::AddressSize(4)),
    ("a64", Prefix::AddressSize(8)),
    ("bnd", Prefix::Bnd),
    ("lock", Prefix::Lock),
    ("o16", Prefix::OperandSize(2)),
    ("o32", Prefix::OperandSize(4)),
    ("o64", Prefix::OperandSize(8)),
    ("rep", Prefix::Rep),
    ("repe", Prefix::Rep),
    ("repne", Prefix::Repne),
    ("repnz", Prefix::Repne),
    ("repz", Prefix::Rep),
    ("xacquire", Prefix::Repne),
    ("xrelease", Prefix::Rep),
];

/// A word inside an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OperandWord {
    /// `byte` and family.
    Size(Size),
    /// `short` and family.
    Distance(Distance),
    /// `strict`
    Strict,
    /// `rel` or `abs`: whether relative.
    Relative(bool),
    /// `nosplit`
    NoSplit,
    /// `a16` and family.
    AddressSize(Size),
    /// `ptr`, `offset`: what other assemblers have there.
    Foreign,
}

/// Words inside operands, in order of name.
const OPERAND_WORDS: &[(&str, OperandWord)] = &[
    ("a16", OperandWord::AddressSize(2)),
    ("a32", OperandWord::AddressSize(4)),
    ("a64", OperandWord::AddressSize(8)),
    ("abs", OperandWord::Relative(false)),
    ("byte", OperandWord::Size(1)),
    ("dword", OperandWord::Size(4)),
    ("far", OperandWord::Distance(Distance::Far)),
    ("near", OperandWord::Distance(Distance::Near)),
    ("nosplit", OperandWord::NoSplit),
    ("offset", OperandWord::Foreign),
    ("oword", OperandWord::Size(16)),
    ("ptr", OperandWord::Foreign),
    ("qword", OperandWord::Size(8)),
    ("rel", OperandWord::Relative(true)),
    ("short", OperandWord::Distance(Distance::Short)),
    ("strict", OperandWord::Strict),
    ("to", OperandWord::Distance(Distance::To)),
    ("tword", OperandWord::Size(10)),
    ("word", OperandWord::Size(2)),
    ("yword", OperandWord::Size(32)),
    ("zword", OperandWord::Size(64)),
];

/// Longest word in any of the tables.
const LONGEST: usize = 9;

/// Slots of a table of words, by hash: 1 + the row, 0 where free.
type Slots = [u8; 256];

/// Builds the slots of a `$table` whose rows have their name at `$name`.
macro_rules! slots {
    ($table:expr, $name:tt) => {{
        let (mut slots, mut row) = ([0; 256], 0u8);
        while (row as usize) < $table.len() {
            let mut slot = hash($table[row as usize].$name.as_bytes()) as usize % slots.len();
            while slots[slot] != 0 {
                slot = (slot + 1) % slots.len();
            }
            slots[slot] = row + 1;
            row += 1;
        }
        slots
    }};
}

static DIRECTIVE_SLOTS: Slots = slots!(DIRECTIVES, name);
static PREFIX_SLOTS: Slots = slots!(PREFIXES, 0);
static OPERAND_SLOTS: Slots = slots!(OPERAND_WORDS, 0);

/// The row of `word` in a table, whatever its case.
fn find<T>(
    table: &'static [T],
    slots: &Slots,
    name: impl Fn(&T) -> &str,
    word: &str,
) -> Option<&'static T> {
    if word.len() > LONGEST {
        return None;
    }
    let mut slot = hash(word.as_bytes()) as usize % slots.len();
    loop {
        let row = table.get(usize::from(slots[slot]).checked_sub(1)?)?;
        if name(row).eq_ignore_ascii_case(word) {
            return Some(row);
        }
        slot = (slot + 1) % slots.len();
    }
}

/// The row of `word` in a table in order of name, whatever its case.
pub(crate) fn row<T: Copy>(table: &[T], name: impl Fn(&T) -> &str, word: &str) -> Option<T> {
    let lower = word.to_ascii_lowercase();
    let found = table.binary_search_by(|row| name(row).cmp(&lower)).ok()?;
    table.get(found).copied()
}

/// What a word inside an operand means.
pub(crate) fn operand_word(word: &str) -> Option<OperandWord> {
    find(OPERAND_WORDS, &OPERAND_SLOTS, |r| r.0, word).map(|r| r.1)
}

/// All words inside operands.
pub(crate) fn operand_words() -> impl Iterator<Item = &'static str> {
    OPERAND_WORDS.iter().map(|row| row.0)
}

/// What a word at the start of a statement is, if it is no register and no symbol.
pub(crate) fn classify(word: &str) -> Option<Word> {
    if let Some(number) = super::super::table::mnemonic(word) {
        return Some(Word::Mnemonic(number));
    }
    if let Some(found) = find(DIRECTIVES, &DIRECTIVE_SLOTS, |d| d.name, word)
        && !found.needs_brackets()
    {
        return Some(Word::Directive(found.action));
    }
    find(PREFIXES, &PREFIX_SLOTS, |r| r.0, word).map(|r| Word::Prefix(r.1))
}

/// The directive that a word in brackets is.
pub(crate) fn in_brackets(word: &str) -> Option<Action> {
    find(DIRECTIVES, &DIRECTIVE_SLOTS, |d| d.name, word).map(|found| found.action)
}

/// All words that can begin a statement but mnemonics and segments.
pub(crate) fn statement_words() -> impl Iterator<Item = &'static str> {
    let directives = DIRECTIVES.iter().filter(|d| !d.needs_brackets());
    directives.map(|d| d.name).chain(PREFIXES.iter().map(|r| r.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_order_and_no_word_is_too_long() {
        assert!(PREFIXES.is_sorted_by_key(|r| r.0));
        assert!(OPERAND_WORDS.is_sorted_by_key(|r| r.0));
        assert!(DIRECTIVES.is_sorted_by_key(|d| d.name));
        let words = statement_words().chain(OPERAND_WORDS.iter().map(|r| r.0));
        assert_eq!(words.map(str::len).max(), Some(LONGEST));
    }
}
