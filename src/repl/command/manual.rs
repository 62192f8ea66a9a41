//! All about one instruction: what it does, its operand forms, the flags, an example.
//!
//! Everything but the description is read from the assembler's table and from iced.

use crate::asm::syntax::table::row::{Kind, Row, class, flag};
use crate::asm::syntax::{table, word};
use crate::image::Bits;
use crate::repl::describe;
use crate::repl::session::Session;
use crate::repl::style::{Painter, Style};
use iced_x86::{Code, Instruction, RflagsBits};

/// Letters for the flags that instructions read and write.
const FLAGS: [(u32, &str); 12] = [
    (RflagsBits::CF, "CF"),
    (RflagsBits::PF, "PF"),
    (RflagsBits::AF, "AF"),
    (RflagsBits::ZF, "ZF"),
    (RflagsBits::SF, "SF"),
    (RflagsBits::OF, "OF"),
    (RflagsBits::DF, "DF"),
    (RflagsBits::IF, "IF"),
    (RflagsBits::C0, "C0"),
    (RflagsBits::C1, "C1"),
    (RflagsBits::C2, "C2"),
    (RflagsBits::C3, "C3"),
];

/// An operand for examples: what must be accepted, and the text for the first, second and later
/// operands.
type Sample = (u64, [&'static str; 3]);

const SAMPLES: &[Sample] = &[
    (class::R32, ["eax", "ebx", "ecx"]),
    (class::R64, ["rax", "rbx", "rcx"]),
    (class::R16, ["ax", "bx", "cx"]),
    (class::R8, ["al", "bl", "cl"]),
    (class::CL, ["cl", "cl", "cl"]),
    (class::DX, ["dx", "dx", "dx"]),
    (class::AL, ["al", "al", "al"]),
    (class::AX, ["ax", "ax", "ax"]),
    (class::EAX, ["eax", "eax", "eax"]),
    (class::RAX, ["rax", "rax", "rax"]),
    (class::XMM, ["xmm0", "xmm1", "xmm2"]),
    (class::YMM, ["ymm0", "ymm1", "ymm2"]),
    (class::ZMM, ["zmm0", "zmm1", "zmm2"]),
    (class::MM, ["mm0", "mm1", "mm2"]),
    (class::ST0, ["st0", "st0", "st0"]),
    (class::ST, ["st1", "st1", "st1"]),
    (class::K, ["k1", "k2", "k3"]),
    (class::SEGMENT, ["ds", "ds", "ds"]),
    (class::CR, ["cr0", "cr0", "cr0"]),
    (class::DR, ["dr0", "dr0", "dr0"]),
    (class::IMM8 | class::IMM16 | class::IMM32 | class::IMM64, ["1", "1", "1"]),
    (class::REL8 | class::REL, ["$", "$", "$"]),
    (class::M32, ["dword [0x1000]", "dword [0x1000]", "dword [0x1000]"]),
    (class::M64, ["qword [0x1000]", "qword [0x1000]", "qword [0x1000]"]),
    (class::M_ANY, ["[0x1000]", "[0x1000]", "[0x1000]"]),
    (class::FAR, ["0x8:0x1000", "0x8:0x1000", "0x8:0x1000"]),
];

/// What `:help INSTRUCTION` says; none if there is no such instruction.
pub(super) fn page(session: &Session, painter: Painter, name: &str) -> Option<Vec<String>> {
    let number = word::mnemonic(name)?;
    let mnemonic = table::entry(number)?;
    let bits = session.prompt().bits;
    let in_mode = match bits {
        Bits::Bits16 => flag::MODE16,
        Bits::Bits32 => flag::MODE32,
        Bits::Bits64 => flag::MODE64,
    };
    let all = table::rows(mnemonic);
    let rows: Vec<&Row> =
        all.iter().filter(|row| row.flags & in_mode != 0 && row.flags & flag::NEVER == 0).collect();
    let name = table::name(number);
    let what = describe::describe(name);
    let title = painter.paint(Style::Name, name);
    let mut lines = vec![match what {
        Some(what) => format!("{title}  {what}"),
        None => title,
    }];
    if rows.is_empty() {
        lines.push(format!("it does not exist in {bits}-bit code"));
        return Some(lines);
    }
    lines.push(format!("  forms     {}", forms(name, &rows)));
    if let Some(code) = rows.first().and_then(|row| Code::try_from(usize::from(row.code)).ok()) {
        let mut instruction = Instruction::default();
        instruction.set_code(code);
        lines.push(format!("  reads     {}", flags(instruction.rflags_read())));
        let written =
            instruction.rflags_written() | instruction.rflags_cleared() | instruction.rflags_set();
        lines.push(format!("  writes    {}", flags(written)));
        if instruction.rflags_undefined() != 0 {
            lines.push(format!("  undefined {}", flags(instruction.rflags_undefined())));
        }
        let features: Vec<String> =
            code.cpuid_features().iter().map(|f| format!("{f:?}").replace("INTEL", "")).collect();
        lines.push(format!("  CPU       {}", features.join(", ")));
    }
    lines.extend(example(session, name, &rows));
    Some(lines)
}

/// The operand forms, each once, as manuals write them: those that differ only in width together.
fn forms(name: &str, rows: &[&Row]) -> String {
    const MOST: usize = 48;
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    let mut count = 0;
    for row in rows {
        let kinds: Vec<&str> = kinds(row).map(|kind| kind.name).collect();
        let (form, shape) = (kinds.join(", "), shape(&kinds));
        let known = groups.iter_mut().find(|group| group.0 == shape);
        match known {
            Some((_, forms)) if forms.contains(&form) => continue,
            _ if count == MOST => continue,
            Some((_, forms)) => forms.push(form),
            None => groups.push((shape, vec![form])),
        }
        count += 1;
    }
    // The short forms for one address and the accumulator are of less interest.
    groups.sort_by_key(|(shape, _)| shape.contains("offset"));
    let lines = groups.iter_mut().flat_map(|(_, forms)| {
        forms.sort_by_cached_key(|form| widths(form));
        wrapped(name, forms)
    });
    lines.collect::<Vec<_>>().join("\n            ")
}

/// The operands without their widths.
fn shape(kinds: &[&str]) -> String {
    let is_accumulator = |kind: &str| ["al", "ax", "eax", "rax"].contains(&kind);
    let bare = |kind: &&str| match is_accumulator(kind) {
        true => "accumulator".to_owned(),
        false => kind.chars().filter(|c| !c.is_ascii_digit()).collect(),
    };
    kinds.iter().map(bare).collect::<Vec<_>>().join(", ")
}

/// The numbers in a form.
fn widths(form: &str) -> Vec<u32> {
    let accumulator = ["al", "ax", "eax", "rax"].iter().position(|r| form.starts_with(r));
    let numbers = form.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok());
    accumulator.and_then(|n| u32::try_from(n).ok()).into_iter().chain(numbers).collect()
}

/// Forms one behind the other, in lines that fit a terminal.
fn wrapped(name: &str, forms: &[String]) -> Vec<String> {
    const WIDTH: usize = 66;
    let mut lines: Vec<String> = Vec::new();
    for form in forms {
        match lines.last_mut() {
            Some(line) if line.len() + form.len() + 3 <= WIDTH => *line += &format!(" | {form}"),
            Some(_) => lines.push(format!("{}{form}", " ".repeat(name.len() + 1))),
            None => lines.push(format!("{name} {form}").trim_end().to_owned()),
        }
    }
    lines
}

fn kinds(row: &Row) -> impl Iterator<Item = &'static Kind> {
    row.operands.into_iter().take_while(|kind| *kind != 0).map(table::kind)
}

fn flags(bits: u32) -> String {
    let names: Vec<&str> =
        FLAGS.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| *name).collect();
    if names.is_empty() { "no flags".to_owned() } else { names.join(" ") }
}

/// An example that assembles, with its bytes.
fn example(session: &Session, name: &str, rows: &[&Row]) -> Option<String> {
    let text = |row: &&Row| {
        let operands: Option<Vec<&str>> = kinds(row)
            .enumerate()
            .map(|(i, kind)| {
                let sample = SAMPLES.iter().find(|(accepts, _)| kind.accepts & accepts != 0)?;
                sample.1.get(i.min(2)).copied()
            })
            .collect();
        Some(format!("{name} {}", operands?.join(", ")).trim_end().to_owned())
    };
    rows.iter().filter_map(text).find_map(|text| {
        let bytes = session.preview(&text)?;
        let hex: Vec<String> = bytes.iter().map(|b| format!("{b:02x}")).collect();
        Some(format!("  example   {text}  =  {}", hex.join(" ")))
    })
}
