//! The rules of the house that a compiler does not check, on every source file of the tree.
//!
//! Each rule is a function from a file's text to complaints, tried on a bad example first. It
//! knows the layers of the library, and nothing of what the code does.

use applet::abi::{Direction, PORTS, VERSION};
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of the library. A module uses only modules that stand on a lower layer.
const LAYERS: &[(&str, u8)] = &[
    ("diagnostic", 0),
    ("abi", 0),
    ("order", 0),
    ("image", 1),
    ("asm", 2),
    ("machine", 2),
    ("applet", 2),
    ("driver", 3),
    ("golden", 4),
    ("share", 5),
    ("repl", 6),
    ("cli", 7),
];

/// Longest file, in lines.
const LINES: usize = 500;

/// The only place for it, and the word.
const FENCE: &str = "src/machine/kvm/";
const FENCED: &str = concat!("un", "safe");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file of the tree: its path from the root, and its text.
fn files() -> Vec<(String, String)> {
    let mut files = vec![root().join("build.rs")];
    for folder in ["src", "build", "tests", "benches"] {
        collect(&root().join(folder), &mut files);
    }
    let named = files.into_iter().filter_map(|path| {
        let name = path.strip_prefix(root()).ok()?.to_str()?.to_owned();
        Some((name, fs::read_to_string(&path).ok()?))
    });
    named.collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// Checks a rule on every file.
fn check(rule: impl Fn(&str, &str) -> Vec<String>) {
    let files = files();
    assert!(files.len() > 20, "the files are not found");
    let complaints: Vec<_> = files.iter().flat_map(|(name, text)| rule(name, text)).collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

fn layer(module: &str) -> Option<u8> {
    LAYERS.iter().find(|row| row.0 == module).map(|row| row.1)
}

/// The text without its comments.
fn code(text: &str) -> String {
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or(""));
    lines.collect::<Vec<_>>().join("\n")
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The names that follow `prefix` in a path, those in braces each.
fn names_behind(code: &str, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        if code[..at].ends_with(is_word) {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            None => names.push(rest.chars().take_while(|&c| is_word(c)).collect()),
            Some(list) => names.extend(names_in_braces(list)),
        }
    }
    names
}

/// The names that begin a path in `a::{b, c}, d}`: `a` and `d`.
fn names_in_braces(list: &str) -> Vec<String> {
    let (mut depth, mut item, mut items) = (0, String::new(), Vec::new());
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(std::mem::take(&mut item)),
            c if depth == 0 => item.push(c),
            _ => {}
        }
    }
    items.push(item);
    let first = |item: &String| item.trim().chars().take_while(|&c| is_word(c)).collect();
    items.iter().map(first).collect()
}

/// A module uses only lower layers.
fn layering(name: &str, text: &str) -> Vec<String> {
    let Some(path) = name.strip_prefix("src/") else { return Vec::new() };
    let module = path.split(['/', '.']).next().unwrap_or("");
    if matches!(path, "lib.rs" | "main.rs") {
        return Vec::new();
    }
    let Some(own) = layer(module) else {
        return vec![format!("{name}: `{module}` has no layer in tests/tidy.rs")];
    };
    let code = code(text);
    // `super::` may lead out of the module too, unless a file of the module has that name.
    let is_child = |name: &str| {
        let path = root().join("src").join(module).join(name);
        path.exists() || path.with_extension("rs").exists()
    };
    let mut used = names_behind(&code, "super::");
    used.retain(|name| !is_child(name));
    used.extend(names_behind(&code, "crate::"));
    used.retain(|other| other != module && layer(other).is_some_and(|layer| layer >= own));
    used.sort();
    used.dedup();
    used.iter().map(|other| format!("{name}: `{module}` may not use `{other}`")).collect()
}

/// A file begins by saying what it is and what it does not know.
fn documented(name: &str, text: &str) -> Vec<String> {
    let doc: Vec<_> = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
    let doc = doc.join(" ");
    let sentences = doc.matches(". ").count() + usize::from(doc.trim_end().ends_with('.'));
    if doc.is_empty() {
        return vec![format!("{name}: does not begin with `//!`")];
    }
    // Tests and benches know what they try: that they say what that is must do.
    let is_test = name.contains("tests") || name.starts_with("benches/");
    let is_too_little = !is_test && sentences < 2 && !doc.contains("know");
    let complaint = is_too_little.then(|| format!("{name}: does not say what it does not know"));
    complaint.into_iter().collect()
}

