//! `--backend both`: the same guest on KVM and on the software CPU, and the first difference.
//!
//! What a guest reads is given to both, so all of it is read first. Knows nothing of CPUs.

use crate::image::Image;
use crate::machine;
use crate::machine::config::{BackendChoice, Config, Input, Io, Output};
use crate::machine::outcome::{Fault, HostError, Outcome, Report};
use std::io::{Read as _, Write as _};

/// A seed for guests that ask for random numbers, if the caller has none: both get the same.
const SEED: u64 = 1;

/// What a guest did on one of them.
struct Run {
    report: Report,
    output: Vec<u8>,
    error: Vec<u8>,
}

/// Runs `image` twice. The outputs of the software CPU are written to those of `io`; the answer is
/// its report, and how KVM's differs.
///
/// # Errors
/// One of them cannot be had, or `io` fails.
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
        Input::File(file) | Input::Tape(_, _, file) => {
            file.read_to_end(&mut bytes).map_err(failed)?;
        }
    }
    let config = Config { seed: config.seed.or(Some(SEED)), ..config.clone() };
    let kvm = one(image, &config, BackendChoice::Kvm, &bytes)?;
    let soft = one(image, &config, BackendChoice::Soft, &bytes)?;
    for (to, from) in [(&mut io.output, &soft.output), (&mut io.error, &soft.error)] {
        match to {
            Output::Buffer(all) => all.extend_from_slice(from),
            Output::File(file) => file.write_all(from).map_err(failed)?,
            Output::Live(live) => live.0.write_all(from).map_err(failed)?,
        }
    }
    let difference = difference(&kvm, &soft);
    Ok((soft.report, difference))
}

fn one(
    image: &Image,
    config: &Config,
    backend: BackendChoice,
    bytes: &[u8],
) -> Result<Run, HostError> {
    let mut io = Io::buffers(bytes);
    let report = machine::run(image, &Config { backend, ..config.clone() }, &mut io)?;
    let collected = |output| match output {
        Output::Buffer(bytes) => bytes,
        Output::File(_) | Output::Live(_) => Vec::new(),
    };
    Ok(Run { report, output: collected(io.output), error: collected(io.error) })
}

/// The first thing that differs, in words.
fn difference(kvm: &Run, soft: &Run) -> Option<String> {
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
    stream.or_else(|| match (&kvm.report.outcome, &soft.report.outcome) {
        (Outcome::Faulted(kvm), Outcome::Faulted(soft)) => fault(kvm, soft),
        (kvm, soft) => (kvm != soft).then(|| format!("kvm {}, soft {}", ending(kvm), ending(soft))),
    })
}

/// A fault is the same if message, place and registers are.
fn fault(kvm: &Fault, soft: &Fault) -> Option<String> {
    if kvm.message != soft.message {
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
