//! The generated instruction table, and lookups in it.
//!
//! The table is constant data that `build.rs` generates from iced's metadata.

pub mod row;

use crate::image::Bits;
use iced_x86::Register;
use row::Name;
pub(crate) use row::{Encoding, Kind, Mnemonic, Role, Row};

/// The facts about a register that the selection needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RegisterFacts {
    /// [`row::class`] bits.
    pub(crate) class: u64,
    /// Its number in the encoding.
    pub(crate) number: u8,
    /// Its size in bytes.
    pub(crate) size: u8,
}

mod generated {
    #![expect(unreachable_pub, clippy::unreadable_literal, reason = "generated")]
    use super::row::Cpu;
    use super::{Encoding, Kind, Mnemonic, Name, Register, RegisterFacts, Role, Row};
    include!(concat!(env!("OUT_DIR"), "/instructions.rs"));
}

/// The number of mnemonics.
pub(crate) const MNEMONIC_COUNT: usize = generated::MNEMONICS.len();

/// All mnemonics, in alphabetical order.
pub fn mnemonics() -> impl Iterator<Item = &'static str> {
    generated::MNEMONICS.iter().map(|m| m.name.of(generated::NAMES))
}

/// The number of registers with a name.
pub(crate) const REGISTER_COUNT: usize = generated::REGISTERS.len();

/// The register in this row.
#[inline(always)]
pub(crate) fn register_at(row: usize) -> Register {
    generated::REGISTERS.get(row).map_or(Register::None, |r| r.1)
}

/// All register names.
pub fn registers() -> impl Iterator<Item = &'static str> {
    generated::REGISTERS.iter().map(|r| r.0.of(generated::REGISTER_NAMES))
}

/// The name of a mnemonic's row; empty if there is no such row.
#[must_use]
pub fn name(mnemonic: u16) -> &'static str {
    entry(mnemonic).map_or("", |m| m.name.of(generated::NAMES))
}

/// NASM's name of a register.
#[must_use]
pub fn register_name(register: Register) -> &'static str {
    let found = generated::REGISTERS.iter().position(|r| r.1 == register);
    found.map_or("?", |row| generated::REGISTERS[row].0.of(generated::REGISTER_NAMES))
}

/// The spelling of the mnemonic in this row.
pub(crate) const fn spelling(row: usize) -> &'static [u8] {
    generated::MNEMONICS[row].name.bytes_of(generated::NAMES)
}

/// The spelling of the register in this row.
pub(crate) const fn register_spelling(row: usize) -> &'static [u8] {
    generated::REGISTERS[row].0.bytes_of(generated::REGISTER_NAMES)
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

/// The flag of the rows that exist in this mode.
pub(crate) const fn mode(bits: Bits) -> u32 {
    match bits {
        Bits::Bits16 => row::flag::MODE16,
        Bits::Bits32 => row::flag::MODE32,
        Bits::Bits64 => row::flag::MODE64,
    }
}

/// An operand kind of a row.
pub(crate) fn kind(index: u8) -> &'static Kind {
    generated::KINDS.get(usize::from(index)).unwrap_or(&generated::KINDS[0])
}

/// The class bits of which an operand must have at least one to be of this kind.
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

/// The facts about a register.
pub(crate) fn facts(register: Register) -> RegisterFacts {
    let none = RegisterFacts { class: 0, number: 0, size: 0 };
    generated::REGISTER_FACTS.get(register as usize).copied().unwrap_or(none)
}
