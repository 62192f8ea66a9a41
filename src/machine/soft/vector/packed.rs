//! Arithmetic and logic on packed integers.
//!
//! A kernel processes 64 bits at a time, whatever the element size: its parameter `high` has the
//! highest bit of each element set. A sum is computed without the highest bits, which are then
//! added without a carry, so no carry crosses into the next element.

use super::operand::{Vector, describe};
use super::table::{Row, find, row, row_of};
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::op::{Flow, Handler, Op};
use iced_x86::Instruction;
use iced_x86::Mnemonic as M;

/// What is done with two elements.
#[derive(Clone, Copy)]
enum Kernel {
    Add,
    Sub,
    AddSigned,
    AddUnsigned,
    SubSigned,
    SubUnsigned,
    And,
    AndNot,
    Or,
    Xor,
    Equal,
    Greater,
    MinSigned,
    MaxSigned,
    MinUnsigned,
    MaxUnsigned,
    Average,
    /// Of the last source.
    Absolute,
    /// The first source with the sign of the last.
    Sign,
    MultiplyLow,
    MultiplyHigh,
    MultiplyHighUnsigned,
    MultiplyRound,
    MultiplyWide,
    MultiplyWideUnsigned,
    MultiplyAdd,
    MultiplyAddBytes,
    SumOfDifferences,
    ShiftLeft,
    ShiftRight,
    ShiftSigned,
}

use Kernel as K;

