//! Other system instructions: `syscall sysret sysenter sysexit swapgs`, `rdmsr wrmsr`, time stamps,
//! `cpuid`, random numbers, `hlt`, caches.

use super::cpuid;
use crate::image::Bits;
use crate::machine::backend::Exit;
use crate::machine::soft::core::access::is_canonical;
use crate::machine::soft::core::cpu::{AX, BX, CX, Cpu, DX};
use crate::machine::soft::core::flags::{self, TF};
use crate::machine::soft::core::op::{Flow, Handler, Op, Stop};
use crate::machine::soft::core::segment::{FS, GS};
use crate::machine::state::registers::{CR4_FSGSBASE, CR4_PCE, CR4_TSD, EFER_SCE, RSP, Segment};
use iced_x86::{Instruction, Mnemonic};

fn hlt(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.privileged()?;
    cpu.ip = cpu.next_ip(op);
    cpu.exit = Exit::Halt;
    Err(Stop::Exit)
}

/// Two halves of 32 bits in `edx:eax`.
fn set_pair(cpu: &mut Cpu<'_>, value: u64) {
    cpu.set::<32>(AX, value);
    cpu.set::<32>(DX, value >> 32);
}

fn pair(cpu: &Cpu<'_>) -> u64 {
    cpu.get::<32>(AX) | cpu.get::<32>(DX) << 32
}

/// `rdtsc`, `rdtscp`: `kind` is 1 for the second. Time goes on with each instruction, so what
/// was decoded with it ends here.
fn rdtsc(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    if cpu.system.cr4 & CR4_TSD != 0 {
        cpu.privileged()?;
    }
    set_pair(cpu, cpu.time_stamp());
    if op.kind == 1 {
        cpu.set::<32>(CX, cpu.msr.tsc_aux);
    }
    Err(Stop::Next)
}

/// There is no counter.
fn rdpmc(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    if cpu.system.cr4 & CR4_PCE == 0 {
        cpu.privileged()?;
    }
    Err(cpu.protection())
}

fn rdpid(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.set_by(op.dst, op.width, cpu.msr.tsc_aux);
    Ok(())
}

fn rdmsr(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    cpu.privileged()?;
    let value = cpu.read_msr(cpu.get::<32>(CX) as u32)?;
    set_pair(cpu, value);
    Ok(())
}

fn wrmsr(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    cpu.privileged()?;
    cpu.write_msr(cpu.get::<32>(CX) as u32, pair(cpu))?;
    Err(Stop::Next)
}

fn run_cpuid(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    let [a, b, c, d] = cpuid::leaf(cpu, cpu.get::<32>(AX) as u32, cpu.get::<32>(CX) as u32);
    for (code, value) in [(AX, a), (BX, b), (CX, c), (DX, d)] {
        cpu.set::<32>(code, value.into());
    }
    Ok(())
}

