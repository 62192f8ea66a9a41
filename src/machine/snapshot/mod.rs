//! All of a machine's state as data, and runs that start from it in a fresh machine.
//!
//! **The problem.** Each piece of code that runs from a snapshot gets a fresh machine, and the next
//! snapshot is the state of that machine at the end of the code. Memory is 16 MiB or more, but a piece
//! of code accesses only a few pages.
//!
//! **The idea.** In a fresh machine, only pages that were written are allocated: those from the
//! snapshot, and those that the guest wrote. The kernel lists them in `/proc/self/pagemap`, exactly,
//! including pages that were swapped out, and on every processor. They are compared with the snapshot
//! from which the run started, and equal blocks are shared with it.
//!
//! **The end of the code.** During the run, a `hlt` is placed after the code. A guest that stops there
//! has reached the end of the code; a guest that stops at another `hlt` has halted. The registers are
//! those of the guest. At ring 3, where `hlt` raises an exception, they are those that the CPU pushed.
//!
//! A snapshot does not include debug registers, nor model-specific registers other than EFER and the
//! bases of fs and gs.

pub mod pages;
mod resume;

use super::backend::Backend;
use super::boot::Boot;
use super::config::{Config, Io};
pub use super::hypercall::Devices;
use super::outcome::{HostError, Outcome, Stats};
use super::state::extended::Extended;
use super::state::memory::Memory;
use super::state::memory::{HOST_BASE, HOST_SIZE};
use super::state::registers::{Registers, System};
use crate::image::Image;
use pages::Pages;
use std::sync::Arc;

/// The state of a machine between two runs.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// General registers.
    pub registers: Registers,
    /// Segments, control registers, tables.
    pub system: System,
    /// x87, SSE and AVX registers.
    pub extended: Arc<Extended>,
    /// RAM.
    pub ram: Pages,
    /// The host's area of memory.
    pub host_area: Pages,
    /// The state of the ports.
    pub devices: Devices,
}

impl Snapshot {
    /// Copies bytes of physical memory out; `None` if some are outside memory. `ram` is the size of
    /// RAM in bytes.
    #[must_use]
    pub fn read(&self, ram: u64, address: u64, bytes: &mut [u8]) -> Option<()> {
        let length = u64::try_from(bytes.len()).ok()?;
        let (pages, base, size) = if address < ram {
            (&self.ram, 0, ram)
        } else {
            (&self.host_area, HOST_BASE, HOST_SIZE)
        };
        let offset = address.checked_sub(base)?;
        if offset.checked_add(length)? > size {
            return None;
        }
        pages.read(usize::try_from(offset).ok()?, bytes);
        Some(())
    }

    /// Copies bytes into RAM, whose size is `ram` bytes; `None` if some are outside RAM.
    #[must_use]
    pub fn write(&mut self, ram: u64, address: u64, bytes: &[u8]) -> Option<()> {
        let end = address.checked_add(u64::try_from(bytes.len()).ok()?)?;
        if end > ram {
            return None;
        }
        let offset = usize::try_from(address).ok()?;
        self.ram.write(offset, bytes);
        Some(())
    }

    /// Whether the registers and the memory of both are equal. The state of the ports is not compared.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.registers == other.registers
            && self.system == other.system
            && self.extended == other.extended
            && self.ram == other.ram
            && self.host_area == other.host_area
    }
}

/// Code that runs from a snapshot.
#[derive(Clone, Copy, Debug)]
pub struct Code<'a> {
    /// The program that the code is part of, for messages.
    pub image: &'a Image,
    /// Bytes to write to memory before the run.
    pub bytes: &'a [u8],
    /// Their linear address, which is also the physical one.
    pub address: u64,
    /// The first instruction.
    pub start: u64,
}

/// How a run from a snapshot ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// It reached the end of the code.
    End,
    /// It ended otherwise.
    Outcome(Outcome),
}

/// The result of a run from a snapshot.
#[derive(Debug)]
pub struct Resumed {
    /// How it ended.
    pub ending: Ending,
    /// The state at the end; `None` if the guest faulted or was stopped.
    pub snapshot: Option<Snapshot>,
    /// What the run cost.
    pub stats: Stats,
    /// The state after each instruction, if the run was stepped.
    pub steps: Vec<Step>,
    /// Whether there were more steps than are recorded.
    pub more_steps: bool,
}

/// The state after one instruction.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Linear address of the next instruction.
    pub next: u64,
    /// General registers.
    pub registers: Registers,
}

/// Whether and how a run is stepped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// Not stepped.
    #[default]
    Free,
    /// Stepped by the backend.
    ByHypervisor,
    /// Stepped by the trap flag.
    ByTrapFlag,
}

/// The state of a fresh machine for `boot`, before its first instruction.
///
/// # Errors
/// As with [`run`](super::run).
pub fn first(boot: &Boot, config: &Config) -> Result<Snapshot, HostError> {
    resume::first(boot, config)
}

/// The state of a stopped machine.
pub(super) fn capture(
    machine: &mut dyn Backend,
    memory: &Memory,
    devices: Devices,
) -> Result<Snapshot, HostError> {
    resume::capture(machine, memory, devices)
}

/// Runs `code` from `snapshot` in a fresh machine.
///
/// # Errors
/// [`HostError::Config`] if the code does not fit in memory, and as with [`run`](super::run). Code that
/// faults or times out is not an error, but an [`Ending`].
pub fn resume(
    boot: &Boot,
    snapshot: &Snapshot,
    code: &Code<'_>,
    config: &Config,
    pace: Pace,
    io: &mut Io,
) -> Result<Resumed, HostError> {
    resume::resume(boot, snapshot, code, config, pace, io)
}
