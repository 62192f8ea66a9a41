//! Bare expressions: what `rax`, `[rsp+8]`, `msg` or `1<<20 | 3` stand for, and assignments.
//!
//! The assembler works expressions out; what it cannot know, registers and memory, is put in as
//! numbers before.

use super::entry;
use super::program::{Messages, Origin};
use super::registers::{self, Value};
use super::session::Session;
use crate::asm::syntax::directive::DIRECTIVES;
use crate::asm::syntax::word;
use crate::image::Bits;
use crate::machine::state::registers::{Segment, System};

/// Words for sizes, in bytes.
const SIZES: [(&str, usize); 5] =
    [("byte", 1), ("word", 2), ("dword", 4), ("qword", 8), ("oword", 16)];

/// What came of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Evaluated {
    /// A number; the width is known if it is a register or memory.
    Number(Value),
    /// A label.
    Label(String, u64),
    /// A vector register: name, value as bytes.
    Vector(String, Vec<u8>),
    /// An x87 register: name, its 80 bits, whether it is in use.
    X87(String, [u8; 10], bool),
    /// Memory: linear address and bytes.
    Memory(u64, Vec<u8>),
}

/// Why there is no value.
#[derive(Debug)]
pub(super) enum EvaluationError {
    /// The assembler says so.
    Source(Messages),
    /// In words.
    Text(String),
}

/// What an entry of one line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EntryKind<'a> {
    /// Statements.
    Statements,
    /// An expression.
    Expression(&'a str),
    /// Something that is assigned to, and the expression that is assigned.
    Assignment(&'a str, &'a str),
}

/// Tells expressions and assignments from statements.
pub(super) fn classify<'a>(session: &Session, text: &'a str) -> EntryKind<'a> {
    let line = entry::without_comment(text).trim();
    if line.contains('\n') || line.is_empty() || line.starts_with('%') {
        return EntryKind::Statements;
    }
    let word = first_word(line);
    let rest = line.get(word.len()..).unwrap_or("").trim_start();
    if let Some((target, value)) = assignment(line)
        && (is_register(session, target) || is_memory(target))
    {
        return EntryKind::Assignment(target, value);
    }
    let is_value = if word.is_empty() {
        // An open bracket is told of as one; a closed one may hold a directive.
        !line.starts_with('[') || is_memory(line) || !line.contains(']')
    } else {
        let second = first_word(rest);
        let lower = word.to_ascii_lowercase();
        let numeric =
            word.as_bytes().first().is_some_and(u8::is_ascii_digit) || word == "$" || word == "$$";
        let symbol = session
            .symbols()
            .iter()
            .any(|s| s.name == word || s.name.ends_with(word) && word.starts_with('.'));
        (numeric || symbol || is_register(session, word) || is_size(&lower))
            && !rest.starts_with(':')
            && !is_statement(second)
    };
    if is_value && !is_statement(word) {
        EntryKind::Expression(line)
    } else {
        EntryKind::Statements
    }
}

fn first_word(text: &str) -> &str {
    let end = text.bytes().position(|b| !entry::is_name_byte(b)).unwrap_or(text.len());
    text.get(..end).unwrap_or("")
}

fn is_size(word: &str) -> bool {
    SIZES.iter().any(|(name, _)| *name == word)
}

/// Whether a word begins a statement.
fn is_statement(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    const PREFIXES: [&str; 6] = ["rep", "repe", "repz", "repne", "repnz", "lock"];
    word::mnemonic(&lower).is_some()
        || PREFIXES.contains(&lower.as_str())
        || DIRECTIVES.iter().any(|d| d.name == lower)
}

/// The register of this name that is a number. A symbol goes before the names that only we have.
fn register(session: &Session, word: &str) -> Option<Value> {
    let is_symbol = || session.symbols().iter().any(|s| s.name == word);
    if word::register(word).is_none() && is_symbol() {
        return None;
    }
    registers::find(&session.state().snapshot, word)
}

fn is_register(session: &Session, word: &str) -> bool {
    register(session, word).is_some()
        || registers::vector(word).is_some()
        || registers::x87(word).is_some()
}

/// `[address]`, with a size before it or not, and nothing behind it.
fn is_memory(text: &str) -> bool {
    memory_parts(text).is_some_and(|(_, inner)| !is_statement(first_word(inner.trim_start())))
}

/// Size and inside of `size [inside]`.
fn memory_parts(text: &str) -> Option<(Option<usize>, &str)> {
    let text = text.trim();
    let word = first_word(text);
    let size = SIZES.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, n)| *n);
    let rest = if size.is_some() { text.get(word.len()..)?.trim_start() } else { text };
    let inner = rest.strip_prefix('[')?.strip_suffix(']')?;
    (!inner.contains(['[', ']'])).then_some((size, inner))
}

