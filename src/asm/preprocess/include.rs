//! `%include`, `%use` and `%line`: other texts, and what lines are called.
//!
//! Knows nothing of files: the [`Resolver`](crate::asm::Resolver) reads them.

use super::input::{Frame, Input};
use super::standard::{PACKAGES, Package};
use super::{Preprocessor, limits};
use crate::asm::syntax::lexer::string;
use crate::asm::syntax::token::{Token, TokenKind};
use crate::asm::value::expression::Environment;
use crate::diagnostic::{FileId, nearest};

impl Preprocessor<'_> {
    /// The name in the rest of a directive: a string, or the text as it stands.
    pub(super) fn file_name(&mut self, directive: &Token, tokens: &[Token]) -> Option<String> {
        let word = self.sources.text(directive.span);
        let diagnostic = match tokens {
            [token] if token.kind == TokenKind::String => {
                let bytes = string::decode(self.sources.text(token.span)).into_owned();
                match String::from_utf8(bytes) {
                    Ok(name) => return Some(name),
                    Err(_) => {
                        self.error(token, "this name of a file is not text").label("not UTF-8")
                    }
                }
            }
            [token, ..] if token.kind == TokenKind::Unknown => self.explain(token),
            [] => self
                .error(directive, format!("`{word}` needs the name of a file"))
                .label("nothing stands behind it")
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
                .label("this one is not included any more")
                .help("let the file check with `%ifndef` whether it was included before");
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

    /// The file that is being read.
    fn file(&self) -> Option<FileId> {
        self.frames.iter().rev().find_map(|frame| match &frame.input {
            Input::File(file) => Some(file.id),
            _ => None,
        })
    }

    /// The package that the rest of `%use` names.
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
                None => format!("there are {}", names.join(", ")),
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

    /// `%line number[+step] [name]`: what `__LINE__` and `__FILE__` say from here on.
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
            (name, step) = (tail, i64::try_from(by.number).unwrap_or(0));
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

    /// The number of the line that is being read, as `%line` has it. In a macro that is the line
    /// of the body.
    pub(super) fn line_number(&self) -> i64 {
        let file = self.frames.iter().rev().find_map(|frame| match &frame.input {
            Input::File(file) if file.id == self.place.file => Some(file),
            _ => None,
        });
        let (place, number, step) = file.map_or((0, 0, 1), |file| file.numbering);
        let lines = self.physical_line().wrapping_sub(place);
        number.wrapping_add(step.wrapping_mul(lines))
    }

    /// The number of the line that is being read in its file.
    fn physical_line(&self) -> i64 {
        i64::from(self.sources.position(self.place).line)
    }
}
