//! `new` and `list`: applets as files of a project. Knows nothing of where a library is, but
//! for the folder the tests give it.

use super::support::Place;
use crate::support::{Needs, Tests, add, root};

pub(crate) fn tests(tests: &mut Tests) {
    add!(
        tests, Needs::Kvm;
        what_new_writes_passes_its_own_test,
    );
    add!(
        tests, Needs::Nothing;
        new_takes_only_new_names,
        every_applet_of_the_tree_is_built_in,
    );
}

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

fn every_applet_of_the_tree_is_built_in() {
    let list = Place::new().call("list");
    for entry in std::fs::read_dir(root().join("applets")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let row = list.ok().text().lines().find(|line| line.split(' ').next() == Some(name));
        assert!(row.is_some_and(|row| !row.contains("does not assemble")), "{name}: {row:?}");
    }
}
