//! The commands: one row each, from which help, completion and the documentation derive.

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
}

/// All commands, in the order of the help.
pub const COMMANDS: &[Command] = &[Command {
    name: ":help",
    syntax: "[COMMAND|INSTRUCTION]",
    summary: "this list, or all about one command or instruction",
    argument: Argument::Topic,
}];
