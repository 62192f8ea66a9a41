//! Single-line macros: `%define` and its relatives, `%assign`, `%undef`, the table of macros, and
//! `%defalias`, which gives a macro a second name.

use super::expand::SETTLED;
use super::include::Magic;
use super::origin::DefinitionId;
use super::{Preprocessor, limits};
use crate::asm::syntax::hash::hash;
use crate::asm::syntax::token::{Punctuation, Token, TokenKind};
use crate::asm::value::expression::Environment;
use crate::diagnostic::Span;
use std::cell::Cell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

/// A parameter of a single-line macro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Parameter {
    /// `=x`: the argument is evaluated.
    pub(super) evaluate: bool,
    /// `&x`: the argument becomes a string.
    pub(super) quote: bool,
    /// `x+`: the argument includes the commas and arguments after it.
    pub(super) greedy: bool,
}

/// The body of a macro.
#[derive(Debug)]
pub(super) enum Meaning {
    /// Tokens. For a parameter, [`Token::number`] is the number of the parameter, from 1.
    Tokens(Vec<Token>),
    /// A value that depends on the place of use.
    Magic(Magic),
}

/// A single-line macro.
#[derive(Debug)]
pub(super) struct Single {
    pub(super) name: Span,
    /// Whether letter case is ignored.
    pub(super) fold: bool,
    pub(super) parameters: Option<Vec<Parameter>>,
    pub(super) meaning: Meaning,
    /// Whether its body contains `%?` or another token of the preprocessor.
    pub(super) names_itself: bool,
    pub(super) id: DefinitionId,
    /// Set during its expansion, when its name is not expanded.
    pub(super) busy: Cell<bool>,
    /// Whether the program used it.
    pub(super) used: Cell<bool>,
}

impl Single {
    fn weight(&self) -> usize {
        match &self.meaning {
            Meaning::Tokens(tokens) => tokens.len() + 1,
            Meaning::Magic(_) => 1,
        }
    }

    fn count(&self) -> Option<usize> {
        self.parameters.as_ref().map(Vec::len)
    }

    /// Whether it can be called with `count` arguments.
    pub(super) fn takes(&self, count: usize) -> bool {
        let Some(parameters) = &self.parameters else { return false };
        let greedy = parameters.last().is_some_and(|p| p.greedy);
        // A greedy parameter may get nothing at all.
        parameters.len() == count || greedy && count + 1 >= parameters.len()
    }
}

/// A name to look up.
#[derive(Clone, Debug)]
pub(super) struct Name {
    /// In lower case.
    pub(super) key: String,
    /// Index of its context.
    pub(super) context: Option<usize>,
}

/// The options of the defining directives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    /// `%xdefine`: the body is expanded at the definition.
    pub(super) expand: bool,
    /// `%idefine`: letter case is ignored.
    pub(super) fold: bool,
}

