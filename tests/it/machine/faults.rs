//! Every way in which a guest ends badly, and what is said about it.
//!
//! Knows nothing of how the CPU tells.

use super::Case;
use super::support::{Run, detail, guest};
use applet::internal::diagnostic::{FileId, Span};
use applet::internal::image::{Bits, Line};
use applet::internal::machine::outcome::{Fault, Outcome};

pub(crate) const CASES: &[Case] = &[
    ("faults: division by zero in each mode", division),
    ("faults: a quotient that does not fit", quotient),
    ("faults: null pointers", null),
    ("faults: a jump into nowhere", nowhere),
    ("faults: memory that is not there", outside),
    ("faults: privileged instructions at ring 3", privileged),
    ("faults: general protection", protection),
    ("faults: undefined instructions", undefined),
    ("faults: a breakpoint", breakpoint),
    ("faults: software interrupts", software_interrupts),
    ("faults: syscall", syscall),
    ("faults: triple fault", triple),
    ("faults: what this host cannot emulate is named", not_emulated),
    ("faults: hlt at ring 3 is no fault", halt),
    ("faults: the source line", source_line),
];

/// The fault, checked to be at `offset` in the image with `instruction` there.
fn fault_at(run: Run, offset: u64, instruction: &str) -> Fault {
    let origin = run.image.origin;
    let fault = run.fault();
    assert_eq!(fault.address - origin, offset, "{}", fault.message);
    assert_eq!(fault.instruction.as_deref(), Some(instruction), "{}", fault.message);
    let is_pointer = |(name, _): &&(&str, u64)| matches!(*name, "eip" | "rip");
    let pointer = fault.registers.iter().find(is_pointer).map(|(_, value)| *value);
    assert_eq!(pointer, Some(fault.address), "{}", fault.message);
    fault
}

fn says(fault: &Fault, message: &str) {
    assert!(fault.message.contains(message), "{}", fault.message);
}

fn helps(fault: &Fault, text: &str) {
    let help = fault.help.as_deref().unwrap_or_default();
    assert!(help.contains(text), "{help}");
}

fn register(fault: &Fault, name: &str) -> Option<u64> {
    fault.registers.iter().find(|(n, _)| *n == name).map(|&(_, value)| value)
}

fn division() {
    let cases = [
        ("divide64", 8, "div ecx", "rip"),
        ("divide32", 8, "div dword [0x10000f]", "eip"),
        ("divide16", 5, "div cl", "eip"),
    ];
    for (name, offset, instruction, ip) in cases {
        let fault = fault_at(guest(name), offset, instruction);
        assert_eq!(fault.kind, "exception");
        assert_eq!(fault.message, "division by zero: divide error (#DE)");
        assert_eq!(detail(&fault, "vector"), Some(0));
        assert_eq!(register(&fault, ip), Some(fault.address));
        let eax = if ip == "rip" { "rax" } else { "eax" };
        assert_eq!(register(&fault, eax), Some(1));
    }
    let fault = guest("divide32").config(|c| c.ring = Some(3)).fault();
    says(&fault, "division by zero");
    assert_eq!(register(&fault, "esp"), Some(0x100_0000));
    assert_eq!(register(&guest("divide16").fault(), "esp"), Some(0x7C00));
    assert_eq!(register(&guest("divide64").fault(), "rsp"), Some(0x100_0000));
}

fn quotient() {
    says(&fault_at(guest("quotient64"), 10, "div ecx"), "the quotient does not fit");
}

fn null() {
    let fault = fault_at(guest("null64"), 2, "mov rax, [rbx+8]");
    says(&fault, "null pointer: reading address 0x8");
    assert_eq!(detail(&fault, "cr2"), Some(8));
    assert_eq!(detail(&fault, "error_code"), Some(4));
    let fault = fault_at(guest("null_write64"), 0, "mov dword [0], 1");
    says(&fault, "null pointer: writing address 0x0");
}

fn nowhere() {
    for name in ["nowhere64", "nowhere32"] {
        let fault = guest(name).fault();
        assert_eq!(fault.address, 0x4000_0000, "{name}");
        says(&fault, "jump to address 0x40000000, which is outside memory");
        helps(&fault, "memory ends at 0x1000000");
        assert_eq!(fault.instruction, None);
    }
}

