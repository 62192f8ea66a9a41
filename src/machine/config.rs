//! What the caller decides about a run: mode, memory, limits, input and output.

use crate::image::Mode;
use std::fs::File;
use std::time::Duration;

/// What happens when the guest accesses a port outside the ABI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ports {
    /// The guest faults.
    #[default]
    Fault,
    /// Reads return all ones, and writes have no effect.
    Ignore,
}

/// Which implementation of the CPU runs the guest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackendChoice {
    /// KVM if it works, else the software CPU.
    #[default]
    Auto,
    /// As `Auto`, on a host whose KVM is known to emulate ring 0 in software. KVM runs only guests
    /// that stay at ring 3 of long mode; for all others the software CPU is faster.
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

/// The machine of a guest, and the limits on the guest.
///
/// ```
/// use applet::internal::image::{Bits, Image, Mode};
/// use applet::internal::machine::{self, config::{Config, Io}, outcome::Outcome};
/// use std::time::Duration;
///
/// // out 0xE3, al
/// let image = Image { bytes: vec![0xE6, 0xE3], origin: 0x10_0000, bits: Bits::Bits64, ..Image::default() };
/// let config = Config {
///     memory: Some(2 << 20),
///     timeout: Some(Duration::from_secs(10)),
///     registers: vec![("al".to_owned(), 42)],
///     ..Config::new(Mode::Long)
/// };
/// let report = machine::run(&image, &config, &mut Io::buffers("")).unwrap();
/// assert_eq!(report.outcome, Outcome::Exited(42));
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// Mode at the first instruction.
    pub mode: Mode,
    /// Privilege level: 0 or 3. `None` is the default of the mode: 3 in long mode, else 0.
    pub ring: Option<u8>,
    /// RAM in bytes, rounded up to whole pages of 4 KiB. `None` is the default of the mode: 1 MiB +
    /// 64 KiB in real mode, else 16 MiB.
    pub memory: Option<u64>,
    /// Ports outside the ABI.
    pub ports: Ports,
    /// Wall time after which the guest is stopped; `None` is no limit.
    pub timeout: Option<Duration>,
    /// Bytes on standard output and standard error together after which the guest is stopped; `None`
    /// is no limit.
    pub max_output: Option<u64>,
    /// Seed of port RANDOM. With the same seed, the port gives the same numbers.
    pub seed: Option<u64>,
    /// Initial register values by name (`ax`, `ebx`, `r8`, `rsp`, …), in order.
    pub registers: Vec<(String, u64)>,
    /// The arguments that port ARGS gives.
    pub args: Vec<Vec<u8>>,
    /// Which CPU runs the guest.
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

/// The guest's standard input.
///
/// ```
/// use applet::internal::machine::config::{Input, Io};
///
/// let mut io = Io::buffers("");
/// io.input = Input::File(std::fs::File::open("Cargo.toml").unwrap());
/// ```
#[derive(Debug)]
pub enum Input {
    /// These bytes, starting at this index.
    Bytes(Vec<u8>, usize),
    /// A file, pipe or terminal. To pass the process's own standard input, duplicate its descriptor.
    File(File),
    /// These bytes, starting at this index, and then the file. Bytes read from the file are appended,
    /// so that a later run can read them again.
    Recorded(Vec<u8>, usize, File),
}

/// The target of one of the guest's output streams.
///
/// ```
/// use applet::Mode;
/// use applet::internal::image::{Bits, Image};
/// use applet::internal::machine::{self, config::{Config, Io, Output}};
///
/// let mut io = Io::buffers("");
/// // mov al, 'A'; out 0xE1, al; hlt
/// let bytes = vec![0xB0, b'A', 0xE6, 0xE1, 0xF4];
/// let image = Image { bytes, origin: 0x10_0000, bits: Bits::Bits64, ..Image::default() };
/// machine::run(&image, &Config::new(Mode::Long), &mut io).unwrap();
/// assert!(matches!(io.output, Output::Buffer(bytes) if bytes == b"A"));
/// ```
#[derive(Debug)]
pub enum Output {
    /// Bytes are appended here.
    Buffer(Vec<u8>),
    /// A file, pipe or terminal.
    File(File),
    /// A writer that gets the bytes while the guest runs.
    Live(Live),
}

/// A writer that gets the bytes of an output while the guest runs.
pub struct Live(pub Box<dyn std::io::Write + Send>);

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Live")
    }
}

/// The guest's standard streams. See [`Input`] and [`Output`] for examples.
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
    /// Reads standard input from `input`, and collects both outputs.
    #[must_use]
    pub fn buffers(input: impl Into<Vec<u8>>) -> Self {
        Self {
            input: Input::Bytes(input.into(), 0),
            output: Output::Buffer(Vec::new()),
            error: Output::Buffer(Vec::new()),
        }
    }
}
