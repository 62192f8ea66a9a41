//! Which CPU runs a guest, what the software CPU does in KVM's place, and how both are compared.
//!
//! The instructions that KVM leaves to the software CPU depend on the host. These tests hold on every
//! host.

use super::support::{Answer, Place};
use crate::support::{Needs, Tests, add};
use applet::internal::machine::doctor;

pub(crate) fn tests(tests: &mut Tests) {
    add!(
        tests, Needs::Kvm;
        single_instructions_are_completed,
        many_instructions_move_the_guest,
        exceptions_are_told,
        a_guest_that_moved_is_still_limited,
        system_calls_work,
        gates_work,
        auto_takes_what_the_doctor_says,
        both_part_where_they_part,
    );
    add!(
        tests, Needs::Nothing;
        the_seed_is_for_rdrand_too,
    );
}

/// At ring 0 of long mode: as many set bits as there are instructions, which some KVMs do not know.
fn counting(times: u32) -> String {
    format!(
        "bits 64\nmov ecx, {times}\nmov edx, 1\nagain: popcnt eax, edx\nadd ebx, eax\ndec ecx\n\
         jnz again\nmov eax, ebx\nout 0xE3, al\n"
    )
}

fn single_instructions_are_completed() {
    let answer = Place::new().run_source("--backend kvm --ring 0 --json", &counting(5));
    let json = answer.json();
    assert_eq!(json["code"], 5, "{json}");
    let stats = &json["stats"];
    let expected = if doctor::ring_0_is_emulated() { 5 } else { 0 };
    assert_eq!((&stats["completed"], &stats["moved"]), (&expected.into(), &false.into()), "{json}");
    assert_eq!(stats["cpu"], "kvm");
}

fn many_instructions_move_the_guest() {
    let json = Place::new().run_source("--backend kvm --ring 0 --json", &counting(200)).json();
    assert_eq!((&json["code"], &json["fault"]), (&200.into(), &serde_json::Value::Null));
    // On a busy machine the moves to and fro may be so slow that they are not thought many.
    let completed = json["stats"]["completed"].as_u64().unwrap();
    match (doctor::ring_0_is_emulated(), json["stats"]["moved"] == true) {
        (true, true) => assert!(completed < 200, "{json}"),
        (true, false) => assert_eq!(completed, 200, "{json}"),
        (false, moved) => assert!(!moved && completed == 0, "{json}"),
    }
}

fn exceptions_are_told() {
    let place = Place::new();
    for (flags, bits, source) in [
        ("--ring 0", 64, "mov ebx, 0x70000000\npopcnt eax, [rbx]"),
        ("--ring 0", 64, "mov esp, 0x200000\nud2"),
        ("", 32, "mov eax, 7\nint 0x44"),
        ("", 32, "mov ebx, 0x70000000\npopcnt eax, [ebx]"),
    ] {
        let source = format!("bits {bits}\n{source}\nhlt\n");
        let on = |backend| {
            let json = place.run_source(&format!("--backend {backend} {flags} --json"), &source);
            let fault = json.json()["fault"].clone();
            (fault["message"].clone(), fault["address"].clone(), fault["registers"].clone())
        };
        let (mut kvm, mut soft) = (on("kvm"), on("soft"));
        // Some hosts hide the bits of CR4 that they set themselves.
        for fault in [&mut kvm, &mut soft] {
            fault.2["cr4"] = 0.into();
        }
        assert_eq!(kvm, soft, "{source}");
        assert!(kvm.0.is_string(), "{source}");
    }
}

fn a_guest_that_moved_is_still_limited() {
    let place = Place::new();
    let begin = "bits 32\nmov edx, 1\npopcnt eax, edx\n";
    let spin = format!("{begin}jmp $\n");
    let answer = place.run_source("--backend kvm --timeout 100ms", &spin);
    answer.failed(124, &["0.1 s", "jmp $"]);
    let flood = format!("{begin}again: out 0xE1, al\njmp again\n");
    let answer = place.run_source("--backend kvm --max-output 4K", &flood);
    answer.failed(153, &["4096 bytes"]);
    assert_eq!(answer.stdout.len(), 4096);
}

