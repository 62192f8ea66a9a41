//! Where NASM's names and operand forms differ from iced's: names by operand size, operands that
//! text leaves out. What is not listed here is the same in both.

use crate::instructions::Draft;
use crate::row::{Encoding, FOUR_FOR_ALL, Kind, Role, class, flag};
use iced_x86::{Code, DecoderOptions, MemorySize, Mnemonic, OpCodeInfo};

/// Suffixes of codes that duplicate another one. No text selects them.
const TWINS: &[&str] =
    &["_82", "_F6r1", "_F7r1", "_DCD0", "_DCD8", "_DDC8", "_DED0", "_DFC8", "_DFD0", "_DFD8"];

/// Whether no NASM text selects this code.
pub(crate) fn refused(code: Code, info: &OpCodeInfo) -> bool {
    let name = format!("{code:?}");
    let twin = TWINS.iter().any(|end| name.ends_with(end)) && !name.starts_with("Rep");
    let unnamed = info.mnemonic() == Mnemonic::Undoc;
    twin || unnamed
        || info.decoder_option() == DecoderOptions::KNC
        || name.starts_with("Sal_")
        || matches!(
            code,
            // With an operand size of 16 bits, these do the same as a shorter instruction.
            Code::Movzx_r16_rm16
                | Code::Movsx_r16_rm16
                | Code::Movsxd_r16_rm16
                | Code::Movsxd_r32_rm32
                | Code::Arpl_r32m16_r32
                | Code::Bswap_r16
                | Code::Lldt_r32m16
                | Code::Lldt_r64m16
                | Code::Ltr_r32m16
                | Code::Ltr_r64m16
                | Code::Verr_r32m16
                | Code::Verr_r64m16
                | Code::Verw_r32m16
                | Code::Verw_r64m16
                | Code::Lmsw_r32m16
                | Code::Lmsw_r64m16
                // NASM chooses the EVEX form.
                | Code::VEX_Vextractps_r64m32_xmm_imm8
        )
}

/// Codes with names other than iced's mnemonic.
const NAMES: &[(&str, &[&str])] = &[
    ("Pushfw", &["pushf", "pushfw"]),
    ("Pushfd", &["pushf", "pushfd"]),
    ("Pushfq", &["pushf", "pushfq"]),
    ("Popfw", &["popf", "popfw"]),
    ("Popfd", &["popf", "popfd"]),
    ("Popfq", &["popf", "popfq"]),
    ("Pushaw", &["pusha", "pushaw"]),
    ("Pushad", &["pusha", "pushad"]),
    ("Popaw", &["popa", "popaw"]),
    ("Popad", &["popa", "popad"]),
    ("Iretw", &["iret", "iretw"]),
    ("Iretd", &["iret", "iretd"]),
    ("Iretq", &["iret", "iretq"]),
    ("Retnw", &["ret", "retn", "retw", "retnw"]),
    ("Retnd", &["ret", "retn", "retd", "retnd"]),
    ("Retnq", &["ret", "retn", "retq", "retnq"]),
    ("Retnw_imm16", &["ret", "retn", "retw", "retnw"]),
    ("Retnd_imm16", &["ret", "retn", "retd", "retnd"]),
    ("Retnq_imm16", &["ret", "retn", "retq", "retnq"]),
    ("Retfw", &["retf", "retfw"]),
    ("Retfd", &["retf", "retfd"]),
    ("Retfq", &["retf", "retfq"]),
    ("Retfw_imm16", &["retf", "retfw"]),
    ("Retfd_imm16", &["retf", "retfd"]),
    ("Retfq_imm16", &["retf", "retfq"]),
    ("Movsxd_r64_rm32", &["movsxd", "movsx"]),
    ("Movq_mm_rm64", &["movq", "movd"]),
    ("Movq_rm64_mm", &["movq", "movd"]),
    ("Pmulhrw_mm_mmm64", &["pmulhrwc", "pmulhrw"]),
    ("Smint_0F7E", &["smintold"]),
    ("Fnsetpm", &["fnsetpm", "fsetpm"]),
    ("Fsetpm", &[]),
    ("Loadall286", &["loadall286"]),
    ("Loadall386", &["loadall", "loadall386"]),
];

