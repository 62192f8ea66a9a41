//! The history: what was entered, each thing once, kept in the user's state folder.
//!
//! Several sessions may be open at a time, so what they entered meanwhile is read before the file
//! is written, and the file is replaced as a whole.

use rustyline::config::Config;
use rustyline::history::{FileHistory, History, SearchDirection};
use std::fs;
use std::path::{Path, PathBuf};

/// Entries that are kept.
pub(super) const KEPT: usize = 2000;

/// Where the history is kept, if there is such a place.
pub(super) fn place() -> Option<PathBuf> {
    let folder = dirs::state_dir().or_else(dirs::data_local_dir)?;
    Some(folder.join("applet").join("history"))
}

/// All entries, oldest first.
fn entries(history: &FileHistory) -> Vec<String> {
    let get = |at| Some(history.get(at, SearchDirection::Forward).ok()??.entry.into_owned());
    (0..history.len()).filter_map(get).collect()
}

/// Puts an entry last, and takes it away from where else it stood.
pub(super) fn add(history: &mut FileHistory, entry: &str) {
    let all = entries(history);
    if all.iter().any(|other| other == entry) {
        let _ = history.clear();
        for other in all.iter().filter(|other| *other != entry) {
            let _ = history.add(other);
        }
    }
    let _ = history.add(entry);
}

/// Reads what is kept; nothing if there is nothing.
pub(super) fn load(path: &Path, config: &Config, history: &mut FileHistory) {
    let mut kept = FileHistory::with_config(config);
    if kept.load(path).is_ok() {
        for entry in entries(&kept) {
            add(history, &entry);
        }
    }
}

/// Keeps an entry. That it cannot be kept is no reason to disturb anybody.
pub(super) fn keep(path: &Path, config: &Config, entry: &str) {
    let mut history = FileHistory::with_config(config);
    if let Some(folder) = path.parent() {
        let _ = fs::create_dir_all(folder);
    }
    if path.exists() && history.load(path).is_err() {
        return;
    }
    add(&mut history, entry);
    let draft = path.with_extension(std::process::id().to_string());
    if history.save(&draft).is_err() || fs::rename(&draft, path).is_err() {
        let _ = fs::remove_file(&draft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_stands_once_and_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state").join("history");
        let config = Config::builder().max_history_size(3).expect("a size").build();
        for entry in ["one", "two", "top:\n  dec ecx", "one"] {
            keep(&path, &config, entry);
        }
        let mut history = FileHistory::with_config(&config);
        load(&path, &config, &mut history);
        assert_eq!(entries(&history), ["two", "top:\n  dec ecx", "one"]);
        keep(&path, &config, "four");
        let mut history = FileHistory::with_config(&config);
        load(&path, &config, &mut history);
        assert_eq!(entries(&history), ["top:\n  dec ecx", "one", "four"]);
        let left = fs::read_dir(path.parent().expect("a folder")).expect("it").count();
        assert_eq!(left, 1);
    }
}
