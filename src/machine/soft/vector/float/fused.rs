//! FMA: a product and a sum, rounded once (SDM volume 2, VFMADD132PD and its like).

use super::super::operand::{Vector, describe};
use super::{IS_DOUBLE, IS_SCALAR, OPERATION, Shape, fast, nan, spelled};
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::op::{Flow, Handler, Op, Stop};
use crate::machine::soft::float::{Environment, Number};
use iced_x86::{Instruction, Mnemonic};

/// The sum is subtracted from: `a * b - c`.
const MINUS_C: u16 = 1;
/// The product is taken away: `-(a * b) + c`.
const MINUS_PRODUCT: u16 = 2;
/// Elements take turns; with [`MINUS_C`] the odd ones subtract, else the even ones.
const IN_TURN: u16 = 4;
/// Which operand is which: the first digit of the instruction's name.
const ORDER: u16 = 0x30;

/// The instructions, by sign: 132, 213 and 231, `ps pd ss sd` of each.
#[rustfmt::skip]
const ROWS: [(u16, [Mnemonic; 12]); 4] = {
    use Mnemonic as M;
    [
        (0, [
            M::Vfmadd132ps, M::Vfmadd132pd, M::Vfmadd132ss, M::Vfmadd132sd,
            M::Vfmadd213ps, M::Vfmadd213pd, M::Vfmadd213ss, M::Vfmadd213sd,
            M::Vfmadd231ps, M::Vfmadd231pd, M::Vfmadd231ss, M::Vfmadd231sd,
        ]),
        (MINUS_C, [
            M::Vfmsub132ps, M::Vfmsub132pd, M::Vfmsub132ss, M::Vfmsub132sd,
            M::Vfmsub213ps, M::Vfmsub213pd, M::Vfmsub213ss, M::Vfmsub213sd,
            M::Vfmsub231ps, M::Vfmsub231pd, M::Vfmsub231ss, M::Vfmsub231sd,
        ]),
        (MINUS_PRODUCT, [
            M::Vfnmadd132ps, M::Vfnmadd132pd, M::Vfnmadd132ss, M::Vfnmadd132sd,
            M::Vfnmadd213ps, M::Vfnmadd213pd, M::Vfnmadd213ss, M::Vfnmadd213sd,
            M::Vfnmadd231ps, M::Vfnmadd231pd, M::Vfnmadd231ss, M::Vfnmadd231sd,
        ]),
        (MINUS_PRODUCT | MINUS_C, [
            M::Vfnmsub132ps, M::Vfnmsub132pd, M::Vfnmsub132ss, M::Vfnmsub132sd,
            M::Vfnmsub213ps, M::Vfnmsub213pd, M::Vfnmsub213ss, M::Vfnmsub213sd,
            M::Vfnmsub231ps, M::Vfnmsub231pd, M::Vfnmsub231ss, M::Vfnmsub231sd,
        ]),
    ]
};

/// Those whose elements take turns: 132, 213 and 231, `ps pd` of each.
#[rustfmt::skip]
const IN_TURNS: [(u16, [Mnemonic; 6]); 2] = {
    use Mnemonic as M;
    [
        (IN_TURN, [
            M::Vfmaddsub132ps, M::Vfmaddsub132pd, M::Vfmaddsub213ps, M::Vfmaddsub213pd,
            M::Vfmaddsub231ps, M::Vfmaddsub231pd,
        ]),
        (IN_TURN | MINUS_C, [
            M::Vfmsubadd132ps, M::Vfmsubadd132pd, M::Vfmsubadd213ps, M::Vfmsubadd213pd,
            M::Vfmsubadd231ps, M::Vfmsubadd231pd,
        ]),
    ]
};

/// The signs of element `n`: whether the product and the sum are negated.
fn signs(operation: u16, n: usize) -> (bool, bool) {
    let turn = operation & IN_TURN != 0 && n & 1 == 0;
    (operation & MINUS_PRODUCT != 0, (operation & MINUS_C != 0) != turn)
}

