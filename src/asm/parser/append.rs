//! Appends a statement to its section.

use super::{Evaluated, Parser};
use crate::asm::object::record::{Body, Data, Patch, PatchKind, Record, Section, Times, row};
use crate::asm::object::{MAX_OUTPUT, MAX_RESERVED};
use crate::asm::syntax::mistake::{Location, Mistake, Wrong};
use crate::asm::value::expression::node::ExpressionId;

impl Parser<'_> {
    /// Appends the bytes of the statement and its label-dependent parts to the section.
    pub(crate) fn put(&mut self, times: Option<Times>, location: Location) -> Wrong<()> {
        let length = self.statement.bytes.len();
        if length == 0 || !self.admits_contents(length, location)? {
            return Ok(());
        }
        self.note_bits();
        match times {
            None => self.append(location),
            Some(Times::Count(count)) if self.statement.items.is_empty() => {
                self.append_repeated(count, location)
            }
            Some(times) => {
                let (start, length) = self.object.pools.keep_bytes(&self.statement.bytes);
                let body = if self.statement.items.is_empty() {
                    Body::Bytes { start, length }
                } else {
                    let pools = &mut self.object.pools;
                    let first = row(pools.items.len());
                    pools.items.append(&mut self.statement.items);
                    let items = (first, row(pools.items.len()));
                    pools.data.push(Data { start, length, items });
                    Body::Data(row(pools.data.len() - 1))
                };
                self.push_record(Some(times), body, location, u64::from(length));
                Ok(())
            }
        }
    }

    /// Checks that bytes can be written here. In a section without contents they only take space.
    pub(crate) fn admits_contents(&mut self, length: usize, location: Location) -> Wrong<bool> {
        let Some(section) = self.section() else { return Ok(false) };
        if section.absolute.is_some() {
            let message = "`absolute` space and structures have no contents";
            return Err(Mistake::error(location, message)
                .help("reserve space with `resb` and its family, or open a section first"));
        }
        if section.nobits {
            let message = format!("section `{}` has no contents: this is ignored", section.name);
            section.fixed = section.fixed.saturating_add(length as u64);
            self.mistakes.push(
                Mistake::warning("other", location, message).label("only the space is reserved"),
            );
            return Ok(false);
        }
        Ok(true)
    }

    pub(super) fn note_bits(&mut self) {
        self.first_bits = self.first_bits.or(Some(self.bits));
    }

    /// Appends the bytes of the last encoded instruction to the section.
    pub(crate) fn put_code(&mut self, location: Location) -> Wrong<()> {
        let length = self.scratch.encoded.len.into();
        if !self.admits_contents(length, location)? {
            return Ok(());
        }
        self.note_bits();
        let Self { scratch, object, .. } = self;
        let Some(section) = object.sections.get_mut(usize::from(self.current)) else {
            return Ok(());
        };
        section.append(scratch.encoded.bytes(), location)
    }

    fn append(&mut self, location: Location) -> Wrong<()> {
        let Self { statement, object, .. } = self;
        let Some(section) = object.sections.get_mut(usize::from(self.current)) else {
            return Ok(());
        };
        check_room(section, statement.bytes.len() as u64, location)?;
        let (record, start) = (section.record_count(), section.fixed);
        for item in statement.items.drain(..) {
            let at = start + u64::from(item.offset);
            let item = super::Item { back: item.offset, ..item };
            let location = item.location;
            section.patches.push(Patch { record, at, location, kind: PatchKind::Number(item) });
        }
        section.append(&statement.bytes, location)
    }

    fn append_repeated(&mut self, count: u64, location: Location) -> Wrong<()> {
        let Self { statement, object, .. } = self;
        let Some(section) = object.sections.get_mut(usize::from(self.current)) else {
            return Ok(());
        };
        let length = (statement.bytes.len() as u64).saturating_mul(count);
        check_room(section, length, location)?;
        let end = section.bytes.len() + crate::asm::syntax::size(length);
        match statement.bytes.as_slice() {
            [byte] => section.bytes.resize(end, *byte),
            bytes => (0..count).for_each(|_| section.bytes.extend_from_slice(bytes)),
        }
        section.fixed += length;
        Ok(())
    }

    /// Appends a statement whose length may change; `size` is its current length.
    pub(crate) fn push_record(
        &mut self,
        times: Option<Times>,
        body: Body,
        location: Location,
        size: u64,
    ) {
        self.note_bits();
        let here = self.here();
        let earlier = self.earlier.sizes.get(usize::from(self.current));
        let size = match (earlier.and_then(|s| s.get(here.record as usize)), times) {
            (Some(size), _) => *size,
            (None, Some(Times::Count(count))) => count.saturating_mul(size).min(MAX_OUTPUT),
            (None, Some(Times::Expression(_))) => 0,
            (None, None) => size,
        };
        let is_settled = false;
        let record = Record { at: here.fixed, size, location, times, body, is_settled };
        self.object.push(self.current, record);
    }

    /// Reserves space for `count` units of `unit` bytes.
    pub(crate) fn reserve(
        &mut self,
        count: &Evaluated,
        unit: u8,
        times: Option<Times>,
        location: Location,
    ) -> Wrong<()> {
        let Some(section) = self.section() else { return Ok(()) };
        if !section.is_empty_space() {
            let message = format!("section `{}` has contents: this space is zeros", section.name);
            let help = "put it into `section .bss` to keep it out of the output";
            self.mistakes.push(Mistake::warning("zeroing", location, message).help(help));
        }
        match (count.later, times) {
            (None, None | Some(Times::Count(_))) => {
                self.scalar(count)?;
                let times = if let Some(Times::Count(n)) = times { n } else { 1 };
                let count = u64::try_from(count.value.number).map_err(|_| {
                    let message = format!("{} units cannot be reserved", count.value.number);
                    Mistake::error(count.location, message)
                })?;
                let length = count.saturating_mul(u64::from(unit)).saturating_mul(times);
                self.reserve_fixed(length, location)
            }
            (later, times) => {
                let count = later.unwrap_or_else(|| self.constant(count.value.number));
                self.push_record(times, Body::Reserve { count, unit }, location, 0);
                Ok(())
            }
        }
    }

    /// Stores a number as an expression.
    pub(crate) fn constant(&mut self, number: i64) -> ExpressionId {
        self.object.arena.keep(&[crate::asm::value::expression::node::Node::Number(number)])
    }

    fn reserve_fixed(&mut self, length: u64, location: Location) -> Wrong<()> {
        let Some(section) = self.section() else { return Ok(()) };
        check_room(section, length, location)?;
        if !section.is_empty_space() {
            let end = section.bytes.len() + crate::asm::syntax::size(length);
            section.bytes.resize(end, 0);
            self.note_bits();
        }
        if let Some(section) = self.section() {
            section.fixed += length;
        }
        Ok(())
    }

    /// Returns an error unless a value that is known now is a plain number.
    pub(crate) fn scalar(&self, evaluated: &Evaluated) -> Wrong<i64> {
        if evaluated.value.terms().is_empty() {
            return Ok(evaluated.value.number);
        }
        Err(Mistake::error(evaluated.location, "this must be a plain number")
            .label("registers and addresses are not"))
    }
}

impl Section {
    /// Appends fixed bytes.
    pub(super) fn append(&mut self, bytes: &[u8], location: Location) -> Wrong<()> {
        check_room(self, bytes.len() as u64, location)?;
        self.bytes.extend_from_slice(bytes);
        self.fixed += bytes.len() as u64;
        Ok(())
    }
}

/// Returns an error if a section would become too long.
pub(crate) fn check_room(section: &Section, length: u64, location: Location) -> Wrong<()> {
    let most = if section.is_empty_space() { MAX_RESERVED } else { MAX_OUTPUT };
    let total = section.fixed.saturating_add(length);
    if total <= most {
        return Ok(());
    }
    let message = format!("the section would be {total} bytes long, more than {most}");
    Err(Mistake::error(location, message).label("too much"))
}
