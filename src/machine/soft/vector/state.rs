//! Instructions on the whole state: `emms ldmxcsr stmxcsr fxsave fxrstor xsave xsaveopt xrstor
//! xgetbv xsetbv` (SDM volume 1, 10.5 and chapter 13).
//!
//! The area in memory has the same layout as in a snapshot, so these instructions convert the state
//! to and from that.

use super::operand::{MMX, describe};
use crate::image::Bits;
use crate::machine::soft::core::cpu::{AX, CX, Cpu, DX};
use crate::machine::soft::core::exception::NM;
use crate::machine::soft::core::fpu::{Fpu, MXCSR_MASK, XCR0};
use crate::machine::soft::core::op::{Flow, Handler, Op, Stop};
use crate::machine::state::extended::Extended;
use crate::machine::state::registers::{CR0_EM, CR0_TS, CR4_OSXSAVE};
use iced_x86::Instruction;
use iced_x86::Mnemonic as M;

/// State components.
const X87: u64 = 1;
const SSE: u64 = 2;
const AVX: u64 = 4;

/// In `Op::code`: addresses of the x87's last instruction and operand have 64 bits.
const WIDE: u16 = 1;
/// In `Op::code`: components in their first state are not written.
const OPTIMISED: u16 = 2;

/// ES and B in the x87 status word.
const PENDING: u16 = 0x8080;

/// Bytes of the area of FXSAVE, and of those that XSAVE has.
const LEGACY: usize = 512;
const HEADER: usize = 64;
const ALL: usize = 832;

/// Where the components are in the area, in bytes; the x87 has two places.
const X87_CONTROL: (usize, usize) = (0, 24);
const MXCSR: (usize, usize) = (24, 32);
const X87_REGISTERS: (usize, usize) = (32, 160);
const XMM: usize = 160;
const YMM: usize = 576;

fn emms(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    cpu.enter_mmx();
    cpu.fpu.tags = 0;
    Ok(())
}

fn load_mxcsr(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let value = cpu.load_by(op, 32)? as u32;
    if value & !MXCSR_MASK != 0 {
        return Err(cpu.protection());
    }
    cpu.fpu.mxcsr = value;
    Ok(())
}

fn store_mxcsr(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    cpu.store_by(op, 32, cpu.fpu.mxcsr.into())
}

/// Whether FXSAVE and FXRSTOR may run.
fn may_save(cpu: &mut Cpu<'_>) -> Flow {
    if cpu.system.cr0 & (CR0_EM | CR0_TS) != 0 {
        return Err(cpu.raise(NM));
    }
    Ok(())
}

/// Whether XSAVE and its like may run.
fn may_xsave(cpu: &mut Cpu<'_>) -> Flow {
    if cpu.system.cr4 & CR4_OSXSAVE == 0 {
        return Err(cpu.undefined());
    }
    if cpu.system.cr0 & CR0_TS != 0 {
        return Err(cpu.raise(NM));
    }
    Ok(())
}

/// The components that are asked for in `edx:eax` and turned on.
fn asked(cpu: &Cpu<'_>) -> u64 {
    (cpu.get_by(AX, 32) | cpu.get_by(DX, 32) << 32) & cpu.fpu.xcr0
}

/// The linear address of an area, aligned to `to` bytes.
fn area(cpu: &mut Cpu<'_>, op: &Op, bytes: usize, to: u64, write: bool) -> Result<u64, Stop> {
    let offset = cpu.offset(op);
    // Alignment comes between the segment's limit for the first word and that for the others.
    let start = cpu.linear(op.seg, offset, 4, write)?;
    if !start.is_multiple_of(to) {
        cpu.check_alignment(start, 4)?;
        return Err(cpu.protection());
    }
    let linear = cpu.linear(op.seg, offset, bytes as u32, write)?;
    cpu.watch(linear, bytes as u32, write);
    Ok(linear)
}

/// Makes sure that an area can be written. Processors begin with the end, so that is what a page
/// fault tells.
fn writable(cpu: &mut Cpu<'_>, linear: u64, bytes: usize) -> Flow {
    cpu.may_write(linear.wrapping_add(bytes as u64 - 1) & cpu.linear_mask, 1)?;
    cpu.may_write(linear, bytes as u32)
}

