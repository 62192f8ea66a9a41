//! The line table, from which listings are made, against the bytes column of `nasm -l`: the same
//! bytes at the same line of the source.
//!
//! Knows how NASM writes its column, nothing of how ours looks. Without `nasm` nothing is
//! compared, unless `APPLET_REQUIRE_NASM=1` says that it must be there.

use applet::asm::{self, Included, Options, Resolver};
use applet::diagnostic::Sources;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Bytes by line; `None` is one that NASM's listing leaves open, since it is settled later.
type Lines = BTreeMap<u32, Vec<Option<u8>>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Has no files: what includes others has lines of several files.
struct Alone;

impl Resolver for Alone {
    fn include(&self, _: &str, _: Option<&Path>) -> Result<Included, String> {
        Err("not here".to_owned())
    }

    fn binary(&self, _: &str, _: Option<&Path>) -> Result<Vec<u8>, String> {
        Err("not here".to_owned())
    }
}

fn ours(path: &Path) -> Option<Lines> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut sources = Sources::new();
    let main = sources.add("a.asm", None, text);
    let options = Options { debug_info: true, ..Options::default() };
    let image = asm::assemble(&mut sources, main, &Alone, &options).ok()?.image;
    let mut lines = Lines::new();
    for row in &image.lines {
        let start = row.offset as usize;
        let bytes = &image.bytes[start..start + row.length as usize];
        let line = lines.entry(sources.position(row.span).line).or_default();
        line.extend(bytes.iter().copied().map(Some));
    }
    Some(lines)
}

/// What NASM lists; none where it leaves out bytes or refuses the file.
fn nasm(path: &Path) -> Option<Lines> {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list");
    let mut command = Command::new("nasm");
    command.args(["-w-all", "-f", "bin", "-o", "/dev/null", "-l"]).arg(&list).arg(path);
    command.output().expect("nasm runs").status.success().then_some(())?;
    let text = String::from_utf8_lossy(&std::fs::read(list).unwrap()).into_owned();
    let (mut lines, mut current) = (Lines::new(), 0);
    for row in text.lines() {
        let number: Option<u32> = row.get(..6).and_then(|n| n.trim().parse().ok());
        current = number.unwrap_or(current);
        let column = row.get(16..).unwrap_or("");
        let is_offset = row.get(7..15).is_some_and(|o| o.bytes().all(|b| b.is_ascii_hexdigit()));
        if is_offset {
            bytes_of(column, lines.entry(current).or_default())?;
        }
    }
    Some(lines)
}

/// Adds what a bytes column holds; none if it holds something else too.
fn bytes_of(column: &str, into: &mut Vec<Option<u8>>) -> Option<()> {
    let column = column.split_once("<rep ").map_or_else(
        || column.split(' ').next().unwrap_or(""),
        |(before, rest)| &column[..before.len() + 5 + rest.find('>').unwrap_or(0) + 1],
    );
    let (digits, times) = match column.split_once("<rep ") {
        None => (column.trim_end_matches('-'), 1),
        Some((digits, count)) => {
            (digits, usize::from_str_radix(count.trim_end_matches(['h', '>']), 16).ok()?)
        }
    };
    let mut one = Vec::new();
    let mut is_open = false;
    let mut rest = digits;
    while let Some(first) = rest.chars().next() {
        if "[]()".contains(first) {
            is_open = "[(".contains(first);
            rest = &rest[1..];
            continue;
        }
        let byte = match rest.get(..2)? {
            "??" => None,
            pair => Some(u8::from_str_radix(pair, 16).ok()?),
        };
        one.push(if is_open { None } else { byte });
        rest = &rest[2..];
    }
    into.extend(one.repeat(times));
    Some(())
}

fn sources() -> Vec<PathBuf> {
    let folders = ["applets", "tests/asm", "tests/asm/corpus"];
    let entries = folders.iter().flat_map(|f| std::fs::read_dir(root().join(f)).unwrap());
    let mut files: Vec<_> = entries.map(|e| e.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|x| x == "asm"));
    files.sort();
    files
}

#[test]
fn every_line_has_the_bytes_of_nasms_listing() {
    if Command::new("nasm").arg("-v").output().is_err() {
        assert!(std::env::var_os("APPLET_REQUIRE_NASM").is_none(), "nasm is required");
        return;
    }
    let (mut compared, mut lines, mut wrong) = (0, 0, Vec::new());
    for path in sources() {
        // What several lines make of one, NASM lists at lines of its own choice.
        let text = std::fs::read_to_string(&path).unwrap().to_lowercase();
        if ["macro", "%rep", "%use", "%line", "\\\n", "istruc"]
            .iter()
            .any(|word| text.contains(word))
        {
            continue;
        }
        let (Some(ours), Some(theirs)) = (ours(&path), nasm(&path)) else { continue };
        compared += 1;
        for (line, theirs) in theirs {
            // Of a repeated instruction NASM lists the first only, whatever the others are.
            let written = text.lines().nth(line as usize - 1).unwrap_or("");
            if written.contains("times") {
                continue;
            }
            let found = ours.get(&line).map_or(&[][..], Vec::as_slice);
            lines += 1;
            let same = |(a, b): (&Option<u8>, &Option<u8>)| b.is_none() || a == b;
            // Space in a section without contents has no bytes.
            if found.is_empty() && theirs.iter().all(Option::is_none) {
                continue;
            }
            if found.len() != theirs.len() || !found.iter().zip(&theirs).all(same) {
                wrong.push(format!(
                    "{}:{line}: {found:02x?}\n  nasm: {theirs:02x?}",
                    path.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {lines}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared >= 40 && lines >= 1000, "{compared} files, {lines} lines");
}
