//! The parser: it reads expanded lines and fills an [`Object`] with bytes and records.
//!
//! Each statement is appended to its section as soon as it is read. After a mistake the parser goes
//! on with the next line.

mod append;
pub(crate) mod dialect;
pub(crate) mod directive;
mod instruction;
mod label;
mod operand;
mod other_assemblers;
mod statement;

pub(crate) use instruction::refusal;

use crate::asm::object::Object;
use crate::asm::object::record::{Item, LineRow, Section, Slot};
use crate::asm::object::scratch::Scratch;
use crate::asm::options::{Options, Resolver};
use crate::asm::preprocess::Preprocessor;
use crate::asm::syntax::ast::{Kind, Value};
use crate::asm::syntax::cursor::Cursor;
use crate::asm::syntax::mistake::{Location, Mistake, Wrong};
use crate::asm::syntax::table::row::Cpu;
use crate::asm::syntax::token::{Punctuation as P, Token, TokenKind};
use crate::asm::syntax::warning::SwitchHistory;
use crate::asm::syntax::word::WordId;
use crate::asm::value::expression::Environment;
use crate::asm::value::expression::linear::Linear;
use crate::asm::value::expression::node::{ExpressionId, Node};
use crate::asm::value::expression::parse::{Names, Parsed, Pending, explain, parse};
use crate::asm::value::symbols::Parent;
use crate::asm::value::symbols::Position;
use crate::diagnostic::{Diagnostic, Span};
use crate::image::Bits;
use directive::structure::Structure;
use statement::suggest;
use std::collections::HashMap;

/// The results of an earlier reading of the program, for a preprocessor that asks for addresses.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    /// Values of the symbols.
    pub(crate) symbols: HashMap<String, Value>,
    /// Lengths of the records of each section.
    pub(crate) sizes: Vec<Vec<u64>>,
}

/// An expression after parsing, evaluated as far as possible.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evaluated {
    /// Its current value.
    pub(crate) value: Linear,
    /// The expression itself, if the value may still change.
    pub(crate) later: Option<ExpressionId>,
    /// Where it is written.
    pub(crate) location: Location,
}

/// The current statement: its bytes and its label-dependent parts.
#[derive(Debug, Default)]
pub(crate) struct Statement {
    /// Bytes, with zeros where a number is missing.
    pub(crate) bytes: Vec<u8>,
    /// The missing numbers.
    pub(crate) items: Vec<Item>,
    /// Holes of the instruction.
    pub(crate) slots: Vec<Slot>,
}

/// Reads a program.
pub(crate) struct Parser<'r> {
    pub(crate) object: Object,
    pub(crate) scratch: Scratch,
    pub(crate) statement: Statement,
    pub(crate) resolver: &'r dyn Resolver,
    pub(crate) pending: Vec<Pending>,
    #[expect(clippy::vec_box, reason = "a mistake comes in the box that its `Result` needs")]
    pub(crate) mistakes: Vec<Box<Mistake>>,
    /// The warnings that are switched on.
    pub(crate) turns: SwitchHistory,
    /// The current section.
    pub(crate) current: u16,
    /// Sections by name.
    pub(crate) sections: HashMap<String, u16>,
    pub(crate) bits: Bits,
    /// Where `bits` was set; no place while it is the default.
    pub(crate) bits_location: Location,
    /// `cpu` in effect.
    pub(crate) cpu: Cpu,
    pub(crate) default_rel: bool,
    /// The label that local labels belong to.
    pub(crate) parent: Parent,
    /// The `struc` or `istruc` that is open.
    pub(crate) structure: Option<Structure>,
    /// The `float` mode in effect.
    pub(crate) float_mode: crate::asm::value::float::FloatMode,
    /// `bits` at the first byte of the output.
    pub(crate) first_bits: Option<Bits>,
    pub(crate) earlier: Earlier,
    /// Values of the holes of the current instruction.
    slot_values: Vec<Linear>,
    /// Whether the current statement is an instruction.
    is_code: bool,
    /// Whether the bytes of the current line do not depend on its place.
    is_repeatable: bool,
    /// How many times a suggestion was looked for.
    suggestions: u32,
    debug_info: bool,
}

