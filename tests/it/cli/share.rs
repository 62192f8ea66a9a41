//! `share`, `add`, `remove`, `info`: how applets are passed on.

use super::support::Place;
use crate::support::{APPLET, Needs, Tests, add, files, root, stem};
use std::process::Command;

pub(crate) fn tests(tests: &mut Tests) {
    add!(
        tests, Needs::Kvm;
        an_applet_is_added_listed_and_removed,
        what_is_included_comes_along,
        a_line_is_an_applet,
        cases_are_run_before_it_is_stored,
        a_stranger_does_not_act_on_the_terminal,
        a_file_may_name_its_interpreter,
    );
    add!(
        tests, Needs::Nothing;
        what_was_changed_by_hand_is_seen,
        a_damaged_line_is_refused,
        a_stranger_gets_no_name_and_no_file,
        info_says_what_a_run_would_use,
        a_page_is_one_file,
        a_full_disk_leaves_the_old_applet,
    );
    round_trips(tests);
}

/// A test for each applet of the tree.
fn round_trips(tests: &mut Tests) {
    for path in files(&root().join("applets"), "asm") {
        let name = stem(&path);
        tests.add(format!("round_trip/{name}"), Needs::Kvm, move || round_trip(&name));
    }
}

/// The value that `info` shows for a key.
#[track_caller]
fn shown(place: &Place, applet: &str, key: &str) -> String {
    let info = place.call(&format!("info {applet}"));
    let value = info.ok().text().lines().find_map(|line| line.strip_prefix(key));
    value.unwrap_or_else(|| panic!("no {key} in {info:?}")).trim().to_owned()
}

/// An applet is shared, added, and shared again: the same bytes, the same hash.
fn round_trip(name: &str) {
    let place = Place::new();
    let source = root().join("applets").join(name).with_extension("asm");
    let source = source.display();
    let shared = place.call(&format!("share {source}"));
    assert_eq!(shared.status, 0, "{shared:?}");
    place.write("shared.asm", &shared.stdout);
    let bytes = place.call(&format!("asm {source} -o -")).ok().stdout.clone();
    assert_eq!(place.call("asm shared.asm -o -").ok().stdout, bytes);
    if Needs::Nasm.missing().is_none() {
        let nasm = Command::new("nasm")
            .args(["-f", "bin", "-o", "by-nasm", "shared.asm"])
            .current_dir(place.path())
            .status();
        assert!(nasm.expect("nasm starts").success());
        assert_eq!(std::fs::read(place.path().join("by-nasm")).expect("its output"), bytes);
    }
    // Its cases run here.
    let added = place.call(&format!("add shared.asm --name my-{name}"));
    assert_eq!(added.status, 0, "{added:?}");
    assert!(added.stderr.contains("its cases pass: "), "{added:?}");
    let stored = place.call(&format!("share my-{name}"));
    let renamed = format!("; name = \"my-{name}\"\n");
    let expected = shared.text().replace(&format!("; name = \"{name}\"\n"), &renamed);
    assert_eq!(stored.ok().text(), expected);
    assert_eq!(place.call(&format!("asm my-{name} -o -")).ok().stdout, bytes);
    let hash = shown(&place, &format!("my-{name}"), "sha256");
    assert_eq!(hash, shown(&place, "shared.asm", "sha256"));
    assert!(hash.ends_with(" (unchanged)"), "{hash}");
}

fn an_applet_is_added_listed_and_removed() {
    let place = Place::new();
    place.write("mine.asm", "; /// applet\n; description = \"All mine\"\n; ///\nbits 32\nhlt\n");
    let added = place.call("add mine.asm");
    assert_eq!(added.status, 0, "{added:?}");
    for part in
        ["mode        protected\n", "ring        0\n", "includes    none", "`applet run mine`"]
    {
        assert!(added.stderr.contains(part), "no `{part}` in {}", added.stderr);
    }
    place.call("add mine.asm").failed(1, &["an applet `mine` already", "--force"]);
    assert_eq!(place.call("add --force mine.asm").status, 0);
    let list = place.call("list");
    let row = list.ok().text().lines().find(|line| line.starts_with("mine ")).unwrap().to_owned();
    assert!(row.contains("protected") && row.contains("All mine (yours)"), "{row}");
    assert_eq!(shown(&place, "mine", "description"), "All mine");
    assert!(shown(&place, "mine", "added").starts_with("from /"));
    assert_eq!(shown(&place, "mine", "origin"), "mine.asm");
    place.call("run mine").ok();
    let shared = place.call("share mine");
    assert!(shared.ok().text().ends_with("bits 32\nhlt\n"));
    // What is shared does not tell where it lay.
    assert!(
        !shared.text().contains("added")
            && !shared.text().contains('/'.to_string().repeat(4).as_str())
    );
    assert_eq!(place.call("remove mine").status, 0);
    place.call("remove mine").failed(1, &["no applet `mine`"]);
    place.call("remove echo").failed(1, &["built in"]);
    // One that would hide a built-in applet is asked about.
    place.write("echo.asm", "hlt\n");
    place.call("add echo.asm").failed(1, &["`echo` is built in", "--force"]);
    assert_eq!(place.call("add echo.asm --force").status, 0);
    assert_eq!(place.call_with("run echo", "x").ok().text(), "");
    assert_eq!(place.call("remove echo").status, 0);
    assert_eq!(place.call_with("run echo", "x").ok().text(), "x");
}

