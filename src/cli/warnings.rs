//! `-W` and `-w`: which warnings are shown, for the subcommands that assemble.
//!
//! Reads the switches and lists the names in the help; what there is to warn of is the
//! assembler's table.

use crate::asm::warning::{Switches, WARNINGS};

/// The switches of a command line.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Warnings {
    /// Turn a warning on or off: NAME or no-NAME (also +NAME, -NAME); `error` makes errors of
    /// warnings, error=NAME of one. --help lists the names
    #[arg(
        short = 'W', short_alias = 'w', value_name = "NAME", value_parser = known,
        allow_hyphen_values = true, long_help = long_help(),
    )]
    warning: Vec<String>,
}

impl Warnings {
    /// All of them together.
    pub(super) fn switches(&self) -> Switches {
        let mut switches = Switches::default();
        for switch in &self.warning {
            // The parser of the command line has refused the others.
            let _ = switches.set(switch);
        }
        switches
    }
}

fn known(switch: &str) -> Result<String, String> {
    Switches::default().set(switch).map(|()| switch.to_owned())
}

fn long_help() -> String {
    let rows = WARNINGS.iter().map(|row| {
        let off = if row.default { "" } else { " [off]" };
        format!("  {:<22} {}{off}\n", row.name, row.summary)
    });
    let rows: String = rows.collect();
    format!(
        "Turn a warning on or off: NAME or no-NAME (also +NAME, -NAME); `error` makes errors of \
         warnings, error=NAME of one, no-error=NAME takes it back. A name stands for all that \
         begin with it; `all` for all. -w is the same as -W.\n\n{}",
        rows.trim_end()
    )
}
