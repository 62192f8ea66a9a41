//! Conversions between KVM's structures and [`state`](crate::machine::state), and the names of KVM's
//! exits.

use crate::machine::state::extended::{AREA, Extended};
use crate::machine::state::registers::{Registers, Segment, System, Table};
use kvm_bindings::{kvm_dtable, kvm_regs, kvm_segment, kvm_sregs, kvm_xsave};

/// The local APIC's base and enable bits as they are after a reset of the first CPU.
pub(super) const APIC_BASE: u64 = 0xFEE0_0900;

pub(super) fn from_kvm_regs(r: &kvm_regs) -> Registers {
    Registers {
        general: [
            r.rax, r.rcx, r.rdx, r.rbx, r.rsp, r.rbp, r.rsi, r.rdi, r.r8, r.r9, r.r10, r.r11,
            r.r12, r.r13, r.r14, r.r15,
        ],
        ip: r.rip,
        flags: r.rflags,
    }
}

pub(super) fn to_kvm_regs(registers: &Registers) -> kvm_regs {
    let [rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15] =
        registers.general;
    kvm_regs {
        rax,
        rbx,
        rcx,
        rdx,
        rsi,
        rdi,
        rsp,
        rbp,
        r8,
        r9,
        r10,
        r11,
        r12,
        r13,
        r14,
        r15,
        rip: registers.ip,
        rflags: registers.flags,
    }
}

fn from_kvm_segment(s: &kvm_segment) -> Segment {
    Segment {
        base: s.base,
        limit: s.limit,
        selector: s.selector,
        kind: s.type_,
        dpl: s.dpl,
        present: s.present != 0,
        code_or_data: s.s != 0,
        big: s.db != 0,
        long: s.l != 0,
        granular: s.g != 0,
    }
}

fn to_kvm_segment(s: &Segment) -> kvm_segment {
    kvm_segment {
        base: s.base,
        limit: s.limit,
        selector: s.selector,
        type_: s.kind,
        present: u8::from(s.present),
        dpl: s.dpl,
        db: u8::from(s.big),
        s: u8::from(s.code_or_data),
        l: u8::from(s.long),
        g: u8::from(s.granular),
        avl: 0,
        unusable: u8::from(!s.present),
        padding: 0,
    }
}

fn from_kvm_table(t: &kvm_dtable) -> Table {
    Table { base: t.base, limit: t.limit }
}

fn to_kvm_table(t: &Table) -> kvm_dtable {
    kvm_dtable { base: t.base, limit: t.limit, padding: [0; 3] }
}

pub(super) fn from_kvm_sregs(s: &kvm_sregs) -> System {
    System {
        cs: from_kvm_segment(&s.cs),
        ds: from_kvm_segment(&s.ds),
        es: from_kvm_segment(&s.es),
        fs: from_kvm_segment(&s.fs),
        gs: from_kvm_segment(&s.gs),
        ss: from_kvm_segment(&s.ss),
        tr: from_kvm_segment(&s.tr),
        ldt: from_kvm_segment(&s.ldt),
        gdt: from_kvm_table(&s.gdt),
        idt: from_kvm_table(&s.idt),
        cr0: s.cr0,
        cr2: s.cr2,
        cr3: s.cr3,
        cr4: s.cr4,
        efer: s.efer,
    }
}

pub(super) fn to_kvm_sregs(system: &System) -> kvm_sregs {
    kvm_sregs {
        cs: to_kvm_segment(&system.cs),
        ds: to_kvm_segment(&system.ds),
        es: to_kvm_segment(&system.es),
        fs: to_kvm_segment(&system.fs),
        gs: to_kvm_segment(&system.gs),
        ss: to_kvm_segment(&system.ss),
        tr: to_kvm_segment(&system.tr),
        ldt: to_kvm_segment(&system.ldt),
        gdt: to_kvm_table(&system.gdt),
        idt: to_kvm_table(&system.idt),
        cr0: system.cr0,
        cr2: system.cr2,
        cr3: system.cr3,
        cr4: system.cr4,
        cr8: 0,
        efer: system.efer,
        apic_base: APIC_BASE,
        interrupt_bitmap: [0; 4],
    }
}

pub(super) fn from_kvm_xsave(xsave: &kvm_xsave) -> Box<[u8; AREA]> {
    let mut area = Box::new([0; AREA]);
    for (to, word) in area.chunks_exact_mut(4).zip(xsave.region) {
        to.copy_from_slice(&word.to_le_bytes());
    }
    area
}

pub(super) fn to_kvm_xsave(extended: &Extended) -> kvm_xsave {
    let mut xsave = kvm_xsave::default();
    for (word, from) in xsave.region.iter_mut().zip(extended.area.chunks_exact(4)) {
        *word = from.try_into().map_or(0, u32::from_le_bytes);
    }
    xsave
}

/// Names of the exits that x86 has, by number.
const EXITS: [&str; 40] = [
    "KVM_EXIT_UNKNOWN",
    "KVM_EXIT_EXCEPTION",
    "KVM_EXIT_IO",
    "KVM_EXIT_HYPERCALL",
    "KVM_EXIT_DEBUG",
    "KVM_EXIT_HLT",
    "KVM_EXIT_MMIO",
    "KVM_EXIT_IRQ_WINDOW_OPEN",
    "KVM_EXIT_SHUTDOWN",
    "KVM_EXIT_FAIL_ENTRY",
    "KVM_EXIT_INTR",
    "KVM_EXIT_SET_TPR",
    "KVM_EXIT_TPR_ACCESS",
    "KVM_EXIT_S390_SIEIC",
    "KVM_EXIT_S390_RESET",
    "KVM_EXIT_DCR",
    "KVM_EXIT_NMI",
    "KVM_EXIT_INTERNAL_ERROR",
    "KVM_EXIT_OSI",
    "KVM_EXIT_PAPR_HCALL",
    "KVM_EXIT_S390_UCONTROL",
    "KVM_EXIT_WATCHDOG",
    "KVM_EXIT_S390_TSCH",
    "KVM_EXIT_EPR",
    "KVM_EXIT_SYSTEM_EVENT",
    "KVM_EXIT_S390_STSI",
    "KVM_EXIT_IOAPIC_EOI",
    "KVM_EXIT_HYPERV",
    "KVM_EXIT_ARM_NISV",
    "KVM_EXIT_X86_RDMSR",
    "KVM_EXIT_X86_WRMSR",
    "KVM_EXIT_DIRTY_RING_FULL",
    "KVM_EXIT_AP_RESET_HOLD",
    "KVM_EXIT_X86_BUS_LOCK",
    "KVM_EXIT_XEN",
    "KVM_EXIT_RISCV_SBI",
    "KVM_EXIT_RISCV_CSR",
    "KVM_EXIT_NOTIFY",
    "KVM_EXIT_LOONGARCH_IOCSR",
    "KVM_EXIT_MEMORY_FAULT",
];

/// The name of an exit.
pub(super) fn exit_name(number: u32) -> &'static str {
    usize::try_from(number)
        .ok()
        .and_then(|n| EXITS.get(n).copied())
        .unwrap_or("an unknown KVM exit")
}
