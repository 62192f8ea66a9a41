//! Interrupts and exceptions: delivery through the tables of each mode, double and triple faults
//! (SDM volume 3, chapter 6); and the instructions that raise them.

use crate::image::Bits;
use crate::machine::backend::Raised;
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::debug::DR7_GD;
use crate::machine::soft::core::exception::{
    AC, BP, DB, DE, DF, Fault, GP, NP, OF, PF, SS, TS, UD,
};
use crate::machine::soft::core::flags::{self, cut_by};
use crate::machine::soft::core::op::{Flow, Handler, Op, Stop, undefined};
use crate::machine::soft::core::segment::{self, index, is_null};
use crate::machine::state::registers::{RSP, Segment};
use iced_x86::{Instruction, Mnemonic};

/// What is delivered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) vector: u8,
    pub(crate) code: Option<u32>,
    /// Raised by `int n`, `int3` or `into`, which the gate must allow.
    pub(crate) is_software: bool,
    /// Where the handler returns to.
    pub(crate) ip: u64,
}

/// The result of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The CPU is at the first instruction of the handler.
    Done,
    /// Three faults in a row.
    TripleFault,
    /// Something on the way is not there.
    Stop(Stop),
}

/// A stack that is not the current one yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stack {
    pub(crate) segment: Segment,
    pub(crate) pointer: u64,
    pub(crate) cpl: u8,
    pub(crate) is_64: bool,
    /// The error code if there is no room on it: its selector, unless it is the current stack.
    pub(crate) code: u32,
}

impl Stack {
    const fn mask(&self) -> u64 {
        match (self.is_64, self.segment.big) {
            (true, _) => u64::MAX,
            (false, true) => 0xFFFF_FFFF,
            (false, false) => 0xFFFF,
        }
    }
}

/// What an entry of the IDT leads to.
enum Entry {
    Gate(Gate),
    /// The selector of another task.
    Task(u16),
}

/// A gate of the IDT.
struct Gate {
    segment: Segment,
    offset: u64,
    is_trap: bool,
    bits: u8,
    stack: u8,
    cpl: u8,
}

/// Whether two exceptions in a row make a double fault (SDM volume 3, table 6-5).
const fn makes_double_fault(first: u8, second: u8) -> bool {
    match first {
        PF => second == PF || contributes(second),
        _ => contributes(first) && contributes(second),
    }
}

/// The exceptions that say something is wrong with how another one is delivered.
const fn contributes(vector: u8) -> bool {
    matches!(vector, DE | TS | NP | SS | GP)
}

