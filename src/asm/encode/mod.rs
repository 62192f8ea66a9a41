//! Encoding: the bytes of one instruction, given a row of the table and operands that fit it.
//!
//! The encodings are those of the Intel SDM, volume 2, chapter 2 (legacy, VEX, EVEX) and of the
//! AMD manuals (XOP, 3DNow!). The row is chosen in [`select`](super::select).

pub(crate) mod address;
mod prefix;

use crate::asm::syntax::ast::{
    Address, Instruction, Kind as Known, Operand, OperandKind, Rounding, Value,
};
use crate::asm::syntax::table;
use crate::asm::syntax::table::row::{Cpu, class};
use crate::asm::syntax::table::row::{NO_DIGIT, flag};
use crate::asm::syntax::table::{Encoding, Role, Row};
use crate::image::Bits;
use address::ModRm;
use iced_x86::Register;

/// The place of an instruction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    /// The width of the code.
    pub(crate) bits: Bits,
    /// `default rel`.
    pub(crate) default_rel: bool,
    /// `$`.
    pub(crate) address: Value,
}

/// The size of the buffer in [`Encoded`]. The CPU accepts 15 bytes; prefixes that it ignores can
/// make an instruction longer.
pub(crate) const MAX_LENGTH: usize = 32;

/// A warning of the encoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Warning {
    /// A value does not fit its field.
    Overflow {
        /// The number of the operand.
        operand: u8,
        /// Width of the field in bits.
        bits: u8,
        /// Whether the CPU sign-extends the field.
        signed: bool,
    },
    /// The number in an address does not fit its field, so the CPU uses another address.
    Displacement {
        /// The number of the operand.
        operand: u8,
        /// Size of the address in bytes.
        size: u8,
    },
    /// `lock` on an instruction that the CPU does not allow it for.
    NotLockable,
    /// `bnd` before a short jump, where it has no effect and is left out.
    BndLeftOut,
    /// `o16`, `o32` or `o64` although the operands have another size.
    OtherSize {
        /// Size of the operands in bytes.
        size: u8,
    },
}

/// Up to two warnings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Warnings([Option<Warning>; 2]);

impl Warnings {
    /// Adds a warning; a third one is dropped.
    pub(crate) fn push(&mut self, warning: Warning) {
        if let Some(slot) = self.0.iter_mut().find(|slot| slot.is_none()) {
            *slot = Some(warning);
        }
    }

    /// The warnings.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Warning> + '_ {
        self.0.iter().flatten().copied()
    }
}

/// An encoded instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Encoded {
    /// The bytes, of which the first `len` are used.
    pub(crate) bytes: [u8; MAX_LENGTH],
    /// The length in bytes.
    pub(crate) len: u8,
    /// Whether another pass of the layout may produce other bytes.
    pub(crate) label_dependent: bool,
    /// Warnings.
    pub(crate) warnings: Warnings,
    /// The iced code that it was made from.
    pub(crate) code: u16,
    /// The place of the number that depends on labels, if there is exactly one.
    pub(crate) hole: Option<Hole>,
}

/// The place of a number in the bytes of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hole {
    /// Offset of its first byte.
    pub(crate) at: u8,
    /// Its size in bytes.
    pub(crate) width: u8,
    /// Whether it is relative to the end of the instruction.
    pub(crate) relative: bool,
}

impl Encoded {
    /// The bytes of the instruction.
    #[must_use]
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// The place of the only number that is not known yet, if everything else is final and there
    /// are no warnings. A number of one byte is left out: it may be too small or scaled, so the
    /// instruction is encoded again.
    pub(crate) fn only_hole(&self) -> Option<Hole> {
        self.hole.filter(|hole| hole.width > 1 && self.warnings == Warnings::default())
    }

    pub(crate) fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(usize::from(self.len)) {
            *slot = byte;
            self.len += 1;
        }
    }

    /// Adds the low `size` bytes of a number.
    pub(crate) fn number(&mut self, number: i64, size: u8) {
        let start = usize::from(self.len);
        // All eight bytes are written; `len` leaves out those that are too many.
        if let Some(room) = self.bytes.get_mut(start..start + 8) {
            room.copy_from_slice(&number.to_le_bytes());
            self.len += size;
        }
    }
}

