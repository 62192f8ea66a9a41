//! Real mode: segments of 64 KiB at base 0, and an interrupt vector table whose entries lead to
//! the host.
//!
//! Knows nothing of BIOS services: there are none.

use super::stubs::EXCEPTION_STUBS;
use super::{Boot, CR0, CR4, Piece, registers};
use crate::image::Image;
use crate::machine::state::memory::HostArea;
use crate::machine::state::registers::{Segment, System, Table};

/// Where the exception entry points are: the last bytes of the first MiB, where a PC has its
/// BIOS, or of a smaller RAM.
fn stubs(ram: u64) -> u64 {
    ram.min(0x10_0000) - 0x100
}

/// Vector `n` is at `n * 4`: offset, then segment (SDM volume 3, 20.1.4).
fn vector_table(stubs: u64) -> Vec<u8> {
    let segment = u16::try_from(stubs >> 4).unwrap_or(u16::MAX);
    (0..256u16).flat_map(|vector| [vector, segment]).flat_map(u16::to_le_bytes).collect()
}

pub(super) fn boot(image: &Image, ram: u64) -> Boot {
    let data =
        Segment { limit: 0xFFFF, kind: 3, present: true, code_or_data: true, ..Segment::default() };
    let system = System {
        cs: Segment { kind: 11, ..data },
        ds: data,
        es: data,
        fs: data,
        gs: data,
        ss: data,
        tr: Segment { limit: 0xFFFF, kind: 11, present: true, ..Segment::default() },
        ldt: Segment { limit: 0xFFFF, kind: 2, present: true, ..Segment::default() },
        gdt: Table { base: 0, limit: 0xFFFF },
        idt: Table { base: 0, limit: 0x3FF },
        cr0: CR0,
        cr4: CR4,
        ..System::default()
    };
    let stubs = stubs(ram);
    Boot {
        // The stack grows down from the image; below an image at 0 it starts at the top of the
        // segment, since the first push wraps around.
        registers: registers(image, image.origin),
        system,
        pieces: vec![Piece::new(0, vector_table(stubs)), Piece::new(stubs, EXCEPTION_STUBS)],
        ram,
        host: HostArea::None,
        stubs,
        confined: false,
    }
}
