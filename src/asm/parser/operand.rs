//! Operands: registers, numbers, memory and far pointers, with the words and braces around them.

use super::{Evaluated, Parser};
use crate::asm::object::record::{Field, Slot};
use crate::asm::syntax::ast::{Address, Distance, Kind, Operand, OperandKind, Rounding, Value};
use crate::asm::syntax::cursor::Cursor;
use crate::asm::syntax::mistake::{Location, Mistake, Wrong};
use crate::asm::syntax::table;
use crate::asm::syntax::token::{Punctuation as P, Token, TokenKind};
use crate::asm::syntax::word::{self, OperandWord, operand_words};
use crate::asm::value::address::{self, Unfit};
use crate::asm::value::expression::linear::{Trouble, Unit};
use crate::asm::value::expression::parse::explain;
use crate::diagnostic::{Span, nearest};
use crate::image::Bits;
use iced_x86::Register;

/// Reads `{text}`.
pub(super) fn braces<'c>(cursor: &mut Cursor<'c>, open: Location) -> Wrong<(&'c str, Location)> {
    let first = cursor.taken();
    cursor.skip();
    let (mut count, mut word) = (0, "");
    while !cursor.is(P::BraceClose) {
        count += 1;
        if let Some(token) = cursor.take() {
            word = cursor.text(token);
        } else {
            return Err(Mistake::error(open, "this brace is never closed").label("no `}`"));
        }
    }
    cursor.skip();
    let location = cursor.location_since(first);
    // A single word may come from elsewhere, such as the parameter of a macro.
    let text = if count == 1 { word } else { cursor.sources.text(location.span) };
    Ok((text.trim_matches(['{', '}', ' ', '\t']), location))
}

fn blank(span: Span) -> Operand {
    Operand {
        kind: OperandKind::Register(Register::None),
        size: 0,
        strict: false,
        distance: Distance::None,
        broadcast: 0,
        opmask: Register::None,
        zeroing: false,
        span,
    }
}

