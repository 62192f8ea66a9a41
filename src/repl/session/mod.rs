//! The program so far, and a snapshot of the machine for each entry.
//!
//! The states form a list with a place in it. An entry goes on from the state at that place, and
//! what lay ahead of it is forgotten; undo and redo only move the place. A new beginning (another
//! mode, a reset) is a state like any other, so it can be undone too. An entry that faults or is
//! stopped leaves the list as it was.

mod report;

use super::program::{Addition, Messages, Origin, Piece, SessionFiles, SessionProgram};
use crate::image::{Bits, Image, Mode, Symbol};
use crate::machine::boot::Boot;
use crate::machine::config::{Config, Input, Io};
use crate::machine::outcome::{HostError, Outcome};
use crate::machine::snapshot::{self, Code, Ending, Pace, Snapshot};
use crate::machine::{limits, state::registers::System};
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

pub(super) use report::Outputs;
pub(super) use report::lock;
pub use report::{
    Base, Checkpoint, End, Error, GuestInput, Record, Report, Screen, Screens, Times,
};

/// `nop`
const NOP: u8 = 0x90;
/// Time for one step.
const PROBE_TIME: Duration = Duration::from_secs(1);

/// What a prompt shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// The mode of the session.
    pub mode: Mode,
    /// The privilege level.
    pub ring: u8,
    /// The width of the code that is assembled now.
    pub bits: Bits,
    /// The address of the next entry.
    pub address: u64,
}

/// A session.
#[derive(Debug)]
pub struct Session {
    /// What new beginnings are made with.
    pub config: Config,
    /// Its input.
    pub guest_input: GuestInput,
    /// How guests are run.
    pub pace: Pace,
    /// Where the time of the last entry went.
    pub times: Times,
    screens: Screens,
    states: Vec<Checkpoint>,
    at: usize,
    program: Rc<SessionProgram>,
}

impl Session {
    /// A session whose machines are made as `config` says.
    ///
    /// # Errors
    /// What the host cannot do.
    pub fn new(config: Config, screens: Screens) -> Result<Self, HostError> {
        let mut session = Self {
            config: config.clone(),
            guest_input: GuestInput::default(),
            pace: Pace::Free,
            times: Times::default(),
            screens,
            states: Vec::new(),
            at: 0,
            program: Rc::default(),
        };
        session.begin(config, Path::new("session.asm"))?;
        Ok(session)
    }

    /// A new beginning: a fresh machine as `config` says, and no program. What it includes lies
    /// beside `path`.
    ///
    /// # Errors
    /// What the host cannot do; then all is as before.
    pub fn begin(&mut self, config: Config, path: &Path) -> Result<(), HostError> {
        let (origin, bits) = (config.mode.default_origin(), config.mode.bits());
        let boot = Boot::new(&Image { origin, bits, ..Image::default() }, &config)?;
        let program = SessionProgram::new(config.mode, origin, boot.ram);
        let snapshot = snapshot::first(&boot, &config)?;
        let files = SessionFiles::beside(path);
        let base = Rc::new(Base { config: config.clone(), boot, files });
        let read = self.states.get(self.at).map_or(0, |state| state.read);
        let beginning = if self.states.is_empty() { 0 } else { self.at + 1 };
        self.states.truncate(beginning);
        self.states.push(Checkpoint { base, beginning, record: None, snapshot, read });
        self.at = beginning;
        (self.program, self.config) = (Rc::new(program), config);
        Ok(())
    }

