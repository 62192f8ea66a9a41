//! No text makes the preprocessor run without end, grow without end, or panic.

use super::{World, run, run_in};

fn only_error(text: &str) -> String {
    let made = run(text);
    assert_eq!(made.diagnostics.len(), 1, "{:?}", made.said());
    made.diagnostics[0].message.clone()
}

#[test]
fn doubling_definitions_stop() {
    let mut text = String::from("%define a0 x\n");
    for i in 1..60 {
        text += &format!("%define a{i} a{0} a{0}\n", i - 1);
    }
    assert_eq!(
        only_error(&(text.clone() + " a59\n")),
        "this line expands to more than 262144 words"
    );
    let made = run(&text.replace("%define", "%xdefine"));
    assert!(made.diagnostics[0].message.contains("more than 262144 words"), "{:?}", made.said());
}

#[test]
fn doubling_arguments_stop() {
    let text = "%rmacro m 1\n m {%1 %1}\n%endm\n m x\n";
    assert!(only_error(text).starts_with("this line expands to more than"));
}

#[test]
fn doubling_strings_stop() {
    let text = "%define s 'x'\n%rep 100\n%strcat s s, s\n%endrep\n";
    assert_eq!(only_error(text), "macros generate more than 64 MiB of text");
}

#[test]
fn recursion_stops() {
    let text = "%rmacro m 0\n m\n%endm\n m\n";
    assert_eq!(only_error(text), "more than 1000 macros and repetitions are within each other");
    let mut chain = String::new();
    for i in 0..5000 {
        chain += &format!("%define a{i} a{}\n", i + 1);
    }
    assert!(only_error(&(chain + " a0\n")).starts_with("more than 1000 single-line macros"));
    let world = World { files: &[("a", "%include 'a'\n%include 'a'\n")] };
    let made = run_in(world, "%include 'a'\n");
    assert_eq!(made.diagnostics.len(), 1);
    assert_eq!(made.diagnostics[0].message, "files include each other more than 64 deep");
}

#[test]
fn pasting_without_end_stops() {
    let made = run("%define a(x) x %+ a(x)\n a(1)\n");
    assert!(made.diagnostics.len() <= 1, "{:?}", made.said());
    run("%define b %+ b\n b b\n");
    run("%+\n%+ %+\n a %+\n%+ a\n");
}

#[test]
fn many_small_definitions_stop() {
    let text = "%define big x x x x x x x x x x x x x x x x\n%define huge big big big big big big big \
                big big big big big\n%assign i 0\n%rep 1000000\n%assign i i+1\n%xdefine m%[i] huge \
                huge huge huge huge huge huge huge huge\n%endrep\n";
    assert_eq!(only_error(text), "macros hold more than 1048576 words at one time");
}

#[test]
fn long_repetitions_stop() {
    let text = "%rep 1000000\n%rep 1000000\n%rep 1000000\n%endrep\n%endrep\n%endrep\n";
    assert!(only_error(text).contains("generate more than 400000 lines"));
    let mut text = String::from("%define s 'x'\n%rep 20\n%strcat s s, s\n%endrep\n");
    text += "%rep 1000000\n%strlen n s\n%endrep\n";
    assert!(only_error(&text).contains("generate more than 8000000 words"));
    let text = format!("%rep 1000000\n db {}\n%endrep\n", "1,".repeat(100_000));
    assert!(only_error(&text).contains("generate more than 8000000 words"));
    // The line is refused each time, and that takes its time.
    let said = run("%define x 1\n%rep 1000000\n%xdefine x x x\n%endrep\n").said().join("\n");
    assert!(said.contains("generate more than 8000000 words"), "{said}");
}

#[test]
fn nested_evaluations_stop() {
    let nested = format!("%define f(=x) x\n db {}1{}\n", "f(".repeat(5000), ")".repeat(5000));
    let said = "t:2:7: `f` must be defined before it is used here (its value is needed at once)";
    assert_eq!(run(&nested).said(), [said]);
    // Each of these evaluates its argument once.
    let mut chain = String::new();
    for i in 0..500 {
        chain += &format!("%define f{i}(=x) f{}(x)+x\n", i + 1);
    }
    assert_eq!(run(&(chain + "%define f500(=x) x\n db f0(1)\n")).said(), [""; 0]);
    let indirect = format!("db {}x{}", "%[".repeat(5000), "]".repeat(5000));
    assert_eq!(run(&indirect).said(), ["t:1:132: this `%[` has no end (no `]` on this line)"]);
}

/// What texts that nobody would write are made of.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "%macro m 1-*", "%endm", "\n", "%rep 3", "%endrep", "%if 1", "%endif", "%else", " m a,b",
    "%define ", "f", "(", ")", ",", "x", "%1", "%{", "%{1:2}", "}", "%[", "]", "'", "\"", "`",
    "\\", "%+", "%%l", "%$c", "%push", "%pop", "0x", "1e+", "$", "$$", "é", "\r\n", "%?",
    "%rotate -1", "%exitrep", "%exitmacro", "%assign i ", "i+1", "{", "%strlen n ",
    "%substr s 'abc' ", "-1", ":", "%include ", "%line 5", "%-1", "\0", "%!x", "%00", "%0",
    "%deftok t ", "%unmacro m 1-*", "; c \\", "=", "%xdefine ", "%elif ",
];

#[test]
fn arbitrary_text_does_not_panic() {
    let mut state = 1u64;
    for _ in 0..3000 {
        let mut text = String::new();
        for _ in 0..60 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let index = usize::try_from(state >> 33).expect("31 bits") % PIECES.len();
            text += PIECES[index];
            if state >> 61 == 0 {
                text += " ";
            }
        }
        run(&text);
    }
}
