//! The program so far, and a snapshot of the machine for each entry.
//!
//! The states form a list with a place in it. An entry goes on from the state at that place, and
//! what lay ahead of it is forgotten; undo and redo only move the place. A new beginning (another
//! mode, a reset) is a state like any other, so it can be undone too. An entry that faults or is
//! stopped leaves the list as it was.
//!
//! Knows nothing of terminals: what a guest prints goes to the [`Screens`] it was given.

use super::Prompt;
use super::program::{Addition, Mistake, Origin, Program, Reach};
use crate::image::{Mode, Symbol};
use crate::machine::boot::Boot;
use crate::machine::config::{Config, Input, Io, Live, Output};
use crate::machine::outcome::{HostError, Outcome, Stats};
use crate::machine::snapshot::{self, Code, Ending, Pace, Snapshot, Step};
use crate::machine::{limits, registers::System};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Most output of one entry that is remembered.
const MOST_REMEMBERED: usize = 16 << 20;

/// `nop`
const NOP: u8 = 0x90;
/// Time for one step.
const PROBE_TIME: Duration = Duration::from_secs(1);

/// Takes bytes for whoever looks at them; several may hold it.
pub type Screen = Arc<Mutex<dyn Write + Send>>;

/// The contents of a lock; whoever panicked with it left them whole.
pub(super) fn lock<T: ?Sized>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
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
}

impl Write for Tee {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut memory = lock(&self.memory);
        let room = MOST_REMEMBERED.saturating_sub(memory.len());
        memory.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or(&[]));
        lock(&self.screen).write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        lock(&self.screen).flush()
    }
}

/// A machine as it is made: what all states between two beginnings share.
#[derive(Debug)]
pub struct Ground {
    /// Mode, ring, memory, limits.
    pub config: Config,
    /// The state of the CPU at the beginning.
    pub boot: Boot,
}

/// What an entry was and did.
#[derive(Clone, Debug)]
pub struct Past {
    /// Its text.
    pub text: String,
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
pub struct State {
    /// The machine.
    pub ground: Rc<Ground>,
    /// The state at which its program begins.
    beginning: usize,
    /// The entry that led here; none at a beginning.
    pub past: Option<Past>,
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
    pub warnings: Option<Mistake>,
    /// Where it went wrong, if it faulted.
    pub fault: Option<Mistake>,
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
    /// It has mistakes.
    Mistake(Mistake),
    /// The host cannot do it.
    Host(HostError),
    /// Something else, in words.
    Words(String),
}

impl From<HostError> for Error {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

/// The input of a session's guests.
#[derive(Debug, Default)]
pub struct Tape {
    /// What there is of it.
    pub bytes: Vec<u8>,
    /// Where more comes from.
    pub more: Option<File>,
}

/// A session.
#[derive(Debug)]
pub struct Session {
    /// What new beginnings are made with.
    pub config: Config,
    /// Its input.
    pub tape: Tape,
    /// How guests are run.
    pub pace: Pace,
    /// Where the time of the last entry went.
    pub times: Times,
    screens: Screens,
    reach: Reach,
    states: Vec<State>,
    at: usize,
    program: Program,
}

impl Session {
    /// A session whose machines are made as `config` says.
    ///
    /// # Errors
    /// What the host cannot do.
    pub fn new(config: Config, screens: Screens) -> Result<Self, HostError> {
        let program = Program::new(config.mode, config.mode.default_origin());
        let mut session = Self {
            config,
            tape: Tape::default(),
            pace: Pace::Free,
            times: Times::default(),
            screens,
            reach: Reach::beside(Path::new("session.asm")),
            states: Vec::new(),
            at: 0,
            program,
        };
        session.begin()?;
        Ok(session)
    }

    /// A new beginning: a fresh machine as `config` says, and no program.
    ///
    /// # Errors
    /// What the host cannot do; then all is as before.
    pub fn begin(&mut self) -> Result<(), HostError> {
        let program = Program::new(self.config.mode, self.config.mode.default_origin());
        let boot = Boot::new(&program.image, &self.config)?;
        let snapshot = snapshot::first(&boot, &self.config)?;
        let ground = Rc::new(Ground { config: self.config.clone(), boot });
        let read = self.states.get(self.at).map_or(0, |state| state.read);
        let beginning = if self.states.is_empty() { 0 } else { self.at + 1 };
        self.states.truncate(beginning);
        self.states.push(State { ground, beginning, past: None, snapshot, read });
        self.at = beginning;
        self.program = program;
        Ok(())
    }

