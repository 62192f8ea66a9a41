//! The REPL: each entry is assembled at the end of the session's program and runs from the state
//! that the entry before it left.
//!
//! A module uses only those above it in this table; `tests/it/tidy.rs` checks it.
//!
//! | module | holds |
//! |---|---|
//! | [`style`] | colours, and text that cannot control a terminal |
//! | [`entry`] | whether an entry is complete, and whether it is a command |
//! | [`describe`] | a line about each instruction |
//! | `registers` | the registers of a snapshot by name |
//! | [`program`] | the program of a session, and what an entry adds to it |
//! | [`session`] | the program with a snapshot for each entry: enter, undo, redo |
//! | `expression` | values of registers, memory and symbols; assignments |
//! | `view` | how replies look: changes, endings, values |
//! | `disassembly` | instructions in memory, and traces |
//! | [`lines`] | where entries come from |
//! | [`shell`] | a session with the streams of its user |
//! | [`command`] | the commands, and the answer to an entry |
//! | [`editor`] | entries that are typed at a terminal |

pub mod command;
pub mod describe;
mod disassembly;
pub mod editor;
pub mod entry;
mod expression;
pub mod lines;
pub mod program;
mod registers;
pub mod session;
pub mod shell;
pub mod style;
mod view;

use command::answer;
use lines::{Lines, Read};
use shell::{Next, Shell};
use std::io;

/// Answers entries until there are no more. Returns whether one of them failed. With `stop`, the
/// first that fails is the last.
///
/// # Errors
/// A reply cannot be written.
pub fn run(shell: &mut Shell, lines: &mut dyn Lines, stop: bool) -> io::Result<bool> {
    let mut failed = false;
    loop {
        match lines.next(&shell.session.prompt(), &shell.session) {
            Read::Entry(text) => match answer_with_ahead(shell, &text, lines)? {
                Next::Done => {}
                Next::Failed => {
                    failed = true;
                    if stop {
                        return Ok(true);
                    }
                }
                Next::Quit => return Ok(failed),
            },
            Read::Interrupted => {}
            Read::End => return Ok(failed),
        }
    }
}

/// Answers one entry. Its guest may read what was typed after it.
fn answer_with_ahead(shell: &mut Shell, text: &str, lines: &mut dyn Lines) -> io::Result<Next> {
    if entry::is_command(text) || shell.session.guest_input.more.is_none() {
        return answer(shell, text);
    }
    let start = shell.session.guest_input.bytes.len();
    shell.session.guest_input.bytes.extend(lines.take_ahead());
    let end = shell.session.guest_input.bytes.len();
    let next = answer(shell, text);
    let from = shell.session.state().read.max(start);
    if from < end {
        lines.give_back(shell.session.guest_input.bytes.split_off(from));
    }
    next
}
