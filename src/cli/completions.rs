//! `applet completions`, and the answers that its scripts ask for.
//!
//! A script calls `applet` with the words of the command line, and with the name of the shell in
//! [`VARIABLE`]. So the candidates are those of this moment: applets, files and cases.

use super::{Complaint, Line, console, input, run, status};
use crate::applet::library::{Found, Library};
use crate::applet::metadata;
use crate::asm::syntax::warning::WARNINGS;
use crate::diagnostic::Sources;
use crate::golden;
use clap::{Arg, Command, CommandFactory as _, ValueHint};
use clap_complete::Shell;
use clap_complete::engine::{
    ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter as _,
};
use clap_complete::env::Shells;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// Print the completion script for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

const AFTER_HELP: &str = "\
To switch completion on in bash, zsh or fish, add the line for your shell to its start-up file:
  source <(applet completions bash)
  source <(applet completions zsh)
  applet completions fish | source
The script calls `applet`, which must be on the path.";

/// The environment variable that names the shell which asks for candidates.
pub(super) const VARIABLE: &str = "_APPLET_COMPLETE";

/// The variable in which bash and zsh give the number of the word to complete.
const INDEX: &str = "_CLAP_COMPLETE_INDEX";

/// What the script for bash has besides.
const BASH: &str = include_str!("completions.bash");

/// What the script for zsh has besides.
///
/// zsh runs the file `_applet` in a folder of `fpath` at the first completion, which this answers.
const ZSH: &str =
    "if [[ $funcstack[1] = _applet ]]; then _clap_dynamic_completer_applet \"$@\"; fi\n";

type Candidates = Vec<CompletionCandidate>;

/// The candidates for an argument: the subcommand, or an empty name for all of them; the name of
/// the argument; the function that finds the candidates for the beginning of a word.
type Row = (&'static str, &'static str, fn(&OsStr) -> Candidates);

#[rustfmt::skip]
const VALUES: &[Row] = &[
    ("add", "file", sources),
    ("asm", "file", applets),
    ("man", "subcommand", subcommands),
    ("remove", "name", removable),
    ("", "applet", applets),
    ("", "file", applets),
    ("", "files", applets),
    ("", "filter", cases),
    ("", "include", paths),
    ("", "junit", paths),
    ("", "line", applets),
    ("", "listing", paths),
    ("", "max_output", |word| from(word, &["64K", "1M", "16M"])),
    ("", "memory", |word| from(word, &["64K", "1M", "16M", "64M", "256M", "1G"])),
    ("", "mode", |word| from(word, &["real", "protected", "long"])),
    ("", "output", paths),
    ("", "pre_include", paths),
    ("", "ring", |word| from(word, &["0", "3"])),
    ("", "root", paths),
    ("", "timeout", |word| from(word, &["none", "500ms", "1s", "10s", "1m"])),
    ("", "warning", warnings),
];

/// Prints a completion script.
///
/// # Errors
/// It cannot be written.
pub(super) fn execute(args: &Args) -> anyhow::Result<u8> {
    let shell = args.shell.to_string();
    let mut script = Vec::new();
    let shells = Shells::builtins();
    let shell = shells.completer(&shell).ok_or_else(|| Complaint::new("there is no script"))?;
    shell.write_registration(VARIABLE, "applet", "applet", "applet", &mut script)?;
    match args.shell {
        Shell::Bash => script.extend_from_slice(BASH.as_bytes()),
        Shell::Zsh => script.extend_from_slice(ZSH.as_bytes()),
        _ => {}
    }
    console::out(script)?;
    Ok(status::OK)
}

