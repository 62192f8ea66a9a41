//! Help for operands that no form of the mnemonic takes: a table of common mistakes, and the list
//! of the forms that exist.

use super::{decorators, rows};
use crate::asm::encode::{Context, Encoded};
use crate::asm::select::{FormCache, encode, operand};
use crate::asm::syntax::ast::{Instruction, Operand, OperandKind};
use crate::asm::syntax::table::row::{class, flag};
use crate::asm::syntax::table::{self, Role, Row};
use crate::asm::syntax::word::{mnemonic, size_word};
use crate::diagnostic::Diagnostic;
use crate::image::Bits;
use iced_x86::Register;

/// The maximum number of forms in a message.
const SHOWN: usize = 8;

/// The diagnostic for operands that fit no row.
pub(super) fn no_form(instruction: &Instruction, context: &Context) -> Diagnostic {
    count(instruction, context)
        .or_else(|| decorators::find(instruction, context))
        .or_else(|| if is_habit(instruction) { None } else { sizes(instruction, context) })
        .unwrap_or_else(|| kinds(instruction, context))
}

/// Whether a message can say more than that the operand sizes differ.
fn is_habit(instruction: &Instruction) -> bool {
    find(instruction).is_some()
}

/// The number of operands of a row that the source has to write.
fn written(row: &Row, instruction: &Instruction) -> usize {
    let implied =
        table::entry(instruction.mnemonic).is_some_and(|m| m.immediate != table::row::NO_IMMEDIATE);
    let same = row.flags & flag::SAME != 0;
    row.count().saturating_sub(usize::from(same) + usize::from(implied))
}

/// The wrong number of operands.
fn count(instruction: &Instruction, context: &Context) -> Option<Diagnostic> {
    let mut counts: Vec<usize> =
        rows(instruction).iter().map(|row| written(row, instruction)).collect();
    counts.sort_unstable();
    counts.dedup();
    let given = instruction.operands.len();
    if counts.contains(&given) {
        return None;
    }
    let name = table::name(instruction.mnemonic);
    let takes: Vec<String> = counts.iter().map(usize::to_string).collect();
    let noun = if counts == [1] { "operand" } else { "operands" };
    let message = match counts.as_slice() {
        [0] if given == 1 => format!("`{name}` takes no operand"),
        [0] => format!("`{name}` takes no operands, but {given} are written"),
        _ => format!("`{name}` takes {} {noun}, not {given}", takes.join(" or ")),
    };
    let last = instruction.operands.last().map_or(instruction.mnemonic_span, |o| o.span);
    let span = instruction.mnemonic_span.to(last);
    let diagnostic = Diagnostic::error(span, message);
    Some(if counts == [0] { diagnostic } else { diagnostic.help(list(instruction, context, None)) })
}

/// The class bits of an operand together with those of all other sizes.
fn any_size(class: u64) -> u64 {
    let general = class::R8 | class::R16 | class::R32 | class::R64;
    let vector = class::XMM | class::YMM | class::ZMM;
    let number = class::IMM8 | class::IMM16 | class::IMM32 | class::IMM64;
    [general, vector, class::M_ANY, number]
        .into_iter()
        .filter(|group| class & group != 0)
        .fold(class, |all, group| all | group)
}

/// The size of an operand in bytes, if it has one.
fn bytes(o: &Operand) -> Option<u16> {
    match o.kind {
        OperandKind::Register(r) => Some(u16::from(table::facts(r).size)),
        OperandKind::Memory(_) if o.size != 0 => Some(u16::from(o.size)),
        _ => None,
    }
    .filter(|&size| size != 0)
}