impl Parser<'_> {
    /// Reads the operand with this index.
    pub(super) fn operand(&mut self, cursor: &mut Cursor<'_>, number: usize) -> Wrong<Operand> {
        let first = cursor.taken();
        let mut operand = blank(Span::default());
        while let Some(word) = cursor.known().operand() {
            match word {
                OperandWord::Size(size) => operand.size = size,
                OperandWord::Distance(distance) => operand.distance = distance,
                OperandWord::Strict => operand.strict = true,
                OperandWord::InExpression => break,
                OperandWord::Foreign if is_name(cursor) => break,
                OperandWord::Foreign => return Err(foreign(cursor)),
                _ => {
                    let help = "it goes inside the brackets: `[rel label]`";
                    return Err(cursor.expected("an operand").help(help));
                }
            }
            cursor.skip();
        }
        if let Some(register) = cursor.known().register() {
            self.register(cursor, number, register, &mut operand)?;
        } else if cursor.is(P::BracketOpen) {
            operand.kind = self.memory(cursor, number, Register::None)?;
        } else if let [token, rest @ ..] = cursor.rest()
            && token.kind == TokenKind::Number
            && rest.first().is_none_or(|next| next.is(P::Comma))
        {
            cursor.skip();
            let number = token.number.cast_signed();
            operand.kind = OperandKind::Immediate(Value { number, kind: Kind::Absolute });
        } else if cursor.kind() == Some(TokenKind::Float) && self.takes_floats() {
            let message = "a floating-point number cannot be an operand";
            let help = "put it into memory, `x: dq 1.5`, and write `qword [x]`; `fld1` and `fldz` \
                        load 1 and 0";
            return Err(Mistake::error(cursor.location(), message).help(help));
        } else {
            operand.kind = self.number(cursor, number, &mut operand)?;
        }
        while cursor.is(P::BraceOpen) {
            self.decorator(cursor, &mut operand)?;
        }
        operand.span = cursor.location_since(first).span;
        Ok(operand)
    }

    fn register(
        &mut self,
        cursor: &mut Cursor<'_>,
        number: usize,
        register: Register,
        operand: &mut Operand,
    ) -> Wrong<()> {
        let location = cursor.location();
        cursor.skip();
        operand.kind = OperandKind::Register(register);
        if operand.size != 0 {
            self.warn_of_size(register, operand.size, location);
        }
        match cursor.kind() {
            None | Some(TokenKind::Punctuation(P::Comma | P::BraceOpen)) => Ok(()),
            Some(TokenKind::Punctuation(P::Colon)) if register.is_segment_register() => {
                cursor.skip();
                if !cursor.is(P::BracketOpen) {
                    let (expected, taken) =
                        (cursor.expected("`[` after the segment"), cursor.taken());
                    let is_sum = self.expression(cursor).is_ok() && cursor.is(P::BracketOpen);
                    if !is_sum {
                        return Err(expected);
                    }
                    operand.kind = self.indexed(cursor, taken, number, register)?;
                    return Ok(());
                }
                operand.kind = self.memory(cursor, number, register)?;
                Ok(())
            }
            Some(TokenKind::Punctuation(P::BracketOpen)) => Err(beside_bracket(cursor, "")),
            Some(TokenKind::Punctuation(P::Plus)) if self.is_set(cursor, register, number) => {
                cursor.skip();
                cursor.skip();
                Ok(())
            }
            Some(TokenKind::Punctuation(P::BracketClose | P::Close | P::Colon)) => {
                Err(cursor.expected("a comma or the end of the line"))
            }
            Some(TokenKind::Punctuation(_)) => {
                Err(Mistake::error(location, "a register cannot be part of a number")
                    .help("sums of registers are addresses: put them in brackets"))
            }
            _ => Err(cursor.expected("a comma or the end of the line")),
        }
    }

    /// Whether the instruction being read is one of the x87.
    fn takes_floats(&self) -> bool {
        table::name(self.scratch.instruction.mnemonic).starts_with('f')
    }

    /// Whether `+N` behind a register counts the registers that an instruction takes from it on, as
    /// in `v4fmaddps zmm0,zmm4+3,[rax]`: as many as it does take.
    fn is_set(&self, cursor: &Cursor<'_>, register: Register, number: usize) -> bool {
        let name = table::name(self.scratch.instruction.mnemonic);
        let more = match number {
            1 if name.starts_with("v4") || name.starts_with("vp4d") => 3,
            0 if name.starts_with("vp2intersect") => 1,
            _ => 0,
        };
        let is_vector = register.is_vector_register() || register.is_k();
        let ends = |next: &Token| next.is(P::Comma) || next.is(P::BraceOpen);
        is_vector
            && matches!(cursor.rest(), [_, count, rest @ ..]
                if count.kind == TokenKind::Number
                    && (count.number == more || count.number == 0)
                    && rest.first().is_none_or(ends))
    }

    /// A number or a far pointer.
    fn number(
        &mut self,
        cursor: &mut Cursor<'_>,
        number: usize,
        operand: &mut Operand,
    ) -> Wrong<OperandKind> {
        let taken = cursor.taken();
        let first = self.expression(cursor)?;
        if cursor.is(P::BracketOpen) {
            let before = cursor.sources.text(cursor.location_since(taken).span);
            let is_known = first.later.is_none_or(|_| !first.value.unknown);
            if !is_known && nearest(before, operand_words()).is_some() {
                return Err(beside_bracket(cursor, before));
            }
            return self.indexed(cursor, taken, number, Register::None);
        }
        if !cursor.accept(P::Colon) {
            return Ok(OperandKind::Immediate(self.hole(&first, number, Field::Immediate)?));
        }
        if let Some(OperandWord::Size(size)) = cursor.known().operand() {
            operand.size = size;
            cursor.skip();
        }
        let second = self.expression(cursor)?;
        let segment = self.hole(&first, number, Field::FarSegment)?;
        Ok(OperandKind::Far(segment, self.hole(&second, number, Field::FarOffset)?))
    }

    /// The current value of an expression; one that may still change becomes a hole.
    fn hole(&mut self, evaluated: &Evaluated, number: usize, field: Field) -> Wrong<Value> {
        let Evaluated { value, location, .. } = *evaluated;
        if value.terms().iter().any(|t| matches!(t.unit, Unit::Register(_))) {
            return Err(Mistake::error(location, "a register cannot be part of a number")
                .help("sums of registers are addresses: put them in brackets"));
        }
        let now = value.to_value().map_err(|trouble| explain(trouble, location, "?"))?;
        self.push_slot(evaluated, number, field);
        Ok(now)
    }

    fn push_slot(&mut self, evaluated: &Evaluated, number: usize, field: Field) {
        let Some(expression) = evaluated.later else { return };
        // An instruction has at most five operands.
        let operand = u8::try_from(number).unwrap_or(u8::MAX);
        let location = evaluated.location;
        self.statement.slots.push(Slot { operand, field, expression, location });
        self.slot_values.push(evaluated.value);
    }

    /// `table[bx]`, which is `[table+bx]`, with the cursor at `[`. The sum before it began at the
    /// token number `first`.
    fn indexed(
        &mut self,
        cursor: &mut Cursor<'_>,
        first: usize,
        number: usize,
        segment: Register,
    ) -> Wrong<OperandKind> {
        let before = cursor.since(first);
        let [open, inside @ ..] = cursor.rest() else { return Err(cursor.expected("`[`")) };
        let length = inside.iter().position(|token| token.is(P::BracketClose));
        let Some(length) = length else {
            return Err(Mistake::error(open, "this bracket is never closed").label("no `]`"));
        };
        let plus = Token { kind: TokenKind::Punctuation(P::Plus), ..*open };
        let mut tokens = vec![*open];
        tokens.extend_from_slice(before);
        tokens.push(plus);
        tokens.extend_from_slice(inside.get(..=length).unwrap_or_default());
        let kind = self.memory(&mut Cursor::new(&tokens, cursor.sources), number, segment)?;
        (0..length + 2).for_each(|_| cursor.skip());
        Ok(kind)
    }

    /// A memory operand, with the cursor at `[`.
    fn memory(
        &mut self,
        cursor: &mut Cursor<'_>,
        number: usize,
        segment: Register,
    ) -> Wrong<OperandKind> {
        let open = cursor.location();
        cursor.skip();
        let mut memory = Address { segment, ..Address::default() };
        let prefix = self.scratch.instruction.prefixes.segment;
        self.before_address(cursor, &mut memory)?;
        if prefix != Register::None && memory.segment != Register::None && prefix != memory.segment
        {
            return Err(two_segments(open));
        }
        if let Some((base, number, length)) = register_and_number(cursor.rest()) {
            (memory.base, memory.displacement.number) = (base, number);
            (0..length).for_each(|_| cursor.skip());
            return Ok(OperandKind::Memory(memory));
        }
        let sum = self.expression(cursor)?;
        if cursor.accept(P::Comma) {
            let index = self.expression(cursor)?;
            address::fill(&index.value, &mut memory).map_err(|u| unfit(u, index.location))?;
            memory.is_mib = true;
            if memory.index == Register::None {
                (memory.index, memory.scale) =
                    (memory.base, u8::from(memory.base != Register::None));
            }
        }
        if !cursor.accept(P::BracketClose) {
            if cursor.is_at_end() {
                return Err(Mistake::error(open, "this bracket is never closed").label("no `]`"));
            }
            return Err(cursor.expected("`]`"));
        }
        address::fill(&sum.value, &mut memory).map_err(|u| unfit(u, sum.location))?;
        self.push_slot(&sum, number, Field::Address);
        if memory.base == Register::None && memory.index == Register::None {
            self.warn_of_address(&memory, sum.later.is_some(), sum.location);
        }
        Ok(OperandKind::Memory(memory))
    }

    /// Warns of a size before a general or segment register of another size.
    fn warn_of_size(&mut self, register: Register, size: u8, location: Location) {
        let has_size = register.is_gpr() || register.is_segment_register();
        if has_size && usize::from(size) != register.size() {
            let message = "the size before this register is not that of the register";
            let help = "leave it out: the register determines the size";
            self.mistakes.push(Mistake::warning("regsize", location, message).help(help));
        }
    }

    /// Warns of words in the brackets that have no effect on an address without registers.
    fn warn_of_address(&mut self, memory: &Address, is_later: bool, location: Location) {
        let is_long = self.bits == Bits::Bits64;
        if memory.displacement_size == 1 || is_long && memory.displacement_size == 2 {
            let message = "an address without registers does not have this size";
            let mistake = Mistake::warning("ea-dispsize", location, message);
            self.mistakes.push(mistake.label("the size before it is ignored"));
        }
        let far = matches!(memory.segment, Register::FS | Register::GS);
        let relative = memory.relative.unwrap_or(self.default_rel && !far);
        if is_long && relative && !is_later && memory.displacement.kind == Kind::Absolute {
            let message = "a plain number cannot be an address relative to rip";
            let help = "write `abs` if that is intended";
            self.mistakes.push(Mistake::warning("ea-absolute", location, message).help(help));
        }
    }

    /// Sizes, `rel`, segments and other words before the sum.
    fn before_address(&mut self, cursor: &mut Cursor<'_>, memory: &mut Address) -> Wrong<()> {
        loop {
            let known = cursor.known();
            if let Some(word) = known.operand() {
                match word {
                    OperandWord::Size(size) => memory.displacement_size = size,
                    OperandWord::Relative(relative) => memory.relative = Some(relative),
                    OperandWord::NoSplit => memory.nosplit = true,
                    OperandWord::AddressSize(size) => memory.address_size = size,
                    OperandWord::Strict => {}
                    OperandWord::InExpression => break,
                    OperandWord::Foreign if is_name(cursor) => break,
                    OperandWord::Foreign => return Err(foreign(cursor)),
                    OperandWord::Distance(_) => return Err(cursor.expected("an address")),
                }
                cursor.skip();
                continue;
            }
            let Some(register) = known.register() else { break };
            let colon = cursor.peek_second().map(|t| t.kind);
            if colon != Some(TokenKind::Punctuation(P::Colon)) {
                break;
            }
            match Some(register).filter(|r| r.is_segment_register()) {
                Some(_) if memory.segment != Register::None => {
                    return Err(two_segments(cursor.location()));
                }
                Some(segment) => memory.segment = segment,
                None => break,
            }
            cursor.skip();
            cursor.skip();
        }
        Ok(())
    }

    /// `{k1}`, `{z}`, `{1to8}`, and `{sae}` without a comma before it.
    fn decorator(&mut self, cursor: &mut Cursor<'_>, operand: &mut Operand) -> Wrong<()> {
        let open = cursor.location();
        let (text, location) = braces(cursor, open)?;
        let lower = text.to_ascii_lowercase();
        if let Some(count) = lower.strip_prefix("1to") {
            let count = count.parse::<u8>().ok().filter(|c| matches!(c, 2 | 4 | 8 | 16 | 32));
            operand.broadcast = count.ok_or_else(|| {
                Mistake::error(location, format!("`{{{text}}}` is not a broadcast"))
                    .help("it is `{1to2}`, `{1to4}`, `{1to8}`, `{1to16}` or `{1to32}`")
            })?;
            return Ok(());
        }
        let rounding = &mut self.scratch.instruction.rounding;
        match lower.as_str() {
            "z" => operand.zeroing = true,
            "rn-sae" => *rounding = Rounding::Nearest,
            "rd-sae" => *rounding = Rounding::Down,
            "ru-sae" => *rounding = Rounding::Up,
            "rz-sae" => *rounding = Rounding::Zero,
            "sae" => *rounding = Rounding::SuppressExceptions,
            "k0" => {
                let message = "`k0` cannot be a mask";
                let help = "`k0` as a mask means no mask: leave it out, or use `{k1}` to `{k7}`";
                return Err(Mistake::error(location, message).help(help));
            }
            _ => match word::register(&lower).filter(|r| r.is_k()) {
                Some(register) => operand.opmask = register,
                None => {
                    let message = format!("`{{{text}}}` is not known here");
                    let help = "an operand can have `{k1}` to `{k7}`, `{z}` or `{1to8}`";
                    return Err(Mistake::error(location, message).help(help));
                }
            },
        }
        Ok(())
    }
}

