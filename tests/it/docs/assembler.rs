//! The parts of `docs/` that derive from the program, against the program.
//!
//! `APPLET_BLESS=1` writes those of `docs/assembler.md`. What NASM says is only compared where NASM
//! is installed.

use crate::differential::exceptions;
use crate::support::{Folders, Needs, Tests, add, hold, root, shell};
use applet::internal::abi::{Direction, PORTS, VERSION};
use applet::internal::asm::syntax::directive::DIRECTIVES;
use applet::internal::asm::syntax::warning::WARNINGS;
use applet::internal::asm::{self, Options};
use applet::internal::diagnostic::Sources;
use applet::internal::diagnostic::render::{Paint, render};
use libtest_mimic::Failed;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Mistakes that people make: what it is, and a program that has it.
const MISTAKES: &[(&str, &str)] = &[
    ("A misspelt instruction", "bits 32\n        mvo eax, 1\n"),
    ("A misspelt instruction alone on its line", "        cil\n        hlt\n"),
    ("Operands of different sizes", "bits 32\n        mov eax, bl\n"),
    ("A size that nothing tells", "bits 32\n        mov [eax], 1\n"),
    ("Too many operands", "bits 32\n        lea eax, [ebx], 4\n"),
    ("Operands that an instruction does not take", "bits 32\n        shl eax, ebx\n"),
    ("A number that does not fit", "        mov al, 300\n"),
    ("A register of another mode", "        bits 16\n        mov rax, 1\n"),
    ("A short jump too far", "        jmp short away\n        times 200 nop\naway:   hlt\n"),
    ("A scale that no address has", "bits 32\n        mov eax, [ebx*6]\n"),
    ("The stack pointer as index", "bits 32\n        mov eax, [ebx+esp*2]\n"),
    ("An address relative to rip", "bits 64\n        mov rax, [rip+4]\n"),
    ("A label defined twice", "start:  nop\nstart:  hlt\n"),
    (
        "Values that depend on each other",
        "one     equ two + 1\ntwo     equ one + 1\n        dw one\n",
    ),
    ("A misspelt label", "        jmp strat\nstart:  hlt\n"),
    ("A misspelt register", "bits 32\n        mov eaz, 1\n"),
    ("A local label of another routine", "one:\n.loop:  dec cx\ntwo:    jnz .loop\n"),
    ("A boot sector that is too long", "        times 600 nop\n        times 510-($-$$) db 0\n"),
    ("AT&T syntax", "bits 32\n        movl $5, %eax\n"),
    ("MASM syntax", "bits 32\nmain proc\n        mov eax, dword ptr [ebx]\n"),
    (
        "A macro with too few arguments",
        "%macro two 2\n        db %1, %2\n%endmacro\n        two 1\n",
    ),
    ("A mistake inside a macro", "%macro put 1\n        mov ax, %1\n%endmacro\n        put bl\n"),
    ("An `%if` without end", "%if 1\n        hlt\n"),
    ("A division by zero", "        db 8 / (3 - 3)\n"),
    ("A file that is not there", "%include \"none.inc\"\n"),
];

fn page() -> PathBuf {
    root().join("docs/assembler.md")
}

/// Compares the part of the page between `<!-- begin NAME -->` and `<!-- end NAME -->`.
fn hold_part(name: &str, expected: &str) -> Result<(), Failed> {
    let text = std::fs::read_to_string(page())?;
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->"));
    let (before, rest) = text.split_once(&begin).ok_or(format!("no {begin}"))?;
    let (found, after) = rest.split_once(&end).ok_or(format!("no {end}"))?;
    hold(&page(), found, expected, || {
        std::fs::write(page(), format!("{before}{begin}{expected}{end}{after}"))
    })
}

fn ours(text: &str) -> String {
    let mut sources = Sources::new();
    let main = sources.add("a.asm", None, text.to_owned());
    let said = match asm::assemble(&mut sources, main, &Folders(&[]), &Options::default()) {
        Ok(assembly) => assembly.warnings,
        Err(diagnostics) => diagnostics,
    };
    assert!(!said.is_empty(), "nothing is said about\n{text}");
    let drawn = said.iter().map(|d| render(&sources, d, Paint::Plain) + "\n");
    drawn.collect()
}

/// What NASM says; none where it is not installed.
fn nasm(text: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.asm"), text).unwrap();
    let mut command = Command::new("nasm");
    let command = command.args(["-f", "bin", "-o", "a.bin", "a.asm"]).current_dir(folder.path());
    let said = command.output().ok()?.stderr;
    Some(String::from_utf8_lossy(&said).into_owned())
}

