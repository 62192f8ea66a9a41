//! KVM paired with the software CPU, which executes the instructions that KVM cannot.
//!
//! **The problem.** On some hosts the processor does not run all of a guest's code, and the kernel
//! emulates it instruction by instruction. The kernel does not implement every instruction. It stops
//! at one that it does not implement, with the state before that instruction.
//!
//! **The idea.** Both CPUs share the guest's memory, and the rest of the state is small. The software
//! CPU takes the state, executes the instruction (or delivers the exception that the instruction
//! raises), and returns the state. If that happens often, moving the state costs too much, and the
//! software CPU runs the rest of the guest.
//!
//! Such a KVM also does not separate the rings of a guest that enters ring 3 of long mode itself: after
//! `syscall`, code still runs without the rights of ring 0. A guest that uses `syscall` must first
//! write to EFER, so writes to EFER stop the guest, and the software CPU runs the rest. It also runs
//! the rest of a guest that enters ring 3 by an instruction that KVM does not implement.
//!
//! With [`BackendChoice::Auto`], a guest that still runs at the first tick also moves to the software
//! CPU, if KVM emulates it.
//!
//! If such an instruction accesses a port, the software CPU has the guest until the access is served.

use super::guest::Guest;
use super::ring_0;
use crate::machine::backend::Backend;
use crate::machine::backend::{Exit, Raised};
use crate::machine::config::BackendChoice;
use crate::machine::kvm;
use crate::machine::outcome::{Help, HostError};
use crate::machine::soft;
use crate::machine::state::CpuState;
use crate::machine::state::extended::Extended;
use crate::machine::state::registers::{EFER_LMA, EFER_SCE, Registers, System};
use std::time::{Duration, Instant};

/// The internal error of KVM for an instruction that it does not implement.
const EMULATION: u32 = 1;
/// In long mode, the software CPU runs the rest of the guest after this number of instructions within
/// [`WINDOW`].
const MANY: u32 = 16;
/// See [`MANY`].
const WINDOW: Duration = Duration::from_millis(20);

/// Which CPU has the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// KVM.
    Kernel,
    /// The software CPU, for one instruction.
    Lent,
    /// The software CPU, to the end.
    Software,
}

/// Both CPUs of a guest.
#[derive(Debug)]
pub(super) struct Pair<'m> {
    kvm: kvm::Machine<'m>,
    /// Created at its first use.
    soft: Option<Box<soft::Machine<'m>>>,
    guest: Guest<'m>,
    owner: Owner,
    /// The state of KVM's CPU while the software CPU has the guest.
    held: Option<CpuState>,
    single_step: bool,
    help: Help,
    /// Whether it has been decided if a guest that runs long stays with KVM.
    is_fixed: bool,
    /// Start of the current [`WINDOW`], and the instructions counted in it.
    recent: (Instant, u32),
}

impl<'m> Pair<'m> {
    /// A fresh machine for `guest`.
    pub(super) fn new(guest: &Guest<'m>) -> Result<Self, HostError> {
        let kvm = kvm::Machine::new(guest.memory, guest.limits.period())?;
        if !guest.boot.confined {
            kvm.watch_efer()?;
        }
        Ok(Self {
            kvm,
            soft: None,
            guest: *guest,
            owner: Owner::Kernel,
            held: None,
            single_step: false,
            help: Help::default(),
            is_fixed: false,
            recent: (Instant::now(), 0),
        })
    }

    /// The CPU that has the guest.
    fn current(&mut self) -> &mut dyn Backend {
        match &mut self.soft {
            Some(soft) if self.owner != Owner::Kernel => &mut **soft,
            _ => &mut self.kvm,
        }
    }