fn outside() {
    let fault = fault_at(guest("outside_read32"), 1, "mov eax, [0x40000000]");
    assert_eq!(fault.kind, "unmapped-memory");
    says(&fault, "reading address 0x40000000, which is outside memory");
    assert_eq!(detail(&fault, "address"), Some(0x4000_0000));
    let fault = fault_at(guest("outside_write32"), 1, "mov [0x40000000], eax");
    says(&fault, "writing address 0x40000000, which is outside memory");
}

fn privileged() {
    let fault = fault_at(guest("privileged64"), 1, "cli");
    says(&fault, "`cli` is a privileged instruction, and the applet runs at ring 3");
    helps(&fault, "ring = 0");
    says(&fault_at(guest("cr3_64"), 0, "mov rax, cr3"), "is a privileged instruction");
    says(&fault_at(guest("lgdt64"), 0, "lgdt [0x100000]"), "is a privileged instruction");
}

fn protection() {
    for name in ["canonical64", "aligned64"] {
        let fault = guest(name).fault();
        says(&fault, "general protection (#GP)");
        assert_eq!(detail(&fault, "vector"), Some(13));
    }
}

fn undefined() {
    for name in ["ud2_64", "ud2_32", "ud2_16"] {
        let fault = fault_at(guest(name), 0, "ud2");
        assert_eq!(detail(&fault, "vector"), Some(6), "{name}");
        says(&fault, "invalid opcode (#UD)");
    }
    // No processor with KVM has these any more.
    let fault = fault_at(guest("pfadd64"), 0, "pfadd mm0, mm1");
    says(&fault, "the CPU does not accept this instruction: invalid opcode (#UD)");
    helps(&fault, "It belongs to D3NOW. This processor does not have it");
}

fn breakpoint() {
    says(&fault_at(guest("int3_64"), 1, "int3"), "breakpoint (#BP)");
}

fn software_interrupts() {
    let cases = [
        ("int80_64", 5, "int 0x80", "Linux"),
        ("int21_16", 2, "int 0x21", "DOS"),
        ("int10_16", 2, "int 0x10", "BIOS"),
    ];
    for (name, offset, instruction, owner) in cases {
        let fault = fault_at(guest(name), offset, instruction);
        assert_eq!(fault.kind, "exception");
        says(&fault, instruction);
        helps(&fault, owner);
        helps(&fault, "out 0xE1, al");
    }
    // Where KVM emulates protected mode it cannot do this one, and says so.
    let fault = fault_at(guest("int80_32"), 5, "int 0x80");
    says(&fault, "int 0x80");
    helps(&fault, "Linux");
}

fn syscall() {
    let fault = fault_at(guest("syscall64"), 5, "syscall");
    says(&fault, "`syscall` calls an operating system");
    helps(&fault, "out 0xE3, al");
}

fn triple() {
    let fault = guest("triple32").fault();
    assert_eq!(fault.kind, "triple-fault");
    helps(&fault, "stack pointer");
}

fn not_emulated() {
    let mut run = guest("fpu64").config(|c| c.ring = Some(0));
    match run.try_run().unwrap().outcome {
        Outcome::Exited(2) => {}
        Outcome::Faulted(fault) => {
            assert_eq!(fault.kind, "internal-error");
            says(
                &fault,
                "neither this host's KVM nor the software CPU implements the instruction `fld1`",
            );
            helps(&fault, "Long mode at ring 3");
        }
        other => panic!("{other:?}"),
    }
}

fn halt() {
    guest("hlt_prefix64").halts();
    let mut run = guest("hello32").config(|c| c.ring = Some(3));
    assert_eq!(run.try_run().unwrap().outcome, Outcome::Halted);
}

fn source_line() {
    let span = Span::new(FileId(0), 7, 14);
    let mut run = guest("divide64");
    let (offset, address) = (8, run.image.origin + 8);
    run.image.lines =
        vec![Line { offset, length: 2, address, span, bits: Bits::Bits64, is_code: true }];
    assert_eq!(run.fault().span, Some(span));
    assert_eq!(guest("divide64").fault().span, None);
}
