//! `applet asm -l` against `nasm -l`: the same bytes at the same line, for every program of the
//! tree.
//!
//! Knows how both write their columns. What a macro makes, NASM lists at the macro's own lines and
//! we at the line that uses it; what is compared belongs to the latter. Without `nasm` the test is
//! shown as ignored.

use crate::support::{APPLET, Needs, Tests, add, files, root};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Lines that NASM's listing says something else about, all of a file where none is named.
const LEFT_OUT: &[(&str, &[u32], &str)] = &[
    ("tests/asm/corpus/macro_odd_calls.asm", &[67, 68, 69], "`.nolist`: NASM lists it at the `%rep`"),
    ("tests/asm/corpus/pp_standard.asm", &[], "`%line` gives its lines other numbers"),
    ("tests/asm/corpus/prog_vga.asm", &[44, 45], "NASM lists sections in the order of the text"),
    ("tests/asm/corpus/section_interleaved.asm", &[10, 11, 12], "as prog_vga"),
    ("tests/asm/relax.asm", &[48], "of a `times` NASM lists the first, which is longer here"),
];

/// A part of NASM's bytes column.
#[derive(Clone, Debug)]
enum Part {
    /// A byte; none where it is settled later, or reserved.
    Byte(Option<u8>),
    /// So many bytes that are not shown: of a file, or only reserved.
    Unseen(usize),
    /// The statement before it so many times in all.
    Times(usize),
}

/// What both listings are cut into: a file's name, empty for the main one, and a line of it.
type Key = (String, u32);

/// Bytes, and gaps where none is shown.
type Bytes = Vec<Option<u8>>;

/// Our listing: the bytes of each line, and its text.
#[derive(Default)]
struct Ours {
    bytes: BTreeMap<Key, Bytes>,
    texts: BTreeMap<Key, String>,
}

impl Ours {
    /// The file whose line has this text, best the one that `include` names.
    fn file_with(&self, include: &str, number: u32, text: &str) -> Option<&str> {
        let same = |found: &str| match found.trim().strip_suffix('\\') {
            Some(begin) => text.trim().starts_with(begin.trim()),
            // What is built in has no comments.
            None if found.trim().is_empty() => text.trim().is_empty(),
            None => text.trim().starts_with(found.trim()),
        };
        let keys = self.texts.iter().filter(|(key, _)| !key.0.is_empty() && key.1 == number);
        let mut names = keys.filter(|(_, text)| same(text)).map(|(key, _)| key.0.as_str());
        let name = include.trim().trim_matches('"');
        names.clone().find(|found| *found == name).or_else(|| names.next())
    }
}

fn ours(text: &str) -> Ours {
    let mut ours = Ours::default();
    let mut file = String::new();
    for row in text.lines() {
        if let Some(name) = row.strip_prefix("; ") {
            file = name.trim_start_matches("./").to_owned();
            continue;
        }
        let Some(number) = row.get(..6).and_then(|n| n.trim().parse().ok()) else { continue };
        let key = (file.clone(), number);
        let line = ours.bytes.entry(key.clone()).or_default();
        ours.texts.entry(key).or_insert_with(|| row.get(34..).unwrap_or("").to_owned());
        let rest = row[6..].trim_start();
        if let Some(count) = rest.strip_prefix("… ") {
            let all: usize = count.split(' ').next().and_then(|n| n.parse().ok()).unwrap();
            line.extend(vec![None; all - 64]);
            continue;
        }
        let is_hex = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit());
        let mut words = row.get(7..).unwrap_or("").splitn(2, ' ');
        if words.next().is_some_and(|address| address.len() >= 8 && is_hex(address)) {
            let column = words.next().unwrap_or("");
            let column = column.get(..16).unwrap_or(column).trim_end();
            line.extend(bytes(column).map(Some));
        }
    }
    ours
}

