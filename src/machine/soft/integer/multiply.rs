//! Multiplication and division (SDM volume 2): `mul imul div idiv`.
//!
//! The manual leaves some flags undefined. They are what Intel's processors give: after a
//! multiplication those of the low half of the product with ZF clear; a division leaves them alone.

use crate::machine::soft::core::cpu::{AX, Cpu, DX};
use crate::machine::soft::core::exception;
use crate::machine::soft::core::flags::{cut, cut_by, extend, extend_by};
use crate::machine::soft::core::op::{Flow, Handler, Op};
use iced_x86::{Instruction, Mnemonic};

/// One operand: the product goes to `dx:ax`, or `ax`. `kind` is 1 for `imul`.
fn multiply(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.width;
    let b = cpu.operand(op, 0, op.dst, bits)?;
    let a = cpu.get_by(AX, bits);
    let (product, overflow) = if op.kind == 1 {
        let (a, b) = (extend_by(a, bits) as i64, extend_by(b, bits) as i64);
        let product = i128::from(a) * i128::from(b);
        (product as u128, product != i128::from(extend_by(product as u64, bits) as i64))
    } else {
        let product = u128::from(a) * u128::from(b);
        (product, product >> bits != 0)
    };
    if bits == 8 {
        cpu.set::<16>(AX, product as u64);
    } else {
        cpu.set_by(AX, bits, product as u64);
        cpu.set_by(DX, bits, (product >> bits) as u64);
    }
    cpu.flags_without_zero(extend_by(product as u64, bits));
    cpu.set_carry_overflow(overflow, overflow);
    Ok(())
}

/// Two or three operands. `kind` is 1 for an immediate; the source is register or memory.
fn multiply_into<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let b = if op.memory == 1 { cpu.load::<BITS>(op)? } else { cpu.get::<BITS>(op.src) };
    let a = if op.kind == 1 { op.imm } else { cpu.get::<BITS>(op.dst) };
    let (a, b) = (extend::<BITS>(a) as i64, extend::<BITS>(b) as i64);
    let (low, overflow) = if BITS == 64 {
        let (low, overflow) = a.overflowing_mul(b);
        (low as u64, overflow)
    } else {
        let product = a.wrapping_mul(b) as u64;
        (cut::<BITS>(product), product != extend::<BITS>(product))
    };
    cpu.set::<BITS>(op.dst, low);
    cpu.flags_without_zero(extend::<BITS>(low));
    cpu.set_carry_overflow(overflow, overflow);
    Ok(())
}

/// `kind` is 1 for `idiv`.
fn divide(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.width;
    let divisor = cpu.operand(op, 0, op.dst, bits)?;
    let dividend = if bits == 8 {
        u128::from(cpu.get::<16>(AX))
    } else {
        u128::from(cpu.get_by(DX, bits)) << bits | u128::from(cpu.get_by(AX, bits))
    };
    let quotient_and_rest = if op.kind == 1 {
        divide_signed(dividend, divisor, bits)
    } else if bits < 64 || dividend >> 64 == 0 {
        divide_short(dividend as u64, divisor, bits)
    } else {
        divide_long(dividend, divisor)
    };
    let Some((quotient, rest)) = quotient_and_rest else {
        return Err(cpu.raise(exception::DE));
    };
    if bits == 8 {
        cpu.set::<16>(AX, quotient & 0xFF | (rest & 0xFF) << 8);
    } else {
        cpu.set_by(AX, bits, quotient);
        cpu.set_by(DX, bits, rest);
    }
    Ok(())
}

fn divide_short(dividend: u64, divisor: u64, bits: u8) -> Option<(u64, u64)> {
    let quotient = dividend.checked_div(divisor)?;
    (quotient == cut_by(quotient, bits)).then_some((quotient, dividend % divisor))
}

fn divide_long(dividend: u128, divisor: u64) -> Option<(u64, u64)> {
    let quotient = dividend.checked_div(divisor.into())?;
    let rest = dividend % u128::from(divisor);
    u64::try_from(quotient).ok().map(|quotient| (quotient, rest as u64))
}

fn divide_signed(dividend: u128, divisor: u64, bits: u8) -> Option<(u64, u64)> {
    let unused = 128 - 2 * u32::from(bits);
    let dividend = (dividend << unused) as i128 >> unused;
    let divisor = i128::from(extend_by(divisor, bits) as i64);
    let quotient = dividend.checked_div(divisor)?;
    let rest = dividend.wrapping_rem(divisor);
    let fits = quotient == i128::from(extend_by(quotient as u64, bits) as i64);
    fits.then_some((quotient as u64, rest as u64))
}

/// The handlers of this file.
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let (kind, run): (u8, Handler) = match (i.mnemonic(), i.op_count()) {
        (Mnemonic::Mul, _) => (0, multiply),
        (Mnemonic::Imul, 1) => (1, multiply),
        (Mnemonic::Imul, count) => {
            let run: Handler = match op.width {
                16 => multiply_into::<16>,
                32 => multiply_into::<32>,
                _ => multiply_into::<64>,
            };
            (u8::from(count == 3), run)
        }
        (Mnemonic::Div, _) => (0, divide),
        (Mnemonic::Idiv, _) => (1, divide),
        _ => return None,
    };
    op.kind = kind;
    Some(run)
}
