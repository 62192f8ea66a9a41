//! Makes what a case does now what is expected of it, in its files or in the applet that carries it.
//!
//! Does not judge whether that is right: whoever asks looks at the changes it names.

use super::{Actual, Case, Data, Failure, Program, cannot, expect, mismatch};
use crate::applet::replace::replace;
use crate::applet::{case, files};
use crate::diagnostic::text::to_bytes;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Cases of one file may be blessed at the same time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

impl Case {
    /// Runs the case and makes what it does the expectation. Says what changed, a line each.
    ///
    /// # Errors
    /// It cannot be run, or the files cannot be written.
    pub fn bless(&self) -> Result<Vec<String>, Failure> {
        let expected = self.expectation()?;
        let actual = self.run(&expected)?;
        if self.mismatches(&expected, &actual)?.is_empty() {
            return Ok(Vec::new());
        }
        let mut changes = Vec::new();
        let mut toml = None;
        // A case keeps its form: an output that is known by its digest stays so.
        let has_digest = expected.stdout_sha256.is_some() && self.read("stdout")?.is_none();
        if has_digest {
            let digest = super::sha256(&actual.stdout);
            if expected.stdout_sha256.as_ref() != Some(&digest) {
                changes.push(format!("stdout: SHA-256 of {} bytes", actual.stdout.len()));
                toml = Some(expect::rewrite_digest(&self.toml()?, &digest));
            }
        } else {
            changes.extend(change("stdout", self.read("stdout")?.as_deref(), &actual.stdout));
        }
        changes.extend(change("stderr", self.read("stderr")?.as_deref(), &actual.stderr));
        if let Some(words) = expected.outcome_mismatch(&actual.outcome) {
            changes.push(words);
            toml = Some(expect::rewrite(&toml.map_or_else(|| self.toml(), Ok)?, &actual.outcome));
        }
        match &self.data {
            Data::Files(_) => self.bless_files(&actual, toml, has_digest)?,
            Data::Carried(_) => self.bless_source(actual, toml, has_digest)?,
        }
        Ok(changes)
    }

    fn bless_files(
        &self,
        actual: &Actual,
        toml: Option<String>,
        has_digest: bool,
    ) -> Result<(), Failure> {
        if !has_digest {
            write(&self.file("stdout"), &actual.stdout)?;
        }
        let stderr = self.file("stderr");
        if !actual.stderr.is_empty() {
            write(&stderr, &actual.stderr)?;
        } else if stderr.exists() {
            std::fs::remove_file(&stderr).map_err(|e| cannot("delete", &stderr, &e))?;
        }
        toml.map_or(Ok(()), |toml| write(&self.file("toml"), toml.as_bytes()))
    }

    fn bless_source(
        &self,
        actual: Actual,
        toml: Option<String>,
        has_digest: bool,
    ) -> Result<(), Failure> {
        let Program::File(path) = &self.source else {
            return Err(mismatch("it is in no file that could be changed".to_owned()));
        };
        let mut case = self.carried()?;
        case.toml = toml.unwrap_or(case.toml);
        let stderr = (!actual.stderr.is_empty()).then_some(actual.stderr);
        let [stdin, ..] = case.streams;
        let stdout = (!has_digest).then_some(actual.stdout);
        case.streams = [stdin, stdout, stderr];
        let block = case.print().map_err(mismatch)?;
        let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        // Read anew: another case of the file may have been blessed since.
        let mut text = files::read_text(path).map_err(mismatch)?;
        let found = case::read(&text).0.into_iter().find(|found| found.case.name == self.name);
        let found = found.ok_or_else(|| mismatch(format!("{} has changed", path.display())))?;
        text.replace_range(found.whole, &block);
        write(path, &to_bytes(&text))
    }
}

/// How a stream changes, if it does.
fn change(name: &str, before: Option<&[u8]>, now: &[u8]) -> Option<String> {
    match before {
        None if name == "stderr" && now.is_empty() => None,
        None => Some(format!("{name}: new, {} bytes", now.len())),
        Some(before) if before == now => None,
        Some(before) => {
            let at = before.iter().zip(now).take_while(|(a, b)| a == b).count();
            let line = before.get(..at).unwrap_or_default().split(|b| *b == b'\n').count();
            let (old, new) = (before.len(), now.len());
            Some(format!("{name}: {old} bytes became {new}, from line {line} on"))
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    replace(path, bytes).map_err(|e| cannot("write", path, &e))
}
