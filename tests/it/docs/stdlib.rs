//! The rules that every file of `stdlib/` keeps, and the reference in `docs/stdlib.md`, which is
//! made of its comments.
//!
//! What the routines do is tested by the programs in `tests/stdlib`. Here: each routine and macro
//! has its comment in the one shape, is tried by some program, and assembles alone in every mode
//! that it serves; each file gives the bytes that nasm gives, also as the
//! binary carries it. `APPLET_BLESS=1` writes the reference
//! anew.

use crate::support::{Folders, Needs, Tests, add, hold_file, root};
use applet::internal::applet::files::Files;
use applet::internal::asm::{self, Options};
use applet::internal::diagnostic::Sources;
use applet::internal::diagnostic::render::{Paint, render};
use libtest_mimic::Failed;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

/// The files in the order of the reference, and how they are used.
const FILES: &[(&str, Kind)] = &[
    ("base", Kind::Macros),
    ("abi", Kind::Constants),
    ("io", Kind::Macros),
    ("exit", Kind::Macros),
    ("stream", Kind::Routines),
    ("fmt", Kind::Routines),
    ("print", Kind::Routines),
    ("parse", Kind::Routines),
    ("args", Kind::Routines),
    ("option", Kind::Routines),
    ("string", Kind::Routines),
    ("memory", Kind::Routines),
    ("sort", Kind::Routines),
    ("math", Kind::Routines),
    ("fixed", Kind::Routines),
    ("float", Kind::Routines),
    ("random", Kind::Routines),
    ("time", Kind::Routines),
    ("trap", Kind::Routines),
    ("switch", Kind::Macros),
];

/// What a comment says, in this order. Only the modes may be left out, where all three are served.
const FIELDS: &[&str] = &["In", "Out", "Clobbers", "Limits", "Modes"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Constants,
    Macros,
    Routines,
}