fn what_was_changed_by_hand_is_seen() {
    let place = Place::new();
    place.write("a.asm", "hlt\n");
    assert_eq!(place.call("add a.asm").status, 0);
    assert!(shown(&place, "a", "sha256").ends_with("(unchanged)"));
    let path = place.path().join("data/applet/applets/a.asm");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text + "nop\n").unwrap();
    let hash = shown(&place, "a", "sha256");
    assert!(hash.contains("changed by hand"), "{hash}");
    let list = place.call("list");
    assert!(list.ok().text().lines().any(|line| line.ends_with("(yours, changed)")), "{list:?}");
    let again = place.call(&format!("add --name b {}", path.display()));
    assert!(again.status == 0 && again.stderr.contains("note: its text was changed"), "{again:?}");
    assert!(shown(&place, "b", "sha256").ends_with("(unchanged)"));
}

fn what_is_included_comes_along() {
    let place = Place::new();
    place.write("lib/part.inc", "text: incbin \"text.bin\"\n.length equ $ - text\n");
    place.write("lib/text.bin", "from another file\n");
    place.write(
        "whole.asm",
        "bits 64\ndefault rel\nlea rsi, [text]\nmov ecx, text.length\nin eax, 0xE5\nhlt\n\
         %include \"lib/part.inc\"\n",
    );
    let shared = place.call("share whole.asm");
    let elsewhere = Place::new();
    assert_eq!(
        elsewhere.call_with("run -", &shared.ok().stdout).ok().text(),
        "from another file\n"
    );
    // The library has it whole, too.
    let added = place.call("add whole.asm");
    assert!(added.stderr.contains("includes    lib/part.inc\n"), "{added:?}");
    std::fs::remove_dir_all(place.path().join("lib")).unwrap();
    assert_eq!(place.call("run whole").ok().text(), "from another file\n");
    place.write("bad.asm", "mvo ax, 1\n");
    for command in ["add", "share", "share --line", "info"] {
        place.call(&format!("{command} bad.asm")).failed(1, &["bad.asm:1:1", "not assembled"]);
        place.call(&format!("{command} whole.asm")).failed(1, &["lib/part.inc"]);
    }
    place.write("macro.asm", "%macro take 1\nincbin %1\n%endmacro\ntake \"macro.asm\"\n");
    place.call("share macro.asm").failed(1, &["cannot be one text", "inside a macro"]);
}

fn a_line_is_an_applet() {
    let place = Place::new();
    place.write("hi.asm", "bits 64\nmov al, '!'\nout 0xE1, al\nhlt\n");
    let shared = place.call("share --line hi.asm");
    let line = shared.ok().text().trim_end().to_owned();
    assert!(line.starts_with("applet:1:") && !line.contains('\n') && line.len() < 300, "{line}");
    assert_eq!(place.call(&format!("run {line}")).ok().text(), "!");
    assert_eq!(place.call_with("run -", &line).ok().text(), "!");
    assert_eq!(place.call_with("share -", &line).ok().text(), place.call("share hi.asm").text());
    place.write("message.txt", format!("  {}\n{}\n", &line[..40], &line[40..]));
    assert_eq!(place.call("run message.txt").ok().text(), "!");
    place.call(&format!("check {line}")).ok();
    let added = place.call(&format!("add {line}"));
    assert_eq!(added.status, 0, "{added:?}");
    assert_eq!(shown(&place, "hi", "added"), "from a line");
    assert_eq!(shown(&place, "hi", "origin"), "hi.asm");
    assert_eq!(place.call("run hi").ok().text(), "!");
}

