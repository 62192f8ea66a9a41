//! What the names in an expression of a statement become: symbols, numbered.
//! Knows nothing of their values.

use crate::asm::syntax::mistake::{Place, Wrong};
use crate::asm::syntax::token::Token;
use crate::asm::value::expression::node::Node;
use crate::asm::value::expression::parse::Names;
use crate::asm::value::symbols::{Definition, Parent, SymbolTable};

/// The names of a program, at a place where locals belong to `parent`.
pub(super) struct InSource<'a> {
    pub(super) symbols: &'a mut SymbolTable,
    pub(super) parent: &'a Parent,
}

/// Whether a name is a local label.
pub(super) fn is_local(name: &str) -> bool {
    let name = name.as_bytes();
    name.first() == Some(&b'.') && name.get(1) != Some(&b'.')
}

impl Names for InSource<'_> {
    fn symbol(&mut self, name: &str, token: &Token) -> Wrong<Node> {
        let (parent, hash) = if is_local(name) { self.parent.join(name) } else { ("", token.hash) };
        let id = self.symbols.intern_hashed((hash, parent, name), Place::from(token));
        Ok(match self.symbols.definition(id) {
            Definition::Number(number) => Node::Number(number),
            _ => Node::Symbol(id),
        })
    }

    fn here(&self) -> Node {
        Node::Here
    }

    fn section_start(&self) -> Node {
        Node::SectionStart
    }
}
