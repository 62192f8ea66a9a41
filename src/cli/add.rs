//! `applet add`: puts an applet into the library.
//!
//! The applet may come from a stranger. So it must assemble, its details are shown, and its cases
//! are run, before it is stored.

use super::common::{self, AppletInfo};
use super::{Complaint, console, input, status};
use crate::applet::library::{self, Library};
use crate::applet::provenance;
use crate::golden::{self, Failure};
use crate::share::Wishes;
use std::path::{Path, PathBuf};

/// Put an applet in your library, so that it can be run by name from anywhere
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Its source: a file, - for standard input, or a line applet:1:...
    #[arg(value_name = "FILE|-|LINE")]
    file: PathBuf,
    /// Its name [default: from its metadata, or from the file name]
    #[arg(long)]
    name: Option<String>,
    /// Replace an applet of this name; store it even if its cases fail
    #[arg(long)]
    force: bool,
}

const AFTER_HELP: &str = "\
The applet must assemble. Files that it includes from its folder become part of it. Before it is \
stored, its details are shown and its cases run.";

/// Stores an applet.
///
/// # Errors
/// It does not assemble, its cases fail, or it cannot be stored.
pub(super) fn execute(args: &Args) -> anyhow::Result<u8> {
    let mut input = input::open(&args.file)?;
    let facts = AppletInfo::gather(&args.file, &mut input)?;
    let wishes = common::wishes(&args.file, common::cases(&args.file, &input));
    let metadata = &facts.program.metadata;
    let name = args.name.as_ref().or(metadata.name.as_ref()).or(wishes.name.as_ref());
    let Some(name) = name.cloned() else {
        return Err(Complaint::new("the applet has no name: give one with --name").into());
    };
    library::check_name(&name)
        .map_err(|reason| Complaint::new(reason).help("--name gives it another name"))?;
    if facts.is_changed() {
        if input::as_line(&args.file).is_some() && !args.force {
            let complaint = Complaint::new("the line is not what was shared: its hash differs");
            return Err(complaint.help("copy it again, or accept it with --force").into());
        }
        console::say("note: its text was changed after it was shared");
    }
    console::say(facts.table().trim_end());
    let origin = metadata.origin.clone().or_else(|| wishes.origin.clone());
    let shared = common::share_text(&args.file, input, Wishes { keep_stdlib: true, ..wishes })?;
    common::say_left_out(&shared);
    // Of the text as it came, so that the lines are right.
    let problems = golden::find_in_text(&name, &facts.text).problems;
    try_cases(&name, &shared.text, &problems, args.force)?;
    let text =
        provenance::with(&shared.text, [Some(&name), origin.as_deref(), Some(&way(&args.file))]);
    let path = Library::of_user().add(&name, &text, args.force).map_err(Complaint::new)?;
    console::say(format!("stored in {}; run it with `applet run {name}`", path.display()));
    Ok(status::OK)
}

/// How an applet came here.
fn way(file: &Path) -> String {
    if input::is_stdin(file) {
        "from standard input".to_owned()
    } else if input::as_line(file).is_some() {
        "from a line".to_owned()
    } else {
        let path = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf());
        format!("from {}", path.display())
    }
}

/// Runs the cases that an applet carries. `problems` are those that could not be read; they count as
/// failed.
fn try_cases(
    name: &str,
    text: &str,
    problems: &[(String, String)],
    force: bool,
) -> Result<(), Complaint> {
    let found = golden::find_in_text(name, text);
    let (mut passed, mut failed) = (0, problems.len());
    for (_, problem) in problems {
        console::say(format!("FAILED {}", console::visible(problem)));
    }
    for case in &found.cases {
        match case.check() {
            Ok(()) => passed += 1,
            Err(Failure::Mismatch(reason)) => {
                failed += 1;
                console::say(format!("FAILED {}\n{}", case.id(), console::visible(&reason)));
            }
            Err(Failure::Host(error)) => {
                console::say(format!("note: its cases cannot be run here: {error}"));
                return Ok(());
            }
        }
    }
    if failed > 0 && !force {
        let message = format!("not stored: {failed} of its {} cases fail", passed + failed);
        return Err(Complaint::new(message).help("--force stores it anyway"));
    }
    if passed > 0 {
        console::say(format!("its cases pass: {passed}"));
    }
    Ok(())
}
