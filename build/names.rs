//! Where NASM's names and operand forms are not iced's: families by operand size, aliases, compare
//! predicates, operands that text leaves out. Whatever is not listed here is as iced has it.

use crate::instructions::Draft;
use crate::row::{Kind, Role, class, flag};
use iced_x86::{Code, DecoderOptions, MemorySize, OpCodeInfo};

/// Twins of shorter or better known codes, which no text selects.
const TWINS: &[&str] =
    &["_82", "_F6r1", "_F7r1", "_DCD0", "_DCD8", "_DDC8", "_DED0", "_DFC8", "_DFD0", "_DFD8"];

/// Whether NASM has no text that means this code.
pub(crate) fn refused(code: Code, info: &OpCodeInfo) -> bool {
    let name = format!("{code:?}");
    let twin = TWINS.iter().any(|end| name.ends_with(end)) && !name.starts_with("Rep");
    twin || info.decoder_option() == DecoderOptions::KNC
        || name.starts_with("Sal_")
        || matches!(
            code,
            // An operand size of 16 bits makes nothing of these that a shorter name would not.
            Code::Movzx_r16_rm16
                | Code::Movsx_r16_rm16
                | Code::Movsxd_r16_rm16
                | Code::Movsxd_r32_rm32
                | Code::Arpl_r32m16_r32
        )
}

/// Codes that have other names than their mnemonic, or more.
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
    ("VEX_Vpdpbusd_ymm_ymm_ymmm256", &["vpdpbusd"]),
];

/// The names of a code.
pub(crate) fn of(code: Code) -> Vec<String> {
    let debug = format!("{code:?}");
    if let Some((_, names)) = NAMES.iter().find(|(n, _)| *n == debug) {
        return names.iter().map(|&n| n.to_owned()).collect();
    }
    let mnemonic = format!("{:?}", code.mnemonic()).to_lowercase();
    if mnemonic == "reservednop" {
        return Vec::new();
    }
    vec![mnemonic]
}

/// Whether the memory operand is a far pointer to go to.
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

/// Whether any size word may stand before the memory operand.
pub(crate) fn takes_any_size(code: Code) -> bool {
    matches!(code, Code::Lea_r16_m | Code::Lea_r32_m | Code::Lea_r64_m)
}

/// Whether the memory is a structure, before which no size word is written.
pub(crate) fn size_is_not_written(size: MemorySize) -> bool {
    let name = format!("{size:?}");
    ["SegPtr", "Bound", "Fword", "Fpu", "Fxsave", "Xsave", "SegmentDesc", "Tile", "KLHandle", "Bnd"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// The forms in which text writes the operands of a code.
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
        "aam" | "aad" => {
            let mut bare = draft.clone();
            bare.kinds.clear();
            bare.row.opcode = bare.row.opcode << 8 | 0x0A;
            forms.push(bare.flags(flag::OPCODE2).clone());
        }
        _ => {}
    }
    draft.rank += match draft.code {
        Code::Mov_r64_imm64 => 5,
        Code::Mov_rm64_imm32 => 6,
        _ => 0,
    };
    forms.push(draft);
    forms
}

/// Numbers that fit in four bytes are moved to a 64-bit register by shorter codes.
fn wide(draft: &Draft) -> Option<Draft> {
    let mut other = draft.clone();
    match draft.code {
        Code::Mov_r32_imm32 => {
            other.kinds[0] = Kind { accepts: class::R64, size: 8, name: "r64", ..other.kinds[0] };
            other.kinds[1].accepts = class::UNSIGNED32;
        }
        Code::Mov_rm64_imm32 => other.kinds[1].accepts = class::SIGNED32,
        _ => return None,
    }
    Some(other)
}

/// The form in which the two operands change places, if the code allows it.
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

/// The form that leaves out the second operand because it is the first.
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

/// x87: `st0` may be left out, and so may `st1` when it is the other operand.
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
        // Without operands the popping form is meant: DC becomes DE.
        let mut bare = draft.clone();
        bare.kinds.clear();
        bare.row.opcode = (bare.row.opcode | 0x0200) + 1;
        forms.push(bare);
    }
    forms
}

/// Names for conditions, those of one line being the same.
const CONDITIONS: &[&[&str]] = &[
    &["b", "c", "nae"],
    &["ae", "nb", "nc"],
    &["e", "z"],
    &["ne", "nz"],
    &["be", "na"],
    &["a", "nbe"],
    &["p", "pe"],
    &["np", "po"],
    &["l", "nge"],
    &["ge", "nl"],
    &["le", "ng"],
    &["g", "nle"],
];

/// Further names: new, existing.
const ALIASES: &[(&str, &str)] = &[
    ("sal", "shl"),
    ("xlat", "xlatb"),
    ("icebp", "int1"),
    ("int01", "int1"),
    ("smi", "int1"),
    ("int03", "int3"),
    ("fwait", "wait"),
    ("ud2a", "ud2"),
    ("ud2b", "ud1"),
    ("loopz", "loope"),
    ("loopnz", "loopne"),
    ("v4dpwssd", "vp4dpwssd"),
    ("v4dpwssds", "vp4dpwssds"),
    ("vbcstnebf16ps", "vbcstnebf162ps"),
    ("vfcmulcpch", "vfcmulcph"),
    ("vfmulcpch", "vfmulcph"),
    ("vgetmaxph", "vmaxph"),
    ("vgetmaxsh", "vmaxsh"),
    ("vgetminph", "vminph"),
    ("vgetminsh", "vminsh"),
    ("vendscaleph", "vrndscaleph"),
    ("vendscalesh", "vrndscalesh"),
    ("vldqqu", "vlddqu"),
    ("vmovqqa", "vmovdqa"),
    ("vmovqqu", "vmovdqu"),
    ("vmovntqq", "vmovntdq"),
    ("pmulhrwa", "pmulhrw"),
];