/// Both sides of a lone `=` outside of quotes and brackets.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let bytes = line.as_bytes();
    let mut quote = None;
    for (at, &byte) in bytes.iter().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'' | b'`') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None, b'=') => {
                let before = at.checked_sub(1).and_then(|i| bytes.get(i));
                let doubled = bytes.get(at + 1) == Some(&b'=');
                if doubled || before.is_some_and(|b| b"<>!=".contains(b)) {
                    return None;
                }
                return Some((line.get(..at)?.trim(), line.get(at + 1..)?.trim()));
            }
            _ => {}
        }
    }
    None
}

/// The value of an expression.
pub(super) fn evaluate(
    session: &Session,
    text: &str,
    origin: &Origin,
) -> Result<Evaluated, EvaluationError> {
    let text = text.trim();
    let snapshot = &session.state().snapshot;
    if let Some(value) = register(session, text) {
        return Ok(Evaluated::Number(value));
    }
    if let Some((number, length)) = registers::vector(text) {
        let bytes = snapshot.extended.zmm(number).into_iter().take(length).collect();
        return Ok(Evaluated::Vector(text.to_ascii_lowercase(), bytes));
    }
    if let Some(number) = registers::x87(text) {
        let extended = &snapshot.extended;
        let name = format!("st{number}");
        return Ok(Evaluated::X87(name, extended.st(number), extended.st_in_use(number)));
    }
    if let Some((size, inner)) = memory_parts(text) {
        let address = linear(session, inner, origin)?;
        let size = size.unwrap_or_else(|| default_size(session.system()));
        return Ok(Evaluated::Memory(address, read(session, address, size)?));
    }
    let symbol = session.symbols().iter().find(|s| s.name == text);
    if let Some(symbol) = symbol.filter(|s| s.is_label) {
        return Ok(Evaluated::Label(symbol.name.clone(), symbol.value));
    }
    let number = number(session, text, origin)?;
    Ok(Evaluated::Number(Value { number, bits: 0 }))
}

/// The number that an expression stands for.
pub(super) fn number(
    session: &Session,
    text: &str,
    origin: &Origin,
) -> Result<u64, EvaluationError> {
    let plain = substitute(session, text, origin)?;
    session.value(&plain, origin).map_err(EvaluationError::Source)
}

/// The value of a line that begins with the name of a single-line macro for a number.
pub(super) fn of_macro(session: &Session, text: &str, origin: &Origin) -> Option<Evaluated> {
    let line = entry::without_comment(text).trim();
    let word = first_word(line);
    let first = word.as_bytes().first()?;
    let may_be = !text.contains('\n') && !line.contains(':') && !first.is_ascii_digit();
    if !may_be || is_statement(word) || is_register(session, word) {
        return None;
    }
    let number = number(session, line, origin).ok()?;
    Some(Evaluated::Number(Value { number, bits: 0 }))
}

fn default_size(system: &System) -> usize {
    usize::from(system.bits().bytes())
}

fn read(session: &Session, address: u64, length: usize) -> Result<Vec<u8>, EvaluationError> {
    session.memory(address, length).ok_or_else(|| {
        EvaluationError::Text(format!(
            "there is no memory at {address:#x}: it ends at {:#x}",
            session.ram()
        ))
    })
}

/// The linear address that an operand in brackets leads to.
pub(super) fn linear(
    session: &Session,
    inner: &str,
    origin: &Origin,
) -> Result<u64, EvaluationError> {
    let system = session.system();
    let inner = inner.trim();
    let (segment, offset) = match inner.split_once(':') {
        Some((name, rest)) => {
            let known = segment(system, name.trim());
            let known =
                known.ok_or_else(|| EvaluationError::Text(format!("`{name}` is no segment")))?;
            (known, rest)
        }
        None => (default_segment(system, inner), inner),
    };
    let offset = number(session, offset, origin)?;
    Ok(match system.bits() {
        Bits::Bits64 => offset,
        bits => segment.base.wrapping_add(registers::cut(offset, bits.number())) & 0xFFFF_FFFF,
    })
}

fn segment<'a>(system: &'a System, name: &str) -> Option<&'a Segment> {
    Some(match name.to_ascii_lowercase().as_str() {
        "cs" => &system.cs,
        "ds" => &system.ds,
        "es" => &system.es,
        "ss" => &system.ss,
        "fs" => &system.fs,
        "gs" => &system.gs,
        _ => return None,
    })
}

/// The stack's segment if the address has a register of the stack.
fn default_segment<'a>(system: &'a System, inner: &str) -> &'a Segment {
    let lower = inner.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let on_stack = words.any(|w| ["sp", "bp", "esp", "ebp"].contains(&w));
    if on_stack { &system.ss } else { &system.ds }
}

