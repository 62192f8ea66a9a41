//! Tests the boot state without a machine: descriptors, tables and page tables as bytes.

use super::{Boot, PAGE, stubs::EXCEPTION_STUBS, tables};
use crate::image::{Image, Mode};
use crate::machine::config::Config;
use crate::machine::state::memory::{HOST_BASE, HOST_SIZE, HostArea};

/// Memory with only what the boot state puts there.
struct Bytes(Boot);

impl Bytes {
    /// The byte at a physical address, or at a linear one of the host's area.
    fn byte(&self, address: u64) -> u8 {
        let host = self.0.host.address(self.0.ram);
        let address = if address < HOST_BASE { address } else { address - HOST_BASE + host };
        let piece = self.0.pieces.iter().rev().find_map(|p| {
            let offset = usize::try_from(address.checked_sub(p.address)?).ok()?;
            p.bytes.get(offset)
        });
        piece.copied().unwrap_or(0)
    }

    fn u64(&self, address: u64) -> u64 {
        u64::from_le_bytes(std::array::from_fn(|i| self.byte(address + i as u64)))
    }

    /// Physical address and the U/S and R/W bits that all levels grant, by four levels.
    fn walk(&self, cr3: u64, linear: u64) -> Option<(u64, bool, bool)> {
        let (mut table, mut user, mut writable) = (cr3, true, true);
        for shift in [39, 30, 21, 12] {
            let entry = self.u64(table + (linear >> shift & 511) * 8);
            if entry & 1 == 0 {
                return None;
            }
            writable &= entry & 2 != 0;
            user &= entry & 4 != 0;
            table = entry & 0x000F_FFFF_FFFF_F000;
            if shift == 21 && entry & 0x80 != 0 {
                return Some((table | linear & 0x1F_FFFF, user, writable));
            }
        }
        Some((table | linear & 0xFFF, user, writable))
    }
}

fn image(mode: Mode) -> Image {
    Image { bytes: vec![0xF4], origin: mode.default_origin(), ..Image::default() }
}

fn boot(mode: Mode, change: impl FnOnce(&mut Config, &mut Image)) -> (Boot, Bytes) {
    let (mut config, mut image) = (Config::new(mode), image(mode));
    change(&mut config, &mut image);
    let boot = Boot::new(&image, &config).unwrap();
    let bytes = Bytes(boot.clone());
    (boot, bytes)
}

#[test]
fn general_registers_are_0_and_flags_2() {
    for (mode, stack, ip) in [
        (Mode::Real, 0x7C00, 0x7C00),
        (Mode::Protected, 0x100_0000, 0x10_0000),
        (Mode::Long, 0x100_0000, 0x10_0000),
    ] {
        let registers = boot(mode, |_, _| ()).0.registers;
        assert_eq!((registers.ip, registers.flags), (ip, 2));
        for (number, value) in registers.general.iter().enumerate() {
            assert_eq!(*value, if number == 4 { stack } else { 0 });
        }
    }
}

#[test]
fn control_registers_turn_on_what_the_mode_needs() {
    let system = |mode| boot(mode, |_, _| ()).0.system;
    assert_eq!(system(Mode::Real).cr0, 0x32);
    assert_eq!(system(Mode::Protected).cr0, 0x33);
    assert_eq!(system(Mode::Long).cr0, 0x8001_0033);
    assert_eq!(system(Mode::Protected).cr4, 0x600);
    assert_eq!(system(Mode::Long).cr4, 0x620);
    assert_eq!(system(Mode::Long).efer, 0x500);
    for mode in Mode::ALL {
        assert_eq!(system(mode).bits(), mode.bits());
        assert_eq!(system(mode).ring(), if mode == Mode::Long { 3 } else { 0 });
    }
}

#[test]
fn selectors_are_those_of_the_contract() {
    for mode in [Mode::Protected, Mode::Long] {
        for (ring, code, data) in [(0, 0x08, 0x10), (3, 0x23, 0x1B)] {
            let system = boot(mode, |c, _| c.ring = Some(ring)).0.system;
            assert_eq!((system.cs.selector, system.ss.selector), (code, data));
            for segment in [system.ds, system.es, system.fs, system.gs] {
                assert_eq!(segment, system.ss);
            }
            assert_eq!((system.cs.dpl, system.ss.dpl), (ring, ring));
        }
    }
}

#[test]
fn the_gdt_holds_the_segments_that_the_cpu_starts_with() {
    // Limit 0xFFFFF pages, access and flags as the SDM encodes them.
    for (mode, code_0, code_3) in [
        (Mode::Protected, 0x00CF_9B00_0000_FFFF, 0x00CF_FB00_0000_FFFF),
        (Mode::Long, 0x00AF_9B00_0000_FFFF, 0x00AF_FB00_0000_FFFF_u64),
    ] {
        let (boot, bytes) = boot(mode, |_, _| ());
        let gdt = boot.system.gdt;
        assert_eq!((gdt.base, gdt.limit), (HOST_BASE + tables::GDT, 7 * 8 - 1));
        assert_eq!(bytes.u64(gdt.base), 0);
        assert_eq!(bytes.u64(gdt.base + 0x08), code_0);
        assert_eq!(bytes.u64(gdt.base + 0x10), 0x00CF_9300_0000_FFFF);
        assert_eq!(bytes.u64(gdt.base + 0x18), 0x00CF_F300_0000_FFFF);
        assert_eq!(bytes.u64(gdt.base + 0x20), code_3);
        // The task: base 0xFFF00F00, limit 0x68 + 0x2001 - 1, busy.
        assert_eq!(bytes.u64(gdt.base + 0x28), 0xFF00_8BF0_0F00_2068);
        assert_eq!(bytes.u64(gdt.base + 0x30), 0);
    }
}

