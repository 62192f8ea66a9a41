//! Tests of finding and judging cases. They run no machine; `tests/it/golden.rs` does.

use super::*;
use crate::machine::outcome::Fault;
use std::fs;

fn tree() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for folder in ["applets", "tests/golden/echo", "tests/golden/ghost", "tests/golden/bare"] {
        fs::create_dir_all(root.path().join(folder)).unwrap();
    }
    for (file, text) in [
        ("applets/echo.asm", "hlt"),
        ("applets/bare.asm", "hlt"),
        ("tests/golden/echo/a.b.stdout", ""),
        ("tests/golden/echo/a.b.stdin", ""),
        ("tests/golden/echo/second.toml", "exit = 7\n"),
        ("tests/golden/echo/notes.txt", ""),
        ("tests/golden/ghost/a.stdout", ""),
        ("tests/golden/stray", ""),
    ] {
        fs::write(root.path().join(file), text).unwrap();
    }
    root
}

fn actual(outcome: Outcome) -> Actual {
    Actual { stdout: b"out".to_vec(), stderr: Vec::new(), outcome, fault: None }
}

fn expect(toml: &str) -> Result<Expectation, String> {
    let mut sources = Sources::new();
    let file = sources.add("x.toml", None, toml.to_owned());
    expect::read(toml, file, 0).map_err(|errors| draw(&sources, &errors))
}

#[test]
fn cases_are_found_and_what_is_no_case_is_a_problem() {
    let root = tree();
    let found = find(root.path()).unwrap();
    let ids: Vec<_> = found.cases.iter().map(Case::id).collect();
    assert_eq!(ids, ["echo/a.b", "echo/second"]);
    let problems: Vec<_> = found.problems.iter().map(|p| p.0.as_str()).collect();
    assert_eq!(problems, ["bare", "echo/notes.txt", "ghost", "stray"]);
    assert!(found.problems[2].1.contains("no applet"), "{:?}", found.problems[2]);
}

#[test]
fn a_missing_stdout_fails_and_names_bless() {
    let root = tree();
    let found = find(root.path()).unwrap();
    let second = &found.cases[1];
    let mismatches =
        second.mismatches(&second.expectation().unwrap(), &actual(Outcome::Exited(7))).unwrap();
    assert_eq!(mismatches.len(), 1, "{mismatches:?}");
    assert!(mismatches[0].contains("--bless"), "{mismatches:?}");
}

#[test]
fn the_outcome_is_compared_with_its_code() {
    let fault = || {
        Outcome::Faulted(Box::new(Fault {
            kind: "exception",
            message: String::new(),
            help: None,
            details: Vec::new(),
            address: 0,
            span: None,
            instruction: None,
            registers: Vec::new(),
            vectors: Vec::new(),
            origin: None,
        }))
    };
    let fits =
        |toml: &str, outcome: &Outcome| expect(toml).unwrap().outcome_mismatch(outcome).is_none();
    assert!(fits("", &Outcome::Halted) && fits("", &Outcome::Exited(0)));
    assert!(!fits("", &Outcome::Exited(1)) && !fits("", &fault()));
    assert!(fits("exit = 7", &Outcome::Exited(7)) && !fits("exit = 7", &Outcome::Halted));
    assert!(fits("outcome = \"halt\"", &Outcome::Halted));
    assert!(!fits("outcome = \"halt\"", &Outcome::Exited(0)));
    assert!(fits("outcome = \"fault\"", &fault()));
    assert!(!fits("outcome = \"timeout\"", &fault()));
}

#[test]
fn every_key_is_read_and_wrong_ones_are_reported() {
    let all = "args = [\"a\", \"b c\"]\nexit = 3\noutcome = \"exit\"\ntimeout = \"1s\"\nseed = 5\n\
               reg = [\"ax=2\", \"ebx=0x10\"]\n";
    let read = expect(all).unwrap();
    assert_eq!(read.args, ["a", "b c"]);
    assert_eq!((read.exit, read.seed), (Some(3), Some(5)));
    assert_eq!(read.registers, [("ax".to_owned(), 2), ("ebx".to_owned(), 16)]);
    assert!(expect("exti = 1").unwrap_err().contains("did you mean `exit`"));
    assert!(expect("exit = 256").unwrap_err().contains("at most 255"));
    assert!(expect("outcome = \"boom\"").unwrap_err().contains("output-limit"));
    assert!(expect("args = [1]").unwrap_err().contains("list of strings"));
    assert!(expect("reg = [\"ax\"]").unwrap_err().contains("NAME=VALUE"));
}

#[test]
fn blessing_keeps_what_is_not_about_the_outcome() {
    let text = "# why\nargs = [\"x\"]\nexit = 1\n";
    assert_eq!(expect::rewrite(text, &Outcome::Exited(9)), "# why\nargs = [\"x\"]\nexit = 9\n");
    assert_eq!(expect::rewrite(text, &Outcome::Halted), "# why\nargs = [\"x\"]\n");
    let timed_out = Outcome::TimedOut(Duration::from_secs(1));
    assert_eq!(expect::rewrite("", &timed_out), "outcome = \"timeout\"\n");
}
