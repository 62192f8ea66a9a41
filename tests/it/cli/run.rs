//! `applet run`: what the programs in `tests/it/programs` do not test.

use super::support::Place;
use crate::support::{Needs, Tests, add};
use std::process::{Command, Stdio};

pub(crate) fn tests(tests: &mut Tests) {
    add!(
        tests, Needs::Kvm;
        stats_say_where_the_time_went,
        the_metadata_is_obeyed_and_a_flag_beats_it,
        an_interrupt_ends_it,
        a_machine_that_cannot_be_had_could_not_be_run,
        what_is_said_begins_a_line,
        the_registers_are_those_at_the_instruction,
        the_doctor_says_what_each_mode_can_do,
    );
    add!(
        tests, Needs::Nothing;
        the_software_cpu_runs_what_kvm_runs,
    );
}

fn stats_say_where_the_time_went() {
    let answer = Place::new().run_source("--stats", "hlt\n");
    answer.failed(0, &["assemble", "create", "boot", "run", "tear-down", "exits", "cpu"]);
}

fn the_metadata_is_obeyed_and_a_flag_beats_it() {
    let place = Place::new();
    let block = "; /// applet\n; ports = \"ignore\"\n; timeout = \"100ms\"\n; ///\n";
    let ignored = format!("{block}bits 64\nin al, 0x70\nout 0x70, al\nout 0xE3, al\n");
    assert_eq!(place.run_source("", &ignored).status, 255);
    let spinning = format!("{block}bits 64\njmp $\n");
    place.run_source("", &spinning).failed(124, &["0.1 s"]);
    place.run_source("--timeout 50ms", &spinning).failed(124, &["0.05 s"]);
}

fn an_interrupt_ends_it() {
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

fn a_machine_that_cannot_be_had_could_not_be_run() {
    let place = Place::new();
    place.run_source("--reg foo=1", "hlt\n").failed(125, &["foo"]);
    place.run_source("--mode real --ring 3", "hlt\n").failed(125, &["ring 3"]);
    let large = place.run_source("", "bits 64\nhlt\ntimes 20<<20 db 0\n");
    large.failed(125, &["does not fit", "--memory 22M"]);
}

fn the_software_cpu_runs_what_kvm_runs() {
    let place = Place::new();
    for (options, source) in [
        ("--backend soft", "mov al, 7\n out 0xE3, al\n"),
        ("--backend soft --mode long", "bits 64\n mov eax, 7\n out 0xE3, eax\n"),
    ] {
        place.run_source(options, source).failed(7, &[]);
    }
}

fn the_doctor_says_what_each_mode_can_do() {
    let answer = Place::new().call("doctor --json");
    assert_eq!((answer.status, answer.stderr.as_str()), (0, ""), "{answer:?}");
    for mode in ["real mode", "protected mode", "long mode, ring 3"] {
        let row = answer.text().lines().find(|line| line.contains(mode)).unwrap_or("{}");
        let object: serde_json::Value = serde_json::from_str(row).unwrap();
        assert!(object["status"] == "ok" && object["detail"].is_string(), "{object}");
    }
    assert!(Place::new().call("doctor").ok().text().lines().any(|line| line.starts_with("ok ")));
}

fn what_is_said_begins_a_line() {
    let place = Place::new();
    let source = "bits 64\nmov al, '!'\nout 0xE2, al\nout 0xE1, al\nhlt\n";
    let answer = place.run_source("--json", source);
    assert_eq!((answer.json()["outcome"].as_str(), answer.text()), (Some("halt"), "!"));
    assert!(answer.stderr.starts_with("!\n{"), "{answer:?}");
    // The same by a buffer; and with nothing to say, nothing is added.
    let source = "bits 64\nmov esi, text\nmov ecx, 2\nin eax, 0xE6\nhlt\ntext: db 'ab'\n";
    assert!(place.run_source("--stats", source).stderr.starts_with("ab\nassemble"));
    assert_eq!(place.run_source("", source).stderr, "ab");
    place.run_source("--json", "bits 64\nhlt\n").stderr.strip_prefix('{').expect("one line");
}

fn the_registers_are_those_at_the_instruction() {
    for statement in ["mov [eax], ebx", "mov ebx, [eax]", "in al, 0x42", "out 0x42, al"] {
        let source = format!("bits 32\nmov eax, 0x70000000\n{statement}\nhlt\n");
        let json = Place::new().run_source("--json", &source).json();
        let fault = &json["fault"];
        assert_eq!(fault["registers"]["eip"], fault["address"], "{statement}: {json}");
        assert_eq!(fault["address"], "0x100005", "{statement}: {json}");
    }
}
