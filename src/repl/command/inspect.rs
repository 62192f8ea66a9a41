//! The commands that only look: registers, flags, memory, stack, code, labels.
//!
//! They change nothing.

use crate::image::Bits;
use crate::repl::disassembly;
use crate::repl::expression::{self, Evaluated};
use crate::repl::registers::{self, FLAGS};
use crate::repl::shell::{Next, Shell};
use crate::repl::style::{Style, characters};
use crate::repl::view;
use std::io;

/// Most bytes that one command shows.
const MOST: u64 = 64 << 10;
/// Most instructions and rows of data that one command shows.
const MOST_LINES: usize = 256;
/// Bytes of one statement's data that are shown.
const MOST_DATA: u64 = 32;
/// Bytes in a row, and the columns that such a row takes: the first that fits.
const ROWS: [(usize, usize); 3] = [(16, 76), (8, 44), (4, 28)];

/// What the registers of one kind are.
type Kind = fn(&Shell) -> Vec<String>;

/// The kinds of registers, by what `:regs` calls them; nothing for those that it shows alone.
const KINDS: [(&str, Kind); 5] =
    [("", general), ("seg", segments), ("ctl", control), ("fpu", floating), ("xmm", vectors)];

/// `:regs [all|fpu|xmm|seg|ctl]`
pub(super) fn regs(shell: &mut Shell, which: &str) -> io::Result<Next> {
    let kinds = KINDS.iter().filter(|(name, _)| which == "all" || *name == which);
    let lines: Vec<String> = kinds.flat_map(|(_, kind)| kind(shell)).collect();
    if lines.is_empty() {
        return shell.fail(&format!("`{which}` is none of all, fpu, xmm, seg, ctl"));
    }
    shell.say(&lines)
}

fn general(shell: &Shell) -> Vec<String> {
    let (painter, snapshot) = (shell.painter, &shell.session.state().snapshot);
    let mode = shell.session.mode();
    let cells: Vec<String> = registers::general(mode, &snapshot.system, &snapshot.registers)
        .map(|(name, value)| {
            let digits = usize::try_from(value.bits / 4).unwrap_or(16);
            let name = painter.paint(Style::Name, &format!("{name:>4}"));
            format!("{name} {:#0w$x}", value.number, w = digits + 2)
        })
        .collect();
    let width = if snapshot.system.bits() == Bits::Bits64 { 25 } else { 17 };
    let across = (((shell.columns)() + 2) / width).clamp(1, 4);
    let mut lines: Vec<String> = cells.chunks(across).map(|row| row.join("  ")).collect();
    lines.push(flag_line(shell));
    lines
}

fn segments(shell: &Shell) -> Vec<String> {
    let line = |(name, s): (&str, &crate::machine::state::registers::Segment)| {
        format!(
            "{} {:#06x}  base {:#010x}  limit {:#010x}  ring {}",
            shell.painter.paint(Style::Name, &format!("{name:>4}")),
            s.selector,
            s.base,
            s.limit,
            s.dpl
        )
    };
    view::segments(&shell.session.state().snapshot.system).map(line).into()
}

fn control(shell: &Shell) -> Vec<String> {
    let snapshot = &shell.session.state().snapshot;
    let rows = registers::SYSTEM.iter().filter(|(name, width, _)| *width > 16 && *name != "mxcsr");
    let line = |(name, _, value): &registers::Row| {
        let name = shell.painter.paint(Style::Name, &format!("{name:>4}"));
        format!("{name} {:#x}", value(snapshot))
    };
    rows.map(line).collect()
}

fn floating(shell: &Shell) -> Vec<String> {
    let extended = &shell.session.state().snapshot.extended;
    let line = |i| {
        let is_used = extended.st_in_use(i);
        let value = if is_used { view::float80(&extended.st(i)) } else { "empty".to_owned() };
        format!("{} {value}", shell.painter.paint(Style::Name, &format!(" st{i}")))
    };
    let last = format!(" fcw {:#06x}  fsw {:#06x}", extended.control(), extended.status());
    (0..8).map(line).chain([last]).collect()
}

/// The widest that are in use; what is rarely used only then.
fn vectors(shell: &Shell) -> Vec<String> {
    let snapshot = &shell.session.state().snapshot;
    let extended = &snapshot.extended;
    let count = if snapshot.system.bits() == Bits::Bits64 { 16 } else { 8 };
    let mut lines = Vec::new();
    let mut show = |name: &str, text: String| {
        let name = shell.painter.paint(Style::Name, &format!("{name:<5}"));
        lines.push(format!("{name} {text}"));
    };
    for i in 0..registers::VECTOR_COUNT {
        let bytes = extended.zmm(i);
        let (name, length) = registers::narrowest(i, &bytes, &[0; 64]);
        if i < count || bytes != [0; 64] {
            show(&name, view::wide(bytes.get(..length).unwrap_or(&bytes)));
        }
    }
    for (i, name) in registers::MASKS.iter().enumerate().filter(|(i, _)| extended.mask(*i) != 0) {
        show(name, format!("{:#x}", extended.mask(i)));
    }
    show("mxcsr", format!("{:#x}", extended.mxcsr()));
    lines
}

