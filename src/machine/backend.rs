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
    /// `hlt`. The instruction pointer is after it.
    Halt,
    /// A timer or an interrupt stopped the CPU so that the limits are checked.
    Kicked,
    /// An access outside physical memory.
    Outside {
        /// Physical address.
        address: u64,
        /// Whether it was a write.
        write: bool,
    },
    /// An exception while a double fault was being delivered.
    TripleFault,
    /// The hardware refused the state of the CPU.
    FailedEntry {
        /// The reason that the hardware gives.
        reason: u64,
    },
    /// The backend could not continue.
    InternalError {
        /// The kind of failure; 1 is an instruction that it cannot emulate.
        suberror: u32,
    },
    /// The backend does not implement the instruction at the instruction pointer.
    Unimplemented,
    /// A single step or breakpoint.
    Debug,
    /// An exit that applets do not cause.
    Unexpected {
        /// The exit's name in the backend's interface.
        name: &'static str,
        /// The exit's number there.
        number: u32,
    },
}

/// An exception that the CPU has raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raised {
    /// Its vector.
    pub vector: u8,
    /// Its error code, if it has one.
    pub code: Option<u64>,
}

/// A CPU that runs a guest.
pub trait Backend {
    /// Runs the guest until it leaves the CPU. A pending port access is completed first.
    ///
    /// # Errors
    /// [`HostError::System`] if a system call on the virtual machine fails.
    fn run(&mut self) -> Result<Exit, HostError>;

    /// The data of the port access that the last exit reported: to read after [`Exit::PortOut`], to
    /// fill after [`Exit::PortIn`].
    fn port_data(&mut self) -> &mut [u8];

    /// The registers. At a port access, the instruction pointer may be before or after the
    /// instruction.
    ///
    /// # Errors
    /// [`HostError::System`] if a system call on the virtual machine fails.
    fn registers(&mut self) -> Result<Registers, HostError>;

    /// Sets the registers.
    ///
    /// # Errors
    /// [`HostError::System`] if a system call on the virtual machine fails.
    fn set_registers(&mut self, registers: &Registers) -> Result<(), HostError>;

    /// Segments, control registers and tables.
    ///
    /// # Errors
    /// [`HostError::System`] if a system call on the virtual machine fails.
    fn system(&mut self) -> Result<System, HostError>;

    /// Sets segments, control registers and tables.
    ///
    /// # Errors
    /// [`HostError::System`] if a system call on the virtual machine fails.
    fn set_system(&mut self, system: &System) -> Result<(), HostError>;

    /// Completes a pending port access without running another instruction.
    ///
    /// # Errors
    /// [`HostError::System`] if a system call on the virtual machine fails.
    fn complete(&mut self) -> Result<(), HostError>;

    /// Sets whether to stop with [`Exit::Debug`] after every instruction.
    ///
    /// # Errors
    /// [`HostError::System`] if a system call on the virtual machine fails, or if this host's KVM
    /// cannot single-step.
    fn set_single_step(&mut self, on: bool) -> Result<(), HostError>;

    /// The x87, SSE and AVX registers.
    ///
    /// # Errors
    /// [`HostError::System`] if a system call on the virtual machine fails.
    fn extended(&mut self) -> Result<Extended, HostError>;

    /// Sets the x87, SSE and AVX registers.
    ///
    /// # Errors
    /// [`HostError::System`] if a system call on the virtual machine fails.
    fn set_extended(&mut self, extended: &Extended) -> Result<(), HostError>;

    /// The exception with which the last triple fault began, if the CPU knows it.
    fn first_exception(&self) -> Option<Raised> {
        None
    }

    /// The work that the software CPU has done for this CPU.
    fn help(&self) -> Help {
        Help::default()
    }
}