    /// What includes are beside.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.state().base.files.path()
    }

    /// The current state.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "`at` is a state, from the first beginning on")]
    pub fn state(&self) -> &Checkpoint {
        &self.states[self.at]
    }

    /// The state before the current one.
    #[must_use]
    pub fn before(&self) -> Option<&Checkpoint> {
        self.states.get(self.at.checked_sub(1)?)
    }

    /// What a prompt can show.
    #[must_use]
    pub fn prompt(&self) -> Prompt {
        let state = self.state();
        let bits = state.base.config.mode.bits();
        let ring = state.snapshot.system.ring();
        let address = self.program.end();
        Prompt { mode: state.base.config.mode, ring, bits, address }
    }

    /// The mode of the machine.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.state().base.config.mode
    }

    /// Names that have a value, in order of definition.
    #[must_use]
    pub fn symbols(&self) -> &[Symbol] {
        &self.program.image.symbols
    }

    /// Bytes of RAM.
    #[must_use]
    pub fn ram(&self) -> u64 {
        self.state().base.boot.ram
    }

    /// The segments and control registers.
    #[must_use]
    pub fn system(&self) -> &System {
        &self.state().snapshot.system
    }

    /// The entries of the program, with the state that each led to.
    pub fn entries(&self) -> impl Iterator<Item = (usize, &Record)> {
        let beginning = self.state().beginning;
        let states = self.states.iter().enumerate().take(self.at + 1).skip(beginning);
        states.filter_map(|(number, state)| Some((number, state.record.as_ref()?)))
    }

    /// Input that the program has read.
    #[must_use]
    pub fn input_read(&self) -> &[u8] {
        let state = self.state();
        let from = self.states.get(state.beginning).map_or(0, |s| s.read);
        self.guest_input.bytes.get(from..state.read).unwrap_or(&[])
    }

    /// Replaces the input that is still to be read.
    pub fn set_input(&mut self, guest_input: GuestInput) {
        let read = self.state().read;
        self.guest_input.bytes.truncate(read);
        self.guest_input.bytes.extend(guest_input.bytes);
        self.guest_input.more = guest_input.more;
    }

    /// The input of the program from its beginning on.
    #[must_use]
    pub fn input(&self) -> &[u8] {
        let from = self.states.get(self.state().beginning).map_or(0, |s| s.read);
        self.guest_input.bytes.get(from..).unwrap_or(&[])
    }

    /// Where the guest's standard output and standard error go.
    pub(super) fn outputs(&self) -> Outputs {
        Outputs::to(&self.screens)
    }

    /// The program so far.
    pub(super) fn program(&self) -> &Rc<SessionProgram> {
        &self.program
    }

    /// The program's line table and bytes.
    #[must_use]
    pub fn image(&self) -> &Image {
        &self.program.image
    }

    /// The bytes that statements would become at the end of the session; none if they have a
    /// mistake.
    #[must_use]
    pub fn preview(&self, text: &str) -> Option<Vec<u8>> {
        let addition = self.addition(text, 0, &Origin::default()).ok()?;
        Some(addition.piece.bytes.clone())
    }

    /// The value that an expression of names and numbers has.
    ///
    /// # Errors
    /// It has a mistake.
    pub fn value(&self, expression: &str, origin: &Origin) -> Result<u64, Messages> {
        const HEAD: &str = "dq ";
        let text = format!("{HEAD}{expression}");
        let addition = self.addition(&text, HEAD.len(), origin)?;
        if let Ok(bytes) = addition.piece.bytes.as_slice().try_into() {
            return Ok(u64::from_le_bytes(bytes));
        }
        let diagnostic = crate::diagnostic::Diagnostic::error(
            crate::diagnostic::Span::default(),
            "this is not one number of 64 bits",
        );
        Err(Messages { sources: crate::diagnostic::Sources::new(), diagnostics: vec![diagnostic] })
    }

    /// What statements would add. What they include is read again next time.
    fn addition(&self, text: &str, skip: usize, origin: &Origin) -> Result<Addition, Messages> {
        let files = &self.state().base.files;
        let addition = self.program.with(text, skip, origin, files);
        files.forget();
        addition
    }

    /// Puts statements at the end of the program and runs them.
    ///
    /// # Errors
    /// They have mistakes, or the host cannot run them. Then all is as before; so it is when they
    /// fault or are stopped, which is no error.
    pub fn enter(&mut self, text: &str, origin: &Origin) -> Result<Report, Error> {
        let started = Instant::now();
        let base = Rc::clone(&self.state().base);
        let at = self.at;
        let result = self.try_enter(text, origin, &base.files);
        if self.at == at {
            base.files.forget();
        } else {
            base.files.remember();
        }
        let mut report = result?;
        report.times.total = started.elapsed();
        self.times = report.times;
        Ok(report)
    }

    fn try_enter(
        &mut self,
        text: &str,
        origin: &Origin,
        files: &SessionFiles,
    ) -> Result<Report, Error> {
        let started = Instant::now();
        let addition = self.program.with(text, 0, origin, files).map_err(Error::Source)?;
        let addition = without_unknown_words(addition)?;
        let assemble = started.elapsed();
        let mut report = match addition.start {
            Some(start) => {
                // Behind the other entries for as long as it runs, so that a fault finds it.
                let before = self.at;
                let piece = Rc::clone(&addition.piece);
                Rc::make_mut(&mut self.program).append(&piece);
                let report = self.run(addition, start, origin);
                if self.at == before {
                    self.drop_last(&piece);
                }
                report?
            }
            None => self.place(addition)?,
        };
        report.times.assemble = assemble;
        Ok(report)
    }

    /// Puts bytes into memory that are not run.
    fn place(&mut self, addition: Addition) -> Result<Report, Error> {
        let state = self.state();
        let mut snapshot = state.snapshot.clone();
        let piece = addition.piece;
        let (address, length) = (piece.address(), piece.bytes.len());
        snapshot.write(self.ram(), address, &piece.bytes).ok_or_else(|| {
            Error::Text(format!(
                "there is no room for {length} bytes at {address:#x}: the machine has {:#x} bytes \
                 of memory",
                self.ram()
            ))
        })?;
        let (is_routine, warnings) = (addition.is_routine, addition.warnings);
        let record = Record {
            text: Rc::clone(&piece.text),
            piece,
            ran: false,
            placed: length > 0,
            printed: Vec::new(),
            complained: Vec::new(),
            outcome: None,
        };
        let read = state.read;
        Rc::make_mut(&mut self.program).append(&record.piece);
        self.push(record, snapshot, read);
        let end = End::Placed { address, length, is_routine };
        Ok(Report { warnings, ..Report::new(end) })
    }

    /// Runs an entry, which is the last of the program, from the current state.
    fn run(&mut self, addition: Addition, start: u64, origin: &Origin) -> Result<Report, Error> {
        limits::take_interrupt();
        let piece = addition.piece;
        let base = Rc::clone(&self.state().base);
        let before = self.state().read;
        let Outputs { printed, complained, last, output, error } = self.outputs();
        let guest_input = std::mem::take(&mut self.guest_input);
        let input = match guest_input.more {
            Some(file) => Input::Recorded(guest_input.bytes, before, file),
            None => Input::Bytes(guest_input.bytes, before),
        };
        let mut io = Io { input, output, error };
        let code = Code {
            image: &self.program.image,
            bytes: &piece.bytes,
            address: piece.address(),
            start,
        };
        let snapshot = &self.state().snapshot;
        let (timeout, args) = (self.config.timeout, self.config.args.clone());
        let config = Config { timeout, args, ..base.config.clone() };
        let result = snapshot::resume(&base.boot, snapshot, &code, &config, self.pace, &mut io);
        let (bytes, read, more) = match io.input {
            Input::Recorded(bytes, read, file) => (bytes, read, Some(file)),
            Input::Bytes(bytes, read) => (bytes, read, None),
            Input::File(_) => (Vec::new(), 0, None),
        };
        self.guest_input = GuestInput { bytes, more };
        let resumed = result?;

        let end = match resumed.ending {
            Ending::End => End::Through,
            Ending::Outcome(outcome) => End::Outcome(outcome),
        };
        let is_mid_line = last.load(Ordering::Relaxed) != b'\n';
        let mut report = Report::new(end);
        if let End::Outcome(Outcome::Faulted(fault)) = &report.end {
            let diagnostic = crate::driver::explain(fault);
            report.fault = Some(self.program.locate(diagnostic, &piece.text, origin));
        }
        report.start = start;
        report.warnings = addition.warnings;
        report.read = self.guest_input.bytes.get(before..read).unwrap_or(&[]).to_vec();
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
            let text = Rc::clone(&piece.text);
            let record =
                Record { text, piece, ran: true, placed: false, printed, complained, outcome };
            self.push(record, snapshot, read);
        }
        Ok(report)
    }

    fn push(&mut self, record: Record, snapshot: Snapshot, read: usize) {
        let state = self.state();
        let (base, beginning) = (Rc::clone(&state.base), state.beginning);
        self.states.truncate(self.at + 1);
        self.states.push(Checkpoint { base, beginning, record: Some(record), snapshot, read });
        self.at += 1;
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
        let (base, last) = (Rc::clone(&self.state().base), self.piece());
        self.at = at;
        let now = &self.state().base;
        let is_same = Rc::ptr_eq(&base, now);
        if !is_same {
            let Config { mode, ring, memory, ports, .. } = now.config;
            self.config = Config { mode, ring, memory, ports, ..self.config.clone() };
        }
        match (back, last, self.piece()) {
            (1, Some(last), _) if is_same => self.drop_last(&last),
            (-1, _, Some(next)) if is_same => Rc::make_mut(&mut self.program).append(&next),
            _ => self.program = Rc::new(self.program_here()),
        }
        true
    }

    /// What the entry that led here added.
    fn piece(&self) -> Option<Rc<Piece>> {
        self.state().record.as_ref().map(|record| Rc::clone(&record.piece))
    }

    /// Takes the last entry away from the program, which then is that of the current state.
    fn drop_last(&mut self, last: &Piece) {
        let before = self.piece();
        if !Rc::make_mut(&mut self.program).drop_last(last, before.as_deref()) {
            self.program = Rc::new(self.program_here());
        }
    }

    /// The program of the current state, from its entries.
    fn program_here(&self) -> SessionProgram {
        let mode = self.mode();
        let mut program = SessionProgram::new(mode, mode.default_origin(), self.ram());
        for (_, record) in self.entries() {
            program.append(&record.piece);
        }
        program
    }

    /// Whether a guest can be stepped in this way from the current state: steps one over a `nop`.
    fn can_step(&self, pace: Pace) -> bool {
        let base = &self.state().base;
        let address = self.program.end();
        let image = Image::default();
        let code = Code { image: &image, bytes: &[NOP], address, start: address };
        let mut io = Io::buffers(Vec::new());
        let snapshot = &self.state().snapshot;
        let config = Config { timeout: Some(PROBE_TIME), ..base.config.clone() };
        let resumed = snapshot::resume(&base.boot, snapshot, &code, &config, pace, &mut io);
        resumed.is_ok_and(|r| {
            r.ending == Ending::End && r.steps.first().is_some_and(|s| s.next == address + 1)
        })
    }

    /// How guests can be stepped from the current state, if they can.
    #[must_use]
    pub fn pace_for_steps(&self) -> Option<Pace> {
        [Pace::ByHypervisor, Pace::ByTrapFlag].into_iter().find(|&pace| self.can_step(pace))
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

/// Refuses a line that is only an unknown word. In a source file it would be a label without a
/// colon.
fn without_unknown_words(mut addition: Addition) -> Result<Addition, Error> {
    const WORD: Option<&str> = Some("label-orphan");
    const MACRO: Option<&str> = Some("pp-macro-params-multi");
    let is_empty = addition.piece.bytes.is_empty();
    let Some(mut warnings) = addition.warnings.take() else { return Ok(addition) };
    let mut is_word = false;
    for diagnostic in &mut warnings.diagnostics {
        if !is_empty || (diagnostic.name != WORD && diagnostic.name != MACRO) {
            continue;
        }
        is_word = true;
        diagnostic.severity = crate::diagnostic::Severity::Error;
        if std::mem::take(&mut diagnostic.name) == WORD {
            let word = warnings.sources.text(diagnostic.span);
            diagnostic.message = format!("`{word}` is not known here");
        }
    }
    if is_word {
        return Err(Error::UnknownWord(warnings));
    }
    Ok(Addition { warnings: Some(warnings), ..addition })
}
