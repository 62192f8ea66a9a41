//! Whole processes: `applet asm` against nasm and fasm on the same sources, in turns. Then whether
//! its time grows in proportion to the source.
//!
//! The bench first compares each output with nasm's. It skips an assembler that is not installed.

mod common;
#[path = "common/program.rs"]
mod program;

use anyhow::{Result, ensure};
use applet::internal::asm::{self, Included, Resolver};
use applet::internal::diagnostic::Sources;
use common::{APPLET, Target, command, median, pairs, report, time};
use program::Syntax;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Lines of a source, and the number of pairs with nasm and with fasm. nasm takes too long for the
/// largest.
const SIZES: [(usize, usize, usize); 4] =
    [(100, 200, 200), (10_000, 10, 20), (100_000, 3, 20), (1_000_000, 0, 5)];

/// Runs where only our own time counts.
const RUNS: usize = 7;

/// Branches in the chain.
const BRANCHES: usize = 10_000;

fn main() -> Result<()> {
    if !common::is_asked() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let mut rates = Vec::new();
    for size in SIZES {
        rates.push(mixed(folder.path(), size)?);
    }
    if let [.., (middle, _), (large, memory)] = rates.as_slice() {
        figure("lines/s at 100,000", middle / 1e6, "M", Target::AtLeast(2.0));
        figure("lines/s at 1,000,000", large / 1e6, "M", Target::AtLeast(2.0 * 0.8));
        figure("that rate, part of the one before", large / middle, "", Target::AtLeast(0.8));
        figure("memory at 1,000,000", memory / 1e6, "MB", Target::AtMost(100.0));
    }
    growth(folder.path(), "labels", program::labels)?;
    growth(folder.path(), "macro uses", program::macros)?;
    chain(folder.path())
}

/// The mixed source against both others. Returns our lines per second and bytes of memory.
fn mixed(
    folder: &Path,
    (lines, nasm_pairs, fasm_pairs): (usize, usize, usize),
) -> Result<(f64, f64)> {
    let text = program::mixed(lines, Syntax::Nasm);
    let count = count(text.lines().count());
    let source = folder.join("mixed.asm");
    std::fs::write(&source, text)?;
    let [our_output, their_output] = ["ours.bin", "theirs.bin"].map(|name| folder.join(name));
    let mut ours = ours(&source, &our_output);
    let memory = memory_of(&mut ours)?;
    let mut alone = median_of(&mut ours)?;
    if nasm_pairs > 0 && is_installed("nasm") {
        let mut nasm = command("nasm", [&source, Path::new("-o"), &their_output].map(OsStr::new));
        time(&mut nasm)?;
        let same = std::fs::read(&our_output)? == std::fs::read(&their_output)?;
        ensure!(same, "nasm makes something else of {lines} mixed lines");
        let (a, b) = pairs(nasm_pairs, || time(&mut ours), || time(&mut nasm))?;
        against("nasm", lines, (a, b), target(lines, 0.7, 20.0));
    }
    if is_installed("fasm") {
        let source = folder.join("mixed.fasm");
        std::fs::write(&source, program::mixed(lines, Syntax::Fasm))?;
        // Half a gigabyte: with less it gives up at a million lines.
        let arguments =
            ["-m".as_ref(), "524288".as_ref(), source.as_os_str(), their_output.as_os_str()];
        let mut fasm = command("fasm", arguments);
        let (a, b) = pairs(fasm_pairs, || time(&mut ours), || time(&mut fasm))?;
        against("fasm", lines, (a, b), target(lines, 1.1, 2.0));
        alone = alone.min(a);
    }
    Ok((count / alone.as_secs_f64(), memory))
}

/// The target for a source with this many lines. For a short source, the start of the process is
/// most of the time: the target is a share of the other's time. For a long one it is a speed.
fn target(lines: usize, part: f64, times: f64) -> Target {
    match lines {
        0..1_000 => Target::AtMost(part),
        1_000..100_000 => Target::AtLeast(1.0),
        _ => Target::AtLeast(times),
    }
}

/// A line of the table. The ratio is our time to theirs with `AtMost`, our speed to theirs with
/// `AtLeast`.
fn against(who: &str, lines: usize, (a, b): (Duration, Duration), target: Target) {
    let ratio = match target {
        Target::AtMost(_) => a.as_secs_f64() / b.as_secs_f64(),
        Target::AtLeast(_) => b.as_secs_f64() / a.as_secs_f64(),
    };
    report(&format!("{lines} mixed lines, {who}"), a, b, ratio, target);
}

