//! Compare-and-exchange instructions (SDM volume 2): `cmpxchg`, `cmpxchg8b`, `cmpxchg16b`, `xadd`;
//! and `bound`.
//!
//! There is one CPU, so every instruction is atomic and `lock` has no effect.

use crate::machine::soft::core::cpu::{AX, BX, CX, Cpu, DX};
use crate::machine::soft::core::exception;
use crate::machine::soft::core::flags::{ZF, cut_by, extend_by};
use crate::machine::soft::core::op::{Flow, Handler, Op};
use iced_x86::{Instruction, Mnemonic};

impl Cpu<'_> {
    /// The flags of `a - b`, or of `a + b`, of a width that is known only when it runs.
    pub(crate) fn flags_of(&mut self, a: u64, b: u64, bits: u8, adds: bool) {
        match (bits, adds) {
            (8, true) => self.flags_add::<8>(a, b, a.wrapping_add(b)),
            (16, true) => self.flags_add::<16>(a, b, a.wrapping_add(b)),
            (32, true) => self.flags_add::<32>(a, b, a.wrapping_add(b)),
            (_, true) => self.flags_add::<64>(a, b, a.wrapping_add(b)),
            (8, false) => self.flags_sub::<8>(a, b, a.wrapping_sub(b)),
            (16, false) => self.flags_sub::<16>(a, b, a.wrapping_sub(b)),
            (32, false) => self.flags_sub::<32>(a, b, a.wrapping_sub(b)),
            (_, false) => self.flags_sub::<64>(a, b, a.wrapping_sub(b)),
        }
    }
}

/// The destination is written in any case.
fn cmpxchg(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.width;
    let target = cpu.target(op, bits)?;
    let value = cpu.target_read(target, bits);
    let accumulator = cpu.get_by(AX, bits);
    if accumulator == value {
        let source = cpu.get_by(op.src, bits);
        cpu.target_write(target, bits, source)?;
    } else {
        if op.memory == 0 {
            cpu.target_write(target, bits, value)?;
        }
        cpu.set_by(AX, bits, value);
    }
    cpu.flags_of(accumulator, value, bits, false);
    Ok(())
}

/// `width` is that of half of the operand.
fn cmpxchg_pair(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.width;
    let offset = cpu.offset(op);
    if bits == 64 && cpu.linear(op.seg, offset, 16, true)? % 16 != 0 {
        return Err(cpu.protection());
    }
    let upper = offset.wrapping_add(u64::from(bits / 8));
    if cpu.checks_alignment() && cpu.linear(op.seg, offset, u32::from(bits / 4), true)? % 8 != 0 {
        return Err(cpu.raise_with(exception::AC, 0));
    }
    let low = cpu.slot_by(op.seg, offset, bits)?;
    let high = cpu.slot_by(op.seg, upper, bits)?;
    let values = (low.value(), high.value());
    let is_equal = values == (cpu.get_by(AX, bits), cpu.get_by(DX, bits));
    let new = if is_equal { (cpu.get_by(BX, bits), cpu.get_by(CX, bits)) } else { values };
    cpu.slot_write_by(low, bits, new.0)?;
    cpu.slot_write_by(high, bits, new.1)?;
    if !is_equal {
        cpu.set_by(AX, bits, values.0);
        cpu.set_by(DX, bits, values.1);
    }
    let others = cpu.arithmetic() & !ZF;
    cpu.set_arithmetic(others | if is_equal { ZF } else { 0 });
    Ok(())
}

fn xadd(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.width;
    let target = cpu.target(op, bits)?;
    let a = cpu.target_read(target, bits);
    let b = cpu.get_by(op.src, bits);
    if op.memory == 0 {
        cpu.target_write(target, bits, a.wrapping_add(b))?;
        cpu.set_by(op.src, bits, a);
    } else {
        // With one register for both, the sum is what stays.
        cpu.set_by(op.src, bits, a);
        cpu.target_write(target, bits, a.wrapping_add(b))?;
    }
    cpu.flags_of(a, b, bits, true);
    Ok(())
}

/// #BR if the first operand is outside the two bounds in memory.
fn bound(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.width;
    let offset = cpu.offset(op);
    let signed = |value| extend_by(value, bits) as i64;
    let index = signed(cpu.get_by(op.dst, bits));
    // The upper bound is read only if the lower one holds.
    let low = cpu.read_by(op.seg, offset, bits)?;
    if index < signed(low) {
        return Err(cpu.raise(exception::BR));
    }
    let upper = offset.wrapping_add(u64::from(bits / 8));
    let high = cpu.read_by(op.seg, cut_by(upper, 64 - op.narrow), bits)?;
    if index > signed(high) {
        return Err(cpu.raise(exception::BR));
    }
    Ok(())
}

/// The handlers of this file.
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    Some(match i.mnemonic() {
        Mnemonic::Cmpxchg => cmpxchg,
        Mnemonic::Cmpxchg8b => {
            op.width = 32;
            cmpxchg_pair
        }
        Mnemonic::Cmpxchg16b => {
            op.width = 64;
            cmpxchg_pair
        }
        Mnemonic::Xadd => xadd,
        Mnemonic::Bound => bound,
        _ => return None,
    })
}
