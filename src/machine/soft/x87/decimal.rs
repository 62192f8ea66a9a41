//! Packed decimal numbers: 18 digits and a sign in ten bytes (SDM volume 1, 4.7).

use super::float::exception::PE;
use super::float::{Environment, Number};
use crate::machine::soft::float::Float80;

/// What an invalid store leaves.
const INDEFINITE: Float80 = Float80 { significand: 0xC000_0000_0000_0000, exponent: 0xFFFF };
/// The first number that is too great.
const LIMIT: u64 = 1_000_000_000_000_000_000;

/// The number that ten bytes stand for.
pub(super) fn load(bytes: Float80) -> Number {
    let digits = u128::from(bytes.significand) | u128::from(bytes.exponent & 0xFF) << 64;
    let value =
        (0..18).rev().fold(0, |sum: u64, place| sum * 10 + (digits >> (4 * place) & 0xF) as u64);
    Number::scaled(bytes.exponent >> 15 != 0, value.into(), 0)
}

/// The ten bytes for a number, rounded to a whole one.
pub(super) fn store(environment: &mut Environment, number: Number) -> Float80 {
    let value = environment.integer(number, 64).filter(|value| value.unsigned_abs() < LIMIT);
    let Some(value) = value else {
        environment.flags &= !PE;
        environment.up = false;
        environment.invalid();
        return INDEFINITE;
    };
    let (mut rest, mut digits) = (value.unsigned_abs(), 0u128);
    for place in 0..18 {
        digits |= u128::from(rest % 10) << (4 * place);
        rest /= 10;
    }
    let sign = u16::from(number.negative) << 15;
    Float80 { significand: digits as u64, exponent: (digits >> 64) as u16 | sign }
}
