//! `applet info`: all that is known of an applet without running it.
//!
//! Shows what a stranger may have written, so no character of it acts on the terminal. Knows what
//! to say, not how a program is made.

use super::input::Input;
use super::{Complaint, check, console, input, status};
use crate::applet::value::Timeout;
use crate::applet::{case, provenance};
use crate::asm::{DefaultOrigin, Options};
use crate::diagnostic::{Diagnostic, FileId};
use crate::driver::{self, Choices, Program};
use crate::machine::boot;
use std::path::{Path, PathBuf};

/// Show what is known of an applet
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
    let facts = Facts::gather(&args.applet, &mut input)?;
    let mut out = facts.table();
    let story = story(&facts.text);
    if !story.is_empty() {
        out.extend(["\n", &console::visible(&story), "\n"]);
    }
    console::out(out)?;
    Ok(status::OK)
}

/// An applet that was read and assembled.
pub(super) struct Facts {
    pub(super) program: Program,
    /// What messages call it.
    file: String,
    pub(super) text: String,
    /// The files that it includes.
    includes: Vec<String>,
}

impl Facts {
    /// Assembles the applet that `file` names.
    ///
    /// # Errors
    /// It does not assemble; its mistakes are shown.
    pub(super) fn gather(file: &Path, input: &mut Input) -> Result<Self, Complaint> {
        Self::of(input).map_err(|diagnostics| {
            console::say_diagnostics(&input.sources, &diagnostics);
            check::summary(&diagnostics, file)
        })
    }

    /// Assembles an applet.
    ///
    /// # Errors
    /// Its mistakes.
    pub(super) fn of(input: &mut Input) -> Result<Self, Vec<Diagnostic>> {
        let options = Options {
            default_origin: DefaultOrigin::ByMode,
            debug_info: false,
            ..Options::default()
        };
        let program = driver::assemble(&mut input.sources, input.main, &input.files, &options)?;
        let source = input.sources.get(input.main);
        let (file, text) = source.map(|s| (s.name.clone(), s.text.clone())).unwrap_or_default();
        let sources = (0..).map_while(|number| input.sources.get(FileId(number)));
        let names = sources.map(|source| source.name.clone());
        let includes = names.filter(|name| *name != file && !name.starts_with('<')).collect();
        Ok(Self { program, file, text, includes })
    }

    /// Whether the text is another than when it was shared or stored.
    pub(super) fn is_changed(&self) -> bool {
        let hash = self.program.metadata.sha256.as_ref();
        hash.is_some_and(|hash| *hash != provenance::digest(&self.text))
    }

    /// What there is to say, a line each.
    pub(super) fn table(&self) -> String {
        let metadata = &self.program.metadata;
        let config = self.program.config(&Choices::default());
        let timeout = match metadata.timeout {
            None => "10 s; none where input is a terminal".to_owned(),
            Some(Timeout::Never) => "none".to_owned(),
            Some(Timeout::After(limit)) => format!("{} s", limit.as_secs_f64()),
        };
        let ports = if metadata.ignore_ports == Some(true) { "ignore" } else { "fault" };
        let or_why = |value: Result<String, _>| {
            value.unwrap_or_else(|error: crate::machine::outcome::HostError| error.to_string())
        };
        let image = &self.program.image;
        let digest = provenance::digest(&self.text);
        let state = match &metadata.sha256 {
            None => "",
            Some(_) if self.is_changed() => " (changed by hand since it was stored or shared)",
            Some(_) => " (unchanged)",
        };
        let names =
            |list: Vec<String>| if list.is_empty() { "none".to_owned() } else { list.join(", ") };
        let cases = case::read(&self.text).0.into_iter().map(|found| found.case.name).collect();
        let said = |value: &Option<String>| value.clone().unwrap_or_default();
        let rows = [
            ("file", self.file.clone()),
            ("name", said(&metadata.name)),
            ("description", said(&metadata.description)),
            ("mode", config.mode.name().to_owned()),
            ("ring", or_why(boot::ring(&config).map(|ring| ring.to_string()))),
            ("memory", or_why(boot::ram_size(&config).map(size))),
            ("ports", format!("{ports} (those outside the ABI)")),
            ("timeout", timeout),
            ("includes", names(self.includes.clone())),
            ("cases", names(cases)),
            ("source", format!("{} lines", self.text.lines().count())),
            ("binary", format!("{} bytes at {:#x}", image.bytes.len(), image.origin)),
            ("origin", said(&metadata.origin)),
            ("added", said(&metadata.added)),
            ("sha256", digest + state),
        ];
        let is_said = |row: &&(&str, String)| !row.1.is_empty();
        let line = |(key, value): &(&str, String)| {
            format!("{key:<12}{}\n", console::visible(value).replace('\n', " "))
        };
        rows.iter().filter(is_said).map(line).collect()
    }
}

/// A number of bytes, with its size in the unit that people use if it is a whole one.
fn size(bytes: u64) -> String {
    match bytes {
        b if b % (1 << 20) == 0 => format!("{bytes} bytes ({} MiB)", b >> 20),
        b if b % (1 << 10) == 0 => format!("{bytes} bytes ({} KiB)", b >> 10),
        _ => format!("{bytes} bytes"),
    }
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

    #[test]
    fn sizes_have_their_unit() {
        assert_eq!(size(0x11_0000), "1114112 bytes (1088 KiB)");
        assert_eq!(size(16 << 20), "16777216 bytes (16 MiB)");
        assert_eq!(size(1000), "1000 bytes");
    }
}
