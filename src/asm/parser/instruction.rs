//! Instructions: reads prefixes, mnemonic and operands. [`select`](super::super::select) encodes
//! them. The bytes are appended to the section, or the instruction is kept for the layout.

use super::Parser;
use super::operand::unfit;
use crate::asm::encode;
use crate::asm::object::record::{Body, Branch, Field, Patch, PatchKind, Times};
use crate::asm::object::scratch::Scratch;
use crate::asm::select;
use crate::asm::syntax::ast::{
    Address, Distance, Encoding, Instruction, Kind, OperandKind, Prefixes, Rounding,
};
use crate::asm::syntax::cursor::Cursor;
use crate::asm::syntax::mistake::{Location, Mistake, Wrong};
use crate::asm::syntax::table;
use crate::asm::syntax::table::row::Cpu;
use crate::asm::syntax::token::{Punctuation as P, TokenKind};
use crate::asm::syntax::word::{self, Prefix, Word};
use crate::asm::value::address;
use crate::image::Bits;
use iced_x86::Register;

/// How an instruction depends on labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Dependence {
    /// It does not, or only on distances that are final.
    Settled,
    /// Its bytes depend on labels, its length does not.
    Bytes,
    /// Its length depends on labels.
    Length,
}

impl Parser<'_> {
    pub(super) fn set_code(&mut self, is_code: bool) {
        self.is_code = is_code;
    }

    /// Reads an instruction and appends it to the section. `word` is its first word, if that is
    /// known.
    pub(super) fn instruction(
        &mut self,
        word: Option<Word>,
        cursor: &mut Cursor<'_>,
        times: Option<Times>,
    ) -> Wrong<()> {
        self.set_code(true);
        let first = cursor.taken();
        let mark = self.object.arena.mark();
        self.statement.slots.clear();
        self.slot_values.clear();
        let instruction = &mut self.scratch.instruction;
        instruction.operands.clear();
        instruction.cpu = self.cpu;
        instruction.prefixes = Prefixes::default();
        instruction.rounding = Rounding::None;
        let Some(mnemonic) = self.prefixes(word, cursor)? else {
            return self.lone_prefixes(cursor.location_since(first), times);
        };
        let mnemonic_location = cursor.location();
        cursor.skip();
        let instruction = &mut self.scratch.instruction;
        (instruction.mnemonic, instruction.mnemonic_span) = (mnemonic, mnemonic_location.span);
        self.operands(cursor)?;
        let location = cursor.location_since(first);
        // Without a label before it, the instruction is the whole line.
        self.finish_instruction(mnemonic, location, times, (mark, first == 0))
    }

    /// Reads prefixes up to the mnemonic, which stays in the cursor; returns `None` if the line
    /// ends first.
    fn prefixes(&mut self, mut word: Option<Word>, cursor: &mut Cursor<'_>) -> Wrong<Option<u16>> {
        loop {
            let location = cursor.location();
            if cursor.is(P::BraceOpen) {
                self.encoding(cursor)?;
                continue;
            }
            if cursor.kind() != Some(TokenKind::Identifier) {
                return if cursor.is_at_end() {
                    Ok(None)
                } else {
                    Err(cursor.expected("an instruction after the prefix"))
                };
            }
            let prefixes = &mut self.scratch.instruction.prefixes;
            let known = cursor.known();
            match word.take().or_else(|| known.statement()) {
                Some(Word::Mnemonic(word::WAIT)) if is_prefix(cursor) => prefixes.wait = true,
                Some(Word::Mnemonic(number)) => return Ok(Some(number)),
                Some(Word::Prefix(prefix)) => {
                    check_prefix(prefix, prefixes, self.bits, location)?;
                    apply(prefix, prefixes, self.bits);
                }
                Some(Word::Directive(_)) => {
                    let message = "a prefix must stand before an instruction";
                    return Err(Mistake::error(location, message));
                }
                None => match known.register().filter(|r| r.is_segment_register()) {
                    Some(segment) => {
                        let before = std::mem::replace(&mut prefixes.segment, segment);
                        if before != Register::None && before != segment {
                            let second = table::register_name(segment);
                            return Err(conflict(table::register_name(before), second, location));
                        }
                    }
                    None => {
                        let mistake = cursor.expected("an instruction after the prefix");
                        return Err(mistake.unknown(cursor.word().unwrap_or_default()));
                    }
                },
            }
            cursor.skip();
        }
    }

    /// `{vex}`, `{evex}` and the like.
    fn encoding(&mut self, cursor: &mut Cursor<'_>) -> Wrong<()> {
        let location = cursor.location();
        let (text, location) = super::operand::braces(cursor, location)?;
        self.scratch.instruction.prefixes.encoding = match text.to_ascii_lowercase().as_str() {
            "vex" => Encoding::Vex,
            "vex2" => Encoding::Vex2,
            "vex3" => Encoding::Vex3,
            "evex" => Encoding::Evex,
            _ => {
                let message = format!("`{{{text}}}` does not go before an instruction");
                let help = "write `{vex}`, `{vex2}`, `{vex3}` or `{evex}`";
                return Err(Mistake::error(location, message).help(help));
            }
        };
        Ok(())
    }

    /// Reads the operands to the end of the line.
    fn operands(&mut self, cursor: &mut Cursor<'_>) -> Wrong<()> {
        while !cursor.is_at_end() {
            if cursor.is(P::BraceOpen) {
                self.rounding(cursor)?;
            } else {
                let number = self.scratch.instruction.operands.len();
                if number >= crate::asm::syntax::ast::MAX_OPERANDS {
                    return Err(cursor.expected("no more operands"));
                }
                if number == 2 && has_index_apart(self.scratch.instruction.mnemonic) {
                    self.index_apart(cursor)?;
                } else {
                    let operand = self.operand(cursor, number)?;
                    self.scratch.instruction.operands.push(operand);
                }
                if cursor.is(P::BraceOpen) {
                    continue;
                }
            }
            if cursor.is_at_end() {
                break;
            }
            if !cursor.accept(P::Comma) {
                return Err(cursor.expected("a comma or the end of the line"));
            }
            if cursor.is_at_end() {
                self.warn_of_comma(cursor);
            }
        }
        Ok(())
    }

    /// The index of `bndldx` and `bndstx` as a third operand, for that in the brackets.
    fn index_apart(&mut self, cursor: &mut Cursor<'_>) -> Wrong<()> {
        let index = self.expression(cursor)?;
        let mut apart = Address::default();
        address::fill(&index.value, &mut apart).map_err(|u| unfit(u, index.location))?;
        let memory = self.scratch.instruction.operands.iter_mut().find_map(|operand| {
            let OperandKind::Memory(memory) = &mut operand.kind else { return None };
            (memory.index == Register::None).then_some(memory)
        });
        let Some(memory) = memory else {
            let message = "the index of the address is written twice";
            return Err(Mistake::error(index.location, message));
        };
        (memory.index, memory.scale) = match apart.index {
            Register::None => (apart.base, 1),
            index => (index, apart.scale),
        };
        memory.is_mib = true;
        Ok(())
    }

    /// `{rn-sae}` and the like.
    fn rounding(&mut self, cursor: &mut Cursor<'_>) -> Wrong<()> {
        let location = cursor.location();
        let (text, location) = super::operand::braces(cursor, location)?;
        self.scratch.instruction.rounding = match text.to_ascii_lowercase().as_str() {
            "rn-sae" => Rounding::Nearest,
            "rd-sae" => Rounding::Down,
            "ru-sae" => Rounding::Up,
            "rz-sae" => Rounding::Zero,
            "sae" => Rounding::SuppressExceptions,
            _ => return Err(Mistake::error(location, format!("`{{{text}}}` is not known here"))),
        };
        Ok(())
    }

    /// Prefixes without an instruction are emitted as bytes, as in NASM.
    fn lone_prefixes(&mut self, location: Location, times: Option<Times>) -> Wrong<()> {
        let prefixes = self.scratch.instruction.prefixes;
        let native = self.bits.bytes();
        self.statement.items.clear();
        let bytes = &mut self.statement.bytes;
        bytes.clear();
        let segment = match prefixes.segment {
            Register::ES => Some(0x26),
            Register::CS => Some(0x2E),
            Register::SS => Some(0x36),
            Register::DS => Some(0x3E),
            Register::FS => Some(0x64),
            Register::GS => Some(0x65),
            _ => None,
        };
        let operand_size = prefixes.operand_size;
        let default_operand = if native == 8 { 4 } else { native };
        bytes.extend(prefixes.wait.then_some(0x9B));
        bytes.extend(prefixes.rep.then_some(0xF3));
        bytes.extend(prefixes.repne.then_some(0xF2));
        bytes.extend(prefixes.lock.then_some(0xF0));
        bytes.extend(segment);
        bytes.extend((operand_size == 8).then_some(0x48));
        let other = operand_size != 0 && operand_size != 8 && operand_size != default_operand;
        bytes.extend((other || prefixes.other_operand_size).then_some(0x66));
        let other = prefixes.address_size != 0 && prefixes.address_size != native;
        bytes.extend(other.then_some(0x67));
        self.put(times, location)
    }

    /// How the current instruction depends on labels.
    fn dependence(&self, mnemonic: u16) -> Dependence {
        if self.statement.slots.is_empty() {
            return Dependence::Settled;
        }
        // Only jmp and jcc have branch forms of different length.
        let branches = table::name(mnemonic).as_bytes().first() == Some(&b'j');
        let here = self.here();
        let slots = self.statement.slots.iter().zip(&self.slot_values).map(|(slot, value)| {
            if value.unknown {
                return Dependence::Length;
            }
            match value.to_value().map(|v| v.kind) {
                Ok(Kind::Relocatable(section)) if branches && slot.field == Field::Immediate => {
                    let settled = value.ranks == (here.record, here.record);
                    let near = section == here.section && settled;
                    if near { Dependence::Settled } else { Dependence::Length }
                }
                Ok(Kind::Relocatable(_) | Kind::Distance) => Dependence::Bytes,
                _ => Dependence::Length,
            }
        });
        slots.max().unwrap_or(Dependence::Settled)
    }

    fn finish_instruction(
        &mut self,
        mnemonic: u16,
        location: Location,
        times: Option<Times>,
        (mark, is_all): (usize, bool),
    ) -> Wrong<()> {
        let has_slots = !self.statement.slots.is_empty();
        let mut dependence = self.dependence(mnemonic);
        if has_slots && times.is_some() {
            dependence = Dependence::Length;
        }
        let here = self.here();
        let address = self.object.view(here, true).address(here);
        let Self { bits, default_rel, .. } = *self;
        let context = encode::Context { bits, default_rel, address };
        let Scratch { instruction, encoded, memo, .. } = &mut self.scratch;
        let outcome = select::encode(instruction, &context, memo, encoded);
        // A branch to a plain number depends on the address of the section.
        let reach = matches!(outcome, Err(encode::Error::OutOfReach { .. }));
        if !has_slots && (reach || outcome.is_ok() && encoded.label_dependent) {
            dependence = Dependence::Length;
        }
        if dependence != Dependence::Settled {
            return self.defer(dependence, outcome.is_ok(), location, times);
        }
        if let Err(error) = outcome {
            return Err(refusal(error, instruction, &context, (location, self.bits_location)));
        }
        for warning in encoded.warnings.iter() {
            let diagnostic = select::warn(warning, instruction);
            let location = Location { span: diagnostic.span, ..location };
            self.mistakes.push(Mistake::new(location, diagnostic));
        }
        if times.is_none() {
            self.object.arena.truncate(mark);
            self.is_repeatable = self.mistakes.is_empty() && !has_slots && is_all;
            return self.put_code(location);
        }
        self.statement.items.clear();
        self.statement.bytes.clear();
        self.statement.bytes.extend_from_slice(encoded.bytes());
        self.put(times, location)
    }

    /// Appends the bytes of an instruction if only one number in them is not final, and records
    /// that number. Returns false if more is open.
    fn defer_number(&mut self, location: Location) -> Wrong<bool> {
        let encoded = &self.scratch.encoded;
        let (Some(hole), [slot]) = (encoded.only_hole(), self.statement.slots.as_slice()) else {
            return Ok(false);
        };
        let kind = PatchKind::Hole(hole, encoded.len, slot.expression);
        self.put_encoded(location, kind).map(|()| true)
    }

    /// Appends the bytes of the instruction, which will be patched later.
    fn put_encoded(&mut self, location: Location, kind: PatchKind) -> Wrong<()> {
        let here = self.here();
        let (record, at) = (here.record, here.fixed);
        if let Some(section) = self.section() {
            section.patches.push(Patch { record, at, location, kind });
        }
        self.put_code(location)
    }

    /// Keeps an instruction whose bytes are not final.
    fn defer(
        &mut self,
        dependence: Dependence,
        encoded: bool,
        location: Location,
        times: Option<Times>,
    ) -> Wrong<()> {
        let length = if encoded { self.scratch.encoded.len } else { 0 };
        if !self.admits_contents(usize::from(length), location)? {
            return Ok(());
        }
        if dependence == Dependence::Bytes && encoded && self.defer_number(location)? {
            return Ok(());
        }
        let state = (self.bits, self.default_rel, self.bits_location);
        let slots = &self.statement.slots;
        let Scratch { instruction, encoded: bytes, .. } = &self.scratch;
        let bytes = if encoded { bytes.bytes() } else { &[] };
        let branch = branch(instruction, bytes, self.bits);
        let template = self.object.pools.keep_instruction(instruction, slots, state, branch);
        if dependence == Dependence::Length || !encoded {
            self.push_record(times, Body::Instruction(template), location, u64::from(length));
            return Ok(());
        }
        self.put_encoded(location, PatchKind::Instruction { template, length })
    }
}

