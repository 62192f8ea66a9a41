//! Bit tests and bit counts (SDM volume 2): `bt bts btr btc`, `bsf bsr`, `popcnt lzcnt tzcnt`,
//! `crc32`.

use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::flags::{cut_by, extend_by};
use crate::machine::soft::core::op::{
    Flow, Handler, NOWHERE, Op, OperandKind, operand_kind, width,
};
use iced_x86::{Instruction, Mnemonic};

/// `bt`, `bts`, `btr`, `btc`: `kind` is 0 to 3. `third` is 1 for an immediate bit number. The bit
/// of a register number may be far from the address.
fn bit_test(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.width;
    let number = if op.third == 1 { op.imm } else { cpu.get_by(op.src, bits) };
    let within = number % u64::from(bits);
    if op.memory == NOWHERE {
        let value = cpu.get_by(op.dst, bits);
        if op.kind != 0 {
            cpu.set_by(op.dst, bits, changed(op.kind, value, within));
        }
        cpu.set_carry(value >> within & 1 != 0);
        return Ok(());
    }
    let mut offset = cpu.offset(op);
    if op.third == 0 {
        let words = (extend_by(number, bits) as i64).div_euclid(i64::from(bits));
        let far = offset.wrapping_add((words as u64).wrapping_mul(u64::from(bits / 8)));
        offset = cut_by(far, 64 - op.narrow);
    }
    if op.kind == 0 {
        let value = cpu.read_by(op.seg, offset, bits)?;
        cpu.set_carry(value >> within & 1 != 0);
        return Ok(());
    }
    let slot = cpu.slot_by(op.seg, offset, bits)?;
    let value = slot.value();
    cpu.slot_write_by(slot, bits, changed(op.kind, value, within))?;
    cpu.set_carry(value >> within & 1 != 0);
    Ok(())
}

const fn changed(kind: u8, value: u64, bit: u64) -> u64 {
    match kind {
        1 => value | 1 << bit,
        2 => value & !(1 << bit),
        _ => value ^ 1 << bit,
    }
}

/// `bsf` and `bsr`: `kind` is 1 for the second. Of 0, the destination stays as it is.
fn bit_scan(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.width;
    let value = cpu.operand(op, 1, op.src, bits)?;
    if value == 0 {
        cpu.flags_logic::<64>(0);
        return Ok(());
    }
    let found = if op.kind == 0 { value.trailing_zeros() } else { 63 - value.leading_zeros() };
    cpu.set_by(op.dst, bits, found.into());
    // PF is that of the bit number; ZF is that of the source.
    cpu.flags_without_zero(found.into());
    Ok(())
}

/// `popcnt`, `lzcnt`, `tzcnt`: `kind` is 0, 1, 2.
fn count(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.width;
    let value = cpu.operand(op, 1, op.src, bits)?;
    let found = match op.kind {
        0 => value.count_ones(),
        1 => value.leading_zeros() - (64 - u32::from(bits)),
        _ => value.trailing_zeros().min(bits.into()),
    };
    cpu.set_by(op.dst, bits, found.into());
    // All but ZF and CF are 0, PF among them.
    cpu.flags_without_parity(found.into());
    if op.kind != 0 {
        cpu.set_carry_overflow(value == 0, false);
    }
    Ok(())
}

/// The polynomial of CRC-32C, with its bits in the order in which they come.
const POLYNOMIAL: u32 = 0x82F6_3B78;

/// `width` is that of the source.
fn crc32(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let value = cpu.operand(op, 1, op.src, op.width)?;
    let mut crc = cpu.get::<32>(op.dst) as u32;
    for byte in value.to_le_bytes().into_iter().take(usize::from(op.width / 8)) {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 != 0 { POLYNOMIAL } else { 0 };
        }
    }
    cpu.set::<64>(op.dst, crc.into());
    Ok(())
}

/// The handlers of this file.
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let (kind, run): (u8, Handler) = match i.mnemonic() {
        Mnemonic::Bt => (0, bit_test),
        Mnemonic::Bts => (1, bit_test),
        Mnemonic::Btr => (2, bit_test),
        Mnemonic::Btc => (3, bit_test),
        Mnemonic::Bsf => (0, bit_scan),
        Mnemonic::Bsr => (1, bit_scan),
        Mnemonic::Popcnt => (0, count),
        Mnemonic::Lzcnt => (1, count),
        Mnemonic::Tzcnt => (2, count),
        Mnemonic::Crc32 => {
            op.width = width(i, 1);
            (0, crc32)
        }
        _ => return None,
    };
    op.kind = kind;
    if matches!(i.mnemonic(), Mnemonic::Bt | Mnemonic::Bts | Mnemonic::Btr | Mnemonic::Btc) {
        op.third = u8::from(operand_kind(i, 1) == OperandKind::Immediate);
    }
    Some(run)
}
