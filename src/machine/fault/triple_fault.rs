//! Triple faults: the exception that began one, and what is wrong with the segment, the descriptor
//! or the code that raised it.

use super::{Finding, GuestState, Scene, exception, instruction, software_interrupt};
use crate::machine::backend::Raised;
use crate::machine::state::paging;
use crate::machine::state::registers::Segment;
use iced_x86::{Instruction, OpKind, Register};

/// The limit of a segment of real mode.
const REAL_LIMIT: u32 = 0xFFFF;

/// The finding for a triple fault that `first` began, if the CPU knows it.
pub(super) fn finding(scene: &Scene<'_>, state: &GuestState, first: Option<Raised>) -> Finding {
    let Some(first) = first else { return unknown(state) };
    let mut details = vec![("vector", first.vector.into())];
    details.extend(first.code.map(|code| ("error_code", code)));
    let name = exception::named(first.vector, first.code);
    let why = cause(scene, state, first).unwrap_or_else(|| {
        "Usual causes: a stack pointer outside memory, or an invalid descriptor table made by the \
         program. "
            .to_owned()
    });
    Finding {
        kind: "triple-fault",
        message: format!(
            "triple fault: it began with {name}, and neither that nor the double fault has a handler"
        ),
        help: Some(format!("{why}{}", table(state))),
        details,
    }
}

fn unknown(state: &GuestState) -> Finding {
    // AMD's processors do not keep the state, and KVM then resets the CPU.
    let lost = state.registers.ip == 0xFFF0 && state.system.cs.selector == 0xF000;
    let lost =
        if lost { " This processor does not keep the registers of a triple fault." } else { "" };
    Finding {
        kind: "triple-fault",
        message: "triple fault: the CPU could not deliver an exception, nor the double fault that \
                  followed it"
            .to_owned(),
        help: Some(format!(
            "Usual causes: a stack pointer outside memory, or an invalid descriptor table made by \
             the program.{lost}"
        )),
        details: Vec::new(),
    }
}

/// Where the IDT is.
fn table(state: &GuestState) -> String {
    let idt = state.system.idt;
    if state.system.is_protected() && idt.base == 0 && idt.limit == 0x3FF {
        return "The IDT is still the vector table of real mode: `lidt` sets one for this mode."
            .to_owned();
    }
    format!("The IDT is at {:#x}, its limit is {:#x}.", idt.base, idt.limit)
}

/// What is wrong, as sentences that end with a space.
fn cause(scene: &Scene<'_>, state: &GuestState, first: Raised) -> Option<String> {
    if let Some(number) = software_interrupt::number_at(scene, state) {
        return Some(format!("{} ", software_interrupt::help(number)));
    }
    if let Some(line) = scene.image.line_at(state.address)
        && line.is_code
        && line.bits != state.bits
    {
        return Some(format!(
            "The CPU runs {}-bit code here, but the source is assembled for {} bits: write `bits \
             {}` before this code. ",
            state.bits, line.bits, state.bits
        ));
    }
    match first.code? {
        0 => segment(scene, state),
        code if code & 2 == 0 => descriptor(scene, state, code),
        _ => None,
    }
}

/// What is wrong with the segment of the memory operand.
fn segment(scene: &Scene<'_>, state: &GuestState) -> Option<String> {
    let instruction = instruction::instruction(scene, state, state.address)?;
    let operand =
        (0..instruction.op_count()).find(|&i| instruction.op_kind(i) == OpKind::Memory)?;
    let offset = offset(state, &instruction, operand)?;
    let system = &state.system;
    let (name, segment): (_, Segment) = match instruction.memory_segment() {
        Register::CS => ("cs", system.cs),
        Register::ES => ("es", system.es),
        Register::FS => ("fs", system.fs),
        Register::GS => ("gs", system.gs),
        Register::SS => ("ss", system.ss),
        _ => ("ds", system.ds),
    };
    let limit = segment.limit;
    if offset <= limit.into() {
        return None;
    }
    let selector = segment.selector;
    let old = if limit == REAL_LIMIT && u64::from(selector) << 4 == segment.base {
        format!(
            "{name} is still the segment of real mode: load the selector of a data segment into \
             {name} after the jump to protected mode. "
        )
    } else {
        String::new()
    };
    Some(format!(
        "The operand is at {name}:{offset:#x}, but {name} (selector {selector:#x}) ends at \
         {limit:#x}. {old}"
    ))
}

fn offset(state: &GuestState, instruction: &Instruction, operand: u32) -> Option<u64> {
    instruction.virtual_address(operand, 0, |register, _, _| {
        if register.is_segment_register() {
            Some(0)
        } else {
            instruction::register_value(state, register)
        }
    })
}

/// What is wrong with the descriptor that an error code names.
fn descriptor(scene: &Scene<'_>, state: &GuestState, code: u64) -> Option<String> {
    let selector = code & 0xFFF8;
    if code & 4 != 0 {
        return None;
    }
    let gdt = state.system.gdt;
    let last = selector + 7;
    if last > gdt.limit.into() {
        return Some(format!(
            "Selector {selector:#x} is behind the end of the GDT, whose limit is {:#x}. `lgdt` takes \
             the size of the table minus 1; for this selector at least {last:#x}. ",
            gdt.limit
        ));
    }
    let place = gdt.base.wrapping_add(selector);
    let place = paging::translate(scene.memory, &state.system, place, false)?;
    let raw = scene.memory.read_entry(place.physical, 8)?;
    let kind = match (raw >> 44 & 1, raw >> 43 & 1) {
        (0, _) => "a system segment",
        (_, 1) => "a code segment",
        _ => "a data segment",
    };
    let present = if raw >> 47 & 1 == 0 { ", not present" } else { "" };
    let level = raw >> 45 & 3;
    Some(format!(
        "The descriptor of selector {selector:#x} is {raw:#018x}: {kind}{present}, for ring \
         {level}. "
    ))
}