/// Operands that would fit if their sizes agreed.
fn sizes(instruction: &Instruction, context: &Context) -> Option<Diagnostic> {
    let operands = &instruction.operands;
    let classes: Vec<u64> = operands.iter().map(|o| any_size(operand::class(o, context))).collect();
    let fits = |row: &&Row| {
        written(row, instruction) == operands.len()
            && row.flags & flag::SAME == 0
            && row.operands.iter().zip(&classes).all(|(&k, c)| table::kind(k).accepts & c != 0)
    };
    let row = rows(instruction).iter().find(fits)?;
    let [first, second, ..] = operands.as_slice() else { return wrong_size(instruction, context) };
    let (Some(a), Some(b)) = (bytes(first), bytes(second)) else {
        return wrong_size(instruction, context);
    };
    if a == b || row.count() != operands.len() {
        return wrong_size(instruction, context);
    }
    let plural = |n: u16| if n == 1 { "1 byte".to_owned() } else { format!("{n} bytes") };
    let (x, y) = (show(first), show(second));
    let message = format!("operand sizes differ: {x} has {}, {y} has {}", plural(a), plural(b));
    let diagnostic = Diagnostic::error(first.span.to(second.span), message);
    Some(match help(instruction, context, (first, second), (a, b)) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    })
}

/// An operand as text.
fn show(o: &Operand) -> String {
    match o.kind {
        OperandKind::Register(r) => format!("`{}`", table::register_name(r)),
        OperandKind::Memory(_) => "the memory".to_owned(),
        _ => "the number".to_owned(),
    }
}

/// What to write instead of operands of different sizes. Only what assembles is offered.
fn help(
    instruction: &Instruction,
    context: &Context,
    (first, second): (&Operand, &Operand),
    (a, b): (u16, u16),
) -> Option<String> {
    let name = table::name(instruction.mnemonic);
    let with = |name: &str, at: usize, register: Register| {
        let mut other = instruction.clone();
        other.mnemonic = mnemonic(name)?;
        other.operands.get_mut(at)?.kind = OperandKind::Register(register);
        assembles(&other, context).then_some(register)
    };
    let OperandKind::Register(to) = first.kind else {
        let OperandKind::Register(from) = second.kind else { return None };
        let part = part(from, a).and_then(|part| with(name, 1, part));
        let mut sized = instruction.clone();
        sized.operands.first_mut()?.size = u8::try_from(b).ok()?;
        let word = size_word(b).filter(|_| assembles(&sized, context));
        return match (word, part.map(table::register_name)) {
            (Some(word), Some(part)) => {
                Some(format!("write `{word}` before the bracket, or use `{part}`"))
            }
            (Some(word), None) => Some(format!("write `{word}` before the bracket")),
            (None, Some(part)) => Some(format!("use `{part}`")),
            (None, None) => None,
        };
    };
    let source = match second.kind {
        OperandKind::Register(r) => table::register_name(r).to_owned(),
        _ => format!("{} [...]", size_word(b)?),
    };
    let target = table::register_name(to);
    let widens = matches!(name, "mov" | "movzx") && a > b && to.is_gpr();
    if widens && (a, b) == (8, 4) {
        let low = part(to, 4).and_then(|low| with("mov", 0, low))?;
        let low = table::register_name(low);
        let sign = with("movsxd", 0, to)
            .map_or(String::new(), |_| format!("; `movsxd {target}, {source}` keeps the sign"));
        return Some(format!("`mov {low}, {source}` clears the high half{sign}"));
    }
    if widens && name == "mov" {
        with("movzx", 0, to)?;
        let text = format!("`movzx {target}, {source}` extends with zeros, `movsx` with the sign");
        return Some(text);
    }
    if let OperandKind::Register(from) = second.kind
        && let Some(part) = part(from, a).and_then(|part| with(name, 1, part))
    {
        return Some(format!("write `{name} {target}, {}`", table::register_name(part)));
    }
    let sizes = [b, 8, 4, 2, 1].into_iter();
    let wide = sizes.filter_map(|size| part(to, size)).find_map(|part| with(name, 0, part))?;
    let wide = table::register_name(wide);
    Some(match second.kind {
        OperandKind::Register(_) => format!("write `{name} {wide}, {source}`"),
        _ => format!("write `{name} {wide}, {source}`, or another size before the bracket"),
    })
}

/// Whether an instruction that a message would offer has a form.
pub(super) fn assembles(instruction: &Instruction, context: &Context) -> bool {
    let (mut cache, mut encoded) = (FormCache::default(), Encoded::default());
    encode(instruction, context, &mut cache, &mut encoded).is_ok()
}

