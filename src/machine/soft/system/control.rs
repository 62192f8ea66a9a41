//! Control, debug and segment registers, and the descriptor tables (SDM volume 2): `mov` to and
//! from them, `lgdt` and its like, `lldt ltr`, `lmsw smsw clts invlpg`, `lar lsl verr verw arpl`.

use crate::image::Bits;
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::debug::{DR6_BD, DR6_FIXED, DR7_FIXED, DR7_GD};
use crate::machine::soft::core::exception::{DB, GP, NP};
use crate::machine::soft::core::flags::{self, ZF};
use crate::machine::soft::core::op::{
    Flow, Handler, Op, OperandKind, Stop, operand_kind, segment_number,
};
use crate::machine::soft::core::segment::{self, CONFORMING_OR_DOWN, SS, index, is_null};
use crate::machine::soft::core::{access, exception};
use crate::machine::state::registers::{
    CR0_AM, CR0_CD, CR0_EM, CR0_ET, CR0_MP, CR0_NE, CR0_NW, CR0_PE, CR0_PG, CR0_TS, CR0_WP, CR4_DE,
    CR4_FSGSBASE, CR4_OSFXSR, CR4_OSXMMEXCPT, CR4_OSXSAVE, CR4_PAE, CR4_PCE, CR4_PGE, CR4_PSE,
    CR4_TSD, CR4_UMIP, EFER_LMA, EFER_LME, Table,
};
use iced_x86::{Instruction, Mnemonic, Register};

/// The bits of CR0 that exist.
const CR0: u64 = CR0_PE
    | CR0_MP
    | CR0_EM
    | CR0_TS
    | CR0_ET
    | CR0_NE
    | CR0_WP
    | CR0_AM
    | CR0_NW
    | CR0_CD
    | CR0_PG;
/// The bits of CR4 that may be set.
const CR4: u64 = CR4_TSD
    | CR4_DE
    | CR4_PSE
    | CR4_PAE
    | CR4_PGE
    | CR4_PCE
    | CR4_OSFXSR
    | CR4_OSXMMEXCPT
    | CR4_UMIP
    | CR4_FSGSBASE
    | CR4_OSXSAVE;

impl Cpu<'_> {
    /// Memory may be elsewhere now: nothing that is known about it counts any more.
    pub(crate) fn remapped(&mut self) {
        self.tlb.flush();
        self.new_epoch();
    }

    /// Sets CR0 (SDM volume 3, 2.5).
    fn set_cr0(&mut self, value: u64) -> Flow {
        let old = self.system.cr0;
        let has = |bit| value & bit != 0;
        let is_wrong =
            value >> 32 != 0 || (has(CR0_PG) && !has(CR0_PE)) || (has(CR0_NW) && !has(CR0_CD));
        if is_wrong {
            return Err(self.protection());
        }
        if has(CR0_PG) && old & CR0_PG == 0 && self.system.efer & EFER_LME != 0 {
            // A task state of 16 bits (types 1 and 3) has no meaning in long mode.
            let has_small_task = self.system.tr.present && self.system.tr.kind & 8 == 0;
            if self.system.cr4 & CR4_PAE == 0 || self.system.cs.long || has_small_task {
                return Err(self.protection());
            }
            self.system.efer |= EFER_LMA;
        }
        if !has(CR0_PG) && old & CR0_PG != 0 {
            if self.bits == Bits::Bits64 {
                return Err(self.protection());
            }
            self.system.efer &= !EFER_LMA;
        }
        if !has(CR0_PE) || old & CR0_PE == 0 {
            self.system.ss.dpl = 0;
        }
        self.system.cr0 = value & CR0 | CR0_ET;
        if (old ^ value) & (CR0_PG | CR0_CD | CR0_NW) != 0
            && let Err(stop) = self.load_directory_pointers()
        {
            self.system.cr0 = old;
            return Err(stop);
        }
        self.remapped();
        self.mode_changed();
        Ok(())
    }

    fn set_cr4(&mut self, value: u64) -> Flow {
        let drops_pae = value & CR4_PAE == 0 && self.is_long();
        if value & !CR4 != 0 || drops_pae {
            return Err(self.protection());
        }
        let old = std::mem::replace(&mut self.system.cr4, value);
        if let Err(stop) = self.load_directory_pointers() {
            self.system.cr4 = old;
            return Err(stop);
        }
        self.remapped();
        Ok(())
    }
}

