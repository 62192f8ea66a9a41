//! A cache of the form that was chosen for operands of the same classes. Most instructions of a
//! program have one of a few shapes.
//!
//! A choice is kept only if the [`Key`] alone decided it. The encoder may still refuse the operands of
//! a cached choice.

use super::Operands;
use crate::asm::encode::Context;
use crate::asm::syntax::ast::{Encoding, Instruction, Rounding};
use crate::asm::syntax::table::row::Cpu;
use crate::asm::syntax::table::row::{OPERANDS, Row};
use iced_x86::Register;

/// Choices that are kept.
const CHOICES: usize = 256;

/// Choices before the first that is kept: to lay out the table costs a short program more than it
/// would save.
const WARMUP: usize = 32;

/// Most operands of an instruction whose choice is kept.
const MOST: usize = 3;

/// What a choice hangs on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    classes: [u64; MOST],
    /// Mnemonic, mode and number of operands, and for each the size that is written, and `far` and
    /// the like.
    rest: u64,
}

/// A row, and which operand stands at which of its places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    pub(super) row: &'static Row,
    pub(super) at: [u8; OPERANDS],
    pub(super) count: u8,
}

/// The choices, each at a place that its key gives; a new one takes the place of the one before.
#[derive(Clone, Debug, Default)]
pub(crate) struct FormCache {
    kept: Vec<Option<(Key, Choice)>>,
    /// How many were made, up to [`WARMUP`].
    made: usize,
}

/// The key of an instruction; none if more has a say in what is chosen for it.
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
