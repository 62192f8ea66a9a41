//! Interrupts that a program raises itself: `int n`, where there is nobody to answer.
//!
//! Knows which system answered which number elsewhere; knows nothing of exceptions.

use super::{Finding, Scene, State, code};
use iced_x86::{Instruction, Mnemonic};

/// One row per number that programs use: number, whose service it is.
const SERVICES: [(u8, &str); 9] = [
    (0x10, "a PC's BIOS (screen)"),
    (0x13, "a PC's BIOS (disk)"),
    (0x15, "a PC's BIOS (system)"),
    (0x16, "a PC's BIOS (keyboard)"),
    (0x1A, "a PC's BIOS (clock)"),
    (0x20, "DOS"),
    (0x21, "DOS"),
    (0x2F, "DOS"),
    (0x80, "Linux"),
];

fn owner(number: u8) -> Option<&'static str> {
    SERVICES.iter().find(|(n, _)| *n == number).map(|&(_, owner)| owner)
}

/// What to write instead of `int number`.
pub(super) fn help(number: u8) -> String {
    let who = owner(number).map_or(String::new(), |owner| {
        format!("`int {number:#x}` asks {owner} for a service, and there is none here. ")
    });
    format!("{who}{INSTEAD}")
}

const INSTEAD: &str = "An applet talks to its host through ports: `out 0xE1, al` writes a byte, `in \
                       al, 0xE0` reads one, `out 0xE3, al` ends with the code in al.";

/// The number, if this is an `int n`.
fn number(instruction: &Instruction) -> Option<u8> {
    (instruction.mnemonic() == Mnemonic::Int).then(|| instruction.immediate8())
}

/// The number, if the instruction to blame is an `int n`.
pub(super) fn number_at(scene: &Scene<'_>, state: &State) -> Option<u8> {
    number(&code::instruction(scene, state, state.address)?)
}

/// If vector `vector` was raised by an `int n` that is done, where that is.
pub(super) fn before(scene: &Scene<'_>, state: &State, vector: u8) -> Option<u64> {
    let address = state.address.checked_sub(2)?;
    let instruction = code::instruction(scene, state, address)?;
    (number(&instruction) == Some(vector) && instruction.len() == 2).then_some(address)
}

/// What is said about `int number`.
pub(super) fn finding(number: u8) -> Finding {
    Finding {
        kind: "exception",
        message: format!("nobody answers the software interrupt `int {number:#x}`"),
        help: Some(help(number)),
        details: vec![("vector", number.into())],
    }
}

/// What is said about the instructions that call a kernel.
pub(super) fn system_call(mnemonic: Mnemonic) -> Option<Finding> {
    let name = match mnemonic {
        Mnemonic::Syscall => "syscall",
        Mnemonic::Sysenter => "sysenter",
        _ => return None,
    };
    Some(Finding {
        kind: "exception",
        message: format!("`{name}` calls an operating system, and there is none here"),
        help: Some(INSTEAD.to_owned()),
        details: Vec::new(),
    })
}
