//! The generated instruction table and how names are looked up in it.
//!
//! All of it is constant data that `build.rs` made from iced's metadata: nothing is built at run
//! time. It knows neither text nor how rows are chosen.

pub(crate) mod hash;
pub mod row;

use iced_x86::Register;
use row::Name;
pub(crate) use row::{Encoding, Kind, Mnemonic, Role, Row};

/// What selection needs to know of a register.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RegisterFacts {
    /// [`row::class`] bits.
    pub(crate) class: u64,
    /// Number in the encoding.
    pub(crate) number: u8,
    /// Bytes.
    pub(crate) size: u8,
}

mod generated {
    #![expect(unreachable_pub, clippy::unreadable_literal, reason = "generated")]
    use super::{Encoding, Kind, Mnemonic, Name, Register, RegisterFacts, Role, Row};
    include!(concat!(env!("OUT_DIR"), "/instructions.rs"));
}

/// The row of a mnemonic, in any case, with all aliases that NASM has.
#[must_use]
pub fn mnemonic(name: &str) -> Option<u16> {
    let at = find(name, &generated::NAME_SLOTS, |index| spelling(&generated::MNEMONICS[index]))?;
    u16::try_from(at).ok()
}

/// All mnemonics, in alphabetical order.
pub fn mnemonics() -> impl Iterator<Item = &'static str> {
    generated::MNEMONICS.iter().map(spelling)
}

/// Longest name of a register: most names of a program are longer.
const LONGEST_REGISTER: usize = {
    let (mut longest, mut index) = (0, 0);
    while index < generated::REGISTERS.len() {
        let length = generated::REGISTERS[index].0.length as usize;
        longest = if length > longest { length } else { longest };
        index += 1;
    }
    longest
};

/// The register with this name, in any case.
#[must_use]
pub fn register(name: &str) -> Option<Register> {
    if name.len() > LONGEST_REGISTER {
        return None;
    }
    let at = find(name, &generated::REGISTER_SLOTS, register_spelling)?;
    Some(generated::REGISTERS[at].1)
}

/// All register names.
pub fn registers() -> impl Iterator<Item = &'static str> {
    (0..generated::REGISTERS.len()).map(register_spelling)
}

/// The name of a mnemonic's row; empty if there is no such row.
#[must_use]
pub fn name(mnemonic: u16) -> &'static str {
    entry(mnemonic).map_or("", spelling)
}

/// NASM's name of a register.
#[must_use]
pub fn register_name(register: Register) -> &'static str {
    let found = generated::REGISTERS.iter().position(|r| r.1 == register);
    found.map_or("?", register_spelling)
}

fn spelling(mnemonic: &Mnemonic) -> &'static str {
    mnemonic.name.of(generated::NAMES)
}

/// The name in this row of the registers.
fn register_spelling(index: usize) -> &'static str {
    generated::REGISTERS.get(index).map_or("", |r| r.0.of(generated::REGISTER_NAMES))
}

/// The mnemonic in this row.
pub(crate) fn entry(mnemonic: u16) -> Option<&'static Mnemonic> {
    generated::MNEMONICS.get(usize::from(mnemonic))
}

/// The encodings of a mnemonic, in NASM's order of preference.
pub(crate) fn rows(mnemonic: &Mnemonic) -> &'static [Row] {
    let first = usize::from(mnemonic.first);
    generated::ROWS.get(first..first + usize::from(mnemonic.rows)).unwrap_or_default()
}

/// An operand kind of a row.
pub(crate) fn kind(index: u8) -> &'static Kind {
    generated::KINDS.get(usize::from(index)).unwrap_or(&generated::KINDS[0])
}

/// The bits of which an operand must have one to be of this kind.
pub(crate) fn accepts(index: u8) -> u64 {
    const ALL: [u64; 256] = {
        let (mut all, mut index) = ([0; 256], 0);
        while index < generated::KINDS.len() {
            all[index] = generated::KINDS[index].accepts;
            index += 1;
        }
        all
    };
    static ACCEPTS: [u64; 256] = ALL;
    ACCEPTS[usize::from(index)]
}

/// What is known of a register.
pub(crate) fn facts(register: Register) -> RegisterFacts {
    let none = RegisterFacts { class: 0, number: 0, size: 0 };
    generated::REGISTER_FACTS.get(register as usize).copied().unwrap_or(none)
}

/// Searches an open-addressed table whose slots are 1 + an index, 0 for none.
fn find(name: &str, slots: &[u16], at: impl Fn(usize) -> &'static str) -> Option<usize> {
    let mask = slots.len() - 1;
    let mut slot = hash::hash(name.as_bytes()) as usize & mask;
    loop {
        let index = usize::from(slots[slot]).checked_sub(1)?;
        if at(index).eq_ignore_ascii_case(name) {
            return Some(index);
        }
        slot = (slot + 1) & mask;
    }
}
