//! Fusion of a comparison and the conditional branch that follows it into one operation: the pair
//! that ends most loops.
//!
//! The comparison does not access memory and the branch target is inside the segment, so no
//! exception can occur between the two.

use super::alu::{ADD, AND, CMP, DEC, INC, SUB, TEST, compute, compute_one, form, width_index};
use super::moves::condition;
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::flags::{ROWS, cut};
use crate::machine::soft::core::op::{Flow, Handler, NOWHERE, Op, width};
use iced_x86::{Instruction, Mnemonic};

#[inline(always)]
#[expect(clippy::unnecessary_wraps, reason = "the end of handlers")]
fn branch(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    if cpu.holds(op.row) {
        cpu.ip = op.disp;
    }
    Ok(())
}

fn registers<const OP: u8, const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let (a, b) = (cpu.get::<BITS>(op.dst), cpu.get::<BITS>(op.src));
    let result = compute::<OP, BITS>(cpu, a, b);
    if OP != CMP && OP != TEST {
        cpu.set::<BITS>(op.dst, result);
    }
    branch(cpu, op)
}

fn immediate<const OP: u8, const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let a = cpu.get::<BITS>(op.dst);
    let result = compute::<OP, BITS>(cpu, a, cut::<BITS>(op.imm));
    if OP != CMP && OP != TEST {
        cpu.set::<BITS>(op.dst, result);
    }
    branch(cpu, op)
}

fn one<const OP: u8, const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let a = cpu.get::<BITS>(op.dst);
    let result = compute_one::<OP, BITS>(cpu, a);
    cpu.set::<BITS>(op.dst, result);
    branch(cpu, op)
}

macro_rules! two {
    ($op:expr) => {
        [
            [registers::<$op, 8>, immediate::<$op, 8>],
            [registers::<$op, 16>, immediate::<$op, 16>],
            [registers::<$op, 32>, immediate::<$op, 32>],
            [registers::<$op, 64>, immediate::<$op, 64>],
        ]
    };
}

/// The handlers by operation, width and form.
static TWO: [[[Handler; 2]; 4]; 5] = [two!(CMP), two!(TEST), two!(SUB), two!(ADD), two!(AND)];
static ONE: [[Handler; 4]; 2] = [
    [one::<INC, 8>, one::<INC, 16>, one::<INC, 32>, one::<INC, 64>],
    [one::<DEC, 8>, one::<DEC, 16>, one::<DEC, 32>, one::<DEC, 64>],
];

fn handler(i: &Instruction) -> Option<Handler> {
    let by_width = width_index(width(i, 0));
    let row = match i.mnemonic() {
        Mnemonic::Cmp => 0,
        Mnemonic::Test => 1,
        Mnemonic::Sub => 2,
        Mnemonic::Add => 3,
        Mnemonic::And => 4,
        Mnemonic::Inc => return ONE.first()?.get(by_width).copied(),
        Mnemonic::Dec => return ONE.get(1)?.get(by_width).copied(),
        _ => return None,
    };
    TWO.get(row)?.get(by_width)?.get(form(i)?).copied()
}

/// Makes `last`, of instruction `first`, one operation with the branch, if that can be.
pub(crate) fn fuse(first: &Instruction, last: &mut Op, branch: &Instruction, op: &Op) -> bool {
    if last.memory != NOWHERE {
        return false;
    }
    let row = ROWS[usize::from(condition(branch.condition_code()) & 15)];
    let Some(run) = handler(first).filter(|_| row != 0) else { return false };
    (last.run, last.row) = (run, row);
    last.disp = op.imm;
    last.len += op.len;
    last.fused = 1;
    true
}
