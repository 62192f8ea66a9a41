//! The session as a source text: list, save, share and run it; load and edit one.
//!
//! The text has the entries that ran, in their order, then a `hlt`, and after it what does not run:
//! data, routines, and definitions that depend on their position (`here equ $`) and follow such
//! data. In a session these lie between the code, and nothing runs into them. A program starts at
//! its first byte and goes on to the next.

use super::answer::statements;
use crate::applet::files::{self, Files};
use crate::applet::line;
use crate::applet::replace;
use crate::diagnostic::text::to_bytes;
use crate::diagnostic::{Diagnostic, Sources};
use crate::driver::{self, Choices, Program};
use crate::machine;
use crate::machine::config::{Config, Input, Io, Output, Ports};
use crate::machine::outcome::{HostError, Outcome, Report};
use crate::repl::entry;
use crate::repl::program::{Messages, Origin};
use crate::repl::session::{Outputs, Record, Session};
use crate::repl::shell::{Next, Shell, reason};
use crate::repl::style::escape;
use crate::share::{self, Wishes};
use std::cell::Cell;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::Ordering;

/// The session as the source of an applet.
pub(super) fn source(session: &Session) -> String {
    let base = &session.state().base;
    let config = &base.config;
    let mut text = String::new();
    let entries: Vec<&Record> = session.entries().map(|(_, record)| record).collect();
    let has_metadata = entries.iter().any(|record| record.text.contains("/// applet"));
    if !has_metadata {
        let _ = writeln!(text, "; /// applet\n; description = \"A session of the REPL\"");
        let _ = writeln!(text, "; mode = \"{}\"", config.mode.name());
        if let Some(ring) = config.ring {
            let _ = writeln!(text, "; ring = {ring}");
        }
        if let Some(memory) = config.memory {
            let _ = writeln!(text, "; memory = {memory}");
        }
        if config.ports == Ports::Ignore {
            text.push_str("; ports = \"ignore\"\n");
        }
        text.push_str("; ///\n");
    }
    if !entries.first().is_some_and(|record| record.text.lines().any(sets_width)) {
        let _ = writeln!(text, "bits {}\n", config.mode.bits());
    }
    let (mut run, mut placed) = (String::new(), String::new());
    let mut after_data = false;
    for record in entries {
        let counts = !record.ran && !record.placed && record.text.contains('$');
        let to = if record.placed || (counts && after_data) { &mut placed } else { &mut run };
        after_data = record.placed || (counts && after_data);
        for line in record.text.lines() {
            to.push_str(&indented(line));
            to.push('\n');
        }
    }
    text.push_str(&run);
    if session.entries().last().is_none_or(|(_, record)| record.outcome.is_none()) {
        text.push_str("    hlt\n");
    }
    if !placed.is_empty() {
        let _ = write!(text, "\n; Data and routines: execution does not reach them.\n{placed}");
    }
    text
}

/// Whether a line says which width its code has.
fn sets_width(line: &str) -> bool {
    let line = line.trim_start().trim_start_matches('[');
    line.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("bits"))
}

/// Directives that say how it goes on rather than what stands here.
const FLUSH: [&str; 8] =
    ["bits", "org", "section", "segment", "default", "struc", "endstruc", "absolute"];

/// A line with statements indented, labels and directives of the preprocessor not.
fn indented(line: &str) -> String {
    let line = line.trim_end();
    let code = entry::without_comment(line).trim_start();
    let is_directive = |word: &&str| FLUSH.iter().any(|flush| flush.eq_ignore_ascii_case(word));
    let is_flush = code.split_whitespace().next().is_some_and(|word| is_directive(&word))
        || line.starts_with([' ', '\t', '%', ';', '['])
        || line.is_empty()
        || code.split([' ', '\t']).next().is_some_and(|word| word.ends_with(':'))
        || code.split_whitespace().nth(1).is_some_and(|word| word.eq_ignore_ascii_case("equ"));
    if is_flush { line.to_owned() } else { format!("    {line}") }
}

/// `:list`
pub(super) fn list(shell: &mut Shell, _: &str) -> io::Result<Next> {
    let text = source(&shell.session);
    shell.say(&[text.trim_end().to_owned()])
}

