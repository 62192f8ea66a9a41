//! Operand kinds: iced's kind of an operand becomes class bits, a place in the encoding and a name.

use crate::row::{Kind, Role, class::*};
use iced_x86::OpCodeOperandKind as K;

/// What the kind depends on besides iced's operand kind.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// EVEX, which has 32 vector registers.
    pub(crate) evex: bool,
    /// Size of the memory operand in bytes; 0 if text does not state it.
    pub(crate) memory: u16,
    /// Text may state any size, which has no effect (`lea`).
    pub(crate) any_memory: bool,
    /// The memory operand allows `{1toN}`.
    pub(crate) broadcast: bool,
    /// The memory operand is a far pointer.
    pub(crate) far: bool,
}

/// The kind of an operand; `None` if NASM cannot write it.
pub(crate) fn kind(of: K, place: Place) -> Option<Kind> {
    register(of, place)
        .or_else(|| implied(of))
        .or_else(|| register_or_memory(of, place))
        .or_else(|| memory(of, place))
        .or_else(|| number(of))
}

fn made(accepts: u64, role: Role, size: u16, name: &str) -> Option<Kind> {
    Some(Kind { accepts, role, size, name: name.to_owned().leak() })
}

/// Class bits and name of the vector registers of a size in bytes.
fn vector(size: u16, evex: bool) -> (u64, &'static str) {
    let (low, high, name) = match size {
        16 => (XMM, XMM_HIGH, "xmm"),
        32 => (YMM, YMM_HIGH, "ymm"),
        _ => (ZMM, ZMM_HIGH, "zmm"),
    };
    (if evex { low | high } else { low }, name)
}

fn register(of: K, place: Place) -> Option<Kind> {
    use Role::{Is4, Opcode, Reg, RegAddress, Rm, Vvvv};
    let (class, role, size, name) = match of {
        K::r8_reg => (R8, Reg, 1, "r8"),
        K::r16_reg => (R16, Reg, 2, "r16"),
        K::r32_reg => (R32, Reg, 4, "r32"),
        K::r64_reg => (R64, Reg, 8, "r64"),
        K::r16_reg_mem => (R16, RegAddress, 2, "r16"),
        K::r32_reg_mem => (R32, RegAddress, 4, "r32"),
        K::r64_reg_mem => (R64, RegAddress, 8, "r64"),
        K::r16_rm => (R16, Rm, 2, "r16"),
        K::r32_rm => (R32, Rm, 4, "r32"),
        K::r64_rm => (R64, Rm, 8, "r64"),
        K::r8_opcode => (R8, Opcode, 1, "r8"),
        K::r16_opcode => (R16, Opcode, 2, "r16"),
        K::r32_opcode => (R32, Opcode, 4, "r32"),
        K::r64_opcode => (R64, Opcode, 8, "r64"),
        K::r32_vvvv => (R32, Vvvv, 4, "r32"),
        K::r64_vvvv => (R64, Vvvv, 8, "r64"),
        K::seg_reg => (SEGMENT, Reg, 2, "sreg"),
        K::cr_reg => (CR, Reg, 0, "cr"),
        K::dr_reg => (DR, Reg, 0, "dr"),
        K::tr_reg => (TR, Reg, 0, "tr"),
        K::mm_reg => (MM, Reg, 8, "mm"),
        K::mm_rm => (MM, Rm, 8, "mm"),
        K::k_reg | K::kp1_reg => (self::K, Reg, 8, "k"),
        K::k_rm => (self::K, Rm, 8, "k"),
        K::k_vvvv => (self::K, Vvvv, 8, "k"),
        K::bnd_reg => (BND, Reg, 16, "bnd"),
        K::tmm_reg => (TMM, Reg, 0, "tmm"),
        K::tmm_rm => (TMM, Rm, 0, "tmm"),
        K::tmm_vvvv => (TMM, Vvvv, 0, "tmm"),
        K::sti_opcode => (ST, Opcode, 10, "st(i)"),
        _ => {
            let (size, role) = match of {
                K::xmm_reg => (16, Reg),
                K::xmm_rm => (16, Rm),
                K::xmm_vvvv | K::xmmp3_vvvv => (16, Vvvv),
                K::xmm_is4 | K::xmm_is5 => (16, Is4),
                K::ymm_reg => (32, Reg),
                K::ymm_rm => (32, Rm),
                K::ymm_vvvv => (32, Vvvv),
                K::ymm_is4 | K::ymm_is5 => (32, Is4),
                K::zmm_reg => (64, Reg),
                K::zmm_rm => (64, Rm),
                K::zmm_vvvv | K::zmmp3_vvvv => (64, Vvvv),
                _ => return None,
            };
            let (class, name) = vector(size, place.evex);
            (class, role, size, name)
        }
    };
    made(class, role, size, name)
}

fn implied(of: K) -> Option<Kind> {
    let (class, size, name) = match of {
        K::al => (AL, 1, "al"),
        K::cl => (CL, 1, "cl"),
        K::ax => (AX, 2, "ax"),
        K::dx => (DX, 2, "dx"),
        K::eax => (EAX, 4, "eax"),
        K::rax => (RAX, 8, "rax"),
        K::es => (ES, 2, "es"),
        K::cs => (CS, 2, "cs"),
        K::ss => (SS, 2, "ss"),
        K::ds => (DS, 2, "ds"),
        K::fs => (FS, 2, "fs"),
        K::gs => (GS, 2, "gs"),
        K::st0 => (ST0, 10, "st0"),
        K::imm8_const_1 => (ONE, 0, "1"),
        _ => return None,
    };
    made(class, Role::Implied, size, name)
}

