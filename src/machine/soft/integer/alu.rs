//! Addition, subtraction, comparison and logic (SDM volume 2): `add or adc sbb and sub xor cmp`,
//! `test`, `inc dec neg not`.
//!
//! Every form has its own handler, since programs execute these instructions most.

use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::flags::cut;
use crate::machine::soft::core::op::{Flow, Handler, Op, OperandKind, operand_kind, width};
use iced_x86::{Instruction, Mnemonic};

pub(crate) const ADD: u8 = 0;
const OR: u8 = 1;
const ADC: u8 = 2;
const SBB: u8 = 3;
pub(crate) const AND: u8 = 4;
pub(crate) const SUB: u8 = 5;
const XOR: u8 = 6;
pub(crate) const CMP: u8 = 7;
pub(crate) const TEST: u8 = 8;

pub(crate) const INC: u8 = 0;
pub(crate) const DEC: u8 = 1;
const NEG: u8 = 2;
const NOT: u8 = 3;

/// The result and its flags.
#[inline(always)]
pub(crate) fn compute<const OP: u8, const BITS: u32>(cpu: &mut Cpu<'_>, a: u64, b: u64) -> u64 {
    let result = match OP {
        ADD => a.wrapping_add(b),
        ADC => a.wrapping_add(b).wrapping_add(cpu.carry().into()),
        SBB => a.wrapping_sub(b).wrapping_sub(cpu.carry().into()),
        OR => a | b,
        AND | TEST => a & b,
        XOR => a ^ b,
        _ => a.wrapping_sub(b),
    };
    match OP {
        ADD | ADC => cpu.flags_add::<BITS>(a, b, result),
        OR | AND | XOR | TEST => cpu.flags_logic::<BITS>(result),
        _ => cpu.flags_sub::<BITS>(a, b, result),
    }
    cut::<BITS>(result)
}

fn register_register<const OP: u8, const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let (a, b) = (cpu.get::<BITS>(op.dst), cpu.get::<BITS>(op.src));
    let result = compute::<OP, BITS>(cpu, a, b);
    if OP != CMP && OP != TEST {
        cpu.set::<BITS>(op.dst, result);
    }
    Ok(())
}

fn register_immediate<const OP: u8, const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let a = cpu.get::<BITS>(op.dst);
    let result = compute::<OP, BITS>(cpu, a, cut::<BITS>(op.imm));
    if OP != CMP && OP != TEST {
        cpu.set::<BITS>(op.dst, result);
    }
    Ok(())
}

fn register_memory<const OP: u8, const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let b = cpu.load::<BITS>(op)?;
    let a = cpu.get::<BITS>(op.dst);
    let result = compute::<OP, BITS>(cpu, a, b);
    if OP != CMP && OP != TEST {
        cpu.set::<BITS>(op.dst, result);
    }
    Ok(())
}

#[inline(always)]
fn memory<const OP: u8, const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op, b: u64) -> Flow {
    if OP == CMP || OP == TEST {
        let a = cpu.load::<BITS>(op)?;
        compute::<OP, BITS>(cpu, a, b);
        return Ok(());
    }
    let a = cpu.open::<BITS>(op)?;
    let result = compute::<OP, BITS>(cpu, a, b);
    cpu.close::<BITS>(result)
}

fn memory_register<const OP: u8, const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    memory::<OP, BITS>(cpu, op, cpu.get::<BITS>(op.src))
}

fn memory_immediate<const OP: u8, const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    memory::<OP, BITS>(cpu, op, cut::<BITS>(op.imm))
}

macro_rules! forms {
    ($op:expr, $bits:expr) => {
        [
            register_register::<$op, $bits>,
            register_immediate::<$op, $bits>,
            register_memory::<$op, $bits>,
            memory_register::<$op, $bits>,
            memory_immediate::<$op, $bits>,
        ]
    };
}

macro_rules! widths {
    ($op:expr) => {
        [forms!($op, 8), forms!($op, 16), forms!($op, 32), forms!($op, 64)]
    };
}

