//! Guest memory as KVM's memory slots. A large RAM gets most of its slots when they are first accessed.
//!
//! The problem: if KVM uses shadow page tables for the guest, creating a slot takes time in proportion
//! to its size, half a millisecond for 2 GiB. The idea: a machine starts with slots for the first and
//! the last part of RAM. An access to the rest stops the guest; it then gets a slot for the rest, and
//! continues. If KVM reports the access as MMIO, [`Slots::resolve`] completes it. If KVM could not
//! emulate the instruction, its state is unchanged and it is executed again.
//!
//! This also holds for page and descriptor tables in the rest. Before the CPU can read anything but
//! zeros there, either the guest wrote to it, which is such an access, or the host did, which
//! [`Slots::follow_host`] checks before the guest runs.

use super::host::failed;
use crate::machine::backend::Exit;
use crate::machine::outcome::HostError;
use crate::machine::state::memory::Memory;
use kvm_bindings::{KVM_INTERNAL_ERROR_EMULATION, kvm_userspace_memory_region};
use kvm_ioctls::{VcpuFd, VmFd};
use std::ops::Range;

/// Bytes from address 0 on that have a slot from the start.
const FIRST: u64 = 16 << 20;
/// Bytes at the end of RAM that have a slot from the start: the stack is there, and perhaps the
/// host's area.
const LAST: u64 = 64 << 10;

/// The slots of one machine.
#[derive(Debug)]
pub(super) struct Slots<'m> {
    memory: &'m Memory,
    used: u32,
    /// The part of RAM that has no slot at the start.
    rest: Range<u64>,
    /// Whether it still has none.
    pending: bool,
}

impl<'m> Slots<'m> {
    /// Creates the slots of a machine; with `lazily`, not all of them at once.
    pub(super) fn new(vm: &VmFd, memory: &'m Memory, lazily: bool) -> Result<Self, HostError> {
        let mut slots = Self { memory, used: 0, rest: 0..0, pending: false };
        let ram = memory.ram_size();
        if lazily && ram > FIRST + LAST {
            (slots.rest, slots.pending) = (FIRST..ram - LAST, true);
        }
        for (base, region) in memory.regions() {
            let size = region.size() as u64;
            if base == 0 && slots.pending {
                slots.add(vm, 0, 0..FIRST)?;
                slots.add(vm, 0, ram - LAST..size)?;
            } else {
                slots.add(vm, base, 0..size)?;
            }
        }
        Ok(slots)
    }

    /// Adds a slot for part of the region at `base`.
    fn add(&mut self, vm: &VmFd, base: u64, part: Range<u64>) -> Result<(), HostError> {
        let Some((_, region)) = self.memory.regions().find(|(b, _)| *b == base) else {
            return Ok(());
        };
        let region = kvm_userspace_memory_region {
            slot: self.used,
            flags: 0,
            guest_phys_addr: base + part.start,
            memory_size: part.end - part.start,
            userspace_addr: region.as_ptr() as u64 + part.start,
        };
        self.used += 1;
        // SAFETY: the mapping is `memory`'s and covers `part`; it outlives the machine, which
        // borrows it, and is accessed only through volatile slices.
        unsafe { vm.set_user_memory_region(region) }
            .map_err(|e| failed("adding memory to the machine (KVM_SET_USER_MEMORY_REGION)", e))
    }

    /// Adds the slot for the rest if the host has written there.
    pub(super) fn follow_host(&mut self, vm: &VmFd) -> Result<(), HostError> {
        if self.pending && self.memory.reached() > FIRST { self.add_rest(vm) } else { Ok(()) }
    }

    fn add_rest(&mut self, vm: &VmFd) -> Result<(), HostError> {
        if std::mem::take(&mut self.pending) {
            self.add(vm, 0, self.rest.clone())?;
        }
        Ok(())
    }

    /// Whether `exit` was an access to RAM without a slot. If so, the slot now exists and the guest can
    /// continue.
    pub(super) fn resolve(
        &mut self,
        vm: &VmFd,
        vcpu: &mut VcpuFd,
        exit: Exit,
    ) -> Result<bool, HostError> {
        match exit {
            // Also if the slot exists already: KVM reports an access across two pages in two parts.
            Exit::Outside { address, .. } if self.rest.contains(&address) => self.complete(vcpu),
            Exit::InternalError { suberror: KVM_INTERNAL_ERROR_EMULATION } if self.pending => {}
            _ => return Ok(false),
        }
        self.add_rest(vm)?;
        Ok(true)
    }

    /// Completes the access that KVM reported.
    fn complete(&self, vcpu: &mut VcpuFd) {
        let run = vcpu.get_kvm_run();
        // SAFETY: only called for an exit whose reason says that this is the member in use.
        let mmio = unsafe { &mut run.__bindgen_anon_1.mmio };
        // The length is at most 8. This folder is built only for 64-bit hosts.
        let length = (mmio.len as usize).min(mmio.data.len());
        let data = mmio.data.get_mut(..length).unwrap_or_default();
        // An access never spans two pages, and the rest is whole pages, so the access is inside it.
        let _ = if mmio.is_write != 0 {
            self.memory.write(mmio.phys_addr, data)
        } else {
            self.memory.read(mmio.phys_addr, data)
        };
    }
}
