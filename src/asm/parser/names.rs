//! What the names in an expression of a statement become: symbols, numbered.
//! Knows nothing of their values.

use super::super::expression::node::Node;
use super::super::expression::parse::Names;
use super::super::mistake::{Place, Wrong};
use super::super::symbols::{Definition, SymbolTable};
use super::super::token::Token;

/// The names of a program, at a place where locals belong to `parent`.
pub(super) struct InSource<'a> {
    pub(super) symbols: &'a mut SymbolTable,
    pub(super) parent: &'a str,
}

/// Whether a name is a local label.
pub(super) fn is_local(name: &str) -> bool {
    name.starts_with('.') && !name.starts_with("..")
}

impl Names for InSource<'_> {
    fn symbol(&mut self, name: &str, token: &Token) -> Wrong<Node> {
        let parent = if is_local(name) { self.parent } else { "" };
        let id = self.symbols.intern(parent, name, Place::from(token));
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
