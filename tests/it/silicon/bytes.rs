//! From a form to bytes: prefixes, opcode, and random operands.
//!
//! Iced's table says what the fixed part of a form is; all else is drawn, and decoding tells
//! whether it is the form that was meant. Knows nothing of states.

use super::forms::Form;
use super::random::Random;
use iced_x86::{
    Decoder, DecoderOptions, EncodingKind, Instruction, MandatoryPrefix, OpCodeInfo,
    OpCodeOperandKind as K, OpCodeTableKind,
};

/// Tries until a form is given up.
const TRIES: usize = 60;

/// An instruction at address `ip`, of the form as far as it can be drawn.
pub(crate) fn draw(form: &Form, ip: u64, random: &mut Random) -> Option<(Instruction, Vec<u8>)> {
    let op = form.code.op_code();
    for _ in 0..TRIES {
        let bytes = match op.encoding() {
            EncodingKind::VEX => vex(op, form.bits, random),
            _ => legacy(op, form.bits, random),
        };
        let (instruction, length) = decode(&bytes, form.bits, ip);
        if instruction.code() == form.code {
            return Some((instruction, bytes[..length].to_vec()));
        }
    }
    None
}

/// Decodes the first instruction; the length is 0 if there is none.
pub(crate) fn decode(bytes: &[u8], bits: u32, ip: u64) -> (Instruction, usize) {
    let mut decoder = Decoder::with_ip(bits, bytes, ip, DecoderOptions::NONE);
    let instruction = decoder.decode();
    (instruction, instruction.len())
}

/// Prefixes that change little or nothing, now and then.
fn stray_prefixes(op: &OpCodeInfo, random: &mut Random, bytes: &mut Vec<u8>) {
    const SEGMENTS: [u8; 6] = [0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65];
    if random.percent(10) {
        bytes.push(random.pick(&SEGMENTS));
    }
    if op.can_use_lock_prefix() && random.percent(30) || random.percent(1) {
        bytes.push(0xF0);
    }
    let repeats = op.can_use_rep_prefix() || op.can_use_repne_prefix();
    if repeats && random.percent(65) || random.percent(2) {
        bytes.push(random.pick(&[0xF2, 0xF3]));
    }
    if random.percent(2) {
        bytes.push(random.pick(&[0x66, 0x67, 0x26, 0x64]));
    }
}

/// The prefixes for sizes that are not those of the code.
fn size_prefixes(op: &OpCodeInfo, bits: u32, random: &mut Random, bytes: &mut Vec<u8>) {
    let narrow = match (op.operand_size(), bits) {
        (16, 32 | 64) | (32, 16) => true,
        (32, 64) => op.default_op_size64() && random.percent(10),
        _ => false,
    };
    if narrow {
        bytes.push(0x66);
    }
    let other = match (op.address_size(), bits) {
        (0, _) => random.percent(15),
        (size, bits) => size != bits,
    };
    if other {
        bytes.push(0x67);
    }
}

/// The ModRM byte and everything behind it.
fn tail(op: &OpCodeInfo, random: &mut Random, bytes: &mut Vec<u8>) {
    let reg = u8::try_from(op.group_index()).unwrap_or(random.byte() & 7);
    let rm = u8::try_from(op.rm_group_index()).unwrap_or(random.byte() & 7);
    let mode = if random.percent(40) { 3 } else { random.byte() & 3 };
    bytes.push(mode << 6 | reg << 3 | rm);
    for _ in 0..14 {
        let any = random.byte();
        bytes.push(if random.percent(20) {
            random.pick(&[0, 1, 0x7F, 0x80, 0xFF, 8])
        } else {
            any
        });
    }
}

/// The last byte of the opcode may hold a register.
fn opcode(op: &OpCodeInfo, random: &mut Random, bytes: &mut Vec<u8>) {
    let has_register = op.op_kinds().iter().any(|kind| {
        use K::{r8_opcode, r16_opcode, r32_opcode, r64_opcode, sti_opcode};
        matches!(kind, r8_opcode | r16_opcode | r32_opcode | r64_opcode | sti_opcode)
    });
    let register = if has_register { random.byte() & 7 } else { 0 };
    if op.op_code_len() == 2 {
        bytes.push((op.op_code() >> 8) as u8);
    }
    bytes.push(op.op_code() as u8 + register);
}

