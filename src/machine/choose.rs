//! Which CPU runs a guest: the kernel's, with the one in software at its side, or that one alone.
//!
//! Knows nothing of what is run.

use super::backend::Backend;
use super::boot::Boot;
use super::config::{BackendChoice, Config};
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
use super::kvm;
use super::limits::Limits;
use super::memory::Memory;
use super::outcome::{HostError, Used};
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
use super::pair::Pair;
use super::soft;

/// A CPU that is ready for a guest.
pub(super) struct Chosen<'m> {
    pub(super) cpu: Box<dyn Backend + 'm>,
    pub(super) used: Used,
    /// Interrupts system calls that block, for a CPU that does not see to that itself.
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    _ticks: Option<kvm::Tick>,
}

/// What the CPU is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guest<'m> {
    pub(super) config: &'m Config,
    pub(super) boot: &'m Boot,
    pub(super) memory: &'m Memory,
    pub(super) limits: &'m Limits,
}

impl<'m> Guest<'m> {
    /// A CPU in software for it.
    ///
    /// # Errors
    /// There is no memory.
    pub(super) fn software(&self) -> Result<soft::Machine<'m>, HostError> {
        let soft = soft::Machine::new(self.memory, self.limits.period())?;
        Ok(soft.seeded(self.config.seed))
    }
}

/// Makes the CPU that the caller wants.
///
/// # Errors
/// The host cannot do it.
pub(super) fn choose<'m>(guest: &Guest<'m>) -> Result<Chosen<'m>, HostError> {
    match guest.config.backend {
        BackendChoice::Kvm => kernel(guest),
        BackendChoice::Soft => software(guest, Used::Soft),
        BackendChoice::Native if !guest.boot.confined => software(guest, Used::SoftForSpeed),
        BackendChoice::Auto | BackendChoice::Native => kernel(guest)
            .or_else(|error| software(guest, Used::SoftInstead { why: error.to_string() })),
    }
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn kernel<'m>(guest: &Guest<'m>) -> Result<Chosen<'m>, HostError> {
    Ok(Chosen { cpu: Box::new(Pair::new(guest)?), used: Used::Kvm, _ticks: None })
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
fn kernel<'m>(_: &Guest<'m>) -> Result<Chosen<'m>, HostError> {
    Err(HostError::Unsupported { what: "KVM is there only on Linux on x86-64".to_owned() })
}

fn software<'m>(guest: &Guest<'m>, used: Used) -> Result<Chosen<'m>, HostError> {
    Ok(Chosen {
        cpu: Box::new(guest.software()?),
        used,
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        _ticks: Some(kvm::ticks(guest.limits.period())?),
    })
}
