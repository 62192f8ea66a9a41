//! Limits: whatever a guest does, it ends, and nothing of it is left.
//!
//! Knows nothing of how a guest is made to stop.

use super::Case;
use super::support::{backend, guest, on, output};
use applet::internal::machine::config::{Input, Output};
use applet::internal::machine::outcome::Outcome;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

pub(crate) const CASES: &[Case] = &[
    ("limits: an endless loop ends in each mode", endless_loop),
    ("limits: a guest that waits for input ends", endless_wait),
    ("limits: a guest that nobody reads from ends", endless_write),
    ("limits: an endless printer ends", endless_printer),
    ("limits: output up to the limit is no matter", exact_output),
    ("limits: many guests at once each keep their time", parallel),
    ("limits: a thread that blocks signals keeps its time too", blocked_signals),
];

const TIMEOUT: Duration = Duration::from_millis(120);

fn times_out(mut run: super::support::Run) {
    run.config.timeout = Some(TIMEOUT);
    let start = Instant::now();
    let outcome = run.try_run().unwrap().outcome;
    let took = start.elapsed();
    assert_eq!(outcome, Outcome::TimedOut(TIMEOUT));
    // On a busy machine the end may come late. That it comes at all is what counts.
    assert!((TIMEOUT..Duration::from_secs(60)).contains(&took), "{took:?}");
}

fn endless_loop() {
    for name in ["spin16", "spin32", "spin64"] {
        times_out(guest(name));
    }
    times_out(guest("spin64").config(|c| c.ring = Some(0)));
    times_out(guest("spin32").config(|c| c.ring = Some(3)));
}

fn endless_wait() {
    for name in ["reader64", "prompt64", "serial64"] {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut run = guest(name);
        run.io.input = Input::File(File::from(OwnedFd::from(reader)));
        times_out(run);
        drop(writer);
    }
}

fn endless_write() {
    for name in ["printer64", "printer_write64"] {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut run = guest(name);
        run.io.output = Output::File(File::from(OwnedFd::from(writer)));
        times_out(run);
        drop(reader);
    }
}

fn endless_printer() {
    for name in ["printer64", "printer_write64"] {
        let mut run = guest(name).config(|c| c.max_output = Some(100_001));
        assert_eq!(run.try_run().unwrap().outcome, Outcome::OutputLimit(100_001));
        assert_eq!(output(&run.io.output).len(), 100_001, "{name}");
        let file = tempfile::tempfile().unwrap();
        run.io.output = Output::File(file.try_clone().unwrap());
        assert_eq!(run.try_run().unwrap().outcome, Outcome::OutputLimit(100_001));
        assert_eq!(file.metadata().unwrap().len(), 100_001, "{name}");
    }
}

fn exact_output() {
    assert_eq!(guest("hello64").config(|c| c.max_output = Some(6)).halts(), b"hello\n");
    let mut run = guest("hello64").config(|c| c.max_output = Some(5));
    assert_eq!(run.try_run().unwrap().outcome, Outcome::OutputLimit(5));
    assert_eq!(output(&run.io.output), b"hello");
}

fn parallel() {
    let backend = backend();
    let act = |i| match i % 3 {
        0 => times_out(guest("spin64")),
        1 => endless_wait(),
        _ => assert_eq!(guest("hello64").halts(), b"hello\n"),
    };
    let all: Vec<_> = (0..12).map(|i| std::thread::spawn(move || on(backend, || act(i)))).collect();
    all.into_iter().for_each(|t| t.join().unwrap());
}

fn blocked_signals() {
    // A child of a shell cannot block signals in the parent, so the mask is set by a program
    // that starts this one again.
    let run = super::host::run_child("spin", &["env", "--block-signal"]);
    assert!(run.stdout.starts_with("timeout"), "{}{}", run.stdout, run.stderr);
}
