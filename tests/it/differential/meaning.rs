//! Whether bytes mean what a line says: iced decodes them, and each word of the line is looked for
//! in what it found.
//!
//! Knows no assembler: neither the text nor the bytes are made here.

use super::generate::Line;
use iced_x86::{
    Decoder, DecoderOptions, EncodingKind, Instruction, Mnemonic, OpKind, Register, RoundingControl,
};
use std::collections::BTreeMap;

/// Whether `bytes` are one instruction, the one that the line was written for.
pub(crate) fn is_meant(line: &Line, bits: u32, bytes: &[u8]) -> bool {
    let options = line.code.op_code().decoder_option() | DecoderOptions::MPX;
    let instruction = Decoder::new(bits, bytes, options).decode();
    let Some((words, operands)) = split(&line.text) else { return false };
    let named = |word: &str| words.contains(&word);
    !instruction.is_invalid()
        && instruction.len() == bytes.len()
        && instruction.mnemonic() == line.code.mnemonic()
        && (!named("{evex}") || instruction.code().encoding() == EncodingKind::EVEX)
        && named("rep") == instruction.has_rep_prefix()
        && named("repne") == instruction.has_repne_prefix()
        && decorated(&line.text, &instruction)
        && same_operands(&operands, bits, &instruction)
}

/// The words before the operands, and the operands; rounding is none of them.
fn split(text: &str) -> Option<(Vec<&str>, Vec<&str>)> {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
        words.push(word);
        rest = after;
        if !word.starts_with('{') && word != "rep" && word != "repne" {
            break;
        }
    }
    let operands = rest.split(", ").filter(|o| !o.is_empty() && !o.starts_with('{'));
    Some((words, operands.collect()))
}

/// Whether masks, zeroing and rounding are as written.
fn decorated(text: &str, instruction: &Instruction) -> bool {
    let mask = (1..8u32).find(|n| text.contains(&format!("{{k{n}}}")));
    let mask = mask.map_or(Register::None, |n| Register::K0 + n);
    let modes = [
        ("{rn-sae}", RoundingControl::RoundToNearest),
        ("{rd-sae}", RoundingControl::RoundDown),
        ("{ru-sae}", RoundingControl::RoundUp),
        ("{rz-sae}", RoundingControl::RoundTowardZero),
    ];
    let rounding = modes.iter().find(|m| text.ends_with(m.0));
    instruction.op_mask() == mask
        && instruction.zeroing_masking() == text.contains("{z}")
        && instruction.rounding_control() == rounding.map_or(RoundingControl::None, |m| m.1)
        && instruction.suppress_all_exceptions() == text.ends_with("{sae}")
}

fn same_operands(texts: &[&str], bits: u32, instruction: &Instruction) -> bool {
    // What a string instruction reads and writes is not written.
    let implied = [OpKind::MemorySegDI, OpKind::MemorySegEDI, OpKind::MemorySegRDI];
    let kinds = (0..instruction.op_count()).filter(|&i| !implied.contains(&instruction.op_kind(i)));
    let kinds: Vec<u32> = kinds.collect();
    texts.is_empty()
        || (texts.len() == kinds.len()
            && texts.iter().zip(kinds).all(|(text, i)| same_operand(text, bits, i, instruction)))
}

fn same_operand(text: &str, bits: u32, index: u32, instruction: &Instruction) -> bool {
    let text = text.split("{k").next().unwrap_or(text);
    let wrapped = |number: u64, bits: u32| number & (u64::MAX >> (64 - bits));
    match instruction.op_kind(index) {
        OpKind::Register => {
            let name = format!("{:?}", instruction.op_register(index)).to_lowercase();
            let low = name.strip_suffix('l').filter(|n| n.starts_with('r'));
            low.map_or(name.clone(), |n| format!("{n}b")) == text
        }
        OpKind::Memory => text.contains('[') && same_memory(text, bits, instruction),
        OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64 => {
            let wanted = number(text.strip_prefix("$+").unwrap_or(text));
            let size = if instruction.op_kind(index) == OpKind::NearBranch16 { 16 } else { 32 };
            wanted.is_some_and(|w| {
                wrapped(w, size) == wrapped(instruction.near_branch_target(), size)
            })
        }
        kind @ (OpKind::FarBranch16 | OpKind::FarBranch32) => {
            let (word, offset) = match kind {
                OpKind::FarBranch16 => ("word", u32::from(instruction.far_branch16())),
                _ => ("dword", instruction.far_branch32()),
            };
            text == format!("{word} {}:{offset}", instruction.far_branch_selector())
        }
        kind => {
            let size = match kind {
                OpKind::Immediate8 | OpKind::Immediate8_2nd => 8,
                OpKind::Immediate16 | OpKind::Immediate8to16 => 16,
                OpKind::Immediate32 | OpKind::Immediate8to32 => 32,
                _ => 64,
            };
            let found = wrapped(instruction.immediate(index), size);
            number(text).is_some_and(|wanted| wrapped(wanted, size) == found)
        }
    }
}

