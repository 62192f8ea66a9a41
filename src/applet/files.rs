//! Which files an applet may read, and the reading of them.
//!
//! Applets are shared: a stranger's `incbin` must not read your keys. So an applet has the built-in
//! `stdlib/` and, if it is a file itself, what lies beside it and below; a name or a symbolic link
//! that leads elsewhere is refused. Does not know what the texts mean. An `Err` here is a reason in
//! words for the user.

use super::embedded;
use crate::diagnostic::nearest;
use crate::diagnostic::text::from_bytes;
use std::cell::Cell;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Largest source text.
pub const TEXT_LIMIT: u64 = 64 << 20;

/// Largest file that `incbin` and `--raw` read.
pub const BINARY_LIMIT: u64 = 1 << 30;

/// The prefix of names that are built in.
const STDLIB: &str = "stdlib/";

/// A text that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// What messages call it.
    pub name: String,
    /// Where it is; none when it is built in.
    pub path: Option<PathBuf>,
    /// The text.
    pub text: String,
}

/// The files within an applet's reach.
#[derive(Debug, Default)]
pub struct Files {
    /// The folder of the applet; none if it may read only what is built in.
    folder: Option<PathBuf>,
    /// Whether what is built in is out of reach too.
    is_alone: bool,
    /// Whether a file of the folder has been read.
    used: Cell<bool>,
    /// Where else files may be, as the user said.
    wider: Wider,
    /// The applet's own file.
    file: Option<PathBuf>,
    /// The time that programs are told, if the user chose one.
    time: Option<u64>,
}

/// Where an applet may read besides its folder. Only the user can say so, never the applet.
#[derive(Clone, Debug, Default)]
pub struct Wider {
    /// Paths may lead anywhere within this folder (`--root`).
    pub root: Option<PathBuf>,
    /// Files are looked for in these folders, too (`-I`).
    pub folders: Vec<PathBuf>,
}

impl Wider {
    fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.folders.iter().chain(&self.root)
    }
}

/// The path of the text that has what the command line defines: its includes are the user's own.
pub const COMMAND_LINE: &str = "";

impl Files {
    /// For an applet that is no file: what is built in.
    #[must_use]
    pub fn built_in() -> Self {
        Self::default()
    }

    /// For the applet at `path`: what is built in, beside it and below.
    #[must_use]
    pub fn beside(path: &Path) -> Self {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
        let folder = Some(folder.unwrap_or(Path::new(".")).to_path_buf());
        Self { folder, file: Some(path.to_path_buf()), ..Self::default() }
    }

    /// Adds what the user allows besides.
    pub fn widen(&mut self, wider: Wider) {
        self.wider = wider;
    }

    /// Sets the time that programs are told, in seconds since 1970.
    pub fn set_time(&mut self, seconds: u64) {
        self.time = Some(seconds);
    }

    /// The time that programs are told, in seconds since 1970: that which was set, else when the
    /// file was last changed, else 0.
    #[must_use]
    pub fn time(&self) -> u64 {
        let changed = || {
            let time = std::fs::metadata(self.file.as_deref()?).ok()?.modified().ok()?;
            Some(time.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs())
        };
        self.time.or_else(changed).unwrap_or(0)
    }

    /// For a text that is to stand alone: nothing.
    #[must_use]
    pub fn none() -> Self {
        Self { is_alone: true, ..Self::default() }
    }

    /// Whether the applet has read a file of its folder, so that its text alone is not all of it.
    #[must_use]
    pub fn used(&self) -> bool {
        self.used.get()
    }

