//! `test`: how golden cases are chosen, run and reported.

use super::support::{Answer, Place};
use crate::support::{Needs, Tests, add};
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

pub(crate) fn tests(tests: &mut Tests) {
    add!(
        tests, Needs::Kvm;
        a_failing_case_is_shown_and_can_be_blessed,
        cases_are_listed_and_chosen,
        an_applet_may_carry_its_cases,
        a_carried_case_can_be_blessed,
        scripts_can_read_the_results,
        what_changes_is_run_again,
    );
    add!(
        tests, Needs::Nothing;
        nothing_is_blessed_under_ci,
        wrong_usage_is_status_2,
    );
}

const PRINT_X: &str = "bits 64\nmov al, 'x'\nout 0xE1, al\nmov al, 3\nout 0xE3, al\n";

/// A folder with an applet that prints x and exits with 3, and three cases of which one is right.
fn three_cases() -> Place {
    let place = Place::new();
    place.write("applets/a.asm", PRINT_X);
    place.write("tests/golden/a/right.stdout", "x");
    place.write("tests/golden/a/right.toml", "exit = 3\n");
    place.write("tests/golden/a/wrong.stdout", "one\ny\n");
    place.write("tests/golden/a/without.stdin", "");
    place
}

#[track_caller]
fn has(answer: &Answer, parts: &[&str]) {
    for part in parts {
        assert!(answer.text().contains(part), "no `{part}` in:\n{}", answer.text());
    }
}

fn a_failing_case_is_shown_and_can_be_blessed() {
    Place::new().call("test").failed(1, &["no folder tests/golden"]);
    let place = three_cases();
    let answer = place.call("test");
    assert_eq!(answer.status, 1);
    let shown = [
        "FAILED a/wrong",
        "expected exit with code 0, got exit with code 3",
        "-y",
        "+x",
        "FAILED a/without",
        "--bless",
        "1 passed, 2 failed",
    ];
    has(&answer, &shown);
    let blessed = place.command(["test", "--bless"]).env_remove("CI").output().unwrap();
    let text = String::from_utf8(blessed.stdout).unwrap();
    for part in [
        "blessed a/wrong\n  stdout: 6 bytes became 1, from line 1 on\n  outcome: expected exit with \
         code 0, got exit with code 3\n",
        "blessed a/without\n  stdout: new, 1 bytes\n",
        "1 passed, 2 blessed, 0 failed",
    ] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    assert!(place.call("test").ok().text().starts_with("3 passed, 0 failed"));
    let toml = std::fs::read_to_string(place.path().join("tests/golden/a/wrong.toml")).unwrap();
    assert_eq!(toml, "exit = 3\n");

    place.write("tests/golden/ghost/a.stdout", "");
    let answer = place.call("test");
    assert_eq!(answer.status, 1);
    has(&answer, &["there is no applet"]);
}

fn cases_are_listed_and_chosen() {
    let place = three_cases();
    assert_eq!(place.call("test --list").ok().text(), "a/right\na/without\na/wrong\n");
    assert_eq!(place.call("test --list w").ok().text(), "a/without\na/wrong\n");
    assert_eq!(place.call("test --list right wrong").ok().text(), "a/right\na/wrong\n");
    assert!(place.call("test right").ok().text().starts_with("1 passed, 0 failed"));
    assert!(place.call("test -j 1 right").ok().text().starts_with("1 passed, 0 failed"));
    assert!(place.call("test --jobs 64 right").ok().text().starts_with("1 passed, 0 failed"));
    place.call("test nosuch").failed(1, &["no such case", "--list"]);
    std::fs::remove_dir_all(place.path().join("tests")).unwrap();
    place.call("test").failed(1, &["there are no cases"]);
}

