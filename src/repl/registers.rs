//! The registers of a snapshot by name: one row each, for expressions and for what is shown.

use crate::image::Bits;
use crate::image::Mode;
use crate::machine::snapshot::Snapshot;
use crate::machine::state::registers::{Registers, System};

/// The general registers in the order in which they are shown: number and the names of the parts
/// of 64, 32, 16 and 8 bits.
#[rustfmt::skip]
pub(super) const GENERAL: [(usize, [&str; 4]); 16] = [
    (0, ["rax", "eax", "ax", "al"]),
    (3, ["rbx", "ebx", "bx", "bl"]),
    (1, ["rcx", "ecx", "cx", "cl"]),
    (2, ["rdx", "edx", "dx", "dl"]),
    (6, ["rsi", "esi", "si", "sil"]),
    (7, ["rdi", "edi", "di", "dil"]),
    (5, ["rbp", "ebp", "bp", "bpl"]),
    (4, ["rsp", "esp", "sp", "spl"]),
    (8, ["r8", "r8d", "r8w", "r8b"]),
    (9, ["r9", "r9d", "r9w", "r9b"]),
    (10, ["r10", "r10d", "r10w", "r10b"]),
    (11, ["r11", "r11d", "r11w", "r11b"]),
    (12, ["r12", "r12d", "r12w", "r12b"]),
    (13, ["r13", "r13d", "r13w", "r13b"]),
    (14, ["r14", "r14d", "r14w", "r14b"]),
    (15, ["r15", "r15d", "r15w", "r15b"]),
];

/// The second bytes.
const HIGH: [(usize, &str); 4] = [(0, "ah"), (3, "bh"), (1, "ch"), (2, "dh")];

/// The flags: bit, letters, name (SDM volume 1, 3.4.3).
pub(super) const FLAGS: [(u32, &str, &str); 9] = [
    (0, "CF", "carry"),
    (2, "PF", "parity"),
    (4, "AF", "auxiliary carry"),
    (6, "ZF", "zero"),
    (7, "SF", "sign"),
    (8, "TF", "trap"),
    (9, "IF", "interrupts enabled"),
    (10, "DF", "direction"),
    (11, "OF", "overflow"),
];

/// A register that is a number: name, width in bits, its value.
pub(super) type Row = (&'static str, u32, fn(&Snapshot) -> u64);

/// Segments and control registers.
#[rustfmt::skip]
pub(super) const SYSTEM: [Row; 17] = [
    ("cs", 16, |s| s.system.cs.selector.into()),
    ("ds", 16, |s| s.system.ds.selector.into()),
    ("es", 16, |s| s.system.es.selector.into()),
    ("ss", 16, |s| s.system.ss.selector.into()),
    ("fs", 16, |s| s.system.fs.selector.into()),
    ("gs", 16, |s| s.system.gs.selector.into()),
    ("cr0", 64, |s| s.system.cr0),
    ("cr2", 64, |s| s.system.cr2),
    ("cr3", 64, |s| s.system.cr3),
    ("cr4", 64, |s| s.system.cr4),
    ("efer", 64, |s| s.system.efer),
    ("gdtr", 64, |s| s.system.gdt.base),
    ("idtr", 64, |s| s.system.idt.base),
    ("tr", 16, |s| s.system.tr.selector.into()),
    ("ldtr", 16, |s| s.system.ldt.selector.into()),
    ("xcr0", 64, |s| s.extended.xcr0.unwrap_or(0)),
    ("mxcsr", 32, |s| s.extended.mxcsr().into()),
];

/// Instruction pointer and flags, by the width of the name.
#[rustfmt::skip]
const OTHERS: [Row; 8] = [
    ("rip", 64, |s| s.registers.ip),
    ("eip", 32, |s| s.registers.ip),
    ("ip", 16, |s| s.registers.ip),
    ("rflags", 64, |s| s.registers.flags),
    ("eflags", 32, |s| s.registers.flags),
    ("flags", 16, |s| s.registers.flags),
    ("fcw", 16, |s| s.extended.control().into()),
    ("fsw", 16, |s| s.extended.status().into()),
];

/// The value of a register, and its width in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) number: u64,
    pub(super) bits: u32,
}

