//! The words of the language: a number for each word, and its meaning. Mnemonics and registers are
//! in the [`table`], directives in [`directive`](super::directive), all other words here.

use super::ast::{Distance, Size};
use super::directive::{Action, DIRECTIVES, Directive};
use super::hash::{hash, is_same};
use super::table;
use super::table::row::Cpu;
use iced_x86::Register;

/// The meaning of a word at the start of a statement.
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
    /// `rep`, `repe`, `repz`
    Rep,
    /// `repne`, `repnz`
    Repne,
    /// `xacquire`
    Xacquire,
    /// `xrelease`
    Xrelease,
    /// `bnd`
    Bnd,
    /// `o16`, `o32`, `o64`
    OperandSize(Size),
    /// `a16`, `a32`, `a64`
    AddressSize(Size),
    /// `osp`: the prefix 66, whatever the operands are.
    OtherOperandSize,
    /// `asp`: the address size that is not the default of the mode.
    OtherAddressSize,
}

/// All prefixes except segments and address sizes, sorted by name.
static PREFIXES: &[(&str, Prefix)] = &[
    ("asp", Prefix::OtherAddressSize),
    ("bnd", Prefix::Bnd),
    ("lock", Prefix::Lock),
    ("o16", Prefix::OperandSize(2)),
    ("o32", Prefix::OperandSize(4)),
    ("o64", Prefix::OperandSize(8)),
    ("osp", Prefix::OtherOperandSize),
    ("rep", Prefix::Rep),
    ("repe", Prefix::Rep),
    ("repne", Prefix::Repne),
    ("repnz", Prefix::Repne),
    ("repz", Prefix::Rep),
    ("xacquire", Prefix::Xacquire),
    ("xrelease", Prefix::Xrelease),
];

/// A word inside an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OperandWord {
    /// `byte`, `word` and so on.
    Size(Size),
    /// `short`, `near` and so on.
    Distance(Distance),
    /// `strict`
    Strict,
    /// `rel` or `abs`: true for `rel`.
    Relative(bool),
    /// `nosplit`
    NoSplit,
    /// `a16`, `a32`, `a64`.
    AddressSize(Size),
    /// `ptr`, `offset`: words of other assemblers.
    Foreign,
    /// `seg`, `wrt`: words of expressions.
    InExpression,
}

/// Words inside operands, sorted by name.
static OPERAND_WORDS: &[(&str, OperandWord)] = &[
    ("a16", OperandWord::AddressSize(2)),
    ("a32", OperandWord::AddressSize(4)),
    ("a64", OperandWord::AddressSize(8)),
    ("abs", OperandWord::Relative(false)),
    ("byte", OperandWord::Size(1)),
    ("dword", OperandWord::Size(4)),
    ("far", OperandWord::Distance(Distance::Far)),
    ("long", OperandWord::Size(4)),
    ("near", OperandWord::Distance(Distance::Near)),
    ("nosplit", OperandWord::NoSplit),
    ("offset", OperandWord::Foreign),
    ("oword", OperandWord::Size(16)),
    ("ptr", OperandWord::Foreign),
    ("qword", OperandWord::Size(8)),
    ("rel", OperandWord::Relative(true)),
    ("seg", OperandWord::InExpression),
    ("short", OperandWord::Distance(Distance::Short)),
    ("strict", OperandWord::Strict),
    ("to", OperandWord::Distance(Distance::To)),
    ("tword", OperandWord::Size(10)),
    ("word", OperandWord::Size(2)),
    ("wrt", OperandWord::InExpression),
    ("yword", OperandWord::Size(32)),
    ("zword", OperandWord::Size(64)),
];

/// The number of a word of the language in any letter case: one for each mnemonic, register,
/// directive, prefix and word inside operands. The lexer looks it up once for each identifier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WordId(u16);

/// The tables share one range of numbers. These are the first number of each table, and the end.
mod first {
    use super::{DIRECTIVES, OPERAND_WORDS, PREFIXES, table};

    pub(super) const REGISTER: usize = 1;
    pub(super) const MNEMONIC: usize = REGISTER + table::REGISTER_COUNT;
    pub(super) const DIRECTIVE: usize = MNEMONIC + table::MNEMONIC_COUNT;
    pub(super) const OPERAND: usize = DIRECTIVE + DIRECTIVES.len();
    pub(super) const PREFIX: usize = OPERAND + OPERAND_WORDS.len();
    pub(super) const END: usize = PREFIX + PREFIXES.len();
}

