//! The macros that are always there: `__LINE__` and family, and the packages of `%use`.
//!
//! Each has two names, `__NAME__` and `__?NAME?__`. They are made when they are first met. The few
//! directives that change what they stand for (`bits`, `section`) are noticed here as they pass.

use super::Preprocessor;
use super::input::Input;
use super::single::Meaning;
use crate::asm::syntax::lexer::filter::Filter;
use crate::asm::syntax::lexer::string;
use crate::asm::syntax::token::{Token, TokenKind};
use crate::diagnostic::Sources;

/// Macros that stand for something else at each place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Magic {
    Line,
    File,
    Bits,
    Section,
}

/// What a standard macro stands for.
#[derive(Clone, Copy, Debug)]
enum Row {
    Text(&'static str),
    Magic(Magic),
}

/// The standard macros. The version is that of the assembler whose language this is; the pass is
/// that in which code is made; the time is the epoch.
const ROWS: &[(&str, Row)] = &[
    ("LINE", Row::Magic(Magic::Line)),
    ("FILE", Row::Magic(Magic::File)),
    ("BITS", Row::Magic(Magic::Bits)),
    ("SECT", Row::Magic(Magic::Section)),
    ("NASM_MAJOR", Row::Text("2")),
    ("NASM_MINOR", Row::Text("16")),
    ("NASM_SUBMINOR", Row::Text("1")),
    ("NASM_PATCHLEVEL", Row::Text("0")),
    ("NASM_VERSION_ID", Row::Text("002100100h")),
    ("NASM_VER", Row::Text("\"2.16.01\"")),
    ("OUTPUT_FORMAT", Row::Text("bin")),
    ("PASS", Row::Text("2")),
    ("DATE", Row::Text("'1970-01-01'")),
    ("TIME", Row::Text("'00:00:00'")),
    ("DATE_NUM", Row::Text("19700101")),
    ("TIME_NUM", Row::Text("0")),
    ("UTC_DATE", Row::Text("'1970-01-01'")),
    ("UTC_TIME", Row::Text("'00:00:00'")),
    ("UTC_DATE_NUM", Row::Text("19700101")),
    ("UTC_TIME_NUM", Row::Text("0")),
    ("POSIX_TIME", Row::Text("0")),
];

/// Directives of the assembler that change what standard macros stand for.
const HOOKS: &[&str] = &["bits", "use16", "use32", "use64", "section", "segment", "absolute"];

/// A package of macros.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Package {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

/// The packages of `%use`.
pub(super) const PACKAGES: &[Package] = &[
    Package { name: "altreg", text: include_str!("packages/altreg.inc") },
    Package { name: "fp", text: include_str!("packages/fp.inc") },
    Package { name: "ifunc", text: include_str!("packages/ifunc.inc") },
    Package { name: "smartalign", text: include_str!("packages/smartalign.inc") },
];

/// What the standard macros stand for at the current place.
#[derive(Debug, Default)]
pub(super) struct State {
    bits: u64,
    /// The directive, with its brackets.
    section: String,
    used: Vec<&'static str>,
}

impl State {
    /// Whether a package is in use.
    pub(super) fn uses(&self, package: &Package) -> bool {
        self.used.contains(&package.name)
    }

    pub(super) fn add(&mut self, package: &Package) {
        let known = PACKAGES.iter().find(|p| *p == package);
        self.used.extend(known.map(|p| p.name));
    }

