//! Diagnostics for an instruction that cannot be encoded, and for the warnings of the encoder.
//!
//! This code runs only after an error, so it may be slow and search all rows again.

mod decorators;
mod forms;

use super::operand;
use crate::asm::encode::address::{low_16, low_32};
use crate::asm::encode::{Context, Encoded, Error, Warning};
use crate::asm::select::{FormCache, encode};
use crate::asm::syntax::ast::{Address, Instruction, Operand, OperandKind};
use crate::asm::syntax::table;
use crate::asm::syntax::table::row::Cpu;
use crate::asm::syntax::table::row::flag;
use crate::asm::syntax::table::{Role, Row};
use crate::asm::syntax::word::{cpu_name, size_word};
use crate::diagnostic::{Diagnostic, Span};
use crate::image::Bits;
use iced_x86::Register;

/// A diagnostic, and what the parser adds to it.
#[derive(Debug)]
pub(crate) struct Explanation {
    /// The diagnostic.
    pub(crate) diagnostic: Diagnostic,
    /// Whether the code is right in another mode. The parser then adds a note at the `bits`
    /// directive in effect.
    pub(crate) is_about_bits: bool,
    /// The size that was probably meant, if the size of a memory operand is missing.
    pub(crate) likely_size: Option<&'static str>,
}

/// Explains `error`.
#[must_use]
pub(crate) fn explain(error: Error, instruction: &Instruction, context: &Context) -> Explanation {
    if let Some(diagnostic) = register_of_another_mode(instruction, context) {
        return Explanation { diagnostic, is_about_bits: true, likely_size: None };
    }
    // An address that cannot be comes before its size.
    let error = match error {
        Error::AmbiguousSize => wrong_with_size(instruction, context).unwrap_or(error),
        _ => error,
    };
    let is_about_bits = matches!(
        error,
        Error::NotInMode
            | Error::AddressSizeInMode { .. }
            | Error::OtherAddressSize { .. }
            | Error::ScaleIn16
            | Error::BadPair16
    );
    let likely_size =
        (error == Error::AmbiguousSize).then(|| likely_size(&sizes(instruction, context), context));
    let diagnostic = match error {
        Error::NotInMode => mode(instruction, context),
        Error::NotOnCpu { first } => cpu(first, instruction),
        Error::OutOfReach { distance } => reach(distance, instruction),
        Error::AmbiguousSize => size(instruction, context),
        Error::HighByteWithRex => high_byte(instruction),
        Error::NoForm => forms::no_form(instruction, context),
        _ => address(error, instruction, context),
    };
    Explanation { diagnostic, is_about_bits, likely_size }
}

/// What is wrong with an instruction once its memory operand has a size.
fn wrong_with_size(instruction: &Instruction, context: &Context) -> Option<Error> {
    let sized = with_size(instruction, *sizes(instruction, context).first()?)?;
    let (mut cache, mut encoded) = (FormCache::default(), Encoded::default());
    encode(&sized, context, &mut cache, &mut encoded).err()
}

/// The instruction with a size before its memory operand.
fn with_size(instruction: &Instruction, size: u16) -> Option<Instruction> {
    let mut sized = instruction.clone();
    let is_memory = |o: &&mut Operand| matches!(o.kind, OperandKind::Memory(_));
    sized.operands.iter_mut().find(is_memory)?.size = u8::try_from(size).ok()?;
    Some(sized)
}

fn cpu(first: Cpu, instruction: &Instruction) -> Diagnostic {
    let name = table::name(instruction.mnemonic);
    let here = cpu_name(instruction.cpu);
    let is_there = rows(instruction).iter().any(|row| row.cpu <= instruction.cpu);
    let what = if is_there { " with these operands" } else { "" };
    let message = format!("`cpu {here}` does not have `{name}`{what}");
    let diagnostic = Diagnostic::error(instruction.mnemonic_span, message);
    match first {
        Cpu::Later => {
            diagnostic.help("leave out the `cpu` line: `cpu` has no name for so new a CPU")
        }
        _ => diagnostic.help(format!("`cpu {}` has it", cpu_name(first))),
    }
}

