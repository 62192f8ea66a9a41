//! The REPL in a pipe, with the files that it reads and writes, as data: `tests/session/*.txt`
//! have commands of the shell, each behind `$ ` (and its further lines behind `> `), and below
//! it what is printed, both streams together. `APPLET_BLESS=1` writes what is printed now.
//!
//! Each file begins in an empty folder; lines that begin with `#` are comments. Knows nothing of
//! the library inside. Without a usable KVM the tests are shown as ignored.

use crate::support::{APPLET, Needs, Tests, files, hold, root, stem};
use libtest_mimic::Failed;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

pub(crate) fn tests(tests: &mut Tests) {
    for path in files(&root().join("tests/session"), "txt") {
        tests.add(stem(&path), Needs::Kvm, move || check(&path));
    }
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
    hold(path, &expected, &actual, || std::fs::write(path, &actual))
}

/// What a command prints, and its exit status unless that is 0.
fn run(folder: &Path, command: &str) -> Result<String, Failed> {
    let binary = Path::new(APPLET).parent().ok_or("it is in a folder")?;
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
