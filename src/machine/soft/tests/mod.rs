//! Properties of the state, and single instructions whose results are known.

use super::Machine;
mod hostile;

use super::core::flags::{ALL, ARITHMETIC, FIXED, ROWS};
use super::core::fpu::Fpu;
use super::float::Float80;
use crate::image::{Image, Mode};
use crate::machine::backend::{Backend as _, Exit};
use crate::machine::boot::Boot;
use crate::machine::config::Config;
use crate::machine::state::memory::Memory;
use crate::machine::state::registers::Registers;
use std::time::Duration;

/// Numbers that repeat from run to run: xorshift.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// Runs `code` at its place in a mode, with `registers` changed, until `hlt` or another exit.
fn run(mode: Mode, code: &[u8], change: impl FnOnce(&mut Registers)) -> (Exit, Registers) {
    let bits = mode.bits();
    let image = Image { bytes: code.to_vec(), origin: 0x8000, bits, ..Image::default() };
    let mut boot = Boot::new(&image, &Config { ring: Some(0), ..Config::new(mode) }).unwrap();
    change(&mut boot.registers);
    let memory = Memory::new(boot.ram, boot.host).unwrap();
    boot.load(&image, &memory).unwrap();
    let mut machine = Machine::new(&memory, Duration::from_secs(10)).unwrap();
    machine.set_system(&boot.system).unwrap();
    machine.set_registers(&boot.registers).unwrap();
    let exit = machine.run().unwrap();
    (exit, machine.registers().unwrap())
}

#[test]
fn flags_come_back_as_they_were_set() {
    let memory = Memory::new(1 << 16, crate::machine::state::memory::HostArea::None).unwrap();
    let mut machine = Machine::new(&memory, Duration::from_secs(10)).unwrap();
    for bits in 0..1 << 12 {
        let flags = (bits & ARITHMETIC) | 0x400;
        machine.cpu.set_flags(flags);
        assert_eq!(machine.cpu.flags(), flags & ALL | FIXED, "{flags:#x}");
    }
}

#[test]
fn conditions_by_table_are_those_that_the_flags_make() {
    let memory = Memory::new(1 << 16, crate::machine::state::memory::HostArea::None).unwrap();
    let mut machine = Machine::new(&memory, Duration::from_secs(10)).unwrap();
    let cpu = &mut machine.cpu;
    for (a, b) in (0..256).flat_map(|a| (0..256).map(move |b| (a, b))) {
        for adds in [false, true] {
            cpu.flags_of(a, b, 8, adds);
            for code in (0..16).filter(|code| code >> 1 != 5) {
                let by_table = cpu.holds(ROWS[usize::from(code)]);
                assert_eq!(by_table, cpu.condition(code), "condition {code} of {a} and {b}");
            }
        }
    }
}

#[test]
fn the_vector_state_goes_to_snapshots_and_back() {
    let mut fpu =
        Fpu { mxcsr: 0x1FA5, control: 0x27F, status: 5 << 11, tags: 0xE0, ..Fpu::default() };
    for (n, register) in fpu.ymm.iter_mut().enumerate() {
        *register = [1, 2, 3, 4].map(|word| word << 32 | n as u64);
    }
    for (n, register) in fpu.st.iter_mut().enumerate() {
        *register = Float80 { significand: 1 << 63 | n as u64, exponent: 0x3FFF };
    }
    // What comes from memory counts as in use.
    fpu.loaded = 7;
    assert_eq!(Fpu::from_extended(&fpu.to_extended()), fpu);
    let extended = fpu.to_extended();
    // st(0) is physical register 5.
    assert_eq!((extended.st(0)[0], extended.st_in_use(0), extended.st_in_use(3)), (5, true, false));
    // The upper half of ymm7, at its place in the XSAVE area.
    assert_eq!(
        extended.area[576 + 16 * 7..][..16],
        [7, 0, 0, 0, 3, 0, 0, 0, 7, 0, 0, 0, 4, 0, 0, 0]
    );
}

#[test]
fn a_32_bit_result_clears_the_upper_half() {
    // add eax, 1 (0 and carries out); hlt
    let (exit, registers) = run(Mode::Long, b"\x83\xC0\x01\xF4", |r| r.general[0] = u64::MAX);
    assert_eq!((exit, registers.general[0]), (Exit::Halt, 0));
    // CF, PF, AF, ZF
    assert_eq!(registers.flags & ARITHMETIC, 0x55);
}

#[test]
fn a_jump_to_where_there_is_no_memory_stops_there() {
    // jmp 0x20008005
    let (exit, registers) = run(Mode::Protected, b"\xE9\0\0\0\x20", |_| {});
    assert_eq!((exit, registers.ip), (Exit::InternalError { suberror: 1 }, 0x2000_8005));
}

#[test]
fn a_write_outside_is_told_behind_the_instruction() {
    // mov [0x20000000], eax
    let (exit, registers) = run(Mode::Protected, b"\xA3\0\0\0\x20", |_| {});
    assert_eq!(exit, Exit::Outside { address: 0x2000_0000, write: true });
    assert_eq!(registers.ip, 0x8005);
}

