//! Answers an entry: runs statements, shows values, or obeys a command.

use super::{find, inspect, obey};
use crate::machine::outcome::Outcome;
use crate::repl::expression::{self, EntryKind};
use crate::repl::program::Messages;
use crate::repl::session::{End, Error};
use crate::repl::shell::{Next, Shell};
use crate::repl::{disassembly, entry, view};
use std::io;

/// Shortest unknown word that is compared with the names of commands.
const SHORTEST_SUGGESTED: usize = 4;

/// Answers one entry.
///
/// # Errors
/// The reply cannot be written.
pub fn answer(shell: &mut Shell, text: &str) -> io::Result<Next> {
    let text = text.trim_end();
    if text.lines().all(|line| entry::without_comment(line).trim().is_empty()) {
        return Ok(Next::Done);
    }
    if entry::is_command(text) {
        // Lines that are pasted after a command are an entry of their own.
        let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
        let next = obey(shell, line.trim())?;
        return if next == Next::Done && !rest.is_empty() { answer(shell, rest) } else { Ok(next) };
    }
    match expression::classify(&shell.session, text) {
        EntryKind::Statements => match expression::of_macro(&shell.session, text, &shell.origin) {
            Some(value) => inspect::value(shell, &value),
            None => statements(shell, text),
        },
        EntryKind::Expression(line) => {
            match expression::evaluate(&shell.session, line, &shell.origin) {
                Ok(value) => inspect::value(shell, &value),
                Err(error) => shell.evaluation_error(&error),
            }
        }
        EntryKind::Assignment(target, value) => {
            match expression::assign(&shell.session, target, value, &shell.origin) {
                Ok(text) => statements(shell, &text),
                Err(error) => shell.evaluation_error(&error),
            }
        }
    }
}

/// Runs statements and shows what they changed.
pub(super) fn statements(shell: &mut Shell, text: &str) -> io::Result<Next> {
    let before = shell.session.prompt().address;
    let report = match shell.session.enter(text, &shell.origin) {
        Ok(report) => report,
        Err(Error::Source(messages)) => return shell.messages(&messages),
        Err(Error::UnknownWord(messages)) => return shell.messages(&suggest_commands(messages)),
        Err(Error::Host(error)) => return shell.host_error(&error),
        Err(Error::Text(text)) => return shell.fail(&text),
    };
    shell.end_line(report.is_mid_line, report.end == End::Outcome(Outcome::Interrupted))?;
    if let Some(warnings) = &report.warnings {
        shell.messages(warnings)?;
    }
    let (start, end) = (address(before), address(shell.session.prompt().address));
    let own = start.min(end)..end;
    let before = if report.is_kept() { shell.session.before() } else { None };
    let now = shell.session.state();
    let mut lines = disassembly::trace(shell.painter, &report, now, before);
    lines.extend(view::report(shell.painter, &report, before, now, &own));
    shell.say(&lines)?;
    if let Some(fault) = &report.fault {
        shell.messages(fault)?;
        shell.complain("the entry is undone")?;
    }
    let ended_well = match &report.end {
        End::Outcome(outcome) => {
            matches!(outcome, Outcome::Halted | Outcome::Exited(_) | Outcome::Interrupted)
        }
        _ => true,
    };
    Ok(if ended_well { Next::Done } else { Next::Failed })
}

/// Adds the command that was perhaps meant to each message about an unknown word.
fn suggest_commands(mut messages: Messages) -> Messages {
    for diagnostic in &mut messages.diagnostics {
        let word = messages.sources.text(diagnostic.span);
        let command = find(word).filter(|_| word.len() >= SHORTEST_SUGGESTED);
        if let Some(command) = command {
            diagnostic.help = Some(format!("did you mean `{}`?", command.name));
        }
    }
    messages
}

fn address(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
