//! Lists the files of `stdlib/` and `applets/` for the binary to carry: a file that is put there is
//! in the next build. Reads names only; what the files hold is no concern of this script.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Writes `embedded.rs`: a table of name and text for each folder.
pub(crate) fn write() -> std::io::Result<()> {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
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
    std::fs::write(Path::new(&variable("OUT_DIR")?).join("embedded.rs"), out)
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

fn variable(name: &str) -> std::io::Result<String> {
    std::env::var(name).map_err(|_| std::io::Error::other(format!("cargo did not set {name}")))
}
