//! What the tests need of the host: KVM and nasm. Where it is missing, a test is ignored and says
//! so; `APPLET_REQUIRE_KVM=1` and `APPLET_REQUIRE_NASM=1` let it run, and fail, instead.
//!
//! Knows no test.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::process::Command;

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| value == "1")
}

/// Whether a test that boots a machine is to be ignored.
pub(crate) fn lacks_kvm() -> bool {
    let device = || std::fs::OpenOptions::new().read(true).write(true).open("/dev/kvm");
    !is_set("APPLET_REQUIRE_KVM") && device().is_err()
}

/// Whether a test that compares with nasm is to be ignored.
pub(crate) fn lacks_nasm() -> bool {
    let runs = || Command::new("nasm").arg("-v").output().is_ok_and(|out| out.status.success());
    !is_set("APPLET_REQUIRE_NASM") && !runs()
}

/// A test that panics where something is wrong, as a trial.
pub(crate) fn trial(
    name: &str,
    is_ignored: bool,
    test: impl FnOnce() + Send + 'static,
) -> libtest_mimic::Trial {
    let run = move || {
        test();
        Ok(())
    };
    libtest_mimic::Trial::test(name, run).with_ignored_flag(is_ignored)
}