    /// Files that `%include` and `incbin` name are looked for beside this one.
    pub fn look_beside(&mut self, path: &Path) {
        self.reach = Reach::beside(path);
    }

    /// The current state.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "`at` is a state, from the first beginning on")]
    pub fn state(&self) -> &State {
        &self.states[self.at]
    }

    /// The state before the current one.
    #[must_use]
    pub fn before(&self) -> Option<&State> {
        self.states.get(self.at.checked_sub(1)?)
    }

    /// What a prompt can show.
    #[must_use]
    pub fn prompt(&self) -> Prompt {
        let state = self.state();
        let bits = u8::try_from(state.ground.config.mode.bits()).unwrap_or(64);
        let ring = state.snapshot.system.ring();
        let address = self.program.end();
        Prompt { mode: state.ground.config.mode, ring, bits, address }
    }

    /// The mode of the machine.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.state().ground.config.mode
    }

    /// Names that have a value, in order of definition.
    #[must_use]
    pub fn symbols(&self) -> &[Symbol] {
        &self.program.image.symbols
    }

    /// Bytes of RAM.
    #[must_use]
    pub fn ram(&self) -> u64 {
        self.state().ground.boot.ram
    }

    /// The segments and control registers.
    #[must_use]
    pub fn system(&self) -> &System {
        &self.state().snapshot.system
    }

    /// The entries of the program, with the state that each led to.
    pub fn entries(&self) -> impl Iterator<Item = (usize, &Past)> {
        let beginning = self.state().beginning;
        let states = self.states.iter().enumerate().take(self.at + 1).skip(beginning);
        states.filter_map(|(number, state)| Some((number, state.past.as_ref()?)))
    }

    /// Input that the program has read.
    #[must_use]
    pub fn input_read(&self) -> &[u8] {
        let state = self.state();
        let from = self.states.get(state.beginning).map_or(0, |s| s.read);
        self.tape.bytes.get(from..state.read).unwrap_or(&[])
    }

    /// Replaces the input that is still to be read.
    pub fn set_input(&mut self, tape: Tape) {
        let read = self.state().read;
        self.tape.bytes.truncate(read);
        self.tape.bytes.extend(tape.bytes);
        self.tape.more = tape.more;
    }

    /// The input of the program from its beginning on.
    #[must_use]
    pub fn input(&self) -> &[u8] {
        let from = self.states.get(self.state().beginning).map_or(0, |s| s.read);
        self.tape.bytes.get(from..).unwrap_or(&[])
    }

    /// Where the guest's standard output and standard error go.
    pub(super) fn outputs(&self) -> [(Arc<Mutex<Vec<u8>>>, Output); 2] {
        [self.tee(&self.screens.output), self.tee(&self.screens.error)]
    }

    /// The program's line table and bytes.
    #[must_use]
    pub fn image(&self) -> &crate::image::Image {
        &self.program.image
    }

    /// The bytes that statements would become at the end of the session; none if they have a
    /// mistake.
    #[must_use]
    pub fn preview(&self, text: &str) -> Option<Vec<u8>> {
        let origin = Origin::default();
        let addition = self.program.with(text, 0, &origin, &self.reach).ok()?;
        Some(addition.bytes().to_vec())
    }

    /// The value that an expression of names and numbers has.
    ///
    /// # Errors
    /// It has a mistake.
    pub fn value(&self, expression: &str, origin: &Origin) -> Result<u64, Mistake> {
        const HEAD: &str = "dq ";
        let text = format!("{HEAD}{expression}");
        let addition = self.program.with(&text, HEAD.len(), origin, &self.reach)?;
        if let Ok(bytes) = addition.bytes().try_into() {
            return Ok(u64::from_le_bytes(bytes));
        }
        let diagnostic = crate::diagnostic::Diagnostic::error(
            crate::diagnostic::Span::default(),
            "this is not one number of 64 bits",
        );
        Err(Mistake { sources: crate::diagnostic::Sources::new(), diagnostics: vec![diagnostic] })
    }

