//! The other side: the same cases on the CPU in software.
//!
//! Its tables are made so that ring 3 finds what it finds under Linux: the same selectors, the same
//! pages, and behind every vector a `hlt` at ring 0, at which the case ends. Knows nothing of what
//! is tested.

use super::state::{
    ACCESS, Access, BASE, CS, Case, DS, ENDLESS, ES, EXTENDED, FS, GS, LOCAL, Outcome, PAGE, PAGES,
    SS, State, segment,
};
use applet::internal::machine::backend::Backend as _;
use applet::internal::machine::backend::Exit;
use applet::internal::machine::boot::tables;
use applet::internal::machine::soft::Machine;
use applet::internal::machine::state::extended::Extended;
use applet::internal::machine::state::memory::HostArea;
use applet::internal::machine::state::memory::Memory;
use applet::internal::machine::state::registers::{self as r, Registers, Segment, System, Table};
use std::time::Duration;

/// Physical memory, with the tables at its end.
const RAM: u64 = 0x40_0000;
const GDT: u64 = 0x30_0000;
const LDT: u64 = 0x30_1000;
const TSS: u64 = 0x30_2000;
const IDT: u64 = 0x30_3000;
/// The entry points of all vectors.
const STUBS: u64 = 0x30_4000;
/// Behind the stack on which exceptions arrive.
const STACK_TOP: u64 = 0x30_7000;
/// The page tables: one of each level for the case, and two more that lead to this part of memory.
const TABLES: u64 = 0x30_8000;
/// Where it is mapped: where Linux has its own, so that a case that goes astray finds nothing.
const HIGH: u64 = 0xFFFF_8000_0000_0000;

/// Selectors of ring 0, of the task and of the local table, as Linux numbers them.
const KERNEL_CODE: u16 = 0x10;
const KERNEL_DATA: u16 = 0x18;
const TASK: u16 = 0x40;
const LOCALS: u16 = 0x50;

/// How a case is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// In decoded blocks.
    Blocks,
    /// One instruction at a time.
    Steps,
}

/// What came of a case.
pub(crate) enum Result {
    /// It ended in an exception.
    Ended(Box<Outcome>),
    /// The CPU does not have the instruction.
    Missing,
    /// It left otherwise.
    Left(Exit),
}

/// A machine with the tables in it.
pub(crate) struct Soft<'m> {
    memory: &'m Memory,
    machine: Machine<'m>,
    first: &'m [u8],
    system: System,
    extended: Extended,
    /// Which part of `extended` was last set.
    last: [u8; EXTENDED],
}

/// The memory of a machine.
pub(crate) fn memory(first: &[u8]) -> Memory {
    let memory = Memory::new(RAM, HostArea::None).expect("4 MiB");
    let put = |at: u64, words: &[u64]| {
        let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
        memory.write(at, &bytes).expect("in RAM");
    };
    memory.write(BASE, first).expect("in RAM");
    memory.write(STUBS, &[0xF4; 256]).expect("in RAM");
    put(GDT, &global());
    put(LDT, &LOCAL.iter().map(|row| tables::encode(&row.segment(0))).collect::<Vec<_>>());
    // All stacks of the task are the same one.
    let mut task = [0u8; 0x68];
    task[0x24..0x2C].copy_from_slice(&(HIGH + STACK_TOP).to_le_bytes());
    task[0x66] = 0x68;
    memory.write(TSS, &task).expect("in RAM");
    put(IDT, &(0..256).flat_map(gate).collect::<Vec<_>>());
    let table = |n: u64| TABLES + n * PAGE as u64;
    for (from, entry, to) in [(0, 0, 1), (1, 0, 2), (2, 0, 3), (0, 256, 4), (4, 0, 5), (5, 1, 6)] {
        put(table(from) + entry * 8, &[table(to) | 7]);
    }
    put(table(3), &(0..512).map(page).collect::<Vec<_>>());
    put(table(6), &(512..1024).map(|n| (n * PAGE as u64) | 3).collect::<Vec<_>>());
    memory
}

/// The entry of a page table.
fn page(number: u64) -> u64 {
    const NX: u64 = 1 << 63;
    let address = number * PAGE as u64;
    match address.checked_sub(BASE).map(|at| at as usize / PAGE) {
        Some(n) if n < PAGES => match ACCESS[n] {
            Access::None => 0,
            Access::Read => address | 5 | NX,
            Access::Write => address | 7 | NX,
            Access::Execute => address | 7,
        },
        _ => 0,
    }
}

