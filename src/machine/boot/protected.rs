//! Protected mode: flat segments of 4 GiB, paging off.

use super::{Boot, CR0, host_system, registers, tables};
use crate::image::Image;
use crate::machine::state::memory::{HOST_BASE, HostArea};
use crate::machine::state::registers::CR0_PE;

pub(super) fn boot(image: &Image, ram: u64, ring: u8) -> Boot {
    let (mut system, pieces) = host_system(ring, false, HOST_BASE);
    system.cr0 = CR0 | CR0_PE;
    Boot {
        registers: registers(image, ram),
        system,
        pieces,
        ram,
        host: HostArea::Apart,
        stubs: HOST_BASE + tables::STUBS,
        // Without paging the guest can write to the tables.
        confined: false,
    }
}
