//! Every `tests/asm/*.asm`, applet and test of `stdlib/` against real NASM, byte for byte, and every `tests/asm/errors/*.asm`
//! against the `.err` file beside it, which holds the diagnostics that are expected.
//!
//! Every `tests/asm/pre/*.expanded` is what NASM's preprocessor makes of the `.asm` beside it: the
//! tests of ours compare with it.
//!
//! `APPLET_BLESS=1` writes the `.err` and `.expanded` files anew. Without `nasm` in the path the comparisons are
//! shown as ignored, unless `APPLET_REQUIRE_NASM=1` says that it must be there. It knows nothing
//! of single cases: they are files.

mod common;

use applet::asm::{self, Included, Options, Resolver};
use applet::diagnostic::{Diagnostic, Sources};
use libtest_mimic::{Arguments, Failed, Trial};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Cases that do not give NASM's bytes yet, and why. They are marked `unlike`; once one does, its
/// row has to go.
const UNLIKE: &[(&str, &str)] = &[];

/// Reads files beside the one that names them, beside the case, or by their path from the root.
struct Beside<'a>(&'a Path);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Beside<'_> {
    fn path(&self, name: &str, from: Option<&Path>) -> PathBuf {
        let folder = |path: &Path| path.parent().unwrap_or(Path::new(".")).join(name);
        let beside = [from.map(folder), Some(folder(self.0))].into_iter().flatten();
        beside.into_iter().find(|path| path.exists()).unwrap_or_else(|| root().join(name))
    }
}

impl Resolver for Beside<'_> {
    fn include(&self, name: &str, from: Option<&Path>) -> Result<Included, String> {
        let path = self.path(name, from);
        let text = std::fs::read_to_string(&path).map_err(|e| e.to_string())?;
        Ok(Included { name: name.to_owned(), path: Some(path), text })
    }

    fn binary(&self, name: &str, from: Option<&Path>) -> Result<Vec<u8>, String> {
        std::fs::read(self.path(name, from)).map_err(|e| e.to_string())
    }
}

fn assemble(path: &Path) -> Result<(Vec<u8>, String), String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut sources = Sources::new();
    let main = sources.add(name, Some(path), text);
    let options = Options { debug_info: true, ..Options::default() };
    match asm::assemble(&mut sources, main, &Beside(path), &options) {
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
    expect(&path.with_extension("err"), &found)
}

/// Compares with what the file holds, or writes it there.
fn expect(file: &Path, found: &str) -> Result<(), Failed> {
    if std::env::var_os("APPLET_BLESS").is_some() {
        return Ok(std::fs::write(file, found)?);
    }
    let expected = std::fs::read_to_string(file)
        .map_err(|e| format!("{}: {e}; APPLET_BLESS=1 writes it", file.display()))?;
    if found == expected {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(expected.as_str(), found);
    Err(diff.unified_diff().header("expected", "found").to_string().into())
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
    expect(&path.with_extension("expanded"), &theirs)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder of cases can be read");
    let mut files: Vec<_> = entries
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.extension().is_some_and(|x| x == "asm"))
        .collect();
    files.sort();
    files
}

/// The folder and those in it, but for those of errors and of the preprocessor's own output.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder of cases can be read");
    let inside = entries.filter_map(|e| Some(e.ok()?.path()));
    let inside = inside.filter(|p| p.is_dir() && !p.ends_with("errors") && !p.ends_with("pre"));
    std::iter::once(folder.to_owned()).chain(inside).collect()
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = root().join("tests/asm");
    let ignored = common::lacks_nasm();
    let name = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut trials = Vec::new();
    for path in folders(&folder).iter().flat_map(|folder| files(folder)) {
        let within = path.strip_prefix(&folder).unwrap_or(&path).with_extension("");
        let name = format!("nasm/{}", within.display());
        let unlike = UNLIKE.iter().any(|(case, _)| within == Path::new(case));
        let trial = Trial::test(name, move || match (compare(&path), unlike) {
            (Ok(()), true) => Err("this gives NASM's bytes now: remove its row in UNLIKE".into()),
            (Err(_), true) => Ok(()),
            (result, false) => result,
        });
        trials.push(trial.with_kind(if unlike { "unlike" } else { "" }).with_ignored_flag(ignored));
    }
    for path in files(&folder.join("pre")) {
        let trial = Trial::test(format!("expanded/{}", name(&path)), move || expanded(&path));
        trials.push(trial.with_ignored_flag(ignored));
    }
    for path in ["tests/stdlib", "applets"].iter().flat_map(|within| files(&root().join(within))) {
        let within = path.strip_prefix(root()).unwrap_or(&path).with_extension("");
        let trial = Trial::test(format!("nasm/{}", within.display()), move || compare(&path));
        trials.push(trial.with_ignored_flag(ignored));
    }
    for path in files(&folder.join("errors")) {
        trials.push(Trial::test(format!("errors/{}", name(&path)), move || errors(&path)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
