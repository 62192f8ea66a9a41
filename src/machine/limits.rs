//! When a guest must stop: at its time limit, or after an interrupt.

use super::outcome::Outcome;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The longest time between two checks of the limits.
pub const TICK: Duration = Duration::from_millis(50);

/// How long writing the last output of a stopped guest may take.
const GRACE: Duration = Duration::from_millis(250);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Ends all running guests. Safe in a signal handler.
pub fn interrupt() {
    INTERRUPTED.store(true, Ordering::SeqCst);
}

/// Clears the interrupt, and returns whether there was one.
pub fn take_interrupt() -> bool {
    INTERRUPTED.swap(false, Ordering::SeqCst)
}

/// The limits on the time of one run.
///
/// ```
/// use applet::internal::machine::limits::Limits;
/// use std::time::{Duration, Instant};
///
/// let limits = Limits::new(Instant::now(), Some(Duration::from_secs(60)));
/// assert_eq!(limits.check(), None);
/// assert!(limits.period() <= Duration::from_millis(50));
/// ```
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

    /// The outcome with which the run must end now, if it must.
    #[must_use]
    pub fn check(&self) -> Option<Outcome> {
        if self.interruptible && INTERRUPTED.load(Ordering::SeqCst) {
            return Some(Outcome::Interrupted);
        }
        self.timeout.filter(|&t| self.start.elapsed() >= t).map(Outcome::TimedOut)
    }

    /// The time between two checks: at most [`TICK`], and a check falls on the timeout.
    #[must_use]
    pub fn period(&self) -> Duration {
        let Some(timeout) = self.timeout else { return TICK };
        let ticks = timeout.as_nanos().div_ceil(TICK.as_nanos()).max(1);
        u32::try_from(ticks).map_or(TICK, |ticks| timeout / ticks).max(Duration::from_micros(100))
    }

    /// Limits for writing the last output of a guest that other limits have ended.
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
