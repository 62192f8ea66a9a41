//! Segments: descriptors, the rules for loading them, and the bounds that accesses check (SDM
//! volume 3, 3.4 and 5.2 to 5.7).
//!
//! Control transfers load `cs` by other rules, see `system::far` and `system::interrupt`.

use super::access::{View, is_canonical};
use super::cpu::Cpu;
use super::op::{Flow, Stop};
use super::pages::Context;
use super::{exception, flags};
use crate::image::Bits;
use crate::machine::state::registers::{RSP, Segment, System};

pub(crate) const ES: u8 = 0;
pub(crate) const CS: u8 = 1;
pub(crate) const SS: u8 = 2;
pub(crate) const DS: u8 = 3;
pub(crate) const FS: u8 = 4;
pub(crate) const GS: u8 = 5;

/// Bits of a descriptor's type.
pub(crate) const ACCESSED: u8 = 1;
pub(crate) const READ_OR_WRITE: u8 = 2;
pub(crate) const CONFORMING_OR_DOWN: u8 = 4;
pub(crate) const IS_CODE: u8 = 8;

/// A selector without its privilege level.
pub(crate) const fn index(selector: u16) -> u32 {
    (selector & !3) as u32
}

/// Whether a selector is null.
pub(crate) const fn is_null(selector: u16) -> bool {
    selector & !3 == 0
}

/// A descriptor of 8 bytes as a segment (SDM volume 3, 3.4.5).
pub(crate) fn parse(descriptor: u64, selector: u16) -> Segment {
    let bit = |n: u32| descriptor >> n & 1 != 0;
    let limit = (descriptor & 0xFFFF | descriptor >> 32 & 0xF_0000) as u32;
    let granular = bit(55);
    Segment {
        base: descriptor >> 16 & 0xFF_FFFF | descriptor >> 32 & 0xFF00_0000,
        limit: if granular { limit << 12 | 0xFFF } else { limit },
        selector,
        kind: (descriptor >> 40 & 15) as u8,
        dpl: (descriptor >> 45 & 3) as u8,
        present: bit(47),
        code_or_data: bit(44),
        big: bit(54),
        long: bit(53),
        granular,
    }
}

impl Segment {
    /// Whether it holds code.
    pub(crate) const fn is_code(&self) -> bool {
        self.code_or_data && self.kind & IS_CODE != 0
    }

    pub(crate) const fn is_conforming(&self) -> bool {
        self.is_code() && self.kind & CONFORMING_OR_DOWN != 0
    }

    const fn is_writable_data(&self) -> bool {
        self.code_or_data && self.kind & (IS_CODE | READ_OR_WRITE) == READ_OR_WRITE
    }

    const fn is_readable(&self) -> bool {
        self.code_or_data && (self.kind & IS_CODE == 0 || self.kind & READ_OR_WRITE != 0)
    }

    /// Least and greatest offset.
    pub(crate) const fn bounds(&self) -> (u64, u64) {
        if self.kind & (IS_CODE | CONFORMING_OR_DOWN) == CONFORMING_OR_DOWN && self.code_or_data {
            (self.limit as u64 + 1, if self.big { 0xFFFF_FFFF } else { 0xFFFF })
        } else {
            (0, self.limit as u64)
        }
    }
}

/// A segment register by number.
pub(crate) fn of(system: &System, seg: u8) -> &Segment {
    match seg {
        ES => &system.es,
        CS => &system.cs,
        SS => &system.ss,
        FS => &system.fs,
        GS => &system.gs,
        _ => &system.ds,
    }
}

pub(crate) fn of_mut(system: &mut System, seg: u8) -> &mut Segment {
    match seg {
        ES => &mut system.es,
        CS => &mut system.cs,
        SS => &mut system.ss,
        FS => &mut system.fs,
        GS => &mut system.gs,
        _ => &mut system.ds,
    }
}