/// Whether the address of an instruction may have its index as an operand of its own.
fn has_index_apart(mnemonic: u16) -> bool {
    matches!(table::name(mnemonic), "bndldx" | "bndstx")
}

/// Whether an instruction is a branch with a short and a near form. `bytes` are its current bytes.
fn branch(instruction: &Instruction, bytes: &[u8], bits: Bits) -> Branch {
    if !table::name(instruction.mnemonic).starts_with('j') {
        return Branch::No;
    }
    let is_plain = instruction.prefixes == Prefixes::default()
        && matches!(instruction.operands.as_slice(), [target]
            if matches!(target.kind, OperandKind::Immediate(_))
                && (target.distance, target.size, target.strict) == (Distance::None, 0, false));
    // Before the 386, a far conditional jump is two jumps.
    let is_plain = is_plain && instruction.cpu >= Cpu::I386;
    let conditional =
        |opcode| Branch::Plain { near: if bits == Bits::Bits16 { 4 } else { 6 }, opcode };
    match bytes {
        [opcode @ 0x70..=0x7F, ..] if is_plain => conditional(*opcode),
        [0x0F, opcode @ 0x80..=0x8F, ..] if is_plain => conditional(opcode - 0x10),
        [0xEB | 0xE9, ..] if is_plain => {
            Branch::Plain { near: if bits == Bits::Bits16 { 3 } else { 5 }, opcode: 0xEB }
        }
        _ => Branch::Dressed,
    }
}

