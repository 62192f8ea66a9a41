//! What the caller passes to the assembler: options, and the [`Resolver`] that reads the files named
//! in the source.

use super::syntax::warning::Switches;
use std::path::{Path, PathBuf};

/// A text that an `%include` named.
#[derive(Clone, Debug)]
pub struct Included {
    /// What messages call it.
    pub name: String,
    /// Where it is, for includes of its own; none when it is built in.
    pub path: Option<PathBuf>,
    /// The text.
    pub text: String,
}

/// Reads what a source refers to by name. `from` is the path of the text that refers to it.
/// An `Err` says why it cannot be had, in words for the user.
pub trait Resolver {
    /// The text of `%include "name"`.
    ///
    /// # Errors
    /// Why it cannot be had.
    fn include(&self, name: &str, from: Option<&Path>) -> Result<Included, String>;

    /// The bytes of `incbin "name"`.
    ///
    /// # Errors
    /// Why they cannot be had.
    fn binary(&self, name: &str, from: Option<&Path>) -> Result<Vec<u8>, String>;
}

/// What the caller decides about an assembly.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Origin of a source without `org`: 0, as nasm has it, or where `run` loads each mode, for
    /// the mode that the `bits` at the first byte give.
    pub default_origin: DefaultOrigin,
    /// Whether to fill in [`Image::lines`](crate::image::Image::lines) and [`Image::symbols`](crate::image::Image::symbols).
    pub debug_info: bool,
    /// Which warnings are wanted.
    pub warnings: Switches,
}

/// Origin of a source without `org`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DefaultOrigin {
    /// 0, as nasm has it.
    #[default]
    Zero,
    /// [`Mode::default_origin`](crate::image::Mode::default_origin) of the mode it starts in.
    ByMode,
    /// This address (`--org`).
    At(u64),
}
