//! Which files a source really reads, and at which of its lines.
//!
//! What an `%include` in a false branch names is not read, and one in a loop is read often; only an
//! assembly can tell. So each `%include` with a name in quotes gets a number for a name, the text
//! is assembled, and the assembler asks for the numbers that it comes to. Files that are read have
//! their own includes numbered in turn.
//!
//! A macro that includes what it is given (`%include %1`) is no line of text to put a file at: its
//! uses are replaced by its lines first. Makes no text of the answer.

use super::line::{Incbin, Scanned, scan};
use crate::applet::block;
use crate::applet::files::Files;
use crate::asm::syntax::lexer::{self, filter::Filter};
use crate::asm::syntax::token::{Token, TokenKind};
use crate::asm::{self, Included, Options, Resolver};
use crate::diagnostic::{FileId, Sources};
use crate::image::Image;
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What the number of an `%include`, or of a file, begins with.
const MARK: &str = "@@";

/// Most bytes in all texts that are read.
const LIMIT: usize = 64 << 20;

/// Macros that are looked for among the lines, at most.
const MACROS: usize = 16;

/// A text that was read, in pieces.
pub(super) struct Node {
    /// What messages call it.
    pub(super) name: String,
    path: Option<PathBuf>,
    pub(super) pieces: Vec<Piece>,
    /// The text as the assembler is given it.
    numbered: String,
}

/// A piece of a text: a line, or more where a `\` joins them.
pub(super) struct Piece {
    pub(super) text: String,
    /// How much of it is more than a comment.
    pub(super) code: usize,
    /// The number of the line behind it.
    pub(super) next: usize,
    /// Where it is in the numbered text.
    range: Range<usize>,
    /// Whether it came from a macro.
    pub(super) is_expanded: bool,
    pub(super) kind: PieceKind,
}

/// What a piece is.
pub(super) enum PieceKind {
    Plain,
    /// An `%include`, by its number.
    Include(usize),
    Incbin(Incbin),
}

/// An `%include` in a text.
struct Occurrence {
    name: String,
    from: Option<PathBuf>,
    /// The text that was read for it.
    node: Option<usize>,
}

/// A macro that includes what it is given.
struct Macro {
    name: String,
    body: String,
}

/// The answer.
pub(super) struct Trace {
    nodes: Vec<Node>,
    occurrences: Vec<Occurrence>,
    image: Image,
    /// For each line of the image its text, where it begins there, and its bytes; in this order.
    made: Vec<(usize, usize, Range<usize>)>,
}

/// Reads the files of `main` through `files`, but none of `stdlib/` if that is to stay.
///
/// # Errors
/// The numbered text does not assemble.
pub(super) fn trace(
    sources: &Sources,
    main: FileId,
    files: &Files,
    keep_stdlib: bool,
) -> Result<Trace, String> {
    let reader = Reader {
        files,
        keep_stdlib,
        macros: macros(sources),
        nodes: RefCell::default(),
        occurrences: RefCell::default(),
        size: Cell::new(0),
    };
    let Some(source) = sources.get(main) else { return Err(String::new()) };
    let node = reader.read(&source.name, source.path.as_deref(), &source.text);
    let mut numbered = Sources::new();
    let id = numbered.add(source.name.as_str(), Some(&mark(0)), node.numbered.clone());
    reader.nodes.borrow_mut().push(node);
    let options = Options { debug_info: true, ..Options::default() };
    let assembly = asm::assemble(&mut numbered, id, &reader, &options).map_err(|mistakes| {
        mistakes.first().map_or_else(String::new, |mistake| mistake.message.clone())
    })?;
    let image = assembly.image;
    let made = image.lines.iter().filter_map(|line| {
        let path = numbered.get(line.span.file)?.path.as_deref()?;
        let start = line.offset as usize;
        Some((
            number(path.to_str()?)?,
            line.span.start as usize,
            start..start + line.length as usize,
        ))
    });
    let mut made: Vec<_> = made.collect();
    made.sort_by_key(|(node, start, bytes)| (*node, *start, bytes.start));
    let (nodes, occurrences) = (reader.nodes.into_inner(), reader.occurrences.into_inner());
    Ok(Trace { nodes, occurrences, image, made })
}

