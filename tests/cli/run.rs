//! `applet run` of programs that end well, and the two programs the project grew from. Knows
//! nothing of faults.

use crate::support::{Place, has_kvm, root};
use std::process::{Command, Stdio};

#[test]
fn two_and_two_is_four() {
    if !has_kvm() {
        return;
    }
    let place = Place::new();
    place.write("sum.bin", b"\xba\xf8\x03\x00\xd8\x04\x30\xee\xb0\x0a\xee\xf4");
    let raw = "run --raw --mode real --org 0x1000 --reg ax=2 --reg bx=2 sum.bin";
    assert_eq!(place.call(raw).ok().text(), "4\n");
    let source = "bits 16\norg 0x1000\nmov dx, 0x3f8\nadd al, bl\nadd al, '0'\nout dx, al\n\
                  mov al, 10\nout dx, al\nhlt\n";
    assert_eq!(place.run_source("--reg ax=2 --reg bx=2", source).ok().text(), "4\n");
    assert_eq!(place.call("asm test.asm").status, 0);
    assert_eq!(
        std::fs::read(place.path().join("test")).unwrap(),
        std::fs::read(place.path().join("sum.bin")).unwrap()
    );
}

/// Answers each byte with the next one, until it reads 42.
const NEXT: &str = "
        bits 32
        org 0
start:  mov edi, byte_
        mov edx, 0xE0
        insb
        cmp byte [byte_], 42
        je stop
        inc byte [byte_]
        mov esi, byte_
        mov edx, 0xE1
        outsb
        jmp start
stop:   hlt
byte_:  db 0
";

/// The same in C, without anything below it.
const NEXT_C: &str = r#"
static unsigned char byte;
__attribute__((section(".start"), noreturn)) void start(void) {
    for (;;) {
        unsigned char *to = &byte, *from = &byte;
        __asm__ volatile("insb" : "+D"(to) : "d"(0xE0) : "memory");
        if (byte == 42) break;
        byte = byte + 1;
        __asm__ volatile("outsb" : "+S"(from) : "d"(0xE1) : "memory");
    }
    __asm__ volatile("hlt");
    __builtin_unreachable();
}
"#;

const SCRIPT: &str =
    "SECTIONS { . = 0; .text : { *(.start) *(.text*) *(.rodata*) *(.data*) *(.bss*) *(COMMON) BYTE(0) }
     /DISCARD/ : { *(.note*) *(.comment*) *(.eh_frame*) } }";

#[test]
fn each_byte_is_answered_with_the_next_one_until_42() {
    if !has_kvm() {
        return;
    }
    let place = Place::new();
    place.write("next.asm", NEXT);
    assert_eq!(place.call_with("run next.asm", "HAL*HAL").ok().text(), "IBM");
    assert_eq!(place.call("asm next.asm -o next.bin").status, 0);
    let raw = "run --raw --mode protected --org 0 next.bin";
    assert_eq!(place.call_with(raw, "HAL*HAL").ok().text(), "IBM");
}

#[test]
fn a_c_program_runs_as_a_flat_binary() {
    let place = Place::new();
    place.write("next.c", NEXT_C);
    place.write("flat.ld", SCRIPT);
    let flags = "-m32 -O1 -ffreestanding -nostdlib -static -fno-pie -no-pie -fcf-protection=none \
                 -fno-asynchronous-unwind-tables -Wl,-T,flat.ld -Wl,--oformat=binary \
                 -Wl,--build-id=none -Wl,-e,start next.c -o next.bin";
    let mut cc = Command::new("cc");
    cc.args(flags.split_whitespace()).current_dir(place.path());
    let Ok(made) = cc.output() else { return };
    if !made.status.success() || !has_kvm() {
        return;
    }
    let raw = "run --raw --mode protected --org 0 next.bin";
    assert_eq!(place.call_with(raw, "HAL*HAL").ok().text(), "IBM");
}

#[test]
fn echo_copies_a_file_in_each_mode() {
    if !has_kvm() {
        return;
    }
    let place = Place::new();
    let input = std::fs::read(root().join("Cargo.toml")).unwrap();
    for name in ["echo", "echo16", "echo32"] {
        let path = root().join("applets").join(name).with_extension("asm");
        let answer = place.call_with(&format!("run {}", path.display()), &input);
        assert!(answer.ok().stdout == input, "{name}");
        assert!(place.call_with(&format!("run {name}"), &input).ok().stdout == input, "{name}");
    }
}

