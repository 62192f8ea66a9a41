//! The documentation says what is true: programs in it run, and what derives from the code is in
//! step with the code.

mod assembler;
mod pages;
mod stdlib;

use crate::support::Tests;

pub(crate) fn tests(tests: &mut Tests) {
    tests.within("assembler", assembler::tests);
    tests.within("pages", pages::tests);
    tests.within("stdlib", stdlib::tests);
}
