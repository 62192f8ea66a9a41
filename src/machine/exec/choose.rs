//! Chooses the backend of a guest: KVM paired with the software CPU, or the software CPU alone.

use super::guest::Guest;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
use super::pair::Pair;
use crate::machine::backend::Backend;
use crate::machine::config::BackendChoice;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
use crate::machine::kvm;
use crate::machine::outcome::{HostError, Used};

/// A CPU that is ready for a guest.
pub(in crate::machine) struct Chosen<'m> {
    pub(in crate::machine) cpu: Box<dyn Backend + 'm>,
    pub(in crate::machine) used: Used,
    /// Interrupts blocking system calls, for a CPU that does not do that itself.
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    _ticks: Option<kvm::Tick>,
}

/// Creates the CPU that the configuration asks for.
///
/// # Errors
/// [`HostError::System`] or [`HostError::Unsupported`] if KVM was asked for and does not work, or if
/// there is no memory for the software CPU.
pub(in crate::machine) fn choose<'m>(guest: &Guest<'m>) -> Result<Chosen<'m>, HostError> {
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
    Err(HostError::Unsupported { what: "KVM needs Linux on x86-64".to_owned() })
}

fn software<'m>(guest: &Guest<'m>, used: Used) -> Result<Chosen<'m>, HostError> {
    Ok(Chosen {
        cpu: Box::new(guest.software()?),
        used,
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        _ticks: Some(kvm::ticks(guest.limits.period())?),
    })
}
