//! Shuffles: unpacking, permutations, blends, broadcasts, shifts by bytes.
//!
//! Each element of the result is an element of one of the two sources, or 0. An instruction is a
//! rule that selects it. A rule applies to each section of 64 bits (MMX) or 128 bits, or to the
//! whole vector.

use super::operand::{Vector, describe};
use super::table::{Row, row, row_of};
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::op::{Flow, Handler, Op, OperandKind, operand_kind};
use iced_x86::Instruction;
use iced_x86::Mnemonic as M;

/// How an element of the result is selected. *First* and *last* are the sources.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// Of the low halves, or of the high ones, in turn.
    UnpackLow,
    UnpackHigh,
    /// The immediate has two bits for each place, or one; the low half is of the first source.
    Shuffle4,
    Shuffle2,
    /// Two bits for each place, or one, all of the last source.
    Select4,
    Select2,
    /// Two bits for each of the four low places, or of the four high ones.
    SelectLow,
    SelectHigh,
    /// A bit for each place: the last source's element there.
    Blend,
    /// The element with the even number, or with the odd one.
    Even,
    Odd,
    /// The last source has the numbers, of 8 bits, 2 bits, 1 bit (the second).
    ByteByVector,
    FourByVector,
    TwoByVector,
    /// The first source has the numbers.
    EightByVector,
    /// Both as one row, the last source being the low part, shifted by bytes.
    Align,
    ShiftLeft,
    ShiftRight,
    /// The first element everywhere, or the first two in turn.
    First,
    FirstTwo,
    /// Halves of the vector by number.
    Halves,
    Insert,
}

use Rule as R;

static ROWS: [Row<Rule>; 49] = [
    row(M::Punpcklbw, M::Vpunpcklbw, R::UnpackLow, 8),
    row(M::Punpcklwd, M::Vpunpcklwd, R::UnpackLow, 16),
    row(M::Punpckldq, M::Vpunpckldq, R::UnpackLow, 32),
    row(M::Punpcklqdq, M::Vpunpcklqdq, R::UnpackLow, 64),
    row(M::Punpckhbw, M::Vpunpckhbw, R::UnpackHigh, 8),
    row(M::Punpckhwd, M::Vpunpckhwd, R::UnpackHigh, 16),
    row(M::Punpckhdq, M::Vpunpckhdq, R::UnpackHigh, 32),
    row(M::Punpckhqdq, M::Vpunpckhqdq, R::UnpackHigh, 64),
    row(M::Unpcklps, M::Vunpcklps, R::UnpackLow, 32),
    row(M::Unpcklpd, M::Vunpcklpd, R::UnpackLow, 64),
    row(M::Unpckhps, M::Vunpckhps, R::UnpackHigh, 32),
    row(M::Unpckhpd, M::Vunpckhpd, R::UnpackHigh, 64),
    row(M::Shufps, M::Vshufps, R::Shuffle4, 32),
    row(M::Shufpd, M::Vshufpd, R::Shuffle2, 64),
    row(M::Pshufd, M::Vpshufd, R::Select4, 32),
    row(M::Pshufw, M::INVALID, R::Select4, 16),
    row(M::Pshuflw, M::Vpshuflw, R::SelectLow, 16),
    row(M::Pshufhw, M::Vpshufhw, R::SelectHigh, 16),
    row(M::Pshufb, M::Vpshufb, R::ByteByVector, 8),
    row(M::Palignr, M::Vpalignr, R::Align, 8),
    row(M::Pslldq, M::Vpslldq, R::ShiftLeft, 8),
    row(M::Psrldq, M::Vpsrldq, R::ShiftRight, 8),
    row(M::Blendps, M::Vblendps, R::Blend, 32),
    row(M::Blendpd, M::Vblendpd, R::Blend, 64),
    row(M::Pblendw, M::Vpblendw, R::Blend, 16),
    row(M::INVALID, M::Vpblendd, R::Blend, 32),
    row(M::Movddup, M::Vmovddup, R::Even, 64),
    row(M::Movsldup, M::Vmovsldup, R::Even, 32),
    row(M::Movshdup, M::Vmovshdup, R::Odd, 32),
    row(M::INVALID, M::Vpermilps, R::FourByVector, 32),
    row(M::INVALID, M::Vpermilpd, R::TwoByVector, 64),
    // With an immediate.
    row(M::INVALID, M::Vpermilps, R::Select4, 32),
    row(M::INVALID, M::Vpermilpd, R::Select2, 64),
    row(M::INVALID, M::Vpermd, R::EightByVector, ACROSS | 32),
    row(M::INVALID, M::Vpermps, R::EightByVector, ACROSS | 32),
    row(M::INVALID, M::Vpermq, R::Select4, ACROSS | 64),
    row(M::INVALID, M::Vpermpd, R::Select4, ACROSS | 64),
    row(M::INVALID, M::Vpbroadcastb, R::First, ACROSS | 8),
    row(M::INVALID, M::Vpbroadcastw, R::First, ACROSS | 16),
    row(M::INVALID, M::Vpbroadcastd, R::First, ACROSS | 32),
    row(M::INVALID, M::Vpbroadcastq, R::First, ACROSS | 64),
    row(M::INVALID, M::Vbroadcastss, R::First, ACROSS | 32),
    row(M::INVALID, M::Vbroadcastsd, R::First, ACROSS | 64),
    row(M::INVALID, M::Vbroadcastf128, R::FirstTwo, ACROSS | 64),
    row(M::INVALID, M::Vbroadcasti128, R::FirstTwo, ACROSS | 64),
    row(M::INVALID, M::Vperm2f128, R::Halves, ACROSS | 64),
    row(M::INVALID, M::Vperm2i128, R::Halves, ACROSS | 64),
    row(M::INVALID, M::Vinsertf128, R::Insert, ACROSS | 64),
    row(M::INVALID, M::Vinserti128, R::Insert, ACROSS | 64),
];

