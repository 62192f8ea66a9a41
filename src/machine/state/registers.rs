//! The registers of a CPU as plain data, and setting them by name. Field names are those of the
//! Intel SDM.

use crate::diagnostic::nearest;
use crate::image::{Bits, Mode};

/// Number of `rcx` in [`Registers::general`].
pub const RCX: usize = 1;
/// Number of `rsp` in [`Registers::general`].
pub const RSP: usize = 4;
/// Number of `rsi` in [`Registers::general`].
pub const RSI: usize = 6;
/// Number of `rdi` in [`Registers::general`].
pub const RDI: usize = 7;

/// The registers that every program uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Registers {
    /// `rax rcx rdx rbx rsp rbp rsi rdi r8 … r15`: the order in which instructions number them.
    pub general: [u64; 16],
    /// Instruction pointer.
    pub ip: u64,
    /// Flags.
    pub flags: u64,
}

/// A segment register with its hidden part (SDM volume 3, 3.4.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    /// Linear address of offset 0.
    pub base: u64,
    /// Greatest offset, in bytes.
    pub limit: u32,
    /// The visible part.
    pub selector: u16,
    /// Type field of the descriptor.
    pub kind: u8,
    /// Descriptor privilege level.
    pub dpl: u8,
    /// P.
    pub present: bool,
    /// S: code or data rather than a system segment.
    pub code_or_data: bool,
    /// D/B: 32-bit.
    pub big: bool,
    /// L: 64-bit code.
    pub long: bool,
    /// G: the descriptor counts its limit in pages.
    pub granular: bool,
}

/// The location of a descriptor table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Linear address.
    pub base: u64,
    /// Offset of its last byte.
    pub limit: u16,
}

/// The registers that only privileged code changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct System {
    /// Code segment.
    pub cs: Segment,
    /// Data segment.
    pub ds: Segment,
    /// Extra segment.
    pub es: Segment,
    /// Third data segment.
    pub fs: Segment,
    /// Fourth data segment.
    pub gs: Segment,
    /// Stack segment.
    pub ss: Segment,
    /// Task register.
    pub tr: Segment,
    /// Local descriptor table.
    pub ldt: Segment,
    /// Global descriptor table.
    pub gdt: Table,
    /// Interrupt descriptor table.
    pub idt: Table,
    /// CR0.
    pub cr0: u64,
    /// CR2: the address of the last page fault.
    pub cr2: u64,
    /// CR3: the physical address of the page tables.
    pub cr3: u64,
    /// CR4.
    pub cr4: u64,
    /// The EFER register.
    pub efer: u64,
}

