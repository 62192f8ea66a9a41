//! What of a program can matter to a new entry, as a text that is quickly assembled.
//!
//! An entry is plain if all that it defines is labels in place: it is instructions and data. Of the
//! plain entries there remain as many zeros as they have bytes, with those labels among them that
//! are named elsewhere. All other entries remain as they were written, at their places.
//!
//! It need not be right in all cases: who uses it checks what came of it, and asks the whole text
//! where this one misleads.

use super::{Piece, SessionProgram};
use crate::asm::Macro;
use crate::asm::syntax::word;
use crate::diagnostic::{FileId, Sources};
use crate::image::Image;
use crate::repl::entry;
use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;
use std::ops::Range;

/// Words that put data in place.
const DATA: [&str; 10] = ["db", "dw", "dd", "dq", "dt", "do", "dy", "dz", "times", "incbin"];

/// Words that reserve space.
const SPACE: [&str; 8] = ["resb", "resw", "resd", "resq", "rest", "reso", "resy", "resz"];

/// Prefixes that stand before mnemonics.
const PREFIXES: [&str; 10] =
    ["lock", "rep", "repe", "repz", "repne", "repnz", "xacquire", "xrelease", "bnd", "wait"];

/// What a outline can do with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// All that it defines is labels in place.
    Plain,
    /// It must remain.
    Kept,
    /// There is no outline with it.
    Scattering,
}

/// What is known of each entry.
#[derive(Clone, Debug, PartialEq)]
struct Part {
    /// Where it is in the program's text.
    text: Range<usize>,
    /// Where its bytes are in the image.
    bytes: Range<usize>,
    /// The number of its first symbol.
    symbols: usize,
    /// The label that local labels before it belong to.
    base: Option<usize>,
    is_plain: bool,
}

/// What is known of all entries.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outline {
    /// The length of what stands before the first entry.
    head: usize,
    parts: Vec<Part>,
    /// The numbers of those that are not plain.
    kept: Vec<usize>,
    /// The words in them.
    words: HashSet<String>,
    /// Symbols that they need although they do not name them.
    needed: BTreeSet<usize>,
    /// The last label that local labels belong to.
    base: Option<usize>,
    is_scattered: bool,
}

impl Outline {
    /// Of no entries behind this text.
    pub(super) fn new(head: &str) -> Self {
        Self { head: head.len(), ..Self::default() }
    }

    /// The length of what stands before the first entry.
    pub(super) const fn head(&self) -> usize {
        self.head
    }

    /// Takes note of an entry that is put behind the others, which are `text` bytes of text and
    /// this image.
    pub(super) fn note(&mut self, piece: &Piece, text: usize, image: &Image) {
        let symbols = image.symbols.len();
        let bytes = piece.from..piece.from + piece.bytes.len();
        let end = text + piece.text.len() + 1;
        let is_plain = piece.sort == Sort::Plain;
        self.is_scattered |= piece.sort == Sort::Scattering;
        if !is_plain {
            self.kept.push(self.parts.len());
            self.words.extend(words(&piece.text).map(str::to_owned));
            self.needed.extend(self.base);
        }
        self.parts.push(Part { text: text..end, bytes, symbols, base: self.base, is_plain });
        let is_base = |name: &str| !name.starts_with('.') && !name.contains('.');
        let base = piece.symbols.iter().rposition(|s| s.is_label && is_base(&s.name));
        self.base = base.map(|at| symbols + at).or(self.base);
    }

    /// Forgets the last entry, if it is plain; gives where its text began.
    pub(super) fn drop_plain(&mut self) -> Option<usize> {
        let part = self.parts.pop_if(|part| part.is_plain)?;
        self.base = part.base;
        Some(part.text.start)
    }