/// A file fits in the head.
fn short(name: &str, text: &str) -> Vec<String> {
    let lines = text.lines().count();
    let is_long = lines > LINES;
    is_long.then(|| format!("{name}: {lines} lines, {LINES} at most")).into_iter().collect()
}

/// The dangerous word stays behind its fence.
fn fenced(name: &str, text: &str) -> Vec<String> {
    let code = code(text);
    let is_used = code.match_indices(FENCED).any(|(at, _)| {
        let after = &code[at + FENCED.len()..];
        !code[..at].ends_with(is_word) && !after.starts_with(is_word)
    });
    let is_wrong = is_used && !name.starts_with(FENCE);
    is_wrong.then(|| format!("{name}: `{FENCED}` outside {FENCE}")).into_iter().collect()
}

/// The table of ports as Markdown.
fn port_table() -> String {
    let rows = PORTS.iter().map(|port| {
        let direction = match port.direction {
            Direction::In => "in",
            Direction::Out => "out",
            Direction::Both => "both",
        };
        let number = match port.first == port.last {
            true => format!("0x{:X}", port.first),
            false => format!("0x{:X}–0x{:X}", port.first, port.last),
        };
        format!("| {number} | {} | {direction} | {} |\n", port.name, port.summary)
    });
    let head = "| port | name | direction | what it does |\n|---|---|---|---|\n";
    head.to_owned() + &rows.collect::<String>()
}

/// A text has the table of ports as it is.
fn has_port_table(text: &str) -> bool {
    text.contains(&port_table())
}

#[test]
fn a_module_uses_only_lower_layers() {
    let bad = |name: &str, text: &str| assert_eq!(layering(name, text).len(), 1, "{text}");
    bad("src/asm/lexer.rs", "use crate::machine::run;");
    bad("src/asm/lexer.rs", "fn f() { crate::cli::main() }");
    bad("src/image.rs", "use crate::{diagnostic::Span, asm::{Options, token}};");
    bad("src/image.rs", "use super::driver;");
    bad("src/novel.rs", "");
    let good =
        "//! Not `crate::cli`.\nuse crate::{diagnostic::{Span, cli}, image};\nuse super::ast;";
    assert_eq!(layering("src/asm/lexer.rs", good), [""; 0]);
    check(layering);
}

#[test]
fn a_file_says_what_it_is_and_what_it_does_not_know() {
    assert_eq!(documented("a.rs", "fn main() {}").len(), 1);
    assert_eq!(documented("a.rs", "//! Things\nfn main() {}").len(), 1);
    assert!(documented("a.rs", "//! Things. Knows\n//! nothing.\n").is_empty());
    assert!(documented("a/tests.rs", "//! Tests of things.\n").is_empty());
    assert_eq!(documented("a/tests.rs", "").len(), 1);
    check(documented);
}

#[test]
fn no_file_is_too_long() {
    assert_eq!(short("a.rs", &"\n".repeat(501)).len(), 1);
    assert!(short("a.rs", &"\n".repeat(500)).is_empty());
    check(short);
}

#[test]
fn the_fence_holds() {
    assert_eq!(fenced("src/asm/mod.rs", &format!("{FENCED} {{ f() }}")).len(), 1);
    assert!(fenced("src/asm/mod.rs", &format!("// {FENCED}\n#![deny({FENCED}_code)]")).is_empty());
    assert!(fenced("src/machine/kvm/mod.rs", &format!("{FENCED} {{ f() }}")).is_empty());
    check(fenced);
}

#[test]
fn the_readme_has_the_ports_of_the_table() {
    let table = port_table();
    assert!(has_port_table(&format!("# applet\n\n{table}\nmore")));
    assert!(!has_port_table(&table.replace("0xE0", "0xE1")));
    let readme = fs::read_to_string(root().join("README.md")).unwrap_or_default();
    // Where the table is still to come, this word holds its place.
    let is_to_come = readme.is_empty() || readme.lines().any(|line| line == "ABI-TABLE");
    assert!(is_to_come || has_port_table(&readme), "README.md must have this table:\n\n{table}");
}

#[test]
fn the_reference_has_every_port() {
    let page = fs::read_to_string(root().join("docs/abi.md")).unwrap_or_default();
    let table = port_table();
    assert!(has_port_table(&page), "docs/abi.md must have this table:\n\n{table}");
    assert!(page.contains(&format!("version {VERSION}.")), "docs/abi.md names another version");
    let sections: Vec<_> = page.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let names: Vec<_> = PORTS.iter().map(|port| port.name).collect();
    assert_eq!(sections, names, "docs/abi.md has a section for each port, in order");
}