/// `number` without the bits above `bits`.
pub(super) fn cut(number: u64, bits: u32) -> u64 {
    if bits >= 64 { number } else { number & ((1 << bits) - 1) }
}

/// The register of this name that is a number, flags among them.
pub(super) fn find(snapshot: &Snapshot, name: &str) -> Option<Value> {
    let name = name.to_ascii_lowercase();
    let general = |number: usize| snapshot.registers.general.get(number).copied();
    for (number, parts) in GENERAL {
        if let Some(part) = parts.iter().position(|p| *p == name) {
            let bits = 64 >> part;
            return Some(Value { number: cut(general(number)?, bits), bits });
        }
    }
    if let Some((number, _)) = HIGH.iter().find(|(_, high)| *high == name) {
        return Some(Value { number: cut(general(*number)? >> 8, 8), bits: 8 });
    }
    if let Some((bit, ..)) =
        FLAGS.iter().find(|(_, letters, _)| letters.eq_ignore_ascii_case(&name))
    {
        return Some(Value { number: snapshot.registers.flags >> bit & 1, bits: 1 });
    }
    if let Some(number) = MASKS.iter().position(|mask| *mask == name) {
        return Some(Value { number: snapshot.extended.mask(number), bits: 64 });
    }
    let row = SYSTEM.iter().chain(&OTHERS).find(|(row, ..)| *row == name)?;
    Some(Value { number: cut(row.2(snapshot), row.1), bits: row.1 })
}

/// Vector registers: what their names begin with, and their bytes.
pub(super) const VECTORS: [(&str, usize); 3] = [("xmm", 16), ("ymm", 32), ("zmm", 64)];

/// Number of vector registers.
pub(super) const VECTOR_COUNT: usize = 32;

/// Number and bytes of a vector register: those of `ymm3` are 3 and 32.
pub(super) fn vector(name: &str) -> Option<(usize, usize)> {
    let name = name.to_ascii_lowercase();
    VECTORS.iter().find_map(|(begin, bytes)| {
        let digits = name.strip_prefix(begin)?;
        Some(((0..VECTOR_COUNT).find(|n| n.to_string() == digits)?, *bytes))
    })
}

/// The name of the shortest vector register that holds all of these bytes that differ from the
/// others, and its length.
pub(super) fn narrowest(number: usize, a: &[u8; 64], b: &[u8; 64]) -> (String, usize) {
    let holds = |(_, length): &&(&str, usize)| a.get(*length..) == b.get(*length..);
    let (begin, length) = VECTORS.iter().find(holds).copied().unwrap_or(("zmm", 64));
    (format!("{begin}{number}"), length)
}

/// The names of the mask registers.
pub(super) const MASKS: [&str; 8] = ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7"];

/// Number of an x87 register: `st0` or `st(0)`, and `st`.
pub(super) fn x87(name: &str) -> Option<usize> {
    let name = name.to_ascii_lowercase();
    let digits = name.strip_prefix("st")?;
    let digits = digits.strip_prefix('(').and_then(|d| d.strip_suffix(')')).unwrap_or(digits);
    match digits {
        "" => Some(0),
        _ => digits.parse().ok().filter(|n| *n < 8),
    }
}

/// The part of the general registers that a mode shows: how wide, and how many there are.
pub(super) fn shown(mode: Mode, system: &System) -> (usize, usize) {
    match mode {
        _ if system.bits() == Bits::Bits64 => (0, 16),
        _ => (1, 8),
    }
}

/// Name and value of each general register as the mode shows it.
pub(super) fn general<'a>(
    mode: Mode,
    system: &System,
    registers: &'a Registers,
) -> impl Iterator<Item = (&'static str, Value)> + use<'a> {
    let (part, count) = shown(mode, system);
    GENERAL.iter().take(count).filter_map(move |(number, parts)| {
        let bits = 64 >> part;
        let value = registers.general.get(*number)?;
        Some((*parts.get(part)?, Value { number: cut(*value, bits), bits }))
    })
}