/// The common form of a memory operand, `r]`, `r + n]` or `r - n]`: returns the register, the
/// number, and how many tokens that takes.
fn register_and_number(tokens: &[Token]) -> Option<(Register, i64, usize)> {
    let [register, rest @ ..] = tokens else { return None };
    let base = register.word.register().filter(|r| !r.is_vector_register())?;
    match rest {
        [close, ..] if close.is(P::BracketClose) => Some((base, 0, 2)),
        [sign, number, close, ..]
            if number.kind == TokenKind::Number && close.is(P::BracketClose) =>
        {
            let value = number.number.cast_signed();
            match sign.kind {
                TokenKind::Punctuation(P::Plus) => Some((base, value, 4)),
                TokenKind::Punctuation(P::Minus) => Some((base, value.wrapping_neg(), 4)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn two_segments(location: Location) -> Box<Mistake> {
    Mistake::error(location, "an address can have only one segment")
        .label("the second")
        .help("leave one of them out: `[es:ebx]`")
}

/// The error for an operand directly before a bracket: a misspelt size, an address in MASM or AT&T
/// syntax, or a missing comma.
fn beside_bracket(cursor: &Cursor<'_>, before: &str) -> Box<Mistake> {
    let mistake = cursor.expected("a comma or the end of the line");
    match nearest(before, operand_words()) {
        Some(near) => mistake.help(format!("did you mean `{near}`?")),
        None if before.is_empty() => mistake,
        None => mistake.help(format!("the whole address goes inside: `[{before} + ...]`")),
    }
}

/// Whether a word of other assemblers is used as a name here: the end of the operand or an operator
/// follows it.
fn is_name(cursor: &Cursor<'_>) -> bool {
    cursor.peek_second().is_none_or(|next| {
        matches!(next.kind, TokenKind::Punctuation(mark) if !matches!(mark, P::Open | P::BracketOpen))
    })
}

fn foreign(cursor: &Cursor<'_>) -> Box<Mistake> {
    let word = cursor.word().unwrap_or_default();
    let message = format!("`{word}` is not used in NASM syntax");
    let help = match word.eq_ignore_ascii_case("ptr") {
        true => "leave it out: `mov word [bx], 1`",
        false => "leave it out: `label` is the address, `[label]` is the memory at it",
    };
    Mistake::error(cursor.location(), message).help(help)
}

pub(super) fn unfit(unfit: Unfit, location: Location) -> Box<Mistake> {
    match unfit {
        Unfit::Number(trouble @ Trouble::NotSimple) => explain(trouble, location, "?")
            .help("an address is at most two registers, a label and a number"),
        Unfit::Number(trouble) => explain(trouble, location, "?"),
        _ => {
            let (message, help) = unfit.message();
            Mistake::error(location, message).maybe_help(help.map(str::to_owned))
        }
    }
}
