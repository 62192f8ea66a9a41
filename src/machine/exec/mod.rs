//! Runs a guest in a fresh machine: creates the machine, boots it, and serves its exits until it ends.
//!
//! `choose` decides which CPU runs the guest. `pair` is KVM with the software CPU at its side.
//! `exit_loop` serves the exits. `retrace` runs a guest that faulted once more, to tell more about it.

mod choose;
mod exit_loop;
mod guest;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod pair;
mod retrace;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod ring_0;

use super::boot::Boot;
use super::config::{Config, Io};
use super::fault::{self, Scene};
use super::hypercall::Hypercalls;
use super::limits::Limits;
use super::outcome::{HostError, Outcome, Report, Stats};
use super::state::memory::Memory;
use crate::image::Image;
pub(super) use choose::choose;
pub(super) use exit_loop::{Observer, serve};
pub(super) use guest::Guest;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub(super) use ring_0::is_emulated as ring_0_is_emulated;
use std::time::Instant;

/// Boots `image` in a fresh machine and runs it until it ends.
///
/// The time limit counts from the call. The calling thread runs the guest. The machine is destroyed
/// before this returns.
///
/// # Errors
/// [`HostError::Config`] if the configuration is invalid, [`HostError::TooLarge`] if the image does not
/// fit in memory, [`HostError::Unsupported`] or [`HostError::System`] if the host cannot run the guest.
/// A guest that faults or times out is not an error, but an [`Outcome`](super::outcome::Outcome).
pub fn run(image: &Image, config: &Config, io: &mut Io) -> Result<Report, HostError> {
    let (mut report, tape) = run_observed(image, config, io, &mut Unobserved)?;
    if let (Outcome::Faulted(fault), Some(tape)) = (&mut report.outcome, tape) {
        retrace::explain(image, config, tape, fault);
    }
    Ok(report)
}

/// An observer that does nothing.
struct Unobserved;

impl Observer for Unobserved {}

/// As [`run`], with an observer. Returns also the input of the guest, if a run with it would repeat
/// this one.
pub(super) fn run_observed(
    image: &Image,
    config: &Config,
    io: &mut Io,
    observer: &mut dyn Observer,
) -> Result<(Report, Option<Vec<u8>>), HostError> {
    let start = Instant::now();
    let limits = Limits::new(start, config.timeout);
    let boot = Boot::new(image, config)?;
    let memory = Memory::new(boot.ram, boot.host)?;
    let guest = Guest { config, boot: &boot, memory: &memory, limits: &limits };
    let mut chosen = choose(&guest)?;
    let cpu = &mut *chosen.cpu;
    let created = Instant::now();

    boot.load(image, &memory)?;
    cpu.set_system(&boot.system)?;
    cpu.set_registers(&boot.registers)?;
    if observer.is_stepping() {
        cpu.set_single_step(true)?;
    }
    observer.begin(cpu)?;
    let booted = Instant::now();

    let mut calls = Hypercalls::new(config, io, &boot, &memory, limits);
    let scene = Scene { image, boot: &boot, memory: &memory };
    let (outcome, exits) = serve(cpu, &mut calls, &scene, &limits, observer)?;
    let place = outcome.is_limit().then(|| fault::place(cpu, &scene)).transpose()?;
    let open_lines = calls.sink.open_lines();
    let is_fault = matches!(outcome, Outcome::Faulted(_));
    let tape = is_fault.then(|| calls.tape()).flatten();
    let exit_value = calls.exit_value;
    let ended = Instant::now();

    observer.end(cpu, &memory, &calls)?;
    let help = cpu.help();
    let used = std::mem::take(&mut chosen.used);
    drop(chosen);
    drop(memory);
    let stats = Stats {
        create: created - start,
        boot: booted - created,
        run: ended - booted,
        tear_down: ended.elapsed(),
        exits,
        help,
    };
    Ok((Report { outcome, place, open_lines, exit_value, stats, used }, tape))
}