/// CR0.PE: protection enabled.
pub const CR0_PE: u64 = 1 << 0;
/// CR0.MP: WAIT checks TS.
pub const CR0_MP: u64 = 1 << 1;
/// CR0.EM: no x87, SSE and AVX.
pub const CR0_EM: u64 = 1 << 2;
/// CR0.TS: x87, SSE and AVX raise #NM.
pub const CR0_TS: u64 = 1 << 3;
/// CR0.ET: always 1.
pub const CR0_ET: u64 = 1 << 4;
/// CR0.NE: x87 errors are exceptions.
pub const CR0_NE: u64 = 1 << 5;
/// CR0.WP: ring 0 cannot write to read-only pages.
pub const CR0_WP: u64 = 1 << 16;
/// CR0.AM: EFLAGS.AC enables alignment checks.
pub const CR0_AM: u64 = 1 << 18;
/// CR0.NW: no write-through.
pub const CR0_NW: u64 = 1 << 29;
/// CR0.CD: no caching.
pub const CR0_CD: u64 = 1 << 30;
/// CR0.PG: paging on.
pub const CR0_PG: u64 = 1 << 31;
/// CR4.VME: virtual-8086 extensions.
pub const CR4_VME: u64 = 1 << 0;
/// CR4.PVI: virtual interrupts at ring 3.
pub const CR4_PVI: u64 = 1 << 1;
/// CR4.TSD: RDTSC only at ring 0.
pub const CR4_TSD: u64 = 1 << 2;
/// CR4.DE: debug registers 4 and 5 are not 6 and 7.
pub const CR4_DE: u64 = 1 << 3;
/// CR4.PSE: 4 MiB pages in 32-bit paging.
pub const CR4_PSE: u64 = 1 << 4;
/// CR4.PAE: 64-bit page-table entries.
pub const CR4_PAE: u64 = 1 << 5;
/// CR4.MCE: machine checks.
pub const CR4_MCE: u64 = 1 << 6;
/// CR4.PGE: global pages.
pub const CR4_PGE: u64 = 1 << 7;
/// CR4.PCE: RDPMC at ring 3.
pub const CR4_PCE: u64 = 1 << 8;
/// CR4.OSFXSR: SSE on.
pub const CR4_OSFXSR: u64 = 1 << 9;
/// CR4.OSXMMEXCPT: SSE errors are exceptions.
pub const CR4_OSXMMEXCPT: u64 = 1 << 10;
/// CR4.UMIP: SGDT, SIDT, SLDT, SMSW and STR only at ring 0.
pub const CR4_UMIP: u64 = 1 << 11;
/// CR4.LA57: five levels of page tables.
pub const CR4_LA57: u64 = 1 << 12;
/// CR4.FSGSBASE: RDFSBASE, RDGSBASE, WRFSBASE and WRGSBASE.
pub const CR4_FSGSBASE: u64 = 1 << 16;
/// CR4.OSXSAVE: XSAVE and XCR0 on, and with them AVX.
pub const CR4_OSXSAVE: u64 = 1 << 18;
/// EFER.SCE: SYSCALL.
pub const EFER_SCE: u64 = 1 << 0;
/// EFER.LME: long mode enabled.
pub const EFER_LME: u64 = 1 << 8;
/// EFER.LMA: long mode active.
pub const EFER_LMA: u64 = 1 << 10;
/// EFER.NXE: bit 63 of page-table entries forbids execution.
pub const EFER_NXE: u64 = 1 << 11;

impl System {
    /// Width of the code that runs.
    #[must_use]
    pub const fn bits(&self) -> Bits {
        if self.efer & EFER_LMA != 0 && self.cs.long {
            Bits::Bits64
        } else if self.cs.big {
            Bits::Bits32
        } else {
            Bits::Bits16
        }
    }

    /// Whether protection is on, so that selectors mean descriptors.
    #[must_use]
    pub const fn is_protected(&self) -> bool {
        self.cr0 & CR0_PE != 0
    }

    /// Current privilege level.
    #[must_use]
    pub const fn ring(&self) -> u8 {
        if self.is_protected() { self.ss.dpl & 3 } else { 0 }
    }
}

/// A named part of a general register: first bit, width in bits.
type Part = (u32, u32);

/// One row per general register that exists in 32-bit code: number, names of its parts.
const OLD: [(usize, &str, &str, &str, &str); 8] = [
    (0, "rax", "eax", "ax", "al"),
    (1, "rcx", "ecx", "cx", "cl"),
    (2, "rdx", "edx", "dx", "dl"),
    (3, "rbx", "ebx", "bx", "bl"),
    (RSP, "rsp", "esp", "sp", "spl"),
    (5, "rbp", "ebp", "bp", "bpl"),
    (RSI, "rsi", "esi", "si", "sil"),
    (RDI, "rdi", "edi", "di", "dil"),
];

/// The high bytes.
const HIGH: [(usize, &str); 4] = [(0, "ah"), (1, "ch"), (2, "dh"), (3, "bh")];

