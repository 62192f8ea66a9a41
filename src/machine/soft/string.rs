//! String instructions: `movs cmps stos lods scas`, with every prefix (SDM volume 2, REP).
//!
//! After each item the registers say what is left, so that a fault or a limit may come between
//! two items and the instruction goes on from there. Where a run of items is plain memory on both
//! sides, `rep movs` and `rep stos` move it at once. Knows nothing of ports.

use super::Cpu;
use super::access::PAGE;
use super::cpu::{AX, CX, DI, SI};
use super::flags::{DF, cut_by};
use super::op::{Flow, Op, Run, Stop, address_bits};
use super::segment::ES;
use iced_x86::{Instruction, Mnemonic};

/// Prefixes.
const NONE: u8 = 0;
const WHILE_EQUAL: u8 = 1;
const WHILE_DIFFERENT: u8 = 2;

const MOVS: u8 = 0;
const CMPS: u8 = 1;
const STOS: u8 = 2;
const LODS: u8 = 3;
const SCAS: u8 = 4;

/// Most items before limits are looked at.
const MOST: u64 = 1 << 14;

impl Cpu<'_> {
    /// What is added to an index register for each item.
    pub(super) fn string_step(&self, op: &Op) -> u64 {
        let bytes = u64::from(op.width / 8);
        if self.other_flags & DF == 0 { bytes } else { bytes.wrapping_neg() }
    }

    /// An index or count register, as wide as addresses are.
    pub(super) fn string_register(&self, code: u8, op: &Op) -> u64 {
        cut_by(self.r[usize::from(code & 31)], 64 - op.narrow)
    }

    /// Moves an index or count register.
    pub(super) fn string_advance(&mut self, code: u8, op: &Op, by: u64) {
        let bits = 64 - op.narrow;
        let value = cut_by(self.string_register(code, op).wrapping_add(by), bits);
        self.set_by(code, bits, value);
    }

    /// Where in RAM `bytes` at an offset are, if all of them are plain memory in one page.
    fn string_run(&self, seg: u8, offset: u64, bytes: u64, write: bool) -> Option<u64> {
        let linear = self.reach(seg & 7 | u8::from(write) << 3, offset, bytes)?;
        self.directly(linear, write, bytes)
    }
}

/// One item; tells whether a repetition ends here because of it.
#[inline(always)]
fn item<const KIND: u8>(cpu: &mut Cpu<'_>, op: &Op) -> Result<bool, Stop> {
    let bits = op.width;
    let (si, di) = (cpu.string_register(SI, op), cpu.string_register(DI, op));
    let step = cpu.string_step(op);
    let mut ends = false;
    match KIND {
        MOVS => {
            let value = cpu.read_by(op.seg, si, bits)?;
            cpu.write_by(ES, di, bits, value)?;
        }
        STOS => cpu.write_by(ES, di, bits, cpu.get_by(AX, bits))?,
        LODS => {
            let value = cpu.read_by(op.seg, si, bits)?;
            cpu.set_by(AX, bits, value);
        }
        _ => {
            let a =
                if KIND == CMPS { cpu.read_by(op.seg, si, bits)? } else { cpu.get_by(AX, bits) };
            let b = cpu.read_by(ES, di, bits)?;
            cpu.flags_of(a, b, bits, false);
            ends = (a == b) != (op.kind == WHILE_EQUAL);
        }
    }
    if KIND == MOVS || KIND == CMPS || KIND == LODS {
        cpu.string_advance(SI, op, step);
    }
    if KIND != LODS {
        cpu.string_advance(DI, op, step);
    }
    Ok(ends)
}

/// Moves or fills as many items as are plain memory; tells how many.
fn bulk<const KIND: u8>(cpu: &mut Cpu<'_>, op: &Op, left: u64) -> u64 {
    let width = u64::from(op.width / 8);
    if cpu.other_flags & DF != 0 || cpu.stepping {
        return 0;
    }
    let (si, di) = (cpu.string_register(SI, op), cpu.string_register(DI, op));
    let room = |cpu: &Cpu<'_>, seg: u8, offset: u64| {
        let base = cpu.views[usize::from(seg & 7)].base;
        PAGE - base.wrapping_add(offset) % PAGE
    };
    let mut bytes = room(cpu, ES, di);
    if KIND == MOVS {
        bytes = bytes.min(room(cpu, op.seg, si));
    }
    let count = (bytes / width).min(left);
    let bytes = count * width;
    if count < 4 {
        return 0;
    }
    let Some(to) = cpu.string_run(ES, di, bytes, true) else { return 0 };
    let length = usize::try_from(bytes).unwrap_or(0);
    if KIND == MOVS {
        let Some(from) = cpu.string_run(op.seg, si, bytes, false) else { return 0 };
        // A copy that reads what it has written repeats a pattern.
        let overlaps = to > from && to - from < bytes;
        if overlaps || cpu.ram.copy(from, to, length).is_none() {
            return 0;
        }
        cpu.string_advance(SI, op, bytes);
    } else {
        let value = cpu.get_by(AX, op.width);
        if cpu.ram.fill(to, length, value, usize::from(op.width / 8)).is_none() {
            return 0;
        }
    }
    cpu.string_advance(DI, op, bytes);
    count
}

fn string<const KIND: u8>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    if op.kind == NONE {
        return item::<KIND>(cpu, op).map(|_| ());
    }
    let mut budget = if cpu.stepping { 1 } else { MOST };
    loop {
        let left = cpu.string_register(CX, op);
        if left == 0 {
            return Ok(());
        }
        if budget == 0 || cpu.stale {
            return Err(Stop::Again);
        }
        let moved =
            if KIND == MOVS || KIND == STOS { bulk::<KIND>(cpu, op, left.min(budget)) } else { 0 };
        if moved > 0 {
            cpu.string_advance(CX, op, moved.wrapping_neg());
            cpu.count += moved;
            budget -= moved;
            continue;
        }
        let ends = item::<KIND>(cpu, op)?;
        cpu.string_advance(CX, op, u64::MAX);
        cpu.count += 1;
        budget -= 1;
        if ends {
            return Ok(());
        }
    }
}

/// What a string instruction, also one at a port, has to know besides its operands.
pub(super) fn prepare(i: &Instruction, op: &mut Op) {
    op.width = (i.memory_size().size() * 8) as u8;
    op.narrow = 64 - address_bits(i);
    op.kind = if i.has_repne_prefix() {
        WHILE_DIFFERENT
    } else if i.has_rep_prefix() {
        WHILE_EQUAL
    } else {
        NONE
    };
}

/// The handlers of this file.
pub(super) fn lower(i: &Instruction, op: &mut Op) -> Option<Run> {
    // SSE has instructions of the same names.
    if !i.is_string_instruction() {
        return None;
    }
    let run: Run = match i.mnemonic() {
        Mnemonic::Movsb | Mnemonic::Movsw | Mnemonic::Movsd | Mnemonic::Movsq => string::<MOVS>,
        Mnemonic::Cmpsb | Mnemonic::Cmpsw | Mnemonic::Cmpsd | Mnemonic::Cmpsq => string::<CMPS>,
        Mnemonic::Stosb | Mnemonic::Stosw | Mnemonic::Stosd | Mnemonic::Stosq => string::<STOS>,
        Mnemonic::Lodsb | Mnemonic::Lodsw | Mnemonic::Lodsd | Mnemonic::Lodsq => string::<LODS>,
        Mnemonic::Scasb | Mnemonic::Scasw | Mnemonic::Scasd | Mnemonic::Scasq => string::<SCAS>,
        _ => return None,
    };
    prepare(i, op);
    Some(run)
}
