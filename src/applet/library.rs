//! The library: applets by name. The user's folder comes first, then the applets that are built in,
//! then those of the project in the current folder.

use super::replace::replace;
use super::{embedded, files};
use crate::diagnostic::nearest;
use crate::diagnostic::text::to_bytes;
use std::path::{Path, PathBuf};

/// Longest name of an applet.
const NAME_LIMIT: usize = 64;

/// An applet in the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A file in the user's folder.
    File(PathBuf),
    /// A file in the folder `applets` of a project.
    Project(PathBuf),
    /// Built in: its text.
    BuiltIn(&'static str),
}

/// The applets that can be run by name.
#[derive(Clone, Debug)]
pub struct Library {
    folder: Option<PathBuf>,
    project: Option<PathBuf>,
}

impl Library {
    /// The user's library, `applet/applets` in the folder for user data, with the applets of the
    /// project in the current folder.
    #[cfg(feature = "cli")]
    #[must_use]
    pub fn of_user() -> Self {
        let folder = dirs::data_dir().map(|data| data.join("applet").join("applets"));
        Self { folder, project: Some(PathBuf::from("applets")) }
    }

    /// The library in `folder`.
    #[must_use]
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()), project: None }
    }

    /// The user's folder, if this system has a place for one. It need not exist yet.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The applet called `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Found> {
        check_name(name).ok()?;
        let file = |folder| file(folder, name).filter(|path| path.is_file());
        let own = file(&self.folder).map(Found::File);
        own.or_else(|| embedded::applet(name).map(Found::BuiltIn))
            .or_else(|| file(&self.project).map(Found::Project))
    }

    /// All applets, in order of name.
    #[must_use]
    pub fn list(&self) -> Vec<(String, Found)> {
        let folders = self.folder.iter().chain(&self.project);
        let entries = folders.filter_map(|folder| std::fs::read_dir(folder).ok());
        let stems = entries.flatten().filter_map(|entry| {
            let path = entry.ok()?.path();
            let is_source = path.extension().is_some_and(|e| e == "asm");
            is_source.then(|| path.file_stem()?.to_str().map(str::to_owned)).flatten()
        });
        let mut names: Vec<String> =
            stems.chain(embedded::applet_names().map(str::to_owned)).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().filter_map(|name| self.find(&name).map(|found| (name, found))).collect()
    }

    /// The name that was probably meant by `name`.
    #[must_use]
    pub fn suggest(&self, name: &str) -> Option<String> {
        let names = self.list();
        nearest(name, names.iter().map(|(n, _)| n.as_str())).map(str::to_owned)
    }

    /// Stores `text` as `name` and says where. An applet that is there already is replaced only
    /// with `force`.
    ///
    /// # Errors
    /// Why it cannot be stored.
    pub fn add(&self, name: &str, text: &str, force: bool) -> Result<PathBuf, String> {
        check_name(name)?;
        let path = file(&self.folder, name).ok_or("this system has no folder for user data")?;
        if path.exists() && !force {
            return Err(format!("the library has an applet `{name}` already; --force replaces it"));
        }
        if embedded::has_applet(name) && !force {
            return Err(format!(
                "`{name}` is built in, and yours would hide it; --name gives it another name, \
                 --force hides it"
            ));
        }
        let written = (|| {
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            replace(&path, &to_bytes(text))
        })();
        written.map_err(|e| format!("cannot write {}: {e}", path.display()))?;
        Ok(path)
    }

    /// Deletes the applet `name` from the user's folder and says where it was.
    ///
    /// # Errors
    /// Why it cannot be deleted.
    pub fn remove(&self, name: &str) -> Result<PathBuf, String> {
        check_name(name)?;
        match self.find(name) {
            Some(Found::File(path)) => {
                std::fs::remove_file(&path)
                    .map_err(|e| format!("cannot delete {}: {e}", path.display()))?;
                Ok(path)
            }
            Some(Found::BuiltIn(_)) => Err(format!("`{name}` is built in and cannot be removed")),
            Some(Found::Project(path)) => {
                Err(format!("`{name}` is not in the library: it is the file {}", path.display()))
            }
            None => Err(format!("the library has no applet `{name}`")),
        }
    }
}

/// The file of an applet in a folder.
fn file(folder: &Option<PathBuf>, name: &str) -> Option<PathBuf> {
    Some(folder.as_ref()?.join(name).with_extension("asm"))
}

impl Found {
    /// The text of the applet.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn text(&self) -> Result<String, String> {
        match self {
            Self::File(path) | Self::Project(path) => files::read_text(path),
            Self::BuiltIn(text) => Ok((*text).to_owned()),
        }
    }
}

/// Whether `name` can be the name of an applet: letters, digits, `-` and `_`, beginning with a
/// letter or digit, so that it is a plain file name everywhere and no option.
///
/// # Errors
/// What a name looks like.
pub fn check_name(name: &str) -> Result<(), String> {
    let is_plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let begins_well = name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    if is_plain && begins_well && name.len() <= NAME_LIMIT {
        return Ok(());
    }
    let shown = name.escape_debug();
    Err(format!("`{shown}` is no name for an applet: letters, digits, `-` and `_`, at most 64"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for name in ["echo", "a", "9p", "run-length", "x_1"] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        let long = "a".repeat(65);
        for name in ["", "..", "a/b", "-x", "a.asm", "é", "a b", "a\0", "\x1b[1m", &long] {
            assert!(check_name(name).is_err(), "{name}");
        }
        assert!(!check_name("\x1b").unwrap_err().contains('\x1b'));
    }

    #[test]
    fn what_is_added_is_found_listed_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::at(folder.path().join("deep"));
        assert_eq!(library.find("mine"), None);
        let path = library.add("mine", "hlt\n", false).unwrap();
        assert_eq!(library.find("mine"), Some(Found::File(path)));
        assert!(library.list().iter().any(|(name, _)| name == "mine"));
        assert!(library.add("mine", "nop\n", false).unwrap_err().contains("--force"));
        library.add("mine", "nop\n", true).unwrap();
        assert_eq!(library.find("mine").unwrap().text().unwrap(), "nop\n");
        assert_eq!(library.suggest("mime").as_deref(), Some("mine"));
        library.remove("mine").unwrap();
        assert_eq!(library.find("mine"), None);
        assert!(library.remove("mine").unwrap_err().contains("no applet"));
        assert!(library.add("../x", "", true).is_err());
    }
}
