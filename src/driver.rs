//! Joins the stages: text, metadata, image, machine, outcome.
//!
//! It also decides precedence: a choice of the caller beats the metadata, and the metadata beats
//! the mode of the code.

use crate::applet::files::{self, Files};
use crate::applet::metadata::{self, Metadata};
use crate::applet::value::Timeout;
use crate::asm::syntax::warning::Switches;
use crate::asm::{self, DefaultOrigin, Included, Options, Resolver};
use crate::boot_sector;
use crate::diagnostic::{Diagnostic, FileId, Severity, Sources, Span};
#[cfg(feature = "code-asm")]
use crate::image::Bits;
use crate::image::{Image, Mode};
use crate::machine;
use crate::machine::config::{BackendChoice, Config, Input, Io, Live, Output, Ports};
use crate::machine::outcome::{Fault, HostError, Outcome, Stats};
use crate::machine::state::registers::Registers;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the caller decides; `None` leaves it to the metadata and the defaults.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Mode at the first instruction.
    pub mode: Option<Mode>,
    /// Privilege level.
    pub ring: Option<u8>,
    /// RAM in bytes.
    pub memory: Option<u64>,
    /// The limit on wall time.
    pub timeout: Option<Timeout>,
    /// The limit on wall time if the metadata has none either.
    pub default_timeout: Option<Timeout>,
    /// The limit on output in bytes.
    pub max_output: Option<u64>,
    /// Makes RANDOM repeatable.
    pub seed: Option<u64>,
    /// Initial registers.
    pub registers: Vec<(String, u64)>,
    /// Where a source without `org`, or a flat binary, is loaded.
    pub origin: Option<u64>,
    /// Who runs it.
    pub backend: BackendChoice,
    /// Which warnings are wanted.
    pub warnings: Switches,
    /// Lines that are read before the source.
    pub prelude: String,
    /// The arguments.
    pub args: Vec<Vec<u8>>,
}

/// A program that is ready to run.
#[derive(Clone, Debug)]
pub struct Program {
    /// The flat binary.
    pub image: Image,
    /// What the applet says about itself.
    pub metadata: Metadata,
    /// What may not be as meant.
    pub warnings: Vec<Diagnostic>,
}

/// Why a program could not be run.
///
/// ```
/// use applet::{Applet, Error};
///
/// let error = Applet::text("bits 64\n mvo eax, 1\n").run().unwrap_err();
/// let Error::Source(error) = error else { panic!("{error}") };
/// let [mistake] = &error.diagnostics[..] else { panic!("{error}") };
/// assert_eq!(mistake.message, "unknown instruction `mvo`");
/// let position = error.sources.position(mistake.span);
/// assert_eq!((position.file, position.line, position.column), ("<text>", 2, 2));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The source cannot be read.
    Read {
        /// The path of the file, or `<text>`.
        name: String,
        /// Why, in words for the user.
        reason: String,
    },
    /// The source has errors.
    Source(SourceError),
    /// iced cannot encode an instruction, in iced's words.
    Code(String),
    /// The settings are invalid, or the host cannot run the program.
    Host(HostError),
}

/// The errors of a source as data. `to_string` draws them with their source lines.
///
/// ```
/// use applet::{Applet, Error};
///
/// let Err(Error::Source(error)) = Applet::text("bits 64\nmvo eax, 1\n").assemble() else { panic!() };
/// assert_eq!(error.diagnostics.len(), 1);
/// assert!(error.to_string().contains(" --> <text>:2:1\n"));
/// ```
#[derive(Clone, Debug)]
pub struct SourceError {
    /// The errors, and the warnings among them.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that their spans refer to.
    pub sources: Sources,
}

impl std::fmt::Display for SourceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut separator = "";
        for diagnostic in &self.diagnostics {
            write!(f, "{separator}{}", self.sources.render(diagnostic))?;
            separator = "\n";
        }
        Ok(())
    }
}

impl std::error::Error for SourceError {}

/// A program with the machine to run it in.
///
/// ```
/// use applet::{Applet, Outcome};
///
/// let report = Applet::text("bits 64\n in al, 0xE0\n inc al\n out 0xE3, al\n").input("A").run()?;
/// assert_eq!(report.outcome, Outcome::Exited(b'B'));
/// # Ok::<(), applet::Error>(())
/// ```
pub struct Applet {
    source: Source,
    choices: Choices,
    input: Vec<u8>,
    stdout: Option<Live>,
    stderr: Option<Live>,
}

