//! Reads and sets all of a vCPU's state.

use super::host::failed;
use super::{Machine, convert};
use crate::machine::backend::Backend as _;
use crate::machine::outcome::HostError;
use crate::machine::state::{CpuState, MSRS, Special};
use kvm_bindings::{Msrs, kvm_debugregs, kvm_msr_entry};
use kvm_ioctls::SyncReg;

/// IA32_TIME_STAMP_COUNTER.
const TIME_STAMP: u32 = 0x10;

fn entries(list: &[kvm_msr_entry]) -> Result<Msrs, HostError> {
    let what = "the list of model-specific registers is too long";
    Msrs::from_entries(list).map_err(|_| HostError::Config { what: what.to_owned() })
}

impl Machine<'_> {
    /// All of the vCPU's state.
    ///
    /// # Errors
    /// A system call on the vCPU failed.
    pub(in crate::machine) fn state(&mut self) -> Result<CpuState, HostError> {
        Ok(CpuState {
            registers: self.registers()?,
            system: self.system()?,
            extended: self.extended()?,
            special: self.special()?,
        })
    }

    /// Sets the state. `held` is the state that the vCPU has; only differences are set.
    ///
    /// # Errors
    /// A system call on the vCPU failed.
    pub(in crate::machine) fn replace(
        &mut self,
        held: &CpuState,
        state: &CpuState,
    ) -> Result<(), HostError> {
        // Set even if nothing differs: this also makes KVM discard a pending exception.
        self.set_registers(&state.registers)?;
        if state.system != held.system {
            self.put_system(&state.system)?;
        }
        if state.extended != held.extended {
            self.set_extended(&state.extended.over(&held.extended))?;
        }
        self.replace_special(&held.special, &state.special)
    }

    fn special(&mut self) -> Result<Special, HostError> {
        let failed_msrs = |e| failed("reading model-specific registers (KVM_GET_MSRS)", e);
        let numbers = std::iter::once(TIME_STAMP).chain(MSRS);
        let list: Vec<_> =
            numbers.map(|index| kvm_msr_entry { index, ..Default::default() }).collect();
        let mut list = entries(&list)?;
        let count = self.vcpu.get_msrs(&mut list).map_err(failed_msrs)?;
        let mut values = list.as_slice().iter().take(count).map(|entry| entry.data);
        let mut special =
            Special { time_stamp: values.next().unwrap_or(0), cr8: self.cr8, ..Default::default() };
        for (place, value) in special.msrs.iter_mut().zip(values) {
            *place = Some(value);
        }
        let failed_debug = |e| failed("reading the debug registers (KVM_GET_DEBUGREGS)", e);
        let debug = self.vcpu.get_debug_regs().map_err(failed_debug)?;
        let [a, b, c, d] = debug.db;
        special.debug = [a, b, c, d, 0, 0, debug.dr6, debug.dr7];
        Ok(special)
    }

    fn replace_special(&mut self, held: &Special, special: &Special) -> Result<(), HostError> {
        let pairs = held.msrs.iter().zip(&special.msrs).zip(MSRS);
        let changed = pairs.filter_map(|((&old, &new), index)| {
            let data = new.filter(|_| old.is_some() && new != old)?;
            Some(kvm_msr_entry { index, data, ..Default::default() })
        });
        let changed: Vec<_> = changed.collect();
        if !changed.is_empty() {
            let failed = |e| failed("setting model-specific registers (KVM_SET_MSRS)", e);
            self.vcpu.set_msrs(&entries(&changed)?).map_err(failed)?;
        }
        if special.debug != held.debug {
            let [a, b, c, d, _, _, dr6, dr7] = special.debug;
            let debug = kvm_debugregs { db: [a, b, c, d], dr6, dr7, ..Default::default() };
            let failed = |e| failed("setting the debug registers (KVM_SET_DEBUGREGS)", e);
            self.vcpu.set_debug_regs(&debug).map_err(failed)?;
        }
        Ok(())
    }

    /// Sets segments, control registers and tables exactly as given.
    pub(super) fn put_system(
        &mut self,
        system: &crate::machine::state::registers::System,
    ) -> Result<(), HostError> {
        let mut sregs = convert::to_kvm_sregs(system);
        (sregs.cr8, sregs.apic_base) = (self.cr8, self.apic_base);
        if self.host.sync_registers {
            self.vcpu.sync_regs_mut().sregs = sregs;
            self.vcpu.set_sync_dirty_reg(SyncReg::SystemRegister);
            return Ok(());
        }
        self.vcpu.set_sregs(&sregs).map_err(|e| failed("setting the segments (KVM_SET_SREGS)", e))
    }
}
