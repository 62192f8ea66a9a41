//! Lists the files of `stdlib/` and `applets/` for the binary to carry: a file that is put there is
//! in the next build. The library goes without its comments, which are half of it and in
//! `docs/stdlib.md`; its lines keep their numbers. The applets are deflated, each by itself, since a
//! run wants one of them or none. Knows nothing else of what the files hold.

use miniz_oxide::deflate::compress_to_vec;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The most that deflate does.
const LEVEL: u8 = 10;

/// Writes tables of the names and texts to `embedded.rs` in the folder `out`.
pub(crate) fn write(out: &Path) -> std::io::Result<()> {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let mut rows = String::from("static STDLIB: &[(&str, &str)] = &[\n");
    for path in files(&root.join("stdlib"), "inc")? {
        let text = without_comments(&std::fs::read_to_string(&path)?);
        let _ = writeln!(rows, "    ({:?}, {text:?}),", stem(&path));
    }
    rows.push_str("];\nstatic APPLETS: &[(&str, &[u8])] = &[\n");
    for path in files(&root.join("applets"), "asm")? {
        let deflated = out.join(stem(&path)).with_extension("deflate");
        std::fs::write(&deflated, compress_to_vec(&std::fs::read(&path)?, LEVEL))?;
        let _ = writeln!(rows, "    ({:?}, include_bytes!({deflated:?})),", stem(&path));
    }
    rows.push_str("];\n");
    std::fs::write(out.join("embedded.rs"), rows)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The files of `folder` with this extension, in order of name; none if there is no such folder.
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
