//! From text to bytes, to what iced reads in them, to the text that this project shows for that,
//! and back to bytes: they must be the same, for random operands of every code that iced knows.
//!
//! `APPLET_ROUNDS` asks for more lines a code. Needs no other assembler.

use super::generate::{self, Line};
use super::here;
use crate::support::{Needs, Tests, add};
use applet::internal::machine::disassembly;
use iced_x86::{Decoder, DecoderOptions, EncodingKind, Formatter as _, Mnemonic, OpKind};

/// Where the bytes are not the same again: instructions, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("ud0", "NASM writes it without the operands that the decoder waits for"),
    ("pop", "`pop cs`, 0F, is a prefix on all but the 8086"),
    ("smint", "0F 38, an escape on all but the Cyrix that had it"),
    (
        "xcryptecb xcryptcbc xcryptctr xcryptcfb xcryptofb xstore_alt montmul",
        "the decoder does not know them, or shows the F3 of the name as `rep`",
    ),
    ("bndmk bndmov bndcl bndcu bndcn", "67 means nothing to them in 64-bit code and is not shown"),
    ("tpause umwait", "REX.W means nothing here and is not shown"),
    ("pextrw pinsrb pinsrw pmovmskb lkgs vmovw vpinsrb vpinsrw", "as tpause"),
];

/// The bytes as the disassembler shows them. What it has no word for is added: `{evex}` where VEX
/// would do, and that a target counts from here.
fn shown(line: &Line, bits: u32, bytes: &[u8]) -> String {
    let info = line.code.op_code();
    // Registers that must differ need not do so in a random line.
    let unchecked = info.requires_unique_reg_nums()
        || info.requires_unique_dest_reg_num()
        // MPX has no 16-bit addresses.
        || (line.text.starts_with("bnd") && bits == 16);
    let check = if unchecked { DecoderOptions::NO_INVALID_CHECK } else { DecoderOptions::NONE };
    let options = info.decoder_option() | DecoderOptions::MPX | check;
    let mut decoder = Decoder::new(bits, bytes, options);
    let mut formatter = disassembly::formatter();
    formatter.options_mut().set_show_useless_prefixes(true);
    let mut text = String::new();
    // A wait that belongs to an instruction is one of its own to the decoder.
    while decoder.can_decode() {
        let instruction = decoder.decode();
        if instruction.code().encoding() == EncodingKind::EVEX {
            text += "{evex} ";
        }
        formatter.format(&instruction, &mut text);
        if counts_from_here(instruction.op0_kind()) && instruction.mnemonic() != Mnemonic::Jmpe {
            let (name, target) = text.rsplit_once(' ').unwrap();
            text = format!("{name} $+{target}");
        }
        text.push(' ');
    }
    text
}

fn counts_from_here(kind: OpKind) -> bool {
    matches!(kind, OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64)
}

/// What went wrong in one mode; counts the lines that did not, and marks the exceptions needed.
fn wrong(bits: u32, lines: &[Line], same: &mut usize, used: &mut [bool]) -> Vec<String> {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let first = here::assemble(bits, &texts, &vec![false; lines.len()]);
    let pairs = lines.iter().zip(&first);
    let again: Vec<String> = pairs
        .map(|(line, first)| first.as_ref().map_or(String::new(), |b| shown(line, bits, b)))
        .collect();
    let texts: Vec<&str> = again.iter().map(String::as_str).collect();
    let refused: Vec<bool> = first.iter().map(Result::is_err).collect();
    let second = here::assemble(bits, &texts, &refused);
    let mut wrong = Vec::new();
    for (((line, first), again), second) in lines.iter().zip(first).zip(&again).zip(second) {
        // Random operands make lines that are refused; another test holds those to nasm.
        // Nor does any processor take more than 15 bytes.
        let Some(first) = first.ok().filter(|bytes| bytes.len() <= 15) else { continue };
        let name = format!("{:?}", line.code.mnemonic()).to_lowercase();
        let row = EXCEPTIONS.iter().position(|row| row.0.split(' ').any(|n| n == name));
        match row {
            _ if second.as_ref() == Ok(&first) => *same += 1,
            Some(row) => used[row] = true,
            None => {
                wrong.push(format!("{bits}: {}: {first:02X?}: {again}: {second:02X?}", line.text))
            }
        }
    }
    wrong
}

#[expect(clippy::print_stderr, reason = "the figures are what the test is run for")]
fn what_is_shown_assembles_to_the_same_bytes() {
    let rounds = std::env::var("APPLET_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(2);
    let mut random = generate::Random(1978);
    let (mut same, mut wrong_lines) = (0, Vec::new());
    let mut used = [false; EXCEPTIONS.len()];
    for bits in [16, 32, 64] {
        let lines = generate::lines(bits, rounds, &mut random);
        wrong_lines.extend(wrong(bits, &lines, &mut same, &mut used));
    }
    eprintln!("{same} lines are the same again, {} are not", wrong_lines.len());
    assert!(wrong_lines.is_empty(), "{}", wrong_lines.join("\n"));
    assert!(same > 10_000 * rounds as usize, "only {same} lines were compared");
    let idle: Vec<_> = EXCEPTIONS.iter().zip(used).filter(|row| !row.1).collect();
    assert!(idle.is_empty(), "no line needs these exceptions: {idle:?}");
}

pub(crate) fn tests(tests: &mut Tests) {
    add!(tests, Needs::Nothing; what_is_shown_assembles_to_the_same_bytes);
}
