//! Port instructions: `in out ins outs`, and the I/O permission check (SDM volume 1, 19.5).
//!
//! An access is an exit to the host. The data of an `in` is stored when the guest continues.

use crate::image::Bits;
use crate::machine::backend::{Exit, PortAccess};
use crate::machine::soft::core::access;
use crate::machine::soft::core::cpu::{AX, CX, Cpu, DI, DX, SI};
use crate::machine::soft::core::flags::{DF, RF, VM};
use crate::machine::soft::core::op::{Flow, Handler, Op, OperandKind, Stop, operand_kind};
use crate::machine::soft::core::port::{Ins, MOST, Then, little_endian};
use crate::machine::soft::core::segment::ES;
use crate::machine::soft::integer::string;
use iced_x86::{Instruction, Mnemonic};

/// #GP unless the current ring may use the port.
fn check(cpu: &mut Cpu<'_>, port: u64, bytes: u64) -> Flow {
    cpu.watch_port(port, bytes);
    // In virtual-8086 mode the bitmap alone decides.
    if cpu.cpl <= cpu.iopl() && cpu.other_flags & VM == 0 {
        return Ok(());
    }
    let task = cpu.system.tr;
    // A task state of 16 bits has no bitmap.
    if !task.present || task.kind & 8 == 0 || task.limit < 0x67 {
        return Err(cpu.protection());
    }
    let start = cpu.read_own(task.base.wrapping_add(0x66))?;
    let at = start + port / 8;
    if at + 1 > u64::from(task.limit) {
        return Err(cpu.protection());
    }
    let bits = cpu.read_own(task.base.wrapping_add(at))? >> (port % 8);
    if bits & ((1 << bytes) - 1) != 0 {
        return Err(cpu.protection());
    }
    Ok(())
}

/// The port of `in` and `out`: `kind` is 1 if the instruction has its number.
fn port_of(cpu: &Cpu<'_>, op: &Op) -> u64 {
    if op.kind == 1 { op.imm & 0xFF } else { cpu.get::<16>(DX) }
}

fn leave(cpu: &mut Cpu<'_>, port: u64, op: &Op, count: u64, write: bool) -> Flow {
    let access = PortAccess { port: port as u16, width: op.width / 8, count: count as u32 };
    cpu.exit = if write { Exit::PortOut(access) } else { Exit::PortIn(access) };
    Err(Stop::Exit)
}

fn input(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let port = port_of(cpu, op);
    let bytes = u64::from(op.width / 8);
    check(cpu, port, bytes)?;
    cpu.port.clear(bytes as usize);
    cpu.port.then = Then::Accumulator(op.width);
    cpu.ip = cpu.next_ip(op);
    leave(cpu, port, op, 1, false)
}

fn output(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let port = port_of(cpu, op);
    let bytes = usize::from(op.width / 8);
    check(cpu, port, bytes as u64)?;
    let value = cpu.get_by(AX, op.width);
    cpu.port.clear(0);
    cpu.port.push(value, bytes);
    cpu.port.then = Then::Nothing;
    cpu.ip = cpu.next_ip(op);
    leave(cpu, port, op, 1, true)
}

/// How many items there are left, and how many of them are moved in this exit.
fn items(cpu: &Cpu<'_>, op: &Op, offset: u64, base: u64) -> (u64, u64) {
    if op.kind == 0 {
        return (1, 1);
    }
    let left = cpu.string_register(CX, op);
    if cpu.other_flags & DF != 0 || cpu.stepping {
        return (left, left.min(1));
    }
    let room = access::PAGE - base.wrapping_add(offset) % access::PAGE;
    let bytes = u64::from(op.width / 8);
    (left, left.min((room.min(MOST) / bytes).max(1)))
}

fn input_string(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bytes = u64::from(op.width / 8);
    let port = cpu.get::<16>(DX);
    let offset = cpu.string_register(DI, op);
    let (left, mut count) = items(cpu, op, offset, cpu.views[usize::from(ES)].base);
    check(cpu, port, bytes)?;
    if left == 0 {
        return Ok(());
    }
    // Bytes that could not be stored must not be taken from the port.
    if count > 1 && cpu.linear(ES, offset, (count * bytes) as u32, true).is_err() {
        count = 1;
    }
    cpu.prepare(ES, offset, u32::from(op.width / 8))?;
    cpu.port.clear((count * bytes) as usize);
    cpu.port.then = Then::Memory(Ins {
        width: op.width,
        narrow: op.narrow,
        repeats: op.kind != 0,
        behind: cpu.next_ip(op),
    });
    cpu.ip = cpu.start(op);
    leave(cpu, port, op, count, false)
}

