//! Lists the files of `stdlib/` and `applets/` for the binary to carry: a file that is put there is
//! in the next build. The library goes without its comments, which are half of it and in
//! `docs/stdlib.md`; its lines keep their numbers. Knows nothing else of what the files hold.

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
            let text = std::fs::read_to_string(&path)?;
            let text = if folder == "stdlib" { without_comments(&text) } else { text };
            let _ = writeln!(out, "    ({stem:?}, {text:?}),");
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

/// The text with all its lines, but no comments.
fn without_comments(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut quote = None;
        let comment = line.find(|c| {
            match quote {
                None if matches!(c, '"' | '\'' | '`') => quote = Some(c),
                Some(open) if open == c => quote = None,
                _ => {}
            }
            c == ';' && quote.is_none()
        });
        out.push_str(line[..comment.unwrap_or(line.len())].trim_end());
        out.push('\n');
    }
    out
}
