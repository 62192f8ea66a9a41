//! The listing of `-l`: every source line with its offset in the output and its bytes.
//!
//! Made from the line table of an [`Image`] and the texts alone. The bytes of a macro stand at
//! the line that uses it, and texts that were included follow the main one.

use crate::diagnostic::{FileId, Sources};
use crate::image::{Image, Line};
use std::fmt::Write as _;

/// Bytes in a row, as NASM has it.
const ROW: usize = 9;

/// Most rows for the bytes of one line; what follows is only counted.
const MAX_ROWS: usize = 64;

/// The listing of `main` and all texts that it included. The image must have its line table
/// ([`Options::debug_info`](super::Options::debug_info)).
#[must_use]
pub fn listing(image: &Image, sources: &Sources, main: FileId) -> String {
    let mut rows: Vec<(FileId, u32, &Line)> = Vec::with_capacity(image.lines.len());
    for line in &image.lines {
        let number = sources.position(line.span).line;
        rows.push((line.span.file, number, line));
    }
    rows.sort_by_key(|&(file, number, line)| (file != main, file, number, line.offset));
    let mut out = String::new();
    text(&mut out, image, sources, main, &rows);
    let mut rest = rows.as_slice();
    while let Some(&(file, ..)) = rest.first() {
        let count = rest.iter().take_while(|row| row.0 == file).count();
        if file != main {
            let name = sources.get(file).map_or("", |s| s.name.as_str());
            let _ = writeln!(out, "\n; {name}");
            text(&mut out, image, sources, file, rest);
        }
        rest = rest.get(count..).unwrap_or(&[]);
    }
    out
}

fn text(
    out: &mut String,
    image: &Image,
    sources: &Sources,
    file: FileId,
    rows: &[(FileId, u32, &Line)],
) {
    let Some(source) = sources.get(file) else { return };
    let mut rows = rows.iter().filter(|row| row.0 == file).peekable();
    for (number, line) in (1..).zip(source.text.lines()) {
        let mut here = Vec::new();
        while let Some((_, _, row)) = rows.next_if(|row| row.1 == number) {
            here.push(*row);
        }
        if here.is_empty() {
            put(out, number, None, "", line);
        }
        let mut line = line;
        // What a macro makes of one line is contiguous: one stretch of bytes.
        for stretch in here.chunk_by(|a, b| a.offset + a.length == b.offset) {
            let (Some(first), Some(last)) = (stretch.first(), stretch.last()) else { continue };
            let start = first.offset as usize;
            let bytes = image.bytes.get(start..(last.offset + last.length) as usize);
            bytes_of_line(out, number, start, bytes.unwrap_or(&[]), line);
            line = "";
        }
    }
}

fn bytes_of_line(out: &mut String, number: u32, start: usize, bytes: &[u8], line: &str) {
    let mut line = line;
    for (i, row) in bytes.chunks(ROW).enumerate() {
        let mut text = String::with_capacity(2 * ROW + 1);
        if i == MAX_ROWS {
            let rest = format!("... {} more", bytes.len() - i * ROW);
            return put(out, number, Some(start + i * ROW), &rest, "");
        }
        for byte in row {
            let _ = write!(text, "{byte:02X}");
        }
        if (i + 1) * ROW < bytes.len() {
            text.push('-');
        }
        put(out, number, Some(start + i * ROW), &text, line);
        line = "";
    }
}

fn put(out: &mut String, number: u32, offset: Option<usize>, bytes: &str, line: &str) {
    let offset = offset.map(|o| format!("{o:08X}")).unwrap_or_default();
    let row = format!("{number:>6} {offset:<8} {bytes:<19}    {line}");
    let _ = writeln!(out, "{}", row.trim_end());
}

#[cfg(test)]
mod tests {
    use super::super::{Included, Options, Resolver, assemble};
    use super::*;
    use std::path::Path;

    struct Nothing;

    impl Resolver for Nothing {
        fn include(&self, _: &str, _: Option<&Path>) -> Result<Included, String> {
            Err("none".to_owned())
        }

        fn binary(&self, _: &str, _: Option<&Path>) -> Result<Vec<u8>, String> {
            Err("none".to_owned())
        }
    }

    #[test]
    fn bytes_stand_beside_the_lines_that_made_them() {
        let text = "start: mov ax, 5 ; c\n\nmsg: db \"hello there\"\n%macro two 0\n nop\n hlt\n\
                    %endmacro\n two\n jmp start\n";
        let mut sources = Sources::new();
        let main = sources.add("a.asm", None, text.to_owned());
        let options = Options { debug_info: true, ..Options::default() };
        let assembly = assemble(&mut sources, main, &Nothing, &options).unwrap();
        let expected = "     1 00000000 B80500                 start: mov ax, 5 ; c
     2
     3 00000003 68656C6C6F20746865-    msg: db \"hello there\"
     3 0000000C 7265
     4                                 %macro two 0
     5                                  nop
     6                                  hlt
     7                                 %endmacro
     8 0000000E 90F4                    two
     9 00000010 EBEE                    jmp start
";
        assert_eq!(listing(&assembly.image, &sources, main), expected);
    }
}
