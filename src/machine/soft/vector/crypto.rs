//! AES, SHA and carry-less products (SDM volume 2, FIPS 197, FIPS 180-4).
//!
//! The S-box of AES is computed from what defines it, once: 256 bytes are more than the code.
//! Knows neither registers nor memory beyond the roles of operands.

use super::operand::{Vector, describe};
use super::row::{Row, find, row, row_of};
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::op::{Flow, Op, Run};
use iced_x86::Instruction;
use iced_x86::Mnemonic as M;
use std::sync::OnceLock;

#[derive(Clone, Copy)]
enum Kernel {
    Encrypt,
    EncryptLast,
    Decrypt,
    DecryptLast,
    MixInverse,
    Key,
    Multiply,
    Sha1Rounds,
    Sha1Next,
    Sha1Message1,
    Sha1Message2,
    Sha256Rounds,
    Sha256Message1,
    Sha256Message2,
}

use Kernel as K;

static ROWS: [Row<Kernel>; 14] = [
    row(M::Aesenc, M::Vaesenc, K::Encrypt, 0),
    row(M::Aesenclast, M::Vaesenclast, K::EncryptLast, 0),
    row(M::Aesdec, M::Vaesdec, K::Decrypt, 0),
    row(M::Aesdeclast, M::Vaesdeclast, K::DecryptLast, 0),
    row(M::Aesimc, M::Vaesimc, K::MixInverse, 0),
    row(M::Aeskeygenassist, M::Vaeskeygenassist, K::Key, 0),
    row(M::Pclmulqdq, M::Vpclmulqdq, K::Multiply, 0),
    row(M::Sha1rnds4, M::INVALID, K::Sha1Rounds, 0),
    row(M::Sha1nexte, M::INVALID, K::Sha1Next, 0),
    row(M::Sha1msg1, M::INVALID, K::Sha1Message1, 0),
    row(M::Sha1msg2, M::INVALID, K::Sha1Message2, 0),
    row(M::Sha256rnds2, M::INVALID, K::Sha256Rounds, 0),
    row(M::Sha256msg1, M::INVALID, K::Sha256Message1, 0),
    row(M::Sha256msg2, M::INVALID, K::Sha256Message2, 0),
];

/// Twice a number of the field of AES.
const fn double(a: u8) -> u8 {
    (a << 1) ^ if a & 0x80 != 0 { 0x1B } else { 0 }
}

/// The S-box, and the inverse one.
fn boxes() -> &'static [[u8; 256]; 2] {
    static BOXES: OnceLock<[[u8; 256]; 2]> = OnceLock::new();
    BOXES.get_or_init(|| {
        // All numbers but 0 are powers of 3, so the inverse of one is the power that is missing.
        let mut powers = [1u8; 256];
        for n in 1..powers.len() {
            let last = powers[n - 1];
            powers[n] = last ^ double(last);
        }
        let mut inverses = [0; 256];
        for n in 0..255 {
            inverses[usize::from(powers[n])] = powers[255 - n];
        }
        let mut boxes = [[0; 256]; 2];
        for (number, inverse) in (0..=255).zip(inverses) {
            let value = (1..5).fold(0x63 ^ inverse, |sum, by| sum ^ inverse.rotate_left(by));
            boxes[0][usize::from(number)] = value;
            boxes[1][usize::from(value)] = number;
        }
        boxes
    })
}

/// Replaces each byte, after the rows of the state have been turned.
fn substitute(state: u128, inverse: bool) -> u128 {
    let table = &boxes()[usize::from(inverse)];
    let bytes = state.to_le_bytes();
    // Byte `n` is in row `n % 4`. A row is turned by its number, or back by as much.
    let step = if inverse { 12 } else { 4 };
    let mut result = [0; 16];
    for (n, place) in result.iter_mut().enumerate() {
        let from = bytes[(n + n % 4 * step) & 15];
        *place = table[usize::from(from)];
    }
    u128::from_le_bytes(result)
}

/// Four words, the lowest first.
fn split(value: u128) -> [u32; 4] {
    [value as u32, (value >> 32) as u32, (value >> 64) as u32, (value >> 96) as u32]
}

fn join(words: [u32; 4]) -> u128 {
    words.into_iter().rev().fold(0, |value, word| value << 32 | u128::from(word))
}

/// Twice each of four numbers.
const fn double_all(a: u32) -> u32 {
    ((a & 0x7F7F_7F7F) << 1) ^ ((a >> 7 & 0x0101_0101) * 0x1B)
}

/// Multiplies the columns by 3x³ + x² + x + 2.
fn mix(state: u128) -> u128 {
    join(split(state).map(|column| {
        let twice = double_all(column);
        let others = column.rotate_right(16) ^ column.rotate_right(24);
        twice ^ (twice ^ column).rotate_right(8) ^ others
    }))
}

/// Multiplies them by the inverse of that, which is 4x² + 5 times the same.
fn mix_inverse(state: u128) -> u128 {
    mix(join(split(state).map(|column| {
        let four = double_all(double_all(column));
        column ^ four ^ four.rotate_right(16)
    })))
}

/// `aeskeygenassist`.
fn key(b: u128, imm: u32) -> u128 {
    let replace = |word: u32| {
        let bytes = word.to_le_bytes().map(|byte| boxes()[0][usize::from(byte)]);
        u32::from_le_bytes(bytes)
    };
    let [_, low, _, high] = split(b);
    let (low, high) = (replace(low), replace(high));
    join([low, low.rotate_right(8) ^ imm, high, high.rotate_right(8) ^ imm])
}

