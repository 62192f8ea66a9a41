//! Every row of the table in every mode, with random operands: iced's decoder must read back the
//! same code and operands, and iced's encoder must make the same bytes, prefix order aside.

use super::*;
use crate::asm::syntax::ast::{Address, Distance, Kind as Known, Prefixes, Rounding, Value};
use crate::asm::syntax::table::Role;
use crate::asm::syntax::table::row::Cpu;
use crate::asm::syntax::table::row::class;
use crate::asm::syntax::word;
use crate::diagnostic::Span;
use crate::image::Bits;
use iced_x86::{Code, Decoder, DecoderOptions, Encoder, OpKind, Register};

/// A repeatable source of numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.next() % from.len() as u64).unwrap()]
    }
}

fn operand_of(kind: OperandKind) -> Operand {
    Operand { kind, ..operand::number(0) }
}

/// A register that a kind takes in this mode.
fn register(kind: &table::Kind, bits: Bits, random: &mut Random) -> Option<Register> {
    let fits = |r: &Register| {
        let facts = table::facts(*r);
        let high = (Register::AH as usize..=Register::BH as usize).contains(&(*r as usize));
        let first = facts.class & class::K != 0 && facts.number == 0;
        facts.class & kind.accepts != 0
            && !(high || first || r == &Register::CS)
            && (facts.class & class::CR == 0 || [0, 2, 3, 4].contains(&facts.number))
            && (facts.class & class::DR == 0 || facts.number < 8)
            && (bits == Bits::Bits64 || !operand::only_in_64(*r))
            && (kind.accepts != class::R32 || kind.role != Role::Implied || name(*r) == kind.name)
    };
    let all: Vec<Register> = Register::values().filter(fits).collect();
    (!all.is_empty()).then(|| random.pick(&all))
}

fn name(register: Register) -> &'static str {
    table::register_name(register)
}

/// An address that NASM encodes as written.
fn address(kind: &table::Kind, size: u8, random: &mut Random) -> Address {
    let vsib = [
        (class::M_VSIB_X, Register::XMM3),
        (class::M_VSIB_Y, Register::YMM6),
        (class::M_VSIB_Z, Register::ZMM7),
    ];
    let vector = vsib.iter().find(|v| kind.accepts == v.0).map(|v| v.1);
    let (bases, indexes) = match size {
        2 => (vec![Register::BX, Register::BP], vec![Register::SI, Register::DI]),
        4 => {
            (vec![Register::EAX, Register::EBP, Register::ESP], vec![Register::EDX, Register::EDI])
        }
        _ => (vec![Register::RAX, Register::R13, Register::R12], vec![Register::R9, Register::RBP]),
    };
    let number = random.pick(&[0, 1, -1, 127, -128, 64, 0x1234, 0x7FF0]);
    Address {
        base: random.pick(&bases),
        index: vector.unwrap_or_else(|| random.pick(&indexes)),
        scale: if size == 2 { 1 } else { random.pick(&[2, 4, 8]) },
        displacement: Value { number, kind: Known::Absolute },
        ..Address::default()
    }
}

/// A random operand for one kind; addresses have registers of `size` bytes.
fn operand_for(kind: &table::Kind, bits: Bits, size: u8, random: &mut Random) -> Option<Operand> {
    let number =
        |n| Some(operand_of(OperandKind::Immediate(Value { number: n, kind: Known::Absolute })));
    let any = class::M_ANY | class::M_VSIB_X | class::M_VSIB_Y | class::M_VSIB_Z | class::M_FAR;
    if kind.accepts & any != 0
        && (random.next() & 1 == 0 || kind.accepts & !any & !class::M_BROADCAST == 0)
    {
        return Some(operand_of(OperandKind::Memory(address(kind, size, random))));
    }
    match kind.role {
        Role::Offset => {
            let displacement = Value { number: 0x1234, kind: Known::Absolute };
            return Some(operand_of(OperandKind::Memory(Address {
                displacement,
                ..Address::default()
            })));
        }
        Role::Imm8 | Role::Imm16 | Role::Imm32 | Role::Imm64 | Role::Signed8 | Role::Signed32 => {
            return number(random.pick(&[1, 5, 0x7F]));
        }
        Role::Imm4 => return number(random.pick(&[0, 1, 2, 3])),
        Role::Implied if kind.accepts == class::ONE => return number(1),
        Role::Rel8 | Role::Rel16 | Role::Rel32 => {
            return number(0x1000 + random.pick(&[2, 40, 100]));
        }
        Role::Far16 | Role::Far32 => {
            let value = |number| Value { number, kind: Known::Absolute };
            return Some(operand_of(OperandKind::Far(value(0x10), value(0x1234))));
        }
        _ => {}
    }
    // AMX wants registers that differ.
    let register = match (kind.accepts, kind.role) {
        (class::TMM, Role::Reg) => Register::TMM1,
        (class::TMM, Role::Rm) => Register::TMM2,
        (class::TMM, _) => Register::TMM3,
        _ => register(kind, bits, random)?,
    };
    Some(operand_of(OperandKind::Register(register)))
}