/// The rows of an instruction's mnemonic.
fn rows(instruction: &Instruction) -> &'static [Row] {
    table::entry(instruction.mnemonic).map_or(&[], table::rows)
}

/// The span of the first memory operand, or of the mnemonic.
pub(crate) fn memory_span(instruction: &Instruction) -> Span {
    let memory = instruction.operands.iter().find(|o| matches!(o.kind, OperandKind::Memory(_)));
    memory.map_or(instruction.mnemonic_span, |o| o.span)
}

/// A register that exists only in 64-bit code.
fn register_of_another_mode(instruction: &Instruction, context: &Context) -> Option<Diagnostic> {
    if context.bits == Bits::Bits64 {
        return None;
    }
    instruction.operands.iter().find_map(|o| {
        let registers = match o.kind {
            OperandKind::Register(r) => [r, Register::None],
            OperandKind::Memory(a) => [a.base, a.index],
            _ => return None,
        };
        let register = registers.into_iter().find(|&r| operand::only_in_64(r))?;
        let name = table::register_name(register);
        let help = "write `bits 64` before it for 64-bit code";
        let diagnostic = Diagnostic::error(o.span, format!("`{name}` exists only in 64-bit code"))
            .label(format!("this is {}-bit code", context.bits));
        let smaller = smaller(register, context.bits)
            .filter(|other| assembles_with(instruction, context, register, *other));
        Some(match smaller.map(table::register_name) {
            Some(other) => diagnostic.help(format!("{help}, or use `{other}`")),
            None => diagnostic.help(help),
        })
    })
}

/// The register of `bits` that is the low part of a 64-bit one.
fn smaller(register: Register, bits: Bits) -> Option<Register> {
    if !register.is_gpr64() || register.number() > 7 {
        return None;
    }
    Some(if bits == Bits::Bits16 {
        Register::AX + u32::try_from(register.number()).ok()?
    } else {
        register.full_register32()
    })
}

/// Whether the instruction assembles with `other` wherever it has `register`.
fn assembles_with(
    instruction: &Instruction,
    context: &Context,
    register: Register,
    other: Register,
) -> bool {
    let mut changed = instruction.clone();
    let change = |found: &mut Register| {
        if *found == register {
            *found = other;
        }
    };
    for operand in &mut changed.operands {
        match &mut operand.kind {
            OperandKind::Register(found) => change(found),
            OperandKind::Memory(address) => {
                change(&mut address.base);
                change(&mut address.index);
            }
            _ => {}
        }
    }
    forms::assembles(&changed, context)
}

/// An instruction, or a form of it, that does not exist in this mode.
fn mode(instruction: &Instruction, context: &Context) -> Diagnostic {
    let name = table::name(instruction.mnemonic);
    let all = rows(instruction).iter().fold(0, |modes, row| modes | row.flags);
    let has: Vec<&str> =
        [(flag::MODE16, "16-bit"), (flag::MODE32, "32-bit"), (flag::MODE64, "64-bit")]
            .into_iter()
            .filter_map(|(flag, name)| (all & flag != 0).then_some(name))
            .collect();
    let here = format!("{}-bit", context.bits);
    let message = if has.contains(&here.as_str()) {
        format!("`{name}` does not take these operands in {here} code")
    } else {
        format!("`{name}` does not exist in {here} code, only in {} code", has.join(" and "))
    };
    let diagnostic =
        Diagnostic::error(instruction.mnemonic_span, message).label(format!("this is {here} code"));
    match (name, context.bits) {
        (_, Bits::Bits64)
            if let Some((narrow, wide)) = wider(instruction)
                && assembles_with(instruction, context, narrow, wide) =>
        {
            let wide = table::register_name(wide);
            diagnostic.help(format!("write `{name} {wide}`: stack and jumps are 64 bits wide here"))
        }
        ("push" | "pop", Bits::Bits64) => {
            diagnostic.help("of the segment registers only fs and gs can be pushed and popped here")
        }
        ("jcxz", Bits::Bits64) => diagnostic.help("`jecxz` tests ecx, `jrcxz` rcx"),
        ("call" | "jmp", Bits::Bits64) => diagnostic
            .help("jump through a register or memory: `far [...]` reads selector and offset"),
        ("pusha" | "popa" | "pushad" | "popad", Bits::Bits64) => {
            diagnostic.help("push and pop the registers that are needed, one by one")
        }
        ("jrcxz" | "syscall" | "sysret", _) => diagnostic.help("64-bit code begins with `bits 64`"),
        _ => diagnostic,
    }
}

