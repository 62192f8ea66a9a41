//! Far transfers (SDM volume 3, 5.8): `jmp`, `call` and `ret` to another segment, also through call
//! gates. Transfers to another task are in `task`.

use super::interrupt::Stack;
use super::iret::iret;
use super::task::Switch;
use crate::image::Bits;
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::exception::{GP, NP};
use crate::machine::soft::core::flags::cut_by;
use crate::machine::soft::core::op::{Flow, Handler, Op, OperandKind, Stop, operand_kind};
use crate::machine::soft::core::segment::{CONFORMING_OR_DOWN, index, is_null};
use crate::machine::state::registers::{RSP, Segment};
use iced_x86::{Code, Instruction, Mnemonic, OpKind};

/// Where a far pointer leads.
#[derive(Clone, Copy, Debug)]
struct Target {
    selector: u16,
    offset: u64,
}

/// The far pointer of the instruction, in it (`imm`, `disp`) or in memory.
fn pointer(cpu: &mut Cpu<'_>, op: &Op) -> Result<Target, Stop> {
    if op.memory != 0 {
        return Ok(Target { selector: op.disp as u16, offset: op.imm });
    }
    let at = cpu.offset(op);
    let offset = cpu.read_by(op.seg, at, op.width)?;
    let behind = cut_by(at.wrapping_add(u64::from(op.width / 8)), 64 - op.narrow);
    let selector = cpu.read::<16>(op.seg, behind)?;
    Ok(Target { selector: selector as u16, offset })
}

/// Runs a transfer; if it faults, all is as before.
fn transfer(
    cpu: &mut Cpu<'_>,
    op: &Op,
    run: impl FnOnce(&mut Cpu<'_>, &Op, Target) -> Flow,
) -> Flow {
    let target = pointer(cpu, op)?;
    undoing(cpu, |cpu| run(cpu, op, target))
}

/// Does a transfer; one that fails leaves the stack pointer and the segments as they were, unless
/// it fails in another task.
pub(crate) fn undoing(cpu: &mut Cpu<'_>, run: impl FnOnce(&mut Cpu<'_>) -> Flow) -> Flow {
    let before = (cpu.r[RSP], cpu.system);
    match run(cpu) {
        Ok(()) => {
            cpu.switched = false;
            Err(Stop::Leave)
        }
        Err(Stop::Fault) if std::mem::take(&mut cpu.switched) => {
            let delivery = cpu.deliver_fault(cpu.ip);
            cpu.delivered(delivery)
        }
        Err(stop) => {
            cpu.r[RSP] = before.0;
            let cr2 = cpu.system.cr2;
            cpu.system = before.1;
            cpu.system.cr2 = cr2;
            cpu.mode_changed();
            Err(stop)
        }
    }
}

fn jump(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    transfer(cpu, op, |cpu, op, target| {
        if !cpu.is_protected() {
            return real(cpu, target);
        }
        if let Some(task) = cpu.task_target(target.selector)? {
            return cpu.switch_task(task, Switch::Jump, cpu.next_ip(op));
        }
        let found = cpu.far_target(target, false)?;
        enter(cpu, found.segment, found.offset(op), cpu.cpl)
    })
}

fn call(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    transfer(cpu, op, |cpu, op, target| {
        let (selector, behind) = (cpu.system.cs.selector, cpu.next_ip(op));
        if !cpu.is_protected() {
            check_limit(cpu, target)?;
            cpu.push_by(op.width, selector.into())?;
            cpu.push_by(op.width, cut_by(behind, op.width))?;
            return real(cpu, target);
        }
        if let Some(task) = cpu.task_target(target.selector)? {
            return cpu.switch_task(task, Switch::Nest, behind);
        }
        let found = cpu.far_target(target, true)?;
        let bits = if found.is_gate { found.bits } else { op.width };
        if found.is_gate && found.cpl < cpu.cpl {
            return call_inner(cpu, &found, selector, behind);
        }
        if found.is_gate {
            // Silicon pushes before it looks where a far pointer leads.
            cpu.return_to(found.segment, found.offset(op))?;
        }
        let mut stack = current(cpu);
        // The stack is already that of the code which is called.
        stack.is_64 = cpu.is_long() && found.segment.long;
        cpu.push_on(&mut stack, bits, selector.into())?;
        cpu.push_on(&mut stack, bits, behind)?;
        enter(cpu, found.segment, found.offset(op), cpu.cpl)?;
        cpu.r[RSP] = stack.pointer;
        Ok(())
    })
}

fn current(cpu: &Cpu<'_>) -> Stack {
    let (segment, pointer) = (cpu.system.ss, cpu.r[RSP]);
    Stack { segment, pointer, cpl: cpu.cpl, is_64: cpu.bits == Bits::Bits64, code: 0 }
}

