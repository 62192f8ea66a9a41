//! The last pass: it writes every byte at its offset in the file.
//!
//! All addresses are final here, so this pass reports the mistakes that depend on them.

use super::sections;
use crate::asm::encode::{self, Hole};
use crate::asm::object::record::{
    Body, Branch, Filled, Item, Patch, PatchKind, Record, Section, Template,
};
use crate::asm::object::scratch::{Failure, Scratch};
use crate::asm::object::{MAX_OUTPUT, MAX_REPETITIONS, Object, View};
use crate::asm::parser::refusal;
use crate::asm::preprocess::Preprocessor;
use crate::asm::select;
use crate::asm::syntax::ast::{Kind, Value};
use crate::asm::syntax::mistake::{Location, MAX_DIAGNOSTICS, Mistake};
use crate::asm::syntax::warning::SwitchHistory;
use crate::asm::value::expression::linear::Trouble;
use crate::asm::value::expression::node::ExpressionId;
use crate::asm::value::expression::parse::explain;
use crate::asm::value::number::{self, Width};
use crate::asm::value::symbols::Position;
use crate::asm::value::symbols::SymbolId;
use crate::diagnostic::{Diagnostic, Severity, nearest};

/// The maximum number of name comparisons for all suggestions together.
const MAX_COMPARISONS: usize = 500_000;

/// Writes the file of a settled program, and reports the mistakes in it.
pub(crate) struct Emitter<'a, 'p> {
    object: &'a Object,
    preprocessor: &'a Preprocessor<'p>,
    scratch: &'a mut Scratch,
    turns: &'a SwitchHistory,
    diagnostics: &'a mut Vec<Diagnostic>,
    /// The position of the current statement.
    position: Position,
    bytes: Vec<u8>,
    comparisons: usize,
    /// The number of reported mistakes, and whether one of them is an error.
    reported: usize,
    has_errors: bool,
}

