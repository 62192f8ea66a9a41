//! The stack machine that works an expression out.
//!
//! What symbols stand for at this moment it asks its [`Resolve`].

use super::linear::{Linear, Trouble};
use super::node::{Binary, Node};
use crate::asm::syntax::ast::{Kind, Value};
use crate::asm::value::symbols::SymbolId;

/// What the names in an expression stand for at this moment.
pub(crate) trait Resolve {
    /// A symbol.
    fn symbol(&self, id: SymbolId) -> Result<Linear, Trouble>;
    /// `$`
    fn here(&self) -> Linear;
    /// `$$`
    fn section_start(&self) -> Linear;
}

/// Works out the expression that `nodes` begins with. `stack` is only there to be used again.
pub(crate) fn run(
    nodes: &[Node],
    resolve: &impl Resolve,
    stack: &mut Vec<Linear>,
) -> Result<Linear, Trouble> {
    match nodes {
        [Node::Symbol(id), Node::End, ..] => return resolve.symbol(*id),
        [
            Node::Symbol(id),
            Node::Number(n),
            Node::Binary(op @ (Binary::Add | Binary::Subtract)),
            Node::End,
            ..,
        ] => {
            let mut value = resolve.symbol(*id)?;
            let n = if *op == Binary::Add { *n } else { n.wrapping_neg() };
            value.number = value.number.wrapping_add(n);
            return Ok(value);
        }
        _ => {}
    }
    stack.clear();
    for node in nodes {
        let value = match *node {
            Node::Number(number) => Linear::number(number),
            Node::Address(section, number) => {
                Linear::value(Value { number, kind: Kind::Relocatable(section) }, (0, 0))
            }
            Node::Unknown => Linear::unknown(),
            Node::Symbol(id) => resolve.symbol(id)?,
            Node::Here => resolve.here(),
            Node::SectionStart => resolve.section_start(),
            Node::Register(register) => Linear::register(register),
            Node::Unary(operator) => pop(stack)?.unary(operator)?,
            Node::Binary(operator) => {
                let right = pop(stack)?;
                pop(stack)?.binary(operator, &right)?
            }
            Node::Choose => {
                let (no, yes, condition) = (pop(stack)?, pop(stack)?, pop(stack)?);
                let mut chosen = if condition.number != 0 { yes } else { no };
                chosen.join(&condition);
                chosen
            }
            Node::End => return pop(stack),
        };
        stack.push(value);
    }
    pop(stack)
}

#[inline(always)]
fn pop(stack: &mut Vec<Linear>) -> Result<Linear, Trouble> {
    stack.pop().ok_or(Trouble::NotSimple)
}