enum Source {
    Text(String),
    File(PathBuf),
    Bytes(Vec<u8>),
    #[cfg(feature = "code-asm")]
    Code(Box<iced_x86::code_asm::CodeAssembler>),
    #[cfg(feature = "code-asm")]
    Instructions(Bits, Vec<iced_x86::Instruction>),
}

impl Applet {
    /// A program in NASM syntax. It may include the files of `stdlib/` and no others.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(Source::Text(text.into()))
    }

    /// A program in a file. It may include the files of `stdlib/`, and the files in the file's folder
    /// and below. [`run`](Self::run) and [`assemble`](Self::assemble) read the file.
    ///
    /// ```
    /// use applet::{Applet, Outcome};
    ///
    /// let report = Applet::file("applets/cat.asm").input("as it is").run()?;
    /// assert_eq!(report.stdout, b"as it is");
    /// # Ok::<(), applet::Error>(())
    /// ```
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::new(Source::File(path.into()))
    }

    /// A flat binary. It starts at its first byte, in real mode unless [`mode`](Self::mode) is set.
    ///
    /// ```
    /// use applet::{Applet, Mode, Outcome};
    ///
    /// let report = Applet::bytes([0xF4]).mode(Mode::Long).run()?;
    /// assert_eq!(report.outcome, Outcome::Halted);
    /// # Ok::<(), applet::Error>(())
    /// ```
    #[must_use]
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(Source::Bytes(bytes.into()))
    }

    /// A program made with iced's code assembler. Its bitness decides the mode.
    ///
    /// ```
    /// use applet::{Applet, Outcome};
    /// use iced_x86::code_asm::{CodeAssembler, registers::al};
    ///
    /// let mut a = CodeAssembler::new(64)?;
    /// a.in_(al, 0xE0)?;
    /// a.inc(al)?;
    /// a.out(0xE3, al)?;
    /// let report = Applet::code(a).input("A").run()?;
    /// assert_eq!(report.outcome, Outcome::Exited(b'B'));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "code-asm")]
    #[must_use]
    pub fn code(assembler: iced_x86::code_asm::CodeAssembler) -> Self {
        Self::new(Source::Code(Box::new(assembler)))
    }

    /// A list of iced's instructions, as code of the width `bits`.
    ///
    /// ```
    /// use applet::{Applet, Bits, Outcome};
    /// use iced_x86::{Code, Instruction};
    ///
    /// let list = [Instruction::with(Code::Hlt)];
    /// let report = Applet::instructions(Bits::Bits32, list).run()?;
    /// assert_eq!(report.outcome, Outcome::Halted);
    /// # Ok::<(), applet::Error>(())
    /// ```
    #[cfg(feature = "code-asm")]
    #[must_use]
    pub fn instructions(bits: Bits, list: impl Into<Vec<iced_x86::Instruction>>) -> Self {
        Self::new(Source::Instructions(bits, list.into()))
    }

    fn new(source: Source) -> Self {
        let choices = Choices::default();
        Self { source, choices, input: Vec::new(), stdout: None, stderr: None }
    }

    /// Sets the mode at the first instruction. The default is what the program says.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.choices.mode = Some(mode);
        self
    }

    /// Sets the privilege level, 0 or 3. The default is 3 in long mode, else 0.
    #[must_use]
    pub fn ring(mut self, ring: u8) -> Self {
        self.choices.ring = Some(ring);
        self
    }

    /// Sets the size of RAM in bytes. The default is 1 MiB + 64 KiB in real mode, else 16 MiB.
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.choices.memory = Some(bytes);
        self
    }

    /// Sets the load address of a program without `org`.
    #[must_use]
    pub fn origin(mut self, address: u64) -> Self {
        self.choices.origin = Some(address);
        self
    }

    /// Sets the limit on wall time; `None` removes the one in the program's metadata.
    #[must_use]
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.choices.timeout = Some(limit.into().map_or(Timeout::Never, Timeout::After));
        self
    }

    /// Sets the limit on the bytes of both outputs together. The default is no limit.
    #[must_use]
    pub fn max_output(mut self, bytes: u64) -> Self {
        self.choices.max_output = Some(bytes);
        self
    }

    /// Sets the bytes of standard input. The default is none.
    #[must_use]
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// Sends standard output to `writer` while the guest runs. [`Report::stdout`] is then empty.
    ///
    /// ```
    /// use applet::Applet;
    ///
    /// let (reader, writer) = std::io::pipe()?;
    /// Applet::text("bits 64\n mov al, 'A'\n out 0xE1, al\n hlt\n").stdout(writer).run()?;
    /// assert_eq!(std::io::read_to_string(reader)?, "A");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn stdout(mut self, writer: impl std::io::Write + Send + 'static) -> Self {
        self.stdout = Some(Live(Box::new(writer)));
        self
    }

    /// Sends standard error to `writer` while the guest runs. [`Report::stderr`] is then empty.
    #[must_use]
    pub fn stderr(mut self, writer: impl std::io::Write + Send + 'static) -> Self {
        self.stderr = Some(Live(Box::new(writer)));
        self
    }

    /// Sets a register at the first instruction, such as `ax`, `ebx` or `r8`. The default is 0.
    ///
    /// ```
    /// use applet::Applet;
    ///
    /// let report = Applet::text("bits 64\n add rax, rax\n hlt\n").register("rax", 21).run()?;
    /// assert_eq!(report.registers.general[0], 42);
    /// # Ok::<(), applet::Error>(())
    /// ```
    #[must_use]
    pub fn register(mut self, name: impl Into<String>, value: u64) -> Self {
        self.choices.registers.push((name.into(), value));
        self
    }

    /// Sets the arguments, which port ARGS gives.
    #[must_use]
    pub fn args<T: Into<Vec<u8>>>(mut self, args: impl IntoIterator<Item = T>) -> Self {
        self.choices.args = args.into_iter().map(Into::into).collect();
        self
    }

    /// Makes the numbers of port RANDOM repeatable.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.choices.seed = Some(seed);
        self
    }

    /// Sets the CPU that runs it. The default is KVM where the host has it, else the software CPU.
    #[must_use]
    pub fn backend(mut self, backend: BackendChoice) -> Self {
        self.choices.backend = backend;
        self
    }

    /// Assembles the program and runs it in a fresh machine until it ends.
    ///
    /// A guest that faults or reaches a limit is an [`Outcome`], not an error.
    ///
    /// # Errors
    /// - [`Error::Read`]: the file cannot be read, or the text is larger than 64 MiB.
    /// - [`Error::Source`]: the source has errors.
    /// - [`Error::Code`]: iced cannot encode an instruction.
    /// - [`Error::Host`]: the image does not fit in memory, the settings contradict each other, or
    ///   a call to the system failed.
    pub fn run(&mut self) -> Result<Report, Error> {
        let mut sources = Sources::new();
        let program = self.program(&mut sources)?;
        let output = |writer: Option<Live>| writer.map_or(Output::Buffer(Vec::new()), Output::Live);
        let mut io = Io {
            input: Input::Bytes(self.input.clone(), 0),
            output: output(self.stdout.take()),
            error: output(self.stderr.take()),
        };
        let result =
            machine::run_to_registers(&program.image, &program.config(&self.choices), &mut io);
        // The writers stay with the applet for its next run.
        let stdout = collect(io.output, &mut self.stdout);
        let stderr = collect(io.error, &mut self.stderr);
        let (report, registers) = result.map_err(Error::Host)?;
        Ok(Report {
            outcome: report.outcome,
            stdout,
            stderr,
            registers,
            warnings: program.warnings,
            sources,
            stats: report.stats,
        })
    }

    /// Assembles the program and runs nothing.
    ///
    /// ```
    /// use applet::Applet;
    ///
    /// let image = Applet::text("bits 64\nstart: inc eax\n hlt\n").assemble()?;
    /// assert_eq!(image.bytes, [0xFF, 0xC0, 0xF4]);
    /// assert_eq!((image.symbols[0].name.as_str(), image.symbols[0].value), ("start", 0x10_0000));
    /// # Ok::<(), applet::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Source`] and [`Error::Code`], as in [`run`](Self::run).
    pub fn assemble(&mut self) -> Result<Image, Error> {
        Ok(self.program(&mut Sources::new())?.image)
    }

    fn program(&mut self, sources: &mut Sources) -> Result<Program, Error> {
        match &mut self.source {
            Source::Text(text) => {
                load_text(sources, "<text>", None, text.clone(), &Files::built_in(), &self.choices)
            }
            Source::File(path) => {
                let name = path.display().to_string();
                let (text, files) = files::read_named(path).map_err(|reason| Error::Read {
                    name: name.clone(),
                    reason: reason.to_string(),
                })?;
                load_text(sources, &name, Some(path), text, &files, &self.choices)
            }
            Source::Bytes(bytes) => Ok(raw(bytes.clone(), &self.choices)),
            #[cfg(feature = "code-asm")]
            Source::Code(assembler) => {
                let bits = Bits::try_from(assembler.bitness())
                    .map_err(|error| Error::Code(error.to_string()))?;
                let origin = self.choices.origin.unwrap_or(bits.mode().default_origin());
                let bytes =
                    assembler.assemble(origin).map_err(|error| Error::Code(error.to_string()))?;
                Ok(encoded(bits, origin, bytes))
            }
            #[cfg(feature = "code-asm")]
            Source::Instructions(bits, list) => {
                use iced_x86::{BlockEncoder, BlockEncoderOptions, InstructionBlock};
                let origin = self.choices.origin.unwrap_or(bits.mode().default_origin());
                let block = InstructionBlock::new(list, origin);
                let encoder = BlockEncoder::encode(bits.number(), block, BlockEncoderOptions::NONE);
                let result = encoder.map_err(|error| Error::Code(error.to_string()))?;
                Ok(encoded(*bits, origin, result.code_buffer))
            }
        }
    }
}

