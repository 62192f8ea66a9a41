//! Tests port accesses with a CPU that is only a set of registers.

use super::{Hypercalls, PortFault, Stop};
use crate::abi::port;
use crate::image::{Image, Mode};
use crate::machine::backend::Backend;
use crate::machine::backend::{Exit, PortAccess};
use crate::machine::boot::Boot;
use crate::machine::config::{Config, Io, Output};
use crate::machine::limits::Limits;
use crate::machine::outcome::HostError;
use crate::machine::state::extended::Extended;
use crate::machine::state::memory::Memory;
use crate::machine::state::registers::{Registers, System};
use std::time::Instant;

struct Cpu {
    registers: Registers,
    system: System,
    data: Vec<u8>,
}

impl Backend for Cpu {
    fn run(&mut self) -> Result<Exit, HostError> {
        Ok(Exit::Halt)
    }
    fn port_data(&mut self) -> &mut [u8] {
        &mut self.data
    }
    fn registers(&mut self) -> Result<Registers, HostError> {
        Ok(self.registers)
    }
    fn set_registers(&mut self, registers: &Registers) -> Result<(), HostError> {
        self.registers = *registers;
        Ok(())
    }
    fn system(&mut self) -> Result<System, HostError> {
        Ok(self.system)
    }
    fn set_system(&mut self, system: &System) -> Result<(), HostError> {
        self.system = *system;
        Ok(())
    }
    fn complete(&mut self) -> Result<(), HostError> {
        Ok(())
    }
    fn set_single_step(&mut self, _: bool) -> Result<(), HostError> {
        Ok(())
    }
    fn extended(&mut self) -> Result<Extended, HostError> {
        Ok(Extended::default())
    }
    fn set_extended(&mut self, _: &Extended) -> Result<(), HostError> {
        Ok(())
    }
}

/// Serves one access in protected mode, with base and limit of ds as given. Returns the data.
fn serve(
    number: u16,
    width: u8,
    registers: [(usize, u64); 3],
    base: u64,
    limit: u32,
) -> Result<Vec<u8>, Stop> {
    let config = Config::new(Mode::Protected);
    let image = Image { origin: 0x1000, ..Image::default() };
    let boot = Boot::new(&image, &config)?;
    let memory = Memory::new(boot.ram, boot.host)?;
    memory.write(0x2000, b"text").unwrap();
    let mut cpu =
        Cpu { registers: boot.registers, system: boot.system, data: vec![0; width.into()] };
    for (index, value) in registers {
        cpu.registers.general[index] = value;
    }
    (cpu.system.ds.base, cpu.system.ds.limit) = (base, limit);
    let mut io = Io::buffers(*b"input");
    let mut calls =
        Hypercalls::new(&config, &mut io, &boot, &memory, Limits::new(Instant::now(), None));
    calls.port_in(&mut cpu, PortAccess { port: number, width, count: 1 })?;
    if let Output::Buffer(bytes) = &io.output {
        cpu.data.extend_from_slice(bytes);
    }
    Ok(cpu.data)
}

fn is_bad_buffer(result: Result<Vec<u8>, Stop>) -> bool {
    matches!(result, Err(Stop::Fault(PortFault::Buffer { .. })))
}

const CX: usize = 1;
const SI: usize = 6;
const FLAT: u32 = u32::MAX;

#[test]
fn bases_and_limits_of_segments_count() {
    let write =
        |si, cx, base, limit| serve(port::WRITE, 4, [(SI, si), (CX, cx), (0, 0)], base, limit);
    assert_eq!(write(0x2000, 4, 0, FLAT).unwrap(), b"\x04\0\0\0text");
    assert_eq!(write(0x1000, 3, 0x1000, FLAT).unwrap(), b"\x03\0\0\0tex");
    assert_eq!(write(0, 4, 0x2000, 3).unwrap(), b"\x04\0\0\0text");
    assert!(is_bad_buffer(write(0, 4, 0x2000, 2)));
    assert!(is_bad_buffer(write(0xFFFF_FFFF, 2, 0, FLAT)), "it does not wrap around");
    assert!(is_bad_buffer(write(0xFFF0_0000, 1, 0, FLAT)), "the host's area is not RAM");
    // A base that wraps around 4 GiB works as on a processor.
    assert_eq!(write(0x3000, 1, 0xFFFF_F000, FLAT).unwrap(), b"\x01\0\0\0t");
}

#[test]
fn only_the_low_half_of_a_register_counts_in_32_bit_code() {
    let high = 0xDEAD_BEEF_0000_0000;
    let result = serve(port::WRITE, 4, [(SI, high | 0x2000), (CX, high | 4), (0, 0)], 0, FLAT);
    assert_eq!(result.unwrap(), b"\x04\0\0\0text");
}

#[test]
fn an_empty_buffer_may_be_anywhere() {
    let result = serve(port::WRITE, 4, [(SI, 0xFFFF_FFFF), (CX, 0), (0, 0)], 0, 0);
    assert_eq!(result.unwrap(), b"\0\0\0\0");
}
