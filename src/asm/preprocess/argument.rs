//! The arguments of single-line macros: `( … )` behind a name, and what each stands for.
//!
//! An argument is expanded before it takes the place of the parameter. What is left in it of
//! macros that are busy then is put out of their reach for good, by [`SETTLED`] in its token. At
//! the outermost level the macro itself counts as busy in its arguments: `f(f(1))` is `f(1)`.
//! Knows nothing of what bodies mean.

use super::expand::{Expansion, Stopped};
use super::single::{Parameter, Single};
use super::{Preprocessor, limits};
use crate::asm::syntax::lexer::string;
use crate::asm::syntax::token::{Punctuation, Token, TokenKind};
use crate::asm::value::expression::Environment;
use crate::diagnostic::Span;
use std::ops::Range;

/// [`Token::number`] of a name that is not to be expanded any more in this line.
pub(super) const SETTLED: u64 = u64::MAX;

/// The arguments of a use, as ranges of its tokens.
#[derive(Default)]
pub(super) struct Arguments {
    pub(super) tokens: Vec<Token>,
    pub(super) ranges: Vec<Range<usize>>,
}

impl Arguments {
    /// The tokens of an argument, by its index; with `greedy` those behind it too.
    pub(super) fn get(&self, index: usize, greedy: bool) -> &[Token] {
        let range = match (self.ranges.get(index), self.ranges.last()) {
            (Some(first), Some(last)) if greedy => first.start..last.end,
            (Some(range), _) => range.clone(),
            _ => 0..0,
        };
        self.tokens.get(range).unwrap_or_default()
    }
}

impl Preprocessor<'_> {
    /// Takes `( … )` from the stack and splits it at its commas.
    pub(super) fn arguments(
        &mut self,
        expansion: &mut Expansion,
        token: &Token,
        defined_at: Option<Span>,
    ) -> Result<Arguments, Stopped> {
        use Punctuation::{BraceClose, BraceOpen, Close, Comma, Open};
        let open = expansion.pop();
        let mut tokens = Vec::new();
        let (mut ranges, mut start, mut parens, mut braces) = (Vec::new(), 0, 0u32, 0u32);
        while let Some(next) = expansion.pop() {
            if let TokenKind::Punctuation(punctuation) = next.kind {
                match punctuation {
                    BraceOpen => braces += 1,
                    BraceClose => braces = braces.saturating_sub(1),
                    Open if braces == 0 => parens += 1,
                    Close if braces == 0 && parens == 0 => {
                        ranges.push(start..tokens.len());
                        strip_braces(&tokens, &mut ranges);
                        return Ok(Arguments { tokens, ranges });
                    }
                    Close if braces == 0 => parens -= 1,
                    Comma if braces == 0 && parens == 0 => {
                        ranges.push(start..tokens.len());
                        tokens.push(next);
                        start = tokens.len();
                        continue;
                    }
                    _ => {}
                }
            }
            tokens.push(next);
        }
        let at = open.unwrap_or(*token);
        let name = self.sources.text(token.span).to_owned();
        let diagnostic = self
            .error(&at, format!("the arguments of `{name}` do not end"))
            .label("no `)` for this");
        let diagnostic = match defined_at {
            Some(span) => self.note_of(diagnostic, span, "it is defined here"),
            None => diagnostic,
        };
        self.report(diagnostic);
        Err(Stopped)
    }

    /// What stands for each parameter of `single` in its body.
    pub(super) fn values(
        &mut self,
        environment: &dyn Environment,
        expansion: &Expansion,
        token: &Token,
        single: &Single,
        arguments: &Arguments,
    ) -> Result<Vec<Vec<Token>>, Stopped> {
        let parameters = single.parameters.as_deref().unwrap_or_default();
        let is_outermost = expansion.is_outermost();
        if is_outermost {
            single.busy.set(true);
        }
        let mut values = Vec::with_capacity(parameters.len());
        for (index, parameter) in parameters.iter().enumerate() {
            let argument = arguments.get(index, parameter.greedy);
            let value = self.value(environment, token, *parameter, argument);
            let Ok(value) = value else { break };
            values.push(value);
        }
        if is_outermost {
            single.busy.set(false);
        }
        if values.len() == parameters.len() { Ok(values) } else { Err(Stopped) }
    }

    fn value(
        &mut self,
        environment: &dyn Environment,
        token: &Token,
        parameter: Parameter,
        argument: &[Token],
    ) -> Result<Vec<Token>, Stopped> {
        let mut value = Vec::new();
        if parameter.evaluate {
            self.evaluated(environment, token, argument, &mut value)?;
            return Ok(value);
        }
        value.extend_from_slice(argument);
        self.expand_argument(environment, token, &mut value)?;
        if parameter.quote {
            let text = string::quote(self.join(&value).as_bytes());
            value.clear();
            if !self.make(&text, token, &mut value) {
                return Err(Stopped);
            }
        }
        Ok(value)
    }

    /// Expands an argument by itself.
    pub(super) fn expand_argument(
        &mut self,
        environment: &dyn Environment,
        token: &Token,
        argument: &mut Vec<Token>,
    ) -> Result<(), Stopped> {
        if !argument.iter().any(|t| self.may_expand(t)) {
            return Ok(());
        }
        self.deeper(token, |this| {
            let mut inner = Expansion::nested(argument);
            let result = this.run(environment, &mut inner);
            inner.release_all();
            *argument = inner.out;
            result?;
            if this.charge(super::cost(argument)) { Ok(()) } else { Err(Stopped) }
        })
    }

    /// Does what costs stack, unless that is deep already.
    pub(super) fn deeper<T>(
        &mut self,
        token: &Token,
        work: impl FnOnce(&mut Self) -> Result<T, Stopped>,
    ) -> Result<T, Stopped> {
        if self.evaluation_depth >= limits::EVALUATION_DEPTH {
            let most = limits::EVALUATION_DEPTH;
            let message = format!("arguments are nested more than {most} deep");
            let diagnostic = self.error(token, message).label("here");
            self.report(diagnostic);
            return Err(Stopped);
        }
        self.evaluation_depth += 1;
        let result = work(self);
        self.evaluation_depth -= 1;
        result
    }

    /// The number that an argument stands for, as a token.
    fn evaluated(
        &mut self,
        environment: &dyn Environment,
        token: &Token,
        argument: &[Token],
        out: &mut Vec<Token>,
    ) -> Result<(), Stopped> {
        let number =
            self.deeper(token, |this| this.number(environment, token, argument).ok_or(Stopped))?;
        if self.make(&number.to_string(), token, out) { Ok(()) } else { Err(Stopped) }
    }
}

/// Takes the braces off arguments that are wholly in braces.
fn strip_braces(tokens: &[Token], ranges: &mut [Range<usize>]) {
    use Punctuation::{BraceClose, BraceOpen};
    let is = |t: Option<&Token>, p| t.is_some_and(|t| t.kind == TokenKind::Punctuation(p));
    for range in ranges {
        let argument = tokens.get(range.clone()).unwrap_or_default();
        if argument.len() > 1 && is(argument.first(), BraceOpen) && is(argument.last(), BraceClose)
        {
            *range = range.start + 1..range.end - 1;
        }
    }
}
