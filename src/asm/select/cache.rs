//! A cache of the chosen row by the classes of the operands. Most instructions of a program have
//! one of a few shapes.
//!
//! A choice is cached only if the [`Key`] alone decided it. The encoder may still reject the
//! operands.

use super::Operands;
use crate::asm::encode::Context;
use crate::asm::syntax::ast::{Encoding, Instruction, Rounding};
use crate::asm::syntax::table::row::Cpu;
use crate::asm::syntax::table::row::{OPERANDS, Row};
use iced_x86::Register;

/// The number of slots.
const CHOICES: usize = 256;

/// The number of choices before the first one is cached. A short program would not gain back the
/// cost of allocating the table.
const WARMUP: usize = 32;

/// The maximum number of operands of an instruction whose choice is cached.
const MOST: usize = 3;

/// Everything that a choice depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    classes: [u64; MOST],
    /// Mnemonic, mode, number of operands, and the written size and distance of each operand.
    rest: u64,
}

/// A row, and the index of the operand at each of its places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    pub(super) row: &'static Row,
    pub(super) at: [u8; OPERANDS],
    pub(super) count: u8,
}

/// The cached choices. The key determines the slot, and a new choice replaces the old one.
#[derive(Clone, Debug, Default)]
pub(crate) struct FormCache {
    kept: Vec<Option<(Key, Choice)>>,
    /// The number of choices so far, up to [`WARMUP`].
    made: usize,
}

/// The key of an instruction; `None` if the choice depends on more than a key holds.
#[inline(always)]
pub(super) fn key(
    list: &Operands<'_>,
    instruction: &Instruction,
    context: &Context,
) -> Option<Key> {
    let prefixes = &instruction.prefixes;
    let plain = prefixes.encoding == Encoding::None
        && prefixes.operand_size == 0
        && prefixes.address_size == 0
        && !prefixes.bnd
        && !prefixes.hle
        && instruction.cpu == Cpu::Any
        && instruction.rounding == Rounding::None;
    if !plain || list.count > MOST {
        return None;
    }
    // A size takes 7 bits, a distance 3.
    let mut rest = u64::from(context.bits.number());
    for operand in list.operands.iter().take(list.count) {
        if operand.broadcast != 0 || operand.zeroing || operand.opmask != Register::None {
            return None;
        }
        rest = rest << 10 | u64::from(operand.size) << 3 | operand.distance as u64;
    }
    rest = rest << 2 | list.count as u64;
    rest = rest << 16 | u64::from(instruction.mnemonic);
    let [first, second, third, ..] = list.classes;
    Some(Key { classes: [first, second, third], rest })
}

impl Key {
    #[inline(always)]
    fn location(&self) -> usize {
        let [first, second, third] = self.classes;
        let sum = self.rest.wrapping_mul(0xE703_7ED1_A0B4_28DB)
            ^ first.wrapping_mul(0x9E37_79B9_7F4A_7C15)
            ^ second.wrapping_mul(0xD6E8_FEB8_6659_FD93)
            ^ third.wrapping_mul(0xA076_1D64_78BD_642F);
        usize::from(sum.to_be_bytes()[0])
    }

    #[inline(always)]
    fn is(&self, other: &Self) -> bool {
        let ([a, b, c], [d, e, f]) = (self.classes, other.classes);
        (self.rest ^ other.rest) | (a ^ d) | (b ^ e) | (c ^ f) == 0
    }
}

impl FormCache {
    #[inline(always)]
    pub(super) fn get(&self, key: &Key) -> Option<&Choice> {
        let (known, choice) = self.kept.get(key.location())?.as_ref()?;
        known.is(key).then_some(choice)
    }

    pub(super) fn put(&mut self, key: Key, choice: Choice) {
        if self.made < WARMUP {
            self.made += 1;
            return;
        }
        self.kept.resize(CHOICES, None);
        self.kept[key.location()] = Some((key, choice));
    }
}
