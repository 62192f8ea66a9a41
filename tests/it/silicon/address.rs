//! Memory operands: registers and displacements that lead to the memory that is there.
//!
//! Knows nothing of what the memory holds.

use super::random::Random;
use super::state::{self as s, BASE, CODE, DATA, SIZE, STACK, State, area};
use iced_x86::{
    Decoder, DecoderOptions, Instruction, InstructionInfoFactory, Mnemonic, Register, UsedMemory,
};

/// A memory operand and where it was led.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aim {
    /// Offset in the memory, if it lies there.
    pub(crate) offset: Option<u64>,
    pub(crate) size: usize,
}

/// Number of a general register.
pub(crate) fn number(register: Register) -> Option<usize> {
    register.is_gpr().then(|| register.full_register().number())
}

/// What has to be added to an offset in the memory to have an instruction pointer.
pub(crate) fn offset_of_code(state: &State) -> u64 {
    BASE - s::segment(state.selectors[s::CS]).base
}

/// Offset in the memory of what the stack pointer points to.
pub(crate) fn stack_offset(state: &State) -> Option<u64> {
    let segment = s::segment(state.selectors[s::SS]);
    let is_64 = state.has_bases();
    let mask = match (is_64, segment.big) {
        (true, _) => u64::MAX,
        (false, true) => 0xFFFF_FFFF,
        (false, false) => 0xFFFF,
    };
    let base = if is_64 { 0 } else { segment.base };
    let offset = (state.general[4] & mask).wrapping_add(base).wrapping_sub(BASE);
    (offset < SIZE as u64).then_some(offset)
}

/// An offset for an operand of `size` bytes: mostly in the data, also at the ends of pages, and
/// where there is none.
fn place(size: u64, random: &mut Random) -> u64 {
    let any = random.within(DATA.start + 128..DATA.end - 1024);
    let end = |random: &mut Random| random.below(size + 8);
    match random.below(32) {
        0 | 1 => DATA.start + s::PAGE as u64 - end(random),
        2 | 3 => DATA.end - end(random),
        4 => DATA.end - size,
        5 => DATA.start.wrapping_sub(end(random)),
        6 => random.within(DATA.end..DATA.end + 0x1000),
        7 => random.within(STACK),
        8 => random.within(CODE),
        9 => SIZE as u64 - end(random),
        10 => 0xB000 + random.below(0x1000),
        11..=18 => any,
        _ => any & !63,
    }
}

fn base_of(state: &State, register: Register) -> u64 {
    let n = match register {
        Register::ES => s::ES,
        Register::CS => s::CS,
        Register::SS => s::SS,
        Register::FS => s::FS,
        Register::GS => s::GS,
        _ => s::DS,
    };
    if state.has_bases() {
        return match n {
            s::FS => state.fs_base,
            s::GS => state.gs_base,
            _ => 0,
        };
    }
    s::segment(state.selectors[n]).base
}

/// Whether an instruction accesses memory as one.
pub(crate) fn is_locked(instruction: &Instruction) -> bool {
    instruction.has_lock_prefix() || instruction.mnemonic() == Mnemonic::Xchg
}

/// Leads the memory operands of an instruction somewhere, by its registers or its displacement.
pub(crate) fn aim(
    state: &mut State,
    instruction: &Instruction,
    code: &mut [u8],
    random: &mut Random,
) -> Vec<Aim> {
    let mut factory = InstructionInfoFactory::new();
    let info = factory.info(instruction);
    let mut aims = Vec::new();
    for memory in info.used_memory() {
        let size = memory.memory_size().size().max(instruction.memory_size().size()).max(1);
        if random.percent(4) {
            continue;
        }
        if number(memory.base()) == Some(4) && memory.index() == Register::None {
            // The stack is where it is; an operand near it is as good as any.
            aims.push(Aim { offset: None, size });
            continue;
        }
        let mut offset = place(size as u64, random);
        if is_locked(instruction) {
            // Across two cache lines the processor stops all others, and Linux the program.
            offset &= !(size.next_power_of_two() as u64 - 1);
        }
        let linear = BASE.wrapping_add(offset);
        let to = linear.wrapping_sub(base_of(state, memory.segment()));
        let is_led = if memory.vsib_size() != 0 {
            lead_vector(state, memory, to, random)
        } else {
            lead(state, instruction, memory, to, code)
        };
        aims.push(Aim { offset: is_led.then_some(offset), size });
    }
    aims
}

fn mask(bits: u32) -> u64 {
    u64::MAX >> (64 - bits)
}

/// Sets what an address of `bits` is made from.
fn set(state: &mut State, n: usize, value: u64, bits: u32) {
    let kept = if bits == 64 { 0 } else { state.general[n] & !mask(bits) };
    state.general[n] = kept | value & mask(bits);
}

fn lead(
    state: &mut State,
    instruction: &Instruction,
    memory: &UsedMemory,
    to: u64,
    code: &mut [u8],
) -> bool {
    let bits = match memory.address_size() as u32 {
        1 => 16,
        2 => 32,
        _ => 64,
    };
    let (base, index) = (number(memory.base()), number(memory.index()));
    let scale = u64::from(memory.scale());
    let part = |n: usize| state.general[n] & mask(bits);
    let rest = to.wrapping_sub(memory.displacement());
    let mut is_exact = true;
    match (base, index) {
        (Some(b), None) => set(state, b, rest, bits),
        (Some(b), Some(i)) if b != i => {
            let value = rest.wrapping_sub(part(i).wrapping_mul(scale));
            set(state, b, value, bits);
        }
        (Some(b), Some(_)) => {
            let value = (rest & mask(bits)) / (1 + scale);
            is_exact = rest & mask(bits) == value * (1 + scale);
            set(state, b, value, bits);
        }
        (None, Some(i)) => {
            let value = (rest & mask(bits)) / scale;
            is_exact = rest & mask(bits) == value * scale;
            set(state, i, value, bits);
        }
        (None, None) => return lead_displacement(state, instruction, to, code),
    }
    is_exact && to & mask(bits) == to
}

fn lead_displacement(state: &State, instruction: &Instruction, to: u64, code: &mut [u8]) -> bool {
    let bits = instruction.code_size() as u32;
    let bits = [0, 16, 32, 64][bits as usize & 3];
    let mut decoder = Decoder::with_ip(bits, code, state.ip, DecoderOptions::NONE);
    let again = decoder.decode();
    let places = decoder.get_constant_offsets(&again);
    if !places.has_displacement() {
        return false;
    }
    let value =
        if again.is_ip_rel_memory_operand() { to.wrapping_sub(again.next_ip()) } else { to };
    let (at, size) = (places.displacement_offset(), places.displacement_size());
    match code.get_mut(at..at + size) {
        Some(place) => place.copy_from_slice(&value.to_le_bytes()[..size]),
        None => return false,
    }
    true
}

/// Gathers: small indices from a base in the memory.
fn lead_vector(state: &mut State, memory: &UsedMemory, to: u64, random: &mut Random) -> bool {
    let n = memory.index().number();
    let size = memory.vsib_size() as usize;
    for at in (0..32).step_by(size) {
        let index = random.below(64).wrapping_sub(16);
        let place =
            if at < 16 { area::XMM + 16 * n + at } else { area::YMM_HIGH + 16 * n + at - 16 };
        if random.percent(97) {
            state.put(place, &index.to_le_bytes()[..size]);
        }
    }
    if let Some(b) = number(memory.base()) {
        let bits = if memory.address_size() as u32 == 2 { 32 } else { 64 };
        set(state, b, to.wrapping_sub(memory.displacement()), bits);
    }
    false
}
