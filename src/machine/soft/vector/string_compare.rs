//! The string comparisons of SSE4.2 (SDM volume 2, 4.1): `pcmpestri pcmpestrm pcmpistri pcmpistrm`.
//!
//! The immediate selects, in this order: element type, comparison, polarity, form of the result.

use super::operand::{Vector, describe};
use crate::machine::soft::core::cpu::{AX, CX, Cpu, DX};
use crate::machine::soft::core::flags::{CF, OF, SF, ZF, extend_by};
use crate::machine::soft::core::op::{Flow, Handler, Op};
use iced_x86::Instruction;
use iced_x86::Mnemonic as M;

/// In `Op::code`: lengths are in registers; these have 64 bits; the result is a mask.
const EXPLICIT: u16 = 1;
const WIDE: u16 = 2;
const MASK: u16 = 4;

/// A string: its elements, signed or not, and how many there are.
struct Text {
    elements: [i64; 16],
    length: usize,
}

impl Text {
    /// The elements that are the string's.
    fn all(&self) -> &[i64] {
        self.elements.get(..self.length).unwrap_or_default()
    }

    /// The element at a place, if it is the string's.
    fn at(&self, n: usize) -> Option<&i64> {
        self.all().get(n)
    }
}

/// The string in a vector: it ends before the first 0, if not where a register says.
fn text(vector: &Vector, imm: u64, length: Option<u64>) -> Text {
    let bits = if imm & 1 != 0 { 16 } else { 8 };
    let count = 128 / bits as usize;
    let mut elements = [0; 16];
    for (n, element) in elements.iter_mut().enumerate().take(count) {
        let is_signed = imm & 2 != 0;
        *element = if is_signed { vector.signed(n, bits) } else { vector.get(n, bits) as i64 };
    }
    let end = || elements.iter().take(count).position(|&element| element == 0);
    let length = match length {
        Some(length) => (length as i64).unsigned_abs().min(count as u64) as usize,
        None => end().unwrap_or(count),
    };
    Text { elements, length }
}

/// Whether place `n` of the second string is a hit.
fn is_hit(a: &Text, b: &Text, n: usize, count: usize, imm: u64) -> bool {
    let element = b.at(n);
    match imm >> 2 & 3 {
        // One of a set.
        0 => element.is_some_and(|element| a.all().contains(element)),
        // In one of some ranges.
        1 => element.is_some_and(|element| {
            let mut ranges = a.all().chunks_exact(2);
            ranges.any(|range| range[0] <= *element && *element <= range[1])
        }),
        // The same in both; ends are equal.
        2 => a.at(n) == element,
        // The first string begins here, as far as the second one is seen.
        _ => a.all().iter().take(count - n).zip(n..).all(|(element, n)| b.at(n) == Some(element)),
    }
}

fn compare(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let (last, first) = (cpu.last(op)?, cpu.first(op));
    let length = |code| {
        let bits = if op.code & WIDE != 0 { 64 } else { 32 };
        (op.code & EXPLICIT != 0).then(|| extend_by(cpu.get_by(code, bits), bits))
    };
    let imm = op.imm;
    let (a, b) = (text(&first, imm, length(AX)), text(&last, imm, length(DX)));
    let count = if imm & 1 != 0 { 8 } else { 16 };
    let places = |is: &dyn Fn(usize) -> bool| {
        (0..count).filter(|&n| is(n)).fold(0u64, |bits, n| bits | 1 << n)
    };
    let hits = places(&|n| is_hit(&a, &b, n, count, imm));
    let inverted = match imm >> 4 & 3 {
        1 => places(&|_| true),
        3 => places(&|n| n < b.length),
        _ => 0,
    };
    let result = hits ^ inverted;
    if op.code & MASK != 0 {
        put_mask(cpu, op, result, count);
    } else {
        let number = match imm & 0x40 {
            _ if result == 0 => count as u64,
            0 => result.trailing_zeros().into(),
            _ => u64::from(63 - result.leading_zeros()),
        };
        cpu.set_by(CX, 32, number);
    }
    let flag = |is_set: bool, flag: u64| if is_set { flag } else { 0 };
    let flags = flag(result != 0, CF) | flag(b.length < count, ZF);
    let flags = flags | flag(a.length < count, SF) | flag(result & 1 != 0, OF);
    cpu.set_arithmetic(flags);
    Ok(())
}

/// The result goes to `xmm0`, as bits or as elements.
fn put_mask(cpu: &mut Cpu<'_>, op: &Op, result: u64, count: usize) {
    let mut value = Vector([result, 0, 0, 0]);
    if op.imm & 0x40 != 0 {
        for n in 0..count {
            let is_set = result >> n & 1 != 0;
            value.set(n, 128 / count as u32, if is_set { u64::MAX } else { 0 });
        }
    }
    cpu.put(&Op { dst: 0, ..*op }, &value);
}

/// The handler of this file.
pub(super) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let code = match i.mnemonic() {
        M::Pcmpistri | M::Vpcmpistri => 0,
        M::Pcmpistrm | M::Vpcmpistrm => MASK,
        M::Pcmpestri | M::Vpcmpestri => EXPLICIT,
        M::Pcmpestrm | M::Vpcmpestrm => EXPLICIT | MASK,
        M::Pcmpestri64 | M::Vpcmpestri64 => EXPLICIT | WIDE,
        M::Pcmpestrm64 | M::Vpcmpestrm64 => EXPLICIT | WIDE | MASK,
        _ => return None,
    };
    describe(i, op);
    op.code = code;
    Some(compare)
}
