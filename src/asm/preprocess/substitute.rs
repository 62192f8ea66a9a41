//! Substitution, the first stage: the parameters of the multi-line macro that contains the line,
//! `%%local` labels, `%?`, and `%[…]`.
//!
//! The replacement is pasted to a name or number next to it, as in `label%1`.

use super::input::Input;
use super::multi::Call;
use super::{Preprocessor, limits};
use crate::asm::syntax::token::{Punctuation, Token, TokenKind};
use crate::asm::value::expression::Environment;

/// Condition codes and their opposites.
static CONDITION_CODES: &[(&str, &str)] = &[
    ("a", "na"),
    ("ae", "nae"),
    ("b", "nb"),
    ("be", "nbe"),
    ("c", "nc"),
    ("e", "ne"),
    ("g", "ng"),
    ("ge", "nge"),
    ("l", "nl"),
    ("le", "nle"),
    ("o", "no"),
    ("p", "np"),
    ("pe", "po"),
    ("s", "ns"),
    ("z", "nz"),
];

/// Conditions without an opposite.
const COUNTER_CODES: &[&str] = &["cxz", "ecxz", "rcxz"];

impl Preprocessor<'_> {
    /// The macro call that the current line belongs to.
    fn call(&self) -> Option<&Call> {
        for frame in self.frames.iter().rev() {
            match &frame.input {
                Input::Macro(call) => return Some(call),
                Input::Repeat(_) => {}
                Input::File(_) => return None,
            }
        }
        None
    }

    /// The macro call, mutable.
    pub(super) fn call_mut(&mut self) -> Option<&mut Call> {
        for frame in self.frames.iter_mut().rev() {
            match &mut frame.input {
                Input::Macro(call) => return Some(call),
                Input::Repeat(_) => {}
                Input::File(_) => return None,
            }
        }
        None
    }

    /// Substitutes in `line`. Returns false after a report; the line must then not be used.
    pub(super) fn substitute(
        &mut self,
        environment: &dyn Environment,
        line: &mut Vec<Token>,
    ) -> bool {
        let mut tokens = std::mem::take(&mut self.spare_line);
        std::mem::swap(line, &mut tokens);
        let good = self.substitute_each(environment, &tokens, line);
        tokens.clear();
        self.spare_line = tokens;
        good
    }

    /// Whether a token continues the word before it: a name, or a parameter such as `%1`.
    fn continues_word(&self, next: &Token) -> bool {
        let is_word = match next.kind {
            TokenKind::Identifier => true,
            TokenKind::Preprocessor => {
                let text = self.sources.text(next.span).as_bytes();
                text.get(1).is_some_and(u8::is_ascii_digit)
            }
            _ => false,
        };
        is_word && !next.space_before
    }

    fn substitute_each(
        &mut self,
        environment: &dyn Environment,
        tokens: &[Token],
        line: &mut Vec<Token>,
    ) -> bool {
        let (mut rest, mut glue, mut joined) = (tokens, false, false);
        while let [token, tail @ ..] = rest {
            rest = tail;
            let start = line.len();
            let replaced = if token.kind == TokenKind::Preprocessor {
                if self.sources.text(token.span) == "%[" {
                    let Some(length) = self.indirect(environment, token, tail, line) else {
                        return false;
                    };
                    rest = tail.get(length..).unwrap_or_default();
                    Some(true)
                } else {
                    self.replacement(token, line)
                }
            } else {
                Some(false)
            };
            let Some(replaced) = replaced else { return false };
            if !replaced {
                line.push(*token);
            } else if let Some(first) = line.get_mut(start) {
                first.space_before = token.space_before;
            }
            let touches = !token.space_before && (glue || replaced);
            if touches && !self.join_at(line, start) {
                return false;
            }
            joined |= touches;
            // The value of a context name is not known yet, so it is pasted later.
            let text = self.sources.text(token.span);
            let (is_local, is_braced) = (text.starts_with("%$"), text.starts_with("%{$"));
            let before = start.checked_sub(1).and_then(|before| line.get(before));
            if (is_local || is_braced)
                && !token.space_before
                && before.is_some_and(|t| t.kind == TokenKind::Identifier)
            {
                let name = line.split_off(start);
                if !self.generate("%+", token, line) {
                    return false;
                }
                line.extend(name);
            }
            if is_braced
                && replaced
                && rest.first().is_some_and(|next| self.continues_word(next))
                && !self.generate("%+", token, line)
            {
                return false;
            }
            glue = replaced;
            if replaced && !self.charge(super::cost(line.get(start..).unwrap_or_default())) {
                return false;
            }
            if line.len() > limits::LINE_TOKENS {
                let most = limits::LINE_TOKENS;
                let message = format!("this line expands to more than {most} words");
                let diagnostic = self.error(token, message).label("while expanding this");
                self.report(diagnostic);
                return false;
            }
        }
        !joined || self.join_exponents(line)
    }

    /// `%1e+%2`: makes one number of what was pasted to end in `e`, a sign and a number.
    fn join_exponents(&mut self, line: &mut Vec<Token>) -> bool {
        use Punctuation::{Minus, Plus};
        let mut from = 0;
        while let Some(at) = line.get(from..).and_then(|rest| {
            rest.array_windows().position(|[number, sign, exponent]| {
                let text = self.sources.text(number.span);
                matches!(number.kind, TokenKind::Unknown | TokenKind::Float)
                    && text.starts_with(|c: char| c.is_ascii_digit())
                    && text.ends_with(['e', 'E', 'p', 'P'])
                    && matches!(sign.kind, TokenKind::Punctuation(Plus | Minus))
                    && exponent.kind == TokenKind::Number
                    && !sign.space_before
                    && !exponent.space_before
            })
        }) {
            let at = from + at;
            let Some(parts) = line.get(at..at + 3) else { return true };
            let text: String = parts.iter().map(|t| self.sources.text(t.span)).collect();
            let first = parts[0];
            let tail = line.split_off(at + 3);
            line.truncate(at);
            if !self.generate(&text, &first, line) {
                return false;
            }
            from = line.len();
            line.extend(tail);
        }
        true
    }

    /// Pastes the token at `start` to the one before it, if both are parts of words.
    pub(super) fn join_at(&mut self, line: &mut Vec<Token>, start: usize) -> bool {
        use TokenKind::{Float, Here, Identifier, Number};
        let (Some(&left), Some(&right)) =
            (start.checked_sub(1).and_then(|i| line.get(i)), line.get(start))
        else {
            return true;
        };
        let text = self.sources.text(left.span);
        // A part of a number such as `0x` or `1A` is not one by itself.
        let is_part = |token: &Token| {
            let text = self.sources.text(token.span);
            token.kind == TokenKind::Unknown && text.starts_with(|c: char| c.is_ascii_digit())
        };
        let is_word = matches!(left.kind, Identifier | Number | Float | Here)
            || is_part(&left)
            || left.kind == TokenKind::Preprocessor && text != "%+";
        if !is_word || !matches!(right.kind, Identifier | Number | Float) && !is_part(&right) {
            return true;
        }
        let text = format!("{text}{}", self.sources.text(right.span));
        let tail = line.split_off(start + 1);
        line.truncate(start - 1);
        let made = self.generate(&text, &left, line);
        line.extend(tail);
        made
    }

    /// `%[…]`: expands its tokens. Returns how many tokens it takes; `None` after a report.
    fn indirect(
        &mut self,
        environment: &dyn Environment,
        token: &Token,
        tail: &[Token],
        line: &mut Vec<Token>,
    ) -> Option<usize> {
        use Punctuation::{BracketClose, BracketOpen};
        let mut depth = 0usize;
        let close = tail.iter().position(|t| match t.kind {
            TokenKind::Punctuation(BracketOpen) => {
                depth += 1;
                false
            }
            TokenKind::Preprocessor if self.sources.text(t.span) == "%[" => {
                depth += 1;
                false
            }
            TokenKind::Punctuation(BracketClose) if depth == 0 => true,
            TokenKind::Punctuation(BracketClose) => {
                depth -= 1;
                false
            }
            _ => false,
        });
        let Some(close) = close.filter(|_| self.evaluation_depth < limits::EVALUATION_DEPTH) else {
            let diagnostic = self.explain(token);
            self.report(diagnostic);
            return None;
        };
        let mut inner = tail.get(..close)?.to_vec();
        self.evaluation_depth += 1;
        let good = self.substitute(environment, &mut inner) && self.expand(environment, &mut inner);
        self.evaluation_depth -= 1;
        line.extend(inner);
        good.then_some(close + 1)
    }

    /// Appends the replacement of `token`. Returns whether there is one; `None` after a report.
    fn replacement(&mut self, token: &Token, line: &mut Vec<Token>) -> Option<bool> {
        let text = self.sources.text(token.span);
        let word = text.get(1..).unwrap_or("");
        if let Some(inner) = word.strip_prefix('{') {
            let inner = inner.trim_end_matches('}').trim().to_owned();
            return self.braced(token, &inner, line);
        }
        let word = word.to_owned();
        self.word(token, &word, line)
    }

    fn braced(&mut self, token: &Token, inner: &str, line: &mut Vec<Token>) -> Option<bool> {
        if let Some((from, to)) = inner.split_once(':')
            && let (Ok(from), Ok(to)) = (from.trim().parse::<i64>(), to.trim().parse::<i64>())
        {
            return self.range(token, from, to, line);
        }
        let start = line.len();
        let replaced = self.word(token, inner, line)?;
        if !replaced && inner.bytes().next().is_some_and(|b| b != b'{') {
            // `%{$x}`, `%{define}`: the braces only delimit the word.
            line.truncate(start);
            return self.generate(&format!("%{inner}"), token, line).then_some(true);
        }
        Some(replaced)
    }

    fn word(&mut self, token: &Token, word: &str, line: &mut Vec<Token>) -> Option<bool> {
        let first = word.bytes().next().unwrap_or(b' ');
        let call = self.call();
        match (first, call) {
            (b'%', Some(call)) if word.len() > 1 => {
                let text = format!("..@{}.{}", call.unique, word.get(1..).unwrap_or(""));
                self.generate(&text, token, line).then_some(true)
            }
            (b'?' | b'*', Some(call)) => {
                let (used, defined) = (call.name, call.definition.name);
                let span = if word.ends_with("??") { defined } else { used.span };
                line.push(token.renamed(span, self.sources.text(span)));
                Some(true)
            }
            (b'+' | b'-', Some(_)) if word.len() > 1 => self.condition_code(token, word, line),
            (b'0'..=b'9', Some(call)) => {
                if word == "00" {
                    line.extend(call.label);
                } else if word == "0" {
                    let text = call.count().to_string();
                    return self.generate(&text, token, line).then_some(true);
                } else if let Ok(number) = word.parse::<usize>() {
                    line.extend_from_slice(call.argument(number));
                }
                Some(true)
            }
            _ => Some(false),
        }
    }

    /// `%{1:3}`, `%{-1:1}`: a range of parameters, with commas between them.
    fn range(&mut self, token: &Token, from: i64, to: i64, line: &mut Vec<Token>) -> Option<bool> {
        let Some(call) = self.call() else { return Some(false) };
        let count = (call.count() as u64).cast_signed();
        let location = |n: i64| if n < 0 { count + 1 + n } else { n };
        let (from, to) = (location(from), location(to));
        if !(1..=count).contains(&from) || !(1..=count).contains(&to) {
            let text = self.sources.text(token.span);
            let message = format!("`{text}` reaches beyond the parameters of the macro");
            let diagnostic = self.error(token, message).label(format!("there are {count}"));
            self.report(diagnostic);
            return None;
        }
        let step = if from <= to { 1 } else { -1 };
        let mut commas = Vec::new();
        if !self.generate(",", token, &mut commas) {
            return None;
        }
        let mut number = from;
        loop {
            // The number is between 1 and the number of parameters.
            let index = usize::try_from(number).unwrap_or(0);
            let argument = self.call().map_or(&[][..], |call| call.argument(index));
            line.extend_from_slice(argument);
            if number == to || line.len() > limits::LINE_TOKENS {
                return Some(true);
            }
            line.extend_from_slice(&commas);
            number += step;
        }
    }

    /// `%+1` is a parameter that must be a condition code, `%-1` is the opposite code.
    fn condition_code(&mut self, token: &Token, word: &str, line: &mut Vec<Token>) -> Option<bool> {
        let (sign, digits) = word.split_at(1);
        let number = digits.parse::<usize>().unwrap_or(0);
        let argument = self.call().map_or(&[][..], |call| call.argument(number)).to_vec();
        let given = self.join(&argument);
        let lower = given.to_ascii_lowercase();
        let find = |(a, b): &&(&str, &str)| *a == lower || *b == lower;
        let row = CONDITION_CODES.iter().find(find);
        let code = match (row, sign) {
            (Some(_), "+") => Some(lower.as_str()),
            (Some(&(code, opposite)), _) => Some(if code == lower { opposite } else { code }),
            (None, "+") => COUNTER_CODES.iter().copied().find(|c| *c == lower),
            _ => None,
        };
        if let Some(code) = code {
            return self.generate(code, token, line).then_some(true);
        }
        let at = argument.first().copied().unwrap_or(*token);
        let why = if COUNTER_CODES.contains(&lower.as_str()) {
            "it has no opposite"
        } else {
            "not a condition code such as `z` or `nae`"
        };
        let text = self.sources.text(token.span).to_owned();
        let message = format!("the macro uses this as a condition code (`{text}`)");
        let diagnostic = self.error(&at, message).label(why);
        self.report(diagnostic);
        None
    }
}
