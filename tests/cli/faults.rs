//! `applet run` of what ends badly: each way with its message and its exit status. Knows nothing
//! of how a fault is found.

use crate::support::{Answer, Place, has_kvm};

/// Runs a 64-bit source and checks the status, the parts of the message, and the source line.
#[track_caller]
fn faults(source: &str, line: u32, parts: &[&str]) -> Answer {
    let answer = Place::new().run_source("", source);
    answer.failed(134, parts);
    answer.failed(134, &[&format!("test.asm:{line}:"), "^", "error: "]);
    assert!(!answer.stderr.contains('\x1b'), "{}", answer.stderr);
    answer
}

#[test]
fn a_division_by_zero() {
    if has_kvm() {
        for bits in [16, 32, 64] {
            faults(&format!("bits {bits}\nxor cx, cx\ndiv cx\n"), 3, &["#DE", "div cx"]);
        }
    }
}

#[test]
fn a_null_pointer() {
    if has_kvm() {
        faults("bits 64\nxor eax, eax\nmov al, [rax]\nhlt\n", 3, &["#PF"]);
    }
}

#[test]
fn a_jump_into_nowhere() {
    if has_kvm() {
        let place = Place::new();
        let source = "bits 64\nmov eax, 0x7000000\njmp rax\n";
        place.run_source("", source).failed(134, &["0x7000000"]);
    }
}

#[test]
fn a_privileged_instruction_in_ring_3() {
    if has_kvm() {
        faults("bits 64\nnop\nmov rax, cr3\n", 3, &["#GP", "mov rax, cr3"]);
    }
}

#[test]
fn an_unknown_port() {
    if has_kvm() {
        for bits in [16, 32, 64] {
            faults(&format!("bits {bits}\nnop\nin al, 0x71\n"), 3, &["0x71"]);
        }
    }
}

#[test]
fn a_read_into_4_gib() {
    if has_kvm() {
        let source = "bits 64\nmov rdi, 0x100000000\nmov ecx, 16\nin eax, 0xE4\nhlt\n";
        faults(source, 4, &["0x100000000"]);
    }
}

#[test]
fn the_same_as_data() {
    if !has_kvm() {
        return;
    }
    let answer = Place::new().run_source("--json", "bits 64\nxor eax, eax\nmov al, [rax]\n");
    assert_eq!(answer.status, 134);
    assert_eq!(answer.stderr.lines().count(), 1, "{}", answer.stderr);
    let json = answer.json();
    assert_eq!((&json["outcome"], &json["code"]), (&"fault".into(), &serde_json::Value::Null));
    let fault = &json["fault"];
    assert_eq!(fault["kind"], "exception");
    assert_eq!(fault["details"]["vector"], 14);
    assert_eq!(fault["source"]["line"], 3);
    assert!(fault["registers"]["rax"].is_string(), "{fault}");
}

#[test]
fn an_endless_loop_ends_at_the_time_limit() {
    if has_kvm() {
        for bits in [16, 32, 64] {
            let source = format!("bits {bits}\njmp $\n");
            let answer = Place::new().run_source("--timeout 100ms", &source);
            answer.failed(124, &["longer than 0.1 s", "--timeout"]);
        }
    }
}

#[test]
fn waiting_for_input_ends_at_the_time_limit() {
    if !has_kvm() {
        return;
    }
    let place = Place::new();
    place.write("wait.asm", "bits 64\nin al, 0xE0\nhlt\n");
    let mut child = place
        .command(["run", "--timeout", "100ms", "wait.asm"])
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let stdin = child.stdin.take();
    assert_eq!(child.wait().unwrap().code(), Some(124));
    drop(stdin);
}

#[test]
fn an_endless_printer_ends_at_the_output_limit() {
    if !has_kvm() {
        return;
    }
    let source = "bits 64\nnext: mov al, 'y'\nout 0xE1, al\njmp next\n";
    let answer = Place::new().run_source("--max-output 1000", source);
    answer.failed(153, &["more than 1000 bytes", "--max-output"]);
    assert_eq!(answer.stdout, b"y".repeat(1000));
}

#[test]
fn output_before_the_fault_is_complete() {
    if has_kvm() {
        let source = "bits 64\nmov al, 'a'\nout 0xE1, al\nud2\n";
        assert_eq!(faults(source, 4, &["#UD"]).text(), "a");
    }
}

#[test]
fn a_register_that_does_not_exist_could_not_be_run() {
    if has_kvm() {
        Place::new().run_source("--reg foo=1", "hlt\n").failed(125, &["foo"]);
        Place::new().run_source("--mode real --ring 3", "hlt\n").failed(125, &["ring 3"]);
        Place::new().run_source("--backend soft", "hlt\n").failed(125, &["software CPU"]);
    }
}
