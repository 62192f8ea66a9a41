//! What an applet says about itself: the TOML in its `; /// applet` comment block.
//!
//! The block is found and read without assembling anything. The semicolons are replaced by blanks,
//! so an offset in the TOML is an offset in the file and every complaint points at its place. This
//! file does not know what a key does to a machine.

use super::table::{self, Key, store};
use super::value::{self, Timeout};
use super::{block, library};
use crate::diagnostic::{Diagnostic, FileId, Sources, Span, nearest};
use crate::image::Mode;
use std::ops::Range;

/// The metadata of one applet; what it does not say is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// What it does, in a line.
    pub description: Option<String>,
    /// Mode at the first instruction, and where that is said.
    pub mode: Option<(Mode, Span)>,
    /// Privilege level at the first instruction.
    pub ring: Option<u8>,
    /// RAM in bytes.
    pub memory: Option<u64>,
    /// Whether ports outside the ABI are ignored rather than a fault.
    pub ignore_ports: Option<bool>,
    /// The limit on wall time.
    pub timeout: Option<Timeout>,
    /// What it is called, if it was shared.
    pub name: Option<String>,
    /// What it was shared from.
    pub origin: Option<String>,
    /// How it came into the library.
    pub added: Option<String>,
    /// What its hash was then.
    pub sha256: Option<String>,
}

const KEYS: &[Key<Metadata>] = &[
    Key { name: "description", set: |m, v| store(&mut m.description, Some(v.text()?.to_owned())) },
    Key { name: "mode", set: |m, v| store(&mut m.mode, Some((value::mode(v.text()?)?, v.span))) },
    Key { name: "ring", set: |m, v| store(&mut m.ring, Some(v.one_of(&[0, 3])?)) },
    Key { name: "memory", set: |m, v| store(&mut m.memory, Some(v.size()?)) },
    Key { name: "ports", set: |m, v| store(&mut m.ignore_ports, Some(ports(v.text()?)?)) },
    Key { name: "timeout", set: |m, v| store(&mut m.timeout, Some(value::timeout(v.text()?)?)) },
    Key {
        name: "name",
        set: |m, v| {
            library::check_name(v.text()?)?;
            store(&mut m.name, Some(v.text()?.to_owned()))
        },
    },
    Key { name: "origin", set: |m, v| store(&mut m.origin, Some(v.text()?.to_owned())) },
    Key { name: "added", set: |m, v| store(&mut m.added, Some(v.text()?.to_owned())) },
    Key { name: "sha256", set: |m, v| store(&mut m.sha256, Some(v.text()?.to_owned())) },
];

fn ports(text: &str) -> Result<bool, String> {
    match text {
        "fault" => Ok(false),
        "ignore" => Ok(true),
        _ => Err("this is \"fault\" or \"ignore\"".to_owned()),
    }
}

/// Reads the metadata of the text `file`; a text without a block says nothing.
///
/// # Errors
/// All that is wrong with it.
pub fn read(sources: &Sources, file: FileId) -> Result<Metadata, Vec<Diagnostic>> {
    let text = sources.get(file).map_or("", |source| source.text.as_str());
    let mut reader = Reader { file, diagnostics: Vec::new() };
    let metadata = match reader.find_block(text) {
        Some(block) => reader.read_block(text, block),
        None => Metadata::default(),
    };
    if reader.diagnostics.is_empty() { Ok(metadata) } else { Err(reader.diagnostics) }
}

struct Reader {
    file: FileId,
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn span(&self, range: Range<usize>) -> Span {
        let offset = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span::new(self.file, offset(range.start), offset(range.end))
    }

    fn error(&mut self, range: Range<usize>, message: impl Into<String>) -> &mut Diagnostic {
        let diagnostic = Diagnostic::error(self.span(range), message);
        self.diagnostics.push(diagnostic);
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    /// The lines between `; /// applet` and `; ///`.
    fn find_block(&mut self, text: &str) -> Option<Range<usize>> {
        let mut found: Option<(Range<usize>, Range<usize>)> = None;
        for (line, word) in block::fences(text) {
            if word != "applet" {
                if nearest(word, ["applet"]).is_some() {
                    let help = "write `; /// applet`".to_owned();
                    self.error(line, format!("`{word}` opens no metadata block")).help = Some(help);
                }
                continue;
            }
            let Some(body) = block::body(text, &line) else {
                let help = "end it with a line `; ///`".to_owned();
                self.error(line, "this metadata block is not closed").help = Some(help);
                return None;
            };
            match &found {
                None => found = Some((line, body)),
                Some((first, _)) => {
                    let first = self.span(first.clone());
                    let again = self.error(line, "a second metadata block");
                    *again = again.clone().note(first, "the first one is here");
                }
            }
        }
        found.map(|(_, body)| body)
    }

    fn read_block(&mut self, text: &str, block: Range<usize>) -> Metadata {
        let base = block.start;
        let toml = without_semicolons(&text[block]);
        table::read(KEYS, &toml, self.file, base).unwrap_or_else(|errors| {
            self.diagnostics.extend(errors);
            Metadata::default()
        })
    }
}

/// The lines with the `;` that begins each replaced by a blank.
fn without_semicolons(lines: &str) -> String {
    let mut out = String::with_capacity(lines.len());
    for line in lines.split_inclusive('\n') {
        match line.split_once(';') {
            Some((indent, rest)) => out.extend([indent, " ", rest]),
            None => out.push_str(line),
        }
    }
    out
}

#[cfg(test)]
mod tests;
