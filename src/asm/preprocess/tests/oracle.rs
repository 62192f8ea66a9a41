//! The samples in `tests/asm/pre`, token by token against what `nasm -E` made of them, which is in
//! the `.expanded` file beside each. That those files are nasm's is seen to by `tests/it/asm.rs`.

use super::{World, run_in};
use crate::asm::syntax::lexer;
use crate::asm::syntax::lexer::filter::Filter;
use crate::diagnostic::Sources;
use std::path::{Path, PathBuf};

/// The tokens of each line that has any, each by its text; strings by their bytes, so that quotes
/// do not count, and numbers by value.
fn tokens(lines: &str) -> Vec<Vec<String>> {
    let mut sources = Sources::new();
    let id = sources.add("nasm", None, lines.to_owned());
    let (mut all, mut at) = (Vec::new(), 0);
    while at < lines.len() {
        let mut line = Vec::new();
        at = lexer::line(lines, id, at, &Filter::EMPTY, &mut line).next;
        let text = |t: &crate::asm::syntax::token::Token| {
            let text = sources.text(t.span);
            match t.kind {
                crate::asm::syntax::token::TokenKind::String => {
                    format!("{:?}", lexer::string::decode(text))
                }
                crate::asm::syntax::token::TokenKind::Number => t.number.to_string(),
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
        let theirs = std::fs::read_to_string(file.with_extension("expanded"));
        let (ours, theirs) = (tokens(&ours.text()), tokens(&theirs.expect("nasm's expansion")));
        for (index, (a, b)) in ours.iter().zip(&theirs).enumerate() {
            assert_eq!(a, b, "line {index} of {}\nall: {ours:#?}", file.display());
        }
        assert_eq!(ours.len(), theirs.len(), "{}", file.display());
    }
}
