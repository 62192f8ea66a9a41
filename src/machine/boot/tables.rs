//! Descriptor tables and the task state segment of protected and long mode, encoded as bytes, and
//! their offsets in the host's area.

use crate::machine::state::memory::HOST_BASE;
use crate::machine::state::registers::{Segment, Table};

/// Offset of the GDT.
pub const GDT: u64 = 0x0000;
/// Offset of the exception entry points.
pub const STUBS: u64 = 0x0100;
/// Offset of the task state; the I/O bitmap after it ends at 0x2F68.
pub const TSS: u64 = 0x0F00;
/// Offset of the end of the stack for exceptions.
pub const STACK_TOP: u64 = 0x4000;
/// Offset of the IDT.
pub const IDT: u64 = 0x4000;
/// Offset of the top page table.
pub const PML4: u64 = 0x5000;
/// Offset of the page-directory-pointer table.
pub const DIRECTORY_POINTERS: u64 = 0x6000;
/// Offset of the four page directories, one per GiB.
pub const DIRECTORIES: u64 = 0x7000;
/// Offset of the page table of the first 2 MiB.
pub const FIRST_PAGES: u64 = 0xB000;
/// Offset of the page table of the last 2 MiB, if they are incomplete.
pub const LAST_PAGES: u64 = 0xC000;
/// Offset of the page table of the host's area itself.
pub const HOST_PAGES: u64 = 0xD000;

/// Length of the GDT in bytes.
pub const GDT_LENGTH: u16 = 7 * 8;

/// Code at ring 0.
pub const CODE_0: u16 = 0x08;
/// Data at ring 0.
pub const DATA_0: u16 = 0x10;
/// Data at ring 3.
pub const DATA_3: u16 = 0x1B;
/// Code at ring 3.
pub const CODE_3: u16 = 0x23;
/// The task.
pub const TASK: u16 = 0x28;

/// Length of the task state without I/O bitmap, in both modes.
const TASK_LENGTH: u16 = 0x68;
/// Length of the I/O bitmap: a bit per port, and a byte after it that the CPU also reads.
const BITMAP_LENGTH: u32 = 0x2001;

/// A descriptor of the GDT. The descriptor of the task takes two entries in long mode.
pub type Descriptor = Option<Segment>;

/// The GDT as segments, in the order of their selectors.
#[must_use]
pub fn descriptors(long: bool) -> [Descriptor; 7] {
    let flat = |kind, dpl, selector, is_code| Segment {
        base: 0,
        limit: u32::MAX,
        selector,
        kind,
        dpl,
        present: true,
        code_or_data: true,
        big: !(long && is_code),
        long: long && is_code,
        granular: true,
    };
    let task = Segment {
        base: HOST_BASE + TSS,
        limit: u32::from(TASK_LENGTH) + BITMAP_LENGTH - 1,
        selector: TASK,
        kind: 11,
        present: true,
        ..Segment::default()
    };
    // Type 11 is code, readable, accessed; type 3 data, writable, accessed.
    [
        None,
        Some(flat(11, 0, CODE_0, true)),
        Some(flat(3, 0, DATA_0, false)),
        Some(flat(3, 3, DATA_3, false)),
        Some(flat(11, 3, CODE_3, true)),
        Some(task),
        None,
    ]
}

/// The segment that a selector names.
#[must_use]
pub fn segment(descriptors: &[Descriptor], selector: u16) -> Segment {
    descriptors.get(usize::from(selector >> 3)).copied().flatten().unwrap_or_default()
}

/// The value of a table register for a table of `length` bytes in the host's area.
#[must_use]
pub fn at(offset: u64, length: u16) -> Table {
    Table { base: HOST_BASE + offset, limit: length.saturating_sub(1) }
}

/// One descriptor (SDM volume 3, 3.4.5).
#[must_use]
pub fn encode(segment: &Segment) -> u64 {
    let limit = u64::from(if segment.granular { segment.limit >> 12 } else { segment.limit });
    let access = u64::from(segment.kind)
        | u64::from(segment.code_or_data) << 4
        | u64::from(segment.dpl) << 5
        | u64::from(segment.present) << 7
        | u64::from(segment.long) << 13
        | u64::from(segment.big) << 14
        | u64::from(segment.granular) << 15;
    (limit & 0xFFFF)
        | (segment.base & 0xFF_FFFF) << 16
        | access << 40
        | (limit >> 16 & 0xF) << 48
        | (segment.base >> 24 & 0xFF) << 56
}

/// The GDT as bytes. The second half of the task's descriptor, the upper half of its address, is
/// 0 because the host's area lies below 4 GiB.
#[must_use]
pub fn gdt_bytes(descriptors: &[Descriptor]) -> Vec<u8> {
    descriptors.iter().flat_map(|d| d.as_ref().map_or(0, encode).to_le_bytes()).collect()
}

/// The task state (SDM volume 3, 8.2.1 and 8.7): the stack for exceptions, and the offset of the I/O
/// bitmap. The bitmap is zeros, which allow every port, so it need not be written.
#[must_use]
pub fn task_state(long: bool) -> Vec<u8> {
    let mut bytes = vec![0; usize::from(TASK_LENGTH)];
    let stack = HOST_BASE + STACK_TOP;
    let mut put = |offset: usize, value: &[u8]| {
        if let Some(place) = bytes.get_mut(offset..offset + value.len()) {
            place.copy_from_slice(value);
        }
    };
    if long {
        put(0x04, &stack.to_le_bytes());
        put(0x24, &stack.to_le_bytes());
    } else {
        // The stack is below 4 GiB.
        put(0x04, &stack.to_le_bytes()[..4]);
        put(0x08, &DATA_0.to_le_bytes());
    }
    put(0x66, &TASK_LENGTH.to_le_bytes());
    bytes
}

/// An interrupt gate (type 14) for each vector, to its entry point (SDM volume 3, 6.11 and
/// 6.14.1). Ring 3 may raise only vectors 3 and 4 itself, by `int3` and `into`; every other
/// `int n` is a general-protection fault whose error code names n. In long mode all vectors use
/// the first stack of the interrupt stack table, so they work with an invalid stack pointer.
#[must_use]
pub fn idt(long: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(if long { 4096 } else { 2048 });
    for vector in 0..256u64 {
        let entry = HOST_BASE + STUBS + vector;
        let dpl = if vector == 3 || vector == 4 { 3 } else { 0 };
        let gate = (entry & 0xFFFF)
            | u64::from(CODE_0) << 16
            | u64::from(long) << 32
            | (0x8E | dpl << 5) << 40
            | (entry >> 16 & 0xFFFF) << 48;
        bytes.extend_from_slice(&gate.to_le_bytes());
        if long {
            bytes.extend_from_slice(&(entry >> 32).to_le_bytes());
        }
    }
    bytes
}
