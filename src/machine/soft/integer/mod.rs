//! The instructions of general registers: moves, arithmetic, bits, strings, the stack, branches.

pub(crate) mod alu;
pub(crate) mod bits;
pub(crate) mod bmi;
pub(crate) mod decimal;
pub(crate) mod exchange;
pub(crate) mod fuse;
pub(crate) mod jump;
pub(crate) mod moves;
pub(crate) mod multiply;
pub(crate) mod shift;
pub(crate) mod stack;
pub(crate) mod string;