/// The diagnostic for an instruction that cannot be encoded. `bits_place` is the `bits` directive
/// in effect.
pub(crate) fn refusal(
    error: encode::Error,
    instruction: &Instruction,
    context: &encode::Context,
    (location, bits_location): (Location, Location),
) -> Box<Mistake> {
    let explanation = select::explain(error, instruction, context);
    let statement = location;
    let location = Location { span: explanation.diagnostic.span, ..location };
    let mut mistake = Mistake::new(location, explanation.diagnostic);
    if let Some(word) = explanation.likely_size {
        mistake = mistake.missing(statement, select::memory_span(instruction).start, word);
    }
    if explanation.is_about_bits && bits_location != Location::default() {
        mistake.note(bits_location, format!("`bits {}` is set here", context.bits))
    } else {
        mistake
    }
}

fn conflict(before: &str, second: &str, location: Location) -> Box<Mistake> {
    Mistake::error(location, format!("`{before}` and `{second}` cannot both stand here"))
        .label("the second of its kind")
        .help("leave one of them out")
}

/// Returns an error if a prefix contradicts an earlier one, or the mode.
fn check_prefix(prefix: Prefix, before: &Prefixes, bits: Bits, location: Location) -> Wrong<()> {
    match prefix {
        Prefix::Rep | Prefix::Xrelease if before.repne => Err(conflict("repne", "rep", location)),
        Prefix::Repne | Prefix::Xacquire if before.rep => Err(conflict("rep", "repne", location)),
        Prefix::AddressSize(size)
            if matches!((bits, size), (Bits::Bits64, 2) | (Bits::Bits16 | Bits::Bits32, 8)) =>
        {
            let message = format!("{bits}-bit code has no {}-bit addresses", u16::from(size) * 8);
            let other = if bits == Bits::Bits64 { "`a32` and `a64`" } else { "`a16` and `a32`" };
            Err(Mistake::error(location, message).help(format!("use {other}")))
        }
        Prefix::OperandSize(8) if bits != Bits::Bits64 => {
            let message = format!("{bits}-bit code has no 64-bit operands");
            Err(Mistake::error(location, message).help("use `o16` or `o32`"))
        }
        _ => Ok(()),
    }
}

fn apply(prefix: Prefix, prefixes: &mut Prefixes, bits: Bits) {
    match prefix {
        Prefix::Lock => prefixes.lock = true,
        Prefix::Rep => prefixes.rep = true,
        Prefix::Repne => prefixes.repne = true,
        Prefix::Bnd => (prefixes.repne, prefixes.bnd) = (true, true),
        Prefix::Xacquire => (prefixes.repne, prefixes.hle) = (true, true),
        Prefix::Xrelease => (prefixes.rep, prefixes.hle) = (true, true),
        Prefix::OperandSize(size) => prefixes.operand_size = size,
        Prefix::AddressSize(size) => prefixes.address_size = size,
        Prefix::OtherOperandSize => prefixes.other_operand_size = true,
        Prefix::OtherAddressSize => {
            prefixes.address_size = if bits == Bits::Bits32 { 2 } else { 4 };
        }
    }
}

/// Whether the next word, `wait`, belongs to the instruction after it.
fn is_prefix(cursor: &Cursor<'_>) -> bool {
    cursor.peek_second().is_some_and(|t| t.kind == TokenKind::Identifier)
}
