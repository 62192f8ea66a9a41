//! The picture of a session, docs/session.svg: drawn from the screen of a real one.
//!
//! `APPLET_BLESS=1` draws it anew.

use super::support::Terminal;
use super::transcript::typed;
use crate::support::{Needs, Tests, add, hold_file, root};
use libtest_mimic::Failed;
use std::fmt::Write as _;

/// Rows and columns of the terminal.
const SIZE: (u16, u16) = (40, 80);

/// The entries. A fault comes in the middle, and nothing of it remains.
const ENTRIES: [&str; 10] = [
    "mov eax, 5",
    "add eax, 7",
    "xor ecx, ecx",
    "div ecx",
    ":undo",
    "text: db \"hi\", 10",
    "[text]",
    "mov rsi, text",
    "mov ecx, 3",
    "in eax, 0xE5 ; WRITE",
];

/// The last line, which is not entered, and the hint that it shows.
const OPEN: (&str, &str) = ("adc eax, ebx", "; 11 D8");

/// Pixels of a character cell, and around the text.
const CELL: (f32, f32) = (8.4, 19.0);
const MARGIN: f32 = 18.0;
const TITLE: f32 = 36.0;

const BACKGROUND: &str = "#1e2127";
const FOREGROUND: &str = "#d7dae0";
const PROMPT: &str = "$ applet";

/// The first eight colours of a terminal, and the bright ones that bold text has.
const COLOURS: [(&str, &str); 8] = [
    ("#3f4451", "#4f5666"),
    ("#e05561", "#ff616e"),
    ("#8cc265", "#a5e075"),
    ("#d18f52", "#f0a45d"),
    ("#4aa5f0", "#4dc4ff"),
    ("#c162de", "#de73ff"),
    ("#42b3c2", "#4cd1e0"),
    ("#d7dae0", "#ffffff"),
];

/// How a character looks.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Look {
    colour: &'static str,
    is_bold: bool,
    is_dim: bool,
}

const PLAIN: Look = Look { colour: FOREGROUND, is_bold: false, is_dim: false };

fn look(cell: &vt100::Cell) -> Look {
    let colour = match cell.fgcolor() {
        vt100::Color::Idx(number @ 0..8) => {
            let (normal, bright) = COLOURS[usize::from(number)];
            if cell.bold() { bright } else { normal }
        }
        vt100::Color::Idx(number @ 8..16) => COLOURS[usize::from(number - 8)].1,
        _ => FOREGROUND,
    };
    Look { colour, is_bold: cell.bold(), is_dim: cell.dim() }
}

/// The runs of characters of one look in a row: the column of each, and its text.
fn runs(screen: &vt100::Screen, row: u16) -> Vec<(u16, Look, String)> {
    let mut runs: Vec<(u16, Look, String)> = Vec::new();
    for column in 0..SIZE.1 {
        let Some(cell) = screen.cell(row, column) else { continue };
        let text = if cell.has_contents() { cell.contents() } else { " " };
        let look = look(cell);
        match runs.last_mut() {
            Some((_, last, run)) if *last == look => run.push_str(text),
            _ => runs.push((column, look, text.to_owned())),
        }
    }
    runs
}

/// A run as an element. Each has its own place and width, so that columns stay columns in any font.
fn element(out: &mut String, row: usize, (column, look, text): &(u16, Look, String)) {
    let trimmed = text.trim_end();
    let words = trimmed.trim_start();
    if words.is_empty() {
        return;
    }
    let blanks = trimmed.chars().count() - words.chars().count();
    let cells = |count: usize| f32::from(u16::try_from(count).expect("a column"));
    let x = MARGIN + (f32::from(*column) + cells(blanks)) * CELL.0;
    let y = TITLE + MARGIN + cells(row) * CELL.1;
    let width = cells(words.chars().count()) * CELL.0;
    let weight = if look.is_bold { " font-weight=\"bold\"" } else { "" };
    let opacity = if look.is_dim { " opacity=\"0.6\"" } else { "" };
    let text = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{width:.1}\" fill=\"{}\"{weight}{opacity}>{text}</text>",
        look.colour
    );
}

/// The screen as a picture, below the command that opens the session.
fn draw(screen: &vt100::Screen) -> String {
    let rows: Vec<_> = (0..SIZE.0).map(|row| runs(screen, row)).collect();
    let is_used = |row: &Vec<(u16, Look, String)>| row.iter().any(|run| !run.2.trim().is_empty());
    let used = u16::try_from(rows.iter().rposition(is_used).map_or(0, |last| last + 2)).unwrap();
    let width = 2.0 * MARGIN + f32::from(SIZE.1) * CELL.0;
    let height = TITLE + MARGIN + f32::from(used) * CELL.1;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\" aria-label=\"A session of applet\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n\
         <circle cx=\"20\" cy=\"18\" r=\"6\" fill=\"#ff5f57\"/>\n\
         <circle cx=\"40\" cy=\"18\" r=\"6\" fill=\"#febc2e\"/>\n\
         <circle cx=\"60\" cy=\"18\" r=\"6\" fill=\"#28c840\"/>\n\
         <g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', \
         monospace\" font-size=\"14\" xml:space=\"preserve\">\n"
    );
    element(&mut out, 0, &(0, PLAIN, PROMPT.to_owned()));
    for (number, row) in rows.iter().enumerate() {
        row.iter().for_each(|run| element(&mut out, number + 1, run));
    }
    let (row, column) = screen.cursor_position();
    let x = MARGIN + f32::from(column) * CELL.0;
    let y = TITLE + MARGIN + f32::from(row + 1) * CELL.1 - 14.0;
    let _ = writeln!(
        out,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{FOREGROUND}\" \
         opacity=\"0.7\"/>\n</g>\n</svg>",
        CELL.0,
        CELL.1 - 1.0
    );
    out
}

fn the_picture_of_a_session_is_true() -> Result<(), Failed> {
    let folder = tempfile::tempdir().expect("a folder");
    let terminal = Terminal::start_sized(folder.path(), SIZE, &[]);
    let prompts = |screen: &str| screen.lines().filter_map(typed).count();
    for (number, entry) in ENTRIES.iter().enumerate() {
        terminal.wait("prompt", |screen| prompts(screen) == number + 1);
        terminal.send(&format!("{entry}\r"));
    }
    terminal.wait("prompt", |screen| prompts(screen) == ENTRIES.len() + 1);
    terminal.send(OPEN.0);
    terminal.see(OPEN.1);
    let actual = terminal.with_screen(draw);
    hold_file(&root().join("docs/session.svg"), &actual)
}

pub(crate) fn tests(tests: &mut Tests) {
    add!(tests, Needs::Kvm; the_picture_of_a_session_is_true);
}
