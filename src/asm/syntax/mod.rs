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
