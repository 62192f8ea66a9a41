//! String instructions (SDM volume 2, REP): `movs cmps stos lods scas`, with every prefix.
//!
//! The registers are updated after each item, so a fault or a limit can interrupt the instruction
//! between two items, and it continues from there. Where a run of items is plain memory on both
//! sides, it is moved, filled or searched at once.

use crate::image::Bits;
use crate::machine::soft::core::access::{PAGE, address_mask};
use crate::machine::soft::core::cpu::{AX, CX, Cpu, DI, SI};
use crate::machine::soft::core::flags::DF;
use crate::machine::soft::core::op::{Flow, Handler, Op, Stop, address_bits};
use crate::machine::soft::core::port::little_endian;
use crate::machine::soft::core::segment::ES;
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

/// Most items between two checks of the limits.
const MOST: u64 = 1 << 14;

impl Cpu<'_> {
    /// What is added to an index register for each item.
    pub(crate) fn string_step(&self, op: &Op) -> u64 {
        let bytes = u64::from(op.width / 8);
        if self.other_flags & DF == 0 { bytes } else { bytes.wrapping_neg() }
    }

    /// An index or count register, as wide as addresses are.
    pub(crate) fn string_register(&self, code: u8, op: &Op) -> u64 {
        self.r[usize::from(code & 31)] & address_mask(op)
    }

    /// Moves an index or count register.
    pub(crate) fn string_advance(&mut self, code: u8, op: &Op, by: u64) {
        let mask = address_mask(op);
        let register = &mut self.r[usize::from(code & 31)];
        let kept = if mask == 0xFFFF { *register & !mask } else { 0 };
        *register = register.wrapping_add(by) & mask | kept;
    }

    /// Where in RAM `bytes` at an offset are, if all of them are plain memory in one page.
    fn string_run(&self, seg: u8, offset: u64, bytes: u64, write: bool) -> Option<u64> {
        let linear = self.reach(seg & 7 | u8::from(write) << 3, offset, bytes)?;
        self.directly(linear, write, bytes)
    }
}

/// Executes one item, and returns whether it ends a repetition.
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
            // The second operand is read first.
            let b = cpu.read_by(ES, di, bits)?;
            let a =
                if KIND == CMPS { cpu.read_by(op.seg, si, bits)? } else { cpu.get_by(AX, bits) };
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

/// How many items fit into what is left of the pages, at most `left`.
fn items<const KIND: u8>(cpu: &Cpu<'_>, op: &Op, left: u64) -> u64 {
    if cpu.other_flags & DF != 0 || cpu.stepping {
        return 0;
    }
    let room = |seg: u8, code: u8| {
        let base = cpu.views[usize::from(seg & 7)].base;
        PAGE - base.wrapping_add(cpu.string_register(code, op)) % PAGE
    };
    let mut bytes = room(ES, DI);
    if KIND == MOVS || KIND == CMPS {
        bytes = bytes.min(room(op.seg, SI));
    }
    (bytes / u64::from(op.width / 8)).min(left)
}

/// Moves or fills as many items as are plain memory, and returns their number.
fn bulk<const KIND: u8>(cpu: &mut Cpu<'_>, op: &Op, left: u64) -> Option<u64> {
    let count = items::<KIND>(cpu, op, left);
    if count < 4 {
        return None;
    }
    let bytes = count * u64::from(op.width / 8);
    let to = cpu.string_run(ES, cpu.string_register(DI, op), bytes, true)?;
    let length = usize::try_from(bytes).ok()?;
    if KIND == MOVS {
        let from = cpu.string_run(op.seg, cpu.string_register(SI, op), bytes, false)?;
        // A copy that reads what it has written repeats a pattern.
        if to > from && to - from < bytes {
            return None;
        }
        cpu.ram.copy(from, to, length)?;
        cpu.string_advance(SI, op, bytes);
    } else {
        cpu.ram.fill(to, length, cpu.get_by(AX, op.width), usize::from(op.width / 8))?;
    }
    cpu.string_advance(DI, op, bytes);
    Some(count)
}

