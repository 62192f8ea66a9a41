//! Golden cases: an applet, what it is given, and what is expected of it, as files.
//!
//! `tests/golden/<applet>/<case>.{stdin,stdout,stderr,toml}` belongs to `applets/<applet>.asm`.
//! What is absent is empty, but for `.stdout`, which a case must have. The `toml` holds what
//! deviates from an applet without arguments that ends with code 0. Adding a case needs no Rust.
//! An applet may also carry cases in its own file: [`crate::applet::case`].
//!
//! Finds cases, runs them, compares. Does not know who asks, in how many threads, or how the
//! answer is shown.

mod bless;
mod compare;
mod expect;
mod find;
mod generate;

use crate::applet::case::{self, Embedded, STREAMS};
use crate::applet::files::{self, Files};
use crate::applet::value::Timeout;
use crate::diagnostic::render::{Paint, render};
use crate::diagnostic::{Diagnostic, Sources};
use crate::driver::{self, Choices};
use crate::machine;
use crate::machine::config::{BackendChoice, Io, Output};
use crate::machine::outcome::{HostError, Outcome};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use expect::Expectation;
pub use find::{find, find_beside, find_for, find_in_file, find_in_text};

/// Limit on the wall time of a case that does not set one, and whose applet does not.
const TIMEOUT: Duration = Duration::from_secs(10 * SLOWNESS as u64);

/// How much longer a case may take in a build without optimization.
const SLOWNESS: u32 = if cfg!(debug_assertions) { 30 } else { 1 };

/// Limit on the output of a case.
const MAX_OUTPUT: u64 = 64 << 20;

/// One golden case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The applet's name.
    pub applet: String,
    /// The case's name.
    pub name: String,
    source: Program,
    data: Data,
    backend: BackendChoice,
}

/// Where the applet's source is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Program {
    /// In a file.
    File(PathBuf),
    /// Here: what messages call it, and the text.
    Text(PathBuf, Arc<str>),
}

/// Where what is given and expected is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Data {
    /// In files of this path, each with its extension.
    Files(PathBuf),
    /// In the source.
    Carried(Box<Embedded>),
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

impl Case {
    /// The same case, to be run by `backend`.
    #[must_use]
    pub fn on(self, backend: BackendChoice) -> Self {
        Self { backend, ..self }
    }

