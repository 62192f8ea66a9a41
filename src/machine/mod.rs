//! [`Image`] to [`Outcome`](outcome::Outcome): a fresh virtual machine, run to its end.
//!
//! | file | holds |
//! |---|---|
//! | `config`, `outcome` | what the caller decides, and what he gets |
//! | [`boot`] | the state at the first instruction, as data |
//! | [`registers`], [`extended`], [`memory`], [`region`], `paging` | the machine's state without a CPU |
//! | [`snapshot`] | all of a machine's state, to go on from |
//! | [`backend`], [`exit`] | what a CPU has to do, and why it stops |
//! | `kvm` | the kernel's virtual machine as a backend; the only `unsafe` |
//! | [`soft`] | a CPU in software as a backend, for every host and every instruction |
//! | `pair`, `ring_0`, [`state`] | KVM with the software CPU at its side, for what it cannot do |
//! | `choose` | which of them runs a guest |
//! | `run`, `limits` | the exit loop, and when it ends |
//! | [`watch`] | what two runs of a guest are compared by |
//! | `hypercall` | the port ABI |
//! | `fault` | what went wrong, in words |
//! | [`disassembly`] | how instructions are written |
//! | `doctor` | what this host can do |
//!
//! Knows nothing of source text beyond the spans in the image's line table, and prints nothing.

pub mod backend;
pub mod boot;
mod choose;
pub mod config;
pub mod disassembly;
pub mod doctor;
pub mod exit;
pub mod extended;
mod fault;
mod hypercall;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod kvm;
pub mod limits;
pub mod memory;
pub mod outcome;
mod paging;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod pair;
pub mod region;
pub mod registers;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod ring_0;
mod run;
pub mod snapshot;
pub mod soft;
pub mod state;
pub mod watch;

use crate::image::Image;
use config::{Config, Io};
use outcome::{HostError, Report};

/// Boots `image` in a fresh machine and runs it until it ends.
///
/// Time counts from the call. The calling thread runs the guest; nothing of the machine is left
/// when this returns.
///
/// # Errors
/// Only what the host cannot do; a guest that ends badly is an [`Outcome`](outcome::Outcome).
pub fn run(image: &Image, config: &Config, io: &mut Io) -> Result<Report, HostError> {
    run_on_host(image, config, io, None)
}

/// The same, watched.
///
/// # Errors
/// As with [`run`].
pub fn run_watched(
    image: &Image,
    config: &Config,
    io: &mut Io,
    watch: &mut watch::Watch,
) -> Result<Report, HostError> {
    run_on_host(image, config, io, Some(watch))
}

fn run_on_host(
    image: &Image,
    config: &Config,
    io: &mut Io,
    mut watch: Option<&mut watch::Watch>,
) -> Result<Report, HostError> {
    use std::time::Instant;

    let start = Instant::now();
    let limits = limits::Limits::new(start, config.timeout);
    let boot = boot::Boot::new(image, config)?;
    let memory = memory::Memory::new(boot.ram, boot.host)?;
    let guest = choose::Guest { config, boot: &boot, memory: &memory, limits: &limits };
    let mut chosen = choose::choose(&guest)?;
    let cpu = &mut *chosen.cpu;
    let created = Instant::now();

    boot.load(image, &memory)?;
    cpu.set_system(&boot.system)?;
    cpu.set_registers(&boot.registers)?;
    let booted = Instant::now();

    let mut calls = hypercall::Hypercalls::new(config, io, &boot, &memory, limits);
    let scene = fault::Scene { image, boot: &boot, memory: &memory };
    let (outcome, exits) = match &mut watch {
        None => run::run(cpu, &mut calls, &scene, &limits, &mut |_| Ok(()))?,
        Some(watch) => {
            let mut watched = watch::Watched { cpu, watch };
            run::run(&mut watched, &mut calls, &scene, &limits, &mut |_| Ok(()))?
        }
    };
    let place = outcome.is_limit().then(|| fault::place(cpu, &scene)).transpose()?;
    let open_lines = calls.sink.open_lines();
    let ended = Instant::now();

    if let Some(watch) = watch {
        cpu.complete()?;
        watch.end = Some(snapshot::capture(cpu, &memory, calls.devices())?);
    }
    let help = cpu.help();
    let used = std::mem::take(&mut chosen.used);
    drop(chosen);
    drop(memory);
    let stats = outcome::Stats {
        create: created - start,
        boot: booted - created,
        run: ended - booted,
        tear_down: ended.elapsed(),
        exits,
        help,
    };
    Ok(Report { outcome, place, open_lines, stats, used })
}

/// Makes SIGINT end running guests, with outcome `Interrupted`, instead of the process. For the
/// programs that own the process; a library leaves it alone.
///
/// # Errors
/// The system refused the signal handler.
pub fn catch_interrupt() -> std::io::Result<()> {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    return kvm::catch_interrupt();
    #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
    Ok(())
}
