//! Single instructions against the results of a real processor, in `answers.txt`; and cases that a
//! program in ring 3 cannot try: CR0, the other modes.

use crate::image::{Image, Mode};
use crate::machine::backend::Backend as _;
use crate::machine::boot::Boot;
use crate::machine::config::Config;
use crate::machine::soft::Machine;
use crate::machine::soft::core::exception::{MF, NM};
use crate::machine::soft::core::fpu::Fpu;
use crate::machine::soft::float::Float80;
use crate::machine::state::memory::Memory;
use crate::machine::state::registers::{CR0_EM, CR0_MP, CR0_NE, CR0_TS, RSI};
use std::time::Duration;

const ANSWERS: &str = include_str!("answers.txt");
/// Where the instruction and its operand in memory are.
const CODE: u64 = 0x8000;
const DATA: u64 = 0xA000;
/// The arithmetic flags at the start: CF, PF, AF, ZF and SF, unless the row is a comparison.
const FLAGS: u64 = 0x8D5;

fn hex(text: &str) -> u64 {
    u64::from_str_radix(text, 16).unwrap()
}

fn bytes(text: &str) -> Vec<u8> {
    let text = if text == "-" { "" } else { text };
    text.as_bytes().chunks(2).map(|pair| hex(str::from_utf8(pair).unwrap()) as u8).collect()
}

fn float(text: &str) -> Float80 {
    let (exponent, significand) = text.split_once(':').unwrap();
    Float80 { significand: hex(significand), exponent: hex(exponent) as u16 }
}

fn shown(value: Float80) -> String {
    format!("{:04x}:{:016x}", value.exponent, value.significand)
}

/// Runs the left side of a row, and gives what its right side should be.
fn answer(machine: &mut Machine<'_>, memory: &Memory, boot: &Boot, row: &[&str]) -> String {
    let [code, control, status, tags, first, second, operand] = row else { panic!("{row:?}") };
    let (code, operand) = (bytes(code), bytes(operand));
    memory.write(CODE, &code).unwrap();
    memory.write(DATA, &operand).unwrap();
    let mut registers = boot.registers;
    registers.general[RSI] = DATA;
    registers.ip = CODE;
    registers.flags |= FLAGS;
    machine.set_registers(&registers).unwrap();
    let fpu = &mut machine.cpu.fpu;
    **fpu = Fpu {
        control: hex(control) as u16,
        status: hex(status) as u16,
        tags: hex(tags) as u8,
        ..Fpu::default()
    };
    fpu.st = [Float80 { significand: 1 << 63, exponent: 0x3FFF }; 8];
    let top = usize::from(fpu.top());
    fpu.st[top] = float(first);
    fpu.st[(top + 1) & 7] = float(second);
    machine.run().unwrap();
    let after = machine.registers().unwrap();
    let mut left = operand;
    memory.read(DATA, &mut left).unwrap();
    let left: String = left.iter().map(|byte| format!("{byte:02x}")).collect();
    let is_done = after.ip == CODE + code.len() as u64;
    let flags = if is_done { after.flags } else { registers.flags } & FLAGS;
    let fpu = &machine.cpu.fpu;
    let st = |n| shown(fpu.st(n));
    assert!(is_done || machine.cpu.fault.vector == MF);
    format!(
        "{:04x} {:02x} {} {} {} {flags:03x} {}",
        fpu.status,
        fpu.tags,
        st(0),
        st(1),
        if left.is_empty() { "-" } else { &left },
        if is_done { "-" } else { "MF" }
    )
}

