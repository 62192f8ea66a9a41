//! Finds the RAM of a guest's buffer from segment, offset and count.

use crate::image::Bits;
use crate::machine::state::memory::Memory;
use crate::machine::state::paging;
use crate::machine::state::region::VolatileSlice;
use crate::machine::state::registers::{RCX, RDI, RSI, Registers, Segment, System};

/// A buffer as the guest passes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::machine) struct Buffer {
    /// Offset in its segment.
    pub(in crate::machine) offset: u64,
    /// Linear address.
    pub(in crate::machine) linear: u64,
    /// How many bytes.
    pub(in crate::machine) count: u64,
    /// The greatest offset in the segment.
    limit: u64,
}

impl Buffer {
    /// The buffer in the registers: es:di for READ, ds:si for WRITE, with the count in cx, all in the
    /// width of the code that runs.
    pub(super) fn of(registers: &Registers, system: &System, into: bool) -> Self {
        let bits = system.bits();
        let mask = u64::MAX >> (64 - bits.number());
        let (index, segment) = if into { (RDI, &system.es) } else { (RSI, &system.ds) };
        let offset = registers.general[index] & mask;
        let count = registers.general[RCX] & mask;
        let (linear, limit) = if bits == Bits::Bits64 {
            (offset, u64::MAX)
        } else {
            (segment.base.wrapping_add(offset) & 0xFFFF_FFFF, limit(segment))
        };
        Self { offset, linear, count, limit }
    }

    /// The RAM of the buffer, in order; `None` if part of it is outside RAM, or the guest may not
    /// access it so.
    pub(super) fn pieces<'m>(
        &self,
        memory: &'m Memory,
        system: &System,
        write: bool,
    ) -> Option<Vec<VolatileSlice<'m>>> {
        if self.count == 0 {
            return Some(Vec::new());
        }
        if self.count > memory.ram_size() || self.offset.checked_add(self.count - 1)? > self.limit {
            return None;
        }
        let mut pieces = Vec::new();
        let mut done = 0;
        // Adjacent pieces are joined, so that most buffers take one system call.
        let mut joined: Option<(u64, u64)> = None;
        while done < self.count {
            let place = paging::translate(memory, system, self.linear.checked_add(done)?, write)?;
            let length = place.length.min(self.count - done);
            done += length;
            joined = match joined {
                Some((start, so_far)) if start + so_far == place.physical => {
                    Some((start, so_far + length))
                }
                Some((start, so_far)) => {
                    pieces.push(piece(memory, start, so_far, write)?);
                    Some((place.physical, length))
                }
                None => Some((place.physical, length)),
            };
        }
        if let Some((start, length)) = joined {
            pieces.push(piece(memory, start, length, write)?);
        }
        Some(pieces)
    }
}

/// A piece of RAM, recorded in `memory` if it is going to be written.
fn piece(memory: &Memory, start: u64, length: u64, write: bool) -> Option<VolatileSlice<'_>> {
    if write {
        memory.note_written(start, length);
    }
    memory.ram_slice(start, length)
}

/// The greatest offset in a segment. Expand-down segments (types 4 to 7 of data) are rare, and are
/// limited only by RAM.
fn limit(segment: &Segment) -> u64 {
    let expands_down = segment.kind & 0b1100 == 0b0100;
    if expands_down { u64::from(u32::MAX) } else { u64::from(segment.limit) }
}
