//! The assembler against real NASM, on whole files.
//!
//! - Every `tests/asm/**/*.asm`, every applet and every program of `tests/stdlib/` gives NASM's bytes.
//! - Every `tests/asm/errors/*.asm` gives the diagnostics in the `.err` file beside it.
//! - Every `tests/asm/pre/*.expanded` is what NASM's preprocessor makes of the `.asm` beside it. The
//!   tests of our preprocessor compare with these files.

use crate::support::{Folders, Needs, Tests, files, hold_file, root, stem};
use applet::internal::applet::files::{for_assembler, read_text};
use applet::internal::asm::{self, Options};
use applet::internal::diagnostic::{Diagnostic, Sources};
use libtest_mimic::Failed;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

fn assemble(path: &Path) -> Result<(Vec<u8>, String), String> {
    let text = read_text(path).map(for_assembler)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut sources = Sources::new();
    let main = sources.add(name, Some(path), text);
    let options = Options { debug_info: true, ..Options::default() };
    let files = Folders(&[path.parent().unwrap_or(Path::new(".")), root()]);
    match asm::assemble(&mut sources, main, &files, &options) {
        Ok(assembly) => Ok((assembly.image.bytes, render(&assembly.warnings, &sources))),
        Err(diagnostics) => Err(render(&diagnostics, &sources)),
    }
}

fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut out = String::new();
    for d in diagnostics {
        let at = sources.position(d.span);
        let name = d.name.map(|n| format!(" [{n}]")).unwrap_or_default();
        let (file, line, column) = (at.file, at.line, at.column);
        let severity = d.severity.name();
        let _ = writeln!(out, "{file}:{line}:{column}: {severity}: {}{name}", d.message);
        let _ = writeln!(out, "  | {}", sources.text(d.span).replace('\n', "\\n"));
        if !d.label.is_empty() {
            let _ = writeln!(out, "  ^ {}", d.label);
        }
        for note in &d.notes {
            let at = sources.position(note.span);
            let (file, line, column) = (at.file, at.line, at.column);
            let _ = writeln!(out, "  note: {file}:{line}:{column}: {}", note.message);
        }
        if let Some(help) = &d.help {
            let _ = writeln!(out, "  help: {help}");
        }
    }
    out
}

/// Where two outputs begin to differ.
fn difference(ours: &[u8], theirs: &[u8]) -> String {
    let at = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    let part = |bytes: &[u8]| {
        let part = bytes.get(at..bytes.len().min(at + 16)).unwrap_or(&[]);
        part.iter().fold(String::new(), |s, b| s + &format!(" {b:02x}"))
    };
    let lengths = format!("{} bytes, nasm has {}", ours.len(), theirs.len());
    format!("{lengths}; from {at:#x} on\n  ours:{}\n  nasm:{}", part(ours), part(theirs))
}

fn compare(path: &Path) -> Result<(), Failed> {
    let (ours, _) = assemble(path)?;
    let out = tempfile::NamedTempFile::new()?;
    let run = Command::new("nasm")
        .args(["-w-all", "-f", "bin", "-o"])
        .arg(out.path())
        .arg("-I")
        .arg(format!("{}/", root().display()))
        .arg(path.file_name().unwrap_or_default())
        .current_dir(path.parent().unwrap_or(Path::new(".")))
        .output()?;
    if !run.status.success() {
        return Err(format!("nasm refuses it: {}", String::from_utf8_lossy(&run.stderr)).into());
    }
    let theirs = std::fs::read(out.path())?;
    if ours == theirs { Ok(()) } else { Err(difference(&ours, &theirs).into()) }
}

fn errors(path: &Path) -> Result<(), Failed> {
    let found = match assemble(path) {
        Ok((_, warnings)) => warnings,
        Err(diagnostics) => diagnostics,
    };
    hold_file(&path.with_extension("err"), &found)
}

/// The `.expanded` file against `nasm -E`, without its marks of lines.
fn expanded(path: &Path) -> Result<(), Failed> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let run = Command::new("nasm").args(["-E", "-w-all"]).arg(path).current_dir(folder).output()?;
    if !run.status.success() {
        return Err(format!("nasm refuses it: {}", String::from_utf8_lossy(&run.stderr)).into());
    }
    let text = String::from_utf8(run.stdout)?;
    let is_text = |line: &&str| !line.starts_with("%line") && !line.trim().is_empty();
    let theirs: String = text.lines().filter(is_text).map(|line| format!("{line}\n")).collect();
    hold_file(&path.with_extension("expanded"), &theirs)
}

/// The folder and those in it, but for those of errors and of the preprocessor's own output.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder of cases can be read");
    let inside = entries.filter_map(|e| Some(e.ok()?.path()));
    let inside = inside.filter(|p| p.is_dir() && !p.ends_with("errors") && !p.ends_with("pre"));
    std::iter::once(folder.to_owned()).chain(inside).collect()
}

pub(crate) fn tests(tests: &mut Tests) {
    let folder = root().join("tests/asm");
    for path in folders(&folder).iter().flat_map(|folder| files(folder, "asm")) {
        let within = path.strip_prefix(&folder).unwrap_or(&path).with_extension("");
        tests.add(format!("nasm/{}", within.display()), Needs::Nasm, move || compare(&path));
    }
    for within in ["tests/stdlib", "applets"] {
        for path in files(&root().join(within), "asm") {
            let name = format!("nasm/{within}/{}", stem(&path));
            tests.add(name, Needs::Nasm, move || compare(&path));
        }
    }
    for path in files(&folder.join("pre"), "asm") {
        tests.add(format!("expanded/{}", stem(&path)), Needs::Nasm, move || expanded(&path));
    }
    for path in files(&folder.join("errors"), "asm") {
        tests.add(format!("errors/{}", stem(&path)), Needs::Nothing, move || errors(&path));
    }
}