    /// The text that `%include "name"` means in the text at `from`.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub fn text(&self, name: &str, from: Option<&Path>) -> Result<Text, String> {
        if let Some(file) = self.built_in_name(name)? {
            let stem = file.strip_suffix(".inc");
            let text = stem.and_then(embedded::stdlib).ok_or_else(|| no_such_stdlib(file))?;
            return Ok(Text { name: name.to_owned(), path: None, text: text.to_owned() });
        }
        let (path, shown) = self.find(name, from)?;
        let text = read_text(&path).map_err(|reason| format!("cannot read `{name}`: {reason}"))?;
        let text = for_assembler(text);
        Ok(Text { name: shown.display().to_string(), path: Some(shown), text })
    }

    /// The bytes that `incbin "name"` means in the text at `from`.
    ///
    /// # Errors
    /// Why they cannot be had.
    pub fn bytes(&self, name: &str, from: Option<&Path>) -> Result<Vec<u8>, String> {
        if let Some(file) = self.built_in_name(name)? {
            let text = file.strip_suffix(".inc").and_then(embedded::stdlib);
            return text.map(|t| t.as_bytes().to_vec()).ok_or_else(|| no_such_stdlib(file));
        }
        let (path, _) = self.find(name, from)?;
        let bytes = open(&path, BINARY_LIMIT).and_then(|mut file| read_all(&mut file));
        bytes.map_err(|reason| format!("cannot read `{name}`: {reason}"))
    }

    /// What `name` is called in `stdlib/`, if it is there at all.
    fn built_in_name<'a>(&self, name: &'a str) -> Result<Option<&'a str>, String> {
        if self.is_alone {
            return Err(format!("`{name}` cannot be read: this text stands alone"));
        }
        Ok(name.strip_prefix(STDLIB))
    }

    /// The file called `name`, beside the text at `from` or else beside the applet: its real path,
    /// and the path to show.
    fn find(&self, name: &str, from: Option<&Path>) -> Result<(PathBuf, PathBuf), String> {
        if from == Some(Path::new(COMMAND_LINE)) {
            return self.find_for_user(name);
        }
        if self.folder.is_none() && self.wider.paths().next().is_none() {
            return Err(format!(
                "`{name}` cannot be read: only an applet that is a file may read files beside it \
                 (built in are the files of stdlib/)"
            ));
        }
        let folder = self.folder.as_deref();
        if from.is_none() && folder.is_some() {
            return Err(format!("`{name}` cannot be read: stdlib reads only stdlib/"));
        }
        let has = |wanted: fn(&Component<'_>) -> bool| {
            Path::new(name).components().any(|component| wanted(&component))
        };
        let is_wide = self.wider.paths().next().is_some();
        if has(|c| matches!(c, Component::RootDir | Component::Prefix(_))) && !is_wide {
            return Err(elsewhere(name, "this is an absolute path"));
        }
        let climbs = has(|c| *c == Component::ParentDir);
        let by = if climbs { "`..` leads out of it" } else { "a symbolic link leads out of it" };
        let mut roots = Vec::new();
        for root in folder.into_iter().chain(self.wider.paths().map(PathBuf::as_path)) {
            roots.push(root.canonicalize().map_err(|e| format!("{}: {e}", root.display()))?);
        }
        let beside = from.map(|from| from.parent().unwrap_or(Path::new("")));
        let places = beside.into_iter().chain(folder);
        for place in places.chain(self.wider.paths().map(PathBuf::as_path)) {
            let shown = place.join(name);
            let Ok(path) = shown.canonicalize() else { continue };
            if !roots.iter().any(|root| path.starts_with(root)) {
                return Err(elsewhere(name, by));
            }
            self.used.set(true);
            return Ok((path, shown));
        }
        // Whether there is a file outside is not told.
        if let (Some(beside), Some(folder), false) = (beside, folder, is_wide)
            && leaves(beside.strip_prefix(folder).unwrap_or(Path::new("")).join(name).as_path())
        {
            return Err(elsewhere(name, by));
        }
        Err(match is_wide {
            false => {
                format!("there is no file `{name}` beside the applet (`-I DIR` adds a folder)")
            }
            true => format!("there is no file `{name}` beside the applet or in a folder of `-I`"),
        })
    }

    /// A file that the user names, in the current folder or one of `-I`.
    fn find_for_user(&self, name: &str) -> Result<(PathBuf, PathBuf), String> {
        let folders = self.wider.paths().map(PathBuf::as_path);
        let mut places = std::iter::once(Path::new("")).chain(folders);
        let found = places.find_map(|place| {
            let shown = place.join(name);
            Some((shown.canonicalize().ok()?, shown))
        });
        self.used.set(true);
        found.ok_or_else(|| format!("there is no file `{name}`"))
    }
}

/// Whether a path climbs above where it starts.
fn leaves(path: &Path) -> bool {
    let mut depth = 0i64;
    path.components().any(|component| {
        depth += match component {
            Component::Normal(_) => 1,
            Component::ParentDir => -1,
            _ => 0,
        };
        depth < 0
    })
}

fn elsewhere(name: &str, reason: &str) -> String {
    format!(
        "`{name}` is refused: an applet may read only its own folder and below, and {reason} \
         (`--root DIR` lets it read within DIR)"
    )
}

fn no_such_stdlib(file: &str) -> String {
    let stem = file.strip_suffix(".inc").unwrap_or(file);
    let hint = match nearest(stem, embedded::stdlib_names()) {
        Some(name) => format!("did you mean `{STDLIB}{name}.inc`?"),
        None if embedded::stdlib(stem).is_some() => format!("write `{STDLIB}{stem}.inc`"),
        None => {
            let names: Vec<_> = embedded::stdlib_names().collect();
            format!("stdlib/ has {}", names.join(", "))
        }
    };
    format!("there is no `{STDLIB}{file}`; {hint}")
}

/// The text of a source file.
///
/// # Errors
/// Why it cannot be read.
pub fn read_text(path: &Path) -> Result<String, String> {
    into_text(read_all(&mut open(path, TEXT_LIMIT)?)?).map_err(|error| error.to_string())
}

