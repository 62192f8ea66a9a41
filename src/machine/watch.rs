//! Records a run, so that two runs of a guest can be compared: every port access, and the state at one
//! of them and at the end.
//!
//! Backends divide `rep outs` into exits differently, so this counts items, not exits.

use super::backend::{Backend, PortAccess};
use super::config::{Config, Io};
use super::exec::{self, Observer};
use super::fault;
use super::hypercall::Hypercalls;
use super::outcome::{HostError, Report};
use super::snapshot::{self, Snapshot};
use super::state::memory::Memory;
use super::state::registers::{Registers, System};
use crate::abi::port;
use crate::image::Image;

/// The most items that are recorded. Later items are not compared.
const MOST: usize = 1 << 22;

/// One item of a port access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// The port.
    pub port: u16,
    /// Its width in bytes.
    pub width: u8,
    /// The value written; `None` if the access reads.
    pub written: Option<u32>,
}

impl Item {
    /// A hash of the item (FNV-1a).
    fn digest(self) -> u32 {
        let written = self.written.map_or([0; 5], |value| {
            let [a, b, c, d] = value.to_le_bytes();
            [1, a, b, c, d]
        });
        let bytes = self.port.to_le_bytes().into_iter().chain([self.width]).chain(written);
        bytes.fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    }
}

/// The state of a guest at an item.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The item.
    pub item: Item,
    /// The registers, before or after the access.
    pub registers: Registers,
    /// Segments, control registers, tables.
    pub system: System,
}

/// What to record, and what was recorded.
#[derive(Debug, Default)]
pub struct Watch {
    /// The digests of another run, to compare with.
    pub expected: Option<Vec<u32>>,
    /// The item whose state is recorded. If `None`, it is set to the first item that differs from
    /// `expected`.
    pub look_at: Option<usize>,
    /// The digests of this run.
    pub digests: Vec<u32>,
    /// The state at that item.
    pub moment: Option<Moment>,
    /// Whether the guest read a port whose value depends on time.
    pub asks_time: bool,
    /// The state at the end.
    pub end: Option<Snapshot>,
}

impl Watch {
    /// Records an item. Returns whether its state is to be recorded.
    fn note(&mut self, item: Item) -> bool {
        let number = self.digests.len();
        if number >= MOST {
            return false;
        }
        let digest = item.digest();
        self.digests.push(digest);
        let expected = self.expected.as_ref();
        if expected.is_some_and(|e| e.get(number) != Some(&digest)) && self.look_at.is_none() {
            self.look_at = Some(number);
        }
        self.look_at == Some(number)
    }
}

impl Observer for Watch {
    fn port(
        &mut self,
        cpu: &mut dyn Backend,
        access: PortAccess,
        is_out: bool,
    ) -> Result<(), HostError> {
        if !is_out
            && matches!(access.port, port::CLOCK | port::STATUS | port::COM1..=port::COM1_LAST)
        {
            self.asks_time = true;
            return Ok(());
        }
        let width = usize::from(access.width).max(1);
        let mut found = None;
        for bytes in cpu.port_data().chunks_exact(width) {
            let value = bytes.iter().rev().fold(0, |value, &byte| value << 8 | u32::from(byte));
            let written = is_out.then_some(value);
            let item = Item { port: access.port, width: access.width, written };
            if self.note(item) {
                found = Some(item);
            }
        }
        if let Some(item) = found {
            self.moment = Some(Moment { item, registers: cpu.registers()?, system: cpu.system()? });
        }
        Ok(())
    }

    fn end(
        &mut self,
        cpu: &mut dyn Backend,
        memory: &Memory,
        calls: &Hypercalls<'_>,
    ) -> Result<(), HostError> {
        cpu.complete()?;
        self.end = Some(snapshot::capture(cpu, memory, calls.devices())?);
        Ok(())
    }
}

/// Runs `image` as [`run`](super::exec::run) does, and records the run in `watch`.
///
/// # Errors
/// As with [`run`](super::exec::run).
pub fn run_watched(
    image: &Image,
    config: &Config,
    io: &mut Io,
    watch: &mut Watch,
) -> Result<Report, HostError> {
    exec::run_observed(image, config, io, watch).map(|(report, _)| report)
}

/// Runs `image` as [`run`](super::exec::run) does, and returns the registers at the end too.
///
/// # Errors
/// As with [`run`](super::exec::run).
pub fn run_to_registers(
    image: &Image,
    config: &Config,
    io: &mut Io,
) -> Result<(Report, Registers), HostError> {
    let mut end = AtEnd::default();
    let (report, _) = exec::run_observed(image, config, io, &mut end)?;
    Ok((report, end.0))
}

/// The registers at the end of a run.
#[derive(Default)]
struct AtEnd(Registers);

impl Observer for AtEnd {
    fn end(
        &mut self,
        cpu: &mut dyn Backend,
        _: &Memory,
        _: &Hypercalls<'_>,
    ) -> Result<(), HostError> {
        cpu.complete()?;
        self.0 = cpu.registers()?;
        Ok(())
    }
}

/// Registers as name and value, in the order in which they are shown.
#[must_use]
pub fn rows(registers: &Registers, system: &System) -> Vec<(&'static str, u64)> {
    fault::rows(registers, system)
}
