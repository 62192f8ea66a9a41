//! The statements that depend on labels, in compact form.

use crate::asm::encode::Hole;
use crate::asm::syntax::ast::{self, Kind, Operand, Prefixes, Rounding};
use crate::asm::syntax::mistake::Location;
use crate::asm::syntax::table::row::Cpu;
use crate::asm::syntax::warning::SwitchChange;
use crate::asm::value::expression::node::ExpressionId;
use crate::diagnostic::Span;
use crate::image::Bits;

/// A section, or a stretch of `absolute` space.
#[derive(Debug)]
pub(crate) struct Section {
    /// Its name; empty for `absolute` space.
    pub(crate) name: String,
    /// Where it was opened first.
    pub(crate) location: Location,
    /// Whether it has no contents.
    pub(crate) nobits: bool,
    /// For `absolute` space: what kind of number its addresses are. It is never emitted.
    pub(crate) absolute: Option<Kind>,
    /// What was written behind its name.
    pub(crate) attributes: Attributes,
    /// Address of its first byte.
    pub(crate) address: i64,
    /// Address at which it is loaded, from which its place in the file follows.
    pub(crate) load: i64,
    /// How many fixed bytes it has; those of a section with contents are in `bytes`.
    pub(crate) fixed: u64,
    /// The fixed bytes.
    pub(crate) bytes: Vec<u8>,
    /// The statements whose length may change.
    pub(crate) records: Vec<Record>,
    /// Sum of the lengths of the records before each, and of all.
    pub(crate) delta: Vec<i64>,
    /// The statements of fixed length that await a number.
    pub(crate) patches: Vec<Patch>,
    /// Rows of the line table.
    pub(crate) lines: Vec<LineRow>,
    /// Where warnings were switched.
    pub(crate) turns: Vec<SwitchChange>,
}

/// What may be written behind the name of a section.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attributes {
    /// `start=`
    pub(crate) start: Option<i64>,
    /// `vstart=`
    pub(crate) vstart: Option<i64>,
    /// `follows=`
    pub(crate) follows: Option<(String, Location)>,
    /// `vfollows=`
    pub(crate) vfollows: Option<(String, Location)>,
    /// `align=`; 0 when nothing asks for one.
    pub(crate) align: u64,
    /// `valign=`; 0 when nothing asks for one.
    pub(crate) valign: u64,
}

impl Section {
    /// An empty section.
    pub(crate) fn new(name: &str, location: Location, nobits: bool) -> Self {
        Self {
            name: name.to_owned(),
            location,
            nobits,
            absolute: None,
            attributes: Attributes::default(),
            address: 0,
            load: 0,
            fixed: 0,
            bytes: Vec::new(),
            records: Vec::new(),
            delta: vec![0],
            patches: Vec::new(),
            lines: Vec::new(),
            turns: Vec::new(),
        }
    }

    /// How many bytes it has, as things are now.
    pub(crate) fn length(&self) -> u64 {
        let delta = self.delta.last().copied().unwrap_or(0);
        self.fixed.saturating_add(delta.cast_unsigned())
    }

    /// How many records it has.
    pub(crate) fn record_count(&self) -> u32 {
        u32::try_from(self.records.len()).unwrap_or(u32::MAX)
    }

    /// Whether bytes written to it would go nowhere.
    pub(crate) fn is_empty_space(&self) -> bool {
        self.nobits || self.absolute.is_some()
    }
}

/// A statement whose length may change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// How many fixed bytes of its section lie before it.
    pub(crate) at: u64,
    /// Its length in this pass.
    pub(crate) size: u64,
    /// Where it is written.
    pub(crate) location: Location,
    /// `times`.
    pub(crate) times: Option<Times>,
    /// What is repeated.
    pub(crate) body: Body,
    /// Whether its length has been found and cannot change any more.
    pub(crate) is_settled: bool,
}

/// How often a statement is repeated.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Times {
    /// So often.
    Count(u64),
    /// As this says.
    Expression(ExpressionId),
}

