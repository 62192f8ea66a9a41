//! Small programs against real NASM: `tests/asm/snippets/*.txt`, cut at lines of `====`. Both give
//! the same bytes, or both refuse it.
//!
//! Knows no snippet. Without `nasm` each is shown as ignored.

mod common;

use applet::asm::{self, Included, Options, Resolver};
use applet::diagnostic::Sources;
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Reads files beside the snippets.
struct Beside;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/asm/snippets")
}

impl Resolver for Beside {
    fn include(&self, name: &str, _: Option<&Path>) -> Result<Included, String> {
        let path = folder().join(name);
        let text = std::fs::read_to_string(&path).map_err(|e| e.to_string())?;
        Ok(Included { name: name.to_owned(), path: Some(path), text })
    }

    fn binary(&self, name: &str, _: Option<&Path>) -> Result<Vec<u8>, String> {
        std::fs::read(folder().join(name)).map_err(|e| e.to_string())
    }
}

fn ours(text: &str) -> Result<Vec<u8>, String> {
    let mut sources = Sources::new();
    let main = sources.add("a.asm", None, text.to_owned());
    match asm::assemble(&mut sources, main, &Beside, &Options::default()) {
        Ok(assembly) => Ok(assembly.image.bytes),
        Err(said) => Err(said.iter().map(|d| d.message.clone() + "\n").collect()),
    }
}

fn nasm(text: &str) -> Result<Result<Vec<u8>, String>, Failed> {
    let scratch = tempfile::tempdir()?;
    let (source, binary) = (scratch.path().join("a.asm"), scratch.path().join("a.bin"));
    std::fs::write(&source, text)?;
    let mut command = Command::new("nasm");
    // NASM has the files beside the source, too: it looks elsewhere for some only.
    for file in ["inc.inc", "bin.bin"] {
        std::fs::copy(folder().join(file), scratch.path().join(file))?;
    }
    command.args(["-w-all", "-f", "bin"]);
    let run = command.arg("-o").arg(&binary).arg("a.asm").current_dir(scratch.path()).output()?;
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    Ok(if run.status.success() { Ok(std::fs::read(binary)?) } else { Err(said) })
}

fn compare(text: &str) -> Result<(), Failed> {
    match (ours(text), nasm(text)?) {
        (Ok(ours), Ok(theirs)) if ours == theirs => Ok(()),
        (Err(_), Err(_)) => Ok(()),
        (ours, theirs) => Err(format!("{text}\nours: {ours:02x?}\nnasm: {theirs:02x?}").into()),
    }
}

fn main() -> ExitCode {
    let (ignored, mut trials) = (common::lacks_nasm(), Vec::new());
    for entry in std::fs::read_dir(folder()).expect("the folder can be read") {
        let path = entry.expect("it can be listed").path();
        if path.extension().is_none_or(|e| e != "txt") {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("it can be read");
        for (number, snippet) in text.split("\n====\n").enumerate() {
            let snippet = snippet.trim_matches('\n').to_owned() + "\n";
            let first = snippet.lines().next().unwrap_or("").to_owned();
            let trial =
                Trial::test(format!("{name}/{number:03} {first}"), move || compare(&snippet));
            trials.push(trial.with_ignored_flag(ignored));
        }
    }
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    assert!(trials.len() > 200, "the snippets are not found");
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
