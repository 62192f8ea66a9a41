//! What this host can do, found out by doing it: each mode is booted, each unit tried, the costly
//! things timed.
//!
//! The answer is data; knows nothing of how it is shown.

/// How well something works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// As it should.
    Works,
    /// With a restriction that is worth knowing.
    Limited,
    /// Not at all.
    Fails,
}

impl Status {
    /// `ok`, `limited` or `fails`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Works => "ok",
            Self::Limited => "limited",
            Self::Fails => "fails",
        }
    }
}

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What.
    pub name: &'static str,
    /// With what success.
    pub status: Status,
    /// What came of it, in words.
    pub detail: String,
    /// What to do about it, when there is something.
    pub help: Option<String>,
    /// What was measured, in the unit that `detail` names.
    pub figure: Option<f64>,
}

impl Check {
    fn new(name: &'static str, status: Status, detail: impl Into<String>) -> Self {
        Self { name, status, detail: detail.into(), help: None, figure: None }
    }

    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    fn figure(mut self, figure: f64) -> Self {
        self.figure = Some(figure);
        self
    }
}

/// Whether this host's KVM runs ring 0 instruction by instruction in software; tried once. No if
/// there is no KVM.
#[must_use]
pub fn ring_0_is_emulated() -> bool {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    return super::exec::ring_0_is_emulated();
    #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
    return false;
}

/// The check that times ring 0.
const RING_0_SPEED: &str = "speed at ring 0";
/// At fewer instructions per second the software CPU is faster by far.
const SLOW: f64 = 2e6;

/// Whether KVM was found to run ring 0 so slowly that the software CPU had better do it.
#[must_use]
pub fn is_ring_0_slow(checks: &[Check]) -> bool {
    let speed = checks.iter().find(|check| check.name == RING_0_SPEED);
    speed.and_then(|check| check.figure).is_some_and(|rate| rate < SLOW)
}

/// Tries everything, which takes about a second.
#[must_use]
pub fn examine() -> Vec<Check> {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    return probe::all();
    #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
    return vec![Check::new(
        "KVM",
        Status::Fails,
        "this system has no KVM, which is Linux on x86-64: applets run on a CPU in software",
    )];
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod probe;
