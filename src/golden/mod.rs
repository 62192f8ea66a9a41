//! Golden cases: an applet, what it is given, and what is expected of it, as files.
//!
//! `tests/golden/<applet>/<case>.{stdin,stdout,stderr,toml}` belongs to `applets/<applet>.asm`.
//! What is absent is empty, but for `.stdout`, which a case must have. The `toml` holds what
//! deviates from an applet without arguments that ends with code 0. Adding a case needs no Rust.
//!
//! Finds cases, runs them, compares. Does not know who asks, in how many threads, or how the
//! answer is shown.

mod compare;
mod expect;

use crate::applet::files::{self, Files};
use crate::applet::value::Timeout;
use crate::diagnostic::render::{Paint, render};
use crate::diagnostic::{Diagnostic, Sources};
use crate::driver::{self, Choices};
use crate::machine;
use crate::machine::config::{BackendChoice, Io, Output};
use crate::machine::outcome::{HostError, Outcome};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use expect::Expectation;

/// Limit on the wall time of a case that does not set one, and whose applet does not. The software
/// CPU is slow in a build that is not optimised.
const TIMEOUT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 10 });

/// Limit on the output of a case.
const MAX_OUTPUT: u64 = 64 << 20;

/// The kinds of file that make up a case.
const EXTENSIONS: [&str; 4] = ["stdin", "stdout", "stderr", "toml"];

/// One golden case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The applet's name.
    pub applet: String,
    /// The case's name.
    pub name: String,
    /// The applet's source.
    source: PathBuf,
    /// The path of its files, without the extension.
    stem: PathBuf,
}

/// All that there is to test under a folder.
#[derive(Clone, Debug, Default)]
pub struct Cases {
    /// The cases, in order of applet and name.
    pub cases: Vec<Case>,
    /// What is wrong with the files themselves: its name, and what is wrong.
    pub problems: Vec<(String, String)>,
}

/// Why a case did not pass.
#[derive(Debug)]
pub enum Failure {
    /// It does not do what is expected: what it does instead, for people.
    Mismatch(String),
    /// The host cannot run it.
    Host(HostError),
}

/// What an applet did.
#[derive(Clone, Debug)]
pub struct Actual {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    outcome: Outcome,
    /// The fault as people read it, if it ended in one.
    fault: Option<String>,
}

/// The cases in `tests/golden` under `root`, for the applets in `applets` under `root`.
///
/// # Errors
/// The folder cannot be read.
pub fn find(root: &Path) -> std::io::Result<Cases> {
    find_for(&root.join("tests").join("golden"), &root.join("applets"))
}

/// The cases in the folder `cases`, for the applets in the folder `applets`.
///
/// # Errors
/// The folder of cases cannot be read.
pub fn find_for(cases: &Path, applets: &Path) -> std::io::Result<Cases> {
    let mut found = Cases::default();
    for folder in sorted(cases)? {
        let applet = name_of(&folder);
        if !folder.is_dir() {
            found.problems.push((applet, format!("{} belongs to no applet", folder.display())));
            continue;
        }
        let source = applets.join(&applet).with_extension("asm");
        if !source.is_file() {
            let missing = format!("there is no applet {} for these cases", source.display());
            found.problems.push((applet, missing));
            continue;
        }
        find_in(&folder, &applet, &source, &mut found)?;
    }
    Ok(found)
}

