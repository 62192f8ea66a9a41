//! The hint behind a line: the bytes it would become and the flags it touches, or what its
//! instruction or command does.
//!
//! It is made at every key, so only what is quick is assembled: one statement, with the labels
//! that it names. Knows nothing of colours.

use super::facts::Facts;
use super::highlight::PREFIXES;
use crate::asm::{self, DefaultOrigin, Included, Options, Resolver, table};
use crate::diagnostic::Sources;
use crate::repl::command::COMMANDS;
use crate::repl::describe::describe;
use crate::repl::entry;
use iced_x86::{Decoder, DecoderOptions, RflagsBits};
use std::fmt::Write as _;
use std::path::Path;

/// Longest line that is assembled.
const LONGEST: usize = 200;

/// How far back a short jump and its own bytes can reach, and more.
const NEAR: u64 = 256;

/// No file is read for a hint.
struct Nothing;

impl Resolver for Nothing {
    fn include(&self, _: &str, _: Option<&Path>) -> Result<Included, String> {
        Err(String::new())
    }

    fn binary(&self, _: &str, _: Option<&Path>) -> Result<Vec<u8>, String> {
        Err(String::new())
    }
}

/// The flags, in the order of the register.
const FLAGS: [(u32, &str); 11] = [
    (RflagsBits::CF, "CF"),
    (RflagsBits::PF, "PF"),
    (RflagsBits::AF, "AF"),
    (RflagsBits::ZF, "ZF"),
    (RflagsBits::SF, "SF"),
    (RflagsBits::IF, "IF"),
    (RflagsBits::DF, "DF"),
    (RflagsBits::OF, "OF"),
    (RflagsBits::AC, "AC"),
    (RflagsBits::C0 | RflagsBits::C2 | RflagsBits::C3, "C0-C3"),
    (RflagsBits::C1, "C1"),
];

/// What to say behind the line.
pub(super) fn hint(text: &str, facts: &Facts) -> Option<String> {
    if entry::is_command(text) {
        let name = text.split_whitespace().next()?;
        let command = COMMANDS.iter().find(|c| c.name == name)?;
        // Once its argument is typed, how it is written is in the way.
        let is_bare = text.split_whitespace().nth(1).is_none();
        return is_bare.then(|| format!("{}  {}", command.syntax, command.summary));
    }
    let line = entry::without_comment(text.rsplit('\n').next().unwrap_or(text)).trim();
    let mnemonic = mnemonic(line)?;
    let description = || describe(mnemonic).map(str::to_owned);
    encode(line, facts).and_then(|bytes| show(&bytes, facts)).or_else(description)
}

/// The mnemonic of a line that is one instruction, if the line is one.
fn mnemonic(line: &str) -> Option<&str> {
    if line.len() > LONGEST || line.contains(['%', '\\']) {
        return None;
    }
    let statement = match line.split_once(':') {
        Some((label, rest)) if label.bytes().all(entry::is_name_byte) => rest,
        _ => line,
    };
    let is_prefix = |word: &&str| PREFIXES.iter().any(|p| p.eq_ignore_ascii_case(word));
    let word = statement.split_whitespace().find(|word| !is_prefix(word))?;
    table::mnemonic(word).map(|_| word)
}

/// The bytes of the line at the address of the prompt.
fn encode(line: &str, facts: &Facts) -> Option<Vec<u8>> {
    let address = facts.prompt.address;
    let mut source = format!("bits {}\n", facts.prompt.bits);
    let mut names: Vec<&str> = line.split(|c: char| !is_name_char(c)).collect();
    names.sort_unstable();
    names.dedup();
    // A local label cannot be said without those around it.
    names.retain(|name| !name.contains('.'));
    // A jump to a label that is near is short, so that label must be where it is.
    let mut labels = Vec::new();
    for symbol in names.into_iter().filter_map(|name| facts.symbol(name)) {
        let is_near = address.checked_sub(symbol.value).is_some_and(|gap| gap <= NEAR);
        if symbol.is_label && is_near {
            labels.push((symbol.value, &symbol.name));
        } else {
            let _ = writeln!(source, "{} equ {}", symbol.name, symbol.value);
        }
    }
    labels.sort_unstable();
    let start = labels.first().map_or(address, |label| label.0);
    let mut at = start;
    for (value, name) in labels {
        let _ = write!(source, "times {} db 0\n{name}:\n", value - at);
        at = value;
    }
    let _ = writeln!(source, "times {} db 0", address - at);
    source.push_str(line);
    let mut sources = Sources::new();
    let main = sources.add("hint", None, source);
    let default_origin = DefaultOrigin::At(start);
    let options = Options { default_origin, ..Options::default() };
    let assembly = asm::assemble(&mut sources, main, &Nothing, &options).ok()?;
    let before = usize::try_from(address - start).ok()?;
    assembly.image.bytes.get(before..).map(<[u8]>::to_vec)
}