/// Why an instruction cannot be encoded. [`explain`] makes a diagnostic of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    /// No row of this mnemonic takes these operands.
    NoForm,
    /// Several sizes are possible and the source names none.
    AmbiguousSize,
    /// The instruction does not exist in this mode.
    NotInMode,
    /// The processor selected with `cpu` does not have it.
    NotOnCpu {
        /// The first processor that has it.
        first: Cpu,
    },
    /// The target of a short branch is too far away.
    OutOfReach {
        /// Bytes from the end of the branch to its target.
        distance: i64,
    },
    /// `ah`, `bh`, `ch`, `dh` together with something that needs REX.
    HighByteWithRex,
    /// Base and index have different sizes.
    AddressSizesDiffer,
    /// This mode has no addresses of this size.
    AddressSizeInMode {
        /// The size in bytes.
        size: u8,
    },
    /// The registers of an address have another size than a prefix or a word in the brackets
    /// requires.
    OtherAddressSize {
        /// Size of the registers in bytes.
        size: u8,
    },
    /// A register operand is an address itself, and its size differs from that of the memory
    /// operand.
    AddressRegister {
        /// Size of the register in bytes.
        size: u8,
    },
    /// The base is no general register of 16, 32 or 64 bits.
    BadBase,
    /// The index is no general or vector register.
    BadIndex,
    /// `esp` or `rsp` cannot be an index.
    StackIndex,
    /// The scale is not 1, 2, 4 or 8.
    BadScale {
        /// The scale as written.
        scale: u8,
    },
    /// 16-bit addresses have no scale.
    ScaleIn16,
    /// A 16-bit address cannot have these registers, or not together.
    BadPair16,
}

/// The parts of an encoding, collected from the operands.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// ModRM.reg, five bits.
    reg: u8,
    /// Register in ModRM.rm, five bits; unused if `memory` is set.
    rm: u8,
    /// Memory operand in ModRM.rm.
    memory: Option<ModRm>,
    /// VEX.vvvv, five bits.
    vvvv: u8,
    /// Register in the low bits of the opcode, four bits.
    opcode: u8,
    /// Register in the high bits of the last byte, with the immediate below it.
    last: Option<u8>,
    /// Numbers after ModRM and its displacement, with their sizes in bytes.
    tail: [(i64, u8); 2],
    /// How many numbers `tail` has.
    tails: usize,
    /// Target and size of a branch distance, which is the last part.
    branch: Option<(Value, u8)>,
    /// A segment register is moved to or from a `qword`, for which NASM writes REX.W.
    wide: bool,
    /// A byte register that needs REX (spl, bpl, sil, dil).
    rex: bool,
    /// A byte register that REX would change (ah, bh, ch, dh).
    high_byte: bool,
    /// Address size in bytes, if an operand or the row decides it.
    address_size: u8,
    /// Segment override, or none.
    segment: Register,
    /// The number that depends on labels.
    awaited: Awaited,
}

/// The number of an instruction that depends on labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Awaited {
    /// None.
    #[default]
    None,
    /// The displacement of an address with ModRM.
    Displacement,
    /// An index into [`Parts::tail`].
    Tail(usize),
    /// The distance of a branch.
    Branch,
    /// More than one number, or one that shares its byte with another part.
    Several,
}

impl Parts {
    /// Records that a number depends on labels.
    fn wait(&mut self, awaited: Awaited) {
        let only = self.awaited == Awaited::None;
        self.awaited = if only { awaited } else { Awaited::Several };
    }

    fn tail(&mut self, number: i64, size: u8) {
        if let Some(slot) = self.tail.get_mut(self.tails) {
            *slot = (number, size);
            self.tails += 1;
        }
    }
}

