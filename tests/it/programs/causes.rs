//! Faults far from their cause: the message names the cause.

use super::support::{applet, run_source};
use crate::support::{Needs, Tests, add};
use libtest_mimic::Failed;

pub(crate) fn tests(tests: &mut Tests) {
    add!(
        tests, Needs::Nothing;
        endless_recursion_is_named,
        deep_recursion_is_not_endless,
        a_jump_astray_names_its_origin,
        the_origin_is_found_with_input_too,
        what_does_not_repeat_has_no_origin,
        a_return_with_nothing_to_return_to,
        a_triple_fault_says_what_began_it,
        an_operand_that_is_not_aligned,
        the_dump_has_all_segments_and_vectors,
        the_whole_exit_value_is_in_json,
    );
}

const SOFT: &[&str] = &["--backend", "soft", "--timeout", "3s"];

/// Runs on the software CPU; the exit status is that of a fault or of a time limit.
fn says(source: &str, parts: &[&str]) -> Result<(), Failed> {
    let ended = run_source(SOFT, source, b"")?;
    if !matches!(ended.status, 124 | 134) {
        return Err(format!("exit status {}\n{}", ended.status, ended.stderr).into());
    }
    ended.says(parts)?;
    Ok(())
}

fn endless_recursion_is_named() -> Result<(), Failed> {
    let named = "endless recursion: `f` called itself about";
    for bits in [16, 32, 64] {
        let push = if bits == 16 { "push ax" } else { "db 0x50" };
        let start = if bits == 16 { "began at 0x7c00" } else { "began at 0x1000000" };
        for code in ["f: call f".to_owned(), format!("f: {push}\n {push}\n call f\n ret")] {
            says(&format!("bits {bits}\n{code}\n"), &[named, start, "stack pointer is now"])?;
        }
    }
    says("bits 64\nf: push rax\n call f\n", &["about 983040 times", "program.asm:3:"])
}

/// A fault in a recursion that ends has its own message.
fn deep_recursion_is_not_endless() -> Result<(), Failed> {
    let source = "bits 64\n mov ecx, 5000\nf: dec ecx\n jz done\n call f\n ret\ndone: div ecx\n";
    let ended = run_source(SOFT, source, b"")?.status(134)?;
    if ended.stderr.contains("recursion") { Err(ended.stderr.into()) } else { Ok(()) }
}

fn a_jump_astray_names_its_origin() -> Result<(), Failed> {
    let parts = ["jump to address 0x0", "program.asm:6:", "`ret`, which took what `push rax` left"];
    says("bits 64\n call f\n hlt\nf:\n push rax\n ret\n", &parts)?;
    says("bits 64\n xor eax, eax\n jmp rax\n", &["program.asm:3:", "came here by `jmp rax`"])?;
    let source = "bits 32\n call f\n hlt\nf:\n push dword 0x40000000\n ret\n";
    says(source, &["0x40000000", "program.asm:6:", "`push 0x40000000` left"])
}

fn the_origin_is_found_with_input_too() -> Result<(), Failed> {
    let source = "bits 64\n in al, 0xE0\n cmp al, 'x'\n jne out\n xor eax, eax\n call rax\nout: hlt\n";
    let ended = run_source(SOFT, source, b"xyz")?.status(134)?;
    ended.says(&["program.asm:6:", "came here by `call rax`"])?;
    Ok(())
}

fn what_does_not_repeat_has_no_origin() -> Result<(), Failed> {
    let source = "bits 64\n in eax, 0xE8\n xor eax, eax\n call rax\n";
    let ended = run_source(SOFT, source, b"")?.status(134)?;
    if ended.stderr.contains("came here") { Err(ended.stderr.into()) } else { Ok(()) }
}

fn a_return_with_nothing_to_return_to() -> Result<(), Failed> {
    let parts = ["program.asm:2:", "empty stack: there was nothing to return to"];
    says(" mov ax, 1\n ret\n", &parts)
}

fn a_triple_fault_says_what_began_it() -> Result<(), Failed> {
    let program = |limit: u32, code: &str| {
        format!(
            " cli\n lgdt [table]\n mov eax, cr0\n or al, 1\n mov cr0, eax\n jmp 8:start\n{code}\n hlt\n\
             gdt: dq 0, 0x00CF9A000000FFFF, 0x00CF92000000FFFF\ntable: dw {limit}\n dd gdt\n"
        )
    };
    let segments = "mov ax, 16\n mov ds, ax\n mov ss, ax\n";
    let none = format!("bits 32\nstart: {segments} int 0x10");
    let rows: [(u32, &str, &[&str]); 4] = [
        (
            23,
            "bits 32\nstart: mov byte [0xB8000], 65",
            &["general protection (#GP)", "ds is still the segment of real mode", "0xffff"],
        ),
        (
            15,
            &format!("bits 32\nstart: {segments}"),
            &["selector 0x10 of the GDT", "behind the end of the GDT", "0xf.", "0x17"],
        ),
        (
            23,
            "start: mov ax, 16\n mov ds, ax\n mov es, ax\n mov ss, ax\n mov sp, 0x7000\n mov byte [0x7000], 3",
            &["write `bits 32`", "assembled for 16 bits"],
        ),
        (23, &none, &["entry 0x10 of the IDT", "`int 0x10` calls a PC's BIOS"]),
    ];
    for (limit, code, parts) in rows {
        says(&program(limit, code), &[&["triple fault: it began with"], parts].concat())?;
    }
    // A descriptor that does not do.
    let code = "bits 32\nstart: mov ax, 16\n mov ds, ax\n mov ax, 8\n mov ss, ax";
    says(&program(23, code), &["selector 0x8 of the GDT", "0x00cf9b000000ffff: a code segment"])
}

fn an_operand_that_is_not_aligned() -> Result<(), Failed> {
    let source = "bits 64\n lea rsi, [rel x]\n movaps xmm1, [rsi + 4]\n hlt\nalign 16\nx: dq 1, 2, 3\n";
    let parts = ["operand [rsi+4] of `movaps` is at 0x100014, 4 bytes behind a multiple of 16"];
    says(source, &parts)
}

fn the_dump_has_all_segments_and_vectors() -> Result<(), Failed> {
    let source = "bits 64\n mov eax, 7\n movq xmm1, rax\n xor ecx, ecx\n movaps [rcx + 16], xmm1\n";
    says(source, &["fs=001b gs=001b", "xmm1=0000000000000000_0000000000000007"])
}

fn the_whole_exit_value_is_in_json() -> Result<(), Failed> {
    let value = |source: &str| -> Result<(i32, serde_json::Value), Failed> {
        let ended = applet(["run", "--json", "-"], source.as_bytes())?;
        let last = ended.stderr.lines().last().unwrap_or_default();
        Ok((ended.status, serde_json::from_str(last)?))
    };
    let (status, json) = value("mov eax, 0x12300\nout 0xE3, eax\n")?;
    assert_eq!((status, &json["code"]), (0, &serde_json::json!(0)));
    assert_eq!(json["exit_value"], 0x12300);
    let (status, json) = value("mov al, 7\nout 0xE3, al\n")?;
    assert_eq!((status, &json["exit_value"]), (7, &serde_json::json!(7)));
    assert_eq!(value("hlt\n")?.1["exit_value"], serde_json::Value::Null);
    Ok(())
}