/// What the page says that NASM says.
fn nasm_in_page(title: &str) -> String {
    let text = std::fs::read_to_string(page()).expect("the page can be read");
    let part = text.split_once(&format!("### {title}\n")).map_or("", |(_, rest)| rest);
    let part = part.split_once("nasm:\n\n```text\n").map_or("", |(_, rest)| rest);
    part.split_once("```").map_or(String::new(), |(said, _)| said.to_owned())
}

fn warnings() -> Result<(), Failed> {
    let mut rows = "| name | default | warns of |\n|---|---|---|\n".to_owned();
    for row in WARNINGS {
        let default = if row.default { "on" } else { "off" };
        rows += &format!("| `{}` | {default} | {} |\n", row.name, row.summary);
    }
    hold_part("warnings", &rows)
}

fn directives() -> Result<(), Failed> {
    let mut rows = "| written | what it does |\n|---|---|\n".to_owned();
    for row in DIRECTIVES {
        let syntax = row.syntax.replace('|', "\\|");
        rows += &format!("| `{syntax}` | {} |\n", row.summary);
    }
    hold_part("directives", &rows)
}

fn differences_from_nasm() -> Result<(), Failed> {
    let mut rows = "| instruction | with | reason |\n|---|---|---|\n".to_owned();
    for (name, with, reason) in exceptions::EXCEPTIONS {
        let with = if with.is_empty() { String::new() } else { format!("`{with}`") };
        rows += &format!("| `{name}` | {with} | {reason} |\n");
    }
    hold_part("exceptions", &rows)
}

fn messages() -> Result<(), Failed> {
    let mut messages = String::new();
    for (title, text) in MISTAKES {
        let theirs = nasm(text).unwrap_or_else(|| nasm_in_page(title));
        messages += &format!(
            "### {title}\n\n```nasm\n{text}```\n\nnasm:\n\n```text\n{theirs}```\n\n\
             applet:\n\n```text\n{}```\n\n",
            ours(text)
        );
    }
    hold_part("messages", &messages)
}

/// A page of `docs/`.
fn page_of_docs(name: &str) -> String {
    let path = root().join("docs").join(name);
    std::fs::read_to_string(path).expect("the page can be read")
}

/// The first column of the table below the comment `<!-- json NAME -->` in docs/command-line.md.
fn documented_keys(name: &str) -> BTreeSet<String> {
    let page = page_of_docs("command-line.md");
    let (_, rest) = page.split_once(&format!("<!-- json {name} -->\n")).expect("its table");
    let rows = rest.lines().take_while(|line| line.starts_with('|')).skip(2);
    rows.filter_map(|row| row.split('`').nth(1)).map(str::to_owned).collect()
}

/// The keys of a JSON value: `a.b` for an object in an object, `a[].b` for objects in an array.
/// What these hold goes by names that are no keys.
fn keys(prefix: &str, value: &serde_json::Value, into: &mut BTreeSet<String>) {
    const MAPS: [&str; 2] = ["fault.details", "fault.registers"];
    match value {
        serde_json::Value::Object(object) if !MAPS.contains(&prefix) => {
            let dot = if prefix.is_empty() { "" } else { "." };
            for (key, value) in object {
                let key = format!("{prefix}{dot}{key}");
                keys(&key, value, into);
                into.insert(key);
            }
        }
        serde_json::Value::Array(items) => {
            items.iter().for_each(|item| keys(&format!("{prefix}[]"), item, into));
        }
        _ => {}
    }
}

/// The keys that the lines of JSON which a command prints have together.
fn printed_keys(folder: &Path, command: &str) -> BTreeSet<String> {
    let shown = shell(folder, command).expect("a shell");
    let mut found = BTreeSet::new();
    for line in shown.lines() {
        let value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{command}: {e}: {line}"));
        keys("", &value, &mut found);
    }
    found
}

