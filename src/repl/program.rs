//! The program of a session: all its entries, assembled as one text.
//!
//! **The problem.** An entry may use every label, macro and definition of those before it, and
//! what was assembled before must stay where it is, since it is in memory and may be running data
//! by now.
//!
//! **The idea.** The whole text is assembled for each entry. What stands before the entry cannot
//! depend on it, for a program whose symbols are all defined needs nothing that comes later; so
//! its bytes come out the same, and only those behind them are new. Where that does not hold (a
//! return to an earlier section moves the later ones), the entry is refused.
//!
//! Knows nothing of machines.

use crate::applet::files::Files;
use crate::asm::{DefaultOrigin, Options};
use crate::diagnostic::{Diagnostic, FileId, Severity, Sources, Span};
use crate::driver;
use crate::image::{Image, Mode, Symbol};
use iced_x86::{Decoder, DecoderOptions, Mnemonic};
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What messages call the entries before.
const EARLIER: &str = "<session>";

/// The entries so far.
#[derive(Debug, Default)]
pub(super) struct Program {
    /// Their text, each entry ending in a line end.
    pub(super) text: String,
    /// What they make.
    pub(super) image: Image,
}

/// A mistake, with the texts it is in.
#[derive(Debug)]
pub struct Mistake {
    /// The texts.
    pub sources: Sources,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// Where an entry was read: for messages.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// What messages call the text.
    pub name: String,
    /// The line that the entry's first line has there, from 1; whoever reads the lines sets it.
    pub line: Rc<Cell<usize>>,
}

/// The files that a session may read.
#[derive(Debug)]
pub(super) struct Reach {
    files: Files,
    path: PathBuf,
}

impl Reach {
    /// Those beside the text at `path` and below.
    pub(super) fn beside(path: &Path) -> Self {
        Self { files: Files::beside(path), path: path.to_path_buf() }
    }
}

/// What a new entry adds.
#[derive(Debug)]
pub(super) struct Addition {
    /// The program with it.
    pub(super) program: Program,
    /// What may not be as meant in it.
    pub(super) warnings: Option<Mistake>,
    /// Offset of its first byte in the image.
    pub(super) from: usize,
    /// Its first instruction, if it is to be run.
    pub(super) start: Option<u64>,
    /// Whether it is a routine: something to be called.
    pub(super) is_routine: bool,
}

impl Addition {
    /// Its bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        self.program.image.bytes.get(self.from..).unwrap_or(&[])
    }

    /// Address of its first byte.
    pub(super) fn address(&self) -> u64 {
        self.program.image.origin.wrapping_add(self.from as u64)
    }
}

impl Program {
    /// No entries; code of this mode from `origin` on.
    pub(super) fn new(mode: Mode, origin: u64) -> Self {
        let bits = u8::try_from(mode.bits()).unwrap_or(16);
        Self { text: format!("bits {bits}\n"), image: Image { origin, bits, ..Image::default() } }
    }

    /// Where the next byte goes.
    pub(super) fn end(&self) -> u64 {
        self.image.origin.wrapping_add(self.image.bytes.len() as u64)
    }

    /// The program with `entry` behind it. Messages leave out the first `skip` bytes of it.
    ///
    /// # Errors
    /// The entry has mistakes.
    pub(super) fn with(
        &self,
        entry: &str,
        skip: usize,
        place: &Origin,
        reach: &Reach,
    ) -> Result<Addition, Mistake> {
        let offset = self.text.len() + skip;
        let text = format!("{}{entry}\n", self.text);
        let mut sources = Sources::new();
        let main = sources.add(EARLIER, Some(&reach.path), text);
        let origin = if self.image.bytes.is_empty() { None } else { Some(self.image.origin) };
        let options = Options {
            default_origin: DefaultOrigin::At(origin.unwrap_or(self.image.origin)),
            debug_info: true,
            ..Options::default()
        };
        let shift = Shift { main, offset, entry: entry.get(skip..).unwrap_or(entry), place };
        let result = driver::assemble(&mut sources, main, &reach.files, &options);
        let assembled = match result {
            Ok(assembled) => assembled,
            Err(diagnostics) => return Err(shift.mistake(sources, diagnostics)),
        };
        if let Some(diagnostic) = self.moved(&assembled.image, main, offset) {
            return Err(shift.mistake(sources, vec![diagnostic]));
        }
        let from = self.image.bytes.len();
        let (start, is_routine) = purpose(&assembled.image, from);
        let text = sources.get(main).map_or(String::new(), |s| s.text.clone());
        let mut warnings = assembled.warnings;
        warnings.retain(|w| w.span.file != main || w.span.start as usize >= offset);
        let warnings = (!warnings.is_empty()).then(|| shift.mistake(sources, warnings));
        let program = Self { text, image: assembled.image };
        Ok(Addition { program, warnings, from, start, is_routine })
    }

