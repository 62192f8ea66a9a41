//! The stack (SDM volume 2): `push pop pusha popa pushf popf enter leave`.
//!
//! The stack pointer changes last, so an instruction that faults has no effect.

use super::alu::width_index;
use crate::machine::soft::core::cpu::{BP, Cpu, SP};
use crate::machine::soft::core::flags::{self, cut, cut_by};
use crate::machine::soft::core::op::{
    Flow, Handler, Op, OperandKind, Stop, operand_kind, segment_number,
};
use crate::machine::soft::core::segment::SS;
use crate::machine::state::registers::RSP;
use iced_x86::{Instruction, Mnemonic};

impl Cpu<'_> {
    /// Pushes a word.
    #[inline(always)]
    pub(crate) fn push<const BITS: u32>(&mut self, value: u64) -> Flow {
        let old = self.r[RSP];
        let new = old.wrapping_sub(u64::from(BITS / 8)) & self.stack_mask;
        self.write::<BITS>(SS, new, value)?;
        self.r[RSP] = old & !self.stack_mask | new;
        Ok(())
    }

    /// Takes a word.
    #[inline(always)]
    pub(crate) fn pop<const BITS: u32>(&mut self) -> Result<u64, Stop> {
        let old = self.r[RSP];
        let value = self.read::<BITS>(SS, old & self.stack_mask)?;
        let new = old.wrapping_add(u64::from(BITS / 8)) & self.stack_mask;
        self.r[RSP] = old & !self.stack_mask | new;
        Ok(value)
    }

    /// Pushes a word of a width that is known only when it runs.
    pub(crate) fn push_by(&mut self, bits: u8, value: u64) -> Flow {
        match bits {
            16 => self.push::<16>(value),
            32 => self.push::<32>(value),
            _ => self.push::<64>(value),
        }
    }

    /// Takes a word of a width that is known only when it runs.
    pub(crate) fn pop_by(&mut self, bits: u8) -> Result<u64, Stop> {
        match bits {
            16 => self.pop::<16>(),
            32 => self.pop::<32>(),
            _ => self.pop::<64>(),
        }
    }

    /// Sets the flags as an instruction of the current ring may, `bits` of them.
    pub(crate) fn change_flags(&mut self, value: u64, bits: u8) {
        let mut allowed =
            flags::ARITHMETIC | flags::TF | flags::DF | flags::NT | flags::AC | flags::ID;
        if self.cpl <= self.iopl() {
            allowed |= flags::IF;
        }
        if self.cpl == 0 {
            allowed |= flags::IOPL;
        }
        let allowed = cut_by(allowed, bits);
        let kept = self.flags() & !flags::RF;
        self.set_flags(kept & !allowed | value & allowed);
    }
}

fn push_register<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.push::<BITS>(cpu.get::<BITS>(op.dst))
}

fn push_immediate<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.push::<BITS>(cut::<BITS>(op.imm))
}

fn push_memory<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let value = cpu.load::<BITS>(op)?;
    cpu.push::<BITS>(value)
}

fn pop_register<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let value = cpu.pop::<BITS>()?;
    cpu.set::<BITS>(op.dst, value);
    Ok(())
}

/// An address with `rsp` in it is computed with what `rsp` is afterwards.
fn pop_memory<const BITS: u32>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let before = cpu.r[RSP];
    let value = cpu.pop::<BITS>()?;
    let stored = cpu.store::<BITS>(op, value);
    if stored.is_err() {
        cpu.r[RSP] = before;
    }
    stored
}

/// The handlers by width: push of register, immediate, memory; pop to register, memory.
static STACK: [[Handler; 5]; 3] = [
    [
        push_register::<16>,
        push_immediate::<16>,
        push_memory::<16>,
        pop_register::<16>,
        pop_memory::<16>,
    ],
    [
        push_register::<32>,
        push_immediate::<32>,
        push_memory::<32>,
        pop_register::<32>,
        pop_memory::<32>,
    ],
    [
        push_register::<64>,
        push_immediate::<64>,
        push_memory::<64>,
        pop_register::<64>,
        pop_memory::<64>,
    ],
];

/// Of 32 bits that are reserved only 16 are written.
fn push_segment(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let selector = crate::machine::soft::core::segment::of(&cpu.system, op.seg).selector.into();
    if op.width != 32 {
        return cpu.push_by(op.width, selector);
    }
    let new = cpu.stack_pointer().wrapping_sub(u64::from(op.width / 8)) & cpu.stack_mask;
    cpu.write::<16>(SS, new, selector)?;
    cpu.set_stack_pointer(new);
    Ok(())
}

fn pop_segment(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let before = cpu.r[RSP];
    // Only 16 bits are read.
    let value = cpu.read::<16>(SS, cpu.stack_pointer())?;
    // The width of the stack pointer is that of the old stack segment.
    let new = cpu.stack_pointer().wrapping_add(u64::from(op.width / 8)) & cpu.stack_mask;
    let after = before & !cpu.stack_mask | new;
    cpu.load_segment(op.seg, value as u16)?;
    cpu.r[RSP] = after;
    cpu.shadow = op.seg == SS;
    Err(Stop::Next)
}

