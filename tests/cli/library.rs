//! `new`, `test` and `list`: applets as files of a project. Knows nothing of where a library is, but
//! for the folder the tests give it.

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

fn every_applet_of_the_tree_is_built_in() {
    let list = Place::new().call("list");
    for entry in std::fs::read_dir(root().join("applets")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let row = list.ok().text().lines().find(|line| line.split(' ').next() == Some(name));
        assert!(row.is_some_and(|row| !row.contains("does not assemble")), "{name}: {row:?}");
    }
}
