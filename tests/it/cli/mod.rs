//! Tests of the real binary: what a user types, and the exit status, the output and the messages.
//!
//! `tests/it/programs` tests the programs that run and how they end.

mod backend;
#[cfg(unix)]
mod completion;
mod golden;
mod library;
mod man;
mod run;
mod share;
mod sources;
mod support;

use crate::support::Tests;

pub(crate) fn tests(tests: &mut Tests) {
    tests.within("backend", backend::tests);
    #[cfg(unix)]
    tests.within("completion", completion::tests);
    tests.within("golden", golden::tests);
    tests.within("library", library::tests);
    tests.within("man", man::tests);
    tests.within("run", run::tests);
    tests.within("share", share::tests);
    tests.within("sources", sources::tests);
}
