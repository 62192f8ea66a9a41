//! What is said about mistakes, and that all of them are said in one run.

use super::{World, good, run, run_in};

/// Each text, and all that is said about it.
#[rustfmt::skip]
const MISTAKES: &[(&str, &[&str])] = &[
    ("%defien x 1", &["t:1:1: `%defien` is not a preprocessor directive (unknown directive) [did you mean `%define`?]"]),
    ("%elsif 1", &["t:1:1: `%elsif` is not a preprocessor directive (unknown directive) [did you mean `%elif`?]"]),
    ("%else\n%endif", &["t:1:1: `%else` without an `%if` (no `%if` is open here)",
                        "t:2:1: `%endif` without an `%if` (no `%if` is open here)"]),
    ("%if 1\n%else\n%else\n%endif", &["t:3:1: `%else` after the `%else` of this `%if` (ignored, with what follows up to `%endif`) {t:2:1: its `%else`}"]),
    ("a\n%if 1\nb", &["t:2:1: this `%if` has no `%endif` (opened here) [every `%if` needs an `%endif`, in the same file and the same macro]"]),
    ("%macro m 0\nb", &["t:1:1: this `%macro` has no `%endmacro` (opened here)"]),
    ("%rep 2\nb", &["t:1:1: this `%rep` has no `%endrep` (opened here)"]),
    ("%endrep\n%endm", &["t:1:1: `%endrep` without a `%rep` (no `%rep` is open here)",
                         "t:2:1: `%endm` without a `%macro` (no `%macro` is open here)"]),
    ("%exitrep\n%exitmacro", &["t:1:1: `%exitrep` outside of a `%rep` (nothing to leave here)",
                               "t:2:1: `%exitmacro` outside of a `%macro` (nothing to leave here)"]),
    ("%define f(a,b) a\n mov f(1)", &["t:2:6: the macro `f` does not take 1 parameter (it takes 2) {t:1:9: it is defined here}"]),
    ("%define f(a) a\n f(1", &["t:2:3: the arguments of `f` do not end (no `)` for this) {t:1:9: it is defined here}"]),
    ("%define", &["t:1:1: `%define` needs the name of a macro (nothing follows it)"]),
    ("%define 5 6", &["t:1:9: `%define` needs the name of a macro here (not a name)"]),
    ("%macro m\n x\n%endm", &["t:1:8: the macro `m` must say how many parameters it takes (no number behind this) [write `m 0` if it takes none]"]),
    ("%include 'none.inc'", &["t:1:10: cannot include `none.inc`: no such file (not included)"]),
    ("%error no good\n%warning beware", &["t:1:1: no good (reported by the program)", "t:2:1: beware (reported by the program)"]),
    ("%fatal end\n%error never said", &["t:1:1: end (reported by the program)"]),
    ("db 'abc\nx", &["t:1:4: this string has no end (no closing ' on this line) [close it with ']"]),
    ("db 12ab", &["t:1:4: `12ab` is not a number (letters among decimal digits) [hexadecimal numbers are written `0x12ab` or `012abh`]"]),
    ("db 0b12", &["t:1:4: `0b12` is not a number (`2` is not a binary digit)"]),
    ("mov al, %1", &["t:1:9: `%1` has a meaning only inside a macro (not in a `%macro`) [as an operator, `%` needs white space after it]"]),
    ("db %!HOME", &["t:1:4: environment variables are not available (refused) [the output of a program depends on its text only]"]),
    ("%pop", &["t:1:1: `%pop` without a context (no context is open here)"]),
    ("%push a\n%pop b", &["t:2:1: `%pop b`, but the innermost context is `a` (the contexts do not match) {t:1:1: the context was opened here}"]),
    ("db %$x", &["t:1:4: `%$x` needs a context (no context is open) [open one with `%push`]"]),
    ("%use altregs", &["t:1:6: there is no package `altregs` (not a package of macros) [did you mean `altreg`?]"]),
    ("%arg a", &["t:1:6: a variable on the stack is written `name:size` (not a variable) [the sizes are byte, word, dword, qword, tword, oword, yword; separate variables with commas]"]),
    ("%stacksize huge", &["t:1:12: `%stacksize` needs a model of the stack (not a model) [use flat, flat64, large, small]"]),
    ("%local a:word", &["t:1:1: `%$localsize` needs a context (no context is open) [open one with `%push`]"]),
    ("db %eval(1,2)", &["t:1:4: `%eval` does not take 2 parameters (it takes 1)"]),
    ("db %num(1,2,99)", &["t:1:4: `%num` writes at most 1000 digits, in a base from 2 to 64 (2 digits in base 99)"]),
    ("db 1, %sel(3,1)", &["t:1:7: `%sel` selects number 3 of 1 (the result is empty)"]),
    ("db %tok('a'", &["t:1:8: the arguments of `%tok` do not end (no `)` for this)"]),
    ("db %evil(1)", &["t:1:4: `%evil` is not an operator (a directive must be at the beginning of a line) [as an operator, `%` needs white space after it]"]),
    ("%define f 1\n%define f(a) a", &["t:2:9: the macro `f` is defined both with and without parameters (with parameters) [write `%undef f` before it, or choose another name] {t:1:9: the other definition}"]),
    ("%aliases 1", &["t:1:10: `%aliases` takes `on` or `off` (expected `on` or `off`)"]),
    ("%macro m 1\n%endm\n m {a}{b}\n m {a", &[
        "t:3:7: the braces do not contain the whole parameter (outside the braces) [put the whole parameter in braces: `{{k1}{z}}`]",
        "t:4:4: this brace is never closed (no `}` closes it)"]),
    ("%rep 1<<40\n x\n%endrep\n y", &["t:1:6: a `%rep` repeats at most 1000000 times (this is 1099511627776) [`times` repeats a single statement without that limit]"]),
    ("%if\n x\n%else\n y\n%endif", &["t:1:1: `%if` needs an expression (nothing follows it)"]),
    ("%if bad\n x\n%else\n y\n%endif", &["t:1:5: `bad` must be defined before it is used here (its value is needed at once)"]),
    ("%strlen n 5", &["t:1:11: `%strlen` needs a string in quotes (not a string)"]),
    ("%macro j 1\n j%-1 x\n%endm\n j cxz\n j foo", &[
        "t:4:4: the macro uses this as a condition code (`%-1`) (it has no opposite)",
        "t:5:4: the macro uses this as a condition code (`%-1`) (not a condition code such as `z` or `nae`)"]),
    ("dq 0x10000000000000000", &["t:1:4: this number does not fit in 64 bits (the value is 0x0)"]),
    ("%macro m 0\n%if 0\n%endm\n m\n x", &["t:4:2: this `%if` has no `%endif` (opened here) [every `%if` needs an `%endif`, in the same file and the same macro] {t:2:1: in the macro `m`}"]),
];

