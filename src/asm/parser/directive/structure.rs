//! `struc`, `endstruc`, `istruc`, `at` and `iend`.
//!
//! A structure is a range of `absolute` space whose labels are the offsets of its fields. An
//! instance is data; `at` fills the gap up to the named field.

use crate::asm::object::MAX_STRETCHES;
use crate::asm::object::record::{Section, Times};
use crate::asm::parser::{Parser, absolute};
use crate::asm::syntax::ast::Kind;
use crate::asm::syntax::cursor::Cursor;
use crate::asm::syntax::mistake::{Location, Mistake, Wrong};
use crate::asm::syntax::token::Punctuation as P;
use crate::asm::value::expression::node::{Binary, ExpressionId, Node};
use crate::asm::value::symbols::{Definition, SymbolId};

/// The structure or instance that is open.
#[derive(Debug)]
pub(crate) enum Structure {
    /// Between `struc` and `endstruc`.
    Definition { name: String, name_location: Location, outside: u16 },
    /// Between `istruc` and `iend`.
    Instance { name: String, location: Location, start: SymbolId },
}

impl Parser<'_> {
    /// `struc NAME[, OFFSET]`
    pub(super) fn struc(&mut self, location: Location, cursor: &mut Cursor<'_>) -> Wrong<()> {
        self.expect_closed(location)?;
        let name_location = cursor.location();
        let (Some(token), Some(name)) = (cursor.peek(), cursor.word()) else {
            return Err(cursor.expected("the name of the structure"));
        };
        cursor.skip();
        let mut offset = 0;
        if cursor.accept(P::Comma) {
            offset = self.critical(cursor, "the offset of a structure")?;
        }
        let mut section = Section::new("", location, true);
        section.absolute = Some(Kind::Absolute);
        section.address = absolute(offset).number;
        if self.object.sections.len() >= MAX_STRETCHES {
            let message = format!("there are more than {MAX_STRETCHES} sections and structures");
            return Err(Mistake::error(location, message));
        }
        self.object.sections.push(section);
        let outside = self.current;
        // `MAX_STRETCHES` fits in 16 bits.
        self.current = u16::try_from(self.object.sections.len() - 1).unwrap_or(0);
        let name = name.to_owned();
        let outcome = self.define_label(&name, token);
        self.structure = Some(Structure::Definition { name, name_location, outside });
        outcome
    }

    /// `endstruc`: defines `NAME_size`.
    pub(super) fn endstruc(&mut self, location: Location) -> Wrong<()> {
        let Some(Structure::Definition { name, name_location, outside }) =
            self.structure.take_if(|s| matches!(s, Structure::Definition { .. }))
        else {
            return Err(Mistake::error(location, "there is no `struc` to end here"));
        };
        let size = format!("{name}_size");
        let id = self.object.symbols.intern(&size, name_location);
        let here = self.here();
        let definition = if here.record == 0 {
            Definition::Number(here.fixed.cast_signed())
        } else {
            let nodes = [Node::Here, Node::SectionStart, Node::Binary(Binary::Subtract)];
            let expression = self.object.arena.keep(&nodes);
            self.moving(expression, name_location)
        };
        self.current = outside;
        self.define(id, name_location, true, definition)
    }

    /// `istruc NAME`
    pub(super) fn istruc(&mut self, location: Location, cursor: &mut Cursor<'_>) -> Wrong<()> {
        self.expect_closed(location)?;
        let Some(name) = cursor.word() else {
            return Err(cursor.expected("the name of a structure"));
        };
        cursor.skip();
        // A written name cannot contain a space, so this name cannot clash with one.
        let here = self.here();
        let hidden = format!(" istruc {} {} {}", here.section, here.record, here.fixed);
        let start = self.object.symbols.intern(&hidden, location);
        self.object.symbols.define(start, location, true, Definition::Label(here));
        self.structure = Some(Structure::Instance { name: name.to_owned(), location, start });
        Ok(())
    }

    /// `at FIELD, DATA`
    pub(super) fn at(&mut self, location: Location, cursor: &mut Cursor<'_>) -> Wrong<()> {
        let Some(Structure::Instance { name, start, .. }) = &self.structure else {
            return Err(Mistake::error(location, "`at` stands between `istruc` and `iend`"));
        };
        let (name, start) = (name.clone(), *start);
        let field_location = cursor.location();
        let Some(field) = cursor.word() else {
            return Err(cursor.expected("the name of a field"));
        };
        cursor.skip();
        let symbols = &mut self.object.symbols;
        let field = match field.starts_with('.') {
            true => symbols.intern(&format!("{name}{field}"), field_location),
            false => symbols.intern(field, field_location),
        };
        let base = symbols.intern(&name, field_location);
        let offset = [Node::Symbol(field), Node::Symbol(base), Node::Binary(Binary::Subtract)];
        self.fill_up_to(&offset, start, field_location)?;
        if !cursor.accept(P::Comma) {
            return if cursor.is_at_end() { Ok(()) } else { Err(cursor.expected("a comma")) };
        }
        if cursor.is_at_end() { Ok(()) } else { self.body(cursor, None) }
    }

    /// `iend`
    pub(super) fn iend(&mut self, location: Location) -> Wrong<()> {
        let Some(Structure::Instance { name, start, .. }) =
            self.structure.take_if(|s| matches!(s, Structure::Instance { .. }))
        else {
            return Err(Mistake::error(location, "there is no `istruc` to end here"));
        };
        let size = self.object.symbols.intern(&format!("{name}_size"), location);
        self.fill_up_to(&[Node::Symbol(size)], start, location)
    }

    /// `times OFFSET - ($ - START) db 0`
    fn fill_up_to(&mut self, offset: &[Node], start: SymbolId, location: Location) -> Wrong<()> {
        let subtract = Node::Binary(Binary::Subtract);
        let done = [Node::Here, Node::Symbol(start), subtract, subtract];
        let mark = self.object.arena.mark();
        let nodes: Vec<Node> = offset.iter().chain(&done).copied().collect();
        let id: ExpressionId = self.object.arena.keep(&nodes);
        let value = self.evaluate(id, location)?;
        let times = if value.is_final() {
            self.object.arena.truncate(mark);
            let count = u64::try_from(value.number).map_err(|_| {
                let by = value.number.unsigned_abs();
                Mistake::error(
                    location,
                    format!("the instance is already {by} bytes past this field"),
                )
            })?;
            Times::Count(count)
        } else {
            Times::Expression(id)
        };
        self.statement.items.clear();
        self.statement.bytes.clear();
        self.statement.bytes.push(0);
        self.put(Some(times), location)
    }

    fn expect_closed(&self, location: Location) -> Wrong<()> {
        let (what, end, open) = match &self.structure {
            None => return Ok(()),
            Some(Structure::Definition { name_location, .. }) => {
                ("struc", "endstruc", *name_location)
            }
            Some(Structure::Instance { location, .. }) => ("istruc", "iend", *location),
        };
        let message = format!("the `{what}` before this one has no `{end}`");
        Err(Mistake::error(location, message).note(open, "it begins here"))
    }

    /// Reports a structure that is still open at the end of the source.
    pub(crate) fn check_structure(&mut self) {
        let (what, end, open) = match &self.structure {
            None => return,
            Some(Structure::Definition { name_location, .. }) => {
                ("struc", "endstruc", *name_location)
            }
            Some(Structure::Instance { location, .. }) => ("istruc", "iend", *location),
        };
        let message = format!("this `{what}` has no `{end}`");
        self.mistakes.push(Mistake::error(open, message));
    }
}
