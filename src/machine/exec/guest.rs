//! A guest for which a backend is chosen: its configuration, boot state, memory and limits.

use crate::machine::boot::Boot;
use crate::machine::config::Config;
use crate::machine::limits::Limits;
use crate::machine::outcome::HostError;
use crate::machine::soft;
use crate::machine::state::memory::Memory;

/// A guest without a CPU.
#[derive(Clone, Copy, Debug)]
pub(in crate::machine) struct Guest<'m> {
    pub(in crate::machine) config: &'m Config,
    pub(in crate::machine) boot: &'m Boot,
    pub(in crate::machine) memory: &'m Memory,
    pub(in crate::machine) limits: &'m Limits,
}

impl<'m> Guest<'m> {
    /// Creates a software CPU for the guest.
    ///
    /// # Errors
    /// [`HostError::System`] if there is no memory for it.
    pub(in crate::machine) fn software(&self) -> Result<soft::Machine<'m>, HostError> {
        let soft = soft::Machine::new(self.memory, self.limits.period())?;
        Ok(soft.seeded(self.config.seed))
    }
}