/// The handlers by operation, width and form.
static TWO: [[[Handler; 5]; 4]; 9] = [
    widths!(ADD),
    widths!(OR),
    widths!(ADC),
    widths!(SBB),
    widths!(AND),
    widths!(SUB),
    widths!(XOR),
    widths!(CMP),
    widths!(TEST),
];

#[inline(always)]
pub(crate) fn compute_one<const OP: u8, const BITS: u32>(cpu: &mut Cpu<'_>, a: u64) -> u64 {
    let carry = cpu.carry();
    let result = match OP {
        INC => a.wrapping_add(1),
        DEC => a.wrapping_sub(1),
        NEG => 0u64.wrapping_sub(a),
        _ => !a,
    };
    match OP {
        INC => cpu.flags_add::<BITS>(a, 1, result),
        DEC => cpu.flags_sub::<BITS>(a, 1, result),
        NEG => cpu.flags_sub::<BITS>(0, a, result),
        _ => {}
    }
    if OP == INC || OP == DEC {
        cpu.keep_carry(carry);
    }
    cut::<BITS>(result)
}

fn one_register<const OP: u8, const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let a = cpu.get::<BITS>(op.dst);
    let result = compute_one::<OP, BITS>(cpu, a);
    cpu.set::<BITS>(op.dst, result);
    Ok(())
}

fn one_memory<const OP: u8, const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let a = cpu.open::<BITS>(op)?;
    let result = compute_one::<OP, BITS>(cpu, a);
    cpu.close::<BITS>(result)
}

macro_rules! one {
    ($op:expr) => {
        [
            [one_register::<$op, 8>, one_memory::<$op, 8>],
            [one_register::<$op, 16>, one_memory::<$op, 16>],
            [one_register::<$op, 32>, one_memory::<$op, 32>],
            [one_register::<$op, 64>, one_memory::<$op, 64>],
        ]
    };
}

/// The handlers by operation, width and form.
static ONE: [[[Handler; 2]; 4]; 4] = [one!(INC), one!(DEC), one!(NEG), one!(NOT)];

/// 8, 16, 32 and 64 bits as 0 to 3.
pub(crate) const fn width_index(bits: u8) -> usize {
    (bits.trailing_zeros() as usize).saturating_sub(3)
}

/// Where two operands are, as the order of the handlers in the tables.
pub(crate) fn form(i: &Instruction) -> Option<usize> {
    match (operand_kind(i, 0), operand_kind(i, 1)) {
        (OperandKind::Register, OperandKind::Register) => Some(0),
        (OperandKind::Register, OperandKind::Immediate) => Some(1),
        (OperandKind::Register, OperandKind::Memory) => Some(2),
        (OperandKind::Memory, OperandKind::Register) => Some(3),
        (OperandKind::Memory, OperandKind::Immediate) => Some(4),
        _ => None,
    }
}

/// The handlers of this file.
pub(crate) fn handler(i: &Instruction, _: &mut Op) -> Option<Handler> {
    let operation = match i.mnemonic() {
        Mnemonic::Add => ADD,
        Mnemonic::Or => OR,
        Mnemonic::Adc => ADC,
        Mnemonic::Sbb => SBB,
        Mnemonic::And => AND,
        Mnemonic::Sub => SUB,
        Mnemonic::Xor => XOR,
        Mnemonic::Cmp => CMP,
        Mnemonic::Test => TEST,
        other => return unary_handler(i, other),
    };
    let widths = TWO.get(usize::from(operation))?;
    widths.get(width_index(width(i, 0)))?.get(form(i)?).copied()
}

fn unary_handler(i: &Instruction, mnemonic: Mnemonic) -> Option<Handler> {
    let operation = match mnemonic {
        Mnemonic::Inc => INC,
        Mnemonic::Dec => DEC,
        Mnemonic::Neg => NEG,
        Mnemonic::Not => NOT,
        _ => return None,
    };
    let form = usize::from(operand_kind(i, 0) == OperandKind::Memory);
    ONE.get(usize::from(operation))?.get(width_index(width(i, 0)))?.get(form).copied()
}