/// Writes part of an area, in words.
fn put(cpu: &mut Cpu<'_>, linear: u64, bytes: &[u8], (start, end): (usize, usize)) -> Flow {
    for at in (start..end).step_by(8) {
        let word = bytes.get(at..at + 8).and_then(|word| word.try_into().ok()).unwrap_or_default();
        let to = linear.wrapping_add(at as u64) & cpu.linear_mask;
        cpu.write_linear(to, 8, u64::from_le_bytes(word))?;
    }
    Ok(())
}

/// Reads an area from its start.
fn get(cpu: &mut Cpu<'_>, linear: u64, bytes: &mut [u8]) -> Flow {
    for (n, word) in (0..).zip(bytes.chunks_exact_mut(8)) {
        let from = linear.wrapping_add(8 * n) & cpu.linear_mask;
        word.copy_from_slice(&cpu.read_linear(from, 8)?.to_le_bytes());
    }
    Ok(())
}

/// How many of the vector registers the mode has.
fn registers(cpu: &Cpu<'_>) -> usize {
    if cpu.bits == Bits::Bits64 { 16 } else { 8 }
}

/// Writes components of the state.
fn save(cpu: &mut Cpu<'_>, op: &Op, linear: u64, components: u64) -> Flow {
    let mut image = cpu.fpu.to_extended().area;
    if op.code & WIDE == 0 {
        // The segments of the two addresses are 0, as on processors that keep none.
        image[12..16].fill(0);
        image[20..24].fill(0);
    }
    let count = registers(cpu);
    let image = image.as_slice();
    if components & X87 != 0 {
        put(cpu, linear, image, X87_CONTROL)?;
        put(cpu, linear, image, X87_REGISTERS)?;
    }
    if components & SSE != 0 {
        put(cpu, linear, image, (XMM, XMM + 16 * count))?;
    }
    if components & AVX != 0 {
        put(cpu, linear, image, (YMM, YMM + 16 * count))?;
    }
    Ok(())
}

fn fxsave(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    may_save(cpu)?;
    let linear = area(cpu, op, LEGACY, 16, true)?;
    writable(cpu, linear, LEGACY)?;
    let image = cpu.fpu.to_extended().area;
    save(cpu, op, linear, X87 | SSE)?;
    put(cpu, linear, image.as_slice(), MXCSR)
}

fn xsave(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    may_xsave(cpu)?;
    let components = asked(cpu);
    let end = if components & AVX != 0 { ALL } else { LEGACY + HEADER };
    let linear = area(cpu, op, end, 64, true)?;
    writable(cpu, linear, end)?;
    let header = linear.wrapping_add(LEGACY as u64) & cpu.linear_mask;
    let old = cpu.read_linear(header, 8)?;
    let used = cpu.fpu.in_use();
    let written = if op.code & OPTIMISED != 0 { components & used } else { components };
    save(cpu, op, linear, written)?;
    if components & (SSE | AVX) != 0 {
        let image = cpu.fpu.to_extended().area;
        put(cpu, linear, image.as_slice(), MXCSR)?;
    }
    cpu.write_linear(header, 8, old & !components | used & components)
}

/// Takes components of the state from an area, or their first state where it has none.
fn restore(cpu: &mut Cpu<'_>, op: &Op, area: Extended, components: u64, mxcsr: bool) {
    let count = registers(cpu);
    let new = Fpu::from_extended(&area);
    let fpu = &mut *cpu.fpu;
    if components & X87 != 0 {
        (fpu.st, fpu.control, fpu.tags) = (new.st, new.control, new.tags);
        // Whether an exception is pending follows from the flags and their masks.
        let is_pending = new.status & !new.control & 0x3F != 0;
        fpu.status = new.status & !PENDING | if is_pending { PENDING } else { 0 };
        fpu.opcode = new.opcode & 0x7FF;
        let mask = if op.code & WIDE != 0 { u64::MAX } else { 0xFFFF_FFFF };
        (fpu.instruction, fpu.operand) = (new.instruction & mask, new.operand & mask);
    }
    for (to, from) in fpu.ymm.iter_mut().zip(new.ymm).take(count) {
        if components & SSE != 0 {
            (to[0], to[1]) = (from[0], from[1]);
        }
        if components & AVX != 0 {
            (to[2], to[3]) = (from[2], from[3]);
        }
    }
    if mxcsr {
        fpu.mxcsr = new.mxcsr;
    }
    fpu.loaded = fpu.loaded & !components | new.loaded & components;
}