fn find_in(folder: &Path, applet: &str, source: &Path, found: &mut Cases) -> std::io::Result<()> {
    let mut stems = BTreeMap::new();
    for path in sorted(folder)? {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
        if EXTENSIONS.contains(&extension) {
            let stem = path.with_extension("");
            stems.insert(name_of(&stem), stem);
        } else {
            let message = format!(
                "{} is no part of a case, whose files end in .stdin, .stdout, .stderr or .toml",
                path.display()
            );
            found.problems.push((format!("{applet}/{}", name_of(&path)), message));
        }
    }
    if stems.is_empty() {
        found.problems.push((applet.to_owned(), format!("{} has no cases", folder.display())));
    }
    let (applet, source) = (applet.to_owned(), source.to_path_buf());
    found.cases.extend(stems.into_iter().map(|(name, stem)| Case {
        applet: applet.clone(),
        name,
        source: source.clone(),
        stem,
    }));
    Ok(())
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn sorted(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?;
    let mut paths = entries.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

impl Case {
    /// `applet/case`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}/{}", self.applet, self.name)
    }

    /// Runs the case and compares.
    ///
    /// # Errors
    /// Why it did not pass.
    pub fn check(&self, backend: BackendChoice) -> Result<(), Failure> {
        let expected = self.expectation()?;
        let actual = self.run(&expected, backend)?;
        let mismatches = self.mismatches(&expected, &actual)?;
        if mismatches.is_empty() { Ok(()) } else { Err(mismatch(mismatches.join("\n"))) }
    }

    /// Runs the case and makes what it does the expectation. Says whether files changed.
    ///
    /// # Errors
    /// It cannot be run, or the files cannot be written.
    pub fn bless(&self, backend: BackendChoice) -> Result<bool, Failure> {
        let expected = self.expectation()?;
        let actual = self.run(&expected, backend)?;
        if self.mismatches(&expected, &actual)?.is_empty() {
            return Ok(false);
        }
        let stdout = self.file("stdout");
        let write = |path: &Path, bytes: &[u8]| {
            std::fs::write(path, bytes).map_err(|e| cannot("write", path, &e))
        };
        write(&stdout, &actual.stdout)?;
        let stderr = self.file("stderr");
        if !actual.stderr.is_empty() {
            write(&stderr, &actual.stderr)?;
        } else if stderr.exists() {
            std::fs::remove_file(&stderr).map_err(|e| cannot("delete", &stderr, &e))?;
        }
        if expected.outcome_mismatch(&actual.outcome).is_some() {
            let path = self.file("toml");
            let text = expect::rewrite(&self.toml()?, &actual.outcome);
            write(&path, text.as_bytes())?;
        }
        Ok(true)
    }

    fn file(&self, extension: &str) -> PathBuf {
        let mut name = self.stem.clone().into_os_string();
        name.push(".");
        name.push(extension);
        name.into()
    }

    fn toml(&self) -> Result<String, Failure> {
        Ok(self.read("toml")?.map_or(String::new(), |b| String::from_utf8_lossy(&b).into_owned()))
    }

    /// The bytes of one of its files, if it has it.
    fn read(&self, extension: &str) -> Result<Option<Vec<u8>>, Failure> {
        let path = self.file(extension);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(cannot("read", &path, &e)),
        }
    }

    fn expectation(&self) -> Result<Expectation, Failure> {
        let mut sources = Sources::new();
        let name = self.file("toml").display().to_string();
        let file = sources.add(name, None, self.toml()?);
        expect::read(&sources, file).map_err(|errors| mismatch(draw(&sources, &errors)))
    }

    fn run(&self, expected: &Expectation, backend: BackendChoice) -> Result<Actual, Failure> {
        let unreadable = |reason| mismatch(format!("{}: {reason}", self.source.display()));
        let text = files::read_text(&self.source).map_err(unreadable)?;
        let mut sources = Sources::new();
        let main = sources.add(self.source.display().to_string(), Some(&self.source), text);
        let choices = Choices {
            timeout: expected.timeout,
            default_timeout: Some(Timeout::After(TIMEOUT)),
            max_output: Some(MAX_OUTPUT),
            seed: expected.seed,
            registers: expected.registers.clone(),
            args: expected.args.iter().map(|arg| arg.clone().into_bytes()).collect(),
            backend,
            ..Choices::default()
        };
        let program = driver::load(&mut sources, main, &Files::beside(&self.source), &choices)
            .map_err(|errors| mismatch(draw(&sources, &errors)))?;
        let mut io = Io::buffers(self.read("stdin")?.unwrap_or_default());
        let report = machine::run(&program.image, &program.config(&choices), &mut io)
            .map_err(Failure::Host)?;
        let fault = match &report.outcome {
            Outcome::Faulted(fault) => Some(draw(&sources, &[driver::explain(fault)])),
            _ => None,
        };
        let (stdout, stderr) = (collected(io.output), collected(io.error));
        Ok(Actual { stdout, stderr, outcome: report.outcome, fault })
    }

    /// What differs, one text each.
    fn mismatches(&self, expected: &Expectation, actual: &Actual) -> Result<Vec<String>, Failure> {
        let mut mismatches = Vec::new();
        if let Some(message) = expected.outcome_mismatch(&actual.outcome) {
            mismatches.push(message);
            mismatches.extend(actual.fault.clone());
        }
        match self.read("stdout")? {
            Some(stdout) => mismatches.extend(compare::bytes("stdout", &stdout, &actual.stdout)),
            None => mismatches.push(format!(
                "{} is missing; `applet test --bless` writes it",
                self.file("stdout").display()
            )),
        }
        let stderr = self.read("stderr")?.unwrap_or_default();
        mismatches.extend(compare::bytes("stderr", &stderr, &actual.stderr));
        Ok(mismatches)
    }
}

fn collected(output: Output) -> Vec<u8> {
    match output {
        Output::Buffer(bytes) => bytes,
        Output::File(_) | Output::Live(_) => Vec::new(),
    }
}

fn draw(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let texts: Vec<_> = diagnostics.iter().map(|d| render(sources, d, Paint::Plain)).collect();
    texts.join("\n")
}

fn mismatch(message: String) -> Failure {
    Failure::Mismatch(message)
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Mismatch(format!("cannot {what} {}: {error}", path.display()))
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Mismatch(message) => f.write_str(message),
            Self::Host(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests;
