//! Hardware task switches (SDM volume 3, 8.3): by far transfers, task gates, interrupts, and `iret`
//! with NT set.
//!
//! Faults up to the commit point are raised in the old task, and the switch has no effect. After it
//! (`Cpu::switched`), the CPU is in the new task, and faults of its segments are raised there
//! before its first instruction. Long mode has no task switches.

use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::debug;
use crate::machine::soft::core::exception::{DB, GP, NP, TS};
use crate::machine::soft::core::flags::{self, cut_by};
use crate::machine::soft::core::op::{Flow, Stop};
use crate::machine::soft::core::segment::{self, index, is_null, of_mut};
use crate::machine::state::registers::{CR0_PG, CR0_TS, Segment};

/// Why a task is switched to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Switch {
    /// `jmp`: the old task ends.
    Jump,
    /// `call`, or an event: the old task is nested in the new one.
    Nest,
    /// `iret`: the old task ends, and was nested in the new one.
    Return,
}

/// Where a kind of task state has its fields.
struct Layout {
    /// Bytes of a field.
    word: u64,
    /// CR3; the instruction pointer, the flags and the general registers follow it in both kinds.
    start: u64,
    /// The segment registers: so many of `es cs ss ds fs gs`, and then the LDT.
    selectors: u64,
    count: u8,
    limit: u32,
}

/// The task states of 16 and of 32 bits (SDM volume 3, 8.6 and 8.2.1). That of 16 bits has no CR3.
const LAYOUTS: [Layout; 2] = [
    Layout { word: 2, start: 12, selectors: 34, count: 4, limit: 0x2B },
    Layout { word: 4, start: 28, selectors: 72, count: 6, limit: 0x67 },
];

/// The layout of a task state, by the type of its descriptor.
const fn layout(task: &Segment) -> &'static Layout {
    &LAYOUTS[(task.kind >> 3 & 1) as usize]
}

/// The task flag of the 32-bit state: a debug trap in front of the first instruction.
const TRAP: u64 = 100;

/// What a task state says.
struct State {
    cr3: u64,
    ip: u64,
    flags: u64,
    general: [u64; 8],
    selectors: [u16; 6],
    ldt: u16,
    traps: bool,
}