/// Through a call gate to an inner ring: a new stack, with the parameters copied.
fn call_inner(cpu: &mut Cpu<'_>, found: &Found, selector: u16, behind: u64) -> Flow {
    let (old_stack, old_pointer) = (cpu.system.ss, cpu.r[RSP]);
    let mut stack = if cpu.is_long() {
        let pointer = cpu.task_word(4 + 8 * u64::from(found.cpl))?;
        let null = Segment { selector: found.cpl.into(), dpl: found.cpl, ..Segment::default() };
        Stack { segment: null, pointer, cpl: found.cpl, is_64: true, code: 0 }
    } else {
        cpu.inner_stack(found.cpl)?
    };
    cpu.return_to(found.segment, found.offset)?;
    cpu.push_on(&mut stack, found.bits, old_stack.selector.into())?;
    cpu.push_on(&mut stack, found.bits, old_pointer)?;
    let bytes = u64::from(found.bits / 8);
    for n in (0..u64::from(found.parameters)).rev() {
        let at = old_pointer.wrapping_add(n * bytes) & cpu.stack_mask;
        let value = cpu.read_by(crate::machine::soft::core::segment::SS, at, found.bits)?;
        cpu.push_on(&mut stack, found.bits, value)?;
    }
    cpu.push_on(&mut stack, found.bits, selector.into())?;
    cpu.push_on(&mut stack, found.bits, behind)?;
    cpu.system.ss = stack.segment;
    enter(cpu, found.segment, found.offset, found.cpl)?;
    cpu.r[RSP] = stack.pointer;
    Ok(())
}

fn check_limit(cpu: &mut Cpu<'_>, target: Target) -> Flow {
    if target.offset > u64::from(cpu.system.cs.limit) {
        return Err(cpu.protection());
    }
    Ok(())
}

fn real(cpu: &mut Cpu<'_>, target: Target) -> Flow {
    check_limit(cpu, target)?;
    cpu.real_code_segment(target.selector);
    cpu.ip = target.offset;
    Ok(())
}

/// Goes on in a code segment.
fn enter(cpu: &mut Cpu<'_>, segment: Segment, offset: u64, cpl: u8) -> Flow {
    cpu.return_to(segment, offset)?;
    cpu.set_code_segment(segment, cpl);
    cpu.ip = offset;
    Ok(())
}

/// What a far pointer leads to in protected mode.
struct Found {
    segment: Segment,
    offset: u64,
    is_gate: bool,
    bits: u8,
    parameters: u8,
    /// The privilege level that a gate leads to.
    cpl: u8,
}

impl Found {
    /// A gate has its own offset; else it is as wide as the operand.
    const fn offset(&self, op: &Op) -> u64 {
        if self.is_gate { self.offset } else { cut_by(self.offset, op.width) }
    }
}

impl Cpu<'_> {
    fn far_target(&mut self, target: Target, is_call: bool) -> Result<Found, Stop> {
        let Target { selector, offset } = target;
        if is_null(selector) {
            return Err(self.protection());
        }
        let segment = self.descriptor(selector, GP)?;
        if !segment.code_or_data {
            return self.far_system(selector, &segment, is_call);
        }
        let conforming = segment.kind & CONFORMING_OR_DOWN != 0;
        let allowed = if conforming {
            segment.dpl <= self.cpl
        } else {
            segment.dpl == self.cpl && (selector & 3) as u8 <= self.cpl
        };
        let confused = self.is_long() && segment.long && segment.big;
        if !segment.is_code() || !allowed || confused {
            return Err(self.raise_with(GP, index(selector)));
        }
        if !segment.present {
            return Err(self.raise_with(NP, index(selector)));
        }
        let segment = self.mark_accessed(selector, segment)?;
        Ok(Found { segment, offset, is_gate: false, bits: 0, parameters: 0, cpl: self.cpl })
    }

    /// A call gate, or what no far pointer may lead to.
    fn far_system(&mut self, selector: u16, gate: &Segment, is_call: bool) -> Result<Found, Stop> {
        let level = self.cpl.max((selector & 3) as u8);
        let is_long = self.is_long();
        match gate.kind {
            4 | 12 if !is_long || gate.kind == 12 => {}
            _ => return Err(self.raise_with(GP, index(selector))),
        }
        if gate.dpl < level {
            return Err(self.raise_with(GP, index(selector)));
        }
        if !gate.present {
            return Err(self.raise_with(NP, index(selector)));
        }
        let size = if is_long { 16 } else { 8 };
        let address = self.descriptor_address(selector, size, GP)?;
        let low = self.read_as(address, 8, false)?;
        let high = if is_long { self.read_as(address.wrapping_add(8), 8, false)? } else { 0 };
        if high >> 40 & 0x1F != 0 {
            return Err(self.raise_with(GP, index(selector)));
        }
        let bits = match (is_long, gate.kind) {
            (true, _) => 64,
            (false, 4) => 16,
            _ => 32,
        };
        let offset = low & 0xFFFF | low >> 32 & 0xFFFF_0000 | high << 32;
        let offset = if bits == 16 { offset & 0xFFFF } else { offset };
        let code_selector = (low >> 16) as u16;
        if is_null(code_selector) {
            return Err(self.protection());
        }
        let segment = self.descriptor(code_selector, GP)?;
        let conforming = segment.kind & CONFORMING_OR_DOWN != 0;
        let may =
            if is_call || conforming { segment.dpl <= self.cpl } else { segment.dpl == self.cpl };
        if !segment.is_code() || !may || (is_long && (!segment.long || segment.big)) {
            return Err(self.raise_with(GP, index(code_selector)));
        }
        if !segment.present {
            return Err(self.raise_with(NP, index(code_selector)));
        }
        let segment = self.mark_accessed(code_selector, segment)?;
        let cpl = if conforming { self.cpl } else { segment.dpl };
        let parameters = if is_long { 0 } else { (low >> 32 & 31) as u8 };
        Ok(Found { segment, offset, is_gate: true, bits, parameters, cpl })
    }
}

