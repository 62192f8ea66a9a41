//! `applet info`: all that is known of an applet without running it.
//!
//! A stranger may have written what it shows, so no character of it acts on the terminal.

use super::common::AppletInfo;
use super::{console, input, status};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Show the details of an applet
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// The applet: a name in the library, a file, - for standard input, or a line applet:1:...
    applet: PathBuf,
}

/// Shows one applet.
///
/// # Errors
/// There is none, or the answer cannot be written.
pub(super) fn execute(args: &Args) -> anyhow::Result<u8> {
    let mut input = input::open(&args.applet)?;
    let info = AppletInfo::gather(&args.applet, &mut input)?;
    let comment = first_comment(&info.text);
    let mut out = String::new();
    if args.json {
        let mut object = info.json();
        object["comment"] = comment.into();
        let _ = writeln!(out, "{object}");
    } else {
        out = info.table();
        if !comment.is_empty() {
            out.extend(["\n", &console::visible(&comment), "\n"]);
        }
    }
    console::out(out)?;
    Ok(status::OK)
}

/// The comment that a source begins with.
fn first_comment(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.trim_start().strip_prefix(';'));
    let lines = lines.skip_while(|line| line.starts_with('!'));
    let lines = lines.take_while(|line| !line.trim_start().starts_with("///"));
    let lines: Vec<_> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    lines.join("\n").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_comment_is_at_the_beginning() {
        let text = "; An applet.\n;\n;   mov\n; /// applet\n; ring = 3\n; ///\n; more\n";
        assert_eq!(first_comment(text), "An applet.\n\n  mov");
        assert_eq!(first_comment(";!/usr/bin/env -S applet run\n; It.\nhlt\n; not\n"), "It.");
        assert_eq!(first_comment("hlt\n; It.\n"), "");
    }
}
