//! The software CPU: instructions per second on loops and small programs in each mode, the price
//! of a port access, and that of a fresh machine.
//!
//! A program is told in words that fit every mode: `_ax` is `ax`, `eax` or `rax`, and `heap` is
//! memory apart from the code. It repeats what it does as often as `ebp` says, and its result is
//! checked. How many instructions that takes is read from the time-stamp counter, which counts
//! them here. With `-- kvm`, the same programs run on KVM too.

mod common;

use anyhow::{Context as _, Result, ensure};
use applet::internal::driver::Choices;
use applet::internal::machine;
use applet::internal::machine::config::{BackendChoice, Io, Output};
use applet::internal::machine::outcome::{Outcome, Stats};
use common::median;
use std::time::Duration;

/// Loops: name and what is in them.
const LOOPS: [(&str, &str); 9] = [
    ("count down", ""),
    ("registers", "add eax, ecx\n xor edx, eax\n lea ebx, [_bx+_si]\n imul eax, ebx\n"),
    ("flags", "add eax, ecx\n adc edx, 0\n rcl ebx, 1\n sbb esi, edx\n"),
    ("branches", "test ecx, 3\n jz .a\n inc eax\n.a: cmp eax, edx\n ja .b\n inc edx\n.b:\n"),
    ("reading", "mov eax, [heap]\n add eax, [heap+4]\n movzx edx, byte [heap+1]\n"),
    ("writing", "mov [heap], eax\n add [heap+4], ecx\n mov byte [heap+9], 1\n"),
    ("beside code", "mov [data], eax\n add [data+4], ecx\n mov byte [data+9], 1\n"),
    ("calls", "call .f\n jmp .g\n.f: ret\n.g:\n"),
    ("stack", "push _ax\n push _cx\n pop _dx\n pop _ax\n"),
];

/// A program with a result of its own.
struct Program {
    name: &'static str,
    text: &'static str,
    count: u32,
    result: u32,
}

/// The results were computed by other means: 195 is 13 * 15, and `hashlib` has SHA-256.
const PROGRAMS: [Program; 6] = [
    Program {
        name: "copying",
        text: include_str!("soft/copying.asm"),
        count: 8000,
        result: 0xA0E1_8000,
    },
    Program {
        name: "recursion",
        text: include_str!("soft/recursion.asm"),
        count: 400,
        result: 6765,
    },
    Program {
        name: "strings",
        text: include_str!("soft/strings.asm"),
        count: 50_000,
        result: 5_000_000,
    },
    Program { name: "sieve", text: include_str!("soft/sieve.asm"), count: 300, result: 2262 },
    Program {
        name: "sha256",
        text: include_str!("soft/sha256.asm"),
        count: 10_000,
        result: 0x3D00_ED86,
    },
    Program {
        name: "brainfuck",
        text: include_str!("soft/brainfuck.asm"),
        count: 6000,
        result: 195,
    },
];

/// Repetitions of a loop.
const COUNT: u32 = 10_000_000;
/// How many times fewer there are where KVM leaves ring 0 to an emulator.
const SLOWER: u32 = 200;
/// Port accesses.
const PORTS: u32 = 1_000_000;
/// Machines.
const BOOTS: usize = 500;

fn main() -> Result<()> {
    if !common::is_asked() {
        return Ok(());
    }
    let with_kvm = std::env::args().any(|argument| argument == "kvm");
    for bits in [16, 32, 64] {
        for (name, body) in LOOPS {
            let text = format!(
                "again:\n{body} sub ebp, 1\n jnz again\n xor eax, eax\n ret\nalign 64\ndata: times 64 db 0\n"
            );
            let target = if name == "count down" { 300.0 } else { 150.0 };
            compare(bits, name, &text, COUNT, 0, target, with_kvm)?;
        }
        for p in PROGRAMS {
            compare(bits, p.name, p.text, p.count, p.result, 150.0, with_kvm)?;
        }
    }
    let text = source(64, "again: in al, 0xEC\n sub ebp, 1\n jnz again\n ret\n");
    let (time, ..) = run(&text, PORTS, BackendChoice::Soft)?;
    let each = time.as_secs_f64() * 1e9 / f64::from(PORTS);
    line(&format!("a port access {each:>23.0} ns    target <= 50"));
    boots()
}

