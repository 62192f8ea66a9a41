//! `applet info`: all that is known of an applet without running it.
//!
//! Shows what a stranger may have written, so no character of it acts on the terminal. Knows what
//! to say, not how a program is made.

use super::common::AppletInfo;
use super::{console, input, status};
use std::path::PathBuf;

/// Show the details of an applet
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The applet: a name in the library, a file, - for standard input, or a line applet:1:...
    applet: PathBuf,
}

/// Shows one applet.
///
/// # Errors
/// There is none, or the answer cannot be written.
pub(super) fn execute(args: &Args) -> anyhow::Result<u8> {
    let mut input = input::open(&args.applet)?;
    let facts = AppletInfo::gather(&args.applet, &mut input)?;
    let mut out = facts.table();
    let story = story(&facts.text);
    if !story.is_empty() {
        out.extend(["\n", &console::visible(&story), "\n"]);
    }
    console::out(out)?;
    Ok(status::OK)
}

/// The comment that a source begins with.
fn story(text: &str) -> String {
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
    fn the_story_is_the_comment_at_the_beginning() {
        let text = "; An applet.\n;\n;   mov\n; /// applet\n; ring = 3\n; ///\n; more\n";
        assert_eq!(story(text), "An applet.\n\n  mov");
        assert_eq!(story(";!/usr/bin/env -S applet run\n; It.\nhlt\n; not\n"), "It.");
        assert_eq!(story("hlt\n; It.\n"), "");
    }
}
