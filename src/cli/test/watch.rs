//! `applet test --watch`: runs cases again when a file changes.
//!
//! It compares the times and sizes of the files a few times a second. That needs no service of the
//! system, and it also finds changes through links and on network drives.

use super::{Args, Chosen, choose, console, is_source, round};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Time between two looks.
const PERIOD: Duration = Duration::from_millis(200);

/// The most files that are watched.
const FILES: usize = 20_000;

/// When each file was changed last, and its size.
type Snapshot = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// Runs the cases, and those of what changes, until it is interrupted.
///
/// # Errors
/// The answer cannot be written.
pub(super) fn run(args: &Args) -> anyhow::Result<u8> {
    let mut before = snapshot(args);
    show(args, choose(&args.filter, None)?)?;
    console::say("watching; Ctrl-C ends it");
    loop {
        std::thread::sleep(PERIOD);
        let now = snapshot(args);
        if now == before {
            continue;
        }
        // An editor may write several files, or one in several steps.
        std::thread::sleep(PERIOD);
        let settled = snapshot(args);
        if settled != now {
            continue;
        }
        let changed = changes(&before, &now);
        before = now;
        let shown: Vec<_> = changed.iter().map(|path| path.display().to_string()).collect();
        console::say(format!("changed: {}", console::visible(&shown.join(", "))));
        let applets: Option<Vec<String>> = changed.iter().map(|path| applet(path)).collect();
        show(args, choose(&args.filter, applets.as_deref())?)?;
    }
}

fn show(args: &Args, chosen: Chosen) -> anyhow::Result<()> {
    if chosen.cases.is_empty() && chosen.problems.is_empty() {
        console::say("no case belongs to it");
        return Ok(());
    }
    round(args, chosen).map(|_| ())
}

/// The files whose times or sizes differ, or that are in one only.
fn changes(before: &Snapshot, now: &Snapshot) -> BTreeSet<PathBuf> {
    let all = before.keys().chain(now.keys());
    let mut changed = BTreeSet::new();
    changed.extend(all.filter(|path| before.get(*path) != now.get(*path)).cloned());
    changed
}

/// The applet whose cases a file can change. None for a file that several applets may include.
fn applet(path: &Path) -> Option<String> {
    let parts: Vec<&str> = path
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    match parts.as_slice() {
        ["tests", "golden", name, _, ..] => Some((*name).to_owned()),
        ["applets", file] => file.strip_suffix(".asm").map(str::to_owned),
        _ => None,
    }
}

fn snapshot(args: &Args) -> Snapshot {
    let mut snapshot = Snapshot::new();
    for folder in ["applets", "tests/golden"] {
        look(Path::new(folder), &mut snapshot);
    }
    for file in args.filter.iter().filter(|filter| is_source(filter)) {
        note(Path::new(file), &mut snapshot);
    }
    snapshot
}

fn look(folder: &Path, snapshot: &mut Snapshot) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if snapshot.len() >= FILES {
            return;
        }
        // Not through links to folders, which may lead in a circle.
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => look(&entry.path(), snapshot),
            Ok(_) => note(&entry.path(), snapshot),
            Err(_) => {}
        }
    }
}

fn note(path: &Path, snapshot: &mut Snapshot) {
    if let Ok(metadata) = std::fs::metadata(path) {
        snapshot.insert(path.to_path_buf(), (metadata.modified().ok(), metadata.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_belongs_to_an_applet_or_to_all() {
        let of = |path: &str| applet(Path::new(path));
        assert_eq!(of("applets/echo.asm").as_deref(), Some("echo"));
        assert_eq!(of("./tests/golden/echo/a.stdout").as_deref(), Some("echo"));
        assert_eq!(of("tests/golden/stray"), None);
        assert_eq!(of("applets/common.inc"), None);
        assert_eq!(of("applets/lib/x.asm"), None);
    }

    #[test]
    fn what_is_new_gone_or_other_is_a_change() {
        let at = |rows: &[(&str, u64)]| -> Snapshot {
            rows.iter().map(|(path, size)| (PathBuf::from(path), (None, *size))).collect()
        };
        let changed =
            changes(&at(&[("a", 1), ("b", 1), ("c", 1)]), &at(&[("a", 1), ("b", 2), ("d", 1)]));
        let names: Vec<_> = changed.iter().map(|path| path.to_str().unwrap()).collect();
        assert_eq!(names, ["b", "c", "d"]);
    }
}
