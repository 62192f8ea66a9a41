//! The machine: the loop over blocks of decoded instructions, single steps, exceptions and exits.

mod blocks;
mod decode;
mod table;

use crate::machine::backend::{Backend, Exit, Raised};
use crate::machine::outcome::HostError;
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::fpu::Fpu;
use crate::machine::soft::core::op::{Flow, Op, Stop};
use crate::machine::soft::core::{debug, exception, flags, port};
use crate::machine::soft::system::interrupt::{Delivery, Event};
use crate::machine::state::CpuState;
use crate::machine::state::extended::Extended;
use crate::machine::state::memory::Memory;
use crate::machine::state::registers::{CR4_OSXSAVE, Registers, System};
use blocks::Cache;
use std::time::{Duration, Instant};

/// Instructions between two reads of the clock.
const LOOK: u64 = 200_000;
/// KVM's suberror for an instruction that cannot be emulated.
const EMULATION: u32 = 1;

/// A machine with a CPU in software.
#[derive(Debug)]
pub struct Machine<'m> {
    pub(super) cpu: Cpu<'m>,
    cache: Cache,
    memory: &'m Memory,
    period: Duration,
    kick: Instant,
    /// The instruction count at which the clock is read next.
    clock_at: u64,
    single_step: bool,
    /// A debug trap that is pending until a port access completes, and whether it is a single step.
    trap: Option<bool>,
}

impl<'m> Machine<'m> {
    /// A machine around `memory`, whose guest stops every `period`. What is stepped
    /// ([`Backend::set_single_step`]) stops after every instruction.
    ///
    /// # Errors
    /// There is no memory.
    pub fn new(memory: &'m Memory, period: Duration) -> Result<Self, HostError> {
        Ok(Self {
            cpu: Cpu::new(memory)?,
            cache: Cache::new(),
            memory,
            period,
            kick: Instant::now() + period,
            clock_at: LOOK,
            single_step: false,
            trap: None,
        })
    }

    /// Seeds the random numbers of the CPU.
    #[must_use]
    pub fn seeded(mut self, seed: Option<u64>) -> Self {
        // These differ from the numbers of port RANDOM for the same seed.
        self.cpu.random = seed.map_or(0, |seed| !seed);
        self
    }

    /// All of the CPU's state.
    pub fn state(&mut self) -> CpuState {
        CpuState {
            registers: self.cpu.registers(),
            system: self.cpu.system,
            extended: self.cpu.fpu.to_extended(),
            special: self.cpu.special(),
        }
    }

    /// Sets the state. Memory may have changed too, so cached code and translations are dropped.
    pub fn put(&mut self, state: &CpuState) {
        let cpu = &mut self.cpu;
        self.cache.forget(cpu);
        cpu.exit = Exit::Kicked;
        cpu.port = port::Pending::default();
        cpu.system = state.system;
        cpu.set_special(&state.special);
        *cpu.fpu = Fpu::from_extended(&state.extended);
        let _ = cpu.load_directory_pointers();
        cpu.remapped();
        cpu.mode_changed();
        cpu.set_registers(&state.registers);
    }

    /// Runs until the guest leaves the CPU.
    fn run_guest(&mut self) -> Exit {
        loop {
            let exit =
                if self.cpu.count < self.cpu.look_at { self.run_block() } else { self.look() };
            if let Some(exit) = exit {
                return exit;
            }
        }
    }

    /// Handles everything that can be due between two blocks, and runs one.
    #[inline(never)]
    fn look(&mut self) -> Option<Exit> {
        if self.cpu.stale {
            self.cache.remove_killed(&mut self.cpu);
            // Decoding takes a hundred times as long as executing.
            self.clock_at = self.clock_at.saturating_sub(100);
        }
        if self.cpu.count >= self.clock_at && self.is_time() {
            return Some(Exit::Kicked);
        }
        if self.cpu.stepping {
            return self.step();
        }
        self.cpu.look_at = self.clock_at;
        self.run_block()
    }

    /// Whether the limits have to be checked.
    fn is_time(&mut self) -> bool {
        self.clock_at = self.cpu.count + LOOK;
        let now = Instant::now();
        let is_time = now >= self.kick;
        if is_time {
            self.kick = now + self.period;
        }
        is_time
    }

