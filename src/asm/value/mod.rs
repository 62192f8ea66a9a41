//! Values: expressions, floating-point constants, the symbol table, and the numbers that become
//! data or addresses.

pub(crate) mod address;
pub(crate) mod expression;
pub(crate) mod float;
pub(crate) mod number;
pub(crate) mod symbols;
