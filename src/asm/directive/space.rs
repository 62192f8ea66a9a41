//! Who reads which directive, and those about space: `times`, `resb` and its family, `align`.
//! Knows nothing of what fills it.

use super::super::cursor::Cursor;
use super::super::expression::node::{Binary, ExpressionId, Node};
use super::super::layout::record::Times;
use super::super::mistake::{Mistake, Place, Wrong};
use super::super::parser::{Assembler, Evaluated};
use super::super::symbols::Definition;
use super::super::token::{Punctuation as P, TokenKind};
use super::{Action, syntax};
use crate::diagnostic::Sources;

impl Assembler<'_> {
    /// Reads the rest of a directive, with the cursor behind its word.
    pub(crate) fn directive(
        &mut self,
        action: Action,
        place: Place,
        cursor: &mut Cursor<'_>,
        times: Option<Times>,
    ) -> Wrong<()> {
        match action {
            Action::Data(width) => return self.data(width, place, cursor, times),
            Action::Reserve(unit) => return self.resb(unit, place, cursor, times),
            Action::Incbin => return self.incbin(place, cursor, times),
            Action::Times => return self.times(cursor, times),
            _ if times.is_some() => {
                return Err(Mistake::error(place, "this cannot be repeated with `times`"));
            }
            _ => {}
        }
        match action {
            Action::Absolute => self.absolute(place, cursor),
            Action::Align(reserve) => self.align(reserve, place, cursor),
            Action::At => self.at(place, cursor),
            Action::Bits => self.bits(place, cursor),
            Action::Cpu => self.cpu(cursor),
            Action::Use(bits) => self.set_bits(bits, place),
            Action::Default => self.default_mode(cursor),
            Action::Endstruc => self.endstruc(place),
            Action::Equ => {
                let message = "`equ` needs a name before it";
                return Err(Mistake::error(place, message).help("write `NAME equ VALUE`"));
            }
            Action::Extern => self.external(cursor),
            Action::Float => self.float_option(cursor),
            Action::Iend => self.iend(place),
            Action::Istruc => self.istruc(place, cursor),
            Action::Org => self.org(place, cursor),
            Action::Section => self.open_section(place, cursor),
            Action::SectionAlignment => self.section_alignment(cursor),
            Action::Struc => self.struc(place, cursor),
            Action::Warning => {
                self.turn_warning(place, cursor);
                Ok(())
            }
            Action::Accept => {
                cursor.skip_all();
                Ok(())
            }
            Action::Refuse(reason) => {
                let word = cursor.sources.text(place.span);
                return Err(
                    Mistake::error(place, format!("`{word}` is not supported")).label(reason)
                );
            }
            Action::Data(_) | Action::Reserve(_) | Action::Incbin | Action::Times => Ok(()),
        }?;
        if cursor.is_at_end() {
            return Ok(());
        }
        Err(cursor.expected("the end of the line").help(format!("it is `{}`", syntax(action))))
    }

    /// `[warning ...]`. What it does not know does not stop the program, as in NASM.
    fn turn_warning(&mut self, place: Place, cursor: &mut Cursor<'_>) {
        let first = cursor.taken();
        let empty = cursor.is_at_end();
        cursor.skip_all();
        let words = cursor.place_since(first);
        let text = if empty { "" } else { cursor.sources.text(words.span) };
        if let Err((name, message)) = self.turns.turn(text) {
            let place = if empty { place } else { words };
            self.mistakes.push(Mistake::warning(name, place, message));
        }
    }

    /// `times N STATEMENT`; `outer` is a `times` before it.
    pub(crate) fn times(&mut self, cursor: &mut Cursor<'_>, outer: Option<Times>) -> Wrong<()> {
        let count = self.expression(cursor)?;
        if outer.is_some() {
            let message = "of two `times` in a row only the second counts";
            self.mistakes.push(Mistake::warning("other", count.place, message));
        }
        let times = match count.later {
            None => {
                let number = self.scalar(&count)?;
                Times::Count(
                    u64::try_from(number)
                        .map_err(|_| negative(number, count.place, cursor.sources))?,
                )
            }
            Some(expression) => Times::Expression(expression),
        };
        if cursor.is_at_end() {
            return Err(cursor.expected("a statement to repeat"));
        }
        self.body(cursor, Some(times))
    }

    fn resb(
        &mut self,
        unit: u8,
        place: Place,
        cursor: &mut Cursor<'_>,
        times: Option<Times>,
    ) -> Wrong<()> {
        let first = cursor.taken();
        if matches!(cursor.kind(), Some(TokenKind::Float)) {
            return Err(cursor.expected("a number of units"));
        }
        let count = self.expression(cursor)?;
        self.expect_end(cursor)?;
        self.reserve(&count, unit, times, place.to(cursor.place_since(first)))
    }

    /// `align N[, STATEMENT]`: the statement as often as it takes to reach a multiple.
    fn align(&mut self, reserve: bool, place: Place, cursor: &mut Cursor<'_>) -> Wrong<()> {
        let boundary_place = cursor.place();
        let boundary = self.critical(cursor, "an alignment")?;
        let power = u64::try_from(boundary).ok().filter(|b| b.is_power_of_two());
        let Some(power) = power else {
            let message = format!("an alignment must be a power of two, not {boundary}");
            return Err(Mistake::error(boundary_place, message));
        };
        self.raise_alignment(power);
        let fill = cursor.accept(P::Comma) && !cursor.is_at_end();
        let here = self.here();
        let distance = here.fixed % power;
        let times = if here.record == 0 {
            Evaluated {
                value: super::super::expression::linear::Linear::number(
                    ((power - distance) % power).cast_signed(),
                ),
                later: None,
                place,
            }
        } else {
            let later = Some(self.distance_to_multiple(boundary));
            let value = super::super::expression::linear::Linear::unknown();
            Evaluated { value, later, place }
        };
        let count = match times.later {
            None => Times::Count(times.value.number.cast_unsigned()),
            Some(expression) => Times::Expression(expression),
        };
        if fill {
            return self.body(cursor, Some(count));
        }
        let empty = self.section().is_some_and(|s| s.is_empty_space());
        if reserve || empty {
            if !empty && !matches!(count, Times::Count(0)) {
                return self.fill_with(0, count, place);
            }
            return self.reserve(&times, 1, None, place);
        }
        self.fill_with(0x90, count, place)
    }

    fn fill_with(&mut self, byte: u8, count: Times, place: Place) -> Wrong<()> {
        self.statement.items.clear();
        self.statement.bytes.clear();
        self.statement.bytes.push(byte);
        self.put(Some(count), place)
    }

    /// `(N - ($ - $$) % N) % N`
    fn distance_to_multiple(&mut self, boundary: i64) -> ExpressionId {
        self.program.arena.keep(&[
            Node::Number(boundary),
            Node::Here,
            Node::SectionStart,
            Node::Binary(Binary::Subtract),
            Node::Number(boundary),
            Node::Binary(Binary::Remainder),
            Node::Binary(Binary::Subtract),
            Node::Number(boundary),
            Node::Binary(Binary::Remainder),
        ])
    }

    /// Makes the section start at a multiple of this at least.
    pub(super) fn raise_alignment(&mut self, power: u64) {
        if let Some(section) = self.section() {
            let align = &mut section.attributes.align;
            *align = (*align).max(power);
        }
    }

    /// `extern NAME, ...`: an error where the name is used, unless it is defined after all.
    fn external(&mut self, cursor: &mut Cursor<'_>) -> Wrong<()> {
        while let (Some(token), Some(name)) = (cursor.peek(), cursor.word()) {
            cursor.skip();
            let id = self.intern(name, token);
            if self.program.symbols.definition(id) == Definition::Undefined {
                self.program.symbols.define(id, token.into(), false, Definition::External);
            }
            while !cursor.is_at_end() && !cursor.is(P::Comma) {
                cursor.skip();
            }
            cursor.accept(P::Comma);
        }
        Ok(())
    }
}

/// A `times` with a negative count, which mostly is a boot sector that has become too long.
fn negative(count: i64, place: Place, sources: &Sources) -> Box<Mistake> {
    let mistake = Mistake::error(place, format!("this is repeated {count} times"));
    if !sources.text(place.span).contains('$') {
        return mistake.label("must not be negative");
    }
    let over = count.unsigned_abs();
    let what = if over == 1 { "byte" } else { "bytes" };
    mistake
        .label(format!("{over} {what} too many stand before it"))
        .help("make what stands before it shorter, or let it end later")
}
