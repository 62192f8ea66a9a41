//! How fast lines pass. `cargo test --release preprocess::tests::speed -- --ignored --nocapture`
//! prints the figures.

use super::World;
use crate::asm::preprocess::Preprocessor;
use crate::diagnostic::Sources;
use std::time::Instant;

/// Lines as programs have them; `macros` mixes in uses of macros.
fn program(lines: usize, macros: bool) -> String {
    let mut text =
        String::from("%define SIZE 16\n%macro two 1\n mov ax, %1\n add ax, SIZE\n%endm\n");
    for i in 0..lines {
        match i % 10 {
            0 => text += &format!("label{i}:\n"),
            1 if macros => text += " two bx ; a comment\n",
            2 if macros => text += " add eax, SIZE*2\n",
            3 => text += " mov eax, [ebx+ecx*4+0x10] ; load the next one\n",
            4 => text += " db 'text', 13, 10, 0\n",
            5 => text += &format!(" jmp .local{i}\n"),
            6 => text += "\n",
            _ => text += " add rax, 1234\n",
        }
    }
    text
}

fn measure(lines: usize, macros: bool) -> (usize, f64) {
    let mut sources = Sources::new();
    let main = sources.add("t", None, program(lines, macros));
    let world = World::default();
    let mut best = f64::INFINITY;
    let mut count = 0;
    for _ in 0..5 {
        let start = Instant::now();
        let mut preprocessor = Preprocessor::new(&mut sources, main, &world);
        let (mut line, mut out) = (Vec::new(), 0);
        while preprocessor.next_line(&world, &mut line) {
            out += line.len();
        }
        best = best.min(start.elapsed().as_secs_f64());
        count = out;
    }
    (count, best)
}

#[test]
#[ignore = "a measurement"]
#[expect(clippy::print_stdout, clippy::cast_precision_loss, reason = "a measurement")]
fn lines_per_second() {
    for lines in [10_000, 100_000, 1_000_000] {
        for macros in [false, true] {
            let (tokens, seconds) = measure(lines, macros);
            let rate = lines as f64 / seconds / 1e6;
            println!("{lines} lines, macros {macros}: {rate:.1} M lines/s, {tokens} tokens out");
        }
    }
}
