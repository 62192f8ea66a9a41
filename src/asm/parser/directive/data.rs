//! `db` and its family, and `incbin`.

use crate::asm::object::MAX_OUTPUT;
use crate::asm::object::record::{Item, Times, row};
use crate::asm::parser::Parser;
use crate::asm::syntax::cursor::Cursor;
use crate::asm::syntax::lexer::string::{Wide, decode};
use crate::asm::syntax::mistake::{Location, Mistake, Wrong};
use crate::asm::syntax::token::{Punctuation as P, TokenKind};
use crate::asm::syntax::word::OperandWord;
use crate::asm::value::expression::parse::explain;
use crate::asm::value::expression::parse::wide_string;
use crate::asm::value::float::{self, Format, special_name};
use crate::asm::value::number::{self, Width};

/// The maximum nesting depth of `dup`.
const MAX_DUP_DEPTH: u32 = 64;

impl Parser<'_> {
    /// `db` and its family, with the cursor after the word.
    pub(crate) fn data(
        &mut self,
        width: u8,
        location: Location,
        cursor: &mut Cursor<'_>,
        times: Option<Times>,
    ) -> Wrong<()> {
        self.statement.bytes.clear();
        self.statement.items.clear();
        if cursor.is_at_end() {
            let message = "there is no value here";
            self.mistakes.push(Mistake::warning("db-empty", location, message));
            return Ok(());
        }
        let first = cursor.taken();
        let mut uninitialised = false;
        while !cursor.is_at_end() {
            uninitialised |= self.datum(Width(width), cursor, 0)?;
            if !cursor.is_at_end() && !cursor.accept(P::Comma) {
                return Err(cursor.expected("a comma or the end of the line"));
            }
        }
        let location = location.to(cursor.location_since(first));
        let nothing_else = self.statement.bytes.iter().all(|&b| b == 0);
        if uninitialised
            && self.reserves(location)
            && nothing_else
            && self.statement.items.is_empty()
        {
            let length = (self.statement.bytes.len() as u64).cast_signed();
            let value = crate::asm::value::expression::linear::Linear::number(length);
            let count = crate::asm::parser::Evaluated { value, later: None, location };
            return self.reserve(&count, 1, times, location);
        }
        self.put(times, location)
    }

    /// Whether reserved space takes no bytes here; adds a warning if it does.
    fn reserves(&mut self, location: Location) -> bool {
        let Some(section) = self.section() else { return false };
        if section.is_empty_space() {
            return true;
        }
        let message = format!("section `{}` has contents: `?` is 0", section.name);
        self.mistakes.push(Mistake::warning("zeroing", location, message));
        false
    }

    /// One value, or several with `dup`. Returns true if it was `?`.
    fn datum(&mut self, width: Width, cursor: &mut Cursor<'_>, depth: u32) -> Wrong<bool> {
        if depth > MAX_DUP_DEPTH {
            return Err(cursor.expected("fewer `dup`s inside one another"));
        }
        let mut width = width;
        if let Some(OperandWord::Size(size)) = cursor.known().operand() {
            width = Width(size);
            cursor.skip();
            if cursor.is(P::Open) {
                return self.list(width, cursor, depth);
            }
        }
        let Some(token) = cursor.peek() else { return Err(cursor.expected("a value")) };
        let ends = matches!(
            cursor.peek_second().map(|t| t.kind),
            None | Some(TokenKind::Punctuation(P::Comma | P::Close))
        );
        match token.kind {
            TokenKind::Number if ends => {
                cursor.skip();
                self.number_datum(token.number.cast_signed(), width, token.into())?;
            }
            TokenKind::String if ends => {
                let bytes = decode(cursor.text(token));
                self.statement.bytes.extend_from_slice(&bytes);
                let unit = usize::from(width.0);
                let padded = bytes.len().next_multiple_of(unit);
                let end = self.statement.bytes.len() + padded - bytes.len();
                self.statement.bytes.resize(end, 0);
                cursor.skip();
            }
            TokenKind::Punctuation(P::Question) => {
                cursor.skip();
                let end = self.statement.bytes.len() + usize::from(width.0);
                self.statement.bytes.resize(end, 0);
                return Ok(true);
            }
            TokenKind::Identifier if ends && cursor.text(token) == "?" => {
                cursor.skip();
                let end = self.statement.bytes.len() + usize::from(width.0);
                self.statement.bytes.resize(end, 0);
                return Ok(true);
            }
            TokenKind::Punctuation(P::Percent)
                if cursor.peek_second().map(|t| t.kind)
                    == Some(TokenKind::Punctuation(P::Open)) =>
            {
                cursor.skip();
                return self.list(width, cursor, depth);
            }
            TokenKind::Identifier if self.wide_string(width, cursor)? => {}
            _ if self.float_datum(width, cursor)? => {}
            _ => return self.expression_datum(width, cursor, depth),
        }
        Ok(false)
    }

    /// `(VALUE, ...)`, with the cursor at the parenthesis.
    fn list(&mut self, width: Width, cursor: &mut Cursor<'_>, depth: u32) -> Wrong<bool> {
        let open = cursor.location();
        cursor.skip();
        let mut uninitialised = false;
        loop {
            if cursor.accept(P::Close) {
                return Ok(uninitialised);
            }
            if cursor.is_at_end() {
                return Err(Mistake::error(open, "this parenthesis is never closed"));
            }
            uninitialised |= self.datum(width, cursor, depth + 1)?;
            if !cursor.accept(P::Comma) && !cursor.is(P::Close) {
                return Err(cursor.expected("a comma or `)`"));
            }
        }
    }

    fn number_datum(&mut self, value: i64, width: Width, location: Location) -> Wrong<()> {
        if width.0 > 8 {
            return Err(too_wide(width, location));
        }
        if let Some(warning) = number::check(value, width, location) {
            self.mistakes.push(warning);
        }
        let bytes = value.to_le_bytes();
        self.statement.bytes.extend_from_slice(bytes.get(..usize::from(width.0)).unwrap_or(&[]));
        Ok(())
    }

    fn expression_datum(
        &mut self,
        width: Width,
        cursor: &mut Cursor<'_>,
        depth: u32,
    ) -> Wrong<bool> {
        let evaluated = self.expression(cursor)?;
        if cursor.word().is_some_and(|w| w.eq_ignore_ascii_case("dup")) {
            let count = self.scalar(&evaluated)?;
            if evaluated.later.is_some() {
                let message = "the count of `dup` must be known here";
                return Err(Mistake::error(evaluated.location, message)
                    .help("the count of `times` may depend on later labels"));
            }
            cursor.skip();
            return self.duplicate(count, (width, evaluated.location), cursor, depth);
        }
        let Some(expression) = evaluated.later else {
            let value = self.scalar(&evaluated)?;
            self.number_datum(value, width, evaluated.location)?;
            return Ok(false);
        };
        if width.0 > 8 {
            return Err(too_wide(width, evaluated.location));
        }
        let value = evaluated.value.to_value();
        value.map_err(|trouble| explain(trouble, evaluated.location, "?"))?;
        let offset = row(self.statement.bytes.len());
        let location = evaluated.location;
        self.statement.items.push(Item { expression, offset, back: 0, width: width.0, location });
        let end = self.statement.bytes.len() + usize::from(width.0);
        self.statement.bytes.resize(end, 0);
        Ok(false)
    }

    /// `COUNT dup VALUE` or `COUNT dup (VALUE, ...)`, with the cursor after `dup`.
    fn duplicate(
        &mut self,
        count: i64,
        (width, location): (Width, Location),
        cursor: &mut Cursor<'_>,
        depth: u32,
    ) -> Wrong<bool> {
        let (start, first) = (self.statement.bytes.len(), self.statement.items.len());
        let uninitialised = if cursor.is(P::Open) {
            self.list(width, cursor, depth)?
        } else {
            self.datum(width, cursor, depth + 1)?
        };
        let count = u64::try_from(count)
            .map_err(|_| Mistake::error(location, format!("this is repeated {count} times")))?;
        let Ok(once) = usize::try_from(count) else { return Ok(uninitialised) };
        let length = self.statement.bytes.len() - start;
        let items = self.statement.items.len() - first;
        if (length as u64).saturating_mul(count) > MAX_OUTPUT {
            let message = format!("{count} times {length} bytes are more than {MAX_OUTPUT}");
            return Err(Mistake::error(location, message));
        }
        if once == 0 {
            self.statement.bytes.truncate(start);
            self.statement.items.truncate(first);
        }
        for i in 1..once {
            self.statement.bytes.extend_from_within(start..start + length);
            for k in first..first + items {
                let item = self.statement.items[k];
                let offset = item.offset + row(i * length);
                self.statement.items.push(Item { offset, ..item });
            }
        }
        Ok(uninitialised)
    }

    /// `__?utf16?__("text")` and the like; returns false if there is none here.
    fn wide_string(&mut self, width: Width, cursor: &mut Cursor<'_>) -> Wrong<bool> {
        let Some(name) = cursor.word().and_then(special_name) else { return Ok(false) };
        let Some(wide) = Wide::of_name(name) else { return Ok(false) };
        cursor.skip();
        let bytes = wide_string(wide, cursor)?;
        let padded = bytes.len().next_multiple_of(usize::from(width.0));
        let end = self.statement.bytes.len() + padded;
        self.statement.bytes.extend_from_slice(&bytes);
        self.statement.bytes.resize(end, 0);
        Ok(true)
    }

    /// A floating-point number with its signs; returns false if there is none here.
    fn float_datum(&mut self, width: Width, cursor: &mut Cursor<'_>) -> Wrong<bool> {
        let mut ahead = *cursor;
        let first = ahead.taken();
        let mut negative = false;
        while ahead.is(P::Minus) || ahead.is(P::Plus) {
            negative ^= ahead.is(P::Minus);
            ahead.skip();
        }
        let Some(token) = ahead.peek() else { return Ok(false) };
        let text = ahead.text(token);
        let is_special = || special_name(text).is_some_and(|name| float::special(name).is_some());
        match token.kind {
            TokenKind::Float => {}
            TokenKind::Identifier if is_special() => {}
            _ => return Ok(false),
        }
        ahead.skip();
        let location = ahead.location_since(first);
        let Some(format) = Format::of_width(width.0) else {
            let message = format!("there are no floating-point numbers of {} bytes", width.0);
            return Err(Mistake::error(location, message));
        };
        if width.0 == 10
            && let Some((bits, is_cut)) = float::packed_decimal(text)
        {
            if is_cut {
                let mistake = Mistake::warning("other", location, "a packed decimal has 18 digits");
                self.mistakes.push(mistake.label("only the last 18 are kept"));
            }
            let bits = bits | u128::from(negative) << 79;
            self.statement.bytes.extend_from_slice(&bits.to_le_bytes()[..10]);
            *cursor = ahead;
            return Ok(true);
        }
        let Some(bits) = float::parse(text, &format, negative, self.float_mode) else {
            return Err(Mistake::error(location, "invalid floating-point number"));
        };
        if bits.overflow {
            let message = format!("this is too large for a {} and becomes infinity", width.name());
            self.mistakes.push(Mistake::warning("float-overflow", location, message));
        }
        if bits.underflow {
            let message = format!("this is too small for a {} and becomes zero", width.name());
            self.mistakes.push(Mistake::warning("float-underflow", location, message));
        }
        if bits.is_denormal(&format) {
            let message =
                format!("this is so small that a {} stores it with less precision", width.name());
            self.mistakes.push(Mistake::warning("float-denorm", location, message));
        }
        let bytes = bits.with_sign(negative, &format).to_le_bytes();
        self.statement.bytes.extend_from_slice(bytes.get(..usize::from(width.0)).unwrap_or(&[]));
        *cursor = ahead;
        Ok(true)
    }

    /// `incbin "FILE"[, OFFSET[, LENGTH]]`.
    pub(crate) fn incbin(
        &mut self,
        location: Location,
        cursor: &mut Cursor<'_>,
        times: Option<Times>,
    ) -> Wrong<()> {
        let Some(token) = cursor.peek().filter(|t| t.kind == TokenKind::String) else {
            return Err(cursor.expected("the name of a file in quotes"));
        };
        cursor.skip();
        let name = String::from_utf8_lossy(&decode(cursor.text(token))).into_owned();
        let mut numbers = [0, i64::MAX];
        for number in &mut numbers {
            if cursor.accept(P::Comma) {
                let location = cursor.location();
                *number = self.critical(cursor, "an offset or length of `incbin`")?;
                if *number < 0 {
                    return Err(Mistake::error(location, "this cannot be negative"));
                }
            }
        }
        self.expect_end(cursor)?;
        let from = cursor.sources.get(token.span.file).and_then(|s| s.path.as_deref());
        let contents = self.resolver.binary(&name, from).map_err(|reason| {
            Mistake::error(token, format!("`{name}` cannot be included")).label(reason)
        })?;
        // A number that does not fit is larger than the file.
        let [offset, length] = numbers.map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        let start = offset.min(contents.len());
        let end = start.saturating_add(length).min(contents.len());
        if offset > contents.len() {
            let message = format!("`{name}` has only {} bytes", contents.len());
            return Err(Mistake::error(token, message));
        }
        self.statement.items.clear();
        self.statement.bytes.clear();
        self.statement.bytes.extend_from_slice(contents.get(start..end).unwrap_or(&[]));
        self.put(times, location)
    }
}

fn too_wide(width: Width, location: Location) -> Box<Mistake> {
    let message = format!("an integer cannot be a {}", width.name());
    Mistake::error(location, message).label(format!("{} bytes", width.0)).help(
        "numbers have at most 8 bytes; write a floating-point number such as `1.0`, or use `dq`",
    )
}
