//! The words and tokens of the language, and the diagnostics about them.
//!
//! [`lexer`] cuts text into [`token`]s and finds out which [`word`] of the language each name is.
//! The rows of the [`table`] hold every encoding of every instruction, and [`directive`] has one
//! row for each directive. [`ast`] is one instruction as plain data. `cursor` reads the tokens of
//! a line from left to right, `mistake` is a diagnostic at one of them, and [`warning`] holds the
//! switches of the warnings.

pub mod ast;
pub(crate) mod cursor;
pub mod directive;
pub(crate) mod hash;
pub mod lexer;
pub(crate) mod mistake;
pub mod table;
pub mod token;
pub mod warning;
pub mod word;

/// An offset into a text or an index into a list in 32 bits.
///
/// It never saturates: texts of 4 GiB or more are rejected before they are read, the lists that grow
/// without a text (macros, repetitions) have limits, and memory ends long before 4 billion entries.
pub(crate) fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A number of bytes in memory.
///
/// It never saturates: callers have checked it against the maximum size of the output, which is
/// 1 GiB and fits in 32 bits.
pub(crate) fn size(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
