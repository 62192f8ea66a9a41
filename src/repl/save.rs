//! The session as one program: run in a fresh machine, saved as an applet, what it read and printed
//! as a golden case of that, and all of it as one text for others.
//!
//! Knows nothing of how the session becomes a text.

use super::keep::source;
use super::program::Mistake;
use super::session::{Outputs, Past};
use super::shell::{Next, Shell, reason};
use super::style::escape;
use crate::applet::files::{self, Files};
use crate::applet::line;
use crate::diagnostic::{Diagnostic, Sources};
use crate::driver::{self, Choices, Program};
use crate::machine;
use crate::machine::config::{Config, Input, Io, Output};
use crate::machine::outcome::{HostError, Outcome, Report};
use crate::share::{self, Wishes};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// A text as a program, with the texts that it is made of.
fn program(text: String, path: &Path) -> Result<(Program, Sources), Mistake> {
    let mut sources = Sources::new();
    let main = sources.add(path.display().to_string(), Some(path), text);
    match driver::load(&mut sources, main, &Files::beside(path), &Choices::default()) {
        Ok(program) => Ok((program, sources)),
        Err(diagnostics) => Err(Mistake { sources, diagnostics }),
    }
}

/// Runs a program with what the session gives its guests.
fn execute(shell: &Shell, program: &Program, io: &mut Io) -> Result<Report, HostError> {
    let session = &shell.session.config;
    let config = Config {
        timeout: session.timeout,
        seed: session.seed,
        args: session.args.clone(),
        ..program.config(&Choices::default())
    };
    machine::limits::take_interrupt();
    machine::run(&program.image, &config, io)
}

/// `:run`
pub(super) fn run(shell: &mut Shell, _: &str) -> io::Result<Next> {
    let (program, sources) = match program(source(&shell.session), shell.session.path()) {
        Ok(program) => program,
        Err(mistake) => return shell.mistake(&mistake),
    };
    let Outputs { last, output, error, .. } = shell.session.outputs();
    let input = Input::Bytes(shell.session.input().to_vec(), 0);
    let mut io = Io { input, output, error };
    let report = match execute(shell, &program, &mut io) {
        Ok(report) => report,
        Err(error) => return shell.host(&error),
    };
    let is_mid_line = last.load(Ordering::Relaxed) != b'\n';
    shell.end_line(is_mid_line, report.outcome == Outcome::Interrupted)?;
    match &report.outcome {
        Outcome::Faulted(fault) => {
            let diagnostics = vec![driver::explain(fault)];
            shell.mistake(&Mistake { sources, diagnostics })
        }
        Outcome::Halted => shell.say(&["halted: hlt".to_owned()]),
        Outcome::Exited(code) => shell.say(&[format!("ended with exit code {code}")]),
        other => shell.fail(&format!("it did not come to its end: {}", other.name())),
    }
}

/// `:save FILE` and `:save --case APPLET/CASE`
pub(super) fn save(shell: &mut Shell, line: &str) -> io::Result<Next> {
    if let Some(name) = line.strip_prefix("--case") {
        return save_case(shell, name.trim());
    }
    if line.is_empty() {
        return shell.fail("`:save` needs the name of a file: `:save hello.asm`");
    }
    let text = source(&shell.session);
    if let Err(mut mistake) = program(text.clone(), Path::new(line)) {
        let note = "the session is not a program by itself, so it is not saved";
        mistake.diagnostics.push(Diagnostic::error(crate::diagnostic::Span::NOWHERE, note));
        return shell.mistake(&mistake);
    }
    match std::fs::write(line, text) {
        Ok(()) => shell.say(&[format!("saved; `applet run {line}` runs it")]),
        Err(error) => shell.fail(&format!("cannot write {line}: {}", reason(&error))),
    }
}

/// `:share [line]`
pub(super) fn share(shell: &mut Shell, form: &str) -> io::Result<Next> {
    if !matches!(form, "" | "line") {
        return shell.fail(&format!("`{form}` is not `line`, which makes one line of it"));
    }
    let path = shell.session.path();
    let mut sources = Sources::new();
    let main = sources.add(path.display().to_string(), Some(path), source(&shell.session));
    let wishes = Wishes { keep_stdlib: true, ..Wishes::default() };
    match share::text(&mut sources, main, &Files::beside(path), wishes) {
        Ok(shared) if form == "line" => shell.say(&[line::encode(&shared.text)]),
        Ok(shared) => shell.say(&[shared.text.trim_end().to_owned()]),
        Err(share::Error::Source(diagnostics)) => shell.mistake(&Mistake { sources, diagnostics }),
        Err(share::Error::Refused(reason)) => {
            shell.fail(&format!("the session cannot be one text: {reason}"))
        }
    }
}

