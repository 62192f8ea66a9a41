//! The order of the modules: one uses only those below it.
//!
//! The layers of the library stand in [`LAYERS`]. Inside the folders of [`ORDERED`], the table in
//! the documentation of `mod.rs` is the order: a module uses only those above it in the table.
//! Since both are orders, there is no cycle among modules.

use crate::support::{Needs, Tests, add, root};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of the library with their layers. A module uses only modules of lower layers.
const LAYERS: &[(&str, u8)] = &[
    ("diagnostic", 0),
    ("abi", 0),
    ("image", 1),
    ("asm", 2),
    ("machine", 2),
    ("boot_sector", 2),
    ("applet", 2),
    ("driver", 3),
    ("golden", 4),
    ("share", 5),
    ("repl", 6),
    ("cli", 7),
];

/// The folders whose modules have an order of their own.
const ORDERED: &[&str] = &["asm", "machine", "machine/soft", "repl"];

fn source() -> PathBuf {
    root().join("src")
}

/// Every Rust file in a folder: its path from `src`, and its text.
fn files(folder: &str) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    collect(&source().join(folder), &mut paths);
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(source()).expect("a file below src");
        let name = name.to_str().expect("a name in UTF-8").to_owned();
        (name, fs::read_to_string(path).expect("a text"))
    };
    paths.iter().map(read).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// The module of a file: `repl/editor/keys.rs` and `repl/editor/keys/mod.rs` are
/// `repl::editor::keys`.
fn module(name: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = name.trim_end_matches(".rs").split('/').collect();
    if parts.last().is_some_and(|last| matches!(*last, "mod" | "lib")) {
        parts.pop();
    }
    parts
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The text without its comments.
fn code(text: &str) -> String {
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or(""));
    lines.collect::<Vec<_>>().join("\n")
}

/// The text before its unit tests, which may use more.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

/// Where the paths lead that begin with `crate::` or `super::` in the code of a module.
fn used(module: &[&str], code: &str) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            if code[..at].ends_with(|c| is_word(c) || c == ':') {
                continue;
            }
            let mut base: Vec<String> = module.iter().map(|&part| part.to_owned()).collect();
            let mut rest = &code[at..];
            if let Some(behind) = rest.strip_prefix("crate::") {
                (base, rest) = (Vec::new(), behind);
            }
            while let Some(behind) = rest.strip_prefix("super::") {
                base.pop();
                rest = behind;
            }
            tree(&base, rest, &mut found);
        }
    }
    found
}

/// Adds the paths of a tree such as `a::{b, c::d}`, each behind `base`. Returns what follows it.
fn tree<'a>(base: &[String], text: &'a str, found: &mut BTreeSet<Vec<String>>) -> &'a str {
    let mut text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = tree(base, rest, found).trim_start();
            match rest.strip_prefix(',') {
                Some(next) => rest = next,
                None => return rest.strip_prefix('}').unwrap_or(rest),
            }
        }
    }
    let end = text.find(|c| !is_word(c)).unwrap_or(text.len());
    let mut path = base.to_vec();
    path.extend((end > 0).then(|| text[..end].to_owned()));
    text = &text[end..];
    if let Some(rest) = text.strip_prefix("::") {
        return tree(&path, rest, found);
    }
    found.insert(path);
    // Up to the end of an item: `as name`, `*`.
    text.find(['}', ',', ';', '{', '(']).map_or("", |at| &text[at..])
}

/// Complaints about a file that uses a module of its own or a higher layer.
fn layering(name: &str, text: &str) -> Vec<String> {
    let layer = |module: &str| LAYERS.iter().find(|row| row.0 == module).map(|row| row.1);
    let path = module(name);
    let Some(&own) = path.first().filter(|own| **own != "main") else { return Vec::new() };
    let Some(height) = layer(own) else {
        return vec![format!("{name}: `{own}` has no layer in tests/it/tidy.rs")];
    };
    let others: BTreeSet<String> =
        used(&path, &code(text)).into_iter().filter_map(|path| path.into_iter().next()).collect();
    let is_wrong =
        |other: &String| other != own && layer(other).is_some_and(|layer| layer >= height);
    let wrong = others.iter().filter(|other| is_wrong(other));
    wrong.map(|other| format!("{name}: `{own}` may not use `{other}`")).collect()
}

/// The modules in the table of a `mod.rs`, in order: the first cell of each row that is a name.
fn order(text: &str) -> Vec<String> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | "));
    let cells = rows.filter_map(|row| row.split(" | ").next());
    let names = cells.filter_map(|cell| {
        let cell = cell.strip_prefix('[').and_then(|c| c.strip_suffix(']')).unwrap_or(cell);
        cell.strip_prefix('`')?.strip_suffix('`')
    });
    names.map(str::to_owned).collect()
}

