//! `%if` and its family, one row each, and the evaluation of expressions in directives.
//!
//! An expression that uses a label, `$` or `$$` depends on the layout. This module records that.

use super::Preprocessor;
use crate::asm::syntax::ast::{Kind, Value};
use crate::asm::syntax::lexer::string;
use crate::asm::syntax::token::{Punctuation, Token, TokenKind};
use crate::asm::value::expression::{self, Environment};
use crate::diagnostic::{Diagnostic, nearest};
use std::cell::Cell;

/// An open `%if`.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    /// The `%if` directive.
    pub(super) opener: Token,
    state: State,
    /// The `%else` directive, if there was one.
    otherwise: Option<Token>,
}

/// The state of the lines of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The lines are read.
    Active,
    /// The lines are skipped; a later branch may be read.
    Waiting,
    /// The lines are skipped, and so are all later branches.
    Done,
}

impl Condition {
    pub(super) fn is_active(&self) -> bool {
        self.state == State::Active
    }
}

/// What a condition tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Expression,
    Context,
    Alias,
    Defined,
    Diagnostic,
    Empty,
    Environment,
    Identifier,
    Identical,
    IdenticalFolded,
    Macro,
    Number,
    String,
    Token,
    Usable,
    Using,
}

/// What may follow `%if`, `%ifn`, `%elif` and `%elifn`.
static TESTS: &[(&str, Test)] = &[
    ("", Test::Expression),
    ("ctx", Test::Context),
    ("def", Test::Defined),
    ("defalias", Test::Alias),
    ("diag", Test::Diagnostic),
    ("empty", Test::Empty),
    ("env", Test::Environment),
    ("id", Test::Identifier),
    ("idn", Test::Identical),
    ("idni", Test::IdenticalFolded),
    ("macro", Test::Macro),
    ("num", Test::Number),
    ("str", Test::String),
    ("token", Test::Token),
    ("usable", Test::Usable),
    ("using", Test::Using),
];

/// All directives of the family, for suggestions.
pub(super) fn words() -> impl Iterator<Item = String> {
    let forms = ["if", "ifn", "elif", "elifn"];
    let tests = TESTS.iter().flat_map(move |(test, _)| forms.map(|form| format!("{form}{test}")));
    tests.chain(["else".to_owned(), "endif".to_owned()])
}

/// A directive of the family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// `%if…`: the test, and whether it is negated.
    If(Test, bool),
    /// `%elif…`
    Elif(Test, bool),
    Else,
    Endif,
}

/// Looks up a directive in lower case, without the `%`.
pub(super) fn word(text: &str) -> Option<Word> {
    let test = |name: &str| {
        let find = |name| TESTS.iter().find(|&&(n, _)| n == name).map(|&(_, test)| test);
        let negated = || find(name.strip_prefix('n')?).map(|test| (test, true));
        find(name).map(|test| (test, false)).or_else(negated)
    };
    match text {
        "else" => Some(Word::Else),
        "endif" => Some(Word::Endif),
        _ => match (text.strip_prefix("if"), text.strip_prefix("elif")) {
            (Some(name), _) => test(name).map(|(test, not)| Word::If(test, not)),
            (_, Some(name)) => test(name).map(|(test, not)| Word::Elif(test, not)),
            _ => None,
        },
    }
}

