//! `add sub mul div sqrt min max`, `addsub`, `hadd hsub`, `dp`, on packed and scalar operands (SDM
//! volume 2).

use super::super::operand::{VEX, Vector, describe};
use super::{IS_DOUBLE, IS_SCALAR, OPERATION, Shape, Spellings, fast, nan, spelled};
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::op::{Flow, Handler, Op, Stop};
use crate::machine::soft::float::exception::{DE, IE};
use crate::machine::soft::float::{Environment, Number};
use iced_x86::{Instruction, Mnemonic};
use std::cmp::Ordering;

pub(super) const ADD: u16 = 0;
pub(super) const SUB: u16 = 1;
pub(super) const MUL: u16 = 2;
pub(super) const DIV: u16 = 3;
/// Of the last operand alone.
pub(super) const SQRT: u16 = 4;
pub(super) const MIN: u16 = 5;
pub(super) const MAX: u16 = 6;
/// Odd elements are added, even ones subtracted.
pub(super) const ADDSUB: u16 = 7;

/// The instructions, by operation.
#[rustfmt::skip]
const ROWS: [(u16, Spellings); 7] = {
    use Mnemonic as M;
    [
        (ADD, [M::Addps, M::Addpd, M::Addss, M::Addsd, M::Vaddps, M::Vaddpd, M::Vaddss, M::Vaddsd]),
        (SUB, [M::Subps, M::Subpd, M::Subss, M::Subsd, M::Vsubps, M::Vsubpd, M::Vsubss, M::Vsubsd]),
        (MUL, [M::Mulps, M::Mulpd, M::Mulss, M::Mulsd, M::Vmulps, M::Vmulpd, M::Vmulss, M::Vmulsd]),
        (DIV, [M::Divps, M::Divpd, M::Divss, M::Divsd, M::Vdivps, M::Vdivpd, M::Vdivss, M::Vdivsd]),
        (SQRT, [M::Sqrtps, M::Sqrtpd, M::Sqrtss, M::Sqrtsd, M::Vsqrtps, M::Vsqrtpd, M::Vsqrtss, M::Vsqrtsd]),
        (MIN, [M::Minps, M::Minpd, M::Minss, M::Minsd, M::Vminps, M::Vminpd, M::Vminss, M::Vminsd]),
        (MAX, [M::Maxps, M::Maxpd, M::Maxss, M::Maxsd, M::Vmaxps, M::Vmaxpd, M::Vmaxss, M::Vmaxsd]),
    ]
};

/// Those that have only packed forms: `ps pd`, with VEX after those without.
const PACKED: [(u16, Handler, [Mnemonic; 4]); 4] = {
    use Mnemonic as M;
    [
        (ADDSUB, packed, [M::Addsubps, M::Addsubpd, M::Vaddsubps, M::Vaddsubpd]),
        (ADD, horizontal, [M::Haddps, M::Haddpd, M::Vhaddps, M::Vhaddpd]),
        (SUB, horizontal, [M::Hsubps, M::Hsubpd, M::Vhsubps, M::Vhsubpd]),
        (ADD, dot, [M::Dpps, M::Dppd, M::Vdpps, M::Vdppd]),
    ]
};

/// The operation on one pair of elements.
fn element(env: &mut Environment, operation: u16, n: usize, a: Number, b: Number) -> Number {
    let operation = match operation {
        ADDSUB if n & 1 != 0 => ADD,
        ADDSUB => SUB,
        other => other,
    };
    match operation {
        MIN | MAX => return extreme(env, operation, a, b),
        SQRT => return nan(env, &[b]).unwrap_or_else(|| env.root(b)),
        _ => {}
    }
    if let Some(nan) = nan(env, &[a, b]) {
        return nan;
    }
    match operation {
        ADD => env.add(a, b),
        SUB => env.subtract(a, b),
        MUL => env.multiply(a, b),
        _ => env.divide(a, b),
    }
}

/// The lesser or the greater; the last operand if they are equal or one is a NaN.
fn extreme(env: &mut Environment, operation: u16, a: Number, b: Number) -> Number {
    if a.is_nan() || b.is_nan() {
        env.flags |= IE;
        return b;
    }
    if a.denormal || b.denormal {
        env.flags |= DE;
    }
    let wanted = if operation == MIN { Ordering::Less } else { Ordering::Greater };
    if a.compare(b) == wanted { a } else { b }
}

impl Cpu<'_> {
    /// An operation on all elements of `a` and `b`, as `code` says it and their format.
    #[inline(never)]
    fn calculate(&mut self, op: &Op, code: u16, a: &Vector, b: &Vector) -> Result<Vector, Stop> {
        let words = usize::from(op.width / 8);
        match fast::packed(self.fpu.mxcsr, code, words, a, b) {
            Some(result) => Ok(result),
            None => self.calculate_slowly(code, Shape::of(op), a, b),
        }
    }

    #[inline(never)]
    fn calculate_slowly(
        &mut self,
        code: u16,
        shape: Shape,
        a: &Vector,
        b: &Vector,
    ) -> Result<Vector, Stop> {
        let operation = code & OPERATION;
        self.elements(shape, (a, b), *a, &|env, n, x, y| element(env, operation, n, x, y))
    }
}

