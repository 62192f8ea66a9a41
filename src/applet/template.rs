//! The programs that `applet new` writes: for each mode one that greets, and what it prints.
//!
//! Text only; knows nothing of where it is written to.

use crate::image::Mode;

/// The text of a new applet called `name` in `mode`.
#[must_use]
pub fn source(name: &str, mode: Mode) -> String {
    let template = match mode {
        Mode::Real => include_str!("templates/real.asm"),
        Mode::Protected => include_str!("templates/protected.asm"),
        Mode::Long => include_str!("templates/long.asm"),
    };
    template.replace("NAME", name)
}

/// What it prints.
#[must_use]
pub fn output(name: &str) -> String {
    format!("Hello from {name}!\n")
}