    /// Notices a directive that changes what standard macros stand for.
    pub(super) fn see(&mut self, sources: &Sources, line: &[Token]) {
        let is_open = |t: &Token| sources.text(t.span) == "[";
        let (line, is_bracketed) = match line {
            [open, inner @ .., _] if is_open(open) => (inner, true),
            line => (line, false),
        };
        let [first, rest @ ..] = line else { return };
        let word = sources.text(first.span);
        let Some(&word) = HOOKS.iter().find(|hook| hook.eq_ignore_ascii_case(word)) else { return };
        if first.kind != TokenKind::Identifier {
            return;
        }
        match (word, rest) {
            ("use16", _) => self.bits = 16,
            ("use32", _) => self.bits = 32,
            ("use64", _) => self.bits = 64,
            ("bits", [number, ..]) => self.bits = number.number,
            ("bits", []) => {}
            // In brackets these change the section for the moment, and `__?SECT?__` leads back.
            _ if is_bracketed => {}
            _ => {
                self.section = format!("[{word}");
                for token in rest {
                    if token.space_before {
                        self.section.push(' ');
                    }
                    self.section.push_str(sources.text(token.span));
                }
                self.section.push(']');
            }
        }
    }
}

/// The names of all of them, and the hooks: made when the assembler is compiled, since every
/// program begins with it.
pub(super) const NAMES: Filter = {
    let mut filter = Filter::EMPTY;
    let mut i = 0;
    while i < ROWS.len() {
        let name = ROWS[i].0.as_bytes();
        add_between(&mut filter, b"__", name, b"__");
        add_between(&mut filter, b"__?", name, b"?__");
        i += 1;
    }
    i = 0;
    while i < HOOKS.len() {
        filter.add(HOOKS[i].as_bytes());
        i += 1;
    }
    filter
};

const fn add_between(filter: &mut Filter, before: &[u8], name: &[u8], behind: &[u8]) {
    let mut text = [0; 32];
    let mut length = 0;
    let mut part = 0;
    while part < 3 {
        let bytes = [before, name, behind][part];
        let mut i = 0;
        while i < bytes.len() {
            text[length] = bytes[i];
            length += 1;
            i += 1;
        }
        part += 1;
    }
    filter.add(text.split_at(length).0);
}

impl Preprocessor<'_> {
    /// Makes the standard macro of this name (in lower case), if there is one that was not made
    /// or undefined before.
    pub(super) fn define_standard(&mut self, key: &str) {
        if self.singles.contains_key(key) {
            return;
        }
        let inner = key.strip_prefix("__").and_then(|k| k.strip_suffix("__")).unwrap_or("");
        let name = inner.strip_prefix('?').and_then(|k| k.strip_suffix('?')).unwrap_or(inner);
        let Some((_, row)) = ROWS.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)) else {
            return;
        };
        self.singles.insert(key.to_owned(), Vec::new());
        let text = key.to_ascii_uppercase();
        let at = self.current();
        let mut tokens = Vec::new();
        let value = match row {
            Row::Text(text) => text,
            Row::Magic(_) => "",
        };
        if !self.make(&format!("{text} {value}"), &at, &mut tokens) || tokens.is_empty() {
            return;
        }
        let name = tokens.remove(0);
        let meaning = match row {
            Row::Text(_) => Meaning::Tokens(tokens),
            Row::Magic(magic) => Meaning::Magic(*magic),
        };
        self.bind(&name, false, None, meaning);
    }

    /// What a macro stands for here.
    pub(super) fn magic(&mut self, magic: Magic, token: &Token, body: &mut Vec<Token>) {
        let file = self.frames.iter().rev().find_map(|frame| match &frame.input {
            Input::File(file) => Some(file),
            _ => None,
        });
        let text = match magic {
            Magic::Line => self.line_number().to_string(),
            Magic::File => {
                let known = || file.and_then(|f| self.sources.get(f.id)).map(|s| s.name.clone());
                let name = file.and_then(|f| f.line_name.clone()).or_else(known);
                string::quote(name.unwrap_or_default().as_bytes())
            }
            Magic::Bits => match self.standard.bits {
                0 => "16".to_owned(),
                bits => bits.to_string(),
            },
            Magic::Section => match self.standard.section.as_str() {
                "" => "[section .text]".to_owned(),
                section => section.to_owned(),
            },
        };
        self.make(&text, token, body);
    }
}