fn bytes(hex: &str) -> impl Iterator<Item = u8> {
    let pairs = (0..hex.len() / 2).map(|at| &hex[2 * at..2 * at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap())
}

/// What NASM lists, at the lines that we give it.
fn nasm(text: &str, ours: &Ours) -> BTreeMap<Key, Vec<Part>> {
    let mut lines: BTreeMap<Key, Vec<Part>> = BTreeMap::new();
    // The row that each level of inclusion or expansion stands below.
    let mut above: Vec<Row> = Vec::new();
    for row in text.lines() {
        let Some(number) = row.get(..6).and_then(|n| n.trim().parse().ok()) else { continue };
        let (column, mark) = (row.get(16..35).unwrap_or(""), row.get(35..).unwrap_or(""));
        if column.starts_with("***") || mark.starts_with("***") {
            continue;
        }
        // The bytes column is wider where the marks of repetition do not fit.
        let rest = row.get(16..).unwrap_or("");
        let (column, rest) = columns(rest);
        let marks = rest.trim_start();
        let level = marks.strip_prefix('<').and_then(|m| m.split('>').next()?.parse().ok());
        let level: usize = level.unwrap_or(0);
        let text = if level == 0 { marks } else { marks.split_once('>').map_or("", |m| m.1) };
        // A line goes on in further rows, without its text.
        let goes_on = |row: &&Row| row.number == number && text.trim().is_empty();
        let before = above.get(level).filter(goes_on).cloned();
        above.truncate(level);
        let (key, in_file) = match above.last() {
            _ if let Some(row) = before => (row.key, row.in_file),
            None => ((String::new(), number), true),
            Some(row) => below(row, number, text, ours),
        };
        if row.get(7..15).is_some_and(|o| o.bytes().all(|b| b.is_ascii_hexdigit())) {
            lines.entry(key.clone()).or_default().extend(parts(column));
        }
        above.resize(level, Row { number, key: key.clone(), text: String::new(), in_file });
        above.push(Row { number, key, text: text.to_owned(), in_file });
    }
    lines
}

/// A row of NASM's.
#[derive(Clone, Debug)]
struct Row {
    number: u32,
    /// Where its bytes count.
    key: Key,
    text: String,
    /// Whether its number is that of a line of a file, not of a macro.
    in_file: bool,
}

/// The bytes column, which has no space but in its marks, and what is right of it.
fn columns(rest: &str) -> (&str, &str) {
    if rest.starts_with(' ') {
        return ("", rest);
    }
    let mut end = rest.find(' ').unwrap_or(rest.len());
    while ["<rep", "<bin", "<res"].iter().any(|mark| rest[..end].ends_with(mark)) {
        end += 1 + rest[end + 1..].find(' ').unwrap_or(rest.len() - end - 1);
    }
    rest.split_at(end)
}

/// Where a line counts that stands below a row.
fn below(row: &Row, number: u32, text: &str, ours: &Ours) -> (Key, bool) {
    let words = row.text.trim().to_lowercase();
    match words.strip_prefix("%include") {
        Some(include) => {
            let name = ours.file_with(include, number, text).unwrap_or("?");
            ((name.to_owned(), number), true)
        }
        None if words.starts_with("%endrep") && row.in_file => ((row.key.0.clone(), number), true),
        None => (row.key.clone(), false),
    }
}

fn parts(column: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = column.trim_end_matches('-');
    let mut is_open = false;
    while let Some(first) = rest.chars().next() {
        if let Some(inner) = rest.strip_prefix('<') {
            let (mark, after) = inner.split_once('>').expect("the mark ends");
            let (word, count) = mark.split_once(' ').expect("a mark has a number");
            let count = usize::from_str_radix(count.trim_end_matches('h'), 16).unwrap();
            parts.push(if word == "rep" { Part::Times(count) } else { Part::Unseen(count) });
            rest = after;
        } else if "[]()".contains(first) {
            is_open = "[(".contains(first);
            rest = &rest[1..];
        } else {
            let byte = u8::from_str_radix(&rest[..2], 16).ok();
            parts.push(Part::Byte(byte.filter(|_| !is_open)));
            rest = &rest[2..];
        }
    }
    parts
}

/// Whether bytes are what NASM's parts say. How far back a repetition reaches is not said, nor
/// what is in its copies: of `times 2 jmp x` only the first is listed. `from` is where the
/// statement that is repeated can begin, `at` where the parts go on.
fn same(found: &[Option<u8>], from: usize, at: usize, parts: &[Part]) -> bool {
    let mut at = at;
    for (number, part) in parts.iter().enumerate() {
        match part {
            Part::Byte(meant) => {
                let fits =
                    |found: &Option<u8>| found.is_none() || meant.is_none() || found == meant;
                if !found.get(at).is_some_and(fits) {
                    return false;
                }
                at += 1;
            }
            Part::Unseen(count) => at += count,
            Part::Times(count) => {
                return (from..at).any(|start| {
                    let end = at + (at - start) * count.saturating_sub(1);
                    same(found, end, end, &parts[number + 1..])
                });
            }
        }
    }
    at == found.len()
}

/// Space in a section without contents has no bytes.
fn is_space(found: &[Option<u8>], parts: &[Part]) -> bool {
    found.is_empty() && !parts.iter().any(|part| matches!(part, Part::Byte(Some(_))))
}

/// The programs of the tree that are to be assembled.
fn programs() -> Vec<PathBuf> {
    let folders = ["applets", "tests/stdlib", "tests/asm", "tests/asm/corpus"];
    folders.iter().flat_map(|folder| files(&root().join(folder), "asm")).collect()
}

fn list(mut assembler: Command, path: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (list, binary) = (folder.path().join("list"), folder.path().join("binary"));
    let run = assembler.arg("-o").arg(&binary).arg("-l").arg(&list).arg(path.file_name().unwrap());
    let output = run.current_dir(path.parent().unwrap()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {said}", path.display());
    String::from_utf8_lossy(&std::fs::read(list).unwrap()).into_owned()
}

#[expect(clippy::print_stderr, reason = "the figures are what the test is run for")]
fn every_line_has_the_bytes_of_nasms_listing() {
    let (mut compared, mut wrong) = (0, Vec::new());
    let files = programs();
    for path in &files {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        let left_out = LEFT_OUT.iter().find(|row| row.0 == name).map(|row| row.1);
        if left_out == Some(&[]) {
            continue;
        }
        let mut command = Command::new(APPLET);
        command.args(["asm", "-w", "-all"]);
        let found = ours(&list(command, path));
        let mut command = Command::new("nasm");
        let stdlib = format!("{}/", root().display());
        command.args(["-w-all", "-f", "bin", "-I", &stdlib]);
        for (key, parts) in nasm(&list(command, path), &found) {
            let bytes = found.bytes.get(&key).cloned().unwrap_or_default();
            if key.0.is_empty() && left_out.is_some_and(|lines| lines.contains(&key.1)) {
                continue;
            }
            compared += 1;
            if !same(&bytes, 0, 0, &parts) && !is_space(&bytes, &parts) {
                wrong.push(format!("{name}: {key:?}: {bytes:02x?}\n  nasm: {parts:?}"));
            }
        }
    }
    eprintln!("{} files, {compared} lines with bytes", files.len());
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(files.len() >= 100 && compared >= 3000, "{} files, {compared} lines", files.len());
}

pub(crate) fn tests(tests: &mut Tests) {
    add!(tests, Needs::Nasm; every_line_has_the_bytes_of_nasms_listing);
}
