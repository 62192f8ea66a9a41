//! Runs the golden cases in `tests/golden/`, and those of the standard library in
//! `tests/stdlib/cases/`, each as a test of its own on each backend.
//!
//! What a case is and when it passes is known to `applet::golden` alone. On a host without a
//! usable KVM its cases are shown as ignored.

mod common;

use applet::golden::{self, Case, Cases};
use applet::machine::config::BackendChoice;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    libtest_mimic::run(&arguments, trials(common::lacks_kvm())).exit_code()
}

fn trials(lacks_kvm: bool) -> Vec<Trial> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let stdlib = root.join("tests").join("stdlib");
    let find = || [golden::find(root), golden::find_for(&stdlib.join("cases"), &stdlib)];
    let on = |(name, backend, is_ignored): (&'static str, BackendChoice, bool)| {
        let all = find().into_iter();
        all.flat_map(move |found| trials_of(found, name, backend, is_ignored))
    };
    let backends = [("kvm", BackendChoice::Kvm, lacks_kvm), ("soft", BackendChoice::Soft, false)];
    backends.into_iter().flat_map(on).collect()
}

fn trials_of(
    found: std::io::Result<Cases>,
    name: &str,
    backend: BackendChoice,
    is_ignored: bool,
) -> Vec<Trial> {
    let found = match found {
        Ok(found) => found,
        Err(error) => return vec![Trial::test("the cases", move || Err(Failed::from(error)))],
    };
    let problem = |(id, what)| Trial::test(id, move || Err(Failed::from(what)));
    let test = |case: Case| {
        let id = format!("{} on {name}", case.id());
        let case = case.on(backend);
        let run = move || match case.check() {
            Ok(()) => Ok(Completion::Completed),
            Err(failure) if backend == BackendChoice::Soft && is_slow(&failure.to_string()) => {
                Ok(Completion::ignored_with("the software CPU is too slow in this build"))
            }
            Err(failure) => Err(Failed::from(failure)),
        };
        Trial::ignorable_test(id, run).with_ignored_flag(is_ignored)
    };
    let problems = found.problems.into_iter().map(problem);
    problems.chain(found.cases.into_iter().map(test)).collect()
}

/// Whether a case took too long because nothing of this build is optimised.
fn is_slow(failure: &str) -> bool {
    cfg!(debug_assertions) && failure.contains("got timeout")
}