/// The gate of a vector; ring 3 may raise 3 and 4 itself.
fn gate(vector: u64) -> [u64; 2] {
    let entry = HIGH + STUBS + vector;
    let access: u64 = if vector == 3 || vector == 4 { 0xEE } else { 0x8E };
    let low = entry & 0xFFFF | u64::from(KERNEL_CODE) << 16 | 1 << 32 | access << 40;
    [low | (entry >> 16 & 0xFFFF) << 48, entry >> 32]
}

fn kernel(selector: u16) -> Segment {
    let is_code = selector == KERNEL_CODE;
    let kind = if is_code { 11 } else { 3 };
    let (big, long) = (!is_code, is_code);
    let all = Segment { limit: u32::MAX, selector, kind, big, long, ..Segment::default() };
    Segment { present: true, code_or_data: true, granular: true, ..all }
}

/// A segment of the system: its place, greatest offset, type.
fn own(base: u64, limit: u32, kind: u8, selector: u16) -> Segment {
    Segment { base, limit, kind, selector, present: true, ..Segment::default() }
}

fn task() -> Segment {
    own(HIGH + TSS, 0x67, 11, TASK)
}

fn locals() -> Segment {
    own(HIGH + LDT, LOCAL.len() as u32 * 8 - 1, 2, LOCALS)
}

fn global() -> Vec<u64> {
    let mut words = vec![0; 16];
    let mut put = |selector: u16, segment: &Segment| {
        words[usize::from(selector >> 3)] = tables::encode(segment);
    };
    put(KERNEL_CODE, &kernel(KERNEL_CODE));
    put(KERNEL_DATA, &kernel(KERNEL_DATA));
    for selector in [super::state::CODE_32, super::state::FLAT, super::state::CODE_64] {
        put(selector, &segment(selector));
    }
    put(TASK, &Segment { kind: 9, ..task() });
    put(LOCALS, &locals());
    // The upper halves of their addresses.
    for selector in [TASK, LOCALS] {
        words[usize::from(selector >> 3) + 1] = HIGH >> 32;
    }
    words
}

fn system() -> System {
    let null = Segment::default();
    System {
        cs: null,
        ds: null,
        es: null,
        fs: null,
        gs: null,
        ss: null,
        tr: task(),
        ldt: locals(),
        gdt: Table { base: HIGH + GDT, limit: 0x7F },
        idt: Table { base: HIGH + IDT, limit: 0xFFF },
        cr0: r::CR0_PE | r::CR0_MP | r::CR0_ET | r::CR0_NE | r::CR0_WP | r::CR0_AM | r::CR0_PG,
        cr2: 0,
        cr3: TABLES,
        cr4: r::CR4_PAE
            | r::CR4_DE
            | r::CR4_PGE
            | r::CR4_OSFXSR
            | r::CR4_OSXMMEXCPT
            | r::CR4_UMIP
            | r::CR4_FSGSBASE
            | r::CR4_OSXSAVE,
        efer: r::EFER_SCE | r::EFER_LME | r::EFER_LMA | r::EFER_NXE,
    }
}

impl<'m> Soft<'m> {
    pub(crate) fn new(memory: &'m Memory, first: &'m [u8]) -> Self {
        let mut machine = Machine::new(memory, Duration::from_millis(50)).expect("a machine");
        let extended = Extended { xcr0: Some(7), ..Extended::default() };
        machine.set_extended(&extended).expect("set");
        let last = [0; EXTENDED];
        Self { memory, machine, first, system: system(), extended, last }
    }

