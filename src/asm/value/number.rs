//! Numbers in data: their widths, their range check, and their bytes.

use crate::asm::syntax::mistake::{Location, Mistake};
use crate::asm::syntax::word::size_word;

/// A width in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Width(pub(crate) u8);

impl Width {
    /// `byte`, `word` and so on.
    pub(crate) fn name(self) -> &'static str {
        size_word(self.0.into()).unwrap_or("zword")
    }
}

/// Writes a number in little-endian order, sign-extended to the width.
pub(crate) fn write(number: i64, width: Width, into: &mut [u8]) {
    let bytes = number.to_le_bytes();
    let sign = if number < 0 { 0xFF } else { 0 };
    for (i, to) in into.iter_mut().take(usize::from(width.0)).enumerate() {
        *to = bytes.get(i).copied().unwrap_or(sign);
    }
}

/// Warns of a number that is truncated. As in NASM, the number may be signed or unsigned.
pub(crate) fn check(number: i64, width: Width, location: Location) -> Option<Box<Mistake>> {
    if width.0 >= 8 {
        return None;
    }
    let top = 1i64 << (8 * width.0);
    if (-top..top).contains(&number) {
        return None;
    }
    let name = width.name();
    let message = format!("{number} does not fit in a {name}");
    let label = format!("a {name} holds {} to {}", -(top / 2), top - 1);
    let kept = number & (top - 1);
    let help = format!("the low {} bits are kept: {kept:#x}", 8 * width.0);
    Some(Mistake::warning("number-overflow", location, message).label(label).help(help))
}
