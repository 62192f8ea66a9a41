//! Words of other assemblers (MASM, GAS, FASM) that people write from habit, and what to write
//! instead.

use crate::asm::syntax::word::{self, row};

/// One row: the word, and what to write instead.
type Row = (&'static str, &'static str);

const DATA: &str = "data is written with `db`, `dw`, `dd`, `dq`: `name db 1, 2`";
const STRING: &str = "strings are data: `name db \"text\", 0`";
const CONDITION: &str = "use the preprocessor: `%if`, `%else`, `%endif`";
const CPU: &str = "leave it out: every instruction is available";
const MACRO: &str = "write a macro as `%macro NAME COUNT` … `%endmacro`";
const REPEAT: &str = "repeat with `%rep COUNT` … `%endrep`, or `times COUNT STATEMENT`";
const SEGMENT: &str = "leave it out, or write `section NAME`";
const SIMPLE: &str = "write `section .text`, `section .data` or `section .bss`";

/// Words at the start of a statement, in order.
#[rustfmt::skip]
const STATEMENTS: &[Row] = &[
    (".186", CPU), (".286", CPU), (".386", CPU), (".486", CPU), (".586", CPU), (".686", CPU),
    (".align", "write `align N`"),
    (".ascii", STRING), (".asciz", STRING),
    (".bss", "write `section .bss`"),
    (".byte", DATA),
    (".code", SIMPLE),
    (".code16", "write `bits 16`"), (".code32", "write `bits 32`"), (".code64", "write `bits 64`"),
    (".data", "write `section .data`"),
    (".equ", "write `NAME equ VALUE`"),
    (".extern", "write `extern NAME`"),
    (".fill", "write `times COUNT db VALUE`"),
    (".global", "write `global NAME`"), (".globl", "write `global NAME`"),
    (".include", "write `%include \"FILE\"`"),
    (".int", DATA),
    (".long", DATA),
    (".macro", MACRO),
    (".model", SEGMENT),
    (".org", "write `org ADDRESS` once, at the top; `times N-($-$$) db 0` fills space"),
    (".quad", DATA),
    (".rept", REPEAT),
    (".section", "write `section NAME`"),
    (".set", "write `NAME equ VALUE`"),
    (".short", DATA),
    (".skip", "write `resb N` or `times N db 0`"), (".space", "write `resb N` or `times N db 0`"),
    (".stack", "leave it out: set ss and sp in the code"),
    (".string", STRING),
    (".text", "write `section .text`"),
    (".word", DATA),
    (".zero", "write `times N db 0`"),
    ("assume", SEGMENT),
    ("define", "write `%define NAME VALUE`"),
    ("else", CONDITION),
    ("end", "leave it out: the program begins at its first byte and ends with the file"),
    ("endif", CONDITION),
    ("endm", MACRO),
    ("endp", "leave it out: a routine is a label and what follows it"),
    ("ends", "a structure ends with `endstruc`, a section where the next one begins"),
    ("extrn", "write `extern NAME`"),
    ("if", CONDITION), ("ifdef", CONDITION), ("ifndef", CONDITION),
    ("include", "write `%include \"FILE\"`"),
    ("invoke", "write the `push`es and the `call`"),
    ("irp", REPEAT),
    ("label", "write `NAME:`"),
    ("local", "labels inside a macro are `%%name`"),
    ("macro", MACRO),
    ("movabs", "write `mov`, which accepts 64-bit numbers"),
    ("offset", "leave it out: the name of a label is its address"),
    ("page", "leave it out"),
    ("proc", "write a label: `NAME:`"),
    ("public", "write `global NAME`"),
    ("record", "define the bit fields with `equ`"),
    ("rept", REPEAT),
    ("struct", "write a structure as `struc NAME` … `endstruc`"),
    ("title", "write a comment: `; text`"),
    ("union", "write a structure as `struc NAME` … `endstruc`"),
];

/// What to write instead of a word at the start of a statement.
pub(super) fn statement(word: &str) -> Option<String> {
    if let Some((_, help)) = row(STATEMENTS, |r| r.0, word) {
        return Some(help.to_owned());
    }
    // `movl` and the like; names that are mnemonics here too are instructions.
    let plain = word.get(..word.len().checked_sub(1)?)?;
    let size = match word.as_bytes().last()?.to_ascii_lowercase() {
        b'b' => "byte",
        b'w' => "word",
        b'l' => "dword",
        b'q' => "qword",
        _ => return None,
    };
    word::mnemonic(plain)?;
    Some(format!(
        "write `{plain}`: the operands tell the size, or `{size}` before the bracket; the \
         destination stands first"
    ))
}

/// Whether a word of other assemblers is a whole statement there.
pub(super) fn stands_alone(word: &str) -> bool {
    const WHOLE: [&str; 7] = [".bss", ".code", ".code16", ".code32", ".code64", ".data", ".text"];
    WHOLE.iter().any(|whole| whole.eq_ignore_ascii_case(word))
}

/// What to write instead of `NAME word`.
pub(super) fn behind_name(name: &str, word: &str) -> Option<String> {
    Some(match word.to_ascii_lowercase().as_str() {
        "proc" => format!("write `{name}:`; a routine is a label and what follows it"),
        "endp" => "leave it out: a routine is a label and what follows it".to_owned(),
        "macro" => format!("write `%macro {name} COUNT` … `%endmacro`"),
        "ends" => {
            "a structure ends with `endstruc`, a section where the next one begins".to_owned()
        }
        "struct" | "struc" => format!("write `struc {name}`"),
        "label" => format!("write `{name}:`"),
        "textequ" => format!("write `%define {name} TEXT`"),
        "byte" => format!("write `{name} db VALUE`"),
        "word" => format!("write `{name} dw VALUE`"),
        "dword" => format!("write `{name} dd VALUE`"),
        "=" => format!("write `{name} equ VALUE`, or `%assign {name} VALUE` to change it later"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_in_order_and_none_is_known_here() {
        assert!(STATEMENTS.is_sorted_by_key(|r| r.0));
        for (word, _) in STATEMENTS {
            assert!(word::WordId::of(word).statement().is_none(), "{word}");
            assert!(statement(&word.to_uppercase()).is_some(), "{word}");
        }
    }

    #[test]
    fn a_mnemonic_with_a_size_is_known_for_what_it_is() {
        assert!(statement("movl").is_some_and(|help| help.starts_with("write `mov`")));
        assert_eq!(statement("frobl"), None);
        assert_eq!(statement("é"), None);
    }
}
