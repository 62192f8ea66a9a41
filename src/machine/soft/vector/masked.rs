//! Moves of the elements that a mask chooses: `maskmovq maskmovdqu vmaskmov vpmaskmov`, and gathers.
//!
//! What is not chosen is not touched, so it cannot fault. Knows nothing of the values of elements.

use super::operand::{MMX, Vector, describe};
use crate::machine::soft::Cpu;
use crate::machine::soft::access::Slot;
use crate::machine::soft::cpu::DI;
use crate::machine::soft::op::{Flow, Op, Place, Run, ZERO, address_bits, place};
use iced_x86::Instruction;
use iced_x86::Mnemonic as M;

/// Whether element `n` of `bits` is chosen.
fn is_chosen(mask: &Vector, n: usize, bits: u32) -> bool {
    mask.get(n, bits) >> (bits - 1) != 0
}

/// Chosen elements from memory, 0 for the others. `code` is the bits of an element.
fn load(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let bits = u32::from(op.code);
    let (mask, offset) = (cpu.first(op), cpu.offset(op));
    let mut result = Vector::default();
    for n in 0..elements(op.width, bits) {
        if is_chosen(&mask, n, bits) {
            let offset = behind(op, offset, n, bits);
            let value = cpu.read_by(op.seg, offset, bits as u8)?;
            result.set(n, bits, value);
        }
    }
    cpu.put(op, &result);
    Ok(())
}

/// Chosen elements to memory: all or nothing.
fn store(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let bits = u32::from(op.code);
    // The two that are older have data and mask the other way round.
    let (data, mask) = if bits == 8 { (op.src, op.third) } else { (op.third, op.src) };
    let (data, mask) = (cpu.vector(op, data), cpu.vector(op, mask));
    let offset = cpu.offset(op);
    let mut slots: [Option<Slot>; 16] = [None; 16];
    for (n, slot) in slots.iter_mut().enumerate().take(elements(op.width, bits)) {
        if is_chosen(&mask, n, bits) {
            let offset = behind(op, offset, n, bits);
            *slot = Some(cpu.slot_by(op.seg, offset, bits as u8)?);
        }
    }
    for (n, slot) in slots.into_iter().enumerate() {
        if let Some(slot) = slot {
            cpu.slot_write_by(slot, bits as u8, data.get(n, bits))?;
        }
    }
    if op.kind & MMX != 0 {
        cpu.enter_mmx();
    }
    Ok(())
}

fn elements(bytes: u8, bits: u32) -> usize {
    usize::from(bytes) * 8 / bits as usize
}

/// The offset of element `n`.
fn behind(op: &Op, offset: u64, n: usize, bits: u32) -> u64 {
    let sum = offset.wrapping_add(n as u64 * u64::from(bits / 8));
    sum << (op.narrow & 63) >> (op.narrow & 63)
}

/// Each chosen element from an address of its own. One that is done is no longer chosen, so the
/// instruction can be run again after a fault. `code` is the bits of an element, with those of an
/// index in its upper half; `imm` is how many there are.
fn gather(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let (bits, index_bits) = (u32::from(op.code & 0xFF), u32::from(op.code >> 8));
    let indices = Vector(cpu.fpu.ymm[usize::from(op.fourth & 15)]);
    let (mask_op, count) = (Op { dst: op.third, ..*op }, op.imm as usize);
    let (mut mask, mut result) = (cpu.vector(op, op.third), cpu.vector(op, op.dst));
    for n in 0..count {
        if !is_chosen(&mask, n, bits) {
            continue;
        }
        let index = indices.signed(n, index_bits) << (op.shift & 3);
        let place = cpu.offset(op).wrapping_add_signed(index);
        let offset = place << (op.narrow & 63) >> (op.narrow & 63);
        match cpu.read_by(op.seg, offset, bits as u8) {
            Ok(value) => result.set(n, bits, value),
            Err(stop) => {
                cpu.put(op, &result);
                cpu.put(&mask_op, &mask);
                return Err(stop);
            }
        }
        mask.set(n, bits, 0);
    }
    for n in count..elements(32, bits) {
        result.set(n, bits, 0);
    }
    cpu.put(op, &result);
    cpu.put(&mask_op, &Vector::default());
    Ok(())
}

/// The handlers of this file.
pub(super) fn lower(i: &Instruction, op: &mut Op) -> Option<Run> {
    let code = match i.mnemonic() {
        M::Maskmovq | M::Maskmovdqu | M::Vmaskmovdqu => 8,
        M::Vmaskmovps | M::Vpmaskmovd => 32,
        M::Vmaskmovpd | M::Vpmaskmovq => 64,
        _ => return lower_gather(i, op),
    };
    describe(i, op);
    op.code = code;
    if code == 8 {
        op.narrow = 64 - address_bits(i);
        (op.base, op.index, op.disp) = (DI, ZERO, 0);
    }
    Some(if place(i, 0) == Place::Register { load } else { store })
}

fn lower_gather(i: &Instruction, op: &mut Op) -> Option<Run> {
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
    let indices = count(i.memory_index().size(), index_bits);
    op.imm = indices.min(count(op.width.into(), bits));
    Some(gather)
}
