//! The statements that depend on labels, in a compact form.

use crate::asm::encode::Hole;
use crate::asm::syntax::ast::{self, Kind, Operand, Prefixes, Rounding};
use crate::asm::syntax::mistake::Location;
use crate::asm::syntax::table::row::Cpu;
use crate::asm::syntax::warning::SwitchChange;
use crate::asm::value::expression::node::ExpressionId;
use crate::diagnostic::Span;
use crate::image::Bits;

/// A section, or a range of `absolute` space.
#[derive(Debug)]
pub(crate) struct Section {
    /// The name; empty for `absolute` space.
    pub(crate) name: String,
    /// Where it was first opened.
    pub(crate) location: Location,
    /// Whether it has no contents.
    pub(crate) nobits: bool,
    /// The kind of the addresses of `absolute` space, which is never emitted; `None` for a section.
    pub(crate) absolute: Option<Kind>,
    /// The attributes after its name.
    pub(crate) attributes: Attributes,
    /// The address of its first byte.
    pub(crate) address: i64,
    /// The address at which it is loaded, which determines its place in the file.
    pub(crate) load: i64,
    /// The number of fixed bytes. For a section with contents, they are in `bytes`.
    pub(crate) fixed: u64,
    /// The fixed bytes.
    pub(crate) bytes: Vec<u8>,
    /// The statements whose length may change.
    pub(crate) records: Vec<Record>,
    /// The sum of the lengths of the records before each record, and of all records.
    pub(crate) delta: Vec<i64>,
    /// The statements of fixed length with a number that is not known yet.
    pub(crate) patches: Vec<Patch>,
    /// The rows of the line table.
    pub(crate) lines: Vec<LineRow>,
    /// The changes of the warning switches.
    pub(crate) turns: Vec<SwitchChange>,
}

/// The attributes after the name of a section.
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
    /// `align=`; 0 if there is none.
    pub(crate) align: u64,
    /// `valign=`; 0 if there is none.
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

    /// The current length in bytes.
    pub(crate) fn length(&self) -> u64 {
        let delta = self.delta.last().copied().unwrap_or(0);
        self.fixed.saturating_add(delta.cast_unsigned())
    }

    /// The number of records.
    pub(crate) fn record_count(&self) -> u32 {
        row(self.records.len())
    }

    /// Whether it has no contents, so bytes cannot be written to it.
    pub(crate) fn is_empty_space(&self) -> bool {
        self.nobits || self.absolute.is_some()
    }
}

/// A statement whose length may change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// The number of fixed bytes of its section before it.
    pub(crate) at: u64,
    /// Its length in the current pass.
    pub(crate) size: u64,
    /// Where it is written.
    pub(crate) location: Location,
    /// `times`.
    pub(crate) times: Option<Times>,
    /// The statement.
    pub(crate) body: Body,
    /// Whether its length is final.
    pub(crate) is_settled: bool,
}

/// The number of repetitions of a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Times {
    /// A known number.
    Count(u64),
    /// The value of an expression.
    Expression(ExpressionId),
}

/// The output of a [`Record`] or a [`Patch`]. Numbers are rows of the [`Pools`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Body {
    /// An instruction.
    Instruction(u32),
    /// Bytes of [`Pools::bytes`].
    Bytes {
        /// Index of the first byte.
        start: u32,
        /// The number of bytes.
        length: u32,
    },
    /// Bytes with numbers that are not known yet.
    Data(u32),
    /// An instruction whose bytes are known except for one number.
    Filled(Filled),
    /// Reserved space.
    Reserve {
        /// The number of units.
        count: ExpressionId,
        /// The size of a unit in bytes.
        unit: u8,
    },
}

/// An instruction whose bytes are known except for one number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filled {
    /// Index of its first byte in [`Pools::bytes`].
    pub(crate) start: u32,
    /// Its length in bytes.
    pub(crate) length: u8,
    /// The place of the number.
    pub(crate) hole: Hole,
    /// The value of the number.
    pub(crate) expression: ExpressionId,
}

/// A statement of fixed length with a number that is not known yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patch {
    /// The number of records before it.
    pub(crate) record: u32,
    /// The number of fixed bytes before it.
    pub(crate) at: u64,
    /// Where it is written.
    pub(crate) location: Location,
    /// What it writes.
    pub(crate) kind: PatchKind,
}

/// What a [`Patch`] writes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PatchKind {
    /// The bytes of an instruction.
    Instruction {
        /// A row of [`Pools::templates`].
        template: u32,
        /// Its length in bytes.
        length: u8,
    },
    /// The only number of an instruction, the length of the instruction, and the value.
    Hole(Hole, u8, ExpressionId),
    /// A number.
    Number(Item),
}