fn system_calls_work() {
    let place = Place::new();
    for backend in ["kvm", "soft", "auto"] {
        let answer = place.call(&format!("run --backend {backend} rings one two"));
        let expected = "the program is at ring 3\nthe kernel is at ring 0\none\ntwo\n";
        assert_eq!(answer.ok().text(), expected, "{backend}");
    }
}

/// A kernel of one's own in long mode: by `iretq` to ring 3, and back by `int`.
const GATE: &str = "\
bits 64
default rel
        lea rax, [handler]
        mov [idt + 0x30 * 16], ax
        mov word [idt + 0x30 * 16 + 2], 8
        mov word [idt + 0x30 * 16 + 4], 0xEE00
        shr eax, 16
        mov [idt + 0x30 * 16 + 6], ax
        lidt [idtr]
        push 0x1B
        push 0x200000
        push 2
        push 0x23
        lea rax, [user]
        push rax
        iretq
user:   mov ebx, cs
        int 0x30
handler: mov ecx, cs
        mov eax, ebx
        shl eax, 4
        or eax, ecx
        out 0xE3, al
idtr:   dw 0x31 * 16 - 1
        dq idt
align 16
idt:    times 0x31 * 2 dq 0
";

fn gates_work() {
    let place = Place::new();
    for backend in ["kvm", "soft", "auto"] {
        let flags = format!("--ring 0 --backend {backend} --json");
        let json = place.run_source(&flags, GATE).json();
        assert_eq!(json["code"], 0x23 << 4 & 0xFF | 8, "{backend}: {json}");
    }
}

fn auto_takes_what_the_doctor_says() {
    let place = Place::new();
    let hello = "bits 16\nmov al, 3\nout 0xE3, al\n";
    // As long as nothing is known, it is KVM.
    assert_eq!(place.run_source("--json", hello).json()["stats"]["cpu"], "kvm");
    // On a busy machine a probe may reach its time limit; then it is asked again.
    let mut answers = (0..5).map(|_| place.call("doctor"));
    let is_whole = |answer: &Answer| !answer.text().contains("ended with `timeout`");
    let told = answers.find(is_whole).expect("no probe is too slow").ok().text().to_owned();
    let line = told.lines().find(|line| line.contains("auto, real mode")).expect("what it takes");
    let cpu = if line.contains("the software CPU") { "soft" } else { "kvm" };
    assert_eq!(place.run_source("--json", hello).json()["stats"]["cpu"], cpu, "{line}");
    let native = place.run_source("--json", "bits 64\nhlt\n").json();
    assert_eq!(native["stats"]["cpu"], "kvm");
    assert_eq!(place.run_source("--json --backend kvm", hello).json()["stats"]["cpu"], "kvm");
}

fn both_part_where_they_part() {
    let place = Place::new();
    let flags = "--backend both --timeout 200ms";
    let both = |source: &str| place.run_source(flags, &format!("bits 64\n{source}\n"));
    both("mov al, 'x'\nout 0xE1, al\nmov [0x180000], al\nhlt").ok();
    // On one of them the time is that of the host, on the other the number of instructions.
    both("rdtsc\nout 0xE1, eax\nhlt").failed(125, &["access 1 to a port: kvm writes", "rax", "*"]);
    both("rdtsc\nmov ebx, eax\nhlt").failed(125, &["the registers at the end", "rbx", "*"]);
    let source = "rdtsc\nmov [0x180000], eax\nxor eax, eax\nxor edx, edx\nhlt";
    both(source).failed(125, &["memory at 0x18000"]);
    both("rdtsc\ntest eax, eax\njz $\nhlt")
        .failed(125, &["kvm ends with halt", "soft ends with timeout"]);
}

fn the_seed_is_for_rdrand_too() {
    let place = Place::new();
    let source = "bits 64\nrdrand eax\nout 0xE1, eax\nin eax, 0xEA\nout 0xE1, eax\nhlt\n";
    let run = |seed: u32| {
        place.run_source(&format!("--backend soft --seed {seed}"), source).ok().stdout.clone()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1)[..4], run(2)[..4]);
    assert_ne!(run(1)[..4], run(1)[4..], "not the numbers of the port");
}
