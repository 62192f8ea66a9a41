//! What the editor asks of the terminal beyond what rustyline does: its size, whether a line was
//! typed ahead, and reads that do not wait.
//!
//! Where there is no terminal of the Unix kind, all of it answers that there is nothing.

use std::io;

/// Terminals that cannot move their cursor, as rustyline has them.
const DUMB: [&str; 3] = ["cons25", "dumb", "emacs"];

/// Columns and rows of the terminal, where it does not tell.
const USUAL: (usize, usize) = (80, 24);

#[cfg(unix)]
mod system {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::stdio::{stdin, stdout};
    use rustix::termios::{
        OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetwinsize, tcsetattr,
    };
    use signal_hook::consts::{SIGHUP, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;
    use std::io;
    use std::sync::OnceLock;

    /// The longest line that a terminal hands out at once, and more.
    const LINE: usize = 8 << 10;

    pub(super) fn size() -> Option<(usize, usize)> {
        let size = tcgetwinsize(stdout()).ok()?;
        let is_known = size.ws_col > 0 && size.ws_row > 0;
        is_known.then(|| (size.ws_col.into(), size.ws_row.into()))
    }

    pub(super) fn stop_waiting() -> bool {
        let Ok(mut mode) = tcgetattr(stdin()) else { return false };
        mode.special_codes[SpecialCodeIndex::VMIN] = 0;
        mode.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(stdin(), OptionalActions::Now, &mode).is_ok()
    }

    pub(super) fn is_ready() -> bool {
        let stdin = stdin();
        let mut stdin = [PollFd::new(&stdin, PollFlags::IN)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        matches!(poll(&mut stdin, Some(&now)), Ok(1..))
    }

    pub(super) fn read_line() -> io::Result<Vec<u8>> {
        let mut line = vec![0; LINE];
        let length = rustix::io::read(stdin(), &mut line)?;
        line.truncate(length);
        Ok(line)
    }

    static FOUND: OnceLock<Termios> = OnceLock::new();

    /// Makes the terminal as it was found: its mode, and no marks around what is pasted.
    fn restore() {
        if let Some(mode) = FOUND.get() {
            let _ = tcsetattr(stdin(), OptionalActions::Now, mode);
            let _ = rustix::io::write(stdout(), b"\x1b[?2004l\r\n");
        }
    }

    pub(super) fn restore_at_the_end() {
        let Ok(mode) = tcgetattr(stdin()) else { return };
        if FOUND.set(mode).is_err() {
            return;
        }
        let say = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            restore();
            say(panic);
        }));
        // A thread waits for the signals that end the process, since a handler may do little.
        let Ok(mut signals) = Signals::new([SIGTERM, SIGHUP]) else { return };
        std::thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                restore();
                let _ = emulate_default_handler(signal);
            }
        });
    }
}

#[cfg(not(unix))]
mod system {
    use std::io;

    pub(super) fn size() -> Option<(usize, usize)> {
        None
    }

    pub(super) fn stop_waiting() -> bool {
        false
    }

    pub(super) fn is_ready() -> bool {
        false
    }

    pub(super) fn read_line() -> io::Result<Vec<u8>> {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        Ok(line.into_bytes())
    }

    pub(super) fn restore_at_the_end() {}
}

/// Whether the terminal cannot move its cursor.
pub(super) fn is_dumb() -> bool {
    let name = std::env::var("TERM").unwrap_or_default();
    DUMB.iter().any(|dumb| dumb.eq_ignore_ascii_case(&name))
}

/// Columns and rows, as they are now.
pub(super) fn size() -> (usize, usize) {
    system::size().unwrap_or(USUAL)
}

/// From now until the mode changes, reading a terminal that has nothing reads nothing, instead of
/// waiting. Whether that can be had.
pub(super) fn stop_waiting() -> bool {
    system::stop_waiting()
}

/// Whether reading would not wait. Of a terminal that hands out lines: whether it has a whole one.
pub(super) fn is_ready() -> bool {
    system::is_ready()
}

/// One line of a terminal that hands out lines, with its end; empty when there are no more.
/// Nothing behind the line is taken.
///
/// # Errors
/// It cannot be read, or a signal came.
pub(super) fn read_line() -> io::Result<Vec<u8>> {
    system::read_line()
}

/// Makes what ends the process from outside, a signal or a panic, restore the terminal as it is
/// now.
pub(super) fn restore_at_the_end() {
    system::restore_at_the_end();
}
