//! An applet as one text that needs nothing else: what it includes is put in, with where it comes
//! from, a hash, and its cases.
//!
//! The text is plain NASM source. That it is still the same program is not argued but checked: it
//! is assembled without any file in reach, and its bytes are compared. Prints nothing and does not
//! know how the text travels.

pub mod html;
mod inline;
mod line;
#[cfg(test)]
mod tests;
mod trace;

use crate::applet::files::Files;
use crate::applet::line::LIMIT;
use crate::applet::metadata::Metadata;
use crate::applet::{case, library, provenance};
use crate::asm::{DefaultOrigin, Options};
use crate::diagnostic::{Diagnostic, FileId, Sources};
use crate::driver::{self, Program};
use inline::Style;
use std::path::Path;

/// Bytes of the largest case that an applet carries.
pub const CASE_LIMIT: usize = 16 << 10;

/// What the caller wants of the text.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// What the applet is called, if it does not say so itself.
    pub name: Option<String>,
    /// What it is shared from, if it was not shared before.
    pub origin: Option<String>,
    /// Cases for it to carry, besides those that it has.
    pub cases: Vec<case::Case>,
    /// Whether `%include "stdlib/…"` stays: shorter, and every `applet` has these files.
    pub keep_stdlib: bool,
}

/// An applet to be handed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The text.
    pub text: String,
    /// Cases that it does not carry, and why.
    pub left_out: Vec<(String, String)>,
}

/// Why there is no such text.
#[derive(Clone, Debug)]
pub enum Error {
    /// It does not assemble.
    Source(Vec<Diagnostic>),
    /// It cannot be one text: the reason, in words for the user.
    Refused(String),
}

/// A text that includes only `stdlib/`, as one that needs nothing else: what a session shares.
///
/// # Errors
/// The first mistake of the text, or why it cannot stand alone.
pub fn of_text(text: &str, name: Option<&str>) -> Result<String, String> {
    let mut sources = Sources::new();
    let main = sources.add("<text>", None, text.to_owned());
    let wishes = Wishes { name: name.map(str::to_owned), ..Wishes::default() };
    match self::text(&mut sources, main, &Files::built_in(), wishes) {
        Ok(shared) => Ok(shared.text),
        Err(Error::Refused(reason)) => Err(reason),
        Err(Error::Source(mistakes)) => {
            Err(mistakes.first().map_or_else(String::new, |mistake| mistake.message.clone()))
        }
    }
}

/// The text `main` of `sources` with all that it reads through `files` put in.
///
/// # Errors
/// It does not assemble, or cannot be one text.
pub fn text(
    sources: &mut Sources,
    main: FileId,
    files: &Files,
    wishes: Wishes,
) -> Result<Shared, Error> {
    let origins = [DefaultOrigin::Zero, DefaultOrigin::ByMode];
    let mut programs = Vec::new();
    for origin in origins {
        let options = Options { default_origin: origin, ..Options::default() };
        let program = driver::assemble(sources, main, files, &options);
        programs.push(program.map_err(Error::Source)?);
    }
    let metadata = programs.first().map(|first| first.metadata.clone()).unwrap_or_default();
    let mut why = String::new();
    for style in [Style::Brief, Style::Whole] {
        let inlined = inline::expand(sources, main, files, style, wishes.keep_stdlib);
        let shared = compose(inlined.map_err(Error::Refused)?, &metadata, &wishes);
        match differs(&shared.text, sources, main, &programs, &origins, wishes.keep_stdlib) {
            None => return Ok(shared),
            Some(reason) => why = reason,
        }
    }
    Err(Error::Refused(format!(
        "with what it includes put in, it is no longer the same program ({why}): a name of a file \
         that a macro makes up, and `incbin` inside a macro, cannot be replaced"
    )))
}

/// The text with its provenance and cases.
fn compose(mut text: String, metadata: &Metadata, wishes: &Wishes) -> Shared {
    let mut left_out = Vec::new();
    let (carried, _) = case::read(&text);
    let mut blocks = String::new();
    for case in &wishes.cases {
        if carried.iter().any(|c| c.case.name == case.name) {
            continue;
        }
        let size = case.size();
        let reason = match case.print() {
            Ok(_) if size > CASE_LIMIT => {
                format!("its {} KiB are more than {}", size.div_ceil(1024), CASE_LIMIT >> 10)
            }
            Ok(block) => {
                blocks.extend(["\n", &block]);
                continue;
            }
            Err(reason) => reason,
        };
        left_out.push((case.name.clone(), reason));
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    if !left_out.is_empty() {
        let names: Vec<_> =
            left_out.iter().map(|(name, _)| name.escape_debug().to_string()).collect();
        text.extend(["\n; Cases that are too large to be carried: ", &names.join(", "), ".\n"]);
    }
    text.push_str(&blocks);
    let name = metadata.name.clone().or_else(|| wishes.name.clone());
    let name = name.filter(|name| library::check_name(name).is_ok());
    let origin = metadata.origin.clone().or_else(|| wishes.origin.clone());
    let text = provenance::with(&text, [name.as_deref(), origin.as_deref(), None]);
    Shared { text, left_out }
}

/// How `text` is another program than `programs`, each assembled at its of `origins`.
fn differs(
    text: &str,
    sources: &Sources,
    main: FileId,
    programs: &[Program],
    origins: &[DefaultOrigin],
    keep_stdlib: bool,
) -> Option<String> {
    if text.len() > LIMIT {
        return Some(format!("it is larger than {} MiB", LIMIT >> 20));
    }
    let source = sources.get(main)?;
    let files = if keep_stdlib { Files::built_in() } else { Files::none() };
    for (program, &default_origin) in programs.iter().zip(origins) {
        let mut alone = Sources::new();
        let path: Option<&Path> = source.path.as_deref();
        let main = alone.add(source.name.as_str(), path, text.to_owned());
        let options = Options { default_origin, ..Options::default() };
        match driver::assemble(&mut alone, main, &files, &options) {
            Err(mistakes) => {
                return Some(mistakes.first().map_or_else(String::new, |m| m.message.clone()));
            }
            Ok(other) if other.image.bytes != program.image.bytes => {
                return Some("its bytes differ".to_owned());
            }
            Ok(other) if other.image.origin != program.image.origin => {
                return Some("it is loaded elsewhere".to_owned());
            }
            Ok(_) => {}
        }
    }
    None
}