/// `:history`
pub(super) fn history(shell: &mut Shell, _: &str) -> io::Result<Next> {
    let mut lines = Vec::new();
    for (number, (_, record)) in shell.session.entries().enumerate() {
        for (i, line) in record.text.lines().enumerate() {
            let number = if i == 0 { (number + 1).to_string() } else { String::new() };
            lines.push(format!("{number:>4}  {line}"));
        }
    }
    shell.say(&lines)
}

/// `:load FILE`: a new beginning, with the file as the program.
pub(super) fn load(shell: &mut Shell, file: &str) -> io::Result<Next> {
    if file.is_empty() {
        return shell.fail("`:load` needs the name of a file");
    }
    match files::read_text(Path::new(file)) {
        Ok(text) => {
            let next = replace(shell, &text, Path::new(file))?;
            if shell.session.path() == Path::new(file) {
                shell.own_file(Path::new(file));
            }
            Ok(next)
        }
        Err(reason) => shell.fail(&format!("cannot read {file}: {reason}")),
    }
}

/// A new beginning with `text` as the program, in the mode that it asks for.
fn replace(shell: &mut Shell, text: &str, path: &Path) -> io::Result<Next> {
    let mut sources = Sources::new();
    let main = sources.add(path.display().to_string(), Some(path), text.to_owned());
    let beside = files::Files::beside(path);
    let program = match driver::load(&mut sources, main, &beside, &Choices::default()) {
        Ok(program) => program,
        Err(diagnostics) => {
            return shell.messages(&Messages { sources, diagnostics });
        }
    };
    let asked = program.config(&Choices::default());
    let (mode, ring, memory, ports) = (asked.mode, asked.ring, asked.memory, asked.ports);
    let config = Config { mode, ring, memory, ports, ..shell.session.config.clone() };
    if let Err(error) = shell.session.begin(config, path) {
        return shell.host_error(&error);
    }
    let line = Rc::new(Cell::new(1));
    let origin = Origin { name: path.display().to_string(), line };
    let before = std::mem::replace(&mut shell.origin, origin);
    let next = statements(shell, text.trim_end());
    shell.origin = before;
    next
}

/// `:include FILE`
pub(super) fn include(shell: &mut Shell, file: &str) -> io::Result<Next> {
    let name = file.trim_matches('"');
    if name.is_empty() {
        return shell.fail("`:include` needs the name of a file: `:include stdlib/abi.inc`");
    }
    statements(shell, &format!("%include \"{name}\""))
}

