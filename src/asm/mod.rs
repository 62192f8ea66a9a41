//! The assembler: source text in, an [`Image`] or a list of diagnostics out.
//!
//! A folder is a stage, and a stage uses only the stages above it in this table. A line of source
//! goes through them in this order:
//!
//! | stage | what happens to a line |
//! |---|---|
//! | [`syntax`] | the lexer cuts it into tokens and looks up each name among the words of the language |
//! | `options` | (what the caller passes in: options, and a reader of included files) |
//! | `value` | expressions are read and evaluated; symbols and constants get their values |
//! | `line_cache` | (a cache of the bytes of instruction lines) |
//! | `preprocess` | `%` directives take effect and macros are expanded: one line can become many, or none |
//! | `encode` | a row of the instruction table and its operands become bytes |
//! | `select` | the row that NASM would choose for an instruction is found |
//! | `object` | bytes are appended to a section; a statement of unknown length becomes a record |
//! | `parser` | each expanded line is read as a label, a directive or an instruction, and fills the object |
//! | `layout` | passes settle the length of each record and the address of each label, and the file is written |
//!
//! `line_cache` is a shortcut: if the text of an instruction line was seen before, its bytes are
//! copied.
//!
//! [`assemble`] runs the stages. If the preprocessor uses an address, as in `%if $ > 512`, the
//! source is read again until the answers no longer change. Files are read through the [`Resolver`]
//! that the caller passes in.

mod encode;
mod layout;
mod line_cache;
mod object;
mod options;
mod parser;
mod preprocess;
mod select;
pub mod syntax;
#[cfg(test)]
mod tests;
mod value;

pub use options::{DefaultOrigin, Included, Options, Resolver};
pub use preprocess::Macro;

use crate::diagnostic::{Diagnostic, FileId, Severity, Sources, Span};
use crate::image::{Bits, Image};
use layout::debug;
use layout::emit::{self, Emitter};
use line_cache::{Ahead, LineCache, LineState};
use parser::dialect;
use parser::{Earlier, Parser};
use preprocess::{Preprocessor, Refused};
use syntax::index;
use syntax::mistake::{Location, MAX_DIAGNOSTICS};
use syntax::token::Token;
use syntax::warning::Switches;

/// The result of an assembly.
#[derive(Clone, Debug)]
pub struct Assembly {
    /// The flat binary.
    pub image: Image,
    /// The warnings.
    pub warnings: Vec<Diagnostic>,
    /// The macros that are defined at its end, with [`Options::debug_info`].
    pub macros: Vec<Macro>,
    /// The number of passes until all lengths were settled.
    pub passes: u32,
}

/// Assembles the text `main` of `sources`. The texts that it includes are added to `sources`.
///
/// # Errors
///
/// All errors and warnings of the source, sorted by place.
pub fn assemble(
    sources: &mut Sources,
    main: FileId,
    resolver: &dyn Resolver,
    options: &Options,
) -> Result<Assembly, Vec<Diagnostic>> {
    if sources.get(main).is_some_and(|source| u32::try_from(source.text.len()).is_err()) {
        let span = Span::new(main, 0, 0);
        return Err(vec![Diagnostic::error(span, "the source is too large: 4 GiB or more")]);
    }
    let mut earlier = Earlier::default();
    let mut bytes_before = None;
    for run in 1.. {
        let mut reading = Reading::new(sources, main, resolver, options);
        reading.read(std::mem::take(&mut earlier));
        let depends = reading.preprocessor.depends_on_layout();
        let outcome = reading.finish();
        if !depends || outcome.has_errors() || bytes_before.as_ref() == Some(&outcome.image.bytes) {
            return outcome.into_result().map_err(|all| dialect::summarize(sources, main, all));
        }
        if run == layout::MAX_RUNS {
            let span = Span::new(main, 0, 0);
            let message = format!(
                "the preprocessor asks for addresses, and its answers change them: not settled \
                 after {run} readings"
            );
            return Err(vec![Diagnostic::error(span, message)]);
        }
        (earlier, bytes_before) = (outcome.earlier, Some(outcome.image.bytes));
    }
    Err(Vec::new())
}

/// One reading of the source.
struct Reading<'a> {
    preprocessor: Preprocessor<'a>,
    parser: Parser<'a>,
    /// The diagnostics since the last change of the warning switches.
    diagnostics: Vec<Diagnostic>,
    /// The earlier diagnostics, without those that are switched off.
    heard: Vec<Diagnostic>,
    /// Whether one of them is an error.
    has_errors: bool,
    /// The diagnostic that says that there are too many.
    too_many: Option<Diagnostic>,
    options: &'a Options,
    main: FileId,
}

