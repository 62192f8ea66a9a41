//! Sessions of the REPL as data: `tests/repl/*.txt` have what is typed, each line after `> `, and
//! below it what is answered. `APPLET_BLESS=1` writes the answers that are given now.
//!
//! The first line is `mode MODE [RING]`; lines that begin with `#` are comments. Knows nothing of
//! what a session can do.
#![cfg(unix)]

use applet::applet::value;
use applet::machine::config::Config;
use applet::repl::piped::Piped;
use applet::repl::program::Origin;
use applet::repl::session::{Screens, Session, Tape};
use applet::repl::shell::{Next, Shell};
use applet::repl::style::Painter;
use applet::repl::{Lines, Read};
use libtest_mimic::{Arguments, Failed, Trial};
use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/repl");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("tests/repl is there")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    let trials = files
        .into_iter()
        .map(|path| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            Trial::test(name, move || check(&path))
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn check(path: &Path) -> Result<(), Failed> {
    let expected = std::fs::read_to_string(path)?;
    let actual = play(&expected)?;
    if actual == expected {
        return Ok(());
    }
    if std::env::var_os("APPLET_BLESS").is_some() {
        std::fs::write(path, actual)?;
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(&expected, &actual);
    let diff = diff.unified_diff().header("expected", "actual").to_string();
    Err(format!("{diff}\nAPPLET_BLESS=1 cargo test --test repl writes what is answered now").into())
}

/// What is typed with what is answered.
fn play(transcript: &str) -> Result<String, Failed> {
    let head: Vec<&str> = transcript.lines().take_while(|line| !line.starts_with('>')).collect();
    let mode = head.iter().find_map(|line| line.strip_prefix("mode ")).ok_or("no mode")?;
    let mut words = mode.split_whitespace();
    let mode = value::mode(words.next().unwrap_or(""))?;
    let ring = words.next().map(value::ring).transpose()?;
    let typed: Vec<&str> = transcript
        .lines()
        .filter_map(|line| line.strip_prefix('>'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();

    let screen = Arc::new(Mutex::new(Vec::new()));
    let config = Config { ring, timeout: Some(Duration::from_secs(1)), ..Config::new(mode) };
    let screens = Screens { output: screen.clone(), error: screen.clone() };
    let session = Session::new(config, screens)?;
    let text = typed.join("\n") + "\n";
    let mut lines = Piped::new(Rc::new(RefCell::new(Cursor::new(text.into_bytes()))));
    let mut shell = Shell {
        session,
        painter: Painter::default(),
        out: screen.clone(),
        complaints: screen.clone(),
        origin: Origin { name: "<stdin>".to_owned(), line: Rc::clone(&lines.line) },
        memory: None,
        open_input: Box::new(|| Ok(Tape::default())),
    };
    let mut actual = head.join("\n") + "\n";
    let mut done = 0;
    while let Read::Entry(entry) = lines.next(&shell.session.prompt(), &shell.session) {
        let count = entry.split('\n').count();
        for line in typed.iter().skip(done).take(count) {
            let _ = writeln!(actual, "{}", format!("> {line}").trim_end());
        }
        done += count;
        let next = shell.answer(&entry)?;
        let shown = String::from_utf8_lossy(&std::mem::take(
            &mut *screen.lock().unwrap_or_else(PoisonError::into_inner),
        ))
        .into_owned();
        for line in shown.lines() {
            let _ = writeln!(actual, "{}", line.trim_end());
        }
        if next == Next::Quit {
            break;
        }
    }
    Ok(actual)
}
