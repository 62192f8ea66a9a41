//! Lists the files of `stdlib/` and `applets/` for the binary to carry: a file that is put there is
//! in the next build. Reads names only; what the files hold is no concern of this script.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Writes a table of name and text for each folder to the file `to`.
pub(crate) fn write(to: &Path) -> std::io::Result<()> {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let mut out = String::new();
    for (table, folder, extension) in [("STDLIB", "stdlib", "inc"), ("APPLETS", "applets", "asm")] {
        println!("cargo::rerun-if-changed={folder}");
        let _ = writeln!(out, "static {table}: &[(&str, &str)] = &[");
        for path in files(&root.join(folder), extension)? {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let _ =
                writeln!(out, "    ({stem:?}, include_str!({:?})),", path.display().to_string());
        }
        out.push_str("];\n");
    }
    std::fs::write(to, out)
}

/// The files of `folder` with this extension, in order of name; none if there is no such folder.
fn files(folder: &Path, extension: &str) -> std::io::Result<Vec<PathBuf>> {
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
