//! Layout: how long every statement is and where every label lies.
//!
//! **The problem.** The length of `jmp x` depends on how far away `x` is, which depends on the
//! lengths of the statements between, which may be jumps themselves. `times 510-($-$$) db 0`,
//! `align` and `equ` hang on labels in the same way, ahead as well as behind.
//!
//! **The idea.** Most statements do not take part: their bytes are known when they are read, and
//! they are appended to their section at once. Only what may still change its *length* is kept
//! as a [`Record`]; what has a fixed length and only awaits a number is a [`Patch`] on bytes that
//! are there already. An address is then the count of fixed bytes before it plus the lengths of
//! the records before it, and that second part is looked up by the number of the record
//! ([`Position`]). A label never moves by itself and costs nothing in a pass.
//!
//! A pass ([`sweep`]) works out the length of every record from the addresses as they are at that
//! moment. It begins with the shortest forms, as NASM does, and passes follow until one changes
//! nothing. Odd passes go forward and even ones backward: growth that travels along a chain of
//! branches which depend on each other is then carried all the way in one pass or the next,
//! whichever way the chain points.
//!
//! Once a pass has found what an instruction with one label hangs on, its length is settled unless
//! it is a branch: it is encoded no more, and all that the output awaits is the number
//! ([`record::Filled`]). A plain branch is measured by its distance alone.
//!
//! **Invariants.**
//! - `delta[i]` is the sum of the lengths of the records before `i`; it has one element more than
//!   there are records.
//! - Within a pass an address counts what grew before it in the same pass: in a forward pass
//!   `delta` is brought up to date record by record and what lies ahead is shifted by the growth
//!   so far; in a backward pass the growth between a record and a label ahead of it is the
//!   difference of two sums over what has been passed.
//! - Two positions with equal `record` have a distance that nothing can change. That is what
//!   lets `$ - msg` and short backward jumps be final at once.
//! - After [`GROW_ONLY_AFTER`] passes an instruction may no longer shrink, so that passes come to
//!   an end; after [`MAX_PASSES`] it is an error. What is emitted is a state in which every
//!   statement agrees with every address.

pub(crate) mod circle;
pub(crate) mod debug;
pub(crate) mod emit;
pub(crate) mod record;
pub(crate) mod sections;
pub(crate) mod sweep;

use crate::asm::syntax::ast::{Kind, Value};
use crate::asm::syntax::mistake::Place;
use crate::asm::value::expression::evaluate::Resolve;
use crate::asm::value::expression::linear::{Linear, MOVING, Trouble};
use crate::asm::value::expression::node::{Arena, ExpressionId};
use crate::asm::value::symbols::{Definition, Position, SymbolId, SymbolTable};
use record::{Pools, Record, Section};

/// Most bytes of an output file.
pub(crate) const MAX_OUTPUT: u64 = 1 << 30;
/// Most bytes that a section without contents may reserve.
pub(crate) const MAX_RESERVED: u64 = 1 << 46;
/// Most repetitions of a statement each of which has to be assembled on its own.
pub(crate) const MAX_REPETITIONS: u64 = 1 << 20;
/// Most sections with a name.
pub(crate) const MAX_SECTIONS: usize = 1 << 12;
/// Most sections, `absolute` and `struc` included.
pub(crate) const MAX_STRETCHES: usize = 1 << 15;
/// Most statements that are measured over all passes, each as often as it is repeated, in a
/// program that has few of them; others may take [`MAX_STEPS_EACH`].
pub(crate) const MAX_STEPS: u64 = if cfg!(test) { 1 << 16 } else { 1 << 23 };
/// Most times that each statement is measured.
pub(crate) const MAX_STEPS_EACH: u64 = 16;
/// Most passes of the layout.
pub(crate) const MAX_PASSES: u32 = 200;
/// Passes after which an instruction may no longer shrink.
pub(crate) const GROW_ONLY_AFTER: u32 = 40;
/// Most times a program is read again because its preprocessor looked at addresses.
pub(crate) const MAX_RUNS: u32 = 32;

/// An `equ` whose value depends on labels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Equ {
    /// What it is equal to.
    pub(crate) expression: ExpressionId,
    /// Where it stands: its `$`.
    pub(crate) position: Position,
    /// Its value in this pass.
    pub(crate) value: Value,
    /// Where the expression is written.
    pub(crate) place: Place,
}

/// Everything that reading the source made, and the addresses as they are now.
#[derive(Debug, Default)]
pub(crate) struct Program {
    /// Names.
    pub(crate) symbols: SymbolTable,
    /// Expressions that hang on labels.
    pub(crate) arena: Arena,
    /// Sections in order of appearance; the first is `.text`.
    pub(crate) sections: Vec<Section>,
    /// `equ`s that hang on labels.
    pub(crate) equs: Vec<Equ>,
    /// Parts of statements that hang on labels.
    pub(crate) pools: Pools,
    /// `org`.
    pub(crate) origin: Option<(i64, Place)>,
    /// Address of the first byte without `org`.
    pub(crate) default_origin: i64,
}

/// What has grown so far in the pass under way.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shift<'a> {
    /// No pass is under way.
    None,
    /// A forward pass: everything behind this record of this section is this much further on.
    Forward {
        /// The section in work.
        section: u16,
        /// The record in work.
        record: u32,
        /// Growth so far.
        growth: i64,
    },
    /// A backward pass: `after[i]` is the growth of the records from `i` on.
    Backward {
        /// The section in work.
        section: u16,
        /// The record in work.
        record: u32,
        /// Growth from each record on.
        after: &'a [i64],
    },
}

/// The addresses as a statement at `position` sees them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) symbols: &'a SymbolTable,
    pub(crate) sections: &'a [Section],
    pub(crate) equs: &'a [Equ],
    pub(crate) position: Position,
    pub(crate) shift: Shift<'a>,
    /// Whether a symbol without definition is a guess (while the source is read) or an error.
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
                let place = section.map_or(0, |s| if loaded { s.load } else { s.address });
                let value = Value { number: place, kind: Kind::Absolute };
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

impl Program {
    /// The addresses as a statement at `position` sees them while the source is read.
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
