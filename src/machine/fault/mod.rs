//! Explains what went wrong in a guest, as a [`Fault`] with a message that a beginner can act on.
//!
//! [`exception`] has the messages for the CPU's vectors, and [`software_interrupt`] those for `int`
//! and `syscall`. [`instruction`] decodes the instruction at fault. [`exception_frame`] reads what
//! the CPU pushed. [`location`] tells whether execution has left the program, and [`origin`] how.
//! [`recursion`] finds endless recursion, and [`triple_fault`] explains triple faults. A guest that
//! ends well never runs this code.

mod exception;
mod exception_frame;
mod instruction;
mod location;
mod origin;
mod recursion;
mod software_interrupt;
mod triple_fault;

use super::backend::Backend;
use super::backend::PortAccess;
use super::boot::Boot;
use super::hypercall::{Buffer, PortFault};
use super::outcome::{Fault, HostError, Location, Outcome};
use super::state::memory::Memory;
use super::state::registers::{Registers, System};
use crate::abi::{Direction, PORTS};
use crate::image::{Bits, Image};
pub(super) use origin::{Departure, origin};

/// What a fault is explained from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    pub(super) image: &'a Image,
    pub(super) boot: &'a Boot,
    pub(super) memory: &'a Memory,
}

/// Why the guest cannot continue.
#[derive(Clone, Debug)]
pub(super) enum Cause {
    /// `hlt`: the guest's own, or that of an exception entry point.
    Halt,
    /// An access outside memory.
    Outside { address: u64, write: bool },
    /// See [`super::backend::Exit`].
    TripleFault,
    /// See [`super::backend::Exit`].
    FailedEntry { reason: u64 },
    /// See [`super::backend::Exit`].
    InternalError { suberror: u32 },
    /// See [`super::backend::Exit`].
    Unimplemented,
    /// See [`super::backend::Exit`].
    Unexpected { name: &'static str, number: u32 },
    /// A port access that cannot be served.
    Port(PortFault),
}

/// The CPU's state at the instruction that caused the fault.
#[derive(Clone, Copy, Debug)]
struct GuestState {
    registers: Registers,
    system: System,
    /// Linear address of the instruction.
    address: u64,
    /// Width of its code.
    bits: Bits,
}

/// The parts of a [`Fault`] that depend on its cause.
#[derive(Debug)]
struct Finding {
    kind: &'static str,
    message: String,
    help: Option<String>,
    details: Vec<(&'static str, u64)>,
}

impl GuestState {
    fn new(registers: Registers, system: System) -> Self {
        let bits = system.bits();
        let address = linear(&system, registers.ip, bits);
        Self { registers, system, address, bits }
    }