/// The text with numbers in the place of registers and memory.
fn substitute(session: &Session, text: &str, origin: &Origin) -> Result<String, EvaluationError> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(byte) = rest.bytes().next() {
        let length = match byte {
            b'"' | b'\'' | b'`' => {
                let end = rest.bytes().skip(1).position(|b| b == byte);
                let length = end.map_or(rest.len(), |end| end + 2);
                out.push_str(rest.get(..length).unwrap_or(""));
                length
            }
            b'[' => {
                let end = rest.find(']').ok_or_else(|| {
                    EvaluationError::Text("this bracket is never closed: `]` is missing".to_owned())
                })?;
                let size = take_size(&mut out);
                let address = linear(session, rest.get(1..end).unwrap_or(""), origin)?;
                let size = size.unwrap_or_else(|| default_size(session.system())).min(8);
                let mut number = [0; 8];
                let bytes = read(session, address, size)?;
                number.iter_mut().zip(&bytes).for_each(|(to, from)| *to = *from);
                out.push_str(&format!("{:#x}", u64::from_le_bytes(number)));
                end + 1
            }
            _ if entry::is_name_byte(byte) => {
                let word = first_word(rest);
                let is_name = !byte.is_ascii_digit() && byte != b'$';
                match register(session, word).filter(|_| is_name) {
                    Some(value) => out.push_str(&format!("{:#x}", value.number)),
                    None => out.push_str(word),
                }
                word.len()
            }
            _ => {
                out.push(char::from(byte));
                1
            }
        };
        rest = rest.get(length..).unwrap_or("");
    }
    Ok(out)
}

/// Takes the word for a size from the end of the text, if one is there.
fn take_size(out: &mut String) -> Option<usize> {
    let trimmed = out.trim_end();
    let (name, size) = SIZES.iter().find(|(name, _)| {
        trimmed.len() >= name.len()
            && trimmed
                .get(trimmed.len() - name.len()..)
                .is_some_and(|t| t.eq_ignore_ascii_case(name))
    })?;
    let length = trimmed.len() - name.len();
    out.truncate(length);
    Some(*size)
}

/// The statements that assign.
pub(super) fn assign(
    session: &Session,
    target: &str,
    value: &str,
    origin: &Origin,
) -> Result<String, EvaluationError> {
    let plain = substitute(session, value, origin)?;
    let number = session.value(&plain, origin).map_err(EvaluationError::Source)?;
    let value = if plain == value { plain } else { format!("{number:#x}") };
    if let Some((size, inner)) = memory_parts(target) {
        return Ok(store(session, size, inner, &value, number));
    }
    let target = target.to_ascii_lowercase();
    let flag = |set: &str, clear: &str| if number == 0 { clear.to_owned() } else { set.to_owned() };
    match target.as_str() {
        "cf" => return Ok(flag("stc", "clc")),
        "df" => return Ok(flag("std", "cld")),
        _ => {}
    }
    if registers::GENERAL.iter().any(|(_, parts)| parts.contains(&target.as_str()))
        || ["ah", "bh", "ch", "dh"].contains(&target.as_str())
    {
        return Ok(format!("mov {target}, {value}"));
    }
    Err(EvaluationError::Text(format!(
        "`{target}` cannot be assigned: general registers, cf, df and memory can; `:help mov` and \
         `:help movdqu` show the instructions that load others"
    )))
}

/// Statements that store a number in memory; 64 bits in two halves where no immediate is so wide.
fn store(session: &Session, size: Option<usize>, inner: &str, value: &str, number: u64) -> String {
    let quoted = value.starts_with(['"', '\'', '`']);
    let natural =
        if quoted { value.len().saturating_sub(2).next_power_of_two().clamp(1, 8) } else { 0 };
    let size = size.unwrap_or(if natural > 0 { natural } else { default_size(session.system()) });
    let word = SIZES.iter().find(|(_, n)| *n == size).map_or("byte", |(name, _)| name);
    let fits = i32::try_from(number.cast_signed()).is_ok();
    if size <= 4 || (size == 8 && fits && session.system().bits() == Bits::Bits64) {
        return format!("mov {word} [{inner}], {value}");
    }
    format!(
        "mov dword [{inner}], {:#x}\nmov dword [{inner}+4], {:#x}",
        number & 0xFFFF_FFFF,
        number >> 32
    )
}

/// The bytes of a string in quotes.
pub(super) fn text(quoted: &str) -> Option<Vec<u8>> {
    let quote = quoted.chars().next()?;
    let is_closed = quoted.len() >= 2 && quoted.ends_with(quote);
    is_closed.then(|| crate::asm::syntax::lexer::string::decode(quoted).into_owned())
}
