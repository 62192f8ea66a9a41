//! The commands that deal with the session as a program: list, save, load, run it as a whole.
//!
//! Knows how a session becomes one text, and nothing of how it looks otherwise.
//!
//! The text has the entries that were run in their order, then a `hlt`, and behind it what is not
//! to be run: data and routines, and the definitions that count from where they stand (`len equ $
//! - msg`), which go with the data before them.

use super::expression;
use super::session::{Past, Session};
use super::shell::{Next, Shell};
use super::{entry, style};
use crate::applet::files;
use crate::diagnostic::Sources;
use crate::driver::{self, Choices};
use crate::machine;
use crate::machine::config::{Config, Input, Io};
use crate::machine::outcome::Outcome;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

/// The session as the source of an applet.
pub(super) fn source(session: &Session) -> String {
    let ground = &session.state().ground;
    let config = &ground.config;
    let mut text = String::new();
    let entries: Vec<&Past> = session.entries().map(|(_, past)| past).collect();
    let has_metadata = entries.iter().any(|past| past.text.contains("/// applet"));
    if !has_metadata {
        let _ = writeln!(text, "; /// applet\n; description = \"A session of the REPL\"");
        let _ = writeln!(text, "; mode = \"{}\"", config.mode.name());
        if let Some(ring) = config.ring {
            let _ = writeln!(text, "; ring = {ring}");
        }
        if let Some(memory) = config.memory {
            let _ = writeln!(text, "; memory = {memory}");
        }
        text.push_str("; ///\n");
    }
    let _ = writeln!(text, "bits {}\n", config.mode.bits());
    let (mut run, mut placed) = (String::new(), String::new());
    let mut after_data = false;
    for past in entries {
        let counts = !past.ran && !past.placed && past.text.contains('$');
        let to = if past.placed || (counts && after_data) { &mut placed } else { &mut run };
        after_data = past.placed || (counts && after_data);
        for line in past.text.lines() {
            to.push_str(&indented(line));
            to.push('\n');
        }
    }
    text.push_str(&run);
    if session.entries().last().is_none_or(|(_, past)| past.outcome.is_none()) {
        text.push_str("    hlt\n");
    }
    if !placed.is_empty() {
        let _ = write!(text, "\n{placed}");
    }
    text
}

/// A line with statements indented, labels and directives of the preprocessor not.
fn indented(line: &str) -> String {
    let line = line.trim_end();
    let code = entry::without_comment(line).trim_start();
    let is_flush = line.starts_with([' ', '\t', '%', ';', '['])
        || line.is_empty()
        || code.split([' ', '\t']).next().is_some_and(|word| word.ends_with(':'))
        || code.split_whitespace().nth(1).is_some_and(|word| word.eq_ignore_ascii_case("equ"));
    if is_flush { line.to_owned() } else { format!("    {line}") }
}

/// `:list` and `:share`
pub(super) fn list(shell: &mut Shell, _: &str) -> io::Result<Next> {
    let text = source(&shell.session);
    shell.say(&[text.trim_end().to_owned()])
}

/// `:history`
pub(super) fn history(shell: &mut Shell, _: &str) -> io::Result<Next> {
    let mut lines = Vec::new();
    for (number, (_, past)) in shell.session.entries().enumerate() {
        for (i, line) in past.text.lines().enumerate() {
            let number = if i == 0 { (number + 1).to_string() } else { String::new() };
            lines.push(format!("{number:>4}  {line}"));
        }
    }
    shell.say(&lines)
}

/// `:save FILE` and `:save --case NAME`
pub(super) fn save(shell: &mut Shell, line: &str) -> io::Result<Next> {
    if let Some(name) = line.strip_prefix("--case") {
        return save_case(shell, name.trim());
    }
    if line.is_empty() {
        return shell.fail("`:save` needs the name of a file: `:save hello.asm`");
    }
    let text = source(&shell.session);
    if let Err(words) = assembles(&text) {
        return shell.fail(&format!("the session is not a program by itself: {words}"));
    }
    match std::fs::write(line, text) {
        Ok(()) => shell.say(&[format!("saved; `applet run {line}` runs it")]),
        Err(error) => shell.fail(&format!("cannot write {line}: {error}")),
    }
}

