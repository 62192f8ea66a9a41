//! AES, SHA and carry-less products (SDM volume 2, FIPS 197, FIPS 180-4).
//!
//! The kernels are plain functions of 128-bit values; one handler reads the operands, calls the
//! kernel of the instruction's row and writes the result.

use super::operand::{Vector, describe};
use super::table::{Row, find, row, row_of};
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::op::{Flow, Handler, Op};
use iced_x86::Instruction;
use iced_x86::Mnemonic as M;

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

/// The S-box of AES (FIPS 197, table 4).
#[rustfmt::skip]
static S_BOX: [u8; 256] = [
    0x63, 0x7C, 0x77, 0x7B, 0xF2, 0x6B, 0x6F, 0xC5, 0x30, 0x01, 0x67, 0x2B, 0xFE, 0xD7, 0xAB, 0x76,
    0xCA, 0x82, 0xC9, 0x7D, 0xFA, 0x59, 0x47, 0xF0, 0xAD, 0xD4, 0xA2, 0xAF, 0x9C, 0xA4, 0x72, 0xC0,
    0xB7, 0xFD, 0x93, 0x26, 0x36, 0x3F, 0xF7, 0xCC, 0x34, 0xA5, 0xE5, 0xF1, 0x71, 0xD8, 0x31, 0x15,
    0x04, 0xC7, 0x23, 0xC3, 0x18, 0x96, 0x05, 0x9A, 0x07, 0x12, 0x80, 0xE2, 0xEB, 0x27, 0xB2, 0x75,
    0x09, 0x83, 0x2C, 0x1A, 0x1B, 0x6E, 0x5A, 0xA0, 0x52, 0x3B, 0xD6, 0xB3, 0x29, 0xE3, 0x2F, 0x84,
    0x53, 0xD1, 0x00, 0xED, 0x20, 0xFC, 0xB1, 0x5B, 0x6A, 0xCB, 0xBE, 0x39, 0x4A, 0x4C, 0x58, 0xCF,
    0xD0, 0xEF, 0xAA, 0xFB, 0x43, 0x4D, 0x33, 0x85, 0x45, 0xF9, 0x02, 0x7F, 0x50, 0x3C, 0x9F, 0xA8,
    0x51, 0xA3, 0x40, 0x8F, 0x92, 0x9D, 0x38, 0xF5, 0xBC, 0xB6, 0xDA, 0x21, 0x10, 0xFF, 0xF3, 0xD2,
    0xCD, 0x0C, 0x13, 0xEC, 0x5F, 0x97, 0x44, 0x17, 0xC4, 0xA7, 0x7E, 0x3D, 0x64, 0x5D, 0x19, 0x73,
    0x60, 0x81, 0x4F, 0xDC, 0x22, 0x2A, 0x90, 0x88, 0x46, 0xEE, 0xB8, 0x14, 0xDE, 0x5E, 0x0B, 0xDB,
    0xE0, 0x32, 0x3A, 0x0A, 0x49, 0x06, 0x24, 0x5C, 0xC2, 0xD3, 0xAC, 0x62, 0x91, 0x95, 0xE4, 0x79,
    0xE7, 0xC8, 0x37, 0x6D, 0x8D, 0xD5, 0x4E, 0xA9, 0x6C, 0x56, 0xF4, 0xEA, 0x65, 0x7A, 0xAE, 0x08,
    0xBA, 0x78, 0x25, 0x2E, 0x1C, 0xA6, 0xB4, 0xC6, 0xE8, 0xDD, 0x74, 0x1F, 0x4B, 0xBD, 0x8B, 0x8A,
    0x70, 0x3E, 0xB5, 0x66, 0x48, 0x03, 0xF6, 0x0E, 0x61, 0x35, 0x57, 0xB9, 0x86, 0xC1, 0x1D, 0x9E,
    0xE1, 0xF8, 0x98, 0x11, 0x69, 0xD9, 0x8E, 0x94, 0x9B, 0x1E, 0x87, 0xE9, 0xCE, 0x55, 0x28, 0xDF,
    0x8C, 0xA1, 0x89, 0x0D, 0xBF, 0xE6, 0x42, 0x68, 0x41, 0x99, 0x2D, 0x0F, 0xB0, 0x54, 0xBB, 0x16,
];

