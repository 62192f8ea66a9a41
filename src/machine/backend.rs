//! The interface between the exit loop and a CPU: the trait [`Backend`], and the values with which
//! a CPU says why it stopped.
//!
//! Guest memory is not part of the trait. A backend is made around a
//! [`Memory`](super::state::memory::Memory), and everyone may access it between two exits.

use super::outcome::{Help, HostError};
use super::state::extended::Extended;
use super::state::registers::{Registers, System};

/// One access to a port: `count` items of `width` bytes each, in the backend's port buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortAccess {
    /// The port.
    pub port: u16,
    /// 1, 2 or 4.
    pub width: u8,
    /// 1, or more for `rep ins` and `rep outs`.
    pub count: u32,
}

/// Why the guest left the CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// `in` or `ins`: the port buffer is to be filled.
    PortIn(PortAccess),
    /// `out` or `outs`: the port buffer holds the data.
    PortOut(PortAccess),
    /// `hlt`; the instruction pointer is behind it.
    Halt,
    /// Somebody kicked the CPU so that limits are looked at.
    Kicked,
    /// An access to physical memory that is not there.
    Outside {
        /// Physical address.
        address: u64,
        /// Whether it was a write.
        write: bool,
    },
    /// Three exceptions, each while the last was being delivered.
    TripleFault,
    /// The hardware refused the state of the CPU.
    FailedEntry {
        /// The hardware's reason.
        reason: u64,
    },
    /// The backend gave up on an instruction.
    InternalError {
        /// Which kind of failure; 1 is an instruction that it cannot emulate.
        suberror: u32,
    },
    /// The backend does not have the instruction at the instruction pointer.
    Unimplemented,
    /// A single step or breakpoint.
    Debug,
    /// An exit that no applet should cause.
    Unexpected {
        /// The exit's name in the backend's interface.
        name: &'static str,
        /// Its number there.
        number: u32,
    },
}

/// A CPU with a guest on it.
pub trait Backend {
    /// Runs the guest until it leaves the CPU. A pending port access is completed first.
    ///
    /// # Errors
    /// The host failed.
    fn run(&mut self) -> Result<Exit, HostError>;

    /// The data of the port access that the last exit reported.
    fn port_data(&mut self) -> &mut [u8];

    /// The registers. At a port access they may be from before or behind the instruction.
    ///
    /// # Errors
    /// The host failed.
    fn registers(&mut self) -> Result<Registers, HostError>;

    /// Sets the registers.
    ///
    /// # Errors
    /// The host failed.
    fn set_registers(&mut self, registers: &Registers) -> Result<(), HostError>;

    /// Segments, control registers and tables.
    ///
    /// # Errors
    /// The host failed.
    fn system(&mut self) -> Result<System, HostError>;

    /// Sets segments, control registers and tables.
    ///
    /// # Errors
    /// The host failed.
    fn set_system(&mut self, system: &System) -> Result<(), HostError>;

    /// Completes a pending port access without running a further instruction.
    ///
    /// # Errors
    /// The host failed.
    fn complete(&mut self) -> Result<(), HostError>;

    /// Whether to stop with [`Exit::Debug`] after every instruction.
    ///
    /// # Errors
    /// The host failed, or cannot do that.
    fn set_single_step(&mut self, on: bool) -> Result<(), HostError>;

    /// The x87, SSE and AVX registers.
    ///
    /// # Errors
    /// The host failed.
    fn extended(&mut self) -> Result<Extended, HostError>;

    /// Sets the x87, SSE and AVX registers.
    ///
    /// # Errors
    /// The host failed.
    fn set_extended(&mut self, extended: &Extended) -> Result<(), HostError>;

    /// What another CPU did for this one.
    fn help(&self) -> Help {
        Help::default()
    }
}
