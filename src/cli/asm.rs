//! `applet asm`: writes a flat binary, and a listing that shows the bytes of each line. Neither
//! replaces the source.

use super::source_flags::SourceFlags;
use super::warnings::Warnings;
use super::{Complaint, common, console, input, status};
use crate::applet::replace::replace;
use crate::asm::{DefaultOrigin, Options};
use crate::diagnostic::text::to_bytes;
use crate::diagnostic::{FileId, Source, Sources};
use crate::driver;
use crate::image::{Image, Line};
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Assemble a source to a flat binary, byte for byte as `nasm -f bin` does
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The source: a file, a name in the library, or - for standard input
    file: PathBuf,
    /// Where the binary goes, - for standard output [default: FILE without .asm; standard output
    /// if the source is no file]
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Where a listing goes, - for standard output
    #[arg(short, long)]
    listing: Option<PathBuf>,
    #[command(flatten)]
    source: SourceFlags,
    #[command(flatten)]
    warnings: Warnings,
}

/// Runs the subcommand.
///
/// # Errors
/// It cannot be read or written.
pub(super) fn execute(args: &Args) -> anyhow::Result<u8> {
    let mut input = args.source.open(&args.file)?;
    let options = Options {
        default_origin: DefaultOrigin::Zero,
        debug_info: args.listing.is_some(),
        warnings: args.warnings.switches(),
        prelude: args.source.prelude.clone(),
    };
    let program = match driver::assemble(&mut input.sources, input.main, &input.files, &options) {
        Ok(program) => program,
        Err(diagnostics) => {
            console::say_diagnostics(&input.sources, &diagnostics);
            return Err(common::not_assembled(&diagnostics, &args.file).into());
        }
    };
    console::say_diagnostics(&input.sources, &program.warnings);
    let source = input.sources.get(input.main).and_then(|source| source.path.clone());
    let output = match (&args.output, &source) {
        (Some(output), _) => output.clone(),
        (None, None) => PathBuf::from("-"),
        (None, Some(path)) if path.extension().is_some() => path.with_extension(""),
        (None, Some(_)) => return Err(Complaint::new("say with -o where the binary goes").into()),
    };
    if input::is_stdin(&output) && std::io::stdout().is_terminal() {
        let complaint = Complaint::new("a flat binary would garble the terminal");
        return Err(complaint.help("write it to a file with -o FILE").into());
    }
    write(&output, &program.image.bytes, source.as_deref())?;
    if let Some(listing) = &args.listing {
        let text = self::listing(&input.sources, input.main, &program.image);
        write(listing, &to_bytes(&text), source.as_deref())?;
    }
    Ok(status::OK)
}

fn write(to: &Path, bytes: &[u8], source: Option<&Path>) -> anyhow::Result<()> {
    if input::is_stdin(to) {
        return Ok(console::out(bytes)?);
    }
    let is_source = source.is_some_and(|s| s.canonicalize().ok() == to.canonicalize().ok());
    if is_source && to.exists() {
        return Err(Complaint::new(format!("{} is the source itself", to.display())).into());
    }
    replace(to, bytes)
        .map_err(|e| Complaint::new(format!("cannot write {}: {e}", to.display())).into())
}

/// Bytes in a row of a listing.
const ROW: usize = 8;

/// Rows that one line of the source takes at most.
const ROWS: usize = 8;

/// Each line of the source with its number, its address and its bytes. The lines of included files
/// that have bytes follow.
fn listing(sources: &Sources, main: FileId, image: &Image) -> String {
    let mut out = String::new();
    let mut files: Vec<FileId> = image.lines.iter().map(|line| line.span.file).collect();
    files.sort_unstable();
    files.dedup();
    files.retain(|&file| file != main);
    for file in std::iter::once(main).chain(files) {
        let Some(source) = sources.get(file) else { continue };
        if file != main {
            let _ = writeln!(out, "\n; {}", source.name);
        }
        list_file(&mut out, source, file, image);
    }
    out
}

fn list_file(out: &mut String, source: &Source, file: FileId, image: &Image) {
    let mut made: Vec<(u32, &Line)> = image
        .lines
        .iter()
        .filter(|line| line.span.file == file)
        .map(|line| (source.line_column(line.span.start).0, line))
        .collect();
    made.sort_by_key(|(number, line)| (*number, line.offset));
    let mut made = made.into_iter().peekable();
    for (number, text) in (1u32..).zip(source.text.lines()) {
        let mut shown = text;
        while let Some((_, line)) = made.next_if(|(of, _)| *of == number) {
            let start = line.offset as usize;
            let bytes = image.bytes.get(start..start + line.length as usize).unwrap_or_default();
            let rows = (line.address..).step_by(ROW).zip(bytes.chunks(ROW)).take(ROWS);
            for (address, row) in rows {
                let hex: String = row.iter().map(|byte| format!("{byte:02X}")).collect();
                push_row(out, &format!("{number:6} {address:08X} {hex:<16}  "), shown);
                shown = "";
            }
            if bytes.len() > ROW * ROWS {
                let _ = writeln!(out, "{number:6}          … {} bytes in all", bytes.len());
            }
        }
        if !shown.is_empty() || text.is_empty() {
            push_row(out, &format!("{number:6} {:27}", ""), shown);
        }
    }
}

fn push_row(out: &mut String, left: &str, text: &str) {
    out.push_str([left, text].concat().trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Span;

    #[test]
    fn a_listing_puts_bytes_beside_their_lines() {
        let mut sources = Sources::new();
        let main = sources.add("a.asm", None, "; hi\nnop\n\ndb 'long text'\n".to_owned());
        let line = |offset, length, start| Line {
            offset,
            length,
            address: 0x7C00 + u64::from(offset),
            span: Span::new(main, start, start + 1),
            bits: crate::image::Bits::Bits16,
            is_code: true,
        };
        let image = Image {
            bytes: b"\x90long text".to_vec(),
            origin: 0x7C00,
            bits: crate::image::Bits::Bits16,
            lines: vec![line(0, 1, 5), line(1, 9, 10)],
            symbols: Vec::new(),
        };
        let expected = "     1                            ; hi\n\
                        \x20    2 00007C00 90                nop\n\
                        \x20    3\n\
                        \x20    4 00007C01 6C6F6E6720746578  db 'long text'\n\
                        \x20    4 00007C09 74\n";
        let text = listing(&sources, main, &image);
        assert_eq!(text, expected);
    }
}