/// Control registers are read and written in the width of the mode.
fn from_control(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.privileged()?;
    let value = match op.src {
        0 => cpu.system.cr0,
        2 => cpu.system.cr2,
        3 => cpu.system.cr3,
        4 => cpu.system.cr4,
        8 => cpu.msr.task_priority,
        _ => return Err(cpu.undefined()),
    };
    cpu.set_by(op.dst, op.width, value);
    Ok(())
}

fn to_control(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.privileged()?;
    let value = cpu.get_by(op.src, op.width);
    match op.dst {
        0 => cpu.set_cr0(value)?,
        2 => cpu.system.cr2 = value,
        3 => {
            if cpu.is_long() && value >> 52 != 0 {
                return Err(cpu.protection());
            }
            let old = std::mem::replace(&mut cpu.system.cr3, value);
            if let Err(stop) = cpu.load_directory_pointers() {
                cpu.system.cr3 = old;
                return Err(stop);
            }
            cpu.remapped();
        }
        4 => cpu.set_cr4(value)?,
        8 if value >> 4 == 0 => cpu.msr.task_priority = value,
        8 => return Err(cpu.protection()),
        _ => return Err(cpu.undefined()),
    }
    Err(Stop::Next)
}

/// The number of a debug register: 4 and 5 are 6 and 7 unless CR4.DE is set.
fn debug_number(cpu: &mut Cpu<'_>, number: u8) -> Result<usize, Stop> {
    if number > 7 {
        return Err(cpu.undefined());
    }
    cpu.privileged()?;
    if matches!(number, 4 | 5) && cpu.system.cr4 & CR4_DE != 0 {
        return Err(cpu.undefined());
    }
    if cpu.debug[7] & DR7_GD != 0 {
        cpu.debug[6] |= DR6_BD;
        return Err(cpu.raise(DB));
    }
    Ok(usize::from(if matches!(number, 4 | 5) { number + 2 } else { number }))
}

fn from_debug(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let number = debug_number(cpu, op.src)?;
    let value = cpu.debug.get(number).copied().unwrap_or(0);
    cpu.set_by(op.dst, op.width, value);
    Ok(())
}

fn to_debug(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let number = debug_number(cpu, op.dst)?;
    let value = cpu.get_by(op.src, op.width);
    if number >= 6 && value >> 32 != 0 {
        return Err(cpu.protection());
    }
    let value = match number {
        6 => value & 0xE00F | DR6_FIXED,
        7 => value & 0xFFFF_2BFF | DR7_FIXED,
        _ => value,
    };
    if let Some(register) = cpu.debug.get_mut(number) {
        *register = value;
    }
    cpu.shadow = false;
    cpu.flags_changed();
    Err(Stop::Next)
}

/// To a general register, a selector is extended with zeros; to memory go 16 bits.
fn from_segment(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let selector = u64::from(segment::of(&cpu.system, op.src).selector);
    if op.memory == 0 {
        return cpu.store::<16>(op, selector);
    }
    cpu.set_by(op.dst, op.width, selector);
    Ok(())
}

fn to_segment(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    if op.dst == segment::CS {
        return Err(cpu.undefined());
    }
    let selector = cpu.operand(op, 1, op.src, 16)?;
    cpu.load_segment(op.dst, selector as u16)?;
    cpu.shadow = op.dst == SS;
    if op.dst == SS { Err(Stop::Next) } else { Ok(()) }
}

/// `lgdt`, `lidt`: `kind` is 1 for the second; `width` is that of the address.
fn load_table(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.privileged()?;
    let at = cpu.offset(op);
    let limit = cpu.read::<16>(op.seg, at)?;
    let bits = if op.width == 64 { 64 } else { 32 };
    let base = cpu.read_by(op.seg, at.wrapping_add(2), bits)?;
    let base = if op.width == 16 { base & 0xFF_FFFF } else { base };
    if op.width == 64 && !access::is_canonical(base) {
        return Err(cpu.protection());
    }
    let table = Table { base, limit: limit as u16 };
    if op.kind == 0 {
        cpu.system.gdt = table;
    } else {
        cpu.system.idt = table;
    }
    Ok(())
}

/// #GP where CR4.UMIP keeps ring 3 from looking at tables.
fn may_look(cpu: &mut Cpu<'_>) -> Flow {
    if cpu.system.cr4 & CR4_UMIP != 0 { cpu.privileged() } else { Ok(()) }
}

/// `sgdt`, `sidt`.
fn store_table(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    may_look(cpu)?;
    let table = if op.kind == 0 { cpu.system.gdt } else { cpu.system.idt };
    let at = cpu.offset(op);
    let bits = if op.width == 64 { 64 } else { 32 };
    let base = cpu.slot_by(op.seg, at.wrapping_add(2), bits)?;
    cpu.write::<16>(op.seg, at, table.limit.into())?;
    cpu.slot_write_by(base, bits, table.base)
}