/// Why a source cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// It is a binary file: it has a NUL, and bytes that are not UTF-8.
    NotText {
        /// Offset of the first NUL.
        byte: usize,
        /// Its line, from 1.
        line: usize,
    },
    /// Another reason, as text.
    Other(String),
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotText { byte, line } => {
                write!(f, "it is not a text (byte {byte}, line {line} is NUL)")
            }
            Self::Other(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for ReadError {}

impl From<String> for ReadError {
    fn from(reason: String) -> Self {
        Self::Other(reason)
    }
}

/// The text of a source file that the user names, which may be a pipe, and the files in its reach.
///
/// # Errors
/// Why it cannot be read.
pub fn read_named(path: &Path) -> Result<(String, Files), ReadError> {
    if is_pipe(path) {
        let text = into_text(limited(File::open(path).map_err(|e| reason(&e))?)?)?;
        return Ok((text, Files::built_in()));
    }
    let text = into_text(read_all(&mut open(path, TEXT_LIMIT)?)?)?;
    Ok((text, Files::beside(path)))
}

/// A source as an assembler takes it. A first line that names an interpreter (`#!`), which makes
/// the file a program of its own, becomes a comment. As in NASM, a carriage return alone ends a
/// line, and so does the Ctrl-Z that DOS puts at the end of a file. No byte changes its place.
#[must_use]
pub fn for_assembler(text: String) -> String {
    let has_odd_end = |text: &[u8]| {
        let next = |at: usize| text.get(at + 1) == Some(&b'\n');
        let mut ends = text.iter().enumerate();
        let may_end = text.contains(&CTRL_Z) || text.contains(&b'\r');
        may_end && ends.any(|(at, &b)| b == CTRL_Z || b == b'\r' && !next(at))
    };
    let has_interpreter = text.starts_with("#!");
    if !has_interpreter && !has_odd_end(text.as_bytes()) {
        return text;
    }
    let mut characters = text.chars().peekable();
    let mut out = String::with_capacity(text.len());
    if has_interpreter {
        characters.next();
        out.push(';');
    }
    while let Some(c) = characters.next() {
        let ends = c == char::from(CTRL_Z) || c == '\r' && characters.peek() != Some(&'\n');
        out.push(if ends { '\n' } else { c });
    }
    out
}

/// What DOS programs put at the end of a text.
const CTRL_Z: u8 = 0x1A;

#[cfg(unix)]
fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_pipe(_: &Path) -> bool {
    false
}

/// The source text that `input` delivers.
///
/// # Errors
/// Why it cannot be read.
pub fn read_text_from(input: impl Read) -> Result<String, String> {
    into_text(limited(input)?).map_err(|error| error.to_string())
}

fn limited(input: impl Read) -> Result<Vec<u8>, String> {
    let bytes = read_all(&mut input.take(TEXT_LIMIT + 1))?;
    if bytes.len() as u64 > TEXT_LIMIT {
        return Err(too_large(TEXT_LIMIT));
    }
    Ok(bytes)
}

/// The bytes of a flat binary.
///
/// # Errors
/// Why they cannot be read.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    read_all(&mut open(path, BINARY_LIMIT)?)
}

fn open(path: &Path, limit: u64) -> Result<File, String> {
    // Looked at before it is opened, since opening a pipe waits for its other end.
    let metadata = std::fs::metadata(path).map_err(|e| reason(&e))?;
    if metadata.is_dir() {
        return Err("Is a directory".to_owned());
    }
    if !metadata.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    if metadata.len() > limit {
        return Err(too_large(limit));
    }
    File::open(path).map_err(|e| reason(&e))
}

fn read_all(input: &mut impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(|e| reason(&e))?;
    Ok(bytes)
}

/// What the system says, without its error number.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

fn too_large(limit: u64) -> String {
    format!("it is larger than {} MiB", limit >> 20)
}

