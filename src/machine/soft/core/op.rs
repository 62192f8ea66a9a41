//! A decoded instruction: a handler and its operands.
//!
//! The handler is chosen when the instruction is decoded, so it does not test the form of the
//! instruction when it runs.

use super::cpu::Cpu;
use iced_x86::{CodeSize, Instruction, OpKind, Register};

/// Why the instructions of a block are not simply run one after the other.
///
/// As wide as a word, so that a word or a reason comes back in two registers; and 0, which is the
/// cheapest to make and to look for, is left for `Ok`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Stop {
    /// An exception, in `Cpu::fault`: the instruction has done nothing.
    Fault = 1,
    /// The instruction is done and has set the instruction pointer.
    Leave,
    /// The instruction is done; what follows has to be looked up again.
    Next,
    /// The instruction is to be run again, for it has done only a part.
    Again,
    /// The guest leaves the CPU, see `Cpu::exit`; the instruction has set the instruction pointer.
    Exit,
    /// Physical memory that is not there, see `Cpu::exit`.
    Outside,
    /// This CPU does not have the instruction, or not this use of it.
    Missing,
}

/// The result of an instruction.
pub(crate) type Flow = Result<(), Stop>;

/// A function that executes an instruction.
pub(crate) type Handler = fn(&mut Cpu<'_>, &Op) -> Flow;

/// Number of the register that is always 0: for what an address does not have.
pub(crate) const ZERO: u8 = 16;
/// Set in a register's code: bits 15 to 8, as of `ah`.
pub(crate) const HIGH: u8 = 0x20;

/// In [`Op::memory`]: no operand is in memory.
pub(crate) const NOWHERE: u8 = 0xFF;

/// Where an operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OperandKind {
    /// There is none.
    None,
    /// A register.
    Register,
    /// Memory.
    Memory,
    /// In the instruction.
    Immediate,
}

/// A decoded instruction.
#[derive(Clone, Copy)]
pub(crate) struct Op {
    /// The function that executes it.
    pub(crate) run: Handler,
    /// The immediate operand, extended to 64 bits; or where a branch leads.
    pub(crate) imm: u64,
    /// Displacement of the memory operand; or of a branch, the address after it.
    pub(crate) disp: u64,
    /// Codes of the registers among the operands, by position.
    pub(crate) dst: u8,
    pub(crate) src: u8,
    pub(crate) third: u8,
    pub(crate) fourth: u8,
    /// Base register of the memory operand.
    pub(crate) base: u8,
    /// Its index register.
    pub(crate) index: u8,
    /// How far the index is shifted.
    pub(crate) shift: u8,
    /// 64 less the bits of an address.
    pub(crate) narrow: u8,
    /// Segment register: `es cs ss ds fs gs` are 0 to 5.
    pub(crate) seg: u8,
    /// A parameter for a handler of several instructions.
    pub(crate) kind: u8,
    /// Bits of the operands.
    pub(crate) width: u8,
    /// Length of the instruction.
    pub(crate) len: u8,
    /// If that is a branch, the flags with which it is taken, as in `flags`.
    pub(crate) row: u16,
    /// How many more instructions are done with it.
    pub(crate) fused: u8,
    /// Which operand is in memory; [`NOWHERE`] if none is.
    pub(crate) memory: u8,
    /// Offset from the start of the block.
    pub(crate) start: u16,
    /// Iced's number of the instruction's form.
    pub(crate) code: u16,
}

impl std::fmt::Debug for Op {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Op").field("code", &self.code).field("start", &self.start).finish()
    }
}

/// The code of a register operand.
pub(crate) fn register_code(register: Register) -> u8 {
    let number = if register.is_gpr() { register.full_register() } else { register }.number();
    let high = matches!(register, Register::AH | Register::BH | Register::CH | Register::DH);
    number as u8 & 0x1F | if high { HIGH } else { 0 }
}

/// Number of a segment register.
pub(crate) fn segment_number(register: Register) -> u8 {
    if register.is_segment_register() { register.number() as u8 } else { super::segment::DS }
}

/// Number of the segment of the memory operand. 64-bit code has overrides only for `fs` and `gs`.
fn memory_segment(i: &Instruction) -> u8 {
    let segment = i.memory_segment();
    if i.code_size() != CodeSize::Code64 || matches!(segment, Register::FS | Register::GS) {
        return segment_number(segment);
    }
    let is_stack = matches!(i.memory_base().full_register(), Register::RSP | Register::RBP);
    if is_stack { super::segment::SS } else { super::segment::DS }
}