    #[inline(always)]
    fn run_block(&mut self) -> Option<Exit> {
        let number = match self.cache.find(&mut self.cpu) {
            Ok(number) => number,
            Err(stop) => return self.not_found(stop),
        };
        let block = self.cache.get(number)?;
        let cpu = &mut self.cpu;
        cpu.block_ip = block.ip;
        cpu.ip = block.end;
        let mut left = block.ops.as_slice();
        while let Some((op, behind)) = left.split_first() {
            let flow = (op.run)(cpu, op);
            if flow.is_ok() && !cpu.stale {
                left = behind;
                continue;
            }
            let done = block.ops.len() - left.len();
            cpu.count += done as u64 + u64::from(flow.is_ok());
            let op = *op;
            let is_last = behind.is_empty();
            return self.settle(flow, &op, is_last);
        }
        cpu.count += block.count;
        None
    }

    /// Handles an instruction that is not simply followed by the next.
    #[inline(never)]
    fn settle(&mut self, flow: Flow, op: &Op, is_last: bool) -> Option<Exit> {
        let cpu = &mut self.cpu;
        let stop = match flow {
            // The last operation has set the instruction pointer.
            Ok(()) if is_last => Stop::Leave,
            Ok(()) => Stop::Next,
            Err(stop) => stop,
        };
        match stop {
            Stop::Fault => return self.fault(self.cpu.start(op)),
            Stop::Leave => {}
            Stop::Next => cpu.ip = cpu.next_ip(op),
            Stop::Again => cpu.ip = cpu.start(op),
            Stop::Exit => {
                cpu.count += 1;
                return Some(cpu.exit);
            }
            Stop::Outside => {
                // The exit of a write comes after the instruction, as in hypervisors.
                let is_write = matches!(cpu.exit, Exit::Outside { write: true, .. });
                cpu.ip = if is_write { cpu.next_ip(op) } else { cpu.start(op) };
                return Some(cpu.exit);
            }
            Stop::Missing => {
                cpu.ip = cpu.start(op);
                return Some(Exit::Unimplemented);
            }
        }
        if stop != Stop::Again {
            cpu.count += u64::from(flow.is_err());
        }
        None
    }

    /// Handles the failure to fetch code at the instruction pointer.
    #[cold]
    fn not_found(&mut self, stop: Stop) -> Option<Exit> {
        match stop {
            Stop::Fault => self.fault(self.cpu.ip),
            Stop::Outside => Some(self.cpu.exit),
            _ => Some(Exit::InternalError { suberror: EMULATION }),
        }
    }

    /// Delivers the exception that happened at `ip`.
    fn fault(&mut self, ip: u64) -> Option<Exit> {
        let delivery = self.cpu.deliver_fault(ip);
        self.delivered(delivery)
    }

    fn delivered(&mut self, delivery: Delivery) -> Option<Exit> {
        match delivery {
            Delivery::Done => None,
            Delivery::TripleFault => Some(Exit::TripleFault),
            Delivery::Stop(Stop::Outside) => Some(self.cpu.exit),
            Delivery::Stop(_) => Some(Exit::Unimplemented),
        }
    }

    /// Runs one instruction, with all the checks between two instructions.
    fn step(&mut self) -> Option<Exit> {
        self.clock_at = self.clock_at.saturating_sub(20);
        let cpu = &mut self.cpu;
        let resumes = cpu.other_flags & flags::RF != 0;
        let here = cpu.code_linear(cpu.ip);
        let hits = cpu.breakpoint_at(here);
        if hits != 0 && !resumes && !cpu.shadow {
            // The handler has to set RF, or the breakpoint is hit again.
            cpu.hits = hits;
            return self.debug_trap(false);
        }
        let traps = cpu.other_flags & flags::TF != 0;
        cpu.hits = 0;
        cpu.shadow = false;
        cpu.is_delivered = false;
        let op = match self.cache.single(cpu) {
            Ok(Some(block)) => {
                (cpu.block_ip, cpu.ip) = (block.ip, block.end);
                *block.ops.first()?
            }
            Ok(None) => return None,
            Err(stop) => return self.not_found(stop),
        };
        cpu.other_flags &= !flags::RF;
        let flow = (op.run)(cpu, &op);
        if matches!(flow, Err(Stop::Again | Stop::Exit)) && cpu.has_breakpoints() {
            // A repetition continues at the same instruction.
            let is_there = flow == Err(Stop::Again) || cpu.ip == cpu.start(&op);
            cpu.other_flags |= if is_there { flags::RF } else { 0 };
        }
        cpu.count += u64::from(flow.is_ok());
        let exit = self.settle(flow, &op, true);
        let is_trap = (traps || self.cpu.hits != 0) && !self.cpu.is_delivered && !self.cpu.shadow;
        if !is_trap {
            self.cpu.hits = 0;
            return exit;
        }
        match exit {
            Some(Exit::PortIn(_) | Exit::PortOut(_)) => {
                self.trap = Some(traps);
                exit
            }
            Some(_) => exit,
            None => self.debug_trap(traps),
        }
    }

