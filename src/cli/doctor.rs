//! `applet doctor`: shows what this host supports.

use super::backend::Fact;
use super::{console, status};
use crate::machine::doctor::{self, Check, Status};
use serde_json::json;
use std::fmt::Write as _;

/// Check what this host supports, and how to get what is missing
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print one JSON object per check, a line each
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand. The exit status is 1 if something does not work at all.
///
/// # Errors
/// The answer cannot be written.
pub(super) fn execute(args: &Args) -> anyhow::Result<u8> {
    let checks = doctor::examine();
    Fact::SlowRing0.learn(doctor::is_ring_0_slow(&checks));
    let rows: Vec<_> = if args.json {
        checks.iter().map(as_json).collect()
    } else {
        let width = checks.iter().map(|check| check.name.chars().count()).max().unwrap_or(0);
        checks.iter().map(|check| as_text(check, width)).collect()
    };
    console::out(rows.concat())?;
    let fails = checks.iter().any(|check| check.status == Status::Fails);
    Ok(if fails { status::FAILED } else { status::OK })
}

fn as_json(check: &Check) -> String {
    let object = json!({
        "name": check.name,
        "status": check.status.name(),
        "detail": check.detail,
        "help": check.help,
        "figure": check.figure,
    });
    format!("{object}\n")
}

fn as_text(check: &Check, width: usize) -> String {
    let mut row = format!("{:<8}{:<width$}  {}\n", check.status.name(), check.name, check.detail);
    if let Some(help) = &check.help {
        let _ = writeln!(row, "{:8}{:width$}  help: {help}", "", "");
    }
    row
}