/// The result of one reading.
struct Outcome {
    image: Image,
    diagnostics: Vec<Diagnostic>,
    macros: Vec<Macro>,
    passes: u32,
    earlier: Earlier,
}

impl<'a> Reading<'a> {
    fn new(
        sources: &'a mut Sources,
        main: FileId,
        resolver: &'a dyn Resolver,
        options: &'a Options,
    ) -> Self {
        let location = Location { span: Span::new(main, 0, 0), ..Location::default() };
        let mut preprocessor = Preprocessor::new(sources, main, resolver);
        preprocessor.read_first(&options.prelude);
        Self {
            preprocessor,
            parser: Parser::new(resolver, location, options),
            diagnostics: Vec::new(),
            heard: Vec::new(),
            has_errors: false,
            too_many: None,
            options,
            main,
        }
    }

    /// Reads all lines.
    fn read(&mut self, earlier: Earlier) {
        self.parser.earlier = earlier;
        let mut line = Vec::new();
        let mut cache = LineCache::default();
        loop {
            let ahead = self.take_over(&mut cache);
            if !self.preprocessor.next_line(&self.parser, &mut line) {
                break;
            }
            let before = self.diagnostics.len();
            self.parser.line(&line, &self.preprocessor, &mut self.diagnostics);
            if let Some(ahead) = ahead {
                self.keep(&mut cache, &ahead, &line);
            }
            if let Some(refused) = self.preprocessor.take_refused_macro() {
                self.explain_refused(&refused, before);
            }
            if self.diagnostics.len() > before && self.is_too_much(before) {
                break;
            }
            if let Some(switches) = self.parser.turns.take_before() {
                self.hear(&switches);
            }
        }
        self.parser.finish(&self.preprocessor, &mut self.diagnostics);
        let switches = self.parser.turns.now().clone();
        if switches.is_heard("unused-define") {
            self.diagnostics.extend(self.preprocessor.unused_macros(self.main));
        }
        self.hear(&switches);
        self.heard.extend(self.too_many.clone());
    }

    /// Appends the bytes of cached lines without parsing them. Returns the first line that is not
    /// in the cache, if it can be cached.
    fn take_over(&mut self, cache: &mut LineCache) -> Option<Ahead> {
        loop {
            let (text, ahead) = self.preprocessor.ahead()?;
            let state = self.state();
            let known = cache.find(text, &ahead, state);
            let Some((code, next)) = known.zip(ahead.next_line(text)) else { return Some(ahead) };
            let span = Span::new(self.main, index(ahead.start), index(ahead.end));
            if !self.parser.repeat(code, span) {
                return Some(ahead);
            }
            self.preprocessor.skip_line(next);
        }
    }

    /// Caches the bytes of a line that was parsed, if they do not depend on its place.
    fn keep(&self, cache: &mut LineCache, ahead: &Ahead, line: &[Token]) {
        let stands_there = line.first().is_some_and(|t| t.span.start as usize == ahead.start);
        if let Some(code) = self.parser.repeatable()
            && self.preprocessor.was_plain()
            && stands_there
        {
            let source = self.preprocessor.sources().get(self.main);
            let text = source.map_or(&[][..], |source| source.text.as_bytes());
            cache.keep(text, ahead, self.state(), code);
        }
    }

    fn state(&self) -> LineState {
        let Parser { bits, default_rel, .. } = self.parser;
        LineState { bits: bits.into(), default_rel, macros: self.preprocessor.macro_changes() }
    }

    /// Adds the diagnostics to the earlier ones, without those that are switched off.
    fn hear(&mut self, switches: &Switches) {
        self.diagnostics.extend(self.preprocessor.take_diagnostics());
        switches.apply(&mut self.diagnostics);
        self.heard.append(&mut self.diagnostics);
    }

