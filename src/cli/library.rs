//! `applet list`, `info`, `add`, `remove` and `share`: applets by name.
//!
//! Shows and moves texts of the library; assembles them only to know that they are whole.

use super::{Complaint, console, input, status};
use crate::applet::library::{Found, Library};
use crate::applet::value::Timeout;
use crate::asm::{DefaultOrigin, Options};
use crate::driver::{self, Choices, Program};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// List the applets that can be run by name
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {}

/// Show what an applet says about itself
#[derive(Debug, clap::Args)]
pub(super) struct InfoArgs {
    /// The applet: a name in the library, a file, or - for standard input
    applet: PathBuf,
}

/// Put an applet in your library, so that it can be run by name from anywhere
#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// Its source, which must assemble and include nothing but stdlib/
    file: PathBuf,
    /// What it is called [default: the name of the file]
    #[arg(long)]
    name: Option<String>,
    /// Replace an applet of that name
    #[arg(long)]
    force: bool,
}

/// Delete an applet from your library
#[derive(Debug, clap::Args)]
pub(super) struct RemoveArgs {
    /// Its name
    name: String,
}

/// Print an applet as the one text that another person needs to run it
#[derive(Debug, clap::Args)]
pub(super) struct ShareArgs {
    /// The applet: a name in the library, or a file
    applet: PathBuf,
}

/// An applet that was read and assembled.
struct Loaded {
    name: String,
    text: String,
    program: Program,
    /// Whether it reads files beside it.
    is_partial: bool,
}

fn load(file: &Path) -> Result<Loaded, Complaint> {
    let mut input = input::open(file)?;
    let options =
        Options { default_origin: DefaultOrigin::ByMode, debug_info: false, ..Options::default() };
    let result = driver::assemble(&mut input.sources, input.main, &input.files, &options);
    let source = input.sources.get(input.main);
    let (name, text) = source.map(|s| (s.name.clone(), s.text.clone())).unwrap_or_default();
    match result {
        Ok(program) => Ok(Loaded { name, text, program, is_partial: input.files.used() }),
        Err(diagnostics) => {
            console::say_diagnostics(&input.sources, &diagnostics);
            Err(super::check::summary(&diagnostics, file))
        }
    }
}

/// Refuses an applet whose text is not all of it.
fn whole(loaded: Loaded) -> Result<Loaded, Complaint> {
    if loaded.is_partial {
        let message = format!("{} includes files beside it, so its text is not all", loaded.name);
        return Err(Complaint::new(message).help("put what it includes into it"));
    }
    Ok(loaded)
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
        let place = match found {
            Found::File(_) => " (yours)",
            Found::BuiltIn(_) => "",
        };
        let (mode, description) = match load(Path::new(&name)) {
            Ok(loaded) => (
                loaded.program.mode(&Choices::default()).name(),
                loaded.program.metadata.description.unwrap_or_default(),
            ),
            Err(_) => ("?", "it does not assemble".to_owned()),
        };
        let row = format!("{name:<width$}  {mode:<9}  {}{place}", clean(&description));
        let _ = writeln!(out, "{}", row.trim_end());
    }
    console::out(out)?;
    Ok(status::OK)
}

/// Shows one applet.
///
/// # Errors
/// There is none, or the answer cannot be written.
pub(super) fn info(args: &InfoArgs) -> anyhow::Result<u8> {
    let Loaded { name, text, program, .. } = load(&args.applet)?;
    let config = program.config(&Choices::default());
    let metadata = &program.metadata;
    let or_default = |value: Option<String>| value.unwrap_or_else(|| "default".to_owned());
    let timeout = metadata.timeout.map(|timeout| match timeout {
        Timeout::Never => "none".to_owned(),
        Timeout::After(limit) => format!("{} s", limit.as_secs_f64()),
    });
    let ports = if metadata.ignore_ports == Some(true) { "ignore" } else { "fault" };
    let rows = [
        ("file", name),
        ("description", clean(metadata.description.as_deref().unwrap_or(""))),
        ("mode", config.mode.name().to_owned()),
        ("ring", or_default(config.ring.map(|ring| ring.to_string()))),
        ("memory", or_default(config.memory.map(|bytes| format!("{bytes} bytes")))),
        ("ports", ports.to_owned()),
        ("timeout", or_default(timeout)),
        ("source", format!("{} lines", text.lines().count())),
        ("binary", format!("{} bytes at {:#x}", program.image.bytes.len(), program.image.origin)),
    ];
    let lines = rows.iter().map(|(key, value)| format!("{key:<12}{value}").trim_end().to_owned());
    console::out(lines.collect::<Vec<_>>().join("\n") + "\n")?;
    Ok(status::OK)
}

/// Without control characters, so that a text made by a stranger cannot act on the terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Stores an applet.
///
/// # Errors
/// It does not assemble, is not whole, or cannot be stored.
pub(super) fn add(args: &AddArgs) -> anyhow::Result<u8> {
    let loaded = whole(load(&args.file)?)?;
    let name = match &args.name {
        Some(name) => name.clone(),
        None if input::is_stdin(&args.file) => {
            return Err(Complaint::new("say with --name what it is called").into());
        }
        None => args.file.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
    };
    let path = Library::of_user().add(&name, &loaded.text, args.force).map_err(Complaint::new)?;
    console::say(format!("stored in {}; run it with `applet run {name}`", path.display()));
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

/// Prints an applet.
///
/// # Errors
/// There is none, it is not whole, or the answer cannot be written.
pub(super) fn share(args: &ShareArgs) -> anyhow::Result<u8> {
    let loaded = whole(load(&args.applet)?)?;
    console::out(loaded.text)?;
    Ok(status::OK)
}
