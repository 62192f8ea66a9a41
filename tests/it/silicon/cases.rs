//! From a form to a case: an instruction, the state that it meets, and what it finds in memory.
//!
//! Knows nothing of what should come of it.

use super::address::{self, Aim};
use super::bytes;
use super::forms::{self, Form};
use super::random::Random;
use super::state::{self as s, BASE, CODE, Case, DATA, STACK, State};
use super::values::Kind;
use iced_x86::{FlowControl, Instruction, Mnemonic as M, OpKind};

/// A case with its instruction, for reports and masks.
#[derive(Clone)]
pub(crate) struct Trial {
    pub(crate) instruction: Instruction,
    pub(crate) case: Case,
}

impl Trial {
    /// The bytes of the code.
    pub(crate) fn code(&self) -> &[u8] {
        &self.case.patches[0].1
    }
}

/// Flags: those of arithmetic, DF, AC.
const ARITHMETIC: u64 = 0x8D5;
const DF: u64 = 0x400;
const AC: u64 = 1 << 18;

/// A case of a form, unless no bytes were found that make it.
pub(crate) fn draw(form: &Form, random: &mut Random) -> Option<Trial> {
    let mut state = State::default();
    draw_segments(&mut state, form.bits, random);
    let at = code_offset(random);
    state.ip = at + address::offset_of_code(&state);
    let (instruction, code) = bytes::draw(form, state.ip, random)?;
    if forms::is_left_out(&instruction) {
        return None;
    }
    let trial = finish(state, instruction, code, at, random);
    (!asks_more(&trial)).then_some(trial)
}

/// Whether a register with an address in it asks for parts of the state that only the host has.
fn asks_more(trial: &Trial) -> bool {
    let [low, _, high, ..] = trial.case.state.general.map(|value| value & 0xFFFF_FFFF);
    saves_state(&trial.instruction) && (low > 7 || high > 0)
}

/// Whether an instruction takes its parts of the state from `edx:eax`.
fn saves_state(instruction: &Instruction) -> bool {
    matches!(
        instruction.mnemonic(),
        M::Xsave | M::Xsave64 | M::Xsaveopt | M::Xsaveopt64 | M::Xrstor | M::Xrstor64
    )
}

/// Several instructions in a row: the first of a form, the others on registers only.
pub(crate) fn draw_row(form: &Form, others: &[Form], random: &mut Random) -> Option<Trial> {
    let mut trial = draw(form, random)?;
    let (at, mut code) = trial.case.patches.swap_remove(0);
    if code.len() < trial.instruction.len() {
        // It was cut at the end of the code.
        return None;
    }
    for _ in 0..=random.below(4) {
        let ip = trial.case.state.ip + code.len() as u64;
        let (instruction, bytes) = bytes::draw(&random.pick(others), ip, random)?;
        let in_memory = (0..instruction.op_count()).any(|n| is_memory(instruction.op_kind(n)));
        if !in_memory && instruction.flow_control() == FlowControl::Next {
            code.extend(bytes);
        }
    }
    code.truncate((CODE.end - u64::from(at)) as usize);
    trial.case.patches.insert(0, (at, code));
    Some(trial)
}

fn is_memory(kind: OpKind) -> bool {
    !matches!(
        kind,
        OpKind::Register
            | OpKind::Immediate8
            | OpKind::Immediate8_2nd
            | OpKind::Immediate16
            | OpKind::Immediate32
            | OpKind::Immediate64
            | OpKind::Immediate8to16
            | OpKind::Immediate8to32
            | OpKind::Immediate8to64
            | OpKind::Immediate32to64
    )
}

/// A case of random bytes; none if they should not be run.
pub(crate) fn draw_bytes(bits: u32, random: &mut Random) -> Option<Trial> {
    let mut state = State::default();
    draw_segments(&mut state, bits, random);
    let at = code_offset(random);
    state.ip = at + address::offset_of_code(&state);
    let code = bytes::any(random);
    let (instruction, length) = bytes::decode(&code, bits, state.ip);
    if forms::is_left_out(&instruction) && !instruction.is_invalid() {
        return None;
    }
    // What other processors have is not for this one to judge.
    if !instruction.is_invalid() && forms::class(instruction.code()).is_none() {
        return None;
    }
    let length = if instruction.is_invalid() { code.len() } else { length };
    let trial = finish(state, instruction, code[..length].to_vec(), at, random);
    (!asks_more(&trial)).then_some(trial)
}

/// Where the code starts: also at the end of a page, and of the last one.
fn code_offset(random: &mut Random) -> u64 {
    match random.below(10) {
        0 => CODE.start + s::PAGE as u64 - random.below(16),
        1 => CODE.end - 16 - random.below(16),
        _ => random.within(CODE.start + 64..CODE.end - 256),
    }
}

