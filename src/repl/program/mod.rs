//! The program of a session: all its entries, as if they were one text.
//!
//! **The problem.** An entry may use every label, macro and definition of those before it, and what
//! was assembled before must stay where it is, since it is in memory and may be running data by
//! now. A session may have ten thousand entries, and each is to be answered at once.
//!
//! **The idea.** What stands before an entry cannot depend on it, for a program whose symbols are
//! all defined needs nothing that comes later. So an entry is assembled behind a `outline` of the
//! program: what can matter to it as it was written, as many zeros in the place of the rest. Where
//! the answer is not certain to be the same as behind the whole text, and where it is a mistake,
//! the whole text is assembled; what would move something then (a return to an earlier section) is
//! refused. What an entry adds is kept as a `Piece`, and the program is the sum of its pieces.

mod files;
mod messages;
mod outline;
#[cfg(test)]
mod tests;

use crate::asm::{self, DefaultOrigin, Macro, Options};
use crate::diagnostic::{Diagnostic, FileId, Sources, Span};
use crate::image::{Bits, Image, Line, Mode, Symbol};
use iced_x86::{Decoder, DecoderOptions, Mnemonic};
use std::collections::HashMap;
use std::rc::Rc;

pub(super) use files::SessionFiles;
use messages::Shift;
pub use messages::{Messages, Origin};

/// What messages call the entries before.
const EARLIER: &str = "<session>";

/// The end of the addresses that real mode's segments reach without more ado.
const REAL_END: u64 = 0x1_0000;

/// The entries so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SessionProgram {
    /// Their text, each entry ending in a line end.
    text: String,
    /// What they make.
    pub(super) image: Image,
    /// The macros that there are behind them.
    pub(super) macros: Rc<[Macro]>,
    /// Where in the image's symbols a name stands.
    names: HashMap<String, usize>,
    outline: outline::Outline,
}

/// What an entry is part of the program as.
#[derive(Debug, PartialEq)]
pub(super) struct Piece {
    /// The entry.
    pub(super) text: Rc<str>,
    /// Origin and first width of the program with it.
    origin: u64,
    bits: Bits,
    /// Offset of its first byte in the image.
    from: usize,
    pub(super) bytes: Vec<u8>,
    lines: Vec<Line>,
    symbols: Vec<Symbol>,
    macros: Rc<[Macro]>,
    sort: outline::Sort,
}

/// What a new entry adds.
#[derive(Debug)]
pub(super) struct Addition {
    pub(super) piece: Rc<Piece>,
    /// What may not be as meant in it.
    pub(super) warnings: Option<Messages>,
    /// Its first instruction, if it is to be run.
    pub(super) start: Option<u64>,
    /// Whether it is a routine: something to be called.
    pub(super) is_routine: bool,
}

impl Piece {
    /// Address of its first byte.
    pub(super) fn address(&self) -> u64 {
        self.origin.wrapping_add(self.from as u64)
    }
}

/// A text before an entry, with the entry: what is assembled.
struct Draft {
    sources: Sources,
    main: FileId,
    /// Where the first entry begins, and where the new one does.
    first: usize,
    offset: usize,
}

impl SessionProgram {
    /// No entries; code of this mode from `origin` on, in a machine with so much memory.
    ///
    /// Space that is only reserved (`section .bss`) lies behind the code of a program that is whole.
    /// This one grows, so that space is at a place of its own: in the middle of what is free.
    pub(super) fn new(mode: Mode, origin: u64, memory: u64) -> Self {
        let bits = mode.bits();
        let image = Image { origin, bits, ..Image::default() };
        let end = if mode == Mode::Real { memory.min(REAL_END) } else { memory };
        let space = (origin.saturating_add(end) / 2) & !0xFFF;
        let text = format!("bits {bits}\nsection .bss nobits start={space:#x}\nsection .text\n");
        let outline = outline::Outline::new(&text);
        Self { text, image, outline, ..Self::default() }
    }

    /// Where the next byte goes.
    pub(super) fn end(&self) -> u64 {
        self.image.origin.wrapping_add(self.image.bytes.len() as u64)
    }

    /// The symbol of this name.
    pub(super) fn symbol(&self, name: &str) -> Option<&Symbol> {
        self.image.symbols.get(*self.names.get(name)?)
    }

    /// Puts an entry behind the others.
    pub(super) fn append(&mut self, piece: &Piece) {
        self.outline.note(piece, self.text.len(), &self.image);
        self.text.push_str(&piece.text);
        self.text.push('\n');
        (self.image.origin, self.image.bits) = (piece.origin, piece.bits);
        self.image.bytes.extend_from_slice(&piece.bytes);
        self.image.lines.extend_from_slice(&piece.lines);
        for symbol in &piece.symbols {
            self.names.insert(symbol.name.clone(), self.image.symbols.len());
            self.image.symbols.push(symbol.clone());
        }
        self.macros = Rc::clone(&piece.macros);
    }

