//! Data movement (SDM volume 2): `mov`, `movzx`, `movsx`, `lea`, `xchg`, `cmovcc`, `setcc`,
//! `bswap`, `movbe`, `xlat`, sign extension of the accumulator, `lahf` and `sahf`.
//!
//! `mov` to segment, control and debug registers is in `system`.

use super::alu::{form, width_index};
use crate::machine::soft::core::cpu::{AX, BX, Cpu, DX};
use crate::machine::soft::core::flags::{self, cut, extend_by};
use crate::machine::soft::core::op::{Flow, Handler, Op, OperandKind, operand_kind, width};
use iced_x86::{ConditionCode, Instruction, Mnemonic, Register};

fn mov_register_register<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.set::<BITS>(op.dst, cpu.get::<BITS>(op.src));
    Ok(())
}

fn mov_register_immediate<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.set::<BITS>(op.dst, op.imm);
    Ok(())
}

fn mov_register_memory<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let value = cpu.load::<BITS>(op)?;
    cpu.set::<BITS>(op.dst, value);
    Ok(())
}

fn mov_memory_register<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.store::<BITS>(op, cpu.get::<BITS>(op.src))
}

fn mov_memory_immediate<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.store::<BITS>(op, cut::<BITS>(op.imm))
}

macro_rules! moves {
    ($bits:expr) => {
        [
            mov_register_register::<$bits>,
            mov_register_immediate::<$bits>,
            mov_register_memory::<$bits>,
            mov_memory_register::<$bits>,
            mov_memory_immediate::<$bits>,
        ]
    };
}

/// The handlers by width and form.
static MOVE: [[Handler; 5]; 4] = [moves!(8), moves!(16), moves!(32), moves!(64)];

/// `movzx` and `movsx` write all of the register: `kind` is its width, `width` that of the source.
fn extend_register<const FROM: u32, const SIGNED: bool>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let value = cpu.get::<FROM>(op.src);
    finish_extend::<FROM, SIGNED>(cpu, op, value)
}

fn extend_memory<const FROM: u32, const SIGNED: bool>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let value = cpu.load::<FROM>(op)?;
    finish_extend::<FROM, SIGNED>(cpu, op, value)
}

#[inline(always)]
fn finish_extend<const FROM: u32, const SIGNED: bool>(
    cpu: &mut Cpu<'_>,
    op: &Op,
    value: u64,
) -> Flow {
    let value = if SIGNED { flags::extend::<FROM>(value) } else { value };
    match op.kind {
        16 => cpu.set::<16>(op.dst, value),
        32 => cpu.set::<32>(op.dst, value),
        _ => cpu.set::<64>(op.dst, value),
    }
    Ok(())
}

/// The handlers by sign, width of the source, and form.
static EXTEND: [[[Handler; 2]; 3]; 2] = [
    [
        [extend_register::<8, false>, extend_memory::<8, false>],
        [extend_register::<16, false>, extend_memory::<16, false>],
        [extend_register::<32, false>, extend_memory::<32, false>],
    ],
    [
        [extend_register::<8, true>, extend_memory::<8, true>],
        [extend_register::<16, true>, extend_memory::<16, true>],
        [extend_register::<32, true>, extend_memory::<32, true>],
    ],
];

fn lea<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.set::<BITS>(op.dst, cpu.offset(op));
    Ok(())
}

fn exchange_registers<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let (a, b) = (cpu.get::<BITS>(op.dst), cpu.get::<BITS>(op.src));
    cpu.set::<BITS>(op.dst, b);
    cpu.set::<BITS>(op.src, a);
    Ok(())
}

fn exchange_memory<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let value = cpu.open::<BITS>(op)?;
    cpu.close::<BITS>(cpu.get::<BITS>(op.third))?;
    cpu.set::<BITS>(op.third, value);
    Ok(())
}

static EXCHANGE: [[Handler; 2]; 4] = [
    [exchange_registers::<8>, exchange_memory::<8>],
    [exchange_registers::<16>, exchange_memory::<16>],
    [exchange_registers::<32>, exchange_memory::<32>],
    [exchange_registers::<64>, exchange_memory::<64>],
];

