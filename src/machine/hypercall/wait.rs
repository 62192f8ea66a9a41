//! Waiting for a descriptor without ever waiting for good.
//!
//! A tick interrupts a system call that blocks; then the limits are looked at, and it is tried
//! again. A descriptor that does not block is waited for with `poll`. Knows nothing of ports.

use super::Stop;
use crate::machine::limits::{Limits, TICK};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::time::Duration;

/// What a descriptor is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// Something to read.
    Input,
    /// Room to write.
    Output,
}

/// Repeats `call` on `file` until it succeeds, fails, or the limits say stop.
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

/// Whether `event` (or the end, or an error) is there for `file` within `time`.
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

/// The same where nobody can be asked: a call that would wait does.
#[cfg(not(unix))]
pub(super) fn is_ready(_: &File, _: Event, _: Duration) -> bool {
    true
}