fn is_name_char(c: char) -> bool {
    !c.is_ascii() || u8::try_from(c).is_ok_and(entry::is_name_byte)
}

/// The bytes and the flags of one instruction.
fn show(bytes: &[u8], facts: &Facts) -> Option<String> {
    let bits = u32::from(facts.prompt.bits);
    let address = facts.prompt.address;
    let decoder = Decoder::try_with_ip(bits, bytes, address, DecoderOptions::NONE);
    let instruction = decoder.ok()?.decode();
    let mut out = bytes.iter().map(|byte| format!("{byte:02X} ")).collect::<String>();
    out.truncate(out.trim_end().len());
    if instruction.len() == bytes.len() && !instruction.is_invalid() {
        let kinds =
            [("reads", instruction.rflags_read()), ("changes", instruction.rflags_modified())];
        for (verb, flags) in kinds.into_iter().filter(|kind| kind.1 != 0) {
            let names = FLAGS.iter().filter(|row| flags & row.0 != 0).map(|row| row.1);
            let _ = write!(out, "  {verb} {}", names.collect::<Vec<_>>().join(" "));
        }
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::super::facts::sample;
    use super::*;
    use crate::image::Mode;

    #[test]
    fn a_line_shows_its_bytes_and_flags() {
        let long = |text: &str| hint(text, &sample(Mode::Long));
        assert_eq!(long("mov eax, 5").as_deref(), Some("B8 05 00 00 00"));
        let adc = "11 D8  reads CF  changes CF PF AF ZF SF OF";
        assert_eq!(long("adc eax, ebx").as_deref(), Some(adc));
        assert_eq!(long("top: rep movsb ; copies").as_deref(), Some("F3 A4  reads DF"));
        assert_eq!(long("jmp main").as_deref(), Some("EB FE"));
        assert_eq!(long("mov eax, message").as_deref(), Some("B8 40 00 10 00"));
        assert_eq!(hint("mov eax, 5", &sample(Mode::Real)).as_deref(), Some("66 B8 05 00 00 00"));
        assert_eq!(long("adc"), describe("adc").map(str::to_owned));
        assert_eq!(long("adc eax,"), describe("adc").map(str::to_owned));
        assert_eq!(long("jmp nowhere"), describe("jmp").map(str::to_owned));
    }

    #[test]
    fn what_might_take_long_has_no_hint() {
        let long = |text: &str| hint(text, &sample(Mode::Long));
        for text in ["", "times 1000000000 nop", "%rep 9", "resb 9", "incbin 'x'", "rax", "x: "] {
            assert_eq!(long(text), None, "{text}");
        }
        assert!(long(":help").is_some());
        assert_eq!(long(":help mov"), None);
    }

    #[test]
    fn no_part_of_a_line_is_a_surprise() {
        let lines = [
            "top: lock add qword fs:[rax + rcx*8 + message - $$], `\\x41` ; é",
            "vaddps zmm1{k1}{z}, zmm2, [rax]{1to16}\n  jmp short $+0x7fffffffffffffff",
            ":mem message 16 as 'words'",
            "x db 'é', 1.5e, 0x, \"",
            "%macro é 1+\n%%x: nop",
        ];
        for mode in [Mode::Real, Mode::Protected, Mode::Long] {
            let facts = sample(mode);
            for line in lines {
                for (end, _) in line.char_indices() {
                    for (start, _) in line.char_indices().filter(|(start, _)| *start <= end) {
                        let part = &line[start..end];
                        let _ = hint(part, &facts);
                        let mut at = 0;
                        for (range, _) in super::super::highlight::parts(part, &facts) {
                            assert!(at <= range.start && part.get(range.clone()).is_some());
                            at = range.end;
                        }
                    }
                }
            }
        }
    }
}
