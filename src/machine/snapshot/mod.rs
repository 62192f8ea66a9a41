//! All of a machine's state as data: to run from, in a fresh machine, and to come back to.
//!
//! **The problem.** Each piece of code that is run from a snapshot gets a machine of its own, and
//! the next snapshot is what that machine holds when the code has come to its end. Memory is
//! 16 MiB or more, of which a piece of code touches a few pages.
//!
//! **The idea.** The memory of a fresh machine has no pages but those which were written: by the
//! host, from the snapshot, or by the guest. Which these are, the kernel tells in
//! `/proc/self/pagemap`, exactly, also for pages that were swapped out, and on every processor.
//! They are compared with the snapshot that was run from, and shared with it where they are equal.
//!
//! **The end of the code** is a `hlt` that is put behind it for the time of the run. A guest that
//! stops there has ended the code; one that stops at a `hlt` elsewhere has ended its run. The
//! registers are the guest's own: at ring 3, where `hlt` is refused, those that the CPU pushed.
//!
//! Debug registers and model-specific registers other than EFER and the bases of fs and gs are
//! not part of it. It knows nothing of what the code is.

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
    /// What the ports remember.
    pub devices: Devices,
}

impl Snapshot {
    /// Copies bytes of physical memory out; `None` if they are not all there. `ram` is how many
    /// bytes of RAM there are.
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

    /// Copies bytes into RAM, of which there are `ram` bytes; `None` if there is no room for all.
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

    /// Whether both are the same state, but for what the ports remember of time.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.registers == other.registers
            && self.system == other.system
            && self.extended == other.extended
            && self.ram == other.ram
            && self.host_area == other.host_area
    }
}

/// Code to be run from a snapshot.
#[derive(Clone, Copy, Debug)]
pub struct Code<'a> {
    /// The program that it is part of, with its line table; for messages.
    pub image: &'a Image,
    /// Bytes to be put into memory before.
    pub bytes: &'a [u8],
    /// Their linear address, which is also the physical one.
    pub address: u64,
    /// The first instruction.
    pub start: u64,
}

/// How a run from a snapshot ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// At the end of the code.
    End,
    /// Otherwise.
    Outcome(Outcome),
}

/// What a run from a snapshot came to.
#[derive(Debug)]
pub struct Resumed {
    /// How it ended.
    pub ending: Ending,
    /// The state at the end; none if the guest faulted or was stopped.
    pub snapshot: Option<Snapshot>,
    /// At what cost.
    pub stats: Stats,
    /// What each instruction left, if the run was stepped.
    pub steps: Vec<Step>,
    /// Whether there were more steps than are kept.
    pub more_steps: bool,
}

/// The state behind one instruction.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Linear address of the instruction that comes next.
    pub next: u64,
    /// General registers.
    pub registers: Registers,
}

/// How code is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// At once.
    #[default]
    Free,
    /// Instruction by instruction, as the hypervisor does it.
    ByHypervisor,
    /// Instruction by instruction, by the trap flag.
    ByTrapFlag,
}

/// The state of a machine that was made for `boot` and has run nothing yet.
///
/// # Errors
/// What the host cannot do.
pub fn first(boot: &Boot, config: &Config) -> Result<Snapshot, HostError> {
    resume::first(boot, config)
}

/// What a machine holds that has stopped.
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
/// What the host cannot do. Code that ends badly is an [`Ending`].
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