#[test]
fn each_mistake_is_explained() {
    for (text, said) in MISTAKES {
        assert_eq!(run(text).said(), *said, "in {text}");
    }
}

#[test]
fn skipped_lines_and_unused_bodies_are_not_looked_at() {
    let text = "%if 0\n don't\n%frobnicate\n mov %1\n%endif\n%macro m 0\n it's\n%endm\n%ifdef x\n`\n%endif\na";
    assert_eq!(good(text), "a");
}

#[test]
fn a_mistake_in_a_repetition_is_said_once() {
    assert_eq!(run("%rep 100\n%error again\n%endrep").diagnostics.len(), 1);
}

#[test]
fn a_label_before_a_mistake_is_still_defined() {
    let made = run("x: db 'abc\n y: frob %1\n db '");
    assert_eq!((made.text().as_str(), made.diagnostics.len()), ("x:\ny:", 3));
}

#[test]
fn a_mistake_in_an_include_is_shown_there() {
    let world = World { files: &[("a", "x\n%endif\n")] };
    let made = run_in(world, "%include 'a'\ny");
    assert_eq!(made.said(), ["a:2:1: `%endif` without an `%if` (no `%if` is open here)"]);
    assert_eq!(made.text(), "x\ny");
}

#[test]
fn a_macro_left_early_leaves_its_conditions_too() {
    let text = "%macro ex 1\n before\n%if %1\n%exitmacro\n%endif\n after\n%endm\nex 0\nex 1\nend";
    assert_eq!(good(text), "before\nafter\nbefore\nend");
}

#[test]
fn an_open_if_of_a_file_ends_with_the_file() {
    let world = World { files: &[("a", "%if 0\n")] };
    let made = run_in(world, "%include 'a'\ny");
    assert_eq!((made.text().as_str(), made.diagnostics.len()), ("y", 1));
}

#[test]
fn a_macro_that_does_not_take_so_many_is_left_to_the_parser_with_an_explanation() {
    use crate::asm::preprocess::Preprocessor;
    let text = "%macro m 2-3\n%endm\n%macro push 2\n%endm\nm 1\n".to_owned();
    let mut sources = crate::diagnostic::Sources::new();
    let main = sources.add("t", None, text);
    let world = World::default();
    let mut preprocessor = Preprocessor::new(&mut sources, main, &world);
    let mut line = Vec::new();
    assert!(preprocessor.next_line(&world, &mut line));
    let refused = preprocessor.take_refused_macro().expect("an explanation").diagnostic;
    assert_eq!(refused.message, "the macro `m` does not take 1 parameter");
    assert_eq!(refused.label, "it takes 2 to 3");
    assert_eq!(preprocessor.sources().position(refused.notes[0].span).line, 1);
    let mut names: Vec<&str> = preprocessor.macro_names().collect();
    names.sort_unstable();
    assert_eq!(names, ["m", "push"]);
}

#[test]
fn macros_may_define_macros_and_call_themselves_when_they_say_so() {
    let text = "%macro out 0\n%macro inn 1\n i %1 %%x\n%endm\n o %%y\n%endm\nout\ninn 3";
    assert_eq!(good(text), "o ..@0.y\ni 3 ..@1.x");
    let text = "%rmacro r 1\n%if %1 > 0\n db %1\n r %1-1\n%endif\n%endm\nr 2";
    assert_eq!(good(text), "db 2\ndb 2-1");
}
