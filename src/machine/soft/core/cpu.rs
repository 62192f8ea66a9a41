//! The state of the CPU, and its registers as operands.

use super::access::{Spot, Tlb, View};
use super::exception::Fault;
use super::flags::{self, cut};
use super::fpu::Fpu;
use super::msr::Msrs;
use super::op::{Flow, HIGH, Op};
use super::pages::CodePages;
use super::ram::Ram;
use crate::image::Bits;
use crate::machine::backend::{Exit, Raised};
use crate::machine::outcome::HostError;
use crate::machine::state::memory::Memory;
use crate::machine::state::registers::{Registers, System};

/// Numbers of the general registers.
pub(crate) const AX: u8 = 0;
pub(crate) const CX: u8 = 1;
pub(crate) const DX: u8 = 2;
pub(crate) const BX: u8 = 3;
pub(crate) const SP: u8 = 4;
pub(crate) const BP: u8 = 5;
pub(crate) const SI: u8 = 6;
pub(crate) const DI: u8 = 7;

/// The CPU.
pub(crate) struct Cpu<'m> {
    /// General registers; those from 16 on are always 0.
    pub(crate) r: [u64; 32],
    /// Instruction pointer; only true between two blocks.
    pub(crate) ip: u64,
    /// See `flags`.
    pub(crate) result: u64,
    pub(crate) carries: u64,
    /// The flags that arithmetic does not set.
    pub(crate) other_flags: u64,
    /// Where the block that runs starts.
    pub(crate) block_ip: u64,
    /// Code has been overwritten, so decoded blocks may be stale.
    pub(crate) stale: bool,
    /// Instructions have to be run one at a time.
    pub(crate) stepping: bool,
    /// Segments as memory accesses need them: 8 for reading, 8 for writing.
    pub(crate) views: [View; 16],
    /// The bits of a linear address.
    pub(crate) linear_mask: u64,
    /// The part of the stack pointer that counts.
    pub(crate) stack_mask: u64,
    /// The part of the instruction pointer that counts.
    pub(crate) ip_mask: u64,
    /// Greatest instruction pointer.
    pub(crate) ip_limit: u64,
    /// The width of the code.
    pub(crate) bits: Bits,
    /// Current privilege level.
    pub(crate) cpl: u8,
    pub(crate) tlb: Tlb,
    /// The location of the last memory operand.
    pub(crate) spot: Spot,
    pub(crate) ram: Ram<'m>,
    pub(crate) code: CodePages,
    pub(crate) system: System,
    pub(crate) debug: [u64; 8],
    /// Breakpoints that the instruction has hit, as in DR6.
    pub(crate) hits: u64,
    /// An event has been delivered while the instruction ran.
    pub(crate) is_delivered: bool,
    /// Debug exceptions wait for one instruction, after a load of SS.
    pub(crate) shadow: bool,
    pub(crate) msr: Msrs,
    pub(crate) fpu: Box<Fpu>,
    pub(crate) fault: Fault,
    /// The exception with which a triple fault began.
    pub(crate) first: Option<Raised>,
    /// Where the `int n` starts that is being delivered.
    pub(crate) software_start: Option<u64>,
    /// The task has been switched: what faults now faults in the new one.
    pub(crate) switched: bool,
    /// The page-directory-pointer table of PAE paging, as it was when CR3 was loaded.
    pub(crate) directory_pointers: [u64; 4],
    pub(crate) exit: Exit,
    pub(crate) port: super::port::Pending,
    /// The number of the current context, see `run::blocks`.
    pub(crate) context: u32,
    /// The number of the current epoch, see `run::blocks`.
    pub(crate) epoch: u32,
    /// Both of them in one word.
    pub(crate) stamp: u64,
    /// Instructions that are done.
    pub(crate) count: u64,
    /// The instruction count at which the main loop leaves its fast path: to read the clock, or at
    /// once if code is stale or has to run step by step.
    pub(crate) look_at: u64,
    /// State of the random generator.
    pub(crate) random: u64,
}

impl std::fmt::Debug for Cpu<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cpu").field("r", &self.r).field("ip", &self.ip).finish_non_exhaustive()
    }
}

impl<'m> Cpu<'m> {
    /// A CPU on `memory`; its state is still to be set.
    pub(crate) fn new(memory: &'m Memory) -> Result<Self, HostError> {
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
            bits: Bits::Bits16,
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
            first: None,
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

    /// The registers.
    pub(crate) fn registers(&self) -> Registers {
        let mut general = [0; 16];
        general.copy_from_slice(&self.r[..16]);
        Registers { general, ip: self.ip, flags: self.flags() }
    }

    /// Sets the registers.
    pub(crate) fn set_registers(&mut self, registers: &Registers) {
        self.r[..16].copy_from_slice(&registers.general);
        self.ip = registers.ip;
        self.set_flags(registers.flags);
    }

    /// A register operand.
    #[inline(always)]
    pub(crate) fn get<const BITS: u32>(&self, code: u8) -> u64 {
        let value = self.r[usize::from(code & 31)];
        match BITS {
            8 => value >> ((code & HIGH) >> 2) & 0xFF,
            _ => cut::<BITS>(value),
        }
    }

    /// Sets a register operand.
    #[inline(always)]
    pub(crate) fn set<const BITS: u32>(&mut self, code: u8, value: u64) {
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
    pub(crate) fn get_by(&self, code: u8, bits: u8) -> u64 {
        match bits {
            8 => self.get::<8>(code),
            16 => self.get::<16>(code),
            32 => self.get::<32>(code),
            _ => self.get::<64>(code),
        }
    }

    /// The same for a width that is known only when it runs.
    pub(crate) fn set_by(&mut self, code: u8, bits: u8, value: u64) {
        match bits {
            8 => self.set::<8>(code, value),
            16 => self.set::<16>(code, value),
            32 => self.set::<32>(code, value),
            _ => self.set::<64>(code, value),
        }
    }

    /// Where an instruction starts.
    #[inline(always)]
    pub(crate) fn start(&self, op: &Op) -> u64 {
        self.block_ip.wrapping_add(op.start.into()) & self.ip_mask
    }

    /// Where the next one starts.
    #[inline(always)]
    pub(crate) fn next_ip(&self, op: &Op) -> u64 {
        self.block_ip.wrapping_add(u64::from(op.start) + u64::from(op.len)) & self.ip_mask
    }

    /// The I/O privilege level.
    pub(crate) const fn iopl(&self) -> u8 {
        (self.other_flags >> 12 & 3) as u8
    }

    /// Whether protection is on and this is not virtual-8086 mode.
    pub(crate) fn is_protected(&self) -> bool {
        self.system.is_protected() && self.other_flags & flags::VM == 0
    }

    /// Whether long mode is active, 64-bit code or not.
    pub(crate) fn is_long(&self) -> bool {
        self.system.efer & crate::machine::state::registers::EFER_LMA != 0
    }

    /// Sets the instruction pointer of a near branch.
    #[inline(always)]
    pub(crate) fn jump(&mut self, target: u64) -> Flow {
        if target > self.ip_limit && !self.may_jump_to(target) {
            return Err(self.protection());
        }
        self.ip = target;
        Ok(())
    }

    #[cold]
    fn may_jump_to(&self, target: u64) -> bool {
        self.bits == Bits::Bits64 && super::access::is_canonical(target)
    }
}