    /// Handles too many diagnostics, of which those from `before` on are new. Returns true after
    /// too many errors, which end the reading. Too many warnings are dropped.
    fn is_too_much(&mut self, before: usize) -> bool {
        let new = self.diagnostics.get(before..).unwrap_or_default();
        self.has_errors |= new.iter().any(|d| d.severity == Severity::Error);
        let Some(span) = new.first().map(|d| d.span) else { return false };
        if self.heard.len() + self.diagnostics.len() <= MAX_DIAGNOSTICS {
            return false;
        }
        let switches = self.parser.turns.now().clone();
        self.hear(&switches);
        if self.heard.len() <= MAX_DIAGNOSTICS {
            return false;
        }
        let rest = self.heard.split_off(MAX_DIAGNOSTICS);
        self.heard.extend(rest.into_iter().filter(|d| d.severity == Severity::Error));
        self.has_errors |= self.heard.len() > MAX_DIAGNOSTICS;
        let message = format!("there are more than {MAX_DIAGNOSTICS} mistakes");
        let said = match self.has_errors {
            true => Diagnostic::error(span, message),
            false => Diagnostic::warning("other", span, message),
        };
        let said = Diagnostic { label: "the others are not shown".to_owned(), ..said };
        self.too_many = Some(self.too_many.take().filter(|_| !self.has_errors).unwrap_or(said));
        self.has_errors
    }

    /// Replaces the diagnostics from `before` on about a macro that cannot be used here: that its
    /// name is not an instruction, or that it is a label. If the name is an instruction there is no
    /// such diagnostic, and a warning is added if `warns` is set.
    fn explain_refused(&mut self, refused: &Refused, before: usize) {
        let Refused { diagnostic: refused, warns } = refused;
        let name = Some("pp-macro-params-multi");
        let warning = Diagnostic { severity: Severity::Warning, name, ..refused.clone() };
        let mut found = false;
        for diagnostic in self.diagnostics.iter_mut().skip(before) {
            if diagnostic.span == refused.span {
                let is_error = diagnostic.severity == Severity::Error;
                match (is_error, warns) {
                    (true, _) => *diagnostic = refused.clone(),
                    (false, true) => *diagnostic = warning.clone(),
                    (false, false) => {}
                }
                found = true;
            }
        }
        if !found && *warns {
            self.diagnostics.push(warning);
        }
    }

    /// Computes the layout and writes the output.
    fn finish(mut self) -> Outcome {
        let bits = self.parser.first_bits.unwrap_or_default();
        let Parser { object, scratch, turns, .. } = &mut self.parser;
        let mut diagnostics = self.heard;
        object.default_origin = match self.options.default_origin {
            DefaultOrigin::Zero => 0,
            DefaultOrigin::At(address) => address.cast_signed(),
            DefaultOrigin::ByMode => bits.mode().default_origin().cast_signed(),
        };
        for mistake in layout::equ::break_up(object) {
            diagnostics.push(mistake.into_diagnostic(&self.preprocessor));
        }
        let (mut bytes, mut passes) = (Vec::new(), 0);
        match layout::passes::settle(object, scratch) {
            // A part of the source was not read, so missing symbols are not reported.
            Ok(_) if self.has_errors && self.too_many.is_some() => {}
            Ok(count) => {
                passes = count;
                bytes = emit::take_plain(object).unwrap_or_else(|| {
                    let (preprocessor, diagnostics) = (&self.preprocessor, &mut diagnostics);
                    Emitter::new(object, preprocessor, scratch, turns, diagnostics).emit()
                });
            }
            Err(mistake) => diagnostics.push(mistake.into_diagnostic(&self.preprocessor)),
        }
        // `--origin zero` means that the program is not for `run`, so its address and segments are
        // unknown.
        if bits == Bits::Bits16
            && self.options.default_origin != DefaultOrigin::Zero
            && let Some(mistake) = layout::sections::beyond_reach(object)
        {
            let mut found = vec![mistake.into_diagnostic(&self.preprocessor)];
            turns.now().apply(&mut found);
            diagnostics.append(&mut found);
        }
        let origin = object.origin.map_or(object.default_origin, |(origin, _)| origin);
        let mut image = Image { bytes, origin: origin.cast_unsigned(), bits, ..Image::default() };
        let mut macros = Vec::new();
        if self.options.debug_info {
            image.lines = debug::lines(object);
            image.symbols = debug::symbols(object, &self.preprocessor);
            macros = self.preprocessor.macros();
        }
        let earlier = if self.preprocessor.depends_on_layout() {
            debug::earlier(object)
        } else {
            Earlier::default()
        };
        diagnostics.sort_by_key(|d| (d.span.file, d.span.start, d.span.end));
        diagnostics.dedup();
        Outcome { image, diagnostics, macros, passes, earlier }
    }
}

impl Outcome {
    fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }

    fn into_result(self) -> Result<Assembly, Vec<Diagnostic>> {
        if self.has_errors() {
            return Err(self.diagnostics);
        }
        let Self { image, diagnostics: warnings, macros, passes, .. } = self;
        Ok(Assembly { image, warnings, macros, passes })
    }
}
