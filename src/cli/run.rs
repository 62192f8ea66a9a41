//! `applet run`: assembles an applet, runs it, and reports how it ended.

use super::backend::{self, Backend, Fact};
use super::source_flags::SourceFlags;
use super::warnings::Warnings;
use super::{Complaint, common, compare, console, input, json, status};
use crate::applet::value::{self, Timeout};
use crate::diagnostic::render::render;
use crate::diagnostic::{Diagnostic, Sources, Span};
use crate::driver::{self, Choices, Program};
use crate::image::Mode;
use crate::machine;
use crate::machine::config::{Input, Io, Output};
use crate::machine::outcome::{Fault, Location, Outcome, Report, Used};
use clap::Parser;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The limit on wall time, unless standard input is a terminal.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Assemble an applet and run it in a fresh virtual machine
#[derive(Debug, Parser)]
#[command(name = "run", bin_name = "applet run", after_help = AFTER_HELP)]
pub(super) struct Args {
    /// CPU mode at the first instruction: real, protected or long [default: as `bits` says]
    #[arg(long, value_parser = value::mode)]
    mode: Option<Mode>,
    /// Privilege level: 0 or 3 [default: 3 in long mode, else 0]
    #[arg(long, value_parser = value::ring)]
    ring: Option<u8>,
    /// RAM, such as 64K or 16M [default: 1M + 64K in real mode, else 16M]
    #[arg(long, value_name = "SIZE", value_parser = value::size)]
    memory: Option<u64>,
    /// Limit on wall time, such as 500ms, 10s or none [default: 10s; none if input is a terminal]
    #[arg(long, value_name = "TIME", value_parser = value::timeout)]
    timeout: Option<Timeout>,
    /// Limit on the bytes it writes, such as 1M [default: none]
    #[arg(long, value_name = "SIZE", value_parser = value::size)]
    max_output: Option<u64>,
    /// Make port RANDOM repeatable
    #[arg(long, value_name = "N", value_parser = value::number)]
    seed: Option<u64>,
    /// Initial value of a register, such as ax=2; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = value::register)]
    reg: Vec<(String, u64)>,
    /// Load address of a source without `org`, and of a flat binary
    #[arg(long, value_name = "ADDRESS", value_parser = value::number)]
    org: Option<u64>,
    /// FILE is a flat binary (in real mode unless --mode says otherwise)
    #[arg(long)]
    raw: bool,
    /// Which CPU runs it
    #[arg(long, value_enum, default_value_t, hide_possible_values = false)]
    backend: Backend,
    /// Print errors only: no warnings, no notes
    #[arg(long, short)]
    quiet: bool,
    /// Print on standard error how long each stage took, and which CPU ran it
    #[arg(long)]
    stats: bool,
    /// Print the outcome as one JSON object, the last line of standard error
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: SourceFlags,
    #[command(flatten)]
    warnings: Warnings,
    /// The applet: a file, a name in the library, or - for standard input (the applet's own
    /// standard input is then empty); and its arguments
    #[arg(required = true, num_args = 1.., trailing_var_arg = true, value_names = ["FILE", "ARG"])]
    line: Vec<OsString>,
}

const AFTER_HELP: &str = "\
Exit status: the applet's own code, or
  2    wrong usage
  124  it reached its time limit
  125  it could not be run, or the backends of --backend both differ
  130  it was interrupted
  134  it faulted
  141  the output pipe was closed
  153  it reached its output limit
The object of --json tells these from the applet's own code.";

/// The statuses in [`AFTER_HELP`], each with its meaning.
pub(super) fn exit_statuses() -> impl Iterator<Item = (&'static str, &'static str)> {
    let rows = AFTER_HELP.lines().filter_map(|line| line.strip_prefix("  "));
    rows.filter_map(|row| row.split_once(' ')).map(|(status, meaning)| (status, meaning.trim()))
}

/// Why an applet could not be run.
struct NotRun {
    sources: Sources,
    diagnostics: Vec<crate::diagnostic::Diagnostic>,
    complaint: Complaint,
}

impl From<Complaint> for NotRun {
    fn from(complaint: Complaint) -> Self {
        Self { sources: Sources::new(), diagnostics: Vec::new(), complaint }
    }
}

