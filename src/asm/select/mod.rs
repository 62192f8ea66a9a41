//! Instruction selection: the encoding that NASM would choose for an instruction.
//!
//! The table lists the encodings of each mnemonic in NASM's order of preference. Every operand is
//! first reduced to a set of class bits. The first row is taken whose operand kinds each share a
//! bit with the operand, and whose other conditions hold.

mod cache;
mod explain;
mod operand;
mod rules;

pub(crate) use cache::FormCache;
pub(crate) use explain::memory_span;
pub(crate) use explain::{explain, warn};

use crate::asm::encode::Hole;
use crate::asm::encode::{self, Context, Encoded, Error};
use crate::asm::syntax::ast::Distance;
use crate::asm::syntax::ast::{self, Instruction, Operand, OperandKind};
use crate::asm::syntax::table;
use crate::asm::syntax::table::row::Cpu;
use crate::asm::syntax::table::row::{NO_IMMEDIATE, Row, flag};
use crate::image::Bits;
use cache::Choice;

/// The maximum number of operands, including one that the name implies.
const MOST: usize = ast::MAX_OPERANDS + 1;

/// The operands of one instruction, with their classes.
struct Operands<'a> {
    operands: [&'a Operand; MOST],
    classes: [u64; MOST],
    /// The union of all classes.
    any: u64,
    count: usize,
}

/// Encodes one instruction as NASM would. `memo` caches the choices of earlier instructions.
///
/// # Errors
/// The reason why it cannot be encoded.
pub(crate) fn encode(
    instruction: &Instruction,
    context: &Context,
    memo: &mut FormCache,
    out: &mut Encoded,
) -> Result<(), Error> {
    let Some(entry) = table::entry(instruction.mnemonic) else { return Err(Error::NoForm) };
    let implied = operand::number(i64::from(entry.immediate));
    let mut list = Operands { operands: [&implied; MOST], classes: [0; MOST], any: 0, count: 0 };
    for operand in &instruction.operands {
        list.add(operand, context);
    }
    if entry.immediate != NO_IMMEDIATE {
        list.add(&implied, context);
    }
    if list.count > ast::MAX_OPERANDS {
        return Err(Error::NoForm);
    }
    let rows = table::rows(entry);
    let short = list.forget_short_branch(context);
    let key = cache::key(&list, instruction, context);
    if let Some(key) = &key
        && let Some(choice) = memo.get(key)
        && list.emit(choice, instruction, context, out).is_ok()
    {
        return Ok(());
    }
    let mut outcome = choose(rows, &list, instruction, context, out);
    match (&outcome, key, short) {
        (Ok(Some(choice)), Some(key), _) => memo.put(key, *choice),
        (Err(_), _, Some(short)) => {
            list.classes = short;
            outcome = choose(rows, &list, instruction, context, out);
        }
        _ => {}
    }
    if matches!(outcome, Err(Error::AmbiguousSize)) && list.take_size_of_number() {
        outcome = choose(rows, &list, instruction, context, out);
    }
    if matches!(outcome, Err(Error::OutOfReach { .. })) && instruction.cpu < Cpu::I386 {
        return far_condition(instruction, context, out);
    }
    if outcome.is_err() {
        out.hole = None;
    }
    outcome.map(|_| ())
}

/// A conditional jump of more than 127 bytes, for processors before the 386: the opposite condition
/// jumps over a near `jmp`, as in NASM. `out` holds the short form, which does not reach.
fn far_condition(
    instruction: &Instruction,
    context: &Context,
    out: &mut Encoded,
) -> Result<(), Error> {
    let [Operand { kind: OperandKind::Immediate(target), distance: Distance::None, .. }] =
        instruction.operands.as_slice()
    else {
        return Err(Error::OutOfReach { distance: 0 });
    };
    let start = context.address.number;
    let Some(short @ 0x70..=0x7F) = out.bytes().first().copied() else {
        let end = start.wrapping_add(i64::from(out.len) + 1);
        return Err(Error::OutOfReach { distance: target.number.wrapping_sub(end) });
    };
    let width = if context.bits == Bits::Bits16 { 2 } else { 4 };
    *out = Encoded { label_dependent: true, ..Encoded::default() };
    [short ^ 1, width + 1, 0xE9].into_iter().for_each(|byte| out.push(byte));
    out.hole = Some(Hole { at: out.len, width, relative: true });
    let end = start.wrapping_add(i64::from(out.len + width));
    out.number(target.number.wrapping_sub(end), width);
    Ok(())
}

impl<'a> Operands<'a> {
    fn add(&mut self, operand: &'a Operand, context: &Context) {
        if let (Some(slot), Some(class)) =
            (self.operands.get_mut(self.count), self.classes.get_mut(self.count))
        {
            *slot = operand;
            *class = operand::class(operand, context);
            self.any |= *class;
            self.count += 1;
        }
    }