impl std::fmt::Debug for Applet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Applet").field("choices", &self.choices).finish_non_exhaustive()
    }
}

#[cfg(feature = "code-asm")]
fn encoded(bits: Bits, origin: u64, bytes: Vec<u8>) -> Program {
    let image = Image { bytes, origin, bits, ..Image::default() };
    Program { image, metadata: Metadata::default(), warnings: Vec::new() }
}

/// Assembles a text for [`Applet`].
fn load_text(
    sources: &mut Sources,
    name: &str,
    path: Option<&Path>,
    text: String,
    files: &Files,
    choices: &Choices,
) -> Result<Program, Error> {
    if text.len() as u64 > files::TEXT_LIMIT {
        let reason = format!("it is larger than {} MiB", files::TEXT_LIMIT >> 20);
        return Err(Error::Read { name: name.to_owned(), reason });
    }
    let main = sources.add(name, path, files::for_assembler(text));
    load(sources, main, files, choices).map_err(|diagnostics| {
        Error::Source(SourceError { diagnostics, sources: std::mem::take(sources) })
    })
}

/// The bytes of a buffer; a writer goes back to its place.
fn collect(output: Output, place: &mut Option<Live>) -> Vec<u8> {
    match output {
        Output::Buffer(bytes) => bytes,
        Output::File(_) => Vec::new(),
        Output::Live(writer) => {
            *place = Some(writer);
            Vec::new()
        }
    }
}

