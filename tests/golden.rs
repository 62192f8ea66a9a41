//! Runs the golden cases in `tests/golden/`, and those of the standard library in
//! `tests/stdlib/cases/`, each as a test of its own.
//!
//! What a case is and when it passes is known to `applet::golden` alone. On a host without a
//! usable KVM the cases are shown as ignored, as are those that need more than this host has.

mod common;

use applet::golden::{self, Case, Cases};
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    libtest_mimic::run(&arguments, trials(common::lacks_kvm())).exit_code()
}

fn trials(is_ignored: bool) -> Vec<Trial> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let stdlib = root.join("tests").join("stdlib");
    let all = [golden::find(root), golden::find_for(&stdlib.join("cases"), &stdlib)];
    all.into_iter().flat_map(|found| trials_of(found, is_ignored)).collect()
}

fn trials_of(found: std::io::Result<Cases>, is_ignored: bool) -> Vec<Trial> {
    let found = match found {
        Ok(found) => found,
        Err(error) => return vec![Trial::test("the cases", move || Err(Failed::from(error)))],
    };
    let problem = |(id, what)| Trial::test(id, move || Err(Failed::from(what)));
    let test = |case: Case| {
        let (id, is_ignored) = (case.id(), is_ignored || case.is_lacking());
        let trial = Trial::test(id, move || case.check().map_err(Failed::from));
        trial.with_ignored_flag(is_ignored)
    };
    let problems = found.problems.into_iter().map(problem);
    problems.chain(found.cases.into_iter().map(test)).collect()
}