/// The register of `size` bytes that is the low part of another, or contains it.
fn part(register: Register, size: u16) -> Option<Register> {
    if !register.is_gpr() {
        return None;
    }
    let full = register.full_register();
    Register::values().find(|r| {
        let high = (Register::AH as usize..=Register::BH as usize).contains(&(*r as usize));
        r.is_gpr() && !high && u16::from(table::facts(*r).size) == size && r.full_register() == full
    })
}

/// A single operand of a size that the mnemonic does not take.
fn wrong_size(instruction: &Instruction, context: &Context) -> Option<Diagnostic> {
    let [only] = instruction.operands.as_slice() else { return None };
    let size = bytes(only)?;
    let name = table::name(instruction.mnemonic);
    let noun = if size == 1 { "1 byte".to_owned() } else { format!("{size} bytes") };
    let message = format!("`{name}` does not take an operand of {noun}");
    Some(Diagnostic::error(only.span, message).help(list(instruction, context, Some(1))))
}

/// Operands of kinds that the mnemonic does not take: lists the kinds that it takes.
fn kinds(instruction: &Instruction, context: &Context) -> Diagnostic {
    let name = table::name(instruction.mnemonic);
    let count = instruction.operands.len();
    let last = instruction.operands.last().map_or(instruction.mnemonic_span, |o| o.span);
    let span = instruction.mnemonic_span.to(last);
    let memory = |o: &&Operand| matches!(o.kind, OperandKind::Memory(_));
    let diagnostic = Diagnostic::error(span, format!("`{name}` does not take these operands"));
    if instruction.operands.iter().filter(memory).count() == 2 {
        return diagnostic
            .label("two memory operands")
            .help("an instruction has at most one: load the other into a register first");
    }
    let diagnostic = match find(instruction) {
        Some((operand, says)) => Diagnostic { span: operand.span, ..diagnostic }.label(says),
        None => diagnostic,
    };
    diagnostic.help(list(instruction, context, Some(count)))
}

/// The forms as the manuals write them. Of forms that differ in size only, it has the one of this
/// mode.
fn list(instruction: &Instruction, context: &Context, count: Option<usize>) -> String {
    let name = table::name(instruction.mnemonic);
    let mode = table::mode(context.bits);
    let usual = if context.bits == Bits::Bits16 { "16" } else { "32" };
    let mut forms: Vec<(String, String)> = Vec::new();
    let mut others = false;
    for row in rows(instruction) {
        let given = written(row, instruction);
        if row.flags & mode == 0 || !typical(row) || count.is_some_and(|count| count != given) {
            continue;
        }
        let kinds: Vec<&str> =
            row.operands.iter().map(|&kind| table::kind(kind).name).take(given).collect();
        let form = format!("`{name} {}`", kinds.join(", ")).replace(" `", "`");
        let key = kinds.join(",").replace(|c: char| c.is_ascii_digit(), "");
        match forms.iter_mut().find(|known| known.0 == key) {
            None => forms.push((key, form)),
            Some(known) if form.contains(usual) && !known.1.contains(usual) => {
                others = true;
                known.1 = form;
            }
            Some(known) => others |= known.1 != form,
        }
    }
    let more = forms.len().saturating_sub(SHOWN);
    forms.truncate(SHOWN);
    let shown: Vec<String> = forms.into_iter().map(|(_, form)| form).collect();
    let sizes = if others { "; the same in other sizes" } else { "" };
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("it can be {}{rest}{sizes}", shown.join(", "))
}

/// Whether to list a row: not one that is only a shorter encoding of another.
fn typical(row: &Row) -> bool {
    let offset = row.operands.iter().any(|&kind| table::kind(kind).role == Role::Offset);
    row.flags & flag::SAME == 0 && !offset
}

/// A common mistake.
struct Hint {
    /// Mnemonics; empty for all.
    names: &'static [&'static str],
    /// The index of the wrong operand.
    at: usize,
    /// The test for the mistake.
    is: fn(&Operand) -> bool,
    /// The explanation.
    says: &'static str,
}

