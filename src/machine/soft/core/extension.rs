//! Which extensions of the instruction set this CPU has.

use iced_x86::{CpuidFeature, EncodingKind, Instruction};

/// Whether an instruction belongs to an extension that this CPU is meant to have. All others are
/// invalid opcodes, as they are on a processor without them: virtualisation, AVX-512, what AMD
/// alone had, what is newer.
pub(crate) fn is_claimed(i: &Instruction) -> bool {
    use CpuidFeature as F;
    i.encoding() != EncodingKind::EVEX
        && i.cpuid_features().iter().all(|feature| {
            matches!(
                feature,
                F::INTEL8086
                    | F::INTEL186
                    | F::INTEL286
                    | F::INTEL386
                    | F::INTEL486
                    | F::X64
                    | F::FPU
                    | F::FPU287
                    | F::FPU387
                    | F::MMX
                    | F::FXSR
                    | F::SSE
                    | F::SSE2
                    | F::SSE3
                    | F::SSSE3
                    | F::SSE4_1
                    | F::SSE4_2
                    | F::AES
                    | F::PCLMULQDQ
                    | F::SHA
                    | F::AVX
                    | F::AVX2
                    | F::FMA
                    | F::F16C
                    | F::XSAVE
                    | F::XSAVEOPT
            )
        })
}
