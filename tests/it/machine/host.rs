//! What depends on the process and the host: signals, devices that are missing or refused, and
//! what a run leaves behind.
//!
//! Some of it is done in a child: this same program, started again with a task in a variable.

use super::Case;
use super::support::{backend, guest, on};
use applet::internal::machine;
use applet::internal::machine::config::{BackendChoice, Input};
use applet::internal::machine::outcome::{HostError, Outcome};
use std::fs::File;
use std::os::fd::OwnedFd;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

pub(crate) const CASES: &[Case] = &[
    ("host: a missing /dev/kvm is explained", missing_device),
    ("host: a /dev/kvm without permission is explained", refused_device),
    ("host: SIGINT ends a guest", interrupted),
    ("host: SIGINT ends a guest that waits for input", interrupted_wait),
    ("host: 2,000 runs leave nothing behind", nothing_left),
];

const TASK: &str = "APPLET_TEST_TASK";
const BACKEND: &str = "APPLET_TEST_BACKEND";

/// Does the task of a child, if this is one.
#[expect(clippy::print_stdout, reason = "a child answers on its standard output")]
pub(crate) fn child() -> Option<ExitCode> {
    let task = std::env::var(TASK).ok()?;
    let is_soft = std::env::var(BACKEND).is_ok_and(|name| name == "soft");
    let backend = if is_soft { BackendChoice::Soft } else { BackendChoice::Kvm };
    println!("{}", on(backend, || answer(&task)));
    Some(ExitCode::SUCCESS)
}

#[expect(clippy::print_stdout, reason = "a child answers on its standard output")]
fn answer(task: &str) -> String {
    match task {
        "hello on kvm" => on(BackendChoice::Kvm, || describe(guest("hello64").try_run())),
        "spin" => {
            let mut run = guest("spin64").config(|c| c.timeout = Some(Duration::from_millis(100)));
            describe(run.try_run())
        }
        "interrupt" => {
            machine::catch_interrupt().expect("a handler");
            println!("ready");
            describe(guest("spin64").try_run())
        }
        "interrupt-wait" => {
            machine::catch_interrupt().expect("a handler");
            let (reader, _writer) = std::io::pipe().expect("a pipe");
            let mut run = guest("reader64");
            run.io.input = Input::File(File::from(OwnedFd::from(reader)));
            println!("ready");
            describe(run.try_run())
        }
        "many" => many(),
        other => format!("no task {other}"),
    }
}

fn describe(result: Result<machine::outcome::Report, HostError>) -> String {
    match result {
        Ok(report) => report.outcome.name().to_owned(),
        Err(HostError::System { what, help, source }) => {
            format!("{what}: {source}\n{}", help.unwrap_or_default())
        }
        Err(other) => other.to_string(),
    }
}

pub(crate) struct Answer {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

fn command(task: &str, before: &[&str]) -> Command {
    let program = std::env::current_exe().expect("this program");
    let mut command = match before {
        [] => Command::new(&program),
        [first, rest @ ..] => {
            let mut command = Command::new(first);
            command.args(rest).arg(&program);
            command
        }
    };
    let name = if backend() == BackendChoice::Soft { "soft" } else { "kvm" };
    command.env(TASK, task).env(BACKEND, name).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a task in a child, by means of the command `before` it.
pub(crate) fn run_child(task: &str, before: &[&str]) -> Answer {
    let output = command(task, before).output().expect("a child");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    Answer { stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

fn missing_device() {
    let hide = "mount -t tmpfs none /dev && exec \"$0\"";
    let answer = run_child("hello on kvm", &["unshare", "-rm", "sh", "-c", hide]);
    assert!(
        answer.stdout.starts_with("opening /dev/kvm: No such file or directory"),
        "{}{}",
        answer.stdout,
        answer.stderr
    );
    assert!(answer.stdout.contains("modprobe kvm_intel"), "{}", answer.stdout);
}

fn refused_device() {
    // A device without any permission, seen by a user who is not root.
    let refuse = "mount -t tmpfs none /dev && touch /dev/kvm && chmod 0 /dev/kvm && \
                  cp \"$0\" /dev/child && chmod 755 /dev /dev/child && \
                  exec setpriv --reuid 65534 --clear-groups /dev/child";
    let answer = run_child("hello on kvm", &["unshare", "-m", "sh", "-c", refuse]);
    assert!(
        answer.stdout.starts_with("opening /dev/kvm: Permission denied"),
        "{}{}",
        answer.stdout,
        answer.stderr
    );
    assert!(answer.stdout.contains("usermod -aG kvm"), "{}", answer.stdout);
}

fn interrupt(task: &str) {
    use std::io::{BufRead as _, BufReader, Read as _};
    let mut child = command(task, &[]).spawn().expect("a child");
    let mut reader = BufReader::new(child.stdout.take().expect("its output"));
    let mut line = String::new();
    reader.read_line(&mut line).expect("a line");
    assert_eq!(line, "ready\n");
    std::thread::sleep(Duration::from_millis(30));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill").success());
    line.clear();
    reader.read_to_string(&mut line).expect("an answer");
    child.wait().expect("its end");
    assert_eq!(line, "interrupted\n");
}

fn interrupted() {
    interrupt("interrupt");
}

fn interrupted_wait() {
    interrupt("interrupt-wait");
}

/// Entries of a folder in `/proc/self`.
fn entries(folder: &str) -> usize {
    std::fs::read_dir(format!("/proc/self/{folder}")).expect("/proc").count()
}

/// The process's timers, as far as the kernel shows them.
fn timers() -> usize {
    let text = std::fs::read_to_string("/proc/self/timers").unwrap_or_default();
    text.lines().filter(|l| l.starts_with("ID:")).count()
}

/// A figure of `/proc/self/status`, in KiB where it is a size.
fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("/proc");
    let line = text.lines().find_map(|l| l.strip_prefix(name)).expect("a figure");
    line.trim_start_matches(':').split_whitespace().next().expect("a number").parse().expect("one")
}

fn figures() -> [u64; 5] {
    let count = |n: usize| u64::try_from(n).expect("small");
    [
        count(entries("fd")),
        count(entries("task")),
        status("VmSize"),
        status("VmRSS"),
        count(timers()),
    ]
}

fn many() -> String {
    let names = ["hello16", "hello32", "hello64", "divide64", "unknown_out64", "exit255_64"];
    let run = |i: usize| {
        let outcome = guest(names[i % names.len()]).try_run().expect("a report").outcome;
        assert!(!matches!(outcome, Outcome::TimedOut(_)));
    };
    (0..60).for_each(run);
    let before = figures();
    (0..2000).for_each(run);
    format!("{before:?} {:?}", figures())
}

fn nothing_left() {
    let answer = run_child("many", &[]);
    let numbers: Vec<u64> =
        answer.stdout.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    let [fds, tasks, size, resident, timers, fds2, tasks2, size2, resident2, timers2] = numbers[..]
    else {
        panic!("{}{}", answer.stdout, answer.stderr)
    };
    assert_eq!((fds, tasks, timers), (fds2, tasks2, timers2), "descriptors, threads, timers");
    assert!(size2 <= size + 64, "address space grew from {size} to {size2} KiB");
    assert!(resident2 <= resident + 256, "memory grew from {resident} to {resident2} KiB");
}
