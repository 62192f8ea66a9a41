//! Shifts of all elements by one count, an immediate or a register.
//!
//! Shifts by whole bytes are in `shuffle`.

use super::operand::describe;
use super::packed::{fill, high};
use super::table::{Row, find, row, row_of};
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::op::{Flow, Handler, Op, OperandKind, operand_kind};
use iced_x86::Instruction;
use iced_x86::Mnemonic as M;

#[derive(Clone, Copy)]
enum Kernel {
    Left,
    Right,
    Signed,
}

use Kernel as K;

static ROWS: [Row<Kernel>; 8] = [
    row(M::Psllw, M::Vpsllw, K::Left, 16),
    row(M::Pslld, M::Vpslld, K::Left, 32),
    row(M::Psllq, M::Vpsllq, K::Left, 64),
    row(M::Psrlw, M::Vpsrlw, K::Right, 16),
    row(M::Psrld, M::Vpsrld, K::Right, 32),
    row(M::Psrlq, M::Vpsrlq, K::Right, 64),
    row(M::Psraw, M::Vpsraw, K::Signed, 16),
    row(M::Psrad, M::Vpsrad, K::Signed, 32),
];

/// Shifts the elements whose highest bits are `high`; `by` is less than their bits.
fn word(kernel: Kernel, a: u64, by: u32, high: u64) -> u64 {
    let top = high.trailing_zeros();
    // The lowest bit of each element, times what one of them keeps.
    let ones = high >> top;
    let kept = ones * (u64::MAX >> (63 - top) >> by);
    match kernel {
        K::Left => (a & kept) << by,
        K::Right => a >> by & kept,
        K::Signed => a >> by & kept | fill(a & high, high) & !kept,
    }
}

fn shift(cpu: &mut Cpu<'_>, op: &Op, from: u8, by: u64) -> Flow {
    let row = row_of(&ROWS, op)?;
    let high = high(row.bits.into());
    let mut value = cpu.vector(op, from);
    let is_out = by >= row.bits.into();
    // All of it is the sign, where there is one, if the count is too great.
    let by = if is_out { u32::from(row.bits) - 1 } else { by as u32 };
    for a in value.0.iter_mut().take(usize::from(op.width / 8)) {
        *a = match row.kernel {
            K::Left | K::Right if is_out => 0,
            kernel => word(kernel, *a, by, high),
        };
    }
    cpu.put(op, &value);
    Ok(())
}

fn by_immediate(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    shift(cpu, op, op.third, op.imm & 0xFF)
}

fn by_vector(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let by = cpu.last(op)?;
    shift(cpu, op, op.src, by.0[0])
}

/// The handlers of this file.
pub(super) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    op.code = find(&ROWS, i)?;
    describe(i, op);
    let last = i.op_count().saturating_sub(1);
    Some(if operand_kind(i, last) == OperandKind::Immediate { by_immediate } else { by_vector })
}
