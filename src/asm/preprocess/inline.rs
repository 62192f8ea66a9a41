//! Functions within a line: `%eval(…)`, `%str(…)` and the like, one row each.
//!
//! They are met where single-line macros are, and what comes of them is read again as their
//! bodies are. Knows nothing of lines; `%is…` asks what `%if…` asks.

use super::argument::Arguments;
use super::condition::{self, Test, Word};
use super::expand::{Expansion, Stopped};
use super::{Preprocessor, function};
use crate::asm::syntax::lexer::string;
use crate::asm::syntax::token::{Punctuation, Token, TokenKind};
use crate::asm::value::expression::Environment;

/// What a function does.
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
    /// `%is…`: the test, and whether it is turned around.
    Test(Test, bool),
}

/// A function: its name, what it does, the least and the most arguments.
type Row = (&'static str, Function, usize, usize);

const FUNCTIONS: &[Row] = &[
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

/// How many of them there may be.
const MOST_DIGITS: usize = 1000;

/// The function that a word with its `%` names.
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

    /// Puts what comes of the function that `token` names on the stack; false if it names none.
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
                string::quote(self.join(&tokens).as_bytes())
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
                string::quote(function::part_of(&bytes, first, length))
            }
            Function::Unquote => {
                let bytes = self.argument_string(environment, token, arguments, 0)?;
                function::as_line(&bytes)
            }
        };
        let mut out = Vec::new();
        if self.make(&text, token, &mut out) { Ok(out) } else { Err(Stopped) }
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

    /// `%sel`: the number that the first argument chooses.
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
                let message = format!("`%sel` is to choose number {number} of {count}");
                let warning = self.warning("pp-sel-range", token, message).label("chooses nothing");
                self.report(warning);
                Ok(String::new())
            }
        }
    }

    /// `%num(number, digits, base)`: so many digits; at least so many with a minus, and for 0.
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
            *parameter = self.argument_number(environment, token, arguments, index + 1)?;
        }
        let [wanted, base] = parameters;
        let base = u64::try_from(base).ok().filter(|b| (2..=64).contains(b));
        let length = usize::try_from(wanted.unsigned_abs()).ok().filter(|&n| n <= MOST_DIGITS);
        let (Some(base), Some(length)) = (base, length) else {
            let diagnostic = self
                .error(token, "`%num` writes at most 1000 digits, in a base from 2 to 64")
                .label(format!("{wanted} digits in base {} are asked for", parameters[1]));
            self.report(diagnostic);
            return Err(Stopped);
        };
        let (mut left, mut digits) = (number.cast_unsigned(), Vec::new());
        while digits.len() < length || wanted <= 0 && left > 0 {
            let digit = usize::try_from(left % base).unwrap_or(0);
            digits.push(DIGITS.get(digit).copied().unwrap_or(b'0'));
            left /= base;
        }
        digits.reverse();
        Ok(string::quote(&digits))
    }
}
