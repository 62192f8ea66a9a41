//! A session at a terminal: the real binary on a pseudo-terminal, and what its screen shows.
//!
//! These tests know keys and screens, and nothing of the library inside. On a host that has no
//! usable KVM they are shown as ignored.

mod picture;
pub(crate) mod support;
mod transcript;

use crate::support::{Needs, Tests, add};
use rustix::process::Signal;
use support::Terminal;
use tempfile::TempDir;

const ENTER: &str = "\r";
const TAB: &str = "\t";
const CONTROL_C: &str = "\x03";
const CONTROL_D: &str = "\x04";
const CONTROL_R: &str = "\x12";
const CONTROL_U: &str = "\x15";
const HOME: &str = "\x1b[H";
const UP: &str = "\x1b[A";

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// A session with a prompt.
fn session(state: &TempDir, columns: u16, variables: &[(&str, &str)]) -> Terminal {
    let terminal = Terminal::start(state.path(), columns, variables);
    terminal.see("long 100000>");
    terminal
}

fn a_line_is_painted_hinted_completed_and_run() {
    let state = folder();
    let mut terminal = session(&state, 80, &[]);
    terminal.send("mov eax, 5");
    terminal.see("long 100000> mov eax, 5  ; B8 05 00 00 00");
    let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
    assert!(raw.contains("\x1b[1;34mmov\x1b[0m \x1b[36meax\x1b[0m"), "{raw:?}");
    assert_eq!(terminal.cursor(), (1, 23));
    terminal.send(ENTER);
    terminal.see("long 100005>");
    assert!(terminal.screen().contains("mov eax, 5\nrax  0x0 → 0x5"), "{}", terminal.screen());
    terminal.send("adc");
    terminal.see("adc  ; Add, with the carry of an addition before");
    terminal.send(" eax, ebx");
    terminal.see("; 11 D8  reads CF  changes CF PF AF ZF SF OF");
    terminal.send(CONTROL_U);
    terminal.send("cmpxchg1\t");
    terminal.see("long 100005> cmpxchg16b");
    terminal.send(CONTROL_U);
    terminal.send("mov r15\t");
    terminal.see("r15b  register");
    terminal.send(CONTROL_U);
    terminal.send("v\t");
    terminal.see(" more\n");
    terminal.send(CONTROL_U);
    terminal.send(CONTROL_D);
    assert_eq!(terminal.leave(), 0);
    terminal.see_restored();
}

fn labels_and_files_are_completed() {
    let state = folder();
    let terminal = session(&state, 80, &[]);
    terminal.line("message db 'hi'", "long 100002>");
    terminal.send("lea rsi, [mess");
    terminal.send(TAB);
    terminal.see("long 100002> lea rsi, [message");
    terminal.send(CONTROL_U);
    terminal.send("%include \"stdlib/io");
    terminal.send(TAB);
    terminal.see("%include \"stdlib/io.inc");
}

fn the_history_is_searched_and_outlives_the_session() {
    let state = folder();
    let mut terminal = session(&state, 80, &[]);
    terminal.line("mov ebx, 77", "long 100005>");
    terminal.line("mov ecx, 1", "long 10000A>");
    terminal.line("mov ebx, 77", "long 10000F>");
    terminal.send(CONTROL_D);
    assert_eq!(terminal.leave(), 0);
    let kept = std::fs::read_to_string(state.path().join("applet/history")).expect("a history");
    assert_eq!(kept, "#V2\nmov ecx, 1\nmov ebx, 77\n");

    let terminal = session(&state, 80, &[]);
    terminal.send(CONTROL_R);
    terminal.send("ecx");
    terminal.see("(reverse-i-search)`ecx': mov ecx, 1");
    terminal.send(ENTER);
    terminal.see("rcx  0x0 → 0x1");
    terminal.send(UP);
    terminal.see("long 100005> mov ecx, 1");
    terminal.send(UP);
    terminal.see("long 100005> mov ebx, 77");
    terminal.send(UP);
    terminal.send(ENTER);
    terminal.see("rbx  0x0 → 0x4d");
}

fn a_block_is_continued_and_a_paste_is_one_entry() {
    let state = folder();
    let terminal = session(&state, 80, &[]);
    terminal.line("mov ecx, 3", "long 100005>");
    terminal.send("again:\r");
    terminal.see("long 100005> again:\n...");
    terminal.send("inc eax\r");
    terminal.send("loop again");
    terminal.see("... inc eax\n... loop again");
    terminal.send("\r\r");
    terminal.see("rcx  0x3 → 0x0");
    assert!(terminal.screen().contains("rax  0x0 → 0x3"), "{}", terminal.screen());
    terminal.send("\x1b[200~mov edx, 1\radd edx, 2\r\nadd edx, 4\x1b[201~");
    terminal.see("mov edx, 1\n... add edx, 2\n... add edx, 4");
    assert!(!terminal.screen().contains("rdx"), "{}", terminal.screen());
    terminal.send(ENTER);
    terminal.see("rdx  0x0 → 0x7");
}

