//! What highlighting, hints and completion know: the session as the prompt sees it, and what the
//! lines that are being typed define.

use crate::asm::syntax::table;
use crate::image::{Bits, Mode, Symbol};
use crate::repl::entry;
use crate::repl::program::{Addition, Origin, SessionProgram};
use crate::repl::session::{Base, Prompt, Session};
use iced_x86::Register;
use std::rc::Rc;

/// The session as the prompt sees it.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// Mode and address.
    pub(super) prompt: Prompt,
    program: Rc<SessionProgram>,
    base: Rc<Base>,
}

impl Scope {
    /// What the session is now.
    pub(super) fn of(session: &Session, prompt: &Prompt) -> Self {
        let base = Rc::clone(&session.state().base);
        Self { prompt: *prompt, program: Rc::clone(session.program()), base }
    }

    /// What stands before the line.
    pub(super) fn prompt_text(&self) -> String {
        let mode = match self.prompt.mode {
            Mode::Real => "real",
            Mode::Protected => "protected",
            Mode::Long => "long",
        };
        let usual = if self.prompt.mode == Mode::Long { 3 } else { 0 };
        let ring = match self.prompt.ring {
            ring if ring == usual => String::new(),
            ring => format!(" ring {ring}"),
        };
        format!("{mode}{ring} {:X}> ", self.prompt.address)
    }

    /// Names that have a value.
    pub(super) fn symbols(&self) -> &[Symbol] {
        &self.program.image.symbols
    }

    /// Whether the name has a value, or is a label of `typed`.
    pub(super) fn is_symbol(&self, name: &str, typed: &str) -> bool {
        self.program.symbol(name).is_some() || labels(typed).any(|label| label == name)
    }

    /// Names of macros, those that `typed` defines too.
    pub(super) fn macros<'a>(&'a self, typed: &'a str) -> impl Iterator<Item = &'a str> {
        self.program.macros.iter().map(|m| m.name.as_str()).chain(defined(typed))
    }

    pub(super) fn is_macro(&self, name: &str, typed: &str) -> bool {
        self.macros(typed).any(|m| m.eq_ignore_ascii_case(name))
    }

    /// What statements would add, if that is soon told.
    pub(super) fn addition(&self, text: &str) -> Option<Addition> {
        let files = &self.base.files;
        let addition = self.program.quick(text, 0, &Origin::default(), files);
        files.forget();
        addition
    }

    /// Whether code of this width can name the register.
    pub(super) fn is_valid(&self, register: Register) -> bool {
        let is_byte = (Register::SPL..=Register::DIL).contains(&register);
        let is_new = is_byte || register.is_gpr64() || register == Register::RIP;
        let is_numbered = register.is_gpr() || register.is_vector_register() || register.is_cr();
        let facts = table::facts(register);
        self.prompt.bits == Bits::Bits64 || !(is_new || is_numbered && facts.number > 7)
    }
}

/// What defines a macro.
const DEFINING: [&str; 9] = [
    "%assign", "%define", "%defstr", "%iassign", "%idefine", "%imacro", "%macro", "%rmacro",
    "%xdefine",
];

/// The names of the macros that a text defines.
fn defined(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let line = line.trim_start();
        let (word, rest) = line.split_once(char::is_whitespace)?;
        let is_definition = DEFINING.iter().any(|other| other.eq_ignore_ascii_case(word));
        let name = rest.split([' ', '\t', '(']).find(|name| !name.is_empty())?;
        is_definition.then_some(name)
    })
}

/// The labels that a text defines.
pub(super) fn labels(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let (label, _) = entry::without_comment(line).split_once(':')?;
        let label = label.trim();
        (!label.is_empty() && label.bytes().all(entry::is_name_byte)).then_some(label)
    })
}

#[cfg(test)]
pub(super) fn sample(mode: Mode) -> Scope {
    use crate::image::Image;
    use crate::machine::boot::Boot;
    use crate::machine::config::Config;
    use crate::repl::program::SessionFiles;

    let (bits, address) = (mode.bits(), mode.default_origin());
    let ring = if mode == Mode::Long { 3 } else { 0 };
    let prompt = Prompt { mode, ring, bits, address };
    let config = Config::new(mode);
    let image = Image { origin: address, bits, ..Image::default() };
    let boot = Boot::new(&image, &config).expect("a machine");
    let mut program = SessionProgram::new(mode, address, boot.ram);
    let files = SessionFiles::beside(std::path::Path::new("sample.asm"));
    for text in ["main:", "message equ 0x100040", "%macro print 1\n%endmacro", "%define two 2"] {
        let addition = program.with(text, 0, &Origin::default(), &files).expect("no mistake");
        program.append(&addition.piece);
    }
    Scope { prompt, program: Rc::new(program), base: Rc::new(Base { config, boot, files }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asm::syntax::word;

    #[test]
    fn registers_are_those_of_the_mode() {
        let valid = |mode, name: &str| sample(mode).is_valid(word::register(name).expect(name));
        for name in ["al", "ah", "ax", "eax", "xmm7", "ymm0", "cr0", "dr7", "st0", "mm1", "fs"] {
            assert!(valid(Mode::Real, name) && valid(Mode::Long, name), "{name}");
        }
        for name in ["spl", "r8", "r8d", "r15b", "rax", "xmm8", "zmm31", "cr8"] {
            assert!(!valid(Mode::Protected, name) && valid(Mode::Long, name), "{name}");
        }
    }

    #[test]
    fn macros_are_found_where_they_are_defined() {
        let text = "%macro print 1\n mov al, %1\n%endmacro\n  %DEFINE  twice(x) (2*x)\n%if 1\n%";
        assert_eq!(defined(text).collect::<Vec<_>>(), ["print", "twice"]);
    }

    #[test]
    fn the_prompt_shows_mode_and_address() {
        assert_eq!(sample(Mode::Real).prompt_text(), "real 7C00> ");
        let mut scope = sample(Mode::Long);
        scope.prompt.ring = 0;
        assert_eq!(scope.prompt_text(), "long ring 0 100000> ");
    }
}
