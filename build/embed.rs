//! Lists the files of `stdlib/` and `applets/` for the binary to carry: a file that is put there is
//! in the next build. The library goes without its comments, which are half of it and in
//! `docs/stdlib.md`; its lines keep their numbers. Knows nothing else of what the files hold.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The most that deflate does.
const LEVEL: u8 = 10;

/// Writes a table of name and text for each folder to the file `to`, and deflated texts beside it.
pub(crate) fn write(to: &Path) -> std::io::Result<()> {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    for folder in ["stdlib", "applets"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    let mut out = String::from("static STDLIB: &[(&str, &str)] = &[\n");
    for (name, path) in files(&root.join("stdlib"), "inc")? {
        let _ = writeln!(
            out,
            "    ({name:?}, {:?}),",
            without_comments(&std::fs::read_to_string(path)?)
        );
    }
    out.push_str("];\nstatic APPLETS: &[(&str, &[u8])] = &[\n");
    for (name, path) in files(&root.join("applets"), "asm")? {
        let deflated = miniz_oxide::deflate::compress_to_vec(&std::fs::read(path)?, LEVEL);
        let beside = to.with_file_name(format!("{name}.deflated"));
        std::fs::write(&beside, deflated)?;
        let _ =
            writeln!(out, "    ({name:?}, include_bytes!({:?})),", beside.display().to_string());
    }
    out.push_str("];\n");
    std::fs::write(to, out)
}

/// The files of `folder` with this extension, each with its name without it, in order of name; none
/// if there is no such folder.
fn files(folder: &Path, extension: &str) -> std::io::Result<Vec<(String, PathBuf)>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == extension) {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            paths.push((stem, path));
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