fn an_applet_may_carry_its_cases() {
    let place = three_cases();
    let good = "; /// case good\n; exit = 3\n; stdout:\n; + x\n; ///\n";
    let bad = "; /// case bad\n; exot = 3\n; ///\n; /// case worse\n; exit = 3\n; ///\n";
    place.write("applets/b.asm", format!("{PRINT_X}{good}{bad}"));
    let answer = place.call("test b/");
    assert_eq!(answer.status, 1);
    has(
        &answer,
        &["1 passed, 2 failed", "applets/b.asm:12:3", "did you mean `exit`", "no `; stdout:`"],
    );
    // One file by itself, wherever it lies.
    place.write("elsewhere/b.asm", format!("{PRINT_X}{good}"));
    assert_eq!(place.call("test --list elsewhere/b.asm").ok().text(), "b/good\n");
    assert!(place.call("test elsewhere/b.asm").ok().text().starts_with("1 passed, 0 failed"));
    place.write("elsewhere/c.asm", PRINT_X);
    place.call("test elsewhere/c.asm").failed(1, &["it has no cases"]);
    // The same name twice, and a block that is no case.
    place.write("tests/golden/b/good.stdout", "");
    place.write("applets/c.asm", "hlt\n; /// case open\n; stdout:\n");
    let answer = place.call("test");
    has(
        &answer,
        &["carries a case that is a file too", "applets/c.asm:2: this case is not closed"],
    );
}

fn a_carried_case_can_be_blessed() {
    let place = Place::new();
    let before =
        "; /// case first\n; args = [\"a\"] # why\n; stdin:\n; | in\n; stdout:\n; | old\n; ///\n";
    let second = "; /// case second\n; exit = 3\n; ///\n";
    place.write("applets/b.asm", format!("; top\n{before}{PRINT_X}{second}; end\n"));
    let output = place.command(["test", "--bless"]).env_remove("CI").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = std::fs::read_to_string(place.path().join("applets/b.asm")).unwrap();
    let first = "; /// case first\n; args = [\"a\"] # why\n; exit = 3\n; stdin:\n; | in\n\
                 ; stdout:\n; + x\n; ///\n";
    let second = "; /// case second\n; exit = 3\n; stdout:\n; + x\n; ///\n";
    assert_eq!(text, format!("; top\n{first}{PRINT_X}{second}; end\n"));
    assert!(place.call("test").ok().text().starts_with("2 passed, 0 failed"));
}

fn nothing_is_blessed_under_ci() {
    let place = three_cases();
    let output = place.command(["test", "--bless"]).env("CI", "true").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("--bless does nothing where `CI` is set"), "{words}");
    assert!(!place.path().join("tests/golden/a/without.stdout").exists());
}

fn scripts_can_read_the_results() {
    let place = three_cases();
    let answer = place.call("test --json --junit results.xml");
    assert_eq!((answer.status, answer.stderr.as_str()), (1, ""));
    let value: serde_json::Value = serde_json::from_str(answer.text()).unwrap();
    assert_eq!((&value["passed"], &value["failed"]), (&1.into(), &2.into()));
    let cases = value["cases"].as_array().unwrap();
    let rows: Vec<_> = cases.iter().map(|c| (c["case"].as_str(), c["status"].as_str())).collect();
    let expected = [("right", "passed"), ("without", "failed"), ("wrong", "failed")];
    assert_eq!(rows, expected.map(|(case, status)| (Some(case), Some(status))));
    assert!(cases[2]["message"].as_str().is_some_and(|message| message.contains("+x")));
    assert!(cases[0]["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0));
    let xml = std::fs::read_to_string(place.path().join("results.xml")).unwrap();
    assert!(
        xml.contains("<testsuite name=\"a\" tests=\"3\" failures=\"2\" skipped=\"0\""),
        "{xml}"
    );
    place.call("test --junit none/results.xml").failed(1, &["cannot write none/results.xml"]);
}

fn what_changes_is_run_again() {
    let place = three_cases();
    place.write("applets/other.asm", "hlt\n");
    place.write("tests/golden/other/plain.stdout", "");
    let mut child = place
        .command(["test", "--watch"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut summaries = lines.map_while(Result::ok).filter(|line| line.contains(" passed, "));
    let first = summaries.next().expect("a first round");
    assert!(first.starts_with("2 passed, 2 failed"), "{first}");
    place.write("tests/golden/a/wrong.toml", "exit = 3\n");
    place.write("tests/golden/a/wrong.stdout", "x");
    // Only the cases of this applet.
    let second = summaries.next().expect("a second round");
    assert!(second.starts_with("2 passed, 1 failed"), "{second}");
    child.kill().expect("it is there");
    child.wait().expect("it ends");
}

fn wrong_usage_is_status_2() {
    let place = Place::new();
    for line in ["test --jobs 0", "test --watch --json", "test --list --bless", "test --frob"] {
        assert_eq!(place.call(line).status, 2, "{line}");
    }
}
