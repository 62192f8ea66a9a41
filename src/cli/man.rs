//! `applet man`: the manual pages, made from the command line itself.

use super::{Complaint, console, run, status};
use crate::abi::{self, Direction, PORTS};
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

/// Print the manual page, in roff
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The page of this subcommand [default: of applet itself]
    subcommand: Option<String>,
}

const AFTER_HELP: &str = "`applet man run | man -l -` shows the page of `applet run`.";

/// What the environment changes. docs/command-line.md has the same rows.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("NO_COLOR", "switches colours off"),
    ("CI", "`applet test --bless` refuses to write"),
    ("VISUAL, EDITOR", "the editor for `:edit` in a session"),
    ("XDG_DATA_HOME", "the library is in `applet/applets` there; default `~/.local/share`"),
    (
        "XDG_CACHE_HOME",
        "what `doctor` and `run` have found out about this host is in `applet` there; default `~/.cache`",
    ),
    (
        "XDG_STATE_HOME",
        "the history of the sessions is in `applet/history` there; default `~/.local/state`",
    ),
];

/// Commands to begin with. A test runs them in this order.
const EXAMPLES: &[(&str, &str)] = &[
    ("applet run hello", "runs an applet that is built in"),
    ("echo Hello | applet run rot13", "gives an applet standard input"),
    ("applet new demo", "writes applets/demo.asm and its first case"),
    ("applet run demo", "runs it"),
    ("applet test demo", "runs its cases"),
    ("applet check applets/demo.asm", "shows its errors and warnings and runs nothing"),
    ("applet share --line demo", "prints it as one line for a message"),
    ("echo 'mov eax, 6*7' | applet repl", "runs one instruction and shows what it changes"),
];

/// Prints a manual page.
///
/// # Errors
/// There is no such subcommand, or it cannot be written.
pub(super) fn execute(args: &Args, mut command: Command) -> anyhow::Result<u8> {
    command.build();
    let mut page = Vec::new();
    if let Some(name) = &args.subcommand {
        let found = command.find_subcommand(name).cloned();
        let found = found.map(|found| found.display_name(format!("applet-{name}")));
        let complaint = || Complaint::new(format!("there is no subcommand `{name}`"));
        Man::new(found.ok_or_else(complaint)?).render(&mut page)?;
        let mut end = Roff::new();
        end.control("SH", ["SEE ALSO"]);
        end.text([bold("applet"), roman("(1): exit statuses, ports, environment, examples")]);
        end.to_writer(&mut page)?;
    } else {
        let man = Man::new(command);
        man.render_title(&mut page)?;
        man.render_name_section(&mut page)?;
        man.render_synopsis_section(&mut page)?;
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
        man.render_subcommands_section(&mut page)?;
        sections().to_writer(&mut page)?;
        man.render_version_section(&mut page)?;
    }
    console::out(page)?;
    Ok(status::OK)
}

/// The sections that only the page of `applet` itself has.
fn sections() -> Roff {
    let mut page = Roff::new();
    page.control("PP", []);
    text(&mut page, "Each command has a page. The command");
    literal(&mut page, "applet man run | man -l -");
    text(&mut page, "shows the page of `applet run`. Where a package has installed the pages,");
    literal(&mut page, "man applet-run");
    text(&mut page, "shows it, too. `applet help run` prints the same as plain text.");

    page.control("SH", ["EXIT STATUS"]);
    text(&mut page, "`applet run` exits with the applet's own code, or with:");
    run::exit_statuses().for_each(|(status, meaning)| row(&mut page, status, meaning));
    page.control("PP", []);
    text(&mut page, "The other commands exit with:");
    row(&mut page, "0", "all is well");
    row(&mut page, "1", "something failed: an error in a source, a case that does not pass");
    row(&mut page, "2", "wrong usage");

    page.control("SH", ["PORTS"]);
    text(
        &mut page,
        &format!("An applet reaches the host through these ports (version {}):", abi::VERSION),
    );
    for port in PORTS {
        let number = match port.first == port.last {
            true => format!("0x{:X}", port.first),
            false => format!("0x{:X} to 0x{:X}", port.first, port.last),
        };
        let direction = match port.direction {
            Direction::In => "in",
            Direction::Out => "out",
            Direction::Both => "in and out",
        };
        row(&mut page, &format!("{number} {} ({direction})", port.name), port.summary);
    }

    page.control("SH", ["ENVIRONMENT"]);
    ENVIRONMENT.iter().for_each(|(name, effect)| row(&mut page, name, effect));

    page.control("SH", ["EXAMPLES"]);
    EXAMPLES.iter().for_each(|(command, effect)| row(&mut page, command, effect));
    page
}

fn text(page: &mut Roff, words: &str) {
    page.text([roman(words)]);
}

/// A line that stands by itself.
fn literal(page: &mut Roff, words: &str) {
    page.control("PP", []).control("RS", ["4"]);
    page.text([bold(words)]).control("RE", []).control("PP", []);
}

/// A term and what it means.
fn row(page: &mut Roff, term: &str, meaning: &str) {
    page.control("TP", []).text([bold(term)]).text([roman(meaning)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_the_command_line_has_the_same_environment() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/command-line.md");
        let page = std::fs::read_to_string(path).unwrap();
        for (names, effect) in ENVIRONMENT {
            let names: Vec<_> = names.split(", ").map(|name| format!("`{name}`")).collect();
            let row = format!("| {} | {effect} |\n", names.join(", "));
            assert!(page.contains(&row), "no {row}");
        }
        let (_, table) = page.split_once("| variable | effect |\n").unwrap();
        let rows = table.lines().skip(1).take_while(|line| line.starts_with('|')).count();
        assert_eq!(rows, ENVIRONMENT.len());
    }
}
