//! Floating-point arithmetic in software, as IEEE 754 and the manual define it (SDM volume 1,
//! chapter 4), for every format that the instructions use.
//!
//! **The idea.** A number of any format is unpacked to a [`Number`]: a kind, a sign, an exponent
//! and 64 bits of significand. An operation computes its result in 128 bits, exactly or with the
//! rest in one sticky bit. [`Environment`] rounds it once, to its precision and exponent range, and
//! records the exceptions. Formats are values, not types, so one piece of code serves all of them.
//!
//! | file | holds |
//! |---|---|
//! | `number` | formats, numbers, from bits and back |
//! | `round` | the environment: rounding, the exceptions |
//! | `arithmetic` | add, multiply, divide, square root, fused multiply-add, remainder |
//! | `convert` | whole numbers, comparison |
//!
//! The x87 and SSE differ in which operand a NaN result comes from, and in what happens when an
//! exception is not masked. The instructions handle both. So operations expect operands that are
//! not NaNs, except where they say otherwise.

mod arithmetic;
mod convert;
mod number;
#[cfg(test)]
mod oracle;
mod round;
#[cfg(test)]
mod tests;

pub(crate) use number::{DOUBLE, EXTENDED, Float80, Format, HALF, Kind, Number, SINGLE};
pub(crate) use round::{Environment, Exact, Rounding};

/// The exceptions, as MXCSR and the status word of the x87 number them.
pub(crate) mod exception {
    /// An invalid operation.
    pub(crate) const IE: u8 = 1;
    /// A denormal operand.
    pub(crate) const DE: u8 = 2;
    /// A division by zero.
    pub(crate) const ZE: u8 = 4;
    /// Overflow.
    pub(crate) const OE: u8 = 8;
    /// Underflow.
    pub(crate) const UE: u8 = 16;
    /// An inexact result.
    pub(crate) const PE: u8 = 32;
}
