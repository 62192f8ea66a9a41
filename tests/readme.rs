//! The README is true: its programs run, each console session prints what it shows, and its table of
//! applets has them all.
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

/// Every piece of source is right, those too that are no whole program.
fn sources_are_right(folder: &Path) -> Result<(), Failed> {
    for source in blocks("nasm") {
        std::fs::write(folder.join("piece.asm"), source)?;
        run(folder, "applet check piece.asm", "").map_err(|e| format!("{source}{e:?}"))?;
    }
    Ok(())
}

/// The rows of the table name the files of `applets/`, each once.
fn applets_are_all_there() -> Result<(), Failed> {
    let section = README.split("\n## The applets\n").nth(1).unwrap_or_default();
    let rows = section.lines().take_while(|line| !line.starts_with("## "));
    let rows = rows.filter(|line| line.starts_with("| "));
    let mut named: Vec<_> =
        rows.flat_map(|row| row.split('`').skip(1).step_by(2)).map(str::to_owned).collect();
    named.sort_unstable();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("applets");
    let files = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|e| e == "asm"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    files.sort_unstable();
    if named == files { Ok(()) } else { Err(format!("{named:?}\n{files:?}").into()) }
}

fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert!(blocks("nasm").count() >= PROGRAMS.len(), "README.md lacks a program");
    for (name, program) in PROGRAMS.iter().zip(blocks("nasm")) {
        std::fs::write(folder.path().join(name), program).expect("it can be written");
    }
    let lacks_kvm = common::lacks_kvm();
    let path = folder.path().to_path_buf();
    let mut trials = vec![
        Trial::test("its sources are right", move || sources_are_right(&path)),
        Trial::test("its applets are all there", applets_are_all_there),
    ];
    let whole = trials.len();
    let sessions = blocks("console").flat_map(commands).map(|(command, output)| {
        let path = folder.path().to_path_buf();
        let needs_kvm = command.contains("applet run");
        Trial::test(command, move || run(&path, command, output))
            .with_ignored_flag(needs_kvm && lacks_kvm)
    });
    trials.extend(sessions);
    assert!(trials.len() > whole, "README.md shows no session");
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