/// Encodes `operands` by `row`.
///
/// # Errors
/// The reason why this row cannot encode these operands: an impossible address, or a target out of
/// reach.
pub(crate) fn emit(
    row: &Row,
    operands: &[&Operand],
    instruction: &Instruction,
    context: &Context,
    out: &mut Encoded,
) -> Result<(), Error> {
    *out = Encoded::default();
    let mut parts = Parts {
        address_size: row.address_size(),
        segment: instruction.prefixes.segment,
        ..Parts::default()
    };
    gather(row, operands, instruction, context, (&mut parts, out))?;
    let lockable = row.flags & flag::LOCK != 0
        && operands.first().is_some_and(|o| matches!(o.kind, OperandKind::Memory(_)));
    if instruction.prefixes.lock && !lockable {
        out.warnings.push(Warning::NotLockable);
    }
    if instruction.prefixes.bnd && prefix::left_out(row) {
        out.warnings.push(Warning::BndLeftOut);
    }
    if prefix::contradicts(row, instruction) {
        out.warnings.push(Warning::OtherSize { size: row.operand_size() });
    }
    match row.encoding {
        Encoding::Legacy | Encoding::Amd3dNow => {
            prefix::legacy(row, &parts, instruction, context, out)?
        }
        Encoding::Vex | Encoding::Xop => prefix::vex(row, &parts, instruction, context, out)?,
        Encoding::Evex => prefix::evex(row, &parts, operands, instruction, context, out)?,
    }
    finish(row, &parts, context, out)
}

/// Puts each operand into its field.
fn gather(
    row: &Row,
    operands: &[&Operand],
    instruction: &Instruction,
    context: &Context,
    (parts, out): (&mut Parts, &mut Encoded),
) -> Result<(), Error> {
    for (index, (&kind, operand)) in row.operands.iter().zip(operands).enumerate() {
        let kind = table::kind(kind);
        match operand.kind {
            OperandKind::Register(register) => {
                // `pinsrb` reads the whole register: it needs no REX for sil.
                let size = if kind.accepts & class::R32 != 0 { 4 } else { kind.size };
                place_register(parts, kind.role, size, register);
            }
            OperandKind::Memory(ref address) => {
                if address.displacement.kind != Known::Absolute {
                    out.label_dependent = true;
                    parts.wait(match kind.role {
                        Role::Offset => Awaited::Tail(parts.tails),
                        _ => Awaited::Displacement,
                    });
                }
                if address.segment != Register::None {
                    parts.segment = address.segment;
                }
                const NO_SIZE: u32 = flag::NO_OPERAND_SIZE | flag::NO_OPERAND_SIZE_MEMORY;
                parts.wide |= operand.size == 8 && row.flags & NO_SIZE != 0;
                place_memory(row, parts, kind.role, address, operand, instruction, context)?;
                let Value { number, kind: known } = address.displacement;
                let is_offset = kind.role == Role::Offset && parts.address_size == 8;
                if known == Known::Absolute
                    && !is_offset
                    && !displacement_fits(number, parts.address_size)
                {
                    // An index of an operand is at most five.
                    let operand = u8::try_from(index).unwrap_or(0);
                    out.warnings.push(Warning::Displacement { operand, size: parts.address_size });
                }
            }
            OperandKind::Immediate(value) => {
                place_number(parts, kind.role, kind.size, value, index, out);
            }
            OperandKind::Far(segment, offset) => {
                let size = if kind.role == Role::Far16 { 2 } else { 4 };
                out.label_dependent |= offset.kind != Known::Absolute;
                parts.awaited = Awaited::Several;
                parts.tail(offset.number, size);
                parts.tail(segment.number, 2);
            }
        }
    }
    Ok(())
}

/// Whether a displacement is the number that is meant in an address of `size` bytes. Addresses of 2
/// and 4 bytes wrap; in those of 8 the CPU extends 4 bytes by their sign.
fn displacement_fits(number: i64, size: u8) -> bool {
    match size {
        2 => (-0x8000..=0xFFFF).contains(&number),
        4 => (-0x8000_0000..=0xFFFF_FFFF).contains(&number),
        _ => i32::try_from(number).is_ok(),
    }
}

fn place_register(parts: &mut Parts, role: Role, size: u16, register: Register) {
    let number = table::facts(register).number;
    if size == 1 {
        let position = register as usize;
        parts.rex |= (Register::SPL as usize..=Register::DIL as usize).contains(&position);
        parts.high_byte |= (Register::AH as usize..=Register::BH as usize).contains(&position);
    }
    match role {
        Role::Reg => parts.reg = number,
        Role::RegAddress => {
            parts.reg = number;
            parts.address_size = table::facts(register).size;
        }
        Role::Rm => parts.rm = number,
        Role::Vvvv => parts.vvvv = number,
        Role::Opcode => parts.opcode = number,
        Role::Is4 => parts.last = Some(number << 4 | parts.last.unwrap_or(0)),
        _ => {}
    }
}

