//! Floating-point arithmetic in integers: what IEEE 754 and the manual say of it (SDM volume 1,
//! chapter 4), for every format that the instructions know.
//!
//! **The idea.** A number of any format becomes a [`Number`]: a kind, a sign, an exponent and 64
//! bits of significand. An operation computes its result exactly, or so far that the rest is only
//! one sticky bit, in 128 bits; [`Environment`] rounds that once, to the precision and the
//! exponent range that it holds, and notes the exceptions. Formats are values, not types, so there
//! is one piece of code for all of them.
//!
//! | file | holds |
//! |---|---|
//! | `number` | formats, numbers, from bits and back |
//! | `round` | the environment: rounding, the exceptions |
//! | `arithmetic` | add, multiply, divide, square root, fused multiply-add, remainder |
//! | `convert` | whole numbers, comparison |
//!
//! Which operand a result takes its NaN from, and what happens when an exception is not masked, is
//! for the families of instructions to say: x87 and SSE differ. So operations expect operands that
//! are no NaNs, except where they say otherwise. Knows no instruction and no register.

mod arithmetic;
mod convert;
mod number;
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
