//! What the caller passes to the assembler: options, and the [`Resolver`] that reads the files named
//! in the source.

use super::syntax::warning::Switches;
use std::path::{Path, PathBuf};

/// A text that an `%include` names.
#[derive(Clone, Debug)]
pub struct Included {
    /// Its name in messages.
    pub name: String,
    /// Its path, for includes of its own; `None` if it is built in.
    pub path: Option<PathBuf>,
    /// The text.
    pub text: String,
}

/// Reads the files that a source refers to by name. `from` is the path of the text that refers to
/// it. An `Err` holds the reason for the user.
pub trait Resolver {
    /// The text of `%include "name"`.
    ///
    /// # Errors
    /// The reason why the text is not available.
    fn include(&self, name: &str, from: Option<&Path>) -> Result<Included, String>;

    /// The bytes of `incbin "name"`.
    ///
    /// # Errors
    /// The reason why the bytes are not available.
    fn binary(&self, name: &str, from: Option<&Path>) -> Result<Vec<u8>, String>;

    /// The time that `__?POSIX_TIME?__` and the like tell, in seconds since 1970, UTC.
    fn time(&self) -> u64 {
        0
    }
}

/// Options of an assembly.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Origin of a source without `org`: 0 as in nasm, or the address at which `run` loads a
    /// program, which depends on the mode at the first byte.
    pub default_origin: DefaultOrigin,
    /// Whether to fill in [`Image::lines`](crate::image::Image::lines) and [`Image::symbols`](crate::image::Image::symbols).
    pub debug_info: bool,
    /// Which warnings are reported.
    pub warnings: Switches,
    /// Lines that are read before the source, each ended: what the command line defines. Files that
    /// they include are asked for with an empty path.
    pub prelude: String,
}

/// Origin of a source without `org`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DefaultOrigin {
    /// 0, as in NASM.
    #[default]
    Zero,
    /// [`Mode::default_origin`](crate::image::Mode::default_origin) of the mode it starts in.
    ByMode,
    /// This address (`--org`).
    At(u64),
}
