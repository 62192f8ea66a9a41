//! `applet list` and `remove`: what is in the library.
//!
//! Shows names and what the applets say of themselves; assembles them only to know their mode.

use super::common::AppletInfo;
use super::{Complaint, console, input, status};
use crate::applet::library::{Found, Library};
use crate::driver::Choices;
use std::fmt::Write as _;
use std::path::Path;

/// List the applets that can be run by name
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {}

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
pub(super) fn list(_: &ListArgs) -> anyhow::Result<u8> {
    let applets = Library::of_user().list();
    let width = applets.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for (name, found) in applets {
        let input = input::open(Path::new(&name)).ok();
        let facts = input.and_then(|mut input| AppletInfo::of(&mut input).ok());
        let (mode, description, is_changed) = match &facts {
            Some(facts) => (
                facts.program.mode(&Choices::default()).name(),
                facts.program.metadata.description.as_deref().unwrap_or_default(),
                facts.is_changed(),
            ),
            None => ("?", "it does not assemble", false),
        };
        let place = match (found, is_changed) {
            (Found::File(_), false) => " (yours)",
            (Found::File(_), true) => " (yours, changed)",
            (Found::BuiltIn(_), _) => "",
        };
        let description = console::visible(description).replace('\n', " ");
        let row = format!("{name:<width$}  {mode:<9}  {description}{place}");
        let _ = writeln!(out, "{}", row.trim_end());
    }
    console::out(out)?;
    Ok(status::OK)
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
