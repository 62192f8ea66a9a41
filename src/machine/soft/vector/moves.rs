//! Moves of whole vectors and of their low parts, between registers and memory.

use super::operand::{MM, MMX, Vector, describe};
use crate::image::Bits;
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::op::{Flow, Handler, Op, OperandKind, operand_kind, width};
use iced_x86::{Instruction, Mnemonic};

/// All of a register from a register or memory.
fn whole(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let value = cpu.last(op)?;
    cpu.put(op, &value);
    Ok(())
}

/// To memory, as many bytes as it has room for.
fn store(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let value = cpu.vector(op, op.third);
    if op.kind & MMX != 0 {
        // The tags wait for the store, the top does not.
        cpu.clear_top();
    }
    cpu.store_vector(op, &value)?;
    if op.kind & MMX != 0 {
        cpu.enter_mmx();
    }
    Ok(())
}

/// The upper half of 128 bits to memory.
fn store_high(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let value = cpu.vector(op, op.third);
    cpu.store_vector(op, &Vector([value.0[1], 0, 0, 0]))
}

/// From a general register; all other bits are cleared. `code` is the width.
fn from_general(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let value = cpu.get_by(op.third, op.code as u8);
    cpu.put(op, &Vector([value, 0, 0, 0]));
    Ok(())
}

/// To a general register.
fn to_general(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let value = cpu.vector(op, op.third);
    cpu.set_by(op.dst, op.code as u8, value.0[0]);
    if op.kind & MMX != 0 {
        cpu.enter_mmx();
    }
    Ok(())
}

/// `movnti`: general registers only, so nothing has to be turned on.
fn store_general(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.code as u8;
    cpu.store_by(op, bits, cpu.get_by(op.third, bits))
}

/// 64 bits to a register of either kind; the rest is cleared.
fn quadword(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let value = cpu.last(op)?;
    if op.third & MM != 0 && op.memory != 2 {
        cpu.enter_mmx();
    }
    cpu.put(op, &Vector([value.0[0], 0, 0, 0]));
    Ok(())
}

/// The low bits of one register, and the rest of another: `code` is how many bits.
fn low_of_register(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let (mut value, low) = (cpu.first(op), cpu.last(op)?);
    value.set(0, op.code.into(), low.0[0]);
    cpu.put(op, &value);
    Ok(())
}

/// One half is new, the other from the first source: `code` is which half, with 2 added if the new
/// one is an upper half itself.
fn half(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let (from, mut value) = (cpu.last(op)?, cpu.first(op));
    value.0[usize::from(op.code & 1)] = from.0[usize::from(op.code >> 1 & 1)];
    cpu.put(op, &value);
    Ok(())
}

/// `vzeroupper`, and with `code` 1 `vzeroall`: of the registers that the mode has.
fn zero(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    cpu.fpu.loaded &= !4;
    let count = if cpu.bits == Bits::Bits64 { 16 } else { 8 };
    for register in cpu.fpu.ymm.iter_mut().take(count) {
        let kept = if op.code == 1 { [0; 2] } else { [register[0], register[1]] };
        *register = [kept[0], kept[1], 0, 0];
    }
    Ok(())
}

/// The handlers of this file.
pub(super) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    use Mnemonic as M;
    let is_store = operand_kind(i, 0) == OperandKind::Memory;
    let is_load = operand_kind(i, 1) == OperandKind::Memory;
    let (code, run): (u8, Handler) = match i.mnemonic() {
        M::Movaps | M::Movapd | M::Movups | M::Movupd | M::Movdqa | M::Movdqu => {
            (0, if is_store { store } else { whole })
        }
        M::Vmovaps | M::Vmovapd | M::Vmovups | M::Vmovupd | M::Vmovdqa | M::Vmovdqu => {
            (0, if is_store { store } else { whole })
        }
        M::Movntps | M::Movntpd | M::Movntdq | M::Movntq => (0, store),
        M::Vmovntps | M::Vmovntpd | M::Vmovntdq => (0, store),
        M::Lddqu | M::Vlddqu | M::Movntdqa | M::Vmovntdqa => (0, whole),
        M::Movd | M::Movq | M::Vmovd | M::Vmovq => word_handler(i),
        M::Movq2dq | M::Movdq2q => (0, quadword),
        M::Movnti => (width(i, 1), store_general),
        M::Movss | M::Movsd | M::Vmovss | M::Vmovsd if is_store => (0, store),
        M::Movss | M::Movsd | M::Vmovss | M::Vmovsd if is_load => (0, whole),
        M::Movss | M::Vmovss => (32, low_of_register),
        M::Movsd | M::Vmovsd => (64, low_of_register),
        M::Movlps | M::Movlpd | M::Vmovlps | M::Vmovlpd if is_store => (0, store),
        M::Movhps | M::Movhpd | M::Vmovhps | M::Vmovhpd if is_store => (0, store_high),
        M::Movlps | M::Movlpd | M::Vmovlps | M::Vmovlpd => (0, half),
        M::Movhps | M::Movhpd | M::Vmovhps | M::Vmovhpd => (1, half),
        M::Movlhps | M::Vmovlhps => (1, half),
        M::Movhlps | M::Vmovhlps => (2, half),
        M::Vzeroupper => (0, zero),
        M::Vzeroall => (1, zero),
        _ => return None,
    };
    describe(i, op);
    op.code = code.into();
    Some(run)
}

/// `movd` and `movq`: one of the operands may be a general register.
fn word_handler(i: &Instruction) -> (u8, Handler) {
    let is_general = |n| operand_kind(i, n) == OperandKind::Register && i.op_register(n).is_gpr();
    match (operand_kind(i, 0), is_general(0), is_general(1)) {
        (OperandKind::Memory, ..) => (0, store),
        (_, true, _) => (width(i, 0), to_general),
        (_, _, true) => (width(i, 1), from_general),
        _ => (0, quadword),
    }
}
