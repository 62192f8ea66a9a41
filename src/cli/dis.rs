//! `applet dis`: disassembly with addresses, bytes and labels.
//!
//! In a source, the line table tells code from data, and one width from another. A flat binary is
//! all code of one width.

use super::source_flags::SourceFlags;
use super::{Complaint, common, console, input, status};
use crate::asm::{DefaultOrigin, Options};
use crate::diagnostic::text::to_bytes;
use crate::driver;
use crate::image::{Bits, Image, Line};
use crate::machine::disassembly::formatter_with;
use iced_x86::{
    Decoder, DecoderOptions, Formatter, Instruction, NasmFormatter, OpKind, Register,
    SymbolResolver, SymbolResult,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Disassemble a source or a flat binary
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A source (ending in .asm, .inc, .nasm or .s, a name in the library, or -), else a flat
    /// binary
    file: PathBuf,
    /// Width of the code of a flat binary [default: 16]
    #[arg(long, value_name = "N", value_parser = ["16", "32", "64"])]
    bits: Option<String>,
    /// Address of the first byte of a flat binary [default: 0], or of a source without `org`
    /// [default: where `applet run` loads it]
    #[arg(long, value_name = "ADDRESS", value_parser = crate::applet::value::number)]
    org: Option<u64>,
    #[command(flatten)]
    source: SourceFlags,
}

/// Runs the subcommand.
///
/// # Errors
/// It cannot be read, or the answer cannot be written.
pub(super) fn execute(args: &Args) -> anyhow::Result<u8> {
    let image = if is_source(&args.file) {
        if args.bits.is_some() {
            let complaint = Complaint::new("--bits is for flat binaries");
            return Err(complaint.help("a source says `bits` itself").into());
        }
        let mut input = args.source.open(&args.file)?;
        let default_origin = args.org.map_or(DefaultOrigin::ByMode, DefaultOrigin::At);
        let options = Options {
            default_origin,
            debug_info: true,
            prelude: args.source.prelude.clone(),
            ..Options::default()
        };
        match driver::assemble(&mut input.sources, input.main, &input.files, &options) {
            Ok(program) => program.image,
            Err(diagnostics) => {
                console::say_diagnostics(&input.sources, &diagnostics);
                return Err(common::not_assembled(&diagnostics, &args.file).into());
            }
        }
    } else {
        let bits = args
            .bits
            .as_deref()
            .and_then(|text| Bits::ALL.into_iter().find(|b| b.to_string() == text));
        let bits = bits.unwrap_or_default();
        let bytes = input::open_raw(&args.file)?;
        Image { bytes, origin: args.org.unwrap_or(0), bits, ..Image::default() }
    };
    console::out(to_bytes(&disassemble(&image)))?;
    Ok(status::OK)
}

fn is_source(file: &Path) -> bool {
    input::has_source_name(file) || input::is_stdin(file) || input::from_library(file).is_some()
}

/// The image as text.
fn disassemble(image: &Image) -> String {
    let ends = image.lines.iter().map(|line| line.address.wrapping_add(u64::from(line.length)));
    let end = ends.max().unwrap_or(image.origin);
    let mut labels = Labels { end, ..Labels::default() };
    for symbol in image.symbols.iter().filter(|symbol| symbol.is_label) {
        labels.names.entry(symbol.value).or_default().push(symbol.name.clone());
    }
    let mut formatter = formatter_with(Some(Box::new(labels.clone())));
    formatter.options_mut().set_branch_leading_zeros(true);
    let mut listing = Listing { out: String::new(), left: labels.clone(), labels, formatter };
    // Where the bytes go on that no line made, such as those between two sections.
    let (mut at, mut address) = (0, image.origin);
    for line in &image.lines {
        let start = line.offset as usize;
        listing.data(address, image.bytes.get(at..start));
        at = start + line.length as usize;
        address = line.address.wrapping_add(u64::from(line.length));
        let bytes = image.bytes.get(start..at);
        match line {
            Line { is_code: true, bits, .. } => listing.code(line.address, bytes, *bits),
            _ => listing.data(line.address, bytes),
        }
    }
    let rest = image.bytes.get(at..);
    if image.lines.is_empty() {
        listing.code(image.origin, rest, image.bits);
    } else {
        listing.data(address, rest);
        listing.labels_at(address.wrapping_add(rest.map_or(0, <[u8]>::len) as u64));
    }
    listing.labels_elsewhere();
    listing.out
}

/// The labels by their addresses.
#[derive(Clone, Debug, Default)]
struct Labels {
    names: BTreeMap<u64, Vec<String>>,
    /// The end of the last line.
    end: u64,
}

impl Labels {
    fn name(&self, address: u64) -> Option<&str> {
        self.names.get(&address)?.first().map(String::as_str)
    }

    /// The last label up to an address of the program, if it is near.
    fn before(&self, address: u64) -> Option<(u64, &str)> {
        let is_inside = address < self.end || self.names.range(address..).next().is_some();
        let (&label, names) = self.names.range(..=address).next_back()?;
        let is_near = is_inside && address - label < NEAR;
        is_near.then_some((label, names.first()?))
    }

    /// The label that is the immediate operand of an instruction, if it may be one: a small number
    /// is most likely nothing but a number.
    fn of_immediate(&self, instruction: &Instruction) -> Option<&str> {
        let is_wide = |&number: &u32| {
            let kind = instruction.try_op_kind(number);
            kind.is_ok_and(|kind| IMMEDIATES.contains(&kind))
        };
        let number = (0..instruction.op_count()).find(is_wide)?;
        let value = instruction.try_immediate(number).ok()?;
        self.name(value).filter(|_| value >= SMALL)
    }
}