/// Runs the subcommand.
///
/// # Errors
/// It could not be run.
pub(super) fn execute(args: Args) -> anyhow::Result<u8> {
    let want_json = args.json;
    match attempt(args) {
        Ok(status) => Ok(status),
        Err(not_run) if want_json => {
            let NotRun { sources, diagnostics, complaint } = not_run;
            let diagnostics = diagnostics.iter().map(|d| json::diagnostic(&sources, d)).collect();
            let value = json::not_run(&complaint.message, diagnostics, status::NOT_RUN);
            console::say(value.to_string());
            Ok(status::NOT_RUN)
        }
        Err(not_run) => {
            console::say_diagnostics(&not_run.sources, &not_run.diagnostics);
            Err(not_run.complaint.into())
        }
    }
}

fn attempt(args: Args) -> Result<u8, NotRun> {
    let mut line = args.line.iter();
    let file = PathBuf::from(line.next().map_or("-".into(), OsString::clone));
    let takes_stdin = input::is_stdin(&file);
    let is_waiting = !takes_stdin && std::io::stdin().is_terminal();
    let choices = Choices {
        mode: args.mode,
        ring: args.ring,
        memory: args.memory,
        timeout: args.timeout,
        default_timeout: (!is_waiting).then_some(Timeout::After(TIMEOUT)),
        max_output: args.max_output,
        seed: args.seed,
        registers: args.reg.clone(),
        origin: args.org,
        backend: args.backend.choice(),
        warnings: args.warnings.switches(),
        prelude: args.source.prelude.clone(),
        args: line.map(|arg| arg.as_encoded_bytes().to_vec()).collect(),
    };
    let started = Instant::now();
    let (sources, program) = load(&args, &file, &choices)?;
    let assemble = started.elapsed();
    if !args.json && !args.quiet {
        console::say_diagnostics(&sources, &program.warnings);
    }
    let mut io = streams(takes_stdin)
        .map_err(|e| Complaint::new(format!("cannot use the standard streams: {e}")))?;
    machine::catch_interrupt()
        .map_err(|e| Complaint::new(format!("cannot wait for signals: {e}")))?;
    let mut config = program.config(&choices);
    config.backend = backend::resolve(config.backend, Some(&config));
    let ran = match args.backend {
        Backend::Both => compare::run(&program.image, &config, &mut io),
        _ => machine::run(&program.image, &config, &mut io).map(|report| (report, None)),
    };
    let (report, difference) = ran.map_err(|error| common::host_complaint(&error))?;
    if let Some(difference) = difference {
        let complaint = Complaint::new(format!("kvm and soft differ: {difference}"));
        return Err(complaint.into());
    }
    if report.stats.help.for_good && machine::doctor::ring_0_is_emulated() {
        Fact::SlowRing0.learn(true);
    }
    let status = status_of(&report.outcome);
    let lines = if args.json {
        vec![json::report(&sources, &report, assemble, status).to_string()]
    } else {
        let mut lines = outcome_lines(&sources, &report);
        if let Used::SoftInstead { why } = &report.used
            && !args.quiet
            && !Fact::NoKvmIsSaid.is_known()
        {
            let note = format!("note: the software CPU runs it, as there is no KVM: {why}");
            lines.insert(0, note);
            Fact::NoKvmIsSaid.learn(true);
        }
        if args.stats {
            lines.extend(stats_lines(&report, assemble));
        }
        lines
    };
    say_behind(&report, &lines);
    Ok(status)
}

fn load(
    args: &Args,
    file: &std::path::Path,
    choices: &Choices,
) -> Result<(Sources, Program), NotRun> {
    if args.raw {
        let bytes = input::open_raw(file)?;
        return Ok((Sources::new(), driver::raw(bytes, choices)));
    }
    let mut input = args.source.open(file)?;
    match driver::load(&mut input.sources, input.main, &input.files, choices) {
        Ok(program) => Ok((input.sources, program)),
        Err(diagnostics) => {
            let complaint = common::not_assembled(&diagnostics, file);
            Err(NotRun { sources: input.sources, diagnostics, complaint })
        }
    }
}

/// The process's own streams, or no input if the source came from there.
fn streams(takes_stdin: bool) -> std::io::Result<Io> {
    let input = if takes_stdin {
        Input::Bytes(Vec::new(), 0)
    } else {
        Input::File(common::duplicate(&std::io::stdin())?)
    };
    Ok(Io {
        input,
        output: Output::File(common::duplicate(&std::io::stdout())?),
        error: Output::File(common::duplicate(&std::io::stderr())?),
    })
}

const fn status_of(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Halted => status::OK,
        Outcome::Exited(code) => *code,
        Outcome::Faulted(_) => status::FAULT,
        Outcome::TimedOut(_) => status::TIMEOUT,
        Outcome::OutputLimit(_) => status::OUTPUT_LIMIT,
        Outcome::OutputClosed => status::CLOSED,
        Outcome::Interrupted => status::INTERRUPTED,
    }
}

