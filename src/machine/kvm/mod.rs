//! The kernel's virtual machine (KVM) as a [`Backend`].
//!
//! This is the only folder with KVM types and with `unsafe`.
//!
//! Three things keep it fast. Registers are read and written in the page that is shared with the
//! kernel, if the kernel supports that (`KVM_CAP_SYNC_REGS`), and not by system calls. The features
//! of the CPU are queried once per process. A timer signal, not a helper thread, stops the vCPU for
//! checks of the limits; see [`tick`].
#![expect(unsafe_code, reason = "system calls on KVM, its shared page, timers and signals")]

mod convert;
mod host;
mod slots;
mod state;
mod tick;

use super::backend::Backend;
use super::backend::{Exit, PortAccess};
use super::outcome::HostError;
use super::state::extended::Extended;
use super::state::memory::Memory;
use super::state::registers::{CR4_OSXSAVE, Registers, System};
pub(super) use host::{DEVICE, open};
use host::{Host, failed};
use kvm_bindings::{
    KVM_CAP_EXIT_ON_EMULATION_FAILURE, KVM_CAP_X86_USER_SPACE_MSR, KVM_EXIT_DEBUG,
    KVM_EXIT_FAIL_ENTRY, KVM_EXIT_HLT, KVM_EXIT_INTERNAL_ERROR, KVM_EXIT_INTR, KVM_EXIT_IO,
    KVM_EXIT_IO_IN, KVM_EXIT_MMIO, KVM_EXIT_SHUTDOWN, KVM_EXIT_X86_WRMSR, KVM_GUESTDBG_ENABLE,
    KVM_GUESTDBG_SINGLESTEP, KVM_MSR_EXIT_REASON_FILTER, kvm_enable_cap, kvm_guest_debug, kvm_regs,
};
use kvm_ioctls::{
    MsrFilterDefaultAction, MsrFilterRange, MsrFilterRangeFlags, SyncReg, VcpuFd, VmFd,
};
use slots::Slots;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
pub(super) use tick::{Tick, catch_interrupt};

/// Address of the pages that KVM needs on processors that cannot run real mode directly: three for a
/// task state, one for page tables. They are between the greatest RAM and the host's area.
const KVM_PAGES: usize = 0xFFE0_0000;
/// Address of the page after them.
const KVM_IDENTITY_MAP: u64 = 0xFFE0_3000;

/// The number of the exit before a write to a model-specific register that is watched.
pub(super) const WRITES_MSR: u32 = KVM_EXIT_X86_WRMSR;
/// Number of the EFER register.
const EFER: u32 = 0xC000_0080;

/// A virtual machine with one CPU.
#[derive(Debug)]
pub(super) struct Machine<'m> {
    // Fields are dropped in this order: the tick before the vCPU whose stop byte it sets, the vCPU
    // before its virtual machine, all before memory.
    _tick: Tick,
    vcpu: VcpuFd,
    vm: VmFd,
    host: &'static Host,
    slots: Slots<'m>,
    port_length: usize,
    port_offset: usize,
    /// Parts of `kvm_sregs` that are not in `System`, and that setting the segments must keep.
    cr8: u64,
    apic_base: u64,
}

/// Interrupts system calls of this thread every `period`, for a backend without a vCPU.
pub(super) fn ticks(period: Duration) -> Result<Tick, HostError> {
    // SAFETY: null is allowed, and means that there is no stop byte.
    unsafe { Tick::start(std::ptr::null(), period) }
}

/// Makes KVM stop the guest at an instruction that it cannot emulate, in every ring, with the state
/// before the instruction.
fn report_emulation_failures(vm: &VmFd) -> Result<(), HostError> {
    let mut capability =
        kvm_enable_cap { cap: KVM_CAP_EXIT_ON_EMULATION_FAILURE, ..Default::default() };
    capability.args[0] = 1;
    vm.enable_cap(&capability)
        .map_err(|e| failed("enabling reports of emulation failures (KVM_ENABLE_CAP)", e))
}

/// The byte that tells a vCPU to stop.
fn stop_flag(vcpu: &mut VcpuFd) -> *const AtomicU8 {
    (&raw mut vcpu.get_kvm_run().immediate_exit).cast()
}

