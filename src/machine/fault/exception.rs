//! Messages for the CPU's exceptions: a row for each vector, and a function for each of those that
//! beginners meet.

use super::{Finding, GuestState, Scene, instruction, nowhere_help, ram_help, software_interrupt};
use crate::image::Bits;
use crate::machine::state::registers::RCX;
use iced_x86::{CpuidFeature, Instruction, Mnemonic};

/// An exception (SDM volume 3, 6.15).
struct Vector {
    number: u8,
    mnemonic: &'static str,
    name: &'static str,
    has_code: bool,
    help: &'static str,
}

const fn row(
    number: u8,
    mnemonic: &'static str,
    name: &'static str,
    has_code: bool,
    help: &'static str,
) -> Vector {
    Vector { number, mnemonic, name, has_code, help }
}

const VECTORS: [Vector; 20] = [
    row(0, "#DE", "divide error", false, ""),
    row(1, "#DB", "debug exception", false, "The program set the trap flag or a debug register."),
    row(2, "NMI", "non-maskable interrupt", false, ""),
    row(3, "#BP", "breakpoint", false, "`int3` ends the applet. Remove it to continue."),
    row(4, "#OF", "overflow", false, "`into` raises this when the overflow flag is set."),
    row(
        5,
        "#BR",
        "bound range exceeded",
        false,
        "`bound` raises this when the index is outside its bounds.",
    ),
    row(6, "#UD", "invalid opcode", false, ""),
    row(
        7,
        "#NM",
        "device not available",
        false,
        "CR0.TS or CR0.EM disables x87, SSE and AVX. Clear both bits.",
    ),
    row(
        8,
        "#DF",
        "double fault",
        true,
        "The CPU could not deliver an exception. Check the stack pointer and the IDT.",
    ),
    row(10, "#TS", "invalid TSS", true, "The task state segment is invalid."),
    row(11, "#NP", "segment not present", true, "The present bit of that descriptor is 0."),
    row(
        12,
        "#SS",
        "stack fault",
        true,
        "The stack pointer is outside its segment, or is not a canonical address.",
    ),
    row(13, "#GP", "general protection", true, ""),
    row(14, "#PF", "page fault", true, ""),
    row(
        16,
        "#MF",
        "x87 error",
        false,
        "An earlier x87 instruction failed, and the control word unmasks that error.",
    ),
    row(17, "#AC", "alignment check", true, "EFLAGS.AC is set, and an address is not aligned."),
    row(18, "#MC", "machine check", false, "The host's hardware reports an error."),
    row(19, "#XM", "SIMD error", false, "This instruction failed, and MXCSR unmasks that error."),
    row(20, "#VE", "virtualization exception", false, ""),
    row(21, "#CP", "control protection", true, ""),
];

/// Whether the CPU pushes an error code with this vector.
pub(super) fn pushes_error_code(vector: u8) -> bool {
    VECTORS.iter().any(|v| v.number == vector && v.has_code)
}

/// `general protection (#GP)`.
fn title(vector: u8) -> String {
    VECTORS.iter().find(|v| v.number == vector).map_or_else(
        || format!("interrupt {vector:#x}"),
        |v| format!("{} ({})", v.name, v.mnemonic),
    )
}

/// The title with the selector of the error code.
pub(super) fn named(vector: u8, error_code: Option<u64>) -> String {
    let code = error_code.filter(|&c| c != 0);
    code.map_or_else(|| title(vector), |c| format!("{}: {}", title(vector), selector(c)))
}

/// The finding when the exception frame cannot be read.
pub(super) fn without_frame(vector: u8) -> Finding {
    Finding {
        kind: "exception",
        message: format!("{}, and the stack is not in memory", title(vector)),
        help: Some(
            "Point the stack pointer to the end of a region of the applet's memory.".to_owned(),
        ),
        details: vec![("vector", vector.into())],
    }
}

/// The finding for an exception. Moves `state` to the instruction that raised it.
pub(super) fn explain(
    scene: &Scene<'_>,
    state: &mut GuestState,
    vector: u8,
    error_code: Option<u64>,
) -> Finding {
    if let Some(address) = software_interrupt::before(scene, state, vector) {
        state.move_to(address);
        return software_interrupt::finding(vector);
    }
    let instruction = instruction::instruction(scene, state, state.address);
    let mut finding = match vector {
        0 => divide_error(scene, state, instruction.as_ref()),
        3 => breakpoint(state),
        6 => invalid_opcode(scene, state, instruction.as_ref()),
        13 => general_protection(scene, state, instruction.as_ref(), error_code.unwrap_or(0)),
        14 => page_fault(scene, state, error_code.unwrap_or(0)),
        _ => plain(vector, error_code),
    };
    finding.details.insert(0, ("vector", vector.into()));
    if let Some(code) = error_code {
        finding.details.push(("error_code", code));
    }
    finding
}