/// `imm` bytes are dropped from the stack.
fn ret(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    undoing(cpu, |cpu| {
        let before = cpu.r[RSP];
        // The selector is read first.
        cpu.touch_stack(op.width, 1, 16)?;
        let ip = cpu.pop_by(op.width)?;
        let selector = cpu.pop_selector(op.width)?;
        if !cpu.is_protected() {
            real(cpu, Target { selector, offset: ip })?;
            cpu.set_stack_pointer(cpu.stack_pointer().wrapping_add(op.imm));
            return Ok(());
        }
        let level = (selector & 3) as u8;
        let segment = cpu.return_segment(selector)?;
        if level > cpu.cpl {
            cpu.set_stack_pointer(cpu.stack_pointer().wrapping_add(op.imm));
            cpu.touch_stack(op.width, 1, 16)?;
            let pointer = cpu.pop_by(op.width)?;
            let stack = cpu.pop_selector(op.width)?;
            let stack = cpu.return_stack(stack, level, &segment)?;
            cpu.return_to(segment, ip)?;
            cpu.system.ss = stack;
            cpu.set_code_segment(segment, level);
            cpu.set_stack_pointer(pointer.wrapping_add(op.imm));
            cpu.drop_privileged_segments();
        } else {
            cpu.return_to(segment, ip)?;
            cpu.set_code_segment(segment, level);
            // What is taken off the stack is so in the mode that is returned to.
            let taken = u64::from(op.width / 4).wrapping_add(op.imm);
            cpu.r[RSP] = before;
            cpu.set_stack_pointer(before.wrapping_add(taken));
        }
        cpu.ip = ip;
        Ok(())
    })
}

/// `lds` and its like: `third` is the segment register.
fn load_far_pointer(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let at = cpu.offset(op);
    let offset = cpu.read_by(op.seg, at, op.width)?;
    let behind = cut_by(at.wrapping_add(u64::from(op.width / 8)), 64 - op.narrow);
    let selector = cpu.read::<16>(op.seg, behind)?;
    cpu.load_segment(op.third, selector as u16)?;
    cpu.set_by(op.dst, op.width, offset);
    Err(Stop::Next)
}

/// Width of the words of a far return or of `iret`.
fn return_width(i: &Instruction) -> Option<u8> {
    Some(match i.code() {
        Code::Retfw | Code::Retfw_imm16 | Code::Iretw => 16,
        Code::Retfd | Code::Retfd_imm16 | Code::Iretd => 32,
        Code::Retfq | Code::Retfq_imm16 | Code::Iretq => 64,
        _ => return None,
    })
}

/// The handlers of this file.
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    if let Some(width) = return_width(i) {
        op.width = width;
        return Some(if matches!(i.mnemonic(), Mnemonic::Retf) { ret } else { iret });
    }
    let segment = match i.mnemonic() {
        Mnemonic::Les => crate::machine::soft::core::segment::ES,
        Mnemonic::Lds => crate::machine::soft::core::segment::DS,
        Mnemonic::Lss => crate::machine::soft::core::segment::SS,
        Mnemonic::Lfs => crate::machine::soft::core::segment::FS,
        Mnemonic::Lgs => crate::machine::soft::core::segment::GS,
        mnemonic => return transfer_handler(i, op, mnemonic),
    };
    op.third = segment;
    op.width = (i.op_register(0).size() * 8) as u8;
    Some(load_far_pointer)
}

fn transfer_handler(i: &Instruction, op: &mut Op, mnemonic: Mnemonic) -> Option<Handler> {
    // The operands of what belongs to other families must stay as they are.
    let run: Handler = match mnemonic {
        Mnemonic::Jmp => jump,
        Mnemonic::Call => call,
        _ => return None,
    };
    match i.op0_kind() {
        OpKind::FarBranch16 => {
            (op.width, op.imm) = (16, i.far_branch16().into());
            op.disp = i.far_branch_selector().into();
        }
        OpKind::FarBranch32 => {
            (op.width, op.imm) = (32, i.far_branch32().into());
            op.disp = i.far_branch_selector().into();
        }
        _ if operand_kind(i, 0) == OperandKind::Memory => {
            // The selector follows the offset.
            op.width = ((i.memory_size().size().saturating_sub(2)) * 8) as u8;
        }
        _ => return None,
    }
    Some(run)
}