/// The flags that are set, by letters.
fn flag_line(shell: &Shell) -> String {
    let flags = shell.session.state().snapshot.registers.flags;
    let set: Vec<&str> =
        FLAGS.iter().filter(|(bit, ..)| flags >> bit & 1 != 0).map(|(_, name, _)| *name).collect();
    let set = if set.is_empty() { "none set".to_owned() } else { set.join(" ") };
    let prompt = shell.session.prompt();
    format!(
        "{} {set}   next entry at {:#x}, ring {}",
        shell.painter.paint(Style::Name, "flags"),
        prompt.address,
        prompt.ring
    )
}

/// `:flags`
pub(super) fn flags(shell: &mut Shell, _: &str) -> io::Result<Next> {
    let flags = shell.session.state().snapshot.registers.flags;
    let line = |(bit, letters, name): &(u32, &str, &str)| {
        format!("{} {}  {name}", shell.painter.paint(Style::Name, letters), flags >> bit & 1)
    };
    let lines: Vec<String> = FLAGS.iter().map(line).collect();
    shell.say(&lines)
}

/// The linear address that a word of a command means: an expression, with brackets or without.
fn address(shell: &Shell, text: &str) -> Result<u64, expression::EvaluationError> {
    let text = text.trim();
    let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    expression::linear(&shell.session, inner, &shell.origin)
}

/// `:mem ADDR [LEN] [as bytes|words|dwords|qwords|text|code]`
pub(super) fn mem(shell: &mut Shell, line: &str) -> io::Result<Next> {
    let (place, form) = line.rsplit_once(" as ").unwrap_or((line, "bytes"));
    let (place, length) = match place.trim().rsplit_once(char::is_whitespace) {
        Some((place, length)) if !place.trim_end().ends_with(['+', '-', '*']) => (place, length),
        _ => (place, "64"),
    };
    if place.trim().is_empty() {
        return shell.fail("`:mem` needs an address: `:mem msg`, `:mem rsp 32 as qwords`");
    }
    let address = match address(shell, place) {
        Ok(address) => address,
        Err(error) => return shell.evaluation_error(&error),
    };
    let length = match expression::number(&shell.session, length, &shell.origin) {
        Ok(length) if length > 0 && length <= MOST => length,
        Ok(_) => return shell.fail(&format!("the length is from 1 to {MOST} bytes")),
        Err(error) => return shell.evaluation_error(&error),
    };
    let length = usize::try_from(length).unwrap_or(0);
    let Some(bytes) = shell.session.memory(address, length) else {
        return shell.fail(&format!(
            "there are not {length} bytes at {address:#x}: memory ends at {:#x}",
            shell.session.ram()
        ));
    };
    let width = match form.trim() {
        "bytes" => 1,
        "words" => 2,
        "dwords" => 4,
        "qwords" => 8,
        "text" => return shell.say(&[format!("\"{}\"", crate::repl::style::escape(&bytes))]),
        "code" => {
            let end = address.saturating_add(length as u64);
            let lines = code(shell, address, |at, _| at < end);
            return shell.say(&lines);
        }
        other => {
            let forms = "bytes, words, dwords, qwords, text, code";
            return shell.fail(&format!("`{other}` is none of {forms}"));
        }
    };
    shell.say(&dump(shell, address, &bytes, width))
}

/// Rows of bytes or of numbers, with their characters.
fn dump(shell: &Shell, address: u64, bytes: &[u8], width: usize) -> Vec<String> {
    let cell = |chunk: &[u8]| chunk.iter().rev().map(|b| format!("{b:02x}")).collect::<String>();
    let fits = |(_, columns): &&(usize, usize)| *columns <= (shell.columns)();
    let length = ROWS.iter().find(fits).map_or(8, |(length, _)| *length).max(width);
    let columns = length / width * (2 * width + 1) - 1;
    let row = |(i, row): (usize, &[u8])| {
        let place = format!("{:#x}", address.wrapping_add((i * length) as u64));
        let cells: Vec<String> = row.chunks(width).map(cell).collect();
        let place = shell.painter.paint(Style::Name, &place);
        format!("{place}  {:<columns$}  {}", cells.join(" "), characters(row))
    };
    bytes.chunks(length).enumerate().map(row).collect()
}