fn packed(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let b = cpu.last(op)?;
    let a = cpu.first(op);
    // What is met most is not worth a call.
    let result = match fast::packed(cpu.fpu.mxcsr, op.code, usize::from(op.width / 8), &a, &b) {
        Some(result) => result,
        None => cpu.calculate_slowly(op.code, Shape::of(op), &a, &b)?,
    };
    cpu.put(op, &result);
    Ok(())
}

/// One double, where nearly everything is in the low words.
fn scalar_double(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let b = cpu.low(op, true)?;
    let a = cpu.fpu.ymm[usize::from(op.src & 15)][0];
    match fast::double(cpu.fpu.mxcsr, op.code & OPERATION, a, b) {
        Some(result) => cpu.put_low(op, result),
        None => scalar(cpu, op, b)?,
    }
    Ok(())
}

/// One single.
fn scalar_single(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let b = cpu.low(op, false)?;
    let a = cpu.fpu.ymm[usize::from(op.src & 15)][0];
    match fast::single(cpu.fpu.mxcsr, op.code & OPERATION, a as u32, b as u32) {
        Some(result) => cpu.put_low(op, a & !0xFFFF_FFFF | u64::from(result)),
        None => scalar(cpu, op, b)?,
    }
    Ok(())
}

/// One element with everything that may be about it.
#[inline(never)]
fn scalar(cpu: &mut Cpu<'_>, op: &Op, b: u64) -> Flow {
    let a = cpu.first(op);
    let result = cpu.calculate_slowly(op.code, Shape::of(op), &a, &Vector([b, 0, 0, 0]))?;
    cpu.put(op, &result);
    Ok(())
}

impl Cpu<'_> {
    /// Sets the low word of the result; the rest is that of the first source.
    #[inline(always)]
    pub(super) fn put_low(&mut self, op: &Op, low: u64) {
        if op.kind & VEX != 0 {
            let high = self.fpu.ymm[usize::from(op.src & 15)][1];
            self.fpu.ymm[usize::from(op.dst & 15)] = [low, high, 0, 0];
        } else {
            self.fpu.ymm[usize::from(op.dst & 15)][0] = low;
        }
    }
}

/// Operations between neighbours: of the first source in the lower half of each 128 bits of the
/// result, of the last one in the upper half.
fn horizontal(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let [a, b] = cpu.operands(op)?;
    let Shape { format, count } = Shape::of(op);
    let per_lane = 128 / format.bits as usize;
    let (mut x, mut y) = (Vector::default(), Vector::default());
    for n in 0..count {
        let (lane, place) = (n / per_lane * per_lane, n % per_lane);
        let source = if place < per_lane / 2 { &a } else { &b };
        let first = lane + 2 * place % per_lane;
        x.set(n, format.bits, source.get(first, format.bits));
        y.set(n, format.bits, source.get(first + 1, format.bits));
    }
    let result = cpu.calculate(op, op.code, &x, &y)?;
    cpu.put(op, &result);
    Ok(())
}

/// The products that the upper half of the immediate chooses are added up, pair by pair, and the
/// sum goes where its lower half says. Each step may raise its exceptions.
fn dot(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let [a, b] = cpu.operands(op)?;
    let shape = Shape::of(op);
    let (multiply, add) = (op.code & IS_DOUBLE | MUL, op.code & IS_DOUBLE | ADD);
    let bits = shape.format.bits;
    let per_lane = 128 / bits as usize;
    let chosen = |n: usize, half: u32| op.imm >> half >> (n % per_lane) & 1 != 0;
    let only = |v: &Vector, half: u32| {
        let mut result = Vector::default();
        for n in (0..shape.count).filter(|&n| chosen(n, half)) {
            result.set(n, bits, v.get(n, bits));
        }
        result
    };
    // An element that is not selected is neither computed nor checked, so zeros do no harm.
    let products = cpu.calculate(op, multiply, &only(&a, 4), &only(&b, 4))?;
    // The order matters where two products are NaNs: it is that of Intel's processors.
    let swapped = moved(&products, shape, 1);
    let mut sums = if per_lane == 2 {
        cpu.calculate(op, add, &products, &swapped)?
    } else {
        cpu.calculate(op, add, &swapped, &products)?
    };
    if per_lane == 4 {
        let other = moved(&sums, shape, 2);
        sums = cpu.calculate(op, add, &sums, &other)?;
    }
    cpu.put(op, &only(&sums, 0));
    Ok(())
}

/// The elements, each where the one is whose number differs by the bit.
fn moved(v: &Vector, shape: Shape, bit: usize) -> Vector {
    let mut result = Vector::default();
    for n in 0..shape.count {
        result.set(n, shape.format.bits, v.get(n ^ bit, shape.format.bits));
    }
    result
}

/// The handlers of this file.
pub(super) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let mnemonic = i.mnemonic();
    let of_rows = ROWS.iter().find_map(|(operation, spellings)| {
        let code = spelled(spellings, mnemonic)? | operation;
        let run: Handler = match (code & IS_SCALAR != 0, code & IS_DOUBLE != 0) {
            (false, _) => packed,
            (true, false) => scalar_single,
            (true, true) => scalar_double,
        };
        Some((code, run))
    });
    let (code, run) = of_rows.or_else(|| {
        PACKED.iter().find_map(|(operation, run, spellings)| {
            Some((spelled(spellings, mnemonic)? & IS_DOUBLE | operation, *run))
        })
    })?;
    describe(i, op);
    op.code = code;
    Some(run)
}