/// The generator is SplitMix64, started from the seed if there is one: a run repeats exactly.
fn random(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.random = cpu.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = cpu.random;
    let value = (value ^ value >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    cpu.set_by(op.dst, op.width, value ^ value >> 31);
    cpu.set_arithmetic(flags::CF);
    Ok(())
}

/// A flat segment as `syscall` and its like load it.
fn flat(selector: u16, is_code: bool, is_64: bool, cpl: u8) -> Segment {
    Segment {
        base: 0,
        limit: u32::MAX,
        selector,
        kind: if is_code { 11 } else { 3 },
        dpl: cpl,
        present: true,
        code_or_data: true,
        big: !(is_code && is_64),
        long: is_code && is_64,
        granular: true,
    }
}

fn enter_flat(cpu: &mut Cpu<'_>, code: u16, stack: u16, is_64: bool, cpl: u8) {
    cpu.system.ss = flat(stack, false, is_64, cpl);
    cpu.set_code_segment(flat(code, true, is_64, cpl), cpl);
}

fn syscall(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    if cpu.system.efer & EFER_SCE == 0 || cpu.bits != Bits::Bits64 {
        return Err(cpu.undefined());
    }
    cpu.r[usize::from(CX)] = cpu.next_ip(op);
    cpu.r[11] = cpu.flags();
    let flags = cpu.flags() & !cpu.msr.sfmask & !flags::RF;
    let selector = (cpu.msr.star >> 32) as u16;
    // A step that ends in a handler without the trap flag is none.
    cpu.is_delivered |= flags & TF == 0;
    cpu.set_flags(flags);
    enter_flat(cpu, selector & !3, selector.wrapping_add(8), true, 0);
    cpu.ip = cpu.msr.lstar;
    Err(Stop::Leave)
}

fn sysret(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    if cpu.system.efer & EFER_SCE == 0 || cpu.bits != Bits::Bits64 {
        return Err(cpu.undefined());
    }
    cpu.privileged()?;
    let target = cpu.r[usize::from(CX)];
    let is_64 = op.kind == 1;
    if is_64 && !is_canonical(target) {
        return Err(cpu.protection());
    }
    let selector = (cpu.msr.star >> 48) as u16;
    let code = selector.wrapping_add(if is_64 { 16 } else { 0 }) | 3;
    cpu.set_flags(cpu.r[11] & !(flags::RF | flags::VM));
    enter_flat(cpu, code, selector.wrapping_add(8) | 3, is_64, 3);
    cpu.ip = if is_64 { target } else { target & 0xFFFF_FFFF };
    Err(Stop::Leave)
}

fn sysenter(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    let selector = cpu.msr.sysenter_cs as u16;
    if !cpu.system.is_protected() || selector & !3 == 0 {
        return Err(cpu.protection());
    }
    let is_64 = cpu.is_long();
    cpu.other_flags &= !(flags::IF | flags::VM | flags::RF);
    enter_flat(cpu, selector & !3, (selector & !3).wrapping_add(8), is_64, 0);
    let mask = if is_64 { u64::MAX } else { 0xFFFF_FFFF };
    cpu.r[RSP] = cpu.msr.sysenter_esp & mask;
    cpu.ip = cpu.msr.sysenter_eip & mask;
    Err(Stop::Leave)
}

fn sysexit(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let selector = cpu.msr.sysenter_cs as u16;
    if !cpu.is_protected() || selector & !3 == 0 {
        return Err(cpu.protection());
    }
    cpu.privileged()?;
    let is_64 = op.kind == 1;
    let (ip, pointer) = (cpu.r[usize::from(DX)], cpu.r[usize::from(CX)]);
    if is_64 && !(is_canonical(ip) && is_canonical(pointer)) {
        return Err(cpu.protection());
    }
    let code = selector.wrapping_add(if is_64 { 32 } else { 16 }) | 3;
    enter_flat(cpu, code, code.wrapping_add(8), is_64, 3);
    let mask = if is_64 { u64::MAX } else { 0xFFFF_FFFF };
    cpu.r[RSP] = pointer & mask;
    cpu.ip = ip & mask;
    Err(Stop::Leave)
}

fn swapgs(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    cpu.privileged()?;
    let base = cpu.msr.kernel_gs_base;
    cpu.msr.kernel_gs_base = cpu.system.gs.base;
    cpu.set_base(GS, base);
    Ok(())
}

/// `rdfsbase` and its like: `kind` is the segment, with 8 added for a write.
fn segment_base(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    if cpu.system.cr4 & CR4_FSGSBASE == 0 {
        return Err(cpu.undefined());
    }
    let seg = op.kind & 7;
    if op.kind & 8 == 0 {
        let base = crate::machine::soft::core::segment::of(&cpu.system, seg).base;
        cpu.set_by(op.dst, op.width, base);
        return Ok(());
    }
    let base = cpu.get_by(op.dst, op.width);
    if !is_canonical(base) {
        return Err(cpu.protection());
    }
    cpu.set_base(seg, base);
    Ok(())
}

/// Nothing is cached that memory does not have; only privilege and permission count.
fn flush_line(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.load::<8>(op).map(|_| ())
}

fn flush_all(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    cpu.privileged()
}

/// The handlers of this file.
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let (kind, run): (u8, Handler) = match i.mnemonic() {
        Mnemonic::Hlt => (0, hlt),
        Mnemonic::Rdtsc => (0, rdtsc),
        Mnemonic::Rdtscp => (1, rdtsc),
        Mnemonic::Rdpmc => (0, rdpmc),
        Mnemonic::Rdpid => (0, rdpid),
        Mnemonic::Rdmsr => (0, rdmsr),
        Mnemonic::Wrmsr => (0, wrmsr),
        Mnemonic::Cpuid => (0, run_cpuid),
        Mnemonic::Rdrand | Mnemonic::Rdseed => (0, random),
        Mnemonic::Syscall => (0, syscall),
        Mnemonic::Sysret => (0, sysret),
        Mnemonic::Sysretq => (1, sysret),
        Mnemonic::Sysenter => (0, sysenter),
        Mnemonic::Sysexit => (0, sysexit),
        Mnemonic::Sysexitq => (1, sysexit),
        Mnemonic::Swapgs => (0, swapgs),
        Mnemonic::Rdfsbase => (FS, segment_base),
        Mnemonic::Rdgsbase => (GS, segment_base),
        Mnemonic::Wrfsbase => (FS | 8, segment_base),
        Mnemonic::Wrgsbase => (GS | 8, segment_base),
        Mnemonic::Clflush | Mnemonic::Clflushopt | Mnemonic::Clwb => (0, flush_line),
        Mnemonic::Wbinvd | Mnemonic::Invd | Mnemonic::Wbnoinvd => (0, flush_all),
        _ => return None,
    };
    op.kind = kind;
    Some(run)
}
