//! The functions `%eval(…)`, `%str(…)` and the like, one row each, and the directives that compute
//! with strings: `%strlen`, `%strcat`, `%substr`, `%defstr`, `%deftok`, `%pathsearch`.
//!
//! A function is called wherever a single-line macro is expanded, and its result is expanded again
//! like the body of a macro. `%is…` tests the same conditions as `%if…`.

use super::Preprocessor;
use super::condition::{self, Test, Word};
use super::define::Meaning;
use super::expand::{Arguments, Expansion, Stopped};
use crate::asm::syntax::lexer::string;
use crate::asm::syntax::token::{Punctuation, Token, TokenKind};
use crate::asm::value::expression::Environment;
use crate::diagnostic::text::{from_bytes, to_bytes};

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Absolute,
    Choose,
    Concatenate,
    Count,
    Evaluate,
    Length,
    Number,
    Part,
    Quote,
    Select,
    Unquote,
    /// `%is…`: the test, and whether it is negated.
    Test(Test, bool),
}

/// A function: its name, its action, and the minimum and maximum number of arguments.
type Row = (&'static str, Function, usize, usize);

static FUNCTIONS: &[Row] = &[
    ("abs", Function::Absolute, 1, 1),
    ("cond", Function::Choose, 2, 3),
    ("count", Function::Count, 0, usize::MAX),
    ("eval", Function::Evaluate, 1, 1),
    ("num", Function::Number, 1, 3),
    ("sel", Function::Select, 2, usize::MAX),
    ("str", Function::Quote, 0, usize::MAX),
    ("strcat", Function::Concatenate, 1, usize::MAX),
    ("strlen", Function::Length, 1, 1),
    ("substr", Function::Part, 2, 3),
    ("tok", Function::Unquote, 1, 1),
];

/// The digits of `%num`, up to base 64.
const DIGITS: &[u8; 64] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_";

/// The maximum number of digits.
const MOST_DIGITS: usize = 1000;

/// Looks up a function, whose name includes the `%`.
fn function(word: &str) -> Option<Row> {
    let name = word.get(1..)?.to_ascii_lowercase();
    if let Some(row) = FUNCTIONS.iter().find(|row| row.0 == name) {
        return Some(*row);
    }
    match condition::word(&format!("if{}", name.strip_prefix("is")?))? {
        Word::If(test, not) => Some(("is", Function::Test(test, not), 0, usize::MAX)),
        _ => None,
    }
}

impl Preprocessor<'_> {
    /// Whether a line begins with a function and its arguments.
    pub(super) fn is_function(&self, line: &[Token]) -> bool {
        let open = TokenKind::Punctuation(Punctuation::Open);
        line.get(1).is_some_and(|t| t.kind == open)
            && line.first().is_some_and(|t| function(self.sources.text(t.span)).is_some())
    }

    /// Pushes the result of the function named by `token`; returns false if it is not a function.
    pub(super) fn enter_function(
        &mut self,
        environment: &dyn Environment,
        expansion: &mut Expansion,
        token: &Token,
    ) -> Result<bool, Stopped> {
        let Some((_, function, least, most)) = function(self.sources.text(token.span)) else {
            return Ok(false);
        };
        let arguments = self.arguments(expansion, token, None)?;
        let count = arguments.ranges.len();
        if count < least || count > most {
            let name = self.sources.text(token.span).to_owned();
            let takes = match most {
                _ if least == most => format!("it takes {least}"),
                usize::MAX => format!("it takes {least} or more"),
                _ => format!("it takes {least} to {most}"),
            };
            let message = format!("`{name}` does not take {}", super::expand::plural(count));
            let diagnostic = self.error(token, message).label(takes);
            self.report(diagnostic);
            return Err(Stopped);
        }
        let mut body =
            self.deeper(token, |this| this.compute(environment, function, token, &arguments))?;
        if let Some(first) = body.first_mut() {
            first.space_before = token.space_before;
        }
        self.push_tokens(expansion, token, &body)?;
        Ok(true)
    }

    fn compute(
        &mut self,
        environment: &dyn Environment,
        function: Function,
        token: &Token,
        arguments: &Arguments,
    ) -> Result<Vec<Token>, Stopped> {
        let text = match function {
            Function::Count => arguments.ranges.len().to_string(),
            Function::Choose => {
                let number = self.argument_number(environment, token, arguments, 0)?;
                return Ok(arguments.get(usize::from(number == 0) + 1, false).to_vec());
            }
            Function::Select => self.select(environment, token, arguments)?,
            Function::Test(test, not) => {
                let holds = self.test(environment, test, token, arguments.get(0, true));
                u8::from(holds.ok_or(Stopped)? != not).to_string()
            }
            Function::Evaluate => {
                self.argument_number(environment, token, arguments, 0)?.to_string()
            }
            Function::Absolute => {
                self.argument_number(environment, token, arguments, 0)?.unsigned_abs().to_string()
            }
            Function::Number => self.digits(environment, token, arguments)?,
            Function::Quote => {
                let mut tokens = arguments.get(0, true).to_vec();
                self.expand_argument(environment, token, &mut tokens)?;
                string::quote(&to_bytes(&self.join(&tokens)))
            }
            Function::Length => {
                self.argument_string(environment, token, arguments, 0)?.len().to_string()
            }
            Function::Concatenate => {
                let mut all = Vec::new();
                for index in 0..arguments.ranges.len() {
                    all.extend(self.argument_string(environment, token, arguments, index)?);
                }
                string::quote(&all)
            }
            Function::Part => {
                let bytes = self.argument_string(environment, token, arguments, 0)?;
                let first = self.argument_number(environment, token, arguments, 1)?;
                let length = match arguments.ranges.len() {
                    2 => -1,
                    _ => self.argument_number(environment, token, arguments, 2)?,
                };
                string::quote(part_of(&bytes, first, length))
            }
            Function::Unquote => {
                let bytes = self.argument_string(environment, token, arguments, 0)?;
                as_line(&bytes)
            }
        };
        let mut out = Vec::new();
        if self.generate(&text, token, &mut out) { Ok(out) } else { Err(Stopped) }
    }

    fn argument_number(
        &mut self,
        environment: &dyn Environment,
        token: &Token,
        arguments: &Arguments,
        index: usize,
    ) -> Result<i64, Stopped> {
        self.number(environment, token, arguments.get(index, false)).ok_or(Stopped)
    }

    /// The bytes of an argument that is a string, or its text.
    fn argument_string(
        &mut self,
        environment: &dyn Environment,
        token: &Token,
        arguments: &Arguments,
        index: usize,
    ) -> Result<Vec<u8>, Stopped> {
        let mut tokens = arguments.get(index, false).to_vec();
        self.expand_argument(environment, token, &mut tokens)?;
        Ok(match tokens.as_slice() {
            [one] if one.kind == TokenKind::String => {
                string::decode(self.sources.text(one.span)).into_owned()
            }
            all => self.join(all).into_bytes(),
        })
    }

    /// `%sel`: the argument selected by the first argument.
    fn select(
        &mut self,
        environment: &dyn Environment,
        token: &Token,
        arguments: &Arguments,
    ) -> Result<String, Stopped> {
        let number = self.argument_number(environment, token, arguments, 0)?;
        let count = arguments.ranges.len() - 1;
        match usize::try_from(number) {
            Ok(index) if (1..=count).contains(&index) => {
                Ok(self.argument_number(environment, token, arguments, index)?.to_string())
            }
            _ => {
                let message = format!("`%sel` selects number {number} of {count}");
                let warning =
                    self.warning("pp-sel-range", token, message).label("the result is empty");
                self.report(warning);
                Ok(String::new())
            }
        }
    }

    /// `%num(number, digits, base)`: exactly `digits` digits; at least that many if it is negative,
    /// or for 0.
    fn digits(
        &mut self,
        environment: &dyn Environment,
        token: &Token,
        arguments: &Arguments,
    ) -> Result<String, Stopped> {
        let given = arguments.ranges.len();
        let number = self.argument_number(environment, token, arguments, 0)?;
        let mut parameters = [-1, 10];
        for (index, parameter) in parameters.iter_mut().enumerate().take(given - 1) {
            if !arguments.get(index + 1, false).is_empty() {
                *parameter = self.argument_number(environment, token, arguments, index + 1)?;
            }
        }
        let [wanted, base] = parameters;
        let base = u64::try_from(base).ok().filter(|b| (2..=64).contains(b));
        let length = usize::try_from(wanted.unsigned_abs()).ok().filter(|&n| n <= MOST_DIGITS);
        let (Some(base), Some(length)) = (base, length) else {
            let diagnostic = self
                .error(token, "`%num` writes at most 1000 digits, in a base from 2 to 64")
                .label(format!("{wanted} digits in base {}", parameters[1]));
            self.report(diagnostic);
            return Err(Stopped);
        };
        let (mut left, mut digits) = (number.cast_unsigned(), Vec::new());
        while digits.len() < length || wanted <= 0 && left > 0 {
            // A digit is less than 64.
            let digit = usize::try_from(left % base).unwrap_or(0);
            digits.push(DIGITS.get(digit).copied().unwrap_or(b'0'));
            left /= base;
        }
        digits.reverse();
        Ok(string::quote(&digits))
    }
}

