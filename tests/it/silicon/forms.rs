//! The instructions that are tried: iced's table of forms, by the extensions that the CPU in
//! software is meant to have, sorted into classes.
//!
//! Knows nothing of states and of how a form is made into bytes.

use iced_x86::{Code, CpuidFeature as F, EncodingKind, Mnemonic as M, OpCodeOperandKind as K};

/// A form of an instruction in code of one width.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    pub(crate) code: Code,
    pub(crate) bits: u32,
    pub(crate) class: &'static str,
}

/// The classes with their own extensions.
const EXTENSIONS: [(&str, &[F]); 15] = [
    ("x87", &[F::FPU, F::FPU287, F::FPU387]),
    ("mmx", &[F::MMX]),
    ("sha", &[F::SHA]),
    ("aes", &[F::AES, F::PCLMULQDQ]),
    ("fma", &[F::FMA, F::F16C]),
    ("avx2", &[F::AVX2]),
    ("avx", &[F::AVX]),
    ("sse4", &[F::SSE4_1, F::SSE4_2]),
    ("sse3", &[F::SSE3, F::SSSE3]),
    ("sse2", &[F::SSE2]),
    ("sse", &[F::SSE]),
    ("state", &[F::FXSR, F::XSAVE, F::XSAVEOPT]),
    ("bmi", &[F::BMI1, F::BMI2, F::ADX, F::LZCNT, F::POPCNT, F::MOVBE]),
    ("system", &[F::FSGSBASE, F::CLFSH, F::CLFLUSHOPT, F::CLWB, F::PREFETCHW, F::SMAP, F::MSR]),
    (
        "general",
        &[
            F::INTEL8086,
            F::INTEL186,
            F::INTEL286,
            F::INTEL386,
            F::INTEL486,
            F::X64,
            F::CMOV,
            F::CX8,
            F::CMPXCHG16B,
            F::MULTIBYTENOP,
            F::PAUSE,
            F::CPUID,
        ],
    ),
];

/// What cannot be compared, and why.
pub(crate) const LEFT_OUT: [(&str, &[M]); 6] = [
    ("it would call the host's kernel", &[M::Syscall, M::Sysenter]),
    (
        "it tells one processor from another",
        &[M::Cpuid, M::Rdpid, M::Rdtsc, M::Rdtscp, M::Rdpmc, M::Rdrand, M::Rdseed, M::Xgetbv],
    ),
    (
        "the host's kernel answers for the processor (UMIP)",
        &[M::Sgdt, M::Sidt, M::Sldt, M::Str, M::Smsw],
    ),
    ("it asks after the host's global descriptors", &[M::Lar, M::Lsl, M::Verr, M::Verw]),
    ("they end a case", &[M::Int3]),
    ("it is no instruction", &[M::INVALID, M::Db, M::Dw, M::Dd, M::Dq, M::Zero_bytes]),
];

/// The general ones by what they are for.
const GROUPS: [(&str, &[M]); 3] = [
    ("bcd", &[M::Aaa, M::Aas, M::Aam, M::Aad, M::Daa, M::Das]),
    (
        "stack",
        &[
            M::Push,
            M::Pop,
            M::Pusha,
            M::Pushad,
            M::Popa,
            M::Popad,
            M::Pushf,
            M::Pushfd,
            M::Pushfq,
            M::Popf,
            M::Popfd,
            M::Popfq,
            M::Enter,
            M::Leave,
        ],
    ),
    ("shift", &[M::Rol, M::Ror, M::Rcl, M::Rcr, M::Shl, M::Sal, M::Shr, M::Sar, M::Shld, M::Shrd]),
];

/// Whether the case of an instruction would be worth nothing, or worse.
pub(crate) fn is_left_out(instruction: &iced_x86::Instruction) -> bool {
    let mnemonic = instruction.mnemonic();
    LEFT_OUT.iter().any(|row| row.1.contains(&mnemonic))
        || (mnemonic == M::Int && instruction.immediate8() == 0x80)
}

/// The class of a form, if it belongs to an extension that is to be there.
pub(crate) fn class(code: Code) -> Option<&'static str> {
    let features = code.cpuid_features();
    let op = code.op_code();
    let is_known = matches!(op.encoding(), EncodingKind::Legacy | EncodingKind::VEX);
    if !is_known || !features.iter().all(|f| EXTENSIONS.iter().any(|row| row.1.contains(f))) {
        return None;
    }
    let has_mmx = op.op_kinds().iter().any(|k| matches!(k, K::mm_reg | K::mm_rm | K::mm_or_mem));
    if has_mmx || code.mnemonic() == M::Emms {
        return Some("mmx");
    }
    let class = EXTENSIONS.iter().find(|row| features.iter().any(|f| row.1.contains(f)))?.0;
    if class != "general" {
        return Some(class);
    }
    if let Some(group) = GROUPS.iter().find(|row| row.1.contains(&code.mnemonic())) {
        return Some(group.0);
    }
    if op.is_input_output() || op.is_privileged() || op.must_be_cpl0() {
        return Some("system");
    }
    if code.is_string_instruction() {
        return Some("string");
    }
    match code.flow_control() {
        iced_x86::FlowControl::Next => Some("general"),
        _ => Some("branch"),
    }
}

/// All forms of code of one width.
pub(crate) fn forms(bits: u32) -> Vec<Form> {
    let is_there = |code: Code| {
        let op = code.op_code();
        let is_left_out = LEFT_OUT.iter().any(|row| row.1.contains(&code.mnemonic()));
        op.is_instruction() && op.is_available_in_mode(bits) && !is_left_out && !op.fwait()
    };
    let forms = Code::values().filter(|&code| is_there(code));
    forms.filter_map(|code| Some(Form { code, bits, class: class(code)? })).collect()
}
