//! What the tests of the machine share: the guests, and one call that runs one.
//!
//! Knows nothing of what is tested.

use applet::internal::image::{Bits, Image, Mode};
use applet::internal::machine::config::{BackendChoice, Config, Io, Output};
use applet::internal::machine::outcome::{Fault, HostError, Outcome, Report};
use std::cell::Cell;
use std::process::Command;
use std::time::Duration;

const PROGRAMS: &str = include_str!("programs.txt");

/// A guest: source, origin, mode, bytes.
pub(crate) struct Program {
    pub(crate) source: String,
    pub(crate) mode: Mode,
    pub(crate) image: Image,
}

fn number(text: &str) -> u64 {
    let text = text.trim();
    text.strip_prefix("0x")
        .map_or_else(|| text.parse(), |hex| u64::from_str_radix(hex, 16))
        .expect("a number")
}

fn parse(text: &str) -> Program {
    let is_byte_line = |l: &&str| l.starts_with("-- ");
    let source: Vec<&str> = text.lines().skip(1).filter(|l| !is_byte_line(l)).collect();
    let bytes = text
        .lines()
        .filter(is_byte_line)
        .flat_map(|l| l[3..].split(' '))
        .map(|b| u8::from_str_radix(b, 16).expect("a byte"))
        .collect();
    let directive = |name: &str| source.iter().find_map(|l| l.strip_prefix(name)).map(number);
    let bits = u32::try_from(directive("bits ").expect("bits")).expect("a width");
    let bits = Bits::try_from(bits).expect("a width");
    let origin = directive("org ").expect("org");
    Program {
        source: source.join("\n") + "\n",
        mode: bits.mode(),
        image: Image { bytes, origin, bits, ..Image::default() },
    }
}

fn programs() -> impl Iterator<Item = (&'static str, Program)> {
    PROGRAMS.split("\n== ").skip(1).map(|text| (text.lines().next().expect("a name"), parse(text)))
}

pub(crate) fn program(name: &str) -> Program {
    programs().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("no program {name}")).1
}

/// A run with everything that a test may want to set.
pub(crate) struct Run {
    pub(crate) image: Image,
    pub(crate) config: Config,
    pub(crate) io: Io,
}

thread_local! {
    /// The backend that the test on this thread is about.
    static BACKEND: Cell<BackendChoice> = const { Cell::new(BackendChoice::Kvm) };
}

/// Does something with this thread's guests on `backend`.
pub(crate) fn on<T>(backend: BackendChoice, act: impl FnOnce() -> T) -> T {
    BACKEND.set(backend);
    act()
}

/// The backend that the test is about.
pub(crate) fn backend() -> BackendChoice {
    BACKEND.get()
}

pub(crate) fn guest(name: &str) -> Run {
    let Program { mode, image, .. } = program(name);
    // It ends a test that hangs. A guest that does its work on a busy machine keeps well below it.
    let timeout = Some(Duration::from_secs(300));
    let config = Config { timeout, backend: backend(), ..Config::new(mode) };
    Run { image, config, io: Io::buffers([]) }
}

impl Run {
    pub(crate) fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.io = Io::buffers(bytes);
        self
    }

    pub(crate) fn config(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    pub(crate) fn try_run(&mut self) -> Result<Report, HostError> {
        applet::internal::machine::run(&self.image, &self.config, &mut self.io)
    }

    /// Outcome and standard output.
    pub(crate) fn run(mut self) -> (Outcome, Vec<u8>) {
        let report = self.try_run().unwrap_or_else(|e| panic!("{e}"));
        (report.outcome, output(&self.io.output))
    }

    /// The fault in which it must end.
    pub(crate) fn fault(self) -> Fault {
        match self.run() {
            (Outcome::Faulted(fault), _) => *fault,
            (other, _) => panic!("no fault but {other:?}"),
        }
    }

    /// Standard output after which it must halt.
    pub(crate) fn halts(self) -> Vec<u8> {
        let (outcome, output) = self.run();
        assert_eq!(outcome, Outcome::Halted);
        output
    }

    pub(crate) fn exits(self) -> u8 {
        match self.run() {
            (Outcome::Exited(code), _) => code,
            (other, _) => panic!("no exit but {other:?}"),
        }
    }
}

pub(crate) fn output(output: &Output) -> Vec<u8> {
    match output {
        Output::Buffer(bytes) => bytes.clone(),
        Output::File(_) | Output::Live(_) => Vec::new(),
    }
}

pub(crate) fn detail(fault: &Fault, name: &str) -> Option<u64> {
    fault.details.iter().find(|(n, _)| *n == name).map(|&(_, value)| value)
}

pub(crate) fn programs_match_nasm() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, program) in programs() {
        let (source, binary) = (folder.path().join("a.asm"), folder.path().join("a.bin"));
        std::fs::write(&source, &program.source).expect("writing");
        let status =
            Command::new("nasm").args(["-f", "bin", "-o"]).arg(&binary).arg(&source).status();
        assert!(status.expect("nasm").success(), "{name}");
        assert_eq!(std::fs::read(&binary).expect("reading"), program.image.bytes, "{name}");
    }
}
