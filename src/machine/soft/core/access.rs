//! Memory operands: from a segment and an offset to bytes, with every fault on the way.
//!
//! The fast path compares the offset with the bounds of the segment and the address with an entry
//! of the TLB, which maps a page of linear addresses to RAM. If the tag does not match for any
//! reason (not in the TLB, across two pages, no permission, not in RAM), the slow path applies all
//! the rules. A write to a page with decoded code also checks the map of code bytes.
//!
//! There are four functions for each width. None of them is inlined, since hundreds of handlers
//! call them. Accesses that must be checked one by one (alignment checks, breakpoints on data) use
//! a part of the TLB that always stays empty. `paging` walks the page tables.

use super::cpu::Cpu;
use super::flags::AC;
use super::op::{Flow, Op, Stop};
use super::{exception, segment};
use crate::image::Bits;
use crate::machine::backend::Exit;
use crate::machine::state::registers::CR0_AM;

/// Bytes of a page.
pub(crate) const PAGE: u64 = 0x1000;
/// Entries of each part of the TLB.
const ENTRIES: u64 = 256;

/// A segment as an access needs it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct View {
    pub(crate) base: u64,
    /// Least and greatest offset; the least is greater where no access is allowed.
    low: u64,
    high: u64,
    /// How many offsets there are, from the least on, where any word up to 8 bytes fits.
    span: u64,
}

impl View {
    pub(crate) const fn new(base: u64, low: u64, high: u64) -> Self {
        Self { base, low, high, span: high.saturating_sub(low).saturating_sub(6) }
    }

    /// Whether the segment allows an access.
    #[inline(always)]
    pub(crate) const fn allows(&self, offset: u64, bytes: u64) -> bool {
        let last = offset.wrapping_add(bytes - 1);
        offset >= self.low && last <= self.high
    }
}

/// What a tag has in place of the offset in the page. One of zeros is of no page.
const VALID: u64 = 0xFFF;
/// Added to the number of a segment: it is going to be written.
const WRITE: u8 = 8;

/// Where pages of linear addresses are in RAM. One part for ring 3, one for the other rings, one
/// that stays empty. An entry is the tag for reading, that for writing, what has to be added to a
/// linear address, and where the page's map of decoded code is.
pub(crate) struct Tlb {
    entries: Box<[[u64; 4]; 1024]>,
    /// First entry of the part in use.
    part: u64,
    /// Some of the entries may be parts of large pages.
    pub(crate) has_large: bool,
}

impl Tlb {
    pub(crate) fn new() -> Option<Self> {
        // Zeros from the allocator cost nothing until they are touched.
        let entries = vec![[0u64; 4]; 1024].into_boxed_slice().try_into().ok()?;
        Some(Self { entries, part: 0, has_large: false })
    }

    /// Forgets everything.
    pub(crate) fn flush(&mut self) {
        self.entries.fill([0; 4]);
        self.has_large = false;
    }

    /// Forgets a page, of whatever size.
    pub(crate) fn flush_page(&mut self, linear: u64) {
        if self.has_large {
            return self.flush();
        }
        for part in [0, ENTRIES] {
            if let Some(entry) = self.entries.get_mut((part + (linear >> 12) % ENTRIES) as usize) {
                *entry = [0; 4];
            }
        }
    }

    /// Notes that a page of RAM has come to hold code.
    pub(crate) fn protect(&mut self, physical: u64, map: u64) {
        for entry in self.entries.iter_mut() {
            let page = (entry[0] & !VALID).wrapping_add(entry[2]);
            if entry[0] != 0 && page == physical & !0xFFF {
                entry[3] = map;
            }
        }
    }

    /// Uses the part for ring 3 or for the others, or none.
    pub(crate) fn select(&mut self, user: bool, watched: bool) {
        self.part = match (watched, user) {
            (true, _) => 2 * ENTRIES,
            (false, true) => ENTRIES,
            (false, false) => 0,
        };
    }

    #[inline(always)]
    fn entry(&self, linear: u64) -> &[u64; 4] {
        &self.entries[((self.part + (linear >> 12) % ENTRIES) & 1023) as usize]
    }

    fn fill(&mut self, linear: u64, user: bool, physical: u64, write: bool, map: u64) {
        if self.part >= 2 * ENTRIES {
            return;
        }
        let (page, tag) = (linear & !0xFFF, linear | VALID);
        let part = if user { ENTRIES } else { 0 };
        let entry = &mut self.entries[((part + (linear >> 12) % ENTRIES) & 1023) as usize];
        let delta = (physical & !0xFFF).wrapping_sub(page);
        if entry[0] != tag || entry[2] != delta {
            *entry = [tag, 0, delta, map];
        }
        if write {
            entry[1] = tag;
        }
    }
}