/// What a row and operands for it make, or `None` if they contradict each other.
fn emit(row: &Row, bits: Bits, random: &mut Random) -> Option<(Vec<Operand>, Encoded)> {
    let widths: &[u8] = match bits {
        Bits::Bits64 => &[8, 4],
        _ => &[4, 2],
    };
    let size = match row.operands.map(table::kind).iter().find(|k| k.role == Role::RegAddress) {
        Some(kind) => u8::try_from(kind.size).unwrap(),
        None if row.flags & flag::MIB != 0 => bits.max(Bits::Bits32).bytes(),
        None => random.pick(widths),
    };
    let vsib = class::M_VSIB_X | class::M_VSIB_Y | class::M_VSIB_Z;
    let wide = row.operands.iter().any(|&k| table::kind(k).accepts & vsib != 0);
    let mpx = Code::try_from(usize::from(row.code)).unwrap().op_code().decoder_option();
    let wide = wide || mpx == DecoderOptions::MPX;
    let size =
        if wide || row.flags & flag::SIB != 0 { bits.max(Bits::Bits32).bytes() } else { size };
    let mut operands = Vec::new();
    for &kind in row.operands.iter().take(row.count()) {
        operands.push(operand_for(table::kind(kind), bits, size, random)?);
    }
    if row.flags & flag::MASK_REQUIRED != 0 {
        operands[0].opmask = Register::K2;
    }
    let instruction = Instruction {
        cpu: Cpu::Any,
        mnemonic: 0,
        mnemonic_span: Span::default(),
        prefixes: Prefixes::default(),
        rounding: Rounding::None,
        operands: Vec::new(),
    };
    let address = Value { number: 0x1000, kind: Known::Absolute };
    let context = Context { bits, default_rel: false, address };
    let mut out = Encoded::default();
    let list: Vec<&Operand> = operands.iter().collect();
    encode::emit(row, &list, &instruction, &context, &mut out).ok()?;
    Some((operands, out))
}

/// Whether iced reads the operand that was meant.
fn agrees(operand: &Operand, decoded: &iced_x86::Instruction, index: u32) -> bool {
    match operand.kind {
        // NASM takes a part of a register for the whole where only its number counts.
        OperandKind::Register(r) => {
            let read = decoded.op_register(index);
            read == r || r.is_gpr() && read.is_gpr() && read.full_register() == r.full_register()
        }
        OperandKind::Memory(a) if a.base == Register::None => {
            decoded.memory_displacement64() == a.displacement.number.cast_unsigned()
        }
        OperandKind::Memory(a) => {
            let low = |n: u64| n & 0xFFFF;
            decoded.memory_base() == a.base
                && decoded.memory_index() == a.index
                && decoded.memory_index_scale() == u32::from(a.scale)
                && low(decoded.memory_displacement64())
                    == low(a.displacement.number.cast_unsigned())
        }
        OperandKind::Immediate(v) => match decoded.op_kind(index) {
            OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64 => {
                decoded.near_branch_target() == v.number.cast_unsigned()
            }
            _ => decoded.immediate(index) & 0xFF == v.number.cast_unsigned() & 0xFF,
        },
        OperandKind::Far(s, o) => {
            i64::from(decoded.far_branch_selector()) == s.number
                && i64::from(decoded.far_branch32().max(decoded.far_branch16().into())) == o.number
        }
    }
}

/// Codes that iced's decoder never gives, or gives another name for the same bytes.
fn same_code(row: &Row, decoded: Code) -> bool {
    let wanted = Code::try_from(usize::from(row.code)).unwrap();
    let name = |code: Code| format!("{:?}", code.mnemonic());
    let option = wanted.op_code().decoder_option();
    let pops = row.count() == 0 && name(decoded) == name(wanted) + "p";
    let nop = name(wanted) == "Xchg" && name(decoded) == "Nop" || name(wanted) == "Reservednop";
    decoded.mnemonic() == wanted.mnemonic() || pops || nop || option != DecoderOptions::NONE
}