impl Preprocessor<'_> {
    /// Executes a directive of the family in lines that are read.
    pub(super) fn obey_condition(
        &mut self,
        environment: &dyn Environment,
        word: Word,
        directive: &Token,
        rest: &[Token],
    ) {
        match word {
            Word::If(test, not) => {
                // After a mistake in the condition, no branch is read.
                let state = match self.test(environment, test, directive, rest) {
                    Some(holds) if holds != not => State::Active,
                    Some(_) => State::Waiting,
                    None => State::Done,
                };
                let condition = Condition { opener: *directive, state, otherwise: None };
                if let Some(frame) = self.frames.last_mut() {
                    frame.conditions.push(condition);
                }
            }
            Word::Elif(..) | Word::Else => self.branch(environment, word, directive, rest),
            Word::Endif => self.end_condition(directive, rest),
        }
    }

    /// Follows a directive of the family in lines that are skipped.
    pub(super) fn skip_condition(&mut self, word: Word, directive: &Token, rest: &[Token]) {
        match word {
            Word::If(..) => {
                let condition =
                    Condition { opener: *directive, state: State::Done, otherwise: None };
                if let Some(frame) = self.frames.last_mut() {
                    frame.conditions.push(condition);
                }
            }
            Word::Endif => self.end_condition(directive, rest),
            Word::Elif(..) | Word::Else => {}
        }
    }

    /// Whether the innermost `%if` may still read a later branch.
    pub(super) fn is_waiting(&self) -> bool {
        let condition = self.frames.last().and_then(|f| f.conditions.last());
        condition.is_some_and(|c| c.state == State::Waiting)
    }

    fn end_condition(&mut self, directive: &Token, rest: &[Token]) {
        if self.frames.last_mut().and_then(|frame| frame.conditions.pop()).is_none() {
            self.report_no_if(directive);
        }
        self.expect_end(directive, rest);
    }

    fn report_no_if(&mut self, directive: &Token) {
        let name = self.sources.text(directive.span).to_owned();
        let diagnostic = self
            .error(directive, format!("`{name}` without an `%if`"))
            .label("no `%if` is open here");
        self.report(diagnostic);
    }

    /// `%elif…` and `%else`.
    pub(super) fn branch(
        &mut self,
        environment: &dyn Environment,
        word: Word,
        directive: &Token,
        rest: &[Token],
    ) {
        let condition = self.frames.last().and_then(|f| f.conditions.last()).cloned();
        let Some(mut condition) = condition else { return self.report_no_if(directive) };
        if let Some(otherwise) = condition.otherwise {
            let name = self.sources.text(directive.span).to_owned();
            let (span, _) = self.locate(&otherwise);
            let switch = if word == Word::Else { "pp-else-else" } else { "pp-else-elif" };
            let warning = self
                .warning(switch, directive, format!("`{name}` after the `%else` of this `%if`"))
                .label("ignored, with what follows up to `%endif`")
                .note(span, "its `%else`");
            self.report(warning);
            condition.state = State::Done;
        }
        condition.state = match (condition.state, word) {
            (State::Active | State::Done, _) => State::Done,
            (State::Waiting, Word::Elif(test, not)) => {
                match self.test(environment, test, directive, rest) {
                    Some(holds) if holds != not => State::Active,
                    Some(_) => State::Waiting,
                    None => State::Done,
                }
            }
            (State::Waiting, _) => State::Active,
        };
        if word == Word::Else {
            condition.otherwise = Some(*directive);
            self.expect_end(directive, rest);
        }
        if let Some(location) = self.frames.last_mut().and_then(|f| f.conditions.last_mut()) {
            *location = condition;
        }
    }

    pub(super) fn report_open_condition(&mut self, condition: &Condition) {
        let name = self.sources.text(condition.opener.span).to_owned();
        let diagnostic = self
            .error(&condition.opener, format!("this `{name}` has no `%endif`"))
            .label("opened here")
            .help("every `%if` needs an `%endif`, in the same file and the same macro");
        self.report(diagnostic);
    }

    /// Whether a condition holds; `None` after a report.
    pub(super) fn test(
        &mut self,
        environment: &dyn Environment,
        test: Test,
        directive: &Token,
        rest: &[Token],
    ) -> Option<bool> {
        match test {
            Test::Expression => self.number(environment, directive, rest).map(|number| number != 0),
            Test::Defined => self.test_defined(directive, rest),
            Test::Alias => Some(rest.iter().any(|t| self.is_alias(t))),
            Test::Context => {
                let name = self.contexts.last().and_then(|context| context.name);
                let name = name.map(|token| self.sources.text(token.span));
                Some(rest.iter().any(|t| Some(self.sources.text(t.span)) == name))
            }
            Test::Macro => {
                let pattern = self.specification(environment, directive, rest, false)?;
                Some(self.has_macro(&pattern))
            }
            Test::Environment | Test::Diagnostic => Some(false),
            Test::Usable => Some(self.package(rest).is_some()),
            Test::Using => Some(self.package(rest).is_some_and(|p| self.standard.uses(p))),
            _ => {
                let mut tokens = rest.to_vec();
                self.expand(environment, &mut tokens).then_some(())?;
                self.test_tokens(test, directive, &tokens)
            }
        }
    }

    fn test_defined(&mut self, directive: &Token, rest: &[Token]) -> Option<bool> {
        if rest.is_empty() {
            let name = self.sources.text(directive.span).to_owned();
            let diagnostic = self
                .error(directive, format!("`{name}` needs the name of a macro"))
                .label("nothing follows it");
            self.report(diagnostic);
            return None;
        }
        let mut defined = false;
        for token in rest {
            defined |= self.is_single(token);
        }
        Some(defined)
    }

    /// The conditions on the form of the expanded tokens.
    fn test_tokens(&mut self, test: Test, directive: &Token, tokens: &[Token]) -> Option<bool> {
        let is_sign = |kind: TokenKind| {
            use Punctuation::{Minus, Plus};
            matches!(kind, TokenKind::Punctuation(Plus | Minus))
        };
        let kinds: Vec<TokenKind> = tokens.iter().map(|t| t.kind).take(3).collect();
        let is_number = |k: &TokenKind| matches!(k, TokenKind::Number | TokenKind::Float);
        Some(match test {
            Test::Empty => kinds.is_empty(),
            Test::Token => kinds.len() == 1,
            Test::Identifier => kinds.first() == Some(&TokenKind::Identifier),
            Test::String => kinds.first() == Some(&TokenKind::String),
            Test::Number => match kinds.as_slice() {
                [sign, number, ..] if is_sign(*sign) => is_number(number),
                [number, ..] => is_number(number),
                [] => false,
            },
            _ => return self.test_identical(test == Test::IdenticalFolded, directive, tokens),
        })
    }

    /// Whether the tokens before the first comma equal the tokens after it. As in NASM, braces are
    /// compared too, and two empty texts are not identical.
    fn test_identical(&mut self, fold: bool, directive: &Token, tokens: &[Token]) -> Option<bool> {
        let comma = TokenKind::Punctuation(Punctuation::Comma);
        let Some(middle) = tokens.iter().position(|t| t.kind == comma) else {
            let name = self.sources.text(directive.span).to_owned();
            let diagnostic = self
                .error(directive, format!("`{name}` compares two texts with a comma between them"))
                .label("no comma follows it");
            self.report(diagnostic);
            return None;
        };
        let (left, right) = (tokens.get(..middle)?, tokens.get(middle + 1..)?);
        let equal = left.len() == right.len()
            && !left.is_empty()
            && left.iter().zip(right).all(|(a, b)| self.is_same(fold, a, b));
        Some(equal)
    }

    fn is_same(&self, fold: bool, a: &Token, b: &Token) -> bool {
        let (left, right) = (self.sources.text(a.span), self.sources.text(b.span));
        if a.kind != b.kind {
            return false;
        }
        if a.kind != TokenKind::String {
            return left == right || fold && left.eq_ignore_ascii_case(right);
        }
        let (left, right) = (string::decode(left), string::decode(right));
        left == right || fold && left.eq_ignore_ascii_case(&right)
    }

    /// Adds a suggestion for a misspelt word to a diagnostic.
    pub(super) fn suggest(diagnostic: Diagnostic, word: &str, known: &[String]) -> Diagnostic {
        match nearest(word, known.iter().map(String::as_str)) {
            Some(meant) => diagnostic.help(format!("did you mean `%{meant}`?")),
            None => diagnostic,
        }
    }
}

