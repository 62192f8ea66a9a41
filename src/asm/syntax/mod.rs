//! The words and tokens of the language, and what the later stages say about them.
//!
//! [`lexer`] cuts text into [`token`]s and finds out which [`word`] of the language each name is.
//! The rows of the [`table`] hold every encoding of every instruction, [`directive`] has one row
//! for each directive. [`ast`] is one instruction as plain data. [`cursor`] reads the tokens of a
//! line from left to right, [`mistake`] is a diagnostic at one of them, and [`warning`] decides
//! which warnings the user wants.

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
