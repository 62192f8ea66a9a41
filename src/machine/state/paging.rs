//! Translates linear to physical addresses with the guest's page tables (SDM volume 3, chapter 4).
//! Does not set accessed and dirty bits.

use crate::machine::state::memory::Memory;
use crate::machine::state::registers::{
    CR0_PG, CR0_WP, CR4_LA57, CR4_PAE, CR4_PSE, EFER_LMA, System,
};

/// The result of translating a linear address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::machine) struct Translation {
    /// Physical address.
    pub(in crate::machine) physical: u64,
    /// The number of bytes from this address to the end of the page.
    pub(in crate::machine) length: u64,
}

/// The shape of the page tables: bits of the address that are translated, bits per level, bytes
/// per entry.
struct Shape {
    top: u32,
    per_level: u32,
    entry: usize,
    width: u64,
}

const PRESENT: u64 = 1;
const WRITABLE: u64 = 2;
const USER: u64 = 4;
const LARGE: u64 = 1 << 7;
/// Address bits of a 64-bit entry.
const ADDRESS: u64 = 0x000F_FFFF_FFFF_F000;

/// Translates `linear` for an access at the CPU's privilege level; `None` if it causes a page
/// fault.
#[must_use]
pub(in crate::machine) fn translate(
    memory: &Memory,
    system: &System,
    linear: u64,
    write: bool,
) -> Option<Translation> {
    if system.cr0 & CR0_PG == 0 {
        let physical = linear & 0xFFFF_FFFF;
        return Some(Translation { physical, length: 0x1_0000_0000 - physical });
    }
    let shape = shape(system);
    if system.efer & EFER_LMA != 0 && !is_canonical(linear, shape.top) {
        return None;
    }
    let (mut shift, mut table) = (shape.top, top_table(system));
    let (mut writable, mut user) = (true, true);
    loop {
        // Without long mode, the top table of PAE has four entries, without permission bits.
        let pointers = shape.top == 32 && shape.entry == 8 && shift == 32;
        let bits = if pointers { 2 } else { shape.per_level };
        shift -= bits;
        let index = linear >> shift & ((1 << bits) - 1);
        let entry = memory.read_entry(table + index * shape.width, shape.entry)?;
        if entry & PRESENT == 0 {
            return None;
        }
        if !pointers {
            writable &= entry & WRITABLE != 0;
            user &= entry & USER != 0;
        }
        let large_allowed = match shape.entry {
            4 => shift == 22 && system.cr4 & CR4_PSE != 0,
            _ => shift == 21 || (shift == 30 && shape.top > 32),
        };
        if shift == 12 || (entry & LARGE != 0 && large_allowed) {
            return allowed(system, write, writable, user)
                .then(|| place(entry, shape.entry, shift, linear));
        }
        table = if shape.entry == 8 { entry & ADDRESS } else { entry & 0xFFFF_F000 };
    }
}

fn shape(system: &System) -> Shape {
    if system.efer & EFER_LMA != 0 {
        let top = if system.cr4 & CR4_LA57 != 0 { 57 } else { 48 };
        Shape { top, per_level: 9, entry: 8, width: 8 }
    } else if system.cr4 & CR4_PAE != 0 {
        Shape { top: 32, per_level: 9, entry: 8, width: 8 }
    } else {
        Shape { top: 32, per_level: 10, entry: 4, width: 4 }
    }
}

fn top_table(system: &System) -> u64 {
    if system.efer & EFER_LMA != 0 {
        system.cr3 & ADDRESS
    } else if system.cr4 & CR4_PAE != 0 {
        system.cr3 & 0xFFFF_FFE0
    } else {
        system.cr3 & 0xFFFF_F000
    }
}

fn is_canonical(linear: u64, bits: u32) -> bool {
    let upper = linear >> (bits - 1);
    upper == 0 || upper == u64::MAX >> (bits - 1)
}

fn allowed(system: &System, write: bool, writable: bool, user: bool) -> bool {
    let user_mode = system.ring() == 3;
    let may_write = writable || (!user_mode && system.cr0 & CR0_WP == 0);
    (user || !user_mode) && (!write || may_write)
}