fn number(text: &str) -> Option<u64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |d| (true, d));
    let number = match digits.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    Some(if negative { number.wrapping_neg() } else { number })
}

fn same_memory(text: &str, bits: u32, instruction: &Instruction) -> bool {
    let (word, rest) = text.split_once('[').unwrap_or(("", text));
    let (inside, count) = rest.split_once(']').unwrap_or((rest, ""));
    let inside = inside.strip_prefix("qword ").unwrap_or(inside);
    let (segment, sum) = match inside.split_once(':') {
        Some((segment, sum)) => (segment, sum),
        None => ("none", inside),
    };
    let found = format!("{:?}", instruction.segment_prefix()).to_lowercase();
    found == segment
        && same_size(word.trim(), count, instruction)
        && same_address(sum, bits, instruction)
}

/// Whether the memory has the size and the broadcast that are written.
fn same_size(word: &str, count: &str, instruction: &Instruction) -> bool {
    let info = instruction.op_code();
    let element = info.broadcast_memory_size().size();
    let found = if instruction.is_broadcast() {
        format!("{{1to{}}}", info.memory_size().size() / element.max(1))
    } else {
        String::new()
    };
    let sizes = ["", "byte", "word", "", "dword", "", "", "", "qword", "", "tword"];
    let size = instruction.memory_size().size();
    let name = match size {
        16 => "oword",
        32 => "yword",
        64 => "zword",
        _ => sizes.get(size).copied().unwrap_or(""),
    };
    found == count && (word.is_empty() || word == "far" || name.is_empty() || word == name)
}

/// Whether the address is the sum that is written, however it is split into base and index.
fn same_address(sum: &str, bits: u32, instruction: &Instruction) -> bool {
    let mut wanted: BTreeMap<String, u32> = BTreeMap::new();
    let mut displacement = 0u64;
    for term in sum.replace('-', "+-").split('+').filter(|t| !t.is_empty()) {
        match (number(term), term.split_once('*')) {
            (Some(n), _) => displacement = displacement.wrapping_add(n),
            (None, Some((register, scale))) => {
                *wanted.entry(register.to_owned()).or_default() +=
                    scale.parse::<u32>().unwrap_or(0);
            }
            (None, None) => *wanted.entry(term.to_owned()).or_default() += 1,
        }
    }
    let mut found: BTreeMap<String, u32> = BTreeMap::new();
    let (base, index) = (instruction.memory_base(), instruction.memory_index());
    let both = [(base, 1), (index, instruction.memory_index_scale())];
    for (register, scale) in both.into_iter().filter(|b| b.0 != Register::None) {
        *found.entry(format!("{register:?}").to_lowercase()).or_default() += scale;
    }
    // In these the first operand is an address, too, and decides the size of the other.
    let twice = [Mnemonic::Movdir64b, Mnemonic::Enqcmd, Mnemonic::Enqcmds];
    let first = twice.contains(&instruction.mnemonic()).then(|| instruction.op0_register());
    let general = [base, index].into_iter().chain(first).find(|r| r.is_gpr());
    let width = general.map_or(bits as usize, |r| r.size() * 8);
    let low = |n: u64| n & (u64::MAX >> (64 - width));
    wanted == found && low(displacement) == low(instruction.memory_displacement64())
}