fn element(env: &mut Environment, operation: u16, n: usize, [a, b, c]: [Number; 3]) -> Number {
    if let Some(nan) = nan(env, &[a, b, c]) {
        return nan;
    }
    let (minus_product, minus_c) = signs(operation, n);
    let a = if minus_product { a.negated() } else { a };
    let c = if minus_c { c.negated() } else { c };
    env.fused(a, b, c)
}

#[inline(never)]
fn slowly(cpu: &mut Cpu<'_>, op: &Op, [a, b, c]: [&Vector; 3]) -> Result<Vector, Stop> {
    let shape = Shape::of(op);
    let rest = cpu.vector(op, op.dst);
    let env = cpu.environment(shape.format);
    let third = |n| env.unpack(c.get(n, shape.format.bits), shape.format);
    let operation = op.code & OPERATION;
    cpu.elements(shape, (a, b), rest, &|env, n, x, y| element(env, operation, n, [x, y, third(n)]))
}

fn run(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let third = cpu.last(op)?;
    let (first, second) = (cpu.vector(op, op.dst), cpu.first(op));
    let operands = match op.code & ORDER {
        0x00 => [&first, &third, &second],
        0x10 => [&second, &first, &third],
        _ => [&second, &third, &first],
    };
    let result = match quickly(cpu.fpu.mxcsr, op, operands, first) {
        Some(result) => result,
        None => slowly(cpu, op, operands)?,
    };
    cpu.put(op, &result);
    Ok(())
}

/// The same where the host can do it.
#[inline(always)]
fn quickly(mxcsr: u32, op: &Op, [a, b, c]: [&Vector; 3], rest: Vector) -> Option<Vector> {
    let is_double = op.code & IS_DOUBLE != 0;
    let (even, odd) = (signs(op.code, 0), signs(op.code, 1));
    let mut result = rest;
    for n in 0..usize::from(op.width / 8) & 7 {
        let (x, y, z) = (a.0[n & 3], b.0[n & 3], c.0[n & 3]);
        let (low, high) = if is_double && n & 1 != 0 { (odd, odd) } else { (even, odd) };
        result.0[n & 3] = if is_double {
            fast::fused_double(mxcsr, x ^ sign(low.0, 63), y, z ^ sign(low.1, 63))?
        } else {
            let (x, z) =
                (x ^ sign(low.0, 31) ^ sign(high.0, 63), z ^ sign(low.1, 31) ^ sign(high.1, 63));
            let first = fast::fused_single(mxcsr, x as u32, y as u32, z as u32)?;
            let second = match op.code & IS_SCALAR {
                0 => {
                    fast::fused_single(mxcsr, (x >> 32) as u32, (y >> 32) as u32, (z >> 32) as u32)?
                }
                _ => (rest.0[0] >> 32) as u32,
            };
            u64::from(first) | u64::from(second) << 32
        };
        if op.code & IS_SCALAR != 0 {
            break;
        }
    }
    Some(result)
}

/// What negates an element whose sign is in a bit.
fn sign(is_negated: bool, bit: u32) -> u64 {
    u64::from(is_negated) << bit
}

/// The handlers of this file.
pub(super) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let mnemonic = i.mnemonic();
    let code = |operation: u16, rows: &[Mnemonic], per_order: usize| {
        let orders = rows.chunks(per_order).zip(0..);
        let found = orders.filter_map(|(row, n)| Some(spelled(row, mnemonic)? | n << 4)).next();
        found.map(|code| code | operation)
    };
    let of_rows = ROWS.iter().find_map(|(operation, row)| code(*operation, row, 4));
    let found = of_rows.or_else(|| IN_TURNS.iter().find_map(|(o, row)| code(*o, row, 2)))?;
    describe(i, op);
    op.code = found;
    Some(run)
}
