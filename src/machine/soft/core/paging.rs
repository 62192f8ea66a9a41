//! Translation of linear addresses by the guest's page tables (SDM volume 3, chapter 4), with
//! permissions, page faults, accessed and dirty bits. The TLB, in `access`, caches the results.

use super::access::is_canonical;
use super::cpu::Cpu;
use super::exception;
use super::op::Stop;
use crate::machine::state::registers::{CR0_PG, CR0_WP, CR4_PAE, CR4_PSE, EFER_LMA, EFER_NXE};

const PRESENT: u64 = 1 << 0;
const WRITABLE: u64 = 1 << 1;
const USER: u64 = 1 << 2;
const ACCESSED: u64 = 1 << 5;
const DIRTY: u64 = 1 << 6;
const LARGE: u64 = 1 << 7;
const NO_EXECUTE: u64 = 1 << 63;
/// What is 0 in an entry of PAE's page-directory-pointer table.
const POINTER_RESERVED: u64 = 0xFFF0_0000_0000_01E6;
/// Address bits of a 64-bit entry.
const ADDRESS: u64 = 0x000F_FFFF_FFFF_F000;

/// Bits of a page fault's error code.
const CODE_PRESENT: u32 = 1;
const CODE_WRITE: u32 = 2;
const CODE_USER: u32 = 4;
const CODE_RESERVED: u32 = 8;
const CODE_FETCH: u32 = 16;

/// One access.
#[derive(Clone, Copy, Debug)]
struct Want {
    linear: u64,
    write: bool,
    fetch: bool,
    user: bool,
}

/// The kinds of page tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Paging {
    /// 32-bit entries, two levels.
    Two,
    /// 64-bit entries, three levels.
    Three,
    /// 64-bit entries, four levels.
    Four,
}

/// What the levels above allow, and the entries on the way.
struct Path {
    allows: u64,
    no_execute: bool,
    entries: [(u64, u64); 4],
    length: usize,
}

