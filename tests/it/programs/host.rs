//! Hosts that cannot run a guest: no `/dev/kvm`, or one that this user may not open.
//!
//! The binary runs in a mount namespace with a `/dev` of its own, so that the real one stays as it
//! is. That takes root, `unshare` and `setpriv`.

use super::support::{Ended, finish};
use crate::support::{APPLET, Needs, Tests, root};
use libtest_mimic::{Completion, Failed};
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub(crate) fn tests(tests: &mut Tests) {
    for (name, test) in [
        ("kvm_is_missing", kvm_is_missing as fn() -> Result<(), Failed>),
        ("kvm_is_forbidden", kvm_is_forbidden),
        ("kvm_is_something_else", kvm_is_something_else),
    ] {
        tests.add(name, Needs::Kvm, move || match can_change_devices() {
            true => test().map(|()| Completion::Completed),
            false => Ok(Completion::ignored_with("making a /dev of one's own takes root")),
        });
    }
}

/// A `/dev` with nothing in it.
const EMPTY_DEV: &str = "mount -t tmpfs none /dev";

/// Whether this process may make a `/dev` of its own with a device in it.
fn can_change_devices() -> bool {
    let script = format!("{EMPTY_DEV} && mknod -m 600 /dev/kvm c 10 232 && setpriv --version");
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", &script]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs hello in a shell script's own `/dev`; `$0` is the binary, `$1` the applet.
fn run_with(script: &str) -> Result<Ended, Failed> {
    // Another user may not be able to reach the build folder. `cp` copies, since a file that this
    // process had open to write could not be run: another thread's child may still hold it.
    let folder = TempDir::new()?;
    let (binary, applet) = (folder.path().join("applet"), folder.path().join("hello.asm"));
    for (from, to) in [(APPLET.into(), &binary), (root().join("applets/hello.asm"), &applet)] {
        Command::new("cp").args([&from, to]).status()?;
    }
    Command::new("chmod").arg("755").arg(folder.path()).status()?;
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", script]).args([&binary, &applet]);
    // That there is no KVM is said once per cache.
    command.env("XDG_CACHE_HOME", folder.path());
    finish(&mut command, b"")
}

/// What `run` says with this /dev when it is to use KVM; left to itself it takes the software CPU.
fn without_kvm(dev: &str, user: &str, says: &[&str]) -> Result<(), Failed> {
    let run =
        |backend| run_with(&format!("{dev} && exec {user} \"$0\" run --backend {backend} \"$1\""));
    run("kvm")?.status(125)?.stdout("")?.says(says)?;
    let ended = run("auto")?.status(0)?.stdout("Hello from long mode\n")?;
    ended.says(&["the software CPU runs it", "/dev/kvm"])?;
    Ok(())
}

fn kvm_is_missing() -> Result<(), Failed> {
    without_kvm(EMPTY_DEV, "", &["/dev/kvm", "No such file", "modprobe"])
}

fn kvm_is_forbidden() -> Result<(), Failed> {
    let user = "setpriv --reuid 65534 --regid 65534 --clear-groups";
    let dev = format!("{EMPTY_DEV} && mknod -m 600 /dev/kvm c 10 232");
    without_kvm(&dev, user, &["/dev/kvm", "Permission denied", "usermod -aG kvm"])
}

fn kvm_is_something_else() -> Result<(), Failed> {
    let dev = format!("{EMPTY_DEV} && touch /dev/kvm");
    without_kvm(&dev, "", &["/dev/kvm exists, but is not"])
}
