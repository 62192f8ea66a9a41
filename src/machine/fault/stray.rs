//! Execution that is not at an instruction of the program: it ran on behind the last one, into
//! data, or into code that the program wrote over.
//!
//! Compares memory with the image. Knows nothing of what went wrong there.

use super::{Scene, State, code};
use crate::machine::state::registers::RSP;
use iced_x86::Mnemonic;

const ZEROS: &str = "Only zeros are there, and they are no part of the program: it ran past its last \
                     instruction, or a jump, `call` or `ret` went astray. End it with `hlt`, or with \
                     `out 0xE3, al`.";
const DATA: &str = "The source has data there, not an instruction: end the code before it with `hlt`, \
                    `out 0xE3, al` or a jump.";
const OVERWRITTEN: &str = "Memory there no longer holds what the source says: the program wrote over \
                           its own code. Look at its pointers, and how far its stack grew.";

/// The help for a fault whose own help is `help`, with what is odd about the place put first.
pub(super) fn help(scene: &Scene<'_>, state: &State, help: Option<String>) -> Option<String> {
    let image = scene.image;
    let bytes = code::bytes(scene, state, state.address);
    let offset = state.address.checked_sub(image.origin).and_then(|o| usize::try_from(o).ok());
    let Some(original) = offset.and_then(|o| image.bytes.get(o..)).filter(|b| !b.is_empty()) else {
        // Code that the program put there itself is not all zeros.
        return if bytes.starts_with(&[0, 0]) { Some(ZEROS.to_owned()) } else { help };
    };
    let length = code::instruction(scene, state, state.address).map_or(1, |i| i.len());
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

/// What is said when the stack pointer is the reason that memory is not there.
pub(super) fn stack(scene: &Scene<'_>, state: &State) -> Option<&'static str> {
    /// An empty stack ends at the end of memory; what is taken from it leads a little further.
    const LITTLE: u64 = 64;
    let pointer = state.registers.general[RSP];
    let is_empty = pointer.checked_sub(scene.boot.ram).is_some_and(|above| above < LITTLE);
    let is_elsewhere = !(1..=scene.boot.ram).contains(&pointer);
    match code::instruction(scene, state, state.address)?.mnemonic() {
        Mnemonic::Ret | Mnemonic::Retf if is_empty => Some(
            "The stack is empty: nothing called this code, so there is nowhere to return to. End \
             the applet with `hlt`, or with `out 0xE3, al`.",
        ),
        Mnemonic::Pop if is_empty => Some("The stack is empty: there is more `pop` than `push`."),
        Mnemonic::Push | Mnemonic::Pop | Mnemonic::Call | Mnemonic::Ret if is_elsewhere => {
            Some("The stack pointer does not point into memory: look at what was put into it.")
        }
        _ => None,
    }
}
