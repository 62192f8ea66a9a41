//! Reading the source that a command line names: `FILE`, `NAME`, `-` or `applet:1:…`.
//!
//! A plain name is looked up in the library first, as a shell looks up commands. A word with a dot
//! or a slash in it is a path. A word that begins with `applet:1:` is the applet itself.

use super::Complaint;
use crate::applet::files::{self, Files, ReadError};
use crate::applet::library::{self, Found, Library};
use crate::applet::line;
use crate::diagnostic::{FileId, Sources};
use std::path::Path;

/// A source text, with the files it may include.
pub(super) struct Input {
    /// Holds the text.
    pub(super) sources: Sources,
    /// The text.
    pub(super) main: FileId,
    /// What it may include.
    pub(super) files: Files,
}

/// Extensions of sources.
const SOURCES: [&str; 4] = ["asm", "inc", "nasm", "s"];

impl Input {
    /// Puts lines before the text.
    pub(super) fn prepend(&mut self, lines: &str) {
        let Some(source) = self.sources.get(self.main).filter(|_| !lines.is_empty()) else {
            return;
        };
        let (name, path) = (source.name.clone(), source.path.clone());
        let text = [lines, &source.text].concat();
        self.sources = Sources::new();
        self.main = self.sources.add(name, path.as_deref(), text);
    }
}

/// The time that programs are told, if the environment sets one, as reproducible builds do.
fn source_date() -> Option<u64> {
    std::env::var("SOURCE_DATE_EPOCH").ok()?.trim().parse().ok()
}

/// What standard input is called in messages.
const STDIN_NAME: &str = "<stdin>";

/// What an applet that came as a line is called in messages.
const LINE_NAME: &str = "<line>";

/// Reads the source that `file` names.
///
/// # Errors
/// There is none, or it cannot be read.
pub(super) fn open(file: &Path) -> Result<Input, Complaint> {
    let mut input = read(file)?;
    if let Some(seconds) = source_date() {
        input.files.set_time(seconds);
    }
    Ok(input)
}

fn read(file: &Path) -> Result<Input, Complaint> {
    let mut sources = Sources::new();
    if is_stdin(file) {
        let text = files::read_text_from(std::io::stdin().lock())
            .map_err(|reason| Complaint::new(format!("cannot read standard input: {reason}")))?;
        if line::is_line(&text) {
            return open_line(sources, &text);
        }
        let main = sources.add(STDIN_NAME, None, files::for_assembler(text));
        return Ok(Input { sources, main, files: Files::built_in() });
    }
    if let Some(line) = as_line(file) {
        return open_line(sources, line);
    }
    match from_library(file) {
        Some(Found::BuiltIn(text)) => {
            let name = format!("<built-in>/{}.asm", file.display());
            let main = sources.add(name, None, text.to_owned());
            Ok(Input { sources, main, files: Files::built_in() })
        }
        Some(Found::File(path) | Found::Project(path)) => open_path(sources, &path),
        None => open_path(sources, file),
    }
}

/// The applet that was given as a line, if it was.
pub(super) fn as_line(file: &Path) -> Option<&str> {
    file.to_str().filter(|text| line::is_line(text))
}

fn open_line(mut sources: Sources, line: &str) -> Result<Input, Complaint> {
    let text = line::decode(line).map_err(|reason| {
        Complaint::new(format!("cannot read the applet: {reason}"))
            .help("copy the whole line, from `applet:1:` on, in quotes")
    })?;
    let main = sources.add(LINE_NAME, None, files::for_assembler(text));
    Ok(Input { sources, main, files: Files::built_in() })
}

/// Whether a file has the extension of a source.
pub(super) fn has_source_name(file: &Path) -> bool {
    let extension = file.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| SOURCES.iter().any(|s| s.eq_ignore_ascii_case(extension)))
}

/// Whether `file` means standard input.
pub(super) fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// Reads the flat binary that `file` names.
///
/// # Errors
/// There is none, or it cannot be read.
pub(super) fn open_raw(file: &Path) -> Result<Vec<u8>, Complaint> {
    if !is_stdin(file) {
        return files::read_bytes(file)
            .map_err(|reason| unreadable(file, &ReadError::Other(reason)));
    }
    let mut bytes = Vec::new();
    let limit = std::io::Read::take(std::io::stdin().lock(), files::BINARY_LIMIT);
    std::io::Read::read_to_end(&mut { limit }, &mut bytes)
        .map_err(|e| Complaint::new(format!("cannot read standard input: {e}")))?;
    Ok(bytes)
}

/// The applet of the library that `file` names, if it is a name at all.
pub(super) fn from_library(file: &Path) -> Option<Found> {
    let name = file.to_str().filter(|name| library::check_name(name).is_ok())?;
    Library::of_user().find(name)
}

fn open_path(mut sources: Sources, path: &Path) -> Result<Input, Complaint> {
    let (text, files) = files::read_named(path).map_err(|reason| unreadable(path, &reason))?;
    if line::is_line(&text) {
        return open_line(sources, &text);
    }
    let text = files::for_assembler(text);
    let main = sources.add(path.display().to_string(), Some(path), text);
    Ok(Input { sources, main, files })
}

fn unreadable(path: &Path, reason: &ReadError) -> Complaint {
    let shown = path.display().to_string();
    let complaint = Complaint::new(format!("cannot read {shown}: {reason}"));
    if matches!(reason, ReadError::NotText { .. }) {
        return complaint.help("`applet run --raw` runs a flat binary");
    }
    if library::check_name(&shown).is_err() || path.exists() {
        return complaint;
    }
    let complaint = Complaint::new(format!("there is no applet and no file `{shown}`"));
    match Library::of_user().suggest(&shown) {
        Some(name) => complaint.help(format!("did you mean `{name}`?")),
        None => complaint.help("`applet list` shows the applets there are"),
    }
}
