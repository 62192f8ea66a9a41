//! `applet share`: an applet as a text, a line or a page that is all of it.
//!
//! How it becomes one is for [`crate::share`] to know.

use super::input::{self, Input};
use super::{Complaint, console, status};
use crate::applet::library::Found;
use crate::applet::{case, line};
use crate::golden;
use crate::share::{self, Error, Shared, Wishes, html};
use std::path::{Path, PathBuf};

/// Print an applet as the one text that another person needs to run it
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// As one line that fits a message; `applet run` and `applet add` take it
    #[arg(long, conflicts_with = "html")]
    line: bool,
    /// As one page, with the source highlighted; `%include "stdlib/..."` stays as it is
    #[arg(long)]
    html: bool,
    /// Leave `%include "stdlib/..."` as it is: shorter, and every `applet` has these files
    #[arg(long)]
    keep_stdlib: bool,
    /// Without cases from files
    #[arg(long)]
    no_cases: bool,
    /// The applet: a name in the library, a file, or - for standard input
    applet: PathBuf,
}

const AFTER_HELP: &str = "\
The text is plain NASM source: what the applet includes is put in, and it assembles to the same \
bytes. Its cases come with it as blocks `; /// case NAME`, but for those above 16 KiB.";

/// Characters that a message may have in most places.
const MESSAGE: usize = 4000;

/// Prints an applet.
///
/// # Errors
/// There is none, it cannot be one text, or the answer cannot be written.
pub(super) fn execute(args: &Args) -> anyhow::Result<u8> {
    let input = input::open(&args.applet)?;
    let cases = if args.no_cases { Vec::new() } else { cases(&args.applet, &input) };
    let wishes =
        Wishes { keep_stdlib: args.keep_stdlib || args.html, ..wishes(&args.applet, cases) };
    let shared = whole(&args.applet, input, wishes)?;
    say_left_out(&shared);
    if args.line {
        let line = line::encode(&shared.text);
        if line.len() > MESSAGE {
            console::say(format!(
                "note: {} characters; --keep-stdlib and --no-cases make it shorter",
                line.len()
            ));
        }
        console::out(line + "\n")?;
    } else if args.html {
        console::out(html::page(&shared.text))?;
    } else {
        console::out(shared.text)?;
    }
    Ok(status::OK)
}

/// What an applet that `file` names is called and comes from, as far as that tells.
pub(super) fn wishes(file: &Path, cases: Vec<case::Case>) -> Wishes {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
    let (name, origin) = if input::is_stdin(file) || input::as_line(file).is_some() {
        (None, None)
    } else if let Some(Found::BuiltIn(_)) = input::from_library(file) {
        (stem, Some(format!("applet {}", env!("CARGO_PKG_VERSION"))))
    } else {
        // Not its folder, which may name what is nobody else's business.
        (stem, file.file_name().and_then(|name| name.to_str()).map(str::to_owned))
    };
    Wishes { name, origin, cases, keep_stdlib: false }
}

/// Says which cases did not come along.
pub(super) fn say_left_out(shared: &Shared) {
    for (name, reason) in &shared.left_out {
        console::say(format!("left out: case {}: {reason}", name.escape_debug()));
    }
}

/// The whole of an applet.
pub(super) fn whole(file: &Path, mut input: Input, wishes: Wishes) -> Result<Shared, Complaint> {
    match share::text(&mut input.sources, input.main, &input.files, wishes) {
        Ok(shared) => Ok(shared),
        Err(Error::Source(diagnostics)) => {
            console::say_diagnostics(&input.sources, &diagnostics);
            Err(super::check::summary(&diagnostics, file))
        }
        Err(Error::Refused(reason)) => {
            Err(Complaint::new(format!("{} cannot be one text: {reason}", file.display())))
        }
    }
}

/// The cases of the applet that are files. One that is built in has them where its source is, in
/// the folder of the project.
pub(super) fn cases(file: &Path, input: &Input) -> Vec<case::Case> {
    let source = input.sources.get(input.main);
    let path = source.and_then(|source| source.path.clone()).or_else(|| {
        let path = Path::new("applets").join(file).with_extension("asm");
        let text = std::fs::read_to_string(&path).ok()?;
        source.is_some_and(|source| source.text == text).then_some(path)
    });
    let found = path.map(|path| golden::find_beside(&path)).unwrap_or_default();
    for (id, problem) in &found.problems {
        console::say(format!("left out: {}: {}", id.escape_debug(), problem.escape_debug()));
    }
    found.cases.iter().filter_map(|case| case.carried().ok()).collect()
}
