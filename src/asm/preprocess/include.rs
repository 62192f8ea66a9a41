//! Text outside the main source: `%include`, `%use` with its packages, and the standard macros such
//! as `__LINE__`. Also `%line`.
//!
//! Files are read through the [`Resolver`](crate::asm::Resolver). Each standard macro has two
//! names, `__NAME__` and `__?NAME?__`, and is defined when a program first uses it. Some directives
//! of the assembler (`bits`, `section`) change the value of a standard macro, so the preprocessor
//! reads them too.

use super::define::Meaning;
use super::input::{Frame, Input};
use super::{Preprocessor, limits};
use crate::asm::syntax::lexer::filter::Filter;
use crate::asm::syntax::lexer::string;
use crate::asm::syntax::token::{Origin, Token, TokenKind};
use crate::asm::value::expression::Environment;
use crate::diagnostic::{FileId, Sources, nearest};

impl Preprocessor<'_> {
    /// The file name in the rest of a directive: a string, or the text itself.
    pub(super) fn file_name(&mut self, directive: &Token, tokens: &[Token]) -> Option<String> {
        let word = self.sources.text(directive.span);
        let diagnostic = match tokens {
            [token] if token.kind == TokenKind::String => {
                let bytes = string::decode(self.sources.text(token.span)).into_owned();
                match String::from_utf8(bytes) {
                    Ok(name) => return Some(name),
                    Err(_) => self.error(token, "this file name is not text").label("not UTF-8"),
                }
            }
            [token, ..] if token.kind == TokenKind::Unknown => self.explain(token),
            [] => self
                .error(directive, format!("`{word}` needs the name of a file"))
                .label("nothing follows it")
                .help(format!("such as `{word} \"name.inc\"`")),
            tokens => return Some(self.join(tokens).trim_matches(['<', '>']).to_owned()),
        };
        self.report(diagnostic);
        None
    }

    /// `%include`
    pub(super) fn include(
        &mut self,
        environment: &dyn Environment,
        directive: &Token,
        rest: &[Token],
    ) {
        let mut tokens = rest.to_vec();
        if !self.expand(environment, &mut tokens) {
            return;
        }
        let Some(name) = self.file_name(directive, &tokens) else { return };
        let at = tokens.first().copied().unwrap_or(*directive);
        let files = self.frames.iter().filter(|f| matches!(f.input, Input::File(_))).count();
        if files > limits::INCLUDE_DEPTH {
            let most = limits::INCLUDE_DEPTH;
            let diagnostic = self
                .error(&at, format!("files include each other more than {most} deep"))
                .label("this file is not included")
                .help("guard the file with `%ifndef` against a second inclusion");
            self.report(diagnostic);
            self.ended = true;
            return;
        }
        let from = self.file().and_then(|id| self.sources.get(id)).and_then(|s| s.path.clone());
        match self.resolver.include(&name, from.as_deref()) {
            Ok(included) if u32::try_from(included.text.len()).is_err() => {
                let diagnostic =
                    self.error(&at, format!("`{name}` is too large")).label("4 GiB or more");
                self.report(diagnostic);
            }
            Ok(included) => {
                let same = self.sources.find(&included.name).filter(|&id| {
                    self.sources
                        .get(id)
                        .is_some_and(|s| s.text == included.text && s.path == included.path)
                });
                let id = same.unwrap_or_else(|| {
                    self.sources.add(included.name, included.path.as_deref(), included.text)
                });
                self.frames.push(Frame::file(id, Some(*directive)));
            }
            Err(why) => {
                let diagnostic = self
                    .error(&at, format!("cannot include `{name}`: {why}"))
                    .label("not included");
                self.report(diagnostic);
            }
        }
    }

    /// Reads a text before the main one.
    pub(crate) fn read_first(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        const NAME: &str = "<command line>";
        let id = self.sources.find(NAME).unwrap_or_else(|| {
            self.sources.add(NAME, Some(std::path::Path::new("")), text.to_owned())
        });
        let at = Token::at(crate::diagnostic::Span::NOWHERE, Origin::default());
        self.frames.push(Frame::file(id, Some(at)));
    }

    /// The current file.
    fn file(&self) -> Option<FileId> {
        self.frames.iter().rev().find_map(|frame| match &frame.input {
            Input::File(file) => Some(file.id),
            _ => None,
        })
    }

    /// The package named by the rest of `%use`.
    pub(super) fn package(&self, rest: &[Token]) -> Option<&'static Package> {
        let text = self.sources.text(rest.first()?.span);
        let name = text.trim_matches(['"', '\'', '`']);
        PACKAGES.iter().find(|p| p.name.eq_ignore_ascii_case(name))
    }

    /// `%use`
    pub(super) fn use_package(&mut self, directive: &Token, rest: &[Token]) {
        let Some(package) = self.package(rest) else {
            let at = rest.first().copied().unwrap_or(*directive);
            let word = self.sources.text(at.span).to_owned();
            let names: Vec<&str> = PACKAGES.iter().map(|p| p.name).collect();
            let help = match nearest(word.trim_matches('"'), names.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("the packages are {}", names.join(", ")),
            };
            let diagnostic = self
                .error(&at, format!("there is no package `{word}`"))
                .label("not a package of macros")
                .help(help);
            self.report(diagnostic);
            return;
        };
        if self.standard.uses(package) {
            return;
        }
        self.standard.add(package);
        let name = format!("<{}>", package.name);
        let id = self
            .sources
            .find(&name)
            .unwrap_or_else(|| self.sources.add(name, None, package.text.to_owned()));
        self.frames.push(Frame::file(id, Some(*directive)));
    }

    /// `%line number[+step] [name]`: sets `__LINE__` and `__FILE__` from here on.
    pub(super) fn set_line(
        &mut self,
        environment: &dyn Environment,
        directive: &Token,
        rest: &[Token],
    ) {
        let count = rest.iter().take_while(|t| t.kind == TokenKind::Number).count();
        let Some(number) = self.number(environment, directive, rest.get(..count).unwrap_or(&[]))
        else {
            return;
        };
        let mut name = rest.get(count..).unwrap_or_default();
        let mut step = 1;
        if let [plus, by, tail @ ..] = name
            && self.sources.text(plus.span) == "+"
            && by.kind == TokenKind::Number
        {
            (name, step) = (tail, by.number.cast_signed());
        }
        let name = match name {
            [] => None,
            [quoted, ..] if quoted.kind == TokenKind::String => {
                let text = string::decode(self.sources.text(quoted.span));
                Some(String::from_utf8_lossy(&text).into_owned())
            }
            words => Some(self.join(words)),
        };
        let current = self.physical_line();
        for frame in self.frames.iter_mut().rev() {
            if let Input::File(file) = &mut frame.input {
                file.numbering = (current, number, step);
                if name.is_some() {
                    file.line_name = name;
                }
                return;
            }
        }
    }

    /// The number of the current line, as set by `%line`. In a macro it is the line of the body.
    pub(super) fn line_number(&self) -> i64 {
        let file = self.frames.iter().rev().find_map(|frame| match &frame.input {
            Input::File(file) if file.id == self.location.file => Some(file),
            _ => None,
        });
        let (location, number, step) = file.map_or((0, 0, 1), |file| file.numbering);
        let lines = self.physical_line().wrapping_sub(location);
        number.wrapping_add(step.wrapping_mul(lines))
    }

    /// The number of the current line in its file.
    fn physical_line(&self) -> i64 {
        i64::from(self.sources.position(self.location).line)
    }
}