fn draw_segments(state: &mut State, bits: u32, random: &mut Random) {
    const DATA_16: [u16; 8] = [
        s::DATA_16,
        s::DATA_16,
        s::DATA_16,
        s::DATA_32_BASED,
        s::local_selector(4),
        s::local_selector(5),
        s::local_selector(7),
        0,
    ];
    const DATA_32: [u16; 9] = [
        s::FLAT,
        s::FLAT,
        s::FLAT,
        s::DATA_32_BASED,
        s::local_selector(6),
        s::local_selector(7),
        s::local_selector(10),
        s::CODE_32_BASED,
        0,
    ];
    let selectors = &mut state.selectors;
    match bits {
        64 => {
            *selectors = [0, s::CODE_64, s::FLAT, 0, 0, 0];
            state.fs_base = BASE + random.pick(&[0, 0x4000, 0x5FF8]);
            state.gs_base = BASE + random.pick(&[0, 0x4080, 0x8001]);
        }
        32 => {
            let f = s::FLAT;
            *selectors = [f, s::CODE_32, f, f, 0, f];
            if random.percent(35) {
                selectors[s::CS] = random.pick(&[s::CODE_32_BASED, s::CODE_32]);
                for n in [s::ES, s::DS, s::FS, s::GS] {
                    selectors[n] = random.pick(&DATA_32);
                }
                selectors[s::SS] = random.pick(&[f, s::DATA_32_BASED, s::DATA_16]);
            }
        }
        _ => {
            let d = s::DATA_16;
            *selectors = [d, s::CODE_16, d, d, d, d];
            if random.percent(40) {
                for n in [s::ES, s::DS, s::FS, s::GS] {
                    selectors[n] = random.pick(&DATA_16);
                }
                selectors[s::SS] =
                    random.pick(&[d, s::DATA_32_BASED, s::local_selector(5), s::local_selector(6)]);
            }
        }
    }
}

fn finish(
    mut state: State,
    instruction: Instruction,
    mut code: Vec<u8>,
    at: u64,
    random: &mut Random,
) -> Trial {
    let is_64 = state.has_bases();
    for value in &mut state.general {
        *value = random.integer() & if is_64 { u64::MAX } else { 0xFFFF_FFFF };
    }
    if !is_64 {
        state.general[8..].fill(0);
    }
    draw_stack(&mut state, random);
    state.flags = 0x202 | random.next() & ARITHMETIC;
    state.flags |= if random.percent(20) { DF } else { 0 };
    state.flags |= if random.percent(2) { AC } else { 0 };
    let kind = Kind::of(&instruction, random);
    super::values::draw_extended(&mut state, &instruction, kind, random);
    draw_operands(&mut state, &instruction, random);
    let mut patches = Vec::new();
    for aim in address::aim(&mut state, &instruction, &mut code, random) {
        patches.extend(patch(&aim, &instruction, kind, &state, random));
    }
    draw_targets(&mut state, &instruction, &mut code, &mut patches, random);
    let room = (CODE.end - at).min(code.len() as u64) as usize;
    code.truncate(room);
    patches.insert(0, (at as u32, code));
    Trial { instruction, case: Case { state, patches } }
}

/// The stack pointer, mostly in the stack's pages.
fn draw_stack(state: &mut State, random: &mut Random) {
    let base = s::segment(state.selectors[s::SS]).base;
    let base = if state.has_bases() { 0 } else { base };
    let any = random.below(0x1F00) + 0x40;
    let offset = match random.below(20) {
        0 => random.below(24),
        1 => 0x2000 - random.below(24),
        2 => 0x1000 - random.below(16),
        3..=6 => any,
        _ => any & !15,
    };
    let value = (BASE + STACK.start + offset).wrapping_sub(base);
    // Where only its low half counts, the upper one is anything.
    let is_half = !state.has_bases() && !s::segment(state.selectors[s::SS]).big;
    let upper = if is_half { random.next() & 0xFFFF_0000 } else { 0 };
    state.general[4] = value | upper;
    if random.percent(40) {
        state.general[5] = state.general[4].wrapping_add(random.below(16) * 8);
    }
}

