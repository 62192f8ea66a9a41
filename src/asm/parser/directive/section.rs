//! Directives that set the section, the address or the width of the code: `section`, `org`,
//! `absolute`, `bits`, `default`.

use crate::asm::object::record::Section;
use crate::asm::object::{MAX_SECTIONS, MAX_STRETCHES};
use crate::asm::parser::Parser;
use crate::asm::syntax::cursor::Cursor;
use crate::asm::syntax::mistake::{Location, Mistake, Wrong};
use crate::asm::syntax::table::row::Cpu;
use crate::asm::syntax::token::{Punctuation as P, TokenKind};
use crate::asm::syntax::word::CPUS;
use crate::asm::value::symbols::Definition;
use crate::diagnostic::nearest;
use crate::image::Bits;

/// Section attributes with a value, and whether the value is the name of a section.
const ATTRIBUTES: &[(&str, bool)] = &[
    ("align", false),
    ("follows", true),
    ("start", false),
    ("valign", false),
    ("vfollows", true),
    ("vstart", false),
];

/// Section attributes without a value. A flat binary ignores them.
const IGNORED: &[&str] =
    &["exec", "noexec", "write", "nowrite", "alloc", "noalloc", "code", "data"];

/// The value of an attribute.
enum Setting {
    Number(i64, Location),
    Section(String, Location),
}

