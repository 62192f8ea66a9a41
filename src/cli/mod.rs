//! The command line. Each subcommand is a module, with a type for its arguments.
//!
//! The parser, the help, the manual pages and the completion are made from these types. No other
//! part of the library prints.

mod add;
mod asm;
mod backend;
mod check;
mod common;
mod compare;
mod completions;
mod console;
mod dis;
mod doctor;
mod info;
mod input;
mod json;
mod library;
mod man;
mod new;
#[cfg(unix)]
mod repl;
mod run;
mod share;
mod source_flags;
mod test;
mod warnings;

use crate::diagnostic::nearest;
use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Parser, Subcommand};
use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::process::ExitCode;

/// Writes, runs, shares and tests tiny x86 programs in a fresh virtual machine.
#[derive(Debug, Parser)]
#[command(name = "applet", version, arg_required_else_help = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Args),
    #[cfg(unix)]
    Repl(repl::Args),
    Check(check::Args),
    Asm(asm::Args),
    Dis(dis::Args),
    Test(test::Args),
    New(new::Args),
    List(library::ListArgs),
    Info(info::Args),
    Add(add::Args),
    Remove(library::RemoveArgs),
    Share(share::Args),
    Doctor(doctor::Args),
    Completions(completions::Args),
    Man(man::Args),
}

impl Command {
    /// Runs the subcommand. The answer is the exit status of the process.
    fn execute(self) -> anyhow::Result<u8> {
        match self {
            Self::Run(args) => run::execute(args),
            #[cfg(unix)]
            Self::Repl(args) => repl::execute(&args),
            Self::Check(args) => check::execute(&args),
            Self::Asm(args) => asm::execute(&args),
            Self::Dis(args) => dis::execute(&args),
            Self::Test(args) => test::execute(&args),
            Self::New(args) => new::execute(&args),
            Self::List(args) => library::list(&args),
            Self::Info(args) => info::execute(&args),
            Self::Add(args) => add::execute(&args),
            Self::Remove(args) => library::remove(&args),
            Self::Share(args) => share::execute(&args),
            Self::Doctor(args) => doctor::execute(&args),
            Self::Completions(args) => completions::execute(&args),
            Self::Man(args) => man::execute(&args, Line::command()),
        }
    }

    /// The exit status when it fails.
    const fn failure(&self) -> u8 {
        match self {
            Self::Run(_) => status::NOT_RUN,
            _ => status::FAILED,
        }
    }
}

/// Exit statuses. Those above 128 are what a shell shows for the signal that means the same.
mod status {
    /// All is well.
    pub(super) const OK: u8 = 0;
    /// Something failed.
    pub(super) const FAILED: u8 = 1;
    /// Wrong usage.
    pub(super) const USAGE: u8 = 2;
    /// The guest reached its time limit, as timeout(1) has it.
    pub(super) const TIMEOUT: u8 = 124;
    /// The applet could not be run.
    pub(super) const NOT_RUN: u8 = 125;
    /// Interrupted: SIGINT.
    pub(super) const INTERRUPTED: u8 = 128 + 2;
    /// The guest faulted: SIGABRT.
    pub(super) const FAULT: u8 = 128 + 6;
    /// The output pipe was closed: SIGPIPE.
    pub(super) const CLOSED: u8 = 128 + 13;
    /// The guest reached its output limit: SIGXFSZ.
    pub(super) const OUTPUT_LIMIT: u8 = 128 + 25;
}

/// An error with a hint for the user.
#[derive(Debug)]
struct Complaint {
    message: String,
    help: Option<String>,
}

impl Complaint {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Complaint {}

/// Runs a command line.
#[must_use]
pub fn main(line: Vec<OsString>) -> ExitCode {
    if let Some(shell) = std::env::var_os(completions::VARIABLE) {
        let answer = completions::answer(&shell, &line);
        return answer.unwrap_or_else(|error| fail(&error, status::FAILED)).into();
    }
    let command = match parse(line) {
        Ok(command) => command,
        Err(error) => {
            // Help and version are errors too, to clap; they go to standard output.
            let status = if error.use_stderr() { status::USAGE } else { status::OK };
            let printed = error.print();
            return if printed.is_ok() { status } else { status::CLOSED }.into();
        }
    };
    let failure = command.failure();
    command.execute().unwrap_or_else(|error| fail(&error, failure)).into()
}

/// The subcommand and its arguments.
///
/// Building the parser for all subcommands takes twice as long as for one, and a run is over in
/// about a millisecond. So `run` is parsed by itself, from the same type.
fn parse(line: Vec<OsString>) -> Result<Command, clap::Error> {
    if line.get(1).is_some_and(|word| word == "run") {
        return run::Args::try_parse_from(line.into_iter().skip(1)).map(Command::Run);
    }
    // Nothing but the name, on a terminal: a session.
    let is_bare = line.len() < 2 && cfg!(unix);
    let line = if is_bare && std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        vec!["applet".into(), "repl".into()]
    } else {
        line
    };
    Line::try_parse_from(line).map(|line| line.command).map_err(with_suggestion)
}

/// Adds the subcommand that was probably meant, where clap has found none: to clap, `rnu` and `run`
/// are not similar.
fn with_suggestion(mut error: clap::Error) -> clap::Error {
    let suggested = error.get(ContextKind::SuggestedSubcommand);
    if let (None, Some(ContextValue::String(word))) =
        (suggested, error.get(ContextKind::InvalidSubcommand))
    {
        let line = Line::command();
        if let Some(name) = nearest(word, line.get_subcommands().map(clap::Command::get_name)) {
            let names = ContextValue::Strings(vec![name.to_owned()]);
            error.insert(ContextKind::SuggestedSubcommand, names);
        }
    }
    error
}

/// Shows an error. Returns the exit status.
fn fail(error: &anyhow::Error, status: u8) -> u8 {
    let is_closed = error.chain().any(|cause| {
        let io = cause.downcast_ref::<std::io::Error>();
        io.is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
    });
    if is_closed {
        return status::CLOSED;
    }
    let help = error.downcast_ref::<Complaint>().and_then(|complaint| complaint.help.as_deref());
    console::say_error(&format!("{error:#}"), help);
    status
}

#[cfg(test)]
mod tests;