/// Whether writes to a port go on one after the other.
fn is_stream(port: u64) -> bool {
    use crate::abi::port;
    let Ok(number) = u16::try_from(port) else { return false };
    matches!(number, port::STDOUT | port::STDERR | port::DEBUG | port::COM1..=port::COM1_LAST)
}

fn output_string(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bytes = u64::from(op.width / 8);
    let port = cpu.get::<16>(DX);
    let offset = cpu.string_register(SI, op);
    let base = cpu.views[usize::from(op.seg & 7)].base;
    let (left, most) = items(cpu, op, offset, base);
    check(cpu, port, bytes)?;
    if op.kind != 0 && op.narrow == 32 && cpu.bits == Bits::Bits64 {
        // With 32-bit addresses rcx is written even if nothing is done.
        cpu.string_advance(CX, op, 0);
    }
    if left == 0 {
        return Ok(());
    }
    // What stops at its first item must not have taken the others.
    let most = if is_stream(port) { most } else { most.min(1) };
    let step = cpu.string_step(op);
    cpu.port.clear(0);
    let mut count = 0;
    while count < most {
        let offset = cpu.string_register(SI, op);
        match cpu.read_by(op.seg, offset, op.width) {
            Ok(value) => cpu.port.push(value, bytes as usize),
            // What was read before goes out first.
            Err(_) if count > 0 => break,
            Err(stop) => return Err(stop),
        }
        cpu.string_advance(SI, op, step);
        count += 1;
    }
    cpu.port.then = Then::Nothing;
    let is_done = op.kind == 0 || count == left;
    if op.kind != 0 {
        cpu.string_advance(CX, op, count.wrapping_neg());
    }
    cpu.ip = if is_done { cpu.next_ip(op) } else { cpu.start(op) };
    leave(cpu, port, op, count, true)
}

impl Cpu<'_> {
    /// Puts what came from a port where it belongs.
    pub(crate) fn finish_port(&mut self) -> Flow {
        match std::mem::take(&mut self.port.then) {
            Then::Nothing => Ok(()),
            Then::Accumulator(bits) => {
                let value = little_endian(self.port.data());
                self.set_by(AX, bits, value);
                Ok(())
            }
            Then::Memory(ins) => self.finish_string(ins),
        }
    }

    fn finish_string(&mut self, ins: Ins) -> Flow {
        let (data, length) = (self.port.data, self.port.length);
        let mut op = Op::nothing();
        (op.width, op.narrow) = (ins.width, ins.narrow);
        let step = self.string_step(&op);
        for item in data.get(..length).unwrap_or_default().chunks_exact(usize::from(ins.width / 8))
        {
            let offset = self.string_register(DI, &op);
            self.write_by(ES, offset, ins.width, little_endian(item))?;
            self.string_advance(DI, &op, step);
            if ins.repeats {
                self.string_advance(CX, &op, u64::MAX);
            }
        }
        if !ins.repeats || self.string_register(CX, &op) == 0 {
            self.ip = ins.behind;
            self.other_flags &= !RF;
        }
        Ok(())
    }
}

/// The handlers of this file.
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    Some(match i.mnemonic() {
        Mnemonic::In => {
            op.kind = u8::from(operand_kind(i, 1) == OperandKind::Immediate);
            input
        }
        Mnemonic::Out => {
            op.kind = u8::from(operand_kind(i, 0) == OperandKind::Immediate);
            op.width = (i.op_register(1).size() * 8) as u8;
            output
        }
        Mnemonic::Insb | Mnemonic::Insw | Mnemonic::Insd => {
            string::prepare(i, op);
            input_string
        }
        Mnemonic::Outsb | Mnemonic::Outsw | Mnemonic::Outsd => {
            string::prepare(i, op);
            output_string
        }
        _ => return None,
    })
}