/// `cmovcc` reads its source in any case, and clears the upper half of a 32-bit register.
fn move_if_register<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let from = if cpu.condition(op.kind) { op.src } else { op.dst };
    cpu.set::<BITS>(op.dst, cpu.get::<BITS>(from));
    Ok(())
}

fn move_if_memory<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let value = cpu.load::<BITS>(op)?;
    let value = if cpu.condition(op.kind) { value } else { cpu.get::<BITS>(op.dst) };
    cpu.set::<BITS>(op.dst, value);
    Ok(())
}

static MOVE_IF: [[Handler; 2]; 3] = [
    [move_if_register::<16>, move_if_memory::<16>],
    [move_if_register::<32>, move_if_memory::<32>],
    [move_if_register::<64>, move_if_memory::<64>],
];

fn set_register_if(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.set::<8>(op.dst, cpu.condition(op.kind).into());
    Ok(())
}

fn set_memory_if(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.store::<8>(op, cpu.condition(op.kind).into())
}

/// 16 bits are undefined; processors give 0.
fn bswap(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let value = cpu.get_by(op.dst, op.width);
    let swapped = match op.width {
        16 => 0,
        bits => value.swap_bytes() >> (64 - bits),
    };
    cpu.set_by(op.dst, op.width, swapped);
    Ok(())
}

fn movbe_load(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let value = cpu.load_by(op, op.width)?.swap_bytes() >> (64 - op.width);
    cpu.set_by(op.dst, op.width, value);
    Ok(())
}

fn movbe_store(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let value = cpu.get_by(op.src, op.width).swap_bytes() >> (64 - op.width);
    cpu.store_by(op, op.width, value)
}

fn xlat(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let sum = cpu.r[usize::from(BX)].wrapping_add(cpu.get::<8>(AX));
    let offset = flags::cut_by(sum, 64 - op.narrow);
    let value = cpu.read::<8>(op.seg, offset)?;
    cpu.set::<8>(AX, value);
    Ok(())
}

/// `cbw`, `cwde`, `cdqe`: `width` is that of the result.
fn extend_accumulator(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let value = extend_by(cpu.r[usize::from(AX)], op.width / 2);
    cpu.set_by(AX, op.width, value);
    Ok(())
}

/// `cwd`, `cdq`, `cqo`.
fn extend_into_dx(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let sign = extend_by(cpu.r[usize::from(AX)], op.width) as i64 >> 63;
    cpu.set_by(DX, op.width, sign as u64);
    Ok(())
}

fn lahf(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    let flags = cpu.flags() & 0xFF;
    cpu.set::<16>(AX, cpu.r[usize::from(AX)] & 0xFF | flags << 8);
    Ok(())
}

fn sahf(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    let low = cpu.r[usize::from(AX)] >> 8 & 0xFF;
    cpu.set_arithmetic(cpu.arithmetic() & flags::OF | low);
    Ok(())
}

/// `clc`, `stc`, `cmc`: `kind` is 0, 1, 2.
fn change_carry(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let carry = match op.kind {
        0 => false,
        1 => true,
        _ => !cpu.carry(),
    };
    cpu.set_carry(carry);
    Ok(())
}

fn cld(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    cpu.other_flags &= !flags::DF;
    Ok(())
}

fn set_direction(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    cpu.other_flags |= flags::DF;
    Ok(())
}

/// What the manual does not have, and every processor does: `al` is all CF.
fn salc(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    cpu.set::<8>(AX, if cpu.carry() { 0xFF } else { 0 });
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "a handler like the others")]
fn nop(_: &mut Cpu<'_>, _: &Op) -> Flow {
    Ok(())
}

/// The number of a condition in the instructions' encoding, which iced counts from 1.
pub(crate) fn condition(code: ConditionCode) -> u8 {
    (code as u8).wrapping_sub(1) & 15
}

