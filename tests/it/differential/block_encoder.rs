//! A text and iced give the same bytes: each line is assembled here, iced decodes the bytes, and
//! iced's block encoder encodes the instructions again. The lines have random operands for every
//! code that iced knows.
//!
//! `APPLET_ROUNDS` asks for more lines a code.

use super::generate;
use super::here;
use crate::support::{Needs, Tests, add};
use iced_x86::{BlockEncoder, BlockEncoderOptions, Decoder, DecoderOptions, InstructionBlock};
use std::collections::BTreeMap;

/// Mnemonics whose bytes may differ, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "cmpsd cmpsw insd insw lodsd lodsw outsd outsw scasd scasw stosd stosw movsw",
        "iced writes 66 before F2 and F3, NASM after them",
    ),
    ("enqcmd enqcmds invpcid", "NASM writes REX.W, which has no effect on them"),
    (
        "pavgusb pf2id pf2iw pfacc pfadd pfcmpeq pfcmpge pfcmpgt pfmax pfmin pfmul pfnacc pfpnacc \
         pfrcp pfrcpit1 pfrcpit2 pfrsqit1 pfrsqrt pfsub pfsubr pi2fd pi2fw pmulhrw pswapd",
        "iced's encoder leaves out the REX prefix of 3DNow! instructions",
    ),
    (
        "incsspd rdsspd rdshr wrshr wrussd wrssd",
        "NASM writes 66 for a 32-bit operand in 16-bit code, where it has no effect",
    ),
];

/// The bytes as iced's block encoder makes them; `None` if iced does not know an instruction.
fn encoded(line: &generate::Line, bits: u32, bytes: &[u8]) -> Option<Result<Vec<u8>, String>> {
    let info = line.code.op_code();
    let options = info.decoder_option() | DecoderOptions::MPX | DecoderOptions::NO_INVALID_CHECK;
    let mut decoder = Decoder::new(bits, bytes, options);
    let list: Vec<_> = decoder.iter().collect();
    if list.iter().any(iced_x86::Instruction::is_invalid) {
        return None;
    }
    let block = InstructionBlock::new(&list, 0);
    let encoded = BlockEncoder::encode(bits, block, BlockEncoderOptions::DONT_FIX_BRANCHES);
    Some(encoded.map(|result| result.code_buffer).map_err(|error| error.to_string()))
}

#[expect(clippy::print_stderr, reason = "the figures are what the test is run for")]
fn a_text_and_iced_give_the_same_bytes() {
    let rounds = std::env::var("APPLET_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(2);
    let mut random = generate::Random(1985);
    let (mut same, mut unknown, mut other_code) = (0, 0, 0);
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut excepted = vec![0; EXCEPTIONS.len()];
    for bits in [16, 32, 64] {
        let lines = generate::lines(bits, rounds, &mut random);
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        let ours = here::assemble(bits, &texts, &vec![false; lines.len()]);
        for (line, ours) in lines.iter().zip(ours) {
            // Random operands make lines that are refused; no processor takes more than 15 bytes.
            let Some(ours) = ours.ok().filter(|bytes| bytes.len() <= 15) else { continue };
            let name = format!("{:?}", line.code.mnemonic()).to_lowercase();
            let Some(theirs) = encoded(line, bits, &ours) else {
                unknown += 1;
                continue;
            };
            if theirs.as_ref() == Ok(&ours) {
                same += 1;
                let mut decoder = Decoder::new(bits, &ours, line.code.op_code().decoder_option());
                other_code += usize::from(decoder.decode().code() != line.code);
                continue;
            }
            match EXCEPTIONS.iter().position(|row| row.0.split(' ').any(|n| n == name)) {
                Some(row) => excepted[row] += 1,
                None => wrong.entry(name).or_default().push(format!(
                    "{bits}: {}: {ours:02X?}, iced {theirs:02X?}",
                    line.text
                )),
            }
        }
    }
    eprintln!(
        "{same} lines are the same ({other_code} in another form than they were made for), \
         {excepted:?} are excepted, iced does not know {unknown}"
    );
    let names: Vec<_> = wrong.iter().map(|(name, lines)| format!("{name} {}", lines.len())).collect();
    let lines: Vec<_> = wrong.values().map(|lines| lines[0].as_str()).collect();
    assert!(wrong.is_empty(), "{}\n{}", names.join(", "), lines.join("\n"));
    assert!(same > 10_000 * rounds as usize, "only {same} lines were compared");
    assert!(!excepted.contains(&0), "no line needs an exception: {excepted:?}");
}

pub(crate) fn tests(tests: &mut Tests) {
    add!(tests, Needs::Nothing; a_text_and_iced_give_the_same_bytes);
}
