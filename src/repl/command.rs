//! The commands: one row each, from which help, completion and the documentation derive.
//!
//! This file knows what there is and who does it; the doing is in the files beside it.

use super::shell::{Next, Shell};
use super::style::Style;
use crate::diagnostic::nearest;
use std::io;

/// What a command is followed by, for completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// Nothing, or text that cannot be completed.
    Text,
    /// A file.
    File,
    /// A label or address.
    Address,
    /// A command or an instruction.
    Topic,
    /// One of these words.
    Words(&'static [&'static str]),
}

/// What does a command: gets what stands behind its name.
type Act = fn(&mut Shell, &str) -> io::Result<Next>;

/// A command.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// Its name, with the colon.
    pub name: &'static str,
    /// What follows it.
    pub syntax: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// What follows it, for completion.
    pub argument: Argument,
    act: Act,
}

const fn row(
    name: &'static str,
    syntax: &'static str,
    summary: &'static str,
    argument: Argument,
    act: Act,
) -> Command {
    Command { name, syntax, summary, argument, act }
}

/// All commands, in the order of the help.
#[rustfmt::skip]
pub const COMMANDS: &[Command] = &[
    row(":help", "[COMMAND]", "this list, or what one command does", Argument::Topic, help),
    row(":undo", "", "back to the state before the last entry", Argument::Text, |s, _| go(s, 1)),
    row(":redo", "", "forward again, after :undo or :back", Argument::Text, |s, _| go(s, -1)),
    row(":quit", "", "leave", Argument::Text, |_, _| Ok(Next::Quit)),
];

/// The command of this name, with or without the colon; the beginning is enough if it is the only
/// one.
#[must_use]
pub fn find(name: &str) -> Option<&'static Command> {
    let bare = name.strip_prefix(':').unwrap_or(name).to_ascii_lowercase();
    let names = |c: &&Command| c.name.get(1..) == Some(bare.as_str());
    let begins = |c: &&Command| c.name.get(1..).is_some_and(|n| n.starts_with(&bare));
    COMMANDS.iter().find(names).or_else(|| {
        let mut candidates = COMMANDS.iter().filter(begins);
        let first = candidates.next().filter(|_| !bare.is_empty())?;
        candidates.next().is_none().then_some(first)
    })
}

/// Does what a line that begins with a colon says.
///
/// # Errors
/// The reply cannot be written.
pub fn obey(shell: &mut Shell, line: &str) -> io::Result<Next> {
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let Some(command) = find(name) else {
        let near = nearest(name, COMMANDS.iter().map(|c| c.name));
        let hint = near.map_or("`:help` lists the commands".to_owned(), |near| {
            format!("did you mean `{near}`?")
        });
        return shell.fail(&format!("there is no command `{name}`; {hint}"));
    };
    (command.act)(shell, rest.trim())
}

fn help(shell: &mut Shell, topic: &str) -> io::Result<Next> {
    let commands: Vec<&Command> = if topic.is_empty() {
        COMMANDS.iter().collect()
    } else {
        match find(topic) {
            Some(command) => vec![command],
            None => return shell.fail(&format!("there is no command `{topic}`")),
        }
    };
    let width = commands.iter().map(|c| c.name.len() + c.syntax.len() + 1).max().unwrap_or(0);
    let line = |c: &&Command| {
        let usage = format!("{} {}", c.name, c.syntax);
        format!("{}  {}", shell.painter.paint(Style::Name, &format!("{usage:<width$}")), c.summary)
    };
    shell.say(&commands.iter().map(line).collect::<Vec<_>>())
}

fn go(shell: &mut Shell, back: isize) -> io::Result<Next> {
    if shell.session.go(back) {
        return Ok(Next::Done);
    }
    let what = if back > 0 { "nothing to undo" } else { "nothing to redo" };
    shell.fail(&format!("there is {what}"))
}