/// Registers that random values would make useless.
fn draw_operands(state: &mut State, instruction: &Instruction, random: &mut Random) {
    let has_count = instruction.has_rep_prefix() || instruction.has_repne_prefix();
    if has_count && random.percent(95) {
        let upper = if random.percent(10) { 1 << 32 } else { 0 };
        let upper = if state.has_bases() { upper } else { 0 };
        state.general[1] = random.below(40) | upper;
    }
    let divides = matches!(instruction.mnemonic(), M::Div | M::Idiv | M::Aam);
    if divides && random.percent(60) {
        state.general[2] = random.pick(&[0, 0, 1, u64::MAX]);
        state.general[0] = random.integer() & if random.percent(30) { 0xFF } else { u64::MAX };
        if !state.has_bases() {
            state.general[2] &= 0xFFFF_FFFF;
            state.general[0] &= 0xFFFF_FFFF;
        }
    }
    let is_bit = matches!(instruction.mnemonic(), M::Bt | M::Bts | M::Btr | M::Btc);
    let is_far = instruction.op0_kind() == OpKind::Memory;
    let second = match instruction.op1_kind() {
        OpKind::Register => address::number(instruction.op1_register()),
        _ => None,
    };
    if let Some(n) = second.filter(|_| is_bit && is_far && random.percent(85)) {
        let near = random.below(512).wrapping_sub(256);
        state.general[n] = if state.has_bases() { near } else { near & 0xFFFF_FFFF };
    }
    // Segment registers take selectors.
    let is_segment = instruction.op0_kind() == OpKind::Register
        && instruction.op0_register().is_segment_register();
    if let Some(n) = second.filter(|_| is_segment) {
        state.general[n] = state.general[n] & !0xFFFF | u64::from(selector(random));
    }
    if saves_state(instruction) {
        (state.general[0], state.general[2]) = (random.below(8), 0);
    }
}

/// A selector: one that is there, none, any.
fn selector(random: &mut Random) -> u16 {
    match random.below(12) {
        0 => random.below(4) as u16,
        1 => s::local_selector(11 + random.below(20) as usize),
        2 => random.pick(&[0x10, 0x18, 0x1B, 0x43, 0x80, 0xFFF8]),
        3 => random.pick(&[s::CODE_32, s::FLAT, s::CODE_64]) & !3,
        4..=6 => random.pick(&[s::CODE_32, s::FLAT, s::CODE_64]),
        _ => s::local_selector(random.below(s::LOCAL.len() as u64) as usize),
    }
}

/// What memory holds at an operand.
fn patch(
    aim: &Aim,
    instruction: &Instruction,
    kind: Kind,
    state: &State,
    random: &mut Random,
) -> Option<(u32, Vec<u8>)> {
    let length = match instruction.mnemonic() {
        M::Fxrstor | M::Fxrstor64 | M::Xrstor | M::Xrstor64 => 832,
        _ => aim.size.clamp(8, 64),
    };
    let mut bytes = vec![0; length.next_multiple_of(16)];
    kind.fill(&mut bytes, random);
    match instruction.mnemonic() {
        M::Fxrstor | M::Fxrstor64 | M::Xrstor | M::Xrstor64 => {
            bytes = state.extended.to_vec();
            super::values::shuffle_area(&mut bytes, random);
        }
        M::Ldmxcsr | M::Vldmxcsr => bytes[..4].copy_from_slice(&super::values::mxcsr(random)),
        M::Fbld if random.percent(80) => {
            let digits = (0..9).map(|_| random.below(10) as u8 | (random.below(10) as u8) << 4);
            let digits: Vec<u8> = digits.collect();
            bytes[..9].copy_from_slice(&digits);
            bytes[9] = random.byte() & 0x80;
        }
        M::Lds | M::Les | M::Lfs | M::Lgs | M::Lss => {
            let at = aim.size.saturating_sub(2).min(8);
            bytes[at..at + 2].copy_from_slice(&selector(random).to_le_bytes());
        }
        M::Pop | M::Mov if is_to_segment(instruction) => {
            bytes[..2].copy_from_slice(&selector(random).to_le_bytes());
        }
        _ => {}
    }
    bytes.truncate(length);
    writable(aim.offset?, bytes)
}

fn is_to_segment(instruction: &Instruction) -> bool {
    instruction.op0_kind() == OpKind::Register && instruction.op0_register().is_segment_register()
}

/// As much of a patch as lies in memory that can be written.
fn writable(at: u64, mut bytes: Vec<u8>) -> Option<(u32, Vec<u8>)> {
    let page = |at: u64| s::ACCESS.get((at / s::PAGE as u64) as usize).copied();
    let is_good = |at: u64| page(at) == Some(s::Access::Write);
    let room = (0..bytes.len() as u64).take_while(|n| is_good(at + n)).count();
    bytes.truncate(room);
    (room > 0).then_some((at as u32, bytes))
}

/// An address of code, as the instruction pointer or a far one has it.
fn target(state: &State, random: &mut Random) -> u64 {
    let at = match random.below(12) {
        0 => CODE.end - random.below(4),
        1 => DATA.start + random.below(64),
        _ => random.within(CODE.clone()),
    };
    at + address::offset_of_code(state)
}