fn finding(message: String, help: impl Into<String>) -> Finding {
    let help = Some(help.into()).filter(|h: &String| !h.is_empty());
    Finding { kind: "exception", message, help, details: Vec::new() }
}

fn plain(vector: u8, error_code: Option<u64>) -> Finding {
    let help = VECTORS.iter().find(|v| v.number == vector).map_or("", |v| v.help);
    finding(named(vector, error_code), help)
}

/// The error code of exceptions about segments (SDM volume 3, 6.13).
fn selector(code: u64) -> String {
    let index = code >> 3;
    match code >> 1 & 3 {
        0 => format!("selector {:#x} of the GDT", code & 0xFFF8),
        2 => format!("selector {:#x} of the LDT", code & 0xFFF8),
        _ => format!("entry {index:#x} of the IDT"),
    }
}

fn divide_error(
    scene: &Scene<'_>,
    state: &GuestState,
    instruction: Option<&Instruction>,
) -> Finding {
    let divisor = instruction.and_then(|i| instruction::first_operand(scene, state, i));
    if divisor == Some(0) {
        return finding(
            format!("division by zero: {}", title(0)),
            "Check the divisor before `div` and `idiv`.",
        );
    }
    finding(
        format!("the quotient does not fit: {}", title(0)),
        "`div` and `idiv` divide a number twice as wide as the operand (dx:ax, edx:eax, rdx:rax). \
         Before them, clear the upper half (`xor edx, edx`) or extend the sign (`cdq`).",
    )
}

/// The CPU reports a breakpoint after the instruction.
fn breakpoint(state: &mut GuestState) -> Finding {
    state.move_to(state.address.saturating_sub(1));
    plain(3, None)
}

fn invalid_opcode(
    scene: &Scene<'_>,
    state: &GuestState,
    instruction: Option<&Instruction>,
) -> Finding {
    if let Some(number) = software_interrupt::number_at(scene, state) {
        return software_interrupt::finding(number);
    }
    let Some(instruction) = instruction else {
        return finding(
            format!("these bytes are not an instruction: {}", title(6)),
            "Execution may have reached data. End the code with `hlt` or `out 0xE3, al`, and check \
             the target of the last jump, `call` or `ret`.",
        );
    };
    if let Some(finding) = software_interrupt::system_call(instruction.mnemonic()) {
        return finding;
    }
    if matches!(instruction.mnemonic(), Mnemonic::Ud0 | Mnemonic::Ud1 | Mnemonic::Ud2) {
        return finding(format!("the program executed an undefined instruction: {}", title(6)), "");
    }
    finding(format!("the CPU does not accept this instruction: {}", title(6)), refused(instruction))
}

/// Why the CPU may not accept an instruction, with the extensions that it belongs to.
fn refused(instruction: &Instruction) -> String {
    let named = |feature: &CpuidFeature| format!("{feature:?}").replace('_', ".");
    let features: Vec<String> = instruction.cpuid_features().iter().map(named).collect();
    let is_extension = features.iter().all(|name| !name.starts_with("INTEL") && name != "X64");
    let mut help = if is_extension {
        format!("It belongs to {}. ", features.join(" and "))
    } else {
        String::new()
    };
    help.push_str(
        "This processor does not have it, does not have it in this mode, or a control register \
         disables it.",
    );
    if features.iter().any(|name| name.starts_with("AVX512")) {
        help.push_str(" The software CPU does not implement AVX-512.");
    }
    help + " `applet doctor` shows what this host supports."
}

