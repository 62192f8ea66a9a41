//! Serves port accesses: the implementation of the port ABI.
//!
//! [`input`] and [`output`] move the bytes, [`serial`] has the registers of COM1, and [`buffer`] finds
//! the guest's buffers.

mod buffer;
mod input;
mod output;
mod random;
mod serial;
#[cfg(test)]
mod tests;
mod transfer;
mod wait;

use super::backend::Backend;
use super::backend::PortAccess;
use super::boot::Boot;
use super::config::{Config, Io, Ports};
use super::limits::Limits;
use super::outcome::{HostError, Outcome};
use super::state::memory::Memory;
use super::state::registers::System;
use crate::abi::{self, port};
use input::Source;
use output::{Sink, Stream};
use random::Random;
use serial::Serial;
use std::time::Duration;

pub(super) use buffer::Buffer;

/// Why a guest does not continue.
#[derive(Debug)]
pub(super) enum Stop {
    /// It ended.
    Outcome(Outcome),
    /// Its port access cannot be served.
    Fault(PortFault),
    /// A system call failed.
    Host(HostError),
}

impl From<HostError> for Stop {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

/// Why a port access cannot be served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PortFault {
    /// No such port, or not in this direction.
    Unknown {
        /// The access.
        access: PortAccess,
        /// Whether it was an `out`.
        write: bool,
    },
    /// Part of the buffer is outside RAM.
    Buffer {
        /// The access.
        access: PortAccess,
        /// Which buffer.
        buffer: Buffer,
        /// Whether the access writes to the buffer.
        into: bool,
    },
    /// `ins` or `outs` on a port that moves a buffer.
    String {
        /// The access.
        access: PortAccess,
    },
}

/// Serves the ports of one run.
#[derive(Debug)]
pub(super) struct Hypercalls<'a> {
    pub(super) sink: Sink<'a>,
    source: Source<'a>,
    limits: Limits,
    memory: &'a Memory,
    /// The system registers of a guest that cannot change them.
    confined: Option<System>,
    args: Vec<u8>,
    devices: Devices,
    ignore_unknown: bool,
    is_seeded: bool,
    /// Whether the guest has asked for something that differs from run to run.
    asked: bool,
    /// The whole value that was written to EXIT.
    pub(super) exit_value: Option<u32>,
}

/// The state of the ports between two accesses.
#[derive(Clone, Debug)]
pub struct Devices {
    next_arg: usize,
    random: Random,
    serial: Serial,
    /// The time on the clock at the start of this run.
    clock: Duration,
}

impl Devices {
    /// The state in a fresh machine.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self {
            next_arg: 0,
            random: Random::new(config.seed),
            serial: Serial::default(),
            clock: Duration::ZERO,
        }
    }
}

impl<'a> Hypercalls<'a> {
    pub(super) fn new(
        config: &Config,
        io: &'a mut Io,
        boot: &Boot,
        memory: &'a Memory,
        limits: Limits,
    ) -> Self {
        let mut args = Vec::new();
        for arg in &config.args {
            args.extend_from_slice(arg);
            args.push(0);
        }
        Self {
            sink: Sink::new(&mut io.output, &mut io.error, config.max_output),
            source: Source::new(&mut io.input),
            limits,
            memory,
            confined: boot.confined.then_some(boot.system),
            args,
            devices: Devices::new(config),
            ignore_unknown: config.ports == Ports::Ignore,
            is_seeded: config.seed.is_some(),
            asked: false,
            exit_value: None,
        }
    }

    /// Sets the state of the ports to that of an earlier run.
    pub(super) fn resume(&mut self, devices: &Devices) {
        self.devices = devices.clone();
    }

    /// The current state of the ports.
    pub(super) fn devices(&self) -> Devices {
        let clock = self.devices.clock + self.limits.elapsed();
        Devices { clock, ..self.devices.clone() }
    }

    /// All the input that the guest has read, if a run with it would repeat this one.
    pub(super) fn tape(&self) -> Option<Vec<u8>> {
        if self.asked { None } else { self.source.tape() }
    }

    /// Serves an `in` or `ins`.
    pub(super) fn port_in(
        &mut self,
        cpu: &mut dyn Backend,
        access: PortAccess,
    ) -> Result<(), Stop> {
        if matches!(access.port, port::READ | port::WRITE | port::WRITE_ERR) {
            if access.count != 1 {
                return Err(Stop::Fault(PortFault::String { access }));
            }
            let moved = self.move_buffer(cpu, access)?;
            store(cpu.port_data(), moved);
            return Ok(());
        }
        for item in cpu.port_data().chunks_exact_mut(usize::from(access.width).max(1)) {
            let value = self.value(access)?;
            store(item, value);
        }
        Ok(())
    }