/// The handlers of this file.
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let form_of = |n| usize::from(operand_kind(i, n) == OperandKind::Memory);
    let by_width = width_index(op.width);
    if i.condition_code() != ConditionCode::None {
        return conditional_handler(i, op);
    }
    Some(match i.mnemonic() {
        Mnemonic::Mov if is_general(i) => *MOVE.get(by_width)?.get(form(i)?)?,
        Mnemonic::Movzx | Mnemonic::Movsx | Mnemonic::Movsxd => {
            op.kind = op.width;
            let from = width_index(width(i, 1));
            let signed = usize::from(i.mnemonic() != Mnemonic::Movzx);
            *EXTEND.get(signed)?.get(from)?.get(form_of(1))?
        }
        Mnemonic::Lea => *[lea::<16>, lea::<32>, lea::<64>].get(by_width.checked_sub(1)?)?,
        Mnemonic::Xchg => {
            // Either operand may be the one in memory.
            op.third = if operand_kind(i, 0) == OperandKind::Memory { op.src } else { op.dst };
            *EXCHANGE.get(by_width)?.get(form_of(0) | form_of(1))?
        }
        Mnemonic::Bswap => bswap,
        Mnemonic::Movbe if form_of(0) == 1 => movbe_store,
        Mnemonic::Movbe => movbe_load,
        Mnemonic::Xlatb => {
            op.narrow = match i.memory_base() {
                Register::BX => 48,
                Register::EBX => 32,
                _ => 0,
            };
            xlat
        }
        mnemonic => return other_handler(mnemonic, op),
    })
}

fn other_handler(mnemonic: Mnemonic, op: &mut Op) -> Option<Handler> {
    let (width, kind, run): (u8, u8, Handler) = match mnemonic {
        Mnemonic::Cbw => (16, 0, extend_accumulator),
        Mnemonic::Cwde => (32, 0, extend_accumulator),
        Mnemonic::Cdqe => (64, 0, extend_accumulator),
        Mnemonic::Cwd => (16, 0, extend_into_dx),
        Mnemonic::Cdq => (32, 0, extend_into_dx),
        Mnemonic::Cqo => (64, 0, extend_into_dx),
        Mnemonic::Lahf => (0, 0, lahf),
        Mnemonic::Sahf => (0, 0, sahf),
        Mnemonic::Clc => (0, 0, change_carry),
        Mnemonic::Stc => (0, 1, change_carry),
        Mnemonic::Cmc => (0, 2, change_carry),
        Mnemonic::Salc => (0, 0, salc),
        Mnemonic::Cld => (0, 0, cld),
        Mnemonic::Std => (0, 0, set_direction),
        Mnemonic::Nop
        | Mnemonic::Reservednop
        | Mnemonic::Pause
        | Mnemonic::Endbr32
        | Mnemonic::Endbr64
        | Mnemonic::Prefetcht0
        | Mnemonic::Prefetcht1
        | Mnemonic::Prefetcht2
        | Mnemonic::Prefetchnta
        | Mnemonic::Prefetch
        | Mnemonic::Prefetchw
        | Mnemonic::Prefetchwt1
        | Mnemonic::Mfence
        | Mnemonic::Lfence
        | Mnemonic::Sfence => (0, 0, nop),
        _ => return None,
    };
    (op.width, op.kind) = (width, kind);
    Some(run)
}

fn conditional_handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    op.kind = condition(i.condition_code());
    let in_memory = |n| usize::from(operand_kind(i, n) == OperandKind::Memory);
    if i.op_count() == 2 && i.is_jcc_short_or_near() {
        return None;
    }
    match (i.op_count(), operand_kind(i, 0)) {
        (1, OperandKind::Register) => Some(set_register_if),
        (1, OperandKind::Memory) => Some(set_memory_if),
        (2, OperandKind::Register) if is_general(i) => {
            MOVE_IF.get(width_index(op.width).checked_sub(1)?)?.get(in_memory(1)).copied()
        }
        _ => None,
    }
}

/// Whether the registers among the operands are general ones.
fn is_general(i: &Instruction) -> bool {
    let special = |n| operand_kind(i, n) == OperandKind::Register && !i.op_register(n).is_gpr();
    !special(0) && !special(1)
}