fn general_protection(
    scene: &Scene<'_>,
    state: &GuestState,
    instruction: Option<&Instruction>,
    error_code: u64,
) -> Finding {
    /// Bit 1 of the error code: it is about an entry of the IDT.
    const IDT: u64 = 2;
    if let Some(number) = software_interrupt::number_at(scene, state) {
        return software_interrupt::finding(number);
    }
    if error_code & IDT != 0 {
        return plain(13, Some(error_code));
    }
    if error_code != 0 {
        return finding(
            format!("{}: {}", title(13), selector(error_code)),
            "The selectors are: code 0x08 and data 0x10 at ring 0, data 0x1B and code 0x23 at ring 3.",
        );
    }
    let privileged = instruction.is_some_and(Instruction::is_privileged);
    if privileged && state.system.ring() == 3 {
        let text = instruction::text(scene, state).unwrap_or_default();
        return finding(
            format!(
                "`{text}` is a privileged instruction, and the applet runs at ring 3: {}",
                title(13)
            ),
            "Privileged code needs `ring = 0` in the metadata, or `--ring 0` on the command line.",
        );
    }
    if let Some(finding) = misaligned(scene, state, instruction) {
        return finding;
    }
    let help = match state.bits {
        Bits::Bits64 => {
            "Usual causes: an address that is not canonical (bits 63 to 47 differ), or an operand \
             of an SSE instruction such as `movaps` that is not aligned to 16 bytes."
        }
        Bits::Bits32 => {
            "Usual causes: a wrong selector, an offset outside its segment, an SSE operand that is not aligned."
        }
        Bits::Bits16 => {
            "Usual cause: an operand that crosses the end of its segment, offset 0xFFFF."
        }
    };
    finding(title(13), help)
}

/// The finding for a memory operand that the instruction needs aligned.
fn misaligned(
    scene: &Scene<'_>,
    state: &GuestState,
    instruction: Option<&Instruction>,
) -> Option<Finding> {
    let instruction = instruction?;
    let (address, text) = instruction::memory_operand(state, instruction)?;
    let size = match instruction.mnemonic() {
        Mnemonic::Fxsave | Mnemonic::Fxsave64 | Mnemonic::Fxrstor | Mnemonic::Fxrstor64 => 16,
        Mnemonic::Xsave | Mnemonic::Xsave64 | Mnemonic::Xrstor | Mnemonic::Xrstor64 => 64,
        _ => instruction.memory_size().size() as u64,
    };
    let off = address.checked_rem(size).filter(|&off| off != 0 && size >= 16)?;
    let name = instruction::text(scene, state)?;
    let name = name.split(' ').next().unwrap_or_default();
    Some(finding(
        format!(
            "the operand {text} of `{name}` is at {address:#x}, {off} bytes behind a multiple of \
             {size}: {}",
            title(13)
        ),
        format!(
            "`{name}` needs an operand that is aligned to {size} bytes. Write `align {size}` before \
             the data, or use an unaligned move such as `movups` or `movdqu`."
        ),
    ))
}

/// Where the host's processor runs ring 3, `syscall` jumps to the guest's LSTAR, which is 0, and
/// leaves the address after it in rcx. Moves `state` back to the `syscall`.
fn system_call_to_nowhere(scene: &Scene<'_>, state: &mut GuestState) -> Option<Finding> {
    let address = state.registers.general[RCX].checked_sub(2)?;
    if state.bits != Bits::Bits64 || state.registers.ip != 0 {
        return None;
    }
    let instruction = instruction::instruction(scene, state, address)?;
    let finding = software_interrupt::system_call(instruction.mnemonic())?;
    state.move_to(address);
    Some(finding)
}

fn page_fault(scene: &Scene<'_>, state: &mut GuestState, code: u64) -> Finding {
    if let Some(finding) = system_call_to_nowhere(scene, state) {
        return finding;
    }
    let address = state.system.cr2;
    let (present, write, fetch) = (code & 1 != 0, code & 2 != 0, code & 16 != 0);
    let verb = if fetch || address == state.address {
        "jump to"
    } else if write {
        "writing"
    } else {
        "reading"
    };
    let is_jump = verb == "jump to";
    let (message, help) = if address < 0x1000 {
        (
            format!("null pointer: {verb} address {address:#x}, which is not mapped"),
            "The pointer is null or nearly so. Page 0 is not mapped.".to_owned(),
        )
    } else if address >= scene.boot.ram && !present {
        let help = if is_jump { nowhere_help(scene, state) } else { ram_help(scene, state) };
        (format!("{verb} address {address:#x}, which is outside memory"), help)
    } else if present {
        (
            format!("{verb} address {address:#x}, which the page tables do not allow"),
            "The page belongs to the host or to ring 0, or is read-only.".to_owned(),
        )
    } else {
        (
            format!("{verb} address {address:#x}, which the page tables do not map"),
            "Check the page tables that the program made.".to_owned(),
        )
    };
    let mut finding = finding(format!("{message}: {}", title(14)), help);
    finding.details.push(("cr2", address));
    finding
}
