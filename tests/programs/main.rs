//! The real binary, driven as a user drives it: programs, exit codes, and every bad end.
//!
//! Knows the command line, the messages and nothing of the library. Without a usable KVM the tests
//! are shown as ignored, or fail if `APPLET_REQUIRE_KVM=1`.

#[path = "../common/mod.rs"]
mod common;
mod endings;
mod host;
mod origin;
mod running;
mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::process::ExitCode;

/// A test: its name, and what it does.
type Row = (&'static str, fn() -> Result<(), Failed>);

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let is_ignored = common::lacks_kvm();
    let rows = [origin::TESTS, running::TESTS, endings::TESTS].concat();
    let trial = |(name, test): Row| Trial::test(name, test).with_ignored_flag(is_ignored);
    let mut trials: Vec<_> = rows.into_iter().map(trial).collect();
    // These make a /dev of their own, for which one has to be root.
    let is_impossible = is_ignored || !host::can_change_devices();
    let trial = |&(name, test): &Row| Trial::test(name, test).with_ignored_flag(is_impossible);
    trials.extend(host::TESTS.iter().map(trial));
    libtest_mimic::run(&arguments, trials).exit_code()
}
