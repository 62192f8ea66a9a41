//! Sources, spans and messages: what is wrong, and where in the text.
//!
//! Everything that complains about text speaks through [`Diagnostic`], which is data. Drawing it
//! with carets is [`render`]'s work. This file knows nothing about assembly language or machines.

pub mod render;
pub mod text;

use std::path::{Path, PathBuf};

/// Number of a source text in its [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// Part of a source text: the bytes from `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The text.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// In no text: of a message that has no place in a source.
    pub const NOWHERE: Self = Self::new(FileId(u32::MAX), 0, 0);

    /// The span of `start..end` in `file`.
    #[must_use]
    pub const fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end }
    }

    /// The smallest span that covers both; `self` if they are in different texts.
    #[inline(always)]
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.file != other.file {
            return self;
        }
        Self::new(self.file, self.start.min(other.start), self.end.max(other.end))
    }
}

/// One source text.
#[derive(Clone, Debug)]
pub struct Source {
    /// What messages call it: a path as the user wrote it, or `<stdin>`.
    pub name: String,
    /// The file it came from, against which its includes are looked up; none for `<stdin>`.
    pub path: Option<PathBuf>,
    /// The text itself.
    pub text: String,
    /// Offset of the first byte of each line, in order.
    line_starts: std::sync::OnceLock<Vec<u32>>,
}

/// All the texts of one assembly, by [`FileId`].
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// No texts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text. Its length must fit in 32 bits, which the resolver that read it checks.
    pub fn add(&mut self, name: impl Into<String>, path: Option<&Path>, text: String) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        let path = path.map(Path::to_path_buf);
        self.files.push(Source { name: name.into(), path, text, line_starts: Default::default() });
        id
    }

    /// The text with this number, if there is one.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.0 as usize)
    }

    /// The first text of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<FileId> {
        let index = self.files.iter().position(|source| source.name == name)?;
        u32::try_from(index).ok().map(FileId)
    }

    /// Appends a line to a text, and gives the offset at which it begins; none if there is no such
    /// text or it would grow beyond 32 bits.
    pub fn append(&mut self, id: FileId, line: &str) -> Option<usize> {
        let source = self.files.get_mut(id.0 as usize)?;
        let start = source.text.len();
        u32::try_from(start + line.len() + 1).ok()?;
        source.text.push_str(line);
        source.text.push('\n');
        source.line_starts.take();
        Some(start)
    }

    /// Makes a text empty.
    pub fn clear(&mut self, id: FileId) {
        if let Some(source) = self.files.get_mut(id.0 as usize) {
            source.text.clear();
            source.line_starts.take();
        }
    }

    /// The part of the text that `span` covers; empty when it covers none.
    #[inline(always)]
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file)
            .and_then(|s| s.text.get(span.start as usize..span.end as usize))
            .unwrap_or("")
    }

    /// The file name and 1-based line and column (in characters) where `span` starts.
    #[must_use]
    pub fn position(&self, span: Span) -> Position<'_> {
        self.get(span.file).map_or(Position { file: "?", line: 0, column: 0 }, |source| {
            let (line, column) = source.line_column(span.start);
            Position { file: &source.name, line, column }
        })
    }
}

impl Source {
    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let ends = self.text.bytes().zip(1u32..).filter(|&(b, _)| b == b'\n');
            std::iter::once(0).chain(ends.map(|(_, next)| next)).collect()
        })
    }

    /// 1-based line and column (in characters) of a byte offset.
    #[must_use]
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let starts = self.line_starts();
        let line = starts.partition_point(|&s| s <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or(0) as usize;
        let before = self.text.get(start..offset as usize).unwrap_or("");
        (u32::try_from(line).unwrap_or(0), u32::try_from(before.chars().count() + 1).unwrap_or(0))
    }

    /// Offset of the first byte of a 1-based line; the length of the text if there is no such line.
    #[must_use]
    pub fn line_start(&self, line: u32) -> u32 {
        let start = self.line_starts().get((line as usize).wrapping_sub(1)).copied();
        start.unwrap_or_else(|| u32::try_from(self.text.len()).unwrap_or(u32::MAX))
    }

    /// The text of a 1-based line, without its line end.
    #[must_use]
    pub fn line(&self, line: u32) -> &str {
        let starts = self.line_starts();
        let index = (line as usize).wrapping_sub(1);
        let Some(&start) = starts.get(index) else { return "" };
        let end = starts.get(index + 1).map_or(self.text.len(), |&e| e as usize);
        self.text.get(start as usize..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }
}

