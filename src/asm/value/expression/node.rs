//! Expressions as nodes in postfix order, and a stack machine that evaluates them.
//!
//! All expressions are stored in one [`Arena`]. A [`Resolve`] gives the current values of the
//! symbols.

use super::linear::{Linear, Trouble};
use crate::asm::syntax::ast::{Kind, Value};
use crate::asm::value::symbols::SymbolId;
use iced_x86::Register;

/// A unary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unary {
    /// `-`
    Negate,
    /// `+`
    Plus,
    /// `~`
    Not,
    /// `!`
    BooleanNot,
    /// `seg`
    Segment,
    /// `__?ilog2e?__`: the logarithm of a power of two.
    Log2Exact,
    /// `__?ilog2f?__`: the logarithm, rounded down.
    Log2Floor,
    /// `__?ilog2c?__`: the logarithm, rounded up.
    Log2Ceiling,
}

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[rustfmt::skip]
pub(crate) enum Binary {
    /// `||`
    BooleanOr,
    /// `^^`
    BooleanXor,
    /// `&&`
    BooleanAnd,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `<=>`
    Compare,
    /// `|`
    Or,
    /// `^`
    Xor,
    /// `&`
    And,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `>>>`
    ShiftRightSigned,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `//`
    DivideSigned,
    /// `%`
    Remainder,
    /// `%%`
    RemainderSigned,
}

/// An instruction of the stack machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Node {
    /// A number.
    Number(i64),
    /// A number that is the result of an addition.
    Sum(i64),
    /// An address in a section that is known now.
    Address(u16, i64),
    /// A value that no pass has computed yet.
    Unknown,
    /// A symbol.
    Symbol(SymbolId),
    /// `$`
    Here,
    /// `$$`
    SectionStart,
    /// A register, in an address.
    Register(Register),
    /// Applies to the top value.
    Unary(Unary),
    /// Applies to the two top values.
    Binary(Binary),
    /// `? :`, applies to the three top values.
    Choose,
    /// The end of the expression.
    End,
}

/// The index of an expression in the [`Arena`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExpressionId(u32);

/// All stored expressions.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    nodes: Vec<Node>,
}

impl Arena {
    /// The index at which the next expression will begin.
    pub(crate) fn mark(&self) -> usize {
        self.nodes.len()
    }

    /// Removes the nodes from `mark` on.
    pub(crate) fn truncate(&mut self, mark: usize) {
        self.nodes.truncate(mark);
    }

    /// Appends an expression of a single node and returns its index.
    pub(crate) fn add(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Appends a node.
    pub(crate) fn push(&mut self, node: Node) {
        self.nodes.push(node);
    }

    /// Ends the expression that begins at `mark`.
    pub(crate) fn close(&mut self, mark: usize) -> ExpressionId {
        self.nodes.push(Node::End);
        ExpressionId(crate::asm::syntax::index(mark))
    }

    /// The nodes from the start of an expression on, including its end and what follows.
    pub(crate) fn nodes(&self, id: ExpressionId) -> &[Node] {
        self.nodes.get(id.0 as usize..).unwrap_or(&[])
    }

    /// The nodes from `mark` on.
    pub(crate) fn since(&self, mark: usize) -> &[Node] {
        self.nodes.get(mark..).unwrap_or(&[])
    }

    /// Stores an expression given as nodes.
    pub(crate) fn keep(&mut self, nodes: &[Node]) -> ExpressionId {
        let mark = self.mark();
        self.nodes.extend_from_slice(nodes);
        self.close(mark)
    }
}

/// The current values of the names in an expression.
pub(crate) trait Resolve {
    /// A symbol.
    fn symbol(&self, id: SymbolId) -> Result<Linear, Trouble>;
    /// `$`
    fn here(&self) -> Linear;
    /// `$$`
    fn section_start(&self) -> Linear;
}

/// Evaluates the expression at the start of `nodes`. `stack` is a buffer to reuse.
pub(crate) fn evaluate(
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
            value.is_summed |= value.number != 0;
            return Ok(value);
        }
        _ => {}
    }
    stack.clear();
    for node in nodes {
        let value = match *node {
            Node::Number(number) => Linear::number(number),
            Node::Sum(number) => Linear::sum(number),
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
