//! Exceptions: their vectors, and how an instruction raises one.

use super::cpu::Cpu;
use super::flags;
use super::op::{Flow, Stop};

/// Vectors (SDM volume 3, 6.15).
pub(crate) const DE: u8 = 0;
pub(crate) const DB: u8 = 1;
pub(crate) const BP: u8 = 3;
pub(crate) const OF: u8 = 4;
pub(crate) const BR: u8 = 5;
pub(crate) const UD: u8 = 6;
pub(crate) const NM: u8 = 7;
pub(crate) const DF: u8 = 8;
pub(crate) const TS: u8 = 10;
pub(crate) const NP: u8 = 11;
pub(crate) const SS: u8 = 12;
pub(crate) const GP: u8 = 13;
pub(crate) const PF: u8 = 14;
pub(crate) const MF: u8 = 16;
pub(crate) const AC: u8 = 17;
pub(crate) const XM: u8 = 19;

/// An exception that is raised and not delivered yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) vector: u8,
    pub(crate) code: Option<u32>,
}

impl Cpu<'_> {
    /// Raises an exception without error code.
    #[cold]
    pub(crate) fn raise(&mut self, vector: u8) -> Stop {
        self.fault = Fault { vector, code: None };
        Stop::Fault
    }

    /// Raises an exception with error code.
    #[cold]
    pub(crate) fn raise_with(&mut self, vector: u8, code: u32) -> Stop {
        self.fault = Fault { vector, code: Some(code) };
        Stop::Fault
    }

    /// #UD.
    #[cold]
    pub(crate) fn undefined(&mut self) -> Stop {
        self.raise(UD)
    }

    /// #GP(0).
    #[cold]
    pub(crate) fn protection(&mut self) -> Stop {
        self.raise_with(GP, 0)
    }

    /// #GP(0) unless the CPU is at ring 0.
    pub(crate) fn privileged(&mut self) -> Flow {
        if self.cpl == 0 { Ok(()) } else { Err(self.protection()) }
    }

    /// #GP(0) in virtual-8086 mode, unless IOPL lets it be like real mode (SDM volume 3, 21.2.7).
    pub(crate) fn sensitive(&mut self) -> Flow {
        let is_kept = self.other_flags & flags::VM != 0 && self.iopl() < 3;
        if is_kept { Err(self.protection()) } else { Ok(()) }
    }
}
