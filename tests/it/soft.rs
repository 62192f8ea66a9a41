//! Guests that check a processor from inside: `tests/soft/*.asm`, with what they read and what
//! they are to write beside them.
//!
//! Each exits with 0, or with the number of the first check that failed. They are run by the
//! software CPU, and by KVM: what they expect is not made up for the one. `APPLET_BLESS=1` writes
//! what the software CPU's guests have written. Knows nothing of what they check.

use crate::support::{Needs, Tests, files, is_blessing, root, stem};
use applet::internal::applet::files::Files;
use applet::internal::applet::value::Timeout;
use applet::internal::diagnostic::Sources;
use applet::internal::driver::{self, Choices};
use applet::internal::machine::config::{BackendChoice, Io, Output};
use applet::internal::machine::outcome::Outcome;
use applet::internal::machine::{self, doctor};
use libtest_mimic::{Completion, Failed};
use std::path::Path;
use std::time::Duration;

/// What a KVM that runs ring 0 instruction by instruction does otherwise than a processor, and does
/// not stop at, so that nobody can do it in its place: a guest, and what it is.
const NOT_IN_RING_0: [(&str, &str); 5] = [
    ("debug", "this host's KVM runs ring 0 itself, and meets no breakpoints on data there"),
    ("permissions32", "this host's KVM runs ring 0 itself, and knows no 32-bit paging"),
    ("permissions64", "this host's KVM runs ring 0 itself, and `int n` of ring 3 is #UD"),
    ("pointers", "this host's KVM runs ring 0 itself, and knows no PAE paging"),
    ("privileged64", "this host's KVM runs ring 0 itself, and takes bits that are none"),
];

pub(crate) fn tests(tests: &mut Tests) {
    let backends =
        [("soft", BackendChoice::Soft, Needs::Nothing), ("kvm", BackendChoice::Kvm, Needs::Kvm)];
    for file in files(&root().join("tests/soft"), "asm") {
        for (name, backend, needs) in backends {
            let file = file.clone();
            let lacking = NOT_IN_RING_0.iter().find(|(guest, _)| *guest == stem(&file));
            tests.add(format!("{} on {name}", stem(&file)), needs, move || match lacking {
                Some((_, why)) if backend == BackendChoice::Kvm && doctor::ring_0_is_emulated() => {
                    Ok(Completion::ignored_with(*why))
                }
                _ => run(&file, backend),
            });
        }
    }
}

fn run(file: &Path, backend: BackendChoice) -> Result<Completion, Failed> {
    let beside = |extension| std::fs::read(file.with_extension(extension)).unwrap_or_default();
    let mut io = Io::buffers(beside("stdin"));
    let timeout = Some(Timeout::After(Duration::from_secs(20)));
    let choices = Choices { backend, timeout, ..Choices::default() };
    let mut sources = Sources::new();
    let text = std::fs::read_to_string(file)?;
    let main = sources.add("guest", Some(file), text);
    let program = driver::load(&mut sources, main, &Files::beside(file), &choices)
        .map_err(|mistakes| mistakes.first().map_or(String::new(), |m| m.message.clone()))?;
    let report = machine::run(&program.image, &program.config(&choices), &mut io)?;
    match report.outcome {
        Outcome::Exited(0) => {}
        other => return Err(Failed::from(format!("{other:?}"))),
    }
    let Output::Buffer(written) = io.output else { return Err(Failed::from("no output")) };
    let (written, wanted) = (String::from_utf8(written)?, String::from_utf8(beside("stdout"))?);
    if backend == BackendChoice::Soft && is_blessing() {
        if !written.is_empty() {
            std::fs::write(file.with_extension("stdout"), &written)?;
        }
        return Ok(Completion::Completed);
    }
    if let Some(n) = written.lines().zip(wanted.lines()).position(|(a, b)| a != b) {
        let line = |text: &str| text.lines().nth(n).unwrap_or_default().to_owned();
        let (written, wanted) = (line(&written), line(&wanted));
        return Err(Failed::from(format!("line {}: `{written}` is not `{wanted}`", n + 1)));
    }
    if written != wanted {
        return Err(Failed::from("one output is longer than the other"));
    }
    Ok(Completion::Completed)
}
