//! The outline never makes another program than the whole text does.

use super::*;
use crate::repl::entry;
use std::path::Path;

/// Enters what can be entered, and says how much of that could be told from the outline.
fn enter(entries: &[String], mode: Mode) -> (usize, usize) {
    let files =
        SessionFiles::beside(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/repl/x.asm"));
    let mut program = SessionProgram::new(mode, mode.default_origin(), 1 << 24);
    let (mut quick, mut all, mut last) = (0, 0, None::<Rc<Piece>>);
    for text in entries {
        let place = Origin::default();
        let from_outline = program.quick(text, 0, &place, &files);
        let from_whole = program.whole(text, 0, &place, &files);
        let before = &program.text;
        match (&from_outline, &from_whole) {
            (Some(a), Ok(b)) => {
                assert_eq!(a.piece, b.piece, "`{text}` behind\n{before}");
                assert_eq!((a.start, a.is_routine), (b.start, b.is_routine), "{text}");
                assert_eq!(a.warnings.is_some(), b.warnings.is_some(), "{text}");
            }
            (Some(_), Err(_)) => panic!("`{text}` is a mistake behind\n{before}"),
            (None, _) => {}
        }
        if let Ok(addition) = from_whole {
            let behind = program.clone();
            program.append(&addition.piece);
            if program.drop_last(&addition.piece, last.as_deref()) {
                assert!(program == behind, "`{text}` leaves something behind\n{}", behind.text);
                program.append(&addition.piece);
            }
            last = Some(addition.piece);
            all += 1;
            quick += usize::from(from_outline.is_some());
        }
    }
    (quick, all)
}

#[test]
fn the_outline_makes_the_same_program_in_all_transcripts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/repl");
    let (mut quick, mut all) = (0, 0);
    for file in std::fs::read_dir(folder).expect("transcripts") {
        let path = file.expect("a file").path();
        if path.extension().is_none_or(|e| e != "txt") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("text");
        let mode = text.lines().find_map(|line| line.strip_prefix("mode "));
        let mode = mode.and_then(|m| m.split(' ').next()).unwrap_or_default();
        let mode = Mode::ALL.into_iter().find(|m| m.name() == mode).expect("a mode");
        let mut entries: Vec<String> = Vec::new();
        let mut is_open = false;
        for line in text.lines().filter_map(|line| line.strip_prefix('>')) {
            let line = line.strip_prefix(' ').unwrap_or(line);
            match entries.last_mut().filter(|_| is_open) {
                Some(entry) => *entry += &format!("\n{line}"),
                None => entries.push(line.to_owned()),
            }
            is_open = entries.last().is_some_and(|entry| entry::is_incomplete(entry));
        }
        entries.retain(|entry| !entry::is_command(entry));
        let counts = enter(&entries, mode);
        (quick, all) = (quick + counts.0, all + counts.1);
    }
    assert!(all > 150 && quick * 10 > all * 9, "{quick} of {all}");
}

/// What random programs are made of; `#` is a small number.
const LINES: [&str; 40] = [
    "mov eax, #",
    "l#:",
    "l#: dec ecx",
    "l#: db #, #",
    "w# dw l#",
    ".a#:",
    ".a#: nop",
    "jmp l#",
    "jz near l#",
    "call l#",
    "jmp .a#",
    "dd l#.a#",
    "l#.a#: nop",
    "n# equ $ - l#",
    "n# equ #",
    "p# equ l# + #",
    "mov ax, n#",
    "mov ax, p#",
    "dw p# - l#",
    "%define d# l#",
    "%define d# #",
    "mov ax, d#",
    "%assign i n#",
    "%macro m# 0\nl%+#: nop\njmp l#\n%endmacro",
    "%macro m# 1\n%%x: dec eax\njnz %%x\n%assign i %1\n%endmacro",
    "m#",
    "m# #",
    "db i",
    "times # db l# - $$",
    "times n# nop",
    "align 8",
    "bits 32",
    "times 40 - ($ - $$) nop",
    "%if l# > #\nnop\n%endif",
    "struc s#\n.a#: resb #\nendstruc",
    "section .s#",
    "section .bss\nb#: resb #\nsection .text",
    "[section .bss]\nb#: resb #",
    "__SECT__",
    "mov eax, [b#]",
];

const DIGITS: [char; 5] = ['0', '1', '2', '3', '4'];

#[test]
fn the_outline_makes_the_same_program_of_random_entries() {
    let (mut quick, mut all) = (0, 0);
    for seed in 0..150u64 {
        let mut random = seed;
        let mut next = |below: usize| {
            // The constants of Knuth's MMIX.
            random = random.wrapping_mul(6_364_136_223_846_793_005);
            random = random.wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(random >> 40).expect("few bits") % below
        };
        let entries: Vec<String> = (0..30)
            .map(|_| {
                // The last ones, which change sections, are rare.
                let line = |next: &mut dyn FnMut(usize) -> usize| {
                    let most = if next(16) == 0 { LINES.len() } else { LINES.len() - 5 };
                    LINES[next(most)]
                };
                let lines: Vec<_> = (0..=next(3)).map(|_| line(&mut next)).collect();
                let text = lines.join("\n");
                text.chars()
                    .map(|c| if c == '#' { DIGITS[next(DIGITS.len())] } else { c })
                    .collect()
            })
            .collect();
        let counts = enter(&entries, Mode::ALL[next(3)]);
        (quick, all) = (quick + counts.0, all + counts.1);
    }
    assert!(all > 1000 && quick * 2 > all, "{quick} of {all}");
}
