//! Assembles many lines at once with this library and says what bytes each line became.
//!
//! Knows nothing of what is on the lines.

use super::lines::{cut, program};
use crate::support::Folders;
use applet::internal::asm::{self, Options};
use applet::internal::diagnostic::{Severity, Sources};

/// The bytes of each line, or the message that refuses it; lines in `skipped` are left out.
pub(crate) fn assemble(
    bits: u32,
    lines: &[&str],
    skipped: &[bool],
) -> Vec<Result<Vec<u8>, String>> {
    let mut refused = skipped.to_vec();
    let mut messages = vec![String::new(); lines.len()];
    loop {
        let mut sources = Sources::new();
        let main = sources.add("a.asm", None, program(bits, lines, &refused));
        match asm::assemble(&mut sources, main, &Folders(&[]), &Options::default()) {
            Ok(assembly) => {
                let bytes = cut(&assembly.image.bytes, &refused);
                let each = bytes.into_iter().zip(messages);
                return each.map(|(bytes, message)| bytes.ok_or(message)).collect();
            }
            Err(diagnostics) => {
                let before = refused.iter().filter(|r| **r).count();
                for diagnostic in diagnostics.iter().filter(|d| d.severity == Severity::Error) {
                    // The first line is the directive.
                    let line = sources.position(diagnostic.span).line as usize;
                    let index = line.checked_sub(2).filter(|&index| index < lines.len());
                    let index = index.unwrap_or_else(|| panic!("{}", diagnostic.message));
                    refused[index] = true;
                    messages[index].clone_from(&diagnostic.message);
                }
                assert!(refused.iter().filter(|r| **r).count() > before, "no line is to blame");
            }
        }
    }
}
