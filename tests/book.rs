//! The book in `docs/` is true: every program in it assembles, runs, and prints what is shown.
//!
//! In a chapter a block ```` ```nasm NAME ```` is a program and the file it is saved as, and a block
//! ```` ```console ```` is a session with it: a line with `$` is a command, what follows is its
//! output, both streams together. ```` ```text ```` is for looking at only. `APPLET_BLESS=1` writes
//! the outputs anew.

mod common;

use libtest_mimic::{Arguments, Failed, Trial};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Pages that have tests of their own.
const OTHERS: [&str; 2] = ["assembler.md", "stdlib.md"];

/// A fenced block of a chapter.
#[derive(Debug)]
struct Block {
    /// What stands behind the opening fence.
    info: String,
    /// Its lines, by their numbers in the chapter.
    lines: Range<usize>,
}

/// The blocks of a chapter.
fn blocks(lines: &[&str]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, usize)> = None;
    for (number, line) in lines.iter().enumerate() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(info), None) => open = Some((info.trim().to_owned(), number + 1)),
            (Some(_), Some((info, start))) => blocks.push(Block { info, lines: start..number }),
            (None, state) => open = state,
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// The commands of a session: each with the lines of its output.
fn commands(lines: &[&str], block: &Block) -> Vec<(String, Range<usize>)> {
    let is_command = |number: &usize| lines[*number].starts_with("$ ");
    let starts: Vec<_> = block.lines.clone().filter(is_command).collect();
    let ends = starts.iter().skip(1).copied().chain([block.lines.end]);
    let rows = starts.iter().zip(ends);
    rows.map(|(&start, end)| (lines[start][2..].to_owned(), start + 1..end)).collect()
}

fn text(lines: &[&str], range: Range<usize>) -> String {
    lines[range].iter().map(|line| format!("{line}\n")).collect()
}

/// A folder with the programs of a chapter.
fn save(lines: &[&str]) -> std::io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    for block in blocks(lines) {
        if let Some(name) = block.info.strip_prefix("nasm ") {
            std::fs::write(folder.path().join(name), text(lines, block.lines))?;
        }
    }
    Ok(folder)
}

/// Every program of a chapter assembles without a word, and some session runs it.
fn assembles(chapter: &Path) -> Result<(), Failed> {
    let content = std::fs::read_to_string(chapter)?;
    let lines: Vec<_> = content.lines().collect();
    let folder = save(&lines)?;
    let blocks = blocks(&lines);
    let sessions = blocks.iter().filter(|block| block.info == "console");
    let commands: Vec<_> = sessions.flat_map(|block| commands(&lines, block)).collect();
    for block in &blocks {
        let (kind, name) = block.info.split_once(' ').unwrap_or((&block.info, ""));
        match (kind, name) {
            ("text", "") | ("console", "") => {}
            ("nasm", name) if name.ends_with(".asm") => {
                let is_run = |c: &(String, _)| c.0.contains("applet run") && c.0.contains(name);
                if !commands.iter().any(is_run) {
                    return Err(format!("{name} is never run").into());
                }
                let said = common::shell(folder.path(), &format!("applet check {name}"))?;
                if !said.is_empty() {
                    return Err(said.into());
                }
            }
            _ => return Err(format!("what is a block `{}`?", block.info).into()),
        }
    }
    Ok(())
}

/// The sessions of a chapter print what they show.
fn runs(chapter: &Path) -> Result<(), Failed> {
    let content = std::fs::read_to_string(chapter)?;
    let lines: Vec<_> = content.lines().collect();
    let folder = save(&lines)?;
    let mut wrong = String::new();
    let mut blessed: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
    for block in blocks(&lines).iter().filter(|block| block.info == "console") {
        for (command, output) in commands(&lines, block) {
            let expected = text(&lines, output.clone());
            let mut shown = common::shell(folder.path(), &command)?;
            if !shown.is_empty() && !shown.ends_with('\n') {
                shown.push('\n'); // No line of the book can be without its end.
            }
            if shown != expected {
                wrong += &format!("$ {command}\nprints:\n{shown}\nthe book:\n{expected}\n");
                blessed[output.start - 1] = format!("$ {command}\n{shown}");
                blessed[output].fill(String::new());
            }
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    if std::env::var_os("APPLET_BLESS").is_some() {
        return Ok(std::fs::write(chapter, blessed.concat())?);
    }
    Err(wrong.into())
}

/// The chapters, and that the table of contents has them all.
fn chapters() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let contents = std::fs::read_to_string(folder.join("README.md")).expect("docs/README.md");
    let entries = std::fs::read_dir(folder).expect("docs can be read");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.retain(|path| {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        assert!(name == "README.md" || contents.contains(&format!("({name})")), "{name} is lost");
        !OTHERS.contains(&name)
    });
    paths
}

fn main() -> ExitCode {
    let lacks_kvm = common::lacks_kvm();
    let mut trials = Vec::new();
    for path in chapters() {
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        let again = path.clone();
        trials.push(Trial::test(format!("{name}/assembles"), move || assembles(&again)));
        let trial = Trial::test(format!("{name}/runs"), move || runs(&path));
        trials.push(trial.with_ignored_flag(lacks_kvm));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
