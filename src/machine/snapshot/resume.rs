//! Creates a machine from a snapshot, and a snapshot from a machine.

use super::pages::Pages;
use super::{Code, Ending, Pace, Resumed, Snapshot, Step};
use crate::image::{Bits, Image};
use crate::machine::backend::Backend;
use crate::machine::boot::{Boot, tables};
use crate::machine::config::{Config, Io};
use crate::machine::exec::{self, Guest, Observer, choose};
use crate::machine::fault::{self, Scene};
use crate::machine::hypercall::{Devices, Hypercalls};
use crate::machine::limits::Limits;
use crate::machine::outcome::{HostError, Outcome, Stats};
use crate::machine::state::memory::Memory;
use crate::machine::state::region::Region;
use crate::machine::state::registers::{Registers, System};
use std::sync::Arc;
use std::time::Instant;

/// Bytes of a page of the host's memory.
const PAGE: usize = 4096;
/// `hlt`
const HLT: u8 = 0xF4;
/// RF of the flags: the CPU sets it in the flags that a fault pushes.
const RESUME_FLAG: u64 = 1 << 16;
/// TF of the flags.
const TRAP_FLAG: u64 = 1 << 8;
/// The most steps that are recorded.
const MOST_STEPS: usize = 10_000;

pub(super) fn first(boot: &Boot, config: &Config) -> Result<Snapshot, HostError> {
    let image = Image { origin: boot.registers.ip, ..Image::default() };
    let memory = Memory::new(boot.ram, boot.host)?;
    let limits = Limits::new(Instant::now(), None);
    let mut chosen = choose(&Guest { config, boot, memory: &memory, limits: &limits })?;
    let machine = &mut *chosen.cpu;
    boot.load(&image, &memory)?;
    machine.set_system(&boot.system)?;
    machine.set_registers(&boot.registers)?;
    machine.complete()?;
    capture(machine, &memory, Devices::new(config))
}

/// The state of a machine.
pub(super) fn capture(
    machine: &mut dyn Backend,
    memory: &Memory,
    devices: Devices,
) -> Result<Snapshot, HostError> {
    let mut snapshot = Snapshot {
        registers: machine.registers()?,
        system: machine.system()?,
        extended: Arc::new(machine.extended()?),
        ram: Pages::default(),
        host_area: Pages::default(),
        devices,
    };
    save_memory(memory, &mut snapshot);
    Ok(snapshot)
}

pub(super) fn resume(
    boot: &Boot,
    snapshot: &Snapshot,
    code: &Code<'_>,
    config: &Config,
    pace: Pace,
    io: &mut Io,
) -> Result<Resumed, HostError> {
    let start = Instant::now();
    let limits = Limits::new(start, config.timeout);
    let memory = Memory::new(boot.ram, boot.host)?;
    let mut chosen = choose(&Guest { config, boot, memory: &memory, limits: &limits })?;
    let machine = &mut *chosen.cpu;
    let created = Instant::now();

    load_memory(&memory, snapshot);
    let (end, behind) = load_code(&memory, code)?;
    let (registers, system) = entry_state(boot, snapshot, code.start, pace);
    machine.set_system(&system)?;
    machine.set_registers(&registers)?;
    machine.set_extended(&snapshot.extended)?;
    if pace == Pace::ByHypervisor {
        machine.set_single_step(true)?;
    }
    let booted = Instant::now();

    let mut calls = Hypercalls::new(config, io, boot, &memory, limits);
    calls.resume(&snapshot.devices);
    let scene = Scene { image: code.image, boot, memory: &memory };
    let mut walk = Walk { scene, before: system, steps: Vec::new(), more: false, end };
    let (outcome, exits) = loop {
        let (outcome, exits) = exec::serve(machine, &mut calls, &scene, &limits, &mut walk)?;
        if pace != Pace::ByTrapFlag || !walk.pass_trap(machine, &outcome)? {
            break (outcome, exits);
        }
    };
    let devices = calls.devices();
    let ran = Instant::now();

    let (ending, after) = match outcome {
        Outcome::Halted | Outcome::Exited(_) => {
            machine.complete()?;
            let (mut registers, after) = fault::guest_state(machine, &scene, &system)?;
            registers.flags &= !(RESUME_FLAG | if pace == Pace::Free { 0 } else { TRAP_FLAG });
            let at_end =
                outcome == Outcome::Halted && is_at_end(machine, boot, &registers, &after, end)?;
            restore_behind(&memory, end, behind);
            let after = Snapshot { registers, system: after, devices, ..snapshot.clone() };
            let after = save(machine, &memory, after)?;
            (if at_end { Ending::End } else { Ending::Outcome(outcome) }, Some(after))
        }
        other => (Ending::Outcome(other), None),
    };
    let (steps, more_steps) = (walk.steps, walk.more);
    let saved = Instant::now();
    let help = chosen.cpu.help();
    drop(chosen);
    drop(memory);
    let stats = Stats {
        create: created - start,
        boot: booted - created,
        run: ran - booted,
        tear_down: saved.elapsed() + (saved - ran),
        exits,
        help,
    };
    Ok(Resumed { ending, snapshot: after, stats, steps, more_steps })
}