fn place(entry: u64, width: usize, shift: u32, linear: u64) -> Translation {
    let size = 1u64 << shift;
    // A 4 MiB page of 32-bit paging has address bits 39–32 in bits 20–13 of its entry.
    let frame = if width == 8 {
        entry & ADDRESS & !(size - 1)
    } else if shift == 22 {
        entry & 0xFFC0_0000 | (entry >> 13 & 0xFF) << 32
    } else {
        entry & 0xFFFF_F000
    };
    let offset = linear & (size - 1);
    Translation { physical: frame | offset, length: size - offset }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::state::memory::HostArea;
    use crate::machine::state::registers::{CR0_PE, Segment};

    fn memory(entries: &[(u64, u64, usize)]) -> Memory {
        let memory = Memory::new(1 << 20, HostArea::None).unwrap();
        for &(address, entry, width) in entries {
            memory.write(address, &entry.to_le_bytes()[..width]).unwrap();
        }
        memory
    }

    fn system(cr4: u64, efer: u64, ring: u8) -> System {
        System {
            cr0: CR0_PE | CR0_PG,
            cr3: 0x1000,
            cr4,
            efer,
            ss: Segment { dpl: ring, ..Segment::default() },
            ..System::default()
        }
    }

    fn to(physical: u64, length: u64) -> Option<Translation> {
        Some(Translation { physical, length })
    }

    #[test]
    fn without_paging_addresses_are_physical() {
        let memory = memory(&[]);
        let at = translate(&memory, &System::default(), 0x1_2345_6789, true);
        assert_eq!(at, to(0x2345_6789, 0x1_0000_0000 - 0x2345_6789));
    }

    #[test]
    fn tables_of_32_bits() {
        let memory = memory(&[(0x1000, 0x2007, 4), (0x1004, 0x40_4087, 4), (0x2004, 0x5005, 4)]);
        let system = system(CR4_PSE, 0, 3);
        assert_eq!(translate(&memory, &system, 0x1234, false), to(0x5234, 0xDCC));
        assert_eq!(translate(&memory, &system, 0x1234, true), None, "read-only");
        // A large page with an address above 4 GiB.
        assert_eq!(translate(&memory, &system, 0x40_0001, true), to(0x2_0040_0001, 0x3F_FFFF));
        assert_eq!(translate(&memory, &system, 0x80_0000, false), None);
        assert_eq!(translate(&memory, &system, 0x5000, false), None);
    }

    #[test]
    fn tables_of_pae() {
        // The top entry has no permission bits: 1 is present.
        let memory = memory(&[(0x1018, 0x2001, 8), (0x2FF8, 0x60_0087, 8), (0x2FF0, 0x3007, 8)]);
        memory.write(0x3000, &0x7003u64.to_le_bytes()).unwrap();
        let user = system(CR4_PAE, 0, 3);
        assert_eq!(translate(&memory, &user, 0xFFE0_0010, true), to(0x60_0010, 0x1F_FFF0));
        assert_eq!(translate(&memory, &user, 0xFFC0_0010, false), None, "ring 0 only");
        let kernel = system(CR4_PAE, 0, 0);
        assert_eq!(translate(&memory, &kernel, 0xFFC0_0010, true), to(0x7010, 0xFF0));
        assert_eq!(translate(&memory, &kernel, 0x10, false), None);
    }

    #[test]
    fn tables_of_four_and_five_levels() {
        let memory = memory(&[(0x1FF8, 0x2007, 8), (0x2000, 0x4000_0087, 8), (0x1000, 0x1007, 8)]);
        let four = system(CR4_PAE, EFER_LMA, 3);
        let top = 0xFFFF_FF80_0000_0000;
        assert_eq!(translate(&memory, &four, top + 5, true), to(0x4000_0005, 0x3FFF_FFFB));
        assert_eq!(translate(&memory, &four, 0x0000_8000_0000_0000, true), None, "not canonical");
        // Five levels: the first entry of the top table leads to the same table again.
        let five = system(CR4_PAE | CR4_LA57, EFER_LMA, 3);
        assert_eq!(translate(&memory, &five, 0xFF80_0000_0000, true), to(0x4000_0000, 1 << 30));
        assert_eq!(translate(&memory, &five, 1 << 56, true), None);
    }

    #[test]
    fn tables_outside_memory_lead_nowhere() {
        let memory = memory(&[(0x1000, 0xFFFF_FFFF_F007, 8)]);
        assert_eq!(translate(&memory, &system(CR4_PAE, EFER_LMA, 0), 0, false), None);
        let far = System { cr3: 0xF_FFFF_FFFF_F000, ..system(CR4_PAE, EFER_LMA, 0) };
        assert_eq!(translate(&memory, &far, u64::MAX, false), None);
    }

    #[test]
    fn write_protection_binds_ring_0_only_on_request() {
        let memory = memory(&[(0x1000, 0x2005, 4), (0x2000, 0x5005, 4)]);
        let mut kernel = system(0, 0, 0);
        assert_eq!(translate(&memory, &kernel, 0, true), to(0x5000, 0x1000));
        kernel.cr0 |= CR0_WP;
        assert_eq!(translate(&memory, &kernel, 0, true), None);
    }
}