    /// The text to assemble `entry` behind. None if it would be no shorter than the whole, or is
    /// known to mislead.
    pub(super) fn before(&self, entry: &str, program: &SessionProgram) -> Option<String> {
        if self.is_scattered {
            return None;
        }
        let head = program.text.get(..self.head)?;
        let mut draft = Draft { text: head.to_owned(), at: 0 };
        let mut kept = self.kept.iter().copied().peekable();
        for (part, symbol) in self.labels(entry, program)? {
            while let Some(number) = kept.next_if(|number| *number < part) {
                self.keep(number, program, &mut draft)?;
            }
            let symbol = program.image.symbols.get(symbol)?;
            let offset = symbol.value.checked_sub(program.image.origin)?;
            draft.pad(usize::try_from(offset).ok()?)?;
            let name = symbol.name.find('.').and_then(|at| symbol.name.get(at..));
            let _ = writeln!(draft.text, "{}:", name.unwrap_or(&symbol.name));
        }
        for number in kept {
            self.keep(number, program, &mut draft)?;
        }
        draft.pad(program.image.bytes.len())?;
        Some(draft.text)
    }

    /// Copies an entry that is not plain to its place.
    fn keep(&self, number: usize, program: &SessionProgram, draft: &mut Draft) -> Option<()> {
        let part = self.parts.get(number)?;
        draft.pad(part.bytes.start)?;
        draft.text.push_str(program.text.get(part.text.clone())?);
        draft.at = part.bytes.end;
        Some(())
    }

    /// The labels of plain entries that the outline must have, each with the number of its entry,
    /// in the order of their places.
    fn labels(&self, entry: &str, program: &SessionProgram) -> Option<Vec<(usize, usize)>> {
        let mut found = self.needed.clone();
        found.extend(self.base);
        let names = words(entry).chain(self.words.iter().map(String::as_str));
        for name in names {
            found.extend(program.names.get(name));
            if let (true, Some(base)) = (name.starts_with('.'), self.base) {
                let base = &program.image.symbols.get(base)?.name;
                found.extend(program.names.get(&format!("{base}{name}")));
            }
        }
        let mut labels = Vec::new();
        let mut open: Vec<usize> = found.into_iter().collect();
        let mut seen: HashSet<usize> = open.iter().copied().collect();
        while let Some(number) = open.pop() {
            let part = self.parts.partition_point(|part| part.symbols <= number).checked_sub(1)?;
            if !self.parts.get(part)?.is_plain {
                continue;
            }
            let symbol = program.image.symbols.get(number)?;
            let base = symbol.name.split_once('.').map(|(base, _)| base);
            if let Some(base) = base {
                let base = *program.names.get(base)?;
                open.extend(seen.insert(base).then_some(base));
            }
            labels.push((part, symbol.value, base.is_some(), number));
        }
        labels.sort_unstable();
        Some(labels.into_iter().map(|(part, _, _, number)| (part, number)).collect())
    }

    /// Whether bytes that were assembled behind the outline have what was kept as it is.
    pub(super) fn agrees(&self, new: &[u8], old: &[u8]) -> bool {
        let same = |range: Range<usize>| new.get(range.clone()) == old.get(range);
        let parts = self.kept.iter().filter_map(|number| self.parts.get(*number));
        new.len() >= old.len() && parts.map(|part| part.bytes.clone()).all(same)
    }
}

/// A outline that is being written.
struct Draft {
    text: String,
    /// How many bytes it makes.
    at: usize,
}

impl Draft {
    /// Zeros up to this offset; none if there is more already.
    fn pad(&mut self, to: usize) -> Option<()> {
        let gap = to.checked_sub(self.at)?;
        if gap > 0 {
            let _ = writeln!(self.text, "times {gap} db 0");
        }
        self.at = to;
        Some(())
    }
}

/// The words of a text, those of its comments too.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_ascii() && !u8::try_from(c).is_ok_and(entry::is_name_byte))
        .map(|word| word.strip_prefix('$').unwrap_or(word))
        .filter(|word| word.starts_with(|c: char| !c.is_ascii_digit()))
}

