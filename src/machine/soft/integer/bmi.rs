//! BMI1, BMI2 and ADX (SDM volume 2). The operands have 32 or 64 bits.

use crate::machine::soft::core::cpu::{Cpu, DX};
use crate::machine::soft::core::flags::{cut_by, extend_by};
use crate::machine::soft::core::op::{Flow, Handler, Op, width};
use iced_x86::{Instruction, Mnemonic};

const ANDN: u8 = 0;
const BEXTR: u8 = 1;
const BZHI: u8 = 2;
const PDEP: u8 = 3;
const PEXT: u8 = 4;
const SARX: u8 = 5;
const SHLX: u8 = 6;
const SHRX: u8 = 7;
const BLSI: u8 = 8;
const BLSMSK: u8 = 9;
const BLSR: u8 = 10;

/// `dst`, `src` in a VEX register, `third` register or memory.
fn last_in_memory(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.width;
    let b = cpu.operand(op, 2, op.third, bits)?;
    let a = cpu.get_by(op.src, bits);
    let result = match op.kind {
        ANDN => !a & b,
        PDEP => deposit(a, b),
        _ => extract(a, b),
    };
    let result = cut_by(result, bits);
    cpu.set_by(op.dst, bits, result);
    if op.kind == ANDN {
        cpu.flags_without_parity(extend_by(result, bits));
    }
    Ok(())
}

/// `dst`, `src` register or memory, `third` in a VEX register.
fn middle_in_memory(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.width;
    let a = cpu.operand(op, 1, op.src, bits)?;
    let control = cpu.get_by(op.third, bits);
    let by = control & u64::from(bits - 1);
    let result = match op.kind {
        BEXTR => bit_field(a, control),
        BZHI => low_bits(a, control & 0xFF),
        SARX => (extend_by(a, bits) as i64 >> by) as u64,
        SHLX => a << by,
        _ => a >> by,
    };
    let result = cut_by(result, bits);
    cpu.set_by(op.dst, bits, result);
    match op.kind {
        BEXTR => cpu.flags_without_parity((result != 0).into()),
        BZHI => {
            cpu.flags_without_parity(extend_by(result, bits));
            cpu.set_carry_overflow(control & 0xFF >= u64::from(bits), false);
        }
        _ => {}
    }
    Ok(())
}

/// The `blsi` group.
fn lowest(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.width;
    let a = cpu.operand(op, 1, op.src, bits)?;
    let (result, carry) = match op.kind {
        BLSI => (a & a.wrapping_neg(), a != 0),
        BLSMSK => (a ^ a.wrapping_sub(1), a == 0),
        _ => (a & a.wrapping_sub(1), a == 0),
    };
    let result = cut_by(result, bits);
    cpu.set_by(op.dst, bits, result);
    cpu.flags_without_parity(extend_by(result, bits));
    cpu.set_carry_overflow(carry, false);
    Ok(())
}

fn rorx(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.width;
    let a = cpu.operand(op, 1, op.src, bits)?;
    let by = op.imm as u32 & u32::from(bits - 1);
    let result = if bits == 64 { a.rotate_right(by) } else { (a as u32).rotate_right(by).into() };
    cpu.set_by(op.dst, bits, result);
    Ok(())
}

/// The upper half goes to `dst`, the lower half to `src`, which may be the same.
fn mulx(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.width;
    let b = cpu.operand(op, 2, op.third, bits)?;
    let product = u128::from(cpu.get_by(DX, bits)) * u128::from(b);
    cpu.set_by(op.src, bits, product as u64);
    cpu.set_by(op.dst, bits, (product >> bits) as u64);
    Ok(())
}

/// `adcx` adds with CF, `adox` with OF; each leaves the other flags. `kind` is 1 for the second.
fn add_with_one_flag(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.width;
    let b = cpu.operand(op, 1, op.src, bits)?;
    let (carry, overflow) = (cpu.carry(), cpu.overflow());
    let flag = if op.kind == 0 { carry } else { overflow };
    let sum = u128::from(cpu.get_by(op.dst, bits)) + u128::from(b) + u128::from(flag);
    cpu.set_by(op.dst, bits, sum as u64);
    let out = sum >> bits != 0;
    let (carry, overflow) = if op.kind == 0 { (out, overflow) } else { (carry, out) };
    cpu.set_carry_overflow(carry, overflow);
    Ok(())
}

/// Bits 7 to 0 of `control` are the first bit, bits 15 to 8 the number of bits.
fn bit_field(value: u64, control: u64) -> u64 {
    let shifted = value.checked_shr(control as u32 & 0xFF).unwrap_or(0);
    low_bits(shifted, control >> 8 & 0xFF)
}

fn low_bits(value: u64, count: u64) -> u64 {
    if count >= 64 { value } else { value & ((1 << count) - 1) }
}

/// The low bits of `value`, to the places that are set in `mask`.
fn deposit(value: u64, mask: u64) -> u64 {
    let (mut result, mut left, mut value) = (0, mask, value);
    while left != 0 {
        let lowest = left & left.wrapping_neg();
        if value & 1 != 0 {
            result |= lowest;
        }
        value >>= 1;
        left ^= lowest;
    }
    result
}

/// The bits of `value` at the places that are set in `mask`, side by side.
fn extract(value: u64, mask: u64) -> u64 {
    let (mut result, mut left, mut to) = (0, mask, 0);
    while left != 0 {
        let lowest = left & left.wrapping_neg();
        if value & lowest != 0 {
            result |= 1 << to;
        }
        to += 1;
        left ^= lowest;
    }
    result
}

/// The handlers of this file.
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let (kind, run): (u8, Handler) = match i.mnemonic() {
        Mnemonic::Andn => (ANDN, last_in_memory),
        Mnemonic::Pdep => (PDEP, last_in_memory),
        Mnemonic::Pext => (PEXT, last_in_memory),
        Mnemonic::Mulx => (0, mulx),
        Mnemonic::Bextr => (BEXTR, middle_in_memory),
        Mnemonic::Bzhi => (BZHI, middle_in_memory),
        Mnemonic::Sarx => (SARX, middle_in_memory),
        Mnemonic::Shlx => (SHLX, middle_in_memory),
        Mnemonic::Shrx => (SHRX, middle_in_memory),
        Mnemonic::Blsi => (BLSI, lowest),
        Mnemonic::Blsmsk => (BLSMSK, lowest),
        Mnemonic::Blsr => (BLSR, lowest),
        Mnemonic::Rorx => (0, rorx),
        Mnemonic::Adcx => (0, add_with_one_flag),
        Mnemonic::Adox => (1, add_with_one_flag),
        _ => return None,
    };
    op.kind = kind;
    op.width = width(i, 0);
    Some(run)
}
