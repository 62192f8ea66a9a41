//! README.md and the pages in `docs/`: every program in them assembles, and every session prints
//! what the page shows.
//!
//! A block ```` ```nasm NAME ```` is a program, saved under this name, and some session runs it. A
//! block ```` ```nasm ```` is a piece of source that assembles by itself. A block ```` ```console ````
//! is a session: a line with `$` is a command, the lines below it are its output, both streams
//! together. Blocks of the kinds in [`NOT_RUN`] are only shown. `APPLET_BLESS=1` writes the outputs.

use crate::support::{Needs, Tests, hold, root, shell};
use libtest_mimic::Failed;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Pages that are generated, and have tests of their own.
const GENERATED: [&str; 2] = ["assembler.md", "stdlib.md"];

/// Kinds of blocks that are not run.
const NOT_RUN: [&str; 6] = ["text", "sh", "toml", "json", "rust", "c"];

/// A fenced block of a page.
#[derive(Debug)]
struct Block {
    /// The text after the opening fence.
    info: String,
    /// Its lines, by their numbers in the page.
    lines: Range<usize>,
}

/// The blocks of a page.
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

/// A folder with the programs of a page.
fn save(lines: &[&str]) -> std::io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    for block in blocks(lines) {
        if let Some(name) = block.info.strip_prefix("nasm ") {
            std::fs::write(folder.path().join(name), text(lines, block.lines))?;
        }
    }
    Ok(folder)
}

/// Every program and every piece of source in a page assembles without a message, and some session
/// runs each program.
fn assembles(page: &Path) -> Result<(), Failed> {
    let content = std::fs::read_to_string(page)?;
    let lines: Vec<_> = content.lines().collect();
    let folder = save(&lines)?;
    let blocks = blocks(&lines);
    let sessions = blocks.iter().filter(|block| block.info == "console");
    let commands: Vec<_> = sessions.flat_map(|block| commands(&lines, block)).collect();
    for block in &blocks {
        let (kind, name) = block.info.split_once(' ').unwrap_or((&block.info, ""));
        let file = match (kind, name) {
            ("console", "") => continue,
            (kind, _) if NOT_RUN.contains(&kind) => continue,
            ("nasm", "") => {
                let piece = text(&lines, block.lines.clone());
                std::fs::write(folder.path().join("piece.asm"), piece)?;
                "piece.asm"
            }
            ("nasm", name) if name.ends_with(".asm") => {
                let is_run = |c: &(String, _)| c.0.contains("applet run") && c.0.contains(name);
                if !commands.iter().any(is_run) {
                    return Err(format!("{name} is never run").into());
                }
                name
            }
            _ => return Err(format!("unknown kind of block: `{}`", block.info).into()),
        };
        let messages = shell(folder.path(), &format!("applet check {file}"))?;
        if !messages.is_empty() {
            return Err(format!("line {}: {messages}", block.lines.start).into());
        }
    }
    Ok(())
}

/// The sessions of a page print what it shows.
fn runs(page: &Path) -> Result<(), Failed> {
    let content = std::fs::read_to_string(page)?;
    let lines: Vec<_> = content.lines().collect();
    let folder = save(&lines)?;
    let mut found: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
    for block in blocks(&lines).iter().filter(|block| block.info == "console") {
        for (command, output) in commands(&lines, block) {
            let mut shown = shell(folder.path(), &command)?;
            if !shown.is_empty() && !shown.ends_with('\n') {
                shown.push('\n'); // A page cannot show a line without its end.
            }
            found[output.start - 1] = format!("$ {command}\n{shown}");
            found[output].fill(String::new());
        }
    }
    let found = found.concat();
    hold(page, &content, &found, || std::fs::write(page, &found))
}

/// README.md and the pages of `docs/`, each of which `docs/README.md` must link to.
fn pages() -> Vec<(String, PathBuf)> {
    let root = root();
    let folder = root.join("docs");
    let index = std::fs::read_to_string(folder.join("README.md")).expect("docs/README.md");
    let entries = std::fs::read_dir(folder).expect("docs can be read");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "md"));
    paths.sort();
    let mut pages = vec![("README".to_owned(), root.join("README.md"))];
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        assert!(
            name == "README.md" || index.contains(&format!("({name})")),
            "docs/README.md does not link to {name}"
        );
        if !GENERATED.contains(&name.as_str()) {
            pages.push((format!("docs/{}", name.trim_end_matches(".md")), path));
        }
    }
    pages
}

/// The links of a page to other files of the repository lead to a file.
fn links(page: &Path) -> Result<(), Failed> {
    let content = std::fs::read_to_string(page)?;
    let folder = page.parent().expect("a page is in a folder");
    for part in content.split("](").skip(1) {
        let link = part.split(')').next().unwrap_or_default();
        let file = link.split('#').next().unwrap_or_default();
        if !file.is_empty() && !file.contains("://") && !folder.join(file).exists() {
            return Err(format!("there is no file for the link {link}").into());
        }
    }
    Ok(())
}

pub(crate) fn tests(tests: &mut Tests) {
    for (name, path) in pages() {
        let file = path.clone();
        tests.add(format!("{name}/links"), Needs::Nothing, move || links(&file));
        let file = path.clone();
        tests.add(format!("{name}/assembles"), Needs::Nothing, move || assembles(&file));
        tests.add(format!("{name}/runs"), Needs::Kvm, move || runs(&path));
    }
}
