//! The first session in docs/session.md, typed at a terminal: the screen must show the same text.
//! `APPLET_BLESS=1` writes the text of the screen into the page.

use super::support::Terminal;
use crate::support::{APPLET, Needs, Tests, add, hold, root};
use libtest_mimic::Failed;
use std::process::Command;

const FENCE: &str = "```text\n$ applet\n";
const RUN: &str = "$ applet run ";

/// What is typed in a line of a session, if it has a prompt.
pub(crate) fn typed(line: &str) -> Option<&str> {
    if let Some(rest) = line.strip_prefix("...") {
        return Some(rest.trim_start());
    }
    let (prompt, rest) = line.split_once('>')?;
    let (mode, address) = prompt.split_once(' ')?;
    let is_prompt = ["real", "protected", "long"].contains(&mode)
        && address.chars().all(|c| c.is_ascii_hexdigit());
    is_prompt.then(|| rest.trim_start())
}

fn the_first_session_is_true() -> Result<(), Failed> {
    let path = root().join("docs/session.md");
    let page = std::fs::read_to_string(&path).expect("docs/session.md");
    let start = page.find(FENCE).expect("a first session") + FENCE.len();
    let length = page[start..].find("```").expect("its end");
    let expected = &page[start..start + length];
    let (session, run) = expected.split_once(RUN).expect("it is run");

    let folder = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start_sized(folder.path(), (300, 100), &[]);
    for (number, line) in session.lines().filter_map(typed).enumerate() {
        let prompts = |screen: &str| screen.lines().filter_map(typed).count();
        terminal.wait("prompt", |screen| prompts(screen) == number + 1);
        terminal.send(&format!("{line}\r"));
    }
    assert_eq!(terminal.leave(), 0);
    // What the session wrote last may still be on its way to the screen.
    let last = session.lines().filter_map(typed).next_back().unwrap_or_default();
    terminal.wait("last line", |screen| screen.ends_with(last));
    let screen = terminal.screen();
    let rows = screen.lines().map(str::trim_end);
    let mut actual: String = rows.flat_map(|row| [row, "\n"]).collect();

    let file = run.lines().next().expect("a file");
    let output = Command::new(APPLET)
        .args(["run", file])
        .current_dir(folder.path())
        .output()
        .expect("the binary");
    assert!(output.stderr.is_empty(), "{output:?}");
    let status = output.status.code().expect("a status");
    actual += &format!("{RUN}{file}\n{}", String::from_utf8_lossy(&output.stdout));
    actual += &format!("$ echo $?\n{status}\n");
    hold(&path, expected, &actual, || {
        let rest = &page[start + length..];
        std::fs::write(&path, format!("{}{actual}{rest}", &page[..start]))
    })
}

pub(crate) fn tests(tests: &mut Tests) {
    add!(tests, Needs::Kvm; the_first_session_is_true);
}
