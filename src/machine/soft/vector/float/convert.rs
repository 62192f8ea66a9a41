//! Conversions between formats, to and from integers, and `round` (SDM volume 2).
//!
//! There is one handler. A table row gives the source and the destination type.

use super::super::operand::{MMX, Vector, describe};
use super::{fast, nan};
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::op::{Flow, Handler, Op, Stop, width};
use crate::machine::soft::float::exception::{IE, PE};
use crate::machine::soft::float::{DOUBLE, Environment, Format, HALF, Number, Rounding, SINGLE};
use iced_x86::{Instruction, Mnemonic};

/// What an element is.
pub(super) const H: u16 = 0;
pub(super) const S: u16 = 1;
pub(super) const D: u16 = 2;
/// An integer with sign of 32 or 64 bits.
pub(super) const I: u16 = 3;
pub(super) const L: u16 = 4;

/// In `Op::code`: bits 2 to 0 are what the elements are, bits 5 to 3 what they become. This one
/// says that integers are cut, not rounded.
pub(super) const CUT: u16 = 1 << 6;
/// The number of elements is two to this power.
const COUNT: u32 = 7;
/// The rest of the result is that of the first source.
const MERGE: u16 = 1 << 10;
/// An operand is a general register.
const GENERAL: u16 = 1 << 11;
/// The immediate gives the rounding mode.
const IMMEDIATE: u16 = 1 << 12;
/// Two elements.
const TWO: u16 = 1 << 13;
/// One element.
const ONE: u16 = 1 << 14;
/// To a whole number of the same format.
pub(super) const WHOLE: u16 = 1 << 15;

/// The instructions, without and with VEX: what the elements are, what they become, the rest.
#[rustfmt::skip]
const ROWS: [(Mnemonic, Mnemonic, u16, u16, u16); 28] = {
    use Mnemonic as M;
    const SCALAR: u16 = ONE | MERGE;
    const ROUND: u16 = WHOLE | IMMEDIATE;
    const NONE: Mnemonic = M::INVALID;
    [
        (M::Cvtps2pd, M::Vcvtps2pd, S, D, 0),
        (M::Cvtpd2ps, M::Vcvtpd2ps, D, S, 0),
        (M::Cvtss2sd, M::Vcvtss2sd, S, D, SCALAR),
        (M::Cvtsd2ss, M::Vcvtsd2ss, D, S, SCALAR),
        (M::Cvtdq2ps, M::Vcvtdq2ps, I, S, 0),
        (M::Cvtdq2pd, M::Vcvtdq2pd, I, D, 0),
        (M::Cvtps2dq, M::Vcvtps2dq, S, I, 0),
        (M::Cvttps2dq, M::Vcvttps2dq, S, I, CUT),
        (M::Cvtpd2dq, M::Vcvtpd2dq, D, I, 0),
        (M::Cvttpd2dq, M::Vcvttpd2dq, D, I, CUT),
        (M::Cvtpi2ps, NONE, I, S, TWO | MERGE),
        (M::Cvtpi2pd, NONE, I, D, TWO),
        (M::Cvtps2pi, NONE, S, I, TWO),
        (M::Cvttps2pi, NONE, S, I, TWO | CUT),
        (M::Cvtpd2pi, NONE, D, I, TWO),
        (M::Cvttpd2pi, NONE, D, I, TWO | CUT),
        (M::Cvtsi2ss, M::Vcvtsi2ss, I, S, SCALAR | GENERAL),
        (M::Cvtsi2sd, M::Vcvtsi2sd, I, D, SCALAR | GENERAL),
        (M::Cvtss2si, M::Vcvtss2si, S, I, ONE | GENERAL),
        (M::Cvttss2si, M::Vcvttss2si, S, I, ONE | GENERAL | CUT),
        (M::Cvtsd2si, M::Vcvtsd2si, D, I, ONE | GENERAL),
        (M::Cvttsd2si, M::Vcvttsd2si, D, I, ONE | GENERAL | CUT),
        (NONE, M::Vcvtph2ps, H, S, 0),
        (NONE, M::Vcvtps2ph, S, H, IMMEDIATE),
        (M::Roundps, M::Vroundps, S, S, ROUND),
        (M::Roundpd, M::Vroundpd, D, D, ROUND),
        (M::Roundss, M::Vroundss, S, S, ROUND | SCALAR),
        (M::Roundsd, M::Vroundsd, D, D, ROUND | SCALAR),
    ]
};

/// The format of elements that are no integers.
const fn format(kind: u16) -> Format {
    match kind & 7 {
        H => HALF,
        S => SINGLE,
        _ => DOUBLE,
    }
}

const fn bits(kind: u16) -> u32 {
    match kind & 7 {
        H => 16,
        S | I => 32,
        _ => 64,
    }
}

