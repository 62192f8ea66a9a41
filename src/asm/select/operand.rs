//! The class bits of an operand.

use crate::asm::encode::Context;
use crate::asm::encode::address::{low_16, low_32};
use crate::asm::syntax::ast::{
    Address, Distance, Kind, Operand, OperandKind, Rounding, Size, Value,
};
use crate::asm::syntax::table;
use crate::asm::syntax::table::row::class;
use crate::diagnostic::Span;
use crate::image::Bits;
use iced_x86::Register;

/// The class bits of an operand.
pub(super) fn class(operand: &Operand, context: &Context) -> u64 {
    match operand.kind {
        OperandKind::Register(register) => register_class(register, operand, context),
        OperandKind::Immediate(value) => number_class(value, operand),
        OperandKind::Memory(ref address) => memory_class(address, operand, context),
        OperandKind::Far(..) => class::FAR,
    }
}

fn register_class(register: Register, operand: &Operand, context: &Context) -> u64 {
    let facts = table::facts(register);
    if context.bits != Bits::Bits64 && only_in_64(register) {
        return 0;
    }
    match operand.distance {
        Distance::To if facts.class & class::ST != 0 => class::ST_TO,
        _ => facts.class,
    }
}

/// Whether a register exists only in 64-bit code: by its number, its size, or because it needs REX.
pub(super) fn only_in_64(register: Register) -> bool {
    let facts = table::facts(register);
    let position = register as usize;
    let rex = (Register::SPL as usize..=Register::DIL as usize).contains(&position);
    facts.class & class::R64 != 0 || rex || (facts.number > 7 && facts.class & class::CR == 0)
}

fn number_class(value: Value, operand: &Operand) -> u64 {
    use class::{
        IMM8, IMM16, IMM32, IMM64, ONE, REL, REL8, SIGNED8_16, SIGNED8_32, SIGNED8_64, SIGNED32,
        UNSIGNED32,
    };
    let branch = match operand.distance {
        Distance::Short => REL8,
        Distance::None if operand.size == 0 && !operand.strict => REL | REL8,
        Distance::None | Distance::Near => REL,
        Distance::Far | Distance::To => 0,
    };
    let short = SIGNED8_16 | SIGNED8_32 | SIGNED8_64;
    let all = IMM8 | IMM16 | IMM32 | IMM64;
    let fits = match value.kind {
        Kind::Unknown => short | SIGNED32 | UNSIGNED32,
        Kind::Relocatable(_) | Kind::Distance => 0,
        Kind::Absolute => values(value.number),
    };
    let fits = if operand.strict { 0 } else { fits };
    let size = match operand.size {
        0 if value.kind == Kind::Absolute && value.number == 1 => all | fits | ONE,
        0 => all | fits,
        1 => IMM8 | short,
        2 => IMM16 | fits & SIGNED8_16,
        4 => IMM32 | SIGNED32 | fits & (SIGNED8_32 | SIGNED8_64),
        8 => IMM64 | fits & (SIGNED8_64 | SIGNED32 | UNSIGNED32),
        _ => 0,
    };
    size | branch
}

/// The short immediate forms that a number fits.
fn values(number: i64) -> u64 {
    let byte = |n: i64| i8::try_from(n).is_ok();
    let mut bits = 0;
    // NASM accepts 0xFFFFFFFF as -1, even for 64-bit operands: it tests the low bits only.
    if byte(low_32(number).into()) {
        bits |= class::SIGNED8_32 | class::SIGNED8_64;
    }
    if byte(low_16(number).into()) {
        bits |= class::SIGNED8_16;
    }
    if i32::try_from(number).is_ok() {
        bits |= class::SIGNED32;
    }
    if u32::try_from(number).is_ok() {
        bits |= class::UNSIGNED32;
    }
    bits
}

/// The class of memory with an explicit size.
pub(super) fn memory_size(size: Size) -> u64 {
    match size {
        0 => class::M_UNSIZED,
        1 => class::M8,
        2 => class::M16,
        4 => class::M32,
        8 => class::M64,
        10 => class::M80,
        16 => class::M128,
        32 => class::M256,
        64 => class::M512,
        _ => 0,
    }
}

fn memory_class(address: &Address, operand: &Operand, context: &Context) -> u64 {
    let index = table::facts(address.index).class;
    let vectors = [
        (class::XMM | class::XMM_HIGH, class::M_VSIB_X),
        (class::YMM | class::YMM_HIGH, class::M_VSIB_Y),
        (class::ZMM | class::ZMM_HIGH, class::M_VSIB_Z),
    ];
    if let Some((_, vsib)) = vectors.iter().find(|(bits, _)| index & bits != 0) {
        return *vsib;
    }
    if operand.broadcast != 0 {
        return class::M_BROADCAST;
    }
    if operand.distance == Distance::Far {
        return class::M_FAR;
    }
    let none = address.base == Register::None && address.index == Register::None;
    let short = context.bits != Bits::Bits64 && address.displacement_size != 1;
    let long = (address.displacement_size == 8) != (address.address_size == 4);
    let default = context.default_rel && !matches!(address.segment, Register::FS | Register::GS);
    let relative = context.bits == Bits::Bits64 && address.relative.unwrap_or(default);
    let offset = none && !relative && (short || long);
    memory_size(operand.size) | if offset { class::M_OFFSET } else { 0 }
}

/// A number as an operand, for names that imply one.
pub(super) fn number(number: i64) -> Operand {
    Operand {
        kind: OperandKind::Immediate(Value { number, kind: Kind::Absolute }),
        size: 0,
        strict: false,
        distance: Distance::None,
        broadcast: 0,
        opmask: Register::None,
        zeroing: false,
        span: Span::default(),
    }
}

/// Whether the rounding word names a direction.
pub(super) fn directed(rounding: Rounding) -> bool {
    !matches!(rounding, Rounding::None | Rounding::SuppressExceptions)
}
