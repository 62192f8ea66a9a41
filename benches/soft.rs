//! The software CPU: instructions per second on loops of several kinds in each mode, the price of
//! a port access, and that of a fresh machine.
//!
//! What it does not know: how the same runs on KVM. `applet doctor` tells.

mod common;

use anyhow::{Result, ensure};
use applet::driver::Choices;
use applet::machine;
use applet::machine::config::{BackendChoice, Io};
use applet::machine::outcome::{Outcome, Stats};
use common::median;
use std::time::Duration;

/// One row per loop: name, what is in it, its instructions.
const LOOPS: [(&str, &str, u32); 8] = [
    ("count down", "", 2),
    ("registers", "add eax, ecx\n xor edx, eax\n lea ebx, [eax+edx*2]\n imul eax, ebx\n", 6),
    ("flags", "add eax, ecx\n adc edx, 0\n rcl ebx, 1\n sbb esi, edx\n", 6),
    ("branches", "test ecx, 3\n jz .a\n inc eax\n.a: cmp eax, edx\n ja .b\n inc edx\n.b:\n", 7),
    ("reading", "mov eax, [data]\n add eax, [data+4]\n movzx edx, byte [data+1]\n", 5),
    ("writing", "mov [data], eax\n add [data+4], ecx\n mov byte [data+9], 1\n", 5),
    ("calls", "call .f\n jmp .g\n.f: ret\n.g:\n", 5),
    ("stack", "push eax\n push ecx\n pop edx\n pop eax\n", 6),
];

/// Repetitions of a loop.
const COUNT: u32 = 10_000_000;
/// Port accesses.
const PORTS: u32 = 1_000_000;
/// Machines.
const BOOTS: usize = 500;

fn main() -> Result<()> {
    if !common::is_asked() {
        return Ok(());
    }
    for bits in [16, 32, 64] {
        for (name, body, instructions) in LOOPS {
            let text = source(bits, body);
            let (time, _) = run(&text, COUNT)?;
            let rate = f64::from(COUNT) * f64::from(instructions) / time.as_secs_f64() / 1e6;
            let target = if name == "count down" { 300.0 } else { 150.0 };
            let verdict = if rate >= target { "met" } else { "MISSED" };
            line(&format!(
                "{bits} bits, {name:<12} {rate:>8.0} M/s   target >= {target}   {verdict}"
            ));
        }
    }
    let (time, _) = run(&source(64, "in al, 0xEC\n"), PORTS)?;
    let each = time.as_secs_f64() * 1e9 / f64::from(PORTS);
    line(&format!("a port access {each:>20.0} ns    target <= 50"));
    boots()
}

fn boots() -> Result<()> {
    for (name, text) in
        [("real", "hlt\n"), ("protected", "bits 32\n hlt\n"), ("long", "bits 64\n hlt\n")]
    {
        let mut times = Vec::with_capacity(BOOTS);
        for _ in 0..BOOTS {
            let (_, stats) = run(text, 0)?;
            times.push(stats.create + stats.boot + stats.run + stats.tear_down);
        }
        let time: Duration = median(times);
        line(&format!("a fresh {name:<10} {:>17.1} us    target <= 30", time.as_secs_f64() * 1e6));
    }
    Ok(())
}

fn source(bits: u32, body: &str) -> String {
    // Other widths have other addresses and words.
    let body = match bits {
        16 => body.replace("[eax+edx*2]", "[bx+si]").replace("lea ebx", "lea bx"),
        64 => body.replace("push e", "push r").replace("pop e", "pop r"),
        _ => body.to_owned(),
    };
    format!(
        "bits {bits}\n jmp start\nalign 64\ndata: times 64 db 0\nalign 64\nstart:\n again:\n{body} sub ebp, 1\n jnz again\n hlt\n"
    )
}

/// Processor time of a run, where the system tells, and what else it cost. Wall time on a machine
/// that does other things says little.
fn run(text: &str, count: u32) -> Result<(Duration, Stats)> {
    let program = common::assemble("bench", text.to_owned())?;
    let choices = Choices {
        backend: BackendChoice::Soft,
        registers: vec![("ebp".to_owned(), count.into())],
        ..Choices::default()
    };
    let before = processor_time();
    let report = machine::run(&program.image, &program.config(&choices), &mut Io::buffers([]))?;
    ensure!(report.outcome == Outcome::Halted, "{:?}", report.outcome);
    let time = match (before, processor_time()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => report.stats.run,
    };
    Ok((time, report.stats))
}

fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

#[expect(clippy::print_stdout, reason = "a bench reports on standard output")]
fn line(text: &str) {
    println!("{text}");
}
