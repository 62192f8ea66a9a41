//! The CPU's exceptions in words: one row per vector, and more for the ones that beginners meet.
//!
//! Knows nothing of how an exception reached the host.

use super::{Finding, Scene, State, code, nowhere_help, ram_help, software};
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
    row(1, "#DB", "debug exception", false, "The trap flag or a debug register is set."),
    row(2, "NMI", "non-maskable interrupt", false, ""),
    row(3, "#BP", "breakpoint", false, "`int3` stops the applet here; take it out to go on."),
    row(4, "#OF", "overflow", false, "`into` found the overflow flag set."),
    row(5, "#BR", "bound range exceeded", false, "`bound` found an index outside its bounds."),
    row(6, "#UD", "invalid opcode", false, ""),
    row(
        7,
        "#NM",
        "device not available",
        false,
        "CR0.TS or CR0.EM forbids x87, SSE and AVX; clear them.",
    ),
    row(
        8,
        "#DF",
        "double fault",
        true,
        "An exception could not be delivered; look at the stack pointer and the IDT.",
    ),
    row(10, "#TS", "invalid TSS", true, "The task state segment is wrong."),
    row(
        11,
        "#NP",
        "segment not present",
        true,
        "The descriptor of that selector is not marked present.",
    ),
    row(
        12,
        "#SS",
        "stack fault",
        true,
        "The stack pointer left its segment, or is not a canonical address.",
    ),
    row(13, "#GP", "general protection", true, ""),
    row(14, "#PF", "page fault", true, ""),
    row(
        16,
        "#MF",
        "x87 error",
        false,
        "An x87 instruction before this one failed, and the control word unmasks that error.",
    ),
    row(17, "#AC", "alignment check", true, "EFLAGS.AC is set and an address is not aligned."),
    row(18, "#MC", "machine check", false, "The host's hardware reports an error."),
    row(19, "#XM", "SIMD error", false, "MXCSR unmasks the error that this instruction met."),
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

/// What can be said when the stack with the details cannot be read.
pub(super) fn without_frame(vector: u8) -> Finding {
    Finding {
        kind: "exception",
        message: format!("{}, with a stack that is not in memory", title(vector)),
        help: Some("Set the stack pointer to memory that is there.".to_owned()),
        details: vec![("vector", vector.into())],
    }
}

/// What is said about an exception; moves `state` to the instruction to blame.
pub(super) fn explain(
    scene: &Scene<'_>,
    state: &mut State,
    vector: u8,
    error_code: Option<u64>,
) -> Finding {
    if let Some(address) = software::before(scene, state, vector) {
        state.move_to(address);
        return software::finding(vector);
    }
    let instruction = code::instruction(scene, state, state.address);
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
    let code =
        error_code.filter(|&c| c != 0).map_or(String::new(), |c| format!(": {}", selector(c)));
    finding(format!("{}{code}", title(vector)), help)
}

/// The error code of exceptions about segments (SDM volume 3, 6.13).
fn selector(code: u64) -> String {
    let index = code >> 3;
    match code >> 1 & 3 {
        0 => format!("about selector {:#x} of the GDT", code & 0xFFF8),
        2 => format!("about selector {:#x} of the LDT", code & 0xFFF8),
        _ => format!("about entry {index:#x} of the IDT"),
    }
}

fn divide_error(scene: &Scene<'_>, state: &State, instruction: Option<&Instruction>) -> Finding {
    let divisor = instruction.and_then(|i| code::first_operand(scene, state, i));
    if divisor == Some(0) {
        return finding(
            format!("division by zero: {}", title(0)),
            "Check the divisor before `div` and `idiv`.",
        );
    }
    finding(
        format!("the quotient does not fit: {}", title(0)),
        "`div` and `idiv` divide twice the operand's width (dx:ax, edx:eax, rdx:rax); clear the \
         upper half (`xor edx, edx`) or extend the sign (`cdq`) before.",
    )
}

/// A breakpoint is reported behind the instruction.
fn breakpoint(state: &mut State) -> Finding {
    state.move_to(state.address.saturating_sub(1));
    plain(3, None)
}