/// In the bits of a row: the rule is for all of the vector.
const ACROSS: u8 = 0x80;

/// A place in the result.
struct At {
    /// Number of the element in its section.
    n: usize,
    /// Elements of a section.
    count: usize,
    /// Number of the element in the vector.
    whole: usize,
    bits: u32,
    imm: usize,
}

/// Which element comes to a place: of the first source, then of the last one from `count` on,
/// then 0.
fn from(rule: Rule, at: &At, a: &Vector, b: &Vector) -> usize {
    let &At { n, count, whole, bits, imm } = at;
    let none = 2 * count;
    match rule {
        R::UnpackLow => n / 2 + n % 2 * count,
        R::UnpackHigh => n / 2 + count / 2 + n % 2 * count,
        R::Shuffle4 => (imm >> (2 * n) & 3) + n / 2 * count,
        R::Shuffle2 => (imm >> whole & 1) + n * count,
        R::Select4 => count + (imm >> (2 * n) & 3),
        R::Select2 => count + (imm >> whole & 1),
        R::SelectLow if n < 4 => count + (imm >> (2 * n) & 3),
        R::SelectHigh if n >= 4 => count + 4 + (imm >> (2 * (n - 4)) & 3),
        R::SelectLow | R::SelectHigh => count + n,
        R::Blend => n + (imm >> (whole % 8) & 1) * count,
        R::Even => count + (n & !1),
        R::Odd => count + (n | 1),
        R::ByteByVector => match b.get(whole, bits) as usize {
            number if number & 0x80 != 0 => none,
            number => number & (count - 1),
        },
        R::FourByVector => b.get(whole, bits) as usize & 3,
        R::TwoByVector => b.get(whole, bits) as usize >> 1 & 1,
        R::EightByVector => count + (a.get(n, bits) as usize & 7),
        R::Align if n + imm < count => count + n + imm,
        R::Align if n + imm < none => n + imm - count,
        R::Align => none,
        R::ShiftLeft if n >= imm => count + n - imm,
        R::ShiftRight => (count + n + imm).min(none),
        R::ShiftLeft => none,
        R::First => count,
        R::FirstTwo => count + n % 2,
        R::Halves => match imm >> (n / 2 * 4) & 15 {
            half if half & 8 != 0 => none,
            half => (half & 3) * 2 + n % 2,
        },
        R::Insert if n / 2 == imm & 1 => count + n % 2,
        R::Insert => n,
    }
}

fn shuffle(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let (b, a) = (cpu.last(op)?, cpu.first(op));
    let row = row_of(&ROWS, op)?;
    let bits = u32::from(row.bits & !ACROSS);
    let section = if row.bits & ACROSS != 0 { op.width } else { op.width.min(16) };
    let elements = |bytes: u8| usize::from(bytes) * 8 / bits as usize;
    let (count, imm) = (elements(section), op.imm as usize & 0xFF);
    let mut result = Vector::default();
    for whole in 0..elements(op.width) {
        let n = whole % count;
        let number = from(row.kernel, &At { n, count, whole, bits, imm }, &a, &b);
        let base = whole - n;
        let value = match number {
            number if number < count => a.get(base + number, bits),
            number if number < 2 * count => b.get(base + number - count, bits),
            _ => 0,
        };
        result.set(whole, bits, value);
    }
    cpu.put(op, &result);
    Ok(())
}

/// One half of a vector, to a register or memory.
fn extract_half(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let value = cpu.vector(op, op.third);
    let mut half = Vector::default();
    half.set_lane(0, value.lane(op.imm as usize & 1));
    if op.memory == 0 {
        return cpu.store_vector(op, &half);
    }
    cpu.put(op, &half);
    Ok(())
}

/// The handlers of this file.
pub(super) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let has_immediate = operand_kind(i, i.op_count().saturating_sub(1)) == OperandKind::Immediate;
    let run: Handler = match i.mnemonic() {
        M::Vextractf128 | M::Vextracti128 => extract_half,
        mnemonic => {
            // Two instructions have the numbers in a vector or in an immediate.
            let is_it = |row: &Row<Rule>| {
                let is_by_vector = matches!(row.kernel, R::FourByVector | R::TwoByVector);
                row.is(mnemonic) && !(is_by_vector && has_immediate)
            };
            op.code = u16::try_from(ROWS.iter().position(is_it)?).ok()?;
            shuffle
        }
    };
    describe(i, op);
    Some(run)
}
