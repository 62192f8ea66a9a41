//! Sessions of the REPL as data: `tests/repl/*.txt` have what is typed, each line after `> `, and
//! below it what is answered. `APPLET_BLESS=1` writes the answers that are given now.
//!
//! The first line is `mode MODE [RING]`; lines that begin with `#` are comments. Knows nothing of
//! what a session can do. Without a usable KVM the tests are shown as ignored.

use crate::support::{APPLET, Needs, Tests, files, hold, root, stem};
use applet::internal::applet::value;
use applet::internal::image::Mode;
use applet::internal::machine::config::Config;
use applet::internal::repl::command::answer;
use applet::internal::repl::lines::{Lines, Piped, Read};
use applet::internal::repl::program::Origin;
use applet::internal::repl::session::{GuestInput, Screens, Session};
use applet::internal::repl::shell::{Next, Shell};
use applet::internal::repl::style::Painter;
use libtest_mimic::{Completion, Failed};
use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Cursor, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub(crate) fn tests(tests: &mut Tests) {
    for path in files(&root().join("tests/repl"), "txt") {
        tests.add(stem(&path), Needs::Kvm, move || check(&path));
    }
    tests.add("a saved session runs as an applet", Needs::Kvm, saved);
    tests.add("the first error ends a piped session", Needs::Kvm, first_error);
    tests.add("a session of many entries stays small", Needs::Kvm, memory);
    for mode in Mode::ALL {
        let name = format!("the library is there in {} mode", mode.name());
        tests.add(name, Needs::Kvm, move || library(mode));
        let name = format!("undo and redo are exact in {} mode", mode.name());
        tests.add(name, Needs::Kvm, move || undo_and_redo(mode));
    }
    tests.add("masks and 512-bit vectors are shown", Needs::Kvm, || {
        if !std::arch::is_x86_feature_detected!("avx512f") {
            return Ok(Completion::ignored_with("the processor has no AVX-512"));
        }
        masks().map(|()| Completion::Completed)
    });
}

fn check(path: &Path) -> Result<(), Failed> {
    let expected = std::fs::read_to_string(path)?;
    let found = play(&expected)?;
    hold(path, &expected, &found, || std::fs::write(path, &found))
}

