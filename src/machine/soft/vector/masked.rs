//! Masked moves and gathers: `maskmovq maskmovdqu vmaskmov vpmaskmov vgather vpgather`.
//!
//! An element that the mask does not select is not accessed, so it cannot fault.

use super::operand::{MMX, Vector, describe};
use super::packed::{fill, high};
use crate::machine::soft::core::cpu::{Cpu, DI};
use crate::machine::soft::core::exception::PF;
use crate::machine::soft::core::op::{
    Flow, Handler, Op, OperandKind, Stop, ZERO, address_bits, operand_kind,
};
use iced_x86::Instruction;
use iced_x86::Mnemonic as M;

/// Whether element `n` of `bits` is chosen.
fn is_chosen(mask: &Vector, n: usize, bits: u32) -> bool {
    mask.get(n, bits) >> (bits - 1) != 0
}

/// The linear address of a chosen element at an offset. There are no checks for alignment.
fn linear(cpu: &mut Cpu<'_>, op: &Op, offset: u64, bits: u32, write: bool) -> Result<u64, Stop> {
    let linear = cpu.linear(op.seg, offset, bits / 8, write)?;
    cpu.watch(linear, bits / 8, write);
    Ok(linear)
}

/// Reads a chosen element at an offset, in the usual way where that does not check alignment.
fn read(cpu: &mut Cpu<'_>, op: &Op, offset: u64, bits: u32) -> Result<u64, Stop> {
    if !cpu.checks_alignment() {
        return cpu.read_by(op.seg, offset, bits as u8);
    }
    let at = linear(cpu, op, offset, bits, false)?;
    cpu.read_linear(at, bits / 8)
}

/// The address that a page fault tells: the first byte that is accessed, or the last one if the
/// page is not that of the first.
fn told(cpu: &mut Cpu<'_>, first: u64, last: u64, stop: Stop) -> Stop {
    if stop == Stop::Fault && cpu.fault.vector == PF {
        let is_second = cpu.system.cr2 >> 12 != first >> 12;
        cpu.system.cr2 = if is_second { last } else { first };
    }
    stop
}

/// Chosen elements from memory, 0 for the others. `code` is the bits of an element.
fn load(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let bits = u32::from(op.code);
    let (mask, offset) = (cpu.first(op), cpu.offset(op));
    let mut result = Vector::default();
    for n in (0..elements(op.width, bits)).filter(|&n| is_chosen(&mask, n, bits)) {
        result.set(n, bits, read(cpu, op, behind(offset, n, bits), bits)?);
    }
    cpu.put(op, &result);
    Ok(())
}

/// Chosen elements to memory: all or nothing.
fn store(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let bits = u32::from(op.code);
    let (data, mask) = (cpu.vector(op, op.third), cpu.first(op));
    let offset = cpu.offset(op);
    let mut places = [None; 8];
    for (n, place) in places.iter_mut().enumerate().take(elements(op.width, bits)) {
        if is_chosen(&mask, n, bits) {
            *place = Some(linear(cpu, op, behind(offset, n, bits), bits, true)?);
        }
    }
    let chosen = || places.iter().enumerate().filter_map(|(n, &place)| Some((n, place?)));
    let last = chosen().next_back().map_or(0, |(_, at)| at.wrapping_add(u64::from(bits / 8) - 1));
    let first = chosen().next().map_or(0, |(_, at)| at);
    for (_, at) in chosen() {
        if let Err(stop) = cpu.may_write(at, bits / 8) {
            return Err(told(cpu, first, last & cpu.linear_mask, stop));
        }
    }
    for (n, at) in chosen() {
        cpu.write_linear(at, bits / 8, data.get(n, bits))?;
    }
    Ok(())
}

