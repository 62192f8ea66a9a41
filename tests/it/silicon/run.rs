//! Runs the cases of a class on both sides, and counts.
//!
//! Knows nothing of how they are made.

use super::address;
use super::cases::{self, Trial};
use super::compare::{compare, describe};
use super::forms::{self, Form};
use super::native::Native;
use super::random::Random;
use super::soft::{self, Result as Came, Soft, Way};
use super::state::{self, ENDLESS, Outcome};
use super::undefined::{Judge, judge};
use std::collections::BTreeMap;
use std::path::Path;

/// Cases of a batch.
const BATCH: usize = 256;
/// Differing cases of a mnemonic that are shown.
const SHOWN: u64 = 2;
/// The class of random bytes.
const BYTES: &str = "bytes";
/// How many forms random bytes count for.
const BYTES_FORMS: u64 = 400;
/// The class of instructions in a row, and those that it is made of.
const ROWS: &str = "rows";
const IN_ROWS: [&str; 4] = ["general", "shift", "bmi", "bcd"];

/// What the environment asks for.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    seed: u64,
    cases: u64,
    mnemonics: Vec<String>,
}

impl Options {
    pub(crate) fn from_environment() -> Self {
        let number = |name: &str| std::env::var(name).ok()?.parse().ok();
        let mnemonics = std::env::var("APPLET_SILICON").unwrap_or_default();
        let mnemonics = mnemonics.split(',').filter(|m| !m.is_empty());
        Self {
            seed: number("APPLET_SEED").unwrap_or(1),
            cases: number("APPLET_CASES").unwrap_or(6),
            mnemonics: mnemonics.map(str::to_lowercase).collect(),
        }
    }

    fn wants(&self, form: &Form) -> bool {
        let name = format!("{:?}", form.code.mnemonic()).to_lowercase();
        self.mnemonics.is_empty() || self.mnemonics.contains(&name)
    }
}

/// A class of forms in code of one width.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) class: &'static str,
    bits: u32,
    forms: Vec<Form>,
}

impl Subject {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.class, self.bits)
    }
}

/// All subjects.
pub(crate) fn subjects() -> Vec<Subject> {
    let mut subjects = Vec::new();
    for bits in [64, 32, 16] {
        let mut classes: BTreeMap<&str, Vec<Form>> = BTreeMap::new();
        for form in forms::forms(bits) {
            classes.entry(form.class).or_default().push(form);
        }
        subjects.extend(classes.into_iter().map(|(class, forms)| Subject { class, bits, forms }));
        subjects.push(Subject { class: BYTES, bits, forms: Vec::new() });
        let mut rows = forms::forms(bits);
        rows.retain(|form| IN_ROWS.contains(&form.class));
        subjects.push(Subject { class: ROWS, bits, forms: rows });
    }
    subjects
}

/// What came of the cases of a subject.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    cases: u64,
    forms: u64,
    /// Those that ended without an exception.
    completed: u64,
    /// Mnemonics that the CPU does not have, with the number of cases.
    missing: BTreeMap<String, u64>,
    /// Forms that no bytes were found for.
    undrawn: Vec<String>,
    /// Mnemonics with differing cases: how many, and the first of them.
    differing: BTreeMap<String, (u64, String)>,
}

/// The cases of a subject, one after the other.
struct Cases<'a> {
    subject: &'a Subject,
    forms: Vec<Form>,
    options: &'a Options,
    form: usize,
    number: u64,
}

