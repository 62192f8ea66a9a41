//! Messages about sources: `check`, `asm`, `dis`, and files that cannot be read.

use super::support::Place;
use crate::support::{Needs, Tests, add};

pub(crate) fn tests(tests: &mut Tests) {
    add!(
        tests, Needs::Nothing;
        all_mistakes_are_shown_but_not_more_than_a_screenful,
        a_good_source_is_passed_over_in_silence,
        colours_are_for_terminals_only,
        bytes_that_are_no_utf_8_are_a_source,
        the_command_line_defines_and_includes,
        the_root_widens_what_can_be_included,
        the_time_is_that_of_the_file,
        messages_are_told_in_order,
        what_cannot_be_read_has_a_reason,
        a_source_may_come_through_a_pipe,
        an_applet_reads_no_files_elsewhere,
        asm_writes_the_binary_and_never_over_the_source,
        dis_shows_addresses_bytes_and_labels,
        wrong_usage_is_status_2,
    );
}

fn all_mistakes_are_shown_but_not_more_than_a_screenful() {
    let place = Place::new();
    let lines: String = (0..50).map(|number| format!("mvo{number} ax, 1\n")).collect();
    place.write("bad.asm", lines);
    let answer = place.call("check bad.asm");
    answer.failed(1, &["bad.asm:1:1", "bad.asm:20:1", "30 more", "50 errors", "^"]);
    assert!(!answer.stderr.contains("bad.asm:21:1") && answer.stdout.is_empty());
    assert!(!answer.stderr.contains('\x1b'));

    let answer = place.call("check --json bad.asm");
    assert_eq!((answer.status, answer.stderr.as_str()), (1, ""));
    assert_eq!(answer.text().lines().count(), 50);
    for (number, line) in (1..).zip(answer.text().lines()) {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(object["file"], "bad.asm");
        assert_eq!((&object["line"], &object["column"]), (&number.into(), &1.into()));
        assert_eq!(object["severity"], "error");
        assert!(object["message"].is_string() && object.get("help").is_some());
    }
    place.call("run bad.asm").failed(125, &["bad.asm:1:1", "not assembled"]);
    let json = place.call("run --json bad.asm").json();
    assert_eq!(json["outcome"], "not-run");
    assert_eq!(json["diagnostics"].as_array().map(Vec::len), Some(50));
}

fn a_good_source_is_passed_over_in_silence() {
    let place = Place::new();
    place.write("good.asm", "bits 64\nstart: jmp start\n");
    place.call("check good.asm").ok();
    place.write("bad.asm", "; /// applet\n; rign = 3\n; ///\nhlt\n");
    place.call("check good.asm bad.asm").failed(1, &["unknown key `rign`", "did you mean `ring`"]);
}