/// Where branches lead: mostly to code.
fn draw_targets(
    state: &mut State,
    instruction: &Instruction,
    code: &mut [u8],
    patches: &mut Vec<(u32, Vec<u8>)>,
    random: &mut Random,
) {
    let to = target(state, random);
    let goes_anywhere = random.percent(12);
    match instruction.flow_control() {
        FlowControl::UnconditionalBranch | FlowControl::ConditionalBranch | FlowControl::Call => {
            let bits = if state.has_bases() {
                64
            } else if s::segment(state.selectors[s::CS]).big {
                32
            } else {
                16
            };
            let decoder = iced_x86::Decoder::with_ip(bits, code, state.ip, 0);
            let mut decoder = decoder;
            let again = decoder.decode();
            let places = decoder.get_constant_offsets(&again);
            let (at, size) = (places.immediate_offset(), places.immediate_size());
            let is_far =
                matches!(instruction.op0_kind(), OpKind::FarBranch16 | OpKind::FarBranch32);
            if is_far && !goes_anywhere {
                put(code, at, size, to);
                put(code, places.immediate_offset2(), 2, selector(random).into());
            } else if size > 1 && !goes_anywhere {
                put(code, at, size, to.wrapping_sub(again.next_ip()));
            } else if size == 1 {
                // Not into itself, where it might never end.
                let by = random.within(20..120);
                put(code, at, size, if random.percent(50) { by } else { by.wrapping_neg() });
            }
        }
        FlowControl::IndirectBranch | FlowControl::IndirectCall | FlowControl::Return
            if !goes_anywhere =>
        {
            if let Some(n) = address::number(instruction.op0_register()) {
                state.general[n] = to;
                return;
            }
            let words = words(state, instruction, to, random);
            let is_return = instruction.flow_control() == FlowControl::Return;
            let at = if is_return {
                address::stack_offset(state)
            } else {
                patches.last().map(|patch| u64::from(patch.0))
            };
            patches.extend(at.and_then(|at| writable(at, words)));
        }
        _ => {}
    }
}

/// The words that a far pointer or a return takes from memory.
fn words(state: &State, instruction: &Instruction, to: u64, random: &mut Random) -> Vec<u8> {
    let size = match instruction.mnemonic() {
        M::Iret => 2,
        M::Iretd => 4,
        M::Iretq => 8,
        _ => {
            let name = format!("{:?}", instruction.code());
            let is_wide = |size: &str| name.contains(size);
            match () {
                () if is_wide("q") || is_wide("m1664") || is_wide("rm64") => 8,
                () if is_wide("d") || is_wide("m1632") || is_wide("rm32") => 4,
                () => 2,
            }
        }
    };
    let code = match random.below(3) {
        0 => selector(random),
        1 => random.pick(&[s::CODE_16, s::CODE_32, s::CODE_64, s::CODE_32_BASED]),
        _ => state.selectors[s::CS],
    };
    let base = s::segment(code).base;
    let to = if random.percent(80) {
        // Where the other segment has its code.
        let linear = to.wrapping_add(s::segment(state.selectors[s::CS]).base);
        linear.wrapping_sub(base)
    } else {
        to
    };
    let stack = if random.percent(60) { state.selectors[s::SS] } else { selector(random) };
    // Without TF; and without AC, since Linux takes an `iret` that raises #AC for a split lock.
    let flags = random.next() & 0xFEFF | random.next() & 0x23_0000;
    let all = [to, code.into(), flags, state.general[4], stack.into()];
    let is_far_pointer = instruction.flow_control() != FlowControl::Return;
    let mut bytes = Vec::new();
    for (n, word) in all.into_iter().enumerate() {
        let size = if is_far_pointer && n == 1 { 2 } else { size };
        bytes.extend(&word.to_le_bytes()[..size]);
        if is_far_pointer && n == 1 {
            break;
        }
    }
    bytes
}

fn put(code: &mut [u8], at: usize, size: usize, value: u64) {
    if let Some(place) = code.get_mut(at..at + size) {
        place.copy_from_slice(&value.to_le_bytes()[..size]);
    }
}

/// Whether a repeated instruction may write over code, its own too.
pub(crate) fn writes_code(trial: &Trial) -> bool {
    let pages = CODE.start - 0x1000..CODE.end + 0x1000;
    let is_near = |n: usize| {
        let offset = trial.case.state.general[n].wrapping_sub(BASE) & 0xFFFF_FFFF;
        pages.contains(&offset) || pages.contains(&(trial.case.state.general[n] & 0xFFFF))
    };
    let instruction = &trial.instruction;
    (instruction.has_rep_prefix() || instruction.has_repne_prefix()) && is_near(7)
}