/// The comment on a routine or macro.
#[derive(Debug)]
struct Entry {
    name: String,
    /// What it is given, for a macro.
    head: String,
    summary: String,
    /// A text for each of [`FIELDS`] that it has.
    fields: Vec<(&'static str, String)>,
}

fn text(file: &str) -> String {
    let path = root().join("stdlib").join(format!("{file}.inc"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The name behind `routine` or `%macro`, for those which a program may use.
fn defined(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("routine ").or_else(|| line.strip_prefix("%macro "))?;
    let name = rest.split_whitespace().next()?;
    (!name.starts_with("stdlib_")).then_some(name)
}

/// The entries of a file's text. Complains about what has none, and about comments out of shape.
fn entries(file: &str, text: &str) -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    let mut comment = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix(';') {
            if std::mem::take(&mut is_code) {
                comment.clear();
            }
            comment.push(rest.strip_prefix(' ').unwrap_or(rest));
            continue;
        }
        // Conditions and what is required may stand between a comment and what it is about.
        let is_between = ["%if", "require ", "%define "].iter().any(|b| line.starts_with(b));
        if let Some(name) = defined(line) {
            let entry =
                entry(&comment).ok_or(format!("{file}: the comment on {name} is out of shape"))?;
            if entry.name != name {
                return Err(format!("{file}: `{name}` has the comment of `{}`", entry.name));
            }
            entries.push(entry);
        }
        is_code = !is_between;
    }
    Ok(entries)
}

/// A comment as an entry, if it has the shape: `NAME: SUMMARY`, then the fields.
fn entry(comment: &[&str]) -> Option<Entry> {
    let mut parts: Vec<String> = Vec::new();
    for line in comment {
        let begins = FIELDS.iter().any(|f| line.starts_with(&format!("{f}: ")));
        match parts.last_mut() {
            Some(part) if !begins => *part += &format!(" {line}"),
            _ => parts.push((*line).to_owned()),
        }
    }
    let (first, rest) = parts.split_first()?;
    let (head, summary) = first.split_once(": ")?;
    let name = head.split(' ').next()?.to_owned();
    let mut fields = Vec::new();
    for (part, field) in rest.iter().zip(FIELDS) {
        let said = part.strip_prefix(field)?.strip_prefix(": ")?;
        fields.push((*field, said.to_owned()));
    }
    let is_whole = fields.len() + 1 >= FIELDS.len() && fields.len() == rest.len();
    let all = fields.iter().map(|(_, said)| said.as_str()).chain([summary]);
    let are_sentences = all.into_iter().all(|said| said.ends_with('.'));
    let (head, summary) = (head.to_owned(), summary.to_owned());
    (is_whole && are_sentences).then_some(Entry { name, head, summary, fields })
}

impl Entry {
    fn modes(&self) -> Vec<u32> {
        let said = self.fields.iter().find(|(field, _)| *field == "Modes").map(|(_, said)| said);
        let modes = [("real", 16), ("protected", 32), ("long", 64)];
        let serves = |name: &str| said.is_none_or(|said| said.contains(name));
        modes.iter().filter(|(name, _)| serves(name)).map(|(_, bits)| *bits).collect()
    }
}

fn all_entries() -> Vec<(&'static str, Kind, Vec<Entry>)> {
    let of = |&(file, kind)| {
        let text = text(file);
        let mut entries = entries(file, &text).unwrap_or_else(|e| panic!("{e}"));
        let provided = text.lines().filter_map(|line| line.trim_start().strip_prefix("provide "));
        let provided: Vec<&str> = provided.flat_map(|names| names.split(", ")).collect();
        entries.retain(|e| kind != Kind::Routines || provided.contains(&e.name.as_str()));
        let lacking = provided.iter().find(|name| !entries.iter().any(|e| e.name == **name));
        assert!(lacking.is_none(), "{file}.inc provides {lacking:?} and does not have it");
        (file, kind, entries)
    };
    FILES.iter().map(of).collect()
}

/// The comment at the top of a file. What is indented in it is code for Markdown too.
fn introduction(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix(';'));
    lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
}

/// `docs/stdlib.md`.
fn reference() -> String {
    let mut out = "# The standard library\n\n\
        Made of the comments in `stdlib/` by `APPLET_BLESS=1 cargo test --test it stdlib`: change them there.\n\n\
        | file | included | what it has |\n|---|---|---|\n"
        .to_owned();
    for (file, kind, entries) in all_entries() {
        let place = if kind == Kind::Routines { "at the end" } else { "at the top" };
        let link = |e: &Entry| format!("[`{0}`](#{0})", e.name);
        let names: Vec<_> = entries.iter().map(link).collect();
        out += &format!("| [{file}.inc](#{file}inc) | {place} | {} |\n", names.join(" "));
    }
    for (file, _, entries) in all_entries() {
        out += &format!("\n## {file}.inc\n\n{}", introduction(&text(file)));
        for entry in entries {
            out += &format!("\n### `{}`\n\n", entry.name);
            if entry.head != entry.name {
                out += &format!("`{}`\n\n", entry.head);
            }
            let (first, rest) = entry.summary.split_at(1);
            out += &format!("{}{rest}\n\n", first.to_uppercase());
            for (field, said) in &entry.fields {
                let said = said.replace('<', "\\<").replace('*', "\\*");
                out += &format!("- **{field}**: {said}\n");
            }
        }
    }
    out
}

fn the_reference_is_made_of_the_comments() -> Result<(), Failed> {
    hold_file(&root().join("docs/stdlib.md"), &reference())
}

fn every_file_is_in_the_list() {
    let folder = std::fs::read_dir(root().join("stdlib")).expect("stdlib can be read");
    let names = folder.filter_map(|e| Some(e.ok()?.path().file_stem()?.to_str()?.to_owned()));
    let found: BTreeSet<String> = names.collect();
    let listed = FILES.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(found, listed, "FILES in this test is the list of stdlib/");
}

fn a_comment_out_of_shape_is_noticed() {
    let good = "; f: adds.\n; In: xax.\n; Out: xax.\n; Clobbers: flags.\n; Limits: none.\n%ifdef X\nroutine f\n";
    assert_eq!(entries("x", good).unwrap().len(), 1);
    for (part, instead) in [
        ("; f: adds.\n", ""),
        ("; Out: xax.\n", ""),
        ("f: adds", "g: adds"),
        ("none.", "none"),
        ("; In: xax.\n; Out: xax.\n", "; Out: xax.\n; In: xax.\n"),
        ("; f: adds.", "; f"),
    ] {
        entries("x", &good.replace(part, instead)).expect_err(instead);
    }
    entries("x", &good.replace("%ifdef X", "ret\n%ifdef X")).unwrap();
}

/// Whether `name` stands in the text as a word.
fn has_word(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        !before.ends_with(is_word) && !after.starts_with(is_word)
    })
}

