//! Endless recursion, found by the return addresses that fill the stack.

use super::origin::{in_image, quoted};
use super::{GuestState, Scene};
use crate::image::{Bits, Line};
use crate::machine::outcome::Location;
use crate::machine::state::registers::RSP;
use iced_x86::Mnemonic;
use std::collections::HashMap;

/// The fewest calls that count as endless.
const FEWEST: usize = 100;
/// The most bytes of the stack that are read.
const MOST: u64 = 64 << 20;

/// A routine that calls itself until the stack is full.
pub(super) struct Recursion {
    /// One sentence.
    pub(super) message: String,
    /// The call, with the bounds of the stack.
    pub(super) call: Location,
}

/// The recursion that filled the stack, if one did.
pub(super) fn find(scene: &Scene<'_>, state: &GuestState) -> Option<Recursion> {
    let (image, boot) = (scene.image, scene.boot);
    let is_16 = state.bits == Bits::Bits16;
    let mask = if is_16 { 0xFFFF } else { u64::MAX };
    let base = if state.bits == Bits::Bits64 { 0 } else { state.system.ss.base };
    let pointer = state.registers.general[RSP] & mask;
    let start = boot.registers.general[RSP];
    let end = image.origin.checked_add(image.bytes.len() as u64)?;
    let is_below = image.origin < start && base.wrapping_add(pointer) <= end;
    if !(is_below || pointer > start || is_overwritten(scene)) {
        return None;
    }
    // A stack of 16 bits wraps around, so all of its segment is read.
    let width = usize::from(state.bits.bytes());
    let from = base.wrapping_add(if is_16 { pointer & 1 } else { pointer });
    let to = if is_16 { base + 0xFFFF } else { boot.ram }.min(boot.ram);
    let length = to.checked_sub(from)?.min(MOST);
    let mut bytes = vec![0; usize::try_from(length).ok()?];
    scene.memory.read(from, &mut bytes)?;
    let mut counts = HashMap::new();
    for word in bytes.chunks_exact(width) {
        let mut value = [0; 8];
        value.get_mut(..width)?.copy_from_slice(word);
        let value = u64::from_le_bytes(value);
        // Addresses of the source: the image may be loaded elsewhere.
        if value != 0 {
            *counts.entry(value).or_insert(0usize) += 1;
        }
        if counts.len() > 1 << 20 {
            return None;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().filter(|&(_, n)| n >= FEWEST).collect();
    counts.sort_unstable_by_key(|&(value, count)| (std::cmp::Reverse(count), value));
    let (line, count) = counts
        .iter()
        .take(16)
        .find_map(|&(value, count)| Some((call_before(scene, value)?, count)))?;
    let instruction = in_image(image, line)?;
    let target = instruction.near_branch_target();
    let label = |address: u64| image.symbols.iter().find(|s| s.is_label && s.value == address);
    let name = label(target).map_or_else(|| format!("{target:#x}"), |s| s.name.clone());
    let around = image
        .symbols
        .iter()
        .filter(|s| s.is_label && s.value <= line.address && !s.name.contains('.'))
        .max_by_key(|s| s.value);
    let called =
        if around.is_some_and(|s| s.value == target) { "called itself" } else { "was called" };
    let message = format!(
        "endless recursion: `{name}` {called} about {count} times without a `ret` between, until \
         the stack was full"
    );
    let help = format!(
        "The stack began at {start:#x} and grew down; the stack pointer is now {pointer:#x}. The \
         program is at {:#x} to {:#x}. Check the condition that ends the recursion.",
        image.origin,
        end - 1
    );
    let call = Location {
        address: image.origin + u64::from(line.offset),
        span: Some(line.span),
        instruction: quoted(image, line),
        help: Some(help),
    };
    Some(Recursion { message, call })
}

/// Whether code of the program is no longer what was loaded.
fn is_overwritten(scene: &Scene<'_>) -> bool {
    let mut now = vec![0; scene.image.bytes.len()];
    let is_read = scene.memory.read(scene.image.origin, &mut now).is_some();
    is_read
        && scene.image.lines.iter().filter(|line| line.is_code).any(|line| {
            let start = line.offset as usize;
            let range = start..start.saturating_add(line.length as usize);
            now.get(range.clone()) != scene.image.bytes.get(range)
        })
}

/// The line of the `call` that pushes this return address.
fn call_before<'a>(scene: &Scene<'a>, address: u64) -> Option<&'a Line> {
    let lines = &scene.image.lines;
    lines.iter().find(|line| {
        line.address.wrapping_add(line.length.into()) == address
            && in_image(scene.image, line).is_some_and(|instruction| {
                instruction.mnemonic() == Mnemonic::Call && instruction.is_call_near()
            })
    })
}
