//! The passes: each computes the length of every record from the current addresses.

use super::equ::evaluate_equs;
use super::{GROW_ONLY_AFTER, MAX_PASSES, MAX_STEPS, MAX_STEPS_EACH, sections};
use crate::asm::object::record::{Body, Branch, Filled, Record, Slot};
use crate::asm::object::scratch::Scratch;
use crate::asm::object::{MAX_OUTPUT, MAX_REPETITIONS, Object, Shift, View};
use crate::asm::syntax::ast::Kind;
use crate::asm::syntax::mistake::{Location, Mistake, Wrong};
use crate::asm::value::expression::linear::Trouble;
use crate::asm::value::expression::node::{Binary, ExpressionId, Node};
use crate::asm::value::symbols::Definition;
use crate::asm::value::symbols::Position;

impl Scratch {
    /// The current length of a record. Its mistakes are reported with the output.
    pub(crate) fn measure(&mut self, object: &Object, view: &View<'_>, record: &Record) -> u64 {
        let count = self.count(object, view, record.times).unwrap_or(0);
        let count = count.max(0).cast_unsigned();
        self.steps -= 1;
        let length = match record.body {
            Body::Bytes { length, .. } => count.saturating_mul(u64::from(length)),
            Body::Filled(filled) => u64::from(filled.length),
            Body::Data(row) => {
                let data = object.pools.data.get(row as usize);
                count.saturating_mul(data.map_or(0, |d| u64::from(d.length)))
            }
            Body::Reserve { count: units, unit } => {
                let units = self.evaluate(object, view, units).map_or(0, |v| v.number);
                let units = units.max(0).cast_unsigned();
                return count.saturating_mul(units).saturating_mul(u64::from(unit)).min(1 << 50);
            }
            Body::Instruction(row) => self.measure_instructions(object, view, record, row, count),
        };
        length.min(MAX_OUTPUT + 1)
    }

    /// The length of a branch without its bytes: short if the target is near enough (SDM, `Jcc` and
    /// `JMP`), or if its distance is not known yet.
    fn measure_branch(
        &mut self,
        object: &Object,
        view: &View<'_>,
        slot: &Slot,
        near: u8,
    ) -> Result<u64, Trouble> {
        const SHORT: u8 = 2;
        let target = self.evaluate(object, view, slot.expression)?.to_value()?;
        let address = view.address(view.position);
        let end = address.number.wrapping_add(SHORT.into());
        let is_short = match target.kind {
            Kind::Unknown => true,
            kind => kind == address.kind && i8::try_from(target.number.wrapping_sub(end)).is_ok(),
        };
        Ok(u64::from(if is_short { SHORT } else { near }))
    }

    fn measure_instructions(
        &mut self,
        object: &Object,
        view: &View<'_>,
        record: &Record,
        row: u32,
        count: u64,
    ) -> u64 {
        let Some(template) = object.pools.templates.get(row as usize) else { return 0 };
        if let (Branch::Plain { near, .. }, [slot], None) =
            (template.branch, object.pools.slots(template), record.times)
        {
            return self.measure_branch(object, view, slot, near).unwrap_or(record.size);
        }
        if self.steps < 0 {
            return record.size;
        }
        self.steps -= count.min(MAX_REPETITIONS).cast_signed();
        let mut address = view.address(view.position);
        let mut size = 0;
        for _ in 0..count.min(MAX_REPETITIONS) {
            if self.encode(object, view, template, address).is_err() {
                return record.size;
            }
            size += u64::from(self.encoded.len);
            address.number = address.number.wrapping_add(i64::from(self.encoded.len));
        }
        size
    }
}

/// Whether the length of a measured record is final. The length of an instruction that is not a
/// branch depends on the kind of its number; that is known, and at most one label affects it.
fn is_settled(object: &Object, record: &Record) -> bool {
    let (Body::Instruction(row), None) = (record.body, record.times) else { return false };
    let Some(template) = object.pools.templates.get(row as usize) else { return false };
    let mut slots = object.pools.slots(template).iter();
    template.branch == Branch::No && slots.all(|slot| has_one_label(object, slot.expression))
}

/// The instruction of a settled record, which was encoded last, in a form that the output can write
/// without encoding it again.
fn fill(object: &mut Object, scratch: &Scratch, record: &Record) -> Option<Filled> {
    let Body::Instruction(row) = record.body else { return None };
    let template = object.pools.templates.get(row as usize)?;
    let &[Slot { expression, .. }] = object.pools.slots(template) else { return None };
    let encoded = &scratch.encoded;
    let hole = encoded.only_hole()?;
    let (start, _) = object.pools.keep_bytes(encoded.bytes());
    Some(Filled { start, length: encoded.len, hole, expression })
}

/// Whether an expression is a sum with one label, and otherwise numbers and registers with factors.
fn has_one_label(object: &Object, id: ExpressionId) -> bool {
    let mut labels = 0;
    for node in object.arena.nodes(id) {
        match *node {
            Node::Symbol(id) => match object.symbols.definition(id) {
                Definition::Label(_) => labels += 1,
                _ => return false,
            },
            Node::Here | Node::SectionStart => labels += 1,
            Node::Number(_) | Node::Sum(_) | Node::Register(_) => {}
            Node::Binary(Binary::Add | Binary::Subtract | Binary::Multiply) => {}
            Node::End => return labels == 1,
            _ => return false,
        }
    }
    false
}

