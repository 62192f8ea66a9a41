//! `--backend both`: the same guest on KVM and on the software CPU, and the first difference, with
//! the registers of both.
//!
//! What a guest reads is given to both, so all of it is read first. What it does at its ports is
//! compared item by item, then how it ends, its registers, and its memory.

use crate::image::Image;
use crate::machine;
use crate::machine::boot;
use crate::machine::config::{BackendChoice, Config, Input, Io, Output};
use crate::machine::outcome::{Fault, HostError, Outcome, Report};
use crate::machine::snapshot::Snapshot;
use crate::machine::state::registers::{CR0_PG, Registers, System};
use crate::machine::watch::{self, Moment, Watch};
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};

/// A seed for guests that ask for random numbers, if the caller has none: both get the same.
const SEED: u64 = 1;

/// What a guest did on one of them.
struct Run {
    report: Report,
    output: Vec<u8>,
    error: Vec<u8>,
    watch: Watch,
}

/// RF of the flags.
const RF: u64 = 1 << 16;

/// A state to be shown.
type Shown<'a> = (&'a Registers, &'a System);

/// Runs `image` twice. The outputs of the software CPU are written to those of `io`; the answer is
/// its report, and how KVM's differs.
///
/// # Errors
/// One of the CPUs cannot be used, or `io` fails.
pub(super) fn run(
    image: &Image,
    config: &Config,
    io: &mut Io,
) -> Result<(Report, Option<String>), HostError> {
    let failed = |source| HostError::System {
        what: "copying what the applet reads and writes".to_owned(),
        help: None,
        source,
    };
    let mut bytes = Vec::new();
    match &mut io.input {
        Input::Bytes(all, from) => bytes.extend_from_slice(all.get(*from..).unwrap_or_default()),
        Input::File(file) | Input::Recorded(_, _, file) => {
            file.read_to_end(&mut bytes).map_err(failed)?;
        }
    }
    let config = Config { seed: config.seed.or(Some(SEED)), ..config.clone() };
    let on = |backend, watch| one(image, &config, backend, &bytes, watch);
    let mut kvm = on(BackendChoice::Kvm, Watch::default())?;
    let expected = Some(std::mem::take(&mut kvm.watch.digests));
    let soft = on(BackendChoice::Soft, Watch { expected, ..Watch::default() })?;
    for (to, from) in [(&mut io.output, &soft.output), (&mut io.error, &soft.error)] {
        match to {
            Output::Buffer(all) => all.extend_from_slice(from),
            Output::File(file) => file.write_all(from).map_err(failed)?,
            Output::Live(live) => live.0.write_all(from).map_err(failed)?,
        }
    }
    let expected = soft.watch.expected.as_ref().map_or(0, Vec::len);
    let parting = soft
        .watch
        .look_at
        .or((soft.watch.digests.len() < expected).then_some(soft.watch.digests.len()));
    let difference = match parting {
        Some(number) => {
            let look_at = Some(number);
            let again = on(BackendChoice::Kvm, Watch { look_at, ..Watch::default() })?;
            Some(at_port(number, &again.watch, &soft.watch))
        }
        None => difference(&kvm, &soft, boot::ram_size(&config)?),
    };
    Ok((soft.report, difference))
}

fn one(
    image: &Image,
    config: &Config,
    backend: BackendChoice,
    bytes: &[u8],
    mut watch: Watch,
) -> Result<Run, HostError> {
    let mut io = Io::buffers(bytes);
    let config = Config { backend, ..config.clone() };
    let report = machine::run_watched(image, &config, &mut io, &mut watch)?;
    let collected = |output| match output {
        Output::Buffer(bytes) => bytes,
        Output::File(_) | Output::Live(_) => Vec::new(),
    };
    Ok(Run { report, output: collected(io.output), error: collected(io.error), watch })
}

/// The first difference at the ports, in words.
fn at_port(number: usize, kvm: &Watch, soft: &Watch) -> String {
    let does = |watch: &Watch| match watch.moment {
        Some(Moment { item, .. }) => match item.written {
            Some(value) => format!("writes {value:#x} to port {:#x}", item.port),
            None => format!("reads {} bytes from port {:#x}", item.width, item.port),
        },
        None => "has ended".to_owned(),
    };
    let text = format!("access {} to a port: kvm {}, soft {}", number + 1, does(kvm), does(soft));
    text + &side_by_side(state(kvm), state(soft))
}

/// The state at the port access in question, or at the end.
fn state(watch: &Watch) -> Option<Shown<'_>> {
    let moment = watch.moment.as_ref().map(|moment| (&moment.registers, &moment.system));
    moment.or_else(|| watch.end.as_ref().map(|end| (&end.registers, &end.system)))
}

