//! Reading and writing model-specific registers: those that a small guest uses (SDM volume 4).
//!
//! Any other number is #GP, as on a processor that does not have the register.

use crate::machine::soft::core::access::is_canonical;
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::msr::{EFER, FS_BASE, GS_BASE, PAT, SFMASK, TSC, TSC_AUX};
use crate::machine::soft::core::op::{Flow, Stop};
use crate::machine::soft::core::segment::{FS, GS};
use crate::machine::state::registers::{CR0_PG, EFER_LMA, EFER_LME, EFER_NXE, EFER_SCE};

impl Cpu<'_> {
    /// RDMSR.
    pub(crate) fn read_msr(&mut self, number: u32) -> Result<u64, Stop> {
        Ok(match number {
            TSC => self.time_stamp(),
            EFER => self.system.efer,
            FS_BASE => self.system.fs.base,
            GS_BASE => self.system.gs.base,
            _ => match self.msr.plain(number) {
                Some((register, _)) => *register,
                None => return Err(self.protection()),
            },
        })
    }

    /// WRMSR.
    pub(crate) fn write_msr(&mut self, number: u32, value: u64) -> Flow {
        match number {
            TSC => self.msr.tsc_offset = value.wrapping_sub(self.count),
            EFER => return self.set_efer(value),
            FS_BASE | GS_BASE => {
                if !is_canonical(value) {
                    return Err(self.protection());
                }
                self.set_base(if number == FS_BASE { FS } else { GS }, value);
            }
            PAT if !value.to_le_bytes().iter().all(|kind| matches!(kind, 0 | 1 | 4..=7)) => {
                return Err(self.protection());
            }
            SFMASK | TSC_AUX if value >> 32 != 0 => return Err(self.protection()),
            _ => match self.msr.plain(number) {
                Some((register, is_address)) if !is_address || is_canonical(value) => {
                    *register = value;
                }
                _ => return Err(self.protection()),
            },
        }
        Ok(())
    }

    /// LMA follows from LME and CR0.PG; LME cannot change while paging is on.
    fn set_efer(&mut self, value: u64) -> Flow {
        let old = self.system.efer;
        let known = EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE;
        let changes_mode = (old ^ value) & EFER_LME != 0 && self.system.cr0 & CR0_PG != 0;
        if value & !known != 0 || changes_mode {
            return Err(self.protection());
        }
        self.system.efer = value & !EFER_LMA | old & EFER_LMA;
        self.remapped();
        Ok(())
    }
}