fn assembles(text: &str) -> Result<(), String> {
    let mut sources = Sources::new();
    let main = sources.add("session.asm", Some(Path::new("session.asm")), text.to_owned());
    let files = files::Files::beside(Path::new("session.asm"));
    match driver::load(&mut sources, main, &files, &Choices::default()) {
        Ok(_) => Ok(()),
        Err(mistakes) => Err(mistakes.first().map_or(String::new(), |m| m.message.clone())),
    }
}

/// Writes what the session read and printed as a golden case of the applet that it is saved as.
fn save_case(shell: &mut Shell, name: &str) -> io::Result<Next> {
    let parts: Vec<&str> = name.split('/').collect();
    let is_name = |n: &&str| {
        !n.is_empty() && n.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let [applet, case] = parts.as_slice() else {
        return shell.fail("`:save --case` needs APPLET/CASE: `:save --case hello/first`");
    };
    if ![applet, case].into_iter().all(is_name) {
        return shell.fail("names are of letters, digits, `-` and `_`");
    }
    let folder = PathBuf::from("tests/golden").join(applet);
    let session = &shell.session;
    let collect = |get: fn(&Past) -> &Vec<u8>| -> Vec<u8> {
        session.entries().flat_map(|(_, past)| get(past).iter().copied()).collect()
    };
    let (output, errors) = (collect(|p| &p.printed), collect(|p| &p.complained));
    let exit = session.entries().last().and_then(|(_, past)| match past.outcome {
        Some(Outcome::Exited(code)) => Some(code),
        _ => None,
    });
    let mut files = vec![("stdout", output)];
    if !session.input_read().is_empty() {
        files.push(("stdin", session.input_read().to_vec()));
    }
    if !errors.is_empty() {
        files.push(("stderr", errors));
    }
    if let Some(code) = exit.filter(|code| *code != 0) {
        files.push(("toml", format!("exit = {code}\n").into_bytes()));
    }
    let written = std::fs::create_dir_all(&folder).and_then(|()| {
        files.iter().try_for_each(|(kind, bytes)| {
            std::fs::write(folder.join(format!("{case}.{kind}")), bytes)
        })
    });
    match written {
        Ok(()) => shell.say(&[format!("saved in {}", folder.display())]),
        Err(error) => shell.fail(&format!("cannot write in {}: {error}", folder.display())),
    }
}

/// `:load FILE`: a new beginning, with the file as the program.
pub(super) fn load(shell: &mut Shell, file: &str) -> io::Result<Next> {
    if file.is_empty() {
        return shell.fail("`:load` needs the name of a file");
    }
    match files::read_text(Path::new(file)) {
        Ok(text) => replace(shell, &text, Path::new(file)),
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
            return shell.mistake(&super::program::Mistake { sources, diagnostics });
        }
    };
    let asked = program.config(&Choices::default());
    let (mode, ring, memory, ports) = (asked.mode, asked.ring, asked.memory, asked.ports);
    let config = Config { mode, ring, memory, ports, ..shell.session.config.clone() };
    if let Err(error) = shell.session.begin(config, path) {
        return shell.host(&error);
    }
    shell.statements(text.trim_end())
}

/// `:include FILE`
pub(super) fn include(shell: &mut Shell, file: &str) -> io::Result<Next> {
    let name = file.trim_matches('"');
    if name.is_empty() {
        return shell.fail("`:include` needs the name of a file: `:include stdlib/abi.inc`");
    }
    shell.statements(&format!("%include \"{name}\""))
}

