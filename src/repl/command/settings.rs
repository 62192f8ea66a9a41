//! The commands that change how entries are run: mode, settings, input, arguments, tracing; and
//! undo and redo.

use crate::applet::{files, value};
use crate::diagnostic::nearest;
use crate::image::Mode;
use crate::machine::config::{Config, Ports};
use crate::machine::snapshot::Pace;
use crate::repl::session::GuestInput;
use crate::repl::shell::{Next, Shell, reason};
use crate::repl::{expression, style};
use std::io;
use std::path::Path;

/// `:mode real|protected|long [ring]`
pub(super) fn mode(shell: &mut Shell, line: &str) -> io::Result<Next> {
    let mut words = line.split_whitespace();
    let (name, ring) = (words.next(), words.next());
    let Some(name) = name else {
        let prompt = shell.session.prompt();
        return shell.say(&[format!("{} mode, ring {}", prompt.mode.name(), prompt.ring)]);
    };
    let mode = match value::mode(name) {
        Ok(mode) => mode,
        Err(words) => return shell.fail(&words),
    };
    let ring = match ring.map(value::ring).transpose() {
        Ok(ring) => ring,
        Err(words) => return shell.fail(&words),
    };
    let memory = shell.memory;
    let config = Config { mode, ring, memory, ..shell.session.config.clone() };
    begin(shell, config)
}

/// `:reset`
pub(super) fn reset(shell: &mut Shell, _: &str) -> io::Result<Next> {
    let config = shell.session.config.clone();
    begin(shell, config)
}

fn begin(shell: &mut Shell, config: Config) -> io::Result<Next> {
    let path = shell.session.path().to_path_buf();
    if let Err(error) = shell.session.begin(config, &path) {
        return shell.host_error(&error);
    }
    let prompt = shell.session.prompt();
    let kib = shell.session.ram() >> 10;
    shell.say(&[format!(
        "{} mode, ring {}, {kib} KiB of memory; `:undo` goes back",
        prompt.mode.name(),
        prompt.ring
    )])
}

/// The last line of the entry that led to the current state.
fn name_of_last(shell: &Shell) -> String {
    let record = shell.session.state().record.as_ref();
    let line = record.map(|record| record.text.lines().last().unwrap_or("").trim());
    line.unwrap_or("the fresh machine").to_owned()
}

/// Undoes so many entries, or redoes them if `back` is negative, and says which.
pub(super) fn go(shell: &mut Shell, back: isize) -> io::Result<Next> {
    let undone = name_of_last(shell);
    if !shell.session.go(back) {
        let (before, behind) = shell.session.around();
        let way = if back > 0 {
            format!("back {back} entries: there are {before}")
        } else {
            format!("forward: {behind} undone entries are left")
        };
        return shell.fail(&format!("cannot go {way}"));
    }
    let verb = if back > 0 { "undone" } else { "redone" };
    let entries = match back {
        1 => undone,
        -1 => name_of_last(shell),
        count => format!("{} entries", count.unsigned_abs()),
    };
    shell.say(&[format!("{verb}: {entries}")])
}

/// `:back N`
pub(super) fn back(shell: &mut Shell, count: &str) -> io::Result<Next> {
    match count.parse::<u32>().ok().and_then(|n| isize::try_from(n).ok()) {
        Some(count) => go(shell, count),
        None => shell.fail("`:back` needs a number of entries: `:back 3`"),
    }
}

/// `:args [ARG…]`
pub(super) fn args(shell: &mut Shell, line: &str) -> io::Result<Next> {
    let args: Vec<Vec<u8>> = line.split_whitespace().map(|a| a.as_bytes().to_vec()).collect();
    shell.session.config.args = args;
    Ok(Next::Done)
}

