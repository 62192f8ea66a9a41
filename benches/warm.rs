//! Runs within one process: assemble, boot, run and take down a hello in each mode, against the
//! floor, which boots, runs and takes down the same bytes.

mod common;

use anyhow::{Context, Result, ensure};
use applet::internal::driver::Choices;
use applet::internal::machine;
use applet::internal::machine::config::{Io, Output};
use applet::internal::machine::outcome::Outcome;
use common::{HELLOS, Target, median, pairs, report};
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Runs in one turn, and turns of each side.
const RUNS: usize = 100;
const TURNS: usize = 10;

fn main() -> Result<()> {
    if !common::is_asked() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let floor = common::build_floor(folder.path())?;
    for hello in HELLOS {
        let ready = common::ready(folder.path(), hello)?;
        let text = std::fs::read_to_string(common::source(ready.name))?;
        let theirs = || time_floor(&floor, &ready);
        let (a, b) = pairs(TURNS, || time_ours(ready.name, &text), theirs)?;
        let what = format!("warm {}, floor", ready.name);
        report(&what, a, b, a.as_secs_f64() / b.as_secs_f64(), Target::AtMost(1.15));
    }
    Ok(())
}

/// The median of one turn. A run is timed from the source text to the end of its machine.
fn time_ours(name: &str, text: &str) -> Result<Duration> {
    let choices = Choices::default();
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let output = File::options().write(true).open("/dev/null")?;
        let mut io = Io { output: Output::File(output), ..Io::buffers("") };
        let text = text.to_owned();
        let start = Instant::now();
        let program = common::assemble(name, text)?;
        let report = machine::run(&program.image, &program.config(&choices), &mut io)?;
        times.push(start.elapsed());
        ensure!(report.outcome == Outcome::Exited(0), "{name}: {:?}", report.outcome);
    }
    Ok(median(times))
}

/// The median of one turn of the floor, which starts from the bytes.
fn time_floor(floor: &Path, ready: &common::Ready) -> Result<Duration> {
    let mut command = Command::new(floor);
    command.arg(ready.mode).arg(&ready.file).args([&ready.origin, "16777216", &RUNS.to_string()]);
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let nanoseconds = text.trim().parse().with_context(|| format!("the floor says {text:?}"))?;
    Ok(Duration::from_nanos(nanoseconds))
}
