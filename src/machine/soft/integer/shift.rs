//! Shifts and rotations (SDM volume 2): `shl shr sar rol ror rcl rcr shld shrd`.
//!
//! A count of 0 leaves the flags alone, so the count is checked first. The manual leaves OF
//! undefined for counts other than 1. It is what Intel's processors give: the value for a count of
//! 1; `rol` and `ror` of a register by another immediate leave OF alone.

use super::alu::width_index;
use crate::machine::soft::core::cpu::{CX, Cpu};
use crate::machine::soft::core::flags::{cut, extend};
use crate::machine::soft::core::op::{Flow, Handler, NOWHERE, Op, OperandKind, operand_kind};
use iced_x86::{Instruction, Mnemonic};

const ROL: u8 = 0;
const ROR: u8 = 1;
const RCL: u8 = 2;
const RCR: u8 = 3;
const SHL: u8 = 4;
const SHR: u8 = 5;
const SAR: u8 = 7;

/// A register that no instruction can name.
const HIDDEN: u8 = 17;

/// The part of a count that counts.
#[inline(always)]
const fn masked<const BITS: u32>(count: u64) -> u32 {
    (count & if BITS == 64 { 63 } else { 31 }) as u32
}

/// The count: an immediate, or `cl`.
#[inline(always)]
fn count(cpu: &Cpu<'_>, op: &Op) -> u64 {
    if op.kind == 0 { op.imm } else { cpu.get::<8>(CX) }
}

/// The value shifted by a count that is not 0, and its flags.
#[inline(always)]
fn compute<const KIND: u8, const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op, a: u64, count: u32) -> u64 {
    match KIND {
        SHL | SHR | SAR => shifted::<KIND, BITS>(cpu, a, count),
        _ => rotated::<KIND, BITS>(cpu, a, count, op.kind == 0 && op.memory == NOWHERE),
    }
}

#[inline(always)]
fn shifted<const KIND: u8, const BITS: u32>(cpu: &mut Cpu<'_>, a: u64, count: u32) -> u64 {
    let (result, carry, overflow);
    match KIND {
        SHL => {
            result = cut::<BITS>(a << count);
            carry = count <= BITS && a >> (BITS - count.min(BITS)) & 1 != 0;
            overflow = (a ^ a << 1) >> (BITS - 1) & 1 != 0;
        }
        SHR => {
            result = a >> count;
            carry = a >> (count - 1) & 1 != 0;
            overflow = a >> (BITS - 1) != 0;
        }
        _ => {
            let wide = extend::<BITS>(a) as i64;
            result = cut::<BITS>((wide >> count) as u64);
            carry = wide >> (count - 1) & 1 != 0;
            overflow = false;
        }
    }
    cpu.flags_logic::<BITS>(result);
    cpu.set_carry_overflow(carry, overflow);
    result
}

/// Rotations leave all flags but CF and OF.
#[inline(never)]
fn rotated<const KIND: u8, const BITS: u32>(
    cpu: &mut Cpu<'_>,
    a: u64,
    count: u32,
    is_immediate: bool,
) -> u64 {
    let top = |value: u64| value >> (BITS - 1) & 1 != 0;
    let by = count % BITS;
    let back = (BITS - by) % BITS;
    let (result, carry, next);
    match KIND {
        ROL => {
            result = cut::<BITS>(a << by | if by == 0 { 0 } else { a >> back });
            (carry, next) = (result & 1 != 0, top(a << 1));
        }
        ROR => {
            result = cut::<BITS>(a >> by | if by == 0 { 0 } else { a << back });
            (carry, next) = (top(result), a & 1 != 0);
        }
        _ => {
            if count.is_multiple_of(BITS + 1) {
                return a;
            }
            next = if KIND == RCL { top(a << 1) } else { cpu.carry() };
            (result, carry) = through_carry::<BITS>(a, cpu.carry(), count, KIND == RCL);
        }
    }
    // `next` is what a rotation by 1 brings to the top.
    let stays = is_immediate && count != 1 && matches!(KIND, ROL | ROR);
    let overflow = if stays { cpu.overflow() } else { top(a) != next };
    cpu.set_carry_overflow(carry, overflow);
    result
}

/// The `BITS` + 1 bits of the value and CF, rotated.
fn through_carry<const BITS: u32>(a: u64, carry: bool, count: u32, left: bool) -> (u64, bool) {
    let bits = BITS + 1;
    let by = count % bits;
    let by = if left || by == 0 { by } else { bits - by };
    let wide = u128::from(a) | u128::from(carry) << BITS;
    let rotated = if by == 0 { wide } else { wide << by | wide >> (bits - by) };
    (cut::<BITS>(rotated as u64), rotated >> BITS & 1 != 0)
}

