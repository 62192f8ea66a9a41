//! Runs real nasm over many lines at once and says what bytes each line became.
//!
//! Knows nothing of what is on the lines.

use super::lines::{cut, program};
use std::process::Command;

/// The bytes of each line, or `None` where nasm refuses the line.
pub(crate) fn assemble(bits: u32, lines: &[&str]) -> Vec<Option<Vec<u8>>> {
    let folder = tempfile::tempdir().unwrap();
    let (source, binary) = (folder.path().join("a.asm"), folder.path().join("a.bin"));
    let mut refused = vec![false; lines.len()];
    loop {
        std::fs::write(&source, program(bits, lines, &refused)).unwrap();
        let mut nasm = Command::new("nasm");
        let output = nasm.args(["-f", "bin", "-w-all", "-o"]).arg(&binary).arg(&source).output();
        let output = output.unwrap();
        let before = refused.iter().filter(|r| **r).count();
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        for line in messages.lines().filter(|m| m.contains("error:") || m.contains("panic:")) {
            let number = line.split("a.asm:").nth(1).and_then(|n| n.split(':').next());
            let number = number.and_then(|n| n.parse::<usize>().ok());
            // The first line is the directive.
            if let Some(flag) = number.and_then(|n| refused.get_mut(n.checked_sub(2)?)) {
                *flag = true;
            }
        }
        if output.status.success() {
            return cut(&std::fs::read(&binary).unwrap(), &refused);
        }
        let after = refused.iter().filter(|r| **r).count();
        assert!(after > before, "nasm fails without saying where: {messages}");
    }
}
