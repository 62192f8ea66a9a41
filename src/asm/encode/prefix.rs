//! The bytes before the opcode: legacy prefixes, REX, VEX, EVEX, XOP and escape bytes.
//!
//! The legacy prefixes are written in NASM's order: wait, F2/F3, F0, segment, 66, 67.

use super::{Context, Encoded, Error};
use super::{Encoding, Parts, rounding};
use crate::asm::syntax::ast::{Encoding as Asked, Instruction, Operand, Rounding};
use crate::asm::syntax::table::row::{class, flag};
use crate::asm::syntax::table::{Role, Row};
use crate::image::Bits;
use iced_x86::Register;

/// The upper bits of the register numbers, above the low three.
struct High {
    r: u8,
    x: u8,
    b: u8,
}

fn high(parts: &Parts) -> High {
    let r = parts.reg >> 3 & 1;
    match &parts.memory {
        Some(modrm) => High { r, x: modrm.index >> 3 & 1, b: modrm.rm >> 3 & 1 },
        None => High { r, x: 0, b: (parts.rm | parts.opcode) >> 3 & 1 },
    }
}

fn segment(register: Register) -> Option<u8> {
    Some(match register {
        Register::ES => 0x26,
        Register::CS => 0x2E,
        Register::SS => 0x36,
        Register::DS => 0x3E,
        Register::FS => 0x64,
        Register::GS => 0x65,
        _ => return None,
    })
}

/// Writes the prefixes that every encoding can have.
fn common(
    row: &Row,
    parts: &Parts,
    instruction: &Instruction,
    context: &Context,
    out: &mut Encoded,
) {
    let prefixes = &instruction.prefixes;
    if prefixes.wait || row.flags & flag::FWAIT != 0 {
        out.push(0x9B);
    }
    if prefixes.repne && !(prefixes.bnd && left_out(row)) {
        out.push(0xF2);
    }
    if prefixes.rep {
        out.push(0xF3);
    }
    if prefixes.lock {
        out.push(0xF0);
    }
    if let Some(byte) = segment(parts.segment) {
        out.push(byte);
    }
    if operand_size(row, parts, instruction, context) {
        out.push(0x66);
    }
    let asked = if parts.address_size == 0 { prefixes.address_size } else { parts.address_size };
    if asked != 0 && asked != context.bits.bytes() {
        out.push(0x67);
    }
}

/// Whether `bnd` is accepted but not written: before `jmp short`.
pub(super) fn left_out(row: &Row) -> bool {
    row.flags & flag::BND == 0
}

/// Whether `o16`, `o32` or `o64` contradicts the size of the operands.
pub(super) fn contradicts(row: &Row, instruction: &Instruction) -> bool {
    let (asked, size) = (instruction.prefixes.operand_size, row.operand_size());
    let without = flag::NO_OPERAND_SIZE | flag::NO_OPERAND_SIZE_MEMORY | flag::IMPLICIT_SIZE;
    asked != 0 && asked != size && matches!(size, 2 | 4) && row.flags & without == 0
}

/// Whether the F3 of a row is the `rep` of VIA's PadLock, which NASM adds if the source has none.
fn padlock(row: &Row) -> bool {
    row.map == 1 && row.prefix == 2 && matches!(row.opcode >> 8, 0xA6 | 0xA7)
}

/// Whether the prefix 66 is needed.
fn operand_size(row: &Row, parts: &Parts, instruction: &Instruction, context: &Context) -> bool {
    let ignored = row.flags & flag::NO_OPERAND_SIZE != 0
        || (parts.memory.is_some() && row.flags & flag::NO_OPERAND_SIZE_MEMORY != 0);
    // As in NASM, an explicit size wins even if the operands say something else.
    if instruction.prefixes.other_operand_size {
        return true;
    }
    let size = match instruction.prefixes.operand_size {
        0 if ignored => 0,
        0 => row.operand_size(),
        asked => asked,
    };
    match size {
        2 => context.bits != Bits::Bits16,
        4 => context.bits == Bits::Bits16,
        _ => false,
    }
}

