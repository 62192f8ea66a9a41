//! Has the release binary linked small, on the platform where that is known to work. Knows nothing
//! of what is linked.
//!
//! - A release build aborts on a panic, so nothing ever unwinds: the tables for it (a quarter of a
//!   megabyte) are left out.
//! - Functions that came out the same are kept once.
//! - At a fixed address nothing has to be relocated at start: the list of relocations (a tenth of a
//!   megabyte) goes, and so does the time to work through it.

use std::io;
use std::path::Path;
use std::process::Command;

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
    let mut arguments = vec!["-no-pie", "-Wl,--no-eh-frame-hdr", &script];
    if has_lld() {
        arguments.push("-Wl,--icf=all");
    }
    for argument in arguments {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    Ok(())
}

/// Whether the compiler came with the linker LLD, which it then uses; that of GNU cannot fold.
fn has_lld() -> bool {
    let Some(compiler) = std::env::var_os("RUSTC") else { return false };
    let told = Command::new(compiler).args(["--print", "target-libdir"]).output();
    let path = told.ok().and_then(|told| String::from_utf8(told.stdout).ok());
    path.is_some_and(|path| Path::new(path.trim()).with_file_name("bin/gcc-ld/ld.lld").exists())
}