/// Immediate operands that an address fits into.
const IMMEDIATES: [OpKind; 4] =
    [OpKind::Immediate16, OpKind::Immediate32, OpKind::Immediate32to64, OpKind::Immediate64];

/// An address this far from a label does not belong to it.
const NEAR: u64 = 0x1000;

/// Numbers below this are not taken for labels.
const SMALL: u64 = 0x100;

impl SymbolResolver for Labels {
    /// Names the target of a jump, and the address of an operand in memory.
    fn symbol(
        &mut self,
        instruction: &Instruction,
        _: u32,
        operand: Option<u32>,
        address: u64,
        _: u32,
    ) -> Option<SymbolResult<'_>> {
        let has_register = instruction.memory_base() != Register::None
            || instruction.memory_index() != Register::None;
        let (label, name) = match instruction.try_op_kind(operand?).ok()? {
            OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64 => {
                (address, self.name(address)?)
            }
            OpKind::Memory if instruction.is_ip_rel_memory_operand() => self.before(address)?,
            OpKind::Memory if address < SMALL => return None,
            OpKind::Memory if has_register => (address, self.name(address)?),
            OpKind::Memory => self.before(address)?,
            _ => return None,
        };
        Some(SymbolResult::with_str(label, name))
    }
}

struct Listing {
    out: String,
    labels: Labels,
    /// The labels that are not written yet.
    left: Labels,
    formatter: NasmFormatter,
}

impl Listing {
    fn code(&mut self, address: u64, bytes: Option<&[u8]>, bits: Bits) {
        let bytes = bytes.unwrap_or_default();
        let decoder = Decoder::try_with_ip(bits.into(), bytes, address, DecoderOptions::NONE);
        let Ok(mut decoder) = decoder else { return };
        while decoder.can_decode() {
            let start = decoder.position();
            let instruction = decoder.decode();
            let made = bytes.get(start..decoder.position()).unwrap_or_default();
            if instruction.is_invalid() {
                self.data(instruction.ip(), Some(made));
                continue;
            }
            let mut text = String::new();
            self.formatter.format(&instruction, &mut text);
            if let Some(name) = self.labels.of_immediate(&instruction) {
                let _ = write!(text, "  ; {name}");
            }
            self.row(instruction.ip(), made, &text);
        }
    }

    /// Rows of at most eight bytes, none across a label.
    fn data(&mut self, address: u64, bytes: Option<&[u8]>) {
        let (mut address, mut bytes) = (address, bytes.unwrap_or_default());
        while !bytes.is_empty() {
            let longest = bytes.len().min(8);
            let has_label =
                |&length: &usize| self.labels.name(address.wrapping_add(length as u64)).is_some();
            let length = (1..longest).find(has_label).unwrap_or(longest);
            let (row, rest) = bytes.split_at(length);
            let values: Vec<_> = row.iter().map(|byte| format!("0x{byte:02x}")).collect();
            self.row(address, row, &format!("db {}", values.join(", ")));
            address = address.wrapping_add(row.len() as u64);
            bytes = rest;
        }
    }

    fn labels_at(&mut self, address: u64) {
        for label in self.left.names.remove(&address).unwrap_or_default() {
            let _ = writeln!(self.out, "{label}:");
        }
    }

    /// The labels that have no row: of reserved memory, or inside an instruction.
    fn labels_elsewhere(&mut self) {
        for (address, names) in std::mem::take(&mut self.left.names) {
            for name in names {
                let _ = writeln!(self.out, "{address:08X}  {:20}  {name}:", "");
            }
        }
    }

    fn row(&mut self, address: u64, bytes: &[u8], text: &str) {
        self.labels_at(address);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        let _ = writeln!(self.out, "{address:08X}  {hex:<20}  {text}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Span;
    use crate::image::Symbol;

    #[test]
    fn a_flat_binary_is_all_code() {
        let bytes = vec![0xB8, 1, 0, 0xF4, 0x0F, 0x04];
        let image = Image { bytes, origin: 0x100, bits: Bits::Bits16, ..Image::default() };
        let expected = "00000100  B80100                mov ax, 1\n\
                        00000103  F4                    hlt\n\
                        00000104  0F04                  db 0x0f, 0x04\n";
        assert_eq!(disassemble(&image), expected);
    }

    #[test]
    fn the_line_table_tells_data_from_code() {
        let line = |offset, length, is_code| Line {
            offset,
            length,
            address: u64::from(offset),
            span: Span::default(),
            bits: Bits::Bits64,
            is_code,
        };
        let label = |name: &str, value| Symbol {
            name: name.to_owned(),
            value,
            is_label: true,
            span: Span::default(),
        };
        let image = Image {
            bytes: vec![0x48, 0xFF, 0xC0, 0x90, 1, 2, 3],
            origin: 0,
            bits: Bits::Bits64,
            symbols: vec![label("start", 0), label("data", 3), label("more", 5), label("end", 7)],
            lines: vec![line(0, 3, true), line(3, 3, false)],
        };
        let expected = "start:\n00000000  48FFC0                inc rax\n\
                        data:\n00000003  9001                  db 0x90, 0x01\n\
                        more:\n00000005  02                    db 0x02\n\
                        00000006  03                    db 0x03\nend:\n";
        assert_eq!(disassemble(&image), expected);
    }
}