impl<'m> Machine<'m> {
    /// A fresh machine around `memory`, whose guest stops every `period`.
    pub(super) fn new(memory: &'m Memory, period: Duration) -> Result<Self, HostError> {
        let (kvm, host) = open(DEVICE.as_ref())?;
        let vm =
            kvm.create_vm().map_err(|e| failed("creating a virtual machine (KVM_CREATE_VM)", e))?;
        if host.clean_emulation_failures {
            report_emulation_failures(&vm)?;
        }
        let slots = Slots::new(&vm, memory, host.clean_emulation_failures)?;
        if host.needs_own_pages {
            vm.set_identity_map_address(KVM_IDENTITY_MAP)
                .and_then(|()| vm.set_tss_address(KVM_PAGES))
                .map_err(|e| failed("placing KVM's own pages", e))?;
        }
        let mut vcpu =
            vm.create_vcpu(0).map_err(|e| failed("creating a CPU (KVM_CREATE_VCPU)", e))?;
        // SAFETY: the flag is in the pages that `vcpu` shares with the kernel. The machine drops the
        // tick first, and like the tick it is not `Send`.
        let tick = unsafe { Tick::start(stop_flag(&mut vcpu), period) }?;
        let mut machine = Self {
            _tick: tick,
            vcpu,
            vm,
            host,
            slots,
            port_length: 0,
            port_offset: 0,
            cr8: 0,
            apic_base: convert::APIC_BASE,
        };
        machine.set_features()?;
        Ok(machine)
    }

    /// Sets the features of the CPU to those of the host.
    fn set_features(&mut self) -> Result<(), HostError> {
        self.vcpu
            .set_cpuid2(&self.host.cpuid)
            .map_err(|e| failed("setting the CPU's features (KVM_SET_CPUID2)", e))?;
        if let Some(xcrs) = &self.host.xcrs {
            self.vcpu.set_xcrs(xcrs).map_err(|e| failed("setting XCR0 (KVM_SET_XCRS)", e))?;
        }
        if self.host.sync_registers {
            self.vcpu.set_sync_valid_reg(SyncReg::Register);
        }
        Ok(())
    }

    /// Makes a write to EFER stop the guest before the write, with exit [`WRITES_MSR`], if the kernel
    /// supports that.
    pub(super) fn watch_efer(&self) -> Result<(), HostError> {
        if !self.host.filters_msrs {
            return Ok(());
        }
        let failed = |e| failed("watching model-specific registers (KVM_X86_SET_MSR_FILTER)", e);
        let mut capability =
            kvm_enable_cap { cap: KVM_CAP_X86_USER_SPACE_MSR, ..Default::default() };
        capability.args[0] = KVM_MSR_EXIT_REASON_FILTER.into();
        self.vm.enable_cap(&capability).map_err(failed)?;
        // A filter of one register. A bit that is 0 denies the access.
        let efer = MsrFilterRange {
            flags: MsrFilterRangeFlags::WRITE,
            base: EFER,
            msr_count: 1,
            bitmap: &[0],
        };
        self.vm.set_msr_filter(MsrFilterDefaultAction::ALLOW, &[efer]).map_err(failed)
    }

    fn clear_stop_flag(&mut self) {
        let flag = stop_flag(&mut self.vcpu);
        // SAFETY: the flag lies in the shared page, which lives as long as `self.vcpu`.
        unsafe { &*flag }.store(0, Ordering::SeqCst);
    }

    /// Reads the exit from the shared page.
    fn exit(&mut self) -> Exit {
        let run = self.vcpu.get_kvm_run();
        match run.exit_reason {
            KVM_EXIT_IO => {
                // SAFETY: the exit reason says that this is the member in use.
                let io = unsafe { run.__bindgen_anon_1.io };
                let access = PortAccess { port: io.port, width: io.size, count: io.count };
                #[expect(clippy::cast_possible_truncation, reason = "built only for 64-bit hosts")]
                let offset = io.data_offset as usize;
                self.port_offset = offset;
                self.port_length = usize::from(io.size) * io.count as usize;
                if u32::from(io.direction) == KVM_EXIT_IO_IN {
                    Exit::PortIn(access)
                } else {
                    Exit::PortOut(access)
                }
            }
            KVM_EXIT_HLT => Exit::Halt,
            KVM_EXIT_INTR => Exit::Kicked,
            KVM_EXIT_MMIO => {
                // SAFETY: the exit reason says that this is the member in use.
                let mmio = unsafe { run.__bindgen_anon_1.mmio };
                Exit::Outside { address: mmio.phys_addr, write: mmio.is_write != 0 }
            }
            KVM_EXIT_SHUTDOWN => Exit::TripleFault,
            KVM_EXIT_FAIL_ENTRY => {
                // SAFETY: the exit reason says that this is the member in use.
                let entry = unsafe { run.__bindgen_anon_1.fail_entry };
                Exit::FailedEntry { reason: entry.hardware_entry_failure_reason }
            }
            KVM_EXIT_INTERNAL_ERROR => {
                // SAFETY: the exit reason says that this is the member in use.
                let internal = unsafe { run.__bindgen_anon_1.internal };
                Exit::InternalError { suberror: internal.suberror }
            }
            KVM_EXIT_DEBUG => Exit::Debug,
            number => Exit::Unexpected { name: convert::exit_name(number), number },
        }
    }
}