impl Cases<'_> {
    /// The next one, or what form has none; nothing at the end.
    fn next(&mut self) -> Option<Result<Trial, Form>> {
        if self.subject.class == BYTES {
            return self.next_bytes();
        }
        let form = *self.forms.get(self.form)?;
        let mut random = self.random(u64::from(form.code as u16));
        let is_row = self.subject.class == ROWS;
        let mut draw = || match is_row {
            true => cases::draw_row(&form, &self.subject.forms, &mut random),
            false => cases::draw(&form, &mut random),
        };
        // What is left out, or cut, is drawn again.
        let trial = (0..4).find_map(|_| draw());
        self.number += 1;
        if self.number >= self.options.cases {
            (self.form, self.number) = (self.form + 1, 0);
        }
        Some(trial.ok_or(form))
    }

    fn next_bytes(&mut self) -> Option<Result<Trial, Form>> {
        while self.number < self.options.cases * BYTES_FORMS {
            self.number += 1;
            let trial = cases::draw_bytes(self.subject.bits, &mut self.random(1 << 20));
            let is_wanted = |trial: &Trial| {
                let name = format!("{:?}", trial.instruction.mnemonic()).to_lowercase();
                self.options.mnemonics.is_empty() || self.options.mnemonics.contains(&name)
            };
            if let Some(trial) = trial.filter(is_wanted) {
                return Some(Ok(trial));
            }
        }
        None
    }

    /// The same numbers for the same case, whatever else is tried.
    fn random(&self, form: u64) -> Random {
        let seed = self.options.seed << 40 ^ form << 8 ^ u64::from(self.subject.bits);
        let mut random = Random::new(seed);
        Random::new(random.next() ^ self.number.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}

/// Runs the cases of a subject.
pub(crate) fn run(subject: &Subject, program: &Path, options: &Options) -> std::io::Result<Tally> {
    let first = state::memory();
    let memory = soft::memory(&first);
    let mut soft = Soft::new(&memory, &first);
    let mut native = Native::start(program, &first)?;
    let forms: Vec<Form> = subject.forms.iter().copied().filter(|f| options.wants(f)).collect();
    let judge = judge();
    let mut tally = Tally { forms: forms.len() as u64, ..Tally::default() };
    let mut cases = Cases { subject, forms, options, form: 0, number: 0 };
    let mut batch = draw_batch(&mut cases, &mut tally);
    send(&mut native, &batch)?;
    while !batch.is_empty() {
        let outcomes = native.take(batch.len())?;
        // The next batch runs there while this one runs here.
        let next = draw_batch(&mut cases, &mut tally);
        if !next.is_empty() {
            send(&mut native, &next)?;
        }
        for (trial, silicon) in batch.iter().zip(&outcomes) {
            tally.weigh(judge, &mut soft, trial, silicon);
        }
        batch = next;
    }
    Ok(tally)
}

fn send(native: &mut Native, batch: &[Trial]) -> std::io::Result<()> {
    let cases: Vec<_> = batch.iter().map(|trial| trial.case.clone()).collect();
    native.send(&cases)
}

fn draw_batch(cases: &mut Cases<'_>, tally: &mut Tally) -> Vec<Trial> {
    let mut batch = Vec::with_capacity(BATCH);
    while batch.len() < BATCH {
        match cases.next() {
            Some(Ok(trial)) => batch.push(trial),
            Some(Err(form)) => tally.undrawn.push(format!("{:?}", form.code)),
            None => break,
        }
    }
    batch
}

impl Tally {
    fn weigh(&mut self, judge: Judge, soft: &mut Soft<'_>, trial: &Trial, silicon: &Outcome) {
        // How much a repetition still writes after it has written over itself, no rule says.
        if cases::writes_code(trial) {
            return;
        }
        let way = if self.cases & 1 == 0 { Way::Blocks } else { Way::Steps };
        self.cases += 1;
        self.completed += u64::from(silicon.vector == 3);
        let mnemonic = || format!("{:?}", trial.instruction.mnemonic()).to_lowercase();
        if silicon.vector == ENDLESS && address::is_locked(&trial.instruction) {
            return;
        }
        let lines = match soft.run(&trial.case, way) {
            Came::Ended(outcome) => compare(trial, judge, &outcome, silicon),
            Came::Missing => {
                *self.missing.entry(mnemonic()).or_default() += 1;
                return;
            }
            Came::Left(exit) => vec![format!("{exit:?}, silicon vector {}", silicon.vector)],
        };
        if lines.is_empty() {
            return;
        }
        let (count, text) = self.differing.entry(mnemonic()).or_default();
        *count += 1;
        if *count <= SHOWN {
            let what = describe(trial);
            *text += &format!("  {what}\n      {} ({way:?})\n", lines.join("\n      "));
        }
    }

    /// Whether all is as it should be.
    pub(crate) fn verdict(&self, options: &Options) -> Result<(), String> {
        let mut text = String::new();
        for (mnemonic, (count, first)) in &self.differing {
            text += &format!("{mnemonic}: {count} cases differ\n{first}");
        }
        if !self.missing.is_empty() {
            text += &format!("not there: {}\n", list(&self.missing));
        }
        if text.is_empty() {
            return Ok(());
        }
        Err(format!("APPLET_SEED={} APPLET_CASES={}\n{text}", options.seed, options.cases))
    }
}

fn list(counts: &BTreeMap<String, u64>) -> String {
    counts.keys().cloned().collect::<Vec<_>>().join(" ")
}

/// Prints what was tried, class by class.
#[allow(clippy::print_stderr, reason = "a table for whoever asked for the run")]
pub(crate) fn report(tallies: &[(String, Tally)], options: &Options) {
    if tallies.is_empty() {
        return;
    }
    let mut sorted: Vec<_> = tallies.iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    eprintln!("seed {}, {} cases of each form", options.seed, options.cases);
    eprintln!(
        "{:12} {:>6} {:>9} {:>9} {:>9} {:>9}",
        "", "forms", "cases", "no fault", "missing", "differ"
    );
    let mut total = [0; 4];
    for (name, tally) in sorted {
        let missing: u64 = tally.missing.values().sum();
        let differing: u64 = tally.differing.values().map(|row| row.0).sum();
        let row = [tally.cases, tally.completed, missing, differing];
        total = std::array::from_fn(|n| total[n] + row[n]);
        let [a, b, c, d] = row;
        eprintln!("{name:12} {:>6} {a:>9} {b:>9} {c:>9} {d:>9}", tally.forms);
        if !tally.undrawn.is_empty() {
            let mut forms = tally.undrawn.clone();
            forms.dedup();
            eprintln!("    no bytes found for {}", forms.join(" "));
        }
    }
    let [a, b, c, d] = total;
    eprintln!("{:12} {:>6} {a:>9} {b:>9} {c:>9} {d:>9}", "in all", "");
}
