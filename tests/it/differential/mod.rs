//! The assembler against real nasm, instruction by instruction: random operands for every code that
//! iced knows, assembled here and by nasm. The bytes must be the same. Lines that nasm refuses are
//! counted and left out.
//!
//! `APPLET_ROUNDS` asks for more lines a code.

mod block_encoder;
pub(crate) mod exceptions;
mod generate;
mod here;
mod lines;
mod listing;
mod meaning;
mod nasm;
mod round_trip;
mod snippets;

use crate::support::{Needs, Tests, add};
use generate::Line;
use iced_x86::{CpuidFeature, EncodingKind};
use std::collections::BTreeMap;

/// What became of the lines of one class of instructions.
#[derive(Default)]
struct Tally {
    same: u32,
    /// Of these, those that iced reads as they are written. It has other names for a few.
    meant: u32,
    /// Different, since nasm's bytes mean something else.
    excepted: u32,
    /// Refused by nasm.
    refused: u32,
    wrong: Vec<String>,
}

type Tallies = BTreeMap<&'static str, Tally>;

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

/// The row that gives the reason for a difference, if iced says that nasm's bytes do not mean the
/// line, and ours, where we take it at all, do.
fn excepted(line: &Line, bits: u32, ours: Option<&[u8]>, theirs: &[u8]) -> Option<usize> {
    if meaning::is_meant(line, bits, theirs)
        || ours.is_some_and(|ours| !meaning::is_meant(line, bits, ours))
    {
        return None;
    }
    let name = format!("{:?}", line.code.mnemonic()).to_lowercase();
    let features: Vec<String> =
        line.code.cpuid_features().iter().map(|f| format!("{f:?}")).collect();
    exceptions::EXCEPTIONS.iter().position(|(names, with, _)| {
        let mut names = names.split(' ');
        line.text.contains(with) && names.any(|n| n == name || features.iter().any(|f| f == n))
    })
}

/// Compares all lines of one mode; marks the rows of the exceptions that were needed.
fn compare(bits: u32, lines: &[Line], tallies: &mut Tallies, used: &mut [bool]) {
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
            tally.meant += u32::from(meaning::is_meant(line, bits, &theirs));
        } else if let Some(row) = excepted(line, bits, ours.as_deref().ok(), &theirs) {
            tally.excepted += 1;
            used[row] = true;
        } else {
            tally.wrong.push(format!("{bits}: {}: {ours:02X?}, nasm {theirs:02X?}", line.text));
        }
    }
}

#[expect(clippy::print_stderr, reason = "the figures are what the test is run for")]
fn every_code_assembles_to_the_bytes_of_nasm() {
    let rounds = std::env::var("APPLET_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(2);
    let mut random = generate::Random(2016);
    let mut tallies = Tallies::new();
    let mut used = [false; exceptions::EXCEPTIONS.len()];
    for bits in [16, 32, 64] {
        compare(bits, &generate::lines(bits, rounds, &mut random), &mut tallies, &mut used);
    }
    let mut wrong = Vec::new();
    for (class, tally) in &tallies {
        let Tally { same, meant, excepted, refused, wrong: differ } = tally;
        let compared = f64::from(*same) + f64::from(u32::try_from(differ.len()).unwrap());
        eprintln!(
            "{class:8} same {same:6} ({:.3} %), read back by iced {meant:6}; nasm wrong \
             {excepted:4}; refused by nasm {refused:5}; differ {}",
            100.0 * f64::from(*same) / compared,
            differ.len()
        );
        wrong.extend(differ.iter().map(String::as_str));
    }
    let sum = |of: fn(&Tally) -> u32| tallies.values().map(of).sum::<u32>();
    let (same, meant) = (sum(|t| t.same), sum(|t| t.meant));
    assert!(same > 20_000, "only {same} lines were compared");
    assert!(meant > same / 100 * 95, "iced reads only {meant} of {same} lines back");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    let rows = exceptions::EXCEPTIONS.iter().zip(used);
    let idle: Vec<_> = rows.filter(|(_, used)| !used).map(|(row, _)| row).collect();
    assert!(idle.is_empty() || rounds < 40, "no line needs these exceptions: {idle:?}");
}

pub(crate) fn tests(tests: &mut Tests) {
    add!(tests, Needs::Nasm; every_code_assembles_to_the_bytes_of_nasm);
    tests.within("listing", listing::tests);
    tests.within("round_trip", round_trip::tests);
    tests.within("block_encoder", block_encoder::tests);
    tests.within("snippets", snippets::tests);
}
