//! Lists the files of `stdlib/` and `applets/`, which are built into the binary. A new file there is
//! part of the next build.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Writes tables of names and texts to `embedded.rs` in the folder `out`.
pub(crate) fn write(out: &Path) -> std::io::Result<()> {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let mut text = String::new();
    for (table, folder, extension) in [("STDLIB", "stdlib", "inc"), ("APPLETS", "applets", "asm")] {
        let _ = writeln!(text, "static {table}: &[(&str, &str)] = &[");
        for path in files(&root.join(folder), extension)? {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let _ = writeln!(text, "    ({stem:?}, include_str!({path:?})),");
        }
        text.push_str("];\n");
    }
    std::fs::write(out.join("embedded.rs"), text)
}

/// The files in `folder` with this extension, in order of name; none if there is no such folder.
fn files(folder: &Path, extension: &str) -> std::io::Result<Vec<PathBuf>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == extension) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