impl Trace {
    /// The text with this number; 0 is the first.
    pub(super) fn node(&self, number: usize) -> Option<&Node> {
        self.nodes.get(number)
    }

    /// The text that was read for an `%include`.
    pub(super) fn included(&self, occurrence: usize) -> Option<usize> {
        self.occurrences.get(occurrence)?.node
    }

    /// The bytes that were made of a piece; none if it was never come to.
    ///
    /// # Errors
    /// They were others each time.
    pub(super) fn bytes(&self, node: usize, piece: &Piece) -> Result<&[u8], String> {
        let mut bytes: Option<&[u8]> = None;
        let at = |(other, start, _): &(usize, usize, _)| (*other, *start);
        let first = self.made.partition_point(|row| at(row) < (node, piece.range.start));
        let last = self.made.partition_point(|row| at(row) < (node, piece.range.end));
        for (_, _, range) in self.made.get(first..last).unwrap_or_default() {
            let these = self.image.bytes.get(range.clone());
            if bytes.is_some() && bytes != these {
                return Err("an `incbin` makes other bytes each time".to_owned());
            }
            bytes = these;
        }
        Ok(bytes.unwrap_or_default())
    }
}

fn mark(number: usize) -> PathBuf {
    format!("{MARK}{number}").into()
}

fn number(name: &str) -> Option<usize> {
    name.strip_prefix(MARK)?.parse().ok()
}

struct Reader<'a> {
    files: &'a Files,
    keep_stdlib: bool,
    macros: Vec<Macro>,
    nodes: RefCell<Vec<Node>>,
    occurrences: RefCell<Vec<Occurrence>>,
    /// Bytes of all that was read.
    size: Cell<usize>,
}

impl Reader<'_> {
    fn read(&self, name: &str, path: Option<&Path>, text: &str) -> Node {
        let mut node = Node {
            name: name.to_owned(),
            path: path.map(Path::to_path_buf),
            pieces: Vec::new(),
            numbered: String::with_capacity(text.len()),
        };
        self.lines(&mut node, text, None);
        node
    }

    /// Adds the lines of `text`, which stand for the line before `behind` if a macro has made them.
    fn lines(&self, node: &mut Node, text: &str, behind: Option<usize>) {
        let (mut at, mut line, filter, mut tokens) = (0, 1, Filter::EMPTY, Vec::new());
        while at < text.len() {
            tokens.clear();
            let next = lexer::line(text, FileId(0), at, &filter, &mut tokens).next;
            let Some(piece) = text.get(at..next).filter(|piece| !piece.is_empty()) else { break };
            line += piece.matches('\n').count();
            let body = match behind {
                Some(_) => None,
                None => self.expansion(text, &tokens),
            };
            if let Some(body) = body {
                self.lines(
                    node,
                    &format!("; {}:\n{body}", block::visible(piece.trim())),
                    Some(line),
                );
                node.numbered.push_str(&format!("%line {}+1 {}\n", line - 1, node.name));
            } else {
                self.piece(node, piece, at, &tokens, behind.map_or((line, false), |n| (n, true)));
            }
            at = next;
        }
    }

    fn piece(
        &self,
        node: &mut Node,
        text: &str,
        at: usize,
        tokens: &[Token],
        (next, is_expanded): (usize, bool),
    ) {
        let start = node.numbered.len();
        let kind = match scan(text, at, tokens) {
            Some(Scanned::Include(name)) if !(self.keep_stdlib && name.starts_with("stdlib/")) => {
                let mut occurrences = self.occurrences.borrow_mut();
                let number = occurrences.len();
                occurrences.push(Occurrence { name, from: node.path.clone(), node: None });
                node.numbered.push_str(&format!("%include \"{MARK}{number}\"\n"));
                PieceKind::Include(number)
            }
            Some(Scanned::Incbin(incbin)) => PieceKind::Incbin(incbin),
            _ => PieceKind::Plain,
        };
        if !matches!(kind, PieceKind::Include(_)) {
            node.numbered.push_str(text);
        }
        let end = tokens.last().map_or(at, |token| token.span.end as usize);
        node.pieces.push(Piece {
            text: text.to_owned(),
            code: end.saturating_sub(at),
            next,
            range: start..node.numbered.len(),
            is_expanded,
            kind,
        });
    }

    /// The lines of the macro that a line uses, if it is one of ours and is given texts.
    fn expansion(&self, text: &str, tokens: &[Token]) -> Option<String> {
        let of = |token: &Token| text.get(token.span.start as usize..token.span.end as usize);
        let (name, parameters) = tokens.split_first()?;
        let name = of(name)?;
        let found = self.macros.iter().find(|known| known.name == name)?;
        let [parameter] = parameters else { return None };
        (parameter.kind == TokenKind::String)
            .then(|| found.body.replace("%1", of(parameter)?).into())?
    }
}

