//! Silicon is the judge: random instructions on random states, run by the processor of this host
//! and by the CPU in software. All that a program can see must be the same afterwards.
//!
//! ```sh
//! cargo test --test silicon                     # a fixed sample
//! cargo test --test silicon -- "bcd"            # the classes with that in their names
//! APPLET_CASES=500 cargo test --test silicon    # so many cases of each form
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
//! | `compare`, `undefined` | what differs, and what may |
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
mod native;
mod random;
mod run;
mod soft;
mod state;
mod undefined;
mod values;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use run::{Options, Subject, Tally};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = tempfile::tempdir().expect("a temporary folder");
    // A processor of another maker is not missing: it is no judge.
    let is_required = undefined::judge() != undefined::Judge::Stranger
        && std::env::var_os("APPLET_REQUIRE_KVM").is_some_and(|v| v == "1");
    let program = match undefined::judge() {
        undefined::Judge::Stranger => Err("this processor is not one of Intel's".to_owned()),
        _ => native::compile(folder.path()),
    };
    let options = Options::from_environment();
    let tallies: Arc<Mutex<Vec<(String, Tally)>>> = Arc::default();
    let subjects = run::subjects();
    let trials = subjects.into_iter().map(|subject| {
        let (program, options, tallies) = (program.clone(), options.clone(), tallies.clone());
        Trial::ignorable_test(subject.name(), move || {
            trial(&subject, &program, is_required, &options, &tallies)
        })
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    if let Ok(tallies) = tallies.lock() {
        run::report(&tallies, &options);
    }
    conclusion.exit_code()
}

fn trial(
    subject: &Subject,
    program: &Result<PathBuf, String>,
    is_required: bool,
    options: &Options,
    tallies: &Mutex<Vec<(String, Tally)>>,
) -> Result<Completion, Failed> {
    let program = match program {
        Ok(program) => program,
        Err(reason) if is_required => return Err(reason.into()),
        Err(reason) => return Ok(Completion::ignored_with(reason)),
    };
    if !undefined::has(subject.class) {
        return Ok(Completion::ignored_with("this processor does not have it"));
    }
    let tally = run::run(subject, program, options)?;
    let verdict = tally.verdict(options);
    if let Ok(mut tallies) = tallies.lock() {
        tallies.push((subject.name(), tally));
    }
    verdict.map(|()| Completion::Completed).map_err(Failed::from)
}
