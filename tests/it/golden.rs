//! Runs the golden cases in `tests/golden/`, and those of the standard library in
//! `tests/stdlib/cases/`, each as a test of its own on each backend.
//!
//! On a host without a usable KVM its cases are shown as ignored.

use crate::support::{Needs, Tests, root};
use applet::internal::golden::{self, Case, Cases};
use applet::internal::machine::config::BackendChoice;
use libtest_mimic::{Completion, Failed};

pub(crate) fn tests(tests: &mut Tests) {
    let stdlib = root().join("tests/stdlib");
    let backends =
        [("kvm", BackendChoice::Kvm, Needs::Kvm), ("soft", BackendChoice::Soft, Needs::Nothing)];
    for (name, backend, needs) in backends {
        for found in [golden::find(root()), golden::find_for(&stdlib.join("cases"), &stdlib)] {
            match found {
                Ok(found) => add(tests, found, name, backend, needs),
                Err(error) => {
                    let error = error.to_string();
                    tests.add("the cases", needs, move || Err::<(), _>(Failed::from(error)));
                }
            }
        }
    }
}

fn add(tests: &mut Tests, found: Cases, name: &str, backend: BackendChoice, needs: Needs) {
    for (id, what) in found.problems {
        tests.add(id, needs, move || Err::<(), _>(Failed::from(what)));
    }
    for case in found.cases {
        let id = format!("{} on {name}", case.id());
        let case: Case = case.on(backend);
        tests.add(id, needs, move || match case.check() {
            Ok(()) => Ok(Completion::Completed),
            Err(failure) => Err(Failed::from(failure)),
        });
    }
}