/// The only operand, if it is a register, and the 64-bit register that contains it.
fn wider(instruction: &Instruction) -> Option<(Register, Register)> {
    let [only] = instruction.operands.as_slice() else { return None };
    match only.kind {
        OperandKind::Register(r) if r.is_gpr32() || r.is_gpr16() => Some((r, r.full_register())),
        _ => None,
    }
}

/// A short branch whose target is too far away.
fn reach(distance: i64, instruction: &Instruction) -> Diagnostic {
    let name = table::name(instruction.mnemonic);
    let over = if distance > 127 { distance - 127 } else { -128 - distance };
    let target = instruction.operands.first().and_then(|o| match o.kind {
        OperandKind::Immediate(value) => Some(value.number),
        _ => None,
    });
    let span = instruction.operands.first().map_or(instruction.mnemonic_span, |o| o.span);
    let (location, way) = if distance > 0 { ("after", "ahead") } else { ("before", "back") };
    let message = format!(
        "the target of this short jump is out of range: {} bytes {location} its end, {over} too many",
        distance.unsigned_abs()
    );
    let label = match target {
        Some(to) => format!("from {:#x} to {to:#x}", to.wrapping_sub(distance)),
        None => String::new(),
    };
    let near = rows(instruction)
        .iter()
        .flat_map(|row| row.operands)
        .any(|kind| matches!(table::kind(kind).role, Role::Rel16 | Role::Rel32));
    let help = if near {
        format!(
            "a short jump reaches 127 bytes ahead and 128 back: leave out `short`, or write `{name} near`"
        )
    } else {
        format!(
            "`{name}` has only the short form, which reaches 128 bytes {way}: let it jump to a `jmp` nearby"
        )
    };
    Diagnostic::error(span, message).label(label).help(help)
}

/// The sizes in bytes that a memory operand of unknown size could have.
fn sizes(instruction: &Instruction, context: &Context) -> Vec<u16> {
    let count = instruction.operands.len();
    let mut sizes: Vec<u16> = rows(instruction)
        .iter()
        .filter(|row| row.flags & flag::AMBIGUOUS != 0 && row.count() == count)
        .filter(|row| row.flags & table::mode(context.bits) != 0)
        .flat_map(|row| row.operands)
        .map(table::kind)
        .filter(|kind| kind.accepts & table::row::class::M_UNSIZED != 0)
        .map(|kind| kind.size)
        .collect();
    sizes.sort_unstable();
    sizes.dedup();
    // `movsx ecx, dword [x]` has a row, but another name.
    let works = |size: &u16| {
        with_size(instruction, *size).is_some_and(|sized| forms::assembles(&sized, context))
    };
    if sizes.iter().any(works) {
        sizes.retain(works);
    }
    sizes
}

/// The size that was probably meant: the size of the mode if that is possible.
fn likely_size(sizes: &[u16], context: &Context) -> &'static str {
    let usual = if context.bits == Bits::Bits16 { "word" } else { "dword" };
    let words = [usual, "word", "dword", "qword", "tword", "byte"];
    let is_possible = |word: &&str| sizes.iter().any(|&size| size_word(size) == Some(word));
    words.into_iter().find(is_possible).unwrap_or(usual)
}