/// Writes lines to standard error. They begin on a new line if the guest has not ended its last one.
fn say_behind(report: &Report, lines: &[String]) {
    let shared = std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
    let is_open = report.open_lines.error || report.open_lines.output && shared;
    if is_open && !lines.is_empty() {
        console::say("");
    }
    lines.iter().for_each(console::say);
}

/// The lines that report how it ended; none if its output and exit code say all.
fn outcome_lines(sources: &Sources, report: &Report) -> Vec<String> {
    match &report.outcome {
        Outcome::Halted | Outcome::Exited(_) | Outcome::OutputClosed | Outcome::Interrupted => {
            Vec::new()
        }
        Outcome::Faulted(fault) => fault_lines(sources, fault),
        Outcome::TimedOut(limit) => {
            vec![timeout_text(sources, *limit, report.place.as_ref())]
        }
        Outcome::OutputLimit(limit) => vec![console::error(
            &format!("stopped: the output is more than {limit} bytes"),
            Some("--max-output sets the limit"),
        )],
    }
}

/// The message shows where the applet was, so that an endless loop can be told from long work.
fn timeout_text(sources: &Sources, limit: Duration, place: Option<&Location>) -> String {
    let mut message = format!("stopped: it ran longer than {} s", limit.as_secs_f64());
    if let Some(Location { address, span: None, instruction: Some(text), .. }) = place {
        message = format!("{message}; it was at {address:#x}: {text}");
    }
    let span = place.and_then(|place| place.span).unwrap_or(Span::NOWHERE);
    let help = place.and_then(|place| place.help.as_deref());
    let help = help.unwrap_or("`--timeout 60s` or `--timeout none` gives it more time");
    let diagnostic = Diagnostic::error(span, message).label("it was here").help(help);
    render(sources, &diagnostic, console::paint())
}

fn fault_lines(sources: &Sources, fault: &Fault) -> Vec<String> {
    let place = match &fault.instruction {
        Some(instruction) => format!("at {:#x}: {instruction}", fault.address),
        None => format!("at {:#x}", fault.address),
    };
    let mut lines = vec![render(sources, &driver::explain(fault), console::paint()), place];
    let is_wide = fault.registers.iter().any(|&(name, _)| name == "rip");
    // As many as fit on 80 columns.
    for row in fault.registers.chunks(if is_wide { 3 } else { 4 }) {
        let cells: Vec<_> =
            row.iter().map(|&(name, value)| register(name, value, is_wide)).collect();
        lines.push(cells.join("  "));
    }
    for (name, [a, b, c, d]) in &fault.vectors {
        let high =
            if name.starts_with('x') { String::new() } else { format!("{d:016x}_{c:016x}_") };
        lines.push(format!("{name:>6}={high}{b:016x}_{a:016x}"));
    }
    lines
}

/// `name=value`, as wide as the register is.
fn register(name: &str, value: u64, is_wide: bool) -> String {
    let digits = match name.as_bytes() {
        [_, b's'] => 4,
        _ if is_wide => 16,
        _ => 8,
    };
    format!("{name:>6}={value:0digits$x}")
}

/// Which CPU ran it.
fn cpu_text(report: &Report) -> String {
    let help = report.stats.help;
    match &report.used {
        Used::Soft => "soft".to_owned(),
        Used::SoftInstead { .. } => "soft, as there is no KVM".to_owned(),
        Used::SoftForSpeed => "soft, as this host's KVM runs ring 0 in software".to_owned(),
        Used::Kvm if help.for_good => {
            "kvm, then soft: this host's KVM runs such code in software".to_owned()
        }
        Used::Kvm => match help.instructions {
            0 => "kvm".to_owned(),
            1 => "kvm, and soft for 1 instruction".to_owned(),
            n => format!("kvm, and soft for {n} instructions"),
        },
    }
}

fn stats_lines(report: &Report, assemble: Duration) -> Vec<String> {
    let stats = &report.stats;
    let rows = [
        ("assemble", assemble),
        ("create", stats.create),
        ("boot", stats.boot),
        ("run", stats.run),
        ("tear-down", stats.tear_down),
    ];
    let row =
        |(name, time): (&str, Duration)| format!("{name:<10}{:>10.3} ms", time.as_secs_f64() * 1e3);
    let exits = format!("{:<10}{:>10}", "exits", stats.exits);
    let cpu = format!("{:<10}{:>10}", "cpu", cpu_text(report));
    rows.map(row).into_iter().chain([exits, cpu]).collect()
}
