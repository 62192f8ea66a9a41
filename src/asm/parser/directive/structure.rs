//! `struc`, `endstruc`, `istruc`, `at` and `iend`.
//!
//! A structure is a stretch of `absolute` space whose labels are the offsets of its fields. An
//! instance is data; `at` fills the gap up to the field that it names.

use crate::asm::object::MAX_STRETCHES;
use crate::asm::object::record::{Section, Times};
use crate::asm::parser::{Assembler, absolute};
use crate::asm::syntax::ast::Kind;
use crate::asm::syntax::cursor::Cursor;
use crate::asm::syntax::mistake::{Mistake, Place, Wrong};
use crate::asm::syntax::token::Punctuation as P;
use crate::asm::value::expression::node::{Binary, ExpressionId, Node};
use crate::asm::value::symbols::{Definition, SymbolId};

/// The structure or instance that is open.
#[derive(Debug)]
pub(crate) enum Structure {
    /// Between `struc` and `endstruc`.
    Definition { name: String, name_place: Place, outside: u16 },
    /// Between `istruc` and `iend`.
    Instance { name: String, place: Place, start: SymbolId },
}

impl Assembler<'_> {
    /// `struc NAME[, OFFSET]`
    pub(super) fn struc(&mut self, place: Place, cursor: &mut Cursor<'_>) -> Wrong<()> {
        self.expect_closed(place)?;
        let name_place = cursor.place();
        let (Some(token), Some(name)) = (cursor.peek(), cursor.word()) else {
            return Err(cursor.expected("the name of the structure"));
        };
        cursor.skip();
        let mut offset = 0;
        if cursor.accept(P::Comma) {
            offset = self.critical(cursor, "the offset of a structure")?;
        }
        let mut section = Section::new("", place, true);
        section.absolute = Some(Kind::Absolute);
        section.address = absolute(offset).number;
        if self.program.sections.len() >= MAX_STRETCHES {
            let message = format!("there are more than {MAX_STRETCHES} sections and structures");
            return Err(Mistake::error(place, message));
        }
        self.program.sections.push(section);
        let outside = self.current;
        self.current = u16::try_from(self.program.sections.len() - 1).unwrap_or(0);
        let name = name.to_owned();
        let outcome = self.define_label(&name, token);
        self.structure = Some(Structure::Definition { name, name_place, outside });
        outcome
    }

    /// `endstruc`: defines `NAME_size`.
    pub(super) fn endstruc(&mut self, place: Place) -> Wrong<()> {
        let Some(Structure::Definition { name, name_place, outside }) =
            self.structure.take_if(|s| matches!(s, Structure::Definition { .. }))
        else {
            return Err(Mistake::error(place, "there is no `struc` to end here"));
        };
        let size = format!("{name}_size");
        let id = self.program.symbols.intern(&size, name_place);
        let here = self.here();
        let definition = if here.record == 0 {
            Definition::Number(here.fixed.cast_signed())
        } else {
            let nodes = [Node::Here, Node::SectionStart, Node::Binary(Binary::Subtract)];
            let expression = self.program.arena.keep(&nodes);
            self.moving(expression, name_place)
        };
        self.current = outside;
        self.define(id, name_place, true, definition)
    }

    /// `istruc NAME`
    pub(super) fn istruc(&mut self, place: Place, cursor: &mut Cursor<'_>) -> Wrong<()> {
        self.expect_closed(place)?;
        let Some(name) = cursor.word() else {
            return Err(cursor.expected("the name of a structure"));
        };
        cursor.skip();
        // A space cannot be in a name that is written, so this one is never met.
        let here = self.here();
        let hidden = format!(" istruc {} {} {}", here.section, here.record, here.fixed);
        let start = self.program.symbols.intern(&hidden, place);
        self.program.symbols.define(start, place, true, Definition::Label(here));
        self.structure = Some(Structure::Instance { name: name.to_owned(), place, start });
        Ok(())
    }

    /// `at FIELD, DATA`
    pub(super) fn at(&mut self, place: Place, cursor: &mut Cursor<'_>) -> Wrong<()> {
        let Some(Structure::Instance { name, start, .. }) = &self.structure else {
            return Err(Mistake::error(place, "`at` stands between `istruc` and `iend`"));
        };
        let (name, start) = (name.clone(), *start);
        let field_place = cursor.place();
        let Some(field) = cursor.word() else {
            return Err(cursor.expected("the name of a field"));
        };
        cursor.skip();
        let symbols = &mut self.program.symbols;
        let field = match field.starts_with('.') {
            true => symbols.intern(&format!("{name}{field}"), field_place),
            false => symbols.intern(field, field_place),
        };
        let base = symbols.intern(&name, field_place);
        let offset = [Node::Symbol(field), Node::Symbol(base), Node::Binary(Binary::Subtract)];
        self.fill_up_to(&offset, start, field_place)?;
        if !cursor.accept(P::Comma) {
            return if cursor.is_at_end() { Ok(()) } else { Err(cursor.expected("a comma")) };
        }
        if cursor.is_at_end() { Ok(()) } else { self.body(cursor, None) }
    }

    /// `iend`
    pub(super) fn iend(&mut self, place: Place) -> Wrong<()> {
        let Some(Structure::Instance { name, start, .. }) =
            self.structure.take_if(|s| matches!(s, Structure::Instance { .. }))
        else {
            return Err(Mistake::error(place, "there is no `istruc` to end here"));
        };
        let size = self.program.symbols.intern(&format!("{name}_size"), place);
        self.fill_up_to(&[Node::Symbol(size)], start, place)
    }

    /// `times OFFSET - ($ - START) db 0`
    fn fill_up_to(&mut self, offset: &[Node], start: SymbolId, place: Place) -> Wrong<()> {
        let subtract = Node::Binary(Binary::Subtract);
        let done = [Node::Here, Node::Symbol(start), subtract, subtract];
        let mark = self.program.arena.mark();
        let nodes: Vec<Node> = offset.iter().chain(&done).copied().collect();
        let id: ExpressionId = self.program.arena.keep(&nodes);
        let value = self.evaluate(id, place)?;
        let times = if value.is_final() {
            self.program.arena.truncate(mark);
            let count = u64::try_from(value.number).map_err(|_| {
                let by = value.number.unsigned_abs();
                Mistake::error(place, format!("the instance is already {by} bytes past this field"))
            })?;
            Times::Count(count)
        } else {
            Times::Expression(id)
        };
        self.statement.items.clear();
        self.statement.bytes.clear();
        self.statement.bytes.push(0);
        self.put(Some(times), place)
    }

    fn expect_closed(&self, place: Place) -> Wrong<()> {
        let (what, end, open) = match &self.structure {
            None => return Ok(()),
            Some(Structure::Definition { name_place, .. }) => ("struc", "endstruc", *name_place),
            Some(Structure::Instance { place, .. }) => ("istruc", "iend", *place),
        };
        let message = format!("the `{what}` before this one has no `{end}`");
        Err(Mistake::error(place, message).note(open, "it begins here"))
    }

    /// Says that the source ends inside a structure.
    pub(crate) fn check_structure(&mut self) {
        let (what, end, open) = match &self.structure {
            None => return,
            Some(Structure::Definition { name_place, .. }) => ("struc", "endstruc", *name_place),
            Some(Structure::Instance { place, .. }) => ("istruc", "iend", *place),
        };
        let message = format!("this `{what}` has no `{end}`");
        self.mistakes.push(Mistake::error(open, message));
    }
}