impl Cpu<'_> {
    /// Brings all that follows from segments, control registers and flags up to date.
    pub(crate) fn mode_changed(&mut self) {
        let system = &self.system;
        self.bits = system.bits();
        let is_64 = self.bits == Bits::Bits64;
        self.cpl = system.ring();
        self.linear_mask = if is_64 { u64::MAX } else { 0xFFFF_FFFF };
        self.ip_mask = self.linear_mask;
        self.ip_limit = if is_64 { 0x7FFF_FFFF_FFFF } else { system.cs.limit.into() };
        self.stack_mask = match (is_64, system.ss.big) {
            (true, _) => u64::MAX,
            (false, true) => 0xFFFF_FFFF,
            (false, false) => 0xFFFF,
        };
        for seg in 0..6 {
            self.view_changed(seg);
        }
        let context = Context {
            bits: self.bits,
            user: self.cpl == 3,
            base: if is_64 { 0 } else { self.system.cs.base },
            limit: self.ip_limit,
        };
        self.context = self.code.context(context);
        self.set_stamp();
        self.flags_changed();
    }

    /// Brings all that follows from the flags up to date.
    pub(crate) fn flags_changed(&mut self) {
        let watched = self.has_breakpoints();
        self.stepping = watched || self.other_flags & flags::TF != 0;
        if self.stepping {
            self.look_at = 0;
        }
        self.tlb.select(self.cpl == 3, watched || self.checks_alignment());
    }

    /// How accesses see a segment.
    fn view_changed(&mut self, seg: u8) {
        let segment = of(&self.system, seg);
        let nothing = View::new(segment.base, 1, 0);
        let (low, high) = segment.bounds();
        let bounded = View::new(segment.base, low, high);
        let (read, write) = if self.bits == Bits::Bits64 {
            let base = if seg == FS || seg == GS { segment.base } else { 0 };
            let all = View::new(base, 0, u64::MAX);
            (all, all)
        } else if !self.system.is_protected() {
            (bounded, bounded)
        } else if segment.present {
            (
                if segment.is_readable() { bounded } else { nothing },
                if segment.is_writable_data() { bounded } else { nothing },
            )
        } else {
            (nothing, nothing)
        };
        if let Some(view) = self.views.get_mut(usize::from(seg)) {
            *view = read;
        }
        if let Some(view) = self.views.get_mut(usize::from(seg | 8)) {
            *view = write;
        }
    }

    /// Loads a segment register other than `cs`.
    pub(crate) fn load_segment(&mut self, seg: u8, selector: u16) -> Flow {
        if !self.is_protected() {
            let segment = of_mut(&mut self.system, seg);
            segment.selector = selector;
            segment.base = u64::from(selector) << 4;
        } else if seg == SS {
            let stack = self.stack_segment(selector, self.cpl, exception::GP)?;
            self.system.ss = stack;
        } else {
            let loaded = self.data_segment(selector, exception::GP)?;
            *of_mut(&mut self.system, seg) = loaded;
        }
        if seg == SS {
            self.mode_changed();
        } else {
            self.view_changed(seg);
        }
        Ok(())
    }

    /// What is in `ds`, `es`, `fs`, `gs` after a load of `selector`; `vector` is as for `ss`.
    pub(crate) fn data_segment(&mut self, selector: u16, vector: u8) -> Result<Segment, Stop> {
        if is_null(selector) {
            return Ok(Segment { selector, ..Segment::default() });
        }
        let segment = self.descriptor(selector, vector)?;
        let level = self.cpl.max((selector & 3) as u8);
        let allowed = segment.is_conforming() || level <= segment.dpl;
        if !segment.is_readable() || !allowed {
            return Err(self.raise_with(vector, index(selector)));
        }
        if !segment.present {
            return Err(self.raise_with(exception::NP, index(selector)));
        }
        self.mark_accessed(selector, segment)
    }

    /// What is in `ss` after a load of `selector` for ring `cpl`; `vector` is #GP, or #TS if the
    /// selector comes from the task state.
    pub(crate) fn stack_segment(
        &mut self,
        selector: u16,
        cpl: u8,
        vector: u8,
    ) -> Result<Segment, Stop> {
        if is_null(selector) {
            if self.bits == Bits::Bits64 && cpl < 3 && (selector & 3) as u8 == cpl {
                return Ok(Segment { selector, dpl: cpl, ..Segment::default() });
            }
            return Err(self.raise_with(vector, 0));
        }
        let segment = self.descriptor(selector, vector)?;
        let level = (selector & 3) as u8;
        if level != cpl || segment.dpl != cpl || !segment.is_writable_data() {
            return Err(self.raise_with(vector, index(selector)));
        }
        if !segment.present {
            return Err(self.raise_with(exception::SS, index(selector)));
        }
        self.mark_accessed(selector, segment)
    }

    /// Linear address of a selector's descriptor of `length` bytes.
    pub(crate) fn descriptor_address(
        &mut self,
        selector: u16,
        length: u64,
        vector: u8,
    ) -> Result<u64, Stop> {
        let in_ldt = selector & 4 != 0;
        let (base, limit) = if in_ldt {
            let ldt = &self.system.ldt;
            (ldt.base, if ldt.present { Some(u64::from(ldt.limit)) } else { None })
        } else {
            (self.system.gdt.base, Some(u64::from(self.system.gdt.limit)))
        };
        let offset = u64::from(selector & !7);
        if limit.is_none_or(|limit| offset + length - 1 > limit) {
            return Err(self.raise_with(vector, index(selector)));
        }
        Ok(base.wrapping_add(offset))
    }

    /// The descriptor of a selector that is not null.
    pub(crate) fn descriptor(&mut self, selector: u16, vector: u8) -> Result<Segment, Stop> {
        let address = self.descriptor_address(selector, 8, vector)?;
        Ok(parse(self.read_as(address, 8, false)?, selector))
    }

    /// A system descriptor, which has 16 bytes in long mode.
    pub(crate) fn system_descriptor(&mut self, selector: u16, vector: u8) -> Result<Segment, Stop> {
        let length = if self.is_long() { 16 } else { 8 };
        let address = self.descriptor_address(selector, length, vector)?;
        let mut segment = parse(self.read_as(address, 8, false)?, selector);
        if length == 16 {
            let upper = self.read_as(address.wrapping_add(8), 8, false)?;
            segment.base |= upper << 32;
            if upper >> 40 & 0x1F != 0 || !is_canonical(segment.base) {
                return Err(self.raise_with(vector, index(selector)));
            }
        }
        Ok(segment)
    }

    /// Sets the accessed bit of a code or data segment, in memory too.
    pub(crate) fn mark_accessed(
        &mut self,
        selector: u16,
        mut segment: Segment,
    ) -> Result<Segment, Stop> {
        if segment.kind & ACCESSED == 0 {
            let address = self.descriptor_address(selector, 8, exception::GP)?;
            let at = address.wrapping_add(5);
            let byte = self.read_as(at, 1, false)?;
            self.write_as(at, 1, byte | u64::from(ACCESSED), false)?;
            segment.kind |= ACCESSED;
        }
        Ok(segment)
    }

    /// Sets `cs`, and the privilege level with it. All else must be set before.
    pub(crate) fn set_code_segment(&mut self, segment: Segment, cpl: u8) {
        self.system.cs = Segment { selector: segment.selector & !3 | u16::from(cpl), ..segment };
        // The privilege level is kept where the processor keeps it.
        self.system.ss.dpl = cpl;
        self.mode_changed();
    }

    /// On the way to a less privileged ring, segments that it must not use become null.
    pub(crate) fn drop_privileged_segments(&mut self) {
        for seg in [ES, DS, FS, GS] {
            let segment = *of(&self.system, seg);
            let is_shared = segment.is_conforming();
            if segment.present && segment.dpl < self.cpl && !is_shared {
                *of_mut(&mut self.system, seg) = Segment::default();
                self.view_changed(seg);
            }
        }
    }

    /// The base of `fs` or `gs`, in 64-bit mode.
    pub(crate) fn set_base(&mut self, seg: u8, base: u64) {
        of_mut(&mut self.system, seg).base = base;
        self.view_changed(seg);
    }

    /// The stack pointer, as far as it counts.
    pub(crate) fn stack_pointer(&self) -> u64 {
        self.r[RSP] & self.stack_mask
    }

    /// Sets the part of the stack pointer that counts.
    pub(crate) fn set_stack_pointer(&mut self, value: u64) {
        self.r[RSP] = self.r[RSP] & !self.stack_mask | value & self.stack_mask;
    }
}
