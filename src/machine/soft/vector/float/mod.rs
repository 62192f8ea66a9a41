//! Floating-point instructions of SSE, AVX and FMA.
//!
//! Every instruction has two implementations. The slow one uses the arithmetic of `soft/float`,
//! element by element, with all rounding modes and exceptions. The fast one, [`fast`], uses the
//! host's arithmetic. It covers rounding to the nearest with normal operands and results, where
//! inexact is masked and flagged already. Programs rarely need more.
//!
//! | file | holds |
//! |---|---|
//! | `arithmetic` | `add sub mul div sqrt min max`, `addsub`, `hadd hsub`, `dp` |
//! | `fused` | FMA |
//! | `compare` | `cmp`, `comis`, `ucomis` |
//! | `convert` | `cvt`, `round` |
//! | `approximate` | `rcp`, `rsqrt` |
//! | `fast` | the fast path |

mod approximate;
mod arithmetic;
mod compare;
mod convert;
mod fast;
mod fused;
#[cfg(test)]
mod tests;

use super::operand::Vector;
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::exception::XM;
use crate::machine::soft::core::op::{Flow, Handler, Op, Stop};
use crate::machine::soft::float::exception::{DE, IE, ZE};
use crate::machine::soft::float::{DOUBLE, Environment, Format, Number, Rounding, SINGLE};
use crate::machine::state::registers::CR4_OSXMMEXCPT;
use iced_x86::{Instruction, Mnemonic};

/// MXCSR (SDM volume 1, 10.2.3): denormals are zeros.
const MXCSR_DAZ: u32 = 1 << 6;
/// MXCSR: tiny results are zeros.
const MXCSR_FTZ: u32 = 1 << 15;
/// MXCSR: the first mask.
const MXCSR_MASKS: u32 = 7;
/// MXCSR: rounding control.
const MXCSR_RC: u32 = 13;

/// In `Op::code`: elements are double.
const IS_DOUBLE: u16 = 0x100;
/// In `Op::code`: there is only the first one.
const IS_SCALAR: u16 = 0x200;
/// In `Op::code`: what is done, as the family numbers it.
const OPERATION: u16 = 0xFF;

/// The spellings of an instruction: `ps pd ss sd`, and the same with VEX.
type Spellings = [Mnemonic; 8];

/// Where `Op::code` says what the place among the spellings says.
fn spelled(spellings: &[Mnemonic], mnemonic: Mnemonic) -> Option<u16> {
    let place = spellings.iter().position(|&spelling| spelling == mnemonic)?;
    Some((place as u16 & 3) << 8)
}

/// The elements of the operands.
#[derive(Clone, Copy)]
struct Shape {
    format: Format,
    count: usize,
}

impl Shape {
    #[inline(always)]
    fn of(op: &Op) -> Self {
        let format = if op.code & IS_DOUBLE != 0 { DOUBLE } else { SINGLE };
        let all = usize::from(op.width) * 8 / format.bits as usize;
        Self { format, count: if op.code & IS_SCALAR != 0 { 1 } else { all } }
    }
}

/// The operation on one element.
type Element<'a> = &'a dyn Fn(&mut Environment, usize, Number, Number) -> Number;

impl Cpu<'_> {
    /// What MXCSR says of operations.
    fn environment(&self, format: Format) -> Environment {
        let mxcsr = self.fpu.mxcsr;
        Environment {
            rounding: Rounding::from_bits(mxcsr >> MXCSR_RC),
            daz: mxcsr & MXCSR_DAZ != 0,
            ftz: mxcsr & MXCSR_FTZ != 0,
            masks: (mxcsr >> MXCSR_MASKS) as u8 & 0x3F,
            ..Environment::default().with(format)
        }
    }

    /// The sources, if the instruction may be used.
    #[inline(never)]
    fn operands(&mut self, op: &Op) -> Result<[Vector; 2], Stop> {
        self.may_use(op)?;
        let last = self.last(op)?;
        Ok([self.first(op), last])
    }

    /// The low word of the last source of an instruction that has only one element; its upper half
    /// does not count if that is a single.
    #[inline(always)]
    fn low(&mut self, op: &Op, is_double: bool) -> Result<u64, Stop> {
        match op.memory {
            2 if is_double => self.load::<64>(op),
            2 => self.load::<32>(op),
            _ => Ok(self.fpu.ymm[usize::from(op.third & 15)][0]),
        }
    }

    /// Notes exceptions in MXCSR, and raises those that are not masked. The ones of operands come
    /// before those of results, of all elements (SDM volume 1, 11.5.2.3).
    fn settle(&mut self, flags: u8) -> Flow {
        let unmasked = !(self.fpu.mxcsr >> MXCSR_MASKS) as u8;
        let early = flags & (IE | DE | ZE);
        let noted = if early & unmasked != 0 { early } else { flags };
        self.fpu.mxcsr |= u32::from(noted);
        if noted & unmasked == 0 {
            return Ok(());
        }
        let is_enabled = self.system.cr4 & CR4_OSXMMEXCPT != 0;
        Err(if is_enabled { self.raise(XM) } else { self.undefined() })
    }

    /// Does an operation on the elements of two vectors; the others are those of `rest`.
    fn elements(
        &mut self,
        shape: Shape,
        (a, b): (&Vector, &Vector),
        rest: Vector,
        element: Element<'_>,
    ) -> Result<Vector, Stop> {
        let Shape { format, count } = shape;
        let (mut env, mut result) = (self.environment(format), rest);
        for n in 0..count {
            let [x, y] = [a, b].map(|v| env.unpack(v.get(n, format.bits), format));
            result.set(n, format.bits, element(&mut env, n, x, y).pack(format));
        }
        self.settle(env.flags)?;
        Ok(result)
    }
}

/// The NaN that a result is if an operand is one: that of the first. A signalling one is an
/// invalid operation wherever it is (SDM volume 1, 4.8.3.5).
fn nan(env: &mut Environment, operands: &[Number]) -> Option<Number> {
    if operands.iter().any(Number::is_signalling) {
        env.flags |= IE;
    }
    operands.iter().find(|number| number.is_nan()).map(|number| number.quieted())
}

/// The families.
const FAMILIES: [super::Family; 5] =
    [arithmetic::handler, fused::handler, compare::handler, convert::handler, approximate::handler];

/// The handlers of this folder.
pub(super) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    FAMILIES.iter().find_map(|family| family(i, op))
}
