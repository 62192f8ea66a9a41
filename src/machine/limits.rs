//! When a guest must stop: its time is over, or somebody pressed Ctrl-C.
//!
//! Knows nothing of signals and timers; those who wait ask here.

use super::outcome::Outcome;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The longest time between two looks at the limits.
pub const TICK: Duration = Duration::from_millis(50);

/// How long the last output of a guest that was stopped may take.
const GRACE: Duration = Duration::from_millis(250);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Notes that the user wants running guests to end. Safe in a signal handler.
pub fn interrupt() {
    INTERRUPTED.store(true, Ordering::SeqCst);
}

/// Forgets about an interrupt; tells whether there was one.
pub fn take_interrupt() -> bool {
    INTERRUPTED.swap(false, Ordering::SeqCst)
}

/// The limits on the time of one run.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    start: Instant,
    timeout: Option<Duration>,
    interruptible: bool,
}

impl Limits {
    /// Time counts from `start`.
    #[must_use]
    pub const fn new(start: Instant, timeout: Option<Duration>) -> Self {
        Self { start, timeout, interruptible: true }
    }

    /// Time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// How the run has to end now, if it has to.
    #[must_use]
    pub fn check(&self) -> Option<Outcome> {
        if self.interruptible && INTERRUPTED.load(Ordering::SeqCst) {
            return Some(Outcome::Interrupted);
        }
        self.timeout.filter(|&t| self.start.elapsed() >= t).map(Outcome::TimedOut)
    }

    /// How often to look: at least every [`TICK`], and so that one look falls on the timeout.
    #[must_use]
    pub fn period(&self) -> Duration {
        let Some(timeout) = self.timeout else { return TICK };
        let ticks = timeout.as_nanos().div_ceil(TICK.as_nanos()).max(1);
        u32::try_from(ticks).map_or(TICK, |ticks| timeout / ticks).max(Duration::from_micros(100))
    }

    /// Limits for what is still to be done once the others have ended the guest.
    #[must_use]
    pub fn grace() -> Self {
        Self { start: Instant::now(), timeout: Some(GRACE), interruptible: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_falls_on_the_timeout() {
        for ms in [1, 20, 50, 51, 75, 1000, 10_001] {
            let timeout = Duration::from_millis(ms);
            let period = Limits::new(Instant::now(), Some(timeout)).period();
            assert!(period <= TICK);
            let rest = timeout.as_nanos() % period.as_nanos();
            let off = rest.min(period.as_nanos() - rest);
            assert!(off < 1000, "{ms} ms: {off} ns off");
        }
        assert_eq!(Limits::new(Instant::now(), None).period(), TICK);
    }
}