#[test]
fn a_vector_stored_over_the_code_behind_it_is_run() {
    // movups xmm0, [rip + 24]; movups [rip], xmm0; 8 times ud2, which become nops; hlt
    let mut code = b"\x0F\x10\x05\x18\0\0\0\x0F\x11\x05\0\0\0\0".to_vec();
    code.extend(b"\x0F\x0B".repeat(8));
    code.push(0xF4);
    code.extend([0x90; 16]);
    let (exit, registers) = run(Mode::Long, &code, |_| {});
    assert_eq!((exit, registers.ip), (Exit::Halt, 0x801F));
}

#[test]
fn code_that_comes_to_be_where_data_was_written_is_seen() {
    // The page of the second routine is written first, then run, then written again.
    //   mov byte [0x9000], 0x40 (inc eax); mov byte [0x9001], 0xC3 (ret); call 0x9000
    //   mov byte [0x9000], 0x48 (dec eax); call 0x9000; call 0x9000; hlt
    let code = b"\xC6\x05\0\x90\0\0\x40\xC6\x05\x01\x90\0\0\xC3\xE8\xED\x0F\0\0\
        \xC6\x05\0\x90\0\0\x48\xE8\xE1\x0F\0\0\xE8\xDC\x0F\0\0\xF4";
    let (exit, registers) = run(Mode::Protected, code, |r| r.general[0] = 5);
    assert_eq!((exit, registers.general[0]), (Exit::Halt, 4));
}

#[test]
fn a_fault_that_nothing_handles_is_a_triple_fault() {
    // An IDT of one byte (push 0, twice; lidt of the stack), and then int3.
    let flat = b"\x6A\x00\x6A\x00\x0F\x01\x1C\x24\xCC".as_slice();
    // The same by bp; and an interrupt at sp = 1, where nothing can be pushed.
    let real = b"\x6A\x00\x6A\x00\x6A\x00\x89\xE5\x0F\x01\x5E\x00\xCC".as_slice();
    let stack = b"\xBC\x01\x00\xCD\x21".as_slice();
    for (mode, code, length) in [
        (Mode::Protected, flat, 8),
        (Mode::Long, flat, 8),
        (Mode::Real, real, 12),
        (Mode::Real, stack, 3),
    ] {
        let (exit, registers) = run(mode, code, |_| {});
        assert_eq!((exit, registers.ip), (Exit::TripleFault, 0x8000 + length), "{mode:?}");
    }
}

/// Where the two strings of [`a_search_ends_where_its_items_say`] are: across the end of a page.
const STRINGS: [usize; 2] = [0xF83, 0x1F42];

#[test]
fn a_search_ends_where_its_items_say() {
    for (width, compare, scan) in
        [(1, &b"\xA6"[..], &b"\xAE"[..]), (2, b"\x66\xA7", b"\x66\xAF"), (4, b"\xA7", b"\xAF")]
    {
        for (count, at) in [(3, 1), (3, 9), (150, 0), (150, 70), (150, 149), (150, 999), (900, 800)]
        {
            let mut image = vec![0x55; 0x4000];
            // The item of the second string in its top byte; little-endian, so it decides.
            if let Some(byte) = image.get_mut(STRINGS[1] + (at + 1) * width - 1) {
                *byte = 0xAA;
            }
            let done = count.min(at + 1);
            let is_found = at < count;
            let mut check = |prefix: u8, instruction: &[u8], accumulator: u64, cx: usize| {
                image.splice(..instruction.len() + 2, [&[prefix], instruction, &[0xF4]].concat());
                let (exit, registers) = run(Mode::Protected, &image, |r| {
                    r.general[0] = accumulator;
                    r.general[1] = cx as u64;
                    (r.general[6], r.general[7]) =
                        (0x8000 + STRINGS[0] as u64, 0x8000 + STRINGS[1] as u64);
                });
                assert_eq!(exit, Exit::Halt);
                let what = format!("{instruction:x?} of {count} items, {at}");
                assert_eq!(registers.general[1], (count - done) as u64, "{what}");
                assert_eq!(
                    registers.general[7],
                    (0x8000 + STRINGS[1] + done * width) as u64,
                    "{what}"
                );
                registers
            };
            // repe cmps: 0x55… - 0xAA… borrows.
            let registers = check(0xF3, compare, 0, count);
            assert_eq!(registers.general[6], (0x8000 + STRINGS[0] + done * width) as u64);
            assert_eq!(registers.flags & 0x41, if is_found { 1 } else { 0x40 });
            // repe scas looks for another item than that in the accumulator,
            let registers = check(0xF3, scan, 0x5555_5555, count);
            assert_eq!(registers.flags & 0x41, if is_found { 1 } else { 0x40 });
            // and repne scas for the same.
            let wanted = 0xAA55_5555 >> (32 - 8 * width);
            let registers = check(0xF2, scan, wanted, count);
            assert_eq!(registers.flags & 0x41, if is_found { 0x40 } else { 0 });
        }
    }
}
