//! A guest that is watched from outside, so that two runs of it can be compared: what it does at its
//! ports, item by item, and the state in which it is at one of them and at the end.
//!
//! How a backend cuts `rep outs` into exits is its own affair, so items are counted, not exits.
//! Compares nothing but numbers; knows nothing of words.

use super::backend::Backend;
use super::exit::{Exit, PortAccess};
use super::extended::Extended;
use super::fault;
use super::outcome::{Help, HostError};
use super::registers::{Registers, System};
use super::snapshot::Snapshot;
use crate::abi::port;

/// Most items that are kept; those behind them are not compared.
const MOST: usize = 1 << 22;

/// One item at a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// The port.
    pub port: u16,
    /// Its bytes.
    pub width: u8,
    /// What is written; none if it is read.
    pub written: Option<u32>,
}

impl Item {
    /// A number that is another for almost any other item (FNV-1a).
    fn digest(self) -> u32 {
        let written = self.written.map_or([0; 5], |value| {
            let [a, b, c, d] = value.to_le_bytes();
            [1, a, b, c, d]
        });
        let bytes = self.port.to_le_bytes().into_iter().chain([self.width]).chain(written);
        bytes.fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    }
}

/// A guest at an item.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The item.
    pub item: Item,
    /// The registers, before the access or behind it.
    pub registers: Registers,
    /// The rest.
    pub system: System,
}

/// What is to be seen, and what was.
#[derive(Debug, Default)]
pub struct Watch {
    /// The digests of another run.
    pub expected: Option<Vec<u32>>,
    /// The item to stop and look at; where the run leaves `expected`, if that is before.
    pub look_at: Option<usize>,
    /// The digests of this run.
    pub digests: Vec<u32>,
    /// What was there to look at.
    pub moment: Option<Moment>,
    /// Whether it asked for the time, or for what depends on it.
    pub asks_time: bool,
    /// The state at the end.
    pub end: Option<Snapshot>,
}

impl Watch {
    /// Notes an item; tells whether it is the one to look at.
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

/// A CPU that is watched.
pub(super) struct Watched<'a> {
    pub(super) cpu: &'a mut dyn Backend,
    pub(super) watch: &'a mut Watch,
}

impl Watched<'_> {
    fn note(&mut self, access: PortAccess, is_out: bool) -> Result<(), HostError> {
        if !is_out
            && matches!(access.port, port::CLOCK | port::STATUS | port::COM1..=port::COM1_LAST)
        {
            self.watch.asks_time = true;
            return Ok(());
        }
        let width = usize::from(access.width).max(1);
        let mut found = None;
        for bytes in self.cpu.port_data().chunks_exact(width) {
            let value = bytes.iter().rev().fold(0, |value, &byte| value << 8 | u32::from(byte));
            let written = is_out.then_some(value);
            let item = Item { port: access.port, width: access.width, written };
            if self.watch.note(item) {
                found = Some(item);
            }
        }
        if let Some(item) = found {
            let (registers, system) = (self.cpu.registers()?, self.cpu.system()?);
            self.watch.moment = Some(Moment { item, registers, system });
        }
        Ok(())
    }
}

impl Backend for Watched<'_> {
    fn run(&mut self) -> Result<Exit, HostError> {
        let exit = self.cpu.run()?;
        match exit {
            Exit::PortIn(access) => self.note(access, false)?,
            Exit::PortOut(access) => self.note(access, true)?,
            _ => {}
        }
        Ok(exit)
    }

    fn port_data(&mut self) -> &mut [u8] {
        self.cpu.port_data()
    }

    fn registers(&mut self) -> Result<Registers, HostError> {
        self.cpu.registers()
    }

    fn set_registers(&mut self, registers: &Registers) -> Result<(), HostError> {
        self.cpu.set_registers(registers)
    }

    fn system(&mut self) -> Result<System, HostError> {
        self.cpu.system()
    }

    fn set_system(&mut self, system: &System) -> Result<(), HostError> {
        self.cpu.set_system(system)
    }

    fn complete(&mut self) -> Result<(), HostError> {
        self.cpu.complete()
    }

    fn set_single_step(&mut self, on: bool) -> Result<(), HostError> {
        self.cpu.set_single_step(on)
    }

    fn extended(&mut self) -> Result<Extended, HostError> {
        self.cpu.extended()
    }

    fn set_extended(&mut self, extended: &Extended) -> Result<(), HostError> {
        self.cpu.set_extended(extended)
    }

    fn help(&self) -> Help {
        self.cpu.help()
    }
}

/// Registers as name and value, in the order to be shown.
#[must_use]
pub fn rows(registers: &Registers, system: &System) -> Vec<(&'static str, u64)> {
    fault::rows(registers, system)
}
