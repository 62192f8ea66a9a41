//! `applet check`: shows the errors and warnings of sources, and runs nothing.

use super::source_flags::SourceFlags;
use super::warnings::Warnings;
use super::{common, console, json, status};
use crate::asm::{DefaultOrigin, Options};
use crate::driver;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Show all errors and warnings in sources, without running them
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print one JSON object per diagnostic, a line each
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: SourceFlags,
    #[command(flatten)]
    warnings: Warnings,
    /// The sources: files, names in the library, or - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Runs the subcommand.
///
/// # Errors
/// The answer cannot be written.
pub(super) fn execute(args: &Args) -> anyhow::Result<u8> {
    let mut status = status::OK;
    for file in &args.files {
        if !check(file, args)? {
            status = status::FAILED;
        }
    }
    Ok(status)
}

/// Whether the file is without errors.
fn check(file: &Path, args: &Args) -> anyhow::Result<bool> {
    let as_json = args.json;
    let mut input = match args.source.open(file) {
        Ok(input) => input,
        Err(complaint) if as_json => {
            let object = json!({
                "file": file.display().to_string(), "line": 0, "column": 0, "severity": "error",
                "message": complaint.message, "help": complaint.help,
            });
            console::out(format!("{object}\n"))?;
            return Ok(false);
        }
        Err(complaint) => {
            console::say_error(&complaint.message, complaint.help.as_deref());
            return Ok(false);
        }
    };
    let options = Options {
        default_origin: DefaultOrigin::ByMode,
        debug_info: false,
        warnings: args.warnings.switches(),
        prelude: args.source.prelude.clone(),
    };
    let (diagnostics, is_good) =
        match driver::assemble(&mut input.sources, input.main, &input.files, &options) {
            Ok(program) => (program.warnings, true),
            Err(diagnostics) => (diagnostics, false),
        };
    if as_json {
        let lines =
            diagnostics.iter().map(|d| format!("{}\n", json::diagnostic(&input.sources, d)));
        console::out(lines.collect::<String>())?;
    } else {
        console::say_diagnostics(&input.sources, &diagnostics);
        if !is_good {
            console::say_error(&common::not_assembled(&diagnostics, file).message, None);
        }
    }
    Ok(is_good)
}
