//! Writes the collected tables as Rust source.

use crate::instructions::Tables;
use crate::row::class;
use iced_x86::Register;
use std::fmt::Write as _;

/// The text of the generated module.
pub(crate) fn tables(tables: &Tables) -> String {
    let mut out = String::new();
    kinds(&mut out, tables);
    rows(&mut out, tables);
    names(&mut out, tables);
    registers(&mut out);
    out
}

fn kinds(out: &mut String, tables: &Tables) {
    let _ = writeln!(out, "pub static KINDS: [Kind; {}] = [", tables.kinds.len());
    for k in &tables.kinds {
        let (accepts, role, size, name) = (k.accepts, k.role, k.size, k.name);
        let _ = writeln!(
            out,
            "Kind {{ accepts: {accepts:#x}, role: Role::{role:?}, size: {size}, name: {name:?} }},"
        );
    }
    out.push_str("];\n");
}

fn rows(out: &mut String, tables: &Tables) {
    let _ = writeln!(out, "pub static ROWS: [Row; {}] = [", tables.rows.len());
    for r in &tables.rows {
        let _ = writeln!(
            out,
            "Row {{ flags: {}, code: {}, opcode: {}, operands: {:?}, encoding: Encoding::{:?}, \
             map: {}, prefix: {}, length: {}, group: {}, sizes: {}, scale: {}, cpu: Cpu::{:?} }},",
            r.flags,
            r.code,
            r.opcode,
            r.operands,
            r.encoding,
            r.map,
            r.prefix,
            r.length,
            r.group,
            r.sizes,
            r.scale,
            r.cpu,
        );
    }
    out.push_str("];\n");
}

fn names(out: &mut String, tables: &Tables) {
    let _ = writeln!(out, "pub static MNEMONICS: [Mnemonic; {}] = [", tables.names.len());
    let mut text = Text::default();
    for (name, first, rows, immediate) in &tables.names {
        let name = text.add(name);
        let _ = writeln!(
            out,
            "Mnemonic {{ name: {name}, first: {first}, rows: {rows}, immediate: {immediate} }},"
        );
    }
    let _ = writeln!(out, "];\npub static NAMES: &str = {:?};", text.0);
}

/// Names in one string. With a reference for each, the dynamic linker would have to relocate a
/// pointer for each at every start.
#[derive(Default)]
struct Text(String);

impl Text {
    /// Adds a name and returns the text of its `Name`.
    fn add(&mut self, name: &str) -> String {
        let start = self.0.len();
        self.0.push_str(name);
        format!("Name {{ start: {start}, length: {} }}", name.len())
    }
}

/// NASM's name of a register; `None` if text cannot name it.
fn register_name(register: Register) -> Option<String> {
    let name = format!("{register:?}").to_lowercase();
    match name.as_str() {
        "none" | "ip" | "eip" | "rip" => None,
        _ if name.starts_with("dontuse") => None,
        _ => Some(match name.strip_prefix('r').and_then(|n| n.strip_suffix('l')) {
            Some(number) if number.parse::<u8>().is_ok() => format!("r{number}b"),
            _ => name,
        }),
    }
}

fn register_class(register: Register) -> u64 {
    use class::*;
    use iced_x86::Register as R;
    let implied = match register {
        R::AL => AL,
        R::AX => AX,
        R::EAX => EAX,
        R::RAX => RAX,
        R::CL => CL,
        R::CX | R::ECX | R::RCX => COUNTER,
        R::DX => DX,
        R::ES => ES,
        R::CS => CS,
        R::SS => SS,
        R::DS => DS,
        R::FS => FS,
        R::GS => GS,
        R::ST0 => ST0,
        R::XMM0 => XMM0,
        _ => 0,
    };
    let high = register.number() > 15;
    let general = match () {
        () if register.is_gpr8() => R8,
        () if register.is_gpr16() => R16,
        () if register.is_gpr32() => R32,
        () if register.is_gpr64() => R64,
        () if register.is_segment_register() => SEGMENT,
        () if register.is_cr() => CR,
        () if register.is_dr() => DR,
        () if register.is_tr() => TR,
        () if register.is_st() => ST,
        () if register.is_mm() => MM,
        () if register.is_xmm() => [XMM, XMM_HIGH][usize::from(high)],
        () if register.is_ymm() => [YMM, YMM_HIGH][usize::from(high)],
        () if register.is_zmm() => [ZMM, ZMM_HIGH][usize::from(high)],
        () if register.is_k() => K,
        () if register.is_bnd() => BND,
        () if register.is_tmm() => TMM,
        () => 0,
    };
    implied | general
}

/// The number that is encoded. For iced, `spl` to `dil` follow `ah` to `bh`; both have 4 to 7.
fn register_number(register: Register) -> usize {
    match register {
        Register::SPL | Register::BPL | Register::SIL | Register::DIL => {
            register as usize - Register::SPL as usize + 4
        }
        _ if register.is_gpr8() && register as usize > Register::DIL as usize => {
            register as usize - Register::R8L as usize + 8
        }
        _ => register.number(),
    }
}

fn registers(out: &mut String) {
    let named: Vec<(String, Register)> =
        Register::values().filter_map(|r| Some((register_name(r)?, r))).collect();
    let _ = writeln!(out, "pub static REGISTERS: [(Name, Register); {}] = [", named.len());
    let mut text = Text::default();
    for (name, register) in &named {
        let name = text.add(name);
        let _ = writeln!(out, "({name}, Register::{register:?}),");
    }
    let _ = writeln!(out, "];\npub static REGISTER_NAMES: &str = {:?};", text.0);
    let all: Vec<Register> = Register::values().collect();
    let _ = writeln!(out, "pub static REGISTER_FACTS: [RegisterFacts; {}] = [", all.len());
    for &register in &all {
        let (class, number) = (register_class(register), register_number(register));
        let size = u8::try_from(register.size()).unwrap_or(0);
        let _ =
            writeln!(out, "RegisterFacts {{ class: {class:#x}, number: {number}, size: {size} }},");
    }
    out.push_str("];\n");
}
