//! The commands, one row each, and the answer to an entry.
//!
//! Help, completion and the documentation derive from the rows.

mod answer;
mod inspect;
mod manual;
mod settings;
mod source;

use crate::asm::syntax::directive::DIRECTIVES;
use crate::asm::syntax::table;
use crate::diagnostic::nearest;
use crate::repl::shell::{Next, Shell};
use crate::repl::style::Style;
use std::io;

pub use answer::answer;

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

/// Runs a command with the text that follows its name.
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
pub static COMMANDS: &[Command] = &[
    row(":help", "[COMMAND|INSTRUCTION]", "this list, or help on a command or an instruction", Argument::Topic, help),
    row(":mode", "real|protected|long [RING]", "start a fresh machine in this mode", Argument::Words(settings::MODES), settings::mode),
    row(":regs", "[all|fpu|xmm|seg|ctl]", "show registers", Argument::Words(&["all", "fpu", "xmm", "seg", "ctl"]), inspect::regs),
    row(":flags", "", "show the flags by name", Argument::Text, inspect::flags),
    row(":mem", "ADDRESS [LENGTH] [as FORM]", "show memory as bytes, words, text or code", Argument::Address, inspect::mem),
    row(":stack", "", "show the top of the stack", Argument::Text, inspect::stack),
    row(":dis", "[ADDRESS]", "disassemble the program, or memory", Argument::Address, inspect::dis),
    row(":labels", "", "list labels and equs with their values", Argument::Text, inspect::labels),
    row(":list", "", "show the session as source", Argument::Text, source::list),
    row(":history", "", "list the entries with their numbers", Argument::Text, source::history),
    row(":undo", "", "undo the last entry", Argument::Text, |s, _| settings::go(s, 1)),
    row(":redo", "", "redo the entry that was undone", Argument::Text, |s, _| settings::go(s, -1)),
    row(":back", "N", "undo N entries", Argument::Text, settings::back),
    row(":reset", "", "start a fresh machine in the same mode", Argument::Text, settings::reset),
    row(":input", "TEXT|<FILE|-", "set what the program reads; `-` is what you type", Argument::File, settings::input),
    row(":args", "[ARG ...]", "set the arguments of the program", Argument::Text, settings::args),
    row(":run", "", "run the session as one program, from its start", Argument::Text, source::run),
    row(":load", "FILE", "start a fresh machine with this program", Argument::File, source::load),
    row(":save", "FILE|--case APPLET/CASE", "save an applet, or a golden case", Argument::File, source::save),
    row(":edit", "", "edit the session in your editor", Argument::Text, source::edit),
    row(":include", "FILE", "include a file, as %include does", Argument::File, source::include),
    row(":share", "[line]", "print the session as one text to share", Argument::Words(&["line"]), source::share),
    row(":time", "[ENTRY]", "show how long each part of an entry took", Argument::Text, settings::time),
    row(":trace", "on|off", "show each instruction with what it changed", Argument::Words(&["on", "off"]), settings::trace),
    row(":set", "[NAME VALUE]", "show or change timeout, memory, seed, ports", Argument::Words(settings::SETTING_NAMES), settings::set),
    row(":quit", "", "end the session", Argument::Text, |_, _| Ok(Next::Quit)),
];

/// More help on some commands, a line each.
#[rustfmt::skip]
const MORE: &[(&str, &str)] = &[
    (":mem", "FORM is bytes, words, dwords, qwords, text or code: `:mem msg 32 as text`."),
    (":mem", "ADDRESS is an offset in the data segment, or in the stack's if it has (e)sp or (e)bp."),
    (":regs", "Alone: general registers and flags. `:regs xmm` shows the widest vectors in use."),
    (":back", "The same as N times `:undo`. `:redo` works until you enter something new."),
    (":input", "A line: `:input hello`; without its end: `:input \"hello\"`; a file: `:input <FILE`."),
    (":run", "Data and routines move to the end, where execution does not reach them."),
    (":save", "Data and routines move to the end, where execution does not reach them."),
    (":save", "`--case` stores the input and the output in tests/golden, for `applet test`."),
    (":save", "`:save! FILE` also replaces a file that the session has neither saved nor loaded."),
    (":edit", "VISUAL or EDITOR names the editor. The edited text runs from the start."),
    (":include", "stdlib/ is built in; other files are read from the program's folder, once each."),
    (":share", "Included files become part of it. `:share line` prints a line for `applet run`."),
    (":trace", "The host must be able to single-step. A trace ends after 10,000 instructions."),
];

/// The command of this name, with or without the colon. An unambiguous beginning is enough.
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

/// Runs the command of a line that begins with a colon.
///
/// # Errors
/// The reply cannot be written.
pub fn obey(shell: &mut Shell, line: &str) -> io::Result<Next> {
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    if name == ":save!" {
        return source::save_over(shell, rest.trim());
    }
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
    if topic.is_empty() {
        let mut lines = usage(shell, COMMANDS.iter());
        lines.push(
            "Anything else is run as statements, shown as an expression (rax, [rsp+8], msg),"
                .to_owned(),
        );
        lines.push("or assigned (rax = 5). A line that ends with a label opens a block; an empty\nline closes it.".to_owned());
        return shell.say(&lines);
    }
    if !topic.starts_with(':')
        && let Some(page) = manual::page(&shell.session, shell.painter, topic)
    {
        return shell.say(&page);
    }
    if let Some(command) = find(topic) {
        let mut lines = usage(shell, std::iter::once(command));
        let more = MORE.iter().filter(|(name, _)| *name == command.name);
        lines.extend(more.map(|(_, text)| (*text).to_owned()));
        return shell.say(&lines);
    }
    let directive = DIRECTIVES.iter().find(|d| d.name.eq_ignore_ascii_case(topic));
    if let Some(directive) = directive {
        let name = shell.painter.paint(Style::Name, directive.syntax);
        return shell.say(&[format!("{name}  {}", directive.summary)]);
    }
    let near = nearest(topic, table::mnemonics().chain(COMMANDS.iter().map(|c| c.name)));
    let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    shell.fail(&format!("there is no command or instruction `{topic}`{hint}"))
}

/// The syntax and the summary of commands.
fn usage<'a>(shell: &Shell, commands: impl Iterator<Item = &'a Command> + Clone) -> Vec<String> {
    let width = commands.clone().map(|c| c.name.len() + c.syntax.len() + 1).max().unwrap_or(0);
    let is_narrow = (shell.columns)() < 80;
    let line = |c: &Command| {
        let usage = format!("{} {}", c.name, c.syntax);
        if is_narrow {
            let usage = shell.painter.paint(Style::Name, usage.trim_end());
            return format!("{usage}\n    {}", c.summary);
        }
        format!("{}  {}", shell.painter.paint(Style::Name, &format!("{usage:<width$}")), c.summary)
    };
    commands.map(line).collect()
}