/// The names of a code.
pub(crate) fn of(code: Code) -> Vec<String> {
    let debug = format!("{code:?}");
    if let Some((_, names)) = NAMES.iter().find(|(n, _)| *n == debug) {
        return names.iter().map(|&n| n.to_owned()).collect();
    }
    let mnemonic = format!("{:?}", code.mnemonic()).to_lowercase();
    if mnemonic == "reservednop" {
        // NASM numbers 0F 18 /0 to 0F 1F /7.
        let opcode = code.op_code().op_code();
        let first = opcode.checked_sub(0x18).map(|n| n * 8);
        return first.map_or(Vec::new(), |n| (n..n + 8).map(|n| format!("hint_nop{n}")).collect());
    }
    if debug.starts_with("Cmpxchg486") {
        return vec!["cmpxchg486".to_owned()];
    }
    vec![mnemonic]
}

/// Whether the memory operand is a far pointer to jump to or call.
pub(crate) fn is_far(code: Code) -> bool {
    matches!(
        code,
        Code::Call_m1616
            | Code::Call_m1632
            | Code::Call_m1664
            | Code::Jmp_m1616
            | Code::Jmp_m1632
            | Code::Jmp_m1664
    )
}

/// Operands that NASM takes beyond those of the manuals: the code, which operand, and its classes.
#[rustfmt::skip]
pub(crate) const ALSO: &[(Code, usize, u64)] = &[
    (Code::Pinsrw_mm_r32m16_imm8, 1, class::R16),
    (Code::Pinsrw_xmm_r32m16_imm8, 1, class::R16),
    (Code::VEX_Vpinsrw_xmm_xmm_r32m16_imm8, 2, class::R16),
    (Code::Pinsrb_xmm_r32m8_imm8, 1, class::R8),
    (Code::VEX_Vpinsrb_xmm_xmm_r32m8_imm8, 2, class::R8),
    (Code::VEX_Vpextrd_rm32_xmm_imm8, 0, class::R64),
    (Code::VEX_Kmovb_kr_r32, 1, class::R8),
    (Code::VEX_Kmovw_kr_r32, 1, class::R16),
    (Code::Rdpid_r64, 0, class::R32),
    (Code::Mov_Sreg_r64m16, 1, class::M64),
    (Code::Mov_r64m16_Sreg, 0, class::M64),
    (Code::VEX_Ldtilecfg_m512, 0, class::M512),
    (Code::VEX_Sttilecfg_m512, 0, class::M512),
];

/// Whether text may state any size for the memory operand.
pub(crate) fn takes_any_size(code: Code) -> bool {
    matches!(code, Code::Lea_r16_m | Code::Lea_r32_m | Code::Lea_r64_m)
}

