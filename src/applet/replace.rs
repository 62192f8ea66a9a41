//! Writing a file as a whole.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// Writes `bytes` to the file at `path`. If that fails, for instance on a full disk, the file is as it
/// was before.
///
/// The bytes go to a new file beside it, which then takes its name. A symbolic link stays one. A
/// pipe or a device is written to directly, and so is a file in a folder that admits no new files.
///
/// # Errors
/// The file or its folder cannot be written to.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let existing = match fs::metadata(&target) {
        Ok(metadata) if !metadata.is_file() => return fs::write(&target, bytes),
        Ok(metadata) => {
            // A file that may not be written to may not be replaced, either.
            File::options().write(true).open(&target)?;
            Some(metadata)
        }
        Err(_) => None,
    };
    let draft = draft(&target);
    let mut file = match File::create_new(&draft) {
        Ok(file) => file,
        Err(e) if e.kind() == ErrorKind::PermissionDenied && existing.is_some() => {
            return fs::write(&target, bytes);
        }
        Err(e) => return Err(e),
    };
    let written = file.write_all(bytes).and_then(|()| {
        if let Some(metadata) = existing {
            fs::set_permissions(&draft, metadata.permissions())?;
        }
        fs::rename(&draft, &target)
    });
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written
}

/// A hidden name beside the file that no other process uses.
fn draft(target: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}.new", std::process::id()));
    target.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names in a folder.
    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_made_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for text in ["one", "two"] {
            replace(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(names(folder.path()), ["a"]);
        assert!(replace(&folder.path().join("none/a"), b"").is_err());
        assert!(replace(folder.path(), b"").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("link"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).unwrap();
        symlink("a", &link).unwrap();
        replace(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o750);
        replace(Path::new("/dev/null"), b"x").unwrap();
    }
}
