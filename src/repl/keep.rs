//! The session as one text, and such a text as a session: list, edit, load.
//!
//! The text has the entries that were run in their order, then a `hlt`, and behind it what is not
//! to be run: data and routines, and the definitions that count from where they stand (`here equ
//! $`), which go with the data before them. In the session these lie between the code, where
//! nothing runs into them; a program starts at its first byte and goes on. Knows nothing of what
//! comes of running it.

use super::entry;
use super::program::{Mistake, Origin};
use super::session::{Past, Session};
use super::shell::{Next, Shell, reason};
use crate::applet::files;
use crate::diagnostic::Sources;
use crate::driver::{self, Choices};
use crate::machine::config::{Config, Ports};
use std::cell::Cell;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

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
        if config.ports == Ports::Ignore {
            text.push_str("; ports = \"ignore\"\n");
        }
        text.push_str("; ///\n");
    }
    if !entries.first().is_some_and(|past| past.text.lines().any(sets_width)) {
        let _ = writeln!(text, "bits {}\n", config.mode.bits());
    }
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
        let _ = write!(text, "\n; Data and routines: nothing runs into them here.\n{placed}");
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
    for (number, (_, past)) in shell.session.entries().enumerate() {
        for (i, line) in past.text.lines().enumerate() {
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
            return shell.mistake(&Mistake { sources, diagnostics });
        }
    };
    let asked = program.config(&Choices::default());
    let (mode, ring, memory, ports) = (asked.mode, asked.ring, asked.memory, asked.ports);
    let config = Config { mode, ring, memory, ports, ..shell.session.config.clone() };
    if let Err(error) = shell.session.begin(config, path) {
        return shell.host(&error);
    }
    let line = Rc::new(Cell::new(1));
    let origin = Origin { name: path.display().to_string(), line };
    let before = std::mem::replace(&mut shell.origin, origin);
    let next = shell.statements(text.trim_end());
    shell.origin = before;
    next
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
                    // What somebody wrote is not thrown away.
                    shell.draft = Some(path);
                    return shell.fail("`:edit` goes on where you left");
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
