//! The directives that reserve or fill space: `times`, `resb` and its family, `align`.

use crate::asm::object::record::Times;
use crate::asm::parser::{Evaluated, Parser};
use crate::asm::syntax::cursor::Cursor;
use crate::asm::syntax::mistake::{Location, Mistake, Wrong};
use crate::asm::syntax::token::{Punctuation as P, TokenKind};
use crate::asm::value::expression::node::{Binary, ExpressionId, Node};
use crate::diagnostic::Sources;

impl Parser<'_> {
    /// `times N STATEMENT`; `outer` is a `times` before it.
    pub(crate) fn times(&mut self, cursor: &mut Cursor<'_>, outer: Option<Times>) -> Wrong<()> {
        let count = self.expression(cursor)?;
        if outer.is_some() {
            let message = "of two `times` in a row only the second has an effect";
            self.mistakes.push(Mistake::warning("other", count.location, message));
        }
        let times = match count.later {
            None => {
                let number = self.scalar(&count)?;
                Times::Count(
                    u64::try_from(number)
                        .map_err(|_| negative(number, count.location, cursor.sources))?,
                )
            }
            Some(expression) => Times::Expression(expression),
        };
        if cursor.is_at_end() {
            return Err(cursor.expected("a statement to repeat"));
        }
        self.body(cursor, Some(times))
    }

    pub(super) fn resb(
        &mut self,
        unit: u8,
        location: Location,
        cursor: &mut Cursor<'_>,
        times: Option<Times>,
    ) -> Wrong<()> {
        let first = cursor.taken();
        if matches!(cursor.kind(), Some(TokenKind::Float)) {
            return Err(cursor.expected("a number of units"));
        }
        let count = self.expression(cursor)?;
        if cursor.accept(P::Comma) && cursor.is_at_end() {
            self.warn_of_comma(cursor);
        }
        self.expect_end(cursor)?;
        self.reserve(&count, unit, times, location.to(cursor.location_since(first)))
    }

    /// `align N[, STATEMENT]`: repeats the statement until the address is a multiple of `N`.
    pub(super) fn align(
        &mut self,
        reserve: bool,
        location: Location,
        cursor: &mut Cursor<'_>,
    ) -> Wrong<()> {
        let boundary_location = cursor.location();
        let boundary = self.critical(cursor, "an alignment")?;
        let power = u64::try_from(boundary).ok().filter(|b| b.is_power_of_two());
        let Some(power) = power else {
            let message = format!("an alignment must be a power of two, not {boundary}");
            return Err(Mistake::error(boundary_location, message));
        };
        self.raise_alignment(power);
        let fill = cursor.accept(P::Comma) && !cursor.is_at_end();
        let here = self.here();
        let distance = here.fixed % power;
        let times = if here.record == 0 {
            Evaluated {
                value: crate::asm::value::expression::linear::Linear::number(
                    ((power - distance) % power).cast_signed(),
                ),
                later: None,
                location,
            }
        } else {
            let later = Some(self.distance_to_multiple(boundary));
            let value = crate::asm::value::expression::linear::Linear::unknown();
            Evaluated { value, later, location }
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
                return self.fill_with(0, count, location);
            }
            return self.reserve(&times, 1, None, location);
        }
        self.fill_with(0x90, count, location)
    }

    fn fill_with(&mut self, byte: u8, count: Times, location: Location) -> Wrong<()> {
        self.statement.items.clear();
        self.statement.bytes.clear();
        self.statement.bytes.push(byte);
        self.put(Some(count), location)
    }

    /// `(N - ($ - $$) % N) % N`
    fn distance_to_multiple(&mut self, boundary: i64) -> ExpressionId {
        self.object.arena.keep(&[
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

    /// Raises the alignment of the section to at least this power of two.
    pub(super) fn raise_alignment(&mut self, power: u64) {
        if let Some(section) = self.section() {
            let align = &mut section.attributes.align;
            *align = (*align).max(power);
        }
    }
}

/// A `times` with a negative count, usually in a boot sector that has become too long.
fn negative(count: i64, location: Location, sources: &Sources) -> Box<Mistake> {
    let mistake = Mistake::error(location, format!("this is repeated {count} times"));
    if !sources.text(location.span).contains('$') {
        return mistake.label("must not be negative");
    }
    let over = count.unsigned_abs();
    let what = if over == 1 { "byte" } else { "bytes" };
    mistake
        .label(format!("the code before it is {over} {what} too long"))
        .help("shorten the code before it, or raise the count")
}
