//! The state of the CPU, and its registers as operands.
//!
//! Knows neither instructions nor how memory is reached.

use super::access::{Spot, Tlb, View};
use super::flags::{self, cut};
use super::fpu::Fpu;
use super::msr::Msrs;
use super::op::{Flow, HIGH, Op, Stop};
use super::pages::CodePages;
use super::ram::Ram;
use crate::machine::backend::Exit;
use crate::machine::outcome::HostError;
use crate::machine::state::memory::Memory;
use crate::machine::state::registers::{Registers, System};

/// Numbers of the general registers.
pub(super) const AX: u8 = 0;
pub(super) const CX: u8 = 1;
pub(super) const DX: u8 = 2;
pub(super) const BX: u8 = 3;
pub(super) const SP: u8 = 4;
pub(super) const BP: u8 = 5;
pub(super) const SI: u8 = 6;
pub(super) const DI: u8 = 7;

/// An exception on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) vector: u8,
    pub(super) code: Option<u32>,
}

/// The CPU.
pub(super) struct Cpu<'m> {
    /// General registers; those from 16 on are always 0.
    pub(super) r: [u64; 32],
    /// Instruction pointer; only true between two blocks.
    pub(super) ip: u64,
    /// See `flags`.
    pub(super) result: u64,
    pub(super) carries: u64,
    /// The flags that arithmetic does not set.
    pub(super) other_flags: u64,
    /// Where the block that runs starts.
    pub(super) block_ip: u64,
    /// Code has been written over: what is decoded may be stale.
    pub(super) stale: bool,
    /// Instructions have to be run one at a time.
    pub(super) stepping: bool,
    /// Segments as memory accesses need them: 8 for reading, 8 for writing.
    pub(super) views: [View; 16],
    /// The bits of a linear address.
    pub(super) linear_mask: u64,
    /// The part of the stack pointer that counts.
    pub(super) stack_mask: u64,
    /// The part of the instruction pointer that counts.
    pub(super) ip_mask: u64,
    /// Greatest instruction pointer.
    pub(super) ip_limit: u64,
    /// Bits of the code: 16, 32 or 64.
    pub(super) bits: u8,
    /// Current privilege level.
    pub(super) cpl: u8,
    pub(super) tlb: Tlb,
    /// Where the memory operand is that was found last.
    pub(super) spot: Spot,
    pub(super) ram: Ram<'m>,
    pub(super) code: CodePages,
    pub(super) system: System,
    pub(super) debug: [u64; 8],
    /// Breakpoints that the instruction has met, as in DR6.
    pub(super) hits: u64,
    /// An event has been delivered while the instruction ran.
    pub(super) is_delivered: bool,
    /// Debug exceptions wait for one instruction, after a load of SS.
    pub(super) shadow: bool,
    pub(super) msr: Msrs,
    pub(super) fpu: Box<Fpu>,
    pub(super) fault: Fault,
    /// Where the `int n` starts that is being delivered.
    pub(super) software_start: Option<u64>,
    /// The task has been switched: what faults now faults in the new one.
    pub(super) switched: bool,
    /// The page-directory-pointer table of PAE paging, as it was when CR3 was loaded.
    pub(super) directory_pointers: [u64; 4],
    pub(super) exit: Exit,
    pub(super) port: super::port::Pending,
    /// Which context the CPU is in, see `code`.
    pub(super) context: u32,
    /// The number of the current state of what blocks depend on, see `code`.
    pub(super) epoch: u32,
    /// Both of them in one word.
    pub(super) stamp: u64,
    /// Instructions that are done.
    pub(super) count: u64,
    /// The count at which something has to be looked at: the clock, or at once what is stale or
    /// has to be run step by step.
    pub(super) look_at: u64,
    /// State of the random generator.
    pub(super) random: u64,
}

impl std::fmt::Debug for Cpu<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cpu").field("r", &self.r).field("ip", &self.ip).finish_non_exhaustive()
    }
}

impl<'m> Cpu<'m> {
    /// A CPU on `memory`; its state is still to be set.
    pub(super) fn new(memory: &'m Memory) -> Result<Self, HostError> {
        let none = || HostError::Config { what: "a machine without memory".to_owned() };
        let ram = Ram::new(memory).ok_or_else(none)?;
        Ok(Self {
            r: [0; 32],
            ip: 0,
            result: 1,
            carries: 0,
            other_flags: 0,
            block_ip: 0,
            stale: false,
            stepping: false,
            views: [View::default(); 16],
            linear_mask: u64::MAX,
            stack_mask: u64::MAX,
            ip_mask: u64::MAX,
            ip_limit: u64::MAX,
            bits: 16,
            cpl: 0,
            tlb: Tlb::new().ok_or_else(none)?,
            spot: Spot::slow(0),
            code: CodePages::new(ram.direct()),
            ram,
            system: System::default(),
            debug: [0, 0, 0, 0, 0, 0, super::debug::DR6_FIXED, super::debug::DR7_FIXED],
            hits: 0,
            is_delivered: false,
            shadow: false,
            msr: Msrs::default(),
            fpu: Box::default(),
            fault: Fault::default(),
            software_start: None,
            switched: false,
            directory_pointers: [0; 4],
            exit: Exit::Halt,
            port: super::port::Pending::default(),
            context: 0,
            epoch: 1,
            stamp: 1 << 32,
            count: 0,
            look_at: 0,
            random: 0,
        })
    }

