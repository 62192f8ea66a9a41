//! Links the binary without shared libraries, where the host can: a run is over in a millisecond,
//! and the dynamic linker would take an eighth of it to find libc and libgcc_s.
//!
//! `-C target-feature=+crt-static` is the usual way, but it would have to be said for a `--target`,
//! since procedural macros cannot be built with it. So the linker gets scripts instead, in the place
//! of the shared libraries that rustc names, which lead to the static ones. Where the system has no
//! static libraries nothing is changed. Knows nothing of what is linked.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The libraries that rustc names for this target, and the static ones that hold the same.
const LIBRARIES: [(&str, &[&str]); 7] = [
    ("c", &["libc.a"]),
    ("gcc_s", &["libgcc_eh.a", "libgcc.a"]),
    ("m", &["libm.a"]),
    ("dl", &["libdl.a"]),
    ("pthread", &["libpthread.a"]),
    ("rt", &["librt.a"]),
    ("util", &["libutil.a"]),
];

/// Writes the scripts into a folder and tells cargo, for a release build on Linux and x86-64.
///
/// # Errors
/// The folder cannot be written.
pub(crate) fn statically(folder: &Path) -> std::io::Result<()> {
    let is = |name, value| std::env::var(name).is_ok_and(|is| is == value);
    let target = "x86_64-unknown-linux-gnu";
    if !is("TARGET", target) || !is("HOST", target) || !is("PROFILE", "release") {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    for (name, archives) in LIBRARIES {
        let Some(paths) = archives.iter().map(|a| find(a)).collect::<Option<Vec<_>>>() else {
            return Ok(());
        };
        std::fs::write(folder.join(format!("lib{name}.so")), script(&paths))?;
    }
    println!("cargo::rustc-link-arg-bins=-L{}", folder.display());
    println!("cargo::rustc-link-arg-bins=-static-pie");
    Ok(())
}

/// A linker script that stands for these libraries.
fn script(paths: &[PathBuf]) -> String {
    let quoted: Vec<_> = paths.iter().map(|path| format!("\"{}\"", path.display())).collect();
    format!("GROUP ( {} )\n", quoted.join(" "))
}

/// Where the C compiler finds a library, if it does.
fn find(archive: &str) -> Option<PathBuf> {
    let output = Command::new("cc").arg(format!("-print-file-name={archive}")).output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim_end());
    // A library that is not there is answered with its bare name.
    path.is_absolute().then_some(path).filter(|path| path.is_file())
}
