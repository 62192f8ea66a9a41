//! `applet completions` and `applet man`: for the shell, derived from the command line itself.

use super::{Complaint, console, status};
use clap::Command;
use clap_complete::Shell;

/// Print the completion script for a shell
#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Print the manual page, in roff
#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// The page of this subcommand [default: of applet itself]
    subcommand: Option<String>,
}

/// Prints a completion script.
///
/// # Errors
/// It cannot be written.
pub(super) fn completions(args: &CompletionsArgs, command: &mut Command) -> anyhow::Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "applet", &mut script);
    console::out(script)?;
    Ok(status::OK)
}

/// Prints a manual page.
///
/// # Errors
/// There is no such subcommand, or it cannot be written.
pub(super) fn man(args: &ManArgs, mut command: Command) -> anyhow::Result<u8> {
    command.build();
    let command = match &args.subcommand {
        None => command,
        Some(name) => command
            .find_subcommand(name)
            .cloned()
            .map(|sub| sub.display_name(format!("applet-{name}")))
            .ok_or_else(|| Complaint::new(format!("there is no subcommand `{name}`")))?,
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    console::out(page)?;
    Ok(status::OK)
}