/// Where a span starts, as people say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position<'a> {
    /// Name of the file.
    pub file: &'a str,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It works, but perhaps not as meant.
    Warning,
    /// Nothing is made of this source.
    Error,
}

impl Severity {
    /// `warning` or `error`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A further place that explains a diagnostic: a first definition, the macro that was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where.
    pub span: Span,
    /// What is to be seen there.
    pub message: String,
}

/// One mistake in a source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The place that is marked with carets. Inside a macro: the place of use.
    pub span: Span,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// A few words to stand at the carets; may be empty.
    pub label: String,
    /// Other places that matter.
    pub notes: Vec<Note>,
    /// What to write instead.
    pub help: Option<String>,
    /// The name by which `-W` and `-w` switch a warning.
    pub name: Option<&'static str>,
}

impl Diagnostic {
    /// An error at `span`.
    #[must_use]
    pub fn error(span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            span,
            message: message.into(),
            label: String::new(),
            notes: Vec::new(),
            help: None,
            name: None,
        }
    }

    /// A warning at `span`, switched by `name`.
    #[must_use]
    pub fn warning(name: &'static str, span: Span, message: impl Into<String>) -> Self {
        let severity = Severity::Warning;
        Self { severity, name: Some(name), ..Self::error(span, message) }
    }

    /// Adds the words at the carets.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn note(mut self, span: Span, message: impl Into<String>) -> Self {
        self.notes.push(Note { span, message: message.into() });
        self
    }
}

/// Of `candidates`, the one that was probably meant by `word`: the nearest by edit distance, if
/// it is near enough to be worth saying.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_of(word, &mut candidates.into_iter())
}

/// Compiled once for all kinds of candidates.
fn nearest_of<'a>(word: &str, candidates: &mut dyn Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match word.chars().count() {
        0..=1 => return None,
        2..=5 => 1,
        6..=8 => 2,
        _ => 3,
    };
    let lower = word.to_ascii_lowercase();
    let own = letters(&lower);
    // Each change adds or takes away one letter, or puts one in the place of another.
    let may_be_near = |c: &&str| {
        c.len().abs_diff(word.len()) <= limit
            && (letters(c) ^ own).count_ones() as usize <= 2 * limit
    };
    candidates
        .filter(may_be_near)
        .map(|c| (edit_distance(&lower, &c.to_ascii_lowercase()), c))
        .filter(|&(d, _)| d <= limit)
        .min_by_key(|&(d, _)| d)
        .map(|(_, c)| c)
}

/// Which bytes a word has, small letters and capitals alike, as bits; several bytes share a bit.
fn letters(word: &str) -> u64 {
    word.bytes().fold(0, |bits, byte| bits | 1 << (byte.to_ascii_lowercase() & 63))
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = usize::from(a[i - 1] != b[j - 1]);
            let mut d = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + changed);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                d = d.min(rows[i - 2][j - 2] + 1);
            }
            row.push(d);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let mut sources = Sources::new();
        let id = sources.add("a.asm", None, "mov\n  é x\n".to_owned());
        let at = sources.position(Span::new(id, 9, 10));
        assert_eq!(at, Position { file: "a.asm", line: 2, column: 5 });
        assert_eq!(sources.get(id).map(|s| s.line(2)), Some("  é x"));
    }

    #[test]
    fn the_nearest_name_is_suggested_only_when_it_is_near() {
        assert_eq!(nearest("mvo", ["add", "mov", "movzx"]), Some("mov"));
        assert_eq!(nearest("frobnicate", ["add", "mov"]), None);
    }
}