fn push_all(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let before = cpu.r[RSP];
    for code in 0..8 {
        let value = if code == SP { before } else { cpu.r[usize::from(code)] };
        if let Err(stop) = cpu.push_by(op.width, cut_by(value, op.width)) {
            cpu.r[RSP] = before;
            return Err(stop);
        }
    }
    Ok(())
}

/// What was pushed for `sp` is passed over. A fault leaves what was taken before it: with the old
/// stack pointer the instruction can be run again.
fn pop_all(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let before = cpu.r[RSP];
    for code in (0..8).rev() {
        match cpu.pop_by(op.width) {
            Ok(value) if code != SP => cpu.set_by(code, op.width, value),
            Ok(_) => {}
            Err(stop) => {
                cpu.r[RSP] = before;
                return Err(stop);
            }
        }
    }
    Ok(())
}

fn push_flags(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.sensitive()?;
    let value = cpu.flags() & !(flags::RF | flags::VM);
    cpu.push_by(op.width, cut_by(value, op.width))
}

fn pop_flags(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.sensitive()?;
    let value = cpu.pop_by(op.width)?;
    cpu.change_flags(value, op.width);
    Err(Stop::Next)
}

/// `imm` is the size, `kind` the nesting level (SDM volume 2, ENTER).
fn enter(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let (bits, before, frame_before) = (op.width, cpu.r[RSP], cpu.r[usize::from(BP)]);
    let mut run = || {
        cpu.push_by(bits, cut_by(frame_before, bits))?;
        let frame = cpu.r[RSP];
        if op.kind > 0 {
            let mut outer = frame_before;
            for _ in 1..op.kind {
                outer = outer.wrapping_sub(u64::from(bits / 8));
                let value = cpu.read_by(SS, outer & cpu.stack_mask, bits)?;
                cpu.push_by(bits, value)?;
            }
            cpu.push_by(bits, cut_by(frame, bits))?;
        }
        let top = cpu.stack_pointer().wrapping_sub(op.imm) & cpu.stack_mask;
        // The new top must be memory that can be written.
        cpu.prepare(SS, top, u32::from(bits / 8))?;
        cpu.set_stack_pointer(top);
        cpu.set_by(BP, bits, frame);
        Ok(())
    };
    let result = run();
    if result.is_err() {
        cpu.r[RSP] = before;
    }
    result
}

fn leave<const BITS: u32>(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    let frame = cpu.r[usize::from(BP)] & cpu.stack_mask;
    let value = cpu.read::<BITS>(SS, frame)?;
    cpu.set_stack_pointer(frame.wrapping_add(u64::from(BITS / 8)));
    cpu.set::<BITS>(BP, value);
    Ok(())
}

/// Bits that the instruction pushes or takes at a time.
pub(crate) fn word(i: &Instruction) -> u8 {
    (i.stack_pointer_increment().unsigned_abs() * 8).min(64) as u8
}

/// The handlers of this file.
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let is_segment =
        operand_kind(i, 0) == OperandKind::Register && i.op_register(0).is_segment_register();
    let by_width = |op: &Op, form: usize| -> Option<Handler> {
        STACK.get(width_index(op.width).checked_sub(1)?)?.get(form).copied()
    };
    let (width, run): (u8, Handler) = match i.mnemonic() {
        Mnemonic::Push | Mnemonic::Pop => {
            op.width = word(i);
            let is_pop = i.mnemonic() == Mnemonic::Pop;
            if is_segment {
                op.seg = segment_number(i.op_register(0));
                return Some(if is_pop { pop_segment } else { push_segment });
            }
            let form = match (is_pop, operand_kind(i, 0)) {
                (false, OperandKind::Register) => 0,
                (false, OperandKind::Immediate) => 1,
                (false, _) => 2,
                (true, OperandKind::Register) => 3,
                (true, _) => 4,
            };
            return by_width(op, form);
        }
        Mnemonic::Pusha => (16, push_all),
        Mnemonic::Pushad => (32, push_all),
        Mnemonic::Popa => (16, pop_all),
        Mnemonic::Popad => (32, pop_all),
        Mnemonic::Pushf => (16, push_flags),
        Mnemonic::Pushfd => (32, push_flags),
        Mnemonic::Pushfq => (64, push_flags),
        Mnemonic::Popf => (16, pop_flags),
        Mnemonic::Popfd => (32, pop_flags),
        Mnemonic::Popfq => (64, pop_flags),
        Mnemonic::Enter => {
            op.imm = u64::from(i.immediate16());
            op.kind = i.immediate8_2nd() & 31;
            (enter_width(i), enter)
        }
        Mnemonic::Leave => match i.stack_pointer_increment() {
            _ if i.code() == iced_x86::Code::Leavew => (16, leave::<16>),
            _ if i.code() == iced_x86::Code::Leaved => (32, leave::<32>),
            _ => (64, leave::<64>),
        },
        _ => return None,
    };
    op.width = width;
    Some(run)
}

fn enter_width(i: &Instruction) -> u8 {
    match i.code() {
        iced_x86::Code::Enterw_imm16_imm8 => 16,
        iced_x86::Code::Enterd_imm16_imm8 => 32,
        _ => 64,
    }
}