impl Resolver for Reader<'_> {
    fn include(&self, name: &str, from: Option<&Path>) -> Result<Included, String> {
        let Some(occurrence) = number(name) else {
            let file = self.files.text(name, self.real(from).as_deref())?;
            return Ok(Included { name: file.name, path: file.path, text: file.text });
        };
        let (name, from, known) = {
            let occurrences = self.occurrences.borrow();
            let Some(o) = occurrences.get(occurrence) else {
                return Err("not numbered".to_owned());
            };
            (o.name.clone(), o.from.clone(), o.node)
        };
        if known.is_none() {
            let file = self.files.text(&name, from.as_deref())?;
            let text = block::without_fences(&file.text);
            let node = self.read(&file.name, file.path.as_deref(), &text);
            let mut nodes = self.nodes.borrow_mut();
            self.size.set(self.size.get() + node.numbered.len());
            if self.size.get() > LIMIT {
                return Err(format!("its files are more than {} MiB", LIMIT >> 20));
            }
            if let Some(o) = self.occurrences.borrow_mut().get_mut(occurrence) {
                o.node = Some(nodes.len());
            }
            nodes.push(node);
        }
        let node = self.occurrences.borrow().get(occurrence).and_then(|o| o.node);
        let nodes = self.nodes.borrow();
        let (number, node) = node.and_then(|n| Some((n, nodes.get(n)?))).ok_or("not read")?;
        let (name, text) = (node.name.clone(), node.numbered.clone());
        Ok(Included { name, path: Some(mark(number)), text })
    }

    fn binary(&self, name: &str, from: Option<&Path>) -> Result<Vec<u8>, String> {
        self.files.bytes(name, self.real(from).as_deref())
    }
}

impl Reader<'_> {
    /// The path of the text that the assembler knows by its number.
    fn real(&self, from: Option<&Path>) -> Option<PathBuf> {
        let from = from?;
        match from.to_str().and_then(number) {
            Some(node) => self.nodes.borrow().get(node)?.path.clone(),
            None => Some(from.to_path_buf()),
        }
    }
}

/// The macros of all texts that include what they are given.
fn macros(sources: &Sources) -> Vec<Macro> {
    let mut macros = Vec::new();
    for source in (0..).map_while(|number| sources.get(FileId(number))) {
        let mut lines = source.text.lines();
        while let Some(line) = lines.next() {
            let mut words = line.split_whitespace();
            if words.next() != Some("%macro") {
                continue;
            }
            let (name, count) = (words.next().unwrap_or(""), words.next());
            let body: String = lines
                .by_ref()
                .take_while(|line| line.trim() != "%endmacro")
                .flat_map(|line| [line, "\n"])
                .collect();
            if macros.len() < MACROS
                && count == Some("1")
                && body.contains("%include %1")
                && !body.contains("%macro")
            {
                macros.push(Macro { name: name.to_owned(), body });
            }
        }
    }
    macros
}
