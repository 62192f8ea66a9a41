//! How replies look: what changed between two snapshots, and the values of expressions.
//!
//! All of it is text, line by line.

use super::expression::Evaluated;
use super::registers::{self, FLAGS, Value};
use super::session::{Checkpoint, End, Report};
use super::style::{Painter, Style, characters, escape};
use crate::image::{Image, Mode};
use crate::machine::outcome::Outcome;
use crate::machine::snapshot::Snapshot;
use crate::machine::state::registers::{Segment, System};
use std::ops::Range;

/// Most bytes of a stretch of memory that are shown.
const MOST_BYTES: usize = 16;
/// Most stretches of memory that are shown.
const MOST_STRETCHES: usize = 8;
/// Bytes between two changes in memory that are shown as one.
const GAP: usize = 4;

/// A number in hexadecimal, and in decimal where that differs.
#[must_use]
pub(super) fn number(value: u64) -> String {
    let signed = value.cast_signed();
    match value {
        0..10 => format!("{value:#x}"),
        _ if signed < 0 => format!("{value:#x} ({signed})"),
        _ => format!("{value:#x} ({value})"),
    }
}

/// `name  old → new`
fn change(painter: Painter, name: &str, old: &str, new: &str) -> String {
    format!(
        "{}  {} → {}",
        painter.paint(Style::Name, name),
        painter.paint(Style::Old, old),
        painter.paint(Style::New, new)
    )
}

/// What changed from `before` to `after`, one line each. `own` are the addresses that the entry's
/// own bytes were put to.
#[must_use]
pub(super) fn changes(
    painter: Painter,
    mode: Mode,
    before: &Snapshot,
    after: &Snapshot,
    own: &Range<usize>,
) -> Vec<String> {
    let mut lines = registers(painter, mode, before, after);
    lines.extend(flags(painter, before.registers.flags, after.registers.flags));
    lines.extend(system(painter, before, after));
    lines.extend(extended(painter, before, after));
    lines.extend(memory(painter, before, after, own));
    lines
}

pub(super) fn registers(
    painter: Painter,
    mode: Mode,
    before: &Snapshot,
    after: &Snapshot,
) -> Vec<String> {
    let old = registers::general(mode, &before.system, &before.registers);
    let new = registers::general(mode, &after.system, &after.registers);
    old.zip(new)
        .filter(|(old, new)| old.1 != new.1)
        .map(|(old, new)| {
            change(painter, new.0, &format!("{:#x}", old.1.number), &number(new.1.number))
        })
        .collect()
}

/// The flags that changed, by letters.
pub(super) fn flags(painter: Painter, old: u64, new: u64) -> Option<String> {
    let changed: Vec<String> = FLAGS
        .iter()
        .filter(|(bit, ..)| (old ^ new) >> bit & 1 != 0)
        .map(|(bit, letters, _)| {
            let value = |flags: u64| (flags >> bit & 1).to_string();
            let new = painter.paint(Style::New, &value(new));
            format!("{letters} {} → {new}", painter.paint(Style::Old, &value(old)))
        })
        .collect();
    let name = painter.paint(Style::Name, "flags");
    (!changed.is_empty()).then(|| format!("{name}  {}", changed.join(", ")))
}

