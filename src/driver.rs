//! The way of an applet on one page: text, metadata, image, machine, outcome.
//!
//! Joins the stages and decides nothing but precedence: a choice of the caller beats the metadata,
//! which beats what the code says. Knows no command line and prints nothing.

use crate::applet::files::Files;
use crate::applet::metadata::{self, Metadata};
use crate::applet::value::Timeout;
use crate::asm::syntax::warning::Switches;
use crate::asm::{self, DefaultOrigin, Included, Options, Resolver};
use crate::diagnostic::render::{Paint, render};
use crate::diagnostic::{Diagnostic, FileId, Severity, Sources, Span};
use crate::image::{Image, Mode};
use crate::machine;
use crate::machine::config::{BackendChoice, Config, Io, Ports};
use crate::machine::outcome::{Fault, HostError, Report};
use std::path::Path;

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

/// Why a text could not be run.
#[derive(Debug)]
pub enum Error {
    /// It is not a program: its mistakes, with their source lines.
    Source(String),
    /// The host cannot run it.
    Host(HostError),
}

/// Assembles `text`, which may include only `stdlib/`, and runs it with `io`.
///
/// # Errors
/// It has mistakes, or the host cannot run it. A guest that ends badly is no error.
pub fn run(text: &str, choices: &Choices, io: &mut Io) -> Result<Report, Error> {
    let mut sources = Sources::new();
    let main = sources.add("<text>", None, text.to_owned());
    let program = load(&mut sources, main, &Files::built_in(), choices).map_err(|mistakes| {
        let drawn = mistakes.iter().map(|mistake| render(&sources, mistake, Paint::Plain));
        Error::Source(drawn.collect::<Vec<_>>().join("\n"))
    })?;
    machine::run(&program.image, &program.config(choices), io).map_err(Error::Host)
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Source(mistakes) => f.write_str(mistakes),
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
    assemble(sources, main, files, &Options { default_origin, debug_info: true, warnings })
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
    let assembly = asm::assemble(sources, main, &Reader(files), options);
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
    let span = fault.span.unwrap_or(Span::NOWHERE);
    let diagnostic = Diagnostic::error(span, fault.message.as_str());
    match &fault.help {
        Some(help) => diagnostic.help(help.as_str()),
        None => diagnostic,
    }
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Bits;
    use std::time::Duration;

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