impl Cpu<'_> {
    /// Physical address of a linear one for an access; raises the page fault otherwise.
    pub(crate) fn walk(
        &mut self,
        linear: u64,
        write: bool,
        fetch: bool,
        user: bool,
    ) -> Result<u64, Stop> {
        // Tables and task states may lie across the end of 32 bits.
        let linear = if self.is_long() { linear } else { linear & 0xFFFF_FFFF };
        if self.system.cr0 & CR0_PG == 0 {
            return Ok(linear);
        }
        let want = Want { linear, write, fetch, user };
        let paging = if self.system.efer & EFER_LMA != 0 {
            Paging::Four
        } else if self.system.cr4 & CR4_PAE != 0 {
            Paging::Three
        } else {
            Paging::Two
        };
        if paging == Paging::Four && !is_canonical(linear) {
            return Err(self.protection());
        }
        self.descend(paging, want)
    }

    fn descend(&mut self, paging: Paging, want: Want) -> Result<u64, Stop> {
        let (mut table, mut shift, bits, width) = match paging {
            Paging::Two => (self.system.cr3 & 0xFFFF_F000, 22, 10, 4),
            Paging::Three => (self.directory(want)?, 21, 9, 8),
            Paging::Four => (self.system.cr3 & ADDRESS, 39, 9, 8),
        };
        let mut path =
            Path { allows: WRITABLE | USER, no_execute: false, entries: [(0, 0); 4], length: 0 };
        loop {
            let index = want.linear >> shift & ((1 << bits) - 1);
            let at = table + index * width;
            let entry = self.read_physical(at, width as u32)?;
            if entry & PRESENT == 0 {
                return Err(self.page_fault(want, 0));
            }
            if self.is_reserved(paging, entry, shift) {
                return Err(self.page_fault(want, CODE_PRESENT | CODE_RESERVED));
            }
            path.allows &= entry;
            path.no_execute |= width == 8 && entry & NO_EXECUTE != 0;
            if let Some(place) = path.entries.get_mut(path.length) {
                *place = (at, entry);
            }
            path.length += 1;
            if shift == 12 || self.is_large(paging, entry, shift) {
                self.permit(want, &path)?;
                self.mark(want, &path, width as u32)?;
                self.tlb.has_large |= shift != 12;
                return Ok(frame(paging, entry, shift) | want.linear & ((1 << shift) - 1));
            }
            table = if width == 8 { entry & ADDRESS } else { entry & 0xFFFF_F000 };
            shift -= if paging == Paging::Two { 10 } else { 9 };
        }
    }

    /// The page directory that PAE paging uses for an address.
    fn directory(&mut self, want: Want) -> Result<u64, Stop> {
        let entry = self.directory_pointers[(want.linear >> 30 & 3) as usize];
        if entry & PRESENT == 0 {
            return Err(self.page_fault(want, 0));
        }
        Ok(entry & ADDRESS)
    }

    /// Reads the page-directory-pointer table where control registers with PAE paging are loaded
    /// (SDM volume 3, 4.4.1): what is written to it later does not count.
    pub(crate) fn load_directory_pointers(&mut self) -> Result<(), Stop> {
        let system = &self.system;
        if system.cr0 & CR0_PG == 0 || system.cr4 & CR4_PAE == 0 || system.efer & EFER_LMA != 0 {
            return Ok(());
        }
        let mut entries = [0; 4];
        for (n, entry) in (0..).zip(&mut entries) {
            *entry = self.read_physical((self.system.cr3 & 0xFFFF_FFE0) + 8 * n, 8)?;
            if *entry & PRESENT != 0 && *entry & POINTER_RESERVED != 0 {
                return Err(self.protection());
            }
        }
        self.directory_pointers = entries;
        Ok(())
    }

    fn is_large(&self, paging: Paging, entry: u64, shift: u32) -> bool {
        entry & LARGE != 0
            && match paging {
                Paging::Two => shift == 22 && self.system.cr4 & CR4_PSE != 0,
                Paging::Three => shift == 21,
                Paging::Four => shift == 21 || shift == 30,
            }
    }

    /// Whether bits are set that must not be.
    fn is_reserved(&self, paging: Paging, entry: u64, shift: u32) -> bool {
        let large = self.is_large(paging, entry, shift);
        match paging {
            // Bit 21 of a 4 MiB page; bits 20 to 13 are bits 39 to 32 of its address.
            Paging::Two => large && entry & 1 << 21 != 0,
            Paging::Three | Paging::Four => {
                let unused = if large { ((1 << shift) - 1) & !0x1FFF & ADDRESS } else { 0 };
                let top = entry & LARGE != 0 && shift == 39;
                let high = if paging == Paging::Three { 0x7FF0_0000_0000_0000 } else { 0 };
                let execute = if self.system.efer & EFER_NXE == 0 { NO_EXECUTE } else { 0 };
                top || entry & (unused | high | execute) != 0
            }
        }
    }

    fn permit(&mut self, want: Want, path: &Path) -> Result<(), Stop> {
        let allows = path.allows;
        let may_write = allows & WRITABLE != 0 || (!want.user && self.system.cr0 & CR0_WP == 0);
        let is_allowed = (!want.user || allows & USER != 0)
            && (!want.write || may_write)
            && !(want.fetch && path.no_execute);
        if is_allowed { Ok(()) } else { Err(self.page_fault(want, CODE_PRESENT)) }
    }

    /// Sets the accessed and dirty bits.
    fn mark(&mut self, want: Want, path: &Path, width: u32) -> Result<(), Stop> {
        let last = path.length.wrapping_sub(1);
        for (n, &(at, entry)) in path.entries.iter().enumerate().take(path.length) {
            let dirty = if want.write && n == last { DIRTY } else { 0 };
            let marked = entry | ACCESSED | dirty;
            if marked != entry {
                self.write_physical(at, width, marked)?;
            }
        }
        Ok(())
    }

    #[cold]
    fn page_fault(&mut self, want: Want, code: u32) -> Stop {
        self.system.cr2 = want.linear;
        let tells_fetch = self.system.cr4 & CR4_PAE != 0 && self.system.efer & EFER_NXE != 0;
        let code = code
            | if want.write { CODE_WRITE } else { 0 }
            | if want.user { CODE_USER } else { 0 }
            | if want.fetch && tells_fetch { CODE_FETCH } else { 0 };
        self.raise_with(exception::PF, code)
    }
}

/// Where the page is that an entry names.
fn frame(paging: Paging, entry: u64, shift: u32) -> u64 {
    let within = (1 << shift) - 1;
    match paging {
        Paging::Two if shift == 22 => entry & 0xFFC0_0000 | (entry >> 13 & 0xFF) << 32,
        Paging::Two => entry & 0xFFFF_F000,
        Paging::Three | Paging::Four => entry & ADDRESS & !within,
    }
}