    /// The value of one item read from a port.
    fn value(&mut self, access: PortAccess) -> Result<u64, Stop> {
        Ok(match access.port {
            port::STDIN => byte_or_end(self.read_byte()?, access.width),
            port::ARGS => {
                let byte = self.args.get(self.devices.next_arg).copied();
                self.devices.next_arg += usize::from(byte.is_some());
                byte_or_end(byte, access.width)
            }
            port::CLOCK => {
                self.asked = true;
                let time = self.devices.clock + self.limits.elapsed();
                // Microseconds since the start of a process fit in 64 bits.
                #[expect(clippy::cast_possible_truncation, reason = "584 000 years")]
                let microseconds = time.as_micros() as u64;
                microseconds
            }
            port::RANDOM => {
                self.asked |= !self.is_seeded;
                self.devices.random.next()
            }
            port::STATUS => self.status()?,
            port::VERSION => u64::from(abi::VERSION),
            port::COM1..=port::COM1_LAST => self.serial_in(access.port - port::COM1)?,
            _ if self.ignore_unknown => u64::MAX,
            _ => return Err(Stop::Fault(PortFault::Unknown { access, write: false })),
        })
    }

    /// The value of STATUS. Bit 0: a byte of input is ready; bit 1: the end of input is reached.
    fn status(&mut self) -> Result<u64, Stop> {
        self.asked = true;
        self.sink.flush(&self.limits)?;
        self.source.fill_if_ready(&self.limits)?;
        Ok(u64::from(self.source.has_byte()) | u64::from(self.source.at_end()) << 1)
    }

    /// The next byte of input; `None` at the end of input. Waits for it.
    fn read_byte(&mut self) -> Result<Option<u8>, Stop> {
        if !self.source.has_byte() {
            self.sink.flush(&self.limits)?;
            self.source.fill(&self.limits)?;
        }
        Ok(self.source.take())
    }

    fn serial_in(&mut self, register: u16) -> Result<u64, Stop> {
        match register {
            serial::DATA if !self.devices.serial.divisor_shown() => {
                Ok(u64::from(self.read_byte()?.unwrap_or(0)))
            }
            serial::LINE_STATUS => {
                // At the end of input there is a byte to read too: the 0 that marks the end.
                let ready = self.status()? != 0;
                Ok(u64::from(serial::line_status(ready)))
            }
            _ => Ok(u64::from(self.devices.serial.read(register))),
        }
    }

    /// Serves an `out` or `outs`.
    pub(super) fn port_out(
        &mut self,
        cpu: &mut dyn Backend,
        access: PortAccess,
    ) -> Result<(), Stop> {
        let data = cpu.port_data();
        match access.port {
            port::STDOUT | port::DEBUG => self.sink.put(Stream::Output, data, &self.limits),
            port::STDERR => self.sink.put(Stream::Error, data, &self.limits),
            port::EXIT => {
                let mut value = [0; 4];
                value.iter_mut().zip(&*data).for_each(|(to, &from)| *to = from);
                self.exit_value = Some(u32::from_le_bytes(value));
                Err(Stop::Outcome(Outcome::Exited(data.first().copied().unwrap_or_default())))
            }
            port::COM1..=port::COM1_LAST => {
                let register = access.port - port::COM1;
                data.chunks_exact(usize::from(access.width).max(1))
                    .filter_map(|item| item.first())
                    .try_for_each(|&byte| self.serial_out(register, byte))
            }
            _ if self.ignore_unknown => Ok(()),
            _ => Err(Stop::Fault(PortFault::Unknown { access, write: true })),
        }
    }

    fn serial_out(&mut self, register: u16, byte: u8) -> Result<(), Stop> {
        if register == serial::DATA && !self.devices.serial.divisor_shown() {
            return self.sink.put(Stream::Output, &[byte], &self.limits);
        }
        self.devices.serial.write(register, byte);
        Ok(())
    }

    /// Serves READ, WRITE and WRITE_ERR. Returns the number of bytes moved.
    fn move_buffer(&mut self, cpu: &mut dyn Backend, access: PortAccess) -> Result<u64, Stop> {
        let into = access.port == port::READ;
        let system = match self.confined {
            Some(system) => system,
            None => cpu.system()?,
        };
        let buffer = Buffer::of(&cpu.registers()?, &system, into);
        let Some(pieces) = buffer.pieces(self.memory, &system, into) else {
            return Err(Stop::Fault(PortFault::Buffer { access, buffer, into }));
        };
        // The count must fit in the operand.
        let most = u64::MAX >> (64 - 8 * u32::from(access.width).clamp(1, 4));
        match access.port {
            port::READ => {
                self.sink.flush(&self.limits)?;
                self.source.read(&pieces, most, &self.limits)
            }
            port::WRITE => self.sink.write(Stream::Output, &pieces, most, &self.limits),
            _ => self.sink.write(Stream::Error, &pieces, most, &self.limits),
        }
    }
}

/// The value of an input byte, zero-extended. At the end of input: 0 for a byte, else all ones.
fn byte_or_end(byte: Option<u8>, width: u8) -> u64 {
    byte.map_or(if width == 1 { 0 } else { u64::MAX }, u64::from)
}

/// Puts the low bytes of `value` into `item`.
fn store(item: &mut [u8], value: u64) {
    for (to, from) in item.iter_mut().zip(value.to_le_bytes()) {
        *to = from;
    }
}
