//! What the tests need of the host: KVM and nasm. Where it is missing, a test is ignored and says
//! so; `APPLET_REQUIRE_KVM=1` and `APPLET_REQUIRE_NASM=1` let it run, and fail, instead.
//!
//! Knows no test.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::path::Path;
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

/// What a command of a shell prints, both streams together, with `applet` on the path.
pub(crate) fn shell(folder: &Path, command: &str) -> std::io::Result<String> {
    let binary = Path::new(env!("CARGO_BIN_EXE_applet")).parent().unwrap_or(folder);
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {command}; }} 2>&1")])
        .env("PATH", format!("{}:{path}", binary.display()))
        // The library is that of the folder, whatever the user has.
        .env("XDG_DATA_HOME", folder.join("data"))
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .current_dir(folder)
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