/// Macros whose value depends on the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Magic {
    Line,
    File,
    Bits,
    Section,
}

/// The value of a standard macro.
#[derive(Clone, Copy, Debug)]
enum Row {
    Text(&'static str),
    Magic(Magic),
    Time(TimeFormat),
}

/// How the time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TimeFormat {
    /// `'2026-12-01'`
    Date,
    /// `'03:48:35'`
    Time,
    /// `20261201`
    DateNumber,
    /// `034835`
    TimeNumber,
    /// Seconds since 1970.
    Posix,
}

impl TimeFormat {
    /// The time, given in seconds since 1970, in UTC.
    fn write(self, seconds: u64) -> String {
        let of_day = seconds % 86_400;
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        // Days since 1 March of the year 0: the leap day ends a year of that kind.
        let days = seconds / 86_400 + 719_468;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let of_era_years = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * of_era_years + of_era_years / 4 - of_era_years / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = of_era_years + era * 400 + u64::from(month <= 2);
        match self {
            Self::Date => format!("'{year:04}-{month:02}-{day:02}'"),
            Self::Time => format!("'{hour:02}:{minute:02}:{second:02}'"),
            Self::DateNumber => format!("{year:04}{month:02}{day:02}"),
            Self::TimeNumber => format!("{hour:02}{minute:02}{second:02}"),
            Self::Posix => seconds.to_string(),
        }
    }
}

