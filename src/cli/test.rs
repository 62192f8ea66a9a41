//! `applet test`: runs golden cases in parallel and shows what fails.
//!
//! Which cases there are and whether they pass is for [`golden`] to know.

use super::backend::Backend;
use super::{Complaint, console, status};
use crate::golden::{self, Case, Failure};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Run the golden cases of the applets in this folder
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Make what the applets do now the expectation
    #[arg(long)]
    bless: bool,
    /// Who runs them
    #[arg(long, value_enum, default_value_t, hide_possible_values = false)]
    backend: Backend,
    /// Only the cases whose applet/case contains this
    filter: Option<String>,
}

const AFTER_HELP: &str = "\
The cases of applets/NAME.asm are the files tests/golden/NAME/CASE.{stdin,stdout,stderr,toml}.
What is absent is empty, but .stdout must be there. Keys of the .toml: args, exit, outcome,
timeout, seed, reg.";

/// What came of one case.
enum Verdict {
    Passed,
    Blessed,
    Failed(String),
}

/// Does it.
///
/// # Errors
/// There are no cases, or the answer cannot be written.
pub(super) fn execute(args: &Args) -> anyhow::Result<u8> {
    let found = golden::find(Path::new(".")).map_err(|_| {
        Complaint::new("there is no folder tests/golden here")
            .help("`applet new NAME` writes an applet with a golden case")
    })?;
    let wanted = |id: &str| args.filter.as_ref().is_none_or(|filter| id.contains(filter.as_str()));
    let mut failures: Vec<(String, String)> =
        found.problems.into_iter().filter(|(id, _)| wanted(id)).collect();
    let cases: Vec<Case> = found.cases.into_iter().filter(|case| wanted(&case.id())).collect();
    if cases.is_empty() && failures.is_empty() {
        return Err(Complaint::new("there is no such case").into());
    }
    let started = Instant::now();
    let (mut passed, mut blessed) = (0, 0);
    for (case, verdict) in cases.iter().zip(judge(&cases, args)) {
        match verdict {
            Verdict::Passed => passed += 1,
            Verdict::Blessed => {
                blessed += 1;
                console::out(format!("blessed {}\n", case.id()))?;
            }
            Verdict::Failed(reason) => failures.push((case.id(), reason)),
        }
    }
    for (id, reason) in &failures {
        console::out(format!("FAILED {id}\n{}\n\n", indent(reason)))?;
    }
    let seconds = started.elapsed().as_secs_f64();
    let blessed = if blessed > 0 { format!("{blessed} blessed, ") } else { String::new() };
    let failed = failures.len();
    console::out(format!("{passed} passed, {blessed}{failed} failed in {seconds:.2} s\n"))?;
    Ok(if failures.is_empty() { status::OK } else { status::FAILED })
}

/// The verdict of each case, in the order of the cases.
fn judge(cases: &[Case], args: &Args) -> Vec<Verdict> {
    let next = AtomicUsize::new(0);
    let verdicts = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(cases.len());
    let work = || {
        while let Some((number, case)) = {
            let number = next.fetch_add(1, Ordering::Relaxed);
            cases.get(number).map(|case| (number, case))
        } {
            let verdict = judge_one(case, args);
            if let Ok(mut verdicts) = verdicts.lock() {
                verdicts.push((number, verdict));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let mut verdicts = verdicts.into_inner().unwrap_or_default();
    verdicts.sort_by_key(|(number, _)| *number);
    verdicts.into_iter().map(|(_, verdict)| verdict).collect()
}

fn judge_one(case: &Case, args: &Args) -> Verdict {
    let backend = args.backend.choice();
    let result = if args.bless { case.bless(backend) } else { case.check(backend).map(|()| false) };
    match result {
        Ok(true) => Verdict::Blessed,
        Ok(false) => Verdict::Passed,
        Err(Failure::Mismatch(reason)) => Verdict::Failed(reason),
        Err(Failure::Host(error)) => Verdict::Failed(format!("it cannot be run here: {error}")),
    }
}

fn indent(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}
