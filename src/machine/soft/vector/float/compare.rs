//! `cmp` with its predicates, `comis`, `ucomis` (SDM volume 2).

use super::super::operand::{VEX, describe};
use super::{IS_DOUBLE, IS_SCALAR, OPERATION, Shape, Spellings, fast, nan, spelled};
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::flags::{CF, PF, ZF};
use crate::machine::soft::core::op::{Flow, Handler, Op};
use crate::machine::soft::float::exception::{DE, IE};
use crate::machine::soft::float::{Environment, Number};
use iced_x86::{Instruction, Mnemonic};
use std::cmp::Ordering;

/// Relations, as sets.
const LESS: u8 = 1;
const EQUAL: u8 = 2;
const GREATER: u8 = 4;
const UNORDERED: u8 = 8;

/// The relations for which a predicate is true, by its low four bits (SDM volume 2, CMPPD).
#[rustfmt::skip]
const PREDICATES: [u8; 16] = [
    EQUAL, LESS, LESS | EQUAL, UNORDERED,
    LESS | GREATER | UNORDERED, EQUAL | GREATER | UNORDERED, GREATER | UNORDERED, LESS | EQUAL | GREATER,
    EQUAL | UNORDERED, LESS | UNORDERED, LESS | EQUAL | UNORDERED, 0,
    LESS | GREATER, EQUAL | GREATER, GREATER, LESS | EQUAL | GREATER | UNORDERED,
];

/// Whether a predicate takes every NaN for an invalid operation, not only signalling ones.
const fn is_strict(predicate: u8) -> bool {
    matches!(predicate & 3, 1 | 2) != (predicate & 0x10 != 0)
}

const COMIS: u16 = 1;
const UCOMIS: u16 = 0;

#[rustfmt::skip]
const CMP: Spellings = [
    Mnemonic::Cmpps, Mnemonic::Cmppd, Mnemonic::Cmpss, Mnemonic::Cmpsd,
    Mnemonic::Vcmpps, Mnemonic::Vcmppd, Mnemonic::Vcmpss, Mnemonic::Vcmpsd,
];

/// `ss sd`, with VEX after those without.
const ORDERED: [(u16, [Mnemonic; 4]); 2] = {
    use Mnemonic as M;
    [
        (COMIS, [M::Comiss, M::Comisd, M::Vcomiss, M::Vcomisd]),
        (UCOMIS, [M::Ucomiss, M::Ucomisd, M::Vucomiss, M::Vucomisd]),
    ]
};

/// The relation of two numbers, with its exceptions.
fn relation(env: &mut Environment, strict: bool, a: Number, b: Number) -> u8 {
    if nan(env, &[a, b]).is_some() {
        if strict {
            env.flags |= IE;
        }
        return UNORDERED;
    }
    if a.denormal || b.denormal {
        env.flags |= DE;
    }
    of(a.compare(b))
}

const fn of(order: Ordering) -> u8 {
    match order {
        Ordering::Less => LESS,
        Ordering::Equal => EQUAL,
        Ordering::Greater => GREATER,
    }
}

fn cmp(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let [a, b] = cpu.operands(op)?;
    let shape = Shape::of(op);
    let bits = shape.format.bits;
    // Without VEX there are eight predicates.
    let predicate = op.imm as u8 & if op.kind & VEX != 0 { 0x1F } else { 7 };
    let relations = PREDICATES[usize::from(predicate & 15)];
    let (mut result, mut env) = (a, cpu.environment(shape.format));
    for n in 0..shape.count {
        let (x, y) = (a.get(n, bits), b.get(n, bits));
        let relation = match fast::compare(op.code & IS_DOUBLE != 0, x, y) {
            Some(order) => of(order),
            None => {
                let [x, y] = [x, y].map(|bits| env.unpack(bits, shape.format));
                relation(&mut env, is_strict(predicate), x, y)
            }
        };
        result.set(n, bits, if relations & relation != 0 { u64::MAX } else { 0 });
    }
    cpu.settle(env.flags)?;
    cpu.put(op, &result);
    Ok(())
}

/// The relation goes to ZF, PF and CF.
fn ordered(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let b = cpu.low(op, op.code & IS_DOUBLE != 0)?;
    let a = cpu.fpu.ymm[usize::from(op.src & 15)][0];
    let relation = match fast::compare(op.code & IS_DOUBLE != 0, a, b) {
        Some(order) => of(order),
        None => {
            let Shape { format, .. } = Shape::of(op);
            let mut env = cpu.environment(format);
            let [x, y] = [a, b].map(|bits| env.unpack(bits, format));
            let relation = relation(&mut env, op.code & OPERATION == COMIS, x, y);
            cpu.settle(env.flags)?;
            relation
        }
    };
    cpu.set_arithmetic(match relation {
        UNORDERED => ZF | PF | CF,
        LESS => CF,
        EQUAL => ZF,
        _ => 0,
    });
    Ok(())
}

/// The handlers of this file.
pub(super) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let mnemonic = i.mnemonic();
    let of_cmp = spelled(&CMP, mnemonic).map(|code| (code, cmp as Handler));
    let (code, run) = of_cmp.or_else(|| {
        ORDERED.iter().find_map(|(operation, spellings)| {
            let code = spelled(spellings, mnemonic)? & IS_DOUBLE | IS_SCALAR | operation;
            Some((code, ordered as Handler))
        })
    })?;
    describe(i, op);
    op.code = code;
    Some(run)
}
