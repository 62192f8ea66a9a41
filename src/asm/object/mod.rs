//! The program between parser and layout: sections with their bytes and their statements of unknown
//! length, symbols, and the current addresses.

pub(crate) mod record;
pub(crate) mod scratch;

use super::syntax::ast::{Kind, Value};
use super::syntax::mistake::Location;
use super::value::expression::linear::{Linear, MOVING, Trouble};
use super::value::expression::node::Resolve;
use super::value::expression::node::{Arena, ExpressionId};
use super::value::symbols::{Definition, Position, SymbolId, SymbolTable};
use record::{Pools, Record, Section};

/// The maximum size of an output file in bytes.
pub(crate) const MAX_OUTPUT: u64 = 1 << 30;
/// The maximum size of a section without contents in bytes.
pub(crate) const MAX_RESERVED: u64 = 1 << 46;
/// The maximum number of repetitions of a statement whose repetitions must be assembled one by one.
pub(crate) const MAX_REPETITIONS: u64 = 1 << 20;
/// The maximum number of named sections.
pub(crate) const MAX_SECTIONS: usize = 1 << 12;
/// The maximum number of sections, including `absolute` and `struc`.
pub(crate) const MAX_STRETCHES: usize = 1 << 15;

/// An `equ` whose value depends on labels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Equ {
    /// Its expression.
    pub(crate) expression: ExpressionId,
    /// Its position, which is `$`.
    pub(crate) position: Position,
    /// Its value in the current pass.
    pub(crate) value: Value,
    /// The place of the expression.
    pub(crate) location: Location,
}

/// The result of parsing, and the current addresses.
#[derive(Debug, Default)]
pub(crate) struct Object {
    /// The symbols.
    pub(crate) symbols: SymbolTable,
    /// The expressions that depend on labels.
    pub(crate) arena: Arena,
    /// Sections in order of appearance; the first is `.text`.
    pub(crate) sections: Vec<Section>,
    /// The `equ`s that depend on labels.
    pub(crate) equs: Vec<Equ>,
    /// The parts of statements that depend on labels.
    pub(crate) pools: Pools,
    /// `org`.
    pub(crate) origin: Option<(i64, Location)>,
    /// The address of the first byte without `org`.
    pub(crate) default_origin: i64,
}

/// The growth in the current pass so far.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shift<'a> {
    /// No pass is under way.
    None,
    /// A forward pass: everything after this record of this section moves by this much.
    Forward {
        /// The current section.
        section: u16,
        /// The current record.
        record: u32,
        /// The growth so far.
        growth: i64,
    },
    /// A backward pass: `after[i]` is the growth of the records from `i` on.
    Backward {
        /// The current section.
        section: u16,
        /// The current record.
        record: u32,
        /// The growth from each record on.
        after: &'a [i64],
    },
}

/// The addresses as the statement at `position` sees them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) symbols: &'a SymbolTable,
    pub(crate) sections: &'a [Section],
    pub(crate) equs: &'a [Equ],
    pub(crate) position: Position,
    pub(crate) shift: Shift<'a>,
    /// Whether an undefined symbol is a guess (while the source is read) or an error.
    pub(crate) guess: bool,
}

impl View<'_> {
    /// The address of a position, and whether it moves with its section.
    #[inline(always)]
    pub(crate) fn address(&self, position: Position) -> Value {
        let Some(section) = self.sections.get(usize::from(position.section)) else {
            return Value::default();
        };
        let record = position.record;
        let delta = section.delta.get(record as usize).copied().unwrap_or(0);
        let fixed = position.fixed.cast_signed();
        let mut number = section.address.wrapping_add(fixed).wrapping_add(delta);
        match self.shift {
            Shift::Forward { section, record: now, growth }
                if section == position.section && record > now =>
            {
                number = number.wrapping_add(growth);
            }
            Shift::Backward { section, record: now, after }
                if section == position.section && record > now =>
            {
                let grown = |i: u32| after.get(i as usize).copied().unwrap_or(0);
                number = number.wrapping_add(grown(now + 1) - grown(record));
            }
            _ => {}
        }
        let kind = match section.absolute {
            Some(kind) => kind,
            None => Kind::Relocatable(position.section),
        };
        Value { number, kind }
    }

    fn at(&self, position: Position) -> Linear {
        Linear::value(self.address(position), (position.record, position.record))
    }
}

impl Resolve for View<'_> {
    fn symbol(&self, id: SymbolId) -> Result<Linear, Trouble> {
        match self.symbols.definition(id) {
            Definition::Number(number) => Ok(Linear::number(number)),
            Definition::Label(position) => Ok(self.at(position)),
            Definition::Equ(row) => {
                let value = self.equs.get(row as usize).map(|e| e.value).unwrap_or_default();
                Ok(Linear::value(value, MOVING))
            }
            Definition::Section { number, loaded } => {
                let section = self.sections.get(usize::from(number));
                let location = section.map_or(0, |s| if loaded { s.load } else { s.address });
                let value = Value { number: location, kind: Kind::Absolute };
                Ok(Linear::value(value, MOVING))
            }
            Definition::Undefined if self.guess => Ok(Linear::unknown()),
            Definition::Undefined => Err(Trouble::Undefined(id)),
            Definition::External => Err(Trouble::External(id)),
        }
    }

    #[inline(always)]
    fn here(&self) -> Linear {
        self.at(self.position)
    }

    fn section_start(&self) -> Linear {
        let start = Position { section: self.position.section, record: 0, fixed: 0 };
        self.at(start)
    }
}

impl Object {
    /// The addresses as the statement at `position` sees them while the source is read.
    pub(crate) fn view(&self, position: Position, guess: bool) -> View<'_> {
        let Self { symbols, sections, equs, .. } = self;
        View { symbols, sections, equs, position, shift: Shift::None, guess }
    }

    /// Appends a record to a section.
    pub(crate) fn push(&mut self, section: u16, record: Record) {
        if let Some(section) = self.sections.get_mut(usize::from(section)) {
            let end = section.delta.last().copied().unwrap_or(0);
            section.delta.push(end.wrapping_add(record.size.cast_signed()));
            section.records.push(record);
        }
    }
}
