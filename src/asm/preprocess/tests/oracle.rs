//! The samples in `tests/asm/pre`, token by token against `nasm -E`.

use super::{World, run_in};
use crate::asm::lexer::{self, filter::Filter};
use crate::diagnostic::Sources;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tokens of each line that has any, each by its text; strings by their bytes, so that quotes
/// do not count, and numbers by value.
fn tokens(lines: &str) -> Vec<Vec<String>> {
    let mut sources = Sources::new();
    let id = sources.add("nasm", None, lines.to_owned());
    let (mut all, mut at) = (Vec::new(), 0);
    while at < lines.len() {
        let mut line = Vec::new();
        at = lexer::line(lines, id, at, &Filter::default(), &mut line).next;
        let text = |t: &crate::asm::token::Token| {
            let text = sources.text(t.span);
            match t.kind {
                crate::asm::token::TokenKind::String => {
                    format!("{:?}", lexer::string::decode(text))
                }
                crate::asm::token::TokenKind::Number => t.number.to_string(),
                _ => text.to_owned(),
            }
        };
        let line: Vec<String> = line.iter().map(text).collect();
        if !line.is_empty() {
            all.push(line);
        }
    }
    all
}

#[test]
fn samples_expand_as_nasm_expands_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/asm/pre");
    let entries = std::fs::read_dir(&folder).expect("the samples");
    let mut files: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "asm"));
    files.sort();
    assert!(files.len() >= 5, "only {} samples", files.len());
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a sample");
        let includes = [("part.inc", include_str!("../../../../tests/asm/pre/part.inc"))];
        let ours = run_in(World { files: &includes }, &text);
        let errors = ours.diagnostics.iter().filter(|d| d.name.is_none()).count();
        assert_eq!(errors, 0, "{}: {:#?}", file.display(), ours.said());
        let output =
            Command::new("nasm").args(["-E", "-w-all"]).arg(&file).current_dir(&folder).output();
        let Ok(output) = output else { return };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let theirs = String::from_utf8_lossy(&output.stdout);
        let theirs: Vec<&str> = theirs.lines().filter(|l| !l.starts_with("%line")).collect();
        let (ours, theirs) = (tokens(&ours.text()), tokens(&theirs.join("\n")));
        for (index, (a, b)) in ours.iter().zip(&theirs).enumerate() {
            assert_eq!(a, b, "line {index} of {}\nall: {ours:#?}", file.display());
        }
        assert_eq!(ours.len(), theirs.len(), "{}", file.display());
    }
}

#[test]
fn macros_that_ask_for_addresses_assemble_to_the_bytes_of_nasm() {
    let text = "%use smartalign\nbits 32\nstart: jmp end\nalign 16\nnop\nalignmode p6\n\
                align 16\n%if $-$$ > 20\n db 1\n%else\n db 2\n%endif\n%assign here $-$$\n\
                dw here\ntimes 100 nop\nalign 64\nend: %rep 3\n%endrep\nend2: ret\n"
        .replace("end: %rep", "end:\n%rep");
    let mut sources = Sources::new();
    let main = sources.add("t", None, text.clone());
    let ours = crate::asm::assemble(&mut sources, main, &World::default(), &Default::default());
    let ours = ours.expect("no mistakes").image.bytes;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("t.asm"), text).expect("the text");
    let mut nasm = Command::new("nasm");
    nasm.args(["-fbin", "-o", "t.bin", "t.asm"]).current_dir(folder.path());
    let Ok(output) = nasm.output() else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(ours, std::fs::read(folder.path().join("t.bin")).expect("the bytes"));
}