static ROWS: [Row<Kernel>; 71] = [
    row(M::Pxor, M::Vpxor, K::Xor, 64),
    row(M::Por, M::Vpor, K::Or, 64),
    row(M::Pand, M::Vpand, K::And, 64),
    row(M::Pandn, M::Vpandn, K::AndNot, 64),
    row(M::Xorps, M::Vxorps, K::Xor, 64),
    row(M::Orps, M::Vorps, K::Or, 64),
    row(M::Andps, M::Vandps, K::And, 64),
    row(M::Andnps, M::Vandnps, K::AndNot, 64),
    row(M::Xorpd, M::Vxorpd, K::Xor, 64),
    row(M::Orpd, M::Vorpd, K::Or, 64),
    row(M::Andpd, M::Vandpd, K::And, 64),
    row(M::Andnpd, M::Vandnpd, K::AndNot, 64),
    row(M::Paddb, M::Vpaddb, K::Add, 8),
    row(M::Paddw, M::Vpaddw, K::Add, 16),
    row(M::Paddd, M::Vpaddd, K::Add, 32),
    row(M::Paddq, M::Vpaddq, K::Add, 64),
    row(M::Psubb, M::Vpsubb, K::Sub, 8),
    row(M::Psubw, M::Vpsubw, K::Sub, 16),
    row(M::Psubd, M::Vpsubd, K::Sub, 32),
    row(M::Psubq, M::Vpsubq, K::Sub, 64),
    row(M::Paddsb, M::Vpaddsb, K::AddSigned, 8),
    row(M::Paddsw, M::Vpaddsw, K::AddSigned, 16),
    row(M::Paddusb, M::Vpaddusb, K::AddUnsigned, 8),
    row(M::Paddusw, M::Vpaddusw, K::AddUnsigned, 16),
    row(M::Psubsb, M::Vpsubsb, K::SubSigned, 8),
    row(M::Psubsw, M::Vpsubsw, K::SubSigned, 16),
    row(M::Psubusb, M::Vpsubusb, K::SubUnsigned, 8),
    row(M::Psubusw, M::Vpsubusw, K::SubUnsigned, 16),
    row(M::Pcmpeqb, M::Vpcmpeqb, K::Equal, 8),
    row(M::Pcmpeqw, M::Vpcmpeqw, K::Equal, 16),
    row(M::Pcmpeqd, M::Vpcmpeqd, K::Equal, 32),
    row(M::Pcmpeqq, M::Vpcmpeqq, K::Equal, 64),
    row(M::Pcmpgtb, M::Vpcmpgtb, K::Greater, 8),
    row(M::Pcmpgtw, M::Vpcmpgtw, K::Greater, 16),
    row(M::Pcmpgtd, M::Vpcmpgtd, K::Greater, 32),
    row(M::Pcmpgtq, M::Vpcmpgtq, K::Greater, 64),
    row(M::Pminsb, M::Vpminsb, K::MinSigned, 8),
    row(M::Pminsw, M::Vpminsw, K::MinSigned, 16),
    row(M::Pminsd, M::Vpminsd, K::MinSigned, 32),
    row(M::Pmaxsb, M::Vpmaxsb, K::MaxSigned, 8),
    row(M::Pmaxsw, M::Vpmaxsw, K::MaxSigned, 16),
    row(M::Pmaxsd, M::Vpmaxsd, K::MaxSigned, 32),
    row(M::Pminub, M::Vpminub, K::MinUnsigned, 8),
    row(M::Pminuw, M::Vpminuw, K::MinUnsigned, 16),
    row(M::Pminud, M::Vpminud, K::MinUnsigned, 32),
    row(M::Pmaxub, M::Vpmaxub, K::MaxUnsigned, 8),
    row(M::Pmaxuw, M::Vpmaxuw, K::MaxUnsigned, 16),
    row(M::Pmaxud, M::Vpmaxud, K::MaxUnsigned, 32),
    row(M::Pavgb, M::Vpavgb, K::Average, 8),
    row(M::Pavgw, M::Vpavgw, K::Average, 16),
    row(M::Pabsb, M::Vpabsb, K::Absolute, 8),
    row(M::Pabsw, M::Vpabsw, K::Absolute, 16),
    row(M::Pabsd, M::Vpabsd, K::Absolute, 32),
    row(M::Psignb, M::Vpsignb, K::Sign, 8),
    row(M::Psignw, M::Vpsignw, K::Sign, 16),
    row(M::Psignd, M::Vpsignd, K::Sign, 32),
    row(M::Pmullw, M::Vpmullw, K::MultiplyLow, 16),
    row(M::Pmulld, M::Vpmulld, K::MultiplyLow, 32),
    row(M::Pmulhw, M::Vpmulhw, K::MultiplyHigh, 16),
    row(M::Pmulhuw, M::Vpmulhuw, K::MultiplyHighUnsigned, 16),
    row(M::Pmulhrsw, M::Vpmulhrsw, K::MultiplyRound, 16),
    row(M::Pmuldq, M::Vpmuldq, K::MultiplyWide, 64),
    row(M::Pmuludq, M::Vpmuludq, K::MultiplyWideUnsigned, 64),
    row(M::Pmaddwd, M::Vpmaddwd, K::MultiplyAdd, 16),
    row(M::Pmaddubsw, M::Vpmaddubsw, K::MultiplyAddBytes, 8),
    row(M::Psadbw, M::Vpsadbw, K::SumOfDifferences, 8),
    row(M::INVALID, M::Vpsllvd, K::ShiftLeft, 32),
    row(M::INVALID, M::Vpsllvq, K::ShiftLeft, 64),
    row(M::INVALID, M::Vpsrlvd, K::ShiftRight, 32),
    row(M::INVALID, M::Vpsrlvq, K::ShiftRight, 64),
    row(M::INVALID, M::Vpsravd, K::ShiftSigned, 32),
];

/// The highest bit of each element of `bits`.
#[inline(always)]
pub(super) const fn high(bits: u32) -> u64 {
    match bits {
        8 => 0x8080_8080_8080_8080,
        16 => 0x8000_8000_8000_8000,
        32 => 0x8000_0000_8000_0000,
        _ => 1 << 63,
    }
}

/// All bits of the elements whose highest bit is set in `bits`, which has no others.
#[inline(always)]
pub(super) const fn fill(bits: u64, high: u64) -> u64 {
    (bits - (bits >> high.trailing_zeros())) | bits
}

/// `a` where `mask` is set, `b` elsewhere.
pub(super) const fn select(mask: u64, a: u64, b: u64) -> u64 {
    a & mask | b & !mask
}

#[inline(always)]
const fn add(a: u64, b: u64, high: u64) -> u64 {
    ((a & !high) + (b & !high)) ^ ((a ^ b) & high)
}

