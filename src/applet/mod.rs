//! The applet file: what it says about itself, what it may read, the cases it carries, where it
//! comes from, and where applets are kept.
//!
//! It reads and writes texts and folders; it neither assembles nor runs a program.

pub mod block;
pub mod case;
pub mod files;
pub mod library;
pub mod line;
pub mod metadata;
pub mod provenance;
pub mod replace;
pub mod table;
pub mod template;
pub mod value;

/// What is built into the binary.
pub(crate) mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

    /// The text of `stdlib/NAME.inc`.
    pub(crate) fn stdlib(name: &str) -> Option<&'static str> {
        STDLIB.iter().find(|row| row.0 == name).map(|row| row.1)
    }

    /// Names of the files in `stdlib/`.
    pub(crate) fn stdlib_names() -> impl Iterator<Item = &'static str> {
        STDLIB.iter().map(|row| row.0)
    }

    /// The text of `applets/NAME.asm`.
    pub(crate) fn applet(name: &str) -> Option<&'static str> {
        APPLETS.iter().find(|row| row.0 == name).map(|row| row.1)
    }

    /// Whether there is `applets/NAME.asm`.
    pub(crate) fn has_applet(name: &str) -> bool {
        APPLETS.iter().any(|row| row.0 == name)
    }

    /// Names of the applets in `applets/`.
    pub(crate) fn applet_names() -> impl Iterator<Item = &'static str> {
        APPLETS.iter().map(|row| row.0)
    }
}
