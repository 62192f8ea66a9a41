//! Runs cases in parallel and collects the results. A line on the terminal shows the progress.

use crate::cli::{backend, console};
use crate::golden::{Case, Failure};
use crate::machine::config::BackendChoice;
use std::io::{IsTerminal as _, Write as _};
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How the cases are run.
pub(super) struct Orders {
    pub(super) bless: bool,
    pub(super) backends: &'static [BackendChoice],
    pub(super) jobs: Option<NonZero<usize>>,
    /// Whether a terminal shows the progress.
    pub(super) is_shown: bool,
}

/// The result of a case.
pub(super) enum Verdict {
    Passed,
    /// What changed.
    Blessed(Vec<String>),
    /// Why.
    Failed(String),
}

/// A case that was judged.
pub(super) struct Judged {
    pub(super) applet: String,
    pub(super) case: String,
    pub(super) verdict: Verdict,
    pub(super) time: Duration,
}

impl Judged {
    /// A file that is no valid case: its name, and what is wrong with it.
    pub(super) fn problem(id: &str, what: String) -> Self {
        let (applet, case) = id.split_once('/').unwrap_or((id, ""));
        let (applet, case) = (applet.to_owned(), case.to_owned());
        Self { applet, case, verdict: Verdict::Failed(what), time: Duration::ZERO }
    }

    pub(super) fn id(&self) -> String {
        if self.case.is_empty() {
            return self.applet.clone();
        }
        format!("{}/{}", self.applet, self.case)
    }

    pub(super) const fn is_failed(&self) -> bool {
        matches!(self.verdict, Verdict::Failed(_))
    }
}

/// Judges all cases. The answers are in the order of the cases.
pub(super) fn all(cases: &[Case], orders: &Orders) -> Vec<Judged> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = orders.jobs.map_or(processors, usize::from).min(cases.len());
    let progress = Progress::new(cases.len(), orders.is_shown);
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = cases.get(number) else { return };
            let started = Instant::now();
            let verdict = on_all(case, orders);
            let (applet, name) = (case.applet.clone(), case.name.clone());
            let judged = Judged { applet, case: name, verdict, time: started.elapsed() };
            let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
            results.push((number, judged));
            progress.show(&results);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    progress.clear();
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_unstable_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, judged)| judged).collect()
}

/// The verdict is the first that is not `Passed`.
fn on_all(case: &Case, orders: &Orders) -> Verdict {
    let mut verdicts = orders.backends.iter().map(|&choice| {
        let verdict = one(&case.clone().on(backend::resolve(choice, None)), orders.bless);
        match verdict {
            Verdict::Failed(why) if orders.backends.len() > 1 => {
                Verdict::Failed(format!("on {}: {why}", choice.name()))
            }
            other => other,
        }
    });
    verdicts.find(|verdict| !matches!(verdict, Verdict::Passed)).unwrap_or(Verdict::Passed)
}

fn one(case: &Case, bless: bool) -> Verdict {
    let result = if bless { case.bless() } else { case.check().map(|()| Vec::new()) };
    match result {
        Ok(changes) if changes.is_empty() => Verdict::Passed,
        Ok(changes) => Verdict::Blessed(changes),
        Err(Failure::Mismatch(reason)) => Verdict::Failed(reason),
        Err(Failure::Host(error)) => Verdict::Failed(format!("it cannot be run here: {error}")),
    }
}

/// Columns of the line that shows the progress.
const COLUMNS: usize = 79;

/// One line on a terminal, written anew after each case.
struct Progress {
    total: usize,
    is_on: bool,
}

impl Progress {
    fn new(total: usize, is_shown: bool) -> Self {
        let is_on = is_shown && std::io::stderr().is_terminal();
        Self { total, is_on }
    }

    fn show(&self, results: &[(usize, Judged)]) {
        let Some((_, last)) = results.last().filter(|_| self.is_on) else { return };
        let failed = results.iter().filter(|(_, judged)| judged.is_failed()).count();
        let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
        let line = format!("{} of {}{failed}: {}", results.len(), self.total, last.id());
        let line: String = console::visible(&line).chars().take(COLUMNS).collect();
        self.write(&line);
    }

    fn clear(&self) {
        if self.is_on {
            self.write("");
        }
    }

    /// Carriage Return, Erase in Line (ECMA-48, 8.3.41), and the words.
    fn write(&self, line: &str) {
        let _ = write!(std::io::stderr().lock(), "\r\x1b[K{line}");
    }
}
