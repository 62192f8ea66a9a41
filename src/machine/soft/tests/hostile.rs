//! Guests with garbage in their tables: the CPU neither panics nor runs past its time limit,
//! whatever is in memory and registers.
//!
//! `APPLET_ROUNDS` sets the number of guests.

use super::Random;
use crate::machine::backend::Backend as _;
use crate::machine::soft::Machine;
use crate::machine::state::memory::{HostArea, Memory};
use crate::machine::state::registers::{Registers, Segment, System, Table};
use std::time::{Duration, Instant};

/// Bytes of RAM: so few that much of what tables name is not there.
const RAM: u64 = 1 << 17;
/// Where the tables and the code of a guest are.
const GDT: u64 = 0x1000;
const IDT: u64 = 0x2000;
const TASK: u64 = 0x3000;
const PAGES: u64 = 0x4000;
const CODE: u64 = 0x8000;
const STACK: u64 = 0x7000;

/// Instructions that a system uses, and some that fault, as bytes.
const CHOICE: [&[u8]; 24] = [
    b"\xCD\x21",           // int 0x21
    b"\xCF",               // iret
    b"\x48\xCF",           // iretq, or dec eax and iret
    b"\xCB",               // retf
    b"\x0F\x0B",           // ud2
    b"\xF7\xF1",           // div ecx
    b"\x8E\xD8",           // mov ds, eax
    b"\x8E\xD0",           // mov ss, eax
    b"\x0F\x00\xD8",       // ltr ax
    b"\x0F\x00\xD0",       // lldt ax
    b"\x0F\x22\xD8",       // mov cr3, eax
    b"\x0F\x22\xC0",       // mov cr0, eax
    b"\x0F\x22\xE0",       // mov cr4, eax
    b"\x0F\x23\xF8",       // mov dr7, eax
    b"\x0F\x30",           // wrmsr
    b"\x0F\x01\x19",       // lidt [ecx]
    b"\x0F\x01\x11",       // lgdt [ecx]
    b"\x9D",               // popf
    b"\xFF\x29",           // jmp far [ecx]
    b"\xFF\x19",           // call far [ecx]
    b"\xEA\0\0\0\0\x28\0", // jmp 0x28:0, a task
    b"\x9A\0\0\0\0\x30\0", // call 0x30:0
    b"\xF3\xA4",           // rep movsb
    b"\x0F\x35",           // sysexit
];

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 11) % limit
    }

    /// A descriptor or a gate that makes some sense.
    fn descriptor(&mut self) -> u64 {
        let access = 0x80 | self.next() & 0x7F;
        let base = [0, TASK, GDT, CODE][self.below(4) as usize];
        let limit = [0xFFFF, 0x67, 0xFFF, 0][self.below(4) as usize];
        let upper = [0xCF, 0xAF, 0x40, 0x00][self.below(4) as usize];
        limit | base << 16 | access << 40 | upper << 48
    }

    fn gate(&mut self) -> u64 {
        let kind = [0x8E, 0x8F, 0xEE, 0x85, 0x86, 0x0E][self.below(6) as usize];
        let selector = 8 * self.below(8) + if self.below(8) == 0 { 3 } else { 0 };
        (CODE + self.below(0x40)) | selector << 16 | kind << 40
    }

    /// An entry of a page table: mostly of tables that are there.
    fn entry(&mut self) -> u64 {
        let place = match self.below(8) {
            0 => self.next() & 0x000F_FFFF_FFFF_F000,
            n => PAGES + 0x1000 * (n % 4),
        };
        let place = if self.below(2) == 0 { 0x1000 * self.below(32) } else { place };
        place | self.next() & 0x87 | u64::from(self.below(16) != 0)
    }

    fn segment(&mut self, cpl: u8, is_code: bool) -> Segment {
        Segment {
            limit: u32::MAX,
            selector: 8 | u16::from(cpl),
            kind: if is_code { 11 } else { 3 },
            dpl: cpl,
            present: true,
            code_or_data: true,
            big: self.below(2) == 0,
            long: is_code && self.below(2) == 0,
            granular: true,
            ..Segment::default()
        }
    }
}

fn fill(random: &mut Random, memory: &Memory) {
    let put = |at: u64, word: u64| memory.write(at, &word.to_le_bytes()).unwrap();
    for n in 0..64 {
        put(GDT + 8 * n, random.descriptor());
        put(TASK + 8 * n, random.below(RAM));
    }
    for n in 0..512 {
        put(IDT + 8 * n, random.gate());
    }
    for n in 0..2048 {
        put(PAGES + 8 * n, random.entry());
    }
    // In real mode the vectors are at 0.
    for n in 0..128 {
        put(8 * n, CODE + random.below(0x40));
    }
    let mut at = CODE;
    while at < CODE + 0x400 {
        let bytes = CHOICE[random.below(CHOICE.len() as u64) as usize];
        memory.write(at, bytes).unwrap();
        at += bytes.len() as u64;
        if random.below(3) == 0 {
            memory.write(at, &random.next().to_le_bytes()).unwrap();
            at += 1 + random.below(8);
        }
    }
}

fn system(random: &mut Random) -> System {
    let cpl = if random.below(2) == 0 { 0 } else { 3 };
    let (code, data) = (random.segment(cpl, true), random.segment(cpl, false));
    let mut system = System {
        cs: code,
        ds: data,
        es: data,
        fs: data,
        gs: data,
        ss: data,
        tr: Segment { base: TASK, limit: 0x67, selector: 0x28, kind: 11, ..data },
        gdt: Table { base: GDT, limit: 0x1FF },
        idt: Table { base: IDT, limit: 0xFFF },
        cr0: [0x10, 0x11, 0x8001_0011][random.below(3) as usize],
        cr3: PAGES,
        cr4: [0, 0x10, 0x20, 0x620][random.below(4) as usize],
        ..System::default()
    };
    system.tr.code_or_data = false;
    if system.cr0 >> 31 != 0 && system.cr4 & 0x20 != 0 && random.below(2) == 0 {
        system.efer = 0xD00;
    }
    if system.cr0 & 1 == 0 {
        system.idt = Table { base: 0, limit: 0x3FF };
    }
    system
}

#[test]
fn a_guest_with_garbage_for_tables_is_stopped_in_time() {
    let rounds = std::env::var("APPLET_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(150);
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    for round in 0..rounds {
        let memory = Memory::new(RAM, HostArea::None).unwrap();
        fill(&mut random, &memory);
        let mut machine = Machine::new(&memory, Duration::from_millis(4)).unwrap();
        machine.set_system(&system(&mut random)).unwrap();
        let mut registers = Registers { ip: CODE, ..Registers::default() };
        for register in &mut registers.general {
            *register = random.below(RAM);
        }
        registers.general[4] = STACK;
        registers.flags = random.next() & 0x7_7FD5 | 2;
        machine.set_registers(&registers).unwrap();
        for _ in 0..4 {
            let start = Instant::now();
            machine.run().unwrap();
            let took = start.elapsed();
            assert!(took < Duration::from_secs(10), "round {round} took {took:?}");
        }
    }
}