/// A number in data that depends on labels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    /// Its value.
    pub(crate) expression: ExpressionId,
    /// Offset of its first byte in the statement.
    pub(crate) offset: u32,
    /// The distance from the start of its statement, which is `$`.
    pub(crate) back: u32,
    /// Its size in bytes.
    pub(crate) width: u8,
    /// Where it is written.
    pub(crate) location: Location,
}

/// A data statement that is repeated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Data {
    /// Index of its first byte in [`Pools::bytes`]; missing numbers are zeros.
    pub(crate) start: u32,
    /// Its length in bytes.
    pub(crate) length: u32,
    /// The range of its numbers in [`Pools::items`].
    pub(crate) items: (u32, u32),
}

/// An instruction with holes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Template {
    /// A row of the mnemonic table.
    pub(crate) mnemonic: u16,
    /// `bits` in effect.
    pub(crate) bits: Bits,
    /// `default rel` in effect.
    pub(crate) default_rel: bool,
    /// The number of operands.
    pub(crate) operand_count: u8,
    /// The number of holes.
    pub(crate) slot_count: u8,
    /// `{rn-sae}` and the like.
    pub(crate) rounding: Rounding,
    /// The processor selected with `cpu`.
    pub(crate) cpu: Cpu,
    /// Prefixes.
    pub(crate) prefixes: Prefixes,
    /// Where the mnemonic is written.
    pub(crate) mnemonic_span: Span,
    /// Index of its first operand in [`Pools::operands`].
    pub(crate) operands: u32,
    /// Index of its first hole in [`Pools::slots`].
    pub(crate) slots: u32,
    /// The `bits` directive in effect, for messages.
    pub(crate) bits_location: Location,
    /// Whether it is a branch that can be short or near.
    pub(crate) branch: Branch,
}

/// Whether an instruction is a branch with a short and a near form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Branch {
    /// It is not.
    No,
    /// It is, but other words or prefixes affect its length.
    Dressed,
    /// It is: two bytes if the target is near, otherwise `near` bytes.
    Plain {
        /// The length of the near form in bytes.
        near: u8,
        /// The opcode of the short form.
        opcode: u8,
    },
}

/// A hole in an instruction: a number that depends on labels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    /// The index of the operand.
    pub(crate) operand: u8,
    /// Which number of the operand.
    pub(crate) field: Field,
    /// Its value.
    pub(crate) expression: ExpressionId,
    /// Where it is written.
    pub(crate) location: Location,
}

/// A number of an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// The immediate.
    Immediate,
    /// The whole address: registers and displacement.
    Address,
    /// The segment of a far branch.
    FarSegment,
    /// The offset of a far branch.
    FarOffset,
}

/// A row of the line table, before the addresses are final.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineRow {
    /// The number of records before its first byte.
    pub(crate) record: u32,
    /// The number of fixed bytes before its first byte.
    pub(crate) fixed: u64,
    /// The statement; inside a macro, the place of use.
    pub(crate) span: Span,
    /// `bits` in effect.
    pub(crate) bits: Bits,
    /// Whether it is an instruction.
    pub(crate) is_code: bool,
}

/// The parts of the statements that depend on labels, in one list for each type.
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

/// The length of a list as the row number of the next item.
pub(crate) fn row(length: usize) -> u32 {
    crate::asm::syntax::index(length)
}

impl Pools {
    /// Stores bytes that are repeated.
    pub(crate) fn keep_bytes(&mut self, bytes: &[u8]) -> (u32, u32) {
        let start = row(self.bytes.len());
        self.bytes.extend_from_slice(bytes);
        (start, row(bytes.len()))
    }

    /// Stored bytes.
    pub(crate) fn bytes(&self, start: u32, length: u32) -> &[u8] {
        let start = start as usize;
        self.bytes.get(start..start + length as usize).unwrap_or(&[])
    }

    /// The numbers in repeated data.
    pub(crate) fn items(&self, data: &Data) -> &[Item] {
        self.items.get(data.items.0 as usize..data.items.1 as usize).unwrap_or(&[])
    }

    /// Stores an instruction with its holes.
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
            // An instruction has at most five operands, and at most two numbers in each.
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

    /// Restores a stored instruction; its holes have their previous values.
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

    /// The holes of a stored instruction.
    pub(crate) fn slots(&self, template: &Template) -> &[Slot] {
        let first = template.slots as usize;
        self.slots.get(first..first + usize::from(template.slot_count)).unwrap_or(&[])
    }
}
