//! `new`, `list` and `info`: applets as files of a project and of the library.

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
        what_new_writes_runs_by_its_name,
        scripts_can_read_the_list,
        scripts_can_read_the_details,
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

fn what_new_writes_runs_by_its_name() {
    let place = Place::new();
    place.call("new demo").failed(0, &["run it with `applet run demo`,"]);
    assert_eq!(place.call("run demo").text(), "Hello from demo!\n");
    place.call("check demo").ok();
    assert!(place.call("list").ok().text().contains("Greet from long mode (in applets/)\n"));
    place.call("run dmeo").failed(125, &["did you mean `demo`?"]);
    place.call("remove demo").failed(1, &["is not in the library", "applets/demo.asm"]);
    assert!(place.path().join("applets/demo.asm").exists());
    // The library comes first, and the message says how to run the other.
    place.call("new hello").failed(0, &["run it with `applet run applets/hello.asm`,"]);
    assert_eq!(place.call("run hello").text(), "Hello from long mode\n");
}

fn scripts_can_read_the_list() {
    let place = Place::new();
    place.write("applets/one.asm", "; /// applet\n; description = \"First\"\n; ///\nbits 32\nhlt\n");
    place.write("data/applet/applets/two.asm", "mvo ax, 1\n");
    let list = place.call("list --json");
    let rows: Vec<serde_json::Value> =
        list.ok().text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let row = |name: &str| rows.iter().find(|row| row["name"] == name).unwrap();
    let one = row("one");
    assert_eq!((&one["kind"], &one["file"]), (&"project".into(), &"applets/one.asm".into()));
    assert_eq!((&one["mode"], &one["description"]), (&"protected".into(), &"First".into()));
    let two = row("two");
    assert_eq!((&two["kind"], &two["mode"]), (&"library".into(), &serde_json::Value::Null));
    assert!(two["file"].as_str().is_some_and(|file| file.ends_with("/applet/applets/two.asm")));
    let hello = row("hello");
    assert_eq!((&hello["kind"], &hello["file"]), (&"built-in".into(), &serde_json::Value::Null));
    assert_eq!(rows.len(), place.call("list").text().lines().count());
}

fn scripts_can_read_the_details() {
    let place = Place::new();
    place.write(
        "it.asm",
        "; It.\n; /// applet\n; ring = 0\n; memory = \"64M\"\n; timeout = \"1500ms\"\n; ports = \"ignore\"\n\
         ; ///\nbits 64\n%include \"stdlib/abi.inc\"\nhlt\n; /// case a\n; stdout:\n; ///\n",
    );
    let info = place.call("info --json it.asm");
    let found: serde_json::Value = serde_json::from_str(info.ok().text()).unwrap();
    let expected = serde_json::json!({
        "file": "it.asm", "name": null, "description": null, "mode": "long", "ring": 0,
        "memory": 64 << 20, "ports": "ignore", "timeout": "1500ms", "includes": ["stdlib/abi.inc"],
        "cases": ["a"], "lines": 13, "bytes": 1, "address": "0x100000", "origin": null,
        "added": null, "sha256": found["sha256"], "changed": false, "comment": "It.",
    });
    assert_eq!(found, expected);
    assert_eq!(found["sha256"].as_str().map(str::len), Some(64));
    place.call("info --json none.asm").failed(1, &["cannot read none.asm"]);
}
