//! Recognises source for another assembler, so that one message can say so instead of one for each
//! line.

use crate::asm::syntax::word;
use crate::diagnostic::{Diagnostic, FileId, Severity, Sources, Span};

/// Another language that people take for NASM's.
struct Dialect {
    /// What it is called.
    name: &'static str,
    /// What to do about it.
    help: &'static str,
    /// Whether a line is of this language. It has no comment and begins with its first word.
    is_line: fn(&str) -> bool,
}

const DIALECTS: &[Dialect] = &[
    Dialect {
        name: "GNU as",
        help: "in NASM the destination stands first, registers have no `%`, numbers no `$`, comments \
               begin with `;`, and `section .text`, `db`, `dd` are the directives; `objdump -d -M \
               intel` prints assembled code in nearly this order",
        is_line: is_gnu,
    },
    Dialect {
        name: "MASM or TASM",
        help: "in NASM a routine is a label, the name of a label is its address (without `offset`), \
               what lies there is `[label]`, and there are no `.model`, `segment`, `assume` and `end`",
        is_line: is_masm,
    },
    Dialect {
        name: "an ARM processor",
        help: "applet assembles and runs code for x86 processors",
        is_line: is_arm,
    },
    Dialect {
        name: "a 68000 processor",
        help: "applet assembles and runs code for x86 processors",
        is_line: is_68000,
    },
];

/// Directives of GNU as that are followed by something.
const GNU: &[&str] = &[
    ".align",
    ".ascii",
    ".asciz",
    ".att_syntax",
    ".balign",
    ".byte",
    ".cfi_startproc",
    ".code16",
    ".comm",
    ".data",
    ".equ",
    ".file",
    ".fill",
    ".global",
    ".globl",
    ".include",
    ".int",
    ".intel_syntax",
    ".long",
    ".org",
    ".p2align",
    ".quad",
    ".section",
    ".set",
    ".size",
    ".skip",
    ".space",
    ".string",
    ".text",
    ".type",
    ".word",
    ".zero",
];

/// Words of MASM and TASM, at the start of a line or behind a name.
const MASM: &[&str] = &[
    ".386",
    ".486",
    ".586",
    ".686",
    ".8086",
    ".code",
    ".data",
    ".dosseg",
    ".exit",
    ".model",
    ".stack",
    ".startup",
    "assume",
    "dosseg",
    "end",
    "endp",
    "ends",
    "includelib",
    "invoke",
    "locals",
    "page",
    "proc",
    "public",
    "segment",
    "title",
];

const ARM: &[&str] = &[
    "adr", "b", "beq", "bl", "blt", "blx", "bne", "bx", "cbz", "ldmfd", "ldp", "ldr", "ldrb",
    "mvn", "stmfd", "stp", "str", "strb", "svc", "swi",
];

/// The words of a line.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty())
}

fn is_among(words: &[&str], word: &str) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn is_gnu(line: &str) -> bool {
    let mut all = words(line);
    let Some(first) = all.next() else { return false };
    let has_register = line.match_indices('%').any(|(at, _)| {
        let rest = &line[at + 1..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        word::WordId::of(&rest[..end]).register().is_some()
    });
    let has_number = all.any(|word| {
        word.strip_prefix('$').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    is_among(GNU, first) || has_register && !first.starts_with('%') || has_number
}

fn is_masm(line: &str) -> bool {
    let mut all = words(line);
    let (first, second) = (all.next().unwrap_or(""), all.next().unwrap_or(""));
    let has = |wanted: &str| words(line).any(|word| word.eq_ignore_ascii_case(wanted));
    is_among(MASM, first)
        || is_among(&["proc", "endp", "ends", "segment", "label", "macro"], second)
        || has("offset")
        || has("ptr")
        || has("@data")
}

fn is_arm(line: &str) -> bool {
    let mut all = words(line);
    let first = all.next().unwrap_or("");
    let is_register = |word: &str| {
        let number = word.trim_matches(['[', ']', '{', '}']).strip_prefix(['r', 'x', 'w']);
        number.is_some_and(|n| n.parse::<u8>().is_ok_and(|n| n < 31))
            || matches!(word, "lr" | "{lr}" | "pc" | "{pc}")
    };
    let mut all: Vec<&str> = all.collect();
    all.retain(|word| is_register(word) || word.starts_with('#'));
    is_among(ARM, first) && !all.is_empty() || all.iter().any(|word| word.starts_with('#'))
}

fn is_68000(line: &str) -> bool {
    let first = words(line).next().unwrap_or("");
    let sized =
        first.len() > 2 && [".b", ".w", ".l", ".s"].iter().any(|size| first.ends_with(size));
    sized && !first.starts_with('.')
}

/// The lines of a source without labels, comments and blanks, and where each begins.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        let code = line.split([';', '\n', '\r']).next().unwrap_or("");
        let code = match code.split_once(':') {
            Some((label, rest)) if !label.contains(char::is_whitespace) => rest,
            _ => code,
        };
        let code = code.trim();
        let is_comment = code.starts_with('#') || code.starts_with("//") || code.starts_with("/*");
        let offset = line.find(code).unwrap_or(0);
        (!code.is_empty() && !is_comment).then_some((start + offset, code))
    })
}

/// Puts one message in the place of the mistakes of a source that is meant for another assembler;
/// the mistakes of any other source stay.
pub(crate) fn summarize(
    sources: &Sources,
    main: FileId,
    diagnostics: Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    let text = sources.get(main).map_or("", |source| source.text.as_str());
    let all = lines(text).count();
    let found = DIALECTS.iter().find_map(|dialect| {
        let mut of_dialect = lines(text).filter(|(_, line)| (dialect.is_line)(line));
        let (start, line) = of_dialect.next()?;
        // One such line in three, and at least two of them.
        let count = 1 + of_dialect.count();
        (count >= 2 && count * 3 >= all).then_some((dialect, start, line))
    });
    let Some((dialect, start, line)) = found else { return diagnostics };
    let offset = |at: usize| u32::try_from(at).ok();
    let (Some(from), Some(to)) = (offset(start), offset(start + line.len())) else {
        return diagnostics;
    };
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let message = format!("this is source for {}, not for NASM", dialect.name);
    let mistakes = if errors == 1 { "mistake" } else { "mistakes" };
    let label = format!("a line of it; {errors} {mistakes} are not shown one by one");
    vec![Diagnostic::error(Span::new(main, from, to), message).label(label).help(dialect.help)]
}
