//! Real mode: segments of 64 KiB at base 0, and an interrupt vector table whose entries point to the
//! host's entry points. There is no BIOS.

use super::stubs::EXCEPTION_STUBS;
use super::{Boot, CR0, CR4, Piece, registers};
use crate::image::Image;
use crate::machine::state::memory::HostArea;
use crate::machine::state::registers::{Segment, System, Table};

/// Address of the exception entry points: the last 256 bytes of the first MiB, where a PC has its
/// BIOS, or of RAM if that is smaller.
fn stubs(ram: u64) -> u64 {
    ram.min(0x10_0000) - 0x100
}

/// Vector `n` is at `n * 4`: offset, then segment (SDM volume 3, 20.1.4).
fn vector_table(stubs: u64) -> Vec<u8> {
    // The entry points are below 1 MiB, so the segment has 16 bits.
    let [low, high, ..] = (stubs >> 4).to_le_bytes();
    (0..256u16).flat_map(|vector| [vector.to_le_bytes(), [low, high]]).flatten().collect()
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
        // The stack grows down from the image. If the image is at 0, the first push wraps around to
        // the top of the segment.
        registers: registers(image, image.origin),
        system,
        pieces: vec![Piece::new(0, vector_table(stubs)), Piece::new(stubs, EXCEPTION_STUBS)],
        ram,
        host: HostArea::None,
        stubs,
        confined: false,
    }
}
