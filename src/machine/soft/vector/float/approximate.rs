//! `rcp` and `rsqrt`: approximate reciprocals with about 12 bits (SDM volume 2).
//!
//! The manual only bounds the error. Like Intel's processors, this CPU takes the middle of the
//! interval given by the leading bits of the significand and rounds its reciprocal to 13 bits. No
//! exception is raised, and MXCSR has no effect.

use super::super::operand::describe;
use super::{IS_SCALAR, OPERATION, Shape};
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::op::{Flow, Handler, Op};
use crate::machine::soft::float::{Kind, Number, SINGLE};
use iced_x86::{Instruction, Mnemonic};

pub(super) const RCP: u16 = 0;
pub(super) const RSQRT: u16 = 1;

/// `ps ss`, with VEX after those without.
const ROWS: [(u16, [Mnemonic; 4]); 2] = {
    use Mnemonic as M;
    [
        (RCP, [M::Rcpps, M::Rcpss, M::Vrcpps, M::Vrcpss]),
        (RSQRT, [M::Rsqrtps, M::Rsqrtss, M::Vrsqrtps, M::Vrsqrtss]),
    ]
};

/// Fraction bits of the result.
const BITS: i32 = 13;

/// `1 / a`.
fn reciprocal(a: Number) -> Number {
    // 2048 intervals from 1 to 2, the middle of each in units of 1 / 4096.
    let middle = a.significand >> 51 & !1 | 1;
    let count = ((2u64 << (BITS + 12)) / middle).div_ceil(2);
    let result = Number::scaled(a.negative, count.into(), -a.exponent - BITS);
    // No denormal results either.
    if result.exponent < SINGLE.least() { Number::zero(a.negative) } else { result }
}

/// `1 / sqrt(a)` of a positive number.
fn reciprocal_root(a: Number) -> Number {
    let odd = a.exponent & 1;
    // 1024 intervals, the middle of each in units of 1 / 2048.
    let middle = (a.significand >> 52 & !1 | 1) << odd;
    let square = (1u64 << (2 * BITS + 2 + 11)) / middle;
    let count = square.isqrt().div_ceil(2);
    Number::scaled(false, count.into(), -(a.exponent - odd) / 2 - BITS)
}

/// What an element becomes.
pub(super) fn element(operation: u16, a: Number) -> Number {
    match a.kind {
        Kind::Nan => a.quieted(),
        Kind::Zero => Number::infinity(a.negative),
        Kind::Finite if a.denormal => Number::infinity(a.negative),
        _ if operation == RSQRT && a.negative => Number::INDEFINITE,
        Kind::Finite if operation == RSQRT => reciprocal_root(a),
        Kind::Finite => reciprocal(a),
        _ => Number::zero(a.negative),
    }
}

fn run(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let [mut result, b] = cpu.operands(op)?;
    for n in 0..Shape::of(op).count {
        let number = Number::unpack(b.get(n, 32), SINGLE);
        result.set(n, 32, element(op.code & OPERATION, number).pack(SINGLE));
    }
    cpu.put(op, &result);
    Ok(())
}

/// The handlers of this file.
pub(super) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let (operation, place) = ROWS.iter().find_map(|(operation, row)| {
        Some((*operation, row.iter().position(|&mnemonic| mnemonic == i.mnemonic())?))
    })?;
    describe(i, op);
    op.code = operation | if place & 1 != 0 { IS_SCALAR } else { 0 };
    Some(run)
}
