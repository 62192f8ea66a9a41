//! The hint behind a line: the bytes it would become and the flags it touches, or what its
//! instruction or command does.
//!
//! It is made at every key, so only what is quick is assembled: instructions, behind what of the
//! program matters to them.

use super::highlight::PREFIXES;
use super::scope::Scope;
use crate::asm::syntax::word;
use crate::repl::command::COMMANDS;
use crate::repl::describe::describe;
use crate::repl::entry;
use iced_x86::{Decoder, DecoderOptions, RflagsBits};
use std::fmt::Write as _;

/// Longest line that is assembled.
const LONGEST: usize = 200;
/// Longest text before it that is assembled with it.
const LONGEST_BLOCK: usize = 4096;

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
pub(super) fn hint(text: &str, scope: &Scope) -> Option<String> {
    if entry::is_command(text) {
        let name = text.split_whitespace().next()?;
        let command = COMMANDS.iter().find(|c| c.name == name)?;
        // Once its argument is typed, how it is written is in the way.
        let is_bare = text.split_whitespace().nth(1).is_none();
        return is_bare.then(|| format!("{}  {}", command.syntax, command.summary));
    }
    let (before, line) = text.rsplit_once('\n').unwrap_or(("", text));
    let line = entry::without_comment(line).trim();
    let mnemonic = mnemonic(line)?;
    let description = || describe(mnemonic).map(str::to_owned);
    encode(before, line, scope).and_then(|(at, bytes)| show(at, &bytes, scope)).or_else(description)
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
    word::mnemonic(word).map(|_| word)
}

/// The address and the bytes of the line behind these lines at the prompt.
fn encode(before: &str, line: &str, scope: &Scope) -> Option<(u64, Vec<u8>)> {
    let is_quick = |line: &str| {
        let line = entry::without_comment(line).trim();
        line.is_empty() || line.ends_with(':') || mnemonic(line).is_some()
    };
    if before.len() > LONGEST_BLOCK || !before.lines().all(is_quick) {
        return None;
    }
    let length = |text: &str| Some(scope.addition(text)?.piece.bytes.len());
    let start = if before.is_empty() { 0 } else { length(before)? };
    let all = scope.addition(&format!("{before}\n{line}"))?;
    let address = scope.prompt.address.wrapping_add(start as u64);
    Some((address, all.piece.bytes.get(start..)?.to_vec()))
}

/// The bytes and the flags of one instruction.
fn show(address: u64, bytes: &[u8], scope: &Scope) -> Option<String> {
    let bits = u32::from(scope.prompt.bits);
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
    use super::super::scope::sample;
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
        assert_eq!(long("mov al, two").as_deref(), Some("B0 02"));
        assert_eq!(long("top:\n inc eax\n loop top").as_deref(), Some("E2 FC"));
        assert_eq!(long("call f\njmp $").as_deref(), describe("jmp"));
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
            let scope = sample(mode);
            for line in lines {
                for (end, _) in line.char_indices() {
                    for (start, _) in line.char_indices().filter(|(start, _)| *start <= end) {
                        let part = &line[start..end];
                        let _ = hint(part, &scope);
                        let mut at = 0;
                        for (range, _) in super::super::highlight::parts(part, &scope) {
                            assert!(at <= range.start && part.get(range.clone()).is_some());
                            at = range.end;
                        }
                    }
                }
            }
        }
    }
}
