//! What highlighting, hints and completion know of the session: a copy, made for each prompt.
//!
//! Knows nothing of terminals, and nothing of how the session came to be as it is.

use crate::asm::table;
use crate::image::{Mode, Symbol};
use crate::repl::Prompt;
use crate::repl::session::Session;
use iced_x86::Register;

/// The session as the prompt sees it.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// Mode and address.
    pub(super) prompt: Prompt,
    /// Names that have a value.
    pub(super) symbols: Vec<Symbol>,
    /// Names of macros.
    pub(super) macros: Vec<String>,
}

impl Facts {
    /// A copy of what matters.
    pub(super) fn of(session: &Session, prompt: &Prompt) -> Self {
        let symbols = session.symbols().to_vec();
        let macros = session.entries().flat_map(|(_, past)| defined(&past.text)).collect();
        Self { prompt: *prompt, symbols, macros }
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

    pub(super) fn symbol(&self, name: &str) -> Option<&Symbol> {
        self.symbols.iter().find(|symbol| symbol.name == name)
    }

    pub(super) fn is_macro(&self, name: &str) -> bool {
        self.macros.iter().any(|m| m.eq_ignore_ascii_case(name))
    }

    /// Whether code of this width can name the register.
    pub(super) fn is_valid(&self, register: Register) -> bool {
        let is_byte = (Register::SPL..=Register::DIL).contains(&register);
        let is_new = is_byte || register.is_gpr64() || register == Register::RIP;
        let is_numbered = register.is_gpr() || register.is_vector_register() || register.is_cr();
        let facts = table::facts(register);
        self.prompt.bits == 64 || !(is_new || is_numbered && facts.number > 7)
    }
}

/// What defines a macro.
const DEFINING: [&str; 9] = [
    "%assign", "%define", "%defstr", "%iassign", "%idefine", "%imacro", "%macro", "%rmacro",
    "%xdefine",
];

/// The names of the macros that a text defines.
fn defined(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter_map(|line| {
        let line = line.trim_start().strip_prefix('%').map(|_| line.trim_start())?;
        let (word, rest) = line.split_once(char::is_whitespace)?;
        let is_definition = DEFINING.iter().any(|other| other.eq_ignore_ascii_case(word));
        let name = rest.split([' ', '\t', '(']).find(|name| !name.is_empty())?;
        is_definition.then(|| name.to_owned())
    })
}

#[cfg(test)]
pub(super) fn sample(mode: Mode) -> Facts {
    let (bits, address) = (u8::try_from(mode.bits()).unwrap_or(64), mode.default_origin());
    let ring = if mode == Mode::Long { 3 } else { 0 };
    let prompt = Prompt { mode, ring, bits, address };
    let span = crate::diagnostic::Span::default();
    let symbol =
        |name: &str, value, is_label| Symbol { name: name.to_owned(), value, is_label, span };
    let symbols = vec![symbol("message", 0x10_0040, false), symbol("main", 0x10_0000, true)];
    Facts { prompt, symbols, macros: vec!["print".to_owned()] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_are_those_of_the_mode() {
        let valid = |mode, name: &str| sample(mode).is_valid(table::register(name).expect(name));
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
        let mut facts = sample(Mode::Long);
        facts.prompt.ring = 0;
        assert_eq!(facts.prompt_text(), "long ring 0 100000> ");
    }
}
