//! Where tokens and mistakes are said to be.

use super::{World, good, run, run_in};
use crate::asm::preprocess::Preprocessor;
use crate::diagnostic::Sources;

#[test]
fn a_token_of_a_macro_is_located_at_its_use_with_the_way_there() {
    let text = "%macro outer 1\n inner %1\n%endmacro\n%macro inner 1\n mov %1, N\n%endmacro\n\
                %define N 5+bad\n\n  outer eax\n";
    let mut sources = Sources::new();
    let main = sources.add("t", None, text.to_owned());
    let world = World::default();
    let mut preprocessor = Preprocessor::new(&mut sources, main, &world);
    let mut line = Vec::new();
    assert!(preprocessor.next_line(&world, &mut line));
    assert_eq!(preprocessor.join(&line), "mov eax, 5+bad");
    let place = |index: usize| {
        let (span, notes) = preprocessor.locate(&line[index]);
        let sources = preprocessor.sources();
        let at = |span| {
            let p = sources.position(span);
            (p.line, p.column)
        };
        (at(span), notes.iter().map(|n| (at(n.span), n.message.clone())).collect::<Vec<_>>())
    };
    let said = |s: &str| s.to_owned();
    let (outer, inner) = (said("in the macro `outer`"), said("in the macro `inner`"));
    assert_eq!(place(0), ((9, 3), vec![((5, 2), inner.clone()), ((2, 2), outer.clone())]));
    assert_eq!(place(1), ((9, 9), vec![]), "an argument is where it was given");
    let constant = ((7, 13), said("in the macro `N`"));
    assert_eq!(place(5), ((9, 3), vec![constant, ((5, 10), inner), ((2, 2), outer)]));
}

#[test]
fn made_up_text_is_located_where_it_was_made() {
    let text = "%assign i 40+2\n\n db i\n a %+ b\n";
    let mut sources = Sources::new();
    let main = sources.add("t", None, text.to_owned());
    let world = World::default();
    let mut preprocessor = Preprocessor::new(&mut sources, main, &world);
    let mut line = Vec::new();
    assert!(preprocessor.next_line(&world, &mut line));
    assert_eq!((preprocessor.join(&line).as_str(), line[1].number), ("db 42", 42));
    let (span, notes) = preprocessor.locate(&line[1]);
    assert_eq!(preprocessor.sources().text(span), "i");
    assert_eq!(preprocessor.sources().position(notes[0].span).line, 1);
    assert!(preprocessor.next_line(&world, &mut line));
    assert_eq!(preprocessor.join(&line), "ab");
    let (span, notes) = preprocessor.locate(&line[0]);
    assert_eq!((preprocessor.sources().text(span), notes), ("a", vec![]));
}

#[test]
fn only_expressions_that_ask_for_addresses_depend_on_the_layout() {
    assert!(!run("%if 1+2\n a\n%endif\n%assign x 5\n dw $").depends_on_layout);
    assert!(run("%if known\n a\n%endif").depends_on_layout);
    assert!(run("%assign x $\n").depends_on_layout);
    assert!(!run("%if 0\n%if known\n%endif\n%endif").depends_on_layout);
}

#[test]
fn the_same_text_can_be_read_again_without_growing() {
    let world = World { files: &[("a", "%define x %[y]z\n x\n")] };
    let mut sources = Sources::new();
    let main = sources.add("t", None, "%include 'a'\n%include 'a'\n".to_owned());
    let mut counts = Vec::new();
    for _ in 0..3 {
        let mut preprocessor = Preprocessor::new(&mut sources, main, &world);
        let mut line = Vec::new();
        while preprocessor.next_line(&world, &mut line) {}
        counts.push(
            (0..).take_while(|&n| sources.get(crate::diagnostic::FileId(n)).is_some()).count(),
        );
    }
    assert_eq!(counts, [3, 3, 3], "the main text, the include, and made-up text");
}

#[test]
fn what_stands_for_a_place_follows_the_directives_that_change_it() {
    let text = "db __BITS__\nbits 32\ndb __?BITS?__\n[bits 64]\ndb __BITS__\nuse16\ndb __BITS__\n\
                __SECT__\nsection .data align=4\n__SECT__";
    let out = "db 16\nbits 32\ndb 32\n[bits 64]\ndb 64\nuse16\ndb 16\n[section .text]\n\
               section .data align=4\n[section .data align=4]";
    assert_eq!(good(text), out);
    assert_eq!(good("db __FILE__, __DATE__"), "db 't', '1970-01-01'");
}

#[test]
fn packages_are_used_once() {
    let made = run_in(World::default(), "%use altreg\n%use altreg\n%ifusing altreg\n yes\n%endif");
    assert_eq!(made.said(), [""; 0]);
    assert_eq!(made.text(), "yes");
}

#[test]
fn smartalign_pads_with_long_instructions() {
    // `$` is 16 in these tests.
    let text = "%use smartalign\nbits 32\nalign 21\nalignmode p6, nojmp\nalign 26\nalign 4, db 1\nalign 16";
    let out = "bits 32\ndb 0x90, 0x8D, 0x74, 0x26, 0\ndb 0x0F, 0x1F, 0x84, 0, 0, 0, 0, 0\n\
               db 0x66, 0x90\ntimes (((4) - (($-$$) % (4))) % (4)) db 1";
    assert_eq!(good(text).replace(",", ", ").replace(",  ", ", "), out);
}