fn colours_are_for_terminals_only() {
    let place = Place::new();
    place.write("bad.asm", "mvo ax, 1\n");
    let forced = place.command(["check", "bad.asm"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(forced.stderr.contains(&0x1B));
    let mut command = place.command(["check", "bad.asm"]);
    let plain = command.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().unwrap();
    assert!(!plain.stderr.contains(&0x1B));
}

fn bytes_that_are_no_utf_8_are_a_source() {
    let place = Place::new();
    let latin = b"; caf\xE9\nmov al, caf\xE9\ndb '\xC9\xCD'\n";
    place.write("latin.asm", latin);
    // The columns count characters, and the terminal gets no raw byte.
    place.call("check latin.asm").failed(1, &["`caf\u{FFFD}` is not defined", "latin.asm:2:9"]);
    place.call("check --json latin.asm").failed(1, &[]);
    place.write("good.asm", b"\xEF\xBB\xBFbits 16\r; caf\xE9\rdb '\xC9\xCD', `\xE9\\n`\r\x1A");
    let binary = place.call("asm good.asm -o -");
    assert_eq!(binary.stdout, b"\xC9\xCD\xE9\n");
    // What is shared or listed has the bytes of the source.
    let shared = place.call("share good.asm").stdout;
    assert!(shared.windows(9).any(|bytes| bytes == b"; caf\xE9\ndb"), "{shared:?}");
    let line = place.call("share --line good.asm").stdout;
    place.write("line.txt", &line);
    assert_eq!(place.call("asm line.txt -o -").stdout, b"\xC9\xCD\xE9\n");
}

fn the_command_line_defines_and_includes() {
    let place = Place::new();
    place.write("a.asm", "%ifdef FLAG\n db 1\n%endif\n db VALUE\n%include \"x.inc\"\n");
    place.write("lib/x.inc", " db FROM_PRE\n");
    place.write("pre/pre.inc", "%define FROM_PRE 7\n%ifdef LATE\n%error late\n%endif\n");
    let flags = "-DFLAG -D VALUE=5 -P pre/pre.inc -D LATE=1 -Ilib";
    let binary = place.call(&format!("asm {flags} a.asm -o -"));
    assert_eq!(binary.ok().stdout, [1, 5, 7]);
    let binary = place.call(&format!("asm {flags} -U FLAG a.asm -o -"));
    assert_eq!(binary.ok().stdout, [5, 7]);
    place.call(&format!("check {flags} a.asm")).ok();
    assert!(place.call(&format!("dis {flags} a.asm")).ok().text().contains("0x01"));
    let shared = place.call(&format!("share {flags} a.asm"));
    place.write("shared.asm", &shared.ok().stdout);
    assert_eq!(place.call("asm shared.asm -o -").stdout, [1, 5, 7]);
    place.write("run.asm", "bits 64\n mov al, CODE\n out 0xE3, al\n");
    assert_eq!(place.call("run --backend soft -DCODE=9 run.asm").status, 9);
    place.call("asm -D 1x=2 a.asm -o -").failed(1, &["<command line>:1"]);
    place.call("asm -P none.inc a.asm -o -").failed(1, &["there is no file `none.inc`"]);
}

fn the_root_widens_what_can_be_included() {
    let place = Place::new();
    place.write("src/a.asm", "%include \"../x.inc\"\nincbin \"../x.bin\"\n");
    place.write("x.inc", " db 1\n");
    place.write("x.bin", [2]);
    place.call("check src/a.asm").failed(1, &["cannot include `../x.inc`", "`--root DIR`"]);
    assert_eq!(place.call("asm --root . src/a.asm -o -").ok().stdout, [1, 2]);
    place.call("asm --root src src/a.asm -o -").failed(1, &["is refused"]);
    // A path from the root, and an absolute one within it.
    let path = place.path().join("x.inc");
    place.write("src/b.asm", format!("%include \"x.inc\"\n%include \"{}\"\n", path.display()));
    assert_eq!(place.call("asm --root . src/b.asm -o -").ok().stdout, [1, 1]);
    place.call("check src/b.asm").failed(1, &["there is no file `x.inc`", "`-I DIR`"]);
}

fn the_time_is_that_of_the_file() {
    let place = Place::new();
    let file = place.write("a.asm", "db __DATE__, __TIME__, __UTC_DATE__\n dd __POSIX_TIME__, __DATE_NUM__\n");
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(951_827_696);
    std::fs::File::options().write(true).open(file).unwrap().set_modified(time).unwrap();
    let bytes = place.call("asm a.asm -o -").ok().stdout.clone();
    assert!(bytes.starts_with(b"2000-02-2912:34:562000-02-29"), "{bytes:?}");
    let mut command = place.command(["asm", "a.asm", "-o", "-"]);
    let bytes = command.env("SOURCE_DATE_EPOCH", "1700000000").output().unwrap().stdout;
    assert!(bytes.starts_with(b"2023-11-1422:13:202023-11-14"), "{bytes:?}");
    assert_eq!(bytes[28..32], 1_700_000_000u32.to_le_bytes());
    assert_eq!(bytes[32..36], 20_231_114u32.to_le_bytes());
}

fn messages_are_told_in_order() {
    let place = Place::new();
    let calls = " call routine\n mov ax, [value]\n say 1\n";
    place.write("a.asm", format!("{calls}%include \"none.inc\"\n"));
    let said = place.call("check a.asm").stderr;
    assert!(said.starts_with("error: cannot include `none.inc`"), "{said}");
    assert!(said.contains("3 names are not known here") && !said.contains("is not defined"), "{said}");
    place.write("b.asm", " mov rax, rbx\n".repeat(18));
    let said = place.call("check b.asm").stderr;
    assert_eq!(said.matches("exists only in 64-bit code").count(), 1, "{said}");
    assert!(said.contains("the same mistake is at 17 more places, the next in line 2"), "{said}");
    let warnings: String = (0..43).map(|n| format!("name{n}\n")).collect();
    place.write("c.asm", format!("{warnings} mov ax, [nowhere]\n"));
    place.call("check c.asm").failed(1, &["`nowhere` is not defined"]);
}

fn what_cannot_be_read_has_a_reason() {
    let place = Place::new();
    place.write("bad.asm", b"hlt\n\xFF\0\n");
    std::fs::create_dir(place.path().join("folder.asm")).unwrap();
    place.call("run none.asm").failed(125, &["cannot read none.asm", "No such file"]);
    place.call("run bad.asm").failed(125, &["not a text", "line 2", "--raw"]);
    place.call("run folder.asm").failed(125, &["Is a directory"]);
    place.call("run nosuchapplet").failed(125, &["no applet and no file", "applet list"]);
    place.call("run ecko").failed(125, &["did you mean `echo`"]);
    place.call("check none.asm").failed(1, &["No such file"]);
    let secret = place.write("secret.asm", "hlt\n");
    let mut permissions = std::fs::metadata(&secret).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0);
    std::fs::set_permissions(&secret, permissions).unwrap();
    // Whoever may read everything can read this too.
    if std::fs::read(&secret).is_err() {
        place.call("run secret.asm").failed(125, &["Permission denied"]);
    }
}

fn a_source_may_come_through_a_pipe() {
    let place = Place::new();
    place.call_with("check /dev/stdin", "bits 64\nhlt\n").ok();
    place.call_with("check /dev/stdin", "mvo ax, 1\n").failed(1, &["/dev/stdin:1:1"]);
    let include = "%include \"none.inc\"\n";
    place.call_with("check /dev/stdin", include).failed(1, &["only an applet that is a file"]);
    place.call("check /dev/zero").failed(1, &["not a regular file"]);
}

fn an_applet_reads_no_files_elsewhere() {
    let place = Place::new();
    place.write("key", "secret");
    place.write("home/part.inc", "hlt\n");
    place.write("home/good.asm", "%include \"part.inc\"\n");
    place.call("check home/good.asm").ok();
    for name in ["../key", "/etc/passwd"] {
        place.write("home/bad.asm", format!("incbin \"{name}\"\n"));
        place.call("check home/bad.asm").failed(1, &["is refused", "home/bad.asm:1:"]);
        place.write("home/bad.asm", format!("%include \"{name}\"\n"));
        place.call("check home/bad.asm").failed(1, &["is refused", "home/bad.asm:1:"]);
    }
    let answer = place.call_with("check -", "%include \"part.inc\"\n");
    answer.failed(1, &["only an applet that is a file", "<stdin>:1:"]);
    place.call_with("check -", "%include \"stdlib/abi.inc\"\nin al, STDIN\n").ok();
}

fn asm_writes_the_binary_and_never_over_the_source() {
    let place = Place::new();
    let source = "bits 16\nstart: mov ax, start\njmp start\n";
    place.write("a.asm", source);
    place.call("asm a.asm").ok();
    let bytes = [0xB8, 0, 0, 0xEB, 0xFB];
    assert_eq!(std::fs::read(place.path().join("a")).unwrap(), bytes);
    assert_eq!(place.call("asm a.asm -o -").ok().stdout, bytes);
    assert_eq!(place.call_with("asm -", source).ok().stdout, bytes);
    place.call("asm a.asm -o a.asm").failed(1, &["the source itself"]);
    place.call("asm a.asm -o ./x/../a.asm").failed(1, &["cannot write"]);
    assert_eq!(std::fs::read_to_string(place.path().join("a.asm")).unwrap(), source);
    place.write("plain", source);
    place.call("asm ./plain").failed(1, &["-o"]);
    place.call("asm a.asm -o out.bin -l out.lst").ok();
    let listing = std::fs::read_to_string(place.path().join("out.lst")).unwrap();
    assert!(
        listing.contains("     2 00000000 B80000            start: mov ax, start"),
        "{listing}"
    );
}

fn dis_shows_addresses_bytes_and_labels() {
    let place = Place::new();
    place.write("a.asm", "bits 32\nstart: mov eax, data\nhlt\ndata: db 1, 2\n");
    let expected = "start:\n00001000  B806100000            mov eax, 0x1006  ; data\n\
                    00001005  F4                    hlt\n\
                    data:\n00001006  0102                  db 0x01, 0x02\n";
    assert_eq!(place.call("dis --org 0x1000 a.asm").ok().text(), expected);
    // Where a run loads it, with the names of what it jumps to and of what it reads.
    let text = "bits 16\nstart: mov si, word [count]\ncall print\njz start\nmov ax, [bx+table]\nprint: ret\n\
                count: dw 1\ntable: dw 2, 3\nsection .bss\nbuffer: resb 4\nmore: resb 1\n";
    place.write("b.asm", text);
    let expected = "start:\n00007C00  8B360E7C              mov si, [count]\n\
                    00007C04  E80600                call print\n\
                    00007C07  74F7                  je short start\n\
                    00007C09  8B87107C              mov ax, [bx+table]\n\
                    print:\n00007C0D  C3                    ret\n\
                    count:\n00007C0E  0100                  db 0x01, 0x00\n\
                    table:\n00007C10  02000300              db 0x02, 0x00, 0x03, 0x00\n\
                    buffer:\n00007C18                        more:\n";
    assert_eq!(place.call("dis b.asm").ok().text(), expected);
    // Each section where it is, and the name of what an address relative to rip means.
    let text = "bits 64\norg 0x8000\nlea rsi, [rel data]\nmov al, [rel data+1]\nsection .data vstart=0x200000\ndata: db 1, 2\n";
    place.write("c.asm", text);
    let expected = "00008000  488D35F97F1F00        lea rsi, [rel data]\n\
                    00008007  8A05F47F1F00          mov al, [rel data+1]\n\
                    0000800D  000000                db 0x00, 0x00, 0x00\ndata:\n\
                    00200000  0102                  db 0x01, 0x02\n";
    assert_eq!(place.call("dis c.asm").ok().text(), expected);
    place.call("dis --bits 16 a.asm").failed(1, &["flat binaries"]);
    place.write("a.bin", [0x48, 0xFF, 0xC0]);
    let answer = place.call("dis --bits 64 --org 0x20 a.bin");
    assert_eq!(answer.ok().text(), "00000020  48FFC0                inc rax\n");
}

fn wrong_usage_is_status_2() {
    let place = Place::new();
    for line in ["", "frob", "run", "run --frob x", "run --mode fast x", "check"] {
        place.call(line).failed(2, &["--help"]);
    }
    place.call("rnu hello").failed(2, &["unrecognized subcommand 'rnu'", "a similar subcommand exists: 'run'"]);
    place.call("chekc x").failed(2, &["'check'"]);
    assert!(place.call("--help").ok().text().contains("Usage: applet"));
    assert!(place.call("run --help").ok().text().contains("134  it faulted"));
    assert!(place.call("--version").ok().text().starts_with("applet "));
    assert!(place.call("man run").ok().text().contains("applet\\-run"));
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(place.call(&format!("completions {shell}")).ok().text().contains("_APPLET_COMPLETE"));
    }
}

#[test]
fn warnings_are_switched_by_name() {
    let place = Place::new();
    place.write("w.asm", "%define UNUSED 1\nalone\n        mov al, 300\n");
    let said = |line: &str| place.call(line).stderr;
    let usual = said("check w.asm");
    assert!(usual.contains("[label-orphan]") && usual.contains("[number-overflow]"), "{usual}");
    assert!(!usual.contains("UNUSED"), "{usual}");
    for off in ["-W no-label-orphan", "-w-label-orphan", "-Wno-label-orphan", "-w -label"] {
        let left = said(&format!("check {off} w.asm"));
        assert!(!left.contains("label-orphan") && left.contains("number-overflow"), "{left}");
    }
    assert!(said("check -Wunused-define w.asm").contains("nothing uses the macro `UNUSED`"));
    assert_eq!(said("asm -w-all -o w.bin w.asm"), "");
    place.call("check -Werror w.asm").failed(1, &["error: 300 does not fit", "2 errors"]);
    place.call("run -Werror w.asm").failed(125, &["error: 300 does not fit"]);
    place.call("check -W frob w.asm").failed(2, &["there is no warning `frob`"]);
}