/// How the time grows if there is ten times as much of one thing.
fn growth(folder: &Path, what: &str, make: fn(usize) -> String) -> Result<()> {
    let (source, output) = (folder.join("growth.asm"), folder.join("growth.bin"));
    let mut each = Vec::new();
    for count in [10_000, 100_000, 1_000_000] {
        std::fs::write(&source, make(count))?;
        let took = median_of(&mut ours(&source, &output))?;
        each.push(took.as_secs_f64() * 1e9 / self::count(count));
    }
    // The time of the smallest includes the start of the process.
    if let [small, middle, large] = each.as_slice() {
        figure(&format!("ns for each of 10,000 {what}"), *small, "", Target::AtMost(f64::INFINITY));
        figure(
            &format!("ns for each of 100,000 {what}"),
            *middle,
            "",
            Target::AtMost(f64::INFINITY),
        );
        figure(
            &format!("1,000,000 {what}: cost of one"),
            large / middle,
            "times",
            Target::AtMost(1.5),
        );
    }
    Ok(())
}

/// A chain of branches: when the last one grows, all others grow one after another. It is compared
/// with as many branches that are far from the beginning.
fn chain(folder: &Path) -> Result<()> {
    let output = folder.join("chain.bin");
    let mut times = Vec::new();
    for (name, text) in [
        ("chain.asm", program::chain(BRANCHES)),
        ("far.asm", program::chain(BRANCHES).replace("jmp", "jmp near")),
    ] {
        let source = folder.join(name);
        std::fs::write(&source, text)?;
        times.push((median_of(&mut ours(&source, &output))?, std::fs::read(&output)?));
    }
    if let [(chained, a), (far, b)] = times.as_slice() {
        ensure!(a == b, "the branches of the chain are not all near");
        let ratio = chained.as_secs_f64() / far.as_secs_f64();
        report("a chain of 10,000 branches, all near", *chained, *far, ratio, Target::AtMost(2.0));
    }
    let passes = passes(program::chain(BRANCHES))?;
    figure("passes until its lengths settle", passes.into(), "", Target::AtMost(5.0));
    Ok(())
}

/// Resolves nothing: the sources include no file.
struct NoFiles;

impl Resolver for NoFiles {
    fn include(&self, name: &str, _: Option<&Path>) -> Result<Included, String> {
        Err(name.to_owned())
    }

    fn binary(&self, name: &str, _: Option<&Path>) -> Result<Vec<u8>, String> {
        Err(name.to_owned())
    }
}

/// Passes of the layout for a source.
fn passes(text: String) -> Result<u32> {
    let mut sources = Sources::new();
    let main = sources.add("chain.asm", None, text);
    let made = asm::assemble(&mut sources, main, &NoFiles, &asm::Options::default());
    let made = made.map_err(|mistakes| anyhow::anyhow!("it does not assemble: {mistakes:?}"))?;
    Ok(made.passes)
}

fn ours(source: &Path, output: &Path) -> Command {
    command(APPLET, ["asm".as_ref(), source.as_os_str(), "-o".as_ref(), output.as_os_str()])
}

fn median_of(command: &mut Command) -> Result<Duration> {
    let times: Result<Vec<_>> = (0..RUNS).map(|_| time(command)).collect();
    Ok(median(times?))
}

/// Whether an assembler is installed; prints a line if not.
#[expect(clippy::print_stdout, reason = "a bench reports on standard output")]
fn is_installed(name: &str) -> bool {
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()));
    if !found {
        println!("{name} is not installed: left out");
    }
    found
}

/// Peak resident memory of a process in bytes, as last read before its end.
fn memory_of(command: &mut Command) -> Result<f64> {
    let mut child = command.spawn()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0;
    while child.try_wait()?.is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
        peak = peak.max(kilobytes.unwrap_or(0));
    }
    Ok(count(peak) * 1024.0)
}

/// A count as a floating-point number.
#[expect(clippy::cast_precision_loss, reason = "counts here have few digits")]
fn count(count: usize) -> f64 {
    count as f64
}

/// One figure of ours beside its target.
#[expect(clippy::print_stdout, reason = "a bench reports on standard output")]
fn figure(what: &str, value: f64, unit: &str, target: Target) {
    let (sign, limit, is_met) = match target {
        Target::AtMost(limit) => ("<=", limit, value <= limit),
        Target::AtLeast(limit) => (">=", limit, value >= limit),
    };
    let verdict = if is_met { "met" } else { "MISSED" };
    let target = if limit.is_finite() {
        format!("target {sign} {limit:.2}   {verdict}")
    } else {
        String::new()
    };
    println!("{what:<36} {value:>10.2} {unit:<6}   {target}");
}
