//! A gigabyte through `applets/cat.asm` against cat(1), from a file and from a pipe. The floor with
//! the same bytes shows what the two exits per MiB cost on this host.

mod common;

use anyhow::{Result, ensure};
use common::{APPLET, Target, command, pairs, report};
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const SIZE: u64 = 1 << 30;
const PAIRS: usize = 10;

fn main() -> Result<()> {
    if !common::is_asked() {
        return Ok(());
    }
    let is_device = !std::fs::metadata("/dev/null")?.is_file();
    ensure!(is_device, "/dev/null is a file here: the gigabytes would stay in it");
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("gigabyte");
    // A sparse file: reading it copies zeros and needs no disk.
    File::create(&file)?.set_len(SIZE)?;

    let source = common::source("cat");
    let ours = || command(APPLET, ["run".as_ref(), source.as_os_str()]);
    let theirs = || command("cat", [""; 0]);
    let (a, b) = pairs(PAIRS, || from_file(ours(), &file), || from_file(theirs(), &file))?;
    show("cat of 1 GiB from a file, cat(1)", a, b);
    let floor = common::build_floor(folder.path())?;
    let ready = common::ready(folder.path(), ("cat", "protected"))?;
    let line = [ready.mode.as_ref(), ready.file.as_os_str(), ready.origin.as_ref()];
    let floor = || command(&floor, line);
    let (a, b) = pairs(PAIRS, || from_file(floor(), &file), || from_file(theirs(), &file))?;
    show("the floor from a file, cat(1)", a, b);
    let (a, b) = pairs(PAIRS, || from_pipe(ours(), &file), || from_pipe(theirs(), &file))?;
    show("cat of 1 GiB from a pipe, cat(1)", a, b);
    Ok(())
}

/// A line of the table. The ratio is our speed to theirs.
fn show(what: &str, ours: Duration, theirs: Duration) {
    let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
    report(what, ours, theirs, ratio, Target::AtLeast(0.9));
}

fn from_file(mut command: Command, file: &Path) -> Result<Duration> {
    common::time(command.stdin(File::open(file)?))
}

fn from_pipe(mut command: Command, file: &Path) -> Result<Duration> {
    let start = Instant::now();
    let mut feeder = Command::new("cat").arg(file).stdout(Stdio::piped()).spawn()?;
    if let Some(pipe) = feeder.stdout.take() {
        command.stdin(pipe);
    }
    let mut child = command.spawn()?;
    drop(command); // Closes our end of the pipe.
    let status = child.wait()?;
    let took = start.elapsed();
    ensure!(feeder.wait()?.success() && status.success(), "the pipe broke: {status}");
    Ok(took)
}