impl<'r> Parser<'r> {
    /// Begins in `.text` with 16-bit code, as NASM does for flat binaries.
    pub(crate) fn new(resolver: &'r dyn Resolver, location: Location, options: &Options) -> Self {
        let mut object = Object::default();
        object.sections.push(Section::new(".text", location, false));
        Self {
            object,
            scratch: Scratch::default(),
            statement: Statement::default(),
            resolver,
            pending: Vec::new(),
            mistakes: Vec::new(),
            turns: SwitchHistory::new(options.warnings.clone()),
            current: 0,
            sections: HashMap::from([(".text".to_owned(), 0)]),
            bits: Bits::Bits16,
            bits_location: Location::default(),
            cpu: Cpu::Any,
            default_rel: false,
            parent: Parent::default(),
            structure: None,
            float_mode: crate::asm::value::float::FloatMode::default(),
            first_bits: None,
            earlier: Earlier::default(),
            slot_values: Vec::new(),
            is_code: false,
            is_repeatable: false,
            suggestions: 0,
            debug_info: options.debug_info,
        }
    }

    /// Reads one line.
    pub(crate) fn line(
        &mut self,
        tokens: &[Token],
        preprocessor: &Preprocessor<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let start = self.here();
        self.note_turns(start);
        self.is_repeatable = false;
        let mut cursor = Cursor::new(tokens, preprocessor.sources());
        let from = preprocessor.sources();
        if let Err(mistake) = self.statement(&mut cursor, from) {
            self.mistakes.push(mistake);
        }
        if !self.mistakes.is_empty() {
            self.tell(preprocessor, diagnostics);
        }
        if self.debug_info && self.here() != start {
            self.add_line(start, tokens, preprocessor);
        }
    }

    #[inline(always)]
    fn note_turns(&mut self, here: Position) {
        if self.turns.are_none() {
            return;
        }
        if let Some(section) = self.object.sections.get_mut(usize::from(self.current)) {
            self.turns.note(&mut section.turns, here.record, here.fixed);
        }
    }

    /// The bytes of the last line, if they do not depend on its place. The text of the line must
    /// not contain local names or `$`.
    pub(crate) fn repeatable(&self) -> Option<&[u8]> {
        self.is_repeatable.then(|| self.scratch.encoded.bytes())
    }

    /// Appends the bytes of an earlier line that was [`repeatable`](Self::repeatable) for the line
    /// at `span`. Returns false without doing anything if the line must be parsed.
    pub(crate) fn repeat(&mut self, code: &[u8], span: Span) -> bool {
        let (here, bits) = (self.here(), self.bits);
        let location = Location { span, ..Location::default() };
        let Some(section) = self.object.sections.get_mut(usize::from(self.current)) else {
            return false;
        };
        if section.is_empty_space() || section.append(code, location).is_err() {
            return false;
        }
        if self.debug_info {
            let (record, fixed) = (here.record, here.fixed);
            section.lines.push(LineRow { record, fixed, span, bits, is_code: true });
        }
        self.note_turns(here);
        self.note_bits();
        true
    }

    /// Reports the mistakes of a line.
    fn tell(&mut self, preprocessor: &Preprocessor<'_>, diagnostics: &mut Vec<Diagnostic>) {
        for mut mistake in self.mistakes.drain(..) {
            if let Some(word) = mistake.unknown.take() {
                suggest(&mut mistake, &word, preprocessor, &mut self.suggestions);
            }
            diagnostics.push(mistake.into_diagnostic(preprocessor));
        }
    }

    /// Reports everything that is still open at the end of the source.
    pub(crate) fn finish(
        &mut self,
        preprocessor: &Preprocessor<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        self.check_structure();
        self.define_section_names();
        for mistake in self.mistakes.drain(..) {
            diagnostics.push(mistake.into_diagnostic(preprocessor));
        }
    }

    fn add_line(&mut self, start: Position, tokens: &[Token], preprocessor: &Preprocessor<'_>) {
        let here = self.here();
        // A statement that opens a section has its bytes in the new section.
        let start = if start.section == here.section { start } else { return };
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
        let span = Location::from(first).to(last.into()).locate(preprocessor);
        let is_code = self.is_code;
        let (bits, record, fixed) = (self.bits, start.record, start.fixed);
        let row = LineRow { record, fixed, span, bits, is_code };
        if let Some(section) = self.object.sections.get_mut(usize::from(here.section)) {
            section.lines.push(row);
        }
    }

    /// The position of the next byte.
    #[inline(always)]
    pub(crate) fn here(&self) -> Position {
        let section = self.current;
        let (record, fixed) = self
            .object
            .sections
            .get(usize::from(section))
            .map_or((0, 0), |s| (s.record_count(), s.fixed));
        Position { section, record, fixed }
    }