fn legacy(op: &OpCodeInfo, bits: u32, random: &mut Random) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(32);
    stray_prefixes(op, random, &mut bytes);
    size_prefixes(op, bits, random, &mut bytes);
    match op.mandatory_prefix() {
        MandatoryPrefix::P66 => bytes.push(0x66),
        MandatoryPrefix::PF3 => bytes.push(0xF3),
        MandatoryPrefix::PF2 => bytes.push(0xF2),
        MandatoryPrefix::None | MandatoryPrefix::PNP => {}
    }
    if bits == 64 {
        let is_wide = op.operand_size() == 64 && !op.default_op_size64() || op.w() == 1;
        let is_wide = is_wide || random.percent(4);
        if is_wide || random.percent(50) {
            bytes.push(0x40 | u8::from(is_wide) << 3 | random.byte() & 7);
        }
    }
    match op.table() {
        OpCodeTableKind::T0F => bytes.push(0x0F),
        OpCodeTableKind::T0F38 => bytes.extend([0x0F, 0x38]),
        OpCodeTableKind::T0F3A => bytes.extend([0x0F, 0x3A]),
        _ => {}
    }
    opcode(op, random, &mut bytes);
    tail(op, random, &mut bytes);
    bytes
}

fn vex(op: &OpCodeInfo, bits: u32, random: &mut Random) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(32);
    if random.percent(8) {
        bytes.push(random.pick(&[0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65]));
    }
    if random.percent(10) {
        bytes.push(0x67);
    }
    // Legacy prefixes are not allowed before it.
    if random.percent(1) {
        bytes.push(random.pick(&[0x66, 0xF2, 0xF3, 0xF0, 0x40]));
    }
    let prefix = match op.mandatory_prefix() {
        MandatoryPrefix::P66 => 1,
        MandatoryPrefix::PF3 => 2,
        MandatoryPrefix::PF2 => 3,
        _ => 0,
    };
    let map = match op.table() {
        OpCodeTableKind::T0F38 => 2,
        OpCodeTableKind::T0F3A => 3,
        _ => 1u8,
    };
    let has_third = op.op_kinds().iter().any(|kind| {
        use K::{r32_vvvv, r64_vvvv, xmm_vvvv, ymm_vvvv};
        matches!(kind, r32_vvvv | r64_vvvv | xmm_vvvv | ymm_vvvv)
    });
    let third = if has_third || random.percent(3) { random.byte() & 0xF } else { 0xF };
    let long = if op.is_lig() { random.byte() & 1 } else { op.l() as u8 & 1 };
    let wide = if op.is_wig() || op.is_wig32() && bits < 64 {
        u8::from(random.percent(30))
    } else {
        op.w() as u8 & 1
    };
    // Outside 64-bit code, R and X have to be 1 or it is another instruction.
    let inverted = if bits == 64 { random.byte() & 0xE0 } else { 0xC0 | random.byte() & 0x20 };
    let last = third << 3 | long << 2 | prefix;
    if map == 1 && wide == 0 && random.percent(50) {
        let first = if bits == 64 { inverted & 0x80 } else { 0x80 };
        let last = if bits == 64 { last } else { last | 0x40 };
        bytes.extend([0xC5, first | last]);
    } else {
        bytes.extend([0xC4, inverted | map, wide << 7 | last]);
    }
    opcode(op, random, &mut bytes);
    tail(op, random, &mut bytes);
    bytes
}

/// Random bytes that may be an instruction: no more of them than one may have.
pub(crate) fn any(random: &mut Random) -> Vec<u8> {
    const PREFIXES: [u8; 12] =
        [0x66, 0x67, 0xF2, 0xF3, 0xF0, 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x48];
    let mut bytes = Vec::with_capacity(16);
    while random.percent(25) && bytes.len() < 14 {
        bytes.push(random.pick(&PREFIXES));
    }
    if random.percent(40) {
        bytes.push(0x0F);
    }
    while bytes.len() < 15 {
        bytes.push(random.byte());
    }
    bytes
}