impl Preprocessor<'_> {
    /// The key of a name; `None` if the token is not a name, or its context does not exist.
    pub(super) fn name_of(&self, token: &Token) -> Option<Name> {
        let (name, context) = self.split_name(token)?;
        Some(Name { key: name.to_ascii_lowercase(), context })
    }

    /// A name as written, and the index of its context.
    fn split_name(&self, token: &Token) -> Option<(&str, Option<usize>)> {
        let text = self.sources.text(token.span);
        match token.kind {
            TokenKind::Identifier => Some((text, None)),
            TokenKind::Preprocessor => {
                let name = text.strip_prefix("%$")?;
                let inner = name.trim_start_matches('$');
                let level = name.len() - inner.len() + 1;
                Some((inner, Some(self.contexts.len().checked_sub(level)?)))
            }
            _ => None,
        }
    }

    /// All macros of a name in any letter case.
    pub(super) fn singles_of(&mut self, name: &Name) -> &[Rc<Single>] {
        if name.context.is_none() && name.key.starts_with("__") {
            self.define_standard(&name.key);
        }
        self.known_singles(&name.key, name.context)
    }

    fn known_singles(&self, name: &str, context: Option<usize>) -> &[Rc<Single>] {
        let table = match context {
            Some(index) => self.contexts.get(index).map(|c| &c.singles),
            None => Some(&self.singles),
        };
        table.and_then(|table| get(table, name)).map_or(&[], Vec::as_slice)
    }

    /// The macro of this name for which `accept` holds.
    pub(super) fn find_single(
        &mut self,
        token: &Token,
        accept: impl Fn(&Single) -> bool,
    ) -> Option<Rc<Single>> {
        if self.split_name(token)?.0.starts_with("__") {
            let name = self.name_of(token)?;
            self.singles_of(&name);
        }
        let (text, context) = self.split_name(token)?;
        let is_it = |s: &&Rc<Single>| s.fold || self.bare(self.sources.text(s.name)) == text;
        self.known_singles(text, context).iter().filter(is_it).find(|s| accept(s)).cloned()
    }

    /// A name without the `%$` of contexts.
    fn bare<'t>(&self, text: &'t str) -> &'t str {
        text.strip_prefix('%').map_or(text, |name| name.trim_start_matches('$'))
    }

    /// Whether a macro of this name is defined.
    pub(super) fn is_single(&mut self, token: &Token) -> bool {
        let token = self.resolve_alias(token);
        let found = self.find_single(&token, |_| true);
        found.is_some_and(|single| {
            single.used.set(true);
            true
        })
    }

    /// The name that a directive defines; reports a mistake if there is none.
    pub(super) fn defined_name(&mut self, directive: &Token, rest: &[Token]) -> Option<Token> {
        let name = self.sources.text(directive.span).to_owned();
        let diagnostic = match rest.first() {
            Some(token) if self.name_of(token).is_some() => return Some(*token),
            Some(token) if self.sources.text(token.span).starts_with("%$") => self.explain(token),
            Some(token) => self
                .error(token, format!("`{name}` needs the name of a macro here"))
                .label("not a name"),
            None => self
                .error(directive, format!("`{name}` needs the name of a macro"))
                .label("nothing follows it"),
        };
        self.report(diagnostic);
        None
    }

    /// `%define`, `%idefine`, `%xdefine`, `%ixdefine`.
    pub(super) fn define(
        &mut self,
        environment: &dyn Environment,
        style: Style,
        directive: &Token,
        rest: &[Token],
    ) {
        let Some(name) = self.defined_name(directive, rest) else { return };
        let mut body = rest.get(1..).unwrap_or_default();
        let mut parameters = None;
        let open = TokenKind::Punctuation(Punctuation::Open);
        if let Some(token) = body.first()
            && token.kind == open
            && !token.space_before
        {
            let Some((list, names, length)) = self.parameters(token, body) else { return };
            parameters = Some((list, names));
            body = body.get(length..).unwrap_or_default();
        }
        let mut body = body.to_vec();
        let position = |this: &Self, names: &[Option<Span>], token: &Token| {
            let text = this.sources.text(token.span);
            names.iter().position(|&name| {
                let name = name.map_or("", |name| this.sources.text(name));
                name == text || style.fold && name.eq_ignore_ascii_case(text)
            })
        };
        if style.expand {
            // A parameter is not expanded here, even if it is called like a macro.
            if let Some((_, names)) = &parameters {
                for token in body.iter_mut().filter(|t| t.kind == TokenKind::Identifier) {
                    if position(self, names, token).is_some() {
                        token.number = SETTLED;
                    }
                }
            }
            if !self.expand(environment, &mut body) {
                return;
            }
        }
        let parameters = parameters.map(|(list, names)| {
            for token in body.iter_mut().filter(|t| t.kind == TokenKind::Identifier) {
                let position = position(self, &names, token);
                token.number = position.map_or(0, |p| p as u64 + 1);
            }
            list
        });
        self.bind(&name, style.fold, parameters, Meaning::Tokens(body));
    }

    /// Reads `(a, =b, &c, d+)`. Returns the parameters, their names, and how many tokens they take.
    /// `()` is one parameter without a name.
    fn parameters(
        &mut self,
        open: &Token,
        tokens: &[Token],
    ) -> Option<(Vec<Parameter>, Vec<Option<Span>>, usize)> {
        use Punctuation::{And, AndAnd, Close, Comma, Equal, Not, Plus};
        let (mut list, mut names, mut current) = (Vec::new(), Vec::new(), Parameter::default());
        let mut name = None;
        for (index, token) in tokens.iter().enumerate().skip(1) {
            match token.kind {
                TokenKind::Punctuation(Equal) if name.is_none() => current.evaluate = true,
                TokenKind::Punctuation(And | AndAnd) if name.is_none() => current.quote = true,
                TokenKind::Punctuation(Not) if name.is_none() => {}
                TokenKind::Punctuation(Plus) if name.is_some() => current.greedy = true,
                TokenKind::Identifier if name.is_none() => name = Some(token.span),
                TokenKind::Punctuation(Comma | Close) => {
                    list.push(std::mem::take(&mut current));
                    names.push(name.take());
                    if token.kind == TokenKind::Punctuation(Close) {
                        return Some((list, names, index + 1));
                    }
                }
                _ => {
                    let diagnostic = self
                        .error(token, "this cannot be a parameter of a macro")
                        .label("a name, `,` or `)` is expected here")
                        .help("a space before the `(` makes it part of the body");
                    self.report(diagnostic);
                    return None;
                }
            }
        }
        let diagnostic =
            self.error(open, "the parameters of the macro do not end").label("no `)` for this");
        self.report(diagnostic);
        None
    }

    /// Defines a macro, replacing one with the same name and number of parameters.
    pub(super) fn bind(
        &mut self,
        name: &Token,
        fold: bool,
        parameters: Option<Vec<Parameter>>,
        meaning: Meaning,
    ) {
        let resolved = self.resolve_alias(name);
        let Some(location) = self.name_of(&resolved) else { return };
        self.remove_alias(&resolved);
        self.filter.add(location.key.as_bytes());
        let text = self.bare(self.sources.text(resolved.span)).to_owned();
        let id = self.origins.define(resolved.span);
        let busy = Cell::new(false);
        let names_itself = matches!(&meaning, Meaning::Tokens(tokens)
            if tokens.iter().any(|t| t.kind == TokenKind::Preprocessor));
        let single = Single {
            name: resolved.span,
            fold,
            parameters,
            meaning,
            names_itself,
            id,
            busy,
            used: Cell::new(false),
        };
        let (mut kept, mut freed) = (Vec::new(), 0);
        for old in self.singles_of(&location).to_vec() {
            let is_exact = self.bare(self.sources.text(old.name)) == text;
            if (is_exact || fold && old.fold) && old.count().is_some() != single.count().is_some() {
                return self.report_both(name, &old, &single);
            }
            let same = (fold || old.fold || is_exact) && old.count() == single.count();
            if same { freed += old.weight() } else { kept.push(old) }
        }
        self.store(single.weight(), freed);
        kept.insert(0, Rc::new(single));
        self.set_singles(location, kept);
    }

    fn report_both(&mut self, name: &Token, old: &Single, new: &Single) {
        let text = self.sources.text(name.span).to_owned();
        let message = format!("the macro `{text}` is defined both with and without parameters");
        let label = if new.parameters.is_some() { "with parameters" } else { "without parameters" };
        let diagnostic = self
            .error(name, message)
            .label(label)
            .help(format!("write `%undef {text}` before it, or choose another name"));
        let diagnostic = self.note_of(diagnostic, old.name, "the other definition");
        self.report(diagnostic);
    }

    fn set_singles(&mut self, location: Name, list: Vec<Rc<Single>>) {
        let table = match location.context {
            Some(index) => self.contexts.get_mut(index).map(|c| &mut c.singles),
            None => Some(&mut self.singles),
        };
        if let Some(table) = table {
            table.insert(location.key, list);
        }
    }

    /// Counts stored tokens, and gives up if there are too many.
    pub(super) fn store(&mut self, added: usize, freed: usize) {
        self.spent.stored = self.spent.stored.saturating_add(added).saturating_sub(freed);
        if self.spent.stored > limits::STORED_TOKENS && !self.ended {
            let most = limits::STORED_TOKENS;
            self.give_up(format!("macros hold more than {most} words at one time"));
        }
    }

    /// `%assign` and `%iassign`.
    pub(super) fn assign(
        &mut self,
        environment: &dyn Environment,
        fold: bool,
        directive: &Token,
        rest: &[Token],
    ) {
        let Some(name) = self.defined_name(directive, rest) else { return };
        let value = rest.get(1..).unwrap_or_default();
        let number = match value {
            // `%assign x` without a value defines 0.
            [] => Some(0),
            _ => self.number(environment, directive, value),
        };
        // After a mistake the name is defined all the same, to avoid a mistake at each use.
        self.bind_number(&name, fold, number.unwrap_or(0));
    }

    /// Defines a name as a number.
    pub(super) fn bind_number(&mut self, name: &Token, fold: bool, number: i64) {
        let mut body = Vec::new();
        let at = Token { space_before: false, ..*name };
        if self.generate(&number.to_string(), &at, &mut body) {
            self.bind(name, fold, None, Meaning::Tokens(body));
        }
    }

    /// `%undef`.
    pub(super) fn undefine(&mut self, directive: &Token, rest: &[Token]) {
        let Some(name) = self.defined_name(directive, rest) else { return };
        let name = self.resolve_alias(&name);
        self.remove_alias(&name);
        self.remove_singles(&name);
        self.expect_end(directive, rest.get(1..).unwrap_or_default());
    }

    /// Removes all macros of a name.
    pub(super) fn remove_singles(&mut self, name: &Token) {
        let Some(location) = self.name_of(name) else { return };
        let text = self.bare(self.sources.text(name.span)).to_owned();
        let (mut kept, mut freed) = (Vec::new(), 0);
        for old in self.singles_of(&location).to_vec() {
            let same = old.fold || self.bare(self.sources.text(old.name)) == text;
            if same { freed += old.weight() } else { kept.push(old) }
        }
        self.store(0, freed);
        self.set_singles(location, kept);
    }
}

