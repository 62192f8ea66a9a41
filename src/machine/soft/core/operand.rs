//! Operands of instructions that do not have a handler for each form: the width, and whether the
//! operand is in a register or in memory, are looked up when the operation runs.

use super::access::Slot;
use super::cpu::Cpu;
use super::op::{Flow, Op, Stop};

/// An operand that is read and then written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// A register.
    Register(u8),
    /// Memory.
    Memory(Slot),
}

impl Cpu<'_> {
    /// Reads the memory operand.
    pub(crate) fn load_by(&mut self, op: &Op, bits: u8) -> Result<u64, Stop> {
        let offset = self.offset(op);
        self.read_by(op.seg, offset, bits)
    }

    /// Writes the memory operand.
    pub(crate) fn store_by(&mut self, op: &Op, bits: u8, value: u64) -> Flow {
        let offset = self.offset(op);
        self.write_by(op.seg, offset, bits, value)
    }

    /// Reads from memory.
    pub(crate) fn read_by(&mut self, seg: u8, offset: u64, bits: u8) -> Result<u64, Stop> {
        match bits {
            8 => self.read::<8>(seg, offset),
            16 => self.read::<16>(seg, offset),
            32 => self.read::<32>(seg, offset),
            _ => self.read::<64>(seg, offset),
        }
    }

    /// Writes to memory.
    pub(crate) fn write_by(&mut self, seg: u8, offset: u64, bits: u8, value: u64) -> Flow {
        match bits {
            8 => self.write::<8>(seg, offset, value),
            16 => self.write::<16>(seg, offset, value),
            32 => self.write::<32>(seg, offset, value),
            _ => self.write::<64>(seg, offset, value),
        }
    }

    /// Finds an operand of `bits` that is going to be read and written.
    pub(crate) fn slot_by(&mut self, seg: u8, offset: u64, bits: u8) -> Result<Slot, Stop> {
        match bits {
            8 => self.slot::<8>(seg, offset),
            16 => self.slot::<16>(seg, offset),
            32 => self.slot::<32>(seg, offset),
            _ => self.slot::<64>(seg, offset),
        }
    }

    /// Writes such an operand.
    pub(crate) fn slot_write_by(&mut self, slot: Slot, bits: u8, value: u64) -> Flow {
        match bits {
            8 => self.slot_write::<8>(slot, value),
            16 => self.slot_write::<16>(slot, value),
            32 => self.slot_write::<32>(slot, value),
            _ => self.slot_write::<64>(slot, value),
        }
    }

    /// The value of operand `n`, whose register is `code` if it is not the one in memory.
    pub(crate) fn operand(&mut self, op: &Op, n: u8, code: u8, bits: u8) -> Result<u64, Stop> {
        if op.memory == n { self.load_by(op, bits) } else { Ok(self.get_by(code, bits)) }
    }

    /// The first operand, which is going to be written.
    pub(crate) fn target(&mut self, op: &Op, bits: u8) -> Result<Target, Stop> {
        if op.memory == 0 {
            let offset = self.offset(op);
            Ok(Target::Memory(self.slot_by(op.seg, offset, bits)?))
        } else {
            Ok(Target::Register(op.dst))
        }
    }

    /// Reads it.
    pub(crate) fn target_read(&self, target: Target, bits: u8) -> u64 {
        match target {
            Target::Register(code) => self.get_by(code, bits),
            Target::Memory(slot) => slot.value(),
        }
    }

    /// Writes it.
    pub(crate) fn target_write(&mut self, target: Target, bits: u8, value: u64) -> Flow {
        match target {
            Target::Register(code) => {
                self.set_by(code, bits, value);
                Ok(())
            }
            Target::Memory(slot) => self.slot_write_by(slot, bits, value),
        }
    }
}