/// #GP for what MXCSR cannot be.
fn check_mxcsr(cpu: &mut Cpu<'_>, area: &Extended) -> Flow {
    if area.mxcsr() & !MXCSR_MASK != 0 {
        return Err(cpu.protection());
    }
    Ok(())
}

fn fxrstor(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    may_save(cpu)?;
    let linear = area(cpu, op, LEGACY, 16, false)?;
    // The end first, as above.
    cpu.read_linear(linear.wrapping_add(LEGACY as u64 - 1) & cpu.linear_mask, 1)?;
    let mut area = Extended::default();
    get(cpu, linear, area.area.get_mut(..LEGACY).unwrap_or_default())?;
    check_mxcsr(cpu, &area)?;
    restore(cpu, op, area, X87 | SSE, true);
    Ok(())
}

fn xrstor(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    may_xsave(cpu)?;
    let components = asked(cpu);
    let end = if components & AVX != 0 { ALL } else { LEGACY + HEADER };
    let linear = area(cpu, op, end, 64, false)?;
    // The word with the format of the area is checked first.
    cpu.read_linear(linear.wrapping_add(LEGACY as u64 + 8) & cpu.linear_mask, 8)?;
    let mut area = Extended::default();
    get(cpu, linear, area.area.get_mut(..end).unwrap_or_default())?;
    let header = |n: usize| {
        let at = LEGACY + 8 * n;
        let word = area.area.get(at..at + 8).and_then(|word| word.try_into().ok());
        u64::from_le_bytes(word.unwrap_or_default())
    };
    // A compacted area, which this CPU does not have, says so in the second word.
    if header(0) & !cpu.fpu.xcr0 != 0 || header(1) | header(2) != 0 {
        return Err(cpu.protection());
    }
    let mxcsr = components & (SSE | AVX) != 0;
    if mxcsr {
        check_mxcsr(cpu, &area)?;
    }
    restore(cpu, op, area, components, mxcsr);
    Ok(())
}

fn xgetbv(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    if cpu.system.cr4 & CR4_OSXSAVE == 0 {
        return Err(cpu.undefined());
    }
    if cpu.get_by(CX, 32) != 0 {
        return Err(cpu.protection());
    }
    cpu.set_by(AX, 32, cpu.fpu.xcr0);
    cpu.set_by(DX, 32, cpu.fpu.xcr0 >> 32);
    Ok(())
}

fn xsetbv(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    if cpu.system.cr4 & CR4_OSXSAVE == 0 {
        return Err(cpu.undefined());
    }
    cpu.privileged()?;
    let value = cpu.get_by(AX, 32) | cpu.get_by(DX, 32) << 32;
    let is_wrong = value & !XCR0 != 0 || value & X87 == 0 || value & (SSE | AVX) == AVX;
    if is_wrong || cpu.get_by(CX, 32) != 0 {
        return Err(cpu.protection());
    }
    cpu.fpu.xcr0 = value;
    Ok(())
}

/// The handlers of this file.
pub(super) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let (code, run): (u16, Handler) = match i.mnemonic() {
        M::Emms => (0, emms),
        M::Ldmxcsr | M::Vldmxcsr => (0, load_mxcsr),
        M::Stmxcsr | M::Vstmxcsr => (0, store_mxcsr),
        M::Fxsave => (0, fxsave),
        M::Fxsave64 => (WIDE, fxsave),
        M::Fxrstor => (0, fxrstor),
        M::Fxrstor64 => (WIDE, fxrstor),
        M::Xsave => (0, xsave),
        M::Xsave64 => (WIDE, xsave),
        M::Xsaveopt => (OPTIMISED, xsave),
        M::Xsaveopt64 => (OPTIMISED | WIDE, xsave),
        M::Xrstor => (0, xrstor),
        M::Xrstor64 => (WIDE, xrstor),
        M::Xgetbv => (0, xgetbv),
        M::Xsetbv => (0, xsetbv),
        _ => return None,
    };
    describe(i, op);
    op.code = code;
    if i.mnemonic() == M::Emms {
        (op.kind, op.width) = (MMX, 8);
    }
    Some(run)
}