/// Adds the names that share the rows of another.
pub(crate) fn aliases(names: &mut Vec<(String, usize, usize, u8)>) {
    let mut more = Vec::new();
    let mut add = |new: String, old: &str, immediate: u8| {
        let taken = names.iter().any(|n| n.0 == new);
        if let (false, Some(&(_, first, rows, _))) = (taken, names.iter().find(|n| n.0 == old)) {
            more.push((new, first, rows, immediate));
        }
    };
    for &(new, old) in ALIASES {
        add(new.to_owned(), old, 0xFF);
    }
    for (start, end) in [("j", ""), ("set", ""), ("cmov", ""), ("cmp", "xadd")] {
        for group in CONDITIONS {
            for old in *group {
                for new in group.iter().filter(|n| *n != old) {
                    add(format!("{start}{new}{end}"), &format!("{start}{old}{end}"), 0xFF);
                }
            }
        }
    }
    fused(&mut add);
    predicates(&mut add);
    more.sort();
    more.dedup_by(|a, b| a.0 == b.0);
    names.append(&mut more);
}

/// The fused multiply-adds under the other order of each operand triple.
fn fused(add: &mut impl FnMut(String, &str, u8)) {
    for operation in ["vfmadd", "vfmsub", "vfnmadd", "vfnmsub", "vfmaddsub", "vfmsubadd"] {
        for (new, old) in [("123", "213"), ("312", "132"), ("321", "231")] {
            for kind in ["pd", "ps", "sd", "ss"] {
                add(format!("{operation}{new}{kind}"), &format!("{operation}{old}{kind}"), 0xFF);
            }
        }
    }
    for (new, old) in
        [("vpmadd", "vfmadd"), ("vpmsub", "vfmsub"), ("vpnmadd", "vfnmadd"), ("vpnmsub", "vfnmsub")]
    {
        for order in ["132", "213", "231"] {
            for kind in ["ph", "sh"] {
                add(format!("{new}{order}{kind}"), &format!("{old}{order}{kind}"), 0xFF);
            }
        }
    }
}

/// Compare predicates of SSE, by number.
const SSE: [&str; 8] = ["eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord"];

/// Compare predicates of AVX, by number: the short name, then the complete one.
const AVX: [[&str; 2]; 32] = [
    ["eq", "eq_oq"],
    ["lt", "lt_os"],
    ["le", "le_os"],
    ["unord", "unord_q"],
    ["neq", "neq_uq"],
    ["nlt", "nlt_us"],
    ["nle", "nle_us"],
    ["ord", "ord_q"],
    ["eq_uq", ""],
    ["nge", "nge_us"],
    ["ngt", "ngt_us"],
    ["false", "false_oq"],
    ["neq_oq", ""],
    ["ge", "ge_os"],
    ["gt", "gt_os"],
    ["true", "true_uq"],
    ["eq_os", ""],
    ["lt_oq", ""],
    ["le_oq", ""],
    ["unord_s", ""],
    ["neq_us", ""],
    ["nlt_uq", ""],
    ["nle_uq", ""],
    ["ord_s", ""],
    ["eq_us", ""],
    ["nge_uq", ""],
    ["ngt_uq", ""],
    ["false_os", ""],
    ["neq_os", ""],
    ["ge_oq", ""],
    ["gt_oq", ""],
    ["true_us", ""],
];

/// Compare predicates of the EVEX integer compares.
const INTEGER: [(&str, u8); 9] = [
    ("eq", 0),
    ("lt", 1),
    ("le", 2),
    ("ngt", 2),
    ("neq", 4),
    ("nlt", 5),
    ("ge", 5),
    ("nle", 6),
    ("gt", 6),
];

/// The names that imply a last immediate.
fn predicates(add: &mut impl FnMut(String, &str, u8)) {
    for kind in ["ps", "pd", "ss", "sd"] {
        for (number, name) in (0u8..).zip(SSE) {
            add(format!("cmp{name}{kind}"), &format!("cmp{kind}"), number);
        }
        for (number, names) in (0u8..).zip(AVX) {
            for name in names.iter().filter(|n| !n.is_empty()) {
                add(format!("vcmp{name}{kind}"), &format!("vcmp{kind}"), number);
            }
        }
    }
    for kind in ["b", "w", "d", "q", "ub", "uw", "ud", "uq"] {
        for (name, number) in INTEGER {
            add(format!("vpcmp{name}{kind}"), &format!("vpcmp{kind}"), number);
        }
    }
    for start in ["pclmul", "vpclmul"] {
        for (name, number) in [("lqlq", 0x00), ("hqlq", 0x01), ("lqhq", 0x10), ("hqhq", 0x11)] {
            add(format!("{start}{name}dq"), &format!("{start}qdq"), number);
        }
    }
}
