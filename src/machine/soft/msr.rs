//! Model-specific registers: those that a small guest touches (SDM volume 4).
//!
//! Any other number is #GP, as on a processor that does not have it. Knows nothing of the
//! instructions that the registers belong to.

use super::Cpu;
use super::access::is_canonical;
use super::op::{Flow, Stop};
use super::segment::{FS, GS};
use crate::machine::state::registers::{CR0_PG, EFER_LMA, EFER_LME, EFER_NXE, EFER_SCE};
use crate::machine::state::{MSRS, Special};

/// The registers that are not kept elsewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Msrs {
    pub(super) sysenter_cs: u64,
    pub(super) sysenter_esp: u64,
    pub(super) sysenter_eip: u64,
    pub(super) star: u64,
    pub(super) lstar: u64,
    pub(super) cstar: u64,
    pub(super) sfmask: u64,
    pub(super) kernel_gs_base: u64,
    pub(super) tsc_aux: u64,
    /// What is added to the count of instructions.
    pub(super) tsc_offset: u64,
    pub(super) apic_base: u64,
    pub(super) pat: u64,
    pub(super) misc_enable: u64,
    /// CR8.
    pub(super) task_priority: u64,
}

impl Default for Msrs {
    /// As after a reset.
    fn default() -> Self {
        Self {
            sysenter_cs: 0,
            sysenter_esp: 0,
            sysenter_eip: 0,
            star: 0,
            lstar: 0,
            cstar: 0,
            sfmask: 0,
            kernel_gs_base: 0,
            tsc_aux: 0,
            tsc_offset: 0,
            apic_base: 0xFEE0_0900,
            pat: 0x0007_0406_0007_0406,
            misc_enable: 1,
            task_priority: 0,
        }
    }
}

const TSC: u32 = 0x10;
const APIC_BASE: u32 = 0x1B;
const SYSENTER_CS: u32 = 0x174;
const SYSENTER_ESP: u32 = 0x175;
const SYSENTER_EIP: u32 = 0x176;
const MISC_ENABLE: u32 = 0x1A0;
const PAT: u32 = 0x277;
const EFER: u32 = 0xC000_0080;
const STAR: u32 = 0xC000_0081;
const LSTAR: u32 = 0xC000_0082;
const CSTAR: u32 = 0xC000_0083;
const SFMASK: u32 = 0xC000_0084;
const FS_BASE: u32 = 0xC000_0100;
const GS_BASE: u32 = 0xC000_0101;
const KERNEL_GS_BASE: u32 = 0xC000_0102;
const TSC_AUX: u32 = 0xC000_0103;

impl Msrs {
    /// The register with a number, if it is a plain one; and whether it holds an address.
    fn plain(&mut self, number: u32) -> Option<(&mut u64, bool)> {
        Some(match number {
            APIC_BASE => (&mut self.apic_base, false),
            SYSENTER_CS => (&mut self.sysenter_cs, false),
            SYSENTER_ESP => (&mut self.sysenter_esp, true),
            SYSENTER_EIP => (&mut self.sysenter_eip, true),
            MISC_ENABLE => (&mut self.misc_enable, false),
            PAT => (&mut self.pat, false),
            STAR => (&mut self.star, false),
            LSTAR => (&mut self.lstar, true),
            CSTAR => (&mut self.cstar, true),
            SFMASK => (&mut self.sfmask, false),
            KERNEL_GS_BASE => (&mut self.kernel_gs_base, true),
            TSC_AUX => (&mut self.tsc_aux, false),
            _ => return None,
        })
    }
}

impl Cpu<'_> {
    /// What privileged code has and `System` does not hold.
    pub(super) fn special(&mut self) -> Special {
        let msr = &mut self.msr;
        Special {
            msrs: MSRS.map(|number| msr.plain(number).map(|(register, _)| *register)),
            debug: self.debug,
            cr8: self.msr.task_priority,
            time_stamp: self.time_stamp(),
        }
    }

    /// Sets it.
    pub(super) fn set_special(&mut self, special: &Special) {
        for (number, value) in MSRS.into_iter().zip(special.msrs) {
            if let (Some((register, _)), Some(value)) = (self.msr.plain(number), value) {
                *register = value;
            }
        }
        self.debug = special.debug;
        self.msr.task_priority = special.cr8;
        self.msr.tsc_offset = special.time_stamp.wrapping_sub(self.count);
    }

    /// The time stamp: instructions done.
    pub(super) const fn time_stamp(&self) -> u64 {
        self.count.wrapping_add(self.msr.tsc_offset)
    }

    /// RDMSR.
    pub(super) fn read_msr(&mut self, number: u32) -> Result<u64, Stop> {
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
    pub(super) fn write_msr(&mut self, number: u32, value: u64) -> Flow {
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
