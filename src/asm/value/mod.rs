//! Values: expressions, floating-point constants, the symbol table, and numbers in data and
//! addresses.

pub(crate) mod address;
pub(crate) mod expression;
pub(crate) mod float;
pub(crate) mod number;
pub(crate) mod symbols;
