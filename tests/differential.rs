//! Random operands for every code that iced knows, assembled here and by real nasm: the bytes must
//! be the same. Lines that nasm refuses are counted and left out.
//!
//! `APPLET_ROUNDS` asks for more lines a code. Without nasm the test is shown as ignored.

mod common;
#[path = "differential/exceptions.rs"]
mod exceptions;
#[path = "differential/generate.rs"]
mod generate;
#[path = "differential/here.rs"]
mod here;
#[path = "differential/nasm.rs"]
mod nasm;

use generate::Line;
use iced_x86::{CpuidFeature, Decoder, DecoderOptions, EncodingKind};
use libtest_mimic::Arguments;
use std::collections::BTreeMap;
use std::process::ExitCode;

/// What became of the lines of one class of instructions.
#[derive(Default)]
struct Tally {
    same: u32,
    /// Different on purpose.
    excepted: u32,
    /// Refused by nasm.
    refused: u32,
    wrong: Vec<String>,
}

/// The class that an instruction's figures are given for.
fn class(line: &Line) -> &'static str {
    let features = line.code.cpuid_features();
    let has = |wanted: &[CpuidFeature]| features.iter().any(|f| wanted.contains(f));
    match line.code.encoding() {
        EncodingKind::VEX => "VEX",
        EncodingKind::EVEX => "EVEX",
        EncodingKind::XOP => "XOP",
        EncodingKind::D3NOW => "3DNow!",
        _ if has(&[CpuidFeature::FPU, CpuidFeature::FPU287, CpuidFeature::FPU387]) => "x87",
        _ if has(&[CpuidFeature::MMX]) => "MMX",
        _ if features.iter().any(|f| format!("{f:?}").starts_with("SSE")) => "SSE",
        _ => "general",
    }
}

/// Whether a difference is one of the exceptions.
fn excepted(line: &Line, bits: u32, ours: Option<&[u8]>, theirs: &[u8]) -> bool {
    let mut words = line.text.split([' ', '{']).filter(|w| !w.is_empty() && !w.ends_with('}'));
    let name = words.find(|w| !["rep", "repne"].contains(w)).unwrap_or("");
    let fits = |e: &(&str, &str, &str)| e.0 == name && line.text.contains(e.1);
    exceptions::EXCEPTIONS.iter().any(fits)
        || ours.is_some_and(|ours| scaled(line, bits, ours, theirs))
}

/// Whether only the displacement is encoded otherwise, in an FP16 instruction: nasm has wrong
/// factors for their disp8, so its bytes mean another address, or are longer than need be.
fn scaled(line: &Line, bits: u32, ours: &[u8], theirs: &[u8]) -> bool {
    let fp16 = line.code.cpuid_features().iter().any(|f| format!("{f:?}").contains("FP16"));
    let decode = |bytes: &[u8]| Decoder::new(bits, bytes, DecoderOptions::NONE).decode();
    let (ours, theirs) = (decode(ours), decode(theirs));
    fp16 && ours.code() == theirs.code()
        && ours.memory_base() == theirs.memory_base()
        && ours.memory_index() == theirs.memory_index()
        && (0..ours.op_count()).all(|i| ours.op_register(i) == theirs.op_register(i))
}

/// Compares all lines of one mode.
fn compare(bits: u32, lines: &[Line], tallies: &mut BTreeMap<&'static str, Tally>) {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let theirs = nasm::assemble(bits, &texts);
    let refused: Vec<bool> = theirs.iter().map(Option::is_none).collect();
    let ours = here::assemble(bits, &texts, &refused);
    for ((line, theirs), ours) in lines.iter().zip(theirs).zip(ours) {
        let tally = tallies.entry(class(line)).or_default();
        let Some(theirs) = theirs else {
            tally.refused += 1;
            continue;
        };
        if ours.as_deref() == Ok(&theirs) {
            tally.same += 1;
        } else if excepted(line, bits, ours.as_deref().ok(), &theirs) {
            tally.excepted += 1;
        } else {
            tally.wrong.push(format!("{bits}: {}: {ours:02X?}, nasm {theirs:02X?}", line.text));
        }
    }
}

#[expect(clippy::print_stderr, reason = "the figures are what the test is run for")]
fn every_code_assembles_to_the_bytes_of_nasm() {
    let rounds = std::env::var("APPLET_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(2);
    let mut random = generate::Random(2016);
    let mut tallies = BTreeMap::new();
    for bits in [16, 32, 64] {
        compare(bits, &generate::lines(bits, rounds, &mut random), &mut tallies);
    }
    let mut wrong = Vec::new();
    for (class, tally) in &tallies {
        eprintln!(
            "{class:8} same {:6}  excepted {:4}  refused by nasm {:5}  wrong {}",
            tally.same,
            tally.excepted,
            tally.refused,
            tally.wrong.len()
        );
        wrong.extend(tally.wrong.iter().map(String::as_str));
    }
    let same: u32 = tallies.values().map(|tally| tally.same).sum();
    assert!(same > 20_000, "only {same} lines were compared");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn main() -> ExitCode {
    let name = "every_code_assembles_to_the_bytes_of_nasm";
    let test = every_code_assembles_to_the_bytes_of_nasm;
    let trials = vec![common::trial(name, common::lacks_nasm(), test)];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