/// The registers of both, a line each; what differs has a mark.
fn side_by_side(kvm: Option<Shown<'_>>, soft: Option<Shown<'_>>) -> String {
    let rows = |shown: Option<Shown<'_>>| {
        shown.map_or_else(Vec::new, |(registers, system)| watch::rows(registers, system))
    };
    let mut text = format!("\n{:>8}  {:<16}  soft", "", "kvm");
    for ((name, kvm), (_, soft)) in rows(kvm).into_iter().zip(rows(soft)) {
        // Some hosts hide the bits of CR4 that they set themselves.
        let mark = if kvm == soft || name == "cr4" { "" } else { "  *" };
        let _ = write!(text, "\n{name:>8}  {kvm:016x}  {soft:016x}{mark}");
    }
    text
}

/// The first thing that differs where they do the same at their ports.
fn difference(kvm: &Run, soft: &Run, ram: u64) -> Option<String> {
    let streams = [
        ("standard output", &kvm.output, &soft.output),
        ("standard error", &kvm.error, &soft.error),
    ];
    let stream = streams.into_iter().find_map(|(name, kvm, soft)| {
        let at = kvm.iter().zip(soft).position(|(a, b)| a != b);
        let at = at.or((kvm.len() != soft.len()).then(|| kvm.len().min(soft.len())))?;
        let byte = |bytes: &[u8]| {
            bytes.get(at).map_or("nothing".to_owned(), |byte| format!("{byte:#04x}"))
        };
        Some(format!("byte {at} of {name}: kvm {}, soft {}", byte(kvm), byte(soft)))
    });
    let ending = || match (&kvm.report.outcome, &soft.report.outcome) {
        (Outcome::Faulted(kvm), Outcome::Faulted(soft)) => fault(kvm, soft),
        (kvm, soft) => (kvm != soft).then(|| format!("kvm {}, soft {}", ending(kvm), ending(soft))),
    };
    let text = stream.or_else(ending).or_else(|| at_end(kvm, soft, ram))?;
    Some(text + &side_by_side(state(&kvm.watch), state(&soft.watch)))
}

/// How registers and memory differ at the end. Guests that did not end by themselves, or that asked
/// for the time, may differ there.
fn at_end(kvm: &Run, soft: &Run, ram: u64) -> Option<String> {
    let is_over = matches!(soft.report.outcome, Outcome::Halted | Outcome::Exited(_));
    if !is_over || soft.watch.asks_time {
        return None;
    }
    let (kvm, soft) = (kvm.watch.end.as_ref()?, soft.watch.end.as_ref()?);
    if kvm.registers.general != soft.registers.general {
        let text = "the registers at the end (`cpuid` and `rdtsc` are not alike on both)";
        return Some(text.to_owned());
    }
    // In page tables of its own a processor marks what it may need; so these do not count.
    if soft.system.cr0 & CR0_PG != 0 && soft.system.cr3 < ram {
        return None;
    }
    let (at, _) = *kvm.ram.differences(&soft.ram, 1).first()?;
    let byte = |snapshot: &Snapshot| {
        let mut byte = [0];
        snapshot.ram.read(at, &mut byte);
        byte[0]
    };
    Some(format!("memory at {at:#x}: kvm {:#04x}, soft {:#04x}", byte(kvm), byte(soft)))
}

/// A fault is the same if message, place and registers are.
fn fault(kvm: &Fault, soft: &Fault) -> Option<String> {
    // A processor does not say with which exception a triple fault began.
    let are_triple = kvm.kind == "triple-fault" && soft.kind == kvm.kind;
    if kvm.message != soft.message && !are_triple {
        return Some(format!("kvm: {}; soft: {}", kvm.message, soft.message));
    }
    if kvm.address != soft.address {
        return Some(format!(
            "the place of the fault: kvm {:#x}, soft {:#x}",
            kvm.address, soft.address
        ));
    }
    let pairs = kvm.registers.iter().zip(&soft.registers);
    let differ: Vec<_> = pairs
        // Some hosts hide the bits of CR4 that they set themselves.
        .filter(|(kvm, soft)| kvm != soft && kvm.0 != "cr4")
        // A triple fault has no frame: whether RF is set then is not defined.
        .filter(|(kvm, soft)| {
            !(are_triple && kvm.0.ends_with("flags") && (kvm.1 ^ soft.1) & !RF == 0)
        })
        .map(|(kvm, soft)| format!("{}: kvm {:#x}, soft {:#x}", kvm.0, kvm.1, soft.1))
        .collect();
    (!differ.is_empty()).then(|| format!("registers at the fault: {}", differ.join("; ")))
}

fn ending(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Exited(code) => format!("exits with {code}"),
        Outcome::Faulted(fault) => format!("faults ({})", fault.message),
        other => format!("ends with {}", other.name()),
    }
}