#[test]
fn the_task_allows_every_port_and_has_a_stack_for_exceptions() {
    let (boot, bytes) = boot(Mode::Long, |_, _| ());
    let task = boot.system.tr.base;
    let stack = HOST_BASE + tables::STACK_TOP;
    assert_eq!((bytes.u64(task + 4), bytes.u64(task + 0x24)), (stack, stack));
    let bitmap = u64::from(bytes.byte(task + 0x66)) | u64::from(bytes.byte(task + 0x67)) << 8;
    assert_eq!(bitmap, 0x68);
    assert_eq!(u64::from(boot.system.tr.limit), bitmap + 0x2000);
    assert!((0..=0x2000).all(|i| bytes.byte(task + bitmap + i) == 0));
    assert!(stack > task + bitmap + 0x2000);
}

#[test]
fn every_vector_leads_to_its_own_entry_point() {
    assert_eq!(EXCEPTION_STUBS, [0xF4; 256]);
    for (mode, size) in [(Mode::Protected, 8), (Mode::Long, 16)] {
        let (boot, bytes) = boot(mode, |_, _| ());
        assert_eq!(u64::from(boot.system.idt.limit), 256 * size - 1);
        for vector in 0..=255u8 {
            let gate = bytes.u64(boot.system.idt.base + u64::from(vector) * size);
            let entry = gate & 0xFFFF | gate >> 32 & 0xFFFF_0000;
            assert_eq!(bytes.byte(entry), 0xF4);
            assert_eq!(boot.vector_behind(entry + 1), Some(vector));
            assert_eq!(gate >> 16 & 0xFFFF, 0x08);
            assert_eq!(gate >> 32 & 7, u64::from(size == 16), "stack");
            let raised_by_ring_3 = vector == 3 || vector == 4;
            assert_eq!(gate >> 40 & 0xFF, if raised_by_ring_3 { 0xEE } else { 0x8E });
        }
    }
}

#[test]
fn the_vector_table_of_real_mode_leads_to_the_host() {
    for memory in [None, Some(0x1_0000), Some(0x2_0000), Some(16 << 20)] {
        let (boot, bytes) = boot(Mode::Real, |c, _| c.memory = memory);
        assert!(boot.stubs + 256 <= boot.ram && boot.stubs + 256 <= 0x10_0000);
        for vector in 0..=255u8 {
            let entry = bytes.u64(u64::from(vector) * 4) & 0xFFFF_FFFF;
            let linear = (entry >> 16) * 16 + (entry & 0xFFFF);
            assert_eq!(boot.vector_behind(linear + 1), Some(vector));
            assert_eq!(bytes.byte(linear), 0xF4);
        }
        assert_eq!(boot.vector_behind(boot.stubs), None);
        assert_eq!(boot.vector_behind(boot.stubs + 257), None);
    }
}

#[test]
fn ram_is_mapped_at_its_own_addresses_and_nothing_else() {
    let sizes = [0x11_0000, 16 << 20, 0x3F_F000, 0x40_1000, 1 << 30, 2 << 30, 0xFEC0_0000];
    for ram in sizes {
        let (boot, bytes) = boot(Mode::Long, |c, _| c.memory = Some(ram));
        let walk = |linear| bytes.walk(boot.system.cr3, linear);
        assert_eq!(walk(0), None);
        assert_eq!(walk(PAGE - 1), None);
        let inside = [PAGE, 0x10_0000, ram / 2, ram - PAGE, ram - 1];
        for linear in inside {
            assert_eq!(walk(linear), Some((linear, true, true)), "{ram:#x} {linear:#x}");
        }
        let outside = [ram, ram + PAGE, ram.next_multiple_of(1 << 21), 1 << 32, 1 << 39, 1 << 47];
        for linear in outside {
            assert_eq!(walk(linear), None, "{ram:#x} {linear:#x}");
        }
        assert_eq!(walk(HOST_BASE - 1), None);
        assert_eq!(walk(HOST_BASE + HOST_SIZE), None);
        for offset in [0, tables::IDT, tables::PML4, HOST_SIZE - 1] {
            let linear = HOST_BASE + offset;
            assert_eq!(walk(linear), Some((ram + offset, false, true)), "only ring 0");
        }
    }
}

#[test]
fn page_0_is_mapped_when_the_image_is_there() {
    let (boot, bytes) = boot(Mode::Long, |_, i| i.origin = 0xFFF);
    assert_eq!(bytes.walk(boot.system.cr3, 0), Some((0, true, true)));
}

#[test]
fn pieces_lie_inside_the_memory_they_are_for() {
    for mode in Mode::ALL {
        let (boot, _) = boot(mode, |c, _| c.memory = Some(0xFEC0_0000));
        let host = boot.host.address(boot.ram);
        assert_eq!(boot.host == HostArea::None, mode == Mode::Real);
        for piece in &boot.pieces {
            let end = piece.address + piece.bytes.len() as u64;
            let in_host = piece.address >= host && end <= host + HOST_SIZE;
            assert!(if boot.host != HostArea::None { in_host } else { end <= 0x10_0000 });
        }
    }
}
