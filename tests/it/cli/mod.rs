//! Tests of the real binary: what a user types and what comes of it.
//!
//! Programs that run, and the ends they come to, are tried in `tests/it/programs`. These tests know
//! exit statuses, streams and messages, and nothing of the library inside. Those that boot a
//! machine are shown as ignored on a host that has no usable KVM.

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
