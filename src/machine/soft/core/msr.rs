//! Model-specific registers (SDM volume 4): their numbers and values.

use super::cpu::Cpu;
use crate::machine::state::{MSRS, Special};

/// The registers that are not kept elsewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Msrs {
    pub(crate) sysenter_cs: u64,
    pub(crate) sysenter_esp: u64,
    pub(crate) sysenter_eip: u64,
    pub(crate) star: u64,
    pub(crate) lstar: u64,
    pub(crate) cstar: u64,
    pub(crate) sfmask: u64,
    pub(crate) kernel_gs_base: u64,
    pub(crate) tsc_aux: u64,
    /// What is added to the count of instructions.
    pub(crate) tsc_offset: u64,
    pub(crate) apic_base: u64,
    pub(crate) pat: u64,
    pub(crate) misc_enable: u64,
    /// CR8.
    pub(crate) task_priority: u64,
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

pub(crate) const TSC: u32 = 0x10;
pub(crate) const APIC_BASE: u32 = 0x1B;
pub(crate) const SYSENTER_CS: u32 = 0x174;
pub(crate) const SYSENTER_ESP: u32 = 0x175;
pub(crate) const SYSENTER_EIP: u32 = 0x176;
pub(crate) const MISC_ENABLE: u32 = 0x1A0;
pub(crate) const PAT: u32 = 0x277;
pub(crate) const EFER: u32 = 0xC000_0080;
pub(crate) const STAR: u32 = 0xC000_0081;
pub(crate) const LSTAR: u32 = 0xC000_0082;
pub(crate) const CSTAR: u32 = 0xC000_0083;
pub(crate) const SFMASK: u32 = 0xC000_0084;
pub(crate) const FS_BASE: u32 = 0xC000_0100;
pub(crate) const GS_BASE: u32 = 0xC000_0101;
pub(crate) const KERNEL_GS_BASE: u32 = 0xC000_0102;
pub(crate) const TSC_AUX: u32 = 0xC000_0103;

impl Msrs {
    /// The register with a number, if it is a plain one; and whether it holds an address.
    pub(crate) fn plain(&mut self, number: u32) -> Option<(&mut u64, bool)> {
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
    pub(crate) fn special(&mut self) -> Special {
        let msr = &mut self.msr;
        Special {
            msrs: MSRS.map(|number| msr.plain(number).map(|(register, _)| *register)),
            debug: self.debug,
            cr8: self.msr.task_priority,
            time_stamp: self.time_stamp(),
        }
    }

    /// Sets it.
    pub(crate) fn set_special(&mut self, special: &Special) {
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
    pub(crate) const fn time_stamp(&self) -> u64 {
        self.count.wrapping_add(self.msr.tsc_offset)
    }
}