/// `lldt`, `ltr`: `kind` is 1 for the second.
fn load_system_segment(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    if !cpu.is_protected() {
        return Err(cpu.undefined());
    }
    cpu.privileged()?;
    let selector = cpu.operand(op, 0, op.dst, 16)? as u16;
    let is_task = op.kind == 1;
    if is_null(selector) {
        if is_task {
            return Err(cpu.protection());
        }
        cpu.system.ldt =
            crate::machine::state::registers::Segment { selector, kind: 2, ..Default::default() };
        return Ok(());
    }
    if selector & 4 != 0 {
        return Err(cpu.raise_with(GP, index(selector)));
    }
    let mut segment = cpu.system_descriptor(selector, GP)?;
    let fits = if is_task {
        segment.kind == 9 || (segment.kind == 1 && !cpu.is_long())
    } else {
        segment.kind == 2
    };
    if segment.code_or_data || !fits {
        return Err(cpu.raise_with(GP, index(selector)));
    }
    if !segment.present {
        return Err(cpu.raise_with(NP, index(selector)));
    }
    if !is_task {
        cpu.system.ldt = segment;
        return Ok(());
    }
    // The task is busy now, in memory too.
    let at = cpu.descriptor_address(selector, 8, GP)?.wrapping_add(5);
    let byte = cpu.read_as(at, 1, false)?;
    cpu.write_as(at, 1, byte | 2, false)?;
    segment.kind |= 2;
    cpu.system.tr = segment;
    Ok(())
}

/// `sldt`, `str`, `smsw`: `kind` is 0, 1, 2. To memory go 16 bits.
fn store_system_word(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    if op.kind != 2 && !cpu.is_protected() {
        return Err(cpu.undefined());
    }
    may_look(cpu)?;
    let value = match op.kind {
        0 => cpu.system.ldt.selector.into(),
        1 => cpu.system.tr.selector.into(),
        _ => cpu.system.cr0,
    };
    if op.memory == 0 {
        return cpu.store::<16>(op, value);
    }
    cpu.set_by(op.dst, op.width, value);
    Ok(())
}

/// PE can be set, but not cleared.
fn lmsw(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.privileged()?;
    let value = cpu.operand(op, 0, op.dst, 16)?;
    let old = cpu.system.cr0;
    cpu.set_cr0(old & !0xE | value & 0xF)?;
    Err(Stop::Next)
}

fn clts(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    cpu.privileged()?;
    cpu.system.cr0 &= !CR0_TS;
    Ok(())
}

fn invlpg(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.privileged()?;
    let offset = cpu.offset(op);
    let base = cpu.views[usize::from(op.seg & 7)].base;
    cpu.tlb.flush_page(base.wrapping_add(offset) & cpu.linear_mask);
    cpu.new_epoch();
    Err(Stop::Next)
}

const LAR: u8 = 0;
const LSL: u8 = 1;
const VERR: u8 = 2;
const VERW: u8 = 3;

/// `lar`, `lsl`, `verr`, `verw`: what the current ring may know of a selector; ZF tells whether it
/// may.
fn ask_about_selector(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    if !cpu.is_protected() {
        return Err(cpu.undefined());
    }
    let n = u8::from(op.kind <= LSL);
    let code = if n == 0 { op.dst } else { op.src };
    let selector = cpu.operand(op, n, code, 16)? as u16;
    let answer = match answer(cpu, selector, op.kind) {
        Ok(answer) => Some(answer),
        Err(Stop::Fault) if cpu.fault.vector == GP => None,
        Err(stop) => return Err(stop),
    };
    if let Some(answer) = answer
        && op.kind <= LSL
    {
        cpu.set_by(op.dst, op.width, answer);
    }
    let others = cpu.arithmetic() & !ZF;
    cpu.set_arithmetic(others | if answer.is_some() { ZF } else { 0 });
    Ok(())
}

