//! [`Image`](crate::image::Image) to [`Outcome`](outcome::Outcome): a fresh virtual machine, run to
//! its end.
//!
//! In order: a room uses only rooms above it in this list.
//!
//! | room | holds |
//! |---|---|
//! | [`outcome`] | the result of a run: outcome, fault, report, errors of the host |
//! | [`config`] | what the caller decides: mode, memory, limits, input and output |
//! | [`limits`] | when a guest has to stop |
//! | [`disassembly`] | how instructions are written |
//! | [`state`] | registers and memory of a machine, without a CPU |
//! | [`boot`] | the state at the first instruction, as data |
//! | [`backend`] | what a CPU has to do, and why it stops |
//! | `kvm` | the kernel's virtual machine as a backend; the only `unsafe` code |
//! | [`soft`] | a CPU in software as a backend, for every host |
//! | `hypercall` | the port ABI |
//! | `fault` | what went wrong in a guest, in words |
//! | `exec` | the run of a guest: choice of the backend, boot, exit loop |
//! | [`snapshot`] | all of a machine's state as data, and runs that start from it |
//! | [`watch`] | a run of which every port access is recorded |
//! | [`doctor`] | what this host can do |

pub mod backend;
pub mod boot;
pub mod config;
pub mod disassembly;
pub mod doctor;
mod exec;
mod fault;
mod hypercall;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod kvm;
pub mod limits;
pub mod outcome;
pub mod snapshot;
pub mod soft;
pub mod state;
pub mod watch;

pub use exec::run;
pub use watch::{run_to_registers, run_watched};

/// Makes SIGINT end running guests, with [`Outcome::Interrupted`](outcome::Outcome::Interrupted),
/// instead of the process. It is for programs; a library should not change signal handlers.
///
/// # Errors
/// `sigaction` failed.
pub fn catch_interrupt() -> std::io::Result<()> {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    return kvm::catch_interrupt();
    #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
    Ok(())
}
