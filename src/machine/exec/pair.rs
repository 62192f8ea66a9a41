//! KVM's CPU with the software CPU at its side, which does what KVM cannot.
//!
//! **The problem.** Where the processor does not run a guest's code itself, the kernel runs it
//! instruction by instruction and does not know them all. It stops at an instruction that it does
//! not know, and leaves the guest as it was before.
//!
//! **The idea.** Both CPUs share the guest's memory, and all else of the state is little. So the
//! software CPU takes the state over, does the one instruction (or delivers the exception that
//! the instruction raises), and gives the state back. If that happens often, the moving to and fro
//! costs more than it is worth: then the software CPU keeps the guest for good.
//!
//! Nor does such a KVM keep apart the rings of a guest that goes to ring 3 of long mode by itself:
//! `syscall` leads back to ring 0 in name only. Whoever wants it has to write to EFER first, so these
//! writes are watched; and who gets there by an instruction that KVM does not know is kept.
//!
//! Where the caller leaves the choice to us, a guest that is still there at the first tick is also
//! kept if KVM runs it one by one.
//!
//! A port access in such an instruction leaves the guest with the software CPU until it is
//! served. Knows nothing of ports and of what an exit means.

use super::guest::Guest;
use super::ring_0;
use crate::machine::backend::Backend;
use crate::machine::backend::Exit;
use crate::machine::config::BackendChoice;
use crate::machine::kvm;
use crate::machine::outcome::{Help, HostError};
use crate::machine::soft;
use crate::machine::state::CpuState;
use crate::machine::state::extended::Extended;
use crate::machine::state::registers::{EFER_LMA, EFER_SCE, Registers, System};
use std::time::{Duration, Instant};

/// The internal error of KVM that says that it does not know an instruction.
const EMULATION: u32 = 1;
/// In long mode, so many instructions within [`WINDOW`] are too many to be done one by one.
const MANY: u32 = 16;
/// See [`MANY`].
const WINDOW: Duration = Duration::from_millis(20);

/// Whose the guest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// KVM's.
    Kernel,
    /// The software CPU's, for one instruction.
    Lent,
    /// The software CPU's, to the end.
    Software,
}

/// Both CPUs.
#[derive(Debug)]
pub(super) struct Pair<'m> {
    kvm: kvm::Machine<'m>,
    /// Made when it is needed for the first time.
    soft: Option<Box<soft::Machine<'m>>>,
    guest: Guest<'m>,
    owner: Owner,
    /// What KVM's CPU holds while the guest is lent.
    held: Option<CpuState>,
    single_step: bool,
    help: Help,
    /// It has been looked whether a guest that runs long stays.
    is_fixed: bool,
    /// Since when are counted, and how many.
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

    /// Whoever has the guest.
    fn current(&mut self) -> &mut dyn Backend {
        match &mut self.soft {
            Some(soft) if self.owner != Owner::Kernel => &mut **soft,
            _ => &mut self.kvm,
        }
    }

    /// The software CPU, made if it is not there.
    fn software(&mut self) -> Result<&mut soft::Machine<'m>, HostError> {
        let soft = match self.soft.take() {
            Some(soft) => soft,
            None => Box::new(self.guest.software()?),
        };
        Ok(self.soft.insert(soft))
    }

    /// Gives the guest to the software CPU.
    fn lend(&mut self) -> Result<(), HostError> {
        let mut held = self.kvm.state()?;
        let soft = self.software()?;
        soft.put(&held);
        soft.set_single_step(true)?;
        // In the form in which it comes back, so that what differs has changed.
        held.extended = soft.extended()?.over(&held.extended);
        self.held = Some(held);
        self.owner = Owner::Lent;
        Ok(())
    }

    /// Gives the guest back to KVM.
    fn give_back(&mut self) -> Result<(), HostError> {
        self.owner = Owner::Kernel;
        if let (Some(held), Some(soft)) = (self.held.take(), &mut self.soft) {
            self.kvm.replace(&held, &soft.state())?;
        }
        Ok(())
    }

    /// Does the instruction at which KVM stopped with `exit`. The answer is the exit that it
    /// causes, if it causes one.
    fn complete_instruction(&mut self, exit: Exit) -> Result<Option<Exit>, HostError> {
        self.lend()?;
        let done = self.software()?.run()?;
        let is_nothing = matches!(done, Exit::Unimplemented | Exit::InternalError { .. });
        if is_nothing || done == exit {
            // The software CPU comes no further.
            self.owner = Owner::Kernel;
            return Ok(Some(exit));
        }
        self.help.instructions += 1;
        self.settle(done)
    }

    /// Looks whether a guest that has run for a tick had better be run by the software CPU.
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

    /// Does the write to EFER at which KVM stopped.
    fn write_efer(&mut self) -> Result<Option<Exit>, HostError> {
        // KVM moves on without having written.
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

    /// The software CPU keeps the guest for good.
    fn keep(&mut self) -> Result<(), HostError> {
        let step = self.single_step;
        self.software()?.set_single_step(step)?;
        self.owner = Owner::Software;
        self.help.for_good = true;
        Ok(())
    }

    /// What comes after the software CPU has run for one instruction.
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

    /// Whether the software CPU can keep the guest: not if it uses registers that only the processor has.
    fn may_keep(&self) -> bool {
        self.held.as_ref().is_some_and(|held| !held.extended.has_avx512())
    }

    /// Whether the guest is better off with the software CPU, behind an instruction that it did.
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
        // What the software CPU does not have is as it was.
        Ok(match &self.held {
            Some(held) if self.owner != Owner::Kernel => extended.over(&held.extended),
            _ => extended,
        })
    }

    fn set_extended(&mut self, extended: &Extended) -> Result<(), HostError> {
        self.current().set_extended(extended)
    }

    fn help(&self) -> Help {
        self.help
    }
}
