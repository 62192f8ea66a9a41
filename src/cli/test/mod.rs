//! `applet test`: runs golden cases in parallel and shows those that fail.

mod judge;
mod report;
mod watch;

use super::backend::Backend;
use super::{Complaint, console, status};
use crate::applet::replace::replace;
use crate::golden::{self, Case, Cases};
use judge::{Judged, Orders};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Run the golden cases of the applets in this folder
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Accept the current output as the expected one, and print what changes; not where `CI` is set
    #[arg(long)]
    bless: bool,
    /// Print the names of the cases and run nothing
    #[arg(long, conflicts_with_all = ["bless", "json", "junit", "watch"])]
    list: bool,
    /// How many cases run at the same time [default: as many as there are processors]
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZero<usize>>,
    /// Print one JSON object with the result of every case
    #[arg(long)]
    json: bool,
    /// Write the results to a file in the format of JUnit
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Keep running, and run the cases again when files change
    #[arg(long, conflicts_with_all = ["bless", "json", "junit"])]
    watch: bool,
    /// Which CPU runs them
    #[arg(long, value_enum, default_value_t, hide_possible_values = false)]
    backend: Backend,
    /// Only the cases whose applet/case contains one of these; a file NAME.asm selects its own cases
    filter: Vec<String>,
}

const AFTER_HELP: &str = "\
The cases of applets/NAME.asm are the files tests/golden/NAME/CASE.{stdin,stdout,stderr,toml}. \
An absent file is an empty one, but .stdout is required. Keys of the .toml: args, exit, outcome, \
timeout, seed, reg.

Blocks `; /// case NAME` in an applet, as `applet share` writes them, are cases too.";

/// What the filters have chosen.
#[derive(Default)]
struct Chosen {
    cases: Vec<Case>,
    /// Files that are no valid cases: the name, and what is wrong.
    problems: Vec<(String, String)>,
}

/// Runs the subcommand.
///
/// # Errors
/// There are no cases, or the answer cannot be written.
pub(super) fn execute(args: &Args) -> anyhow::Result<u8> {
    if args.bless && is_ci() {
        let complaint = Complaint::new("--bless does nothing where `CI` is set");
        return Err(complaint.help("run it by hand and check what changes").into());
    }
    if args.watch {
        return watch::run(args);
    }
    let chosen = choose(&args.filter, None)?;
    if chosen.cases.is_empty() && chosen.problems.is_empty() {
        return Err(no_such_case(&args.filter).into());
    }
    if args.list {
        let lines = chosen.cases.iter().map(|case| case.id() + "\n");
        console::out(lines.collect::<String>())?;
        return Ok(status::OK);
    }
    round(args, chosen)
}

/// Runs what was chosen and reports it.
fn round(args: &Args, chosen: Chosen) -> anyhow::Result<u8> {
    let started = Instant::now();
    let orders = Orders {
        bless: args.bless,
        backends: args.backend.all(),
        jobs: args.jobs,
        is_shown: !args.json,
    };
    let mut results: Vec<Judged> =
        chosen.problems.into_iter().map(|(id, what)| Judged::problem(&id, what)).collect();
    results.extend(judge::all(&chosen.cases, &orders));
    let time = started.elapsed();
    if let Some(path) = &args.junit {
        let text = report::junit(&results, time);
        replace(path, text.as_bytes())
            .map_err(|e| Complaint::new(format!("cannot write {}: {e}", path.display())))?;
    }
    let out = if args.json { report::json(&results, time) } else { report::text(&results, time) };
    console::out(out)?;
    Ok(if results.iter().any(Judged::is_failed) { status::FAILED } else { status::OK })
}

/// The cases that the filters name, and of `applets` if only these are wanted.
fn choose(filters: &[String], applets: Option<&[String]>) -> Result<Chosen, Complaint> {
    let (files, filters): (Vec<_>, Vec<_>) = filters.iter().partition(|filter| is_source(filter));
    let mut chosen = Chosen::default();
    for file in &files {
        let path = Path::new(file);
        chosen.take(golden::find_in_file(path), |_| true);
        chosen.take(golden::find_beside(path), |_| true);
    }
    if files.is_empty() || !filters.is_empty() {
        let found = golden::find(Path::new(".")).map_err(|_| {
            Complaint::new("there is no folder tests/golden here")
                .help("`applet new NAME` writes an applet with a golden case")
        })?;
        let wanted = |id: &str| {
            let is_named = filters.iter().any(|filter| id.contains(filter.as_str()));
            is_named || filters.is_empty()
        };
        chosen.take(found, wanted);
    }
    if let Some(applets) = applets {
        let of_one = |name: &str| applets.iter().any(|applet| applet == name);
        chosen.cases.retain(|case| of_one(&case.applet));
        chosen.problems.retain(|(id, _)| id.split('/').next().is_some_and(of_one));
    }
    Ok(chosen)
}

impl Chosen {
    fn take(&mut self, found: Cases, wanted: impl Fn(&str) -> bool) {
        self.cases.extend(found.cases.into_iter().filter(|case| wanted(&case.id())));
        self.problems.extend(found.problems.into_iter().filter(|(id, _)| wanted(id)));
    }
}

/// Whether a filter is the file of an applet.
fn is_source(filter: &str) -> bool {
    let path = Path::new(filter);
    path.extension().is_some_and(|e| e == "asm") && path.is_file()
}

fn no_such_case(filters: &[String]) -> Complaint {
    match filters {
        [] => Complaint::new("there are no cases here"),
        _ if filters.iter().all(|filter| is_source(filter)) => Complaint::new("it has no cases")
            .help("`; /// case NAME` blocks in the file are its cases"),
        _ => Complaint::new("there is no such case")
            .help("`applet test --list` shows those there are"),
    }
}

/// Whether this runs in continuous integration.
fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}
