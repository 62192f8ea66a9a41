//! The order in which NASM tries the rows of a mnemonic, and the meaning of a row if text states no
//! size.

use crate::instructions::Draft;
use crate::row::{Encoding, Role, class, flag};
use iced_x86::{Code, DecoderOptions};

/// Sorts the rows. The assembler chooses the first that fits.
pub(crate) fn sort(drafts: &mut [Draft]) {
    drafts.sort_by_key(|d| (encoding(d), obsolete(d), form(d), d.rank));
}

/// VEX before EVEX, except where EVEX came first: VEX then needs `{vex}`.
fn encoding(draft: &Draft) -> u32 {
    match draft.row.encoding {
        Encoding::Legacy | Encoding::Amd3dNow => 0,
        Encoding::Vex | Encoding::Xop if vex_came_later(draft) => 3,
        Encoding::Vex | Encoding::Xop => 1,
        Encoding::Evex => 2,
    }
}

/// Whether the VEX form needs `{vex}` (AVX-VNNI, AVX-IFMA).
fn vex_came_later(draft: &Draft) -> bool {
    let name = format!("{:?}", draft.code.mnemonic()).to_lowercase();
    draft.row.encoding == Encoding::Vex
        && [
            "vcvtneps2bf16",
            "vpdpbusd",
            "vpdpbusds",
            "vpdpwssd",
            "vpdpwssds",
            "vpmadd52huq",
            "vpmadd52luq",
        ]
        .contains(&name.as_str())
}

fn obsolete(draft: &Draft) -> bool {
    let option = draft.code.op_code().decoder_option();
    option != DecoderOptions::NONE && option != DecoderOptions::MPX
}

/// Short immediates, shifts by one, offsets without ModRM, and commuted forms come first.
fn form(draft: &Draft) -> u32 {
    let short = |role| matches!(role, Role::Signed8 | Role::Offset | Role::Rel8);
    if matches!(
        draft.code,
        Code::Movq_xmm_xmmm64
            | Code::Movq_xmmm64_xmm
            | Code::Movq_mm_mmm64
            | Code::Movq_mmm64_mm
            | Code::VEX_Vmovq_xmm_xmmm64
            | Code::VEX_Vmovq_xmmm64_xmm
            | Code::EVEX_Vpextrw_r32m16_xmm_imm8
            | Code::EVEX_Vpextrw_r64m16_xmm_imm8
            | Code::XOP_Vpperm_xmm_xmm_xmm_xmmm128
    ) {
        return 0;
    }
    let first = draft.kinds.iter().any(|k| short(k.role) || k.accepts == class::ONE);
    // `xchg` with the accumulator takes one byte: before all other forms.
    let accumulator = draft.kinds.iter().any(|k| k.role == Role::Opcode)
        && draft.kinds.iter().any(|k| k.role == Role::Implied && k.accepts != class::ST0);
    // The x87 forms that store in st(i): NASM chooses them for `fadd st0, st0`.
    let store = draft.kinds.len() == 2
        && draft.kinds[0].role == Role::Opcode
        && draft.kinds[1].accepts == class::ST0;
    u32::from(!(first || accumulator || store))
}

/// Finds the rows that need a size from outside their operands.
pub(crate) fn mark(name: &str, drafts: &mut [Draft]) {
    let copy = drafts.to_vec();
    for draft in drafts {
        if vex_came_later(draft) {
            draft.flags(flag::EXPLICIT);
        }
        system(draft);
        if matches!(
            draft.code,
            Code::Invpcid_r64_m128 | Code::Enqcmd_r64_m512 | Code::Enqcmds_r64_m512
        ) {
            // It has no effect, but NASM writes it.
            draft.flags(flag::W);
        }
        if matches!(
            draft.code,
            Code::Rdsspd_r32
                | Code::Incsspd_r32
                | Code::Wrussd_m32_r32
                | Code::Rdshr_rm32
                | Code::Wrshr_rm32
        ) {
            // The size has no effect here either, but NASM writes 66 in 16-bit code.
            draft.row.sizes |= 2;
        }
        address(draft, &copy);
        operand(name, draft, &copy);
        ambiguous(name, draft, &copy);
        if branch_of_16(draft) {
            draft.row.flags &= !flag::MODE64;
        }
    }
}

/// Near branches of 16 bits. Processors differ in what they do in 64-bit code.
fn branch_of_16(draft: &Draft) -> bool {
    let name = format!("{:?}", draft.code.mnemonic()).to_lowercase();
    let branch = (name == "call" || name.starts_with('j')) && draft.row.operand_size() == 2;
    branch && !draft.kinds.iter().any(|k| k.accepts == class::M_FAR)
}

