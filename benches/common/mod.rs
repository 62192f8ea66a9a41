//! Shared by the benches: the floor, pairs, and the line that shows a figure beside its target.
//!
//! Wall time on a machine that does other things is noisy: the
//! two sides run in turns, and the medians are compared.
#![allow(dead_code, reason = "each bench uses a part of it")]

use anyhow::{Context, Result, bail, ensure};
use applet::internal::applet::files::Files;
use applet::internal::diagnostic::Sources;
use applet::internal::driver::{self, Choices, Program};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The binary, as `cargo bench` builds it.
pub(crate) const APPLET: &str = env!("CARGO_BIN_EXE_applet");

/// The applet that each mode is measured with, and what the floor calls the mode.
pub(crate) const HELLOS: [(&str, &str); 3] =
    [("hello16", "real"), ("hello32", "protected"), ("hello", "long")];

/// The root of the tree.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether `cargo bench` asks, and not `cargo test --benches`, which only wants it to build.
pub(crate) fn is_asked() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// The source of an applet of this tree.
pub(crate) fn source(name: &str) -> PathBuf {
    root().join("applets").join(name).with_extension("asm")
}

/// Assembles a text as `applet run` does.
pub(crate) fn assemble(name: &str, text: String) -> Result<Program> {
    let mut sources = Sources::new();
    let main = sources.add(name, None, text);
    let loaded = driver::load(&mut sources, main, &Files::built_in(), &Choices::default());
    loaded.map_err(|mistakes| anyhow::anyhow!("{name} does not assemble: {mistakes:?}"))
}

/// Compiles `benches/floor.c` into a folder.
pub(crate) fn build_floor(folder: &Path) -> Result<PathBuf> {
    let floor = folder.join("floor");
    let source = root().join("benches/floor.c");
    let status = Command::new("cc").args(["-O2", "-o"]).args([&floor, &source]).status()?;
    ensure!(status.success(), "cc cannot compile {}", source.display());
    Ok(floor)
}

/// An applet, ready for the floor.
pub(crate) struct Ready {
    pub(crate) name: &'static str,
    pub(crate) mode: &'static str,
    pub(crate) file: PathBuf,
    pub(crate) origin: String,
}

/// Assembles one of [`HELLOS`] into a flat binary in a folder.
pub(crate) fn ready(folder: &Path, (name, mode): (&'static str, &'static str)) -> Result<Ready> {
    let program = assemble(name, std::fs::read_to_string(source(name))?)?;
    let file = folder.join(name).with_extension("bin");
    std::fs::write(&file, &program.image.bytes)?;
    Ok(Ready { name, mode, file, origin: program.image.origin.to_string() })
}

/// A command whose output goes nowhere.
pub(crate) fn command<I>(binary: impl AsRef<OsStr>, arguments: I) -> Command
where
    I: IntoIterator,
    I::Item: AsRef<OsStr>,
{
    let mut command = Command::new(binary);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// Runs a command to its end, and says how long that took.
pub(crate) fn time(command: &mut Command) -> Result<Duration> {
    let start = Instant::now();
    let status = command.status().with_context(|| format!("{command:?}"))?;
    let took = start.elapsed();
    if !status.success() {
        bail!("{command:?}: {status}");
    }
    Ok(took)
}

/// Times two things in turns, and gives the median of each.
pub(crate) fn pairs(
    count: usize,
    mut first: impl FnMut() -> Result<Duration>,
    mut second: impl FnMut() -> Result<Duration>,
) -> Result<(Duration, Duration)> {
    let (mut ours, mut theirs) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for turn in 0..count {
        // Who comes second finds the caches warm: change over.
        if turn % 2 == 0 {
            ours.push(first()?);
            theirs.push(second()?);
        } else {
            theirs.push(second()?);
            ours.push(first()?);
        }
    }
    Ok((median(ours), median(theirs)))
}

/// The middle one.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// What a ratio should be.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    AtMost(f64),
    AtLeast(f64),
}

/// One line of the table: two times, the ratio of interest and its target.
#[expect(clippy::print_stdout, reason = "a bench reports on standard output")]
pub(crate) fn report(what: &str, ours: Duration, theirs: Duration, ratio: f64, target: Target) {
    let (sign, limit, is_met) = match target {
        Target::AtMost(limit) => ("<=", limit, ratio <= limit),
        Target::AtLeast(limit) => (">=", limit, ratio >= limit),
    };
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let verdict = if is_met { "met" } else { "MISSED" };
    println!(
        "{what:<36} {:>10.3} ms {:>10.3} ms   ratio {ratio:>5.2}   target {sign} {limit:.2}   {verdict}",
        ms(ours),
        ms(theirs),
    );
}
