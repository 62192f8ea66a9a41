//! Collects the instruction table: every code that iced can encode, in the operand forms of NASM,
//! by mnemonic. `names` and `rank` hold NASM's own names and its order.

use crate::aliases;
use crate::kinds::{self, Place};
use crate::names;
use crate::rank;
use crate::row::{Cpu, Encoding, Kind, NO_DIGIT, OPERANDS, Row, flag};
use iced_x86::{
    Code, EncodingKind, MandatoryPrefix, OpCodeInfo, OpCodeOperandKind, OpCodeTableKind,
};
use std::collections::BTreeMap;

/// The table.
pub(crate) struct Tables {
    /// Operand kinds. The first stands for no operand.
    pub(crate) kinds: Vec<Kind>,
    /// Rows, grouped by mnemonic.
    pub(crate) rows: Vec<Row>,
    /// Mnemonics: name, first row, number of rows, implied immediate (0xFF: none).
    pub(crate) names: Vec<(String, usize, usize, u8)>,
}

/// A row whose operand kinds have no number yet.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) code: Code,
    pub(crate) row: Row,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) rank: u32,
}

impl Draft {
    pub(crate) fn flags(&mut self, flags: u32) -> &mut Self {
        self.row.flags |= flags;
        self
    }
}

pub(crate) fn collect() -> Tables {
    let mut by_name: BTreeMap<String, Vec<Draft>> = BTreeMap::new();
    for code in Code::values() {
        if let Some(draft) = draft(code) {
            for name in names::of(code) {
                let forms = names::forms(&name, &draft);
                by_name.entry(name).or_default().extend(forms);
            }
        }
    }
    let mut tables = Tables { kinds: vec![none()], rows: Vec::new(), names: Vec::new() };
    for (name, mut drafts) in by_name {
        rank::sort(&mut drafts);
        rank::mark(&name, &mut drafts);
        let first = tables.rows.len();
        for mut draft in drafts {
            for (slot, kind) in draft.row.operands.iter_mut().zip(&draft.kinds) {
                *slot = intern(&mut tables.kinds, kind);
            }
            if has_modrm(&draft) {
                draft.flags(flag::MODRM);
            }
            tables.rows.push(draft.row);
        }
        tables.names.push((name, first, tables.rows.len() - first, 0xFF));
    }
    aliases::add(&mut tables.names);
    tables.names.sort();
    tables
}

fn has_modrm(draft: &Draft) -> bool {
    use crate::row::Role::{Reg, RegAddress, Rm};
    draft.row.group & 0xF != NO_DIGIT
        || draft.kinds.iter().any(|kind| matches!(kind.role, Reg | Rm | RegAddress))
}

fn none() -> Kind {
    Kind { accepts: 0, role: crate::row::Role::Implied, size: 0, name: "" }
}

fn intern(kinds: &mut Vec<Kind>, kind: &Kind) -> u8 {
    let same = |k: &Kind| {
        (k.accepts, k.role, k.size, k.name) == (kind.accepts, kind.role, kind.size, kind.name)
    };
    let at = kinds.iter().skip(1).position(same).map_or(kinds.len(), |at| at + 1);
    if at == kinds.len() {
        kinds.push(*kind);
    }
    u8::try_from(at).expect("fewer than 256 operand kinds")
}

/// The row of a code, with the operands that iced gives it. `None` if NASM cannot write it.
fn draft(code: Code) -> Option<Draft> {
    let info = code.op_code();
    if !info.is_instruction() || names::refused(code, info) {
        return None;
    }
    let encoding = match info.encoding() {
        EncodingKind::Legacy => Encoding::Legacy,
        EncodingKind::VEX => Encoding::Vex,
        EncodingKind::EVEX => Encoding::Evex,
        EncodingKind::XOP => Encoding::Xop,
        EncodingKind::D3NOW => Encoding::Amd3dNow,
        _ => return None,
    };
    let place = place(code, info);
    let mut kinds =
        info.op_kinds().iter().map(|&k| kinds::kind(k, place)).collect::<Option<Vec<_>>>()?;
    for &(_, operand, classes) in names::ALSO.iter().filter(|row| row.0 == code) {
        kinds[operand].accepts |= classes;
    }
    assert!(kinds.len() <= OPERANDS);
    let row = Row {
        flags: flags(info),
        code: code as u16,
        opcode: u16::try_from(info.op_code()).expect("opcodes have two bytes"),
        operands: [0; OPERANDS],
        encoding,
        map: map(info.table()),
        prefix: match info.mandatory_prefix() {
            MandatoryPrefix::None | MandatoryPrefix::PNP => 0,
            MandatoryPrefix::P66 => 1,
            MandatoryPrefix::PF3 => 2,
            MandatoryPrefix::PF2 => 3,
        },
        length: match info.l() {
            _ if info.encoding() == EncodingKind::Legacy => 0,
            128 => 0,
            256 => 1,
            512 => 2,
            l => u8::try_from(l).expect("L is small"),
        },
        group: digit(info.group_index()) | digit(info.rm_group_index()) << 4,
        sizes: size(info.operand_size()) | size(info.address_size()) << 4,
        scale: scale(info),
        cpu: cpu(code),
    };
    Some(Draft { code, row, kinds, rank: 0 })
}

fn place(code: Code, info: &OpCodeInfo) -> Place {
    let size = info.memory_size().size();
    let far = names::is_far(code);
    Place {
        evex: info.encoding() == EncodingKind::EVEX,
        memory: u16::try_from(if names::size_is_not_written(info.memory_size()) {
            0
        } else {
            size
        })
        .expect("memory operands are small"),
        any_memory: names::takes_any_size(code),
        broadcast: info.can_broadcast(),
        far,
    }
}

