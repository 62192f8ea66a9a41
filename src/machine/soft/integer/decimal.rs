//! Decimal arithmetic (SDM volume 2): `daa das aaa aas aam aad`.

use crate::machine::soft::core::cpu::{AX, Cpu};
use crate::machine::soft::core::exception;
use crate::machine::soft::core::flags::{AF, CF, PF, SF, ZF};
use crate::machine::soft::core::op::{Flow, Handler, Op};
use iced_x86::{Instruction, Mnemonic};

/// Sets SF, ZF and PF from a byte, and AF and CF as given.
fn set_flags(cpu: &mut Cpu<'_>, byte: u64, adjust: bool, carry: bool) {
    cpu.flags_logic::<8>(byte);
    let others = cpu.arithmetic() & (SF | ZF | PF);
    let adjust = if adjust { AF } else { 0 };
    cpu.set_arithmetic(others | adjust | if carry { CF } else { 0 });
}

/// `daa` and `das`: `kind` is 1 for the second.
fn adjust_packed(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let old = cpu.get::<8>(AX);
    let (carry, adjust) = (cpu.carry(), cpu.adjust());
    let low = old & 0xF > 9 || adjust;
    let high = old > 0x99 || carry;
    let by = if low { 6 } else { 0 } + if high { 0x60 } else { 0 };
    let subtracts = op.kind == 1;
    let new = if subtracts { old.wrapping_sub(by) } else { old + by };
    // `das` also has a carry where taking 6 away borrows.
    let borrows = subtracts && low && old < 6;
    cpu.set::<8>(AX, new);
    set_flags(cpu, new & 0xFF, low, high || borrows);
    Ok(())
}

/// `aaa` and `aas`: `kind` is 1 for the second.
fn adjust_unpacked(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let old = cpu.get::<16>(AX);
    let adjusts = old & 0xF > 9 || cpu.adjust();
    let new = match (adjusts, op.kind) {
        (false, _) => old,
        (true, 0) => old.wrapping_add(0x106),
        (true, _) => old.wrapping_sub(0x106),
    };
    cpu.set::<16>(AX, new & 0xFF0F);
    set_flags(cpu, new & 0xF, adjusts, adjusts);
    Ok(())
}

fn aam(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let (al, base) = (cpu.get::<8>(AX), op.imm & 0xFF);
    if base == 0 {
        return Err(cpu.raise(exception::DE));
    }
    cpu.set::<16>(AX, ((al / base) << 8) | (al % base));
    cpu.flags_logic::<8>(al % base);
    Ok(())
}

fn aad(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let ax = cpu.get::<16>(AX);
    let (al, tens) = (ax & 0xFF, (ax >> 8).wrapping_mul(op.imm & 0xFF) & 0xFF);
    let sum = al + tens;
    cpu.set::<16>(AX, sum & 0xFF);
    // CF, OF and AF are those of the addition.
    cpu.flags_add::<8>(al, tens, sum);
    Ok(())
}

/// The handlers of this file.
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let (kind, run): (u8, Handler) = match i.mnemonic() {
        Mnemonic::Daa => (0, adjust_packed),
        Mnemonic::Das => (1, adjust_packed),
        Mnemonic::Aaa => (0, adjust_unpacked),
        Mnemonic::Aas => (1, adjust_unpacked),
        Mnemonic::Aam => (0, aam),
        Mnemonic::Aad => (0, aad),
        _ => return None,
    };
    op.kind = kind;
    Some(run)
}
