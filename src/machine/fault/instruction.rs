//! Finds and decodes the instruction that caused a fault.

use super::{GuestState, Scene};
use crate::image::Bits;
use crate::machine::backend::PortAccess;
use crate::machine::disassembly::formatter;
use crate::machine::state::extended::Extended;
use crate::machine::state::paging;
use iced_x86::{Decoder, DecoderOptions, Formatter, Instruction, Mnemonic, OpKind, Register};

/// The longest instruction.
const LONGEST: usize = 15;
/// In an image without a line table, how many bytes are decoded to find an instruction.
const SWEEP: u64 = 1 << 20;

/// The bytes at a linear address: as many as can be read, at most the longest instruction.
pub(super) fn bytes(scene: &Scene<'_>, state: &GuestState, address: u64) -> Vec<u8> {
    let byte = |offset: u64| {
        let linear = address.checked_add(offset)?;
        let place = paging::translate(scene.memory, &state.system, linear, false)?;
        let mut byte = [0];
        scene.memory.read(place.physical, &mut byte)?;
        Some(byte[0])
    };
    (0..LONGEST as u64).map_while(byte).collect()
}

/// The instruction at a linear address, if there is one.
pub(super) fn instruction(
    scene: &Scene<'_>,
    state: &GuestState,
    address: u64,
) -> Option<Instruction> {
    let bytes = bytes(scene, state, address);
    let ip = state.registers.ip.wrapping_add(address.wrapping_sub(state.address));
    let mut decoder =
        Decoder::try_with_ip(state.bits.number(), &bytes, ip, DecoderOptions::NONE).ok()?;
    let instruction = decoder.decode();
    (!instruction.is_invalid()).then_some(instruction)
}

/// The instruction's text; `None` if its bytes cannot be read or are not an instruction.
pub(super) fn text(scene: &Scene<'_>, state: &GuestState) -> Option<String> {
    let instruction = instruction(scene, state, state.address)?;
    let mut text = String::new();
    formatter().format(&instruction, &mut text);
    Some(text)
}

/// Whether the exception is that of a `hlt` at ring 3: general protection, at that instruction.
pub(super) fn is_refused_halt(scene: &Scene<'_>, state: &GuestState, vector: u8) -> bool {
    const GENERAL_PROTECTION: u8 = 13;
    const HLT: u8 = 0xF4;
    let is_prefix = |b: &u8| {
        matches!(b, 0x26 | 0x2E | 0x36 | 0x3E | 0x64..=0x67 | 0xF0 | 0xF2 | 0xF3)
            || (state.bits == Bits::Bits64 && matches!(b, 0x40..=0x4F))
    };
    vector == GENERAL_PROTECTION
        && state.system.ring() == 3
        && bytes(scene, state, state.address).iter().find(|b| !is_prefix(b)) == Some(&HLT)
}

/// Whether the instruction at `address` is the one that made this port access.
pub(super) fn is_port_access(
    scene: &Scene<'_>,
    state: &GuestState,
    address: u64,
    access: PortAccess,
    write: bool,
) -> bool {
    port_access(scene, state, address, access, write).is_some()
}

/// The length of the instruction, if it made this port access.
fn port_access(
    scene: &Scene<'_>,
    state: &GuestState,
    address: u64,
    access: PortAccess,
    write: bool,
) -> Option<u64> {
    let instruction = instruction(scene, state, address)?;
    let (data, number) = if write { (1, 0) } else { (0, 1) };
    let width = match instruction.mnemonic() {
        Mnemonic::In if !write => instruction.op_register(data).size(),
        Mnemonic::Out if write => instruction.op_register(data).size(),
        Mnemonic::Insb if !write => 1,
        Mnemonic::Outsb if write => 1,
        Mnemonic::Insw if !write => 2,
        Mnemonic::Outsw if write => 2,
        Mnemonic::Insd if !write => 4,
        Mnemonic::Outsd if write => 4,
        _ => return None,
    };
    let dx = state.registers.general[2] & 0xFFFF;
    let port = match instruction.try_op_kind(number).ok()? {
        OpKind::Immediate8 => u64::from(instruction.immediate8()),
        _ => dx,
    };
    let matches = width == usize::from(access.width) && port == u64::from(access.port);
    matches.then(|| instruction.len() as u64)
}

