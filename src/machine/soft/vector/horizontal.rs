//! Instructions that combine elements or change their size: packing, widening, sums of neighbours.
//!
//! Each works in sections of 64 bits (MMX) or 128 bits.

use super::operand::{Vector, describe};
use super::table::{Row, find, row, row_of};
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::op::{Flow, Handler, Op};
use iced_x86::Instruction;
use iced_x86::Mnemonic as M;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kernel {
    /// Elements of twice the bits, signed, cut at the limits of signed or of unsigned ones.
    PackSigned,
    PackUnsigned,
    /// Sums or differences of neighbours, and the same cut at the limits.
    Add,
    Sub,
    AddSaturated,
    SubSaturated,
    /// Sums of differences of four bytes at eight places.
    SumsOfDifferences,
    /// The least element, and its number.
    Least,
}

use Kernel as K;

static ROWS: [Row<Kernel>; 12] = [
    row(M::Packsswb, M::Vpacksswb, K::PackSigned, 8),
    row(M::Packssdw, M::Vpackssdw, K::PackSigned, 16),
    row(M::Packuswb, M::Vpackuswb, K::PackUnsigned, 8),
    row(M::Packusdw, M::Vpackusdw, K::PackUnsigned, 16),
    row(M::Phaddw, M::Vphaddw, K::Add, 16),
    row(M::Phaddd, M::Vphaddd, K::Add, 32),
    row(M::Phsubw, M::Vphsubw, K::Sub, 16),
    row(M::Phsubd, M::Vphsubd, K::Sub, 32),
    row(M::Phaddsw, M::Vphaddsw, K::AddSaturated, 16),
    row(M::Phsubsw, M::Vphsubsw, K::SubSaturated, 16),
    row(M::Mpsadbw, M::Vmpsadbw, K::SumsOfDifferences, 16),
    row(M::Phminposuw, M::Vphminposuw, K::Least, 16),
];

/// Widening: bits of the elements of the source and of the result, and whether they have a sign.
#[derive(Clone, Copy)]
struct Widen {
    to: u8,
    is_signed: bool,
}

const fn widen_row(old: M, vex: M, is_signed: bool, bits: u8, to: u8) -> Row<Widen> {
    row(old, vex, Widen { to, is_signed }, bits)
}

static WIDEN: [Row<Widen>; 12] = [
    widen_row(M::Pmovsxbw, M::Vpmovsxbw, true, 8, 16),
    widen_row(M::Pmovsxbd, M::Vpmovsxbd, true, 8, 32),
    widen_row(M::Pmovsxbq, M::Vpmovsxbq, true, 8, 64),
    widen_row(M::Pmovsxwd, M::Vpmovsxwd, true, 16, 32),
    widen_row(M::Pmovsxwq, M::Vpmovsxwq, true, 16, 64),
    widen_row(M::Pmovsxdq, M::Vpmovsxdq, true, 32, 64),
    widen_row(M::Pmovzxbw, M::Vpmovzxbw, false, 8, 16),
    widen_row(M::Pmovzxbd, M::Vpmovzxbd, false, 8, 32),
    widen_row(M::Pmovzxbq, M::Vpmovzxbq, false, 8, 64),
    widen_row(M::Pmovzxwd, M::Vpmovzxwd, false, 16, 32),
    widen_row(M::Pmovzxwq, M::Vpmovzxwq, false, 16, 64),
    widen_row(M::Pmovzxdq, M::Vpmovzxdq, false, 32, 64),
];

/// The nearest value that is a number of so many bits.
fn cut(value: i64, bits: u32, is_signed: bool) -> i64 {
    let limit = 1 << (bits - 1);
    if is_signed { value.clamp(-limit, limit - 1) } else { value.clamp(0, 2 * limit - 1) }
}

/// Element `n` of a section with `count`, whose elements begin with number `base`.
fn element(
    kernel: Kernel,
    n: usize,
    count: usize,
    base: usize,
    bits: u32,
    ab: [&Vector; 2],
) -> i64 {
    let half = count / 2;
    let from = ab[usize::from(n >= half)];
    let n = n % half;
    if matches!(kernel, K::PackSigned | K::PackUnsigned) {
        return cut(from.signed(base / 2 + n, 2 * bits), bits, kernel == K::PackSigned);
    }
    let (a, b) = (from.signed(base + 2 * n, bits), from.signed(base + 2 * n + 1, bits));
    match kernel {
        K::Add => a + b,
        K::Sub => a - b,
        K::AddSaturated => cut(a + b, bits, true),
        _ => cut(a - b, bits, true),
    }
}

/// `mpsadbw`: three bits of the immediate for each section say where the bytes begin.
fn sum_of_differences(a: &Vector, b: &Vector, n: usize, base: usize, imm: u64) -> i64 {
    let section = base / 8;
    let imm = imm as usize >> (3 * section);
    let first = 16 * section + (imm >> 2 & 1) * 4 + n;
    let last = 16 * section + (imm & 3) * 4;
    (0..4).map(|k| (a.get(first + k, 8) as i64 - b.get(last + k, 8) as i64).abs()).sum()
}

/// `phminposuw`: the first of the least.
fn least(b: &Vector) -> Vector {
    let all = (0..8u64).map(|n| (b.get(n as usize, 16), n));
    let (value, n) = all.min().unwrap_or_default();
    Vector([value | n << 16, 0, 0, 0])
}

fn across(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let (b, a) = (cpu.last(op)?, cpu.first(op));
    let row = row_of(&ROWS, op)?;
    let bits = u32::from(row.bits);
    let elements = |bytes: u8| usize::from(bytes) * 8 / bits as usize;
    let count = elements(op.width.min(16));
    let mut result = Vector::default();
    if row.kernel == K::Least {
        result = least(&b);
    } else {
        for whole in 0..elements(op.width) {
            let (n, base) = (whole % count, whole / count * count);
            let value = match row.kernel {
                K::SumsOfDifferences => sum_of_differences(&a, &b, n, base, op.imm),
                kernel => element(kernel, n, count, base, bits, [&a, &b]),
            };
            result.set(whole, bits, value as u64);
        }
    }
    cpu.put(op, &result);
    Ok(())
}

fn widen(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let b = cpu.last(op)?;
    let row = row_of(&WIDEN, op)?;
    let (bits, to) = (u32::from(row.bits), row.kernel.to);
    let mut result = Vector::default();
    for n in 0..usize::from(op.width) * 8 / usize::from(to) {
        let is_signed = row.kernel.is_signed;
        let value = if is_signed { b.signed(n, bits) as u64 } else { b.get(n, bits) };
        result.set(n, to.into(), value);
    }
    cpu.put(op, &result);
    Ok(())
}

/// The handlers of this file.
pub(super) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let found = find(&ROWS, i).map(|code| (code, across as Handler));
    let (code, run) = found.or_else(|| Some((find(&WIDEN, i)?, widen as Handler)))?;
    describe(i, op);
    op.code = code;
    Some(run)
}