    /// The current section.
    pub(crate) fn section(&mut self) -> Option<&mut Section> {
        self.object.sections.get_mut(usize::from(self.current))
    }

    /// Reads an expression and evaluates it as far as possible.
    pub(crate) fn expression(&mut self, cursor: &mut Cursor<'_>) -> Wrong<Evaluated> {
        let first = cursor.taken();
        let Object { symbols, arena, .. } = &mut self.object;
        let mut names = label::InSource { symbols, parent: &self.parent };
        let parsed = match lone_name(cursor) {
            Some((token, name)) => {
                cursor.skip();
                match names.symbol(name, token)? {
                    Node::Number(number) => Parsed::Number(number),
                    node => Parsed::Nodes(arena.add(node)),
                }
            }
            None => parse(cursor, &mut names, arena, &mut self.pending)?,
        };
        let location = cursor.location_since(first);
        let mark = match parsed {
            Parsed::Number(number) => {
                return Ok(Evaluated { value: Linear::number(number), later: None, location });
            }
            Parsed::Nodes(mark) => mark,
        };
        let id = self.object.arena.close(mark);
        let value = self.evaluate(id, location)?;
        if value.is_fixed() && value.terms().iter().all(is_register) {
            self.object.arena.truncate(mark);
            return Ok(Evaluated { value, later: None, location });
        }
        Ok(Evaluated { value, later: Some(id), location })
    }

    /// Evaluates an expression with the current addresses.
    pub(crate) fn evaluate(&mut self, id: ExpressionId, location: Location) -> Wrong<Linear> {
        let view = self.object.view(self.here(), true);
        let value = self.scratch.evaluate(&self.object, &view, id);
        value.map_err(|trouble| match trouble {
            crate::asm::value::expression::linear::Trouble::External(id) => {
                explain(trouble, location, self.object.symbols.name(id))
            }
            _ => explain(trouble, location, "?"),
        })
    }

    /// Reads an expression that must be a plain number and known now. `what` names its purpose, for
    /// messages.
    pub(crate) fn critical(&mut self, cursor: &mut Cursor<'_>, what: &str) -> Wrong<i64> {
        let Evaluated { value, location, later } = self.expression(cursor)?;
        if later.is_none() && value.terms().is_empty() {
            return Ok(value.number);
        }
        let mistake =
            Mistake::error(location, format!("{what} must be a number that is known here"));
        Err(if value.unknown {
            mistake.label("depends on a symbol that is defined only later")
        } else if value.terms().is_empty() {
            mistake.label("depends on the lengths of statements that are not settled yet")
        } else {
            mistake.label("this is not a plain number")
        })
    }
}

/// The next token, if it is a symbol name and the whole expression. This is a fast path around the
/// expression parser.
fn lone_name<'c>(cursor: &Cursor<'c>) -> Option<(&'c Token, &'c str)> {
    let [token, rest @ ..] = cursor.rest() else { return None };
    let ends = match rest.first() {
        None => true,
        Some(next) => next.is(P::Comma) || next.is(P::BracketClose),
    };
    if !ends || token.kind != TokenKind::Identifier || token.word != WordId::NONE {
        return None;
    }
    let name = cursor.text(token);
    // `$` before a name, and `__` at the start of a function name, have a meaning.
    (!matches!(name.as_bytes(), [b'$', ..] | [b'_', b'_', ..])).then_some((token, name))
}

fn is_register(term: &crate::asm::value::expression::linear::Term) -> bool {
    matches!(term.unit, crate::asm::value::expression::linear::Unit::Register(_))
}

impl Environment for Parser<'_> {
    fn symbol(&self, name: &str) -> Option<Value> {
        let id = self.object.symbols.find(name)?;
        let definition = self.object.symbols.definition(id);
        if definition == crate::asm::value::symbols::Definition::Undefined {
            return None;
        }
        if let Some(value) = self.earlier.symbols.get(name) {
            return Some(*value);
        }
        let view = self.object.view(self.here(), true);
        crate::asm::value::expression::node::Resolve::symbol(&view, id).ok()?.to_value().ok()
    }

    fn parent(&self) -> &str {
        &self.parent.name
    }

    fn here(&self) -> Value {
        let here = Self::here(self);
        self.object.view(here, true).address(here)
    }

    fn section_start(&self) -> Value {
        let start = Position { record: 0, fixed: 0, ..Self::here(self) };
        self.object.view(start, true).address(start)
    }
}

/// A value that is an absolute number.
pub(crate) fn absolute(number: i64) -> Value {
    Value { number, kind: Kind::Absolute }
}
