//! Checks what this host supports: boots each mode, tries the x87 and vector units, and measures
//! speeds. The result is data.

/// How well something works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It works.
    Works,
    /// It works with a restriction.
    Limited,
    /// It does not work.
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

/// The result of one check.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What was checked.
    pub name: &'static str,
    /// How well it works.
    pub status: Status,
    /// The details, for the user.
    pub detail: String,
    /// What the user can do about it.
    pub help: Option<String>,
    /// The measurement, in the unit that `detail` names.
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

/// Whether this host's KVM emulates ring 0 in software; tested once. False if there is no KVM.
#[must_use]
pub fn ring_0_is_emulated() -> bool {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    return super::exec::ring_0_is_emulated();
    #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
    return false;
}

/// The name of the check that measures ring 0.
const RING_0_SPEED: &str = "speed at ring 0";
/// Below this number of instructions per second, the software CPU is much faster.
const SLOW: f64 = 2e6;

/// Whether the checks found that KVM runs ring 0 more slowly than the software CPU.
#[must_use]
pub fn is_ring_0_slow(checks: &[Check]) -> bool {
    let speed = checks.iter().find(|check| check.name == RING_0_SPEED);
    speed.and_then(|check| check.figure).is_some_and(|rate| rate < SLOW)
}

/// Runs all checks, which takes about a second.
#[must_use]
pub fn examine() -> Vec<Check> {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    return probe::all();
    #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
    return vec![Check::new(
        "KVM",
        Status::Fails,
        "KVM needs Linux on x86-64: applets run on the software CPU",
    )];
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod probe;