/// What a golden case consists of: the kind of each file and its contents.
type Parts = Vec<(&'static str, Vec<u8>)>;

/// Saves what the session read and printed as a golden case of an applet, and the session as that
/// applet if there is none of that name. Only what the applet really does becomes a case.
fn save_case(shell: &mut Shell, name: &str) -> io::Result<Next> {
    let is_name = |n: &str| {
        !n.is_empty() && n.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let Some((applet, case)) = name.split_once('/') else {
        return shell.fail("`:save --case` needs APPLET/CASE: `:save --case hello/first`");
    };
    if !is_name(applet) || !is_name(case) {
        return shell.fail("names are of letters, digits, `-` and `_`");
    }
    let path = PathBuf::from("applets").join(format!("{applet}.asm"));
    let is_new = !path.exists();
    let text = if is_new { Ok(source(&shell.session)) } else { files::read_text(&path) };
    let text = match text {
        Ok(text) => text,
        Err(reason) => return shell.fail(&format!("cannot read {}: {reason}", path.display())),
    };
    let (program, _) = match program(text.clone(), &path) {
        Ok(program) => program,
        Err(mistake) => return shell.mistake(&mistake),
    };
    let files = match case_files(shell, &program) {
        Ok(files) => files,
        Err(words) => return shell.fail(&words),
    };
    let folder = PathBuf::from("tests/golden").join(applet);
    let write_applet = || {
        std::fs::create_dir_all("applets")?;
        if is_new { std::fs::write(&path, &text) } else { Ok(()) }
    };
    let written = write_applet().and_then(|()| std::fs::create_dir_all(&folder)).and_then(|()| {
        files.iter().try_for_each(|(kind, bytes)| {
            std::fs::write(folder.join(format!("{case}.{kind}")), bytes)
        })
    });
    if let Err(error) = written {
        return shell.fail(&format!("cannot write in {}: {}", folder.display(), reason(&error)));
    }
    let stem = folder.join(case);
    let also = if is_new { format!(" and {}", path.display()) } else { String::new() };
    shell.say(&[format!("saved {}.*{also}; `applet test {applet}` runs it", stem.display())])
}

/// The files of a case, if the program does with the session's input what the session did.
fn case_files(shell: &Shell, program: &Program) -> Result<Parts, String> {
    let session = &shell.session;
    let collect = |get: fn(&Past) -> &Vec<u8>| -> Vec<u8> {
        session.entries().flat_map(|(_, past)| get(past).iter().copied()).collect()
    };
    let expected = [collect(|p| &p.printed), collect(|p| &p.complained)];
    let mut io = Io::buffers(session.input_read());
    let report = execute(shell, program, &mut io).map_err(|error| error.to_string())?;
    let taken = |output| if let Output::Buffer(bytes) = output { bytes } else { Vec::new() };
    let actual = [taken(io.output), taken(io.error)];
    if let Some((expected, actual)) = expected.iter().zip(&actual).find(|(a, b)| a != b) {
        return Err(format!(
            "as one program it prints \"{}\", but here it printed \"{}\": that is no case",
            escape(actual),
            escape(expected)
        ));
    }
    let mut toml = String::new();
    match report.outcome {
        Outcome::Halted | Outcome::Exited(0) => {}
        Outcome::Exited(code) => {
            let _ = writeln!(toml, "exit = {code}");
        }
        other => return Err(format!("it does not come to its end: {}", other.name())),
    }
    if !session.config.args.is_empty() {
        let args = session.config.args.iter().map(|arg| String::from_utf8_lossy(arg));
        // A string of JSON is one of TOML too.
        let args: Vec<String> =
            args.map(|arg| serde_json::Value::from(arg.as_ref()).to_string()).collect();
        let _ = writeln!(toml, "args = [{}]", args.join(", "));
    }
    if let Some(seed) = session.config.seed {
        let _ = writeln!(toml, "seed = {seed}");
    }
    let [output, errors] = actual;
    let mut files = vec![("stdout", output)];
    let others =
        [("stdin", session.input_read().to_vec()), ("stderr", errors), ("toml", toml.into_bytes())];
    files.extend(others.into_iter().filter(|(_, bytes)| !bytes.is_empty()));
    Ok(files)
}