fn register<const KIND: u8, const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let count = masked::<BITS>(count(cpu, op));
    let a = cpu.get::<BITS>(op.dst);
    // The upper half of a 64-bit register is cleared in any case.
    let result = if count == 0 { a } else { compute::<KIND, BITS>(cpu, op, a, count) };
    cpu.set::<BITS>(op.dst, result);
    Ok(())
}

/// The same for memory, in a scratch register. `third` is the kind.
fn memory(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let slot = cpu.slot_by(op.seg, cpu.offset(op), op.width)?;
    let flags = (cpu.result, cpu.carries);
    let hidden = usize::from(HIDDEN);
    cpu.r[hidden] = slot.value();
    let shift = SHIFTS[usize::from(op.third & 7)][width_index(op.width) & 3];
    let shifted = shift(cpu, &Op { dst: HIDDEN, ..*op });
    let result = std::mem::take(&mut cpu.r[hidden]);
    let written = shifted.and_then(|()| cpu.slot_write_by(slot, op.width, result));
    if written.is_err() {
        (cpu.result, cpu.carries) = flags;
    }
    written
}

macro_rules! widths {
    ($kind:expr) => {
        [register::<$kind, 8>, register::<$kind, 16>, register::<$kind, 32>, register::<$kind, 64>]
    };
}

/// The handlers by kind and width.
static SHIFTS: [[Handler; 4]; 8] = [
    widths!(ROL),
    widths!(ROR),
    widths!(RCL),
    widths!(RCR),
    widths!(SHL),
    widths!(SHR),
    widths!(SHL),
    widths!(SAR),
];

/// `shld` and `shrd`: `third` is 0 for the first; `kind` as for the others.
fn double<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = BITS as u8;
    let count = masked::<BITS>(count(cpu, op));
    let target = cpu.target(op, bits)?;
    let a = cpu.target_read(target, bits);
    if count == 0 {
        return cpu.target_write(target, bits, a);
    }
    let b = cpu.get::<BITS>(op.src);
    // Counts beyond 16 of 16-bit operands are undefined; processors go on into the source and
    // then into the destination again.
    let (wide, by) = (u128::from(a) << BITS | u128::from(b), count);
    let (result, carry) = if op.third == 0 {
        let all = if BITS == 16 { wide << 16 | u128::from(a) } else { wide };
        let width = if BITS == 16 { 48 } else { 2 * BITS };
        let shifted = all >> (width - BITS - by.min(width - BITS));
        (shifted as u64, all >> (width - by) & 1 != 0)
    } else {
        let low = u128::from(b) << BITS | u128::from(a);
        let all = if BITS == 16 { u128::from(a) << 32 | low } else { low };
        ((all >> by) as u64, all >> (by - 1) & 1 != 0)
    };
    let result = cut::<BITS>(result);
    cpu.target_write(target, bits, result)?;
    cpu.flags_logic::<BITS>(result);
    let next = if op.third == 0 { a << 1 } else { b << (BITS - 1) };
    cpu.set_carry_overflow(carry, (a ^ next) >> (BITS - 1) & 1 != 0);
    Ok(())
}

static DOUBLE: [Handler; 3] = [double::<16>, double::<32>, double::<64>];

/// The handlers of this file.
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let kind = match i.mnemonic() {
        Mnemonic::Rol => ROL,
        Mnemonic::Ror => ROR,
        Mnemonic::Rcl => RCL,
        Mnemonic::Rcr => RCR,
        Mnemonic::Shl | Mnemonic::Sal => SHL,
        Mnemonic::Shr => SHR,
        Mnemonic::Sar => SAR,
        Mnemonic::Shld | Mnemonic::Shrd => {
            op.third = u8::from(i.mnemonic() == Mnemonic::Shrd);
            op.kind = u8::from(operand_kind(i, 2) != OperandKind::Immediate);
            return DOUBLE.get(width_index(op.width).checked_sub(1)?).copied();
        }
        _ => return None,
    };
    // A count of 1 in the opcode is an immediate for iced too.
    op.kind = u8::from(operand_kind(i, 1) != OperandKind::Immediate);
    if operand_kind(i, 0) == OperandKind::Memory {
        op.third = kind;
        return Some(memory);
    }
    SHIFTS.get(usize::from(kind))?.get(width_index(op.width)).copied()
}
