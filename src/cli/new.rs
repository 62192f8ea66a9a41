//! `applet new`: writes an applet to begin with, and its golden case, where a project keeps them.

use super::{Complaint, console, status};
use crate::applet::library::{self, Found, Library};
use crate::applet::replace::replace;
use crate::applet::{template, value};
use crate::image::Mode;
use std::path::{Path, PathBuf};

/// Write a new applet and its golden case, in the folders applets/ and tests/golden/
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What it is called
    name: String,
    /// CPU mode: real, protected or long
    #[arg(long, default_value = "long", value_parser = value::mode)]
    mode: Mode,
}

/// Runs the subcommand.
///
/// # Errors
/// It exists already or cannot be written.
pub(super) fn execute(args: &Args) -> anyhow::Result<u8> {
    let name = args.name.as_str();
    library::check_name(name).map_err(Complaint::new)?;
    let source = Path::new("applets").join(name).with_extension("asm");
    let case = Path::new("tests").join("golden").join(name).join("greets.stdout");
    let files: [(PathBuf, String); 2] =
        [(source, template::source(name, args.mode)), (case, template::output(name))];
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        return Err(Complaint::new(format!("{} exists already", path.display())).into());
    }
    for (path, text) in &files {
        let write = || {
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            replace(path, text.as_bytes())
        };
        write().map_err(|e| Complaint::new(format!("cannot write {}: {e}", path.display())))?;
    }
    let [(source, _), (case, _)] = files;
    let (source, case) = (source.display().to_string(), case.display());
    // A name of the library is not the new applet.
    let is_found = matches!(Library::of_user().find(name), Some(Found::Project(_)));
    let called = if is_found { name } else { &source };
    console::say(format!(
        "wrote {source} and {case}\nrun it with `applet run {called}`, test it with `applet test {name}`"
    ));
    Ok(status::OK)
}
