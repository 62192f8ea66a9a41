//! Completion in the real shells: what a Tab makes of a command line at a terminal.

use super::support::Place;
use crate::support::{APPLET, Needs, Tests};
use crate::terminal::support::Terminal;
use pty_process::blocking::Command;
use std::path::Path;

const CONTROL_U: &str = "\x15";

/// A shell: the name of the test and of the program, how it starts without the user's files, and what it is told first.
struct Shell {
    test: &'static str,
    name: &'static str,
    flags: &'static [&'static str],
    setup: &'static str,
}

const SHELLS: [Shell; 4] = [
    Shell {
        test: "bash",
        name: "bash",
        flags: &["--norc", "--noprofile", "-i"],
        setup: "bind 'set bell-style none'; PS1='> '; source <(applet completions bash)",
    },
    Shell {
        test: "zsh",
        name: "zsh",
        flags: &["-f", "-i"],
        setup: "PS1='> '; autoload -U compinit; compinit -u -D; source <(applet completions zsh)",
    },
    Shell {
        test: "zsh, as a package installs it",
        name: "zsh",
        flags: &["-f", "-i"],
        setup: "PS1='> '; mkdir site; applet completions zsh > site/_applet; fpath=($PWD/site $fpath); \
                autoload -U compinit; compinit -u -D",
    },
    Shell {
        test: "fish",
        name: "fish",
        flags: &["--no-config", "-i"],
        setup: "set -g fish_autosuggestion_enabled 0; function fish_prompt; echo -n '> '; end; \
                applet completions fish | source",
    },
];

/// What is typed, and the line after a Tab.
#[rustfmt::skip]
const ROWS: &[(&str, &str)] = &[
    ("rem", "remove"),
    ("run mandel", "run mandelbrot"),
    ("run ./ow", "run ./own-source.asm"),
    ("run --mode re", "run --mode real"),
    ("run --mode=re", "run --mode=real"),
    ("run --mode=real fact", "run --mode=real factorial"),
    ("run --backend so", "run --backend soft"),
    ("run --max-o", "run --max-output"),
    ("run --timeout no", "run --timeout none"),
    ("run --mode real fact", "run --mode real factorial"),
    ("run hello no", "run hello notes.txt"),
    ("check -W no-label-orphan-", "check -W no-label-orphan-local"),
    ("dis own", "dis own-source.asm"),
    ("check ./wi", "check ./with\\ blank.asm"),
    ("doctor --j", "doctor --json"),
    ("asm -o no", "asm -o notes.txt"),
    ("info in-pro", "info in-project"),
    ("remove ma", "remove mazes"),
    ("share --html maz", "share --html mazes"),
    ("test in-p", "test in-project/"),
    ("test in-project/gr", "test in-project/greets"),
    ("man chec", "man check"),
    ("completions zs", "completions zsh"),
    ("new --mode pro", "new --mode protected"),
    ("repl --ri", "repl --ring"),
];

/// What is typed and has no completion: no applet is called so, and what follows FILE is the
/// applet's.
const NOTHING: &[&str] = &["run gu", "run hello --mo", "new mandel"];

fn terminal(shell: &Shell, place: &Place) -> Terminal {
    let path = std::env::var("PATH").unwrap_or_default();
    let binary = Path::new(APPLET).parent().expect("a folder").display();
    let command = Command::new(shell.name)
        .args(shell.flags)
        .current_dir(place.path())
        .env_clear()
        .env("TERM", "xterm-256color")
        .env("LANG", "C.UTF-8")
        .env("HOME", place.path())
        .env("XDG_DATA_HOME", place.path().join("data"))
        .env("PATH", format!("{binary}:{path}"));
    Terminal::spawn(command, (40, 120))
}

fn complete(shell: &Shell) {
    let place = Place::new();
    place.write("own-source.asm", "hlt\n");
    place.write("with blank.asm", "hlt\n");
    place.write("notes.txt", "");
    place.write("applets/in-project.asm", "hlt\n");
    place.write("tests/golden/in-project/greets.stdout", "");
    place.write("data/applet/applets/mazes.asm", "hlt\n");
    let terminal = terminal(shell, &place);
    // Its own prompt may need a while.
    terminal.send(&format!("{}; echo 'rea''dy'\r", shell.setup));
    terminal.wait("ready", |screen| screen.contains("\nready") && screen.ends_with("\n>"));
    for (typed, expected) in ROWS {
        terminal.send(&format!("applet {typed}\t"));
        terminal.wait(expected, |screen| screen.contains(&format!("\n> applet {expected}")));
        terminal.send(CONTROL_U);
        terminal.wait("empty line", |screen| screen.ends_with("\n>"));
    }
    for typed in NOTHING {
        terminal.send(&format!("applet {typed}\tzz"));
        terminal.wait(typed, |screen| screen.contains(&format!("\n> applet {typed}zz")));
        terminal.send(CONTROL_U);
        terminal.wait("empty line", |screen| screen.ends_with("\n>"));
    }
    // Several candidates are listed.
    terminal.send("applet run --backend \t\t");
    terminal.wait("list", |screen| ["auto", "both", "kvm", "soft"].iter().all(|c| screen.contains(c)));
}

pub(crate) fn tests(tests: &mut Tests) {
    for shell in SHELLS {
        tests.add(shell.test, Needs::Shell(shell.name), move || complete(&shell));
    }
}
