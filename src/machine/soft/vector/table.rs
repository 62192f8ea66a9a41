//! Tables of instructions: one row per operation, with its mnemonics in MMX or SSE and in AVX.

use crate::machine::soft::core::op::{Op, Stop};
use iced_x86::{Instruction, Mnemonic};

/// An operation of a family, whose kernels are `K`.
pub(super) struct Row<K> {
    names: [Mnemonic; 2],
    pub(super) kernel: K,
    /// Bits of an element.
    pub(super) bits: u8,
}

/// Makes a row.
pub(super) const fn row<K: Copy>(old: Mnemonic, vex: Mnemonic, kernel: K, bits: u8) -> Row<K> {
    Row { names: [old, vex], kernel, bits }
}

impl<K> Row<K> {
    /// Whether an instruction is the row's.
    pub(super) fn is(&self, mnemonic: Mnemonic) -> bool {
        self.names.contains(&mnemonic)
    }
}

/// The number of an instruction's row, for `Op::code`.
pub(super) fn find<K>(rows: &[Row<K>], i: &Instruction) -> Option<u16> {
    let found = rows.iter().position(|row| row.is(i.mnemonic()))?;
    u16::try_from(found).ok()
}

/// The row that `Op::code` is the number of.
pub(super) fn row_of<'r, K>(rows: &'r [Row<K>], op: &Op) -> Result<&'r Row<K>, Stop> {
    rows.get(usize::from(op.code)).ok_or(Stop::Missing)
}
