//! What the manual leaves undefined, and this CPU does in another way than the processor that was
//! asked: the one place where a difference is let pass.
//!
//! Knows nothing of how a case is made.

use iced_x86::{Instruction, Mnemonic as M};
use std::sync::atomic::{AtomicU64, Ordering};

const CF: u64 = 1 << 0;
const PF: u64 = 1 << 2;
const AF: u64 = 1 << 4;
const ZF: u64 = 1 << 6;
const SF: u64 = 1 << 7;
const OF: u64 = 1 << 11;

/// A row: what of whose result is not compared, and the reason.
pub(crate) struct Row {
    pub(crate) mnemonics: &'static [M],
    /// Flags.
    pub(crate) flags: u64,
    /// Bits of the x87 status word.
    pub(crate) status: u16,
    pub(crate) reason: &'static str,
    /// How often it has hidden a difference.
    pub(crate) used: AtomicU64,
}

const fn flags(mnemonics: &'static [M], flags: u64, reason: &'static str) -> Row {
    Row { mnemonics, flags, status: 0, reason, used: AtomicU64::new(0) }
}

/// The table.
pub(crate) static ROWS: [Row; 1] = [flags(&[M::Aaa], CF & PF & AF & ZF & SF & OF, "nothing yet")];

/// The rows of an instruction.
fn rows(instruction: &Instruction) -> impl Iterator<Item = &'static Row> {
    let mnemonic = instruction.mnemonic();
    ROWS.iter().filter(move |row| row.mnemonics.contains(&mnemonic))
}

/// The flags of a difference that count.
pub(crate) fn defined_flags(instruction: &Instruction, difference: u64) -> u64 {
    let difference = difference & !by_iced(instruction);
    rows(instruction).fold(difference, |left, row| {
        if left & row.flags != 0 {
            row.used.fetch_add(1, Ordering::Relaxed);
        }
        left & !row.flags
    })
}

/// The flags that iced's table has as undefined.
fn by_iced(instruction: &Instruction) -> u64 {
    use iced_x86::RflagsBits as R;
    let bits = [(R::CF, CF), (R::PF, PF), (R::AF, AF), (R::ZF, ZF), (R::SF, SF), (R::OF, OF)];
    let undefined = instruction.rflags_undefined();
    bits.iter().filter(|row| undefined & row.0 != 0).fold(0, |all, row| all | row.1)
}

/// The bits of the x87 status word that count.
pub(crate) fn defined_status(instruction: &Instruction, difference: u16) -> u16 {
    rows(instruction).fold(difference, |left, row| {
        if left & row.status != 0 {
            row.used.fetch_add(1, Ordering::Relaxed);
        }
        left & !row.status
    })
}
