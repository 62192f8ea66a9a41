//! Small programs against real NASM: `tests/asm/snippets/*.txt`, cut at lines of `====`. Both give
//! the same bytes, or both refuse it, at the same line and for the same kind of reason.
//!
//! Without `nasm` each is shown as ignored.

use crate::support::{Folders, Needs, Tests, add, files, root, stem};
use applet::internal::asm::{self, Options};
use applet::internal::diagnostic::{Diagnostic, Severity, Sources};
use libtest_mimic::Failed;
use std::path::PathBuf;
use std::process::Command;

fn folder() -> PathBuf {
    root().join("tests/asm/snippets")
}

/// Why a snippet is refused: the line and the words of the first error.
#[derive(Debug, PartialEq, Eq)]
struct Refusal {
    line: u32,
    message: String,
}

/// What NASM says, and what we may say of the same mistake: a part of the message each.
#[rustfmt::skip]
const KINDS: &[(&str, &[&str])] = &[
    ("comma expected after operand", &["expected a comma", "is not an operator"]),
    ("context stack is empty", &["needs a context"]),
    ("does not support external references", &["there is no linker here"]),
    ("does not support segment base references", &["`seg` has no meaning in a flat binary"]),
    ("expecting `)'", &["this parenthesis is never closed"]),
    ("expression syntax error", &["expected a value", "expected `]`", "needs an expression", "expected a number, found an address"]),
    ("in macro parameter list", &["cannot be a parameter of a macro"]),
    ("impossible combination of address sizes", &["its registers make this a"]),
    ("inconsistently redefined", &["is defined twice"]),
    ("integer supplied as", &["an integer cannot be a"]),
    ("invalid combination of opcode and operands", &["operand sizes differ"]),
    ("invoked outside a macro call", &["without a `%macro`"]),
    ("is not a condition code", &["uses this as a condition code"]),
    ("is not a valid segment size", &["the number of bits must be a number"]),
    ("label or instruction expected at start of line", &["expected a label, an instruction or a directive", "is not a preprocessor directive", "is not an operator", "unknown instruction"]),
    ("non-constant argument supplied to TIMES", &["do not settle", "neither a number nor a label plus a number"]),
    ("non-string passed to", &["needs a string in quotes"]),
    ("not defined before use", &["must be a number that is known here", "must be defined before it is used"]),
    ("not in a macro call", &["has a meaning only inside a macro"]),
    ("parser: instruction expected", &["expected an instruction or a directive", "unknown instruction", "is used within itself"]),
    ("unknown `%use' package", &["there is no package"]),
    ("unrecognised special symbol", &["cannot be a label"]),
    // `%ifdef` in the middle of a line: NASM reads `%` as the remainder.
    ("symbol `ifdef' not defined", &["`%ifdef` is not an operator"]),
    // NASM looks at the symbol first, we at the operator.
    ("symbol `x' not defined", &["`wrt` has no meaning in a flat binary"]),
    ("symbol `..gotpc' not defined", &["`wrt` has no meaning in a flat binary"]),
];

/// A word of the language as a label. NASM reads it as the instruction, the prefix or the macro
/// that it is, and complains of the colon in as many ways.
const WORD_AS_LABEL: &str = "is a word of the language and cannot be a label";
const OF_THE_COLON: [&str; 5] = [
    "expression syntax error",
    "label or instruction expected at start of line",
    "parser: instruction expected",
    "`: db 1' is not a valid segment size",
    "`%pathsearch' expects a file name",
];