    /// Takes the last entry away again, if that is simple; `before` is the one that then is last.
    pub(super) fn drop_last(&mut self, piece: &Piece, before: Option<&Piece>) -> bool {
        let Some(before) = before else { return false };
        let Some(text) = self.outline.drop_plain() else { return false };
        self.text.truncate(text);
        (self.image.origin, self.image.bits) = (before.origin, before.bits);
        self.image.bytes.truncate(piece.from);
        self.image.lines.truncate(self.image.lines.len().saturating_sub(piece.lines.len()));
        let symbols = self.image.symbols.len().saturating_sub(piece.symbols.len());
        for symbol in self.image.symbols.drain(symbols..) {
            self.names.remove(&symbol.name);
        }
        self.macros = Rc::clone(&before.macros);
        true
    }

    /// What `entry` would add. Messages leave out the first `skip` bytes of it.
    ///
    /// # Errors
    /// The entry has mistakes.
    pub(super) fn with(
        &self,
        entry: &str,
        skip: usize,
        place: &Origin,
        files: &SessionFiles,
    ) -> Result<Addition, Messages> {
        match self.quick(entry, skip, place, files) {
            Some(addition) => Ok(addition),
            None => self.whole(entry, skip, place, files),
        }
    }

    /// What `entry` would add, told from all that is before it.
    fn whole(
        &self,
        entry: &str,
        skip: usize,
        place: &Origin,
        files: &SessionFiles,
    ) -> Result<Addition, Messages> {
        let (draft, result) = self.assemble(&self.text, entry, files);
        let shift = draft.shift(entry, skip, place);
        let assembly = match result {
            Ok(assembly) => assembly,
            Err(diagnostics) => return Err(shift.mistake(draft.sources, diagnostics)),
        };
        if let Some(diagnostic) = self.moved(&assembly.image, &draft) {
            return Err(shift.mistake(draft.sources, vec![diagnostic]));
        }
        let symbols = assembly.image.symbols.get(self.image.symbols.len()..).unwrap_or(&[]);
        let symbols = symbols.to_vec();
        Ok(self.addition(entry, &shift, draft, assembly, symbols))
    }

    /// What `entry` would add, if that can be told from the outline.
    pub(super) fn quick(
        &self,
        entry: &str,
        skip: usize,
        place: &Origin,
        files: &SessionFiles,
    ) -> Option<Addition> {
        let before = self.outline.before(entry, self)?;
        let (draft, result) = self.assemble(&before, entry, files);
        let mut assembly = result.ok()?;
        // What points to the text before is to be told of that as it was written.
        let is_old = |span: Span| span.file == draft.main && (span.start as usize) < draft.offset;
        if assembly.warnings.iter().flat_map(|w| &w.notes).any(|note| is_old(note.span)) {
            return None;
        }
        let symbols = self.confirmed(&mut assembly.image, &draft)?;
        let shift = draft.shift(entry, skip, place);
        Some(self.addition(entry, &shift, draft, assembly, symbols))
    }

    fn assemble(
        &self,
        before: &str,
        entry: &str,
        files: &SessionFiles,
    ) -> (Draft, Result<asm::Assembly, Vec<Diagnostic>>) {
        let mut sources = Sources::new();
        let main = sources.add(EARLIER, Some(files.path()), format!("{before}{entry}\n"));
        let default_origin = DefaultOrigin::At(self.image.origin);
        let options = Options { default_origin, debug_info: true, ..Options::default() };
        let result = asm::assemble(&mut sources, main, files, &options);
        let first = self.outline.head();
        (Draft { sources, main, first, offset: before.len() }, result)
    }

    /// The new symbols of an image that was assembled behind the outline, and its places as they
    /// are in the whole text; none if something is not as it is behind that.
    fn confirmed(&self, image: &mut Image, draft: &Draft) -> Option<Vec<Symbol>> {
        let is_own = |span: Span| span.file == draft.main && span.start as usize >= draft.offset;
        let is_old = |span: Span| span.file == draft.main && (span.start as usize) < draft.offset;
        let length = self.image.bytes.len();
        let is_placed = image.lines.iter().all(|line| {
            let is_behind = line.offset as usize >= length;
            if is_behind { !is_old(line.span) } else { !is_own(line.span) }
        });
        let has_moved = length > 0 && image.origin != self.image.origin;
        if has_moved || !is_placed || !self.outline.agrees(&image.bytes, &self.image.bytes) {
            return None;
        }
        let offset = u32::try_from(draft.offset).ok()?;
        let length = u32::try_from(self.text.len()).ok()?;
        let place = |at: u32| length.saturating_add(at.saturating_sub(offset));
        let shifted = |span: Span| match is_own(span) {
            true => Span::new(span.file, place(span.start), place(span.end)),
            false => span,
        };
        let mut new = Vec::new();
        for symbol in &image.symbols {
            match self.symbol(&symbol.name) {
                Some(old) if old.value != symbol.value || is_own(symbol.span) => return None,
                Some(_) => {}
                None if is_old(symbol.span) => return None,
                None => new.push(Symbol { span: shifted(symbol.span), ..symbol.clone() }),
            }
        }
        image.lines.iter_mut().for_each(|line| line.span = shifted(line.span));
        Some(new)
    }