/// The first processor that has an instruction, by NASM's levels.
fn cpu(code: Code) -> Cpu {
    let features =
        code.cpuid_features().iter().map(|feature| match format!("{feature:?}").as_str() {
            "INTEL8086" | "INTEL8086_ONLY" | "FPU" => Cpu::I8086,
            "INTEL186" => Cpu::I186,
            "INTEL286" | "INTEL286_ONLY" | "FPU287" | "FPU287XL_ONLY" => Cpu::I286,
            "INTEL386" | "INTEL386_ONLY" | "INTEL386_A0_ONLY" | "FPU387" | "FPU387SL_ONLY" => {
                Cpu::I386
            }
            "INTEL486" | "INTEL486_A_ONLY" => Cpu::I486,
            "CPUID" | "CX8" | "TSC" | "MSR" | "RSM" | "MMX" | "D3NOW" => Cpu::Pentium,
            "CMOV" | "SEP" | "MULTIBYTENOP" | "FXSR" => Cpu::P6,
            "SSE" => Cpu::Katmai,
            "SSE2" | "CLFSH" => Cpu::Willamette,
            "SSE3" | "MONITOR" => Cpu::Prescott,
            "X64" | "SYSCALL" | "CX16" | "RDTSCP" => Cpu::X64,
            _ => Cpu::Later,
        });
    let first = features.max().unwrap_or_default();
    match format!("{:?}", code.mnemonic()).as_str() {
        "Fucom" | "Fucomp" | "Fucompp" => first.max(Cpu::I386),
        "Ffreep" => first.max(Cpu::I286),
        _ if code.is_jcc_near() => first.max(Cpu::I386),
        _ => first,
    }
}

fn digit(index: i32) -> u8 {
    u8::try_from(index).unwrap_or(NO_DIGIT)
}

fn size(bits: u32) -> u8 {
    match bits {
        16 => 1,
        32 => 2,
        64 => 3,
        _ => 0,
    }
}

fn map(table: OpCodeTableKind) -> u8 {
    match table {
        OpCodeTableKind::Normal => 0,
        OpCodeTableKind::T0F => 1,
        OpCodeTableKind::T0F38 => 2,
        OpCodeTableKind::T0F3A => 3,
        OpCodeTableKind::MAP5 => 5,
        OpCodeTableKind::MAP6 => 6,
        OpCodeTableKind::MAP8 => 8,
        OpCodeTableKind::MAP9 => 9,
        OpCodeTableKind::MAP10 => 10,
        _ => unreachable!("MVEX is left out"),
    }
}

/// Bits 0 to 2: log2 of the factor of a disp8. Bits 3 and 4: log2 of the size of a broadcast
/// element. The others: see `names::other_scale`.
fn scale(info: &OpCodeInfo) -> u8 {
    use iced_x86::TupleType as T;
    let element = info.broadcast_memory_size().size().max(1).ilog2();
    let factor: u32 = match info.tuple_type() {
        T::N1 => 1,
        T::N2 => 2,
        T::N4 => 4,
        T::N8 | T::N8b4 | T::N8b2 => 8,
        T::N16 | T::N16b4 | T::N16b8 | T::N16b2 => 16,
        T::N32 | T::N32b4 | T::N32b8 | T::N32b2 => 32,
        T::N64 | T::N64b4 | T::N64b8 | T::N64b2 => 64,
        T::N4b2 => 4,
        _ => 1,
    };
    let other = names::other_scale(info, factor);
    u8::try_from(factor.ilog2() | element << 3 | other << 5).expect("small logarithms")
}

fn flags(info: &OpCodeInfo) -> u32 {
    let no_w = info.default_op_size64() || info.force_op_size64() || info.intel_force_op_size64();
    let w = match info.encoding() {
        EncodingKind::Legacy | EncodingKind::D3NOW => info.operand_size() == 64 && !no_w,
        _ => info.w() == 1,
    };
    let kinds = info.op_kinds();
    let fixed_address = matches!(info.code(), Code::Bndmk_bnd_m32 | Code::Bndmk_bnd_m64)
        || kinds
            .iter()
            .any(|k| matches!(k, OpCodeOperandKind::mem_mib | OpCodeOperandKind::sibmem));
    [
        (info.mode16(), flag::MODE16),
        (info.mode32(), flag::MODE32),
        (info.mode64(), flag::MODE64),
        (w, flag::W),
        (info.fwait(), flag::FWAIT),
        (info.can_use_lock_prefix(), flag::LOCK),
        (info.can_use_rep_prefix(), flag::REP),
        (info.can_use_repne_prefix(), flag::REPNE),
        (info.can_use_bnd_prefix(), flag::BND),
        (info.can_broadcast(), flag::BROADCAST),
        (info.can_use_rounding_control(), flag::ROUNDING),
        (info.can_suppress_all_exceptions(), flag::SAE),
        (info.can_use_op_mask_register(), flag::MASK),
        (info.require_op_mask_register(), flag::MASK_REQUIRED),
        (info.can_use_zeroing_masking(), flag::ZEROING),
        (info.op_code_len() == 2, flag::OPCODE2),
        (kinds.contains(&OpCodeOperandKind::sibmem), flag::SIB),
        (fixed_address, flag::MIB),
    ]
    .into_iter()
    .filter_map(|(set, flag)| set.then_some(flag))
    .sum()
}
