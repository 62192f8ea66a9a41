//! Instructions in the memory of a session as text: one at an address, or a trace of those that an
//! entry executed.

use super::registers;
use super::session::{Checkpoint, Report};
use super::style::{Painter, Style};
use super::view;
use crate::image::Bits;
use crate::machine::disassembly::formatter;
use crate::machine::state::registers::Registers;
use iced_x86::{Decoder, DecoderOptions, Formatter, Instruction};

/// One instruction.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Its address.
    pub(super) address: u64,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// Its text in NASM's syntax; `db …` where the bytes are not an instruction.
    pub(super) text: String,
}

/// The longest instruction (SDM volume 2, 2.3.11).
const LONGEST: usize = 15;

/// The instruction at a linear address, if there is memory.
pub(super) fn at(state: &Checkpoint, address: u64) -> Option<Line> {
    let mut bytes = Vec::with_capacity(LONGEST);
    for offset in 0..LONGEST as u64 {
        let mut byte = [0];
        let ram = state.base.boot.ram;
        if state.snapshot.read(ram, address.checked_add(offset)?, &mut byte).is_none() {
            break;
        }
        bytes.push(byte[0]);
    }
    decode(&bytes, address, state.snapshot.system.bits())
}

/// The first instruction of some bytes.
fn decode(bytes: &[u8], address: u64, bits: Bits) -> Option<Line> {
    let first = bytes.first()?;
    let mut decoder =
        Decoder::try_with_ip(bits.number(), bytes, address, DecoderOptions::NONE).ok()?;
    let instruction = decoder.decode();
    if instruction.is_invalid() {
        return Some(Line { address, bytes: vec![*first], text: format!("db {first:#04x}") });
    }
    let bytes = bytes.get(..instruction.len())?.to_vec();
    Some(Line { address, bytes, text: text(&instruction) })
}

fn text(instruction: &Instruction) -> String {
    let mut text = String::new();
    formatter().format(instruction, &mut text);
    text
}

/// The trace of an entry: each instruction with what it changed, one line each.
pub(super) fn trace(
    painter: Painter,
    report: &Report,
    now: &Checkpoint,
    before: Option<&Checkpoint>,
) -> Vec<String> {
    let mut lines = Vec::new();
    let start = before.unwrap_or(now);
    let mut address = report.start;
    let mut old = start.snapshot.registers;
    for step in &report.steps {
        let text = at(now, address).map_or("?".to_owned(), |line| line.text);
        let changed = changed(painter, now, &old, &step.registers);
        let line = format!(
            "{}  {text:<28}  {changed}",
            painter.paint(Style::Note, &format!("{address:#x}"))
        );
        lines.push(line.trim_end().to_owned());
        (address, old) = (step.next, step.registers);
    }
    if report.more_steps {
        lines.push(painter.paint(Style::Note, "… and more"));
    }
    if !lines.is_empty() {
        lines.push(painter.paint(Style::Note, "in all:"));
    }
    lines
}

/// The general registers and flags that one instruction changed.
fn changed(painter: Painter, state: &Checkpoint, old: &Registers, new: &Registers) -> String {
    let (mode, system) = (state.base.config.mode, &state.snapshot.system);
    let before = registers::general(mode, system, old);
    let after = registers::general(mode, system, new);
    let mut parts: Vec<String> = before
        .zip(after)
        .filter(|(a, b)| a.1 != b.1)
        .map(|(_, b)| format!("{} = {:#x}", painter.paint(Style::Name, b.0), b.1.number))
        .collect();
    parts.extend(view::flags(painter, old.flags, new.flags));
    parts.join("  ")
}
