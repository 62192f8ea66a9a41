//! Guest memory as KVM's memory slots, the greater part of a large RAM only when it is touched.
//!
//! The problem: where KVM keeps page tables of its own for the guest (shadow paging), a slot costs
//! time in proportion to its size, half a millisecond for 2 GiB. The idea: a machine starts with
//! the first and the last part of RAM. An access to the rest stops the guest; then it gets the
//! rest, and goes on. An access that KVM had begun to emulate is completed from here; one that it
//! could not emulate left the guest as it was, and is tried again.
//!
//! Page and descriptor tables in the rest are no exception: before the CPU can find anything but
//! zeros there, either the guest wrote it, which is such an access, or the host did, which is
//! looked at before the guest runs on. It knows nothing of what the memory holds.

use super::host::failed;
use crate::machine::backend::Exit;
use crate::machine::outcome::HostError;
use crate::machine::state::memory::Memory;
use kvm_bindings::{KVM_INTERNAL_ERROR_EMULATION, kvm_userspace_memory_region};
use kvm_ioctls::{VcpuFd, VmFd};
use std::ops::Range;

/// How much of a large RAM a machine has from the start, from address 0 on.
const FIRST: u64 = 16 << 20;
/// How much it has at the end, where the stack is and perhaps the host's area.
const LAST: u64 = 64 << 10;

/// The slots of one machine.
#[derive(Debug)]
pub(super) struct Slots<'m> {
    memory: &'m Memory,
    used: u32,
    /// The part of RAM that the machine does not have from the start.
    rest: Range<u64>,
    /// Whether it is still to come.
    pending: bool,
}

impl<'m> Slots<'m> {
    /// Gives the machine its memory, on request not all of it at once.
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

    /// Adds part of the region at `base`.
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
            .map_err(|e| failed("giving memory to the machine", e))
    }

    /// Gives the machine the rest if the host has written there.
    pub(super) fn follow_host(&mut self, vm: &VmFd) -> Result<(), HostError> {
        if self.pending && self.memory.reached() > FIRST { self.add_rest(vm) } else { Ok(()) }
    }

    fn add_rest(&mut self, vm: &VmFd) -> Result<(), HostError> {
        if std::mem::take(&mut self.pending) {
            self.add(vm, 0, self.rest.clone())?;
        }
        Ok(())
    }

    /// Whether `exit` came from RAM that the machine did not have; now it has it, and can go on.
    pub(super) fn resolve(
        &mut self,
        vm: &VmFd,
        vcpu: &mut VcpuFd,
        exit: Exit,
    ) -> Result<bool, HostError> {
        match exit {
            // Also when the rest is there: an access across two pages is reported in two parts.
            Exit::Outside { address, .. } if self.rest.contains(&address) => self.complete(vcpu),
            Exit::InternalError { suberror: KVM_INTERNAL_ERROR_EMULATION } if self.pending => {}
            _ => return Ok(false),
        }
        self.add_rest(vm)?;
        Ok(true)
    }

    /// Does the access that KVM reported, on its behalf.
    fn complete(&self, vcpu: &mut VcpuFd) {
        let run = vcpu.get_kvm_run();
        // SAFETY: only called for an exit whose reason says that this is the member in use.
        let mmio = unsafe { &mut run.__bindgen_anon_1.mmio };
        let length = usize::try_from(mmio.len).unwrap_or(0).min(mmio.data.len());
        let data = mmio.data.get_mut(..length).unwrap_or_default();
        // An access never spans two pages, so it is inside of the rest, which is whole pages.
        let _ = if mmio.is_write != 0 {
            self.memory.write(mmio.phys_addr, data)
        } else {
            self.memory.read(mmio.phys_addr, data)
        };
    }
}
