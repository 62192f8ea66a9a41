//! `applet dis`: disassembly with addresses, bytes and labels.
//!
//! Of a source, the line table tells code from data and one width from another; of a flat binary,
//! all is code of one width.

use super::{Complaint, common, console, input, status};
use crate::asm::{DefaultOrigin, Options};
use crate::driver;
use crate::image::{Bits, Image, Line};
use crate::machine::disassembly::formatter;
use iced_x86::{Decoder, DecoderOptions, Formatter, NasmFormatter};
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
    /// Address of the first byte of a flat binary, or of a source without `org` [default: 0]
    #[arg(long, value_name = "ADDRESS", value_parser = crate::applet::value::number)]
    org: Option<u64>,
}

/// Extensions of sources.
const SOURCES: [&str; 4] = ["asm", "inc", "nasm", "s"];

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
        let mut input = input::open(&args.file)?;
        let default_origin = args.org.map_or(DefaultOrigin::Zero, DefaultOrigin::At);
        let options = Options { default_origin, debug_info: true, ..Options::default() };
        match driver::assemble(&mut input.sources, input.main, &input.files, &options) {
            Ok(program) => program.image,
            Err(diagnostics) => {
                console::say_diagnostics(&input.sources, &diagnostics);
                return Err(common::not_assembled(&diagnostics, &args.file).into());
            }
        }
    } else {
        let bits =
            args.bits.as_deref().and_then(|bits| Bits::try_from(bits.parse::<u32>().ok()?).ok());
        let bits = bits.unwrap_or_default();
        let bytes = input::open_raw(&args.file)?;
        Image { bytes, origin: args.org.unwrap_or(0), bits, ..Image::default() }
    };
    console::out(disassemble(&image))?;
    Ok(status::OK)
}

fn is_source(file: &Path) -> bool {
    let extension = file.extension().and_then(|e| e.to_str()).unwrap_or("");
    let is_named = SOURCES.contains(&extension.to_ascii_lowercase().as_str());
    is_named || input::is_stdin(file) || input::from_library(file).is_some()
}

/// The image as text.
fn disassemble(image: &Image) -> String {
    let mut labels: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for symbol in image.symbols.iter().filter(|symbol| symbol.is_label) {
        labels.entry(symbol.value).or_default().push(&symbol.name);
    }
    let mut formatter = formatter();
    formatter.options_mut().set_branch_leading_zeros(true);
    let mut listing = Listing { out: String::new(), labels, formatter };
    let mut at = 0;
    for line in &image.lines {
        let start = line.offset as usize;
        listing.data(image.origin.wrapping_add(at as u64), image.bytes.get(at..start));
        at = start + line.length as usize;
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
        listing.data(image.origin.wrapping_add(at as u64), rest);
    }
    listing.labels_at(image.origin.wrapping_add(image.bytes.len() as u64));
    listing.out
}

struct Listing<'a> {
    out: String,
    labels: BTreeMap<u64, Vec<&'a str>>,
    formatter: NasmFormatter,
}

impl Listing<'_> {
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
            self.row(instruction.ip(), made, &text);
        }
    }

    /// Rows of at most eight bytes, none across a label.
    fn data(&mut self, address: u64, bytes: Option<&[u8]>) {
        let (mut address, mut bytes) = (address, bytes.unwrap_or_default());
        while !bytes.is_empty() {
            let next = self.labels.range(address.saturating_add(1)..).next();
            let gap = next.map_or(8, |(&label, _)| usize::try_from(label - address).unwrap_or(8));
            let (row, rest) = bytes.split_at(gap.min(8).min(bytes.len()));
            let values: Vec<_> = row.iter().map(|byte| format!("0x{byte:02x}")).collect();
            self.row(address, row, &format!("db {}", values.join(", ")));
            address = address.wrapping_add(row.len() as u64);
            bytes = rest;
        }
    }

    fn labels_at(&mut self, address: u64) {
        for label in self.labels.remove(&address).unwrap_or_default() {
            let _ = writeln!(self.out, "{label}:");
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