fn every_routine_is_tried() {
    let folder = root().join("tests/stdlib");
    let files = std::fs::read_dir(folder).expect("the tests can be read");
    let paths = files.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.is_file());
    let read = |path: PathBuf| std::fs::read_to_string(path).expect("a test can be read");
    // A name in a comment or behind `need` tries nothing.
    let is_use = |line: &&str| !line.starts_with("need ") && !line.trim_start().starts_with(';');
    let mut used = String::new();
    for text in paths.map(read) {
        used.extend(text.lines().filter(is_use).flat_map(|line| [line, "\n"]));
    }
    for (file, kind, entries) in all_entries() {
        // The library itself uses the macros of base.inc.
        let entries = entries.iter().filter(|_| kind == Kind::Routines);
        let untried: Vec<_> = entries.filter(|e| !has_word(&used, &e.name)).collect();
        let names: Vec<_> = untried.iter().map(|e| e.name.as_str()).collect();
        assert!(names.is_empty(), "{file}.inc: no test in tests/stdlib uses {}", names.join(", "));
    }
}

fn assembled(program: &str) -> Vec<u8> {
    let mut sources = Sources::new();
    let main = sources.add("program", None, program.to_owned());
    match asm::assemble(&mut sources, main, &Folders(&[root()]), &Options::default()) {
        Ok(assembly) => assembly.image.bytes,
        Err(errors) => {
            let drawn: String = errors.iter().map(|d| render(&sources, d, Paint::Plain)).collect();
            panic!("{program}\n{drawn}")
        }
    }
}

/// A program that includes a file, in a mode, and wants what `need` says.
fn including(file: &str, bits: u32, need: &str) -> String {
    format!("bits {bits}\n%include \"stdlib/base.inc\"\n{need}\n%include \"stdlib/{file}.inc\"\n")
}

fn each_routine_assembles_alone_and_brings_little() {
    for (file, kind, entries) in all_entries() {
        if kind != Kind::Routines {
            continue;
        }
        for bits in [16, 32, 64] {
            let whole = assembled(&including(file, bits, "")).len();
            let served = entries.iter().filter(|e| e.modes().contains(&bits));
            let alone = |e: &Entry| {
                let need = format!("need {}", e.name);
                let bytes = assembled(&including(file, bits, &need)).len();
                assert!(bytes > 0, "{file}.inc has no {} in {bits}-bit code", e.name);
                bytes
            };
            let least = served.map(alone).min().unwrap_or(0);
            let is_less = least < whole || entries.len() == 1 || whole == 0;
            assert!(is_less, "each routine brings all of {file}.inc in {bits}-bit code");
            assert!(assembled(&including(file, bits, "need no_such_routine")).is_empty());
        }
    }
}

fn the_binary_carries_the_same() {
    for (file, _) in FILES {
        let name = format!("stdlib/{file}.inc");
        let carried = Files::built_in().text(&name, None).expect("it is built in").text;
        assert_eq!(carried, text(file), "{name}");
    }
}

fn nasm_gives_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    for (file, _) in FILES {
        for bits in [16, 32, 64] {
            let program = including(file, bits, "");
            let path = |extension| folder.path().join(format!("{file}{bits}.{extension}"));
            std::fs::write(path("asm"), &program).expect("the program can be written");
            let mut command = Command::new("nasm");
            command.args(["-w-all", "-f", "bin", "-o"]).arg(path("bin"));
            let run = command.arg(path("asm")).current_dir(root()).output().expect("nasm runs");
            let said = String::from_utf8_lossy(&run.stderr);
            assert!(run.status.success(), "{file}.inc in {bits}-bit code: {said}");
            let theirs = std::fs::read(path("bin")).expect("nasm wrote it");
            let is_same = assembled(&program) == theirs;
            assert!(is_same, "{file}.inc in {bits}-bit code: other bytes than nasm's");
        }
    }
}

pub(crate) fn tests(tests: &mut Tests) {
    add!(
        tests, Needs::Nothing;
        every_file_is_in_the_list,
        a_comment_out_of_shape_is_noticed,
        the_reference_is_made_of_the_comments,
        every_routine_is_tried,
        each_routine_assembles_alone_and_brings_little,
        the_binary_carries_the_same,
    );
    add!(tests, Needs::Nasm; nasm_gives_the_same_bytes);
}
