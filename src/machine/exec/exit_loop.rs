//! The exit loop: runs a guest on a backend until the guest ends or a limit stops it. One flat match
//! handles the exits; `hypercall` serves port accesses, and `fault` explains faults.

use crate::machine::backend::Backend;
use crate::machine::backend::{Exit, PortAccess};
use crate::machine::fault::{self, Cause, Scene};
use crate::machine::hypercall::{Hypercalls, Stop};
use crate::machine::limits::Limits;
use crate::machine::outcome::{HostError, Outcome};
use crate::machine::state::memory::Memory;

/// Observes a guest while it runs.
pub(in crate::machine) trait Observer {
    /// Whether the guest is to stop after every instruction.
    fn is_stepping(&self) -> bool {
        false
    }

    /// Called once, before the first instruction.
    fn begin(&mut self, _: &mut dyn Backend) -> Result<(), HostError> {
        Ok(())
    }

    /// Called at every port access, before it is served.
    fn port(&mut self, _: &mut dyn Backend, _: PortAccess, _is_out: bool) -> Result<(), HostError> {
        Ok(())
    }

    /// Called after every instruction of a guest that is single-stepped.
    fn step(&mut self, _: &mut dyn Backend) -> Result<(), HostError> {
        Ok(())
    }

    /// Called once, when the guest has ended.
    fn end(
        &mut self,
        _: &mut dyn Backend,
        _: &Memory,
        _: &Hypercalls<'_>,
    ) -> Result<(), HostError> {
        Ok(())
    }
}

/// Runs the guest to its end. Returns the outcome and the number of exits.
pub(in crate::machine) fn serve(
    cpu: &mut dyn Backend,
    calls: &mut Hypercalls<'_>,
    scene: &Scene<'_>,
    limits: &Limits,
    observer: &mut dyn Observer,
) -> Result<(Outcome, u64), HostError> {
    let mut exits = 0;
    let outcome = loop {
        exits += 1;
        match step(cpu, calls, scene, limits, observer) {
            Ok(()) => {}
            Err(Stop::Outcome(outcome)) => break outcome,
            Err(Stop::Fault(fault)) => break fault::explain(cpu, scene, Cause::Port(fault))?,
            Err(Stop::Host(error)) => return Err(error),
        }
    };
    finish(calls, outcome, limits).map(|outcome| (outcome, exits))
}

/// Runs the guest to its next exit, and handles that.
fn step(
    cpu: &mut dyn Backend,
    calls: &mut Hypercalls<'_>,
    scene: &Scene<'_>,
    limits: &Limits,
    observer: &mut dyn Observer,
) -> Result<(), Stop> {
    let cause = match cpu.run()? {
        Exit::PortIn(access) => {
            observer.port(cpu, access, false)?;
            return calls.port_in(cpu, access);
        }
        Exit::PortOut(access) => {
            observer.port(cpu, access, true)?;
            return calls.port_out(cpu, access);
        }
        Exit::Kicked => {
            calls.sink.flush(limits)?;
            return limits.check().map_or(Ok(()), |outcome| Err(Stop::Outcome(outcome)));
        }
        Exit::Debug => return Ok(observer.step(cpu)?),
        Exit::Halt => Cause::Halt,
        Exit::Outside { address, write } => Cause::Outside { address, write },
        Exit::TripleFault => Cause::TripleFault,
        Exit::FailedEntry { reason } => Cause::FailedEntry { reason },
        Exit::InternalError { suberror } => Cause::InternalError { suberror },
        Exit::Unimplemented => Cause::Unimplemented,
        Exit::Unexpected { name, number } => Cause::Unexpected { name, number },
    };
    Err(Stop::Outcome(fault::explain(cpu, scene, cause)?))
}

/// Writes the rest of the output, so that it is complete whatever ended the guest. After a limit, this
/// may take only a short time.
fn finish(
    calls: &mut Hypercalls<'_>,
    outcome: Outcome,
    limits: &Limits,
) -> Result<Outcome, HostError> {
    let stopped = matches!(outcome, Outcome::TimedOut(_) | Outcome::Interrupted);
    let limits = if stopped { Limits::grace() } else { *limits };
    match calls.sink.flush(&limits) {
        Ok(()) => Ok(outcome),
        Err(Stop::Outcome(_)) if stopped => Ok(outcome),
        Err(Stop::Outcome(other)) => Ok(other),
        Err(Stop::Host(error)) => Err(error),
        Err(Stop::Fault(_)) => Ok(outcome),
    }
}