/// Whether bits 63 to 47 are all the same.
pub(crate) const fn is_canonical(linear: u64) -> bool {
    let upper = linear as i64 >> 47;
    upper == 0 || upper == -1
}

/// Where a memory operand is: its linear address, and if the fast way leads there, its address in
/// RAM and where the page's map of decoded code is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    at: u64,
    linear: u64,
    map: u64,
}

impl Spot {
    /// One that the fast way does not lead to.
    pub(crate) const fn slow(linear: u64) -> Self {
        Self { at: u64::MAX, linear, map: 0 }
    }
}

/// A memory operand that is read and then written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    value: u64,
    spot: Spot,
}

impl Slot {
    /// What it held when it was found.
    pub(crate) const fn value(self) -> u64 {
        self.value
    }
}

/// See [`address_mask`]: by a sixteenth of the bits that addresses do not have.
static MASKS: [u64; 4] = [u64::MAX, 0xFFFF_FFFF_FFFF, 0xFFFF_FFFF, 0xFFFF];

/// The bits of an offset.
#[inline(always)]
pub(crate) fn address_mask(op: &Op) -> u64 {
    MASKS[usize::from(op.narrow >> 4 & 3)]
}

impl Cpu<'_> {
    /// The offset of the memory operand.
    #[inline(always)]
    pub(crate) fn offset(&self, op: &Op) -> u64 {
        let base = self.r[usize::from(op.base & 31)];
        let index = self.r[usize::from(op.index & 31)] << (op.shift & 3);
        let sum = base.wrapping_add(index).wrapping_add(op.disp);
        sum & address_mask(op)
    }

    /// Reads the memory operand.
    #[inline(never)]
    pub(crate) fn load<const BITS: u32>(&mut self, op: &Op) -> Result<u64, Stop> {
        self.read_view::<BITS>(op.seg & 7, self.offset(op))
    }

    /// Writes the memory operand.
    #[inline(never)]
    pub(crate) fn store<const BITS: u32>(&mut self, op: &Op, value: u64) -> Flow {
        self.write::<BITS>(op.seg, self.offset(op), value)
    }

    /// Reads the memory operand, which [`Cpu::close`] is going to write.
    #[inline(never)]
    pub(crate) fn open<const BITS: u32>(&mut self, op: &Op) -> Result<u64, Stop> {
        self.read_view::<BITS>(op.seg & 7 | WRITE, self.offset(op))
    }

    /// The linear address, where the fast way is open that far.
    #[inline(always)]
    fn quick(&self, view: u8, offset: u64) -> Option<u64> {
        let view = &self.views[usize::from(view & 15)];
        let linear = view.base.wrapping_add(offset) & self.linear_mask;
        (offset.wrapping_sub(view.low) < view.span).then_some(linear)
    }

    /// The same for any number of bytes.
    #[inline(always)]
    pub(crate) fn reach(&self, view: u8, offset: u64, bytes: u64) -> Option<u64> {
        let view = &self.views[usize::from(view & 15)];
        let linear = view.base.wrapping_add(offset) & self.linear_mask;
        view.allows(offset, bytes).then_some(linear)
    }

    /// Where the bytes at a linear address are, if the TLB knows.
    #[inline(always)]
    fn direct<const BITS: u32>(&self, linear: u64, tag: u8) -> Option<Spot> {
        let entry = self.tlb.entry(linear);
        let page = linear.wrapping_add(u64::from(BITS / 8 - 1)) | VALID;
        let spot = Spot { at: entry[2].wrapping_add(linear), linear, map: entry[3] };
        (entry[usize::from(tag & 1)] == page).then_some(spot)
    }

    /// Where in RAM the bytes at a linear address are, if the TLB knows; and, if they are to be
    /// written, if none of them is code.
    #[inline(always)]
    pub(crate) fn directly(&self, linear: u64, write: bool, bytes: u64) -> Option<u64> {
        let entry = self.tlb.entry(linear);
        let page = linear.wrapping_add(bytes - 1) | VALID;
        let at = entry[2].wrapping_add(linear);
        let is_known = entry[usize::from(write)] == page
            && (!write || entry[3] == 0 || self.code.is_free(at, bytes));
        is_known.then_some(at)
    }

    /// Reads from memory.
    #[inline(always)]
    pub(crate) fn read<const BITS: u32>(&mut self, seg: u8, offset: u64) -> Result<u64, Stop> {
        self.read_view::<BITS>(seg & 7, offset)
    }

    #[inline(never)]
    fn read_view<const BITS: u32>(&mut self, view: u8, offset: u64) -> Result<u64, Stop> {
        if let Some(linear) = self.quick(view, offset)
            && let Some(spot) = self.direct::<BITS>(linear, view >> 3)
            && let Some(value) = self.ram.load::<BITS>(spot.at)
        {
            self.spot = spot;
            return Ok(value);
        }
        self.read_slowly(view, offset, BITS / 8)
    }

    /// Writes to memory.
    #[inline(never)]
    pub(crate) fn write<const BITS: u32>(&mut self, seg: u8, offset: u64, value: u64) -> Flow {
        if let Some(linear) = self.quick(seg & 7 | WRITE, offset)
            && let Some(spot) = self.direct::<BITS>(linear, 1)
        {
            self.spot = spot;
            return self.close::<BITS>(value);
        }
        self.write_slowly(seg, offset, BITS / 8, value)
    }

    /// Writes where the last memory operand was found that was to be written.
    #[inline(never)]
    pub(crate) fn close<const BITS: u32>(&mut self, value: u64) -> Flow {
        let Spot { at, linear, map } = self.spot;
        if (map == 0 || self.code.is_clear::<BITS>(map, at))
            && self.ram.store::<BITS>(at, value).is_some()
        {
            return Ok(());
        }
        self.write_linear(linear, BITS / 8, value)
    }

    /// Reads an operand that is going to be written.
    pub(crate) fn slot<const BITS: u32>(&mut self, seg: u8, offset: u64) -> Result<Slot, Stop> {
        let value = self.read_view::<BITS>(seg & 7 | WRITE, offset)?;
        Ok(Slot { value, spot: self.spot })
    }

    /// Writes such an operand.
    pub(crate) fn slot_write<const BITS: u32>(&mut self, slot: Slot, value: u64) -> Flow {
        self.spot = slot.spot;
        self.close::<BITS>(value)
    }

    /// The linear address of `count` bytes, if the segment allows the access.
    pub(crate) fn linear(
        &mut self,
        seg: u8,
        offset: u64,
        count: u32,
        write: bool,
    ) -> Result<u64, Stop> {
        let view = self.views[usize::from(seg & 7 | u8::from(write) << 3)];
        let linear = view.base.wrapping_add(offset) & self.linear_mask;
        // Where the segment is all of 32 bits, what begins at their end goes on at their start.
        let is_all = (view.low, view.high) == (0, 0xFFFF_FFFF);
        let is_inside = view.allows(offset, count.into()) || is_all;
        let end = linear.wrapping_add(u64::from(count - 1));
        let is_good = self.bits != Bits::Bits64 || (is_canonical(linear) && is_canonical(end));
        if is_inside && is_good {
            return Ok(linear);
        }
        let vector = if seg == segment::SS { exception::SS } else { exception::GP };
        Err(self.raise_with(vector, 0))
    }

    #[cold]
    #[inline(never)]
    fn read_slowly(&mut self, view: u8, offset: u64, count: u32) -> Result<u64, Stop> {
        if view & WRITE != 0 {
            let linear = self.prepare(view & 7, offset, count)?;
            self.spot = Spot::slow(linear);
            return self.read_linear(linear, count);
        }
        let linear = self.linear(view, offset, count, false)?;
        self.check_alignment(linear, count)?;
        self.watch(linear, count, false);
        self.read_linear(linear, count)
    }

    #[cold]
    #[inline(never)]
    fn write_slowly(&mut self, seg: u8, offset: u64, count: u32, value: u64) -> Flow {
        let linear = self.linear(seg, offset, count, true)?;
        self.check_alignment(linear, count)?;
        self.watch(linear, count, true);
        self.write_linear(linear, count, value)
    }

    /// Makes sure that an operand can be written; gives its linear address.
    #[cold]
    #[inline(never)]
    pub(crate) fn prepare(&mut self, seg: u8, offset: u64, count: u32) -> Result<u64, Stop> {
        let linear = self.linear(seg, offset, count, true)?;
        self.check_alignment(linear, count)?;
        self.watch(linear, count, true);
        self.may_write(linear, count)?;
        Ok(linear)
    }

    /// Makes sure that bytes at a linear address can be written.
    pub(crate) fn may_write(&mut self, linear: u64, count: u32) -> Flow {
        let user = self.cpl == 3;
        self.translate(linear, true, user)?;
        let last = self.last_of(linear, count);
        if (last ^ linear) & !0xFFF != 0 {
            self.translate(last & !0xFFF, true, user)?;
        }
        Ok(())
    }

    fn last_of(&self, linear: u64, count: u32) -> u64 {
        // Tables of the system may lie above 4 GiB in compatibility mode too.
        let is_wide = self.bits == Bits::Bits64 || linear > 0xFFFF_FFFF;
        let mask = if is_wide { u64::MAX } else { 0xFFFF_FFFF };
        linear.wrapping_add(u64::from(count - 1)) & mask
    }

    /// #AC (SDM volume 3, 6.15).
    pub(crate) fn check_alignment(&mut self, linear: u64, count: u32) -> Flow {
        if self.checks_alignment() && linear & u64::from(count - 1) != 0 {
            return Err(self.raise_with(exception::AC, 0));
        }
        Ok(())
    }

    /// Whether unaligned accesses are exceptions.
    pub(crate) fn checks_alignment(&self) -> bool {
        self.cpl == 3 && self.other_flags & AC != 0 && self.system.cr0 & CR0_AM != 0
    }

    /// Reads up to 8 bytes at a linear address with the rights of the current ring.
    pub(crate) fn read_linear(&mut self, linear: u64, count: u32) -> Result<u64, Stop> {
        self.read_as(linear, count, self.cpl == 3)
    }

    /// Writes up to 8 bytes at a linear address with the rights of the current ring.
    pub(crate) fn write_linear(&mut self, linear: u64, count: u32, value: u64) -> Flow {
        // Code that changes itself should not be slow either.
        let last = linear.wrapping_add(u64::from(count - 1)) & !0xFFF;
        if let Some(spot) = self.direct::<8>(linear, 1)
            && linear & !0xFFF == last
        {
            return self.write_physical(spot.at, count, value);
        }
        self.write_as(linear, count, value, self.cpl == 3)
    }

    /// Reads up to 8 bytes at a linear address.
    pub(crate) fn read_as(&mut self, linear: u64, count: u32, user: bool) -> Result<u64, Stop> {
        let first = self.translate(linear, false, user)?;
        let (near, far) = split(linear, count);
        let mut value = self.read_physical(first, near)?;
        if far > 0 {
            let second = self.translate(self.last_of(linear, count) & !0xFFF, false, user)?;
            value |= self.read_physical(second, far)? << (8 * near);
        }
        Ok(value)
    }

    /// Reads 16 bits at a linear address with the rights of ring 0, as the processor does for
    /// itself.
    pub(crate) fn read_own(&mut self, linear: u64) -> Result<u64, Stop> {
        let entry = self.tlb.entries[(linear >> 12) as usize % ENTRIES as usize];
        if entry[0] == linear.wrapping_add(1) | VALID
            && let Some(value) = self.ram.peek(entry[2].wrapping_add(linear))
        {
            return Ok(value);
        }
        self.read_as(linear, 2, false)
    }

    /// Writes up to 8 bytes at a linear address: all or nothing.
    pub(crate) fn write_as(&mut self, linear: u64, count: u32, value: u64, user: bool) -> Flow {
        let first = self.translate(linear, true, user)?;
        let (near, far) = split(linear, count);
        if far == 0 {
            return self.write_physical(first, near, value);
        }
        let second = self.translate(self.last_of(linear, count) & !0xFFF, true, user)?;
        self.write_physical(second, far, value >> (8 * near))?;
        self.write_physical(first, near, value)
    }

    /// Physical address of a linear one; fills the TLB.
    pub(crate) fn translate(&mut self, linear: u64, write: bool, user: bool) -> Result<u64, Stop> {
        let physical = self.walk(linear, write, false, user)?;
        if physical & !0xFFF < self.ram.direct() {
            let map = self.code.map_of(physical);
            self.tlb.fill(linear, user, physical, write, map);
        }
        Ok(physical)
    }

    /// Reads bytes of physical memory, all in one page.
    pub(crate) fn read_physical(&mut self, at: u64, count: u32) -> Result<u64, Stop> {
        let mut bytes = [0; 8];
        let place = bytes.get_mut(..count as usize).unwrap_or_default();
        if self.ram.read(at, place).is_some() {
            return Ok(u64::from_le_bytes(bytes));
        }
        self.exit = Exit::Outside { address: at, write: false };
        Err(Stop::Outside)
    }

    /// Writes bytes of physical memory, all in one page, over code too.
    pub(crate) fn write_physical(&mut self, at: u64, count: u32, value: u64) -> Flow {
        if self.code.written(at, u64::from(count)) {
            self.code_changed();
        }
        let bytes = value.to_le_bytes();
        let bytes = bytes.get(..count as usize).unwrap_or_default();
        if self.ram.write(at, bytes).is_none() {
            self.exit = Exit::Outside { address: at, write: true };
            return Err(Stop::Outside);
        }
        Ok(())
    }
}

/// How many of the bytes are in the first page, and how many in the next.
fn split(linear: u64, count: u32) -> (u32, u32) {
    let room = (PAGE - linear % PAGE) as u32;
    let near = count.min(room);
    (near, count - near)
}
