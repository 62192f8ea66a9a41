//! Collecting the body of a `%macro` or a `%rep` up to its end.
//!
//! Knows nothing of what the lines mean, but for the words that open and close such bodies.

use super::input::{Body, Frame, Input, Repeat};
use super::multi::{Multi, Specification};
use super::{Preprocessor, limits};
use crate::asm::syntax::token::{Token, TokenKind};
use crate::asm::value::expression::Environment;
use std::cell::Cell;
use std::rc::Rc;

/// What is done with the body at its end.
#[derive(Debug)]
enum Purpose {
    Macro {
        specification: Specification,
        fold: bool,
        recursive: bool,
    },
    Repeat(u64),
    /// The head was wrong.
    Nothing,
}

/// A body that is being collected.
#[derive(Debug)]
pub(super) struct Collecting {
    opener: Token,
    purpose: Purpose,
    is_macro: bool,
    /// Bodies of the same sort that are open within it.
    depth: usize,
    body: Body,
}

/// The words that open and close bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    OpenMacro,
    CloseMacro,
    OpenRepeat,
    CloseRepeat,
}

impl Preprocessor<'_> {
    fn edge(&self, line: &[Token]) -> Option<Edge> {
        let token = line.first().filter(|t| t.kind == TokenKind::Preprocessor)?;
        let word = self.sources.text(token.span).get(1..)?;
        let is = |name: &str| word.eq_ignore_ascii_case(name);
        match () {
            () if is("macro") || is("imacro") || is("rmacro") || is("irmacro") => {
                Some(Edge::OpenMacro)
            }
            () if is("endmacro") || is("endm") => Some(Edge::CloseMacro),
            () if is("rep") => Some(Edge::OpenRepeat),
            () if is("endrep") => Some(Edge::CloseRepeat),
            () => None,
        }
    }

    /// Takes a line into the body, or ends it.
    pub(super) fn collect(&mut self, line: &[Token]) {
        let edge = self.edge(line);
        let Some(collecting) = self.collecting.as_mut() else { return };
        let (open, close) = if collecting.is_macro {
            (Edge::OpenMacro, Edge::CloseMacro)
        } else {
            (Edge::OpenRepeat, Edge::CloseRepeat)
        };
        match edge {
            Some(edge) if edge == open => collecting.depth += 1,
            Some(edge) if edge == close && collecting.depth == 0 => {
                if let Some(collecting) = self.collecting.take() {
                    self.finish(collecting);
                }
                if let [directive, rest @ ..] = line {
                    self.expect_end(directive, rest);
                }
                return;
            }
            Some(edge) if edge == close => collecting.depth -= 1,
            _ => {}
        }
        if !matches!(collecting.purpose, Purpose::Nothing) {
            collecting.body.push(line);
            self.store(line.len() + 1, 0);
        }
    }

    fn finish(&mut self, collecting: Collecting) {
        let Collecting { purpose, body, .. } = collecting;
        match purpose {
            Purpose::Macro { specification, fold, recursive } => {
                let name = specification.name.span;
                let is_label = |t: &Token| self.sources.text(t.span) == "%00";
                let takes_label = body.tokens().iter().any(is_label);
                let id = self.origins.define(name);
                let busy = Cell::new(0);
                self.bind_macro(Multi {
                    name,
                    fold,
                    recursive,
                    specification,
                    body,
                    id,
                    takes_label,
                    busy,
                });
            }
            Purpose::Repeat(count) if count > 0 && body.line(0).is_some() => {
                if self.frames.len() >= limits::MACRO_DEPTH {
                    let most = limits::MACRO_DEPTH;
                    self.give_up(format!(
                        "more than {most} macros and repetitions are within each other"
                    ));
                    return;
                }
                let repeat = Repeat { body: Rc::new(body), next: 0, left: count - 1 };
                let keeps_line = self.frames.last().is_some_and(|frame| frame.keeps_line);
                self.frames.push(Frame { keeps_line, ..Frame::new(Input::Repeat(repeat)) });
            }
            Purpose::Repeat(_) | Purpose::Nothing => self.store(0, body.weight()),
        }
    }

    /// `%macro` and its relatives.
    pub(super) fn open_macro(
        &mut self,
        environment: &dyn Environment,
        (fold, recursive): (bool, bool),
        directive: &Token,
        rest: &[Token],
    ) {
        let purpose = match self.specification(environment, directive, rest, true) {
            Some(specification) => Purpose::Macro { specification, fold, recursive },
            None => Purpose::Nothing,
        };
        self.open(directive, purpose, true);
    }

    /// `%rep`
    pub(super) fn open_repeat(
        &mut self,
        environment: &dyn Environment,
        directive: &Token,
        rest: &[Token],
    ) {
        let rest: Vec<Token> = match rest.split_last() {
            Some((last, before)) if self.sources.text(last.span) == ".nolist" => before.to_vec(),
            _ => rest.to_vec(),
        };
        let purpose = match self.number(environment, directive, &rest) {
            Some(count) if count > limits::REPEATS => {
                let most = limits::REPEATS;
                let at = rest.first().copied().unwrap_or(*directive);
                let diagnostic = self
                    .error(&at, format!("a `%rep` repeats at most {most} times"))
                    .label(format!("this is {count}"))
                    .help("`times` repeats a single statement without that limit");
                self.report(diagnostic);
                Purpose::Nothing
            }
            Some(count) => {
                if count < 0 {
                    let warning = self
                        .warning("pp-rep-negative", directive, format!("`%rep` of {count} times"))
                        .label("repeats nothing");
                    self.report(warning);
                }
                Purpose::Repeat(u64::try_from(count).unwrap_or(0))
            }
            None => Purpose::Nothing,
        };
        self.open(directive, purpose, false);
    }

    fn open(&mut self, directive: &Token, purpose: Purpose, is_macro: bool) {
        let body = Body::default();
        self.collecting =
            Some(Collecting { opener: *directive, purpose, is_macro, depth: 0, body });
    }

    pub(super) fn report_open_collection(&mut self, collecting: &Collecting) {
        let end = if collecting.is_macro { "%endmacro" } else { "%endrep" };
        let name = self.sources.text(collecting.opener.span).to_owned();
        let diagnostic = self
            .error(&collecting.opener, format!("this `{name}` has no `{end}`"))
            .label("opened here");
        self.report(diagnostic);
    }

    /// `%exitrep`: leaves the innermost repetition.
    pub(super) fn exit_repeat(&mut self, directive: &Token) {
        self.exit(directive, "%rep", |input| matches!(input, Input::Repeat(_)));
    }

    /// `%exitmacro`: leaves the innermost macro.
    pub(super) fn exit_macro(&mut self, directive: &Token) {
        self.exit(directive, "%macro", |input| matches!(input, Input::Macro(_)));
    }

    fn exit(&mut self, directive: &Token, what: &str, is_it: impl Fn(&Input) -> bool) {
        let inner = |f: &&Frame| !matches!(f.input, Input::File(_));
        let frames = self.frames.iter().rev().take_while(inner);
        match frames.map(|f| is_it(&f.input)).position(|found| found) {
            Some(depth) => {
                for _ in 0..=depth {
                    self.drop_frame();
                }
            }
            None => {
                let name = self.sources.text(directive.span).to_owned();
                let diagnostic = self
                    .error(directive, format!("`{name}` outside of a `{what}`"))
                    .label("nothing to leave here");
                self.report(diagnostic);
            }
        }
    }
}
