//! `applet share`: prints an applet as one text, one line or one page.

use super::source_flags::SourceFlags;
use super::{common, console, status};
use crate::applet::line;
use crate::diagnostic::text::to_bytes;
use crate::share::{Wishes, html};
use std::path::PathBuf;

/// Print an applet as the one text that another person needs to run it
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Print one line for a message; `applet run` and `applet add` accept it
    #[arg(long, conflicts_with = "html")]
    line: bool,
    /// Print one HTML page with the source highlighted; `%include "stdlib/..."` stays
    #[arg(long)]
    html: bool,
    /// Keep `%include "stdlib/..."`: shorter, and every `applet` has these files
    #[arg(long)]
    keep_stdlib: bool,
    /// Leave out the cases
    #[arg(long)]
    no_cases: bool,
    #[command(flatten)]
    source: SourceFlags,
    /// The applet: a name in the library, a file, or - for standard input
    applet: PathBuf,
}

const AFTER_HELP: &str = "\
The text is plain NASM source: included files become part of it, and it assembles to the same \
bytes. Its cases follow as blocks `; /// case NAME`, except those above 16 KiB.";

/// The length of a message that most chat services accept.
const MESSAGE: usize = 4000;

/// Prints an applet.
///
/// # Errors
/// There is none, it cannot be one text, or the answer cannot be written.
pub(super) fn execute(args: &Args) -> anyhow::Result<u8> {
    let mut input = args.source.open(&args.applet)?;
    input.prepend(&args.source.prelude);
    let cases = if args.no_cases { Vec::new() } else { common::cases(&args.applet, &input) };
    let wishes = Wishes {
        keep_stdlib: args.keep_stdlib || args.html,
        ..common::wishes(&args.applet, cases)
    };
    let shared = common::share_text(&args.applet, input, wishes)?;
    common::say_left_out(&shared);
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
        console::out(to_bytes(&shared.text))?;
    }
    Ok(status::OK)
}