/// Forwards to an environment, and records whether it was used.
struct Watch<'a> {
    inner: &'a dyn Environment,
    asked: Cell<bool>,
}

impl Environment for Watch<'_> {
    fn symbol(&self, name: &str) -> Option<Value> {
        self.asked.set(true);
        self.inner.symbol(name)
    }

    fn parent(&self) -> &str {
        self.inner.parent()
    }

    fn here(&self) -> Value {
        self.asked.set(true);
        self.inner.here()
    }

    fn section_start(&self) -> Value {
        self.asked.set(true);
        self.inner.section_start()
    }
}

impl Preprocessor<'_> {
    /// The value of `tokens` as a number after expansion; reports a mistake if there is none.
    /// `directive` is the directive that needs it.
    pub(super) fn number(
        &mut self,
        environment: &dyn Environment,
        directive: &Token,
        tokens: &[Token],
    ) -> Option<i64> {
        let mut tokens = tokens.to_vec();
        self.expand(environment, &mut tokens).then_some(())?;
        let (number, length) = self.evaluate(environment, directive, &tokens)?;
        self.expect_end(directive, tokens.get(length..).unwrap_or_default());
        Some(number)
    }

    /// The number at the start of expanded `tokens`, and how many tokens it takes.
    pub(super) fn evaluate(
        &mut self,
        environment: &dyn Environment,
        directive: &Token,
        tokens: &[Token],
    ) -> Option<(i64, usize)> {
        if let [token] = tokens
            && token.kind == TokenKind::Number
        {
            return Some((token.number.cast_signed(), 1));
        }
        if tokens.is_empty() {
            let name = self.sources.text(directive.span).to_owned();
            let diagnostic = self
                .error(directive, format!("`{name}` needs an expression"))
                .label("nothing follows it");
            self.report(diagnostic);
            return None;
        }
        let mut resolved = Vec::new();
        let mut tokens = tokens;
        if tokens.iter().any(|t| t.kind == TokenKind::Preprocessor) {
            resolved.extend_from_slice(tokens);
            self.context_labels(&mut resolved);
            tokens = &resolved;
        }
        // Characters that form no token are reported as such, not as a mistake in the expression.
        let is_bad = |t: &&Token| matches!(t.kind, TokenKind::Unknown | TokenKind::Preprocessor);
        if let Some(token) = tokens.iter().find(is_bad) {
            let diagnostic = self.explain(token);
            self.report(diagnostic);
            return None;
        }
        let watch = Watch { inner: environment, asked: Cell::new(false) };
        let result = expression::evaluate(tokens, self.sources, &watch);
        self.depends_on_layout |= watch.asked.get();
        match result {
            Ok((Value { kind: Kind::Relocatable(_), .. }, _)) => {
                let first = tokens.first().unwrap_or(directive);
                let diagnostic = self
                    .error(first, "expected a number, found an address")
                    .label("not a constant")
                    .help("subtract another address from it, such as `$$`");
                self.report(diagnostic);
                None
            }
            Ok((value, length)) => Some((value.number, length)),
            Err(diagnostic) => {
                let diagnostic = self.relocate(*diagnostic, tokens);
                self.report(diagnostic);
                None
            }
        }
    }
}
