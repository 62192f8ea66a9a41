//! Instructions in the memory of a state, as text.
//!
//! Knows nothing of why they are looked at.

use super::session::State;
use crate::image::Bits;
use crate::machine::disassembly::formatter;
use iced_x86::{Decoder, DecoderOptions, Formatter, Instruction};

/// One instruction.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Its address.
    pub(super) address: u64,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// Its text; `db …` if it is none.
    pub(super) text: String,
}

/// The longest instruction.
const LONGEST: usize = 15;

/// The instruction at a linear address.
pub(super) fn at(state: &State, address: u64) -> Option<Line> {
    let mut bytes = Vec::with_capacity(LONGEST);
    for offset in 0..LONGEST as u64 {
        let mut byte = [0];
        let ram = state.ground.boot.ram;
        if state.snapshot.read(ram, address.checked_add(offset)?, &mut byte).is_none() {
            break;
        }
        bytes.push(byte[0]);
    }
    decode(&bytes, address, state.snapshot.system.bits())
}

/// The first instruction of some bytes.
pub(super) fn decode(bytes: &[u8], address: u64, bits: Bits) -> Option<Line> {
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

/// An instruction in NASM's syntax.
pub(super) fn text(instruction: &Instruction) -> String {
    let mut text = String::new();
    formatter().format(instruction, &mut text);
    text
}
