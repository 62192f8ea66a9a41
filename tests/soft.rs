//! Guests that check a processor from inside: `tests/soft/*.asm`, with what they read and what
//! they are to write beside them.
//!
//! Each exits with 0, or with the number of the first check that failed. They are run by the
//! software CPU, and by KVM: what they expect is not made up for the one. `APPLET_BLESS=1` writes
//! what the software CPU's guests have written. Knows nothing of what they check.

mod common;

use applet::applet::files::Files;
use applet::applet::value::Timeout;
use applet::diagnostic::Sources;
use applet::driver::{self, Choices};
use applet::machine::config::{BackendChoice, Io, Output};
use applet::machine::outcome::Outcome;
use applet::machine::{self, doctor};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
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

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("soft");
    let entries = std::fs::read_dir(folder).expect("the guests");
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "asm"));
    files.sort();
    let lacks_kvm = common::lacks_kvm();
    let trials = files.into_iter().flat_map(|file| {
        [
            trial(&file, "soft", BackendChoice::Soft, false),
            trial(&file, "kvm", BackendChoice::Kvm, lacks_kvm),
        ]
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn trial(file: &Path, name: &str, backend: BackendChoice, is_ignored: bool) -> Trial {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let (id, file) = (format!("{stem} on {name}"), file.to_path_buf());
    let lacking = NOT_IN_RING_0.iter().find(|(guest, _)| *guest == stem).map(|(_, why)| *why);
    let run = move || match lacking {
        Some(why) if backend == BackendChoice::Kvm && doctor::ring_0_is_emulated() => {
            Ok(Completion::ignored_with(why))
        }
        _ => run(&file, backend),
    };
    Trial::ignorable_test(id, run).with_ignored_flag(is_ignored)
}

fn run(file: &PathBuf, backend: BackendChoice) -> Result<Completion, Failed> {
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
    if backend == BackendChoice::Soft && std::env::var_os("APPLET_BLESS").is_some() {
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