/// What is typed with what is answered.
fn play(transcript: &str) -> Result<String, Failed> {
    let head: Vec<&str> = transcript.lines().take_while(|line| !line.starts_with('>')).collect();
    let mode = head.iter().find_map(|line| line.strip_prefix("mode ")).ok_or("no mode")?;
    let mut words = mode.split_whitespace();
    let mode = value::mode(words.next().unwrap_or(""))?;
    let ring = words.next().map(value::ring).transpose()?;
    let typed: Vec<&str> = transcript
        .lines()
        .filter_map(|line| line.strip_prefix('>'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();

    let screen = Arc::new(Mutex::new(Vec::new()));
    let config = Config { ring, timeout: Some(Duration::from_secs(1)), ..Config::new(mode) };
    let screens = Screens { output: screen.clone(), error: screen.clone() };
    let session = Session::new(config, screens)?;
    let text = typed.join("\n") + "\n";
    let mut lines = Piped::new(Rc::new(RefCell::new(Cursor::new(text.into_bytes()))));
    let mut shell = Shell {
        session,
        painter: Painter::default(),
        out: screen.clone(),
        errors: screen.clone(),
        origin: Origin { name: "<stdin>".to_owned(), line: Rc::clone(&lines.line) },
        is_terminal: false,
        columns: || 80,
        memory: None,
        draft: None,
        files: Vec::new(),
        open_input: Box::new(|| Ok(GuestInput::default())),
    };
    let mut actual = head.join("\n") + "\n";
    let mut done = 0;
    while let Read::Entry(entry) = lines.next(&shell.session.prompt(), &shell.session) {
        let count = entry.split('\n').count();
        for line in typed.iter().skip(done).take(count) {
            let _ = writeln!(actual, "{}", format!("> {line}").trim_end());
        }
        done += count;
        let next = answer(&mut shell, &entry)?;
        let shown = String::from_utf8_lossy(&std::mem::take(
            &mut *screen.lock().unwrap_or_else(PoisonError::into_inner),
        ))
        .into_owned();
        for line in shown.lines() {
            let _ = writeln!(actual, "{}", line.trim_end());
        }
        if next == Next::Quit {
            break;
        }
    }
    Ok(actual)
}

/// What random sessions are made of: what runs everywhere, what only some modes take, what faults.
const ENTRIES: [&str; 24] = [
    "mov eax, 0x12345678",
    "add eax, ebx",
    "xchg ebx, eax",
    "push ax",
    "pop cx",
    "stc",
    "std",
    "cld",
    "x0: db 1, 2, 3",
    "fld1",
    "fldpi",
    "movd xmm1, eax",
    "paddb xmm1, xmm1",
    "vpcmpeqd ymm3, ymm3, ymm3",
    "in al, 0xE0",
    "out 0xE1, al",
    "in ax, 0xEA",
    "xor ecx, ecx\ndiv ecx",
    "hlt",
    "mov byte [0x8000], al",
    "inc dword [0x8100]",
    "out 0xE3, al",
    "mov es, ax",
    "times 300 db 7",
];

/// Any sequence of entries, then as many undos, gives the initial state bit for bit, and each state
/// on the way; redo gives them again.
fn undo_and_redo(mode: Mode) -> Result<(), Failed> {
    for seed in 0..12u64 {
        let screen = Arc::new(Mutex::new(Vec::new()));
        let screens = Screens { output: screen.clone(), error: screen };
        let mut session = Session::new(Config::new(mode), screens)?;
        session.set_input(GuestInput { bytes: b"some input".to_vec(), more: None });
        let mut states = vec![(session.state().snapshot.clone(), session.state().read)];
        let mut random = seed;
        for _ in 0..25 {
            // The constants of Knuth's MMIX.
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let index = usize::try_from(random >> 33)? % ENTRIES.len();
            let kept = session
                .enter(ENTRIES[index], &Origin::default())
                .is_ok_and(|report| report.is_kept());
            let now = session.state();
            if kept {
                states.push((now.snapshot.clone(), now.read));
            } else if let Some((last, read)) = states.last()
                && (!now.snapshot.is_same(last) || now.read != *read)
            {
                return Err(format!("seed {seed}: `{}` left a trace", ENTRIES[index]).into());
            }
        }
        let is_at = |session: &Session, (snapshot, read): &(_, usize)| {
            session.state().snapshot.is_same(snapshot) && session.state().read == *read
        };
        for state in states.iter().rev().skip(1) {
            if !session.go(1) || !is_at(&session, state) {
                return Err(format!("seed {seed}: undo leads elsewhere").into());
            }
        }
        if session.go(1) {
            return Err(format!("seed {seed}: there is more to undo than was entered").into());
        }
        for state in states.iter().skip(1) {
            if !session.go(-1) || !is_at(&session, state) {
                return Err(format!("seed {seed}: redo leads elsewhere").into());
            }
        }
    }
    Ok(())
}

/// Each file of the standard library can be included, and entries follow it.
fn library(mode: Mode) -> Result<(), Failed> {
    for file in std::fs::read_dir(root().join("stdlib"))? {
        let name = file?.file_name().into_string().map_err(|_| "a name")?;
        let screen = Arc::new(Mutex::new(Vec::new()));
        let mut session =
            Session::new(Config::new(mode), Screens { output: screen.clone(), error: screen })?;
        let include = format!("%include \"stdlib/{name}\"");
        for entry in [&*include, "mov eax, 1", "x: db 1", "jmp y\ny:"] {
            if let Err(error) = session.enter(entry, &Origin::default()) {
                return Err(format!("{name}: `{entry}`: {error:?}").into());
            }
        }
    }
    Ok(())
}

/// What AVX-512 changes is shown, by the names that the bits need.
fn masks() -> Result<(), Failed> {
    let ones = "f".repeat(128);
    let answers = [
        ("mov eax, 0x5a", "rax  0x0 → 0x5a (90)\n".to_owned()),
        ("kmovw k3, eax", "k3  0x0 → 0x5a (90)\n".to_owned()),
        ("k3", "0x5a  90  'Z'\n".to_owned()),
        ("vpternlogd zmm17, zmm17, zmm17, 255", format!("zmm17  0x0 → 0x{ones}\n")),
        ("vpternlogd ymm1, ymm1, ymm1, 255", format!("ymm1  0x0 → 0x{}\n", &ones[64..])),
        ("vmovd xmm2, eax", format!("xmm2  0x0 → 0x{:032x}\n", 0x5a)),
    ];
    let entries: Vec<&str> = answers.iter().map(|(entry, _)| *entry).collect();
    let (shown, _) = pipe(&(entries.join("\n") + "\n"), &[])?;
    let expected: String = answers.into_iter().map(|(_, answer)| answer).collect();
    if shown != expected {
        return Err(format!("{shown}\nis not\n{expected}").into());
    }
    let (registers, _) = pipe("kxnorw k1, k1, k1\n:regs xmm\n", &[])?;
    if !registers.contains("k1    0xffff\n") || !registers.contains("xmm15 0x0\n") {
        return Err(registers.into());
    }
    Ok(())
}

/// What an entry leaves in memory does not depend on how much the machine has.
fn memory() -> Result<(), Failed> {
    const MOST: usize = 6 << 10;
    let mut child = Command::new(APPLET)
        .args(["repl", "--memory", "16M"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().ok_or("a pipe")?;
    let mut replies = BufReader::new(child.stdout.take().ok_or("a pipe")?).lines();
    let status = format!("/proc/{}/status", child.id());
    let mut resident = |count: usize| -> Result<usize, Failed> {
        for _ in 0..count {
            writeln!(stdin, "push rax")?;
        }
        writeln!(stdin, "'done'")?;
        while !replies.next().ok_or("an end")??.contains("'done'") {}
        let status = std::fs::read_to_string(&status)?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("a size")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<usize>()? << 10)
    };
    let before = resident(100)?;
    let each = resident(1000)?.saturating_sub(before) / 1000;
    drop(stdin);
    child.wait()?;
    if each > MOST {
        return Err(format!("an entry takes {each} bytes").into());
    }
    Ok(())
}

/// What the binary prints for piped lines, and its exit status.
fn pipe(lines: &str, arguments: &[&str]) -> Result<(String, Option<i32>), Failed> {
    let mut child = Command::new(APPLET)
        .arg("repl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(lines.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    Ok((String::from_utf8(output.stdout)?, output.status.code()))
}

fn saved() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("hello.asm");
    let lines = format!(
        "msg: db \"hello\", 10\nlen equ $ - msg\nmov rsi, msg\nmov ecx, len\nmov dx, 0xE5\n\
         in eax, dx\nmov al, 7\nout 0xE3, al\n:save {}\n",
        file.display()
    );
    let (_, status) = pipe(&lines, &[])?;
    if status != Some(0) {
        return Err(format!("the session ended with {status:?}").into());
    }
    let run = Command::new(APPLET).arg("run").arg(&file).output()?;
    if run.stdout != b"hello\n" || run.status.code() != Some(7) {
        return Err(format!("the saved session gave {run:?}").into());
    }
    Ok(())
}

fn first_error() -> Result<(), Failed> {
    let lines = "mvo eax, 1\nmov eax, 2\n";
    let (stopped, failed) = pipe(lines, &[])?;
    let (went_on, failed_too) = pipe(lines, &["--keep-going"])?;
    let (fine, succeeded) = pipe("mov eax, 2\n", &[])?;
    let reply = "rax  0x0 → 0x2\n";
    if (stopped.as_str(), failed) != ("", Some(1))
        || (went_on.as_str(), failed_too) != (reply, Some(1))
        || (fine.as_str(), succeeded) != (reply, Some(0))
    {
        return Err(format!("{stopped:?} {failed:?}, {went_on:?} {failed_too:?}, {fine:?}").into());
    }
    Ok(())
}
