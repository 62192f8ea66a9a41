//! Every bad end of a guest that a user may meet, each with the message it is told.
//!
//! A row holds the program, the line to blame, and what has to be said. Messages may get better:
//! a test asks for the words that carry the meaning.

use super::support::{Ended, applet, run_source};
use crate::support::{Needs, Tests, add};
use libtest_mimic::Failed;
use std::time::{Duration, Instant};

pub(crate) fn tests(tests: &mut Tests) {
    add!(
        tests, Needs::Kvm;
        division_by_zero,
        null_pointer,
        jump_into_nowhere,
        privileged_instruction,
        no_end,
        into_data,
        overwritten_code,
        empty_stack,
        endless_loop,
        waiting_for_input,
        endless_printer,
        read_into_4_gib,
        unknown_port,
        port_of_the_other_direction,
        missing_file,
        unreadable_file,
        mistakes_in_the_source,
        output_before_a_fault,
    );
}

/// Exit statuses of `applet run`.
const TIMEOUT: i32 = 124;
const NOT_RUN: i32 = 125;
const FAULT: i32 = 134;
const OUTPUT_LIMIT: i32 = 153;

/// A program that faults, in 16, 32 and 64 bits as far as `bits` names them.
fn fault(bits: &[u32], code: &str, line: u32, parts: &[&str]) -> Result<(), Failed> {
    for bits in bits {
        let source = format!("bits {bits}\n{code}\n");
        let ended = run_source(&[], &source, b"")?.status(FAULT)?;
        let place = format!("program.asm:{line}:");
        ended.says(&[&[place.as_str()], parts].concat()).map_err(|error| {
            let text = error.message().unwrap_or_default().to_owned();
            Failed::from(format!("{bits} bits: {text}"))
        })?;
    }
    Ok(())
}

fn division_by_zero() -> Result<(), Failed> {
    fault(&[16, 32, 64], "xor ecx, ecx\ndiv ecx", 3, &["division by zero", "#DE", "div ecx"])
}

/// Real and protected mode have memory at 0; long mode does not map it.
fn null_pointer() -> Result<(), Failed> {
    fault(&[64], "xor ebx, ebx\nmov eax, [rbx]", 3, &["null pointer", "0x0", "mov eax"])?;
    fault(&[64], "xor ebx, ebx\nmov [rbx + 8], eax", 3, &["null pointer", "writing", "0x8"])
}

fn jump_into_nowhere() -> Result<(), Failed> {
    let nowhere = |bits: u32, code: &str| -> Result<Ended, Failed> {
        let ended = run_source(&[], &format!("bits {bits}\n{code}\n"), b"")?;
        ended.status(FAULT)?.says(&[
            "jump to address 0x40000000",
            "outside memory",
            "`ret` with a wrong",
        ])
    };
    nowhere(32, "mov eax, 0x40000000\njmp eax")?;
    nowhere(64, "mov eax, 0x40000000\njmp rax")?;
    Ok(())
}

fn privileged_instruction() -> Result<(), Failed> {
    let parts = ["privileged instruction", "ring 3", "ring = 0"];
    for code in ["mov rax, cr0", "cli", "lgdt [rsp]", "wrmsr"] {
        fault(&[64], code, 2, &parts)?;
    }
    Ok(())
}

/// Behind the program there are zeros, which are an instruction too.
fn no_end() -> Result<(), Failed> {
    for bits in [16, 64] {
        let ended = run_source(&[], &format!("bits {bits}\nnop\n"), b"")?.status(FAULT)?;
        ended.says(&["ran past its last instruction", "End the program with `hlt`", "add ["])?;
    }
    // Here they write to address 0 and go on, up to the end of memory or the limit.
    let ended = in_time(&[], "bits 32\nnop\n")?.status(TIMEOUT)?;
    ended.says(&["ran past its last instruction", "add [eax], al"])?;
    let flags = ["--memory", "1M", "--org", "0xFFFFC"];
    let ended = run_source(&flags, "bits 32\nnop\nnop\n", b"")?.status(FAULT)?;
    ended.says(&["jump to address 0x100000", "ran to the end of memory"])?;
    Ok(())
}

fn into_data() -> Result<(), Failed> {
    fault(
        &[16, 32, 64],
        "mov dx, 0x99\ndb 'l'",
        3,
        &["port 0x99", "The source has data at this address"],
    )
}

fn overwritten_code() -> Result<(), Failed> {
    let code = "mov word [there], 0x40E4\njmp there\nthere: nop\nnop";
    fault(&[16, 32, 64], code, 4, &["port 0x40", "in al, 0x40", "overwrote its own code"])
}

fn empty_stack() -> Result<(), Failed> {
    fault(&[32, 64], "nop\nret", 3, &["0x1000000", "The stack is empty", "End the applet"])?;
    fault(&[64], "pop rax", 2, &["0x1000000", "pops more than it pushes"])?;
    fault(&[64], "xor esp, esp\npush rax", 3, &["0xfffffffffffffff8", "The stack pointer"])
}

