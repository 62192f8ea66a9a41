//! The machine, tested by booting guests in it.
//!
//! Where KVM is not usable, these tests are shown as ignored. Knows nothing of the assembler: guests
//! are bytes, beside their source, in `machine/programs.txt`.

mod faults;
pub(crate) mod host;
mod limits;
mod modes;
mod ports;
mod support;

use crate::support::{Needs, Tests};
use applet::internal::machine::config::BackendChoice;

/// A test that runs guests, and its name.
type Case = (&'static str, fn());

pub(crate) fn tests(tests: &mut Tests) {
    for cases in [modes::CASES, ports::CASES, faults::CASES, limits::CASES, host::CASES] {
        for &(name, test) in cases {
            tests.add(format!("{name}, on kvm"), Needs::Kvm, move || {
                support::on(BackendChoice::Kvm, test);
            });
            tests.add(format!("{name}, on soft"), Needs::Nothing, move || {
                support::on(BackendChoice::Soft, test);
            });
        }
    }
    let name = "programs are what nasm makes of them";
    tests.add(name, Needs::Nasm, support::programs_match_nasm);
}