fn every_json_object_has_the_keys_that_are_documented() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    write("good.asm", "bits 64\nhlt\n");
    write("fault.asm", "bits 64\nud2\n");
    write("astray.asm", "bits 64\nxor eax, eax\njmp rax\n");
    write("endless.asm", "bits 64\njmp $\n");
    write("bad.asm", "mvo al, 1\ndb 300\n");
    write("applets/good.asm", "bits 64\nhlt\n");
    write("tests/golden/good/passes.stdout", "");
    write("tests/golden/good/fails.stdout", "x");
    let run = "applet run --backend soft --quiet --json";
    let faults = format!("{run} fault.asm; {run} astray.asm");
    let commands = [
        ("run", format!("{run} good.asm; {faults}; {run} --timeout 20ms endless.asm")),
        ("not-run", format!("{run} bad.asm; {run} nothing.asm")),
        ("check", "applet check --json bad.asm good.asm nothing.asm".to_owned()),
        ("test", "applet test --backend soft --json".to_owned()),
        ("list", "applet list --json".to_owned()),
        ("info", "applet info --json good".to_owned()),
        ("doctor", "applet doctor --json".to_owned()),
    ];
    for (name, command) in commands {
        assert_eq!(printed_keys(folder.path(), &command), documented_keys(name), "{name}");
    }
}

fn every_command_with_json_has_its_schema() {
    let folder = root();
    let help = shell(folder, "applet help").expect("a shell");
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names: Vec<&str> = commands
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(names.contains(&"run"), "{help}");
    let page = page_of_docs("command-line.md");
    for name in names {
        let help = shell(folder, &format!("applet help {name}")).expect("a shell");
        let is_documented = page.contains(&format!("<!-- json {name} -->"));
        assert_eq!(help.contains(" --json"), is_documented, "{name}");
    }
}

fn the_flags_of_run_are_those_of_its_help() {
    let help = shell(Path::new("."), "applet help run").expect("a shell");
    let flag = |line: &str| {
        let word = line.split_whitespace().find(|word| word.starts_with('-') && word.len() > 1)?;
        let long = line.split_whitespace().find(|word| word.starts_with("--"));
        Some(long.unwrap_or(word).trim_end_matches(',').to_owned())
    };
    let is_flag = |line: &&str| line.trim_start().starts_with('-') && line.starts_with("  ");
    let lines = help.lines().skip_while(|line| *line != "Options:");
    let lines = lines.take_while(|line| !line.starts_with("Exit status"));
    let indented = lines.filter(is_flag).filter(|line| !line.trim_start().starts_with("- "));
    let mut printed: BTreeSet<String> = indented.filter_map(flag).collect();
    printed.remove("--help");
    let page = page_of_docs("command-line.md");
    let (_, section) = page.split_once("## run\n").expect("its section");
    let rows = section.lines().take_while(|line| !line.starts_with('#'));
    let rows = rows.filter(|line| line.starts_with("| `-"));
    let documented: BTreeSet<String> =
        rows.filter_map(|row| flag(row.split('`').nth(1)?)).collect();
    assert_eq!(printed, documented);
}

fn the_page_of_applets_names_each_of_them_once() {
    let page = page_of_docs("applets.md");
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let mut named: Vec<_> =
        rows.flat_map(|row| row.split('`').skip(1).step_by(2)).map(str::to_owned).collect();
    named.sort_unstable();
    let folder = root().join("applets");
    let entries = std::fs::read_dir(folder).expect("applets can be read");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let sources = paths.filter(|path| path.extension().is_some_and(|e| e == "asm"));
    let mut files: Vec<_> = sources
        .map(|path| path.file_stem().and_then(|s| s.to_str()).expect("a name").to_owned())
        .collect();
    files.sort_unstable();
    assert_eq!(named, files);
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

/// A file of the repository, which must be there.
fn repository_file(name: &str) -> String {
    let path = root().join(name);
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn the_readme_has_every_port() {
    let table = port_table();
    let readme = repository_file("README.md");
    assert!(readme.contains(&table), "README.md must have this table:\n\n{table}");
}

fn the_reference_has_every_port() {
    let (page, table) = (repository_file("docs/abi.md"), port_table());
    assert!(page.contains(&table), "docs/abi.md must have this table:\n\n{table}");
    assert!(page.contains(&format!("version {VERSION}.")), "docs/abi.md names another version");
    let sections: Vec<_> = page.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let names: Vec<_> = PORTS.iter().map(|port| port.name).collect();
    assert_eq!(sections, names, "docs/abi.md has a section for each port, in order");
}

pub(crate) fn tests(tests: &mut Tests) {
    // They write parts of one file.
    let parts = || {
        warnings()?;
        directives()?;
        differences_from_nasm()?;
        messages()
    };
    tests.add("tables and messages", Needs::Nothing, parts);
    add!(
        tests, Needs::Nothing;
        every_json_object_has_the_keys_that_are_documented,
        every_command_with_json_has_its_schema,
        the_flags_of_run_are_those_of_its_help,
        the_page_of_applets_names_each_of_them_once,
        the_readme_has_every_port,
        the_reference_has_every_port,
    );
}
