//! Has the release binary linked small, on the platform where that is known to work. Knows nothing
//! of what is linked.
//!
//! - A release build aborts on a panic, so nothing ever unwinds: the tables for it (a quarter of a
//!   megabyte) are left out.
//! - At a fixed address nothing has to be relocated at start: the list of relocations (a tenth of a
//!   megabyte) goes, and so does the time to work through it.

use std::io;
use std::path::Path;

/// Leaves the unwinder's tables out; otherwise the linker's own layout holds.
const SCRIPT: &str = "SECTIONS {
    /DISCARD/ : { *(.eh_frame) *(.eh_frame_hdr) *(.gcc_except_table .gcc_except_table.*) }
} INSERT AFTER .rodata;
";

/// Gives cargo the arguments; `out` is the folder for what is made.
pub(crate) fn write(out: &Path) -> io::Result<()> {
    let is = |name: &str, wanted: &str| std::env::var(name).is_ok_and(|value| value == wanted);
    if !is("PROFILE", "release") || !is("TARGET", "x86_64-unknown-linux-gnu") {
        return Ok(());
    }
    let script = out.join("lean.ld");
    std::fs::write(&script, SCRIPT)?;
    let script = format!("-Wl,-T,{}", script.display());
    for argument in ["-no-pie", "-Wl,--no-eh-frame-hdr", &script] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    Ok(())
}