/// A name that is replaced with another.
#[derive(Clone, Copy, Debug)]
struct Alias {
    name: Span,
    target: Token,
    /// Whether letter case is ignored.
    fold: bool,
}

/// All aliases, by name in lower case.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    table: HashMap<String, Vec<Alias>>,
    /// Whether `%aliases off` is in effect.
    are_off: bool,
}

/// The maximum length of a chain of aliases. A cycle is not resolved.
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

    /// The name after following all aliases, or the name itself.
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

    /// Removes an alias.
    pub(super) fn remove_alias(&mut self, token: &Token) {
        let text = self.sources.text(token.span);
        if let Some(list) = self.aliases.table.get_mut(&text.to_ascii_lowercase()) {
            list.retain(|a| !(a.fold || self.sources.text(a.name) == text));
        }
    }

    /// `%defalias` and `%idefalias`: defines a name and its target.
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
                let diagnostic = self
                    .error(at, "`%aliases` takes `on` or `off`")
                    .label("expected `on` or `off`");
                self.report(diagnostic);
            }
        }
    }
}

/// A table indexed by names in lower case.
pub(super) type NameTable<T> = HashMap<String, T, BuildHasherDefault<NameHasher>>;

/// An adapter of [`hash()`] for standard hash tables.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NameHasher(u64);

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        // The table uses the highest and the lowest bits.
        self.0 = u64::from(hash(bytes)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_u8(&mut self, _: u8) {
        // The byte that ends a string in a hash. It is not needed: a key is a single string.
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Names up to this length are looked up without an allocation.
const SHORT: usize = 64;

/// Looks up a name in any letter case.
pub(super) fn get<'t, T>(table: &'t NameTable<T>, name: &str) -> Option<&'t T> {
    if table.is_empty() {
        return None;
    }
    let mut room = [0; SHORT];
    let Some(lower) = room.get_mut(..name.len()) else {
        return table.get(&name.to_ascii_lowercase());
    };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    table.get(std::str::from_utf8(lower).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_any_letter_case_and_length() {
        let mut table = NameTable::default();
        for length in 1..100 {
            table.insert("x".repeat(length), length);
        }
        for length in 1..100 {
            assert_eq!(get(&table, &"X".repeat(length)), Some(&length));
        }
        assert_eq!(get(&table, "y"), None);
    }
}
