//! The REPL in a pipe, with the files that it reads and writes, as data: `tests/session/*.txt`
//! have commands of the shell, each behind `$ ` (and its further lines behind `> `), and below
//! it what is printed, both streams together. `APPLET_BLESS=1` writes what is printed now.
//!
//! Each file begins in an empty folder; lines that begin with `#` are comments. Knows nothing of
//! the library inside. Without a usable KVM the tests are shown as ignored.
#![cfg(unix)]

mod common;

use libtest_mimic::{Arguments, Failed, Trial};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/session");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("tests/session is there")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    let lacks_kvm = common::lacks_kvm();
    let trial = |path: PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(name, move || check(&path)).with_ignored_flag(lacks_kvm)
    };
    let trials = files.into_iter().map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn check(path: &Path) -> Result<(), Failed> {
    let expected = std::fs::read_to_string(path)?;
    let folder = tempfile::tempdir()?;
    let mut actual = String::new();
    let mut lines = expected.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(first) = line.strip_prefix("$ ") else {
            // What is printed is written anew.
            if line.starts_with('#') {
                let _ = writeln!(actual, "{line}");
            }
            continue;
        };
        let _ = writeln!(actual, "{line}");
        let mut command = first.to_owned();
        while let Some(more) = lines.next_if(|line| line.starts_with('>')) {
            let _ = writeln!(actual, "{more}");
            command += &format!("\n{}", more.strip_prefix("> ").unwrap_or(""));
        }
        actual += &run(folder.path(), &command)?;
    }
    if actual == expected {
        return Ok(());
    }
    if std::env::var_os("APPLET_BLESS").is_some() {
        std::fs::write(path, actual)?;
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(&expected, &actual);
    let diff = diff.unified_diff().header("expected", "actual").to_string();
    Err(format!("{diff}\nAPPLET_BLESS=1 cargo test --test session writes what is printed now")
        .into())
}

/// What a command prints, and its exit status unless that is 0.
fn run(folder: &Path, command: &str) -> Result<String, Failed> {
    let binary = Path::new(env!("CARGO_BIN_EXE_applet")).parent().ok_or("it is in a folder")?;
    let path = std::env::var("PATH")?;
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .env("PATH", format!("{}:{path}", binary.display()))
        .env_remove("VISUAL")
        .env_remove("EDITOR")
        .env("TMPDIR", folder)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()?;
    let mut text = String::from_utf8(output.stdout)?;
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    if let Some(status) = output.status.code().filter(|status| *status != 0) {
        let _ = writeln!(text, "(exit status {status})");
    }
    Ok(text)
}