    /// Runs a case.
    pub(crate) fn run(&mut self, case: &Case, way: Way) -> Result {
        let state = &case.state;
        for (at, patch) in &case.patches {
            self.memory.write(BASE + u64::from(*at), patch).expect("in RAM");
        }
        let before = self.read();
        let s = &mut self.system;
        for (n, place) in
            [(ES, &mut s.es), (CS, &mut s.cs), (SS, &mut s.ss), (DS, &mut s.ds), (FS, &mut s.fs)]
        {
            *place = segment(state.selectors[n]);
        }
        s.gs = segment(state.selectors[GS]);
        if state.has_bases() {
            (s.fs.base, s.gs.base) = (state.fs_base, state.gs_base);
        }
        self.machine.set_system(&self.system).expect("set");
        if self.last != state.extended {
            self.extended.area[..EXTENDED].copy_from_slice(&state.extended);
            self.machine.set_extended(&self.extended).expect("set");
        }
        let registers = Registers { general: state.general, ip: state.ip, flags: state.flags };
        self.machine.set_registers(&registers).expect("set");
        let exit = self.go(way);
        let after = self.read();
        self.restore(case, &before, &after);
        match exit {
            Exit::Halt => Result::Ended(Box::new(self.outcome(&before, &after))),
            Exit::Kicked => {
                let outcome = self.outcome(&before, &after);
                Result::Ended(Box::new(Outcome { vector: ENDLESS, ..outcome }))
            }
            Exit::Unimplemented => Result::Missing,
            other => Result::Left(other),
        }
    }

    fn go(&mut self, way: Way) -> Exit {
        self.machine.set_single_step(way == Way::Steps).expect("set");
        // A look at the clock is no end, unless there are too many; nor is a step.
        let (mut kicks, mut steps) = (0, 0);
        loop {
            match self.machine.run().expect("the host is well") {
                Exit::Kicked if kicks < 2 => kicks += 1,
                Exit::Debug if steps < 200_000 => steps += 1,
                Exit::Debug => return Exit::Kicked,
                exit => return exit,
            }
        }
    }

    /// All memory that a case may change.
    fn read(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.first.len()];
        self.memory.read(BASE, &mut bytes).expect("in RAM");
        bytes
    }

    /// Makes memory what it was before the case.
    fn restore(&self, case: &Case, before: &[u8], after: &[u8]) {
        for (at, patch) in &case.patches {
            let bytes = &self.first[*at as usize..*at as usize + patch.len()];
            self.memory.write(BASE + u64::from(*at), bytes).expect("in RAM");
        }
        for (n, (was, is)) in before.chunks(PAGE).zip(after.chunks(PAGE)).enumerate() {
            if was != is {
                let at = n * PAGE;
                let bytes = &self.first[at..at + PAGE];
                self.memory.write(BASE + at as u64, bytes).expect("in RAM");
            }
        }
    }

    fn word(&self, at: u64) -> u64 {
        self.memory.read_entry(at, 8).expect("in RAM")
    }

    /// The state at the exception: what its handler found on the stack, and the rest.
    fn outcome(&mut self, before: &[u8], after: &[u8]) -> Outcome {
        let registers = self.machine.registers().expect("had");
        let system = self.machine.system().expect("had");
        let extended = self.machine.extended().expect("had");
        let vector = registers.ip.wrapping_sub(HIGH + STUBS + 1) as u32;
        let has_error = (HIGH + STACK_TOP).wrapping_sub(registers.general[r::RSP]) == 48;
        let frame = STACK_TOP - 40;
        let mut state = State { general: registers.general, ..State::default() };
        state.ip = self.word(frame);
        state.flags = self.word(frame + 16);
        state.general[r::RSP] = self.word(frame + 24);
        let selectors = [
            system.es.selector,
            self.word(frame + 8) as u16,
            self.word(frame + 32) as u16,
            system.ds.selector,
            system.fs.selector,
            system.gs.selector,
        ];
        state.selectors = selectors;
        (state.fs_base, state.gs_base) = (system.fs.base, system.gs.base);
        state.extended.copy_from_slice(&extended.area[..EXTENDED]);
        self.last = state.extended;
        let error = if has_error { self.word(frame - 8) as u32 } else { 0 };
        let changes = changes(before, after);
        Outcome { state, vector, error, cr2: system.cr2, changes }
    }
}

/// The words that differ, as the native side tells them.
fn changes(before: &[u8], after: &[u8]) -> Vec<(u64, u64)> {
    let mut changes = Vec::new();
    for (page, (was, is)) in before.chunks(PAGE).zip(after.chunks(PAGE)).enumerate() {
        if was == is {
            continue;
        }
        for (n, (was, is)) in was.chunks(8).zip(is.chunks(8)).enumerate() {
            if was != is {
                let word = is.try_into().map_or(0, u64::from_le_bytes);
                changes.push(((page * PAGE + n * 8) as u64, word));
            }
        }
    }
    changes
}