/// Where operand `n` is.
pub(crate) fn operand_kind(i: &Instruction, n: u32) -> OperandKind {
    if n >= i.op_count() {
        return OperandKind::None;
    }
    match i.op_kind(n) {
        OpKind::Register => OperandKind::Register,
        OpKind::Memory => OperandKind::Memory,
        OpKind::Immediate8
        | OpKind::Immediate8_2nd
        | OpKind::Immediate16
        | OpKind::Immediate32
        | OpKind::Immediate64
        | OpKind::Immediate8to16
        | OpKind::Immediate8to32
        | OpKind::Immediate8to64
        | OpKind::Immediate32to64 => OperandKind::Immediate,
        _ => OperandKind::None,
    }
}

/// Bits of operand `n`, which may be a register or memory.
pub(crate) fn width(i: &Instruction, n: u32) -> u8 {
    match operand_kind(i, n) {
        OperandKind::Register => (i.op_register(n).size() * 8) as u8,
        OperandKind::Memory => (i.memory_size().size() * 8) as u8,
        _ => 0,
    }
}

/// Bits of the addresses that the instruction computes.
pub(crate) fn address_bits(i: &Instruction) -> u8 {
    for n in 0..i.op_count() {
        match i.op_kind(n) {
            OpKind::MemorySegSI | OpKind::MemorySegDI | OpKind::MemoryESDI => return 16,
            OpKind::MemorySegESI | OpKind::MemorySegEDI | OpKind::MemoryESEDI => return 32,
            OpKind::MemorySegRSI | OpKind::MemorySegRDI | OpKind::MemoryESRDI => return 64,
            _ => {}
        }
    }
    for register in [i.memory_base(), i.memory_index()] {
        match register {
            Register::RIP => return 64,
            Register::EIP => return 32,
            r if r.is_gpr() => return (r.size() * 8) as u8,
            _ => {}
        }
    }
    match (i.memory_displ_size(), i.code_size()) {
        (2, _) => 16,
        (4, _) => 32,
        (8, _) | (_, CodeSize::Code64) => 64,
        (_, CodeSize::Code16) => 16,
        _ => 32,
    }
}

impl Op {
    /// An operation without operands that does nothing.
    pub(crate) fn nothing() -> Self {
        Self::new(&Instruction::default(), |_, _| Ok(()), 0)
    }

    /// The operands of an instruction, without a handler of its own yet.
    pub(crate) fn new(i: &Instruction, run: Handler, start: u16) -> Self {
        let mut op = Self {
            run,
            imm: 0,
            disp: 0,
            dst: 0,
            src: 0,
            third: 0,
            fourth: 0,
            base: ZERO,
            index: ZERO,
            shift: 0,
            narrow: 0,
            seg: memory_segment(i),
            kind: 0,
            width: width(i, 0),
            len: i.len() as u8,
            row: 0,
            fused: 0,
            memory: NOWHERE,
            start,
            code: i.code() as u16,
        };
        for n in 0..i.op_count() {
            match operand_kind(i, n) {
                OperandKind::Register => op.set_register(n, register_code(i.op_register(n))),
                OperandKind::Memory => op.set_memory(i, n as u8),
                OperandKind::Immediate => op.imm = i.immediate(n),
                OperandKind::None => {}
            }
        }
        if op.width == 0 {
            op.width = width(i, 1);
        }
        op
    }

    pub(crate) fn set_register(&mut self, n: u32, code: u8) {
        match n {
            0 => self.dst = code,
            1 => self.src = code,
            2 => self.third = code,
            _ => self.fourth = code,
        }
    }

    fn set_memory(&mut self, i: &Instruction, n: u8) {
        self.memory = n;
        let register = |r: Register| if r.is_gpr() { register_code(r) } else { ZERO };
        self.base = register(i.memory_base());
        self.index = register(i.memory_index());
        self.shift = i.memory_index_scale().trailing_zeros() as u8;
        self.narrow = 64 - address_bits(i);
        self.disp = i.memory_displacement64();
    }
}

/// #UD.
pub(crate) fn undefined(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    Err(cpu.undefined())
}

/// More than 15 bytes: #GP(0) (SDM volume 3, 6.15).
pub(crate) fn too_long(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    Err(cpu.protection())
}

/// An instruction that this CPU does not implement.
pub(crate) fn missing(_: &mut Cpu<'_>, _: &Op) -> Flow {
    Err(Stop::Missing)
}
