//! Small programs against real NASM: `tests/asm/snippets/*.txt`, cut at lines of `====`. Both give
//! the same bytes, or both refuse it.
//!
//! Knows no snippet. Without `nasm` each is shown as ignored.

use crate::support::{Folders, Needs, Tests, add, files, root, stem};
use applet::internal::asm::{self, Options};
use applet::internal::diagnostic::Sources;
use libtest_mimic::Failed;
use std::path::PathBuf;
use std::process::Command;

fn folder() -> PathBuf {
    root().join("tests/asm/snippets")
}

fn ours(text: &str) -> Result<Vec<u8>, String> {
    let mut sources = Sources::new();
    let main = sources.add("a.asm", None, text.to_owned());
    match asm::assemble(&mut sources, main, &Folders(&[&folder()]), &Options::default()) {
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

/// Every snippet, with a name of its own.
fn snippets() -> Vec<(String, String)> {
    let mut snippets = Vec::new();
    for path in files(&folder(), "txt") {
        let text = std::fs::read_to_string(&path).expect("it can be read");
        for (number, snippet) in text.split("\n====\n").enumerate() {
            let snippet = snippet.trim_matches('\n').to_owned() + "\n";
            let first = snippet.lines().next().unwrap_or("");
            snippets.push((format!("{}/{number:03} {first}", stem(&path)), snippet));
        }
    }
    snippets
}

fn the_snippets_are_found() {
    assert!(snippets().len() > 200, "{} snippets", snippets().len());
}

pub(crate) fn tests(tests: &mut Tests) {
    add!(tests, Needs::Nothing; the_snippets_are_found);
    for (name, snippet) in snippets() {
        tests.add(name, Needs::Nasm, move || compare(&snippet));
    }
}
