//! A source with the files that it names put in their place.
//!
//! Works line by line on the text, so that what a person wrote stays as it is. `%include` becomes
//! the lines of the file, `incbin` becomes `db` with the bytes that the assembler made of it. Names
//! that stand in quotes are seen, and only those; whether the result is the same program is for the
//! caller to check.

use crate::applet::block;
use crate::applet::files::{Files, Text};
use crate::applet::line::LIMIT;
use crate::asm::lexer::{self, filter::Filter};
use crate::asm::token::{Punctuation, Token, TokenKind};
use crate::diagnostic::{FileId, Sources};
use crate::image::Image;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

/// How files are put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Files of `stdlib/` without their comments, and one that guards itself against being read
    /// twice only once.
    Brief,
    /// As they are, and every line keeps its number, for a program that asks for it.
    Whole,
}

/// Files within files at most; a file that includes itself would not come to an end.
const DEPTH: usize = 32;

/// Bytes of a file in one line.
const ROW: usize = 16;

/// The text `main` with what it names put in.
pub(super) fn expand(
    sources: &Sources,
    main: FileId,
    files: &Files,
    image: &Image,
    style: Style,
    keep_stdlib: bool,
) -> Result<String, String> {
    let Some(source) = sources.get(main) else { return Ok(String::new()) };
    let mut inliner = Inliner {
        sources,
        files,
        image,
        style,
        keep_stdlib,
        guarded: Vec::new(),
        depth: 0,
        out: String::new(),
    };
    inliner.set_line(1, &source.name);
    inliner.text(&source.text, &source.name, main, source.path.as_deref())?;
    Ok(inliner.out)
}

struct Inliner<'a> {
    sources: &'a Sources,
    files: &'a Files,
    image: &'a Image,
    style: Style,
    keep_stdlib: bool,
    /// Files that are in the text already and need not be there again.
    guarded: Vec<String>,
    depth: usize,
    out: String,
}

impl Inliner<'_> {
    /// The lines of `text`, which the assembler knows as `id`.
    fn text(
        &mut self,
        text: &str,
        name: &str,
        id: FileId,
        path: Option<&Path>,
    ) -> Result<(), String> {
        let (mut at, mut number, filter, mut tokens) = (0, 1, Filter::EMPTY, Vec::new());
        let mut joined = false;
        while at < text.len() {
            tokens.clear();
            let next = lexer::line(text, id, at, &filter, &mut tokens).next;
            let Some(line) = text.get(at..next).filter(|line| !line.is_empty()) else { break };
            let ends = line.matches('\n').count();
            if let Some(file) = self.included(line, at, &tokens, path) {
                self.include(&file)?;
                self.set_line(number + ends, name);
            } else if let Some(incbin) = incbin(text, &tokens) {
                self.incbin(line, at, id, &incbin)?;
                self.set_line(number + ends, name);
            } else if self.depth == 0 || self.is_whole(name) || joined {
                self.out.push_str(line);
                if block::is_closing(line) {
                    self.set_line(number + ends, name);
                }
            } else if let Some(last) = tokens.last() {
                let end = (last.span.end as usize).saturating_sub(at);
                self.out.extend([line.get(..end).unwrap_or(line), "\n"]);
            }
            joined = line.trim_end_matches(['\n', '\r']).ends_with('\\');
            if self.out.len() > LIMIT {
                return Err(format!("it would be larger than {} MiB", LIMIT >> 20));
            }
            at = next;
            number += ends;
        }
        Ok(())
    }

    /// Whether the comments of this file stay.
    fn is_whole(&self, name: &str) -> bool {
        self.style == Style::Whole || !name.starts_with("stdlib/")
    }

    /// What the next line is called, if it matters.
    fn set_line(&mut self, number: usize, name: &str) {
        if self.style == Style::Whole {
            self.end_line();
            // nasm adds the step before it reads the next line.
            let _ = writeln!(self.out, "%line {}+1 {name}", number - 1);
        }
    }

    fn end_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    /// The file that a line includes, if it names one that was read.
    fn included(
        &self,
        line: &str,
        at: usize,
        tokens: &[Token],
        path: Option<&Path>,
    ) -> Option<Text> {
        let [directive, name] = tokens else { return None };
        let text = |token: &Token| {
            line.get(
                (token.span.start as usize).checked_sub(at)?
                    ..(token.span.end as usize).checked_sub(at)?,
            )
        };
        let is_include = directive.kind == TokenKind::Preprocessor
            && text(directive)?.eq_ignore_ascii_case("%include");
        if !is_include || name.kind != TokenKind::String {
            return None;
        }
        let name = String::from_utf8(lexer::string_bytes(text(name)?).into_owned()).ok()?;
        if self.keep_stdlib && name.starts_with("stdlib/") {
            return None;
        }
        let file = self.files.text(&name, path).ok()?;
        self.sources.find(&file.name).is_some().then_some(file)
    }

    fn include(&mut self, file: &Text) -> Result<(), String> {
        let shown = block::visible(&file.name);
        self.end_line();
        if self.guarded.contains(&file.name) {
            let _ = writeln!(self.out, "; {shown} is above.");
            return Ok(());
        }
        if self.depth >= DEPTH {
            return Err(format!("`{shown}` is included more than {DEPTH} files deep"));
        }
        if self.style == Style::Brief && is_guarded(&file.text) {
            self.guarded.push(file.name.clone());
        }
        let Some(id) = self.sources.find(&file.name) else { return Ok(()) };
        let _ = writeln!(self.out, "; from {shown}:");
        self.set_line(1, &file.name);
        self.depth += 1;
        let text = block::without_fences(&file.text);
        self.text(&text, &file.name, id, file.path.as_deref())?;
        self.depth -= 1;
        self.end_line();
        let _ = writeln!(self.out, "; end of {shown}.");
        Ok(())
    }

    /// A statement that takes in bytes, as the bytes that were made of it.
    fn incbin(&mut self, line: &str, at: usize, id: FileId, incbin: &Incbin) -> Result<(), String> {
        let mut bytes: Option<&[u8]> = None;
        let range = at..at + line.len();
        for made in &self.image.lines {
            if made.span.file != id || !range.contains(&(made.span.start as usize)) {
                continue;
            }
            let start = made.offset as usize;
            let these = self.image.bytes.get(start..start + made.length as usize);
            if bytes.is_some() && bytes != these {
                return Err("an `incbin` makes other bytes each time".to_owned());
            }
            bytes = these;
        }
        let column = |offset: usize| offset.saturating_sub(at);
        let before = line.get(..column(incbin.statement.start)).unwrap_or_default();
        let after = line.get(column(incbin.statement.end)..).unwrap_or_default();
        let shown =
            line.get(column(incbin.name.start)..column(incbin.name.end)).unwrap_or_default();
        let colon =
            if before.trim().is_empty() || before.trim_end().ends_with(':') { "" } else { ":" };
        let before = [before.trim_end(), colon].concat();
        let after = after.trim_end();
        let _ = writeln!(self.out, "{before} ; bytes of {}{after}", block::visible(shown));
        let bytes = bytes.unwrap_or_default();
        if self.out.len() + bytes.len() * 4 > LIMIT {
            return Err(format!(
                "with its files in it, it would be larger than {} MiB",
                LIMIT >> 20
            ));
        }
        data(&mut self.out, bytes);
        Ok(())
    }
}

