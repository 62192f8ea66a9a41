//! The effect of each directive. The table of directives is in
//! [`syntax::directive`](crate::asm::syntax::directive).

pub(crate) mod data;
mod section;
mod space;
pub(crate) mod structure;

use super::Parser;
use crate::asm::object::record::Times;
use crate::asm::syntax::cursor::Cursor;
use crate::asm::syntax::directive::{Action, syntax};
use crate::asm::syntax::mistake::{Location, Mistake, Wrong};
use crate::asm::syntax::token::Punctuation as P;
use crate::asm::value::symbols::Definition;

impl Parser<'_> {
    /// Reads the rest of a directive, with the cursor after its word.
    pub(crate) fn directive(
        &mut self,
        action: Action,
        location: Location,
        cursor: &mut Cursor<'_>,
        times: Option<Times>,
    ) -> Wrong<()> {
        match action {
            Action::Data(width) => return self.data(width, location, cursor, times),
            Action::Reserve(unit) => return self.resb(unit, location, cursor, times),
            Action::Incbin => return self.incbin(location, cursor, times),
            Action::Times => return self.times(cursor, times),
            _ if times.is_some() => {
                return Err(Mistake::error(location, "this cannot be repeated with `times`"));
            }
            _ => {}
        }
        match action {
            Action::Absolute => self.absolute(location, cursor),
            Action::Align(reserve) => self.align(reserve, location, cursor),
            Action::At => self.at(location, cursor),
            Action::Bits => self.bits(location, cursor),
            Action::Cpu => self.cpu(cursor),
            Action::Use(bits) => self.set_bits(bits, location),
            Action::Default => self.default_mode(cursor),
            Action::Endstruc => self.endstruc(location),
            Action::Equ => {
                let message = "`equ` needs a name before it";
                return Err(Mistake::error(location, message).help("write `NAME equ VALUE`"));
            }
            Action::Extern => self.external(cursor),
            Action::Float => self.float_option(cursor),
            Action::Iend => self.iend(location),
            Action::Istruc => self.istruc(location, cursor),
            Action::Org => self.org(location, cursor),
            Action::Section => self.open_section(location, cursor),
            Action::SectionAlignment => self.section_alignment(cursor),
            Action::Struc => self.struc(location, cursor),
            Action::Warning => {
                self.turn_warning(location, cursor);
                Ok(())
            }
            Action::Accept => {
                cursor.skip_all();
                Ok(())
            }
            Action::Refuse(reason) => {
                let word = cursor.sources.text(location.span);
                return Err(
                    Mistake::error(location, format!("`{word}` is not supported")).label(reason)
                );
            }
            Action::Data(_) | Action::Reserve(_) | Action::Incbin | Action::Times => Ok(()),
        }?;
        if cursor.is_at_end() {
            return Ok(());
        }
        Err(cursor.expected("the end of the line").help(format!("it is `{}`", syntax(action))))
    }

    /// `[warning ...]`. As in NASM, an unknown name is only a warning.
    fn turn_warning(&mut self, location: Location, cursor: &mut Cursor<'_>) {
        let first = cursor.taken();
        let empty = cursor.is_at_end();
        cursor.skip_all();
        let words = cursor.location_since(first);
        let text = if empty { "" } else { cursor.sources.text(words.span) };
        if let Err((name, message)) = self.turns.turn(text) {
            let location = if empty { location } else { words };
            self.mistakes.push(Mistake::warning(name, location, message));
        }
    }

    /// `extern NAME, ...`. Using the name is an error, unless the source defines it after all.
    fn external(&mut self, cursor: &mut Cursor<'_>) -> Wrong<()> {
        while let (Some(token), Some(name)) = (cursor.peek(), cursor.word()) {
            cursor.skip();
            let id = self.intern(name, token);
            if self.object.symbols.definition(id) == Definition::Undefined {
                self.object.symbols.define(id, token.into(), false, Definition::External);
            }
            while !cursor.is_at_end() && !cursor.is(P::Comma) {
                cursor.skip();
            }
            cursor.accept(P::Comma);
        }
        Ok(())
    }
}
