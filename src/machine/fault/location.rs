//! Execution that left the program: past the last instruction, in data, or in code that the program
//! overwrote. Found by comparing memory with the image.

use super::{GuestState, Scene, instruction};
use crate::machine::state::registers::RSP;
use iced_x86::Mnemonic;

const ZEROS: &str = "This address is outside the program, and memory there is zero. The program ran past \
                     its last instruction, or a jump, `call` or `ret` had a wrong target. End the \
                     program with `hlt` or `out 0xE3, al`.";
const DATA: &str = "The source has data at this address, not an instruction. End the code before it with \
                    `hlt`, `out 0xE3, al` or a jump.";
const OVERWRITTEN: &str = "The program overwrote its own code at this address. Check its pointers and \
                           the depth of its stack.";

/// `help`, with a sentence before it if execution has left the program.
pub(super) fn help(scene: &Scene<'_>, state: &GuestState, help: Option<String>) -> Option<String> {
    let image = scene.image;
    let bytes = instruction::bytes(scene, state, state.address);
    let offset = state.address.checked_sub(image.origin).and_then(|o| usize::try_from(o).ok());
    let Some(original) = offset.and_then(|o| image.bytes.get(o..)).filter(|b| !b.is_empty()) else {
        // Code that the program generated is not all zeros.
        return if bytes.starts_with(&[0, 0]) { Some(ZEROS.to_owned()) } else { help };
    };
    let length = instruction::instruction(scene, state, state.address).map_or(1, |i| i.len());
    let length = length.min(original.len());
    let note = if bytes.get(..length) != original.get(..length) {
        OVERWRITTEN
    } else if image.line_at(state.address).is_some_and(|line| !line.is_code) {
        DATA
    } else {
        return help;
    };
    Some(help.map_or_else(|| note.to_owned(), |help| format!("{note} {help}")))
}

/// The help for an access outside memory that the stack pointer caused.
pub(super) fn stack(scene: &Scene<'_>, state: &GuestState) -> Option<&'static str> {
    /// An empty stack ends at the end of memory. Popping from it moves the pointer a little
    /// further.
    const LITTLE: u64 = 64;
    let pointer = state.registers.general[RSP];
    let is_empty = pointer.checked_sub(scene.boot.ram).is_some_and(|above| above < LITTLE);
    let is_elsewhere = !(1..=scene.boot.ram).contains(&pointer);
    match instruction::instruction(scene, state, state.address)?.mnemonic() {
        Mnemonic::Ret | Mnemonic::Retf if is_empty => Some(
            "The stack is empty, so there is no address to return to. End the applet with `hlt` or \
             `out 0xE3, al`.",
        ),
        Mnemonic::Pop if is_empty => {
            Some("The stack is empty: the program pops more than it pushes.")
        }
        Mnemonic::Push | Mnemonic::Pop | Mnemonic::Call | Mnemonic::Ret if is_elsewhere => {
            Some("The stack pointer is outside memory. Check what the program loaded into it.")
        }
        _ => None,
    }
}
