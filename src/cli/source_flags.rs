//! `-I`, `-D`, `-U`, `-P` and `--root`, for the subcommands that assemble: what is defined before the
//! source is read, and where its includes may be.

use super::Complaint;
use super::input::{self, Input};
use crate::applet::files::Wider;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use std::path::{Path, PathBuf};

/// The flags as clap reads them.
#[derive(Clone, Debug, Default, Args)]
struct Flags {
    /// Look for files of %include and incbin in this folder, too; may be repeated
    #[arg(short = 'I', value_name = "DIR")]
    include: Vec<PathBuf>,
    /// Define a macro before the source is read, as %define does
    #[arg(short = 'D', value_name = "NAME[=VALUE]", value_parser = one_line)]
    define: Vec<String>,
    /// Undefine a macro before the source is read
    #[arg(short = 'U', value_name = "NAME", value_parser = one_line)]
    undefine: Vec<String>,
    /// Include this file before the source
    #[arg(short = 'P', value_name = "FILE", value_parser = one_line)]
    pre_include: Vec<String>,
    /// Let the source include any file within this folder, with `..` too
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

fn one_line(text: &str) -> Result<String, &'static str> {
    match text.contains(['\n', '\r']) {
        true => Err("it must be one line"),
        false => Ok(text.to_owned()),
    }
}

/// What they come to.
#[derive(Clone, Debug, Default)]
pub(super) struct SourceFlags {
    wider: Wider,
    /// The lines that stand for `-D`, `-U` and `-P`, in their order.
    pub(super) prelude: String,
}

impl SourceFlags {
    /// Reads the source that `file` names, with the files that these flags allow.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub(super) fn open(&self, file: &Path) -> Result<Input, Complaint> {
        let mut input = input::open(file)?;
        input.files.widen(self.wider.clone());
        Ok(input)
    }
}

impl FromArgMatches for SourceFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let flags = Flags::from_arg_matches(matches)?;
        let mut lines = Vec::new();
        let mut add = |id: &str, values: &[String], line: fn(&str) -> String| {
            let places = matches.indices_of(id).into_iter().flatten();
            lines.extend(places.zip(values).map(|(place, value)| (place, line(value))));
        };
        add("define", &flags.define, |definition| match definition.split_once('=') {
            Some((name, value)) => format!("%define {name} {value}\n"),
            None => format!("%define {definition}\n"),
        });
        add("undefine", &flags.undefine, |name| format!("%undef {name}\n"));
        add("pre_include", &flags.pre_include, |file| {
            let quote = if file.contains('"') { '\'' } else { '"' };
            format!("%include {quote}{file}{quote}\n")
        });
        lines.sort_by_key(|(place, _)| *place);
        let prelude = lines.into_iter().map(|(_, line)| line).collect();
        let wider = Wider { root: flags.root, folders: flags.include };
        Ok(Self { wider, prelude })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for SourceFlags {
    fn augment_args(command: Command) -> Command {
        Flags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Flags::augment_args_for_update(command)
    }
}
