//! Reads the frame that the CPU pushed when it delivered an exception, and restores from it the
//! state at the instruction.

use super::exception;
use super::{GuestState, Scene, linear};
use crate::image::Bits;
use crate::machine::state::memory::Memory;
use crate::machine::state::paging;
use crate::machine::state::registers::{RSP, System};

/// Reads the words of the frame in order.
struct Reader<'a> {
    memory: &'a Memory,
    system: &'a System,
    /// Linear address of the next word.
    address: u64,
    /// Bytes of a word.
    width: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<u64> {
        let place = paging::translate(self.memory, self.system, self.address, false)?;
        let value = self.memory.read_entry(place.physical, self.width)?;
        self.address = self.address.wrapping_add(self.width as u64);
        Some(value)
    }
}

/// The state at the interrupted instruction, and the error code if the vector has one; `None` if
/// the stack cannot be read.
pub(super) fn interrupted(
    scene: &Scene<'_>,
    entry: &GuestState,
    vector: u8,
) -> Option<(GuestState, Option<u64>)> {
    let system = &entry.system;
    let bits = system.bits();
    let stack = entry.registers.general[RSP];
    let (width, stack) = match bits {
        Bits::Bits64 => (8, stack),
        _ if system.ss.big => (4, system.ss.base.wrapping_add(stack & 0xFFFF_FFFF)),
        _ => (2, system.ss.base.wrapping_add(stack & 0xFFFF)),
    };
    let width = if bits == Bits::Bits16 { 2 } else { width };
    let mut reader = Reader { memory: scene.memory, system, address: stack, width };
    let pushes_code = system.is_protected() && exception::pushes_error_code(vector);
    let error_code = if pushes_code { Some(reader.next()?) } else { None };
    let (ip, cs, flags) = (reader.next()?, reader.next()?, reader.next()?);
    let selector = u16::try_from(cs & 0xFFFF).ok()?;

    let mut at = *entry;
    at.registers.ip = ip;
    at.registers.flags = flags;
    // The frame holds ss and sp too if the ring changed, and always in long mode.
    if bits == Bits::Bits64 || (system.is_protected() && selector & 3 != 0) {
        at.registers.general[RSP] = reader.next()?;
        at.system.ss.selector = u16::try_from(reader.next()? & 0xFFFF).ok()?;
    } else {
        let popped = reader.address.wrapping_sub(stack);
        at.registers.general[RSP] = entry.registers.general[RSP].wrapping_add(popped);
    }
    code_segment(scene, &mut at.system, selector);
    at.bits = at.system.bits();
    at.address = linear(&at.system, ip, at.bits);
    Some((at, error_code))
}

/// Loads cs with `selector`, from the GDT in protected and long mode.
fn code_segment(scene: &Scene<'_>, system: &mut System, selector: u16) {
    system.cs.selector = selector;
    if !system.is_protected() {
        system.cs.base = u64::from(selector) << 4;
        return;
    }
    let address = system.gdt.base.wrapping_add(u64::from(selector & !7));
    let descriptor = paging::translate(scene.memory, system, address, false)
        .and_then(|place| scene.memory.read_entry(place.physical, 8));
    if let Some(descriptor) = descriptor {
        system.cs.base = (descriptor >> 16 & 0xFF_FFFF) | (descriptor >> 56) << 24;
        system.cs.long = descriptor >> 53 & 1 != 0;
        system.cs.big = descriptor >> 54 & 1 != 0;
    }
    let [ring, _] = (selector & 3).to_le_bytes();
    system.cs.dpl = ring;
    system.ss.dpl = ring;
}