impl Machine<'_> {
    fn run_once(&mut self) -> Result<Exit, HostError> {
        match self.vcpu.run().map(|_| ()) {
            Ok(()) => Ok(self.exit()),
            Err(e) if e.errno() == libc::EINTR || e.errno() == libc::EAGAIN => {
                // The flag is cleared before the caller checks the limits, so that a signal after
                // that check is not lost.
                self.clear_stop_flag();
                Ok(Exit::Kicked)
            }
            Err(e) => Err(failed("running the guest (KVM_RUN)", e)),
        }
    }
}

impl Backend for Machine<'_> {
    fn run(&mut self) -> Result<Exit, HostError> {
        self.port_length = 0;
        self.slots.follow_host(&self.vm)?;
        loop {
            let exit = self.run_once()?;
            // The first access to RAM that has no slot yet is not an exit for the caller.
            if !self.slots.resolve(&self.vm, &mut self.vcpu, exit)? {
                return Ok(exit);
            }
        }
    }

    fn port_data(&mut self) -> &mut [u8] {
        let run: *mut u8 = std::ptr::from_mut(self.vcpu.get_kvm_run()).cast();
        // SAFETY: the kernel gave the offset of this exit's data, which is inside the shared pages.
        let data = unsafe { run.add(self.port_offset) };
        // SAFETY: the kernel gave size and count of this exit's data, which `run` resets to 0;
        // the pages live as long as `self.vcpu`, borrowed here for as long as the slice.
        unsafe { std::slice::from_raw_parts_mut(data, self.port_length) }
    }

    fn registers(&mut self) -> Result<Registers, HostError> {
        let regs: kvm_regs = if self.host.sync_registers {
            self.vcpu.sync_regs().regs
        } else {
            self.vcpu.get_regs().map_err(|e| failed("reading the registers (KVM_GET_REGS)", e))?
        };
        Ok(convert::from_kvm_regs(&regs))
    }

    fn set_registers(&mut self, registers: &Registers) -> Result<(), HostError> {
        let regs = convert::to_kvm_regs(registers);
        if self.host.sync_registers {
            self.vcpu.sync_regs_mut().regs = regs;
            self.vcpu.set_sync_dirty_reg(SyncReg::Register);
            return Ok(());
        }
        self.vcpu.set_regs(&regs).map_err(|e| failed("setting the registers (KVM_SET_REGS)", e))
    }

    fn system(&mut self) -> Result<System, HostError> {
        let sregs =
            self.vcpu.get_sregs().map_err(|e| failed("reading the segments (KVM_GET_SREGS)", e))?;
        (self.cr8, self.apic_base) = (sregs.cr8, sregs.apic_base);
        Ok(convert::from_kvm_sregs(&sregs))
    }

    fn set_system(&mut self, system: &System) -> Result<(), HostError> {
        let mut system = *system;
        if self.host.xcrs.is_some() {
            system.cr4 |= CR4_OSXSAVE;
        }
        self.put_system(&system)
    }

    fn complete(&mut self) -> Result<(), HostError> {
        self.vcpu.set_kvm_immediate_exit(1);
        self.run().map(|_| ())
    }

    fn set_single_step(&mut self, on: bool) -> Result<(), HostError> {
        // KVM records the instruction pointer here, so registers in the shared page must be set first.
        self.complete()?;
        let control = if on { KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP } else { 0 };
        let debug = kvm_guest_debug { control, ..kvm_guest_debug::default() };
        self.vcpu
            .set_guest_debug(&debug)
            .map_err(|e| failed("single-stepping (KVM_SET_GUEST_DEBUG)", e))
    }

    fn extended(&mut self) -> Result<Extended, HostError> {
        let failed = |e| failed("reading the x87 and vector registers (KVM_GET_XSAVE)", e);
        let xcr0 = match self.host.xcrs {
            Some(_) => {
                let xcrs = self.vcpu.get_xcrs().map_err(failed)?;
                Some(xcrs.xcrs[0].value)
            }
            None => None,
        };
        let area = convert::from_kvm_xsave(&self.vcpu.get_xsave().map_err(failed)?);
        Ok(Extended { area, xcr0 })
    }

    fn set_extended(&mut self, extended: &Extended) -> Result<(), HostError> {
        let failed = |e| failed("setting the x87 and vector registers (KVM_SET_XSAVE)", e);
        if let (Some(mut xcrs), Some(value)) = (self.host.xcrs, extended.xcr0) {
            xcrs.xcrs[0].value = value;
            self.vcpu.set_xcrs(&xcrs).map_err(failed)?;
        }
        let xsave = convert::to_kvm_xsave(extended);
        // SAFETY: the state fits in the structure, since the process has asked for none of the
        // components that would make it longer (see `XCR0_WANTED`).
        unsafe { self.vcpu.set_xsave(&xsave) }.map_err(failed)
    }
}
