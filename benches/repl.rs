//! What an entry of the REPL costs besides the time of the guest, and how long a session takes to
//! start. The targets are 3 ms for an entry and 15 ms for the start.

use applet::internal::image::Mode;
use applet::internal::machine::config::Config;
use applet::internal::repl::program::Origin;
use applet::internal::repl::session::{Screens, Session};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

fn main() {
    let mut rows = Vec::new();
    for mode in Mode::ALL {
        rows.extend(entries(mode, "plain", |i| format!("inc ax ; {i}\npush ax\npop bx")));
    }
    let labelled = |i: usize| format!("l{i}: dec cx\njns .out\njmp l{}\n.out:", i / 2);
    rows.extend(entries(Mode::Long, "labelled", labelled));
    rows.push(("process to its first reply".to_owned(), ms(opening())));
    let mut out = std::io::stdout().lock();
    for (name, figure) in rows {
        let _ = writeln!(out, "{name:<50}{figure}");
    }
}

fn ms(time: Duration) -> String {
    format!("{:>8.3} ms", time.as_secs_f64() * 1e3)
}

/// The times of an entry after 1,000 and after 10,000 others, and the memory of each.
fn entries(mode: Mode, kind: &str, entry: impl Fn(usize) -> String) -> Vec<(String, String)> {
    const FIRST: usize = 1_000;
    const LAST: usize = 10_000;
    const SAMPLE: usize = 200;
    let screen = Arc::new(Mutex::new(Vec::new()));
    let screens = Screens { output: screen.clone(), error: screen };
    let mut session = Session::new(Config::new(mode), screens).expect("a machine");
    let (mut times, mut assembling, mut rows, mut memory) = (vec![], vec![], vec![], 0);
    for i in 0..=LAST {
        let text = entry(i);
        let start = Instant::now();
        let report = session.enter(&text, &Origin::default()).expect("an entry");
        times.push(start.elapsed());
        assembling.push(report.times.assemble);
        if i == FIRST {
            memory = resident();
        }
        if i == FIRST || i == LAST {
            let what = format!("{} mode, {kind}, after {i} entries", mode.name());
            let last = |times: &[Duration]| ms(middle(times[i - SAMPLE..].to_vec()));
            let figure = format!("{}, assembling {}", last(&times), last(&assembling));
            rows.push((what, figure));
        }
    }
    let each = resident().saturating_sub(memory) / (LAST - FIRST);
    let start = Instant::now();
    assert!(session.go(1));
    rows.push((format!("{} mode, {kind}, undo", mode.name()), ms(start.elapsed())));
    rows.push((
        format!("{} mode, {kind}, memory", mode.name()),
        format!("{each:>8} bytes an entry"),
    ));
    // Freed memory would be used again by the next session, which would then seem to need none.
    std::mem::forget(session);
    rows
}

/// Resident memory of this process in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a figure");
    line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") << 10
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
