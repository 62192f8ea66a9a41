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
    row(":help", "[COMMAND|INSTRUCTION]", "this list, or all about one of them", Argument::Topic, help),
    row(":mode", "real|protected|long [RING]", "a fresh machine in this mode", Argument::Words(settings::MODES), settings::mode),
    row(":regs", "[all|fpu|xmm|seg|ctl]", "the registers", Argument::Words(&["all", "fpu", "xmm", "seg", "ctl"]), inspect::regs),
    row(":flags", "", "each flag with its name", Argument::Text, inspect::flags),
    row(":mem", "ADDRESS [LENGTH] [as FORM]", "memory, as bytes, words, text, code and more", Argument::Address, inspect::mem),
    row(":stack", "", "what lies on top of the stack", Argument::Text, inspect::stack),
    row(":dis", "[ADDRESS]", "the program, or memory, disassembled", Argument::Address, inspect::dis),
    row(":labels", "", "labels and equs with their values", Argument::Text, inspect::labels),
    row(":list", "", "the session as source", Argument::Text, source::list),
    row(":history", "", "the entries with their numbers", Argument::Text, source::history),
    row(":undo", "", "back to the state before the last entry", Argument::Text, |s, _| settings::go(s, 1)),
    row(":redo", "", "forward again", Argument::Text, |s, _| settings::go(s, -1)),
    row(":back", "N", "back by N entries", Argument::Text, settings::back),
    row(":reset", "", "a fresh machine in the same mode", Argument::Text, settings::reset),
    row(":input", "TEXT|<FILE|-", "what the program reads; `-` is what you type", Argument::File, settings::input),
    row(":args", "[ARG ...]", "the program's arguments", Argument::Text, settings::args),
    row(":run", "", "the session as one program, from its start", Argument::Text, source::run),
    row(":load", "FILE", "a fresh machine with this program", Argument::File, source::load),
    row(":save", "FILE|--case APPLET/CASE", "as an applet, or as a golden case of one", Argument::File, source::save),
    row(":edit", "", "the session in your editor", Argument::Text, source::edit),
    row(":include", "FILE", "the same as %include", Argument::File, source::include),
    row(":share", "[line]", "the session as one text for others", Argument::Words(&["line"]), source::share),
    row(":time", "[ENTRY]", "where the time of an entry went", Argument::Text, settings::time),
    row(":trace", "on|off", "each instruction with what it changed", Argument::Words(&["on", "off"]), settings::trace),
    row(":set", "[NAME VALUE]", "settings: timeout, memory, seed, ports", Argument::Words(settings::SETTING_NAMES), settings::set),
    row(":quit", "", "leave", Argument::Text, |_, _| Ok(Next::Quit)),
];

/// What else there is to say of some, a line each.
#[rustfmt::skip]
const MORE: &[(&str, &str)] = &[
    (":mem", "FORM is bytes, words, dwords, qwords, text or code: `:mem msg 32 as text`."),
    (":mem", "ADDRESS is an expression; what it leads through is the data segment, or the stack's."),
    (":regs", "Alone: the general registers and flags. `:regs xmm` has the widest that are in use."),
    (":back", "As many times `:undo`; `:redo` leads forward again until something new is entered."),
    (":input", "A line: `:input hello`; without its end: `:input \"hello\"`; a file: `:input <FILE`."),
    (":run", "Data and routines are put behind the code, so that nothing runs into them."),
    (":save", "Data and routines are put behind the code, so that nothing runs into them."),
    (":save", "`--case` keeps what was read and printed in tests/golden, for `applet test`."),
    (":edit", "The variables VISUAL and EDITOR name it. What it leaves is run from the start."),
    (":include", "stdlib/ is built in; other files lie beside the program. Each is read once."),
    (":share", "What it includes is put in. `:share line` makes a line that `applet run` takes."),
    (":trace", "Where the host can step. A trace has the first 10,000 instructions of an entry."),
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
    if topic.is_empty() {
        let mut lines = usage(shell, COMMANDS.iter());
        lines
            .push("Else: statements to run, or an expression such as rax, [rsp+8], msg".to_owned());
        lines.push("to show, or an assignment such as rax = 5.".to_owned());
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

/// How commands are written, and what they do.
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