fn a_damaged_line_is_refused() {
    let place = Place::new();
    place.write("hi.asm", "hlt\n");
    let line = place.call("share --line hi.asm").ok().text().trim_end().to_owned();
    for bad in [&line[..line.len() - 8], "applet:1:!", "applet:1:AAAA"] {
        place.call(&format!("add {bad}")).failed(1, &["damaged or not whole", "the whole line"]);
        place.call(&format!("run {bad}")).failed(125, &["damaged"]);
    }
    place.call("run applet:2:AAAA").failed(125, &["`applet:1:`"]);
    // Another text with the hash of the first: made by python3's zlib, level 0.
    let text = place.call("share hi.asm").ok().text().replace("hlt", "nop");
    let length = u16::try_from(text.len()).unwrap();
    let mut bytes = vec![1];
    bytes.extend(length.to_le_bytes());
    bytes.extend((!length).to_le_bytes());
    bytes.extend(text.as_bytes());
    let line = format!("applet:1:{}", base64url(&bytes));
    place.call(&format!("add {line}")).failed(1, &["its hash differs", "--force"]);
    assert_eq!(place.call(&format!("add --force {line}")).status, 0);
}

fn base64url(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digits = |group: &[u8]| {
        let word = (0..3).fold(0, |word, i| word << 8 | u32::from(*group.get(i).unwrap_or(&0)));
        let digit = |i: usize| char::from(alphabet[(word >> (18 - 6 * i) & 63) as usize]);
        (0..=group.len()).map(digit).collect::<String>()
    };
    bytes.chunks(3).map(digits).collect()
}

fn cases_are_run_before_it_is_stored() {
    let place = Place::new();
    let case = "; /// case greets\n; stdout:\n; | hi\n; ///\n";
    let bad = format!("bits 64\nmov al, 'h'\nout 0xE1, al\nhlt\n{case}");
    place.write("greet.asm", &bad);
    place.call("add greet.asm").failed(1, &["FAILED greet/greets", "-hi", "1 of its 1 cases fail"]);
    place.call("run greet").failed(125, &["no applet"]);
    assert_eq!(place.call("add greet.asm --force").status, 0);
    let good = bad.replace("hlt", "mov al, 'i'\nout 0xE1, al\nmov al, 10\nout 0xE1, al\nhlt");
    place.write("greet.asm", &good);
    let added = place.call("add greet.asm --force");
    assert!(added.status == 0 && added.stderr.contains("its cases pass: 1\n"), "{added:?}");
    // A case that would wait for ever is given ten seconds at most: here it sets a limit itself.
    place.write("slow.asm", "; /// case x\n; timeout = \"100ms\"\n; stdout:\n; ///\njmp $\n");
    place.call("add slow.asm").failed(1, &["got timeout"]);
    place.write("odd.asm", "hlt\n; /// case x\n; stdout:\n; | \\q\n; ///\n");
    place.call("add odd.asm").failed(1, &["odd:4: after `\\`"]);
    // Cases in files beside it come along.
    place.write("applets/it.asm", "hlt\n");
    place.write("tests/golden/it/plain.stdout", "");
    assert!(place.call("share applets/it.asm").ok().text().contains("; /// case plain\n"));
    assert!(!place.call("share --no-cases applets/it.asm").ok().text().contains("case"));
}

fn a_stranger_does_not_act_on_the_terminal() {
    let place = Place::new();
    let text = "; \x1b[2J comment\u{202e}\n; /// applet\n; description = \"x\\u001b[1m\\u0007\"\n; ///\n\
                bits 64\nmov al, 27\nout 0xE1, al\nhlt\n; /// case c\n; stdout:\n; | x\n; ///\n";
    place.write("evil.asm", text);
    let added = place.call("add --force evil.asm");
    assert!(added.stderr.contains("description x\\u{1b}[1m\\u{7}\n"), "{added:?}");
    assert!(added.stderr.contains("FAILED evil/c"), "{added:?}");
    let (info, list) = (place.call("info evil"), place.call("list"));
    assert!(info.ok().text().contains("\\u{1b}[2J comment\\u{202e}"), "{info:?}");
    let page = place.call("share --html evil");
    for text in [added.stderr.as_str(), info.text(), list.ok().text(), page.ok().text()] {
        assert!(!text.contains(['\x1b', '\x07', '\u{202e}']), "{text:?}");
    }
}

fn a_stranger_gets_no_name_and_no_file() {
    let place = Place::new();
    let named = |name: &str| format!("; /// applet\n; name = \"{name}\"\n; ///\nhlt\n");
    for name in ["../x", "a/b", "-x", ".."] {
        place.call_with("add -", named(name)).failed(1, &["no name for an applet"]);
        place
            .call_with(&format!("add - --name {name}"), "hlt\n")
            .failed(if name == "-x" { 2 } else { 1 }, &[]);
    }
    place.call_with("add -", "hlt\n").failed(1, &["--name"]);
    assert_eq!(place.call_with("add -", named("good")).status, 0);
    place.call_with("add -", named("good")).failed(1, &["--force"]);
    place.write("inner/a.asm", "%include \"../key\"\n");
    place.write("inner/b.asm", "incbin \"/etc/passwd\"\n");
    place.write("key", "secret");
    place.call("add inner/a.asm").failed(1, &["may read only its own folder"]);
    place.call("share inner/b.asm").failed(1, &["absolute path"]);
    place
        .call_with("add - --name x", "incbin \"key\"\n")
        .failed(1, &["only an applet that is a file"]);
}

