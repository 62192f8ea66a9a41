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

const fn status(mnemonics: &'static [M], status: u16, reason: &'static str) -> Row {
    Row { mnemonics, flags: 0, status, reason, used: AtomicU64::new(0) }
}

/// The functions of the x87. On a processor they may be one unit off in the last place (SDM volume
/// 1, 8.3.10); here they are the nearest number.
const FUNCTIONS: [M; 8] =
    [M::Fsin, M::Fcos, M::Fsincos, M::Fptan, M::Fpatan, M::F2xm1, M::Fyl2x, M::Fyl2xp1];
/// C1: whether a result was rounded up.
const C1: u16 = 1 << 9;

/// The table.
pub(crate) static ROWS: [Row; 2] = [
    flags(&[M::Aaa], CF & PF & AF & ZF & SF & OF, "nothing yet"),
    status(&FUNCTIONS, C1, "the rounding of what may be one unit off in the last place"),
];

/// Whether two registers of the x87 are as near to each other as the instruction asks for.
pub(crate) fn is_near(instruction: &Instruction, soft: &[u8], silicon: &[u8]) -> bool {
    // In the order of magnitude, without the leading bit of the significand.
    let place = |bytes: &[u8]| {
        let all = bytes.iter().rev().fold(0, |all, &byte| all << 8 | u128::from(byte));
        all >> 64 << 63 | all & (u128::MAX >> 65)
    };
    let is_next = place(soft).abs_diff(place(silicon)) == 1;
    soft == silicon || (is_next && FUNCTIONS.contains(&instruction.mnemonic()))
}

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