/// Compares items of plain memory up to the one that ends the repetition; tells how many, and
/// whether there was one.
fn search<const KIND: u8>(cpu: &mut Cpu<'_>, op: &Op, left: u64) -> Option<(u64, bool)> {
    const PIECE: usize = 256;
    let width = usize::from(op.width / 8);
    let count = items::<KIND>(cpu, op, left.min((PIECE / width) as u64));
    if count < 4 {
        return None;
    }
    let bytes = count * width as u64;
    let (mut ours, mut theirs) = ([0; PIECE], [0; PIECE]);
    let (a, b) = (ours.get_mut(..bytes as usize)?, theirs.get_mut(..bytes as usize)?);
    cpu.ram.read(cpu.string_run(ES, cpu.string_register(DI, op), bytes, false)?, b)?;
    if KIND == CMPS {
        cpu.ram.read(cpu.string_run(op.seg, cpu.string_register(SI, op), bytes, false)?, a)?;
    } else {
        let word = cpu.get_by(AX, op.width).to_le_bytes();
        a.chunks_exact_mut(width).zip(std::iter::repeat(word.get(..width)?)).for_each(
            |(to, from)| {
                to.copy_from_slice(from);
            },
        );
    }
    let mut pairs = a.chunks_exact(width).zip(b.chunks_exact(width));
    let goes_on = op.kind == WHILE_EQUAL;
    let found = pairs.position(|(a, b)| a.iter().eq(b) != goes_on);
    let done = found.map_or(count as usize, |n| n + 1);
    let last = (done - 1) * width..done * width;
    let (a, b) = (little_endian(a.get(last.clone())?), little_endian(b.get(last)?));
    cpu.flags_of(a, b, op.width, false);
    let moved = (done * width) as u64;
    if KIND == CMPS {
        cpu.string_advance(SI, op, moved);
    }
    cpu.string_advance(DI, op, moved);
    Some((done as u64, found.is_some()))
}

fn string<const KIND: u8>(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    if op.kind == NONE {
        return item::<KIND>(cpu, op).map(|_| ());
    }
    let mut budget = if cpu.stepping { 1 } else { MOST };
    let flags = (cpu.result, cpu.carries);
    if op.narrow == 32 && cpu.bits == Bits::Bits64 {
        // With 32-bit addresses registers are written even if nothing is done.
        cpu.string_advance(CX, op, 0);
        if KIND == MOVS {
            cpu.string_advance(SI, op, 0);
        }
        if matches!(KIND, MOVS | STOS) {
            cpu.string_advance(DI, op, 0);
        }
    }
    loop {
        let left = cpu.string_register(CX, op);
        if left == 0 {
            return Ok(());
        }
        if budget == 0 || cpu.stale {
            return Err(Stop::Again);
        }
        let most = left.min(budget);
        let quick = match KIND {
            MOVS | STOS => bulk::<KIND>(cpu, op, most).map(|count| (count, false)),
            CMPS | SCAS => search::<KIND>(cpu, op, most),
            _ => None,
        };
        let step = quick.map_or_else(|| item::<KIND>(cpu, op).map(|ends| (1, ends)), Ok);
        let (done, ends) = match step {
            Ok(step) => step,
            Err(stop) => {
                // What was compared before a fault is forgotten (SDM volume 2, REP).
                (cpu.result, cpu.carries) = flags;
                return Err(stop);
            }
        };
        cpu.string_advance(CX, op, done.wrapping_neg());
        cpu.count += done;
        budget -= done;
        if ends {
            return Ok(());
        }
    }
}

/// What a string instruction, also one at a port, has to know besides its operands.
pub(crate) fn prepare(i: &Instruction, op: &mut Op) {
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
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    // SSE has instructions of the same names.
    if !i.is_string_instruction() {
        return None;
    }
    let run: Handler = match i.mnemonic() {
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