impl<'a, 'p> Emitter<'a, 'p> {
    /// Starts with an empty file.
    pub(crate) fn new(
        object: &'a Object,
        preprocessor: &'a Preprocessor<'p>,
        scratch: &'a mut Scratch,
        turns: &'a SwitchHistory,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            object,
            preprocessor,
            scratch,
            turns,
            diagnostics,
            position: Position::default(),
            bytes: Vec::new(),
            comparisons: 0,
            reported: 0,
            has_errors: false,
        }
    }

    /// Writes the file. Mistakes are added to the diagnostics.
    pub(crate) fn emit(mut self) -> Vec<u8> {
        let object = self.object;
        let length = match sections::check(object) {
            Ok(length) => length,
            Err(mistake) => {
                self.report(mistake);
                0
            }
        };
        if length > MAX_OUTPUT {
            self.too_long(length);
            return Vec::new();
        }
        let length = crate::asm::syntax::size(length);
        self.bytes = vec![0; length];
        for (number, section) in (0u16..).zip(&object.sections) {
            self.section(number, section);
        }
        self.check_equs();
        self.bytes
    }

    /// Reports a mistake. After too many, only the first error is still reported.
    fn report(&mut self, mistake: Box<Mistake>) {
        let Position { section, record, fixed } = self.position;
        let section = self.object.sections.get(usize::from(section));
        let switches = self.turns.at(section.map_or(&[], |s| &s.turns), record, fixed);
        let mut heard = vec![mistake.into_diagnostic(self.preprocessor)];
        switches.apply(&mut heard);
        for diagnostic in heard {
            let is_error = diagnostic.severity == Severity::Error;
            if self.reported < MAX_DIAGNOSTICS || is_error && !self.has_errors {
                self.reported += 1;
                self.has_errors |= is_error;
                self.diagnostics.push(diagnostic);
            }
        }
    }

    /// Reports the statement that makes the output too long.
    fn too_long(&mut self, length: u64) {
        let records = self.object.sections.iter().flat_map(|s| &s.records);
        let longest = records.max_by_key(|r| r.size).map(|r| r.location);
        let location =
            longest.or(self.object.sections.first().map(|s| s.location)).unwrap_or_default();
        let message = format!("the output would be {length} bytes, more than {MAX_OUTPUT}");
        self.report(Mistake::error(location, message).label("most of it is from here"));
    }

    /// The offset of a position in the file, if its section is in the file.
    fn offset(&self, section: &Section, fixed: u64, record: u32) -> usize {
        let origin = self.object.origin.map_or(self.object.default_origin, |(o, _)| o);
        let delta = section.delta.get(record as usize).copied().unwrap_or(0);
        let offset = section.load.wrapping_sub(origin).wrapping_add(delta);
        // A position before the file has no offset: nothing is written at the maximum.
        usize::try_from(offset.wrapping_add(fixed.cast_signed())).unwrap_or(usize::MAX)
    }

    fn write(&mut self, offset: usize, bytes: &[u8]) {
        let end = offset.saturating_add(bytes.len());
        if let Some(room) = self.bytes.get_mut(offset..end) {
            room.copy_from_slice(bytes);
        }
    }

    fn section(&mut self, number: u16, section: &'a Section) {
        let mut done = 0;
        for (i, record) in (0u32..).zip(&section.records) {
            self.fixed_bytes(section, done, record.at, i);
            self.record(number, section, i, record);
            done = record.at;
        }
        self.fixed_bytes(section, done, section.fixed, section.record_count());
        for patch in &section.patches {
            self.patch(number, section, patch);
        }
    }

    /// Copies the fixed bytes `from..to`, which follow `record` records.
    fn fixed_bytes(&mut self, section: &Section, from: u64, to: u64, record: u32) {
        let range = crate::asm::syntax::size(from)..crate::asm::syntax::size(to);
        let offset = self.offset(section, from, record);
        self.write(offset, section.bytes.get(range).unwrap_or(&[]));
    }

    fn record(&mut self, number: u16, section: &'a Section, i: u32, record: &Record) {
        let object = self.object;
        let position = Position { section: number, record: i, fixed: record.at };
        self.position = position;
        let view = object.view(position, false);
        let count = match self.scratch.count(object, &view, record.times) {
            Ok(count) if count < 0 => {
                let message = format!("this is repeated {count} times");
                let mistake = Mistake::error(record.location, message);
                let label =
                    format!("the code before it is {} bytes too long", count.unsigned_abs());
                let times = matches!(record.body, Body::Bytes { length: 1, .. });
                return self.report(if times { mistake.label(label) } else { mistake });
            }
            Ok(count) => count.cast_unsigned(),
            Err(trouble) => return self.trouble(trouble, record.location),
        };
        let offset = self.offset(section, record.at, i);
        match record.body {
            Body::Bytes { start, length } => {
                self.repeat(offset, object.pools.bytes(start, length), count);
            }
            Body::Data(row) => {
                let Some(data) = object.pools.data.get(row as usize) else { return };
                let mut bytes = object.pools.bytes(data.start, data.length).to_vec();
                for item in object.pools.items(data) {
                    self.number(&view, item, &mut bytes, item.offset as usize);
                }
                self.repeat(offset, &bytes, count);
            }
            Body::Filled(filled) => {
                let Filled { start, length, hole, expression } = filled;
                self.write(offset, object.pools.bytes(start, length.into()));
                self.fill(&view, offset, (hole, length, expression), record.location);
            }
            Body::Reserve { count: units, .. } => {
                match self.scratch.evaluate(object, &view, units) {
                    Ok(value) if value.number < 0 => {
                        let message = format!("{} units cannot be reserved", value.number);
                        self.report(Mistake::error(record.location, message));
                    }
                    Ok(_) => {}
                    Err(trouble) => self.trouble(trouble, record.location),
                }
            }
            Body::Instruction(row) if self.branch(&view, offset, record, row).is_some() => {}
            Body::Instruction(row) => self.instructions(&view, offset, record, (row, count)),
        }
    }

    /// Writes the number of an instruction.
    fn fill(
        &mut self,
        view: &View<'_>,
        offset: usize,
        (hole, length, expression): (Hole, u8, ExpressionId),
        location: Location,
    ) {
        let value = self.scratch.evaluate(self.object, view, expression);
        match value.and_then(|value| value.to_value()) {
            Ok(Value { number, .. }) => {
                let end = view.address(view.position).number.wrapping_add(length.into());
                let number = if hole.relative { number.wrapping_sub(end) } else { number };
                let bytes = number.to_le_bytes();
                let at = offset.saturating_add(hole.at.into());
                self.write(at, bytes.get(..hole.width.into()).unwrap_or(&[]));
            }
            Err(trouble) => self.trouble(trouble, location),
        }
    }

    /// Writes a branch of which only the distance was unknown (SDM, `Jcc` and `JMP`). Returns
    /// `None` without writing if it is not such a branch or has a mistake.
    fn branch(&mut self, view: &View<'_>, offset: usize, record: &Record, row: u32) -> Option<()> {
        let template = self.object.pools.templates.get(row as usize)?;
        let slots = self.object.pools.slots(template);
        let (Branch::Plain { opcode, .. }, [slot], None) = (template.branch, slots, record.times)
        else {
            return None;
        };
        let target = self.scratch.evaluate(self.object, view, slot.expression).ok()?;
        let Value { number, kind } = target.to_value().ok()?;
        let address = view.address(view.position);
        let end = address.number.wrapping_add(record.size.cast_signed());
        let distance = number.wrapping_sub(end);
        let [low, ..] = distance.to_le_bytes();
        let is_near = kind == address.kind && i8::try_from(distance).is_ok();
        let (head, width): (&[u8], usize) = match record.size {
            2 if is_near => {
                self.write(offset, &[opcode, low]);
                return Some(());
            }
            3 => (&[0xE9], 2),
            5 => (&[0xE9], 4),
            4 => (&[0x0F, opcode + 0x10], 2),
            6 => (&[0x0F, opcode + 0x10], 4),
            _ => return None,
        };
        if kind == Kind::Unknown {
            return None;
        }
        self.write(offset, head);
        self.write(offset + head.len(), distance.to_le_bytes().get(..width)?);
        Some(())
    }

    fn repeat(&mut self, offset: usize, bytes: &[u8], count: u64) {
        let count = crate::asm::syntax::size(count);
        let length = bytes.len().saturating_mul(count);
        let end = offset.saturating_add(length);
        let Some(room) = self.bytes.get_mut(offset..end) else { return };
        match bytes {
            [] => {}
            [byte] => room.fill(*byte),
            bytes => room.chunks_exact_mut(bytes.len()).for_each(|c| c.copy_from_slice(bytes)),
        }
    }

    fn instructions(
        &mut self,
        view: &View<'_>,
        offset: usize,
        record: &Record,
        (row, count): (u32, u64),
    ) {
        let object = self.object;
        let Some(template) = object.pools.templates.get(row as usize) else { return };
        if count > MAX_REPETITIONS {
            let message =
                format!("this would be assembled {count} times, the most is {MAX_REPETITIONS}");
            return self.report(Mistake::error(record.location, message));
        }
        let mut address = view.address(view.position);
        let mut written = 0u64;
        for _ in 0..count {
            if let Err(failure) = self.scratch.encode(object, view, template, address) {
                return self.failure(failure, template, address, record.location);
            }
            let length = self.scratch.encoded.len;
            let bytes = self.scratch.encoded.bytes;
            let at = offset.saturating_add(crate::asm::syntax::size(written));
            if written + u64::from(length) <= record.size {
                self.write(at, bytes.get(..usize::from(length)).unwrap_or(&[]));
            }
            self.warnings(record.location);
            written += u64::from(length);
            address.number = address.number.wrapping_add(i64::from(length));
        }
        // An instruction that was not allowed to shrink is padded with NOPs.
        if written < record.size {
            let rest = vec![0x90; crate::asm::syntax::size(record.size - written)];
            let at = offset.saturating_add(crate::asm::syntax::size(written));
            self.write(at, &rest);
        }
    }

    fn patch(&mut self, number: u16, section: &Section, patch: &Patch) {
        let object = self.object;
        let offset = self.offset(section, patch.at, patch.record);
        let back = match patch.kind {
            PatchKind::Number(item) => u64::from(item.back),
            PatchKind::Instruction { .. } | PatchKind::Hole(..) => 0,
        };
        let fixed = patch.at.wrapping_sub(back);
        let position = Position { section: number, record: patch.record, fixed };
        self.position = position;
        let view = object.view(position, false);
        match patch.kind {
            PatchKind::Number(item) => {
                let mut bytes = [0; 64];
                self.number(&view, &item, &mut bytes, 0);
                let width = usize::from(item.width);
                self.write(offset, bytes.get(..width).unwrap_or(&[]));
            }
            PatchKind::Hole(hole, length, expression) => {
                self.fill(&view, offset, (hole, length, expression), patch.location);
            }
            PatchKind::Instruction { template, length } => {
                let Some(template) = object.pools.templates.get(template as usize) else { return };
                let address = view.address(position);
                if let Err(failure) = self.scratch.encode(object, &view, template, address) {
                    return self.failure(failure, template, address, patch.location);
                }
                let bytes = self.scratch.encoded.bytes;
                if self.scratch.encoded.len == length {
                    self.write(offset, bytes.get(..usize::from(length)).unwrap_or(&[]));
                } else {
                    let message = "the length of this instruction changed after it was fixed";
                    self.report(Mistake::error(patch.location, message));
                }
                self.warnings(patch.location);
            }
        }
    }

    fn number(&mut self, view: &View<'_>, item: &Item, into: &mut [u8], at: usize) {
        let location = item.location;
        let value = self
            .scratch
            .evaluate(self.object, view, item.expression)
            .and_then(|value| value.to_value());
        match value {
            Ok(Value { number, kind }) => {
                let width = Width(item.width);
                number::write(number, width, into.get_mut(at..).unwrap_or(&mut []));
                // As in NASM, a truncated address is not a mistake.
                if kind == Kind::Absolute
                    && let Some(warning) = number::check(number, width, location)
                {
                    self.report(warning);
                }
            }
            Err(trouble) => self.trouble(trouble, location),
        }
    }

    fn warnings(&mut self, location: Location) {
        let Scratch { encoded, instruction, .. } = &*self.scratch;
        let warnings = encoded.warnings;
        let found: Vec<_> = warnings.iter().map(|w| select::warn(w, instruction)).collect();
        for diagnostic in found {
            self.report(Mistake::new(Location { span: diagnostic.span, ..location }, diagnostic));
        }
    }

    fn failure(
        &mut self,
        failure: Failure,
        template: &Template,
        address: Value,
        location: Location,
    ) {
        match failure {
            Failure::Trouble(trouble, location) => self.trouble(trouble, location),
            Failure::Unfit(unfit, location) => {
                let (message, help) = unfit.message();
                let mistake = Mistake::error(location, message);
                self.report(mistake.maybe_help(help.map(str::to_owned)));
            }
            Failure::Select(error) => {
                let Template { bits, default_rel, bits_location, .. } = *template;
                let context = encode::Context { bits, default_rel, address };
                let instruction = &self.scratch.instruction;
                self.report(refusal(error, instruction, &context, (location, bits_location)));
            }
        }
    }

    fn trouble(&mut self, trouble: Trouble, location: Location) {
        let mistake = match trouble {
            Trouble::Undefined(id) => {
                self.comparisons += self.object.symbols.len();
                let suggest = self.comparisons <= MAX_COMPARISONS;
                undefined(self.object, self.preprocessor, (id, location), suggest)
            }
            Trouble::External(id) => explain(trouble, location, self.object.symbols.name(id)),
            _ => explain(trouble, location, "?"),
        };
        self.report(mistake);
    }

    /// Reports mistakes in `equ`s that no statement uses.
    fn check_equs(&mut self) {
        for equ in &self.object.equs {
            let view = self.object.view(equ.position, false);
            let value = self.scratch.evaluate(self.object, &view, equ.expression);
            if let Err(trouble) = value.and_then(|v| v.to_value()) {
                self.trouble(trouble, equ.location);
            }
        }
    }
}