fn answer(cpu: &mut Cpu<'_>, selector: u16, kind: u8) -> Result<u64, Stop> {
    if is_null(selector) {
        return Err(cpu.protection());
    }
    let address = cpu.descriptor_address(selector, 8, GP)?;
    let descriptor = cpu.read_as(address, 8, false)?;
    let segment = segment::parse(descriptor, selector);
    let conforming = segment.is_code() && segment.kind & CONFORMING_OR_DOWN != 0;
    let level = cpu.cpl.max((selector & 3) as u8);
    let is_code = segment.is_code();
    let second = segment.kind & segment::READ_OR_WRITE != 0;
    let known = match (segment.code_or_data, kind) {
        (true, LAR | LSL) => true,
        (true, VERR) => !is_code || second,
        (true, _) => !is_code && second,
        // Task states and local tables have limits, gates have none.
        (false, LAR) if cpu.is_long() => matches!(segment.kind, 2 | 9 | 11 | 12),
        (false, LAR) => matches!(segment.kind, 1..=5 | 9 | 11 | 12),
        (false, LSL) if cpu.is_long() => matches!(segment.kind, 2 | 9 | 11),
        (false, LSL) => matches!(segment.kind, 1 | 2 | 3 | 9 | 11),
        _ => false,
    };
    if !known || (!conforming && segment.dpl < level) {
        return Err(cpu.protection());
    }
    Ok(if kind == LAR { descriptor >> 32 & 0x00FF_FF00 } else { segment.limit.into() })
}

fn arpl(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    if !cpu.is_protected() {
        return Err(cpu.undefined());
    }
    // Memory that is left alone need not be writable.
    let (old, level) = (cpu.operand(op, 0, op.dst, 16)?, cpu.get::<16>(op.src) & 3);
    let raises = old & 3 < level;
    if raises {
        let target = cpu.target(op, 16)?;
        cpu.target_write(target, 16, old & !3 | level)?;
    }
    let others = cpu.arithmetic() & !ZF;
    cpu.set_arithmetic(others | if raises { ZF } else { 0 });
    Ok(())
}

/// `cli`, `sti`: `kind` is 1 for the second.
fn set_interrupt_flag(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    if cpu.cpl > cpu.iopl() {
        return Err(cpu.raise_with(exception::GP, 0));
    }
    if op.kind == 1 {
        cpu.other_flags |= flags::IF;
    } else {
        cpu.other_flags &= !flags::IF;
    }
    Ok(())
}

/// The handlers of this file.
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let in_16 = if i.memory_size().size() == 10 { 64 } else { 32 };
    let (kind, run): (u8, Handler) = match i.mnemonic() {
        Mnemonic::Mov => return move_handler(i, op),
        Mnemonic::Lgdt => (0, load_table),
        Mnemonic::Lidt => (1, load_table),
        Mnemonic::Sgdt => (0, store_table),
        Mnemonic::Sidt => (1, store_table),
        Mnemonic::Lldt => (0, load_system_segment),
        Mnemonic::Ltr => (1, load_system_segment),
        Mnemonic::Sldt => (0, store_system_word),
        Mnemonic::Str => (1, store_system_word),
        Mnemonic::Smsw => (2, store_system_word),
        Mnemonic::Lmsw => (0, lmsw),
        Mnemonic::Clts => (0, clts),
        Mnemonic::Invlpg => (0, invlpg),
        Mnemonic::Lar => (LAR, ask_about_selector),
        Mnemonic::Lsl => (LSL, ask_about_selector),
        Mnemonic::Verr => (VERR, ask_about_selector),
        Mnemonic::Verw => (VERW, ask_about_selector),
        Mnemonic::Arpl => (0, arpl),
        Mnemonic::Cli => (0, set_interrupt_flag),
        Mnemonic::Sti => (1, set_interrupt_flag),
        _ => return None,
    };
    op.kind = kind;
    use iced_x86::Code;
    if matches!(i.mnemonic(), Mnemonic::Lgdt | Mnemonic::Lidt | Mnemonic::Sgdt | Mnemonic::Sidt) {
        let is_16 = matches!(
            i.code(),
            Code::Lgdt_m1632_16 | Code::Lidt_m1632_16 | Code::Sgdt_m1632_16 | Code::Sidt_m1632_16
        );
        op.width = if is_16 { 16 } else { in_16 };
    }
    Some(run)
}

fn move_handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let of = |n| {
        if operand_kind(i, n) == OperandKind::Register { i.op_register(n) } else { Register::None }
    };
    let (to, from) = (of(0), of(1));
    if to.is_segment_register() {
        op.dst = segment_number(to);
        return Some(to_segment);
    }
    if from.is_segment_register() {
        op.src = segment_number(from);
        return Some(from_segment);
    }
    let run: Handler = match (to.is_cr(), to.is_dr(), from.is_cr(), from.is_dr()) {
        (true, ..) => to_control,
        (_, true, ..) => to_debug,
        (_, _, true, _) => from_control,
        (_, _, _, true) => from_debug,
        _ => return None,
    };
    op.width = if to.is_gpr() { to.size() * 8 } else { from.size() * 8 } as u8;
    Some(run)
}