/// The registers at the first instruction. The code segment is that of the snapshot if it contains
/// the code, else that of the boot state.
fn entry_state(boot: &Boot, snapshot: &Snapshot, start: u64, pace: Pace) -> (Registers, System) {
    let (mut registers, mut system) = (snapshot.registers, snapshot.system);
    if system.bits() == Bits::Bits64 {
        registers.ip = start;
    } else {
        let limit = if system.cs.granular { u64::MAX } else { u64::from(system.cs.limit) };
        match start.checked_sub(system.cs.base).filter(|&ip| ip <= limit) {
            Some(ip) => registers.ip = ip,
            None => (system.cs, registers.ip) = (boot.system.cs, start),
        }
    }
    if pace == Pace::ByTrapFlag {
        registers.flags |= TRAP_FLAG;
    }
    (registers, system)
}

/// Whether the guest has halted at the `hlt` after the code. At ring 3, where `hlt` raises an exception,
/// the instruction pointer is at the `hlt`, else after it.
fn is_at_end(
    machine: &mut dyn Backend,
    boot: &Boot,
    registers: &Registers,
    system: &System,
    end: u64,
) -> Result<bool, HostError> {
    let refused = boot.vector_behind(fault::address(&machine.registers()?, &machine.system()?));
    let at = fault::address(registers, system);
    Ok(at == if refused.is_some() { end } else { end + 1 })
}

/// Restores the byte at which the `hlt` was placed, unless the guest has overwritten it.
fn restore_behind(memory: &Memory, end: u64, behind: [u8; 1]) {
    let mut now = [0];
    if memory.read(end, &mut now).is_some() && now == [HLT] {
        let _ = memory.write(end, &behind);
    }
}

/// Records the steps of a guest.
struct Walk<'a> {
    scene: Scene<'a>,
    before: System,
    steps: Vec<Step>,
    more: bool,
    end: u64,
}

impl Walk<'_> {
    fn push(&mut self, mut registers: Registers, system: &System) {
        registers.flags &= !TRAP_FLAG;
        if self.steps.len() < MOST_STEPS {
            let next = fault::address(&registers, system);
            self.steps.push(Step { next, registers });
        } else {
            self.more = true;
        }
    }

    /// Continues after a debug exception that the trap flag raised. Returns false if `outcome` is not one.
    fn pass_trap(&mut self, cpu: &mut dyn Backend, outcome: &Outcome) -> Result<bool, HostError> {
        if !fault::is_debug_exception(outcome) {
            return Ok(false);
        }
        let (mut registers, system) = fault::guest_state(cpu, &self.scene, &self.before)?;
        self.push(registers, &system);
        // At the end of the code, the `hlt` after it is not a step.
        let at_end = fault::address(&registers, &system) == self.end;
        registers.flags =
            if at_end { registers.flags & !TRAP_FLAG } else { registers.flags | TRAP_FLAG };
        cpu.set_system(&system)?;
        cpu.set_registers(&registers)?;
        Ok(true)
    }
}

