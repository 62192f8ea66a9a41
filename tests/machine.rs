//! The machine, tested by booting guests in it.
//!
//! Where there is no `/dev/kvm`, these tests are ignored, and say so; with `APPLET_REQUIRE_KVM=1`
//! they fail instead. Knows nothing of the assembler: guests are bytes, beside their source, in
//! `machine/programs.txt`.

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

use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

/// A test that needs the machine.
type Case = (&'static str, fn());

fn main() -> ExitCode {
    if let Some(code) = host::child() {
        return code;
    }
    let arguments = Arguments::from_args();
    let required = std::env::var_os("APPLET_REQUIRE_KVM").is_some_and(|v| v == "1");
    let missing = !required && std::fs::metadata("/dev/kvm").is_err();
    let cases = [modes::CASES, ports::CASES, faults::CASES, limits::CASES, host::CASES];
    let mut trials: Vec<Trial> = cases
        .into_iter()
        .flatten()
        .map(|&(name, test)| Trial::test(name, run(test)).with_ignored_flag(missing))
        .collect();
    let no_nasm = std::process::Command::new("nasm").arg("-v").output().is_err();
    trials.push(
        Trial::test("programs are what nasm makes of them", run(support::programs_match_nasm))
            .with_ignored_flag(no_nasm),
    );
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A panic is reported by the test that panics.
fn run(test: fn()) -> impl FnOnce() -> Result<(), libtest_mimic::Failed> + Send {
    move || {
        test();
        Ok(())
    }
}