    /// Removes the class of a short branch. NASM never assumes that a target in another section, or
    /// a plain number, is near if there is a longer form. Returns the classes before the change, if
    /// there was one.
    fn forget_short_branch(&mut self, context: &Context) -> Option<[u64; MOST]> {
        let short = table::row::class::REL8;
        if self.any & short == 0 {
            return None;
        }
        let is_far = |operand: &Operand| match operand.kind {
            OperandKind::Immediate(target) => {
                target.kind != ast::Kind::Unknown
                    && target.kind != context.address.kind
                    && operand.distance == ast::Distance::None
            }
            _ => false,
        };
        let mut before = None;
        for i in 0..self.count {
            if self.classes[i] & short != 0 && is_far(self.operands[i]) {
                before.get_or_insert(self.classes);
                self.classes[i] &= !short;
            }
        }
        before
    }

    /// `add [x], dword 1`: moves the size before the number to the memory operand.
    fn take_size_of_number(&mut self) -> bool {
        let number = self.operands.iter().take(self.count).find_map(|o| match o.kind {
            OperandKind::Immediate(_) if o.size != 0 => Some(o.size),
            _ => None,
        });
        let Some(size) = number else { return false };
        for class in &mut self.classes {
            if *class & table::row::class::M_UNSIZED != 0 {
                *class = operand::memory_size(size);
            }
        }
        true
    }

    /// Encodes the operands by the chosen row.
    fn emit(
        &self,
        choice: &Choice,
        instruction: &Instruction,
        context: &Context,
        out: &mut Encoded,
    ) -> Result<(), Error> {
        let operands = self.pick(choice);
        let operands = operands.get(..choice.count.into()).unwrap_or_default();
        encode::emit(choice.row, operands, instruction, context, out)?;
        out.code = choice.row.code;
        Ok(())
    }

    /// The operands in the order of the chosen row.
    #[inline(always)]
    fn pick(&self, choice: &Choice) -> [&'a Operand; table::row::OPERANDS] {
        let [a, b, c, d, e] = choice.at;
        let at = |index: u8| self.operands[usize::from(index) % MOST];
        [at(a), at(b), at(c), at(d), at(e)]
    }

    /// Matches the operands to a row. With [`flag::SAME`] the first operand is used twice.
    fn fit(&self, row: &Row) -> Option<[u8; table::row::OPERANDS]> {
        // Most rows fail at their first operand.
        if self.count == 0 || self.classes[0] & table::accepts(row.operands[0]) == 0 {
            return (self.count == 0 && row.operands[0] == 0).then_some(Default::default());
        }
        let same = row.flags & flag::SAME != 0;
        let mut at = [0; table::row::OPERANDS];
        let mut next = 0;
        for (location, &kind) in row.operands.iter().enumerate() {
            if kind == 0 {
                break;
            }
            let index = if same && location == 1 { 0 } else { next };
            if index >= self.count || self.classes[index] & table::accepts(kind) == 0 {
                return None;
            }
            // An index of an operand is at most five.
            at[location] = u8::try_from(index).unwrap_or(0);
            if !(same && location == 1) {
                next += 1;
            }
        }
        (next == self.count).then_some(at)
    }
}

/// Tries the rows in order. Returns the chosen row if its [`cache::Key`] alone decided the choice.
fn choose(
    rows: &'static [Row],
    list: &Operands<'_>,
    instruction: &Instruction,
    context: &Context,
    out: &mut Encoded,
) -> Result<Option<Choice>, Error> {
    let mode = table::mode(context.bits);
    let (mut error, mut by_key) = (Error::NoForm, true);
    for row in rows {
        let Some(at) = list.fit(row) else { continue };
        if row.flags & mode == 0 {
            if error == Error::NoForm {
                error = Error::NotInMode;
            }
            continue;
        }
        if row.cpu > instruction.cpu {
            if matches!(error, Error::NoForm | Error::NotInMode) {
                error = Error::NotOnCpu { first: row.cpu };
            }
            continue;
        }
        by_key &= !rules::is_by_name(row);
        // A row has at most five operands.
        let count = row.count();
        let choice = Choice { row, at, count: u8::try_from(count).unwrap_or(0) };
        if !rules::allow(row, &list.pick(&choice)[..count], instruction, context) {
            continue;
        }
        if row.flags & flag::AMBIGUOUS != 0 && rules::unsized_memory(row, list, &at) {
            return Err(Error::AmbiguousSize);
        }
        match list.emit(&choice, instruction, context, out) {
            Ok(()) => return Ok(by_key.then_some(choice)),
            Err(reason) => (error, by_key) = (reason, false),
        }
    }
    Err(error)
}

#[cfg(test)]
mod tests;
