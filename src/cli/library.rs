//! `applet list` and `remove`: what is in the library.

use super::common::AppletInfo;
use super::{Complaint, console, input, status};
use crate::applet::library::{Found, Library};
use crate::driver::Choices;
use serde_json::json;
use std::fmt::Write as _;
use std::path::Path;

/// List the applets that can be run by name
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Print one JSON object per applet, a line each
    #[arg(long)]
    json: bool,
}

/// Delete an applet from your library
#[derive(Debug, clap::Args)]
pub(super) struct RemoveArgs {
    /// Its name
    name: String,
}

/// Lists the library.
///
/// # Errors
/// The answer cannot be written.
pub(super) fn list(args: &ListArgs) -> anyhow::Result<u8> {
    let applets = Library::of_user().list();
    let out = if args.json { as_json(applets) } else { as_text(applets) };
    console::out(out)?;
    Ok(status::OK)
}

/// An applet that is assembled, since its code may decide its mode. None if it does not assemble.
fn assemble(name: &str) -> Option<AppletInfo> {
    let mut input = input::open(Path::new(name)).ok()?;
    AppletInfo::of(&mut input).ok()
}

fn as_json(applets: Vec<(String, Found)>) -> String {
    let line = |(name, found): (String, Found)| {
        let info = assemble(&name);
        let (kind, file) = match found {
            Found::File(path) => ("library", Some(path)),
            Found::Project(path) => ("project", Some(path)),
            Found::BuiltIn(_) => ("built-in", None),
        };
        let object = json!({
            "name": name,
            "kind": kind,
            "file": file.map(|path| path.display().to_string()),
            "mode": info.as_ref().map(|info| info.program.mode(&Choices::default()).name()),
            "description": info.as_ref().and_then(|info| info.program.metadata.description.as_ref()),
            "changed": info.as_ref().is_some_and(AppletInfo::is_changed),
        });
        format!("{object}\n")
    };
    applets.into_iter().map(line).collect()
}

fn as_text(applets: Vec<(String, Found)>) -> String {
    let width = applets.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for (name, found) in applets {
        let info = assemble(&name);
        let (mode, description, is_changed) = match &info {
            Some(info) => (
                info.program.mode(&Choices::default()).name(),
                info.program.metadata.description.as_deref().unwrap_or_default(),
                info.is_changed(),
            ),
            None => ("?", "it does not assemble", false),
        };
        let place = match (found, is_changed) {
            (Found::File(_), false) => " (yours)",
            (Found::File(_), true) => " (yours, changed)",
            (Found::Project(_), _) => " (in applets/)",
            (Found::BuiltIn(_), _) => "",
        };
        let description = console::visible(description).replace('\n', " ");
        let row = format!("{name:<width$}  {mode:<9}  {description}{place}");
        let _ = writeln!(out, "{}", row.trim_end());
    }
    out
}

/// Deletes an applet.
///
/// # Errors
/// There is none, or it cannot be deleted.
pub(super) fn remove(args: &RemoveArgs) -> anyhow::Result<u8> {
    let path = Library::of_user().remove(&args.name).map_err(Complaint::new)?;
    console::say(format!("deleted {}", path.display()));
    Ok(status::OK)
}