/// `:input TEXT`, `:input <FILE` and `:input -`
pub(super) fn input(shell: &mut Shell, line: &str) -> io::Result<Next> {
    let bytes = if let Some(file) = line.strip_prefix('<') {
        match files::read_bytes(Path::new(file.trim())) {
            Ok(bytes) => bytes,
            Err(reason) => return shell.fail(&format!("cannot read {}: {reason}", file.trim())),
        }
    } else if line == "-" {
        return match (shell.open_input)() {
            Ok(guest_input) => {
                shell.session.set_input(guest_input);
                Ok(Next::Done)
            }
            Err(error) => shell.fail(&format!("cannot read standard input: {}", reason(&error))),
        };
    } else if line.is_empty() {
        let session = &shell.session;
        let rest = session.guest_input.bytes.get(session.state().read..).unwrap_or(&[]);
        let from = if session.guest_input.more.is_some() { ", then the terminal" } else { "" };
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
    shell.session.set_input(GuestInput { bytes, more: None });
    Ok(Next::Done)
}

/// `:time [ENTRY]`
pub(super) fn time(shell: &mut Shell, entry: &str) -> io::Result<Next> {
    let next = if entry.is_empty() { Next::Done } else { super::answer(shell, entry)? };
    if next == Next::Done {
        let times = shell.session.times;
        let rows = [
            ("assemble", times.assemble),
            ("create", times.machine.create),
            ("boot", times.machine.boot),
            ("run", times.machine.run),
            ("save", times.machine.tear_down),
            ("total", times.total),
        ];
        let line = |(name, time): (&str, std::time::Duration)| {
            format!("{name:<10}{:>10.3} ms", time.as_secs_f64() * 1e3)
        };
        return shell.say(&rows.map(line));
    }
    Ok(next)
}

/// `:trace on|off`
pub(super) fn trace(shell: &mut Shell, word: &str) -> io::Result<Next> {
    match word {
        "off" => {
            shell.session.pace = Pace::Free;
            Ok(Next::Done)
        }
        "on" => match shell.session.pace_for_steps() {
            Some(pace) => {
                shell.session.pace = pace;
                Ok(Next::Done)
            }
            None => {
                let prompt = shell.session.prompt();
                shell.fail(&format!(
                    "this host cannot step through instructions in {} mode at ring {}; `applet \
                     doctor` tells where it can",
                    prompt.mode.name(),
                    prompt.ring
                ))
            }
        },
        "" => {
            let state = if shell.session.pace == Pace::Free { "off" } else { "on" };
            shell.say(&[format!("tracing is {state}")])
        }
        other => shell.fail(&format!("`{other}` is neither on nor off")),
    }
}

/// Reads a value and stores it; an `Err` says what would have been right.
type Put = fn(&mut Shell, &str) -> Result<(), String>;

/// A setting: name, what values it has, its value now, how it is changed.
struct Setting {
    name: &'static str,
    values: &'static str,
    now: fn(&Shell) -> String,
    put: Put,
}

const SETTINGS: &[Setting] = &[
    Setting {
        name: "timeout",
        values: "limit on the time of an entry: 10s, 500ms or none",
        now: |s| {
            let timeout = s.session.config.timeout;
            timeout.map_or("none".to_owned(), |t| format!("{} s", t.as_secs_f64()))
        },
        put: |s, text| {
            s.session.config.timeout = value::timeout(text)?.limit();
            Ok(())
        },
    },
    Setting {
        name: "memory",
        values: "RAM such as 16M, from the next :mode or :reset on",
        now: |s| format!("{} KiB", s.session.ram() >> 10),
        put: |s, text| {
            let size = value::size(text)?;
            (s.memory, s.session.config.memory) = (Some(size), Some(size));
            Ok(())
        },
    },
    Setting {
        name: "seed",
        values: "a number that repeats what port RANDOM gives, from the next :mode or :reset on",
        now: |s| s.session.config.seed.map_or("none".to_owned(), |n| n.to_string()),
        put: |s, text| {
            s.session.config.seed = Some(value::number(text)?);
            Ok(())
        },
    },
    Setting {
        name: "ports",
        values: "access to an unknown port: fault or ignore, from the next :mode or :reset on",
        now: |s| {
            let ignore = s.session.config.ports == Ports::Ignore;
            if ignore { "ignore".to_owned() } else { "fault".to_owned() }
        },
        put: |s, text| {
            s.session.config.ports = match text {
                "fault" => Ports::Fault,
                "ignore" => Ports::Ignore,
                _ => return Err("the value is `fault` or `ignore`".to_owned()),
            };
            Ok(())
        },
    },
];

/// The names of the settings.
pub(super) const SETTING_NAMES: &[&str] = &["timeout", "memory", "seed", "ports"];

/// `:set [NAME VALUE]`
pub(super) fn set(shell: &mut Shell, line: &str) -> io::Result<Next> {
    if line.is_empty() {
        let row = |s: &Setting| format!("{:<9}{:<9}  {}", s.name, (s.now)(shell), s.values);
        let rows: Vec<String> = SETTINGS.iter().map(row).collect();
        return shell.say(&rows);
    }
    let (name, text) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let Some(setting) = SETTINGS.iter().find(|s| s.name == name) else {
        let near = nearest(name, SETTINGS.iter().map(|s| s.name));
        let hint = near.map_or("`:set` lists them".to_owned(), |n| format!("did you mean `{n}`?"));
        return shell.fail(&format!("there is no setting `{name}`; {hint}"));
    };
    if text.is_empty() {
        return shell.say(&[(setting.now)(shell)]);
    }
    match (setting.put)(shell, text.trim()) {
        Ok(()) => Ok(Next::Done),
        Err(words) => shell.fail(&words),
    }
}

/// The modes by name, for completion.
pub(super) const MODES: &[&str] = &[Mode::Real.name(), Mode::Protected.name(), Mode::Long.name()];
