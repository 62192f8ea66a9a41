//! Silicon is the judge: random instructions on random states, run by the processor of this host
//! and by the CPU in software. All that a program can see must be the same afterwards.
//!
//! ```sh
//! cargo test --test it silicon::                     # a fixed sample
//! cargo test --test it silicon::bcd                  # the classes with that in their names
//! APPLET_CASES=500 cargo test --test it silicon::    # so many cases of each form
//! APPLET_SILICON=pshufb,fadd ...                # only these mnemonics
//! APPLET_SEED=7 ...                             # other cases
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `state` | the state, the memory and the segments that both sides have |
//! | `native`, `native.c` | the processor |
//! | `soft` | the CPU in software |
//! | `forms` `bytes` `cases` `address` `values` `random` | from iced's table to cases |
//! | `compare`, `undefined`, `makers` | what differs, and what may |
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test of a processor cuts words all the time"
)]

mod address;
mod bytes;
mod cases;
mod compare;
mod forms;
mod makers;
mod native;
mod random;
mod run;
mod soft;
mod state;
mod undefined;
mod values;

use crate::support::{Needs, Tests, add, is_set};
use libtest_mimic::{Completion, Failed};
use run::{Options, Subject, Tally};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};
use tempfile::TempDir;
use undefined::{Judge, judge};

/// What is said of a result on a processor whose table nobody has verified.
const NOT_VERIFIED: &str = "not verified on AMD";

/// What the tests share: the program of the native side, and what became of the cases.
struct Bench {
    options: Options,
    /// Made by the first test that needs it.
    program: OnceLock<Result<(TempDir, PathBuf), String>>,
    tallies: Mutex<Vec<(String, Tally)>>,
}

pub(crate) fn tests(tests: &mut Tests) {
    let options = Options::from_environment();
    let bench = Arc::new(Bench { options, program: OnceLock::new(), tallies: Mutex::default() });
    for subject in run::subjects() {
        let bench = bench.clone();
        let name = match judge() {
            Judge::Amd => format!("{}, {NOT_VERIFIED}", subject.name()),
            Judge::Model | Judge::Maker | Judge::Stranger => subject.name(),
        };
        tests.add(name, Needs::Nothing, move || bench.trial(&subject));
    }
    tests.within("makers", |tests| {
        use makers::tests::*;
        add!(
            tests, Needs::Nothing;
            makers_are_told_apart,
            rows_of_the_table_have_a_reason,
            undefined_flags_are_masked_for_amd,
            high_halves_are_masked_for_amd,
            estimates_must_be_near_on_amd,
            faults_are_masked_for_amd,
            encodings_are_masked_for_amd,
            a_difference_on_amd_is_ignored_and_shown,
        );
    });
    tests.at_end(move || {
        if let Ok(tallies) = bench.tallies.lock() {
            run::report(&tallies, &bench.options);
        }
    });
}

impl Bench {
    fn program(&self) -> Result<&PathBuf, String> {
        let compile = || {
            let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
            let program = native::compile(folder.path())?;
            Ok((folder, program))
        };
        self.program.get_or_init(compile).as_ref().map(|(_, program)| program).map_err(Clone::clone)
    }

    fn trial(&self, subject: &Subject) -> Result<Completion, Failed> {
        // A processor of another maker is not missing: it is no judge.
        if judge() == Judge::Stranger {
            return Ok(Completion::ignored_with("this processor is neither Intel's nor AMD's"));
        }
        let program = match self.program() {
            Ok(program) => program,
            Err(reason) if is_set("APPLET_REQUIRE_KVM") => return Err(reason.into()),
            Err(reason) => return Ok(Completion::ignored_with(reason)),
        };
        if !undefined::has(subject.class) {
            return Ok(Completion::ignored_with("this processor does not have it"));
        }
        let tally = run::run(subject, program, &self.options)?;
        let verdict = tally.verdict(&self.options);
        if let Ok(mut tallies) = self.tallies.lock() {
            tallies.push((subject.name(), tally));
        }
        completion(judge(), verdict)
    }
}

/// What a verdict means on a processor.
fn completion(judge: Judge, verdict: Result<(), String>) -> Result<Completion, Failed> {
    match (verdict, judge) {
        (Ok(()), _) => Ok(Completion::Completed),
        (Err(text), Judge::Amd) => Ok(Completion::ignored_with(format!("{NOT_VERIFIED}: {text}"))),
        (Err(text), _) => Err(Failed::from(text)),
    }
}

fn a_difference_on_amd_is_ignored_and_shown() {
    let differs = || Err("bt: 3 cases differ".to_owned());
    let Ok(ignored) = completion(Judge::Amd, differs()) else { panic!("it fails") };
    let Completion::Ignored { reason } = ignored else { panic!("it passes") };
    let reason = reason.unwrap_or_default();
    assert_eq!(reason, "not verified on AMD: bt: 3 cases differ");
    assert!(completion(Judge::Maker, differs()).is_err());
}