/// A product without carries.
fn multiply(a: u64, mut b: u64) -> u128 {
    let mut sum = 0;
    while b != 0 {
        sum ^= u128::from(a) << b.trailing_zeros();
        b &= b - 1;
    }
    sum
}

const fn choose(a: u32, b: u32, c: u32) -> u32 {
    a & b | !a & c
}

const fn majority(a: u32, b: u32, c: u32) -> u32 {
    a & b | a & c | b & c
}

/// Turned by three counts.
const fn turn(a: u32, counts: [u32; 3]) -> u32 {
    a.rotate_right(counts[0]) ^ a.rotate_right(counts[1]) ^ a.rotate_right(counts[2])
}

/// Turned by two counts, and shifted.
const fn schedule(a: u32, counts: [u32; 2], by: u32) -> u32 {
    a.rotate_right(counts[0]) ^ a.rotate_right(counts[1]) ^ a >> by
}

/// Four rounds of SHA-1. `imm` is which of the four functions.
fn sha1_rounds(a: u128, b: u128, imm: u64) -> u128 {
    let [mut d, mut c, mut b1, mut a1] = split(a);
    let mut e = 0u32;
    for message in split(b).into_iter().rev() {
        let (value, constant) = match imm & 3 {
            0 => (choose(b1, c, d), 0x5A82_7999),
            1 => (b1 ^ c ^ d, 0x6ED9_EBA1),
            2 => (majority(b1, c, d), 0x8F1B_BCDCu32),
            _ => (b1 ^ c ^ d, 0xCA62_C1D6),
        };
        let sum = value.wrapping_add(a1.rotate_left(5)).wrapping_add(message);
        let next = sum.wrapping_add(constant).wrapping_add(e);
        (a1, b1, c, d, e) = (next, a1, b1.rotate_left(30), c, d);
    }
    join([d, c, b1, a1])
}

/// Two rounds of SHA-256.
fn sha256_rounds(a: u128, b: u128, messages: u128) -> u128 {
    let [mut h, mut g, mut d, mut c] = split(a);
    let [mut f, mut e, mut b1, mut a1] = split(b);
    for message in split(messages).into_iter().take(2) {
        let sum = choose(e, f, g).wrapping_add(turn(e, [6, 11, 25]));
        let sum = sum.wrapping_add(message).wrapping_add(h);
        let other = majority(a1, b1, c).wrapping_add(turn(a1, [2, 13, 22]));
        (h, g, f, e) = (g, f, e, sum.wrapping_add(d));
        (d, c, b1, a1) = (c, b1, a1, sum.wrapping_add(other));
    }
    join([f, e, b1, a1])
}

/// What SHA does between rounds.
fn sha(kernel: Kernel, a: u128, b: u128) -> u128 {
    let (x, y) = (split(a), split(b));
    let early = |word| schedule(word, [7, 18], 3);
    let late = |word| schedule(word, [17, 19], 10);
    match kernel {
        K::Sha1Next => join([y[0], y[1], y[2], y[3].wrapping_add(x[3].rotate_left(30))]),
        K::Sha1Message1 => a ^ (a << 64 | b >> 64),
        K::Sha1Message2 => {
            let first = (x[3] ^ y[2]).rotate_left(1);
            let [second, third] = [x[2] ^ y[1], x[1] ^ y[0]].map(|word| word.rotate_left(1));
            join([(x[0] ^ first).rotate_left(1), third, second, first])
        }
        K::Sha256Message1 => {
            let next = [x[1], x[2], x[3], y[0]].map(early);
            join([0, 1, 2, 3].map(|n: usize| x[n].wrapping_add(next[n])))
        }
        _ => {
            let first = x[0].wrapping_add(late(y[2]));
            let second = x[1].wrapping_add(late(y[3]));
            let third = x[2].wrapping_add(late(first));
            join([first, second, third, x[3].wrapping_add(late(second))])
        }
    }
}

fn crypto(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.may_use(op)?;
    let (last, first) = (cpu.last(op)?, cpu.first(op));
    let (a, b, imm) = (first.lane(0), last.lane(0), op.imm & 0xFF);
    let word = |vector: &Vector, n: u64| vector.0[(n & 1) as usize];
    let result = match row_of(&ROWS, op)?.kernel {
        K::Encrypt => mix(substitute(a, false)) ^ b,
        K::EncryptLast => substitute(a, false) ^ b,
        K::Decrypt => mix_inverse(substitute(a, true)) ^ b,
        K::DecryptLast => substitute(a, true) ^ b,
        K::MixInverse => mix_inverse(b),
        K::Key => key(b, imm as u32),
        K::Multiply => multiply(word(&first, imm), word(&last, imm >> 4)),
        K::Sha1Rounds => sha1_rounds(a, b, imm),
        K::Sha256Rounds => sha256_rounds(a, b, cpu.vector(op, 0).lane(0)),
        kernel => sha(kernel, a, b),
    };
    let mut value = Vector::default();
    value.set_lane(0, result);
    cpu.put(op, &value);
    Ok(())
}

/// The handlers of this file.
pub(super) fn lower(i: &Instruction, op: &mut Op) -> Option<Run> {
    op.code = find(&ROWS, i)?;
    describe(i, op);
    Some(crypto)
}
