//! Labels, `equ`, and the symbols that names in expressions stand for.

use super::{Evaluated, Parser};
use crate::asm::object::Equ;
use crate::asm::syntax::ast::Kind;
use crate::asm::syntax::cursor::Cursor;
use crate::asm::syntax::directive::Action;
use crate::asm::syntax::mistake::{Location, Mistake, Wrong};
use crate::asm::syntax::token::Token;
use crate::asm::syntax::word::{OperandWord, Word, WordId};
use crate::asm::value::expression::linear::{Term, Unit};
use crate::asm::value::expression::node::{ExpressionId, Node};
use crate::asm::value::expression::parse::Names;
use crate::asm::value::symbols::{Definition, Parent, Position, SymbolId, SymbolTable};

impl Parser<'_> {
    /// Defines a label at the current position.
    pub(crate) fn define_label(&mut self, written: &str, token: &Token) -> Wrong<()> {
        let location = Location::from(token);
        let name = plain_name(written, token)?;
        let id = self.intern(name, token);
        if name.as_bytes().first() != Some(&b'.') {
            self.parent.set(name, token.hash);
        } else if is_local(name) && self.parent.name.is_empty() {
            let message = format!("`{name}` is local, but there is no label before it");
            self.mistakes.push(Mistake::warning("label-orphan-local", location, message));
        }
        self.define(id, location, false, Definition::Label(self.here()))
    }

    /// The id of a symbol, given its name without `$`.
    pub(crate) fn intern(&mut self, name: &str, token: &Token) -> SymbolId {
        let Self { parent, object, .. } = self;
        let (parent, hash) = if is_local(name) { parent.join(name) } else { ("", token.hash) };
        object.symbols.intern_hashed((hash, parent, name), Location::from(token))
    }

    /// Defines a symbol. A second, different definition is an error.
    pub(crate) fn define(
        &mut self,
        id: SymbolId,
        location: Location,
        is_equ: bool,
        definition: Definition,
    ) -> Wrong<()> {
        let symbols = &mut self.object.symbols;
        match symbols.definition(id) {
            Definition::Undefined | Definition::External => {
                symbols.define(id, location, is_equ, definition);
                Ok(())
            }
            // As in NASM, repeating the same definition is allowed.
            before if before == definition => Ok(()),
            _ => {
                let first = symbols.get(id).map(|e| e.location).unwrap_or_default();
                let message = format!("`{}` is defined twice", symbols.name(id));
                Err(Mistake::error(location, message)
                    .label("the second time")
                    .note(first, "the first definition is here"))
            }
        }
    }

    /// `NAME equ VALUE`, with the cursor after `equ`.
    pub(crate) fn equ(
        &mut self,
        written: &str,
        token: &Token,
        cursor: &mut Cursor<'_>,
    ) -> Wrong<()> {
        let value = self.expression(cursor)?;
        self.expect_end(cursor)?;
        let name = plain_name(written, token)?;
        let id = self.intern(name, token);
        let definition = self.equ_definition(&value)?;
        self.define(id, token.into(), true, definition)
    }

    fn equ_definition(&mut self, evaluated: &Evaluated) -> Wrong<Definition> {
        let Evaluated { value, later, location } = *evaluated;
        let Some(expression) = later else {
            if !value.terms().is_empty() {
                return Err(Mistake::error(
                    location,
                    "a register cannot be given a name with `equ`",
                )
                .help("`%define NAME register` can"));
            }
            return Ok(Definition::Number(value.number));
        };
        if value.is_fixed()
            && let &[Term { unit: Unit::Section(section), factor: 1, .. }] = value.terms()
            && let Some(position) = self.position_of(section, value.ranks.0, value.number)
        {
            return Ok(Definition::Label(position));
        }
        Ok(self.moving(expression, location))
    }

    /// Adds a symbol for an expression that depends on labels.
    pub(crate) fn moving(&mut self, expression: ExpressionId, location: Location) -> Definition {
        let row = crate::asm::syntax::index(self.object.equs.len());
        let value = crate::asm::syntax::ast::Value { number: 0, kind: Kind::Unknown };
        self.object.equs.push(Equ { expression, position: self.here(), value, location });
        Definition::Equ(row)
    }

    /// The position after `record` records whose address is currently `number`, if there is one.
    fn position_of(&self, section: u16, record: u32, number: i64) -> Option<Position> {
        let start = Position { section, record, fixed: 0 };
        let base = self.object.view(start, true).address(start).number;
        let fixed = u64::try_from(number.wrapping_sub(base)).ok()?;
        Some(Position { fixed, ..start })
    }
}

/// The name without its `$`; an error if an unmarked name has another meaning.
fn plain_name<'s>(written: &'s str, token: &Token) -> Wrong<&'s str> {
    if let [b'$', ..] = written.as_bytes() {
        return Ok(written.get(1..).unwrap_or_default());
    }
    if token.word == WordId::NONE {
        return match written.strip_prefix("..").is_some_and(|rest| !rest.starts_with('@')) {
            false => Ok(written),
            true => Err(Mistake::error(token, format!("`{written}` cannot be a label"))
                .help("of the names with two dots only those that begin with `..@` are free")),
        };
    }
    let what = match (token.word.register(), token.word.operand(), token.word.statement()) {
        (Some(_), ..) => "a register",
        (_, Some(OperandWord::Foreign), _) => return Ok(written),
        (_, None, None | Some(Word::Mnemonic(_))) => return Ok(written),
        // The name of a refused directive can still be a label; the others are as in NASM.
        (
            _,
            None,
            Some(Word::Directive(
                Action::Refuse(_) | Action::Data(_) | Action::Reserve(_) | Action::Equ,
            )),
        ) => return Ok(written),
        _ => "a word of the language",
    };
    let message = format!("`{written}` is {what} and cannot be a label");
    Err(Mistake::error(token, message).help(format!("`${written}` is a name like any other")))
}

/// Resolves names in an expression. Local labels belong to `parent`.
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
        let id = self.symbols.intern_hashed((hash, parent, name), Location::from(token));
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
