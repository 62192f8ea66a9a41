//! `%defalias` and its relatives: names that stand for other names, in definitions too.
//!
//! Knows nothing of what the names are defined as.

use super::Preprocessor;
use crate::asm::syntax::token::Token;
use crate::diagnostic::Span;
use std::collections::HashMap;

/// A name that stands for another.
#[derive(Clone, Copy, Debug)]
struct Alias {
    name: Span,
    target: Token,
    /// Whether letter case does not count.
    fold: bool,
}

/// All aliases, by name in lower case.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    table: HashMap<String, Vec<Alias>>,
    /// `%aliases off`
    are_off: bool,
}

/// How far one alias leads to the next; those that lead back lead nowhere.
const MOST_STEPS: usize = 100;

impl Preprocessor<'_> {
    fn alias(&self, token: &Token) -> Option<Alias> {
        let name = self.name_of(token)?;
        let text = self.sources.text(token.span);
        let list = self.aliases.table.get(&name.key).filter(|_| name.context.is_none())?;
        list.iter().find(|a| a.fold || self.sources.text(a.name) == text).copied()
    }

    /// Whether a name is an alias.
    pub(super) fn is_alias(&self, token: &Token) -> bool {
        self.alias(token).is_some()
    }

    /// What a name stands for: that of the last alias on the way, or the name itself.
    pub(super) fn resolve_alias(&self, token: &Token) -> Token {
        if self.aliases.table.is_empty() || self.aliases.are_off {
            return *token;
        }
        let mut found = *token;
        for _ in 0..MOST_STEPS {
            match self.alias(&found) {
                Some(alias) => {
                    let Token { space_before, origin, number, .. } = *token;
                    found = Token { space_before, origin, number, ..alias.target };
                }
                None => return found,
            }
        }
        *token
    }

    /// Makes a name no alias any more.
    pub(super) fn remove_alias(&mut self, token: &Token) {
        let text = self.sources.text(token.span);
        if let Some(list) = self.aliases.table.get_mut(&text.to_ascii_lowercase()) {
            list.retain(|a| !(a.fold || self.sources.text(a.name) == text));
        }
    }

    /// `%defalias` and `%idefalias`: the name and what it stands for.
    pub(super) fn define_alias(&mut self, fold: bool, directive: &Token, rest: &[Token]) {
        let Some(name) = self.defined_name(directive, rest) else { return };
        let Some(target) = self.defined_name(directive, rest.get(1..).unwrap_or_default()) else {
            return;
        };
        self.expect_end(directive, rest.get(2..).unwrap_or_default());
        self.remove_alias(&name);
        self.remove_singles(&name);
        let text = self.sources.text(name.span);
        self.filter.add(text.as_bytes());
        let list = self.aliases.table.entry(text.to_ascii_lowercase()).or_default();
        list.push(Alias { name: name.span, target, fold });
        self.store(1, 0);
    }

    /// `%undefalias`
    pub(super) fn undefine_alias(&mut self, directive: &Token, rest: &[Token]) {
        let Some(name) = self.defined_name(directive, rest) else { return };
        self.remove_alias(&name);
        self.expect_end(directive, rest.get(1..).unwrap_or_default());
    }

    /// `%aliases on` and `%aliases off`
    pub(super) fn switch_aliases(&mut self, directive: &Token, rest: &[Token]) {
        let word = rest.first().map_or("", |t| self.sources.text(t.span)).to_ascii_lowercase();
        match word.as_str() {
            "on" => self.aliases.are_off = false,
            "off" => self.aliases.are_off = true,
            _ => {
                let at = rest.first().unwrap_or(directive);
                let diagnostic =
                    self.error(at, "`%aliases` takes `on` or `off`").label("neither of them");
                self.report(diagnostic);
            }
        }
    }
}
