//! A terminal in memory, with a program in it.

use crate::support::APPLET;
use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, tcgetattr};
use std::io::{Read as _, Write as _};
use std::num::NonZero;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// Longest wait for something to appear.
const PATIENCE: Duration = Duration::from_secs(20);

/// A size, which is never 0.
fn some(size: u16) -> NonZero<u16> {
    NonZero::new(size).expect("a size")
}

/// What came out of the binary, as a terminal shows it and as it is.
struct Shown {
    parser: vt100::Parser,
    raw: Vec<u8>,
}

/// A terminal with a session in it.
pub(crate) struct Terminal {
    pty: Arc<Pty>,
    shown: Arc<Mutex<Shown>>,
    child: Child,
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Terminal {
    /// Starts a session in the folder `state`, where its history lies too, with these variables.
    pub(crate) fn start(state: &Path, columns: u16, variables: &[(&str, &str)]) -> Self {
        Self::start_sized(state, (24, columns), variables)
    }

    /// The same with this many rows and columns.
    pub(crate) fn start_sized(
        state: &Path,
        size: (u16, u16),
        variables: &[(&str, &str)],
    ) -> Self {
        let command = Command::new(APPLET)
            .current_dir(state)
            .env_clear()
            .env("TERM", "xterm-256color")
            .env("HOME", state)
            .env("XDG_STATE_HOME", state)
            .envs(variables.iter().copied());
        Self::spawn(command, size)
    }

    /// Starts a program in a terminal with this many rows and columns.
    pub(crate) fn spawn(command: Command, (rows, columns): (u16, u16)) -> Self {
        let (pty, slave) = open().expect("a terminal");
        pty.resize(Size::new(rows, columns)).expect("its size");
        let child = command.spawn(slave).expect("the binary");
        let shown =
            Shown { parser: vt100::Parser::new(some(rows), some(columns), 0), raw: Vec::new() };
        let (pty, shown) = (Arc::new(pty), Arc::new(Mutex::new(shown)));
        let (reader, screen) = (Arc::clone(&pty), Arc::clone(&shown));
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // At its end a terminal gives an error.
            while let Ok(length @ 1..) = (&*reader).read(&mut bytes) {
                let mut screen = screen.lock().expect("no panic there");
                screen.parser.process(&bytes[..length]);
                screen.raw.extend_from_slice(&bytes[..length]);
            }
        });
        Self { pty, shown, child }
    }

    /// Types all of it at once. As a terminal does, it marks what is pasted only when asked to.
    #[track_caller]
    pub(crate) fn send(&self, text: &str) {
        if text.starts_with("\x1b[200~") {
            self.at_prompt();
        }
        (&*self.pty).write_all(text.as_bytes()).expect("the terminal takes it");
    }

    /// Waits until the editor reads keys: it wants pastes marked then.
    #[track_caller]
    pub(crate) fn at_prompt(&self) {
        let is_marking = || {
            let shown = self.shown.lock().expect("no panic there");
            shown.parser.screen().bracketed_paste()
        };
        self.wait("prompt", |_| is_marking());
    }

    /// Types a line and waits for what it brings.
    #[track_caller]
    pub(crate) fn line(&self, text: &str, expected: &str) {
        self.send(&format!("{text}\r"));
        self.see(expected);
    }

    /// The rows of the screen.
    pub(crate) fn screen(&self) -> String {
        let shown = self.shown.lock().expect("no panic there");
        let screen = shown.parser.screen();
        let rows = screen.rows(0, screen.size().1.get()).collect::<Vec<_>>().join("\n");
        rows.trim_end().to_owned()
    }

    /// What `read` makes of the screen, with its colours.
    pub(crate) fn with_screen<T>(&self, read: impl FnOnce(&vt100::Screen) -> T) -> T {
        read(self.shown.lock().expect("no panic there").parser.screen())
    }

    /// All that came.
    pub(crate) fn raw(&self) -> Vec<u8> {
        self.shown.lock().expect("no panic there").raw.clone()
    }

    /// Row and column of the cursor.
    pub(crate) fn cursor(&self) -> (u16, u16) {
        self.shown.lock().expect("no panic there").parser.screen().cursor_position()
    }

    /// Waits until this is on the screen.
    #[track_caller]
    pub(crate) fn see(&self, expected: &str) {
        self.wait(expected, |screen| screen.contains(expected));
    }

    /// Waits until the screen is so.
    #[track_caller]
    pub(crate) fn wait(&self, what: &str, is_so: impl Fn(&str) -> bool) {
        let start = Instant::now();
        while !is_so(&self.screen()) {
            assert!(start.elapsed() < PATIENCE, "no `{what}` in:\n{}", self.screen());
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Gives the terminal another width.
    pub(crate) fn resize(&self, columns: u16) {
        let mut shown = self.shown.lock().expect("no panic there");
        shown.parser.screen_mut().set_size(some(24), some(columns));
        self.pty.resize(Size::new(24, columns)).expect("its size");
    }

    /// Waits until the terminal hands out lines, echoes, and does not mark what is pasted, as a
    /// shell wants it.
    #[track_caller]
    pub(crate) fn see_restored(&self) {
        let lines = LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
        let is_restored = |_: &str| {
            let mode = tcgetattr(&*self.pty).expect("a mode").local_modes;
            let shown = self.shown.lock().expect("no panic there");
            mode.contains(lines) && !shown.parser.screen().bracketed_paste()
        };
        self.wait("terminal as it was", is_restored);
    }

    /// Sends the session a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it is there");
    }

    /// Waits for the session to end, and gives its exit status, or the signal that ended it,
    /// below zero.
    #[track_caller]
    pub(crate) fn leave(&mut self) -> i32 {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.code().or(status.signal().map(|s| -s)).expect("an end");
            }
            assert!(start.elapsed() < PATIENCE, "it does not end:\n{}", self.screen());
            thread::sleep(Duration::from_millis(2));
        }
    }
}
