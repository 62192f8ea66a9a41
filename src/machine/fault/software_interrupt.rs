//! Messages for `int n` and the instructions that call a kernel, where the guest has no handler.

use super::{Finding, GuestState, Scene, instruction};
use iced_x86::{Instruction, Mnemonic};

/// One row per number that programs use: the number, and the system that handles it.
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
        format!("`int {number:#x}` calls {owner}, which an applet does not have. ")
    });
    format!("{who}{INSTEAD}")
}

const INSTEAD: &str = "An applet uses ports for input and output: `out 0xE1, al` writes a byte, `in \
                       al, 0xE0` reads a byte, `out 0xE3, al` exits with the code in al.";

/// The number, if this is an `int n`.
fn number(instruction: &Instruction) -> Option<u8> {
    (instruction.mnemonic() == Mnemonic::Int).then(|| instruction.immediate8())
}

/// The number, if the instruction at `state` is an `int n`.
pub(super) fn number_at(scene: &Scene<'_>, state: &GuestState) -> Option<u8> {
    number(&instruction::instruction(scene, state, state.address)?)
}

/// The address of the `int n` before `state` that raised `vector`, if one did.
pub(super) fn before(scene: &Scene<'_>, state: &GuestState, vector: u8) -> Option<u64> {
    let address = state.address.checked_sub(2)?;
    let instruction = instruction::instruction(scene, state, address)?;
    (number(&instruction) == Some(vector) && instruction.len() == 2).then_some(address)
}

/// The finding for `int number`.
pub(super) fn finding(number: u8) -> Finding {
    Finding {
        kind: "exception",
        message: format!("no handler for `int {number:#x}`"),
        help: Some(help(number)),
        details: vec![("vector", number.into())],
    }
}

/// The finding for an instruction that calls a kernel.
pub(super) fn system_call(mnemonic: Mnemonic) -> Option<Finding> {
    let name = match mnemonic {
        Mnemonic::Syscall => "syscall",
        Mnemonic::Sysenter => "sysenter",
        _ => return None,
    };
    Some(Finding {
        kind: "exception",
        message: format!("`{name}` calls an operating system, which an applet does not have"),
        help: Some(INSTEAD.to_owned()),
        details: Vec::new(),
    })
}
