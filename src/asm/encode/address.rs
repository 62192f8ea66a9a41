//! Memory operands: the ModRM, SIB and displacement bytes of a base, an index, a scale and a
//! displacement.
//!
//! NASM shortens addresses: `[eax*2]` becomes `[eax+eax]`, an index `esp` is swapped with the base,
//! and a displacement is as short as possible. `nosplit` and an explicit size prevent this.

use super::Error;
use crate::asm::syntax::ast::{Address, Kind, Value};
use crate::asm::syntax::table;
use crate::image::Bits;
use iced_x86::Register;

/// What the instruction and the program require of an address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    /// The width of the code.
    pub(crate) bits: Bits,
    /// `default rel`.
    pub(crate) default_relative: bool,
    /// Segment override, from a prefix or inside the brackets.
    pub(crate) segment: Register,
    /// `a16`, `a32` or `a64` before the instruction, in bytes; 0 if there is none.
    pub(crate) address_size: u8,
    /// log2 of the factor by which a disp8 is scaled.
    pub(crate) scale: u8,
    /// The same factor as NASM computes it, which is wrong for some instructions.
    pub(crate) other_scale: u8,
    /// Whether a SIB byte is required.
    pub(crate) sib: bool,
    /// Whether an index without a base stays an index.
    pub(crate) as_written: bool,
}

/// An encoded address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ModRm {
    /// ModRM.mod.
    pub(crate) mode: u8,
    /// ModRM.rm, or the base in SIB, four bits.
    pub(crate) rm: u8,
    /// Index, five bits.
    pub(crate) index: u8,
    /// SIB.
    pub(crate) sib: Option<u8>,
    /// Displacement as it is encoded (divided by the scale, for EVEX).
    pub(crate) displacement: i64,
    /// Its size in bytes.
    pub(crate) displacement_size: u8,
    /// Whether the displacement is relative to the end of the instruction.
    pub(crate) relative: bool,
    /// Address size in bytes.
    pub(crate) address_size: u8,
}

/// Encodes an address.
///
/// # Errors
/// The reason why no ModRM byte can express it.
pub(crate) fn encode(address: &Address, request: &Request) -> Result<ModRm, Error> {
    let size = address_size(address, request)?;
    let none = address.base == Register::None && address.index == Register::None;
    if size == 2 {
        return word(address, request, none);
    }
    if none && !request.sib {
        return Ok(absolute(address, request, size));
    }
    wide(address, request, size)
}

/// The address size in bytes.
fn address_size(address: &Address, request: &Request) -> Result<u8, Error> {
    let default = request.bits.bytes();
    let of = |register: Register| {
        let facts = table::facts(register);
        let general = table::row::class::R16 | table::row::class::R32 | table::row::class::R64;
        (facts.class & general != 0).then_some(facts.size)
    };
    let vector =
        |register: Register| register == Register::None || table::facts(register).size >= 16;
    let size = match (of(address.base), of(address.index)) {
        (Some(a), Some(b)) if a != b => return Err(Error::AddressSizesDiffer),
        (Some(size), _) => size,
        (None, _) if address.base != Register::None => return Err(Error::BadBase),
        (None, Some(size)) => size,
        (None, None) if vector(address.index) => written(address, request).unwrap_or(default),
        (None, None) => return Err(Error::BadIndex),
    };
    match (size, request.bits) {
        (2, Bits::Bits64) | (8, Bits::Bits16 | Bits::Bits32) => {
            Err(Error::AddressSizeInMode { size })
        }
        _ => Ok(size),
    }
}

/// The address size that the source asks for.
fn written(address: &Address, request: &Request) -> Option<u8> {
    let registers = address.base != Register::None || address.index != Register::None;
    let displacement = match address.displacement_size {
        2 | 4 | 8 if !registers && request.bits != Bits::Bits64 => address.displacement_size,
        2 | 8 if !registers => address.displacement_size,
        _ => 0,
    };
    [address.address_size, request.address_size, displacement].into_iter().find(|&s| s != 0)
}

/// An address without registers, in 32- and 64-bit addressing.
fn absolute(address: &Address, request: &Request, size: u8) -> ModRm {
    let long = request.bits == Bits::Bits64;
    let relative = match address.relative {
        Some(relative) => relative,
        None => request.default_relative && !matches!(request.segment, Register::FS | Register::GS),
    };
    // NASM cannot make a plain number relative to rip.
    let plain = address.displacement.kind == Kind::Absolute;
    let relative = relative && long && !plain && !request.as_written;
    ModRm {
        rm: if long && !relative { 4 } else { 5 },
        sib: (long && !relative).then_some(0x25),
        displacement: address.displacement.number,
        displacement_size: 4,
        relative,
        address_size: size,
        ..ModRm::default()
    }
}