/// Whether the memory operand is a structure, whose size text does not state.
pub(crate) fn size_is_not_written(size: MemorySize) -> bool {
    let name = format!("{size:?}");
    ["SegPtr", "Bound", "Fword", "Fpu", "Fxsave", "Xsave", "Tile", "KLHandle", "Bnd"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// The log2 of NASM's factor of a disp8 where it differs from the manual's, for the high bits of
/// `Row::scale`. In FP16 instructions NASM takes 4 bytes for the element.
pub(crate) fn other_scale(info: &OpCodeInfo, factor: u32) -> u32 {
    let features = info.code().cpuid_features();
    if !features.iter().any(|f| format!("{f:?}") == "AVX512_FP16") {
        return 0;
    }
    let name = format!("{:?}", info.code().mnemonic()).to_lowercase();
    let half = info.broadcast_memory_size().size() == 2;
    match name.as_str() {
        "vcomish" => 4,
        "vcvttph2qq" | "vcvttph2uqq" => u32::from(FOUR_FOR_ALL),
        "vcvtsh2si" | "vcvtsh2usi" | "vcvttsh2si" | "vcvttsh2usi" if info.w() == 1 => 3,
        "vcvtph2pd" | "vcvtph2qq" | "vcvtph2uqq" => factor.ilog2(),
        _ if half || factor == 2 => 2,
        _ => 0,
    }
}

/// The operand forms of a code.
pub(crate) fn forms(name: &str, draft: &Draft) -> Vec<Draft> {
    let mut draft = draft.clone();
    let strings = [Role::Source, Role::Destination, Role::Translate];
    if draft.kinds.iter().any(|k| strings.contains(&k.role)) {
        draft.kinds.clear();
        return vec![draft];
    }
    draft.kinds.retain(|k| k.role != Role::MaskDestination);
    if draft.kinds.iter().any(|k| k.accepts & (class::ST | class::ST0) != 0) {
        return x87(name, &draft);
    }
    if let Some(number) = name.strip_prefix("hint_nop") {
        let number: u8 = number.parse().expect("the names were made of numbers");
        draft.row.group = draft.row.group & 0xF0 | number & 7;
        draft.kinds.truncate(1);
        return vec![draft];
    }
    let mut forms = Vec::new();
    match name {
        // NASM puts the first register in ModRM.reg.
        "xchg" | "test" => forms.extend(swapped(name, &draft)),
        "imul" if draft.kinds.len() == 3 => forms.push(same(&draft)),
        "blendvps" | "blendvpd" | "pblendvb" | "sha256rnds2" => {
            forms.push(with(&draft, &[(class::XMM0, "xmm0")]));
        }
        _ if name.starts_with("loop") => {
            let counter = match draft.row.address_size() {
                2 => "cx",
                4 => "ecx",
                _ => "rcx",
            };
            forms.push(with(&draft, &[(class::COUNTER, counter)]));
        }
        "mov" => forms.extend(wide(&draft)),
        "ud1" if draft.code == Code::Ud1_r32_rm32 => {
            let mut bare = draft.clone();
            bare.kinds.clear();
            bare.row.sizes = 0;
            forms.push(bare);
        }
        _ if NAMED.iter().any(|n| n.0 == name) => forms.push(named(name, &draft)),
        // The selector has 16 bits, whatever the size of the register.
        "lar" | "lsl" => draft.kinds[1].accepts |= class::R16 | class::R32 | class::R64,
        "aam" | "aad" => {
            let mut bare = draft.clone();
            bare.kinds.clear();
            bare.row.opcode = bare.row.opcode << 8 | 0x0A;
            forms.push(bare.flags(flag::OPCODE2).clone());
        }
        _ => forms.extend(destructive(&draft)),
    }
    draft.rank += match draft.code {
        Code::Mov_r64_imm64 => 5,
        Code::Mov_rm64_imm32 => 6,
        _ => 0,
    };
    forms.push(draft);
    forms
}

/// Instructions whose destination is also a source, or whose first source NASM requires.
const READ_TOO: &[&str] = &[
    "v4f",
    "vblendm",
    "vfcmul",
    "vfmul",
    "vmaskmov",
    "vp4d",
    "vpblendm",
    "vpdpbs",
    "vpdpbuu",
    "vpdpwsu",
    "vpdpwu",
    "vpermi2",
    "vpermil2",
    "vpermt2",
    "vpmadd52",
    "vpternlog",
    "vsha512",
    "vsm3",
    "vsm4",
];

/// The form that leaves out the first source, which is then the destination.
fn destructive(draft: &Draft) -> Option<Draft> {
    let vector = class::XMM | class::YMM | class::ZMM;
    let [a, b, ..] = draft.kinds[..] else { return None };
    let mnemonic = format!("{:?}", draft.code.mnemonic()).to_lowercase();
    let fused =
        mnemonic.starts_with("vf") && ["132", "213", "231"].iter().any(|n| mnemonic.contains(n));
    let reads = READ_TOO.iter().any(|start| mnemonic.starts_with(start));
    // NASM accepts some of these nevertheless.
    let half = mnemonic.ends_with("ph") && fused && !mnemonic.starts_with("vfn")
        || matches!(mnemonic.as_str(), "vfmulcsh" | "vfcmulcsh");
    let (fused, reads) = (fused && !half, reads && !half);
    // `vprotb xmm1, 5`
    let turn = mnemonic.starts_with("vprot") && b.role == Role::Rm && draft.row.group == 0x88;
    // The XOP shifts have their count in vvvv.
    let shift = draft.row.encoding == Encoding::Xop
        && draft.kinds.last().is_some_and(|k| k.role == Role::Vvvv);
    // The shifts by a number have their destination in vvvv.
    let placed = match a.role {
        Role::Reg => b.role == Role::Vvvv || shift || turn,
        role => role == Role::Vvvv && b.role == Role::Rm,
    };
    let fits = placed
        && a.accepts & vector != 0
        && a.accepts & b.accepts != 0
        && draft.kinds.len() > 2
        && !fused
        && !reads;
    fits.then(|| same(draft))
}

/// A `mov` of a number that fits in four bytes to a 64-bit register has shorter codes.
fn wide(draft: &Draft) -> Option<Draft> {
    let mut other = draft.clone();
    match draft.code {
        Code::Mov_r32_imm32 => {
            other.kinds[0] = Kind { accepts: class::R64, size: 8, name: "r64", ..other.kinds[0] };
            other.kinds[1].accepts = class::UNSIGNED32;
            other.row.flags &= !(flag::MODE16 | flag::MODE32);
        }
        Code::Mov_rm64_imm32 => other.kinds[1].accepts = class::SIGNED32,
        _ => return None,
    }
    Some(other)
}

/// The form with the two operands exchanged, if the code allows it.
fn swapped(name: &str, draft: &Draft) -> Option<Draft> {
    let [a, b] = draft.kinds[..] else { return None };
    let commutes = (a.role, b.role) == (Role::Rm, Role::Reg) || a.role == Role::Opcode;
    commutes.then(|| {
        let mut other = draft.clone();
        other.kinds = vec![b, a];
        other.rank = if name == "xchg" { 0 } else { 2 };
        other
    })
}

/// Registers that text may name although they are not encoded, by address size.
const NAMED: &[(&str, &[&str])] = &[
    ("monitor", &["a", "ecx", "edx"]),
    ("monitorx", &["a", "ecx", "edx"]),
    ("mwait", &["eax", "ecx"]),
    ("mwaitx", &["eax", "ecx"]),
    ("invlpga", &["a", "ecx"]),
    ("clzero", &["a"]),
];

/// The form that names these registers.
fn named(name: &str, draft: &Draft) -> Draft {
    let registers = NAMED.iter().find(|n| n.0 == name).map_or(&[][..], |n| n.1);
    let address = match draft.row.address_size() {
        2 => (class::AX, "ax"),
        4 => (class::EAX, "eax"),
        _ => (class::RAX, "rax"),
    };
    let kinds = registers.iter().map(|&register| match register {
        "a" => address,
        "eax" => (class::EAX, "eax"),
        other => (class::R32, other),
    });
    with(draft, &kinds.collect::<Vec<_>>())
}

/// The form without the second operand, which is then the same as the first.
fn same(draft: &Draft) -> Draft {
    draft.clone().flags(flag::SAME).clone()
}

/// The form with further operands that the opcode implies.
fn with(draft: &Draft, more: &[(u64, &'static str)]) -> Draft {
    let mut draft = draft.clone();
    for &(accepts, name) in more {
        draft.kinds.push(Kind { accepts, role: Role::Implied, size: 0, name });
    }
    draft
}

/// x87: text may leave out `st0`, and `st1` if it is the other operand.
fn x87(name: &str, draft: &Draft) -> Vec<Draft> {
    let mut forms = vec![draft.clone()];
    let is_st0 = |k: &Kind| k.accepts & class::ST0 != 0 && k.role == Role::Implied;
    let to = draft.kinds.len() == 2 && is_st0(&draft.kinds[1]);
    let pops = name.ends_with('p') && name != "fcomp" && name != "fucomp";
    let mut one = draft.clone();
    one.kinds.retain(|k| !is_st0(k));
    if draft.kinds.len() == 2 {
        let mut one = one.clone();
        if to && !pops {
            one.kinds[0].accepts = class::ST_TO;
            one.kinds[0].name = "to st(i)";
        }
        forms.push(one);
        if name == "fxch" {
            let mut back = draft.clone();
            back.kinds.reverse();
            forms.push(back);
        }
    }
    let arithmetic = ["fadd", "fmul", "fsub", "fsubr", "fdiv", "fdivr"].contains(&name);
    if !arithmetic && !one.kinds.is_empty() && draft.row.flags & flag::OPCODE2 != 0 {
        let mut bare = one;
        bare.kinds.clear();
        bare.row.opcode += 1;
        forms.push(bare);
    }
    if arithmetic && to {
        // Without operands, the name selects the form that pops: DC becomes DE.
        let mut bare = draft.clone();
        bare.kinds.clear();
        bare.row.opcode = (bare.row.opcode | 0x0200) + 1;
        forms.push(bare);
    }
    forms
}
