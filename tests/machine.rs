//! The machine, tested by booting guests in it.
//!
//! Where KVM is not usable, these tests are shown as ignored. Knows nothing of the assembler: guests
//! are bytes, beside their source, in `machine/programs.txt`.

mod common;
#[path = "machine/faults.rs"]
mod faults;
#[path = "machine/host.rs"]
mod host;
#[path = "machine/limits.rs"]
mod limits;
#[path = "machine/modes.rs"]
mod modes;
#[path = "machine/ports.rs"]
mod ports;
#[path = "machine/support.rs"]
mod support;

use applet::machine::config::BackendChoice;
use libtest_mimic::Arguments;
use std::process::ExitCode;

/// A test that needs the machine.
type Case = (&'static str, fn());

fn main() -> ExitCode {
    if let Some(code) = host::child() {
        return code;
    }
    let arguments = Arguments::from_args();
    let cases = [modes::CASES, ports::CASES, faults::CASES, limits::CASES, host::CASES];
    let lacks_kvm = common::lacks_kvm();
    let mut trials = Vec::new();
    for &(name, test) in cases.into_iter().flatten() {
        trials.push(common::trial(&format!("{name}, on kvm"), lacks_kvm, move || {
            support::on(BackendChoice::Kvm, test);
        }));
        trials.push(common::trial(&format!("{name}, on soft"), false, move || {
            support::on(BackendChoice::Soft, test);
        }));
    }
    let name = "programs are what nasm makes of them";
    trials.push(common::trial(name, common::lacks_nasm(), support::programs_match_nasm));
    libtest_mimic::run(&arguments, trials).exit_code()
}