/// The spelling of the word with this number.
const fn spelling(id: usize) -> &'static [u8] {
    if id < first::MNEMONIC {
        table::register_spelling(id - first::REGISTER)
    } else if id < first::DIRECTIVE {
        table::spelling(id - first::MNEMONIC)
    } else if id < first::OPERAND {
        DIRECTIVES[id - first::DIRECTIVE].name.as_bytes()
    } else if id < first::PREFIX {
        OPERAND_WORDS[id - first::OPERAND].0.as_bytes()
    } else {
        PREFIXES[id - first::PREFIX].0.as_bytes()
    }
}

/// The mnemonic that is also a prefix.
pub(crate) const WAIT: u16 = {
    let mut row = 0;
    while !matches!(table::spelling(row as usize), b"wait") {
        row += 1;
    }
    row
};

const SLOT_COUNT: usize = 4096;

/// The bits of a slot that come from the hash; the others are the number.
const TAG: u32 = 0xFFFF_0000;

/// A hash table with open addressing: part of the hash, and the number of a word. 0 is a free slot.
#[expect(clippy::cast_possible_truncation, reason = "a test finds each word by its number")]
static SLOTS: [u32; SLOT_COUNT] = {
    let (mut slots, mut id) = ([0; SLOT_COUNT], 1);
    while id < first::END {
        let hash = hash(spelling(id));
        let mut slot = hash as usize % SLOT_COUNT;
        while slots[slot] != 0 {
            slot = (slot + 1) % SLOT_COUNT;
        }
        slots[slot] = hash & TAG | id as u32;
        id += 1;
    }
    slots
};

impl WordId {
    /// The number of an ordinary name.
    pub const NONE: Self = Self(0);

    /// The number of a word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        Self::with_hash(word.as_bytes(), hash(word.as_bytes()))
    }

    /// The number of a word with this hash.
    #[inline(always)]
    pub(crate) fn with_hash(word: &[u8], hash: u32) -> Self {
        let mut slot = hash as usize % SLOT_COUNT;
        loop {
            let [low, high, ..] = SLOTS[slot].to_le_bytes();
            let id = u16::from_le_bytes([low, high]);
            if id == 0 || (SLOTS[slot] ^ hash) & TAG == 0 && is_same(word, spelling(id.into())) {
                return Self(id);
            }
            slot = (slot + 1) % SLOT_COUNT;
        }
    }

    /// The index of the word in the table whose numbers are `first..end`.
    #[inline(always)]
    fn row(self, first: usize, end: usize) -> Option<usize> {
        let id = usize::from(self.0);
        (first <= id && id < end).then(|| id - first)
    }

    /// The register with this name.
    #[inline(always)]
    pub(crate) fn register(self) -> Option<Register> {
        self.row(first::REGISTER, first::MNEMONIC).map(table::register_at)
    }

    /// The mnemonic with this name.
    #[inline(always)]
    pub(crate) fn mnemonic(self) -> Option<u16> {
        self.row(first::MNEMONIC, first::DIRECTIVE).and_then(|row| u16::try_from(row).ok())
    }

    /// The meaning at the start of a statement. Registers and symbols have none.
    #[inline(always)]
    pub(crate) fn statement(self) -> Option<Word> {
        match self.mnemonic() {
            Some(number) => Some(Word::Mnemonic(number)),
            None => self.other_statement(),
        }
    }

    fn other_statement(self) -> Option<Word> {
        if let Some(directive) = self.directive() {
            return (!directive.needs_brackets()).then_some(Word::Directive(directive.action));
        }
        match self.operand() {
            Some(OperandWord::AddressSize(size)) => Some(Word::Prefix(Prefix::AddressSize(size))),
            Some(_) => None,
            None => {
                let row = PREFIXES.get(self.row(first::PREFIX, first::END)?)?;
                Some(Word::Prefix(row.1))
            }
        }
    }

    fn directive(self) -> Option<&'static Directive> {
        DIRECTIVES.get(self.row(first::DIRECTIVE, first::OPERAND)?)
    }

    /// The directive with this name, in brackets.
    pub(crate) fn in_brackets(self) -> Option<Action> {
        self.directive().map(|found| found.action)
    }

    /// The meaning inside an operand.
    #[inline(always)]
    pub(crate) fn operand(self) -> Option<OperandWord> {
        self.row(first::OPERAND, first::PREFIX).map(|row| OPERAND_WORDS[row].1)
    }
}

