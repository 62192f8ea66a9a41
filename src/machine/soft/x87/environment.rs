//! The control, status and tag words, and saving and restoring the environment (SDM volume 1,
//! 8.1.10).

use super::float::{Kind, Number};
use super::stack::{BUSY, ES, EXCEPTIONS, SF};
use super::{Cpu, Family};
use crate::machine::soft::core::fpu::Fpu;
use crate::machine::soft::core::op::{Flow, NOWHERE, Op, Stop};
use crate::machine::soft::float::Float80;
use iced_x86::Code;

/// Instructions of this file.
pub(super) const NOTHING: u8 = 0;
pub(super) const INIT: u8 = 1;
pub(super) const CLEX: u8 = 2;
pub(super) const LDCW: u8 = 3;
pub(super) const STCW: u8 = 4;
pub(super) const STSW: u8 = 5;
pub(super) const LDENV: u8 = 6;
pub(super) const STENV: u8 = 7;
pub(super) const RSTOR: u8 = 8;
pub(super) const SAVE: u8 = 9;
pub(super) const WAIT: u8 = 10;

/// The bits of the control word that can be set, and the one that always is.
const CONTROL: u16 = 0x1F7F;
const CONTROL_FIXED: u16 = 0x40;
/// Bytes of the longest image.
const LONGEST: usize = 108;

/// How an image in memory is laid out.
#[derive(Clone, Copy)]
struct Layout {
    /// Fields have 32 bits, not 16.
    is_wide: bool,
    /// Pointers are split as addresses of real mode are.
    is_real: bool,
}

impl Layout {
    fn of(cpu: &Cpu<'_>, op: &Op) -> Self {
        let narrow = [
            Code::Fnstenv_m14byte,
            Code::Fldenv_m14byte,
            Code::Fnsave_m94byte,
            Code::Frstor_m94byte,
        ];
        let is_wide = !narrow.iter().any(|&code| code as u16 == op.code);
        Self { is_wide, is_real: !cpu.is_protected() }
    }

    const fn field_bits(self) -> u8 {
        if self.is_wide { 32 } else { 16 }
    }

    const fn bytes(self) -> usize {
        if self.is_wide { 28 } else { 14 }
    }
}

/// A tag: valid, zero, special or empty.
fn tag(fpu: &Fpu, physical: usize) -> u16 {
    if fpu.tags >> physical & 1 == 0 {
        return 3;
    }
    let number = Number::from(fpu.st[physical & 7]);
    match number.kind {
        Kind::Finite if !number.denormal => 0,
        Kind::Zero => 1,
        _ => 2,
    }
}

/// The seven fields: control, status, tags, and the two pointers, each in two parts.
fn fields(fpu: &Fpu, layout: Layout) -> [u32; 7] {
    let tags = (0..8).fold(0, |word, n| word | tag(fpu, n) << (2 * n));
    let (ip, operand, opcode) = (fpu.instruction as u32, fpu.operand as u32, u32::from(fpu.opcode));
    // Bits that are reserved in the wide layouts are set.
    let top = if layout.is_wide { 0xFFFF_0000 } else { 0 };
    let words = [fpu.control, fpu.status, tags].map(|word| top | u32::from(word));
    let [control, status, tags] = words;
    let pointers = match (layout.is_real, layout.is_wide) {
        (true, _) => [
            top | ip & 0xFFFF,
            ip >> 16 << 12 | opcode,
            top | operand & 0xFFFF,
            operand >> 16 << 12,
        ],
        (false, true) => [ip, opcode << 16, operand, top],
        (false, false) => [ip, 0, operand, 0],
    };
    let [a, b, c, d] = pointers;
    [control, status, tags, a, b, c, d]
}

/// Takes the fields over.
fn set_fields(fpu: &mut Fpu, layout: Layout, fields: [u32; 7]) {
    let [control, status, tags, ip, selector, operand, high] = fields;
    set_control(fpu, control as u16);
    fpu.status = status as u16;
    fpu.summarize();
    fpu.tags = (0..8).fold(0, |bits, n| bits | u8::from(tags >> (2 * n) & 3 != 3) << n);
    (fpu.instruction, fpu.operand) = (ip.into(), operand.into());
    fpu.opcode = 0;
    if layout.is_real {
        fpu.instruction = u64::from(ip & 0xFFFF | selector >> 12 << 16);
        fpu.operand = u64::from(operand & 0xFFFF | high >> 12 << 16);
        fpu.opcode = selector as u16 & 0x7FF;
    } else if layout.is_wide {
        fpu.opcode = (selector >> 16) as u16 & 0x7FF;
    }
}

fn set_control(fpu: &mut Fpu, value: u16) {
    fpu.control = value & CONTROL | CONTROL_FIXED;
    fpu.summarize();
}

/// As after FNINIT: the registers keep what they hold, but are empty.
fn init(fpu: &mut Fpu) {
    let (st, ymm, mxcsr, xcr0) = (fpu.st, fpu.ymm, fpu.mxcsr, fpu.xcr0);
    *fpu = Fpu { st, ymm, mxcsr, xcr0, ..Fpu::default() };
}

/// The offset of a part of an operand, which wraps around as addresses do.
pub(super) fn after(op: &Op, offset: u64, by: u64) -> u64 {
    let narrow = op.narrow & 63;
    offset.wrapping_add(by) << narrow >> narrow
}