/// A CPU in a mode, stepped one instruction at a time, as `test` wants it.
fn with_machine(mode: Mode, test: impl FnOnce(&mut Machine<'_>, &Memory, &Boot)) {
    let bits = mode.bits();
    let image = Image { bytes: vec![0x90; 16], origin: CODE, bits, ..Image::default() };
    let boot = Boot::new(&image, &Config { ring: Some(0), ..Config::new(mode) }).unwrap();
    let memory = Memory::new(boot.ram, boot.host).unwrap();
    boot.load(&image, &memory).unwrap();
    let mut machine = Machine::new(&memory, Duration::from_secs(100)).unwrap();
    machine.set_system(&boot.system).unwrap();
    machine.set_single_step(true).unwrap();
    test(&mut machine, &memory, &boot);
}

/// Runs one instruction, and gives the exception that it raises.
fn step(machine: &mut Machine<'_>, memory: &Memory, boot: &Boot, code: &[u8]) -> Option<u8> {
    memory.write(CODE, code).unwrap();
    let mut registers = boot.registers;
    registers.general[RSI] = DATA;
    registers.ip = CODE;
    machine.set_registers(&registers).unwrap();
    machine.run().unwrap();
    let is_done = machine.registers().unwrap().ip == CODE + code.len() as u64;
    (!is_done).then_some(machine.cpu.fault.vector)
}

#[test]
fn instructions_do_what_a_processor_does() {
    let rows = ANSWERS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut wrong = Vec::new();
    let mut count = 0;
    with_machine(Mode::Long, |machine, memory, boot| {
        for row in rows {
            let (left, right) = row.split_once(" > ").unwrap();
            let fields: Vec<&str> = left.split(' ').collect();
            let got = answer(machine, memory, boot, &fields);
            count += 1;
            if got != right {
                wrong.push(format!("{left}\n  here {got}\n  not  {right}"));
            }
        }
    });
    assert!(count > 400 && wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_system_can_take_the_x87_away() {
    // SDM volume 3, table 2-2: fld1, fnstsw ax, fwait.
    let (compute, control, wait): (&[u8], &[u8], &[u8]) = (b"\xD9\xE8", b"\xDF\xE0", b"\x9B");
    let (em, ts, mp) = (CR0_EM, CR0_TS, CR0_MP);
    let rows = [
        (compute, mp, false),
        (compute, em, true),
        (compute, ts, true),
        (control, em, true),
        (control, ts | mp, true),
        (wait, em, false),
        (wait, ts, false),
        (wait, em | mp, false),
        (wait, ts | mp, true),
    ];
    with_machine(Mode::Protected, |machine, memory, boot| {
        for (code, bits, is_refused) in rows {
            machine.set_system(&boot.system).unwrap();
            machine.cpu.system.cr0 = boot.system.cr0 & !(em | ts | mp) | bits;
            let vector = step(machine, memory, boot, code);
            assert_eq!(vector, is_refused.then_some(NM), "{code:x?} with {bits:x}");
        }
    });
}

#[test]
fn an_exception_waits_for_the_next_instruction_that_waits() {
    for mode in [Mode::Real, Mode::Protected, Mode::Long] {
        with_machine(mode, |machine, memory, boot| {
            for numeric in [CR0_NE, 0] {
                machine.set_system(&boot.system).unwrap();
                machine.cpu.system.cr0 = boot.system.cr0 & !CR0_NE | numeric;
                // 1 / 0, with a division by zero not masked.
                *machine.cpu.fpu = Fpu { control: 0x37B, ..Fpu::default() };
                for code in [b"\xD9\xE8", b"\xD9\xEE", b"\xDE\xF9"] {
                    assert_eq!(step(machine, memory, boot, code), None);
                }
                assert_eq!(machine.cpu.fpu.status & 0x80FF, 0x8084);
                assert_eq!(machine.cpu.fpu.opcode, 0x6F9);
                assert_eq!(machine.cpu.fpu.instruction, CODE);
                // fnstsw ax; nop; fld1; fwait; fldcw [..]; fnclex; fld1
                let codes: [(&[u8], Option<u8>); 7] = [
                    (b"\xDF\xE0", None),
                    (b"\x90", None),
                    (b"\xD9\xE8", Some(MF)),
                    (b"\x9B", Some(MF)),
                    (b"\xD9\x6D\x00", Some(MF)),
                    (b"\xDB\xE2", None),
                    (b"\xD9\xE8", None),
                ];
                for (code, vector) in codes {
                    machine.set_system(&boot.system).unwrap();
                    assert_eq!(step(machine, memory, boot, code), vector, "{mode:?} {code:x?}");
                }
            }
        });
    }
}

/// A mode, a store and a load, the image, and the pointers that are loaded from it.
type Row<'a> = (Mode, &'a [u8], &'a [u8], Vec<u8>, (u64, u64, u16));

#[test]
fn images_have_the_layout_of_the_mode() {
    // By the figures of SDM volume 1, 8.1.10. In 16-bit code [si], in 32-bit code [esi].
    let pointers = (0x1_2345, 0x5_4321, 0x5A5);
    let words = |text: &str| bytes(&text.replace(' ', ""));
    let narrow_real = words("7F03 0138 FFFF 4523 A515 2143 0050");
    let wide_real = words("7F03FFFF 0138FFFF FFFFFFFF 4523FFFF A5150000 2143FFFF 00500000");
    let narrow_protected = words("7F03 0138 FFFF 4523 0000 2143 0000");
    let wide_protected = words("7F03FFFF 0138FFFF FFFFFFFF 45230100 0000A505 21430500 0000FFFF");
    let rows: [Row<'_>; 4] = [
        (Mode::Real, b"\xD9\x34", b"\xD9\x24", narrow_real, pointers),
        (Mode::Real, b"\x66\xD9\x34", b"\x66\xD9\x24", wide_real, pointers),
        // What does not fit is lost.
        (Mode::Protected, b"\x66\xD9\x36", b"\x66\xD9\x26", narrow_protected, (0x2345, 0x4321, 0)),
        (Mode::Protected, b"\xD9\x36", b"\xD9\x26", wide_protected, pointers),
    ];
    for (mode, store, load, expected, after) in rows {
        with_machine(mode, |machine, memory, boot| {
            let (instruction, operand, opcode) = pointers;
            let status = 0x3801;
            *machine.cpu.fpu = Fpu { status, instruction, operand, opcode, ..Fpu::default() };
            assert_eq!(step(machine, memory, boot, store), None);
            let mut image = vec![0; expected.len()];
            memory.read(DATA, &mut image).unwrap();
            assert_eq!(image, expected, "{mode:?} {store:x?}");
            *machine.cpu.fpu = Fpu::default();
            assert_eq!(step(machine, memory, boot, load), None);
            let fpu = &machine.cpu.fpu;
            assert_eq!((fpu.control, fpu.status, fpu.tags), (0x37F, status, 0));
            assert_eq!((fpu.instruction, fpu.operand, fpu.opcode), after, "{mode:?} {load:x?}");
        });
    }
}