    /// A complaint if something of this program is elsewhere or other in `image`.
    fn moved(&self, image: &Image, main: FileId, offset: usize) -> Option<Diagnostic> {
        let old = &self.image;
        let same_bytes = image.bytes.get(..old.bytes.len()) == Some(&old.bytes)
            && (old.bytes.is_empty() || image.origin == old.origin);
        let moved = old.symbols.iter().zip(&image.symbols).find(|(a, b)| a.value != b.value);
        if same_bytes && moved.is_none() {
            return None;
        }
        let what = moved.map_or("what is there".to_owned(), |(s, _)| format!("`{}`", s.name));
        let start = u32::try_from(offset).unwrap_or(u32::MAX);
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX).max(start);
        let span = Span::new(main, start, end);
        let help = "in a session things stay where they are: go on in the section you are in, and \
                    reserve space in place (`buffer: resb 64`)";
        Some(Diagnostic::error(span, format!("this would move {what}")).help(help))
    }

    /// The place of a fault or warning as the user sees it, for an entry that was added.
    pub(super) fn locate(&self, diagnostic: Diagnostic, entry: &str, place: &Origin) -> Mistake {
        let mut sources = Sources::new();
        let main = sources.add(EARLIER, None, self.text.clone());
        let offset = self.text.len().saturating_sub(entry.len() + 1);
        Shift { main, offset, entry, place }.mistake(sources, vec![diagnostic])
    }
}

/// From places in the whole text to places in the entry.
struct Shift<'a> {
    main: FileId,
    offset: usize,
    entry: &'a str,
    place: &'a Origin,
}

impl Shift<'_> {
    fn mistake(&self, mut sources: Sources, diagnostics: Vec<Diagnostic>) -> Mistake {
        // Empty lines before it give the entry's lines their numbers.
        let lines = self.place.line.get().saturating_sub(1);
        let text = format!("{}{}", "\n".repeat(lines), self.entry);
        let file = sources.add(self.place.name.as_str(), None, text);
        let moved = |span: Span| self.span(span, file, lines);
        let has_errors = diagnostics.iter().any(|d| d.severity == Severity::Error);
        let diagnostics = diagnostics
            .into_iter()
            .filter(|d| {
                let earlier = d.span.file == self.main && (d.span.start as usize) < self.offset;
                !(has_errors && earlier && d.severity == Severity::Warning)
            })
            .map(|mut d| {
                d.span = moved(d.span);
                for note in &mut d.notes {
                    note.span = moved(note.span);
                }
                d
            })
            .collect();
        Mistake { sources, diagnostics }
    }

    fn span(&self, span: Span, file: FileId, lines: usize) -> Span {
        let inside = |at: u32| {
            let at = (at as usize).checked_sub(self.offset)?;
            u32::try_from(at.min(self.entry.len()) + lines).ok()
        };
        match (span.file == self.main, inside(span.start), inside(span.end)) {
            (true, Some(start), Some(end)) => Span::new(file, start, end),
            _ => span,
        }
    }
}

/// Where the bytes from offset `from` on are to be run, and whether they are a routine.
///
/// Data is not run. Neither is what begins with a label and ends by returning: it is there to be
/// called.
fn purpose(image: &Image, from: usize) -> (Option<u64>, bool) {
    let new = image.lines.iter().filter(|line| line.offset as usize >= from);
    let mut code = new.filter(|line| line.is_code);
    let Some(first) = code.next() else { return (None, false) };
    let start = image.origin.wrapping_add(u64::from(first.offset));
    let begins_with_label = |s: &Symbol| s.is_label && s.value == first.address;
    let is_labelled = image.symbols.iter().any(begins_with_label);
    let last = image.lines.last().filter(|line| line.offset as usize >= from);
    if is_labelled && last.is_some_and(|line| line.is_code && returns(image, line)) {
        return (None, true);
    }
    (Some(start), false)
}

/// Whether the last instruction of a line is a return.
fn returns(image: &Image, line: &crate::image::Line) -> bool {
    let start = line.offset as usize;
    let bytes = image.bytes.get(start..start + line.length as usize).unwrap_or(&[]);
    let decoder = Decoder::try_new(u32::from(line.bits), bytes, DecoderOptions::NONE);
    let last = decoder.ok().and_then(|mut d| d.iter().last());
    last.is_some_and(|instruction| {
        matches!(
            instruction.mnemonic(),
            Mnemonic::Ret | Mnemonic::Retf | Mnemonic::Iret | Mnemonic::Iretd | Mnemonic::Iretq
        )
    })
}