fn check(row: &Row, bits: Bits, random: &mut Random) -> Result<bool, String> {
    let Some((operands, out)) = emit(row, bits, random) else { return Ok(false) };
    let code = Code::try_from(usize::from(row.code)).unwrap();
    // Gathers and complex products want registers that differ; random ones need not.
    let info = code.op_code();
    let unique = info.requires_unique_reg_nums() || info.requires_unique_dest_reg_num();
    let option = match unique {
        true => DecoderOptions::NO_INVALID_CHECK,
        false => info.decoder_option(),
    };
    let mut decoder = Decoder::with_ip(u32::from(bits), out.bytes(), 0x1000, option);
    let decoded = decoder.decode();
    let what = || format!("{code:?} in {bits}: {operands:?} gave {:02X?}, {decoded}", out.bytes());
    // iced reads the wait as an instruction of its own, and these as nothing.
    let unread = [Code::Ud0, Code::Ud1_r32_rm32, Code::Montmul_16, Code::Montmul_64];
    if row.flags & flag::FWAIT != 0 || (operands.is_empty() && unread.contains(&code)) {
        return Ok(true);
    }
    if decoded.is_invalid()
        || decoded.len() != usize::from(out.len)
        || !same_code(row, decoded.code())
    {
        return Err(what());
    }
    let plain = decoded.op_count() as usize == operands.len() && row.flags & flag::SAME == 0;
    let order = decoded.code() == code && plain;
    let other_forms = ["xchg", "test", "mov", "fxch", "lar", "lsl"];
    let commuted = other_forms.contains(&format!("{:?}", code.mnemonic()).to_lowercase().as_str());
    if order && !commuted {
        for (index, operand) in (0..).zip(&operands) {
            if !agrees(operand, &decoded, index) {
                return Err(format!("operand {index}: {}", what()));
            }
        }
    }
    let mut encoder = Encoder::new(u32::from(bits));
    // iced writes no REX for 3DNow!; NASM does.
    let rex = row.encoding != table::Encoding::Amd3dNow;
    if order && rex && encoder.encode(&decoded, 0x1000).is_ok() {
        let mut theirs = encoder.take_buffer();
        let mut ours = out.bytes().to_vec();
        theirs.sort_unstable();
        ours.sort_unstable();
        if theirs != ours && !prefixed(row) {
            return Err(format!("iced: {theirs:02X?}: {}", what()));
        }
    }
    Ok(true)
}

/// Rows where NASM writes a size prefix that means nothing, or leaves one out.
fn prefixed(row: &Row) -> bool {
    let code = format!("{:?}", Code::try_from(usize::from(row.code)).unwrap());
    row.flags & (flag::NO_OPERAND_SIZE | flag::NO_OPERAND_SIZE_MEMORY) != 0
        || ["Rdsspd", "Incsspd", "Wrussd", "Rdshr", "Wrshr", "Invpcid", "Enqcmd"]
            .iter()
            .any(|name| code.starts_with(name))
}

#[test]
fn every_row_decodes_to_what_was_meant() {
    let rounds = std::env::var("APPLET_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let mut random = Random(7);
    let (mut checked, mut wrong) = (0, Vec::new());
    for mnemonic in table::mnemonics() {
        let entry = table::entry(word::mnemonic(mnemonic).unwrap()).unwrap();
        for row in table::rows(entry) {
            for bits in Bits::ALL {
                if row.flags & table::mode(bits) == 0 {
                    continue;
                }
                for _ in 0..rounds {
                    match check(row, bits, &mut random) {
                        Ok(done) => checked += u32::from(done),
                        Err(message) => wrong.push(format!("{mnemonic}: {message}")),
                    }
                }
            }
        }
    }
    assert!(checked > 15_000, "only {checked} encodings were checked");
    let shown: Vec<_> = wrong.iter().take(40).cloned().collect();
    assert!(wrong.is_empty(), "{} of {checked} are wrong:\n{}", wrong.len(), shown.join("\n"));
}

#[test]
fn far_memory_is_written_far() {
    let mut far =
        operand_of(OperandKind::Memory(Address { base: Register::EBX, ..Address::default() }));
    far.distance = Distance::Far;
    let context = Context { bits: Bits::Bits32, default_rel: false, address: Value::default() };
    assert_eq!(operand::class(&far, &context), class::M_FAR);
}