/// The inverse S-box (FIPS 197, table 6).
#[rustfmt::skip]
static INVERSE_S_BOX: [u8; 256] = [
    0x52, 0x09, 0x6A, 0xD5, 0x30, 0x36, 0xA5, 0x38, 0xBF, 0x40, 0xA3, 0x9E, 0x81, 0xF3, 0xD7, 0xFB,
    0x7C, 0xE3, 0x39, 0x82, 0x9B, 0x2F, 0xFF, 0x87, 0x34, 0x8E, 0x43, 0x44, 0xC4, 0xDE, 0xE9, 0xCB,
    0x54, 0x7B, 0x94, 0x32, 0xA6, 0xC2, 0x23, 0x3D, 0xEE, 0x4C, 0x95, 0x0B, 0x42, 0xFA, 0xC3, 0x4E,
    0x08, 0x2E, 0xA1, 0x66, 0x28, 0xD9, 0x24, 0xB2, 0x76, 0x5B, 0xA2, 0x49, 0x6D, 0x8B, 0xD1, 0x25,
    0x72, 0xF8, 0xF6, 0x64, 0x86, 0x68, 0x98, 0x16, 0xD4, 0xA4, 0x5C, 0xCC, 0x5D, 0x65, 0xB6, 0x92,
    0x6C, 0x70, 0x48, 0x50, 0xFD, 0xED, 0xB9, 0xDA, 0x5E, 0x15, 0x46, 0x57, 0xA7, 0x8D, 0x9D, 0x84,
    0x90, 0xD8, 0xAB, 0x00, 0x8C, 0xBC, 0xD3, 0x0A, 0xF7, 0xE4, 0x58, 0x05, 0xB8, 0xB3, 0x45, 0x06,
    0xD0, 0x2C, 0x1E, 0x8F, 0xCA, 0x3F, 0x0F, 0x02, 0xC1, 0xAF, 0xBD, 0x03, 0x01, 0x13, 0x8A, 0x6B,
    0x3A, 0x91, 0x11, 0x41, 0x4F, 0x67, 0xDC, 0xEA, 0x97, 0xF2, 0xCF, 0xCE, 0xF0, 0xB4, 0xE6, 0x73,
    0x96, 0xAC, 0x74, 0x22, 0xE7, 0xAD, 0x35, 0x85, 0xE2, 0xF9, 0x37, 0xE8, 0x1C, 0x75, 0xDF, 0x6E,
    0x47, 0xF1, 0x1A, 0x71, 0x1D, 0x29, 0xC5, 0x89, 0x6F, 0xB7, 0x62, 0x0E, 0xAA, 0x18, 0xBE, 0x1B,
    0xFC, 0x56, 0x3E, 0x4B, 0xC6, 0xD2, 0x79, 0x20, 0x9A, 0xDB, 0xC0, 0xFE, 0x78, 0xCD, 0x5A, 0xF4,
    0x1F, 0xDD, 0xA8, 0x33, 0x88, 0x07, 0xC7, 0x31, 0xB1, 0x12, 0x10, 0x59, 0x27, 0x80, 0xEC, 0x5F,
    0x60, 0x51, 0x7F, 0xA9, 0x19, 0xB5, 0x4A, 0x0D, 0x2D, 0xE5, 0x7A, 0x9F, 0x93, 0xC9, 0x9C, 0xEF,
    0xA0, 0xE0, 0x3B, 0x4D, 0xAE, 0x2A, 0xF5, 0xB0, 0xC8, 0xEB, 0xBB, 0x3C, 0x83, 0x53, 0x99, 0x61,
    0x17, 0x2B, 0x04, 0x7E, 0xBA, 0x77, 0xD6, 0x26, 0xE1, 0x69, 0x14, 0x63, 0x55, 0x21, 0x0C, 0x7D,
];

/// Replaces each byte, after the rows of the state have been turned.
fn substitute(state: u128, inverse: bool) -> u128 {
    let table = if inverse { &INVERSE_S_BOX } else { &S_BOX };
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
        let bytes = word.to_le_bytes().map(|byte| S_BOX[usize::from(byte)]);
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
pub(super) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    op.code = find(&ROWS, i)?;
    describe(i, op);
    Some(crypto)
}
