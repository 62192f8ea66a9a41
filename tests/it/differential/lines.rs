//! Many lines in one program, and what bytes each became: a table of offsets at the end tells.
//!
//! Knows no assembler.

use std::fmt::Write as _;

/// The lines with a label each, and a table of the labels' offsets at the end.
pub(crate) fn program(bits: u32, lines: &[&str], refused: &[bool]) -> String {
    let mut text = format!("bits {bits}\n");
    for (index, (line, refused)) in lines.iter().zip(refused).enumerate() {
        let _ = writeln!(text, "L{index}: {}", if *refused { "" } else { line });
    }
    let _ = writeln!(text, "L{}:", lines.len());
    for index in 0..=lines.len() {
        let _ = writeln!(text, "dd L{index}-$$");
    }
    text
}

/// Cuts the binary at the offsets in the table at its end.
pub(crate) fn cut(binary: &[u8], refused: &[bool]) -> Vec<Option<Vec<u8>>> {
    let table = binary.len() - 4 * (refused.len() + 1);
    let offset = |index: usize| {
        let at = table + 4 * index;
        u32::from_le_bytes(binary[at..at + 4].try_into().unwrap()) as usize
    };
    let bytes = |index: usize| binary[offset(index)..offset(index + 1)].to_vec();
    refused.iter().enumerate().map(|(index, refused)| (!refused).then(|| bytes(index))).collect()
}
