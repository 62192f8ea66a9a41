//! The symbol table: an id for each name, and its definition.
//!
//! All names share one string, so using a symbol does not allocate. The definition of a label is a
//! [`Position`], not an address, because addresses change until the layout is final.

use crate::asm::syntax::hash::{hash as hash_of, join, of_name};
use crate::asm::syntax::index;
use crate::asm::syntax::mistake::Location;

/// The id of a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SymbolId(pub(crate) u32);

impl SymbolId {
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// A position in a section that stays valid when records grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Position {
    /// The section.
    pub(crate) section: u16,
    /// The number of records before it.
    pub(crate) record: u32,
    /// The number of fixed bytes before it.
    pub(crate) fixed: u64,
}

/// The definition of a symbol.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Definition {
    /// The symbol is used but not defined yet.
    Undefined,
    /// A number that is final.
    Number(i64),
    /// A position in a section.
    Label(Position),
    /// A row of the list of `equ`s whose value depends on labels.
    Equ(u32),
    /// The address of a section: its `vstart`, or its `start`, at which it is loaded.
    Section {
        /// The section.
        number: u16,
        /// Whether it is `start`.
        loaded: bool,
    },
    /// `extern`, which a flat binary cannot have.
    External,
}

/// One symbol.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    name_start: u32,
    name_length: u32,
    /// Whether it is defined by `equ` and not as a label.
    pub(crate) is_equ: bool,
    /// Its definition.
    pub(crate) definition: Definition,
    /// Where it is defined; while it is undefined, where it was first used.
    pub(crate) location: Location,
}

/// All symbols of a program, numbered in order of appearance.
#[derive(Debug, Default)]
pub(crate) struct SymbolTable {
    names: String,
    entries: Vec<Entry>,
    /// A hash table with open addressing: the hash, and the number of the entry plus one; 0 is a
    /// free slot. The length is a power of two.
    slots: Vec<(u32, u32)>,
}

/// The label that the following local labels belong to.
#[derive(Debug, Default)]
pub(crate) struct Parent {
    /// Its name; empty before the first.
    pub(crate) name: String,
    /// The hash of the name, if it contains no `.`.
    hash: Option<u32>,
}

impl Parent {
    /// Sets another label, given the hash of its name.
    pub(crate) fn set(&mut self, name: &str, hash: u32) {
        self.name.clear();
        self.name.push_str(name);
        self.hash = (hash == hash_of(name.as_bytes())).then_some(hash);
    }

    /// The parent of a local label, and the hash of the full name, which does not depend on where
    /// the name is split.
    #[inline(always)]
    pub(crate) fn join(&self, local: &str) -> (&str, u32) {
        let hash = match self.hash {
            Some(hash) => join(hash, hash_of(local.as_bytes())),
            None => of_name(&[self.name.as_bytes(), local.as_bytes()].concat()),
        };
        (&self.name, hash)
    }
}

impl SymbolTable {
    /// The id of the symbol with this name. A new symbol is undefined, and first used at
    /// `location`.
    pub(crate) fn intern(&mut self, name: &str, location: Location) -> SymbolId {
        self.intern_hashed((of_name(name.as_bytes()), "", name), location)
    }

    /// The id of the symbol with this hash, whose name has two parts; the first may be empty.
    pub(crate) fn intern_hashed(
        &mut self,
        (hash, parent, name): (u32, &str, &str),
        location: Location,
    ) -> SymbolId {
        if let Some(id) = self.look_up(hash, parent, name) {
            return id;
        }
        let id = index(self.entries.len());
        let name_start = index(self.names.len());
        let name_length = index(parent.len() + name.len());
        self.names.push_str(parent);
        self.names.push_str(name);
        let definition = Definition::Undefined;
        self.entries.push(Entry { name_start, name_length, is_equ: false, definition, location });
        // Hashes are compared before names, so a load of three quarters is fine.
        if self.entries.len() * 4 > self.slots.len() * 3 {
            self.grow();
        }
        self.occupy(hash, id);
        SymbolId(id)
    }

    /// The id of the symbol with this name, if it exists.
    pub(crate) fn find(&self, name: &str) -> Option<SymbolId> {
        self.look_up(of_name(name.as_bytes()), "", name)
    }

    fn look_up(&self, hash: u32, parent: &str, name: &str) -> Option<SymbolId> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut slot = hash as usize & mask;
        loop {
            let &(known, number) = self.slots.get(slot)?;
            let id = SymbolId(number.checked_sub(1)?);
            if known == hash && self.is_name(self.get(id)?, parent, name) {
                return Some(id);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn is_name(&self, entry: &Entry, parent: &str, name: &str) -> bool {
        let full = self.text(entry);
        match parent.is_empty() {
            true => full == name,
            false => {
                full.len() == parent.len() + name.len() && full.strip_prefix(parent) == Some(name)
            }
        }
    }

    fn occupy(&mut self, hash: u32, id: u32) {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while self.slots[slot].1 != 0 {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = (hash, id + 1);
    }

    fn grow(&mut self) {
        let length = (self.slots.len() * 2).max(64);
        let before = std::mem::replace(&mut self.slots, vec![(0, 0); length]);
        for (hash, number) in before {
            if let Some(id) = number.checked_sub(1) {
                self.occupy(hash, id);
            }
        }
    }

    #[inline(always)]
    fn text(&self, entry: &Entry) -> &str {
        let start = entry.name_start as usize;
        self.names.get(start..start + entry.name_length as usize).unwrap_or("")
    }

    /// The full name of a symbol.
    pub(crate) fn name(&self, id: SymbolId) -> &str {
        self.get(id).map_or("", |entry| self.text(entry))
    }

    /// The entry of a symbol.
    pub(crate) fn get(&self, id: SymbolId) -> Option<&Entry> {
        self.entries.get(id.index())
    }

    /// The definition of a symbol.
    pub(crate) fn definition(&self, id: SymbolId) -> Definition {
        self.get(id).map_or(Definition::Undefined, |entry| entry.definition)
    }

    /// Defines a symbol, replacing an earlier definition.
    pub(crate) fn define(
        &mut self,
        id: SymbolId,
        location: Location,
        is_equ: bool,
        as_: Definition,
    ) {
        if let Some(entry) = self.entries.get_mut(id.index()) {
            (entry.location, entry.is_equ, entry.definition) = (location, is_equ, as_);
        }
    }

    /// The number of symbols.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// All symbols.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (SymbolId, &Entry)> {
        (0..).map(SymbolId).zip(&self.entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_symbol_however_it_is_split() {
        let mut table = SymbolTable::default();
        let mut local = |parent: &str, name: &str| {
            let mut owner = Parent::default();
            owner.set(parent, of_name(parent.as_bytes()));
            let (parent, hash) = owner.join(name);
            table.intern_hashed((hash, parent, name), Location::default())
        };
        let ids: Vec<_> = (0..1000).map(|i| local("main", &format!(".l{i}"))).collect();
        let dotted = local("a.b", ".c");
        assert_eq!(local("a", ".b.c"), dotted);
        assert_eq!(local("main", ".l999"), ids[999]);
        assert_eq!(table.find("main.l7"), Some(ids[7]));
        assert_eq!(table.name(ids[3]), "main.l3");
        assert_eq!(table.find("main"), None);
        assert_eq!(table.find("a.b.c"), Some(dotted));
    }
}
