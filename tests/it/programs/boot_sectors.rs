//! Boot sectors whose labels do not begin at 0x7C00. QEMU prints the same for nasm's bytes of each.

use super::support::run_source;
use crate::support::{Needs, Tests, add};
use libtest_mimic::Failed;

pub(crate) fn tests(tests: &mut Tests) {
    add!(
        tests, Needs::Nothing;
        labels_are_where_the_segments_expect_them,
        the_same_with_a_fault,
    );
}

const STARTS: [&str; 6] = [
    "start: mov ax, 07C0h\n mov ds, ax\n",
    "start: push 07C0h\n pop ds\n",
    "jmp over\n db 'MSDOS5.0'\nover: mov ax, 07C0h\n mov ds, ax\n",
    " jmp 07C0h:start\nstart: mov ax, cs\n mov ds, ax\n",
    " org 0\n jmp 07C0h:start\nstart: mov ax, cs\n mov ds, ax\n",
    " org 7C00h\nstart: xor ax, ax\n mov ds, ax\n",
];

fn program(start: &str, end: &str) -> String {
    format!(
        "{start} mov si, text\nnext: lodsb\n test al, al\n jz last\n mov dx, 0x3F8\n out dx, al\n jmp next\n\
         last: {end}\ntext: db 'Hello', 10, 0\ntimes 510-($-$$) db 0\n dw 0xAA55\n"
    )
}

fn labels_are_where_the_segments_expect_them() -> Result<(), Failed> {
    for start in STARTS {
        let run = || run_source(&["--backend", "soft"], &program(start, "hlt"), b"");
        run()?.status(0)?.stdout("Hello\n").map_err(|error| format!("{start}: {error:?}"))?;
    }
    Ok(())
}

/// The line table follows the bytes, not the labels.
fn the_same_with_a_fault() -> Result<(), Failed> {
    let ended = run_source(&["--backend", "soft"], &program(STARTS[0], "xor cx, cx\n div cx"), b"")?;
    ended.status(134)?.says(&["division by zero", "program.asm:11:"])?;
    Ok(())
}