const fn hint(
    names: &'static [&'static str],
    at: usize,
    is: fn(&Operand) -> bool,
    says: &'static str,
) -> Hint {
    Hint { names, at, is, says }
}

const SHIFTS: &[&str] = &["rcl", "rcr", "rol", "ror", "sal", "sar", "shl", "shr"];
const UNARY: &[&str] = &["div", "idiv", "mul"];
const WIDENING: &[&str] = &["movsx", "movsxd", "movzx"];
const DESTINATIONS: &[&str] = &[
    "adc", "add", "and", "btc", "btr", "bts", "cmpxchg", "dec", "inc", "mov", "neg", "not", "or",
    "pop", "rcl", "rcr", "rol", "ror", "sal", "sar", "sbb", "shl", "shr", "sub", "xadd", "xchg",
    "xor",
];

/// The rows, of which the first that matches is reported.
#[rustfmt::skip]
const HINTS: &[Hint] = &[
    hint(SHIFTS, 1, is_not_cl, "the count is `cl` or a number"),
    hint(&["shld", "shrd"], 2, is_not_cl, "the count is `cl` or a number"),
    hint(&["in"], 0, is_register, "`in` reads into `al`, `ax` or `eax`"),
    hint(&["in"], 1, is_register, "the port is a number or in `dx`"),
    hint(&["out"], 0, is_register, "the port is a number or in `dx`"),
    hint(&["out"], 1, is_any, "`out` writes `al`, `ax` or `eax`"),
    hint(&["lea"], 1, is_not_memory, "`lea` needs an address in brackets"),
    hint(&["mov"], 0, is_cs, "`cs` can only be changed by a far jump, call or return"),
    hint(&["mov"], 0, is_indirect, "this register can only be loaded from another register"),
    hint(DESTINATIONS, 0, is_number, "the first operand is the destination, and a number cannot be one"),
    hint(UNARY, 0, is_number, "this operand cannot be a number: load it into a register first"),
    hint(WIDENING, 1, is_number, "a number needs no extension: use `mov`"),
    hint(&["xchg"], 1, is_number, "`xchg` writes both operands, and a number cannot be written"),
    hint(&["mov"], 0, is_vector, "use `movd` or `movq` to load a vector register, `movaps` to copy one"),
    hint(&["mov"], 1, is_vector, "use `movd` or `movq` to read a vector register"),
    hint(&["add", "sub", "and", "or", "xor", "cmp", "test"], 0, is_vector, "vector registers need vector instructions, such as `paddd` and `addps`"),
];

/// The operand that is wrong, and the explanation.
pub(super) fn find(instruction: &Instruction) -> Option<(&Operand, &'static str)> {
    let name = table::name(instruction.mnemonic);
    HINTS.iter().filter(|hint| hint.names.contains(&name)).find_map(|hint| {
        let operand = instruction.operands.get(hint.at)?;
        (hint.is)(operand).then_some((operand, hint.says))
    })
}

fn register(operand: &Operand) -> Option<Register> {
    match operand.kind {
        OperandKind::Register(register) => Some(register),
        _ => None,
    }
}

fn is_any(_: &Operand) -> bool {
    true
}

fn is_register(operand: &Operand) -> bool {
    let fits = [Register::AL, Register::AX, Register::EAX, Register::DX];
    register(operand).is_some_and(|r| !fits.contains(&r))
}

fn is_not_cl(operand: &Operand) -> bool {
    match operand.kind {
        OperandKind::Register(register) => register != Register::CL,
        OperandKind::Memory(_) => true,
        _ => false,
    }
}

fn is_number(operand: &Operand) -> bool {
    matches!(operand.kind, OperandKind::Immediate(_))
}

fn is_not_memory(operand: &Operand) -> bool {
    !matches!(operand.kind, OperandKind::Memory(_))
}

fn is_cs(operand: &Operand) -> bool {
    register(operand) == Some(Register::CS)
}

fn is_indirect(operand: &Operand) -> bool {
    register(operand).is_some_and(|r| r.is_segment_register() || r.is_cr() || r.is_dr())
}

fn is_vector(operand: &Operand) -> bool {
    register(operand).is_some_and(Register::is_vector_register)
}
