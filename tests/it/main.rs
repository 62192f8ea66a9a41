//! The tests outside `src/`, as one program: `cargo test` shows one list, and the library is linked
//! once.
//!
//! ```sh
//! cargo test                                # all
//! cargo test --test it -- golden::cat       # those with that in their names
//! cargo test --test it -- --list            # their names
//! APPLET_BLESS=1 cargo test --test it       # write what is expected anew
//! APPLET_REQUIRE_KVM=1 cargo test           # fail where /dev/kvm is missing
//! APPLET_REQUIRE_NASM=1 cargo test          # fail where nasm is missing
//! APPLET_REQUIRE_SHELLS=1 cargo test        # fail where bash, fish or zsh is missing
//! ```
//!
//! Each module has a function `tests` that lists its tests. A test function that is not listed is
//! dead code, which does not compile here.
#![deny(dead_code)]

mod support;

use libtest_mimic::Arguments;
use std::process::ExitCode;
use support::Tests;

/// Declares the modules and lists their tests.
macro_rules! modules {
    ($($(#[$condition:meta])* $name:ident,)*) => {
        $($(#[$condition])* mod $name;)*

        fn list() -> Tests {
            let mut tests = Tests::default();
            $($(#[$condition])* tests.within(stringify!($name), $name::tests);)*
            tests
        }
    };
}

modules! {
    silicon,
    asm,
    differential,
    warnings,
    soft,
    machine,
    golden,
    cli,
    programs,
    #[cfg(unix)]
    repl,
    #[cfg(unix)]
    session,
    #[cfg(unix)]
    terminal,
    docs,
    tidy,
}

fn main() -> ExitCode {
    // Some tests of the machine start this program again, with a task.
    if let Some(code) = machine::host::child() {
        return code;
    }
    let arguments = Arguments::from_args();
    let (trials, at_end) = list().into_parts();
    let conclusion = libtest_mimic::run(&arguments, trials);
    for report in at_end {
        report();
    }
    conclusion.exit_code()
}