impl Cpu<'_> {
    /// Delivers the exception in `fault`, which happened at `ip`.
    pub(crate) fn deliver_fault(&mut self, ip: u64) -> Delivery {
        let Fault { vector, code } = self.fault;
        // Faults push RF set, traps do not.
        let resume = if self.system.is_protected() { flags::RF } else { 0 };
        self.deliver(Event { vector, code, is_software: false, ip }, resume)
    }

    /// Delivers an event, or the fault that this raises. `resume` is added to the pushed flags.
    pub(crate) fn deliver(&mut self, event: Event, resume: u64) -> Delivery {
        let mut event = event;
        let mut resume = resume;
        let mut first = None;
        self.is_delivered = true;
        // A delivery counts as an instruction: a handler that faults at once must reach the limits.
        self.count += 1;
        loop {
            if !event.is_software {
                let code = event.code.map(u64::from);
                first = first.or(Some(Raised { vector: event.vector, code }));
            }
            let before = (self.r[RSP], self.system, self.other_flags);
            let stop = match self.enter_handler(&event, resume) {
                Ok(()) => {
                    if event.vector == DB && !event.is_software {
                        self.debug[7] &= !DR7_GD;
                    }
                    self.switched = false;
                    return Delivery::Done;
                }
                Err(stop) => stop,
            };
            if std::mem::take(&mut self.switched) {
                // The rest happens in the new task.
                event.ip = self.ip;
                self.software_start = None;
            } else {
                (self.r[RSP], self.other_flags) = (before.0, before.2);
                let cr2 = self.system.cr2;
                self.system = before.1;
                self.system.cr2 = cr2;
                self.mode_changed();
            }
            if stop != Stop::Fault {
                self.ip = event.ip;
                return Delivery::Stop(stop);
            }
            let second = self.fault.vector;
            if event.vector == DF && !event.is_software {
                self.ip = event.ip;
                self.first = first;
                return Delivery::TripleFault;
            }
            let double = !event.is_software && makes_double_fault(event.vector, second);
            // EXT: it happened on the way to the handler of something that was no `int n`.
            let is_external = !event.is_software && matches!(second, TS | NP | SS | GP);
            let code = self.fault.code.map(|code| code | u32::from(is_external));
            let (vector, code) = if double { (DF, Some(0)) } else { (second, code) };
            // What faults during `int n` faults at that instruction.
            let ip = self.software_start.unwrap_or(event.ip);
            // A double fault is an abort: the program is not resumed.
            resume = if self.system.is_protected() && !double { flags::RF } else { 0 };
            event = Event { vector, code, is_software: false, ip };
        }
    }

    fn enter_handler(&mut self, event: &Event, resume: u64) -> Flow {
        if !self.system.is_protected() {
            return self.enter_real(event);
        }
        let code = event.code.filter(|_| !event.is_software);
        let gate = match self.gate(event)? {
            Entry::Gate(gate) => gate,
            Entry::Task(selector) => {
                self.other_flags |= resume;
                return self.switch_for(selector, event.ip, code);
            }
        };
        let flags = self.flags() | resume;
        let inner = gate.cpl < self.cpl;
        let old = Stack {
            segment: self.system.ss,
            pointer: self.r[RSP],
            cpl: self.cpl,
            is_64: self.bits == Bits::Bits64,
            code: 0,
        };
        let mut stack = old;
        stack.cpl = gate.cpl;
        if self.is_long() {
            stack = self.long_stack(&gate, inner, old)?;
        } else if inner {
            stack = self.inner_stack(gate.cpl)?;
        }
        let bits = gate.bits;
        let was_8086 = self.other_flags & flags::VM != 0;
        if was_8086 {
            for seg in [segment::GS, segment::FS, segment::DS, segment::ES] {
                let selector = segment::of(&self.system, seg).selector;
                self.push_on(&mut stack, bits, selector.into())?;
            }
        }
        if inner || self.is_long() {
            self.push_on(&mut stack, bits, self.system.ss.selector.into())?;
            self.push_on(&mut stack, bits, old.pointer)?;
        }
        self.push_on(&mut stack, bits, flags)?;
        self.push_on(&mut stack, bits, self.system.cs.selector.into())?;
        self.push_on(&mut stack, bits, event.ip)?;
        if let Some(code) = code {
            self.push_on(&mut stack, bits, code.into())?;
        }
        self.return_to(gate.segment, gate.offset)?;
        self.system.ss = stack.segment;
        if was_8086 {
            let system = &mut self.system;
            for segment in [&mut system.ds, &mut system.es, &mut system.fs, &mut system.gs] {
                *segment = Segment::default();
            }
        }
        self.other_flags &= !(flags::TF | flags::NT | flags::RF | flags::VM);
        if !gate.is_trap {
            self.other_flags &= !flags::IF;
        }
        self.set_code_segment(gate.segment, gate.cpl);
        self.r[RSP] = stack.pointer;
        self.ip = gate.offset;
        Ok(())
    }

    fn enter_real(&mut self, event: &Event) -> Flow {
        let at = u64::from(event.vector) * 4;
        if at + 3 > u64::from(self.system.idt.limit) {
            return Err(self.protection());
        }
        let entry = self.read_as(self.system.idt.base.wrapping_add(at), 4, false)?;
        let flags = self.flags();
        self.push::<16>(cut_by(flags, 16))?;
        self.push::<16>(self.system.cs.selector.into())?;
        self.push::<16>(cut_by(event.ip, 16))?;
        self.other_flags &= !(flags::IF | flags::TF | flags::AC | flags::RF);
        self.real_code_segment((entry >> 16) as u16);
        self.ip = entry & 0xFFFF;
        Ok(())
    }

    /// Loads `cs` as real mode does.
    pub(crate) fn real_code_segment(&mut self, selector: u16) {
        self.system.cs.selector = selector;
        self.system.cs.base = u64::from(selector) << 4;
        self.mode_changed();
    }

    /// The gate of an event, with the code segment that it names.
    fn gate(&mut self, event: &Event) -> Result<Entry, Stop> {
        let size = if self.is_long() { 16 } else { 8 };
        let code = u32::from(event.vector) << 3 | 2;
        let at = u64::from(event.vector) * size;
        if at + size - 1 > u64::from(self.system.idt.limit) {
            return Err(self.raise_with(GP, code));
        }
        let address = self.system.idt.base.wrapping_add(at);
        let low = self.read_as(address, 8, false)?;
        let high = if size == 16 { self.read_as(address.wrapping_add(8), 8, false)? } else { 0 };
        let kind = low >> 40 & 0x1F;
        let dpl = (low >> 45 & 3) as u8;
        let is_known =
            if size == 16 { matches!(kind, 14 | 15) } else { matches!(kind, 5 | 6 | 7 | 14 | 15) };
        if !is_known || (event.is_software && dpl < self.cpl) {
            return Err(self.raise_with(GP, code));
        }
        if low >> 47 & 1 == 0 {
            return Err(self.raise_with(NP, code));
        }
        if kind == 5 {
            return Ok(Entry::Task((low >> 16) as u16));
        }
        let offset = low & 0xFFFF | low >> 32 & 0xFFFF_0000 | high << 32;
        let bits = match (size, kind & 8) {
            (16, _) => 64,
            (_, 0) => 16,
            _ => 32,
        };
        let offset = if bits == 16 { offset & 0xFFFF } else { offset };
        let selector = (low >> 16) as u16;
        let (segment, cpl) = self.handler_segment(selector)?;
        let stack = if size == 16 { (low >> 32 & 7) as u8 } else { 0 };
        Ok(Entry::Gate(Gate { segment, offset, is_trap: kind & 1 != 0, bits, stack, cpl }))
    }

    /// The code segment of a handler, and the privilege level that it runs at.
    fn handler_segment(&mut self, selector: u16) -> Result<(Segment, u8), Stop> {
        if is_null(selector) {
            return Err(self.protection());
        }
        let mut segment = self.descriptor(selector, GP)?;
        let code = index(selector);
        let is_64 = segment.long && !segment.big;
        if !segment.is_code() || segment.dpl > self.cpl || (self.is_long() && !is_64) {
            return Err(self.raise_with(GP, code));
        }
        if !segment.present {
            return Err(self.raise_with(NP, code));
        }
        let conforming = segment.kind & segment::CONFORMING_OR_DOWN != 0;
        let cpl = if conforming { self.cpl } else { segment.dpl };
        // Out of virtual-8086 mode it goes to ring 0 only.
        if self.other_flags & flags::VM != 0 && cpl != 0 {
            return Err(self.raise_with(GP, code));
        }
        segment = self.mark_accessed(selector, segment)?;
        Ok((segment, cpl))
    }

    /// The stack that the task state has for an inner ring (SDM volume 3, 8.2.1).
    pub(crate) fn inner_stack(&mut self, cpl: u8) -> Result<Stack, Stop> {
        let task = self.system.tr;
        let is_32 = task.kind & 8 != 0;
        let (at, size) =
            if is_32 { (4 + 8 * u64::from(cpl), 4) } else { (2 + 4 * u64::from(cpl), 2) };
        if at + size + 1 > u64::from(task.limit) {
            return Err(self.raise_with(TS, index(task.selector)));
        }
        let base = task.base.wrapping_add(at);
        let pointer = self.read_as(base, size as u32, false)?;
        let selector = self.read_as(base.wrapping_add(size), 2, false)? as u16;
        let segment = self.stack_segment(selector, cpl, TS)?;
        Ok(Stack { segment, pointer, cpl, is_64: false, code: index(selector) })
    }

    /// The stack of a handler in long mode (SDM volume 3, 6.14.2 to 6.14.5).
    fn long_stack(&mut self, gate: &Gate, inner: bool, old: Stack) -> Result<Stack, Stop> {
        let is_64 = true;
        let null = Segment { selector: gate.cpl.into(), dpl: gate.cpl, ..Segment::default() };
        let (segment, pointer) = match (gate.stack, inner) {
            (0, false) => (old.segment, old.pointer),
            (0, true) => (null, self.task_word(4 + 8 * u64::from(gate.cpl))?),
            (n, true) => (null, self.task_word(0x1C + 8 * u64::from(n))?),
            (n, false) => (old.segment, self.task_word(0x1C + 8 * u64::from(n))?),
        };
        Ok(Stack { segment, pointer: pointer & !15, cpl: gate.cpl, is_64, code: 0 })
    }

    /// A stack pointer of the 64-bit task state.
    pub(crate) fn task_word(&mut self, at: u64) -> Result<u64, Stop> {
        let task = self.system.tr;
        if at + 7 > u64::from(task.limit) {
            return Err(self.raise_with(TS, index(task.selector)));
        }
        let value = self.read_as(task.base.wrapping_add(at), 8, false)?;
        if !crate::machine::soft::core::access::is_canonical(value) {
            return Err(self.raise_with(SS, 0));
        }
        Ok(value)
    }

    /// How an instruction ends that has delivered an event itself.
    pub(crate) fn delivered(&mut self, delivery: Delivery) -> Flow {
        match delivery {
            Delivery::Done => Err(Stop::Leave),
            Delivery::TripleFault => {
                self.exit = crate::machine::backend::Exit::TripleFault;
                Err(Stop::Exit)
            }
            Delivery::Stop(stop) => Err(stop),
        }
    }

    /// Pushes a word on a stack that is not the current one yet.
    pub(crate) fn push_on(&mut self, stack: &mut Stack, bits: u8, value: u64) -> Flow {
        let bytes = u64::from(bits / 8);
        let mask = stack.mask();
        let offset = stack.pointer.wrapping_sub(bytes) & mask;
        let linear = if stack.is_64 {
            offset
        } else {
            let (low, high) = stack.segment.bounds();
            if offset < low || offset + bytes - 1 > high {
                return Err(self.raise_with(SS, stack.code));
            }
            stack.segment.base.wrapping_add(offset) & 0xFFFF_FFFF
        };
        if stack.is_64 && !crate::machine::soft::core::access::is_canonical(linear) {
            return Err(self.raise_with(SS, 0));
        }
        if stack.cpl == 3 && self.checks_alignment() && !linear.is_multiple_of(bytes) {
            return Err(self.raise_with(AC, 0));
        }
        self.write_as(linear, u32::from(bits / 8), cut_by(value, bits), stack.cpl == 3)?;
        stack.pointer = stack.pointer & !mask | offset;
        Ok(())
    }
}

/// `int n`, `int3`, `into`, `int1`: `kind` is the vector.
fn software(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let ip = cpu.next_ip(op);
    let start = cpu.start(op);
    cpu.software_start = Some(start);
    // `int1` passes every gate, and `int 1` has its number as an immediate.
    let is_software = op.kind != DB || op.imm != 0;
    let event = Event { vector: op.kind, code: None, is_software, ip };
    let delivery = cpu.deliver(event, 0);
    cpu.software_start = None;
    cpu.delivered(delivery)
}

/// `int n` is one of the instructions that virtual-8086 mode leaves to IOPL.
fn software_by_number(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.sensitive()?;
    software(cpu, op)
}

fn into(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    if cpu.overflow() { software(cpu, op) } else { Ok(()) }
}

/// The handlers of this file.
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let (vector, run): (u8, Handler) = match i.mnemonic() {
        Mnemonic::Int => (i.immediate8(), software_by_number),
        Mnemonic::Int3 => (BP, software),
        Mnemonic::Int1 => (DB, software),
        Mnemonic::Into => (OF, into),
        Mnemonic::Ud0 | Mnemonic::Ud1 | Mnemonic::Ud2 => (UD, undefined),
        _ => return None,
    };
    op.kind = vector;
    Some(run)
}