/// Whether both are about the same mistake.
fn are_alike(ours: &Refusal, nasm: &Refusal) -> bool {
    let (said, theirs) = (ours.message.as_str(), nasm.message.as_str());
    let is_undefined = || {
        let name = theirs.strip_prefix("symbol `")?.strip_suffix("' not defined")?;
        Some(said == format!("`{name}` is not defined"))
    };
    let is_label = || said.ends_with(WORD_AS_LABEL) && OF_THE_COLON.iter().any(|t| theirs.contains(t));
    let mut rows = KINDS.iter().filter(|row| theirs.contains(row.0));
    let is_kind = rows.any(|row| row.1.iter().any(|part| said.contains(part)));
    // The last one is the snippet's own `%error`.
    let is_same = is_undefined() == Some(true) || is_label() || is_kind || said == theirs;
    ours.line == nasm.line && is_same
}

fn refusals_of_another_kind_are_told_apart() {
    let refusal = |line, message: &str| Refusal { line, message: message.to_owned() };
    let nasm = refusal(2, "symbol `a' not defined");
    assert!(are_alike(&refusal(2, "`a` is not defined"), &nasm));
    assert!(!are_alike(&refusal(3, "`a` is not defined"), &nasm));
    assert!(!are_alike(&refusal(2, "`b` is not defined"), &nasm));
    assert!(!are_alike(&refusal(2, "expected a value"), &nasm));
    let nasm = refusal(1, "parser: instruction expected");
    assert!(are_alike(&refusal(1, "unknown instruction `x`"), &nasm));
    assert!(are_alike(&refusal(1, "`rep` is a word of the language and cannot be a label"), &nasm));
    assert!(!are_alike(&refusal(1, "expected a comma or the end of the line"), &nasm));
}

fn ours(text: &str) -> Result<Vec<u8>, Refusal> {
    let mut sources = Sources::new();
    let main = sources.add("a.asm", None, text.to_owned());
    match asm::assemble(&mut sources, main, &Folders(&[&folder()]), &Options::default()) {
        Ok(assembly) => Ok(assembly.image.bytes),
        Err(said) => {
            let is_error = |d: &&Diagnostic| d.severity == Severity::Error;
            let first = said.iter().find(is_error).expect("an error");
            // A mistake in a macro of a package is one of the line that uses it.
            let spans = [first.span].into_iter().chain(first.notes.iter().map(|note| note.span));
            let mut here = spans.filter(|span| span.file == main);
            let line = here.next().map_or(0, |span| sources.position(span).line);
            Err(Refusal { line, message: first.message.clone() })
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
    // `a.asm:2: error: words`
    let refusal = |line: &str| {
        let mut parts = line.strip_prefix("a.asm:")?.splitn(3, ": ");
        let line = parts.next()?.parse().ok()?;
        let is_error = matches!(parts.next()?, "error" | "fatal");
        is_error.then(|| Refusal { line, message: parts.next().unwrap_or("").to_owned() })
    };
    let first = said.lines().find_map(refusal);
    Ok(Err(first.ok_or_else(|| format!("nasm fails without saying where: {said}"))?))
}

/// Snippets whose mistake we show in the text of the package that has the macro, where NASM shows
/// the line that uses it.
const SHOWN_IN_PACKAGE: [&str; 1] = ["%use altreg\nbits 64\nmov r0,r1\nmov r0d,r3w\n"];

fn compare(text: &str) -> Result<(), Failed> {
    let is_in_package = SHOWN_IN_PACKAGE.iter().any(|start| text.starts_with(start));
    match (ours(text), nasm(text)?) {
        (Err(Refusal { line: 0, message }), Err(theirs)) if is_in_package => {
            let ours = Refusal { line: theirs.line, message };
            let is_alike = are_alike(&ours, &theirs);
            is_alike.then_some(()).ok_or_else(|| format!("{text}\nours: {ours:?}\nnasm: {theirs:?}").into())
        }
        (Ok(ours), Ok(theirs)) if ours == theirs => Ok(()),
        (Err(ours), Err(theirs)) if are_alike(&ours, &theirs) => Ok(()),
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
    add!(tests, Needs::Nothing; the_snippets_are_found, refusals_of_another_kind_are_told_apart);
    for (name, snippet) in snippets() {
        tests.add(name, Needs::Nasm, move || compare(&snippet));
    }
}