#[inline(always)]
const fn sub(a: u64, b: u64, high: u64) -> u64 {
    ((a | high) - (b & !high)) ^ ((a ^ !b) & high)
}

/// All bits of the elements in which `a` is less than `b`, both unsigned.
const fn below(a: u64, b: u64, high: u64) -> u64 {
    let borrow = !a & b | !(a ^ b) & sub(a, b, high);
    fill(borrow & high, high)
}

/// All bits of the elements that are equal.
#[inline(always)]
const fn equal(a: u64, b: u64, high: u64) -> u64 {
    let different = a ^ b;
    let some = ((different & !high) + !high) | different;
    fill(!some & high, high)
}

/// What a signed sum or difference is where it does not fit: the limit on the side of `a`.
const fn saturate(a: u64, result: u64, overflow: u64, high: u64) -> u64 {
    select(fill(overflow & high, high), fill(a & high, high) ^ !high, result)
}

/// Negates the elements whose bits are all set in `mask`.
const fn negate(a: u64, mask: u64, high: u64) -> u64 {
    sub(a ^ mask, mask, high)
}

/// What is done by single elements, signed, with the bits that they have.
type Each = fn(i64, i64, u32) -> i64;

fn each(a: u64, b: u64, high: u64, f: Each) -> u64 {
    let bits = high.trailing_zeros() + 1;
    let (free, mut result) = (64 - bits, 0);
    for at in (0..64).step_by(bits as usize) {
        let signed = |word: u64| (word >> at << free) as i64 >> free;
        let value = f(signed(a), signed(b), bits) as u64;
        result |= value << free >> free << at;
    }
    result
}

/// The sum of two products of neighbours, in 32 bits.
fn multiply_add(a: u64, b: u64) -> u64 {
    let product = |at: u32| i64::from((a >> at) as i16) * i64::from((b >> at) as i16);
    let sum = |at: u32| (product(at) + product(at + 16)) as u64 & 0xFFFF_FFFF;
    sum(0) | sum(32) << 32
}

/// The same of bytes, the first unsigned, in 16 bits that saturate.
fn multiply_add_bytes(a: u64, b: u64) -> u64 {
    let product = |at: u32| i32::from((a >> at) as u8) * i32::from((b >> at) as i8);
    [0, 16, 32, 48].into_iter().fold(0, |result, at| {
        let sum = (product(at) + product(at + 8)).clamp(i16::MIN.into(), i16::MAX.into());
        result | u64::from(sum as u16) << at
    })
}

fn sum_of_differences(a: u64, b: u64) -> u64 {
    let pairs = a.to_le_bytes().into_iter().zip(b.to_le_bytes());
    pairs.map(|(a, b)| u64::from(a.abs_diff(b))).sum()
}

/// A count that is too great shifts everything out.
fn shift_left(a: i64, by: i64, bits: u32) -> i64 {
    if by as u64 >= bits.into() { 0 } else { a << by }
}

fn shift_right(a: i64, by: i64, bits: u32) -> i64 {
    let free = 64 - bits;
    if by as u64 >= bits.into() { 0 } else { ((a as u64) << free >> free >> by) as i64 }
}

fn shift_signed(a: i64, by: i64, bits: u32) -> i64 {
    a >> (by as u64).min(u64::from(bits) - 1)
}

