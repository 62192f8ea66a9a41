//! Loads and stores (SDM volume 1, 8.3.3 and 8.3.4).

use super::arithmetic::{memory_number, nan};
use super::environment::after;
use super::float::exception::{DE, IE, OE, PE, UE};
use super::float::{DOUBLE, EXTENDED, Environment, Exact, Number, Rounding, SINGLE};
use super::stack::{C1, INDEFINITE};
use super::{Cpu, INTEGER, POP, decimal};
use crate::machine::soft::core::fpu::Fpu;
use crate::machine::soft::core::op::{Flow, NOWHERE, Op, Stop};
use crate::machine::soft::float::Float80;

/// In a kind: decimal digits.
pub(super) const DECIMAL: u8 = 1;
/// In a kind: an empty register is not stored, and no exception.
pub(super) const QUIETLY: u8 = 2;
/// In a kind: rounded to zero.
pub(super) const CHOP: u8 = 4;

/// The constants: exponent and 128 bits of significand of log2 10, log2 e, pi, log10 2, ln 2.
const CONSTANTS: [(i32, u128); 5] = [
    (1, 0xD49A_784B_CD1B_8AFE_492B_F6FF_4DAF_DB4C),
    (0, 0xB8AA_3B29_5C17_F0BB_BE87_FED0_691D_3E88),
    (1, 0xC90F_DAA2_2168_C234_C4C6_628B_80DC_1CD1),
    (-2, 0x9A20_9A84_FBCF_F798_8F89_59AC_0B7C_9178),
    (-1, 0xB172_17F7_D1CF_79AB_C9E3_B398_03F2_F6AF),
];

/// Ten bytes of memory.
fn read_ten(cpu: &mut Cpu<'_>, op: &Op) -> Result<Float80, Stop> {
    let offset = cpu.offset(op);
    let significand = cpu.read_by(op.seg, offset, 64)?;
    let exponent = cpu.read_by(op.seg, after(op, offset, 8), 16)? as u16;
    Ok(Float80 { significand, exponent })
}

fn write_ten(cpu: &mut Cpu<'_>, op: &Op, value: Float80) -> Flow {
    let offset = cpu.offset(op);
    // A processor, too, has written the first part if the second one faults.
    cpu.write_by(op.seg, offset, 64, value.significand)?;
    cpu.write_by(op.seg, after(op, offset, 8), 16, value.exponent.into())
}

/// Pushes, if there is room.
fn push(fpu: &mut Fpu, value: Float80) {
    if fpu.is_empty(7) {
        fpu.conditions(C1, 0);
        fpu.push(value);
    } else if fpu.stack_fault(true) {
        fpu.push(INDEFINITE);
    }
}

/// `fld fild fbld`.
pub(super) fn load(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let value = match op.memory {
        NOWHERE => {
            let fpu = &mut *cpu.fpu;
            let value = fpu.st(op.dst);
            if !fpu.is_empty(op.dst) {
                push(fpu, value);
            } else if fpu.stack_fault(false) {
                fpu.push(INDEFINITE);
            }
            return Ok(());
        }
        _ if op.kind & DECIMAL != 0 => decimal::load(read_ten(cpu, op)?).into(),
        _ if op.width == 80 => read_ten(cpu, op)?,
        _ => {
            let number = memory_number(cpu, op)?;
            let fpu = &mut *cpu.fpu;
            if fpu.is_empty(7) {
                let invalid = if number.is_signalling() { IE } else { 0 };
                fpu.note(invalid | if number.denormal { DE } else { 0 });
                // A denormal number is loaded even where that is not masked.
                if invalid & !fpu.masks() != 0 {
                    fpu.conditions(C1, 0);
                    return Ok(());
                }
            }
            if number.is_nan() { number.quieted().into() } else { number.into() }
        }
    };
    push(&mut cpu.fpu, value);
    Ok(())
}

/// `fldpi` and its like.
pub(super) fn constant(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let fpu = &mut *cpu.fpu;
    let number = match CONSTANTS.get(usize::from(op.kind).wrapping_sub(1)) {
        Some(&(exponent, significand)) => {
            let exact = Exact { negative: false, exponent, significand };
            fpu.environment_for(EXTENDED).round_exact(exact)
        }
        None if op.kind == 0 => Number::integer(1),
        None => Number::zero(false),
    };
    push(fpu, number.into());
    Ok(())
}

/// The bits that a store of a register leaves in memory.
fn stored(environment: &mut Environment, number: Number, op: &Op) -> Float80 {
    if op.kind & DECIMAL != 0 {
        return decimal::store(environment, number);
    }
    let significand = if op.kind & INTEGER != 0 {
        if op.kind & CHOP != 0 {
            environment.rounding = Rounding::Zero;
        }
        let count = environment.integer(number, op.width.into());
        count.unwrap_or_else(|| {
            environment.invalid();
            i64::MIN >> (64 - op.width)
        }) as u64
    } else {
        let format = environment.format;
        let rounded = match nan(environment, number, number) {
            Some(nan) => nan,
            None => environment.round(number),
        };
        rounded.pack(format)
    };
    Float80 { significand, exponent: 0 }
}

/// `fst fist fbstp` with all their operands.
pub(super) fn store(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let before = cpu.fpu.status;
    let written = store_or_fail(cpu, op);
    if written.is_err() {
        cpu.fpu.status = before;
    }
    if written? {
        cpu.fpu.pop(op.kind & POP);
    }
    Ok(())
}

/// Whether the store is done; if it fails, the status word has changed.
fn store_or_fail(cpu: &mut Cpu<'_>, op: &Op) -> Result<bool, Stop> {
    let fpu = &mut *cpu.fpu;
    let is_whole = op.memory == NOWHERE || (op.width == 80 && op.kind & DECIMAL == 0);
    let format = if op.width == 32 { SINGLE } else { DOUBLE };
    let mut environment = fpu.environment_for(format);
    let value = if fpu.is_empty(0) {
        if op.kind & QUIETLY != 0 {
            fpu.conditions(C1, 0);
            return Ok(true);
        }
        if !fpu.stack_fault(false) {
            return Ok(false);
        }
        if is_whole { INDEFINITE } else { stored(&mut environment, Number::INDEFINITE, op) }
    } else if is_whole {
        fpu.conditions(C1, 0);
        fpu.st(0)
    } else {
        let value = stored(&mut environment, fpu.number(0), op);
        let unmasked = environment.flags & !environment.masks;
        if unmasked & (OE | UE) != 0 {
            environment.flags &= !PE;
            environment.up = false;
        }
        if !fpu.settle(&environment) || unmasked & (OE | UE) != 0 {
            return Ok(false);
        }
        value
    };
    match (op.memory, op.width) {
        (NOWHERE, _) => cpu.fpu.set(op.dst, value),
        (_, 80) => write_ten(cpu, op, value)?,
        (_, width) => cpu.store_by(op, width, value.significand)?,
    }
    Ok(true)
}