    /// Delivers the debug exception between two instructions.
    fn debug_trap(&mut self, single_step: bool) -> Option<Exit> {
        let cpu = &mut self.cpu;
        let step = if single_step { debug::DR6_BS } else { 0 };
        cpu.debug[6] |= std::mem::take(&mut cpu.hits) | step;
        let event = Event { vector: exception::DB, code: None, is_software: false, ip: cpu.ip };
        let delivery = cpu.deliver(event, 0);
        cpu.hits = 0;
        self.delivered(delivery)
    }

    /// Completes a port access, and drops code that the host has overwritten in the meantime.
    fn resume(&mut self) -> Option<Exit> {
        if let Some((start, end)) = self.memory.take_written()
            && self.cpu.code.written(start, end - start)
        {
            self.cpu.code_changed();
        }
        let finished = self.cpu.finish_port();
        // The data of an `ins` may hit a breakpoint.
        let hit = (self.cpu.hits != 0).then_some(false);
        match finished {
            Ok(()) => self.trap.take().or(hit).and_then(|steps| self.debug_trap(steps)),
            Err(stop) => self.not_found(stop),
        }
    }
}

impl Backend for Machine<'_> {
    fn run(&mut self) -> Result<Exit, HostError> {
        let was_port = matches!(self.cpu.exit, Exit::PortIn(_) | Exit::PortOut(_));
        self.cpu.exit = Exit::Kicked;
        if let Some(exit) = self.resume() {
            return Ok(exit);
        }
        if !self.single_step {
            return Ok(self.run_guest());
        }
        if was_port {
            return Ok(Exit::Debug);
        }
        if self.cpu.stale {
            self.cache.remove_killed(&mut self.cpu);
        }
        Ok(self.step().unwrap_or(Exit::Debug))
    }

    fn port_data(&mut self) -> &mut [u8] {
        self.cpu.port.data()
    }

    fn registers(&mut self) -> Result<Registers, HostError> {
        Ok(self.cpu.registers())
    }

    fn set_registers(&mut self, registers: &Registers) -> Result<(), HostError> {
        self.cpu.set_registers(registers);
        Ok(())
    }

    fn system(&mut self) -> Result<System, HostError> {
        Ok(self.cpu.system)
    }

    fn set_system(&mut self, system: &System) -> Result<(), HostError> {
        self.cpu.system = *system;
        self.cpu.system.cr4 |= CR4_OSXSAVE;
        // Invalid tables raise a fault when they are used.
        let _ = self.cpu.load_directory_pointers();
        self.cpu.remapped();
        self.cpu.mode_changed();
        Ok(())
    }

    fn complete(&mut self) -> Result<(), HostError> {
        self.resume();
        Ok(())
    }

    fn set_single_step(&mut self, on: bool) -> Result<(), HostError> {
        self.single_step = on;
        Ok(())
    }

    fn extended(&mut self) -> Result<Extended, HostError> {
        Ok(self.cpu.fpu.to_extended())
    }

    fn set_extended(&mut self, extended: &Extended) -> Result<(), HostError> {
        *self.cpu.fpu = Fpu::from_extended(extended);
        Ok(())
    }

    fn first_exception(&self) -> Option<Raised> {
        self.cpu.first
    }
}