    fn addition(
        &self,
        entry: &str,
        shift: &Shift<'_>,
        draft: Draft,
        assembly: asm::Assembly,
        symbols: Vec<Symbol>,
    ) -> Addition {
        let asm::Assembly { image, mut warnings, macros, .. } = assembly;
        let from = self.image.bytes.len();
        let first = image.lines.partition_point(|line| (line.offset as usize) < from);
        let mut piece = Piece {
            text: Rc::from(entry),
            origin: image.origin,
            bits: image.bits,
            from,
            bytes: image.bytes.get(from..).unwrap_or(&[]).to_vec(),
            lines: image.lines.get(first..).unwrap_or(&[]).to_vec(),
            symbols,
            macros: if *macros == *self.macros { self.macros.clone() } else { macros.into() },
            sort: outline::Sort::Plain,
        };
        piece.sort = outline::sort(&piece, &self.macros, &draft.sources);
        let (start, is_routine) = self.purpose(&piece);
        warnings.retain(|w| w.span.file != draft.main || w.span.start as usize >= draft.offset);
        let warnings = (!warnings.is_empty()).then(|| shift.mistake(draft.sources, warnings));
        Addition { piece: Rc::new(piece), warnings, start, is_routine }
    }

    /// A complaint if something of this program is elsewhere or other in `image`.
    fn moved(&self, image: &Image, draft: &Draft) -> Option<Diagnostic> {
        let old = &self.image;
        let same_bytes = image.bytes.get(..old.bytes.len()) == Some(&old.bytes)
            && (old.bytes.is_empty() || image.origin == old.origin);
        let moved = old.symbols.iter().zip(&image.symbols).find(|(a, b)| a.value != b.value);
        if same_bytes && moved.is_none() {
            return None;
        }
        let what = moved.map_or("what is there".to_owned(), |(s, _)| format!("`{}`", s.name));
        let start = u32::try_from(draft.offset).unwrap_or(u32::MAX);
        let span = Span::new(draft.main, start, start);
        let help = "in a session things stay where they are: go on in the section you are in, and \
                    reserve space in place (`buffer: resb 64`)";
        Some(Diagnostic::error(span, format!("this would move {what}")).help(help))
    }

    /// Where a new piece is to be run, and whether it is a routine.
    ///
    /// Data is not run. Neither is what begins with a label and ends by returning: it is there to
    /// be called.
    fn purpose(&self, piece: &Piece) -> (Option<u64>, bool) {
        let Some(first) = piece.lines.iter().find(|line| line.is_code) else {
            return (None, false);
        };
        let start = piece.origin.wrapping_add(u64::from(first.offset));
        let mut symbols = piece.symbols.iter().chain(self.image.symbols.iter().rev());
        let is_labelled = symbols.any(|s| s.is_label && s.value == first.address);
        let last = piece.lines.last();
        if is_labelled && last.is_some_and(|line| line.is_code && returns(piece, line)) {
            return (None, true);
        }
        (Some(start), false)
    }

    /// The place of a fault or warning as the user sees it, for the entry that is last.
    pub(super) fn locate(
        &self,
        mut diagnostic: Diagnostic,
        entry: &str,
        place: &Origin,
    ) -> Messages {
        let mut sources = Sources::new();
        let main = sources.add(EARLIER, None, self.text.clone());
        let offset = self.text.len().saturating_sub(entry.len() + 1);
        if diagnostic.span.file != main {
            // In a file that was included. That it was is said by where the call came from.
            diagnostic.span = Span::NOWHERE;
        }
        let first = self.outline.head();
        Shift { main, first, offset, entry, place }.mistake(sources, vec![diagnostic])
    }
}

impl Draft {
    fn shift<'a>(&self, entry: &'a str, skip: usize, place: &'a Origin) -> Shift<'a> {
        let entry = entry.get(skip..).unwrap_or(entry);
        Shift { main: self.main, first: self.first, offset: self.offset + skip, entry, place }
    }
}

/// Whether the last instruction of a line is a return.
fn returns(piece: &Piece, line: &Line) -> bool {
    let start = (line.offset as usize).saturating_sub(piece.from);
    let bytes = piece.bytes.get(start..start + line.length as usize).unwrap_or(&[]);
    let decoder = Decoder::try_new(u32::from(line.bits), bytes, DecoderOptions::NONE);
    let last = decoder.ok().and_then(|mut d| d.iter().last());
    last.is_some_and(|instruction| {
        matches!(
            instruction.mnemonic(),
            Mnemonic::Ret | Mnemonic::Retf | Mnemonic::Iret | Mnemonic::Iretd | Mnemonic::Iretq
        )
    })
}