fn invalid_opcode(scene: &Scene<'_>, state: &State, instruction: Option<&Instruction>) -> Finding {
    if let Some(number) = software::number_at(scene, state) {
        return software::finding(number);
    }
    let Some(instruction) = instruction else {
        return finding(
            format!("these bytes are no instruction: {}", title(6)),
            "Execution may have run into data: end with `hlt` or `out 0xE3, al`, and look where the \
             last jump, call or ret leads.",
        );
    };
    if let Some(finding) = software::system_call(instruction.mnemonic()) {
        return finding;
    }
    if matches!(instruction.mnemonic(), Mnemonic::Ud0 | Mnemonic::Ud1 | Mnemonic::Ud2) {
        return finding(format!("the program ran into an undefined instruction: {}", title(6)), "");
    }
    finding(format!("the CPU refuses this instruction here: {}", title(6)), refused(instruction))
}

/// Why an instruction may be refused, with the extensions that it belongs to.
fn refused(instruction: &Instruction) -> String {
    let named = |feature: &CpuidFeature| format!("{feature:?}").replace('_', ".");
    let features: Vec<String> = instruction.cpuid_features().iter().map(named).collect();
    let is_extension = features.iter().all(|name| !name.starts_with("INTEL") && name != "X64");
    let mut help = if is_extension {
        format!("It belongs to {}, which t", features.join(" and "))
    } else {
        "T".to_owned()
    };
    help.push_str(
        "his processor does not have, or not in this mode, or a control register switches it off.",
    );
    if features.iter().any(|name| name.starts_with("AVX512")) {
        help.push_str(" The software CPU has nothing of AVX-512.");
    }
    help + " `applet doctor` shows what the host can do."
}

fn general_protection(
    scene: &Scene<'_>,
    state: &State,
    instruction: Option<&Instruction>,
    error_code: u64,
) -> Finding {
    /// Bit 1 of the error code: it is about an entry of the IDT.
    const IDT: u64 = 2;
    if let Some(number) = software::number_at(scene, state) {
        return software::finding(number);
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
        let text = code::text(scene, state).unwrap_or_default();
        return finding(
            format!(
                "`{text}` is a privileged instruction, and the applet runs at ring 3: {}",
                title(13)
            ),
            "Put `ring = 0` into the metadata, or `--ring 0` on the command line, for code that \
             plays operating system.",
        );
    }
    let help = match state.bits {
        Bits::Bits64 => {
            "Usual reasons: an address that is not canonical (bits 63 to 47 differ), or an SSE \
             operand like that of `movaps` that is not aligned to 16 bytes."
        }
        Bits::Bits32 => {
            "Usual reasons: a wrong selector, an offset outside its segment, an SSE operand that is not aligned."
        }
        Bits::Bits16 => {
            "Usual reason: an operand that crosses the end of its segment, offset 0xFFFF."
        }
    };
    finding(title(13), help)
}

/// Where the host's kernel runs ring 3 itself, `syscall` jumps to the guest's LSTAR, which is 0,
/// and leaves its own end in rcx. Moves `state` there.
fn system_call_to_nowhere(scene: &Scene<'_>, state: &mut State) -> Option<Finding> {
    let address = state.registers.general[RCX].checked_sub(2)?;
    if state.bits != Bits::Bits64 || state.registers.ip != 0 {
        return None;
    }
    let instruction = code::instruction(scene, state, address)?;
    let finding = software::system_call(instruction.mnemonic())?;
    state.move_to(address);
    Some(finding)
}

fn page_fault(scene: &Scene<'_>, state: &mut State, code: u64) -> Finding {
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
            "A register or variable that should hold an address holds 0, or almost. Page 0 is left \
             out so that this is noticed."
                .to_owned(),
        )
    } else if address >= scene.boot.ram && !present {
        let help = if is_jump { nowhere_help(scene, state) } else { ram_help(scene, state) };
        (format!("{verb} address {address:#x}, where there is no memory"), help)
    } else if present {
        (
            format!("{verb} address {address:#x}, which the page tables do not allow"),
            "It belongs to the host, to ring 0, or is read-only.".to_owned(),
        )
    } else {
        (
            format!("{verb} address {address:#x}, which the page tables do not map"),
            "Look at the page tables that the program made.".to_owned(),
        )
    };
    let mut finding = finding(format!("{message}: {}", title(14)), help);
    finding.details.push(("cr2", address));
    finding
}