fn place_memory(
    row: &Row,
    parts: &mut Parts,
    role: Role,
    address: &Address,
    operand: &Operand,
    instruction: &Instruction,
    context: &Context,
) -> Result<(), Error> {
    if role == Role::Offset {
        let asked = address.address_size.max(address.displacement_size);
        let asked = asked.max(instruction.prefixes.address_size);
        if asked == 8 && context.bits != Bits::Bits64 {
            return Err(Error::AddressSizeInMode { size: asked });
        }
        parts.address_size = if asked < 2 { context.bits.bytes() } else { asked };
        parts.tail(address.displacement.number, parts.address_size);
        return Ok(());
    }
    let (scale, other_scale) = match row.encoding {
        Encoding::Evex => row.scale(operand.broadcast != 0),
        _ => (0, 0),
    };
    // A register that holds an address determines the address size.
    let size = parts.address_size;
    let modrm = address::encode(
        address,
        &address::Request {
            bits: context.bits,
            default_relative: context.default_rel,
            segment: parts.segment,
            address_size: if size == 0 { instruction.prefixes.address_size } else { size },
            scale,
            other_scale,
            sib: row.flags & flag::SIB != 0,
            as_written: row.flags & flag::MIB != 0,
        },
    )?;
    if size != 0 && size != modrm.address_size {
        return Err(Error::AddressRegister { size });
    }
    let asked = address.address_size.max(instruction.prefixes.address_size);
    let asks = asked != 0 && asked != modrm.address_size;
    if asks && (address.base != Register::None || address.index != Register::None) {
        return Err(Error::OtherAddressSize { size: modrm.address_size });
    }
    parts.address_size = modrm.address_size;
    parts.memory = Some(modrm);
    Ok(())
}

fn place_number(
    parts: &mut Parts,
    role: Role,
    size: u16,
    value: Value,
    index: usize,
    out: &mut Encoded,
) {
    if value.kind != Known::Absolute {
        out.label_dependent = true;
        parts.wait(match role {
            Role::Imm4 => Awaited::Several,
            Role::Rel8 | Role::Rel16 | Role::Rel32 => Awaited::Branch,
            _ => Awaited::Tail(parts.tails),
        });
    }
    let n = value.number;
    let mut check = |fits: bool, bits: u8, signed: bool| {
        if !fits && value.kind == Known::Absolute {
            // An index of an operand is at most five.
            let operand = u8::try_from(index).unwrap_or(0);
            out.warnings.push(Warning::Overflow { operand, bits, signed });
        }
    };
    match role {
        Role::Imm8 => {
            check((-0x80..=0xFF).contains(&n), 8, false);
            parts.tail(n, 1);
        }
        Role::Imm4 => {
            check((0..=0xF).contains(&n), 4, false);
            let low = n.to_le_bytes()[0] & 0xF;
            parts.last = Some(parts.last.unwrap_or(0) | low);
        }
        Role::Signed8 => {
            let meant = match size {
                2 => (-0x80..=0x7F).contains(&n) || (0xFF80..=0xFFFF).contains(&n),
                4 => (-0x80..=0x7F).contains(&n) || (0xFFFF_FF80..=0xFFFF_FFFF).contains(&n),
                _ => i8::try_from(n).is_ok(),
            };
            check(meant, 8, true);
            parts.tail(n, 1);
        }
        Role::Imm16 => {
            check((-0x8000..=0xFFFF).contains(&n), 16, false);
            parts.tail(n, 2);
        }
        Role::Imm32 => {
            check((-0x8000_0000..=0xFFFF_FFFF).contains(&n), 32, false);
            parts.tail(n, 4);
        }
        Role::Signed32 => {
            check(i32::try_from(n).is_ok(), 32, true);
            parts.tail(n, 4);
        }
        Role::Imm64 => parts.tail(n, 8),
        Role::Rel8 => parts.branch = Some((value, 1)),
        Role::Rel16 => parts.branch = Some((value, 2)),
        Role::Rel32 => parts.branch = Some((value, 4)),
        _ => {}
    }
}