impl Observer for Walk<'_> {
    fn step(&mut self, cpu: &mut dyn Backend) -> Result<(), HostError> {
        let (registers, system) = (cpu.registers()?, cpu.system()?);
        self.push(registers, &system);
        Ok(())
    }
}

/// Writes the code to memory, and a `hlt` after it. Returns the address of the `hlt` and the byte that
/// was there.
fn load_code(memory: &Memory, code: &Code<'_>) -> Result<(u64, [u8; 1]), HostError> {
    let no_room = || HostError::Config {
        what: format!(
            "{} bytes at {:#x} do not fit: the machine has {:#x} bytes of memory",
            code.bytes.len() + 1,
            code.address,
            memory.ram_size()
        ),
    };
    memory.write(code.address, code.bytes).ok_or_else(no_room)?;
    let end = code.address + code.bytes.len() as u64;
    let mut behind = [0];
    memory.read(end, &mut behind).ok_or_else(no_room)?;
    memory.write(end, &[HLT]).ok_or_else(no_room)?;
    Ok((end, behind))
}

/// Updates the shared parts of a snapshot from the machine.
fn save(
    machine: &mut dyn Backend,
    memory: &Memory,
    mut snapshot: Snapshot,
) -> Result<Snapshot, HostError> {
    let extended = machine.extended()?;
    if extended != *snapshot.extended {
        snapshot.extended = Arc::new(extended);
    }
    save_memory(memory, &mut snapshot);
    Ok(snapshot)
}

fn load_memory(memory: &Memory, snapshot: &Snapshot) {
    for (base, pages) in [(0, &snapshot.ram), (memory.host_address(), &snapshot.host_area)] {
        for (offset, bytes) in pages.iter() {
            let _ = memory.write(base + offset as u64, bytes);
        }
    }
}

/// Updates the pages of a snapshot from memory.
fn save_memory(memory: &Memory, snapshot: &mut Snapshot) {
    let Snapshot { ram, host_area, .. } = snapshot;
    for (base, region) in memory.regions() {
        let count = region.size() / PAGE;
        let present = present(region, count);
        let mut bytes = [0; PAGE];
        for number in 0..count {
            if present.as_ref().is_some_and(|p| p.get(number) == Some(&false)) {
                continue;
            }
            let address = base + (number * PAGE) as u64;
            let (pages, first) = match address < memory.ram_size() {
                true => (&mut *ram, 0),
                false => (&mut *host_area, memory.host_address()),
            };
            // A later run does not need the stack for exceptions.
            if first > 0 && address - first == tables::STACK_TOP - PAGE as u64 {
                continue;
            }
            let within = usize::try_from(address - first);
            if let (Ok(within), Some(())) = (within, memory.read(address, &mut bytes)) {
                pages.write(within, &bytes);
            }
        }
    }
}

/// Which pages of a region are allocated, in memory or swapped out; `None` if the kernel does not
/// report it.
#[cfg(target_os = "linux")]
fn present(region: &Region, count: usize) -> Option<Vec<bool>> {
    use std::os::unix::fs::FileExt as _;
    /// Bits 63 and 62 of an entry: the page is present, or swapped out.
    const PRESENT: u64 = 1 << 63 | 1 << 62;
    let pagemap = std::fs::File::open("/proc/self/pagemap").ok()?;
    let mut entries = vec![0; count * 8];
    let number = region.as_ptr() as u64 / PAGE as u64;
    pagemap.read_exact_at(&mut entries, number * 8).ok()?;
    let entry = |bytes: &[u8]| bytes.try_into().map_or(u64::MAX, u64::from_le_bytes);
    Some(entries.chunks_exact(8).map(|bytes| entry(bytes) & PRESENT != 0).collect())
}

#[cfg(not(target_os = "linux"))]
fn present(_: &Region, _: usize) -> Option<Vec<bool>> {
    None
}
