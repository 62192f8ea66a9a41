//! The words of the language that are neither mnemonics nor registers: one row each.
//! Knows nothing of what they do.

use super::super::ast::{Distance, Size};
use super::super::directive::{self, Action};

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

/// The row of `word` in a table in order of name, whatever its case.
pub(crate) fn row<T: Copy>(table: &[T], name: impl Fn(&T) -> &str, word: &str) -> Option<T> {
    let mut lower = [0; LONGEST];
    let lower = lower.get_mut(..word.len())?;
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    let found = table.binary_search_by(|row| {
        let name = name(row).as_bytes();
        // The first letter decides most of it.
        name.first().cmp(&lower.first()).then_with(|| name.cmp(lower))
    });
    let found = found.ok()?;
    table.get(found).copied()
}

/// What a word inside an operand means.
pub(crate) fn operand_word(word: &str) -> Option<OperandWord> {
    row(OPERAND_WORDS, |r| r.0, word).map(|r| r.1)
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
    if let Some(found) = row(directive::DIRECTIVES, |d| d.name, word)
        && !found.needs_brackets()
    {
        return Some(Word::Directive(found.action));
    }
    row(PREFIXES, |r| r.0, word).map(|r| Word::Prefix(r.1))
}

/// The directive that a word in brackets is.
pub(crate) fn in_brackets(word: &str) -> Option<Action> {
    row(directive::DIRECTIVES, |d| d.name, word).map(|found| found.action)
}

/// All words that can begin a statement but mnemonics and segments.
pub(crate) fn statement_words() -> impl Iterator<Item = &'static str> {
    let directives = directive::DIRECTIVES.iter().filter(|d| !d.needs_brackets());
    directives.map(|d| d.name).chain(PREFIXES.iter().map(|r| r.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_order_and_no_word_is_too_long() {
        assert!(PREFIXES.is_sorted_by_key(|r| r.0));
        assert!(OPERAND_WORDS.is_sorted_by_key(|r| r.0));
        assert!(directive::DIRECTIVES.is_sorted_by_key(|d| d.name));
        let words = statement_words().chain(OPERAND_WORDS.iter().map(|r| r.0));
        assert_eq!(words.map(str::len).max(), Some(LONGEST));
    }
}