/// The file without a copy, if it consists of the fixed bytes of one section.
pub(crate) fn take_plain(object: &mut Object) -> Option<Vec<u8>> {
    let [section] = object.sections.as_mut_slice() else { return None };
    let origin = object.origin.map_or(object.default_origin, |(origin, _)| origin);
    let plain = section.records.is_empty()
        && section.patches.is_empty()
        && object.equs.is_empty()
        && section.load == origin;
    plain.then(|| std::mem::take(&mut section.bytes))
}

/// The mistake for a symbol that is not defined.
fn undefined(
    object: &Object,
    preprocessor: &Preprocessor<'_>,
    (id, location): (SymbolId, Location),
    suggest: bool,
) -> Box<Mistake> {
    let name = object.symbols.name(id);
    let mistake = Mistake::error(location, format!("`{name}` is not defined"));
    if matches!(name.to_ascii_lowercase().as_str(), "rip" | "eip" | "ip") {
        return mistake
            .label("the instruction pointer has no name")
            .help("`[rel label]` is an address relative to it; `$` is the address of this line");
    }
    if !suggest {
        return mistake;
    }
    let defined = || {
        let all = object.symbols.iter();
        all.filter(|(_, e)| e.definition != crate::asm::value::symbols::Definition::Undefined)
            .map(|(other, _)| object.symbols.name(other))
    };
    if let Some((owner, local)) = name.rsplit_once('.')
        && let Some(other) = defined().find(|o| o.rsplit_once('.').is_some_and(|o| o.1 == local))
    {
        let help = format!(
            "did you mean `{other}`? `.{local}` here belongs to `{owner}`, the label before it"
        );
        return mistake.help(help);
    }
    if let Some(digits) = name.strip_suffix(['h', 'H'])
        && !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return mistake.help(format!("a number begins with a digit: `0{name}`"));
    }
    let single = preprocessor.single_macro_names().find(|known| *known == name);
    if let Some(known) = single {
        return mistake.help(format!("the macro `{known}` has parameters: `{known}(...)`"));
    }
    if let Some(near) = nearest(name, defined()) {
        return mistake.help(format!("did you mean `{near}`?"));
    }
    match nearest(name, crate::asm::syntax::table::registers()) {
        Some(register) => mistake.help(format!("did you mean the register `{register}`?")),
        None => mistake.label("no label, `equ` or macro has this name"),
    }
}
