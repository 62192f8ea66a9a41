//! Reads the lines that `generate` writes into operands for selection, and nothing more: no
//! expressions, no labels. It is not the parser and shares nothing with it.

use applet::asm::ast::{
    Address, Distance, Encoding, Instruction, Kind, Operand, OperandKind, Prefixes, Rounding, Value,
};
use applet::asm::table;
use iced_x86::Register;

/// The instruction on a line that stands at `here`; `None` if the line has anything unknown.
pub(crate) fn instruction(line: &str, here: i64) -> Option<Instruction> {
    let mut prefixes = Prefixes::default();
    let mut rest = line.trim();
    loop {
        let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
        match word {
            "rep" => prefixes.rep = true,
            "repne" => prefixes.repne = true,
            "{evex}" => prefixes.encoding = Encoding::Evex,
            _ => break,
        }
        rest = after.trim_start();
    }
    let (name, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut instruction = Instruction {
        mnemonic: table::mnemonic(name)?,
        mnemonic_span: applet::diagnostic::Span::default(),
        prefixes,
        rounding: Rounding::None,
        operands: Vec::new(),
    };
    for text in split(rest) {
        match rounding(&text) {
            Some(rounding) => instruction.rounding = rounding,
            None => instruction.operands.push(operand(&text, here)?),
        }
    }
    Some(instruction)
}

/// The parts between commas that are not inside brackets or braces.
fn split(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let (mut part, mut depth) = (String::new(), 0);
    for c in text.chars() {
        match c {
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part).trim().to_owned());
                continue;
            }
            _ => {}
        }
        part.push(c);
    }
    if !part.trim().is_empty() {
        parts.push(part.trim().to_owned());
    }
    parts
}

fn rounding(text: &str) -> Option<Rounding> {
    Some(match text {
        "{rn-sae}" => Rounding::Nearest,
        "{rd-sae}" => Rounding::Down,
        "{ru-sae}" => Rounding::Up,
        "{rz-sae}" => Rounding::Zero,
        "{sae}" => Rounding::SuppressExceptions,
        _ => return None,
    })
}

fn operand(text: &str, here: i64) -> Option<Operand> {
    let mut operand = Operand {
        kind: OperandKind::Immediate(Value::default()),
        size: 0,
        strict: false,
        distance: Distance::None,
        broadcast: 0,
        opmask: Register::None,
        zeroing: false,
        span: applet::diagnostic::Span::default(),
    };
    let mut text = text.to_owned();
    while let (Some(open), Some(close)) = (text.find('{'), text.find('}')) {
        let word = text[open + 1..close].to_owned();
        text.replace_range(open..=close, "");
        match word.strip_prefix("1to") {
            Some(count) => operand.broadcast = count.parse().ok()?,
            None if word == "z" => operand.zeroing = true,
            None => operand.opmask = table::register(&word)?,
        }
    }
    let mut text = text.trim();
    while let Some((word, after)) = text.split_once(' ').filter(|_| !text.starts_with('[')) {
        match size(word) {
            Some(size) => operand.size = size,
            None if word == "far" => operand.distance = Distance::Far,
            None => return None,
        }
        text = after;
    }
    operand.kind = if let Some(inner) = text.strip_prefix('[') {
        OperandKind::Memory(address(inner.strip_suffix(']')?)?)
    } else if let Some(register) = table::register(text) {
        OperandKind::Register(register)
    } else if let Some((segment, offset)) = text.split_once(':') {
        OperandKind::Far(value(segment, here)?, value(offset, here)?)
    } else {
        OperandKind::Immediate(value(text, here)?)
    };
    Some(operand)
}

fn size(word: &str) -> Option<u8> {
    let sizes =
        [("byte", 1), ("word", 2), ("dword", 4), ("qword", 8), ("tword", 10), ("oword", 16)];
    let more = [("yword", 32), ("zword", 64)];
    sizes.iter().chain(&more).find(|s| s.0 == word).map(|s| s.1)
}

fn number(text: &str) -> Option<i64> {
    match (text.strip_prefix('-'), text.strip_prefix("0x")) {
        (Some(positive), _) => Some(-number(positive)?),
        (_, Some(hex)) => u64::from_str_radix(hex, 16).ok().map(u64::cast_signed),
        _ => text.parse().ok(),
    }
}

fn value(text: &str, here: i64) -> Option<Value> {
    Some(match text.strip_prefix("$+") {
        Some(distance) => Value { number: here + number(distance)?, kind: Kind::Relocatable(0) },
        None => Value { number: number(text)?, kind: Kind::Absolute },
    })
}

fn address(text: &str) -> Option<Address> {
    let mut address = Address::default();
    let mut text = text;
    if let Some(after) = text.strip_prefix("qword ") {
        (address.displacement_size, text) = (8, after);
    }
    if let Some((segment, after)) = text.split_once(':') {
        (address.segment, text) = (table::register(segment)?, after);
    }
    let text = text.replace('-', "+-");
    for term in text.split('+').filter(|term| !term.is_empty()) {
        let (name, scale) = term.split_once('*').unwrap_or((term, ""));
        match table::register(name) {
            None => address.displacement.number += number(term)?,
            Some(register) if scale.is_empty() && address.base == Register::None => {
                address.base = register;
            }
            Some(register) => {
                address.index = register;
                address.index_is_explicit = !scale.is_empty();
                address.scale = if scale.is_empty() { 1 } else { scale.parse().ok()? };
            }
        }
    }
    Some(address)
}