/// Writes an image, all or nothing: its first field and its last byte are looked for before.
fn write_image(cpu: &mut Cpu<'_>, op: &Op, layout: Layout, image: &[u8]) -> Flow {
    let offset = cpu.offset(op);
    cpu.slot_by(op.seg, offset, layout.field_bits())?;
    cpu.slot_by(op.seg, after(op, offset, image.len() as u64 - 1), 8)?;
    for (n, bytes) in image.chunks_exact(2).enumerate() {
        let at = after(op, offset, 2 * n as u64);
        let word = bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
        cpu.write_by(op.seg, at, 16, word)?;
    }
    Ok(())
}

fn read_image(cpu: &mut Cpu<'_>, op: &Op, layout: Layout, image: &mut [u8]) -> Flow {
    let offset = cpu.offset(op);
    cpu.read_by(op.seg, offset, layout.field_bits())?;
    cpu.read_by(op.seg, after(op, offset, image.len() as u64 - 1), 8)?;
    for (n, bytes) in image.chunks_exact_mut(2).enumerate() {
        let at = after(op, offset, 2 * n as u64);
        let word = cpu.read_by(op.seg, at, 16)? as u16;
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    Ok(())
}

/// `fnstenv` and `fnsave`.
fn save(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let layout = Layout::of(cpu, op);
    let mut image = [0; LONGEST];
    let width = layout.bytes() / 7;
    for (place, field) in image.chunks_exact_mut(width).zip(fields(&cpu.fpu, layout)) {
        place.copy_from_slice(field.to_le_bytes().get(..width).unwrap_or_default());
    }
    let (_, registers) = image.split_at_mut(layout.bytes());
    for (n, place) in (0..8).zip(registers.chunks_exact_mut(10)) {
        let Float80 { significand, exponent } = cpu.fpu.st(n);
        let all = u128::from(significand) | u128::from(exponent) << 64;
        place.copy_from_slice(all.to_le_bytes().get(..10).unwrap_or_default());
    }
    let length = layout.bytes() + if op.kind == SAVE { 80 } else { 0 };
    write_image(cpu, op, layout, image.get(..length).unwrap_or_default())?;
    if op.kind == SAVE {
        init(&mut cpu.fpu);
    } else {
        let control = cpu.fpu.control | EXCEPTIONS;
        set_control(&mut cpu.fpu, control);
    }
    Ok(())
}

/// `fldenv` and `frstor`.
fn restore(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let layout = Layout::of(cpu, op);
    let mut image = [0; LONGEST];
    let length = layout.bytes() + if op.kind == RSTOR { 80 } else { 0 };
    read_image(cpu, op, layout, image.get_mut(..length).unwrap_or_default())?;
    let (front, registers) = image.split_at(layout.bytes());
    let word =
        |bytes: &[u8]| bytes.iter().rev().fold(0, |word, &byte| word << 8 | u128::from(byte));
    let mut fields = [0; 7];
    for (field, bytes) in fields.iter_mut().zip(front.chunks_exact(layout.bytes() / 7)) {
        *field = word(bytes) as u32;
    }
    let fpu = &mut *cpu.fpu;
    set_fields(fpu, layout, fields);
    if op.kind == RSTOR {
        let (tags, top) = (fpu.tags, fpu.top());
        for (n, bytes) in (0..8).zip(registers.chunks_exact(10)) {
            let all = word(bytes);
            let value = Float80 { significand: all as u64, exponent: (all >> 64) as u16 };
            fpu.st[usize::from(top.wrapping_add(n) & 7)] = value;
        }
        fpu.tags = tags;
    }
    Ok(())
}

/// Notes the opcode of an instruction, without its prefixes: 11 bits (SDM volume 1, 8.1.9).
pub(super) fn note_opcode(cpu: &mut Cpu<'_>, op: &Op) {
    let mut opcode = 0;
    for n in 0..op.len {
        let ip = cpu.start(op).wrapping_add(n.into()) & cpu.ip_mask;
        let Ok(byte) = read_code(cpu, ip) else { return };
        match opcode {
            0 if byte & 0xF8 == 0xD8 => opcode = byte,
            0 => {}
            _ => {
                cpu.fpu.opcode = (opcode & 7) << 8 | byte;
                return;
            }
        }
    }
}

fn read_code(cpu: &mut Cpu<'_>, ip: u64) -> Result<u16, Stop> {
    let physical = cpu.fetch_address(ip)?;
    let mut byte = [0];
    cpu.ram.read(physical, &mut byte).ok_or(Stop::Missing)?;
    Ok(byte[0].into())
}

/// The instructions of this file.
pub(super) fn run(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.check_x87(op.fourth == Family::Waiting as u8)?;
    match op.kind {
        INIT => init(&mut cpu.fpu),
        CLEX => cpu.fpu.status &= !(EXCEPTIONS | SF | ES | BUSY),
        LDCW => {
            let value = cpu.load_by(op, 16)? as u16;
            set_control(&mut cpu.fpu, value);
        }
        STCW => cpu.store_by(op, 16, cpu.fpu.control.into())?,
        STSW if op.memory == NOWHERE => cpu.set::<16>(op.dst, cpu.fpu.status.into()),
        STSW => cpu.store_by(op, 16, cpu.fpu.status.into())?,
        STENV | SAVE => save(cpu, op)?,
        LDENV | RSTOR => restore(cpu, op)?,
        _ => {}
    }
    Ok(())
}
