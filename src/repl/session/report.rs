//! What a session remembers of an entry, and what it tells of it.
//!
//! Also passes on the output of guests.

use crate::machine::boot::Boot;
use crate::machine::config::{Config, Live, Output};
use crate::machine::outcome::{HostError, Outcome, Stats};
use crate::machine::snapshot::{Snapshot, Step};
use crate::repl::program::{Messages, Piece, SessionFiles};
use std::fs::File;
use std::io::Write;
use std::rc::Rc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Most output of one entry that is remembered.
const MOST_REMEMBERED: usize = 16 << 20;

/// Takes bytes for whoever looks at them; several may hold it.
pub type Screen = Arc<Mutex<dyn Write + Send>>;

/// The contents of a lock; whoever panicked with it left them whole.
pub(in crate::repl) fn lock<T: ?Sized>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where a guest's output goes.
#[derive(Clone)]
pub struct Screens {
    /// Its standard output.
    pub output: Screen,
    /// Its standard error.
    pub error: Screen,
}

impl std::fmt::Debug for Screens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Screens")
    }
}

/// Passes output on and remembers it.
struct Tee {
    screen: Screen,
    memory: Arc<Mutex<Vec<u8>>>,
    last: Arc<AtomicU8>,
}

/// Where the outputs of a guest go, and what came of them.
pub(in crate::repl) struct Outputs {
    /// What it printed.
    pub(in crate::repl) printed: Arc<Mutex<Vec<u8>>>,
    /// What it printed on standard error.
    pub(in crate::repl) complained: Arc<Mutex<Vec<u8>>>,
    /// The last byte of both, a line end before there is one.
    pub(in crate::repl) last: Arc<AtomicU8>,
    pub(in crate::repl) output: Output,
    pub(in crate::repl) error: Output,
}

impl Outputs {
    pub(super) fn to(screens: &Screens) -> Self {
        let last = Arc::new(AtomicU8::new(b'\n'));
        let tee = |screen: &Screen| {
            let memory = Arc::new(Mutex::new(Vec::new()));
            let (screen, last) = (Arc::clone(screen), Arc::clone(&last));
            let tee = Tee { screen, memory: Arc::clone(&memory), last };
            (memory, Output::Live(Live(Box::new(tee))))
        };
        let (printed, output) = tee(&screens.output);
        let (complained, error) = tee(&screens.error);
        Self { printed, complained, last, output, error }
    }
}

impl Write for Tee {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut memory = lock(&self.memory);
        let room = MOST_REMEMBERED.saturating_sub(memory.len());
        memory.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or(&[]));
        if let Some(last) = bytes.last() {
            self.last.store(*last, Ordering::Relaxed);
        }
        lock(&self.screen).write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        lock(&self.screen).flush()
    }
}

/// A machine as it is made: what all states between two beginnings share.
#[derive(Debug)]
pub struct Base {
    /// Mode, ring, memory, limits.
    pub config: Config,
    /// The state of the CPU at the beginning.
    pub boot: Boot,
    /// What its program may include.
    pub(in crate::repl) files: SessionFiles,
}

/// What an entry was and did.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its text.
    pub text: Rc<str>,
    /// What it is part of the program as.
    pub(in crate::repl) piece: Rc<Piece>,
    /// Whether it was run.
    pub ran: bool,
    /// Whether it put bytes into memory that were not run.
    pub placed: bool,
    /// What it printed.
    pub printed: Vec<u8>,
    /// What it printed on standard error.
    pub complained: Vec<u8>,
    /// How it ended, if not at its end.
    pub outcome: Option<Outcome>,
}

/// One state of the session.
#[derive(Debug)]
pub struct Checkpoint {
    /// The machine.
    pub base: Rc<Base>,
    /// The state at which its program begins.
    pub(super) beginning: usize,
    /// The entry that led here; none at a beginning.
    pub record: Option<Record>,
    /// The machine's state.
    pub snapshot: Snapshot,
    /// How much of the input is read.
    pub read: usize,
}

/// How an entry ended.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// It is only there; nothing was run.
    Placed {
        /// Address of its first byte.
        address: u64,
        /// How many bytes.
        length: usize,
        /// Whether it is a routine.
        is_routine: bool,
    },
    /// At its end.
    Through,
    /// Otherwise.
    Outcome(Outcome),
}

/// What an entry did.
#[derive(Debug)]
pub struct Report {
    /// How it ended.
    pub end: End,
    /// What may not be as meant.
    pub warnings: Option<Messages>,
    /// Where it went wrong, if it faulted.
    pub fault: Option<Messages>,
    /// What it read.
    pub read: Vec<u8>,
    /// Whether what it printed ends in the middle of a line.
    pub is_mid_line: bool,
    /// Its first instruction.
    pub start: u64,
    /// What each instruction left, if it was traced.
    pub steps: Vec<Step>,
    /// Whether there were more steps than are kept.
    pub more_steps: bool,
    /// Where the time went.
    pub times: Times,
}

/// Where the time of an entry went.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    /// Assembling.
    pub assemble: Duration,
    /// The machine.
    pub machine: Stats,
    /// All of it.
    pub total: Duration,
}

/// Why an entry did nothing.
#[derive(Debug)]
pub enum Error {
    /// It has errors.
    Source(Messages),
    /// It has a line that is only an unknown word, perhaps a command without its colon.
    UnknownWord(Messages),
    /// The host cannot do it.
    Host(HostError),
    /// Another reason, as text.
    Text(String),
}

impl From<HostError> for Error {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

/// The input of a session's guests.
#[derive(Debug, Default)]
pub struct GuestInput {
    /// What there is of it.
    pub bytes: Vec<u8>,
    /// Where more comes from.
    pub more: Option<File>,
}

impl Report {
    pub(super) fn new(end: End) -> Self {
        Self {
            end,
            warnings: None,
            fault: None,
            read: Vec::new(),
            is_mid_line: false,
            start: 0,
            steps: Vec::new(),
            more_steps: false,
            times: Times::default(),
        }
    }

    /// Whether the state is another than before.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        match &self.end {
            End::Placed { .. } | End::Through => true,
            End::Outcome(outcome) => matches!(outcome, Outcome::Halted | Outcome::Exited(_)),
        }
    }
}
