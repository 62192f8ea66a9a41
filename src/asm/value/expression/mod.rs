//! Expressions: tokens to [`Value`]s, with NASM's operators and precedence.
//!
//! [`parse`] turns tokens into nodes, [`node`] stores and evaluates them, and [`linear`] defines
//! the sums that they evaluate to. The preprocessor resolves names through an [`Environment`].
pub(crate) mod linear;
pub(crate) mod node;
pub(crate) mod parse;

use super::symbols::SymbolId;
use crate::asm::syntax::ast::{Kind, Value};
use crate::asm::syntax::cursor::Cursor;
use crate::asm::syntax::mistake::{Location, Mistake, Wrong};
use crate::asm::syntax::token::Token;
use crate::diagnostic::{Diagnostic, Sources};
use linear::{Linear, Trouble};
use node::{Arena, Node};
use parse::{Names, Parsed};

/// What an expression can refer to at its place in the source.
pub(crate) trait Environment {
    /// The value of a symbol, by its full name (locals as `parent.local`); `None` if it is not
    /// defined yet.
    fn symbol(&self, name: &str) -> Option<Value>;
    /// The label that local labels (`.x`) belong to; empty before the first label.
    fn parent(&self) -> &str;
    /// `$`.
    fn here(&self) -> Value;
    /// `$$`.
    fn section_start(&self) -> Value;
}

/// Evaluates the expression at the start of `tokens`. All its symbols must be known now (NASM's
/// critical expression). Returns the value and the number of tokens that it takes.
///
/// # Errors
/// The first mistake in the expression.
pub(crate) fn evaluate(
    tokens: &[Token],
    sources: &Sources,
    environment: &dyn Environment,
) -> Result<(Value, usize), Box<Diagnostic>> {
    critical(tokens, sources, environment).map_err(|mistake| Box::new(mistake.diagnostic))
}

fn critical(
    tokens: &[Token],
    sources: &Sources,
    environment: &dyn Environment,
) -> Wrong<(Value, usize)> {
    let mut cursor = Cursor::new(tokens, sources);
    let (mut arena, mut pending) = (Arena::default(), Vec::new());
    let mut names = Known { environment };
    let parsed = parse::parse(&mut cursor, &mut names, &mut arena, &mut pending)?;
    let location = cursor.location_since(0);
    let value = match parsed {
        Parsed::Number(number) => Value { number, kind: Kind::Absolute },
        Parsed::Nodes(mark) => {
            let id = arena.close(mark);
            let value = node::evaluate(arena.nodes(id), &Nothing, &mut Vec::new())
                .map_err(|trouble| parse::explain(trouble, location, "?"))?;
            if value.terms().iter().any(|t| matches!(t.unit, linear::Unit::Register(_))) {
                return Err(Mistake::error(location, "a register has no value that is known here"));
            }
            value.to_value().map_err(|trouble| parse::explain(trouble, location, "?"))?
        }
    };
    Ok((value, cursor.taken()))
}

/// Names whose values the environment knows now.
struct Known<'a> {
    environment: &'a dyn Environment,
}

fn leaf(value: Value) -> Node {
    match value.kind {
        Kind::Absolute | Kind::Distance => Node::Number(value.number),
        Kind::Relocatable(section) => Node::Address(section, value.number),
        Kind::Unknown => Node::Unknown,
    }
}

impl Names for Known<'_> {
    fn symbol(&mut self, name: &str, token: &Token) -> Wrong<Node> {
        let local = name.starts_with('.') && !name.starts_with("..");
        let value = if local {
            self.environment.symbol(&format!("{}{name}", self.environment.parent()))
        } else {
            self.environment.symbol(name)
        };
        value.map(leaf).ok_or_else(|| {
            let message = format!("`{name}` must be defined before it is used here");
            Mistake::error(Location::from(token), message).label("its value is needed at once")
        })
    }

    fn here(&self) -> Node {
        leaf(self.environment.here())
    }

    fn section_start(&self) -> Node {
        leaf(self.environment.section_start())
    }
}

/// Names for an expression without names.
struct Nothing;

impl node::Resolve for Nothing {
    fn symbol(&self, id: SymbolId) -> Result<Linear, Trouble> {
        Err(Trouble::Undefined(id))
    }

    fn here(&self) -> Linear {
        Linear::unknown()
    }

    fn section_start(&self) -> Linear {
        Linear::unknown()
    }
}
