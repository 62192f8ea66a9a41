//! Small programs against real NASM: `tests/asm/snippets/*.txt`, cut at lines of `====`. Both give
//! the same bytes, or both refuse the same line.
//!
//! Without `nasm` each is shown as ignored.

use crate::support::{Folders, Needs, Tests, add, files, root, stem};
use applet::internal::asm::{self, Options};
use applet::internal::diagnostic::Sources;
use applet::internal::diagnostic::Severity;
use libtest_mimic::Failed;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

fn folder() -> PathBuf {
    root().join("tests/asm/snippets")
}

/// Refused lines that differ: a text in the snippet, and why.
const OTHER_LINES: &[(&str, &str)] = &[(
    "mov r0d,r3w",
    "the names come from a package, and the message shows the line there",
)];

/// Why a snippet is refused.
#[derive(Debug)]
struct Refusal {
    /// The lines of the snippet that have a mistake.
    lines: BTreeSet<u32>,
    said: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "lines {:?}: {}", self.lines, self.said)
    }
}

fn ours(text: &str) -> Result<Vec<u8>, Refusal> {
    let mut sources = Sources::new();
    let main = sources.add("a.asm", None, text.to_owned());
    match asm::assemble(&mut sources, main, &Folders(&[&folder()]), &Options::default()) {
        Ok(assembly) => Ok(assembly.image.bytes),
        Err(said) => {
            let errors = said.iter().filter(|d| d.severity == Severity::Error);
            // A mistake in what a macro holds is told there, with a note where it is used.
            let spans = errors.flat_map(|d| [d.span].into_iter().chain(d.notes.iter().map(|n| n.span)));
            let places = spans.map(|span| sources.position(span)).filter(|at| at.file == "a.asm");
            let lines = places.map(|at| at.line).collect();
            Err(Refusal { lines, said: said.iter().map(|d| d.message.clone() + "\n").collect() })
        }
    }
}

fn nasm(text: &str) -> Result<Result<Vec<u8>, Refusal>, Failed> {
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
    if run.status.success() {
        return Ok(Ok(std::fs::read(binary)?));
    }
    let errors = said.lines().filter(|line| line.contains(": error: ") || line.contains("fatal: "));
    let lines = errors.filter_map(|line| line.strip_prefix("a.asm:")?.split(':').next()?.parse().ok());
    Ok(Err(Refusal { lines: lines.collect(), said }))
}

fn compare(text: &str) -> Result<(), Failed> {
    match (ours(text), nasm(text)?) {
        (Ok(ours), Ok(theirs)) if ours == theirs => Ok(()),
        (Err(ours), Err(theirs)) => {
            let is_same = !ours.lines.is_disjoint(&theirs.lines);
            let is_known = OTHER_LINES.iter().any(|(part, _)| text.contains(part));
            match is_same == is_known {
                true if is_known => Err(format!("{text}\nneeds no exception: {ours}").into()),
                true => Err(format!("{text}\nours: {ours}\nnasm: {theirs}").into()),
                false => Ok(()),
            }
        }
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