/// One line of the table.
fn compare(
    bits: u32,
    name: &str,
    body: &str,
    count: u32,
    result: u32,
    target: f64,
    with_kvm: bool,
) -> Result<()> {
    let text = source(bits, body);
    let rate = |(time, instructions, _): (Duration, u32, u32)| {
        f64::from(instructions) / time.as_secs_f64() / 1e6
    };
    let soft = run(&text, count, BackendChoice::Soft)?;
    ensure!(soft.2 == result, "{name} gives {:#x}", soft.2);
    let verdict = if rate(soft) >= target { "met" } else { "MISSED" };
    let mut text_of =
        format!("{bits} bits, {name:<12} {:>8.0} M/s   target >= {target}   {verdict}", rate(soft));
    if with_kvm {
        let fewer = if bits == 64 { count } else { (count / SLOWER).max(1) };
        let (_, instructions, _) = run(&text, fewer, BackendChoice::Soft)?;
        let (time, _, _) = run(&text, fewer, BackendChoice::Kvm)?;
        text_of += &format!("   KVM {:.1} M/s", rate((time, instructions, 0)));
    }
    line(&text_of);
    Ok(())
}

fn boots() -> Result<()> {
    for (name, text) in
        [("real", "hlt\n"), ("protected", "bits 32\n hlt\n"), ("long", "bits 64\n hlt\n")]
    {
        let mut times = Vec::with_capacity(BOOTS);
        for _ in 0..BOOTS {
            let (stats, ..) = boot(text, 0, BackendChoice::Soft)?;
            times.push(stats.create + stats.boot + stats.run + stats.tear_down);
        }
        let time: Duration = median(times);
        line(&format!("a fresh {name:<10} {:>17.1} us    target <= 30", time.as_secs_f64() * 1e6));
    }
    Ok(())
}

/// A program around a routine `again`, which says how many instructions it was, and the result.
fn source(bits: u32, body: &str) -> String {
    let (prefix, heap) = match bits {
        16 => ("", 0xA000),
        32 => ("e", 0x11_0000),
        _ => ("r", 0x11_0000),
    };
    let mut text = format!("bits {bits}\n%define heap {heap:#x}\n");
    for name in ["ax", "bx", "cx", "dx", "si", "di"] {
        text += &format!("%define _{name} {prefix}{name}\n");
    }
    text + "call again\n mov ecx, eax\n rdtsc\n out 0xE1, eax\n mov eax, ecx\n out 0xE1, eax\n hlt\n"
        + body
}

/// Processor time of a run, where the system tells, its instructions, and its result. Wall time on
/// a machine that does other things says little; but time inside of KVM is not all counted.
fn run(text: &str, count: u32, backend: BackendChoice) -> Result<(Duration, u32, u32)> {
    let (report, time, output) = boot(text, count, backend)?;
    let word = |n: usize| -> Result<u32> {
        let bytes = output.get(4 * n..4 * n + 4).context("no result")?;
        Ok(u32::from_le_bytes(bytes.try_into()?))
    };
    let time = time.filter(|_| backend == BackendChoice::Soft);
    Ok((time.unwrap_or(report.run), word(0)?, word(1)?))
}

fn boot(
    text: &str,
    count: u32,
    backend: BackendChoice,
) -> Result<(Stats, Option<Duration>, Vec<u8>)> {
    let program = common::assemble("bench", text.to_owned())?;
    let registers = vec![("ebp".to_owned(), count.into())];
    let choices = Choices { backend, registers, ..Choices::default() };
    let mut io = Io::buffers([]);
    let before = processor_time();
    let report = machine::run(&program.image, &program.config(&choices), &mut io)?;
    let time = before.and_then(|before| processor_time()?.checked_sub(before));
    ensure!(report.outcome == Outcome::Halted, "{:?}", report.outcome);
    let output = if let Output::Buffer(bytes) = io.output { bytes } else { Vec::new() };
    Ok((report.stats, time, output))
}

fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

#[expect(clippy::print_stdout, reason = "a bench reports on standard output")]
fn line(text: &str) {
    println!("{text}");
}
