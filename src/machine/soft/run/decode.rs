//! Fetching and decoding the instructions of a block.

use super::blocks::Block;
use super::table::{decoded_op, ends_block};
use crate::image::Bits;
use crate::machine::soft::core::access::{PAGE, is_canonical};
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::op::{self, Op, Stop};
use crate::machine::soft::integer::fuse;
use iced_x86::{Decoder, DecoderError, DecoderOptions, FlowControl, Instruction};

/// Bytes that are fetched to decode a block.
const WINDOW: u64 = 256;
/// The longest instruction.
const LONGEST: u64 = 15;

/// Linear address of the page after the one with `ip`.
pub(crate) fn next_page(cpu: &Cpu<'_>, ip: u64) -> u64 {
    ((cpu.code_linear(ip) | (PAGE - 1)).wrapping_add(1)) & cpu.linear_mask
}

/// Bytes of code, and where they are.
struct Bytes {
    bytes: [u8; WINDOW as usize],
    length: usize,
    /// How many of them are in the first page.
    near: u64,
    physical: u64,
    second: Option<u64>,
}

/// The bytes at the instruction pointer, as far as the first page reaches; on request, also some
/// from the next one.
fn fetch(cpu: &mut Cpu<'_>, across: bool) -> Result<Bytes, Stop> {
    let ip = cpu.ip;
    // The upper half of 64 bits lies above the limit of the lower one.
    let limit =
        if cpu.bits == Bits::Bits64 && is_canonical(ip) { ip | cpu.ip_limit } else { cpu.ip_limit };
    if ip > limit {
        return Err(cpu.protection());
    }
    let room = (limit - ip).saturating_add(1);
    let physical = cpu.fetch_address(ip)?;
    let near = (PAGE - cpu.code_linear(ip) % PAGE).min(WINDOW).min(room);
    let mut all =
        Bytes { bytes: [0; WINDOW as usize], length: near as usize, near, physical, second: None };
    cpu.fetch_bytes(physical, all.bytes.get_mut(..all.length).unwrap_or_default())?;
    if across && near < LONGEST {
        let far = (room - near).min(LONGEST);
        if far == 0 {
            return Err(cpu.protection());
        }
        let behind = next_page(cpu, ip);
        let second = cpu.fetch_linear(behind)?;
        let end = all.length + far as usize;
        cpu.fetch_bytes(second, all.bytes.get_mut(all.length..end).unwrap_or_default())?;
        (all.length, all.second) = (end, Some(second));
    }
    Ok(all)
}

/// Decodes the block at the instruction pointer.
pub(crate) fn decode(cpu: &mut Cpu<'_>, most: usize) -> Result<Block, Stop> {
    let mut bytes = fetch(cpu, false)?;
    let mut ops = decode_ops(cpu, &bytes, most);
    if ops.is_empty() {
        bytes = fetch(cpu, true)?;
        ops = decode_ops(cpu, &bytes, 1);
    }
    if ops.is_empty() {
        // Longer than the longest instruction may be, or than the segment.
        return Err(cpu.protection());
    }
    let length = ops.last().map_or(0, |op| u64::from(op.start) + u64::from(op.len));
    let second = bytes.second.filter(|_| length > bytes.near);
    let end = cpu.ip.wrapping_add(length) & cpu.ip_mask;
    Ok(Block::new(cpu, end, ops, bytes.physical, second))
}

fn decode_ops(cpu: &Cpu<'_>, bytes: &Bytes, most: usize) -> Vec<Op> {
    let data = bytes.bytes.get(..bytes.length).unwrap_or_default();
    let mut ops = Vec::new();
    let options = DecoderOptions::NONE;
    let Ok(mut decoder) = Decoder::try_with_ip(cpu.bits.number(), data, cpu.ip, options) else {
        return ops;
    };
    let (mut instruction, mut before) = (Instruction::default(), Instruction::default());
    while ops.len() < most && decoder.can_decode() {
        let start = decoder.position() as u16;
        decoder.decode_out(&mut instruction);
        if decoder.last_error() == DecoderError::NoMoreBytes {
            break;
        }
        let mut op = decoded_op(&instruction, start);
        if instruction.is_invalid() && is_too_long(cpu, data, start) {
            op.run = op::too_long;
        }
        if instruction.is_jcc_short_or_near()
            && let Some(last) = ops.last_mut()
            && op.imm <= cpu.ip_limit
            && fuse::fuse(&before, last, &instruction, &op)
        {
            break;
        }
        ops.push(op);
        if instruction.flow_control() != FlowControl::Next || ends_block(&instruction) {
            break;
        }
        std::mem::swap(&mut instruction, &mut before);
    }
    ops
}

/// Whether bytes that are no instruction are one, or are none yet, behind more prefixes than there
/// may be: without the first of them they still take all the bytes there may be, or mean something.
fn is_too_long(cpu: &Cpu<'_>, data: &[u8], start: u16) -> bool {
    let most = LONGEST as usize;
    let Some(rest) = data.get(usize::from(start)..).filter(|rest| rest.len() >= most) else {
        return false;
    };
    let decode = |bytes| {
        let decoder = Decoder::try_with_ip(cpu.bits.number(), bytes, 0, DecoderOptions::NONE);
        decoder.map_or_else(|_| Instruction::default(), |mut decoder| decoder.decode())
    };
    let shorter = decode(rest.get(1..).unwrap_or_default());
    decode(rest).len() == most && (!shorter.is_invalid() || shorter.len() >= most)
}

impl Cpu<'_> {
    /// Linear address of an instruction pointer.
    pub(crate) fn code_linear(&self, ip: u64) -> u64 {
        let base = if self.bits == Bits::Bits64 { 0 } else { self.system.cs.base };
        base.wrapping_add(ip) & self.linear_mask
    }

    pub(crate) fn fetch_address(&mut self, ip: u64) -> Result<u64, Stop> {
        self.fetch_linear(self.code_linear(ip))
    }

    pub(crate) fn fetch_linear(&mut self, linear: u64) -> Result<u64, Stop> {
        self.walk(linear, false, true, self.cpl == 3)
    }

    /// Reads code. A jump to an address without memory ends in an internal error, since there is no
    /// instruction to execute.
    fn fetch_bytes(&mut self, physical: u64, bytes: &mut [u8]) -> Result<(), Stop> {
        if self.ram.read(physical, bytes).is_some() {
            return Ok(());
        }
        Err(Stop::Missing)
    }
}