/// Memory of unknown size.
fn size(instruction: &Instruction, context: &Context) -> Diagnostic {
    let sizes = sizes(instruction, context);
    let words: Vec<String> =
        sizes.iter().filter_map(|&s| size_word(s)).map(|w| format!("`{w}`")).collect();
    Diagnostic::error(memory_span(instruction), "the size of this memory operand is not known")
        .label("how many bytes?")
        .help(format!("write {} before the bracket", choice(&words)))
}

/// `a`, `b` or `c`.
fn choice(words: &[String]) -> String {
    match words {
        [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
        _ => words.concat(),
    }
}

/// `ah`, `bh`, `ch` or `dh` in an instruction that needs REX.
fn high_byte(instruction: &Instruction) -> Diagnostic {
    let high =
        |r: Register| (Register::AH as usize..=Register::BH as usize).contains(&(r as usize));
    let operand = instruction.operands.iter().find_map(|o| match o.kind {
        OperandKind::Register(r) if high(r) => Some((r, o.span)),
        _ => None,
    });
    let (register, span) = operand.unwrap_or((Register::AH, instruction.mnemonic_span));
    let name = table::register_name(register);
    Diagnostic::error(span, format!("`{name}` cannot be used here"))
        .label("needs an encoding without REX prefix")
        .help(
            "the other operand needs REX (64-bit registers, r8 to r15, spl, bpl, sil, dil), under \
             which there is no ah, bh, ch, dh: use the low byte of another register",
        )
}

/// An invalid address.
fn address(error: Error, instruction: &Instruction, context: &Context) -> Diagnostic {
    let (message, help) = match error {
        Error::AddressSizesDiffer => (
            "base and index of an address must have the same size".to_owned(),
            "write both as 32-bit or both as 64-bit registers",
        ),
        Error::AddressSizeInMode { size } => (
            format!("{}-bit code has no {}-bit addresses", context.bits, u16::from(size) * 8),
            "use a register of the address size of this mode",
        ),
        Error::OtherAddressSize { size } => (
            format!("its registers make this a {}-bit address", u16::from(size) * 8),
            "a prefix or a word in the brackets asks for another size: leave it out",
        ),
        Error::AddressRegister { size } => (
            format!("the first operand is also an address, and has {} bits", u16::from(size) * 8),
            "write registers of that size in the brackets",
        ),
        Error::BadBase => (
            "this register cannot be the base of an address".to_owned(),
            "a base is a 16-, 32- or 64-bit general register",
        ),
        Error::BadIndex => (
            "this register cannot be the index of an address".to_owned(),
            "an index is a 32- or 64-bit general register, or a vector register for gathers",
        ),
        Error::StackIndex => (
            "the stack pointer cannot be multiplied in an address".to_owned(),
            "esp and rsp can be the base only: multiply another register",
        ),
        Error::BadScale { scale } => (
            format!("an index cannot be multiplied by {scale}"),
            "the scale is 1, 2, 4 or 8 (3, 5 and 9 without another base)",
        ),
        Error::ScaleIn16 => (
            "16-bit addresses have no scale".to_owned(),
            "shift the register first, or use a 32-bit address such as `[eax*2]`",
        ),
        _ => (
            "no 16-bit address has these registers".to_owned(),
            "16-bit addresses are bx or bp, si or di, or one of each: `[bx+si]`",
        ),
    };
    Diagnostic::error(memory_span(instruction), message).help(help)
}

/// The diagnostic for a warning.
#[must_use]
pub(crate) fn warn(warning: Warning, instruction: &Instruction) -> Diagnostic {
    let mnemonic = instruction.mnemonic_span;
    match warning {
        Warning::Overflow { operand, bits, signed } => {
            let operand = instruction.operands.get(usize::from(operand));
            let span = operand.map_or(mnemonic, |o| o.span);
            let number = match operand.map(|o| o.kind) {
                Some(OperandKind::Immediate(value)) => value.number,
                _ => 0,
            };
            let diagnostic = overflow(span, number, bits, signed);
            match table::name(instruction.mnemonic) {
                "in" | "out" if (0x100..0x1_0000).contains(&number) => {
                    let help =
                        format!("ports above 0xff go through dx: `mov dx, {number:#x}` first");
                    diagnostic.help(help)
                }
                _ => diagnostic,
            }
        }
        Warning::Displacement { operand, size } => {
            let operand = instruction.operands.get(usize::from(operand));
            let span = operand.map_or(mnemonic, |o| o.span);
            match operand.map(|o| o.kind) {
                Some(OperandKind::Memory(address)) => displacement(span, &address, size),
                _ => Diagnostic::warning("number-overflow", span, "the address does not fit"),
            }
        }
        Warning::NotLockable => {
            Diagnostic::warning("prefix-lock", mnemonic, "`lock` is not allowed here").help(
                "the CPU takes it only where the destination is memory that is read and written",
            )
        }
        Warning::OtherSize { size } => {
            let (asked, size) = (instruction.prefixes.operand_size * 8, size * 8);
            let message =
                format!("`o{asked}` before an instruction whose operands have {size} bits");
            Diagnostic::warning("prefix-opsize", mnemonic, message)
                .help("the prefix is kept, but the processor will decode another instruction")
        }
        Warning::BndLeftOut => {
            Diagnostic::warning("prefix-bnd", mnemonic, "`bnd` has no effect before a short jump")
        }
    }
}

/// The warning that an address ends up elsewhere.
fn displacement(span: Span, address: &Address, size: u8) -> Diagnostic {
    let number = address.displacement.number;
    let has_registers = address.base != Register::None || address.index != Register::None;
    let (bits, kept) = match size {
        2 => (16, i64::from(low_16(number).cast_unsigned())),
        4 => (32, i64::from(low_32(number).cast_unsigned())),
        _ => (32, i64::from(low_32(number))),
    };
    let message = format!("{} does not fit in the {bits} bits of this address", signed(number));
    let becomes = match has_registers {
        true => format!("{} is added instead", signed(kept)),
        false => format!("the address becomes {kept:#x}"),
    };
    let diagnostic = Diagnostic::warning("number-overflow", span, message).label(becomes);
    match size {
        2 if !has_registers && (0x1_0000..0x10_FFF0).contains(&number) => {
            let (segment, offset) = ((number >> 4).min(0xFFFF), number);
            let offset = offset - (segment << 4);
            let help = format!(
                "load {segment:#x} into a segment register and write `[es:{offset:#x}]`: \
                 real mode reaches 64 KiB from a segment"
            );
            diagnostic.help(help)
        }
        8 if !has_registers => diagnostic.help(format!(
            "put the address into a register, or write `[abs qword {number:#x}]` with rax, eax, ax \
             or al"
        )),
        8 => diagnostic.help("put the address into a register"),
        _ => diagnostic.help("only the low bits are kept"),
    }
}

/// A number in hexadecimal, with a sign where it has one.
fn signed(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{:#x}", number.unsigned_abs())
}

/// The warning that a number does not fit a field.
fn overflow(span: Span, number: i64, bits: u8, signed: bool) -> Diagnostic {
    let low = -(1i64 << (bits.clamp(1, 63) - 1));
    let high = if signed { -low - 1 } else { -2 * low - 1 };
    let message = format!("{number} does not fit in {bits} bits");
    Diagnostic::warning("number-overflow", span, message)
        .label(format!("the range is {low} to {high}"))
        .help("only the low bits are kept")
}

#[cfg(test)]
mod suggestions;
#[cfg(test)]
mod tests;