/// Class bits of a memory operand.
fn sized_memory(place: Place) -> u64 {
    if place.any_memory {
        return M_ANY;
    }
    let broadcast = if place.broadcast { M_BROADCAST } else { 0 };
    let size = match place.memory {
        1 => M8,
        2 => M16,
        4 => M32,
        8 => M64,
        10 => M80,
        16 => M128,
        32 => M256,
        64 => M512,
        _ => 0,
    };
    size | broadcast | M_UNSIZED
}

fn register_or_memory(of: K, place: Place) -> Option<Kind> {
    let (class, size, name) = match of {
        K::r8_or_mem => (R8, 1, "r"),
        K::r16_or_mem => (R16, 2, "r"),
        K::r32_or_mem | K::r32_or_mem_mpx => (R32, 4, "r"),
        K::r64_or_mem | K::r64_or_mem_mpx => (R64, 8, "r"),
        K::mm_or_mem => (MM, 8, "mm"),
        K::k_or_mem => (self::K, 8, "k"),
        K::bnd_or_mem_mpx => (BND, 16, "bnd"),
        K::xmm_or_mem | K::ymm_or_mem | K::zmm_or_mem => {
            let size = match of {
                K::xmm_or_mem => 16,
                K::ymm_or_mem => 32,
                _ => 64,
            };
            let (class, name) = vector(size, place.evex);
            (class, size, name)
        }
        _ => return None,
    };
    let bits = place.memory * 8;
    let name = match name {
        "r" if place.memory == size => format!("r/m{bits}"),
        "r" => format!("r{}/m{bits}", size * 8),
        _ => format!("{name}/m{bits}"),
    };
    made(class | sized_memory(place), Role::Rm, place.memory, &name)
}

fn memory(of: K, place: Place) -> Option<Kind> {
    let (class, role) = match of {
        K::mem if place.far => (M_FAR, Role::Rm),
        K::mem | K::mem_mpx | K::mem_mib | K::sibmem => (sized_memory(place), Role::Rm),
        K::mem_vsib32x | K::mem_vsib64x => (M_VSIB_X, Role::Rm),
        K::mem_vsib32y | K::mem_vsib64y => (M_VSIB_Y, Role::Rm),
        K::mem_vsib32z | K::mem_vsib64z => (M_VSIB_Z, Role::Rm),
        K::mem_offs => (M_OFFSET, Role::Offset),
        K::seg_rSI => (sized_memory(place), Role::Source),
        K::es_rDI => (sized_memory(place), Role::Destination),
        K::seg_rDI => (sized_memory(place), Role::MaskDestination),
        K::seg_rBX_al => (sized_memory(place), Role::Translate),
        _ => return None,
    };
    let bits = place.memory * 8;
    let name = match of {
        K::mem if place.far => "far m".to_owned(),
        K::mem_vsib32x | K::mem_vsib64x => "vm(x)".to_owned(),
        K::mem_vsib32y | K::mem_vsib64y => "vm(y)".to_owned(),
        K::mem_vsib32z | K::mem_vsib64z => "vm(z)".to_owned(),
        K::mem_offs => format!("[offset{bits}]"),
        _ if bits == 0 => "m".to_owned(),
        _ => format!("m{bits}"),
    };
    made(class, role, place.memory, &name)
}

fn number(of: K) -> Option<Kind> {
    let (class, role, size, name) = match of {
        K::imm8 => (IMM8, Role::Imm8, 1, "imm8"),
        K::imm4_m2z => (IMM8, Role::Imm4, 1, "imm4"),
        K::imm8sex16 => (SIGNED8_16, Role::Signed8, 2, "imm8"),
        K::imm8sex32 => (SIGNED8_32, Role::Signed8, 4, "imm8"),
        K::imm8sex64 => (SIGNED8_64, Role::Signed8, 8, "imm8"),
        K::imm16 => (IMM16, Role::Imm16, 2, "imm16"),
        K::imm32 => (IMM32, Role::Imm32, 4, "imm32"),
        K::imm32sex64 => (IMM32 | IMM64, Role::Signed32, 8, "imm32"),
        K::imm64 => (IMM64, Role::Imm64, 8, "imm64"),
        K::br16_1 | K::br32_1 | K::br64_1 => (REL8, Role::Rel8, 1, "rel8"),
        K::br16_2 | K::xbegin_2 => (REL, Role::Rel16, 2, "rel16"),
        K::br32_4 | K::br64_4 | K::xbegin_4 => (REL, Role::Rel32, 4, "rel32"),
        K::brdisp_2 => (IMM16, Role::Imm16, 2, "disp16"),
        K::brdisp_4 => (IMM32, Role::Imm32, 4, "disp32"),
        K::farbr2_2 => (FAR, Role::Far16, 0, "sel:off16"),
        K::farbr4_2 => (FAR, Role::Far32, 0, "sel:off32"),
        _ => return None,
    };
    made(class, role, size, name)
}