/// A directive that computes with strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StringDirective {
    Length,
    Concatenate,
    Part,
    Quote,
    Unquote,
    Path,
}

impl Preprocessor<'_> {
    /// Computes the result, and defines the name after the directive.
    pub(super) fn call_function(
        &mut self,
        environment: &dyn Environment,
        function: StringDirective,
        fold: bool,
        directive: &Token,
        rest: &[Token],
    ) {
        let Some(name) = self.defined_name(directive, rest) else { return };
        let mut tokens = rest.get(1..).unwrap_or_default().to_vec();
        if !self.expand(environment, &mut tokens) {
            return;
        }
        let text = match function {
            StringDirective::Quote => Some(string::quote(&to_bytes(&self.join(&tokens)))),
            StringDirective::Concatenate => self.concatenate(directive, &tokens),
            StringDirective::Length => self.string(directive, &tokens).map(|(bytes, rest)| {
                self.expect_end(directive, rest);
                bytes.len().to_string()
            }),
            StringDirective::Unquote => self.string(directive, &tokens).map(|(bytes, rest)| {
                self.expect_end(directive, rest);
                as_line(&bytes)
            }),
            // There is no search path: an include is in the folder of the file.
            StringDirective::Path => {
                self.file_name(directive, &tokens).map(|n| string::quote(n.as_bytes()))
            }
            StringDirective::Part => self.part(environment, directive, &tokens),
        };
        let Some(text) = text else { return };
        let mut body = Vec::new();
        if self.generate(&text, &Token { space_before: false, ..name }, &mut body) {
            self.bind(&name, fold, None, Meaning::Tokens(body));
        }
    }

    /// The bytes of the string at the start of `tokens`, and the tokens after it.
    fn string<'t>(
        &mut self,
        directive: &Token,
        tokens: &'t [Token],
    ) -> Option<(Vec<u8>, &'t [Token])> {
        if let [token, rest @ ..] = tokens
            && token.kind == TokenKind::String
        {
            return Some((string::decode(self.sources.text(token.span)).into_owned(), rest));
        }
        let name = self.sources.text(directive.span).to_owned();
        let at = tokens.first().unwrap_or(directive);
        let label = match tokens.first() {
            Some(token) if token.kind == TokenKind::Unknown => {
                let diagnostic = self.explain(token);
                self.report(diagnostic);
                return None;
            }
            Some(_) => "not a string",
            None => "nothing follows it",
        };
        let diagnostic = self.error(at, format!("`{name}` needs a string in quotes")).label(label);
        self.report(diagnostic);
        None
    }

    fn concatenate(&mut self, directive: &Token, tokens: &[Token]) -> Option<String> {
        let (mut all, mut rest) = (Vec::new(), tokens);
        while !rest.is_empty() {
            if let [comma, tail @ ..] = rest
                && comma.kind == TokenKind::Punctuation(Punctuation::Comma)
            {
                rest = tail;
                continue;
            }
            let (bytes, tail) = self.string(directive, rest)?;
            all.extend(bytes);
            rest = tail;
        }
        Some(string::quote(&all))
    }

    /// `'string' first, length`: characters are counted from 1; a negative length is counted from
    /// the end.
    fn part(
        &mut self,
        environment: &dyn Environment,
        directive: &Token,
        tokens: &[Token],
    ) -> Option<String> {
        let comma = TokenKind::Punctuation(Punctuation::Comma);
        let (bytes, rest) = self.string(directive, tokens)?;
        let rest = rest.strip_prefix_if(|t| t.kind == comma);
        let (first, used) = self.evaluate(environment, directive, rest)?;
        let mut length = 1;
        match rest.get(used..).unwrap_or_default() {
            [] => {}
            [separator, tail @ ..] if separator.kind == comma => {
                let (number, used) = self.evaluate(environment, directive, tail)?;
                length = number;
                self.expect_end(directive, tail.get(used..).unwrap_or_default());
            }
            tail => self.expect_end(directive, tail),
        }
        Some(string::quote(part_of(&bytes, first, length)))
    }
}

/// The bytes from number `first`, counted from 1. A negative `length` is the last number, counted
/// from the end.
pub(super) fn part_of(bytes: &[u8], first: i64, length: i64) -> &[u8] {
    let size = (bytes.len() as u64).cast_signed();
    let start = first.saturating_sub(1).clamp(0, size);
    let end = if length < 0 {
        size.saturating_add(length).saturating_add(1)
    } else {
        start.saturating_add(length)
    };
    // The number is clamped to the length of the bytes.
    let location = |n: i64| usize::try_from(n.clamp(start, size)).unwrap_or(0);
    bytes.get(location(start)..location(end)).unwrap_or_default()
}

/// The text of a string, to be read as tokens.
pub(super) fn as_line(bytes: &[u8]) -> String {
    from_bytes(bytes.to_vec()).replace(['\n', '\r'], " ")
}

/// Removes the first element on a condition.
trait StripPrefixIf {
    fn strip_prefix_if(&self, accept: impl Fn(&Token) -> bool) -> &Self;
}

impl StripPrefixIf for [Token] {
    fn strip_prefix_if(&self, accept: impl Fn(&Token) -> bool) -> &Self {
        match self {
            [first, rest @ ..] if accept(first) => rest,
            all => all,
        }
    }
}