/// The standard macros. The version is that of the NASM release whose language this is; the pass is
/// the one that generates code; the time is that of the resolver, in UTC.
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
    ("DATE", Row::Time(TimeFormat::Date)),
    ("TIME", Row::Time(TimeFormat::Time)),
    ("DATE_NUM", Row::Time(TimeFormat::DateNumber)),
    ("TIME_NUM", Row::Time(TimeFormat::TimeNumber)),
    ("UTC_DATE", Row::Time(TimeFormat::Date)),
    ("UTC_TIME", Row::Time(TimeFormat::Time)),
    ("UTC_DATE_NUM", Row::Time(TimeFormat::DateNumber)),
    ("UTC_TIME_NUM", Row::Time(TimeFormat::TimeNumber)),
    ("POSIX_TIME", Row::Time(TimeFormat::Posix)),
];

/// Directives of the assembler that change standard macros.
const HOOKS: &[&str] = &["bits", "use16", "use32", "use64", "section", "segment", "absolute"];

/// A package of macros.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Package {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

/// The packages of `%use`.
pub(super) static PACKAGES: &[Package] = &[
    Package { name: "altreg", text: include_str!("packages/altreg.inc") },
    Package { name: "fp", text: include_str!("packages/fp.inc") },
    Package { name: "ifunc", text: include_str!("packages/ifunc.inc") },
    Package { name: "smartalign", text: include_str!("packages/smartalign.inc") },
];

/// The values of the standard macros at the current place.
#[derive(Debug, Default)]
pub(super) struct StandardState {
    bits: u64,
    /// The section directive, with its brackets.
    section: String,
    used: Vec<&'static str>,
}

impl StandardState {
    /// Whether a package is in use.
    pub(super) fn uses(&self, package: &Package) -> bool {
        self.used.contains(&package.name)
    }

    pub(super) fn add(&mut self, package: &Package) {
        let known = PACKAGES.iter().find(|p| *p == package);
        self.used.extend(known.map(|p| p.name));
    }

    /// Reads a directive that changes standard macros.
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
            // In brackets these directives change the section, but not the value of `__?SECT?__`.
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

/// The names of all standard macros and the hooks. It is computed at compile time because every
/// program needs it.
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
    /// Defines the standard macro with this name in lower case, unless it was already defined or
    /// undefined.
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
            Row::Text(text) => (*text).to_owned(),
            Row::Time(format) => format.write(self.resolver.time()),
            Row::Magic(_) => String::new(),
        };
        if !self.generate(&format!("{text} {value}"), &at, &mut tokens) || tokens.is_empty() {
            return;
        }
        let name = tokens.remove(0);
        let meaning = match row {
            Row::Text(_) | Row::Time(_) => Meaning::Tokens(tokens),
            Row::Magic(magic) => Meaning::Magic(*magic),
        };
        self.bind(&name, false, None, meaning);
    }

    /// The value of a macro at this place.
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
        self.generate(&text, token, body);
    }
}