#[test]
fn exit_codes_come_back() {
    if !has_kvm() {
        return;
    }
    let place = Place::new();
    for code in [0, 7, 255] {
        for bits in [16, 32, 64] {
            let source = format!("bits {bits}\nmov al, {code}\nout 0xE3, al\n");
            assert_eq!(place.run_source("", &source).status, code, "{bits}");
        }
    }
    assert_eq!(place.run_source("", "bits 64\nhlt\n").ok().status, 0);
}

#[test]
fn the_source_may_come_from_standard_input() {
    if !has_kvm() {
        return;
    }
    let place = Place::new();
    let answer = place.call_with("run -", "mov al, 'x'\nout 0xE1, al\nhlt\n");
    assert_eq!(answer.ok().text(), "x");
    // Its own standard input is empty then.
    let source = "bits 64\nin eax, 0xE0\nadd eax, 1\nout 0xE3, al\n";
    assert_eq!(place.call_with("run -", source).ok().status, 0);
}

#[test]
fn arguments_belong_to_the_applet() {
    if !has_kvm() {
        return;
    }
    let place = Place::new();
    let source = "bits 64\nnext: in eax, 0xE7\ncmp eax, -1\nje done\nout 0xE1, al\njmp next\n\
                  done: hlt\n";
    place.write("a.asm", source);
    assert_eq!(place.call("run a.asm --stats -- -h").ok().text(), "--stats\0--\0-h\0");
}

#[test]
fn json_says_how_it_ended() {
    if !has_kvm() {
        return;
    }
    let place = Place::new();
    let answer = place.run_source("--json", "bits 64\nmov al, 7\nout 0xE1, al\nout 0xE3, al\n");
    assert_eq!((answer.status, answer.stdout.as_slice()), (7, b"\x07".as_slice()));
    let json = answer.json();
    assert_eq!((&json["outcome"], &json["code"]), (&"exit".into(), &7.into()));
    assert!(json["stats"]["exits"].as_u64() >= Some(2), "{json}");

    let json = place.run_source("--json", "bits 64\nhlt\n").json();
    assert_eq!((&json["outcome"], &json["code"]), (&"halt".into(), &0.into()));
}

#[test]
fn stats_say_where_the_time_went() {
    if !has_kvm() {
        return;
    }
    let answer = Place::new().run_source("--stats", "hlt\n");
    answer.failed(0, &["assemble", "create", "boot", "run", "tear-down", "exits"]);
}

#[test]
fn a_seed_makes_random_bits_repeatable() {
    if !has_kvm() {
        return;
    }
    let place = Place::new();
    let source = "bits 64\nin eax, 0xEA\nout 0xE1, eax\nhlt\n";
    let first = place.run_source("--seed 5", source);
    assert_eq!(first.ok().stdout.len(), 4);
    assert_eq!(place.run_source("--seed 5", source).stdout, first.stdout);
    assert_ne!(place.run_source("--seed 6", source).stdout, first.stdout);
}

#[test]
fn the_metadata_is_obeyed_and_a_flag_beats_it() {
    if !has_kvm() {
        return;
    }
    let place = Place::new();
    let block = "; /// applet\n; ports = \"ignore\"\n; timeout = \"100ms\"\n; ///\n";
    let ignored = format!("{block}bits 64\nin al, 0x70\nout 0x70, al\nout 0xE3, al\n");
    assert_eq!(place.run_source("", &ignored).status, 255);
    let spinning = format!("{block}bits 64\njmp $\n");
    place.run_source("", &spinning).failed(124, &["0.1 s"]);
    place.run_source("--timeout 50ms", &spinning).failed(124, &["0.05 s"]);
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    if !has_kvm() {
        return;
    }
    let place = Place::new();
    place.write("yes.asm", "bits 64\nnext: mov al, 'y'\nout 0xE1, al\njmp next\n");
    let mut child = place
        .command(["run", "--timeout", "20s", "yes.asm"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0; 100];
    std::io::Read::read_exact(&mut stdout, &mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(141));
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it() {
    if !has_kvm() {
        return;
    }
    let place = Place::new();
    place.write("spin.asm", "bits 64\nmov al, '!'\nout 0xE1, al\nin al, 0xEB\njmp $\n");
    let mut child = place
        .command(["run", "--timeout", "20s", "spin.asm"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 1];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
}
