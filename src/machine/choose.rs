//! Which CPU runs a guest: the kernel's or the one in software.
//!
//! The only place that knows both. Knows nothing of what is run.

use super::backend::Backend;
use super::config::BackendChoice;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
use super::kvm;
use super::limits::Limits;
use super::memory::Memory;
use super::outcome::{HostError, Used};
use super::soft;

/// A CPU that is ready for a guest.
pub(super) struct Chosen<'m> {
    pub(super) cpu: Box<dyn Backend + 'm>,
    pub(super) used: Used,
    /// Interrupts system calls that block, for a CPU that does not see to that itself.
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    _ticks: Option<kvm::Tick>,
}

/// Makes the CPU that the caller wants, around `memory`.
///
/// # Errors
/// The host cannot do it.
pub(super) fn choose<'m>(
    choice: BackendChoice,
    memory: &'m Memory,
    limits: &Limits,
) -> Result<Chosen<'m>, HostError> {
    match choice {
        BackendChoice::Kvm => kernel(memory, limits),
        BackendChoice::Soft => software(memory, limits, Used::Soft),
        BackendChoice::Auto => kernel(memory, limits).or_else(|error| {
            software(memory, limits, Used::SoftInstead { why: error.to_string() })
        }),
    }
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn kernel<'m>(memory: &'m Memory, limits: &Limits) -> Result<Chosen<'m>, HostError> {
    let cpu = Box::new(kvm::Machine::new(memory, limits.period())?);
    Ok(Chosen { cpu, used: Used::Kvm, _ticks: None })
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
fn kernel<'m>(_: &'m Memory, _: &Limits) -> Result<Chosen<'m>, HostError> {
    Err(HostError::Unsupported { what: "KVM is there only on Linux on x86-64".to_owned() })
}

fn software<'m>(memory: &'m Memory, limits: &Limits, used: Used) -> Result<Chosen<'m>, HostError> {
    Ok(Chosen {
        cpu: Box::new(soft::Machine::new(memory, limits.period())?),
        used,
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        _ticks: Some(kvm::ticks(limits.period())?),
    })
}