/// The size of the displacement in bytes, and the value to encode. `needed` means that the encoding
/// has no form without a displacement.
fn displacement(address: &Address, request: &Request, full: u8, needed: bool) -> (i64, u8) {
    let Value { number, kind } = address.displacement;
    // Only the low part counts: NASM takes 0xFFFFFF80 for -128 in 64-bit code, too.
    let wrapped = match full {
        2 => i64::from(low_16(number)),
        _ => i64::from(low_32(number)),
    };
    let scaled = wrapped >> request.scale;
    let exact = scaled << request.scale == wrapped;
    let fits = |scale: u8| {
        let scaled = wrapped >> scale;
        scaled << scale == wrapped && i8::try_from(scaled).is_ok()
    };
    let byte = fits(request.scale) && fits(request.other_scale);
    match (address.displacement_size, kind) {
        (1, _) => (if exact { scaled } else { wrapped }, 1),
        (2.., _) => (number, full),
        (_, Kind::Relocatable(_) | Kind::Distance) => (number, full),
        _ if number == 0 && !needed => (0, 0),
        (_, Kind::Unknown) => (0, 1),
        _ if byte => (scaled, 1),
        _ => (number, full),
    }
}

/// The low 16 bits, with their sign.
#[expect(clippy::cast_possible_truncation, reason = "the low bits are meant")]
pub(crate) fn low_16(number: i64) -> i16 {
    number as i16
}

/// The low 32 bits, with their sign.
#[expect(clippy::cast_possible_truncation, reason = "the low bits are meant")]
pub(crate) fn low_32(number: i64) -> i32 {
    number as i32
}

/// 16-bit addressing (SDM volume 2, table 2-1).
fn word(address: &Address, request: &Request, none: bool) -> Result<ModRm, Error> {
    use Register::{BP, BX, DI, SI};
    if address.scale > 1 {
        return Err(Error::ScaleIn16);
    }
    let (a, b) = (address.base, address.index);
    let rm = match if a == Register::None { (b, a) } else { (a, b) } {
        (BX, SI) | (SI, BX) => 0,
        (BX, DI) | (DI, BX) => 1,
        (BP, SI) | (SI, BP) => 2,
        (BP, DI) | (DI, BP) => 3,
        (SI, Register::None) => 4,
        (DI, Register::None) => 5,
        (BP, Register::None) => 6,
        (BX, Register::None) => 7,
        (Register::None, Register::None) => 6,
        _ => return Err(Error::BadPair16),
    };
    if none {
        return Ok(ModRm {
            rm,
            displacement: address.displacement.number,
            displacement_size: 2,
            address_size: 2,
            ..ModRm::default()
        });
    }
    let (displacement, bytes) = displacement(address, request, 2, rm == 6);
    let mode = [0, 1, 2][usize::from(bytes.min(2))];
    Ok(ModRm {
        mode,
        rm,
        displacement,
        displacement_size: bytes,
        address_size: 2,
        ..ModRm::default()
    })
}

/// 32- and 64-bit addressing with registers (SDM volume 2, tables 2-2 and 2-3).
fn wide(address: &Address, request: &Request, size: u8) -> Result<ModRm, Error> {
    let (base, index, scale) = shorten(address, request);
    let vector = table::facts(index).size >= 16 && index != Register::None;
    let stack = |r: Register| matches!(r, Register::ESP | Register::RSP);
    if stack(index) && !vector {
        return Err(Error::StackIndex);
    }
    let log = match scale {
        0 | 1 => 0,
        2 => 1,
        4 => 2,
        8 => 3,
        _ => return Err(Error::BadScale { scale }),
    };
    let base_number = table::facts(base).number;
    let index_number = table::facts(index).number;
    let bp = base != Register::None && base_number & 7 == 5;
    let (mut number, mut bytes) = displacement(address, request, 4, bp);
    let mut mode = [0, 1, 2][usize::from(bytes.min(2))];
    if base == Register::None {
        (number, bytes, mode) = (address.displacement.number, 4, 0);
    }
    let sib =
        request.sib || index != Register::None || base == Register::None || base_number & 7 == 4;
    let sib = sib.then(|| {
        let index = if index == Register::None { 4 } else { index_number & 7 };
        let base = if base == Register::None { 5 } else { base_number & 7 };
        log << 6 | index << 3 | base
    });
    let low = if sib.is_some() { 4 } else { base_number & 7 };
    let high = if base == Register::None { 0 } else { base_number & 8 };
    Ok(ModRm {
        mode,
        rm: high | low,
        index: if index == Register::None { 0 } else { index_number },
        sib,
        displacement: number,
        displacement_size: bytes,
        relative: false,
        address_size: size,
    })
}

/// Base, index and scale, shortened as NASM does it.
fn shorten(address: &Address, request: &Request) -> (Register, Register, u8) {
    let Address { mut base, mut index, mut scale, .. } = *address;
    let vector = table::facts(index).size >= 16 && index != Register::None;
    if vector {
        return (base, index, scale);
    }
    let stack = |r: Register| matches!(r, Register::ESP | Register::RSP);
    if base == Register::None && index != Register::None && !request.as_written {
        match scale {
            // `nosplit` does not keep r12 as an index: its low three bits are those of esp.
            0 | 1 if !address.nosplit || table::facts(index).number & 7 == 4 => {
                (base, index, scale) = (index, Register::None, 0);
            }
            2 if !address.nosplit => (base, scale) = (index, 1),
            3 | 5 | 9 => (base, scale) = (index, scale - 1),
            _ => {}
        }
    }
    if stack(index) && !stack(base) && scale <= 1 && base != Register::None {
        std::mem::swap(&mut base, &mut index);
    }
    (base, index, scale)
}