/// What a outline can do with an entry; `macros` are those before it, `sources` what it was
/// assembled from.
pub(super) fn sort(piece: &Piece, macros: &[Macro], sources: &Sources) -> Sort {
    // Without bytes it may be in space that is only reserved.
    if !piece.bytes.is_empty() && is_plain(&piece.text, macros) && is_in_place(piece) {
        return Sort::Plain;
    }
    let included = (1..).map_while(|number| Some(sources.get(FileId(number))?.text.as_str()));
    // Code in a section that has no contents is not looked at before it is whole.
    let may_lack_bytes = piece.bytes.is_empty() || words(&piece.text).any(|word| word == ".bss");
    let is_lost = may_lack_bytes && piece.text.lines().any(has_contents);
    let mut texts = std::iter::once(&*piece.text).chain(included);
    if is_lost || texts.any(scatters) { Sort::Scattering } else { Sort::Kept }
}

/// Whether bytes behind this text may not follow those before it.
fn scatters(text: &str) -> bool {
    let is = |word: &str, others: &[&str]| others.iter().any(|o| o.eq_ignore_ascii_case(word));
    let mut words = words(text);
    while let Some(word) = words.next() {
        let is_section = is(word, &["section", "segment"]);
        if is(word, &["absolute"])
            || is_section && !words.next().is_some_and(|name| is(name, &[".text", ".bss"]))
        {
            return true;
        }
    }
    false
}

/// Whether an entry is instructions and data, with labels.
fn is_plain(text: &str, macros: &[Macro]) -> bool {
    let is_macro =
        |word| macros.iter().any(|m| m.is_statement && m.name.eq_ignore_ascii_case(word));
    !words(text).any(is_macro) && text.lines().all(is_plain_line)
}

fn is_plain_line(line: &str) -> bool {
    let line = entry::without_comment(line).trim();
    if line.contains('%') || line.ends_with('\\') {
        return false;
    }
    let Some(statement) = behind_labels(line) else { return false };
    statement.is_empty() || makes_bytes(statement) || reserves(statement)
}

/// Whether a line makes bytes.
fn has_contents(line: &str) -> bool {
    behind_labels(entry::without_comment(line).trim()).is_some_and(makes_bytes)
}

/// The statement behind labels; none if one of them has a base.
fn behind_labels(line: &str) -> Option<&str> {
    let mut rest = line;
    while let Some((label, behind)) = rest.split_once(':')
        && label.trim_end().bytes().all(entry::is_name_byte)
    {
        if has_base(label) {
            return None;
        }
        rest = behind.trim_start();
    }
    Some(rest)
}

/// Whether a statement is an instruction or data, with a label before it or without.
fn makes_bytes(statement: &str) -> bool {
    let lower = statement.to_ascii_lowercase();
    let mut words = lower.split_whitespace().skip_while(|word| PREFIXES.contains(word));
    let Some(first) = words.next() else { return !lower.is_empty() };
    let is_data = |word: &str| DATA.contains(&word);
    word::mnemonic(first).is_some()
        || is_data(first)
        || words.next().is_some_and(is_data) && !has_base(first)
}

/// Whether a statement reserves space, with a label before it or without.
fn reserves(statement: &str) -> bool {
    let lower = statement.to_ascii_lowercase();
    let mut words = lower.split_whitespace();
    let first = words.next().unwrap_or_default();
    let is_space = |word: &str| SPACE.contains(&word);
    is_space(first) || words.next().is_some_and(is_space) && !has_base(first)
}

/// Whether a local label is written in full: the next one is then local to it.
fn has_base(label: &str) -> bool {
    label.get(1..).is_some_and(|rest| rest.contains('.'))
}

/// Whether its bytes follow one another where the image is loaded, and its symbols are labels
/// among them.
fn is_in_place(piece: &Piece) -> bool {
    let range = piece.address()..=piece.address().wrapping_add(piece.bytes.len() as u64);
    let at = |offset: u32| piece.origin.wrapping_add(offset.into());
    piece.lines.iter().all(|line| line.address == at(line.offset))
        && piece.symbols.iter().all(|symbol| symbol.is_label && range.contains(&symbol.value))
}
