//! How a run ended, as data.
//!
//! Knows nothing of how it is shown.

use crate::diagnostic::Span;
use std::time::Duration;

/// How the guest ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// HLT.
    Halted,
    /// Port EXIT with this code.
    Exited(u8),
    /// It did something that cannot go on.
    Faulted(Box<Fault>),
    /// The time limit.
    TimedOut(Duration),
    /// The output limit, in bytes.
    OutputLimit(u64),
    /// Nobody reads its standard output any more.
    OutputClosed,
    /// SIGINT.
    Interrupted,
}

impl Outcome {
    /// All that [`name`](Self::name) can answer.
    pub const NAMES: [&str; 7] =
        ["halt", "exit", "fault", "timeout", "output-limit", "output-closed", "interrupted"];

    /// One word for `--json` and for the `outcome` key of golden cases: `halt`, `exit`, `fault`,
    /// `timeout`, `output-limit`, `output-closed` or `interrupted`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Halted => "halt",
            Self::Exited(_) => "exit",
            Self::Faulted(_) => "fault",
            Self::TimedOut(_) => "timeout",
            Self::OutputLimit(_) => "output-limit",
            Self::OutputClosed => "output-closed",
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether it was ended from outside, wherever it was.
    #[must_use]
    pub const fn is_limit(&self) -> bool {
        matches!(self, Self::TimedOut(_) | Self::OutputLimit(_) | Self::Interrupted)
    }
}

/// What went wrong in a guest, where, and with which state.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// One word for `--json`: `exception`, `triple-fault`, `unmapped-memory`, `unknown-port`,
    /// `bad-buffer`, `failed-entry`, `internal-error`, `unimplemented`,
    /// `unexpected-exit`.
    pub kind: &'static str,
    /// What happened, in one sentence.
    pub message: String,
    /// What to do about it, when there is something.
    pub help: Option<String>,
    /// Details as name and value (`vector`, `error_code`, `cr2`, `port`, …), for `--json`.
    pub details: Vec<(&'static str, u64)>,
    /// Linear address of the instruction.
    pub address: u64,
    /// The source text that made it, if the image's line table knows.
    pub span: Option<Span>,
    /// The instruction there, disassembled, if its bytes could be read.
    pub instruction: Option<String>,
    /// The registers as name and value, in the order to be shown.
    pub registers: Vec<(&'static str, u64)>,
}

/// Where a guest was when a limit or an interrupt ended it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Linear address of the next instruction.
    pub address: u64,
    /// The source text that made it, if the image's line table knows.
    pub span: Option<Span>,
    /// The instruction there, disassembled, if its bytes could be read.
    pub instruction: Option<String>,
    /// What is odd about the place, when it is not at an instruction of the program.
    pub help: Option<String>,
}

/// What a run cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Making the machine.
    pub create: Duration,
    /// Loading the image and setting the CPU's state.
    pub boot: Duration,
    /// Running the guest, its hypercalls included.
    pub run: Duration,
    /// Taking the machine down.
    pub tear_down: Duration,
    /// How often the guest left the CPU.
    pub exits: u64,
    /// What the software CPU did for KVM.
    pub help: Help,
}

/// What the software CPU did in a guest of KVM, which cannot do everything on every host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Help {
    /// Instructions that it did in KVM's place, one at a time.
    pub instructions: u64,
    /// Whether there were so many of them that it did all the rest.
    pub for_good: bool,
}

/// Which CPU ran the guest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Used {
    /// The kernel's virtual machine.
    #[default]
    Kvm,
    /// The software CPU, as wanted.
    Soft,
    /// The software CPU, because there is no KVM.
    SoftInstead {
        /// Why not.
        why: String,
    },
    /// The software CPU, because this host's KVM runs such code in software too, and slower.
    SoftForSpeed,
}

impl Used {
    /// `kvm` or `soft`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Kvm => "kvm",
            Self::Soft | Self::SoftInstead { .. } | Self::SoftForSpeed => "soft",
        }
    }
}

/// Which of its streams the guest left in the middle of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenLines {
    /// Standard output.
    pub output: bool,
    /// Standard error.
    pub error: bool,
}

/// A run that came to an end.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// How.
    pub outcome: Outcome,
    /// Where, if a limit or an interrupt ended it.
    pub place: Option<Place>,
    /// Where its output stands.
    pub open_lines: OpenLines,
    /// At what cost.
    pub stats: Stats,
    /// By which CPU.
    pub used: Used,
}

/// What the host could not do.
#[derive(Debug)]
#[non_exhaustive]
pub enum HostError {
    /// This host or this version has no such thing.
    Unsupported {
        /// What, in words for the user.
        what: String,
    },
    /// The configuration makes no sense (a register that does not exist, a mode without rings, …).
    Config {
        /// What, in words for the user.
        what: String,
    },
    /// The image does not fit in memory.
    TooLarge {
        /// Bytes of the image.
        length: u64,
        /// Where it is to lie.
        origin: u64,
        /// Bytes of memory.
        ram: u64,
    },
    /// A call to the system failed.
    System {
        /// What was tried, in words for the user.
        what: String,
        /// What to do about it, when there is something.
        help: Option<String>,
        /// The system's answer.
        source: std::io::Error,
    },
}

impl std::fmt::Display for HostError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unsupported { what } | Self::Config { what } => f.write_str(what),
            Self::TooLarge { length, origin, ram } => write!(
                f,
                "an image of {length} bytes at {origin:#x} does not fit in {ram:#x} bytes of memory"
            ),
            Self::System { what, source, .. } => write!(f, "{what}: {source}"),
        }
    }
}

impl std::error::Error for HostError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::System { source, .. } => Some(source),
            _ => None,
        }
    }
}