/// The segments by name.
pub(super) fn segments(system: &System) -> [(&'static str, &Segment); 8] {
    [
        ("cs", &system.cs),
        ("ds", &system.ds),
        ("es", &system.es),
        ("fs", &system.fs),
        ("gs", &system.gs),
        ("ss", &system.ss),
        ("tr", &system.tr),
        ("ldtr", &system.ldt),
    ]
}

fn system(painter: Painter, before: &Snapshot, after: &Snapshot) -> Vec<String> {
    registers::SYSTEM
        .iter()
        .filter(|(.., value)| value(before) != value(after))
        .map(|(name, _, value)| {
            change(painter, name, &format!("{:#x}", value(before)), &number(value(after)))
        })
        .collect()
}

fn extended(painter: Painter, before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let (old, new) = (&before.extended, &after.extended);
    let mut lines = Vec::new();
    for i in 0..8 {
        let text = |e: &crate::machine::state::extended::Extended| {
            if e.st_in_use(i) { float80(&e.st(i)) } else { "empty".to_owned() }
        };
        let (was, is) = (text(old), text(new));
        if was != is {
            lines.push(change(painter, &format!("st{i}"), &was, &is));
        }
    }
    for i in 0..registers::VECTOR_COUNT {
        let (was, is) = (old.zmm(i), new.zmm(i));
        if was != is {
            let (name, length) = registers::narrowest(i, &was, &is);
            let text = |bytes: &[u8; 64]| wide(bytes.get(..length).unwrap_or(bytes));
            lines.push(change(painter, &name, &text(&was), &text(&is)));
        }
    }
    for (i, name) in
        registers::MASKS.iter().enumerate().filter(|(i, _)| old.mask(*i) != new.mask(*i))
    {
        lines.push(change(painter, name, &format!("{:#x}", old.mask(i)), &number(new.mask(i))));
    }
    lines
}

/// The number that many bytes are, all its digits unless it is 0.
pub(super) fn wide(bytes: &[u8]) -> String {
    if bytes.iter().all(|b| *b == 0) {
        return "0x0".to_owned();
    }
    bytes.iter().rev().fold("0x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// An 80-bit number as decimal, as exactly as 64 bits can.
pub(super) fn float80(bytes: &[u8; 10]) -> String {
    let [m0, m1, m2, m3, m4, m5, m6, m7, e0, e1] = *bytes;
    let mantissa = u64::from_le_bytes([m0, m1, m2, m3, m4, m5, m6, m7]);
    let top = u16::from_le_bytes([e0, e1]);
    let sign = if top & 0x8000 != 0 { "-" } else { "" };
    let exponent = i32::from(top & 0x7FFF);
    if exponent == 0x7FFF {
        return if mantissa << 1 == 0 { format!("{sign}inf") } else { "nan".to_owned() };
    }
    #[expect(clippy::cast_precision_loss, reason = "only shown")]
    let value = mantissa as f64 * 2f64.powi(exponent - 16383 - 63);
    format!("{sign}{value}")
}

/// The stretches of RAM that changed, but for the entry's own bytes.
fn memory(
    painter: Painter,
    before: &Snapshot,
    after: &Snapshot,
    own: &Range<usize>,
) -> Vec<String> {
    let mut lines = Vec::new();
    let mut stretches = Vec::new();
    for (start, length) in before.ram.differences(&after.ram, GAP) {
        let end = start + length;
        // Only what lies before and behind its own bytes is of interest.
        stretches.push(start..end.min(own.start.max(start)));
        stretches.push(start.max(own.end.min(end))..end);
    }
    if own.is_empty() {
        stretches =
            before.ram.differences(&after.ram, GAP).iter().map(|&(s, l)| s..s + l).collect();
    }
    stretches.retain(|s| !s.is_empty());
    for stretch in stretches.iter().take(MOST_STRETCHES) {
        let mut bytes = vec![0; stretch.len().min(MOST_BYTES)];
        after.ram.read(stretch.start, &mut bytes);
        let hex: Vec<String> = bytes.iter().map(|b| format!("{b:02x}")).collect();
        let more = if stretch.len() > MOST_BYTES {
            format!(" … {} bytes in all", stretch.len())
        } else {
            String::new()
        };
        lines.push(format!(
            "{}  {}  {}{more}",
            painter.paint(Style::Name, &format!("[{:#x}]", stretch.start)),
            painter.paint(Style::New, &hex.join(" ")),
            characters(&bytes),
        ));
    }
    let more = stretches.len().saturating_sub(MOST_STRETCHES);
    if more > 0 {
        let bytes: usize = stretches.iter().skip(MOST_STRETCHES).map(Range::len).sum();
        lines.push(format!("and {bytes} bytes at {more} other places in memory"));
    }
    lines
}

/// What an entry came to, but for mistakes and faults.
#[must_use]
pub(super) fn report(
    painter: Painter,
    report: &Report,
    before: Option<&Checkpoint>,
    after: &Checkpoint,
    own: &Range<usize>,
) -> Vec<String> {
    let mut lines = Vec::new();
    if !report.read.is_empty() {
        let count = report.read.len();
        let shown = report.read.get(..count.min(60)).unwrap_or(&report.read);
        let more = if count > 60 { format!(" … {count} bytes in all") } else { String::new() };
        lines.push(format!("{}  \"{}\"{more}", painter.paint(Style::Name, "read"), escape(shown)));
    }
    match &report.end {
        End::Placed { length: 0, .. } => {}
        End::Placed { address, length, is_routine } => {
            let what = if *is_routine { "a routine to call, " } else { "" };
            let s = if *length == 1 { "" } else { "s" };
            let text = format!("{what}{length} byte{s} at {address:#x}");
            lines.push(painter.paint(Style::Note, &text));
        }
        End::Through | End::Outcome(_) => {
            if let Some(before) = before.filter(|_| report.is_kept()) {
                let mode = after.base.config.mode;
                lines.extend(changes(painter, mode, &before.snapshot, &after.snapshot, own));
            }
        }
    }
    if let End::Outcome(outcome) = &report.end {
        lines.extend(ending(painter, outcome));
    }
    lines
}

/// How a run ended, if that is worth a line; faults are drawn elsewhere.
fn ending(painter: Painter, outcome: &Outcome) -> Option<String> {
    let as_before = "the entry is undone";
    let (style, text) = match outcome {
        Outcome::Halted => (Style::Note, "halted: hlt".to_owned()),
        Outcome::Exited(code) => (Style::Note, format!("ended with exit code {code}")),
        Outcome::Faulted(_) => return None,
        Outcome::TimedOut(limit) => {
            let seconds = limit.as_secs_f64();
            let help = "`:set timeout 60s` gives it more time";
            (Style::Error, format!("stopped after {seconds} s: {as_before}; {help}"))
        }
        Outcome::OutputLimit(limit) => {
            (Style::Error, format!("stopped at {limit} bytes of output: {as_before}"))
        }
        Outcome::OutputClosed => (Style::Error, format!("the output pipe was closed: {as_before}")),
        Outcome::Interrupted => (Style::Error, format!("interrupted: {as_before}")),
    };
    Some(painter.paint(style, &text))
}

/// The value of an expression.
#[must_use]
pub(super) fn shown(painter: Painter, value: &Evaluated, image: &Image) -> Vec<String> {
    match value {
        Evaluated::Number(value) => vec![forms(painter, *value)],
        Evaluated::Label(name, address) => {
            let value = forms(painter, Value { number: *address, bits: 0 });
            vec![format!("{}  {value}", painter.paint(Style::Name, name))]
        }
        Evaluated::Vector(name, bytes) => vector(painter, name, bytes),
        Evaluated::X87(name, bits, in_use) => {
            let text = if *in_use { float80(bits) } else { "empty".to_owned() };
            vec![format!("{}  {text}", painter.paint(Style::Name, name))]
        }
        Evaluated::Memory(address, bytes) => {
            let mut number = [0; 8];
            number.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            let label = image.symbols.iter().find(|s| s.is_label && s.value == *address);
            let name = label.map_or(String::new(), |s| format!(" {}", s.name));
            let place = painter.paint(Style::Name, &format!("[{address:#x}]{name}"));
            if bytes.len() > 8 {
                let hex: Vec<_> = bytes.iter().map(|b| format!("{b:02x}")).collect();
                return vec![format!("{place}  {}  {}", hex.join(" "), characters(bytes))];
            }
            let bits = u32::try_from(bytes.len() * 8).unwrap_or(64);
            let value = Value { number: u64::from_le_bytes(number), bits };
            vec![format!("{place}  {}", forms(painter, value))]
        }
    }
}

/// A number as hexadecimal, decimal, signed if that differs, characters if they are some.
fn forms(painter: Painter, value: Value) -> String {
    let Value { number, bits } = value;
    let mut parts = vec![painter.paint(Style::New, &format!("{number:#x}"))];
    let width = if bits == 0 { 64 } else { bits };
    let sign = width > 1 && number >> (width - 1) & 1 != 0;
    let signed = (number << (64 - width)).cast_signed() >> (64 - width);
    if sign && bits == 0 {
        parts.push(signed.to_string());
    } else {
        parts.push(number.to_string());
        if sign {
            parts.push(signed.to_string());
        }
    }
    let bytes = number.to_le_bytes();
    let length = bytes.iter().rposition(|b| *b != 0).map_or(0, |i| i + 1);
    let text = bytes.get(..length).unwrap_or(&[]);
    if !text.is_empty() && text.iter().all(|b| (0x20..0x7F).contains(b)) {
        parts.push(format!("'{}'", characters(text)));
    }
    parts.join("  ")
}

fn vector(painter: Painter, name: &str, bytes: &[u8]) -> Vec<String> {
    let hex: String = bytes.iter().rev().map(|b| format!("{b:02x}")).collect();
    let join = |parts: Vec<String>| format!("  {}", parts.join("  "));
    let words = bytes.chunks_exact(4).filter_map(|c| c.try_into().ok().map(u32::from_le_bytes));
    let halves = bytes.chunks_exact(8).filter_map(|c| c.try_into().ok().map(u64::from_le_bytes));
    vec![
        format!(
            "{}  {}",
            painter.paint(Style::Name, name),
            painter.paint(Style::New, &format!("0x{hex}"))
        ),
        join(words.clone().map(|w| format!("{w:#x}")).collect()) + "  as dwords, lowest first",
        join(words.map(|w| format!("{:?}", f32::from_bits(w))).collect()) + "  as floats",
        join(halves.map(|h| format!("{:?}", f64::from_bits(h))).collect()) + "  as doubles",
    ]
}
