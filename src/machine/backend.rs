//! What the exit loop needs of a CPU, whoever implements it.
//!
//! Knows no implementation. Guest memory is not part of it: a backend is made around a
//! [`Memory`](super::memory::Memory), which everybody may access between two exits.

use super::exit::Exit;
use super::extended::Extended;
use super::outcome::{Help, HostError};
use super::registers::{Registers, System};

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
