//! Tests of the real binary: what a user types and what comes of it.
//!
//! Programs that run, and the ends they come to, are tried in `tests/programs`. These tests know
//! exit statuses, streams and messages, and nothing of the library inside. Those that boot a
//! machine are shown as ignored on a host that has no usable KVM.

mod backend;
#[path = "../common/mod.rs"]
mod common;
mod golden;
mod library;
mod run;
mod share;
mod sources;
mod support;

use libtest_mimic::Arguments;
use std::process::ExitCode;

/// A test: its name, whether it boots a machine, and what it does.
type Row = (&'static str, bool, fn());
const KVM: bool = true;
const NOTHING: bool = false;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let lacks_kvm = common::lacks_kvm();
    let trials =
        [backend::TESTS, golden::TESTS, library::TESTS, run::TESTS, share::TESTS, sources::TESTS]
            .concat()
            .into_iter()
            .map(|(name, needs_kvm, test)| common::trial(name, needs_kvm && lacks_kvm, test))
            .chain(share::round_trips(lacks_kvm, common::lacks_nasm()))
            .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
