//! The README is true: its programs run, and each console session prints what it shows.
//!
//! A block ```` ```console ```` is a session: a line with `$` is a command, what follows is its
//! output, both streams together.

mod common;

use libtest_mimic::{Arguments, Failed, Trial};
use std::path::Path;
use std::process::ExitCode;

const README: &str = include_str!("../README.md");

/// The names of its programs, in their order, as its sessions have them.
const PROGRAMS: &[&str] = &["shout.asm", "sum.asm"];

/// The blocks of README.md with this info string.
fn blocks(kind: &str) -> impl Iterator<Item = &'static str> {
    let (open, close) = (format!("```{kind}\n"), "\n```");
    README.split(&open).skip(1).collect::<Vec<_>>().into_iter().map(move |rest| {
        let end = rest.find(close).expect("a block is closed");
        &rest[..=end]
    })
}

/// The commands of a session, each with its output.
fn commands(session: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    session.split("$ ").skip(1).map(|part| part.split_once('\n').expect("a line has an end"))
}

fn run(folder: &Path, command: &str, expected: &str) -> Result<(), Failed> {
    let shown = common::shell(folder, command)?;
    if shown != expected {
        return Err(format!("$ {command}\nprints:\n{shown}\nREADME.md:\n{expected}").into());
    }
    Ok(())
}

fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert!(blocks("nasm").count() >= PROGRAMS.len(), "README.md lacks a program");
    for (name, program) in PROGRAMS.iter().zip(blocks("nasm")) {
        std::fs::write(folder.path().join(name), program).expect("it can be written");
    }
    let lacks_kvm = common::lacks_kvm();
    let trials: Vec<_> = blocks("console")
        .flat_map(commands)
        .map(|(command, output)| {
            let path = folder.path().to_path_buf();
            let needs_kvm = command.contains("applet run");
            Trial::test(command, move || run(&path, command, output))
                .with_ignored_flag(needs_kvm && lacks_kvm)
        })
        .collect();
    assert!(!trials.is_empty(), "README.md shows no session");
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
