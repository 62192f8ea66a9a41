//! Guests that check a processor from inside: `tests/soft/*.asm`, with what they read beside them.
//!
//! Each exits with 0, or with the number of the first check that failed. They are run by the
//! software CPU, and by KVM: what they expect is not made up for the one. Knows
//! nothing of what they check.

mod common;

use applet::driver::{self, Choices};
use applet::machine::config::{BackendChoice, Io};
use applet::machine::doctor;
use applet::machine::outcome::Outcome;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What a KVM that runs ring 0 instruction by instruction does otherwise than a processor, and does
/// not stop at, so that nobody can do it in its place: a guest, and what it is.
const NOT_IN_RING_0: [(&str, &str); 1] =
    [("debug", "this host's KVM runs ring 0 itself, and meets no breakpoints on data there")];

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
    let text = std::fs::read_to_string(file)?;
    let mut io = Io::buffers(std::fs::read(file.with_extension("stdin")).unwrap_or_default());
    let report = driver::run(&text, &Choices { backend, ..Choices::default() }, &mut io)?;
    match report.outcome {
        Outcome::Exited(0) => Ok(Completion::Completed),
        other => Err(Failed::from(format!("{other:?}"))),
    }
}