/// `maskmovq`, `maskmovdqu`: bytes. All of them must be allowed, chosen or not, as processors have
/// it; they look at the upper half first.
fn store_bytes(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let (data, mask) = (cpu.vector(op, op.src), cpu.vector(op, op.third));
    if op.kind & MMX != 0 {
        // Even if it faults.
        cpu.enter_mmx();
    }
    let offset = cpu.offset(op);
    let first = linear(cpu, op, offset, u32::from(op.width) * 8, true)?;
    cpu.check_alignment(first, 8)?;
    for half in (0..usize::from(op.width)).step_by(8).rev() {
        let at = first.wrapping_add(half as u64) & cpu.linear_mask;
        cpu.may_write(at, 8)?;
    }
    for n in (0..usize::from(op.width)).filter(|&n| is_chosen(&mask, n, 8)) {
        let at = first.wrapping_add(n as u64) & cpu.linear_mask;
        cpu.write_linear(at, 1, data.get(n, 8))?;
    }
    Ok(())
}

fn elements(bytes: u8, bits: u32) -> usize {
    usize::from(bytes) * 8 / bits as usize
}

/// The offset of element `n`.
fn behind(offset: u64, n: usize, bits: u32) -> u64 {
    offset.wrapping_add(n as u64 * u64::from(bits / 8))
}

/// Each chosen element from an address of its own. One that is done is no longer chosen, so the
/// instruction can be run again after a fault. `code` is the bits of an element, with those of an
/// index in its upper half; `imm` is how many there are.
fn gather(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let (bits, index_bits) = (u32::from(op.code & 0xFF), u32::from(op.code >> 8));
    let all = |code: u8| usize::from(code & 15);
    let indices = Vector(cpu.fpu.ymm[all(op.fourth)]);
    let (mut mask, mut result) = (cpu.vector(op, op.third), Vector(cpu.fpu.ymm[all(op.dst)]));
    for word in &mut mask.0 {
        *word = fill(*word & high(bits), high(bits));
    }
    let count = op.imm as usize;
    let mut is_any_done = false;
    for n in 0..count {
        if !is_chosen(&mask, n, bits) {
            continue;
        }
        let index = indices.signed(n, index_bits) << (op.shift & 3);
        let offset = cpu.offset(op).wrapping_add_signed(index);
        let offset = offset << (op.narrow & 63) >> (op.narrow & 63);
        match read(cpu, op, offset, bits) {
            Ok(value) => result.set(n, bits, value),
            Err(stop) => {
                if is_any_done && op.width == 16 {
                    result.set_lane(1, 0);
                }
                cpu.fpu.ymm[all(op.dst)] = result.0;
                cpu.fpu.ymm[all(op.third)] = mask.0;
                return Err(stop);
            }
        }
        mask.set(n, bits, 0);
        is_any_done = true;
    }
    for n in count..elements(32, bits) {
        result.set(n, bits, 0);
    }
    cpu.fpu.ymm[all(op.dst)] = result.0;
    cpu.fpu.ymm[all(op.third)] = [0; 4];
    Ok(())
}

/// The handlers of this file.
pub(super) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let code = match i.mnemonic() {
        M::Maskmovq | M::Maskmovdqu | M::Vmaskmovdqu => 8,
        M::Vmaskmovps | M::Vpmaskmovd => 32,
        M::Vmaskmovpd | M::Vpmaskmovq => 64,
        _ => return gather_handler(i, op),
    };
    describe(i, op);
    op.code = code;
    if code == 8 {
        op.narrow = 64 - address_bits(i);
        (op.base, op.index, op.disp) = (DI, ZERO, 0);
    }
    Some(match operand_kind(i, 0) {
        OperandKind::Register => load,
        OperandKind::Memory => store,
        _ => store_bytes,
    })
}

fn gather_handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let (bits, index_bits) = match i.mnemonic() {
        M::Vpgatherdd | M::Vgatherdps => (32, 32),
        M::Vpgatherqd | M::Vgatherqps => (32, 64),
        M::Vpgatherdq | M::Vgatherdpd => (64, 32),
        M::Vpgatherqq | M::Vgatherqpd => (64, 64),
        _ => return None,
    };
    describe(i, op);
    op.code = bits | index_bits << 8;
    let count = |bytes: usize, bits: u16| (bytes * 8 / usize::from(bits)) as u64;
    // The bytes of the registers but for the indices are known; these may be wider.
    let indices = i.memory_index().size();
    op.imm = count(indices, index_bits).min(count(op.width.into(), bits));
    op.width = op.width.max(indices as u8);
    Some(gather)
}
