//! Long mode: RAM is identity-mapped, the host's area is mapped for ring 0 only, and page 0 is not
//! mapped, so that an access through a null pointer faults.
//!
//! The page tables are in the host's area, which is directly after RAM and mapped at `HOST_BASE`.

use super::{Boot, CR0, PAGE, Piece, host_system, registers, tables};
use crate::image::Image;
use crate::machine::state::memory::{HOST_BASE, HOST_SIZE, HostArea};
use crate::machine::state::registers::{CR0_PE, CR0_PG, CR0_WP, CR4_PAE, EFER_LMA, EFER_LME};

/// P and R/W of a page-table entry (SDM volume 3, 4.5).
const PRESENT_WRITABLE: u64 = 0b11;
/// U/S: accessible at ring 3.
const USER: u64 = 0b100;
/// PS: a large page rather than a further table.
const LARGE: u64 = 1 << 7;
/// Bytes that a page-directory entry covers.
const DIRECTORY_ENTRY: u64 = 0x20_0000;
/// Bytes that a page directory covers.
const DIRECTORY: u64 = 0x4000_0000;

pub(super) fn boot(image: &Image, ram: u64, ring: u8) -> Boot {
    let (mut system, mut pieces) = host_system(ring, true, HostArea::Behind.address(ram));
    system.cr0 = CR0 | CR0_PE | CR0_PG | CR0_WP;
    system.cr3 = ram + tables::PML4;
    system.cr4 |= CR4_PAE;
    system.efer = EFER_LME | EFER_LMA;
    pieces.extend(page_tables(ram, image.origin < PAGE));
    Boot {
        registers: registers(image, ram),
        system,
        pieces,
        ram,
        host: HostArea::Behind,
        stubs: HOST_BASE + tables::STUBS,
        confined: ring == 3,
    }
}

/// The page tables. Only entries that are not 0 are written, so the cost hardly depends on the size
/// of RAM.
fn page_tables(ram: u64, map_page_0: bool) -> Vec<Piece> {
    let base = HostArea::Behind.address(ram);
    let table = |offset: u64| (base + offset) | PRESENT_WRITABLE | USER;
    let piece = |offset: u64, entries: &[u64]| {
        let bytes: Vec<u8> = entries.iter().flat_map(|e| e.to_le_bytes()).collect();
        Piece::new(base + offset, bytes)
    };
    let directories: Vec<u64> = (0..4).map(|i| table(tables::DIRECTORIES + i * PAGE)).collect();
    let mut pieces = vec![
        piece(tables::PML4, &[table(tables::DIRECTORY_POINTERS)]),
        piece(tables::DIRECTORY_POINTERS, &directories),
    ];
    // The first 2 MiB in pages of 4 KiB, because of page 0.
    let first = pages(0, ram.min(DIRECTORY_ENTRY), !map_page_0);
    pieces.push(piece(tables::FIRST_PAGES, &first));
    // The last pages too, if the size of RAM is not a multiple of 2 MiB.
    let whole = ram - ram % DIRECTORY_ENTRY;
    let rest = whole != ram && whole != 0;
    if rest {
        pieces.push(piece(tables::LAST_PAGES, &pages(whole, ram, false)));
    }
    for directory in 0..=ram / DIRECTORY {
        let start = directory * DIRECTORY;
        let end = ram.next_multiple_of(DIRECTORY_ENTRY).min(start + DIRECTORY);
        let entries: Vec<u64> = (start / DIRECTORY_ENTRY..end / DIRECTORY_ENTRY)
            .map(|i| match i * DIRECTORY_ENTRY {
                0 => table(tables::FIRST_PAGES),
                last if rest && last == whole => table(tables::LAST_PAGES),
                address => address | PRESENT_WRITABLE | USER | LARGE,
            })
            .collect();
        if !entries.is_empty() {
            pieces.push(piece(tables::DIRECTORIES + directory * PAGE, &entries));
        }
    }
    // The host's area, for ring 0 only.
    let hidden: Vec<u64> =
        (base..base + HOST_SIZE).step_by(0x1000).map(|page| page | PRESENT_WRITABLE).collect();
    let index = |covered: u64| HOST_BASE % (covered * 512) / covered * 8;
    pieces.push(piece(tables::HOST_PAGES + index(PAGE), &hidden));
    let directory = tables::DIRECTORIES + HOST_BASE / DIRECTORY * PAGE;
    pieces.push(piece(directory + index(DIRECTORY_ENTRY), &[table(tables::HOST_PAGES)]));
    pieces
}

/// Entries for the pages of 4 KiB from `start` to `end`, the first of them not present on request.
fn pages(start: u64, end: u64, without_first: bool) -> Vec<u64> {
    (start / PAGE..end / PAGE)
        .map(|i| {
            if without_first && i * PAGE == start {
                0
            } else {
                (i * PAGE) | PRESENT_WRITABLE | USER
            }
        })
        .collect()
}
