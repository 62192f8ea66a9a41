//! `new`, `test`, `list`, `info`, `add`, `remove`, `share`: applets as files that move about.
//! Knows nothing of where a library is, but for the folder the tests give it.

use super::{KVM, NOTHING, Row};
use crate::support::{Place, root};

pub(crate) const TESTS: &[Row] = &[
    ("library/what_new_writes_passes_its_own_test", KVM, what_new_writes_passes_its_own_test),
    ("library/new_takes_only_new_names", NOTHING, new_takes_only_new_names),
    (
        "library/a_failing_case_is_shown_and_can_be_blessed",
        KVM,
        a_failing_case_is_shown_and_can_be_blessed,
    ),
    (
        "library/an_applet_is_added_found_by_name_and_removed",
        NOTHING,
        an_applet_is_added_found_by_name_and_removed,
    ),
    (
        "library/an_applet_of_the_library_runs_by_its_name",
        KVM,
        an_applet_of_the_library_runs_by_its_name,
    ),
    ("library/only_a_whole_applet_is_shared", NOTHING, only_a_whole_applet_is_shared),
    ("library/what_is_shared_runs_elsewhere", KVM, what_is_shared_runs_elsewhere),
    ("library/every_applet_of_the_tree_is_built_in", NOTHING, every_applet_of_the_tree_is_built_in),
];

fn what_new_writes_passes_its_own_test() {
    let place = Place::new();
    for mode in ["real", "protected", "long"] {
        assert_eq!(place.call(&format!("new my-{mode} --mode {mode}")).status, 0);
        place.call(&format!("check applets/my-{mode}.asm")).ok();
    }
    let answer = place.call("test");
    assert!(answer.ok().text().starts_with("3 passed, 0 failed"), "{answer:?}");
    assert_eq!(place.call("run applets/my-real.asm").ok().text(), "Hello from my-real!\n");
}

fn new_takes_only_new_names() {
    let place = Place::new();
    assert_eq!(place.call("new mine").status, 0);
    place.call("new mine").failed(1, &["exists already"]);
    place.call("new ../x").failed(1, &["no name for an applet"]);
}

fn a_failing_case_is_shown_and_can_be_blessed() {
    let place = Place::new();
    place.call("test").failed(1, &["no folder tests/golden"]);
    place.write("applets/a.asm", "bits 64\nmov al, 'x'\nout 0xE1, al\nmov al, 3\nout 0xE3, al\n");
    place.write("tests/golden/a/right.stdout", "x");
    place.write("tests/golden/a/right.toml", "exit = 3\n");
    place.write("tests/golden/a/wrong.stdout", "y\n");
    place.write("tests/golden/a/without.stdin", "");
    let answer = place.call("test");
    assert_eq!(answer.status, 1);
    let text = answer.text();
    for part in [
        "FAILED a/wrong",
        "expected exit with code 0, got exit with code 3",
        "-y",
        "+x",
        "FAILED a/without",
        "--bless",
        "1 passed, 2 failed",
    ] {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
    assert!(place.call("test right").ok().text().starts_with("1 passed, 0 failed"));
    place.call("test nosuch").failed(1, &["no such case"]);

    let answer = place.call("test --bless");
    assert!(answer.ok().text().contains("1 passed, 2 blessed, 0 failed"), "{answer:?}");
    assert!(place.call("test").ok().text().starts_with("3 passed, 0 failed"));
    let toml = std::fs::read_to_string(place.path().join("tests/golden/a/wrong.toml")).unwrap();
    assert_eq!(toml, "exit = 3\n");

    place.write("tests/golden/ghost/a.stdout", "");
    let answer = place.call("test");
    assert_eq!(answer.status, 1);
    assert!(answer.text().contains("there is no applet"), "{}", answer.text());
}

fn an_applet_is_added_found_by_name_and_removed() {
    let place = Place::new();
    place.write("mine.asm", "; /// applet\n; description = \"Mine\x1b[1m\"\n; ///\nbits 32\nhlt\n");
    place.call("add mine.asm").failed(1, &["mine.asm:2:22"]);
    place.write("mine.asm", "; /// applet\n; description = \"All mine\"\n; ///\nbits 32\nhlt\n");
    assert_eq!(place.call("add mine.asm").status, 0);
    place.call("add mine.asm").failed(1, &["--force"]);
    assert_eq!(place.call("add --force mine.asm").status, 0);
    let list = place.call("list");
    let row = list.ok().text().lines().find(|line| line.starts_with("mine ")).unwrap().to_owned();
    assert!(row.contains("protected") && row.contains("All mine (yours)"), "{row}");
    let info = place.call("info mine");
    assert!(info.ok().text().contains("description All mine\n"), "{info:?}");
    assert!(place.call("share mine").ok().text().ends_with("bits 32\nhlt\n"));
    assert_eq!(place.call("remove mine").status, 0);
    place.call("remove mine").failed(1, &["no applet `mine`"]);
    place.call("remove echo").failed(1, &["built in"]);
}

fn an_applet_of_the_library_runs_by_its_name() {
    let place = Place::new();
    assert_eq!(place.call_with("add --name mine -", "hlt\n").status, 0);
    place.call("run mine").ok();
}

fn only_a_whole_applet_is_shared() {
    let place = Place::new();
    place.write("part.inc", "hlt\n");
    place.write("partial.asm", "%include \"part.inc\"\n");
    place.write("bad.asm", "mvo ax, 1\n");
    for command in ["add", "share"] {
        place.call(&format!("{command} partial.asm")).failed(1, &["includes files beside it"]);
        place.call(&format!("{command} bad.asm")).failed(1, &["bad.asm:1:1"]);
    }
    place.call_with("add -", "hlt\n").failed(1, &["--name"]);
    assert_eq!(place.call_with("add --name x -", "hlt\n").status, 0);
}

fn what_is_shared_runs_elsewhere() {
    let place = Place::new();
    let path = root().join("applets/hello.asm");
    let shared = place.call(&format!("share {}", path.display()));
    let expected = std::fs::read(root().join("tests/golden/hello/plain.stdout"));
    let answer = place.call_with("run -", &shared.ok().stdout);
    assert!(!answer.ok().stdout.is_empty());
    if let Ok(expected) = expected {
        assert_eq!(answer.stdout, expected);
    }
}

fn every_applet_of_the_tree_is_built_in() {
    let list = Place::new().call("list");
    for entry in std::fs::read_dir(root().join("applets")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let row = list.ok().text().lines().find(|line| line.split(' ').next() == Some(name));
        assert!(row.is_some_and(|row| !row.contains("does not assemble")), "{name}: {row:?}");
    }
}