fn a_file_may_name_its_interpreter() {
    let place = Place::new();
    let path = place.write(
        "hi",
        "#!/usr/bin/env -S applet run\nbits 64\nmov al, 'y'\nout 0xE1, al\nhlt\nmvo 1\n",
    );
    place.call("check hi").failed(1, &["hi:6:1"]);
    let text = std::fs::read_to_string(&path).unwrap().replace("mvo 1\n", "");
    place.write("hi", text);
    for command in ["check hi", "asm hi -o out", "dis hi", "info hi", "share hi", "run ./hi"] {
        assert_eq!(place.call(command).status, 0, "{command}");
    }
    assert!(place.call("share hi").ok().text().contains(";!/usr/bin/env -S applet run\nbits 64\n"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let binary = std::path::Path::new(env!("CARGO_BIN_EXE_applet")).parent().unwrap();
        let search = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
        let output = Command::new(&path).env("PATH", search).output().expect("it starts");
        assert_eq!(output.stdout, b"y", "{output:?}");
    }
}

fn info_says_what_a_run_would_use() {
    let place = Place::new();
    place.write("real.asm", "; It does nothing.\nhlt\n");
    let info = place.call("info real.asm");
    for row in [
        "mode        real\n",
        "ring        0\n",
        "memory      1114112 bytes (1088 KiB)\n",
        "ports       fault",
        "timeout     10 s; none where input is a terminal\n",
        "includes    none\n",
        "cases       none\n",
        "binary      1 bytes at 0x7c00\n",
        "\nIt does nothing.\n",
    ] {
        assert!(info.ok().text().contains(row), "no `{row}` in {info:?}");
    }
    place.write(
        "long.asm",
        "; /// applet\n; ring = 0\n; memory = \"64M\"\n; timeout = \"none\"\n; ports = \"ignore\"\n; ///\n\
         bits 64\n%include \"stdlib/io.inc\"\nhlt\n; /// case a\n; stdout:\n; ///\n",
    );
    let info = place.call("info long.asm");
    for row in [
        "ring        0\n",
        "memory      67108864 bytes (64 MiB)\n",
        "ports       ignore",
        "timeout     none\n",
        "includes    stdlib/io.inc, stdlib/abi.inc\n",
        "cases       a\n",
    ] {
        assert!(info.ok().text().contains(row), "no `{row}` in {info:?}");
    }
    assert!(!info.text().contains("default"));
    assert!(Needs::Kvm.missing().is_some() || place.call("run long.asm").status == 0);
}

fn a_page_is_one_file() {
    let place = Place::new();
    let page = place.call("share --html hello");
    let text = page.ok().text();
    assert!(text.starts_with("<!DOCTYPE html>") && text.ends_with("</html>\n"), "{text}");
    assert!(text.contains("%include</i> <i class=\"s\">&quot;stdlib/abi.inc&quot;"), "{text}");
    // Nothing is fetched and nothing runs.
    for part in
        ["<script", "<link", "<img", "src=", "href=", "http://", "https://", "@import", "url("]
    {
        assert!(!text.contains(part), "{part} in {text}");
    }
    let (_, line) = text.split_once("applet run ").unwrap();
    let line = line.split('<').next().unwrap();
    let source = place.call(&format!("share {line}"));
    assert!(source.ok().text().contains("Say hello"), "{source:?}");
    place.call("share --html --line hello").failed(2, &["cannot be used with"]);
}

fn a_full_disk_leaves_the_old_applet() {
    let place = Place::new();
    place.write("mine.asm", "hlt\n");
    assert_eq!(place.call("add mine.asm").status, 0);
    let folder = place.path().join("data/applet/applets");
    let before = std::fs::read(folder.join("mine.asm")).unwrap();
    place.write("mine.asm", "; more\n".repeat(1000));
    // A limit on the size of files fails as a full disk does, after the first bytes.
    let mut limited = place.command(["add", "--force", "mine.asm"]);
    let variables = limited.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let script = format!("trap '' XFSZ; ulimit -f 1; exec '{APPLET}' add --force mine.asm");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).current_dir(place.path()).envs(variables);
    let output = shell.output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && words.contains("cannot write"), "{words}");
    assert_eq!(std::fs::read(folder.join("mine.asm")).unwrap(), before);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    // With room, it is replaced.
    assert!(limited.output().unwrap().status.success());
    assert_ne!(std::fs::read(folder.join("mine.asm")).unwrap(), before);
}