fn what_is_pasted_without_marks_is_all_run() {
    let state = folder();
    let terminal = session(&state, 80, &[]);
    terminal.send("mov edx, 1\rtop:\r add edx, 2\r\rmov esi, ed");
    terminal.see("rdx  0x1 → 0x3");
    terminal.see("mov esi, ed");
    terminal.send("x\r");
    terminal.see("rsi  0x0 → 0x3");
}

fn an_endless_loop_is_interrupted_and_the_state_is_as_before() {
    let state = folder();
    let mut terminal = session(&state, 80, &[]);
    terminal.line("mov ebx, 9", "long 100005>");
    // It says when it runs, so that Ctrl-C comes to it and not to the prompt.
    terminal.send("\x1b[200~mov ebx, 1\rmov al, '!'\rout 0xE1, al\rjmp $\x1b[201~\r");
    terminal.see("\n!");
    terminal.send(CONTROL_C);
    terminal.see("^C\ninterrupted: the entry is undone\nlong 100005>");
    terminal.line("ebx", "0x9");
    terminal.at_prompt();
    terminal.send("mov eax,");
    terminal.see("mov eax,");
    terminal.send(CONTROL_C);
    terminal.see("long 100005> mov eax,^C\nlong 100005>");
    terminal.send(CONTROL_C);
    terminal.see("Ctrl-C again leaves, and so does Ctrl-D.\nlong 100005>");
    terminal.send(CONTROL_C);
    assert_eq!(terminal.leave(), 0);
    terminal.see_restored();
}

fn what_is_typed_ahead_reaches_the_guest() {
    let state = folder();
    let terminal = session(&state, 80, &[]);
    // In one piece with the entry.
    terminal.send("in al, 0xE0\rQ");
    terminal.see("rax  0x0 → 0x51");
    // While the guest runs: the rest of its line, the next entry, and what that one reads.
    terminal.send("\x1b[200~in al, 0xE0\rin al, 0xE0\x1b[201~\r");
    terminal.see("in al, 0xE0\n... in al, 0xE0");
    terminal.send("x\rin bl, 0xE0\rin al, 0xE0\rz");
    terminal.see("error");
    terminal.see("rax  0x51 → 0xa");
    terminal.send(ENTER);
    terminal.see("rax  0xa → 0x7a");
}

fn a_window_may_be_narrow_and_change() {
    let state = folder();
    let terminal = session(&state, 40, &[]);
    terminal.send("mov dword [rsp-4], 0x12345678");
    terminal.wait("a line in two rows", |s| s.contains("mov dword [rsp-4], 0x123456\n78"));
    terminal.resize(100);
    terminal.send(" ; wide");
    terminal.see("long 100000> mov dword [rsp-4], 0x12345678 ; wide");
    terminal.resize(30);
    terminal.send(HOME);
    terminal.send("x: ");
    terminal.wait("a label", |s| s.contains("x: mov dword"));
    terminal.send(ENTER);
    terminal.see("long 100008>");
}

fn a_signal_that_ends_it_leaves_the_terminal_as_it_was() {
    for (signal, number) in [(Signal::TERM, -15), (Signal::HUP, -1)] {
        let state = folder();
        let mut terminal = session(&state, 80, &[]);
        terminal.send("mov eax,");
        terminal.see("long 100000> mov eax,");
        terminal.signal(signal);
        assert_eq!(terminal.leave(), number);
        terminal.see_restored();
    }
}

fn the_lines_of_a_block_know_each_other() {
    let state = folder();
    std::fs::write(state.path().join("lib.inc"), "%macro greet 1\n mov al, %1\n%endmacro\n")
        .expect("a file");
    let terminal = session(&state, 80, &[]);
    terminal.send("retry:\rdec ecx\rjnz ret");
    terminal.send(TAB);
    terminal.see("... jnz retry");
    terminal.see("; 75 FC  reads ZF");
    terminal.send(CONTROL_C);
    terminal.see("^C\nlong 100000>");
    terminal.line("%include \"lib.inc\"", "include \"lib.inc\"\nlong 100000>");
    terminal.send("gree");
    terminal.send(TAB);
    terminal.see("> greet");
    let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
    assert!(raw.contains("\x1b[1mgreet"), "{raw:?}");
}

