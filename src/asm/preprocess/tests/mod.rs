//! Tests of the preprocessor: against what `nasm -E` makes of the same text, and of what it says
//! about mistakes.

mod limits;
mod mistakes;
mod oracle;
mod places;

use super::Preprocessor;
use crate::asm::syntax::ast::Value;
use crate::asm::value::expression::Environment;
use crate::asm::{Included, Resolver};
use crate::diagnostic::{Diagnostic, Sources};
use std::path::Path;

/// Knows one label, and files by name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct World<'a> {
    pub(super) files: &'a [(&'a str, &'a str)],
}

impl Environment for World<'_> {
    fn symbol(&self, name: &str) -> Option<Value> {
        (name == "known").then_some(Value { number: 7, ..Value::default() })
    }
    fn parent(&self) -> &str {
        ""
    }
    fn here(&self) -> Value {
        Value { number: 16, ..Value::default() }
    }
    fn section_start(&self) -> Value {
        Value::default()
    }
}

impl Resolver for World<'_> {
    fn include(&self, name: &str, _from: Option<&Path>) -> Result<Included, String> {
        let file = self.files.iter().find(|(n, _)| *n == name).ok_or("no such file")?;
        Ok(Included { name: name.to_owned(), path: None, text: file.1.to_owned() })
    }
    fn binary(&self, _name: &str, _from: Option<&Path>) -> Result<Vec<u8>, String> {
        Err("no such file".to_owned())
    }
}

/// What came of a text.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) lines: Vec<String>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) depends_on_layout: bool,
    pub(super) sources: Sources,
}

impl Output {
    pub(super) fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// `line:column: message (label) [help] {line: note}` for each diagnostic.
    pub(super) fn said(&self) -> Vec<String> {
        let place = |span| {
            let p = self.sources.position(span);
            format!("{}:{}:{}", p.file, p.line, p.column)
        };
        let one = |d: &Diagnostic| {
            let mut text = format!("{}: {} ({})", place(d.span), d.message, d.label);
            if let Some(help) = &d.help {
                text += &format!(" [{help}]");
            }
            for note in &d.notes {
                text += &format!(" {{{}: {}}}", place(note.span), note.message);
            }
            text
        };
        self.diagnostics.iter().map(one).collect()
    }
}

/// Preprocesses a text. Lines are given with one space between all tokens that have any.
pub(super) fn run_in(world: World<'_>, text: &str) -> Output {
    let mut sources = Sources::new();
    let main = sources.add("t", None, text.to_owned());
    let mut preprocessor = Preprocessor::new(&mut sources, main, &world);
    let (mut lines, mut line) = (Vec::new(), Vec::new());
    while preprocessor.next_line(&world, &mut line) {
        assert!(!line.is_empty(), "an empty line came out");
        if lines.len() < 10_000 {
            lines.push(preprocessor.join(&line));
        }
    }
    let diagnostics = preprocessor.take_diagnostics();
    let depends_on_layout = preprocessor.depends_on_layout();
    Output { lines, diagnostics, depends_on_layout, sources }
}

pub(super) fn run(text: &str) -> Output {
    run_in(World::default(), text)
}

/// The lines of a text without mistakes.
pub(super) fn good(text: &str) -> String {
    let made = run(text);
    assert_eq!(made.said(), [""; 0], "in {text}");
    made.text()
}
