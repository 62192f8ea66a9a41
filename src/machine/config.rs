//! What the caller decides about a run: mode, memory, limits, and where bytes come from and go.
//!
//! Data only; knows nothing of KVM.

use crate::image::Mode;
use std::fs::File;
use std::time::Duration;

/// What happens at a port outside the ABI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ports {
    /// It is a fault.
    #[default]
    Fault,
    /// Reads give all ones, writes vanish.
    Ignore,
}

/// Which implementation of the CPU runs the guest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackendChoice {
    /// The best this host has.
    #[default]
    Auto,
    /// The same on a host whose KVM is known to run ring 0 in software: the software CPU is faster
    /// for all but what the processor runs everywhere.
    Native,
    /// The kernel's virtual machine.
    Kvm,
    /// The software CPU.
    Soft,
}

impl BackendChoice {
    /// `auto`, `kvm` or `soft`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto | Self::Native => "auto",
            Self::Kvm => "kvm",
            Self::Soft => "soft",
        }
    }
}

/// The machine to make, and the limits on it.
#[derive(Clone, Debug)]
pub struct Config {
    /// Mode at the first instruction.
    pub mode: Mode,
    /// Privilege level 0 or 3; `None` is the mode's default (long 3, else 0).
    pub ring: Option<u8>,
    /// RAM in bytes; `None` is the mode's default (1 MiB + 64 KiB in real mode, else 16 MiB).
    pub memory: Option<u64>,
    /// Ports outside the ABI.
    pub ports: Ports,
    /// Wall time after which the guest is stopped.
    pub timeout: Option<Duration>,
    /// Bytes on standard output and standard error together after which it is stopped.
    pub max_output: Option<u64>,
    /// Makes RANDOM repeatable.
    pub seed: Option<u64>,
    /// Initial register values by name (`ax`, `ebx`, `r8`, `rsp`, …), in order.
    pub registers: Vec<(String, u64)>,
    /// The arguments, as bytes.
    pub args: Vec<Vec<u8>>,
    /// Who runs it.
    pub backend: BackendChoice,
}

impl Config {
    /// The defaults for a mode: no limits, no arguments.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            ring: None,
            memory: None,
            ports: Ports::default(),
            timeout: None,
            max_output: None,
            seed: None,
            registers: Vec::new(),
            args: Vec::new(),
            backend: BackendChoice::default(),
        }
    }
}

/// Where the guest's input comes from.
#[derive(Debug)]
pub enum Input {
    /// These bytes, from the given position on.
    Bytes(Vec<u8>, usize),
    /// A descriptor; the process's own standard input is a `File` too, duplicated by the caller.
    File(File),
    /// Bytes from the given position on, and when they are used up, those of the descriptor, which
    /// are appended; what was read can be read again.
    Tape(Vec<u8>, usize, File),
}

/// Where a stream of the guest's output goes.
#[derive(Debug)]
pub enum Output {
    /// It is collected.
    Buffer(Vec<u8>),
    /// A descriptor.
    File(File),
    /// Somebody who takes them as they come.
    Live(Live),
}

/// Takes the bytes of an output as they come.
pub struct Live(pub Box<dyn std::io::Write + Send>);

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Live")
    }
}

/// The guest's three streams.
#[derive(Debug)]
pub struct Io {
    /// Standard input.
    pub input: Input,
    /// Standard output.
    pub output: Output,
    /// Standard error.
    pub error: Output,
}

impl Io {
    /// Input from `input`, both outputs collected: how tests and the library run an applet.
    #[must_use]
    pub fn buffers(input: impl Into<Vec<u8>>) -> Self {
        Self {
            input: Input::Bytes(input.into(), 0),
            output: Output::Buffer(Vec::new()),
            error: Output::Buffer(Vec::new()),
        }
    }
}
