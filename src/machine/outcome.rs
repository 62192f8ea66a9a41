//! The result of a run, as data: how it ended, what it cost, and the errors of the host.

use crate::diagnostic::Span;
use std::time::Duration;

/// How the guest ended.
///
/// ```
/// use applet::internal::machine::outcome::Outcome;
///
/// assert_eq!(Outcome::Exited(7).name(), "exit");
/// assert!(Outcome::Interrupted.is_limit());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It executed `hlt`.
    Halted,
    /// It wrote this code to port EXIT.
    Exited(u8),
    /// It did something after which it cannot continue.
    Faulted(Box<Fault>),
    /// It ran longer than this time limit.
    TimedOut(Duration),
    /// It wrote more than this number of bytes.
    OutputLimit(u64),
    /// It wrote to standard output, and the output pipe was closed.
    OutputClosed,
    /// SIGINT, or a call of [`limits::interrupt`](super::limits::interrupt), ended it.
    Interrupted,
}

impl Outcome {
    /// All names that [`name`](Self::name) returns.
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

    /// Whether a limit or an interrupt ended the guest, in the middle of its work.
    #[must_use]
    pub const fn is_limit(&self) -> bool {
        matches!(self, Self::TimedOut(_) | Self::OutputLimit(_) | Self::Interrupted)
    }
}

/// What went wrong in a guest, where, and with which registers.
///
/// ```
/// use applet::{Applet, Outcome};
///
/// let report = Applet::text("bits 64\nud2\n").run().unwrap();
/// let Outcome::Faulted(fault) = report.outcome else { panic!("no fault") };
/// assert_eq!((fault.kind, fault.details[0]), ("exception", ("vector", 6)));
/// assert_eq!(fault.instruction.as_deref(), Some("ud2"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// One word for `--json`: `exception`, `triple-fault`, `unmapped-memory`, `unknown-port`,
    /// `bad-buffer`, `failed-entry`, `internal-error`, `unimplemented`,
    /// `unexpected-exit`.
    pub kind: &'static str,
    /// What happened, in one sentence.
    pub message: String,
    /// What the user can do about it.
    pub help: Option<String>,
    /// Details as name and value (`vector`, `error_code`, `cr2`, `port`, …), for `--json`.
    pub details: Vec<(&'static str, u64)>,
    /// Linear address of the instruction.
    pub address: u64,
    /// The source text of the instruction, if the image's line table has it.
    pub span: Option<Span>,
    /// The disassembled instruction, if its bytes could be read.
    pub instruction: Option<String>,
    /// The registers as name and value, in the order in which they are shown.
    pub registers: Vec<(&'static str, u64)>,
    /// The vector registers that the instruction uses: name, and value with the low quarter first.
    pub vectors: Vec<(String, [u64; 4])>,
    /// The instruction in the program that led to the fault, if the fault is elsewhere.
    pub origin: Option<Location>,
}

/// Where a guest was when a limit or an interrupt ended it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Linear address of the next instruction.
    pub address: u64,
    /// The source text of the instruction, if the image's line table has it.
    pub span: Option<Span>,
    /// The disassembled instruction, if its bytes could be read.
    pub instruction: Option<String>,
    /// A note, if execution has left the program.
    pub help: Option<String>,
}

/// The cost of a run, in wall time and exits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Time to create the machine.
    pub create: Duration,
    /// Time to load the image and to set the CPU's state.
    pub boot: Duration,
    /// Time to run the guest, including its port accesses.
    pub run: Duration,
    /// Time to destroy the machine.
    pub tear_down: Duration,
    /// How often the guest left the CPU.
    pub exits: u64,
    /// The work of the software CPU in a guest of KVM.
    pub help: Help,
}

/// The work of the software CPU in a guest of KVM. On some hosts KVM does not emulate every
/// instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Help {
    /// Instructions that it executed for KVM, one at a time.
    pub instructions: u64,
    /// Whether it then ran the rest of the guest, because there were too many of them.
    pub for_good: bool,
}

/// Which CPU ran the guest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Used {
    /// The kernel's virtual machine.
    #[default]
    Kvm,
    /// The software CPU, as the caller asked.
    Soft,
    /// The software CPU, because KVM does not work.
    SoftInstead {
        /// The error of KVM.
        why: String,
    },
    /// The software CPU, because this host's KVM emulates such code in software, and more slowly.
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

/// The output streams whose last byte is not a newline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenLines {
    /// Standard output.
    pub output: bool,
    /// Standard error.
    pub error: bool,
}

/// The result of a run.
///
/// ```
/// use applet::{Mode, Outcome};
/// use applet::internal::image::{Bits, Image};
/// use applet::internal::machine::{self, config::{Config, Io}};
///
/// let image = Image { bytes: vec![0xF4], origin: 0x10_0000, bits: Bits::Bits64, ..Image::default() };
/// let report = machine::run(&image, &Config::new(Mode::Long), &mut Io::buffers("")).unwrap();
/// assert_eq!(report.outcome, Outcome::Halted);
/// assert!(report.place.is_none() && report.stats.exits >= 1);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// How the guest ended.
    pub outcome: Outcome,
    /// Where the guest was, if a limit or an interrupt ended it.
    pub place: Option<Location>,
    /// The streams that end in the middle of a line.
    pub open_lines: OpenLines,
    /// The whole value that the guest wrote to port EXIT.
    pub exit_value: Option<u32>,
    /// What the run cost.
    pub stats: Stats,
    /// The CPU that ran the guest.
    pub used: Used,
}

/// Why the host could not run a guest.
///
/// ```
/// use applet::internal::image::{Image, Mode};
/// use applet::internal::machine::{self, config::{Config, Io}, outcome::HostError};
///
/// let config = Config { memory: Some(1), ..Config::new(Mode::Real) };
/// let result = machine::run(&Image::default(), &config, &mut Io::buffers(""));
/// assert!(matches!(result, Err(HostError::Config { .. })));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum HostError {
    /// This host, or this version of the library, does not support it.
    Unsupported {
        /// What, in words for the user.
        what: String,
    },
    /// The configuration is invalid: a register that does not exist, a mode without rings, …
    Config {
        /// What, in words for the user.
        what: String,
    },
    /// The image does not fit in memory.
    TooLarge {
        /// Bytes of the image.
        length: u64,
        /// Its load address.
        origin: u64,
        /// Bytes of the guest's memory.
        ram: u64,
    },
    /// A system call failed.
    System {
        /// What the call was for, in words for the user.
        what: String,
        /// What the user can do about it.
        help: Option<String>,
        /// The error of the system.
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