    /// The software CPU, created at the first call.
    fn software(&mut self) -> Result<&mut soft::Machine<'m>, HostError> {
        let soft = match self.soft.take() {
            Some(soft) => soft,
            None => Box::new(self.guest.software()?),
        };
        Ok(self.soft.insert(soft))
    }

    /// Moves the guest to the software CPU.
    fn lend(&mut self) -> Result<(), HostError> {
        let mut held = self.kvm.state()?;
        let soft = self.software()?;
        soft.put(&held);
        soft.set_single_step(true)?;
        // In the form in which the software CPU returns it, so that only changes differ.
        held.extended = soft.extended()?.over(&held.extended);
        self.held = Some(held);
        self.owner = Owner::Lent;
        Ok(())
    }

    /// Moves the guest back to KVM.
    fn give_back(&mut self) -> Result<(), HostError> {
        self.owner = Owner::Kernel;
        if let (Some(held), Some(soft)) = (self.held.take(), &mut self.soft) {
            self.kvm.replace(&held, &soft.state())?;
        }
        Ok(())
    }

    /// Executes the instruction at which KVM stopped with `exit`, and returns the exit that the
    /// instruction causes, if it causes one.
    fn complete_instruction(&mut self, exit: Exit) -> Result<Option<Exit>, HostError> {
        self.lend()?;
        let done = self.software()?.run()?;
        let is_nothing = matches!(done, Exit::Unimplemented | Exit::InternalError { .. });
        if done == Exit::TripleFault {
            self.help.instructions += 1;
            return self.settle(done);
        }
        if is_nothing || done == exit {
            // The software CPU cannot execute it either.
            self.owner = Owner::Kernel;
            return Ok(Some(exit));
        }
        self.help.instructions += 1;
        self.settle(done)
    }

    /// Moves a guest that has run for a tick to the software CPU, if KVM emulates it.
    fn look(&mut self) -> Result<(), HostError> {
        let is_open = self.guest.config.backend == BackendChoice::Auto;
        if is_open && !self.guest.boot.confined && !self.is_fixed {
            self.is_fixed = true;
            if ring_0::is_emulated() {
                self.lend()?;
                if self.may_keep() { self.keep()? } else { self.give_back()? }
            }
        }
        Ok(())
    }

    /// Executes the write to EFER at which KVM stopped.
    fn write_efer(&mut self) -> Result<Option<Exit>, HostError> {
        // KVM skips the instruction without writing.
        let at = self.kvm.registers()?;
        self.kvm.complete()?;
        self.kvm.set_registers(&at)?;
        self.lend()?;
        let soft = self.software()?;
        let (done, efer) = (soft.run()?, soft.system()?.efer);
        if efer & EFER_SCE != 0 && ring_0::is_emulated() && self.may_keep() {
            self.keep()?;
        } else {
            self.give_back()?;
        }
        Ok(Some(done).filter(|_| done != Exit::Debug || self.single_step))
    }

    /// Leaves the guest with the software CPU to the end.
    fn keep(&mut self) -> Result<(), HostError> {
        let step = self.single_step;
        self.software()?.set_single_step(step)?;
        self.owner = Owner::Software;
        self.help.for_good = true;
        Ok(())
    }

    /// Decides which CPU continues after the software CPU has executed one instruction.
    fn settle(&mut self, done: Exit) -> Result<Option<Exit>, HostError> {
        if done != Exit::Debug {
            return Ok(Some(done));
        }
        if self.is_kept()? {
            self.keep()?;
        } else {
            self.give_back()?;
        }
        Ok(self.single_step.then_some(Exit::Debug))
    }

    /// Whether the software CPU can run the rest of the guest: not if it uses registers that only the
    /// processor has.
    fn may_keep(&self) -> bool {
        self.held.as_ref().is_some_and(|held| !held.extended.has_avx512())
    }

    /// Whether the software CPU should run the rest of the guest, after an instruction that it
    /// executed.
    fn is_kept(&mut self) -> Result<bool, HostError> {
        let (since, count) = &mut self.recent;
        if since.elapsed() > WINDOW {
            (*since, *count) = (Instant::now(), 0);
        }
        *count += 1;
        let is_often = *count >= MANY;
        let now = self.software()?.system()?;
        let is_long = now.efer & EFER_LMA != 0;
        let has_kernel = !self.guest.boot.confined && now.ring() == 3;
        let is_better = is_often || !is_long || (has_kernel && ring_0::is_emulated());
        Ok(is_better && self.may_keep())
    }
}

impl Backend for Pair<'_> {
    fn run(&mut self) -> Result<Exit, HostError> {
        let mut exit = None;
        if self.owner == Owner::Lent {
            let done = self.software()?.run()?;
            exit = self.settle(done)?;
        }
        loop {
            if let Some(exit) = exit {
                return Ok(exit);
            }
            if self.owner == Owner::Software {
                return self.software()?.run();
            }
            exit = match self.kvm.run()? {
                exit @ Exit::InternalError { suberror: EMULATION } => {
                    self.complete_instruction(exit)?
                }
                exit @ Exit::TripleFault if ring_0::is_emulated() => {
                    self.complete_instruction(exit)?
                }
                Exit::Unexpected { number: kvm::WRITES_MSR, .. } => self.write_efer()?,
                Exit::Kicked => {
                    self.look()?;
                    Some(Exit::Kicked)
                }
                exit => Some(exit),
            };
        }
    }

    fn port_data(&mut self) -> &mut [u8] {
        self.current().port_data()
    }

    fn registers(&mut self) -> Result<Registers, HostError> {
        self.current().registers()
    }

    fn set_registers(&mut self, registers: &Registers) -> Result<(), HostError> {
        self.current().set_registers(registers)
    }

    fn system(&mut self) -> Result<System, HostError> {
        self.current().system()
    }

    fn set_system(&mut self, system: &System) -> Result<(), HostError> {
        self.current().set_system(system)
    }

    fn complete(&mut self) -> Result<(), HostError> {
        self.current().complete()
    }

    fn set_single_step(&mut self, on: bool) -> Result<(), HostError> {
        self.single_step = on;
        match self.owner {
            Owner::Software => self.software()?.set_single_step(on),
            _ => self.kvm.set_single_step(on),
        }
    }

    fn extended(&mut self) -> Result<Extended, HostError> {
        let extended = self.current().extended()?;
        // Components that the software CPU does not have keep their values.
        Ok(match &self.held {
            Some(held) if self.owner != Owner::Kernel => extended.over(&held.extended),
            _ => extended,
        })
    }

    fn set_extended(&mut self, extended: &Extended) -> Result<(), HostError> {
        self.current().set_extended(extended)
    }

    fn first_exception(&self) -> Option<Raised> {
        self.soft.as_ref().filter(|_| self.owner != Owner::Kernel)?.first_exception()
    }

    fn help(&self) -> Help {
        self.help
    }
}