/// Bytes as `db` rows: text where it is text.
fn data(out: &mut String, bytes: &[u8]) {
    let is_text = |b: &u8| matches!(b, b' '..=b'~') && *b != b'"';
    let mut rest = bytes;
    while !rest.is_empty() {
        let length = rest.iter().take(4 * ROW).take_while(|b| is_text(b)).count();
        let is_run = length >= 8;
        let row = if is_run { length } else { next_run(rest, is_text).min(ROW) };
        let Some((row, tail)) = rest.split_at_checked(row.max(1)) else { return };
        rest = tail;
        out.push_str("        db ");
        match std::str::from_utf8(row).ok().filter(|_| is_run) {
            Some(text) => {
                let _ = write!(out, "\"{text}\"");
            }
            None => {
                let cells: Vec<_> = row.iter().map(|byte| format!("0x{byte:02X}")).collect();
                out.push_str(&cells.join(","));
            }
        }
        out.push('\n');
    }
}

/// How many bytes come before the next 8 that are text.
fn next_run(bytes: &[u8], is_text: impl Fn(&u8) -> bool) -> usize {
    bytes.windows(8).position(|w| w.iter().all(&is_text)).unwrap_or(bytes.len())
}

/// Where an `incbin` stands in a text.
struct Incbin {
    /// With `times` before it, up to its end.
    statement: Range<usize>,
    /// The name of the file, in quotes.
    name: Range<usize>,
}

/// The `incbin` of a line.
fn incbin(text: &str, tokens: &[Token]) -> Option<Incbin> {
    let range = |token: &Token| token.span.start as usize..token.span.end as usize;
    let is_word = |token: &Token, word: &str| {
        token.kind == TokenKind::Identifier
            && text.get(range(token)).is_some_and(|t| t.eq_ignore_ascii_case(word))
    };
    let at = tokens.iter().position(|token| is_word(token, "incbin"))?;
    let name = tokens.get(at + 1).filter(|token| token.kind == TokenKind::String)?;
    let begin = tokens.iter().take(at).position(|token| is_word(token, "times")).unwrap_or(at);
    // Before it a label, and nothing else.
    let is_label = match tokens.get(..begin)? {
        [] => true,
        [label] => label.kind == TokenKind::Identifier,
        [label, colon] => {
            label.kind == TokenKind::Identifier
                && colon.kind == TokenKind::Punctuation(Punctuation::Colon)
        }
        _ => false,
    };
    let start = range(tokens.get(begin)?).start;
    is_label.then_some(Incbin { statement: start..range(tokens.last()?).end, name: range(name) })
}

/// Whether a file has `%ifndef X`, `%define X` at its beginning and `%endif` at its end.
fn is_guarded(text: &str) -> bool {
    let mut lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(';'));
    let mut name = |directive| {
        let rest = lines.next()?.strip_prefix(directive)?;
        rest.split_whitespace().next()
    };
    let (tested, defined) = (name("%ifndef "), name("%define "));
    let is_same = tested.is_some() && tested == defined;
    is_same && lines.next_back() == Some("%endif")
}
