//! Every warning that the sources give is in the table, and the other way round, and each is shown
//! by some case in `tests/asm/errors`, but for the one that the driver gives.
//!
//! Knows no warning: reads the sources, the table and the cases.

use crate::support::{Needs, Tests, add, root};
use applet::internal::asm::syntax::warning::WARNINGS;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut folders = vec![root().join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|e| e == extension) => files.push(path),
                false => {}
            }
        }
    }
    files
}

/// The names in calls that make a warning, `warning("name", ..)`, in a diagnostic that is made by
/// hand, `name = Some("name")`, and in a reason to warn, `("name", format!(..`.
fn names(code: &str) -> Vec<String> {
    let code: String = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut names = Vec::new();
    for before in ["warning(\"", "warning( \"", "name = Some(\"", "Err((\"", "|| (\"", "(\"", "{ \""] {
        for (at, _) in code.match_indices(before) {
            let rest = &code[at + before.len()..];
            let name: String = rest.chars().take_while(|c| *c != '"').collect();
            let behind = &rest[name.len()..];
            // A bare pair is one only where words follow that are put together.
            let is_pair = before != "(\"" || behind.starts_with("\", message))");
            // A branch that is nothing but a name with hyphens gives it.
            let is_branch = before != "{ \"" || behind.starts_with("\" }") && name.trim_matches('-').contains('-');
            if is_pair && is_branch && name.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
                names.push(name);
            }
        }
    }
    names
}

/// The part of a source before its tests.
fn product(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let is_test = path.strip_prefix(root()).unwrap_or(path).to_string_lossy().contains("tests");
    let text = if is_test { "" } else { &text };
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("").to_owned()
}

fn the_names_are_found() {
    assert_eq!(names("warning(\n  \"a-b\", x)"), ["a-b"]);
    assert_eq!(names("Mistake::warning(\"a\", place)"), ["a"]);
    assert_eq!(names("let name = Some(\"b\");"), ["b"]);
    assert_eq!(names(".map_err(|message| (\"c\", message))"), ["c"]);
    assert_eq!(names("if x { \"d-e\" } else { \"f-g\" }"), ["d-e", "f-g"]);
    assert!(names("warning(name, x); f(\"d\", 1); if x { \"word\" }").is_empty());
}

fn the_sources_give_the_warnings_of_the_table_and_no_others() {
    let given: BTreeSet<String> =
        files("src", "rs").iter().flat_map(|path| names(&product(path))).collect();
    let listed: BTreeSet<String> = WARNINGS.iter().map(|row| row.name.to_owned()).collect();
    assert_eq!(given, listed);
}

fn each_warning_has_a_case() {
    let text = |path: &PathBuf| fs::read_to_string(path).unwrap();
    let shown: String = files("tests/asm/errors", "err").iter().map(text).collect();
    // The driver gives `mode`, which knows the metadata, and `segment-end` is only for what is run:
    // they have tests of their own.
    for row in WARNINGS.iter().filter(|row| !["mode", "segment-end"].contains(&row.name)) {
        let mark = format!("[{}]", row.name);
        assert!(shown.contains(&mark), "no case shows {mark}");
    }
}

pub(crate) fn tests(tests: &mut Tests) {
    add!(
        tests, Needs::Nothing;
        the_names_are_found,
        the_sources_give_the_warnings_of_the_table_and_no_others,
        each_warning_has_a_case,
    );
}
