//! What the makers of processors leave to each other: the parts of a result that are not compared
//! on a processor of AMD, with a reason each.
//!
//! The CPU in software follows Intel. The rows are from AMD's manual (AMD64 Architecture
//! Programmer's Manual, volumes 1 to 4), not from a processor. No row has been verified on one, so
//! a difference there is shown but is no failure.

use super::cases::Trial;
use super::state::{ENDLESS, Outcome, area};
use iced_x86::{Code, Decoder, Instruction, Mnemonic as M, OpKind, Register};

/// The vector of the `int3` that ends a case without an exception.
const DONE: u32 = 3;
/// #SS, #GP, #PF and #AC: the exceptions of an access to memory.
const ACCESS: [u32; 4] = [12, 13, 14, 17];

const CF: u64 = 1 << 0;
const PF: u64 = 1 << 2;
const AF: u64 = 1 << 4;
const ZF: u64 = 1 << 6;
const SF: u64 = 1 << 7;
const OF: u64 = 1 << 11;
const ALL: u64 = CF | PF | AF | ZF | SF | OF;

/// Which instructions a row is about.
enum Which {
    Every,
    These(&'static [M]),
    /// These, with a destination of so many bits.
    Wide(&'static [M], usize),
    /// Near branches with an operand-size prefix in 64-bit code.
    ShortBranches,
    /// Far pointers with an offset of 64 bits.
    LongPointers,
}

/// Which results of them.
#[derive(Clone, Copy)]
enum When {
    Always,
    /// Both sides raise the same exception.
    Fault,
    /// Both sides raise an exception of an access to memory, but not the same one.
    OtherFault,
    /// ZF is set on both sides: the source is 0.
    Zero,
    /// The count, as far as the processor looks at it, is greater than the operand is wide.
    LargeCount,
}

/// What is not compared.
#[derive(Clone, Copy)]
enum Part {
    Everything,
    Flags(u64),
    /// The destination, from this bit on.
    Destination(u32),
    /// The numbers of the destination, if they are as near as two estimates may be.
    Estimates,
    /// The destination and the mask of a gather.
    Gather,
    /// The vector, the error code and the address of a page fault.
    Exception,
    /// The address of a page fault.
    Address,
    /// Registers, flags and memory.
    Progress,
    Memory,
    /// The bases of `fs` and `gs`.
    Bases,
}

/// One thing that AMD's manual leaves open, or has otherwise than Intel's.
struct Row {
    which: Which,
    when: When,
    part: Part,
    reason: &'static str,
}

const fn row(which: Which, when: When, part: Part, reason: &'static str) -> Row {
    Row { which, when, part, reason }
}

use Part::{Address, Bases, Destination, Estimates, Everything, Exception, Flags, Gather, Memory, Progress};
use When::{Always, Fault, LargeCount, OtherFault, Zero};
use Which::{Every, LongPointers, ShortBranches, These, Wide};

const BIT_TESTS: &[M] = &[M::Bt, M::Btc, M::Btr, M::Bts];
const SCANS: &[M] = &[M::Bsf, M::Bsr];
const DOUBLE_SHIFTS: &[M] = &[M::Shld, M::Shrd];
const ESTIMATES: &[M] = &[
    M::Rcpps, M::Rcpss, M::Rsqrtps, M::Rsqrtss, M::Vrcpps, M::Vrcpss, M::Vrsqrtps, M::Vrsqrtss,
];
const GATHERS: &[M] = &[
    M::Vgatherdpd, M::Vgatherdps, M::Vgatherqpd, M::Vgatherqps,
    M::Vpgatherdd, M::Vpgatherdq, M::Vpgatherqd, M::Vpgatherqq,
];
const MASKED: &[M] =
    &[M::Vmaskmovps, M::Vmaskmovpd, M::Vpmaskmovd, M::Vpmaskmovq, M::Maskmovdqu, M::Maskmovq, M::Vmaskmovdqu];
/// Instructions that access memory more than once.
const SEVERAL_STEPS: &[M] = &[
    M::Pusha, M::Pushad, M::Popa, M::Popad, M::Enter, M::Leave, M::Iret, M::Iretd, M::Iretq, M::Retf,
    M::Call, M::Les, M::Lds, M::Lfs, M::Lgs, M::Lss, M::Bound, M::Cmpxchg8b, M::Cmpxchg16b, M::Push, M::Pop,
    M::Fnsave, M::Frstor, M::Fnstenv, M::Fldenv, M::Fxsave, M::Fxsave64, M::Fxrstor, M::Fxrstor64,
    M::Xsave, M::Xsave64, M::Xsaveopt, M::Xsaveopt64, M::Xrstor, M::Xrstor64,
    M::Movsb, M::Movsw, M::Movsd, M::Movsq, M::Cmpsb, M::Cmpsw, M::Cmpsd, M::Cmpsq,
];
const X87_IMAGES: &[M] = &[
    M::Fnsave, M::Fnstenv, M::Fxsave, M::Fxsave64, M::Xsave, M::Xsave64, M::Xsaveopt, M::Xsaveopt64,
];

/// What is not compared on a processor of AMD. The flags that are undefined in the manuals of both
/// are in iced's table.
const AMD: &[Row] = &[
    row(These(BIT_TESTS), Always, Flags(ZF), "bt and its like: ZF is undefined (volume 3), with Intel it stays"),
    row(These(&[M::Bextr, M::Blsi, M::Blsmsk, M::Blsr, M::Andn, M::Bzhi]), Always, Flags(AF | PF),
        "BMI: AF and PF are undefined (volume 3)"),
    row(These(&[M::Div, M::Idiv]), Always, Flags(ALL), "div: all flags are undefined (volume 3)"),
    row(These(&[M::Mul, M::Imul]), Always, Flags(SF | ZF | AF | PF), "mul: SF, ZF, AF and PF are undefined (volume 3)"),
    row(These(DOUBLE_SHIFTS), LargeCount, Flags(ALL), "shld: no flag is defined if the count exceeds the width (volume 3)"),
    row(These(DOUBLE_SHIFTS), LargeCount, Destination(0), "shld: nor is the result (volume 3)"),
    row(Wide(DOUBLE_SHIFTS, 2), Always, Destination(16), "shld of 16 bits: the high half differs between makers"),
    row(These(SCANS), Zero, Destination(32), "bsf of 0: the register stays (volume 3), of its high half nothing is said"),
    row(Wide(SCANS, 2), Zero, Destination(16), "bsf of 0 with 16 bits: the same of all that is above them"),
    row(These(ESTIMATES), Always, Estimates, "estimates have a greatest relative error of 1.5 × 2^-12, not a value (volume 4)"),
    row(These(GATHERS), Fault, Gather, "how many elements a faulting gather has loaded is not said (volume 4)"),
    row(These(GATHERS), Fault, Address, "nor which of several faulting elements is reported"),
    row(These(MASKED), Fault, Address, "which byte of a masked move is reported is not said (volume 4)"),
    row(Every, OtherFault, Exception, "the order of #AC, #GP, #SS and #PF depends on the implementation (volume 2, 8.5)"),
    row(Every, OtherFault, Progress, "so does what was done before another exception"),
    row(These(SEVERAL_STEPS), Fault, Progress, "what a fault between two accesses leaves behind is not said (volume 2, 8.1)"),
    row(These(SEVERAL_STEPS), Fault, Address, "nor which of the accesses comes first"),
    row(These(X87_IMAGES), Always, Memory, "the pointers of the x87 are saved only while an exception is pending (volume 2, 11.4)"),
    row(These(&[M::Mov, M::Pop, M::Lfs, M::Lgs]), Always, Bases, "a null selector leaves the base of fs and gs (volume 2, 4.5)"),
    row(ShortBranches, Always, Everything, "the operand-size prefix of a near branch is obeyed in 64-bit code (volume 3, 1.2)"),
    row(LongPointers, Always, Everything, "there are no far pointers with an offset of 64 bits (volume 3)"),
    row(These(&[M::Sysenter, M::Sysexit]), Always, Everything, "sysenter is #UD in long mode (volume 3)"),
];

/// The bits of the code that an instruction is in.
fn bits(instruction: &Instruction) -> u32 {
    [0, 16, 32, 64][instruction.code_size() as usize & 3]
}

/// All instructions of a case.
fn instructions(trial: &Trial) -> Vec<Instruction> {
    let bits = bits(&trial.instruction);
    if bits == 0 {
        return vec![trial.instruction];
    }
    Decoder::with_ip(bits, trial.code(), trial.case.state.ip, 0).iter().collect()
}

fn has_operand_size_prefix(trial: &Trial) -> bool {
    let is_prefix = |byte: &&u8| {
        matches!(**byte, 0x26 | 0x2E | 0x36 | 0x3E | 0x40..=0x4F | 0x64..=0x67 | 0xF0 | 0xF2 | 0xF3)
    };
    trial.code().iter().take_while(is_prefix).any(|byte| *byte == 0x66)
}

/// The bytes of the destination.
fn width(instruction: &Instruction) -> usize {
    match instruction.op0_kind() {
        OpKind::Register => instruction.op0_register().size(),
        _ => instruction.memory_size().size(),
    }
}

impl Which {
    fn covers(&self, trial: &Trial, instruction: &Instruction) -> bool {
        let mnemonic = instruction.mnemonic();
        match self {
            Every => true,
            These(these) => these.contains(&mnemonic),
            Wide(these, bytes) => these.contains(&mnemonic) && width(instruction) == *bytes,
            ShortBranches => {
                let is_near = instruction.is_call_near()
                    || instruction.is_call_near_indirect()
                    || instruction.is_jmp_short_or_near()
                    || instruction.is_jmp_near_indirect()
                    || instruction.is_jcc_short_or_near()
                    || instruction.is_jcx_short()
                    || instruction.is_loop()
                    || instruction.is_loopcc()
                    || mnemonic == M::Ret;
                bits(instruction) == 64 && is_near && has_operand_size_prefix(trial)
            }
            LongPointers => matches!(
                instruction.code(),
                Code::Jmp_m1664 | Code::Call_m1664 | Code::Lss_r64_m1664 | Code::Lfs_r64_m1664 | Code::Lgs_r64_m1664
            ),
        }
    }
}

impl When {
    fn is_met(self, trial: &Trial, instruction: &Instruction, soft: &Outcome, silicon: &Outcome) -> bool {
        let is_fault = |outcome: &Outcome| outcome.vector != DONE && outcome.vector != ENDLESS;
        match self {
            Always => true,
            Fault => is_fault(soft) && soft.vector == silicon.vector,
            OtherFault => {
                let is_access = |outcome: &Outcome| ACCESS.contains(&outcome.vector);
                is_access(soft) && is_access(silicon) && soft.vector != silicon.vector
            }
            Zero => soft.state.flags & silicon.state.flags & ZF != 0,
            LargeCount => {
                let count = match instruction.op2_kind() {
                    OpKind::Immediate8 => instruction.immediate8(),
                    _ => trial.case.state.general[1].to_le_bytes()[0],
                };
                let width = width(instruction);
                usize::from(count & if width == 8 { 63 } else { 31 }) > width * 8
            }
        }
    }
}

impl Part {
    /// Makes this part of the silicon's result that of the other side.
    fn mask(self, instruction: &Instruction, soft: &Outcome, silicon: &mut Outcome) {
        let to = &mut silicon.state;
        let from = &soft.state;
        match self {
            Everything => *silicon = soft.clone(),
            Flags(flags) => to.flags = to.flags & !flags | from.flags & flags,
            Destination(bit) => {
                let register = instruction.op0_register();
                if instruction.op0_kind() != OpKind::Register {
                    // Of memory only what the operand itself has is open.
                    if bit == 0 {
                        silicon.changes.clone_from(&soft.changes);
                    }
                } else if register.is_gpr() {
                    let n = register.full_register().number();
                    // What is above the operand is not touched by one that is undefined as a whole.
                    let low = u64::MAX << bit;
                    let mask = match (bit, register.size()) {
                        (0, size @ ..=2) => low & !(u64::MAX << (size * 8)),
                        _ => low,
                    };
                    to.general[n] = to.general[n] & !mask | from.general[n] & mask;
                }
            }
            Estimates => {
                let n = instruction.op0_register().number() & 15;
                let all = [area::XMM, area::YMM_HIGH].map(|at| at + 16 * n);
                for at in all.into_iter().flat_map(|at| (at..at + 16).step_by(4)) {
                    let lane = |bytes: &[u8]| f32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
                    let (a, b) = (lane(&from.extended), lane(&to.extended));
                    // Each may be off by 1.5 × 2^-12.
                    if (a - b).abs() <= a.abs() * (3.0 / 4096.0) {
                        to.put(at, &a.to_le_bytes());
                    }
                }
            }
            Gather => {
                for register in [instruction.op0_register(), instruction.op2_register()] {
                    if register == Register::None {
                        continue;
                    }
                    for at in [area::XMM, area::YMM_HIGH] {
                        let at = at + 16 * (register.number() & 15);
                        to.put(at, &from.extended[at..at + 16]);
                    }
                }
            }
            Exception => {
                (silicon.vector, silicon.error, silicon.cr2) = (soft.vector, soft.error, soft.cr2);
            }
            Address => (silicon.error, silicon.cr2) = (soft.error, soft.cr2),
            Progress => {
                silicon.state = from.clone();
                silicon.changes.clone_from(&soft.changes);
            }
            Memory => silicon.changes.clone_from(&soft.changes),
            Bases => (to.fs_base, to.gs_base) = (from.fs_base, from.gs_base),
        }
    }
}

/// What a processor of AMD came to, with all that the table leaves open made equal to the other
/// side.
pub(crate) fn masked(trial: &Trial, soft: &Outcome, silicon: &Outcome) -> Outcome {
    let mut silicon = silicon.clone();
    let instructions = instructions(trial);
    let is_row = instructions.len() > 1;
    for instruction in &instructions {
        for row in AMD {
            if !row.which.covers(trial, instruction) || !row.when.is_met(trial, instruction, soft, &silicon) {
                continue;
            }
            // The instructions after it go on from what is open.
            let part = if is_row { Everything } else { row.part };
            part.mask(instruction, soft, &mut silicon);
        }
        if is_row && instruction.rflags_undefined() != 0 {
            Everything.mask(instruction, soft, &mut silicon);
        }
    }
    silicon
}

/// Tests of the table, on results that are made up. They run everywhere.
pub(crate) mod tests {
    use super::super::compare::compare;
    use super::super::state::{CODE_64, CS, Case, State};
    use super::super::undefined::{Judge, judge_of};
    use super::*;

    /// What both sides came to before something is changed.
    fn outcome(vector: u32) -> Outcome {
        let mut state = State::default();
        state.selectors[CS] = CODE_64;
        Outcome { state, vector, error: 0, cr2: 0, changes: Vec::new() }
    }

    fn trial(code: &[u8]) -> Trial {
        let instruction = Decoder::with_ip(64, code, 0, 0).decode();
        Trial { instruction, case: Case { state: outcome(DONE).state, patches: vec![(0, code.to_vec())] } }
    }

    /// The differences that are left after `change` to the silicon's result, as AMD and as Intel.
    fn left(code: &[u8], vector: u32, change: impl Fn(&mut Outcome)) -> [usize; 2] {
        let (trial, soft) = (trial(code), outcome(vector));
        let mut silicon = soft.clone();
        change(&mut silicon);
        [Judge::Amd, Judge::Model].map(|judge| compare(&trial, judge, &soft, &silicon).len())
    }

    pub(crate) fn makers_are_told_apart() {
        assert_eq!(judge_of(b"GenuineIntel", 6, 0x8F), Judge::Model);
        assert_eq!(judge_of(b"GenuineIntel", 6, 0x55), Judge::Maker);
        assert_eq!(judge_of(b"AuthenticAMD", 15, 1), Judge::Amd);
        assert_eq!(judge_of(b"CentaurHauls", 6, 0x8F), Judge::Stranger);
    }

    pub(crate) fn rows_of_the_table_have_a_reason() {
        for (n, row) in AMD.iter().enumerate() {
            assert!(row.reason.len() > 20, "row {n}");
            assert!(AMD[..n].iter().all(|other| other.reason != row.reason), "{}", row.reason);
        }
    }

    pub(crate) fn undefined_flags_are_masked_for_amd() {
        let flags = |flags: u64| move |o: &mut Outcome| o.state.flags ^= flags;
        // bt eax, ecx
        assert_eq!(left(&[0x0F, 0xA3, 0xC8], DONE, flags(ZF)), [0, 1]);
        assert_eq!(left(&[0x0F, 0xA3, 0xC8], DONE, flags(CF)), [1, 1]);
        // div ecx
        assert_eq!(left(&[0xF7, 0xF1], DONE, flags(ALL)), [0, 1]);
        // imul eax, ecx
        assert_eq!(left(&[0x0F, 0xAF, 0xC1], DONE, flags(SF | ZF | AF | PF)), [0, 1]);
        assert_eq!(left(&[0x0F, 0xAF, 0xC1], DONE, flags(OF)), [1, 1]);
        // add eax, ecx: all are defined.
        assert_eq!(left(&[1, 0xC8], DONE, flags(AF)), [1, 1]);
    }

    pub(crate) fn high_halves_are_masked_for_amd() {
        let high = |bit: u32| move |o: &mut Outcome| o.state.general[0] ^= 1 << bit;
        let zero = |bit: u32| {
            move |code: &[u8]| {
                let (trial, mut soft) = (trial(code), outcome(DONE));
                soft.state.flags |= ZF;
                let mut silicon = soft.clone();
                silicon.state.general[0] ^= 1 << bit;
                compare(&trial, Judge::Amd, &soft, &silicon).len()
            }
        };
        // bsf eax, ecx of 0
        assert_eq!(zero(40)(&[0x0F, 0xBC, 0xC1]), 0);
        assert_eq!(zero(3)(&[0x0F, 0xBC, 0xC1]), 1);
        // bsf ax, cx of 0
        assert_eq!(zero(20)(&[0x66, 0x0F, 0xBC, 0xC1]), 0);
        // bsf of another number
        assert_eq!(left(&[0x0F, 0xBC, 0xC1], DONE, high(40)), [1, 1]);
        // shld ax, cx, 3 and 20
        assert_eq!(left(&[0x66, 0x0F, 0xA4, 0xC8, 3], DONE, high(20)), [0, 1]);
        assert_eq!(left(&[0x66, 0x0F, 0xA4, 0xC8, 3], DONE, high(7)), [1, 1]);
        assert_eq!(left(&[0x66, 0x0F, 0xA4, 0xC8, 20], DONE, high(7)), [0, 1]);
        // shld eax, ecx, 3
        assert_eq!(left(&[0x0F, 0xA4, 0xC8, 3], DONE, high(20)), [1, 1]);
    }

    pub(crate) fn estimates_must_be_near_on_amd() {
        let (trial, mut soft) = (trial(&[0x0F, 0x53, 0xC1]), outcome(DONE)); // rcpps xmm0, xmm1
        soft.state.put(area::XMM, &0.25f32.to_le_bytes());
        for (other, lines) in [(0.25f32, 0), (0.2501, 0), (0.26, 1), (f32::NAN, 1)] {
            let mut silicon = soft.clone();
            silicon.state.put(area::XMM, &other.to_le_bytes());
            assert_eq!(compare(&trial, Judge::Amd, &soft, &silicon).len(), lines, "{other}");
        }
    }

    pub(crate) fn faults_are_masked_for_amd() {
        let mask = |o: &mut Outcome| o.state.extended[area::XMM + 32] ^= 1;
        // vpgatherdd xmm0, [rax+xmm1*4], xmm2
        let gather = [0xC4, 0xE2, 0x69, 0x90, 0x04, 0x88];
        assert_eq!(left(&gather, 14, mask), [0, 1]);
        assert_eq!(left(&gather, DONE, mask), [1, 1]);
        // mov eax, [rcx]: #GP here, #AC there
        let load = [0x8B, 0x01];
        assert_eq!(left(&load, 13, |o| o.vector = 17), [0, 1]);
        assert_eq!(left(&load, 13, |o| o.vector = 6), [1, 1]);
        assert_eq!(left(&load, 13, |o| o.vector = DONE), [1, 1]);
        assert_eq!(left(&load, 14, |o| o.cr2 = 1), [1, 1]);
        // enter 8, 1
        let enter = [0xC8, 8, 0, 1];
        assert_eq!(left(&enter, 14, |o| o.changes.push((8, 1))), [0, 1]);
        assert_eq!(left(&enter, DONE, |o| o.changes.push((8, 1))), [1, 1]);
        // mov [rcx], eax
        assert_eq!(left(&[0x89, 0x01], 14, |o| o.changes.push((8, 1))), [1, 1]);
    }

    pub(crate) fn encodings_are_masked_for_amd() {
        let ip = |o: &mut Outcome| o.state.ip ^= 1 << 20;
        // jmp $+5+4 with and without an operand-size prefix
        assert_eq!(left(&[0x66, 0xE9, 4, 0, 0, 0], DONE, ip), [0, 1]);
        assert_eq!(left(&[0xE9, 4, 0, 0, 0], DONE, ip), [1, 1]);
        // mov fs, ax
        assert_eq!(left(&[0x8E, 0xE0], DONE, |o| o.state.fs_base = 7), [0, 1]);
        // Two instructions: bt eax, ecx; adc eax, ecx. What is open is read by the second.
        let flags = |o: &mut Outcome| o.state.general[0] ^= 1;
        assert_eq!(left(&[0x0F, 0xA3, 0xC8, 0x11, 0xC8], DONE, flags), [0, 1]);
        assert_eq!(left(&[0x01, 0xC8, 0x11, 0xC8], DONE, flags), [1, 1]);
    }
}