/// Complaints about a file in `folder` that uses a module which is not above its own in `order`.
fn ordering(folder: &str, order: &[String], name: &str, text: &str) -> Vec<String> {
    let (path, parent) = (module(name), module(folder));
    let rank = |module: &str| order.iter().position(|other| other == module);
    let Some(&own) = path.get(parent.len()) else { return Vec::new() };
    if path.contains(&"tests") {
        return Vec::new();
    }
    let Some(height) = rank(own) else {
        return vec![format!("{name}: `{own}` is not in the table of {folder}/mod.rs")];
    };
    let others = used(&path, &code(without_tests(text))).into_iter().filter_map(|path| {
        let is_inside = path.iter().zip(&parent).filter(|(a, b)| a == *b).count() == parent.len();
        path.get(parent.len()).filter(|_| is_inside).cloned()
    });
    let others: BTreeSet<String> = others.collect();
    let is_wrong = |other: &String| other != own && rank(other).is_some_and(|rank| rank >= height);
    let wrong = others.iter().filter(|other| is_wrong(other));
    wrong.map(|other| format!("{name}: `{own}` is above `{other}` and may not use it")).collect()
}

fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

fn a_module_uses_only_lower_layers() {
    let files = files("");
    assert!(files.len() > 100, "the files are not found");
    let complaints: Vec<_> = files.iter().flat_map(|(name, text)| layering(name, text)).collect();
    assert_none(&complaints);
}

fn inside_a_folder_a_module_uses_only_those_above_it() {
    for folder in ORDERED {
        let table = fs::read_to_string(source().join(folder).join("mod.rs")).expect("a mod.rs");
        let order = order(&table);
        assert!(order.len() > 2, "{folder}/mod.rs has no table of its modules");
        for name in &order {
            let path = source().join(folder).join(name);
            let exists = path.is_dir() || path.with_extension("rs").is_file();
            assert!(exists, "{folder}/mod.rs has a row for `{name}`, which is not there");
        }
        let files = files(folder);
        let complaints = files.iter().flat_map(|(name, text)| ordering(folder, &order, name, text));
        assert_none(&complaints.collect::<Vec<_>>());
    }
}

fn a_wrong_layer_is_found() {
    let bad = |name: &str, text: &str| assert_eq!(layering(name, text).len(), 1, "{text}");
    bad("asm/lexer.rs", "use crate::machine::run;");
    bad("asm/lexer.rs", "fn f() { crate::cli::main() }");
    bad("image.rs", "use crate::{diagnostic::Span, asm::{Options, token}};");
    bad("image.rs", "use super::driver;");
    bad("asm/lexer/mod.rs", "use super::super::driver as d;");
    bad("novel.rs", "");
    let good =
        "//! Not `crate::cli`.\nuse crate::{diagnostic::{Span, cli}, image};\nuse super::ast;";
    assert_eq!(layering("asm/lexer.rs", good), [""; 0]);
}

fn a_wrong_order_is_found() {
    let table = "//! | module | holds |\n//! |---|---|\n//! | [`low`] | x |\n//! | `high` | y |\n";
    let order = order(table);
    assert_eq!(order, ["low", "high"]);
    let check = |name: &str, text: &str| ordering("a/b", &order, name, text).len();
    for text in [
        "use super::high::Thing;",
        "use super::{high};",
        "use crate::a::{c, b::{low::X, high::{Y, Z}}};",
        "fn f() -> super::high::T {}",
        "use crate::a::b::high as other;",
    ] {
        assert_eq!(check("a/b/low.rs", text), 1, "{text}");
    }
    assert_eq!(check("a/b/low/deep.rs", "use super::super::high::Thing;"), 1);
    assert_eq!(check("a/b/none.rs", ""), 1);
    for text in [
        "use super::Thing;",
        "use crate::a::high;",
        "use crate::c::b::high;",
        "// super::high::Thing",
        "use crate::a::b::low::x;",
        "#[cfg(test)]\nmod tests {\n    use crate::a::b::high;\n}",
    ] {
        assert_eq!(check("a/b/low.rs", text), 0, "{text}");
    }
    assert_eq!(check("a/b/high.rs", "use super::{low::{A, B}, high};"), 0);
    assert_eq!(check("a/b/mod.rs", "use crate::a::b::high;"), 0);
}

pub(crate) fn tests(tests: &mut Tests) {
    add!(
        tests, Needs::Nothing;
        a_module_uses_only_lower_layers,
        inside_a_folder_a_module_uses_only_those_above_it,
        a_wrong_layer_is_found,
        a_wrong_order_is_found,
    );
}
