//! A source with the files that it names put in their place.
//!
//! Works line by line, so that what a person wrote stays as it is. `%include` becomes the lines of
//! the file, `incbin` becomes `db` with the bytes that the assembler made of it. What is read and
//! where is for [`trace`] to find out; whether the result is the same program, for the caller.

use super::line::Incbin;
use super::trace::{self, Node, Piece, PieceKind, Trace};
use crate::applet::block;
use crate::applet::files::Files;
use crate::applet::line::LIMIT;
use crate::diagnostic::{FileId, Sources};
use std::fmt::Write as _;

/// How files are put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Files of `stdlib/` without their comments, and one that guards itself against being read
    /// twice only once.
    Brief,
    /// As they are, and every line keeps its number, for a program that asks for it.
    Whole,
}

/// Bytes of a file in one line.
const ROW: usize = 16;

/// Files within files at most.
const DEPTH: usize = 128;

/// The text `main` with what it names put in.
///
/// # Errors
/// Why that cannot be.
pub(super) fn expand(
    sources: &Sources,
    main: FileId,
    files: &Files,
    style: Style,
    keep_stdlib: bool,
) -> Result<String, String> {
    let trace = trace::trace(sources, main, files, keep_stdlib)?;
    let mut inliner =
        Inliner { trace: &trace, style, guarded: Vec::new(), depth: 0, out: String::new() };
    inliner.node(0)?;
    Ok(inliner.out)
}

struct Inliner<'a> {
    trace: &'a Trace,
    style: Style,
    /// Files that are in the text already and need not be there again.
    guarded: Vec<&'a str>,
    depth: usize,
    out: String,
}

impl<'a> Inliner<'a> {
    /// The lines of a text.
    fn node(&mut self, number: usize) -> Result<(), String> {
        let Some(node) = self.trace.node(number) else { return Ok(()) };
        self.set_line(1, &node.name);
        let is_whole = self.style == Style::Whole || !node.name.starts_with("stdlib/");
        let mut is_joined = false;
        for piece in &node.pieces {
            match &piece.kind {
                PieceKind::Include(occurrence) => {
                    self.include(*occurrence, piece)?;
                    self.set_line(piece.next, &node.name);
                }
                PieceKind::Incbin(incbin) => {
                    self.incbin(number, piece, incbin)?;
                    self.set_line(piece.next, &node.name);
                }
                PieceKind::Plain if is_whole || is_joined => {
                    self.out.push_str(&piece.text);
                    if piece.is_expanded || block::is_closing(&piece.text) {
                        self.set_line(piece.next, &node.name);
                    }
                }
                PieceKind::Plain if piece.code > 0 => {
                    let code = piece.text.get(..piece.code).unwrap_or(&piece.text);
                    self.out.extend([code, "\n"]);
                }
                PieceKind::Plain => {}
            }
            is_joined = piece.text.trim_end_matches(['\n', '\r']).ends_with('\\');
            if self.out.len() > LIMIT {
                return Err(format!("it would be larger than {} MiB", LIMIT >> 20));
            }
        }
        Ok(())
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

    fn include(&mut self, occurrence: usize, piece: &Piece) -> Result<(), String> {
        let found = self.trace.included(occurrence);
        let Some((number, node)) = found.and_then(|n| Some((n, self.trace.node(n)?))) else {
            // It is never come to: what a macro has made of it is of no use.
            if !piece.is_expanded {
                self.out.push_str(&piece.text);
            }
            return Ok(());
        };
        let shown = block::visible(&node.name);
        self.end_line();
        if self.guarded.contains(&node.name.as_str()) {
            let _ = writeln!(self.out, "; {shown} is above.");
            return Ok(());
        }
        if self.depth >= DEPTH {
            return Err(format!("`{shown}` is included more than {DEPTH} files deep"));
        }
        if self.style == Style::Brief && is_guarded(node) {
            self.guarded.push(&node.name);
        }
        let _ = writeln!(self.out, "; from {shown}:");
        self.depth += 1;
        self.node(number)?;
        self.depth -= 1;
        self.end_line();
        let _ = writeln!(self.out, "; end of {shown}.");
        Ok(())
    }

    /// A statement that takes in bytes, as the bytes that were made of it.
    fn incbin(&mut self, node: usize, piece: &Piece, incbin: &Incbin) -> Result<(), String> {
        let bytes = self.trace.bytes(node, piece)?;
        let part = |range| piece.text.get(range).unwrap_or_default();
        let before = part(0..incbin.statement.start);
        let after = part(incbin.statement.end..piece.text.len()).trim_end();
        let name = block::visible(part(incbin.name.clone()));
        let is_bare = before.trim().is_empty() || before.trim_end().ends_with(':');
        let colon = if is_bare { "" } else { ":" };
        let _ = writeln!(self.out, "{}{colon} ; bytes of {name}{after}", before.trim_end());
        if self.out.len() + bytes.len() * 4 > LIMIT {
            let limit = LIMIT >> 20;
            return Err(format!("with its files in it, it would be larger than {limit} MiB"));
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
        let row = if is_run { length } else { until_run(rest, is_text) };
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

/// How many bytes, of one row at most, come before the next 8 that are text.
fn until_run(bytes: &[u8], is_text: impl Fn(&u8) -> bool) -> usize {
    let row = bytes.get(..ROW + 8).unwrap_or(bytes);
    let run = row.windows(8).position(|window| window.iter().all(&is_text));
    run.unwrap_or(row.len()).min(ROW)
}

/// Whether a file has `%ifndef X`, `%define X` at its beginning and `%endif` at its end.
fn is_guarded(node: &Node) -> bool {
    let mut lines =
        node.pieces.iter().filter(|piece| piece.code > 0).map(|piece| piece.text.trim());
    let mut name = |directive| {
        let rest = lines.next()?.strip_prefix(directive)?;
        rest.split_whitespace().next()
    };
    let (tested, defined) = (name("%ifndef "), name("%define "));
    tested.is_some() && tested == defined && lines.next_back() == Some("%endif")
}