/// What a [`Record`] or a [`Patch`] puts into the output. Numbers are rows of the [`Pools`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Body {
    /// An instruction.
    Instruction(u32),
    /// So many bytes of [`Pools::bytes`] from this one on.
    Bytes {
        /// The first.
        start: u32,
        /// How many.
        length: u32,
    },
    /// Bytes of which some await a number.
    Data(u32),
    /// An instruction whose bytes are known but for one number.
    Filled(Filled),
    /// Space for so many units of so many bytes each.
    Reserve {
        /// How many.
        count: ExpressionId,
        /// Bytes of each.
        unit: u8,
    },
}

/// An instruction whose bytes are known but for one number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filled {
    /// Its first byte in [`Pools::bytes`].
    pub(crate) start: u32,
    /// How many bytes.
    pub(crate) length: u8,
    /// Where the number is in them.
    pub(crate) hole: Hole,
    /// What the number is.
    pub(crate) expression: ExpressionId,
}

/// A statement of fixed length that awaits a number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patch {
    /// Position of the first byte that it writes.
    pub(crate) record: u32,
    /// Fixed bytes before it.
    pub(crate) at: u64,
    /// Where it is written.
    pub(crate) location: Location,
    /// What it writes.
    pub(crate) kind: PatchKind,
}

/// What a [`Patch`] writes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PatchKind {
    /// The bytes of an instruction, of which there are so many.
    Instruction {
        /// Row of [`Pools::templates`].
        template: u32,
        /// Bytes.
        length: u8,
    },
    /// The one number of an instruction of so many bytes.
    Hole(Hole, u8, ExpressionId),
    /// A number.
    Number(Item),
}

/// A number in data that hangs on labels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    /// Its value.
    pub(crate) expression: ExpressionId,
    /// Offset of its first byte in the statement.
    pub(crate) offset: u32,
    /// How far before the number its statement begins: `$`.
    pub(crate) back: u32,
    /// Bytes it fills.
    pub(crate) width: u8,
    /// Where it is written.
    pub(crate) location: Location,
}

/// A data statement that is repeated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Data {
    /// Its bytes, with zeros where numbers are awaited, in [`Pools::bytes`].
    pub(crate) start: u32,
    /// How many bytes.
    pub(crate) length: u32,
    /// Its numbers, in [`Pools::items`].
    pub(crate) items: (u32, u32),
}

/// An instruction with holes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Template {
    /// Row of the mnemonic table.
    pub(crate) mnemonic: u16,
    /// `bits` in effect.
    pub(crate) bits: Bits,
    /// `default rel` in effect.
    pub(crate) default_rel: bool,
    /// How many operands.
    pub(crate) operand_count: u8,
    /// How many holes.
    pub(crate) slot_count: u8,
    /// `{rn-sae}` and family.
    pub(crate) rounding: Rounding,
    /// The processor that `cpu` named.
    pub(crate) cpu: Cpu,
    /// Prefixes.
    pub(crate) prefixes: Prefixes,
    /// Where the mnemonic is written.
    pub(crate) mnemonic_span: Span,
    /// Its first operand in [`Pools::operands`].
    pub(crate) operands: u32,
    /// Its first hole in [`Pools::slots`].
    pub(crate) slots: u32,
    /// The `bits` directive in effect, for messages.
    pub(crate) bits_location: Location,
    /// Whether it is a branch that can be short or near.
    pub(crate) branch: Branch,
}

/// Whether an instruction is a branch that can be short or near.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Branch {
    /// It is none.
    No,
    /// It is one with words or prefixes that have a say in its length.
    Dressed,
    /// It is one of two bytes where the target is near enough, and else of so many.
    Plain {
        /// Bytes of the near form.
        near: u8,
        /// Opcode of the short form.
        opcode: u8,
    },
}

/// A hole in an instruction: a number that hangs on labels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    /// Number of the operand.
    pub(crate) operand: u8,
    /// Which number of it.
    pub(crate) field: Field,
    /// Its value.
    pub(crate) expression: ExpressionId,
    /// A second part that is added as a register sum: the index of a split address.
    pub(crate) location: Location,
}