/// The text of a source: the bytes as they are, but for a byte order mark.
fn into_text(mut bytes: Vec<u8>) -> Result<String, ReadError> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    if !bytes.contains(&0) {
        return Ok(from_bytes(bytes));
    }
    match bytes.iter().position(|&byte| byte == 0) {
        Some(byte) if std::str::from_utf8(&bytes).is_err() => {
            let before = bytes.get(..byte).unwrap_or_default();
            let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
            Err(ReadError::NotText { byte, line })
        }
        _ => Ok(from_bytes(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    struct Place {
        folder: tempfile::TempDir,
        main: PathBuf,
    }

    fn place() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        fs::create_dir_all(home.join("lib")).unwrap();
        fs::write(home.join("a.inc"), "a").unwrap();
        fs::write(home.join("lib/b.inc"), "b").unwrap();
        fs::write(folder.path().join("secret"), "key").unwrap();
        let main = home.join("main.asm");
        Place { folder, main }
    }

    #[test]
    fn what_lies_beside_and_below_is_read() {
        let place = place();
        let files = Files::beside(&place.main);
        assert!(!files.used());
        assert_eq!(files.text("a.inc", Some(&place.main)).unwrap().text, "a");
        let b = files.text("./lib/b.inc", Some(&place.main)).unwrap();
        assert_eq!(b.text, "b");
        // From an included file: beside that file, else beside the applet.
        assert_eq!(files.text("b.inc", b.path.as_deref()).unwrap().text, "b");
        assert_eq!(files.bytes("a.inc", b.path.as_deref()).unwrap(), b"a");
        assert_eq!(files.bytes("../a.inc", b.path.as_deref()).unwrap(), b"a");
        assert_eq!(files.bytes("lib/../lib/./b.inc", Some(&place.main)).unwrap(), b"b");
        assert!(files.used());
    }

    #[test]
    fn what_leads_elsewhere_is_refused_with_the_reason() {
        let place = place();
        let files = Files::beside(&place.main);
        let secret = place.folder.path().join("secret");
        let refusal = |name: &str| files.bytes(name, Some(&place.main)).unwrap_err();
        assert!(refusal("../secret").contains("`..` leads out"));
        assert!(refusal("lib/../../secret").contains("`..` leads out"));
        assert!(refusal("lib/../../no-such").contains("`..` leads out"));
        assert!(refusal(secret.to_str().unwrap()).contains("absolute"));
        #[cfg(unix)]
        {
            let home = place.main.parent().unwrap();
            std::os::unix::fs::symlink(&secret, home.join("link")).unwrap();
            std::os::unix::fs::symlink(place.folder.path(), home.join("up")).unwrap();
            assert!(refusal("link").contains("symbolic link"));
            assert!(refusal("up/secret").contains("symbolic link"));
        }
        assert!(!files.used());
    }

    #[test]
    fn a_link_that_stays_inside_is_followed() {
        let place = place();
        let home = place.main.parent().unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("lib/b.inc", home.join("c.inc")).unwrap();
        let files = Files::beside(&place.main);
        assert_eq!(files.text("c.inc", Some(&place.main)).unwrap().text, "b");
        assert!(home.exists());
    }

    #[test]
    fn without_a_folder_only_stdlib_is_there() {
        let files = Files::built_in();
        let abi = files.text("stdlib/abi.inc", None).unwrap();
        assert_eq!(abi.text, crate::abi::nasm_include());
        assert!(files.text("a.inc", None).unwrap_err().contains("only an applet that is a file"));
        let wrong = files.text("stdlib/abj.inc", None).unwrap_err();
        assert!(wrong.contains("did you mean `stdlib/abi.inc`"), "{wrong}");
        let wrong = files.text("stdlib/abi", None).unwrap_err();
        assert!(wrong.contains("stdlib/abi.inc"), "{wrong}");
    }

    #[test]
    fn unreadable_things_have_a_reason() {
        let place = place();
        let home = place.main.parent().unwrap();
        assert!(read_text(&home.join("lib")).unwrap_err().contains("Is a directory"));
        assert!(read_text(&home.join("no")).unwrap_err().contains("No such file"));
        assert!(read_text(Path::new("/dev/zero")).unwrap_err().contains("regular file"));
        fs::write(home.join("bad"), b"nop\n\xff\0").unwrap();
        let reason = read_text(&home.join("bad")).unwrap_err();
        assert!(reason.contains("not a text (byte 5, line 2 is NUL)"), "{reason}");
        assert!(read_text_from(std::io::repeat(b'a')).unwrap_err().contains("larger than 64 MiB"));
    }
    #[test]
    fn a_text_is_its_bytes_without_a_byte_order_mark() {
        assert_eq!(read_text_from("\u{feff}hlt".as_bytes()).as_deref(), Ok("hlt"));
        let text = read_text_from(&b"db '\xC9\xCD' ; \xE9\n"[..]).unwrap();
        assert_eq!(*crate::diagnostic::text::to_bytes(&text), *b"db '\xC9\xCD' ; \xE9\n");
    }

    #[test]
    fn line_ends_of_other_systems_are_line_ends() {
        for (text, expected) in [
            ("nop\rhlt\r", "nop\nhlt\n"),
            ("nop\r\nhlt\r\n\x1A", "nop\r\nhlt\r\n\n"),
            ("nop\r\r\n", "nop\n\r\n"),
            ("#!/usr/bin/applet\nhlt\n", ";!/usr/bin/applet\nhlt\n"),
        ] {
            assert_eq!(for_assembler(text.to_owned()), expected);
        }
    }
}