/// `:stack`
pub(super) fn stack(shell: &mut Shell, _: &str) -> io::Result<Next> {
    let snapshot = &shell.session.state().snapshot;
    let system = &snapshot.system;
    let width = usize::from(system.bits().bytes());
    let pointer = snapshot.registers.general[crate::machine::state::registers::RSP];
    let pointer = registers::cut(
        pointer,
        if system.ss.big || width == 8 { system.bits().number() } else { 16 },
    );
    let base = if width == 8 { 0 } else { system.ss.base };
    let top = base.wrapping_add(pointer);
    let mut lines = Vec::new();
    for i in 0..8u64 {
        let at = top.wrapping_add(i * width as u64);
        let Some(bytes) = shell.session.memory(at, width) else { break };
        let mut number = [0; 8];
        number.iter_mut().zip(&bytes).for_each(|(to, from)| *to = *from);
        let value = u64::from_le_bytes(number);
        let symbols = shell.session.symbols();
        let label = symbols.iter().rev().find(|s| s.is_label && s.value == value);
        let label = label.map_or(String::new(), |s| format!("  {}", s.name));
        let place = shell.painter.paint(Style::Name, &format!("{at:#x}"));
        lines.push(format!("{place}  {value:#0w$x}{label}", w = width * 2 + 2));
    }
    if lines.is_empty() {
        lines.push(format!("empty: the stack pointer is at the end of memory, {top:#x}"));
    }
    shell.say(&lines)
}

/// `:dis [ADDR|LABEL]`
pub(super) fn dis(shell: &mut Shell, place: &str) -> io::Result<Next> {
    if place.is_empty() {
        let image = shell.session.image();
        let end = shell.session.prompt().address;
        let start = image.origin;
        let lines = code(shell, start, |at, _| at < end);
        if lines.is_empty() {
            return shell.say(&["the program is empty".to_owned()]);
        }
        return shell.say(&lines);
    }
    let start = match address(shell, place) {
        Ok(address) => address,
        Err(error) => return shell.evaluation_error(&error),
    };
    let lines = code(shell, start, |_, count| count < 10);
    if lines.is_empty() {
        return shell.fail(&format!("there is no memory at {start:#x}"));
    }
    shell.say(&lines)
}

/// Instructions from an address on, with labels, as long as `more` says; data that the program
/// knows of is shown as such.
fn code(shell: &Shell, start: u64, more: impl Fn(u64, usize) -> bool) -> Vec<String> {
    let (state, image) = (shell.session.state(), shell.session.image());
    let mut lines = Vec::new();
    let (mut at, mut count) = (start, 0);
    while more(at, count) {
        if count == MOST_LINES {
            lines.push(format!("… and more: `:dis {at:#x}` continues"));
            break;
        }
        let labels = image.symbols.iter().filter(|s| s.is_label && s.value == at);
        lines.extend(labels.map(|s| shell.painter.paint(Style::Name, &format!("{}:", s.name))));
        let known = image.line_at(at).filter(|line| !line.is_code);
        let line = match known {
            Some(data) => {
                let begin = image.origin.wrapping_add(data.offset.into());
                let end = begin.wrapping_add(data.length.into());
                if at.wrapping_sub(begin) >= MOST_DATA && at < end {
                    lines.push(format!("… {} bytes of data in all", data.length));
                    at = end;
                    continue;
                }
                let length = usize::try_from(end.wrapping_sub(at).min(8)).unwrap_or(1);
                let Some(bytes) = shell.session.memory(at, length) else { break };
                let text: Vec<String> = bytes.iter().map(|b| format!("{b:#04x}")).collect();
                disassembly::Line { address: at, text: format!("db {}", text.join(", ")), bytes }
            }
            None => match disassembly::at(state, at) {
                Some(line) => line,
                None => break,
            },
        };
        let hex: String = line.bytes.iter().map(|b| format!("{b:02x}")).collect();
        let place = shell.painter.paint(Style::Note, &format!("{:#x}", line.address));
        lines.push(format!("{place}  {hex:<20}  {}", line.text));
        at = at.wrapping_add(line.bytes.len().max(1) as u64);
        count += 1;
    }
    lines
}

/// `:labels`
pub(super) fn labels(shell: &mut Shell, _: &str) -> io::Result<Next> {
    let symbols: Vec<_> =
        shell.session.symbols().iter().filter(|s| !s.name.starts_with("..@")).collect();
    if symbols.is_empty() {
        return shell.say(&["no labels yet".to_owned()]);
    }
    let width = symbols.iter().map(|s| s.name.len()).max().unwrap_or(0);
    let line = |s: &&crate::image::Symbol| {
        let name = shell.painter.paint(Style::Name, &format!("{:<width$}", s.name));
        let kind = if s.is_label { "" } else { "  equ" };
        format!("{name}  {:#x}{kind}", s.value)
    };
    let lines: Vec<String> = symbols.iter().map(line).collect();
    shell.say(&lines)
}

/// Shows the value of an expression.
pub(super) fn value(shell: &mut Shell, value: &Evaluated) -> io::Result<Next> {
    let lines = view::shown(shell.painter, value, shell.session.image());
    shell.say(&lines)
}