/// Which number of an operand is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// The immediate.
    Immediate,
    /// All of the address: registers and displacement.
    Address,
    /// The segment of a far branch.
    FarSegment,
    /// The offset of a far branch.
    FarOffset,
}

/// A row of the line table, while addresses still change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineRow {
    /// Records before its first byte.
    pub(crate) record: u32,
    /// Fixed bytes before its first byte.
    pub(crate) fixed: u64,
    /// The statement; inside a macro the place of use.
    pub(crate) span: Span,
    /// `bits` in effect.
    pub(crate) bits: Bits,
    /// Whether it is an instruction.
    pub(crate) is_code: bool,
}

/// Parts of the statements that hang on labels, each kind in one list.
#[derive(Debug, Default)]
pub(crate) struct Pools {
    /// Bytes that are repeated.
    pub(crate) bytes: Vec<u8>,
    /// Numbers in repeated data.
    pub(crate) items: Vec<Item>,
    /// Repeated data.
    pub(crate) data: Vec<Data>,
    /// Instructions.
    pub(crate) templates: Vec<Template>,
    /// Operands of instructions.
    pub(crate) operands: Vec<Operand>,
    /// Holes in instructions.
    pub(crate) slots: Vec<Slot>,
}

/// A list length as the row number of what is appended next.
pub(crate) fn row(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Pools {
    /// Keeps bytes that are repeated.
    pub(crate) fn keep_bytes(&mut self, bytes: &[u8]) -> (u32, u32) {
        let start = row(self.bytes.len());
        self.bytes.extend_from_slice(bytes);
        (start, row(bytes.len()))
    }

    /// Kept bytes.
    pub(crate) fn bytes(&self, start: u32, length: u32) -> &[u8] {
        let start = start as usize;
        self.bytes.get(start..start + length as usize).unwrap_or(&[])
    }

    /// The numbers in repeated data.
    pub(crate) fn items(&self, data: &Data) -> &[Item] {
        self.items.get(data.items.0 as usize..data.items.1 as usize).unwrap_or(&[])
    }

    /// Keeps an instruction with its holes.
    pub(crate) fn keep_instruction(
        &mut self,
        instruction: &ast::Instruction,
        slots: &[Slot],
        (bits, default_rel, bits_location): (Bits, bool, Location),
        branch: Branch,
    ) -> u32 {
        let number = row(self.templates.len());
        self.templates.push(Template {
            mnemonic: instruction.mnemonic,
            bits,
            default_rel,
            operand_count: u8::try_from(instruction.operands.len()).unwrap_or(u8::MAX),
            slot_count: u8::try_from(slots.len()).unwrap_or(u8::MAX),
            rounding: instruction.rounding,
            cpu: instruction.cpu,
            prefixes: instruction.prefixes,
            mnemonic_span: instruction.mnemonic_span,
            operands: row(self.operands.len()),
            slots: row(self.slots.len()),
            bits_location,
            branch,
        });
        self.operands.extend_from_slice(&instruction.operands);
        self.slots.extend_from_slice(slots);
        number
    }

    /// Puts a kept instruction together again; its holes have the values of before.
    pub(crate) fn load_instruction(&self, template: &Template, into: &mut ast::Instruction) {
        into.mnemonic = template.mnemonic;
        into.mnemonic_span = template.mnemonic_span;
        into.cpu = template.cpu;
        into.prefixes = template.prefixes;
        into.rounding = template.rounding;
        let first = template.operands as usize;
        let last = first + usize::from(template.operand_count);
        into.operands.clear();
        into.operands.extend_from_slice(self.operands.get(first..last).unwrap_or(&[]));
    }

    /// The holes of a kept instruction.
    pub(crate) fn slots(&self, template: &Template) -> &[Slot] {
        let first = template.slots as usize;
        self.slots.get(first..first + usize::from(template.slot_count)).unwrap_or(&[])
    }
}