/// The result of a run.
///
/// ```
/// let report = applet::Applet::text("bits 64\n mov al, 'A'\n out 0xE1, al\n hlt\n").run()?;
/// assert_eq!(report.stdout, b"A");
/// assert_eq!(report.registers.general[0], u64::from(b'A'));
/// # Ok::<(), applet::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Report {
    /// How the guest ended.
    pub outcome: Outcome,
    /// The bytes of standard output.
    pub stdout: Vec<u8>,
    /// The bytes of standard error.
    pub stderr: Vec<u8>,
    /// The general registers, the instruction pointer and the flags at the end.
    pub registers: Registers,
    /// The warnings of the assembler.
    pub warnings: Vec<Diagnostic>,
    /// The texts that the spans of the warnings and of a fault refer to.
    pub sources: Sources,
    /// The cost of the run.
    pub stats: Stats,
}

impl Report {
    /// A fault with its source line, as text for people; `None` if the guest did not fault.
    ///
    /// ```
    /// let report = applet::Applet::text("bits 64\n ud2\n").run()?;
    /// assert!(report.explanation().unwrap().contains(" --> <text>:2:2\n"));
    /// # Ok::<(), applet::Error>(())
    /// ```
    #[must_use]
    pub fn explanation(&self) -> Option<String> {
        match &self.outcome {
            Outcome::Faulted(fault) => Some(self.sources.render(&explain(fault))),
            _ => None,
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read { name, reason } => write!(f, "cannot read {name}: {reason}"),
            Self::Source(error) => error.fmt(f),
            Self::Code(reason) => f.write_str(reason),
            Self::Host(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

/// Reads the metadata of the text `main` of `sources` and assembles it to run.
///
/// # Errors
/// All mistakes of the text, warnings among them.
pub fn load(
    sources: &mut Sources,
    main: FileId,
    files: &Files,
    choices: &Choices,
) -> Result<Program, Vec<Diagnostic>> {
    let default_origin = choices.origin.map_or(DefaultOrigin::ByMode, DefaultOrigin::At);
    let warnings = choices.warnings.clone();
    let prelude = choices.prelude.clone();
    let options = Options { default_origin, debug_info: true, warnings, prelude };
    assemble(sources, main, files, &options)
}

/// Reads the metadata of the text `main` of `sources` and assembles it with `options`.
///
/// # Errors
/// All mistakes of the text, warnings among them.
pub fn assemble(
    sources: &mut Sources,
    main: FileId,
    files: &Files,
    options: &Options,
) -> Result<Program, Vec<Diagnostic>> {
    let metadata = metadata::read(sources, main);
    let mut assembly = asm::assemble(sources, main, &Reader(files), options);
    if options.default_origin == DefaultOrigin::ByMode
        && let Ok(first) = &assembly
        && let Some(origin) = boot_sector::labels(&first.image)
    {
        if first.image.origin != origin {
            let options = Options { default_origin: DefaultOrigin::Zero, ..options.clone() };
            assembly = asm::assemble(sources, main, &Reader(files), &options);
        }
        if let Ok(assembly) = &mut assembly
            && assembly.image.origin == origin
        {
            assembly.image.origin = Mode::Real.default_origin();
        }
    }
    let (metadata, assembly) = match (metadata, assembly) {
        (Ok(metadata), Ok(assembly)) => (metadata, assembly),
        (metadata, assembly) => {
            let mut all = metadata.err().unwrap_or_default();
            all.extend(assembly.err().unwrap_or_default());
            return Err(all);
        }
    };
    let mut warnings = assembly.warnings;
    let mut more: Vec<_> = mode_warning(&metadata, &assembly.image).into_iter().collect();
    options.warnings.apply(&mut more);
    warnings.extend(more);
    if warnings.iter().any(|warning| warning.severity == Severity::Error) {
        return Err(warnings);
    }
    Ok(Program { image: assembly.image, metadata, warnings })
}

/// A flat binary for `choices`, which name its mode and where it is loaded.
#[must_use]
pub fn raw(bytes: Vec<u8>, choices: &Choices) -> Program {
    let mode = choices.mode.unwrap_or(Mode::Real);
    let image = Image {
        bytes,
        origin: choices.origin.unwrap_or(mode.default_origin()),
        bits: mode.bits(),
        ..Image::default()
    };
    Program { image, metadata: Metadata::default(), warnings: Vec::new() }
}

impl Program {
    /// The mode it starts in: as chosen, else as the metadata says, else as the code is.
    #[must_use]
    pub fn mode(&self, choices: &Choices) -> Mode {
        let said = choices.mode.or(self.metadata.mode.map(|(mode, _)| mode));
        said.unwrap_or(self.image.bits.mode())
    }

    /// The machine to run it in.
    #[must_use]
    pub fn config(&self, choices: &Choices) -> Config {
        let metadata = &self.metadata;
        let timeout = choices.timeout.or(metadata.timeout).or(choices.default_timeout);
        let ignore_ports = metadata.ignore_ports.unwrap_or(false);
        Config {
            ring: choices.ring.or(metadata.ring),
            memory: choices.memory.or(metadata.memory),
            ports: if ignore_ports { Ports::Ignore } else { Ports::Fault },
            timeout: timeout.and_then(Timeout::limit),
            max_output: choices.max_output,
            seed: choices.seed,
            registers: choices.registers.clone(),
            args: choices.args.clone(),
            backend: choices.backend,
            ..Config::new(self.mode(choices))
        }
    }
}

/// A fault as a mistake in the source: the message at the statement that made the instruction.
#[must_use]
pub fn explain(fault: &Fault) -> Diagnostic {
    let Some(origin) = &fault.origin else {
        let span = fault.span.unwrap_or(Span::NOWHERE);
        let diagnostic = Diagnostic::error(span, fault.message.as_str());
        return match &fault.help {
            Some(help) => diagnostic.help(help.as_str()),
            None => diagnostic,
        };
    };
    let span = origin.span.unwrap_or(Span::NOWHERE);
    let mut helps: Vec<&str> = origin.help.as_deref().into_iter().collect();
    // The help of endless recursion contains that of its origin.
    let help = fault.help.as_deref().unwrap_or_default();
    if helps.iter().any(|origin| help.contains(origin)) {
        helps.clear();
    }
    helps.push(help);
    let diagnostic = Diagnostic::error(span, fault.message.as_str());
    diagnostic.label("it came from here").help(helps.join(" ").trim())
}

/// A warning if the metadata promises another mode than the code is for.
fn mode_warning(metadata: &Metadata, image: &Image) -> Option<Diagnostic> {
    let (mode, span) = metadata.mode?;
    let bits = image.bits;
    if image.bytes.is_empty() || mode.bits() == bits {
        return None;
    }
    let message = format!(
        "{} mode runs {}-bit code, but this starts as {bits}-bit",
        mode.name(),
        mode.bits()
    );
    let help = format!("write `bits {}` before the first instruction", mode.bits());
    Some(Diagnostic::warning("mode", span, message).help(help))
}

/// Gives the assembler the files that an applet may read.
struct Reader<'a>(&'a Files);

impl Resolver for Reader<'_> {
    fn include(&self, name: &str, from: Option<&Path>) -> Result<Included, String> {
        let text = self.0.text(name, from)?;
        Ok(Included { name: text.name, path: text.path, text: text.text })
    }

    fn binary(&self, name: &str, from: Option<&Path>) -> Result<Vec<u8>, String> {
        self.0.bytes(name, from)
    }

    fn time(&self) -> u64 {
        self.0.time()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(not(feature = "code-asm"))]
    use crate::image::Bits;

    fn program(mode: Option<Mode>, bits: Bits) -> Program {
        let metadata = Metadata {
            mode: mode.map(|m| (m, Span::default())),
            memory: Some(1 << 20),
            timeout: Some(Timeout::After(Duration::from_secs(1))),
            ..Metadata::default()
        };
        let image = Image { bytes: vec![0xF4], bits, ..Image::default() };
        Program { image, metadata, warnings: Vec::new() }
    }

    #[test]
    fn a_choice_beats_the_metadata_which_beats_the_code() {
        let none = Choices::default();
        assert_eq!(program(None, Bits::Bits32).mode(&none), Mode::Protected);
        assert_eq!(program(Some(Mode::Long), Bits::Bits32).mode(&none), Mode::Long);
        let real = Choices { mode: Some(Mode::Real), ..Choices::default() };
        assert_eq!(program(Some(Mode::Long), Bits::Bits32).mode(&real), Mode::Real);

        let config = program(None, Bits::Bits16).config(&none);
        assert_eq!((config.memory, config.timeout), (Some(1 << 20), Some(Duration::from_secs(1))));
        let chosen = Choices {
            memory: Some(2 << 20),
            timeout: Some(Timeout::Never),
            default_timeout: Some(Timeout::After(Duration::from_secs(9))),
            ..Choices::default()
        };
        let config = program(None, Bits::Bits16).config(&chosen);
        assert_eq!((config.memory, config.timeout), (Some(2 << 20), None));
    }

    #[test]
    fn a_mode_that_the_code_is_not_for_is_warned_of() {
        let warned = |p: &Program| mode_warning(&p.metadata, &p.image).is_some();
        assert!(warned(&program(Some(Mode::Long), Bits::Bits16)));
        assert!(!warned(&program(Some(Mode::Long), Bits::Bits64)));
        assert!(!warned(&program(None, Bits::Bits64)));
    }
}