/// Prints the candidates for a command line of `shell`. The words follow a `--`.
///
/// # Errors
/// No script of ours asked, or the candidates cannot be written.
pub(super) fn answer(shell: &OsStr, line: &[OsString]) -> anyhow::Result<u8> {
    let shells = Shells::builtins();
    let shell = shell.to_str().and_then(|name| shells.completer(name));
    let shell = shell.ok_or_else(|| Complaint::new(format!("{VARIABLE} names no shell")))?;
    let words: Vec<OsString> =
        line.iter().skip_while(|word| *word != "--").skip(1).cloned().collect();
    let index = std::env::var(INDEX).ok().and_then(|index| index.parse().ok());
    let index = index.unwrap_or(words.len().saturating_sub(1));
    let (before, word) = (words.get(1..index), words.get(index));
    let mut command = command(before.unwrap_or_default(), word.is_none_or(|word| word.is_empty()));
    let mut out = Vec::new();
    shell.write_complete(&mut command, words, std::env::current_dir().ok().as_deref(), &mut out)?;
    console::out(out)?;
    Ok(status::OK)
}

/// The command line with its candidates, for a word that follows `before`.
fn command(before: &[OsString], is_empty: bool) -> Command {
    if before.first().is_some_and(|name| name == "run") {
        // What follows FILE belongs to the applet, flags included.
        let matches = run::Args::command().ignore_errors(true).try_get_matches_from(before);
        if matches.is_ok_and(|matches| matches.get_raw("line").is_some()) {
            let rest = Arg::new("line").num_args(0..).allow_hyphen_values(true);
            let run = Command::new("run").disable_help_flag(true);
            let run = run.arg(rest.value_hint(ValueHint::AnyPath));
            return Command::new("applet").disable_help_flag(true).subcommand(run);
        }
    }
    // Flags are shown where they are asked for, or where there is nothing else.
    Line::command().mut_subcommands(|command| {
        let name = command.get_name().to_owned();
        let is_hidden = is_empty && command.get_positionals().next().is_some();
        command.disable_help_flag(is_hidden).mut_args(|arg| {
            let id = arg.get_id().as_str();
            let is_flag = !arg.is_positional();
            let row = VALUES.iter().find(|row| row.1 == id && (row.0 == name || row.0.is_empty()));
            let arg = arg.hide(is_hidden && is_flag);
            match row {
                Some(row) => arg.add(ArgValueCompleter::new(row.2)),
                None => arg,
            }
        })
    })
}

/// Those of `words` that begin with `word`.
fn from<W: AsRef<str>>(word: &OsStr, words: &[W]) -> Candidates {
    let words = words.iter().map(AsRef::as_ref).filter(|other| begins(other, word));
    words.map(CompletionCandidate::new).collect()
}

fn begins(text: &str, with: &OsStr) -> bool {
    with.to_str().is_some_and(|with| text.starts_with(with))
}

/// The names of applets, and files: sources if there are any.
fn applets(word: &OsStr) -> Candidates {
    let mut all = named(word, |_| true);
    all.extend(sources(word));
    all
}

/// The names of the applets that `is_wanted`, with their descriptions.
fn named(word: &OsStr, is_wanted: fn(&Found) -> bool) -> Candidates {
    let mut applets = Library::of_user().list();
    applets.retain(|(name, found)| begins(name, word) && is_wanted(found));
    let candidate = |(name, found): (String, Found)| {
        let help = found.text().ok().and_then(description).map(Into::into);
        CompletionCandidate::new(name).help(help)
    };
    applets.into_iter().map(candidate).collect()
}

/// The description in the metadata of a text.
fn description(text: String) -> Option<String> {
    let mut sources = Sources::new();
    let file = sources.add("", None, text);
    let description = metadata::read(&sources, file).ok()?.description?;
    Some(console::visible(&description).replace('\n', " "))
}

/// The applets of the user's own.
fn removable(word: &OsStr) -> Candidates {
    named(word, |found| matches!(found, Found::File(_)))
}