/// `:edit`: the session's source in the user's editor, then loaded.
pub(super) fn edit(shell: &mut Shell, _: &str) -> io::Result<Next> {
    let editor = std::env::var_os("VISUAL").or_else(|| std::env::var_os("EDITOR"));
    let Some(editor) = editor.filter(|e| !e.is_empty()) else {
        return shell
            .fail("`:edit` opens the program that the variable EDITOR names; it is not set");
    };
    let text = source(&shell.session);
    let path = match shell.draft.take().map_or_else(|| draft(&text), Ok) {
        Ok(path) => path,
        Err(error) => {
            return shell.fail(&format!("cannot write a file to edit: {}", reason(&error)));
        }
    };
    // The variable may hold arguments, so a shell splits it, as it does for other programs.
    let mut command = std::process::Command::new("sh");
    command.arg("-c").arg(r#"eval "$0 \"\$1\"""#).arg(&editor).arg(&path);
    let next = match (command.status(), files::read_text(&path)) {
        (Err(error), _) => {
            shell.fail(&format!("cannot run {}: {}", editor.display(), reason(&error)))
        }
        (Ok(status), _) if !status.success() => shell.fail("the editor failed: nothing is changed"),
        (_, Err(reason)) => shell.fail(&format!("cannot read what was edited: {reason}")),
        (_, Ok(edited)) if edited == text => shell.say(&["nothing is changed".to_owned()]),
        (_, Ok(edited)) => {
            let name = shell.session.path().to_path_buf();
            match replace(shell, &edited, &name)? {
                Next::Failed => {
                    // The user's text must not be lost.
                    shell.draft = Some(path);
                    return shell.fail("`:edit` opens the same text again");
                }
                next => Ok(next),
            }
        }
    };
    let _ = std::fs::remove_file(&path);
    next
}

/// A new file with this text.
fn draft(text: &str) -> io::Result<PathBuf> {
    let folder = std::env::temp_dir();
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    for number in 0..100 {
        let path = folder.join(format!("applet-{}-{number}.asm", std::process::id()));
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => return io::Write::write_all(&mut file, text.as_bytes()).map(|()| path),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// A text as a program, with the texts that it is made of.
fn program(text: String, path: &Path) -> Result<(Program, Sources), Messages> {
    let mut sources = Sources::new();
    let main = sources.add(path.display().to_string(), Some(path), text);
    match driver::load(&mut sources, main, &Files::beside(path), &Choices::default()) {
        Ok(program) => Ok((program, sources)),
        Err(diagnostics) => Err(Messages { sources, diagnostics }),
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
        Err(mistake) => return shell.messages(&mistake),
    };
    let Outputs { last, output, error, .. } = shell.session.outputs();
    let input = Input::Bytes(shell.session.input().to_vec(), 0);
    let mut io = Io { input, output, error };
    let report = match execute(shell, &program, &mut io) {
        Ok(report) => report,
        Err(error) => return shell.host_error(&error),
    };
    let is_mid_line = last.load(Ordering::Relaxed) != b'\n';
    shell.end_line(is_mid_line, report.outcome == Outcome::Interrupted)?;
    match &report.outcome {
        Outcome::Faulted(fault) => {
            let diagnostics = vec![driver::explain(fault)];
            shell.messages(&Messages { sources, diagnostics })
        }
        Outcome::Halted => shell.say(&["halted: hlt".to_owned()]),
        Outcome::Exited(code) => shell.say(&[format!("ended with exit code {code}")]),
        other => shell.fail(&format!("the program did not end normally: {}", other.name())),
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
    if !shell.owns_file(Path::new(line)) {
        return shell.fail(&format!("{line} exists already; `:save! {line}` replaces it"));
    }
    save_over(shell, line)
}

/// `:save! FILE`: replaces the file, whatever it holds.
pub(super) fn save_over(shell: &mut Shell, line: &str) -> io::Result<Next> {
    if line.is_empty() {
        return shell.fail("`:save!` needs the name of a file: `:save! hello.asm`");
    }
    let text = source(&shell.session);
    if let Err(mut mistake) = program(text.clone(), Path::new(line)) {
        let note = "not saved: the session alone is not a complete program";
        mistake.diagnostics.push(Diagnostic::error(crate::diagnostic::Span::NOWHERE, note));
        return shell.messages(&mistake);
    }
    match replace::replace(Path::new(line), &to_bytes(&text)) {
        Ok(()) => {
            shell.own_file(Path::new(line));
            shell.say(&[format!("saved; `applet run {line}` runs it")])
        }
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
        Err(share::Error::Source(diagnostics)) => {
            shell.messages(&Messages { sources, diagnostics })
        }
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
        return shell.fail("a name has only letters, digits, `-` and `_`");
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
        Err(mistake) => return shell.messages(&mistake),
    };
    let files = match case_files(shell, &program) {
        Ok(files) => files,
        Err(words) => return shell.fail(&words),
    };
    let folder = PathBuf::from("tests/golden").join(applet);
    let write_applet = || {
        std::fs::create_dir_all("applets")?;
        if is_new { replace::replace(&path, &to_bytes(&text)) } else { Ok(()) }
    };
    let written = write_applet().and_then(|()| std::fs::create_dir_all(&folder)).and_then(|()| {
        files.iter().try_for_each(|(kind, bytes)| {
            replace::replace(&folder.join(format!("{case}.{kind}")), bytes)
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
    let collect = |get: fn(&Record) -> &Vec<u8>| -> Vec<u8> {
        session.entries().flat_map(|(_, record)| get(record).iter().copied()).collect()
    };
    let expected = [collect(|p| &p.printed), collect(|p| &p.complained)];
    let mut io = Io::buffers(session.input_read());
    let report = execute(shell, program, &mut io).map_err(|error| error.to_string())?;
    let taken = |output| if let Output::Buffer(bytes) = output { bytes } else { Vec::new() };
    let actual = [taken(io.output), taken(io.error)];
    if let Some((expected, actual)) = expected.iter().zip(&actual).find(|(a, b)| a != b) {
        return Err(format!(
            "no case: as one program it prints \"{}\", but the session printed \"{}\"",
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
        other => return Err(format!("the applet does not end normally: {}", other.name())),
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
