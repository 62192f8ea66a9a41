//! Waits for a file while checking the limits.
//!
//! The timer interrupts a system call that blocks; the limits are checked, and the call is repeated.
//! For a file in non-blocking mode, `poll` waits.

use super::Stop;
use crate::machine::limits::{Limits, TICK};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::time::Duration;

/// The event to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A byte can be read.
    Input,
    /// A byte can be written.
    Output,
}

/// Repeats `call` on `file` until it succeeds, fails, or a limit is reached.
pub(super) fn retry<T>(
    file: &File,
    event: Event,
    limits: &Limits,
    mut call: impl FnMut() -> io::Result<T>,
    failed: impl FnOnce(io::Error) -> Stop,
) -> Result<T, Stop> {
    loop {
        match call() {
            Ok(value) => return Ok(value),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) if e.kind() == ErrorKind::WouldBlock => {
                is_ready(file, event, TICK);
            }
            Err(e) => return Err(failed(e)),
        }
        if let Some(outcome) = limits.check() {
            return Err(Stop::Outcome(outcome));
        }
    }
}

/// Whether `event`, the end of the file or an error occurs on `file` within `time`.
#[cfg(unix)]
pub(super) fn is_ready(file: &File, event: Event, time: Duration) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let flags = match event {
        Event::Input => PollFlags::IN,
        Event::Output => PollFlags::OUT,
    };
    let time = Timespec { tv_sec: 0, tv_nsec: time.subsec_nanos().into() };
    let mut fds = [PollFd::new(file, flags)];
    poll(&mut fds, Some(&time)).is_ok_and(|count| count > 0)
}

/// Without `poll`, always true: the next call may wait.
#[cfg(not(unix))]
pub(super) fn is_ready(_: &File, _: Event, _: Duration) -> bool {
    true
}
