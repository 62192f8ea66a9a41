//! What an entry of the REPL costs beyond the guest's own time, and the way to the first prompt.
//!
//! The goals are 3 ms for an entry and 15 ms to the prompt. Run with
//! `cargo bench --bench repl`; knows nothing of what a session does inside.

use applet::image::Mode;
use applet::machine::config::Config;
use applet::repl::program::Origin;
use applet::repl::session::{Screens, Session};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

fn main() {
    let mut rows = Vec::new();
    for mode in Mode::ALL {
        for (what, count) in [("first 100 entries", 100), ("first 1000 entries", 1000)] {
            rows.push((format!("{} mode, {what}", mode.name()), entries(mode, count)));
        }
    }
    rows.push(("process to its first reply".to_owned(), opening()));
    let mut out = std::io::stdout().lock();
    for (name, time) in rows {
        let _ = writeln!(out, "{name:<36}{:>8.3} ms", time.as_secs_f64() * 1e3);
    }
}

/// The middle of the times of `count` entries, each in a session that has those before.
fn entries(mode: Mode, count: usize) -> Duration {
    let screen = Arc::new(Mutex::new(Vec::new()));
    let screens = Screens { output: screen.clone(), error: screen };
    let mut session = Session::new(Config::new(mode), screens).expect("a machine");
    let mut times = Vec::new();
    for i in 0..count {
        let entry = format!("mov eax, {i}\npush ax\npop bx");
        let start = Instant::now();
        session.enter(&entry, &Origin::default()).expect("an entry");
        times.push(start.elapsed());
    }
    middle(times)
}

/// The time of a whole process with one entry.
fn opening() -> Duration {
    let run = || {
        let start = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_applet"))
            .arg("repl")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary runs");
        child.stdin.take().expect("a pipe").write_all(b"1 + 1\n").expect("it reads");
        assert!(child.wait().expect("it ends").success());
        start.elapsed()
    };
    middle((0..50).map(|_| run()).collect())
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