/// Sources and folders, or any files where there are no sources.
fn sources(word: &OsStr) -> Candidates {
    let found = PathCompleter::any().filter(|path| path.is_dir() || input::has_source_name(path));
    let found = found.complete(word);
    let is_source =
        |candidate: &CompletionCandidate| input::has_source_name(Path::new(candidate.get_value()));
    if found.iter().any(is_source) { found } else { paths(word) }
}

fn paths(word: &OsStr) -> Candidates {
    PathCompleter::any().complete(word)
}

/// Applets that have cases; after a slash, the cases themselves. A source stands for its own.
fn cases(word: &OsStr) -> Candidates {
    let found = golden::find(Path::new(".")).map(|found| found.cases).unwrap_or_default();
    let is_inside = word.as_encoded_bytes().contains(&b'/');
    let name =
        |case: &golden::Case| if is_inside { case.id() } else { format!("{}/", case.applet) };
    let names: BTreeSet<String> = found.iter().map(name).collect();
    let mut all = from(word, &names.into_iter().collect::<Vec<_>>());
    all.extend(PathCompleter::any().filter(input::has_source_name).complete(word));
    all
}

/// What `-W` takes.
fn warnings(word: &OsStr) -> Candidates {
    let whole = ["all", "no-all", "error", "no-error"].map(str::to_owned);
    let one = WARNINGS.iter().flat_map(|row| {
        ["", "no-", "error=", "no-error="].map(|prefix| prefix.to_owned() + row.name)
    });
    from(word, &whole.into_iter().chain(one).collect::<Vec<_>>())
}

fn subcommands(word: &OsStr) -> Candidates {
    let line = Line::command();
    let commands = line.get_subcommands().filter(|command| begins(command.get_name(), word));
    let candidate = |command: &Command| {
        CompletionCandidate::new(command.get_name()).help(command.get_about().cloned())
    };
    commands.map(candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Arguments whose values nobody can list: numbers, and names that are new.
    const FREE: &[&str] = &["jobs", "org", "reg", "seed", "name", "define", "undefine"];

    #[test]
    fn every_argument_has_candidates() {
        let line = command(&[], false);
        for subcommand in line.get_subcommands() {
            for arg in subcommand.get_arguments().filter(|arg| arg.get_action().takes_values()) {
                let is_listed = arg.get::<ArgValueCompleter>().is_some()
                    || !arg.get_possible_values().is_empty()
                    || arg.get_value_hint() != ValueHint::Unknown
                    || FREE.contains(&arg.get_id().as_str());
                assert!(is_listed, "{} {}", subcommand.get_name(), arg.get_id());
            }
        }
    }

    #[test]
    fn every_row_belongs_to_an_argument() {
        let line = Line::command();
        for (name, id, _) in VALUES {
            let mut commands = line.get_subcommands();
            let has = |command: &Command| {
                let mut args = command.get_arguments();
                (name.is_empty() || command.get_name() == *name)
                    && args.any(|arg| arg.get_id() == id)
            };
            assert!(commands.any(has), "{name} {id}");
        }
    }

    #[test]
    fn candidates_are_accepted_by_the_parser() {
        let line = command(&[], false);
        for (name, id) in [
            ("run", "mode"),
            ("run", "ring"),
            ("run", "memory"),
            ("run", "timeout"),
            ("run", "max_output"),
            ("check", "warning"),
        ] {
            let subcommand = line.find_subcommand(name).unwrap();
            let arg = subcommand.get_arguments().find(|arg| arg.get_id() == id).unwrap();
            let found = arg.get::<ArgValueCompleter>().unwrap().complete(OsStr::new(""));
            assert!(found.len() > 1, "{id}");
            for candidate in found {
                let flag =
                    format!("--{}={}", id.replace('_', "-"), candidate.get_value().display());
                let flag = if id == "warning" {
                    format!("-W{}", candidate.get_value().display())
                } else {
                    flag
                };
                let words = ["applet", name, &flag, "x"];
                assert!(Line::command().try_get_matches_from(words).is_ok(), "{flag}");
            }
        }
    }
}