/// Number, part and whether only 64-bit code has it.
fn find(name: &str) -> Option<(usize, Part, bool)> {
    for (number, r, e, x, l) in OLD {
        if name == r {
            return Some((number, (0, 64), true));
        } else if name == e {
            return Some((number, (0, 32), false));
        } else if name == x {
            return Some((number, (0, 16), false));
        } else if name == l {
            return Some((number, (0, 8), number >= RSP));
        }
    }
    if let Some(&(number, _)) = HIGH.iter().find(|(_, high)| name == *high) {
        return Some((number, (8, 8), false));
    }
    let digits = name.strip_prefix('r')?;
    let (digits, width) = match digits.strip_suffix(['d', 'w', 'b', 'l']) {
        Some(rest) if digits.ends_with('d') => (rest, 32),
        Some(rest) if digits.ends_with('w') => (rest, 16),
        Some(rest) => (rest, 8),
        None => (digits, 64),
    };
    let number = (8..16).find(|n: &usize| n.to_string() == digits)?;
    Some((number, (0, width), true))
}

impl Registers {
    /// Sets a register by name, as an instruction of the mode does: the other parts of the register
    /// are kept, except that a 32-bit part clears the upper half.
    ///
    /// # Errors
    /// A message for the user, if the mode has no such register or the value does not fit in it.
    pub fn set(&mut self, mode: Mode, name: &str, value: u64) -> Result<(), String> {
        let lower = name.to_ascii_lowercase();
        let Some((number, (first, width), long_only)) = find(&lower) else {
            let known = OLD.iter().flat_map(|&(_, r, e, x, l)| [r, e, x, l]);
            let hint = nearest(&lower, known.filter(|n| in_mode(n, mode)));
            let hint = hint.map_or(String::new(), |n| format!("; did you mean `{n}`?"));
            return Err(format!("there is no general register `{name}`{hint}"));
        };
        if long_only && mode != Mode::Long {
            return Err(format!(
                "register `{name}` exists only in long mode, not in {} mode",
                mode.name()
            ));
        }
        if width < 64 && value >> width != 0 {
            return Err(format!("{value:#x} does not fit in `{name}`, which has {width} bits"));
        }
        let mask = if width >= 32 { u64::MAX } else { ((1 << width) - 1) << first };
        if let Some(slot) = self.general.get_mut(number) {
            *slot = *slot & !mask | value << first;
        }
        Ok(())
    }
}

fn in_mode(name: &str, mode: Mode) -> bool {
    find(name).is_some_and(|(_, _, long_only)| !long_only || mode == Mode::Long)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_register_are_set_as_instructions_do() {
        let mut r = Registers::default();
        for (name, value) in [("rax", u64::MAX), ("ax", 0x1234), ("ah", 0x56), ("R9d", 7)] {
            r.set(Mode::Long, name, value).unwrap();
        }
        assert_eq!(r.general[0], 0xFFFF_FFFF_FFFF_5634);
        assert_eq!(r.general[9], 7);
        r.set(Mode::Long, "eax", 1).unwrap();
        assert_eq!(r.general[0], 1);
        for (i, name) in ["rsp", "spl", "r15b", "dil"].iter().enumerate() {
            r.set(Mode::Long, name, i as u64).unwrap();
        }
        assert_eq!((r.general[4], r.general[15], r.general[7]), (1, 2, 3));
    }

    #[test]
    fn what_cannot_be_set_is_said() {
        let mut r = Registers::default();
        let mut says = |mode, name, value| r.set(mode, name, value).unwrap_err();
        assert_eq!(
            says(Mode::Real, "rax", 1),
            "register `rax` exists only in long mode, not in real mode"
        );
        assert_eq!(says(Mode::Real, "al", 256), "0x100 does not fit in `al`, which has 8 bits");
        assert_eq!(
            says(Mode::Long, "eaxx", 1),
            "there is no general register `eaxx`; did you mean `eax`?"
        );
        for name in ["", "r", "r16", "r08", "rd", "é", "r8x", "ip"] {
            assert!(says(Mode::Long, name, 0).starts_with("there is no general register"));
        }
    }
}