    /// Moves to the instruction at `address`. A CPU may stop a little after the instruction that
    /// caused the fault.
    fn move_to(&mut self, address: u64) {
        self.registers.ip = self.registers.ip.wrapping_sub(self.address.wrapping_sub(address));
        self.address = address;
    }
}

/// Linear address of an offset in the code segment.
fn linear(system: &System, ip: u64, bits: Bits) -> u64 {
    if bits == Bits::Bits64 { ip } else { system.cs.base.wrapping_add(ip) & 0xFFFF_FFFF }
}

/// How the guest ended: a fault, or a halt that only looked like one.
pub(super) fn explain(
    cpu: &mut dyn Backend,
    scene: &Scene<'_>,
    cause: Cause,
) -> Result<Outcome, HostError> {
    let mut state = GuestState::new(cpu.registers()?, cpu.system()?);
    let mut finding = match cause {
        Cause::Halt => {
            let Some(vector) = scene.boot.vector_behind(state.address) else {
                return Ok(Outcome::Halted);
            };
            let Some((at, error_code)) = exception_frame::interrupted(scene, &state, vector) else {
                let finding = exception::without_frame(vector);
                return fault(cpu, scene, &state, finding);
            };
            state = at;
            if instruction::is_refused_halt(scene, &state, vector) {
                return Ok(Outcome::Halted);
            }
            exception::explain(scene, &mut state, vector, error_code)
        }
        Cause::Outside { address, write } => {
            if write && let Some(before) = instruction::start_of_previous(scene, &state) {
                state.move_to(before);
            }
            outside(scene, &state, address, write)
        }
        Cause::TripleFault => triple_fault::finding(scene, &state, cpu.first_exception()),
        Cause::FailedEntry { reason } => failed_entry(reason),
        Cause::InternalError { suberror } => internal_error(scene, &state, suberror),
        Cause::Unimplemented => unimplemented(scene, &state),
        Cause::Unexpected { name, number } => unexpected(name, number),
        Cause::Port(ref port) => {
            let (access, write) = port.access();
            state.move_to(port_instruction(cpu, scene, &state, access, write)?);
            port_fault(scene, port)
        }
    };
    finding.help = location::help(scene, &state, finding.help);
    fault(cpu, scene, &state, finding)
}

/// Linear address of the instruction pointer.
pub(super) fn address(registers: &Registers, system: &System) -> u64 {
    linear(system, registers.ip, system.bits())
}

/// The guest's own state. If the CPU is at one of the host's exception entry points, this is the
/// interrupted state. `before` is the system state with which the guest began to run.
pub(super) fn guest_state(
    cpu: &mut dyn Backend,
    scene: &Scene<'_>,
    before: &System,
) -> Result<(Registers, System), HostError> {
    let state = GuestState::new(cpu.registers()?, cpu.system()?);
    let interrupted = scene
        .boot
        .vector_behind(state.address)
        .and_then(|vector| exception_frame::interrupted(scene, &state, vector));
    let Some((mut at, _)) = interrupted else {
        return Ok((state.registers, state.system));
    };
    // The frame holds only selectors. A segment whose selector has not changed is as it was.
    let (code, stack) = (at.system.cs.selector, at.system.ss.selector);
    if code == before.cs.selector {
        at.system.cs = before.cs;
    }
    if stack == before.ss.selector {
        at.system.ss = before.ss;
    }
    Ok((at.registers, at.system))
}

/// Whether the guest ended at a debug exception.
pub(super) fn is_debug_exception(outcome: &Outcome) -> bool {
    const DEBUG: u64 = 1;
    match outcome {
        Outcome::Faulted(fault) => fault.details.first() == Some(&("vector", DEBUG)),
        _ => false,
    }
}

/// The location of the guest when a limit ends it.
pub(super) fn place(cpu: &mut dyn Backend, scene: &Scene<'_>) -> Result<Location, HostError> {
    let state = GuestState::new(cpu.registers()?, cpu.system()?);
    Ok(Location {
        address: state.address,
        span: scene.image.line_at(state.address).map(|line| line.span),
        instruction: instruction::text(scene, &state),
        help: recursion::find(scene, &state).map_or_else(
            || location::help(scene, &state, None),
            |found| Some(format!("{}. {}", found.message, found.call.help.unwrap_or_default())),
        ),
    })
}

/// The address of the instruction that accessed a port. Backends may report the access with the
/// instruction pointer before or after it.
fn port_instruction(
    cpu: &mut dyn Backend,
    scene: &Scene<'_>,
    state: &GuestState,
    access: PortAccess,
    write: bool,
) -> Result<u64, HostError> {
    let here = instruction::is_port_access(scene, state, state.address, access, write);
    let before = instruction::port_access_before(scene, state, access, write);
    Ok(match (here, before) {
        (false, Some(before)) => before,
        (true, Some(before)) => {
            // Either can be it. If completing the access moves the instruction pointer, the pointer
            // was at the instruction.
            cpu.complete()?;
            if cpu.registers()?.ip == state.registers.ip { before } else { state.address }
        }
        (_, None) => state.address,
    })
}

impl PortFault {
    fn access(&self) -> (PortAccess, bool) {
        match *self {
            Self::Unknown { access, write } => (access, write),
            Self::Buffer { access, .. } | Self::String { access } => (access, false),
        }
    }
}

fn fault(
    cpu: &mut dyn Backend,
    scene: &Scene<'_>,
    state: &GuestState,
    mut finding: Finding,
) -> Result<Outcome, HostError> {
    let mut origin = None;
    if let Some(found) = recursion::find(scene, state) {
        let end = std::mem::replace(&mut finding.message, found.message);
        let bounds = found.call.help.as_deref().unwrap_or_default();
        finding.help = Some(format!("{bounds} At last the CPU stopped: {end}."));
        origin = Some(found.call);
    }
    Ok(Outcome::Faulted(Box::new(Fault {
        kind: finding.kind,
        message: finding.message,
        help: finding.help,
        details: finding.details,
        address: state.address,
        span: scene.image.line_at(state.address).map(|line| line.span),
        instruction: instruction::text(scene, state),
        registers: rows(&state.registers, &state.system),
        vectors: instruction::vectors(scene, state, &cpu.extended()?),
        origin,
    })))
}

/// General registers in the order in which debuggers show them.
const NAMES: [(usize, &str, &str); 16] = [
    (0, "rax", "eax"),
    (3, "rbx", "ebx"),
    (1, "rcx", "ecx"),
    (2, "rdx", "edx"),
    (6, "rsi", "esi"),
    (7, "rdi", "edi"),
    (5, "rbp", "ebp"),
    (4, "rsp", "esp"),
    (8, "r8", ""),
    (9, "r9", ""),
    (10, "r10", ""),
    (11, "r11", ""),
    (12, "r12", ""),
    (13, "r13", ""),
    (14, "r14", ""),
    (15, "r15", ""),
];

/// Registers as name and value, in the order in which they are shown.
pub(super) fn rows(registers: &Registers, system: &System) -> Vec<(&'static str, u64)> {
    let long = system.bits() == Bits::Bits64;
    let mut list: Vec<_> = NAMES
        .iter()
        .filter_map(|&(number, wide, narrow)| {
            let name = if long { wide } else { narrow };
            let value = registers.general.get(number)?;
            (!name.is_empty()).then_some((name, *value))
        })
        .collect();
    list.extend([
        (if long { "rip" } else { "eip" }, registers.ip),
        (if long { "rflags" } else { "eflags" }, registers.flags),
        ("cs", system.cs.selector.into()),
        ("ds", system.ds.selector.into()),
        ("es", system.es.selector.into()),
        ("fs", system.fs.selector.into()),
        ("gs", system.gs.selector.into()),
        ("ss", system.ss.selector.into()),
        ("cr0", system.cr0),
        ("cr2", system.cr2),
        ("cr3", system.cr3),
        ("cr4", system.cr4),
    ]);
    list
}

fn outside(scene: &Scene<'_>, state: &GuestState, address: u64, write: bool) -> Finding {
    let verb = if write { "writing" } else { "reading" };
    Finding {
        kind: "unmapped-memory",
        message: format!("{verb} address {address:#x}, which is outside memory"),
        help: Some(ram_help(scene, state)),
        details: vec![("address", address), ("write", write.into())],
    }
}

fn ram_help(scene: &Scene<'_>, state: &GuestState) -> String {
    if let Some(help) = location::stack(scene, state) {
        return help.to_owned();
    }
    format!(
        "The applet's memory ends at {:#x}. Check the pointer, or ask for more memory: `memory = \
         \"…\"` in the metadata, `--memory` on the command line.",
        scene.boot.ram
    )
}

/// The help for a jump to an address outside memory.
fn nowhere_help(scene: &Scene<'_>, state: &GuestState) -> String {
    if state.address == scene.boot.ram {
        return "The program ran to the end of memory. End it with `hlt` or `out 0xE3, al`."
            .to_owned();
    }
    format!(
        "Usual causes: a `jmp` or `call` through a wrong pointer, or a `ret` with a wrong stack. \
         The applet's memory ends at {:#x}.",
        scene.boot.ram
    )
}

fn failed_entry(reason: u64) -> Finding {
    // Bit 31 of Intel's reason marks a failed entry; 33 is an invalid guest state (SDM volume 3,
    // appendix C).
    let meaning = if reason & 0xFFFF == 33 { ", invalid guest state" } else { "" };
    Finding {
        kind: "failed-entry",
        message: format!("the processor refused to run the guest (reason {reason:#x}{meaning})"),
        help: Some(
            "Control registers and segments have values that contradict each other. Check what the \
             program last wrote to them."
                .to_owned(),
        ),
        details: vec![("reason", reason)],
    }
}

/// KVM could not emulate an instruction (KVM_INTERNAL_ERROR_EMULATION).
const EMULATION: u32 = 1;

fn internal_error(scene: &Scene<'_>, state: &GuestState, suberror: u32) -> Finding {
    let details = vec![("suberror", suberror.into())];
    let kind = "internal-error";
    if suberror != EMULATION {
        let message = format!("KVM stopped with an internal error (suberror {suberror})");
        return Finding { kind, message, help: None, details };
    }
    let Some(text) = instruction::text(scene, state) else {
        let help = if state.address == scene.boot.ram {
            "The program ran to the end of memory. End it with `hlt` or `out 0xE3, al`.".to_owned()
        } else {
            let help = ram_help(scene, state);
            format!(
                "Usual causes: a `ret` with a wrong stack, or a `call` through a wrong pointer. {help}"
            )
        };
        return Finding {
            kind: "unmapped-memory",
            message: format!("jump to address {:#x}, which is outside memory", state.address),
            help: Some(help),
            details: vec![("address", state.address)],
        };
    };
    Finding {
        kind,
        message: format!(
            "neither this host's KVM nor the software CPU implements the instruction `{text}`"
        ),
        help: Some(
            "On this host, software emulates such code and does not implement every instruction. \
             The processor itself runs long mode at ring 3 (the default of that mode) on every \
             host with KVM, and every mode on a host that has VT-x or AMD-V. `applet doctor` \
             shows what this host supports."
                .to_owned(),
        ),
        details,
    }
}

fn unimplemented(scene: &Scene<'_>, state: &GuestState) -> Finding {
    let text = instruction::text(scene, state).unwrap_or_else(|| "here".to_owned());
    Finding {
        kind: "unimplemented",
        message: format!("the software CPU does not implement the instruction `{text}`"),
        help: Some("`--backend kvm` runs it on a host whose processor implements it.".to_owned()),
        details: Vec::new(),
    }
}

fn unexpected(name: &'static str, number: u32) -> Finding {
    Finding {
        kind: "unexpected-exit",
        message: format!("the virtual machine stopped with an unexpected exit: {name}"),
        help: None,
        details: vec![("exit", number.into())],
    }
}

fn port_fault(scene: &Scene<'_>, fault: &PortFault) -> Finding {
    match *fault {
        PortFault::Unknown { access, write } => unknown_port(access, write),
        PortFault::Buffer { access, buffer, into } => bad_buffer(scene, access, buffer, into),
        PortFault::String { access } => Finding {
            kind: "bad-buffer",
            message: format!(
                "port {:#x} ({}) does not support `ins`",
                access.port,
                name(access.port)
            ),
            help: Some("Use `in eax, port`, which moves the whole buffer at once.".to_owned()),
            details: vec![("port", access.port.into())],
        },
    }
}

fn name(number: u16) -> &'static str {
    PORTS.iter().find(|p| (p.first..=p.last).contains(&number)).map_or("", |p| p.name)
}

fn unknown_port(access: PortAccess, write: bool) -> Finding {
    let number = access.port;
    let row = PORTS.iter().find(|p| (p.first..=p.last).contains(&number));
    let (message, help) = match row {
        Some(row) => {
            let right = if row.direction == Direction::In {
                "read with `in`"
            } else {
                "written with `out`"
            };
            (
                format!("port {number:#x} ({}) can only be {right}", row.name),
                format!("What it does: {}.", row.summary),
            )
        }
        None => {
            let verb = if write { "writing to" } else { "reading from" };
            let hint = if write {
                "0xE1 writes to standard output, 0xE3 ends the applet"
            } else {
                "0xE0 reads standard input"
            };
            (
                format!("{verb} port {number:#x}, which does not exist"),
                format!(
                    "{hint}. With `ports = \"ignore\"` in the metadata, a program that probes for \
                     devices continues."
                ),
            )
        }
    };
    Finding {
        kind: "unknown-port",
        message,
        help: Some(help),
        details: vec![
            ("port", number.into()),
            ("width", access.width.into()),
            ("write", write.into()),
        ],
    }
}

fn bad_buffer(scene: &Scene<'_>, access: PortAccess, buffer: Buffer, into: bool) -> Finding {
    let Buffer { offset, linear, count, .. } = buffer;
    let at =
        if linear == offset { String::new() } else { format!(" (linear address {linear:#x})") };
    let registers = if into {
        "es:(e/r)di, its length in (e/r)cx"
    } else {
        "ds:(e/r)si, its length in (e/r)cx"
    };
    Finding {
        kind: "bad-buffer",
        message: format!(
            "{} of {count} bytes at {offset:#x}{at}: part of the buffer is outside memory",
            name(access.port)
        ),
        help: Some(format!(
            "No byte was moved. The buffer is at {registers}; memory ends at {:#x}.",
            scene.boot.ram
        )),
        details: vec![
            ("port", access.port.into()),
            ("offset", offset),
            ("address", linear),
            ("count", count),
        ],
    }
}