/// Runs passes until nothing changes. Returns the number of passes.
pub(crate) fn settle(object: &mut Object, scratch: &mut Scratch) -> Wrong<u32> {
    let mut restless = None;
    let records = object.sections.iter().map(|s| s.records.len()).sum::<usize>();
    let statements = (records + object.equs.len()) as u64;
    scratch.steps = (statements * MAX_STEPS_EACH).max(MAX_STEPS).cast_signed();
    for pass in 1..=MAX_PASSES {
        let backward = pass % 2 == 0;
        let mut changed = sections::assign(object)?;
        let equ = evaluate_equs(object, scratch, backward);
        changed |= equ.is_some();
        restless = equ;
        let sections = object.sections.len();
        for section in (0u16..).take(sections) {
            let grow_only = pass > GROW_ONLY_AFTER;
            let location = if backward {
                pass_backward(object, scratch, section, grow_only)
            } else {
                pass_forward(object, scratch, section, grow_only)
            };
            restless = location.or(restless);
        }
        if scratch.steps < 0 {
            return Err(too_long(object, restless));
        }
        if !changed && restless.is_none() {
            return Ok(pass);
        }
    }
    let location = restless.unwrap_or_default();
    let message = format!("the lengths of the statements do not settle in {MAX_PASSES} passes");
    let help = "something here is longer when it is shorter: a `times` or `align` that undoes \
                itself, or an `equ` that it depends on";
    Err(Mistake::error(location, message).label("this one still changes").help(help))
}

/// An error at the statement that changed last, or at one that is repeated.
fn too_long(object: &Object, restless: Option<Location>) -> Box<Mistake> {
    let records = object.sections.iter().flat_map(|section| &section.records);
    let repeated = records.filter(|record| record.times.is_some()).max_by_key(|r| r.size);
    let location = repeated.map(|record| record.location).or(restless).unwrap_or_default();
    let message = "it takes too long to find the lengths of the statements";
    let help = "an instruction that hangs on labels is assembled anew for each repetition of a \
                `times`, and whenever something else changes its length";
    Mistake::error(location, message).label("this one, among others").help(help)
}

/// The new length of a record, given the computed one.
fn next_size(record: &Record, size: u64, grow_only: bool) -> u64 {
    let is_instruction = matches!(record.body, Body::Instruction(_));
    if grow_only && is_instruction { size.max(record.size) } else { size }
}

/// A pass from the first record to the last. Returns the location of a record that changed.
fn pass_forward(
    object: &mut Object,
    scratch: &mut Scratch,
    number: u16,
    grow_only: bool,
) -> Option<Location> {
    let mut growth = 0i64;
    let mut changed = None;
    let count = object.sections.get(usize::from(number))?.record_count();
    for i in 0..count {
        let record = object.sections.get(usize::from(number))?.records.get(i as usize)?;
        let mut size = record.size;
        if !record.is_settled {
            let record = *record;
            let position = Position { section: number, record: i, fixed: record.at };
            let shift = Shift::Forward { section: number, record: i, growth };
            let view = View { shift, ..object.view(position, true) };
            size = next_size(&record, scratch.measure(object, &view, &record), grow_only);
            if size != record.size {
                growth = growth.wrapping_add(size.wrapping_sub(record.size).cast_signed());
                changed = Some(record.location);
            }
            let is_settled = is_settled(object, &record);
            let filled = if is_settled { fill(object, scratch, &record) } else { None };
            let body = filled.map_or(record.body, Body::Filled);
            let section = object.sections.get_mut(usize::from(number))?;
            *section.records.get_mut(i as usize)? = Record { size, is_settled, body, ..record };
        }
        let section = object.sections.get_mut(usize::from(number))?;
        let before = section.delta.get(i as usize).copied()?;
        *section.delta.get_mut(i as usize + 1)? = before.wrapping_add(size.cast_signed());
    }
    changed
}

/// A pass from the last record to the first. Returns the location of a record that changed.
fn pass_backward(
    object: &mut Object,
    scratch: &mut Scratch,
    number: u16,
    grow_only: bool,
) -> Option<Location> {
    let mut changed = None;
    let count = object.sections.get(usize::from(number))?.record_count();
    let mut after = vec![0i64; count as usize + 1];
    for i in (0..count).rev() {
        let record = *object.sections.get(usize::from(number))?.records.get(i as usize)?;
        let behind = after.get(i as usize + 1).copied()?;
        *after.get_mut(i as usize)? = behind;
        if record.is_settled {
            continue;
        }
        let position = Position { section: number, record: i, fixed: record.at };
        let shift = Shift::Backward { section: number, record: i, after: &after };
        let view = View { shift, ..object.view(position, true) };
        let size = next_size(&record, scratch.measure(object, &view, &record), grow_only);
        if size != record.size {
            let growth = size.wrapping_sub(record.size).cast_signed();
            *after.get_mut(i as usize)? = behind.wrapping_add(growth);
            let section = object.sections.get_mut(usize::from(number))?;
            section.records.get_mut(i as usize)?.size = size;
            changed = Some(record.location);
        }
    }
    if changed.is_some() {
        let section = object.sections.get_mut(usize::from(number))?;
        let mut end = 0i64;
        for (record, delta) in section.records.iter().zip(section.delta.iter_mut().skip(1)) {
            end = end.wrapping_add(record.size.cast_signed());
            *delta = end;
        }
    }
    changed
}