/// Segment moves and system registers: NASM writes no operand size where it has no effect.
fn system(draft: &mut Draft) {
    let never = matches!(
        draft.code,
        Code::Mov_Sreg_rm16
            | Code::Mov_Sreg_r32m16
            | Code::Mov_Sreg_r64m16
            | Code::Mov_r64m16_Sreg
            | Code::Sldt_r64m16
            | Code::Pextrb_r64m8_xmm_imm8
            | Code::Arpl_rm16_r16
            | Code::Popw_CS
            | Code::VEX_Vmovmskps_r64_xmm
            | Code::VEX_Vmovmskps_r64_ymm
            | Code::VEX_Vmovmskpd_r64_xmm
            | Code::VEX_Vmovmskpd_r64_ymm
            | Code::VEX_Vpmovmskb_r64_xmm
            | Code::VEX_Vpmovmskb_r64_ymm
            | Code::VEX_Vpextrb_r64m8_xmm_imm8
            | Code::VEX_Vpextrw_r64_xmm_imm8
            | Code::VEX_Vpextrw_r64m16_xmm_imm8
            | Code::EVEX_Vpextrb_r64m8_xmm_imm8
            | Code::EVEX_Vpextrw_r64_xmm_imm8
            | Code::EVEX_Vpextrw_r64m16_xmm_imm8
            | Code::EVEX_Vextractps_r64m32_xmm_imm8
            | Code::Lldt_rm16
            | Code::Ltr_rm16
            | Code::Verr_rm16
            | Code::Verw_rm16
            | Code::Lmsw_rm16
    );
    let memory = matches!(
        draft.code,
        Code::Mov_rm16_Sreg | Code::Sldt_rm16 | Code::Str_rm16 | Code::Smsw_rm16
    );
    if never {
        draft.row.flags &= !flag::W;
        draft.flags(flag::NO_OPERAND_SIZE);
    }
    if memory {
        draft.flags(flag::NO_OPERAND_SIZE_MEMORY);
    }
}

/// The classes and places of the operands, without what distinguishes short branches.
fn shape(draft: &Draft) -> Vec<(u64, u16)> {
    let branch = [Role::Rel8, Role::Rel16, Role::Rel32];
    let far = [Role::Far16, Role::Far32];
    draft
        .kinds
        .iter()
        .map(|k| match k.role {
            role if branch.contains(&role) => (class::REL, 0),
            role if far.contains(&role) => (class::FAR, 0),
            Role::Imm8
            | Role::Imm16
            | Role::Imm32
            | Role::Imm64
            | Role::Signed8
            | Role::Signed32 => (class::IMM8, 0),
            _ if k.accepts == class::M_FAR => (class::M_FAR, 0),
            _ => (k.accepts, k.size),
        })
        .collect()
}

/// Whether a register operand gives the operand size.
fn general(draft: &Draft) -> bool {
    let sized =
        class::R8 | class::R16 | class::R32 | class::R64 | class::AX | class::EAX | class::RAX;
    draft.kinds.iter().any(|k| k.accepts & sized != 0)
}

fn address(draft: &mut Draft, all: &[Draft]) {
    let alone = |other: &Draft| {
        other.row.operand_size() != draft.row.operand_size()
            || other.row.address_size() == draft.row.address_size()
            || shape(other) != shape(draft)
    };
    if draft.row.address_size() != 0 && !general(draft) && !all.iter().all(alone) {
        draft.flags(flag::IMPLICIT_ADDRESS);
    }
}

/// `call` and `jmp` through memory have a default size.
fn defaults(name: &str) -> bool {
    matches!(name, "call" | "jmp")
}

fn operand(name: &str, draft: &mut Draft, all: &[Draft]) {
    let size = draft.row.operand_size();
    let family: Vec<&Draft> = all
        .iter()
        .filter(|other| {
            other.row.operand_size() != 0
                && if defaults(name) && general(draft) {
                    general(other)
                } else {
                    shape(other) == shape(draft)
                }
        })
        .collect();
    let sizes = family.iter().any(|other| other.row.operand_size() != size);
    if size == 0 || !sizes || (general(draft) && !defaults(name)) {
        return;
    }
    draft.flags(flag::IMPLICIT_SIZE);
    let wide = family.iter().any(|other| {
        let kept = other.row.operand_size() == 8 && other.row.flags & flag::W == 0;
        kept || (defaults(name) && other.row.operand_size() == 8)
    });
    let default = match size {
        2 => flag::DEFAULT16,
        4 if wide => flag::DEFAULT32,
        4 => flag::DEFAULT32 | flag::DEFAULT64,
        _ if wide => flag::DEFAULT64,
        _ => 0,
    };
    draft.flags(default);
}

/// Whether the same text could fit both rows, apart from the size of memory.
fn overlap(a: &Draft, b: &Draft) -> bool {
    let number = class::IMM8
        | class::IMM16
        | class::IMM32
        | class::IMM64
        | class::SIGNED8_16
        | class::SIGNED8_32
        | class::SIGNED8_64;
    a.kinds.len() == b.kinds.len()
        && a.kinds.iter().zip(&b.kinds).all(|(x, y)| {
            (x.accepts & number != 0 && y.accepts & number != 0) || x.accepts & y.accepts != 0
        })
}

/// Mnemonics with a default size.
const DECIDED: &[&str] = &[
    "call",
    "cvtsi2sd",
    "cvtsi2ss",
    "jmp",
    "movd",
    "vcvtdq2ph",
    "vcvtneps2bf16",
    "vcvtpd2dq",
    "vcvtpd2ph",
    "vcvtpd2ps",
    "vcvtqq2ph",
    "vcvtsi2sd",
    "vcvtsi2ss",
    "vcvttpd2dq",
    "vcvtudq2ph",
    "vcvtusi2sh",
    "vcvtuqq2ph",
];

fn ambiguous(name: &str, draft: &mut Draft, all: &[Draft]) {
    if DECIDED.contains(&name) {
        return;
    }
    let memory =
        |d: &Draft| d.kinds.iter().find(|k| k.accepts & class::M_UNSIZED != 0).map(|k| k.size);
    let Some(size) = memory(draft).filter(|&size| size != 0) else { return };
    let modes = flag::MODE16 | flag::MODE32 | flag::MODE64;
    let rival = all.iter().any(|other| {
        memory(other).is_some_and(|s| s != size && s != 0)
            && other.row.flags & draft.row.flags & modes != 0
            && !obsolete(other)
            && overlap(draft, other)
    });
    if rival {
        draft.flags(flag::AMBIGUOUS);
    }
}
