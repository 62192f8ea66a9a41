//! Expressions as they are kept: nodes in the order in which a stack machine works them off.
//!
//! All expressions of a program share one list, so that one costs no allocation. Knows nothing of
//! text.

use crate::asm::value::symbols::SymbolId;
use iced_x86::Register;

/// What takes one operand.
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
    /// `__?ilog2e?__`: of a power of two.
    Log2Exact,
    /// `__?ilog2f?__`: rounded down.
    Log2Floor,
    /// `__?ilog2c?__`: rounded up.
    Log2Ceiling,
}

/// What takes two operands.
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

/// One step of the stack machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Node {
    /// A number.
    Number(i64),
    /// An address in a section, known now.
    Address(u16, i64),
    /// Something that no pass has placed yet.
    Unknown,
    /// A symbol.
    Symbol(SymbolId),
    /// `$`
    Here,
    /// `$$`
    SectionStart,
    /// A register, in an address.
    Register(Register),
    /// Works on the topmost value.
    Unary(Unary),
    /// Works on the two topmost values.
    Binary(Binary),
    /// `? :` on the three topmost values.
    Choose,
    /// The end of the expression.
    End,
}

/// Where an expression begins in the [`Arena`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExpressionId(u32);

/// All the expressions that are kept.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    nodes: Vec<Node>,
}

impl Arena {
    /// Where the next expression will begin.
    pub(crate) fn mark(&self) -> usize {
        self.nodes.len()
    }

    /// Forgets the nodes from `mark` on.
    pub(crate) fn truncate(&mut self, mark: usize) {
        self.nodes.truncate(mark);
    }

    /// Appends the only node of an expression, and gives where it is.
    pub(crate) fn add(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Appends a node.
    pub(crate) fn push(&mut self, node: Node) {
        self.nodes.push(node);
    }

    /// Closes the expression that begins at `mark`.
    pub(crate) fn close(&mut self, mark: usize) -> ExpressionId {
        self.nodes.push(Node::End);
        ExpressionId(u32::try_from(mark).unwrap_or(u32::MAX))
    }

    /// The nodes from the start of an expression on, its end and what follows included.
    pub(crate) fn nodes(&self, id: ExpressionId) -> &[Node] {
        self.nodes.get(id.0 as usize..).unwrap_or(&[])
    }

    /// The nodes from `mark` on.
    pub(crate) fn since(&self, mark: usize) -> &[Node] {
        self.nodes.get(mark..).unwrap_or(&[])
    }

    /// Keeps an expression that was put together by hand.
    pub(crate) fn keep(&mut self, nodes: &[Node]) -> ExpressionId {
        let mark = self.mark();
        self.nodes.extend_from_slice(nodes);
        self.close(mark)
    }
}
