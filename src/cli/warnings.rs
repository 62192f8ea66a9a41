//! `-W` and `-w`: which warnings are shown, for the subcommands that assemble.
//!
//! The warnings themselves are a table of the assembler.

use crate::asm::syntax::warning::Switches;

/// The help of `-W`, with each warning. A test compares it with the assembler's table. Building it
/// from the table would take two thirds of the time of parsing the command line.
const LONG_HELP: &str = include_str!("warnings.txt");

/// The switches of a command line.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Warnings {
    /// Turn a warning on or off: NAME or no-NAME (also +NAME, -NAME); `error` turns
    /// warnings into errors, error=NAME turns one. --help lists the names
    #[arg(
        short = 'W', short_alias = 'w', value_name = "NAME", value_parser = known,
        allow_hyphen_values = true, long_help = LONG_HELP,
    )]
    warning: Vec<String>,
}

impl Warnings {
    /// All of them together.
    pub(super) fn switches(&self) -> Switches {
        let mut switches = Switches::default();
        for switch in &self.warning {
            // The parser of the command line refuses other names.
            let _ = switches.set(switch);
        }
        switches
    }
}

fn known(switch: &str) -> Result<String, String> {
    Switches::default().set(switch).map(|()| switch.to_owned())
}

#[cfg(test)]
mod tests {
    use super::LONG_HELP;
    use crate::asm::syntax::warning::WARNINGS;

    fn long_help() -> String {
        let rows = WARNINGS.iter().map(|row| {
            let off = if row.default { "" } else { " [off]" };
            let summary = hanging(&format!("{}{off}", row.summary));
            format!("  {:<22} {summary}\n", row.name)
        });
        let rows: String = rows.collect();
        format!(
            "Turn a warning on or off: NAME or no-NAME (also +NAME, -NAME); `error` turns \
             warnings into errors, error=NAME turns one, no-error=NAME takes it back. A name stands for \
             all names that begin with it; `all` stands for all. -w is the same as -W.\n\n{}",
            rows.trim_end()
        )
    }

    /// Columns of a summary: what 80 leave beside the names.
    const COLUMNS: usize = 44;

    /// The words in lines that begin below the first.
    fn hanging(words: &str) -> String {
        let (mut text, mut column) = (String::new(), 0);
        for word in words.split(' ') {
            if column > 0 && column + 1 + word.len() > COLUMNS {
                text.push_str(&format!("\n{:25}", ""));
                column = 0;
            } else if column > 0 {
                text.push(' ');
                column += 1;
            }
            text.push_str(word);
            column += word.len();
        }
        text
    }

    #[test]
    fn the_help_lists_the_table() {
        let expected = long_help();
        if std::env::var_os("APPLET_BLESS").is_some() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/cli/warnings.txt");
            std::fs::write(path, &expected).unwrap();
        } else {
            assert_eq!(LONG_HELP, expected, "APPLET_BLESS=1 writes it");
        }
    }
}