/// The bits of an element after the conversion.
fn element(env: &mut Environment, code: u16, value: u64) -> u64 {
    let (from, to) = (code & 7, code >> 3 & 7);
    let number = match from {
        I => Number::integer((value as i32).into()),
        L => Number::integer(value as i64),
        // Denormals of this format are neither noted nor taken for zeros.
        H => Number { denormal: false, ..Number::unpack(value, HALF) },
        _ => env.unpack(value, format(from)),
    };
    if to >= I {
        let limit = 1 << (bits(to) - 1);
        return env.integer(number, bits(to)).map_or_else(
            || {
                env.flags |= IE;
                limit
            },
            |value| value as u64,
        );
    }
    if let Some(nan) = nan(env, &[number]) {
        return nan.pack(format(to));
    }
    let result = if code & WHOLE != 0 { env.whole(number) } else { env.convert(number) };
    result.pack(format(to))
}

/// The environment of a conversion, and the exceptions that are to be noted.
fn environment(cpu: &Cpu<'_>, op: &Op) -> (Environment, u8) {
    let mut env = cpu.environment(format(op.code >> 3));
    if op.code & CUT != 0 {
        env.rounding = Rounding::Zero;
    }
    if op.code & IMMEDIATE == 0 {
        return (env, !0);
    }
    if op.imm & 4 == 0 {
        env.rounding = Rounding::from_bits(op.imm as u32);
    }
    // Results of half precision are never flushed.
    env.ftz = false;
    let is_silent = op.code & WHOLE != 0 && op.imm & 8 != 0;
    (env, if is_silent { !PE } else { !0 })
}

/// The elements of `source`, converted.
#[inline(never)]
fn convert(cpu: &mut Cpu<'_>, op: &Op, source: &Vector, rest: Vector) -> Result<Vector, Stop> {
    let (mut env, noted) = environment(cpu, op);
    let (from, to, mut result) = (bits(op.code), bits(op.code >> 3), rest);
    let mxcsr = cpu.fpu.mxcsr;
    for n in 0..1 << (op.code >> COUNT & 7) {
        let value = source.get(n, from);
        let value = match fast::convert(mxcsr, op.code, value) {
            Some(value) => value,
            None => element(&mut env, op.code, value),
        };
        result.set(n, to, value);
    }
    cpu.settle(env.flags & noted)?;
    Ok(result)
}

/// Vectors.
fn packed(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let [first, source] = if op.code & 7 == H && op.memory == 2 && op.width == 16 {
        cpu.may_use(op)?;
        let linear = anywhere(cpu, op, false)?;
        [Vector::default(), Vector([cpu.read_linear(linear, 8)?, 0, 0, 0])]
    } else {
        cpu.operands(op)?
    };
    if op.kind & MMX != 0 {
        // Even where an exception follows.
        cpu.enter_mmx();
    }
    let rest = if op.code & MERGE != 0 { first } else { Vector::default() };
    let result = convert(cpu, op, &source, rest)?;
    match (op.memory, op.width) {
        (0, 32) => return cpu.store_vector(op, &result),
        (0, _) => {
            let linear = anywhere(cpu, op, true)?;
            return cpu.write_linear(linear, 8, result.0[0]);
        }
        _ => cpu.put(op, &result),
    }
    Ok(())
}

/// The linear address of four elements of half precision: their two instructions check no
/// alignment (SDM volume 2, 2.7.11).
fn anywhere(cpu: &mut Cpu<'_>, op: &Op, write: bool) -> Result<u64, Stop> {
    let linear = cpu.linear(op.seg, cpu.offset(op), 8, write)?;
    cpu.watch(linear, 8, write);
    Ok(linear)
}

/// From a general register or memory.
fn from_general(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let value = cpu.operand(op, 2, op.third, bits(op.code) as u8)?;
    let rest = cpu.first(op);
    let result = convert(cpu, op, &Vector([value, 0, 0, 0]), rest)?;
    cpu.put(op, &result);
    Ok(())
}

/// To a general register.
fn to_general(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let source = Vector([cpu.low(op, op.code & 7 == D)?, 0, 0, 0]);
    let Vector([result, ..]) = convert(cpu, op, &source, Vector::default())?;
    cpu.set_by(op.dst, bits(op.code >> 3) as u8, result);
    Ok(())
}

/// The handlers of this file.
pub(super) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let mnemonic = i.mnemonic();
    let row = ROWS.iter().find(|row| row.0 == mnemonic || row.1 == mnemonic)?;
    let &(_, _, mut from, mut to, rest) = row;
    let run = match (rest & GENERAL != 0, from, to) {
        (false, ..) => packed,
        (true, I, _) => {
            from = if width(i, i.op_count() - 1) == 64 { L } else { I };
            from_general
        }
        (true, ..) => {
            to = if width(i, 0) == 64 { L } else { I };
            to_general
        }
    };
    describe(i, op);
    let widest = (usize::from(op.width)).max(i.memory_size().size()) as u32 * 8;
    let count = match rest & (ONE | TWO) {
        ONE => 1,
        TWO => 2,
        _ => widest / bits(from).max(bits(to)),
    };
    op.code = from | to << 3 | (count.trailing_zeros() as u16) << COUNT;
    op.code |= rest & !(ONE | TWO | GENERAL);
    Some(run)
}
