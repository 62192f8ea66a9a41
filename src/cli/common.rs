//! What several subcommands share: an applet with its details, its text for other people, and error
//! messages.

use super::input::{self, Input};
use super::{Complaint, console};
use crate::applet::library::Found;
use crate::applet::metadata::Metadata;
use crate::applet::value::Timeout;
use crate::applet::{case, provenance};
use crate::asm::{DefaultOrigin, Options};
use crate::diagnostic::{Diagnostic, FileId, Severity};
use crate::driver::{self, Choices, Program};
use crate::golden;
use crate::machine::boot;
use crate::machine::outcome::HostError;
use crate::share::{self, Error, Shared, Wishes};
use serde_json::{Value, json};
use std::fs::File;
use std::path::Path;

/// An applet that was read and assembled.
pub(super) struct AppletInfo {
    pub(super) program: Program,
    /// What messages call it.
    file: String,
    pub(super) text: String,
    /// The files that it includes.
    includes: Vec<String>,
}

impl AppletInfo {
    /// Assembles the applet that `file` names.
    ///
    /// # Errors
    /// It does not assemble; its mistakes are shown.
    pub(super) fn gather(file: &Path, input: &mut Input) -> Result<Self, Complaint> {
        Self::of(input).map_err(|diagnostics| {
            console::say_diagnostics(&input.sources, &diagnostics);
            not_assembled(&diagnostics, file)
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

    /// Whether the text was changed since it was shared or stored.
    pub(super) fn is_changed(&self) -> bool {
        let hash = self.program.metadata.sha256.as_ref();
        hash.is_some_and(|hash| *hash != provenance::digest(&self.text))
    }

    /// All of it as a JSON object.
    pub(super) fn json(&self) -> Value {
        let metadata = &self.program.metadata;
        let config = self.program.config(&Choices::default());
        let timeout = metadata.timeout.map(|timeout| match timeout {
            Timeout::Never => "none".to_owned(),
            Timeout::After(limit) => format!("{}ms", limit.as_millis()),
        });
        let image = &self.program.image;
        json!({
            "file": self.file,
            "name": metadata.name,
            "description": metadata.description,
            "mode": config.mode.name(),
            "ring": boot::ring(&config).ok(),
            "memory": boot::ram_size(&config).ok(),
            "ports": ports(metadata),
            "timeout": timeout,
            "includes": self.includes,
            "cases": self.cases(),
            "lines": self.text.lines().count(),
            "bytes": image.bytes.len(),
            "address": format!("{:#x}", image.origin),
            "origin": metadata.origin,
            "added": metadata.added,
            "sha256": provenance::digest(&self.text),
            "changed": self.is_changed(),
        })
    }

    /// The names of the cases that it carries.
    fn cases(&self) -> Vec<String> {
        case::read(&self.text).0.into_iter().map(|found| found.case.name).collect()
    }

    /// The same for people, a line each.
    pub(super) fn table(&self) -> String {
        let metadata = &self.program.metadata;
        let config = self.program.config(&Choices::default());
        let timeout = match metadata.timeout {
            None => "10 s; none where input is a terminal".to_owned(),
            Some(Timeout::Never) => "none".to_owned(),
            Some(Timeout::After(limit)) => format!("{} s", limit.as_secs_f64()),
        };
        let ports = ports(metadata);
        let or_why =
            |value: Result<String, _>| value.unwrap_or_else(|error: HostError| error.to_string());
        let image = &self.program.image;
        let digest = provenance::digest(&self.text);
        let state = match &metadata.sha256 {
            None => "",
            Some(_) if self.is_changed() => " (changed by hand since it was stored or shared)",
            Some(_) => " (unchanged)",
        };
        let names =
            |list: Vec<String>| if list.is_empty() { "none".to_owned() } else { list.join(", ") };
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
            ("cases", names(self.cases())),
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

/// What a port outside the ABI does.
fn ports(metadata: &Metadata) -> &'static str {
    if metadata.ignore_ports == Some(true) { "ignore" } else { "fault" }
}

/// A number of bytes, with the number of MiB or KiB if that is a whole number.
fn size(bytes: u64) -> String {
    match bytes {
        b if b % (1 << 20) == 0 => format!("{bytes} bytes ({} MiB)", b >> 20),
        b if b % (1 << 10) == 0 => format!("{bytes} bytes ({} KiB)", b >> 10),
        _ => format!("{bytes} bytes"),
    }
}

/// The name and the origin of an applet, as far as `file` tells them.
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

/// Shows which cases are left out.
pub(super) fn say_left_out(shared: &Shared) {
    for (name, reason) in &shared.left_out {
        console::say(format!("left out: case {}: {reason}", name.escape_debug()));
    }
}

/// An applet as one text.
pub(super) fn share_text(
    file: &Path,
    mut input: Input,
    wishes: Wishes,
) -> Result<Shared, Complaint> {
    match share::text(&mut input.sources, input.main, &input.files, wishes) {
        Ok(shared) => Ok(shared),
        Err(Error::Source(diagnostics)) => {
            console::say_diagnostics(&input.sources, &diagnostics);
            Err(not_assembled(&diagnostics, file))
        }
        Err(Error::Refused(reason)) => {
            Err(Complaint::new(format!("{} cannot be one text: {reason}", file.display())))
        }
    }
}

/// The cases of an applet that are files. Those of a built-in applet are in its project, where its
/// source is.
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

/// The message for a file that does not assemble, with the number of errors.
pub(super) fn not_assembled(diagnostics: &[Diagnostic], file: &Path) -> Complaint {
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let count = |n: usize, what: &str| match n {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    };
    let warnings = match diagnostics.len() - errors {
        0 => String::new(),
        n => format!(" and {}", count(n, "warning")),
    };
    let errors = count(errors, "error");
    Complaint::new(format!("{}: not assembled: {errors}{warnings}", file.display()))
}

/// The memory for an image and 64 KiB more, in MiB, if a machine can have so much.
fn enough(length: u64, origin: u64) -> Option<u64> {
    let size = (origin.checked_add(length)?.checked_add(1 << 16)?).div_ceil(1 << 20);
    (size <= crate::machine::boot::MAXIMUM >> 20).then_some(size)
}

pub(super) fn host_complaint(error: &HostError) -> Complaint {
    let complaint = Complaint::new(error.to_string());
    match error {
        HostError::System { help: Some(help), .. } => complaint.help(help.as_str()),
        HostError::TooLarge { length, origin, .. } => match enough(*length, *origin) {
            Some(size) => complaint.help(format!(
                "give it more: `--memory {size}M`, or `memory = \"{size}M\"` in the metadata"
            )),
            None => complaint,
        },
        _ => complaint,
    }
}

#[cfg(unix)]
pub(super) fn duplicate(stream: &impl std::os::fd::AsFd) -> std::io::Result<File> {
    Ok(stream.as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
pub(super) fn duplicate(stream: &impl std::os::windows::io::AsHandle) -> std::io::Result<File> {
    Ok(stream.as_handle().try_clone_to_owned()?.into())
}

#[cfg(not(any(unix, windows)))]
pub(super) fn duplicate<T>(_: &T) -> std::io::Result<File> {
    Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_their_unit() {
        assert_eq!(size(0x11_0000), "1114112 bytes (1088 KiB)");
        assert_eq!(size(16 << 20), "16777216 bytes (16 MiB)");
        assert_eq!(size(1000), "1000 bytes");
    }
}
