//! Single instructions against answers of a real processor, in `answers.txt`.
//!
//! Each row is run by itself, on registers that are empty but for those it names.

use crate::image::{Image, Mode};
use crate::machine::backend::Backend as _;
use crate::machine::boot::Boot;
use crate::machine::config::Config;
use crate::machine::memory::Memory;
use crate::machine::registers::RSI;
use crate::machine::soft::Machine;
use crate::machine::soft::fpu::{Float80, Fpu};
use crate::machine::soft::interrupt::MF;
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

#[test]
fn instructions_do_what_a_processor_does() {
    let image = Image { bytes: vec![0x90; 16], origin: CODE, bits: 64, ..Image::default() };
    let boot = Boot::new(&image, &Config { ring: Some(0), ..Config::new(Mode::Long) }).unwrap();
    let memory = Memory::new(boot.ram, boot.host).unwrap();
    boot.load(&image, &memory).unwrap();
    let mut machine = Machine::new(&memory, Duration::from_secs(100)).unwrap();
    machine.set_system(&boot.system).unwrap();
    machine.set_single_step(true).unwrap();
    let rows = ANSWERS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in rows {
        let (left, right) = row.split_once(" > ").unwrap();
        let fields: Vec<&str> = left.split(' ').collect();
        let got = answer(&mut machine, &memory, &boot, &fields);
        count += 1;
        if got != right {
            wrong.push(format!("{left}\n  here {got}\n  not  {right}"));
        }
    }
    assert!(count > 400 && wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}
