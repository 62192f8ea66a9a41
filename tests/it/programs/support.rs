//! Runs the binary and looks at what it did. Knows nothing of any one test.

use crate::support::{APPLET, root};
use libtest_mimic::Failed;
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use tempfile::TempDir;

/// A file of this folder.
pub(crate) fn program(name: &str) -> PathBuf {
    root().join("tests/it/programs").join(name)
}

/// What a process did.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Exit status; -1 if a signal ended it.
    pub(crate) status: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

/// `applet`, with these arguments and this input, from the root of the tree.
pub(crate) fn applet<I>(arguments: I, input: &[u8]) -> Result<Ended, Failed>
where
    I: IntoIterator,
    I::Item: AsRef<OsStr>,
{
    let mut command = Command::new(APPLET);
    command.args(arguments);
    finish(&mut command, input)
}

/// Runs a command to its end, with this input.
pub(crate) fn finish(command: &mut Command, input: &[u8]) -> Result<Ended, Failed> {
    command.current_dir(root()).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().ok_or("no pipe")?;
    let input = input.to_vec();
    // It may end without reading all of its input.
    let writer = thread::spawn(move || drop(stdin.write_all(&input)));
    let ended = collect(child)?;
    writer.join().map_err(|_| "the writer panicked")?;
    Ok(ended)
}

/// Waits for the end of a process whose outputs are pipes.
pub(crate) fn collect(mut child: Child) -> Result<Ended, Failed> {
    let mut stderr = child.stderr.take().ok_or("no pipe")?;
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        stderr.read_to_end(&mut bytes).map(|_| bytes)
    });
    let mut stdout = Vec::new();
    if let Some(mut pipe) = child.stdout.take() {
        pipe.read_to_end(&mut stdout)?;
    }
    let stderr = reader.join().map_err(|_| "the reader panicked")??;
    let status = child.wait()?.code().unwrap_or(-1);
    Ok(Ended { status, stdout, stderr: String::from_utf8_lossy(&stderr).into_owned() })
}

/// `applet run` with these flags on this source text, with this input.
pub(crate) fn run_source(flags: &[&str], source: &str, input: &[u8]) -> Result<Ended, Failed> {
    let folder = TempDir::new()?;
    let file = folder.path().join("program.asm");
    std::fs::write(&file, source)?;
    let mut arguments: Vec<&OsStr> = vec!["run".as_ref()];
    arguments.extend(flags.iter().map(OsStr::new));
    arguments.push(file.as_os_str());
    applet(arguments, input)
}

impl Ended {
    /// Fails unless it ended with `status`.
    pub(crate) fn status(self, status: i32) -> Result<Self, Failed> {
        if self.status == status {
            return Ok(self);
        }
        Err(format!("exit status {} instead of {status}\n{}", self.status, self.stderr).into())
    }

    /// Fails unless standard output is just that.
    pub(crate) fn stdout(self, expected: impl AsRef<[u8]>) -> Result<Self, Failed> {
        if self.stdout == expected.as_ref() {
            return Ok(self);
        }
        let shown = String::from_utf8_lossy(&self.stdout);
        let head: String = shown.chars().take(200).collect();
        Err(format!("{} bytes of output: {head:?}\n{}", self.stdout.len(), self.stderr).into())
    }

    /// Fails unless standard error is empty.
    pub(crate) fn quiet(self) -> Result<Self, Failed> {
        if self.stderr.is_empty() { Ok(self) } else { Err(self.stderr.into()) }
    }

    /// Fails unless standard error holds each of these.
    pub(crate) fn says(self, parts: &[&str]) -> Result<Self, Failed> {
        // A long message is wrapped: where the lines end does not matter.
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let said = words(&self.stderr);
        for part in parts {
            if !said.contains(&words(part)) {
                return Err(format!("{part:?} is missing in:\n{}", self.stderr).into());
            }
        }
        Ok(self)
    }
}