/// Legacy prefixes, REX and escape bytes (SDM 2.1, 2.2.1).
pub(super) fn legacy(
    row: &Row,
    parts: &Parts,
    instruction: &Instruction,
    context: &Context,
    out: &mut Encoded,
) -> Result<(), Error> {
    common(row, parts, instruction, context, out);
    let prefixes = &instruction.prefixes;
    let is_written = padlock(row) && (prefixes.rep || prefixes.repne);
    if row.prefix != 0 && !is_written {
        out.push([0, 0x66, 0xF3, 0xF2][usize::from(row.prefix & 3)]);
    }
    let high = high(parts);
    // 64-bit registers have REX.W where they need it; `push` and `pop` are 64 bits wide without it.
    let first = super::table::kind(row.operands[0]);
    let second = super::table::kind(row.operands[1]);
    let register = (first.accepts | second.accepts) & class::R64 != 0;
    let pushed = matches!(first.role, Role::Signed8 | Role::Signed32);
    let asked = instruction.prefixes.operand_size == 8 && !register && !pushed;
    let w = u8::from(row.flags & flag::W != 0 || asked || parts.wide);
    let rex = w << 3 | high.r << 2 | high.x << 1 | high.b;
    if rex != 0 || parts.rex {
        if parts.high_byte {
            return Err(Error::HighByteWithRex);
        }
        if context.bits == Bits::Bits64 {
            out.push(0x40 | rex);
        }
    }
    match row.map {
        0 => {}
        1 => out.push(0x0F),
        2 => out.number(0x380F, 2),
        3 => out.number(0x3A0F, 2),
        _ => {}
    }
    if row.encoding == Encoding::Amd3dNow {
        out.push(0x0F);
    }
    Ok(())
}

/// VEX of two or three bytes, XOP (SDM 2.3.5, AMD volume 3 section 1.2.7).
pub(super) fn vex(
    row: &Row,
    parts: &Parts,
    instruction: &Instruction,
    context: &Context,
    out: &mut Encoded,
) -> Result<(), Error> {
    common_vector(row, parts, instruction, context, out);
    let high = high(parts);
    let w = u8::from(row.flags & flag::W != 0);
    let low = (!parts.vvvv & 0xF) << 3 | row.length << 2 | row.prefix;
    let short = row.encoding == Encoding::Vex
        && (row.map, high.x, high.b, w) == (1, 0, 0, 0)
        && instruction.prefixes.encoding != Asked::Vex3;
    if short {
        out.push(0xC5);
        out.push((high.r ^ 1) << 7 | low);
    } else {
        out.push(if row.encoding == Encoding::Xop { 0x8F } else { 0xC4 });
        out.push((high.r ^ 1) << 7 | (high.x ^ 1) << 6 | (high.b ^ 1) << 5 | row.map);
        out.push(w << 7 | low);
    }
    Ok(())
}

/// Writes the prefixes before VEX and EVEX, which contain 66, F2 and F3 themselves.
fn common_vector(
    row: &Row,
    parts: &Parts,
    instruction: &Instruction,
    context: &Context,
    out: &mut Encoded,
) {
    let mut row = *row;
    row.sizes &= 0xF0;
    common(&row, parts, instruction, context, out);
}

/// EVEX (SDM 2.7.1).
pub(super) fn evex(
    row: &Row,
    parts: &Parts,
    operands: &[&Operand],
    instruction: &Instruction,
    context: &Context,
    out: &mut Encoded,
) -> Result<(), Error> {
    common_vector(row, parts, instruction, context, out);
    let high = high(parts);
    let (x, v) = match &parts.memory {
        Some(modrm) if modrm.index > 15 => (high.x, 1),
        Some(_) => (high.x, parts.vvvv >> 4 & 1),
        None => (parts.rm >> 4 & 1, parts.vvvv >> 4 & 1),
    };
    let r2 = parts.reg >> 4 & 1;
    out.push(0x62);
    out.push((high.r ^ 1) << 7 | (x ^ 1) << 6 | (high.b ^ 1) << 5 | (r2 ^ 1) << 4 | row.map);
    let w = u8::from(row.flags & flag::W != 0);
    out.push(w << 7 | (!parts.vvvv & 0xF) << 3 | 4 | row.prefix);
    let mask = operands.iter().map(|o| o.opmask).find(|&m| m != Register::None);
    let mask = mask.map_or(0, |m| super::table::facts(m).number & 7);
    let zeroing = u8::from(operands.iter().any(|o| o.zeroing));
    let broadcast = operands.iter().any(|o| o.broadcast != 0);
    let extra = u8::from(broadcast || instruction.rounding != Rounding::None);
    let length = rounding(instruction.rounding).unwrap_or(row.length);
    out.push(zeroing << 7 | length << 5 | extra << 4 | (v ^ 1) << 3 | mask);
    Ok(())
}
