//! Linear to physical addresses, by the guest's own page tables (SDM volume 3, chapter 4).
//!
//! Knows nothing of segments, and does not set accessed and dirty bits.

use super::memory::Memory;
use super::registers::{CR0_PG, CR0_WP, CR4_LA57, CR4_PAE, CR4_PSE, EFER_LMA, System};

/// Where a linear address leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Physical address.
    pub(super) physical: u64,
    /// How many bytes from there on are contiguous for sure.
    pub(super) length: u64,
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

/// Where `linear` leads for an access of the privilege that the CPU has; `None` where it would
/// be a page fault.
#[must_use]
pub(super) fn translate(
    memory: &Memory,
    system: &System,
    linear: u64,
    write: bool,
) -> Option<Place> {
    if system.cr0 & CR0_PG == 0 {
        let physical = linear & 0xFFFF_FFFF;
        return Some(Place { physical, length: 0x1_0000_0000 - physical });
    }
    let shape = shape(system);
    if system.efer & EFER_LMA != 0 && !is_canonical(linear, shape.top) {
        return None;
    }
    let (mut shift, mut table) = (shape.top, top_table(system));
    let (mut writable, mut user) = (true, true);
    loop {
        // PAE without long mode has only four entries in its top table, without permission bits.
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

fn place(entry: u64, width: usize, shift: u32, linear: u64) -> Place {
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
    Place { physical: frame | offset, length: size - offset }
}