fn word(kernel: Kernel, a: u64, b: u64, high: u64) -> u64 {
    match kernel {
        K::Add => add(a, b, high),
        K::Sub => sub(a, b, high),
        K::AddSigned => {
            let sum = add(a, b, high);
            saturate(a, sum, !(a ^ b) & (a ^ sum), high)
        }
        K::SubSigned => {
            let difference = sub(a, b, high);
            saturate(a, difference, (a ^ b) & (a ^ difference), high)
        }
        K::AddUnsigned => {
            let sum = add(a, b, high);
            sum | fill((a & b | (a | b) & !sum) & high, high)
        }
        K::SubUnsigned => sub(a, b, high) & !below(a, b, high),
        K::And => a & b,
        K::AndNot => !a & b,
        K::Or => a | b,
        K::Xor => a ^ b,
        K::Equal => equal(a, b, high),
        K::Greater => below(b ^ high, a ^ high, high),
        K::MinSigned => select(below(a ^ high, b ^ high, high), a, b),
        K::MaxSigned => select(below(a ^ high, b ^ high, high), b, a),
        K::MinUnsigned => select(below(a, b, high), a, b),
        K::MaxUnsigned => select(below(a, b, high), b, a),
        K::Average => (a | b) - ((a ^ b) & !(high >> high.trailing_zeros())) / 2,
        K::Absolute => negate(b, fill(b & high, high), high),
        K::Sign => negate(a, fill(b & high, high), high) & !equal(b, 0, high),
        K::MultiplyLow => each(a, b, high, |a, b, _| a.wrapping_mul(b)),
        K::MultiplyHigh => each(a, b, high, |a, b, _| (a * b) >> 16),
        K::MultiplyHighUnsigned => each(a, b, high, |a, b, _| ((a & 0xFFFF) * (b & 0xFFFF)) >> 16),
        K::MultiplyRound => each(a, b, high, |a, b, _| (((a * b) >> 14) + 1) >> 1),
        K::MultiplyWide => (i64::from(a as i32) * i64::from(b as i32)) as u64,
        K::MultiplyWideUnsigned => (a & 0xFFFF_FFFF) * (b & 0xFFFF_FFFF),
        K::MultiplyAdd => multiply_add(a, b),
        K::MultiplyAddBytes => multiply_add_bytes(a, b),
        K::SumOfDifferences => sum_of_differences(a, b),
        K::ShiftLeft => each(a, b, high, shift_left),
        K::ShiftRight => each(a, b, high, shift_right),
        K::ShiftSigned => each(a, b, high, shift_signed),
    }
}

/// Where the mask that `fourth` names is set, elements of the last source, elsewhere of the first.
fn blend(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let (b, mut a) = (cpu.last(op)?, cpu.first(op));
    let mask = cpu.vector(op, op.fourth);
    let high = high(op.code.into());
    for ((a, b), mask) in a.0.iter_mut().zip(b.0).zip(mask.0) {
        *a = select(fill(mask & high, high), b, *a);
    }
    cpu.put(op, &a);
    Ok(())
}

/// All four words at once, which is faster than to count them; what is too much is not used.
#[inline(always)]
fn on_words(a: &mut Vector, b: &Vector, f: impl Fn(u64, u64) -> u64) {
    let (x, y) = (a.0, b.0);
    a.0 = [f(x[0], y[0]), f(x[1], y[1]), f(x[2], y[2]), f(x[3], y[3])];
}

fn words(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let (b, mut a) = (cpu.last(op)?, cpu.first(op));
    let row = row_of(&ROWS, op)?;
    let high = high(row.bits.into());
    // Those that are met most have loops of their own.
    match row.kernel {
        K::Xor => on_words(&mut a, &b, |a, b| a ^ b),
        K::And => on_words(&mut a, &b, |a, b| a & b),
        K::Or => on_words(&mut a, &b, |a, b| a | b),
        K::Add => on_words(&mut a, &b, |a, b| add(a, b, high)),
        K::Sub => on_words(&mut a, &b, |a, b| sub(a, b, high)),
        K::Equal => on_words(&mut a, &b, |a, b| equal(a, b, high)),
        kernel => {
            for (a, b) in a.0.iter_mut().zip(b.0).take(usize::from(op.width / 8)) {
                *a = word(kernel, *a, b, high);
            }
        }
    }
    cpu.put(op, &a);
    Ok(())
}

/// The handlers of this file.
pub(super) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let bits = match i.mnemonic() {
        M::Pblendvb | M::Vpblendvb => 8,
        M::Blendvps | M::Vblendvps => 32,
        M::Blendvpd | M::Vblendvpd => 64,
        _ => {
            op.code = find(&ROWS, i)?;
            describe(i, op);
            return Some(words);
        }
    };
    // Without VEX, `fourth` is 0 and the mask in `xmm0`.
    describe(i, op);
    op.code = bits;
    Some(blend)
}