    /// `applet/case`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}/{}", self.applet, self.name)
    }

    /// Runs the case and compares.
    ///
    /// # Errors
    /// Why it did not pass.
    pub fn check(&self) -> Result<(), Failure> {
        let expected = self.expectation()?;
        let actual = self.run(&expected)?;
        let mismatches = self.mismatches(&expected, &actual)?;
        if mismatches.is_empty() { Ok(()) } else { Err(mismatch(mismatches.join("\n"))) }
    }

    /// The case as an applet carries it in its file.
    ///
    /// # Errors
    /// Its files cannot be read.
    pub fn carried(&self) -> Result<case::Case, Failure> {
        let mut streams = [None, None, None];
        for (stream, name) in streams.iter_mut().zip(STREAMS) {
            *stream = self.read(name)?;
        }
        Ok(case::Case { name: self.name.clone(), toml: self.toml()?, streams })
    }

    /// The text of the applet's source.
    fn text(&self) -> Result<String, Failure> {
        match &self.source {
            Program::Text(_, text) => Ok(text.to_string()),
            Program::File(path) => files::read_text(path)
                .map(files::for_assembler)
                .map_err(|reason| mismatch(format!("{}: {reason}", path.display()))),
        }
    }

    /// The path of the file that has this part of the case.
    fn file(&self, part: &str) -> PathBuf {
        let Data::Files(stem) = &self.data else { return self.source.path().to_path_buf() };
        let mut name = stem.clone().into_os_string();
        name.push(".");
        name.push(part);
        name.into()
    }

    fn toml(&self) -> Result<String, Failure> {
        Ok(self.read("toml")?.map_or(String::new(), |b| String::from_utf8_lossy(&b).into_owned()))
    }

    /// The bytes of one of its parts, if it has it.
    fn read(&self, part: &str) -> Result<Option<Vec<u8>>, Failure> {
        if let Data::Carried(carried) = &self.data {
            let case = &carried.case;
            let stream = STREAMS.iter().position(|name| *name == part);
            return Ok(match stream.and_then(|number| case.streams.get(number)) {
                Some(stream) => stream.clone(),
                None => Some(case.toml.clone().into_bytes()),
            });
        }
        let path = self.file(part);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(cannot("read", &path, &e)),
        }
    }

    fn expectation(&self) -> Result<Expectation, Failure> {
        let mut sources = Sources::new();
        let name = self.file("toml").display().to_string();
        let (text, base) = match &self.data {
            Data::Files(_) => (self.toml()?, 0),
            Data::Carried(carried) => (self.text()?, carried.base),
        };
        let file = sources.add(name, None, text);
        let read = expect::read(&self.toml()?, file, base);
        read.map_err(|errors| mismatch(draw(&sources, &errors)))
    }

    fn run(&self, expected: &Expectation) -> Result<Actual, Failure> {
        let own_timeout = match expected.timeout {
            Some(Timeout::After(limit)) if expected.outcome.as_deref() != Some("timeout") => {
                Some(Timeout::After(limit * SLOWNESS))
            }
            other => other,
        };
        let mut sources = Sources::new();
        let (path, reach) = match &self.source {
            Program::File(path) => (Some(path.as_path()), Files::beside(path)),
            Program::Text(..) => (None, Files::built_in()),
        };
        let name = self.source.path().display().to_string();
        let main = sources.add(name, path, self.text()?);
        let timeout = match &self.source {
            Program::File(_) => own_timeout,
            // Of a stranger, who does not say how long this waits.
            Program::Text(..) => Some(Timeout::After(
                own_timeout.and_then(Timeout::limit).map_or(TIMEOUT, |t| t.min(TIMEOUT)),
            )),
        };
        let choices = Choices {
            timeout,
            default_timeout: Some(Timeout::After(TIMEOUT)),
            max_output: Some(MAX_OUTPUT),
            seed: expected.seed,
            registers: expected.registers.clone(),
            args: expected.args.iter().map(|arg| arg.clone().into_bytes()).collect(),
            backend: self.backend,
            ..Choices::default()
        };
        let program = driver::load(&mut sources, main, &reach, &choices)
            .map_err(|errors| mismatch(draw(&sources, &errors)))?;
        let mut io = Io::buffers(self.input(expected)?);
        let mut config = program.config(&choices);
        // An applet may be one that waits as long as its input does, but not here.
        config.timeout = config.timeout.or(own_timeout.map_or(Some(TIMEOUT), Timeout::limit));
        let report = machine::run(&program.image, &config, &mut io).map_err(Failure::Host)?;
        let fault = match &report.outcome {
            Outcome::Faulted(fault) => Some(draw(&sources, &[driver::explain(fault)])),
            _ => None,
        };
        let (stdout, stderr) = (collected(io.output), collected(io.error));
        Ok(Actual { stdout, stderr, outcome: report.outcome, fault })
    }

    /// Standard input.
    fn input(&self, expected: &Expectation) -> Result<Vec<u8>, Failure> {
        match (self.read("stdin")?, expected.stdin_from) {
            (Some(_), Some(_)) => Err(mismatch(
                "it has both an input and `stdin_from`: remove one of them".to_owned(),
            )),
            (Some(bytes), None) => Ok(bytes),
            (None, generator) => Ok(generator.map(|g| g.bytes()).unwrap_or_default()),
        }
    }

    /// How standard output differs from one that is known by its SHA-256. What was printed is
    /// written to a file for comparison, since there is nothing to show it against.
    fn digest_mismatch(&self, digest: &str, stdout: &[u8]) -> Option<String> {
        let actual = sha256(stdout);
        if actual == digest {
            return None;
        }
        let folder = std::env::temp_dir().join("applet-golden");
        let file = folder.join(format!("{}-{}.stdout", self.applet, self.name));
        let is_written =
            std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, stdout));
        let place = match is_written {
            Ok(()) => format!("{} has it", file.display()),
            Err(error) => format!("it could not be written to {}: {error}", file.display()),
        };
        let length = stdout.len();
        Some(format!("stdout: expected SHA-256 {digest}, got {actual} of {length} bytes; {place}"))
    }

    /// What differs, one text each.
    fn mismatches(&self, expected: &Expectation, actual: &Actual) -> Result<Vec<String>, Failure> {
        let mut mismatches = Vec::new();
        if let Some(message) = expected.outcome_mismatch(&actual.outcome) {
            mismatches.push(message);
            mismatches.extend(actual.fault.clone());
        }
        match (self.read("stdout")?, &expected.stdout_sha256) {
            (Some(_), Some(_)) => mismatches.push(
                "it has both an expected output and `stdout_sha256`: remove one of them".to_owned(),
            ),
            (None, Some(digest)) => {
                mismatches.extend(self.digest_mismatch(digest, &actual.stdout));
            }
            (Some(stdout), None) => {
                mismatches.extend(compare::bytes("stdout", &stdout, &actual.stdout))
            }
            (None, None) => mismatches.push(match &self.data {
                Data::Files(_) => format!(
                    "{} is missing; `applet test --bless` writes it",
                    self.file("stdout").display()
                ),
                Data::Carried(_) => {
                    "it has no `; stdout:`; `applet test --bless` writes it".to_owned()
                }
            }),
        }
        let stderr = self.read("stderr")?.unwrap_or_default();
        mismatches.extend(compare::bytes("stderr", &stderr, &actual.stderr));
        Ok(mismatches)
    }
}

impl Program {
    /// Where it is, or what messages call it.
    fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Text(path, _) => path,
        }
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

/// The SHA-256 of some bytes in hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
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
