//! Text to [`Image`], or a list of diagnostics.
//!
//! Knows nothing of machines or of files: what an `%include` names is read by the [`Resolver`]
//! that the caller passes in.

pub mod ast;
pub(crate) mod encode;
pub mod expression;
pub mod lexer;
pub mod preprocess;
pub mod select;
pub mod table;
pub mod token;

use crate::diagnostic::{Diagnostic, FileId, Sources};
use crate::image::Image;
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
    /// Whether to fill in [`Image::lines`] and [`Image::symbols`].
    pub debug_info: bool,
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

/// What came of it.
#[derive(Clone, Debug)]
pub struct Assembly {
    /// The flat binary.
    pub image: Image,
    /// What may not be as meant.
    pub warnings: Vec<Diagnostic>,
}

/// Assembles the text `main` of `sources`; the texts that it includes are added to `sources`.
///
/// # Errors
/// All mistakes of the source (warnings among them), in order of place.
pub fn assemble(
    sources: &mut Sources,
    main: FileId,
    resolver: &dyn Resolver,
    options: &Options,
) -> Result<Assembly, Vec<Diagnostic>> {
    let _ = (sources, main, resolver, options);
    Err(Vec::new())
}