impl Cpu<'_> {
    /// The task that a far pointer leads to, if it leads to one: directly, or through a task gate.
    pub(crate) fn task_target(&mut self, selector: u16) -> Result<Option<u16>, Stop> {
        if self.is_long() || is_null(selector) {
            return Ok(None);
        }
        let target = self.descriptor(selector, GP)?;
        if target.code_or_data || !matches!(target.kind, 1 | 5 | 9) {
            return Ok(None);
        }
        if target.dpl < self.cpl.max((selector & 3) as u8) {
            return Err(self.raise_with(GP, index(selector)));
        }
        if target.kind != 5 {
            return Ok(Some(selector));
        }
        if !target.present {
            return Err(self.raise_with(NP, index(selector)));
        }
        let address = self.descriptor_address(selector, 8, GP)?;
        Ok(Some(self.read_as(address.wrapping_add(2), 2, false)? as u16))
    }

    /// Switches to the task that handles an event, and gives it the error code.
    pub(crate) fn switch_for(&mut self, selector: u16, ip: u64, code: Option<u32>) -> Flow {
        self.switch_task(selector, Switch::Nest, ip)?;
        let bits = layout(&self.system.tr).word as u8 * 8;
        code.map_or(Ok(()), |code| self.push_by(bits, code.into()))
    }

    /// Back to the task that the current one is nested in.
    pub(crate) fn switch_back(&mut self, behind: u64) -> Flow {
        let link = self.read_as(self.system.tr.base, 2, false)? as u16;
        self.switch_task(link, Switch::Return, behind)
    }

    /// Switches to a task; `ip` is where the old one goes on.
    pub(crate) fn switch_task(&mut self, selector: u16, why: Switch, ip: u64) -> Flow {
        let new = self.task(selector, why)?;
        let old = self.system.tr;
        // Both have to be there as a whole before anything is changed.
        for (task, write) in [(&old, true), (&new, why == Switch::Nest)] {
            let needed = layout(task).limit;
            if task.limit < needed {
                return Err(self.raise_with(TS, index(task.selector)));
            }
            self.translate(task.base, write, false)?;
            self.translate(task.base.wrapping_add(needed.into()), write, false)?;
        }
        self.save_task(&old, why, ip)?;
        let mut state = self.read_task(&new)?;
        if why == Switch::Nest {
            self.write_as(new.base, 2, old.selector.into(), false)?;
            state.flags |= flags::NT;
        } else {
            self.set_busy(old.selector, false)?;
        }
        if why != Switch::Return {
            self.set_busy(selector, true)?;
        }
        self.system.tr = Segment { kind: new.kind | 2, ..new };
        self.system.cr0 |= CR0_TS;
        self.debug[7] &= !debug::DR7_LOCAL;
        self.enter_task(&state)
    }

    /// The descriptor of a task that is to be switched to, checked.
    fn task(&mut self, selector: u16, why: Switch) -> Result<Segment, Stop> {
        let is_return = why == Switch::Return;
        let vector = if is_return { TS } else { GP };
        if selector & 4 != 0 || is_null(selector) {
            return Err(self.raise_with(vector, index(selector)));
        }
        let task = self.descriptor(selector, vector)?;
        let busy = if is_return { 2 } else { 0 };
        if task.code_or_data || task.kind & 7 != 1 | busy {
            return Err(self.raise_with(vector, index(selector)));
        }
        if !task.present {
            return Err(self.raise_with(NP, index(selector)));
        }
        Ok(task)
    }

    /// Marks a task as busy, or as available again, in its descriptor.
    fn set_busy(&mut self, selector: u16, is_busy: bool) -> Flow {
        let at = self.descriptor_address(selector, 8, TS)?.wrapping_add(5);
        let byte = self.read_as(at, 1, false)?;
        self.write_as(at, 1, byte & !2 | u64::from(is_busy) << 1, false)
    }

    fn save_task(&mut self, task: &Segment, why: Switch, ip: u64) -> Flow {
        let layout = layout(task);
        let mut flags = self.flags();
        if why == Switch::Return {
            flags &= !flags::NT;
        }
        let mut at = task.base.wrapping_add(layout.start);
        for n in 0..10 {
            let value = match n {
                0 => ip,
                1 => flags,
                _ => self.r[n - 2],
            };
            // CR3 stays as it is.
            at = at.wrapping_add(layout.word);
            let value = cut_by(value, layout.word as u8 * 8);
            self.write_as(at, layout.word as u32, value, false)?;
        }
        for seg in 0..layout.count {
            let at = task.base.wrapping_add(layout.selectors + layout.word * u64::from(seg));
            let selector = segment::of(&self.system, seg).selector;
            self.write_as(at, 2, selector.into(), false)?;
        }
        Ok(())
    }

    fn read_task(&mut self, task: &Segment) -> Result<State, Stop> {
        let layout = layout(task);
        let mut words = [0; 11];
        for (n, word) in (0..).zip(&mut words) {
            let at = task.base.wrapping_add(layout.start + layout.word * n);
            *word = self.read_as(at, layout.word as u32, false)?;
        }
        let mut selectors = [0; 7];
        for (n, selector) in (0..=u64::from(layout.count)).zip(&mut selectors) {
            let at = task.base.wrapping_add(layout.selectors + layout.word * n);
            *selector = self.read_as(at, 2, false)? as u16;
        }
        let is_32 = layout.word == 4;
        let [cr3, ip, flags, general @ ..] = words;
        let [es, cs, ss, ds, fs, gs, ldt] = selectors;
        let (fs, gs, ldt) = if is_32 { (fs, gs, ldt) } else { (0, 0, fs) };
        let cr3 = if is_32 { cr3 } else { self.system.cr3 };
        let traps = is_32 && self.read_as(task.base.wrapping_add(TRAP), 1, false)? & 1 != 0;
        Ok(State { cr3, ip, flags, general, selectors: [es, cs, ss, ds, fs, gs], ldt, traps })
    }

    /// Loads the state of the new task. Faults from here on are raised in it.
    fn enter_task(&mut self, state: &State) -> Flow {
        self.switched = true;
        self.ip = state.ip;
        self.r[..8].copy_from_slice(&state.general);
        let level = (state.selectors[usize::from(segment::CS)] & 3) as u8;
        for (seg, &selector) in (0..).zip(&state.selectors) {
            *of_mut(&mut self.system, seg) = Segment { selector, ..Segment::default() };
        }
        self.system.ldt = Segment { selector: state.ldt, kind: 2, ..Segment::default() };
        let is_8086 = state.flags & flags::VM != 0;
        self.system.ss.dpl = if is_8086 { 3 } else { level };
        self.set_flags(state.flags);
        if self.system.cr0 & CR0_PG != 0 && self.system.cr3 != state.cr3 {
            self.system.cr3 = state.cr3;
            self.load_directory_pointers()?;
            self.remapped();
        }
        self.mode_changed();
        self.task_ldt(state.ldt)?;
        if is_8086 {
            self.segments_of_8086(state.selectors);
        } else {
            self.task_segments(state.selectors, level)?;
        }
        self.mode_changed();
        if state.traps {
            self.debug[6] |= debug::DR6_BT;
            return Err(self.raise(DB));
        }
        Ok(())
    }

    fn task_ldt(&mut self, selector: u16) -> Flow {
        if is_null(selector) {
            return Ok(());
        }
        let is_global = selector & 4 == 0;
        let ldt = if is_global { self.descriptor(selector, TS)? } else { Segment::default() };
        if ldt.code_or_data || ldt.kind != 2 || !ldt.present {
            return Err(self.raise_with(TS, index(selector)));
        }
        self.system.ldt = ldt;
        Ok(())
    }

    fn task_segments(&mut self, selectors: [u16; 6], level: u8) -> Flow {
        let [es, cs, ss, ds, fs, gs] = selectors;
        let code = self.task_code(cs)?;
        let stack = self.stack_segment(ss, level, TS)?;
        self.system.ss = stack;
        self.set_code_segment(code, level);
        for (seg, selector) in
            [(segment::DS, ds), (segment::ES, es), (segment::FS, fs), (segment::GS, gs)]
        {
            *of_mut(&mut self.system, seg) = self.data_segment(selector, TS)?;
        }
        Ok(())
    }

    fn task_code(&mut self, selector: u16) -> Result<Segment, Stop> {
        if is_null(selector) {
            return Err(self.raise_with(TS, 0));
        }
        let code = self.descriptor(selector, TS)?;
        let level = (selector & 3) as u8;
        let fits = if code.is_conforming() { code.dpl <= level } else { code.dpl == level };
        if !code.is_code() || !fits {
            return Err(self.raise_with(TS, index(selector)));
        }
        if !code.present {
            return Err(self.raise_with(NP, index(selector)));
        }
        self.mark_accessed(selector, code)
    }

    /// The segments of virtual-8086 mode, as real mode would have them (SDM volume 3, 21.2.1).
    pub(crate) fn segments_of_8086(&mut self, selectors: [u16; 6]) {
        for (seg, selector) in (0..).zip(selectors) {
            *of_mut(&mut self.system, seg) = Segment {
                base: u64::from(selector) << 4,
                limit: 0xFFFF,
                selector,
                kind: 3,
                dpl: 3,
                present: true,
                code_or_data: true,
                ..Segment::default()
            };
        }
    }
}
