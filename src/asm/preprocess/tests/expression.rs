//! A small evaluator that stands in for the real one in the tests of the preprocessor.

use crate::asm::ast::Value;
use crate::asm::expression::Environment;
use crate::asm::token::{Punctuation as P, Token, TokenKind};
use crate::diagnostic::{Diagnostic, Sources};

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    sources: &'a Sources,
    environment: &'a dyn Environment,
}

pub(in crate::asm::preprocess) fn evaluate(
    tokens: &[Token],
    sources: &Sources,
    environment: &dyn Environment,
) -> Result<(Value, usize), Box<Diagnostic>> {
    let mut reader = Reader { tokens, at: 0, sources, environment };
    match reader.binary(0) {
        Some(number) => Ok((Value { number, ..Value::default() }, reader.at)),
        None => {
            let span = tokens.get(reader.at).or(tokens.last()).map(|t| t.span).unwrap_or_default();
            Err(Box::new(Diagnostic::error(span, "bad expression")))
        }
    }
}

const LEVELS: &[&[P]] = &[
    &[P::OrOr],
    &[P::AndAnd],
    &[P::Equal, P::NotEqual, P::Less, P::LessEqual, P::Greater, P::GreaterEqual],
    &[P::Or],
    &[P::Xor],
    &[P::And],
    &[P::ShiftLeft, P::ShiftRight],
    &[P::Plus, P::Minus],
    &[P::Star, P::Slash, P::Percent],
];

impl Reader<'_> {
    fn binary(&mut self, level: usize) -> Option<i64> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        while let Some(TokenKind::Punctuation(p)) = self.tokens.get(self.at).map(|t| t.kind)
            && operators.contains(&p)
        {
            self.at += 1;
            let right = self.binary(level + 1)?;
            left = match p {
                P::OrOr => i64::from(left != 0 || right != 0),
                P::AndAnd => i64::from(left != 0 && right != 0),
                P::Equal => i64::from(left == right),
                P::NotEqual => i64::from(left != right),
                P::Less => i64::from(left < right),
                P::LessEqual => i64::from(left <= right),
                P::Greater => i64::from(left > right),
                P::GreaterEqual => i64::from(left >= right),
                P::Or => left | right,
                P::Xor => left ^ right,
                P::And => left & right,
                P::ShiftLeft => left.wrapping_shl(u32::try_from(right).ok()?),
                P::ShiftRight => left.wrapping_shr(u32::try_from(right).ok()?),
                P::Plus => left.wrapping_add(right),
                P::Minus => left.wrapping_sub(right),
                P::Star => left.wrapping_mul(right),
                P::Slash => left.checked_div(right)?,
                _ => left.checked_rem(right)?,
            };
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<i64> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        match token.kind {
            TokenKind::Number => i64::try_from(token.number).ok().or(Some(i64::MIN)),
            TokenKind::Here => Some(self.environment.here().number),
            TokenKind::Identifier => {
                self.environment.symbol(self.sources.text(token.span)).map(|v| v.number)
            }
            TokenKind::Punctuation(P::Minus) => self.unary().map(i64::wrapping_neg),
            TokenKind::Punctuation(P::Not) => self.unary().map(|n| i64::from(n == 0)),
            TokenKind::Punctuation(P::Open) => {
                let number = self.binary(0)?;
                self.at += 1;
                Some(number)
            }
            _ => {
                self.at -= 1;
                None
            }
        }
    }
}
