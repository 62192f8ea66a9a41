//! Single elements and bits of vectors, to and from general registers and the flags: `pinsr pextr
//! insertps movmsk pmovmskb ptest vtestps`.

use super::operand::{MMX, Vector, describe};
use super::packed::high;
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::flags::{CF, ZF};
use crate::machine::soft::core::op::{Flow, Handler, Op};
use iced_x86::Instruction;
use iced_x86::Mnemonic as M;

/// Which element an immediate means.
fn number(op: &Op, bits: u32) -> usize {
    let count = usize::from(op.width.min(16)) * 8 / bits as usize;
    op.imm as usize & (count - 1)
}

/// From the low bits of a general register or from memory. `code` is the bits of an element.
fn insert(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let bits = op.code.into();
    let value = if op.memory == 2 { cpu.load_vector(op)?.0[0] } else { cpu.get_by(op.third, 64) };
    let mut result = cpu.first(op);
    result.set(number(op, bits), bits, value);
    cpu.put(op, &result);
    Ok(())
}

/// To a general register, with zeros above, or to memory.
fn extract(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let bits = op.code.into();
    let value = cpu.vector(op, op.third).get(number(op, bits), bits);
    if op.memory == 0 {
        return cpu.store_vector(op, &Vector([value, 0, 0, 0]));
    }
    cpu.set_by(op.dst, 64, value);
    if op.kind & MMX != 0 {
        cpu.enter_mmx();
    }
    Ok(())
}

/// `insertps`: from which element of a register, to which one, and which are cleared.
fn insert_float(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let from = if op.memory == 2 { 0 } else { op.imm as usize >> 6 & 3 };
    let value = cpu.last(op)?.get(from, 32);
    let mut result = cpu.first(op);
    result.set(op.imm as usize >> 4 & 3, 32, value);
    for n in (0..4).filter(|n| op.imm >> n & 1 != 0) {
        result.set(n, 32, 0);
    }
    cpu.put(op, &result);
    Ok(())
}

/// The highest bit of each element, to a general register.
fn signs(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let bits = u32::from(op.code);
    let value = cpu.vector(op, op.third);
    let mut result = 0;
    for (n, word) in value.0.into_iter().enumerate() {
        result |= gather_signs(word, bits) << (n * (64 / bits as usize));
    }
    cpu.set_by(op.dst, 64, result);
    if op.kind & MMX != 0 {
        cpu.enter_mmx();
    }
    Ok(())
}

/// The highest bits of the elements of a word, side by side.
fn gather_signs(word: u64, bits: u32) -> u64 {
    let top = word & high(bits);
    match bits {
        // Each factor's bit takes one of the eight to its place; no two meet.
        8 => (top >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56,
        32 => top >> 31 & 1 | top >> 62,
        _ => top >> 63,
    }
}

/// `ptest` and its like: ZF if no bit of `dst` is set in the other, CF if none of the other is
/// clear in `dst`; of all bits, or of the highest of each element.
fn test(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let (b, a) = (cpu.last(op)?, cpu.first(op));
    let mask = if op.code == 0 { u64::MAX } else { high(op.code.into()) };
    let (mut both, mut rest) = (0, 0);
    for (a, b) in a.0.into_iter().zip(b.0) {
        both |= a & b & mask;
        rest |= !a & b & mask;
    }
    let flag = |is_set: bool, flag: u64| if is_set { flag } else { 0 };
    cpu.set_arithmetic(flag(both == 0, ZF) | flag(rest == 0, CF));
    Ok(())
}

/// The handlers of this file.
pub(super) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let (code, run): (u16, Handler) = match i.mnemonic() {
        M::Pinsrb | M::Vpinsrb => (8, insert),
        M::Pinsrw | M::Vpinsrw => (16, insert),
        M::Pinsrd | M::Vpinsrd => (32, insert),
        M::Pinsrq | M::Vpinsrq => (64, insert),
        M::Pextrb | M::Vpextrb => (8, extract),
        M::Pextrw | M::Vpextrw => (16, extract),
        M::Pextrd | M::Vpextrd | M::Extractps | M::Vextractps => (32, extract),
        M::Pextrq | M::Vpextrq => (64, extract),
        M::Insertps | M::Vinsertps => (0, insert_float),
        M::Pmovmskb | M::Vpmovmskb => (8, signs),
        M::Movmskps | M::Vmovmskps => (32, signs),
        M::Movmskpd | M::Vmovmskpd => (64, signs),
        M::Ptest | M::Vptest => (0, test),
        M::Vtestps => (32, test),
        M::Vtestpd => (64, test),
        _ => return None,
    };
    describe(i, op);
    op.code = code;
    Some(run)
}