fn replies_fit_a_narrow_window() {
    let state = folder();
    let terminal = session(&state, 40, &[]);
    terminal.line(":regs", " rax 0x0000000000000000\n rbx 0x0000000000000000\n");
    terminal
        .line(":mem 0x100000 8", "\n0x100000  00 00 00 00  ....\n0x100004  00 00 00 00  ....\n");
    terminal.line(":help stack", "\n:stack\n    show the top of the stack\n");
    terminal.resize(80);
    terminal.line(":mem 0x100000 8", "\n0x100000  00 00 00 00 00 00 00 00  ");
}

fn a_guest_reads_what_is_typed_until_its_end() {
    let state = folder();
    let terminal = session(&state, 80, &[]);
    // It says when it runs, so that what is typed comes to it and not to the prompt.
    terminal.send("\x1b[200~mov al, '?'\rout 0xE1, al\rin eax, 0xE0\x1b[201~\r");
    terminal.see("\n?");
    terminal.send("ab\r");
    terminal.see("read  \"a\"");
    terminal.line(":input", "still to be read: \"b\\n\", then the terminal");
    terminal.line("in ax, 0xE0", "rax  0x61 → 0x62");
    terminal.line("in ax, 0xE0", "rax  0x62 → 0xa");
    terminal.send("\x1b[200~mov al, '!'\rout 0xE1, al\rin eax, 0xE0\x1b[201~\r");
    terminal.see("\n!");
    terminal.send(CONTROL_D);
    terminal.see("rax  0xa → 0xffffffff");
    // The end is not for ever.
    terminal.send("\x1b[200~mov al, '%'\rout 0xE1, al\rin eax, 0xE0\x1b[201~\r");
    terminal.see("\n%");
    terminal.send("q\r");
    terminal.see("rax  0xffffffff → 0x71");
}

fn without_colour_nothing_is_painted() {
    let state = folder();
    let terminal = session(&state, 80, &[("NO_COLOR", "1")]);
    terminal.send("l:\r");
    terminal.see("long 100000> l:\n...");
    terminal.send("mov eax, 5\r\r");
    terminal.see("rax  0x0 → 0x5");
    terminal.line("mov eax,", "error");
    let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
    let renditions = raw.split("\x1b[").skip(1).filter(|part| {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != ';');
        end.is_some_and(|end| part[end..].starts_with('m'))
    });
    assert_eq!(renditions.count(), 0, "{raw:?}");
}

fn a_terminal_that_cannot_move_its_cursor_is_good_enough() {
    let state = folder();
    let mut terminal = session(&state, 80, &[("TERM", "dumb"), ("NO_COLOR", "1")]);
    terminal.line("mov eax, 5", "rax  0x0 → 0x5");
    terminal.line("l:", "...");
    terminal.line("jmp l", "... jmp l\n...");
    terminal.send(ENTER);
    // The guest runs once the terminal has taken its line.
    std::thread::sleep(std::time::Duration::from_millis(300));
    terminal.send(CONTROL_C);
    terminal.see("the entry is undone\nlong 100005>");
    terminal.send("nonsense");
    terminal.see("nonsense");
    terminal.send(CONTROL_C);
    terminal.see("nonsense^C\nlong 100005>");
    assert!(!terminal.raw().contains(&0x1b));
    terminal.send(CONTROL_D);
    assert_eq!(terminal.leave(), 0);
    terminal.see_restored();
}

fn what_a_guest_prints_cannot_move_the_cursor() {
    let state = folder();
    let terminal = session(&state, 80, &[]);
    let text = "mov al, 0x1b\rout 0xE1, al\rmov al, 'c'\rout 0xE1, al";
    terminal.send(&format!("\x1b[200~{text}\x1b[201~\r"));
    terminal.see("\n\\x1bc\n");
    assert!(terminal.screen().starts_with("applet "), "{}", terminal.screen());
}

pub(crate) fn tests(tests: &mut Tests) {
    add!(
        tests, Needs::Kvm;
        replies_fit_a_narrow_window,
        a_guest_reads_what_is_typed_until_its_end,
        a_signal_that_ends_it_leaves_the_terminal_as_it_was,
        the_lines_of_a_block_know_each_other,
        a_line_is_painted_hinted_completed_and_run,
        labels_and_files_are_completed,
        the_history_is_searched_and_outlives_the_session,
        a_block_is_continued_and_a_paste_is_one_entry,
        what_is_pasted_without_marks_is_all_run,
        an_endless_loop_is_interrupted_and_the_state_is_as_before,
        what_is_typed_ahead_reaches_the_guest,
        a_window_may_be_narrow_and_change,
        without_colour_nothing_is_painted,
        a_terminal_that_cannot_move_its_cursor_is_good_enough,
        what_a_guest_prints_cannot_move_the_cursor,
    );
    tests.within("picture", picture::tests);
    tests.within("transcript", transcript::tests);
}