    /// Puts statements at the end of the program and runs them.
    ///
    /// # Errors
    /// They have mistakes, or the host cannot run them. Then all is as before; so it is when they
    /// fault or are stopped, which is no error.
    pub fn enter(&mut self, text: &str, origin: &Origin) -> Result<Report, Error> {
        let started = Instant::now();
        let addition = self.program.with(text, 0, origin, &self.reach).map_err(Error::Mistake)?;
        let addition = not_a_word(addition).map_err(Error::Mistake)?;
        let assemble = started.elapsed();
        let mut report = match addition.start {
            Some(start) => self.run(text, origin, addition, start)?,
            None => self.place(text, addition)?,
        };
        report.times.assemble = assemble;
        report.times.total = started.elapsed();
        self.times = report.times;
        Ok(report)
    }

    /// Puts bytes into memory that are not run.
    fn place(&mut self, text: &str, addition: Addition) -> Result<Report, Error> {
        let state = self.state();
        let mut snapshot = state.snapshot.clone();
        let (address, length) = (addition.address(), addition.bytes().len());
        snapshot.write(self.ram(), address, addition.bytes()).ok_or_else(|| {
            Error::Words(format!(
                "there is no room for {length} bytes at {address:#x}: the machine has {:#x} bytes \
                 of memory",
                self.ram()
            ))
        })?;
        let (is_routine, warnings) = (addition.is_routine, addition.warnings);
        let past = Past {
            text: text.to_owned(),
            ran: false,
            placed: length > 0,
            printed: Vec::new(),
            complained: Vec::new(),
            outcome: None,
        };
        let read = state.read;
        self.push(addition.program, past, snapshot, read);
        let end = End::Placed { address, length, is_routine };
        Ok(Report { warnings, ..Report::new(end) })
    }

    /// Runs an entry from the current state.
    fn run(
        &mut self,
        text: &str,
        origin: &Origin,
        addition: Addition,
        start: u64,
    ) -> Result<Report, Error> {
        limits::take_interrupt();
        let ground = Rc::clone(&self.state().ground);
        let before = self.state().read;
        let [(printed, output), (complained, error)] = self.outputs();
        let tape = std::mem::take(&mut self.tape);
        let input = match tape.more {
            Some(file) => Input::Tape(tape.bytes, before, file),
            None => Input::Bytes(tape.bytes, before),
        };
        let mut io = Io { input, output, error };
        let image = &addition.program.image;
        let code = Code { image, bytes: addition.bytes(), address: addition.address(), start };
        let snapshot = &self.state().snapshot;
        let (timeout, args) = (self.config.timeout, self.config.args.clone());
        let config = Config { timeout, args, ..ground.config.clone() };
        let result = snapshot::resume(&ground.boot, snapshot, &code, &config, self.pace, &mut io);
        let (bytes, read, more) = match io.input {
            Input::Tape(bytes, read, file) => (bytes, read, Some(file)),
            Input::Bytes(bytes, read) => (bytes, read, None),
            Input::File(_) => (Vec::new(), 0, None),
        };
        self.tape = Tape { bytes, more };
        let resumed = result?;

        let end = match resumed.ending {
            Ending::End => End::Through,
            Ending::Outcome(outcome) => End::Outcome(outcome),
        };
        let is_mid_line = lock(&printed).last().is_some_and(|&b| b != b'\n');
        let mut report = Report::new(end);
        if let End::Outcome(Outcome::Faulted(fault)) = &report.end {
            let diagnostic = crate::driver::explain(fault);
            report.fault = Some(addition.program.locate(diagnostic, text, origin));
        }
        report.start = start;
        report.warnings = addition.warnings;
        report.read = self.tape.bytes.get(before..read).unwrap_or(&[]).to_vec();
        report.is_mid_line = is_mid_line;
        report.times.machine = resumed.stats;
        (report.steps, report.more_steps) = (resumed.steps, resumed.more_steps);
        if let Some(snapshot) = resumed.snapshot {
            let outcome = match &report.end {
                End::Outcome(outcome) => Some(outcome.clone()),
                _ => None,
            };
            let (printed, complained) =
                (std::mem::take(&mut *lock(&printed)), std::mem::take(&mut *lock(&complained)));
            let text = text.to_owned();
            let past = Past { text, ran: true, placed: false, printed, complained, outcome };
            self.push(addition.program, past, snapshot, read);
        }
        Ok(report)
    }