    /// The registers, as others want them.
    pub(super) fn registers(&self) -> Registers {
        let mut general = [0; 16];
        general.copy_from_slice(&self.r[..16]);
        Registers { general, ip: self.ip, flags: self.flags() }
    }

    /// Sets the registers.
    pub(super) fn set_registers(&mut self, registers: &Registers) {
        self.r[..16].copy_from_slice(&registers.general);
        self.ip = registers.ip;
        self.set_flags(registers.flags);
    }

    /// A register operand.
    #[inline(always)]
    pub(super) fn get<const BITS: u32>(&self, code: u8) -> u64 {
        let value = self.r[usize::from(code & 31)];
        match BITS {
            8 => value >> ((code & HIGH) >> 2) & 0xFF,
            _ => cut::<BITS>(value),
        }
    }

    /// Sets a register operand.
    #[inline(always)]
    pub(super) fn set<const BITS: u32>(&mut self, code: u8, value: u64) {
        let slot = &mut self.r[usize::from(code & 31)];
        match BITS {
            64 => *slot = value,
            32 => *slot = value & 0xFFFF_FFFF,
            16 => *slot = *slot & !0xFFFF | value & 0xFFFF,
            _ => {
                let at = (code & HIGH) >> 2;
                *slot = *slot & !(0xFF << at) | (value & 0xFF) << at;
            }
        }
    }

    /// The same for a width that is known only when it runs.
    pub(super) fn get_by(&self, code: u8, bits: u8) -> u64 {
        match bits {
            8 => self.get::<8>(code),
            16 => self.get::<16>(code),
            32 => self.get::<32>(code),
            _ => self.get::<64>(code),
        }
    }

    /// The same for a width that is known only when it runs.
    pub(super) fn set_by(&mut self, code: u8, bits: u8, value: u64) {
        match bits {
            8 => self.set::<8>(code, value),
            16 => self.set::<16>(code, value),
            32 => self.set::<32>(code, value),
            _ => self.set::<64>(code, value),
        }
    }

    /// Where an instruction starts.
    #[inline(always)]
    pub(super) fn start(&self, op: &Op) -> u64 {
        self.block_ip.wrapping_add(op.start.into()) & self.ip_mask
    }

    /// Where the next one starts.
    #[inline(always)]
    pub(super) fn behind(&self, op: &Op) -> u64 {
        self.block_ip.wrapping_add(u64::from(op.start) + u64::from(op.len)) & self.ip_mask
    }

    /// Raises an exception without error code.
    #[cold]
    pub(super) fn raise(&mut self, vector: u8) -> Stop {
        self.fault = Fault { vector, code: None };
        Stop::Fault
    }

    /// Raises an exception with error code.
    #[cold]
    pub(super) fn raise_with(&mut self, vector: u8, code: u32) -> Stop {
        self.fault = Fault { vector, code: Some(code) };
        Stop::Fault
    }

    /// #UD.
    #[cold]
    pub(super) fn undefined(&mut self) -> Stop {
        self.raise(super::interrupt::UD)
    }

    /// #GP(0).
    #[cold]
    pub(super) fn protection(&mut self) -> Stop {
        self.raise_with(super::interrupt::GP, 0)
    }

    /// #GP(0) unless the CPU is at ring 0.
    pub(super) fn privileged(&mut self) -> Flow {
        if self.cpl == 0 { Ok(()) } else { Err(self.protection()) }
    }

    /// The I/O privilege level.
    pub(super) const fn iopl(&self) -> u8 {
        (self.other_flags >> 12 & 3) as u8
    }

    /// Whether protection is on and this is not virtual-8086 mode.
    pub(super) fn is_protected(&self) -> bool {
        self.system.is_protected() && self.other_flags & flags::VM == 0
    }

    /// Whether long mode is active, 64-bit code or not.
    pub(super) fn is_long(&self) -> bool {
        self.system.efer & crate::machine::state::registers::EFER_LMA != 0
    }

    /// Sets the instruction pointer of a near branch.
    #[inline(always)]
    pub(super) fn jump(&mut self, target: u64) -> Flow {
        if target > self.ip_limit && !self.may_jump_to(target) {
            return Err(self.protection());
        }
        self.ip = target;
        Ok(())
    }

    #[cold]
    fn may_jump_to(&self, target: u64) -> bool {
        self.bits == 64 && super::access::is_canonical(target)
    }
}