/// Writes opcode, ModRM, SIB, displacement and numbers, after the prefixes and escapes.
fn finish(row: &Row, parts: &Parts, context: &Context, out: &mut Encoded) -> Result<(), Error> {
    if row.encoding != Encoding::Amd3dNow {
        let opcode = row.opcode | u16::from(parts.opcode & 7);
        if row.flags & flag::OPCODE2 != 0 {
            out.push(opcode.to_be_bytes()[0]);
        }
        out.push(opcode.to_be_bytes()[1]);
    }
    let mut relative = None;
    if let Some(modrm) = &parts.memory {
        let reg = digit(row.group & 0xF).unwrap_or(parts.reg);
        out.push(modrm.mode << 6 | (reg & 7) << 3 | modrm.rm & 7);
        if let Some(sib) = modrm.sib {
            out.push(sib);
        }
        if modrm.relative {
            relative = Some(out.len);
        }
        if parts.awaited == Awaited::Displacement {
            out.hole = Some(Hole {
                at: out.len,
                width: modrm.displacement_size,
                relative: modrm.relative,
            });
        }
        out.number(modrm.displacement, modrm.displacement_size);
    } else if row.flags & flag::MODRM != 0 {
        let reg = digit(row.group & 0xF).unwrap_or(parts.reg);
        let rm = digit(row.group >> 4).unwrap_or(parts.rm);
        out.push(0xC0 | (reg & 7) << 3 | rm & 7);
    }
    if row.encoding == Encoding::Amd3dNow {
        out.push(row.opcode.to_be_bytes()[1]);
    }
    if let Some(last) = parts.last {
        out.push(last);
    }
    for (i, &(number, size)) in parts.tail.iter().enumerate().take(parts.tails) {
        if parts.awaited == Awaited::Tail(i) {
            out.hole = Some(Hole { at: out.len, width: size, relative: false });
        }
        out.number(number, size);
    }
    if let Some(at) = relative {
        patch(parts, at, context, out);
    }
    match parts.branch {
        Some((target, size)) => {
            if parts.awaited == Awaited::Branch {
                out.hole = Some(Hole { at: out.len, width: size, relative: true });
            }
            branch(target, size, context, out)
        }
        None => Ok(()),
    }
}

/// Makes the displacement at `at` relative to the end of the instruction (SDM 2.2.1.6).
fn patch(parts: &Parts, at: u8, context: &Context, out: &mut Encoded) {
    let Some(modrm) = &parts.memory else { return };
    out.label_dependent = true;
    let end = context.address.number.wrapping_add(i64::from(out.len));
    let distance = modrm.displacement.wrapping_sub(end).to_le_bytes();
    let at = usize::from(at);
    if let Some(location) = out.bytes.get_mut(at..at + 4) {
        location.copy_from_slice(&distance[..4]);
    }
}

/// The distance of a branch, which comes last.
fn branch(target: Value, size: u8, context: &Context, out: &mut Encoded) -> Result<(), Error> {
    out.label_dependent = true;
    let end = context.address.number.wrapping_add(i64::from(out.len + size));
    let distance = target.number.wrapping_sub(end);
    let known = target.kind != Known::Unknown;
    if known && size == 1 && i8::try_from(distance).is_err() {
        return Err(Error::OutOfReach { distance });
    }
    let distance = if known { distance } else { 0 };
    out.number(distance, size);
    Ok(())
}

fn digit(half: u8) -> Option<u8> {
    (half < NO_DIGIT).then_some(half)
}

/// The value of EVEX.L'L in place of the vector length: the static rounding of `{rn-sae}` and the
/// like. With `{sae}` it is 0, as in NASM.
fn rounding(rounding: Rounding) -> Option<u8> {
    match rounding {
        Rounding::Nearest | Rounding::SuppressExceptions => Some(0),
        Rounding::Down => Some(1),
        Rounding::Up => Some(2),
        Rounding::Zero => Some(3),
        Rounding::None => None,
    }
}
