//! Near branches (SDM volume 2): `jmp jcc call ret loop jcxz`.
//!
//! The instruction pointer is set to the end of a block when the block starts, so a branch that is
//! not taken does nothing.

use super::moves::condition;
use super::stack::word;
use crate::machine::soft::core::cpu::{CX, Cpu};
use crate::machine::soft::core::flags::{cut, cut_by};
use crate::machine::soft::core::op::{Flow, Handler, Op, OperandKind, operand_kind};
use crate::machine::state::registers::RSP;
use iced_x86::{Instruction, Mnemonic, OpKind};

fn jump(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.jump(op.imm)
}

fn jump_if<const CODE: u8>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    if cpu.condition(CODE) { cpu.jump(op.imm) } else { Ok(()) }
}

/// The handlers by condition.
static JUMP_IF: [Handler; 16] = [
    jump_if::<0>,
    jump_if::<1>,
    jump_if::<2>,
    jump_if::<3>,
    jump_if::<4>,
    jump_if::<5>,
    jump_if::<6>,
    jump_if::<7>,
    jump_if::<8>,
    jump_if::<9>,
    jump_if::<10>,
    jump_if::<11>,
    jump_if::<12>,
    jump_if::<13>,
    jump_if::<14>,
    jump_if::<15>,
];

fn jump_register<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.jump(cpu.get::<BITS>(op.dst))
}

fn jump_memory<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let target = cpu.load::<BITS>(op)?;
    cpu.jump(target)
}

/// The return address is pushed before the target is checked, as processors do.
#[inline(always)]
fn call_to<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op, target: u64) -> Flow {
    let before = cpu.r[RSP];
    cpu.push::<BITS>(cut::<BITS>(cpu.next_ip(op)))?;
    let jumped = cpu.jump(target);
    if jumped.is_err() {
        cpu.r[RSP] = before;
    }
    jumped
}

fn call<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    call_to::<BITS>(cpu, op, op.imm)
}

fn call_register<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    call_to::<BITS>(cpu, op, cpu.get::<BITS>(op.dst))
}

fn call_memory<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let target = cpu.load::<BITS>(op)?;
    call_to::<BITS>(cpu, op, target)
}

/// `imm` bytes are dropped from the stack.
fn ret<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let target = cpu.read::<BITS>(crate::machine::soft::core::segment::SS, cpu.stack_pointer())?;
    cpu.jump(target)?;
    let new = cpu.stack_pointer().wrapping_add(u64::from(BITS / 8)).wrapping_add(op.imm);
    cpu.set_stack_pointer(new);
    Ok(())
}

/// The handlers by width: direct call, through a register, through memory; jumps through a
/// register, through memory; return.
static BY_WIDTH: [[Handler; 6]; 3] = [
    [
        call::<16>,
        call_register::<16>,
        call_memory::<16>,
        jump_register::<16>,
        jump_memory::<16>,
        ret::<16>,
    ],
    [
        call::<32>,
        call_register::<32>,
        call_memory::<32>,
        jump_register::<32>,
        jump_memory::<32>,
        ret::<32>,
    ],
    [
        call::<64>,
        call_register::<64>,
        call_memory::<64>,
        jump_register::<64>,
        jump_memory::<64>,
        ret::<64>,
    ],
];

/// `loop`, `loope`, `loopne`: `kind` is 0, 1, 2; `width` is that of the counter.
fn loop_while(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let left = cut_by(cpu.r[usize::from(CX)].wrapping_sub(1), op.width);
    let goes_on = match op.kind {
        0 => true,
        1 => cpu.zero(),
        _ => !cpu.zero(),
    };
    if left != 0 && goes_on {
        cpu.jump(op.imm)?;
    }
    cpu.set_by(CX, op.width, left);
    Ok(())
}

fn jump_if_counter_is_0(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    if cpu.get_by(CX, op.width) == 0 { cpu.jump(op.imm) } else { Ok(()) }
}

/// Width of the counter: `cx`, `ecx` or `rcx`.
fn counter(i: &Instruction) -> u8 {
    use iced_x86::Code;
    match i.code() {
        Code::Loop_rel8_16_CX
        | Code::Loop_rel8_32_CX
        | Code::Loope_rel8_16_CX
        | Code::Loope_rel8_32_CX
        | Code::Loopne_rel8_16_CX
        | Code::Loopne_rel8_32_CX => 16,
        Code::Loop_rel8_16_RCX
        | Code::Loop_rel8_64_RCX
        | Code::Loope_rel8_16_RCX
        | Code::Loope_rel8_64_RCX
        | Code::Loopne_rel8_16_RCX
        | Code::Loopne_rel8_64_RCX => 64,
        _ => match i.mnemonic() {
            Mnemonic::Jcxz => 16,
            Mnemonic::Jrcxz => 64,
            _ => 32,
        },
    }
}

/// The handlers of this file.
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let is_near =
        matches!(i.op0_kind(), OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64);
    if is_near {
        op.imm = i.near_branch_target();
    }
    if i.is_jcc_short_or_near() {
        return JUMP_IF.get(usize::from(condition(i.condition_code()))).copied();
    }
    let is_memory = operand_kind(i, 0) == OperandKind::Memory;
    if is_memory && i.memory_size().size() * 8 != usize::from(op.width) {
        return None;
    }
    let by_width = |bits: u8, form: usize| -> Option<Handler> {
        let width = super::alu::width_index(bits).checked_sub(1)?;
        BY_WIDTH.get(width)?.get(form).copied()
    };
    match i.mnemonic() {
        Mnemonic::Jmp if is_near => Some(jump),
        Mnemonic::Jmp if i.is_jmp_near_indirect() => {
            by_width(op.width, if is_memory { 4 } else { 3 })
        }
        Mnemonic::Call if is_near => by_width(word(i), 0),
        Mnemonic::Call if i.is_call_near_indirect() => {
            by_width(op.width, if is_memory { 2 } else { 1 })
        }
        Mnemonic::Ret => {
            let word = match i.stack_pointer_increment() - op.imm as i32 {
                2 => 16,
                4 => 32,
                _ => 64,
            };
            by_width(word, 5)
        }
        Mnemonic::Loop | Mnemonic::Loope | Mnemonic::Loopne => {
            op.kind = match i.mnemonic() {
                Mnemonic::Loop => 0,
                Mnemonic::Loope => 1,
                _ => 2,
            };
            op.width = counter(i);
            Some(loop_while)
        }
        Mnemonic::Jcxz | Mnemonic::Jecxz | Mnemonic::Jrcxz => {
            op.width = counter(i);
            Some(jump_if_counter_is_0)
        }
        _ => None,
    }
}