impl Parser<'_> {
    /// `section NAME [ATTRIBUTE ...]`
    pub(super) fn open_section(
        &mut self,
        location: Location,
        cursor: &mut Cursor<'_>,
    ) -> Wrong<()> {
        let (name, name_location) = self.section_name(cursor)?;
        let known = self.sections.get(&name).copied();
        self.current = match known {
            Some(number) => number,
            None => {
                let section = Section::new(&name, location.to(name_location), name == ".bss");
                let number = self.add_section(section, location)?;
                self.sections.insert(name, number);
                number
            }
        };
        let mut is_new = known.is_none();
        while !cursor.is_at_end() {
            let is_contents = cursor.word().is_some_and(is_contents);
            self.attribute(cursor, is_new)?;
            is_new &= !is_contents;
        }
        Ok(())
    }

    fn add_section(&mut self, section: Section, location: Location) -> Wrong<u16> {
        let count = self.object.sections.len();
        if count >= MAX_STRETCHES || self.sections.len() >= MAX_SECTIONS {
            let message = format!("there are more than {MAX_SECTIONS} sections");
            return Err(Mistake::error(location, message));
        }
        self.object.sections.push(section);
        // `MAX_STRETCHES` fits in 16 bits.
        Ok(u16::try_from(count).unwrap_or(0))
    }

    /// The name of a section. As in NASM it goes up to white space, whatever it consists of.
    fn section_name(&mut self, cursor: &mut Cursor<'_>) -> Wrong<(String, Location)> {
        let (first, location) = (cursor.taken(), cursor.location());
        match cursor.kind() {
            Some(TokenKind::String) => {
                let text = cursor.peek().map_or("", |t| cursor.text(t));
                cursor.skip();
                return Ok((text.trim_matches(['"', '\'', '`']).to_owned(), location));
            }
            Some(_) => {}
            None => return Err(cursor.expected("the name of a section")),
        }
        let mut name = String::new();
        while let Some(token) = cursor.peek().filter(|t| name.is_empty() || !t.space_before) {
            name.push_str(cursor.text(token));
            cursor.skip();
        }
        Ok((name, cursor.location_since(first)))
    }

    fn attribute(&mut self, cursor: &mut Cursor<'_>, is_new: bool) -> Wrong<()> {
        let (first, location) = (cursor.taken(), cursor.location());
        let Some(word) = cursor.word() else {
            cursor.skip();
            cursor.skip_word();
            self.ignore_attribute(cursor, first);
            return Ok(());
        };
        cursor.skip();
        let word = word.to_ascii_lowercase();
        if word == "progbits" || word == "nobits" {
            return self.set_contents(word == "nobits", is_new, location);
        }
        let row = ATTRIBUTES.iter().find(|(name, _)| *name == word);
        let Some(&(name, is_section)) = row else {
            return self.unknown_attribute(&word, first, cursor);
        };
        if !cursor.accept(P::Equal) {
            return Err(cursor.expected(&format!("`=` behind `{name}`")));
        }
        let value_location = cursor.location();
        let setting = if is_section {
            let (name, location) = self.section_name(cursor)?;
            Setting::Section(name, location)
        } else {
            Setting::Number(self.critical(cursor, "an attribute of a section")?, value_location)
        };
        self.set_attribute(name, setting)?;
        let attributes = self.section().map(|s| &s.attributes);
        match attributes {
            Some(a) if a.start.is_some() && a.follows.is_some() => {
                Err(both("start", "follows", location))
            }
            Some(a) if a.vstart.is_some() && a.vfollows.is_some() => {
                Err(both("vstart", "vfollows", location))
            }
            _ => Ok(()),
        }
    }

    fn unknown_attribute(
        &mut self,
        word: &str,
        first: usize,
        cursor: &mut Cursor<'_>,
    ) -> Wrong<()> {
        let ends = cursor.peek().is_none_or(|next| next.space_before);
        if IGNORED.contains(&word) && ends {
            return Ok(());
        }
        if cursor.accept(P::Equal) {
            cursor.skip();
        }
        cursor.skip_word();
        self.ignore_attribute(cursor, first);
        Ok(())
    }

    /// Warns of the attribute from the token number `first` up to the one taken last.
    fn ignore_attribute(&mut self, cursor: &Cursor<'_>, first: usize) {
        let location = cursor.location_since(first);
        let text = cursor.sources.text(location.span);
        let word = text.split('=').next().unwrap_or(text).to_ascii_lowercase();
        let near = nearest(&word, ATTRIBUTES.iter().map(|(name, _)| *name));
        let near = near.filter(|near| *near != word);
        let mistake = Mistake::warning("other", location, format!("unknown attribute `{text}`"))
            .label("ignored")
            .maybe_help(near.map(|n| format!("did you mean `{n}`?")));
        self.mistakes.push(mistake);
    }

    fn set_contents(&mut self, nobits: bool, is_new: bool, location: Location) -> Wrong<()> {
        let Some(section) = self.section() else { return Ok(()) };
        if section.nobits == nobits {
            return Ok(());
        }
        if !is_new || section.name.starts_with('.') && section.name == ".bss" {
            let (had, has) = if nobits { ("has", "has none") } else { ("has no", "has some") };
            let message = format!(
                "section `{}` {had} contents, it cannot be said that it {has}",
                section.name
            );
            return Err(Mistake::error(location, message));
        }
        section.nobits = nobits;
        Ok(())
    }

    fn set_attribute(&mut self, name: &str, setting: Setting) -> Wrong<()> {
        let Some(section) = self.section() else { return Ok(()) };
        let attributes = &mut section.attributes;
        match setting {
            Setting::Section(target, location) if name == "follows" => {
                attributes.follows = Some((target, location));
            }
            Setting::Section(target, location) => attributes.vfollows = Some((target, location)),
            Setting::Number(number, location) if name == "align" || name == "valign" => {
                let power = u64::try_from(number).ok().filter(|n| n.is_power_of_two());
                let power = power.ok_or_else(|| {
                    let message = format!("an alignment must be a power of two, not {number}");
                    Mistake::error(location, message)
                })?;
                match name {
                    "align" => attributes.align = power,
                    _ => attributes.valign = power,
                }
            }
            Setting::Number(number, _) if name == "start" => attributes.start = Some(number),
            Setting::Number(number, _) => attributes.vstart = Some(number),
        }
        Ok(())
    }

    /// `org ADDRESS`
    pub(super) fn org(&mut self, location: Location, cursor: &mut Cursor<'_>) -> Wrong<()> {
        let address = self.critical(cursor, "the origin")?;
        if let Some((before, first)) = self.object.origin
            && before != address
        {
            return Err(Mistake::error(location, "the origin is already set")
                .label("a flat binary has one")
                .help("`section NAME vstart=ADDRESS` gives a part of it other addresses")
                .note(first, "it is set here"));
        }
        self.object.origin = Some((address, location));
        for section in self.object.sections.iter_mut().filter(|s| s.absolute.is_none()) {
            section.address = address;
        }
        Ok(())
    }

    /// `absolute ADDRESS`
    pub(super) fn absolute(&mut self, location: Location, cursor: &mut Cursor<'_>) -> Wrong<()> {
        let start = self.expression(cursor)?;
        if start.value.unknown || !start.value.is_fixed() {
            let message = "the address of `absolute` must be known here";
            return Err(Mistake::error(start.location, message)
                .label("depends on something that comes later"));
        }
        let value = start.value.to_value();
        let value = value
            .map_err(|t| crate::asm::value::expression::parse::explain(t, start.location, "?"))?;
        let mut section = Section::new("", location, true);
        section.absolute = Some(value.kind);
        section.address = value.number;
        let index = self.add_section(section, location)?;
        self.current = index;
        Ok(())
    }

    /// Defines `section.NAME.start` and `section.NAME.vstart` where they are used.
    pub(crate) fn define_section_names(&mut self) {
        let sections = self.object.sections.len();
        for (number, index) in (0u16..).zip(0..sections) {
            let section = &self.object.sections[index];
            if section.absolute.is_some() {
                continue;
            }
            let (name, location) = (section.name.clone(), section.location);
            for end in ["start", "vstart"] {
                let Some(id) = self.object.symbols.find(&format!("section.{name}.{end}")) else {
                    continue;
                };
                if self.object.symbols.definition(id) == Definition::Undefined {
                    let definition = Definition::Section { number, loaded: end == "start" };
                    self.object.symbols.define(id, location, true, definition);
                }
            }
        }
    }

    /// `float OPTION`
    pub(super) fn float_option(&mut self, cursor: &mut Cursor<'_>) -> Wrong<()> {
        let word = cursor.word().unwrap_or_default().to_ascii_lowercase();
        if !self.float_mode.set(&word) {
            return Err(
                cursor.expected("`daz`, `nodaz`, `near`, `up`, `down`, `zero` or `default`")
            );
        }
        cursor.skip();
        Ok(())
    }

    /// `cpu NAME`, which restricts the instructions and emits nothing.
    pub(super) fn cpu(&mut self, cursor: &mut Cursor<'_>) -> Wrong<()> {
        let location = cursor.location();
        let first = cursor.taken();
        if cursor.is_at_end() {
            return Err(cursor.expected("the name of a CPU"));
        }
        cursor.skip_all();
        let text = cursor.sources.text(cursor.location_since(first).span).to_ascii_lowercase();
        if let Some(&(_, cpu)) = CPUS.iter().find(|(name, _)| *name == text) {
            if cpu < Cpu::I386 && self.bits != Bits::Bits16 {
                return Err(before_386(location));
            }
            self.cpu = cpu;
            return Ok(());
        }
        let near = nearest(&text, CPUS.iter().map(|(name, _)| *name));
        Err(Mistake::error(location, format!("there is no CPU `{text}`"))
            .label("without `cpu` every instruction is available")
            .maybe_help(near.map(|n| format!("did you mean `{n}`?"))))
    }

    /// `bits N`
    pub(super) fn bits(&mut self, location: Location, cursor: &mut Cursor<'_>) -> Wrong<()> {
        let first = cursor.taken();
        let number_location = cursor.location();
        let bits = self.critical(cursor, "the number of bits")?;
        match u32::try_from(bits).ok().and_then(|bits| Bits::try_from(bits).ok()) {
            Some(bits) => self.set_bits(bits, location.to(cursor.location_since(first))),
            None => Err(Mistake::error(number_location, format!("there is no {bits}-bit code"))
                .help("`bits` takes 16, 32 or 64")),
        }
    }

    pub(super) fn set_bits(&mut self, bits: Bits, location: Location) -> Wrong<()> {
        if self.cpu < Cpu::I386 && bits != Bits::Bits16 {
            return Err(before_386(location));
        }
        (self.bits, self.bits_location) = (bits, location);
        Ok(())
    }

    /// `default rel|abs`
    pub(super) fn default_mode(&mut self, cursor: &mut Cursor<'_>) -> Wrong<()> {
        while !cursor.is_at_end() {
            let word = cursor.word().unwrap_or_default().to_ascii_lowercase();
            match word.as_str() {
                "rel" => self.default_rel = true,
                "abs" => self.default_rel = false,
                "bnd" | "nobnd" => {}
                _ => return Err(cursor.expected("`rel` or `abs`")),
            }
            cursor.skip();
            cursor.accept(P::Comma);
        }
        Ok(())
    }

    /// `sectalign N`; `on` and `off` have no effect.
    pub(super) fn section_alignment(&mut self, cursor: &mut Cursor<'_>) -> Wrong<()> {
        if cursor
            .word()
            .is_some_and(|w| w.eq_ignore_ascii_case("on") || w.eq_ignore_ascii_case("off"))
        {
            cursor.skip();
            return Ok(());
        }
        let location = cursor.location();
        let number = self.critical(cursor, "an alignment")?;
        let power = u64::try_from(number).ok().filter(|n| n.is_power_of_two());
        self.raise_alignment(power.ok_or_else(|| {
            let message = format!("an alignment must be a power of two, not {number}");
            Mistake::error(location, message)
        })?);
        Ok(())
    }
}

fn both(one: &str, other: &str, location: Location) -> Box<Mistake> {
    Mistake::error(location, format!("a section cannot have both `{one}` and `{other}`"))
        .label("the second of them")
        .help(format!(
            "`{one}` gives an address, `{other}` the section that it follows: leave one out"
        ))
}

/// Whether this attribute says if the section has contents.
fn is_contents(word: &str) -> bool {
    word.eq_ignore_ascii_case("progbits") || word.eq_ignore_ascii_case("nobits")
}

/// `bits 32` or `bits 64` for a processor that has only 16-bit code.
fn before_386(location: Location) -> Box<Mistake> {
    Mistake::error(location, "this processor has only 16-bit code")
        .help("32-bit code needs `cpu 386`")
}