/// The row of a mnemonic in any letter case, with all aliases of NASM.
#[must_use]
pub fn mnemonic(name: &str) -> Option<u16> {
    WordId::of(name).mnemonic()
}

/// The register with this name in any letter case.
#[must_use]
pub fn register(name: &str) -> Option<Register> {
    WordId::of(name).register()
}

/// Looks up `word` in any letter case in a table sorted by name.
pub(crate) fn row<T: Copy>(table: &[T], name: impl Fn(&T) -> &str, word: &str) -> Option<T> {
    let lower = word.to_ascii_lowercase();
    let found = table.binary_search_by(|row| name(row).cmp(&lower)).ok()?;
    table.get(found).copied()
}

/// All words inside operands.
pub(crate) fn operand_words() -> impl Iterator<Item = &'static str> {
    OPERAND_WORDS.iter().map(|row| row.0)
}

/// All words that can begin a statement, except mnemonics and segments.
pub(crate) fn statement_words() -> impl Iterator<Item = &'static str> {
    let directives = DIRECTIVES.iter().filter(|d| !d.needs_brackets());
    let sizes = OPERAND_WORDS.iter().filter(|r| matches!(r.1, OperandWord::AddressSize(_)));
    directives.map(|d| d.name).chain(PREFIXES.iter().map(|r| r.0)).chain(sizes.map(|r| r.0))
}

/// What `cpu` may name. The first name of a processor is the one that messages use.
pub(crate) static CPUS: &[(&str, Cpu)] = &[
    ("8086", Cpu::I8086),
    ("186", Cpu::I186),
    ("80186", Cpu::I186),
    ("i186", Cpu::I186),
    ("286", Cpu::I286),
    ("80286", Cpu::I286),
    ("i286", Cpu::I286),
    ("386", Cpu::I386),
    ("80386", Cpu::I386),
    ("i386", Cpu::I386),
    ("486", Cpu::I486),
    ("80486", Cpu::I486),
    ("i486", Cpu::I486),
    ("586", Cpu::Pentium),
    ("i586", Cpu::Pentium),
    ("pentium", Cpu::Pentium),
    ("686", Cpu::P6),
    ("i686", Cpu::P6),
    ("p6", Cpu::P6),
    ("ppro", Cpu::P6),
    ("pentiumpro", Cpu::P6),
    ("p2", Cpu::P6),
    ("p3", Cpu::Katmai),
    ("katmai", Cpu::Katmai),
    ("p4", Cpu::Willamette),
    ("willamette", Cpu::Willamette),
    ("prescott", Cpu::Prescott),
    ("x64", Cpu::X64),
    ("x86-64", Cpu::X64),
    ("ia64", Cpu::Itanium),
    ("ia-64", Cpu::Itanium),
    ("itanium", Cpu::Itanium),
    ("itanic", Cpu::Itanium),
    ("merced", Cpu::Itanium),
    ("any", Cpu::Any),
    ("default", Cpu::Any),
    ("all", Cpu::Any),
    ("latevex", Cpu::Any),
];

/// The name of a processor.
pub(crate) fn cpu_name(cpu: Cpu) -> &'static str {
    CPUS.iter().find(|row| row.1 == cpu).map_or("", |row| row.0)
}

/// The word for a size in bytes.
pub(crate) fn size_word(size: u16) -> Option<&'static str> {
    Some(match size {
        1 => "byte",
        2 => "word",
        4 => "dword",
        8 => "qword",
        10 => "tword",
        16 => "oword",
        32 => "yword",
        64 => "zword",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_order() {
        assert!(PREFIXES.is_sorted_by_key(|r| r.0));
        assert!(OPERAND_WORDS.is_sorted_by_key(|r| r.0));
        assert!(DIRECTIVES.is_sorted_by_key(|d| d.name));
    }

    #[test]
    fn each_word_is_found_in_any_case() {
        for id in 1..first::END {
            let word = std::str::from_utf8(spelling(id)).unwrap();
            for word in [word.to_owned(), word.to_ascii_uppercase()] {
                assert_eq!(usize::from(WordId::of(&word).0), id, "{word}");
            }
            assert_eq!(WordId::of(&format!("{word}_")), WordId::NONE, "{word}");
        }
    }
}
