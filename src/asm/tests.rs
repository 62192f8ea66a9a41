//! No program makes the assembler run or report without end; and cases that the files of `tests/asm`
//! cannot show, since those are for no machine.

use crate::asm::{Assembly, DefaultOrigin, Included, Options, Resolver, assemble};
use crate::diagnostic::{Diagnostic, Sources};
use std::path::Path;

struct NoFiles;

impl Resolver for NoFiles {
    fn include(&self, _: &str, _: Option<&Path>) -> Result<Included, String> {
        Err("no files here".to_owned())
    }

    fn binary(&self, _: &str, _: Option<&Path>) -> Result<Vec<u8>, String> {
        Err("no files here".to_owned())
    }
}

fn assembled(text: &str) -> Result<Assembly, Vec<Diagnostic>> {
    let mut sources = Sources::new();
    let main = sources.add("test", None, text.to_owned());
    assemble(&mut sources, main, &NoFiles, &Options::default())
}

fn messages(list: &[Diagnostic]) -> Vec<&str> {
    list.iter().map(|d| d.message.as_str()).collect()
}

#[test]
fn repeated_branches_stop() {
    let few = "times 100 jmp x\nx:\n";
    assert!(assembled(few).is_ok());
    let many = "times 30000 jmp x\n".repeat(9) + "x:\n";
    let wrong = assembled(&many).expect_err("that takes too long");
    assert_eq!(messages(&wrong), ["it takes too long to find the lengths of the statements"]);
}

#[test]
fn a_chain_of_branches_settles_in_few_passes() {
    for step in [1, 2, 3, 7] {
        let link = |i: usize| format!("t{i}: jmp t{}\ntimes {} nop\n", i + step, 125 / step - 1);
        let ahead: String = (0..2000).map(link).collect();
        let ends: String = (2000..2000 + step).map(|i| format!("t{i}: times 200 nop\n")).collect();
        let made = assembled(&(ahead + &ends)).expect("good");
        assert!(made.passes <= 5, "{step}: {} passes", made.passes);
    }
}

#[test]
fn after_many_errors_no_more_are_looked_for() {
    let text = "jmp later\n".to_owned() + &" frob 1\n".repeat(2000) + "later:\n";
    let wrong = assembled(&text).expect_err("no such instruction");
    assert_eq!(wrong.len(), crate::asm::MAX_DIAGNOSTICS + 2);
    // `later` was not read, and is not missed.
    assert!(!messages(&wrong).contains(&"`later` is not defined"));
    assert_eq!(messages(&wrong).last(), Some(&"there are more than 1000 mistakes"));
}

#[test]
fn many_warnings_do_not_stop_it() {
    let text = " mov al, 300\n".repeat(2000);
    let made = assembled(&text).expect("warnings only");
    assert_eq!(made.image.bytes.len(), 4000);
    assert_eq!(made.warnings.len(), crate::asm::MAX_DIAGNOSTICS + 1);
    let text = text + " mov eax, undefined\n frob 1\n";
    assert!(assembled(&text).is_err());
    let text = "a: mov eax, undefined\n".repeat(2000).replacen("a:", "", 1999);
    assert_eq!(assembled(&text).expect_err("undefined").len(), crate::asm::MAX_DIAGNOSTICS);
}

#[test]
fn a_number_that_is_awaited_takes_its_place() {
    let text = "bits 64\ndefault rel\norg 0x1000\nmov eax, [x]\nlea rax, [rbx+rcx*4+x]\n\
                mov ecx, x+1\nmov rax, [abs x]\njmp x\ncall x\njmp near $+x-x\nx: loop x\n";
    let made = assembled(text).expect("good");
    // By hand: x is 0x1000 + 6 + 8 + 5 + 8 + 2 + 5 + 5.
    let expected: &[u8] = &[
        0x8B, 0x05, 0x21, 0, 0, 0, 0x48, 0x8D, 0x84, 0x8B, 0x27, 0x10, 0, 0, 0xB9, 0x28, 0x10, 0,
        0, 0x48, 0x8B, 0x04, 0x25, 0x27, 0x10, 0, 0, 0xEB, 0x0A, 0xE8, 0x05, 0, 0, 0, 0xE9, 0xFB,
        0xFF, 0xFF, 0xFF, 0xE2, 0xFE,
    ];
    assert_eq!(made.image.bytes, expected);
}

#[test]
fn space_that_real_mode_does_not_reach_is_warned_of() {
    let is_warned = |text: &str, default_origin| {
        let mut sources = Sources::new();
        let main = sources.add("test", None, text.to_owned());
        let options = Options { default_origin, ..Options::default() };
        let made = assemble(&mut sources, main, &NoFiles, &options).expect("good");
        let names: Vec<_> = made.warnings.iter().filter_map(|w| w.name).collect();
        assert!(names.iter().all(|name| *name == "segment-end"), "{names:?}");
        !names.is_empty()
    };
    let run = DefaultOrigin::ByMode;
    let bss = |size: u32| format!("nop\nsection .bss\nresb {size}\n");
    // One byte of code, three up to a multiple of 4, and what 0x10000 leaves behind 0x7C04.
    assert!(!is_warned(&bss(0x83FC), run));
    assert!(is_warned(&bss(0x83FD), run));
    // Of what is not run, and of what goes where the source says, nothing is known.
    assert!(!is_warned(&bss(0x83FD), DefaultOrigin::Zero));
    assert!(!is_warned(&bss(0x83FD).replace(".bss", ".bss start=0x20000"), run));
    assert!(!is_warned(&("bits 32\n".to_owned() + &bss(0x83FD)), run));
    assert!(!is_warned(&("org 0x1000\n".to_owned() + &bss(0x83FD)), run));
    assert!(!is_warned(&("[warning -segment-end]\n".to_owned() + &bss(0x83FD)), run));
}