/// The start of the port access that ends at the instruction pointer, if there is one.
pub(super) fn port_access_before(
    scene: &Scene<'_>,
    state: &GuestState,
    access: PortAccess,
    write: bool,
) -> Option<u64> {
    // One byte, or two with an immediate port, each after up to two prefixes.
    (1..=4).find_map(|length| {
        let address = state.address.checked_sub(length)?;
        (port_access(scene, state, address, access, write) == Some(length)).then_some(address)
    })
}

/// The start of the instruction that ends at the instruction pointer: found by decoding from the
/// start of its source line, or of the image if there is no line table.
pub(super) fn start_of_previous(scene: &Scene<'_>, state: &GuestState) -> Option<u64> {
    let image = scene.image;
    let mut address = match image.line_at(state.address.checked_sub(1)?) {
        Some(line) => image.origin.checked_add(u64::from(line.offset))?,
        None => image.origin,
    };
    if address > state.address || state.address - address > SWEEP {
        return None;
    }
    loop {
        let length = instruction(scene, state, address)?.len() as u64;
        match address + length {
            next if next == state.address => return Some(address),
            next if next > state.address => return None,
            next => address = next,
        }
    }
}

/// The value of a register operand.
pub(super) fn register_value(state: &GuestState, register: Register) -> Option<u64> {
    let full = register.full_register();
    let number = full.number();
    let value = *state.registers.general.get(number)?;
    let high = matches!(register, Register::AH | Register::BH | Register::CH | Register::DH);
    let value = if high { value >> 8 } else { value };
    let bits = u32::try_from(register.size() * 8).ok()?;
    (register.is_gpr() && bits > 0).then(|| value & (u64::MAX >> (64 - bits)))
}

/// Linear address and text of the memory operand.
pub(super) fn memory_operand(
    state: &GuestState,
    instruction: &Instruction,
) -> Option<(u64, String)> {
    let mut kinds = (0..instruction.op_count()).map(|i| instruction.op_kind(i));
    let number = u32::try_from(kinds.position(|kind| kind == OpKind::Memory)?).ok()?;
    let address = instruction.virtual_address(number, 0, |register, _, _| {
        if register.is_segment_register() {
            Some(segment_base(state, register))
        } else {
            register_value(state, register)
        }
    })?;
    let mut text = String::new();
    formatter().format_operand(instruction, &mut text, number).ok()?;
    Some((address, text))
}

/// The vector registers that the instruction uses, the low quarter first.
pub(super) fn vectors(
    scene: &Scene<'_>,
    state: &GuestState,
    extended: &Extended,
) -> Vec<(String, [u64; 4])> {
    let Some(instruction) = instruction(scene, state, state.address) else { return Vec::new() };
    let mut list = Vec::new();
    for number in 0..instruction.op_count() {
        let register = match instruction.op_kind(number) {
            OpKind::Register => instruction.op_register(number),
            OpKind::Memory => instruction.memory_index(),
            _ => continue,
        };
        if !register.is_vector_register() {
            continue;
        }
        let mut value = [0; 4];
        let bytes = extended.zmm(register.number());
        for (quarter, bytes) in value.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *quarter = u64::from_le_bytes(*bytes);
        }
        if register.is_xmm() {
            value = [value[0], value[1], 0, 0];
        }
        let row = (format!("{register:?}").to_lowercase(), value);
        if !list.contains(&row) {
            list.push(row);
        }
    }
    list
}

/// The value of the instruction's first operand, register or memory.
pub(super) fn first_operand(
    scene: &Scene<'_>,
    state: &GuestState,
    instruction: &Instruction,
) -> Option<u64> {
    match instruction.try_op_kind(0).ok()? {
        OpKind::Register => register_value(state, instruction.op_register(0)),
        OpKind::Memory => {
            let address = instruction.virtual_address(0, 0, |register, _, _| {
                if register.is_segment_register() {
                    Some(segment_base(state, register))
                } else {
                    register_value(state, register)
                }
            })?;
            let place = paging::translate(scene.memory, &state.system, address, false)?;
            let mut bytes = [0; 8];
            let size = instruction.memory_size().size();
            scene.memory.read(place.physical, bytes.get_mut(..size)?)?;
            Some(u64::from_le_bytes(bytes))
        }
        _ => None,
    }
}

fn segment_base(state: &GuestState, register: Register) -> u64 {
    let system = &state.system;
    match register {
        Register::FS => system.fs.base,
        Register::GS => system.gs.base,
        _ if state.bits == Bits::Bits64 => 0,
        Register::CS => system.cs.base,
        Register::ES => system.es.base,
        Register::SS => system.ss.base,
        _ => system.ds.base,
    }
}