    fn tee(&self, screen: &Screen) -> (Arc<Mutex<Vec<u8>>>, Output) {
        let memory = Arc::new(Mutex::new(Vec::new()));
        let tee = Tee { screen: Arc::clone(screen), memory: Arc::clone(&memory) };
        (memory, Output::Live(Live(Box::new(tee))))
    }

    fn push(&mut self, program: Program, past: Past, snapshot: Snapshot, read: usize) {
        let state = self.state();
        let (ground, beginning) = (Rc::clone(&state.ground), state.beginning);
        self.states.truncate(self.at + 1);
        self.states.push(State { ground, beginning, past: Some(past), snapshot, read });
        self.at += 1;
        self.program = program;
    }

    /// How many states lie before and behind the current one.
    #[must_use]
    pub fn around(&self) -> (usize, usize) {
        (self.at, self.states.len() - 1 - self.at)
    }

    /// Goes to the state `count` entries back, or forward if negative; false if there are not so
    /// many.
    pub fn go(&mut self, back: isize) -> bool {
        let Some(at) = self.at.checked_add_signed(back.wrapping_neg()) else { return false };
        if at >= self.states.len() {
            return false;
        }
        self.at = at;
        self.program = self.program_here();
        true
    }

    /// The program of the current state, from its entries.
    fn program_here(&self) -> Program {
        let config = &self.state().ground.config;
        let empty = Program::new(config.mode, config.mode.default_origin());
        let entries: Vec<&str> = self.entries().map(|(_, past)| past.text.as_str()).collect();
        if entries.is_empty() {
            return empty;
        }
        let origin = Origin::default();
        match empty.with(&entries.join("\n"), 0, &origin, &self.reach) {
            Ok(addition) => addition.program,
            Err(_) => empty,
        }
    }

    /// Whether a guest can be stepped in this way from the current state: steps one over a `nop`.
    #[must_use]
    pub fn can_step(&self, pace: Pace) -> bool {
        let ground = &self.state().ground;
        let address = self.program.end();
        let image = crate::image::Image::default();
        let code = Code { image: &image, bytes: &[NOP], address, start: address };
        let mut io = Io::buffers(Vec::new());
        let snapshot = &self.state().snapshot;
        let config = Config { timeout: Some(PROBE_TIME), ..ground.config.clone() };
        let resumed = snapshot::resume(&ground.boot, snapshot, &code, &config, pace, &mut io);
        resumed.is_ok_and(|r| {
            r.ending == Ending::End && r.steps.first().is_some_and(|s| s.next == address + 1)
        })
    }

    /// Reads guest memory at a linear address; `None` if it is not all there. Paging counts only
    /// as far as the machine was booted with it.
    #[must_use]
    pub fn memory(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length.min(1 << 24)];
        self.state().snapshot.read(self.ram(), address, &mut bytes)?;
        Some(bytes)
    }
}

/// Refuses a lone word, which a source file would have as a label without colon.
fn not_a_word(addition: Addition) -> Result<Addition, Mistake> {
    const WORD: Option<&str> = Some("label-orphan");
    let is_word = |mistake: &Mistake| mistake.diagnostics.iter().any(|d| d.name == WORD);
    if !addition.bytes().is_empty() {
        return Ok(addition);
    }
    match addition.warnings {
        Some(mut mistake) if is_word(&mistake) => {
            for diagnostic in &mut mistake.diagnostics {
                let word = mistake.sources.text(diagnostic.span);
                let command = super::command::find(word).filter(|_| word.len() > 3);
                if let Some(command) = command {
                    diagnostic.help = Some(format!("did you mean `{}`?", command.name));
                }
                diagnostic.message = format!("`{word}` is not known here");
                diagnostic.severity = crate::diagnostic::Severity::Error;
            }
            Err(mistake)
        }
        warnings => Ok(Addition { warnings, ..addition }),
    }
}

impl Report {
    fn new(end: End) -> Self {
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