/// Runs it with a limit of 300 ms, and fails if it does not end. The machine may be busy.
fn in_time(flags: &[&str], source: &str) -> Result<Ended, Failed> {
    let started = Instant::now();
    let flags = [&["--timeout", "300ms"], flags].concat();
    let ended = run_source(&flags, source, b"")?;
    let took = started.elapsed();
    if took > Duration::from_secs(60) {
        return Err(format!("it took {took:?}").into());
    }
    Ok(ended)
}

fn endless_loop() -> Result<(), Failed> {
    for bits in [16, 32, 64] {
        let source = format!("bits {bits}\njmp $\n");
        let ended = in_time(&[], &source)?.status(TIMEOUT)?;
        ended.says(&["longer than 0.3 s", "program.asm:2:1", "it was here", "--timeout"])?;
    }
    let ended = in_time(&["--json"], "bits 64\nnop\njmp $\n")?.status(TIMEOUT)?;
    ended.says(&[
        r#""address":"0x100001""#,
        r#""instruction":"jmp short 0x100001""#,
        r#""line":3"#,
    ])?;
    Ok(())
}

/// A guest that waits for input which does not come spends its time as well.
fn waiting_for_input() -> Result<(), Failed> {
    use super::support::collect;
    use crate::support::{APPLET, root};
    use std::process::{Command, Stdio};
    let started = Instant::now();
    let mut child = Command::new(APPLET)
        .args(["run", "--timeout", "300ms", "applets/echo.asm"])
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let open = child.stdin.take();
    let ended = collect(child)?;
    drop(open);
    let took = started.elapsed();
    if took > Duration::from_secs(60) {
        return Err(format!("it took {took:?}").into());
    }
    ended.status(TIMEOUT)?.says(&["longer than 0.3 s"])?;
    Ok(())
}

fn endless_printer() -> Result<(), Failed> {
    for bits in [16, 32, 64] {
        let source = format!("bits {bits}\nmov al, 'x'\nagain: out 0xE1, al\njmp again\n");
        let flags = ["--timeout", "60s", "--max-output", "1000"];
        let ended = run_source(&flags, &source, b"")?.status(OUTPUT_LIMIT)?;
        ended.says(&["1000 bytes", "--max-output"])?.stdout([b'x'; 1000])?;
        // On a busy machine a short time may pass before the guest prints anything.
        let mut printed = false;
        for limit in ["300ms", "3s", "30s"] {
            let ended = run_source(&["--timeout", limit], &source, b"")?.status(TIMEOUT)?;
            if ended.stdout.iter().any(|&byte| byte != b'x') {
                return Err("it printed something else".into());
            }
            printed = !ended.stdout.is_empty();
            if printed {
                break;
            }
        }
        if !printed {
            return Err("the output up to the time limit is lost".into());
        }
    }
    Ok(())
}

fn read_into_4_gib() -> Result<(), Failed> {
    let code = "mov rdi, 4 << 30\nmov ecx, 16\nin eax, 0xE4";
    fault(&[64], code, 4, &["READ", "16 bytes", "0x100000000", "outside memory"])?;
    let code = "mov edi, 0x100000\nmov ecx, 0xFFFFFFFF\nin eax, 0xE4";
    fault(&[32, 64], code, 4, &["READ", "4294967295 bytes", "0x100000", "outside memory"])
}

fn unknown_port() -> Result<(), Failed> {
    fault(&[16, 32, 64], "in al, 0x42", 2, &["port 0x42", "does not exist", "reading"])?;
    fault(&[16, 32, 64], "mov dx, 0x1234\nout dx, ax", 3, &["port 0x1234", "does not exist"])?;
    let source = "; /// applet\n; ports = \"ignore\"\n; ///\nbits 64\nin al, 0x42\nout 0xE3, al\n";
    run_source(&[], source, b"")?.status(0xFF)?.quiet()?;
    Ok(())
}

fn port_of_the_other_direction() -> Result<(), Failed> {
    fault(&[16, 32, 64], "in al, 0xE1", 2, &["0xe1", "STDOUT", "out"])
}

fn missing_file() -> Result<(), Failed> {
    let ended = applet(["run", "applets/eco.asm"], b"")?.status(NOT_RUN)?;
    ended.says(&["applets/eco.asm", "No such file"])?;
    Ok(())
}

/// Root may read everything but a folder.
fn unreadable_file() -> Result<(), Failed> {
    applet(["run", "applets/"], b"")?.status(NOT_RUN)?.says(&["applets/", "directory"])?;
    Ok(())
}

fn mistakes_in_the_source() -> Result<(), Failed> {
    let source = "bits 64\nmvo eax, 1\nmov eax, nowhere\n";
    let ended = run_source(&[], source, b"")?.status(NOT_RUN)?.stdout("")?;
    ended.says(&["program.asm:2:1", "mvo", "mov", "program.asm:3:10", "nowhere"])?;
    Ok(())
}

/// Output is complete whatever ends the applet.
fn output_before_a_fault() -> Result<(), Failed> {
    for bits in [16, 32, 64] {
        let source = format!("bits {bits}\nmov al, 'x'\nout 0xE1, al\nin al, 0x42\n");
        run_source(&[], &source, b"")?.status(FAULT)?.stdout("x")?;
    }
    Ok(())
}