/// `:edit`: the session's source in the user's editor, then loaded.
pub(super) fn edit(shell: &mut Shell, _: &str) -> io::Result<Next> {
    let editor = std::env::var_os("VISUAL").or_else(|| std::env::var_os("EDITOR"));
    let Some(editor) = editor.filter(|e| !e.is_empty()) else {
        return shell
            .fail("`:edit` opens the program that the variable EDITOR names; it is not set");
    };
    let path = std::env::temp_dir().join(format!("applet-session-{}.asm", std::process::id()));
    let text = source(&shell.session);
    let mut options = std::fs::OpenOptions::new();
    let created = options.write(true).create_new(true).open(&path);
    let written = created.and_then(|mut file| io::Write::write_all(&mut file, text.as_bytes()));
    if let Err(error) = written {
        return shell.fail(&format!("cannot write {}: {error}", path.display()));
    }
    // The variable may hold arguments, so a shell splits it, as it does for other programs.
    let mut command = std::process::Command::new("sh");
    command.arg("-c").arg(r#"eval "$0 \"\$1\"""#).arg(&editor).arg(&path);
    let status = command.status();
    let edited = files::read_text(&path);
    let _ = std::fs::remove_file(&path);
    match (status, edited) {
        (Err(error), _) => shell.fail(&format!("cannot run {}: {error}", editor.display())),
        (Ok(status), _) if !status.success() => shell.fail("the editor failed: nothing is changed"),
        (_, Err(reason)) => shell.fail(&format!("cannot read what was edited: {reason}")),
        (_, Ok(edited)) if edited == text => shell.say(&["nothing is changed".to_owned()]),
        (_, Ok(edited)) => replace(shell, &edited, Path::new("session.asm")),
    }
}

/// `:run`: the whole session as one program in one fresh machine.
pub(super) fn run(shell: &mut Shell, _: &str) -> io::Result<Next> {
    let text = source(&shell.session);
    let mut sources = Sources::new();
    let main = sources.add("session.asm", Some(Path::new("session.asm")), text);
    let beside = files::Files::beside(Path::new("session.asm"));
    let program = match driver::load(&mut sources, main, &beside, &Choices::default()) {
        Ok(program) => program,
        Err(diagnostics) => {
            return shell.mistake(&super::program::Mistake { sources, diagnostics });
        }
    };
    let config = Config {
        timeout: shell.session.config.timeout,
        seed: shell.session.config.seed,
        args: shell.session.config.args.clone(),
        ..program.config(&Choices::default())
    };
    let [(printed, output), (_, error)] = shell.session.outputs();
    let mut io = Io { input: Input::Bytes(shell.session.input().to_vec(), 0), output, error };
    machine::limits::take_interrupt();
    let report = match machine::run(&program.image, &config, &mut io) {
        Ok(report) => report,
        Err(error) => return shell.host(&error),
    };
    let is_mid_line = super::session::lock(&printed).last().is_some_and(|&b| b != b'\n');
    shell.end_line(is_mid_line, report.outcome == Outcome::Interrupted)?;
    match &report.outcome {
        Outcome::Faulted(fault) => {
            let diagnostics = vec![driver::explain(fault)];
            shell.mistake(&super::program::Mistake { sources, diagnostics })
        }
        Outcome::Halted => shell.say(&["halted: hlt".to_owned()]),
        Outcome::Exited(code) => shell.say(&[format!("ended with exit code {code}")]),
        other => shell.fail(&format!("it did not come to its end: {}", other.name())),
    }
}

/// `:input TEXT`, `:input <FILE` and `:input -`
pub(super) fn input(shell: &mut Shell, line: &str) -> io::Result<Next> {
    let bytes = if let Some(file) = line.strip_prefix('<') {
        match files::read_bytes(Path::new(file.trim())) {
            Ok(bytes) => bytes,
            Err(reason) => return shell.fail(&format!("cannot read {}: {reason}", file.trim())),
        }
    } else if line == "-" {
        return match shell.open_input() {
            Ok(tape) => {
                shell.session.set_input(tape);
                Ok(Next::Done)
            }
            Err(error) => shell.fail(&format!("cannot read standard input: {error}")),
        };
    } else if line.is_empty() {
        let session = &shell.session;
        let rest = session.tape.bytes.get(session.state().read..).unwrap_or(&[]);
        let from = if session.tape.more.is_some() { ", then the terminal" } else { "" };
        let text = format!("still to be read: \"{}\"{from}", style::escape(rest));
        return shell.say(&[text]);
    } else if line.starts_with(['"', '\'', '`']) {
        match expression::text(line) {
            Some(bytes) => bytes,
            None => return shell.fail("this string is never closed"),
        }
    } else {
        format!("{line}\n").into_bytes()
    };
    shell.session.set_input(super::session::Tape { bytes, more: None });
    Ok(Next::Done)
}
