//! What the tests share: the list of trials, what a test needs of the host, the files that hold
//! what is expected, and ways to call the binary.

use applet::internal::applet::files::read_text;
use applet::internal::asm::{Included, Resolver};
use libtest_mimic::{Completion, Failed, Trial};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The root of the source tree.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The binary under test.
pub(crate) const APPLET: &str = env!("CARGO_BIN_EXE_applet");

/// What a test needs of the host. Where it is missing, the test is ignored and says so;
/// `APPLET_REQUIRE_KVM=1`, `APPLET_REQUIRE_NASM=1` and `APPLET_REQUIRE_SHELLS=1` make it run, and
/// fail, instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    Nothing,
    Kvm,
    Nasm,
    /// This shell.
    Shell(&'static str),
}

impl Needs {
    /// Why the test cannot run here, if it cannot.
    pub(crate) fn missing(self) -> Option<&'static str> {
        static LACKS_KVM: LazyLock<bool> = LazyLock::new(|| {
            let device = std::fs::OpenOptions::new().read(true).write(true).open("/dev/kvm");
            !is_set("APPLET_REQUIRE_KVM") && device.is_err()
        });
        static LACKS_NASM: LazyLock<bool> = LazyLock::new(|| {
            let runs =
                Command::new("nasm").arg("-v").output().is_ok_and(|out| out.status.success());
            !is_set("APPLET_REQUIRE_NASM") && !runs
        });
        match self {
            Self::Nothing => None,
            Self::Kvm => LACKS_KVM.then_some("/dev/kvm cannot be opened"),
            Self::Nasm => LACKS_NASM.then_some("nasm is not installed"),
            Self::Shell(name) => {
                let runs = || Command::new(name).args(["-c", "true"]).status().is_ok();
                let is_missing = !is_set("APPLET_REQUIRE_SHELLS") && !runs();
                is_missing.then_some("the shell is not installed")
            }
        }
    }
}

/// Whether an environment variable is 1.
pub(crate) fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| value == "1")
}

/// What is done after all tests.
pub(crate) type Report = Box<dyn FnOnce()>;

/// The tests so far, and where in the tree of names the next ones belong.
#[derive(Default)]
pub(crate) struct Tests {
    prefix: String,
    trials: Vec<Trial>,
    at_end: Vec<Report>,
}

impl Tests {
    /// Adds the tests of a module; their names begin with its name and `::`.
    pub(crate) fn within(&mut self, module: &str, add: impl FnOnce(&mut Self)) {
        let length = self.prefix.len();
        self.prefix += module;
        self.prefix += "::";
        add(self);
        self.prefix.truncate(length);
    }

    /// Adds a test.
    pub(crate) fn add<V: Verdict>(
        &mut self,
        name: impl Display,
        needs: Needs,
        test: impl FnOnce() -> V + Send + 'static,
    ) {
        let run = move || match needs.missing() {
            Some(reason) => Ok(Completion::ignored_with(reason)),
            None => test().verdict(),
        };
        self.trials.push(Trial::ignorable_test(format!("{}{name}", self.prefix), run));
    }

    /// Adds what is done after all tests, for a summary.
    pub(crate) fn at_end(&mut self, report: impl FnOnce() + 'static) {
        self.at_end.push(Box::new(report));
    }

    /// The trials, and what is done after them.
    pub(crate) fn into_parts(self) -> (Vec<Trial>, Vec<Report>) {
        (self.trials, self.at_end)
    }
}

/// Adds test functions by their names: `add!(tests, Needs::Nothing: one, two)`.
macro_rules! add {
    ($tests:expr, $needs:expr; $($name:ident),+ $(,)?) => {
        $($tests.add(stringify!($name), $needs, $name);)+
    };
}
pub(crate) use add;

/// What a test function may return. One that returns nothing fails by a panic.
pub(crate) trait Verdict {
    fn verdict(self) -> Result<Completion, Failed>;
}

impl Verdict for () {
    fn verdict(self) -> Result<Completion, Failed> {
        Ok(Completion::Completed)
    }
}

impl Verdict for Result<(), Failed> {
    fn verdict(self) -> Result<Completion, Failed> {
        self.map(|()| Completion::Completed)
    }
}

impl Verdict for Result<Completion, Failed> {
    fn verdict(self) -> Result<Completion, Failed> {
        self
    }
}

/// Whether files with what is expected are to be written anew.
pub(crate) fn is_blessing() -> bool {
    is_set("APPLET_BLESS")
}

/// Compares `found` with `expected`, which stands in `file`. Where they differ, `write` brings the
/// file up to date if that is asked for, and an error shows the difference if not.
pub(crate) fn hold(
    file: &Path,
    expected: &str,
    found: &str,
    write: impl FnOnce() -> std::io::Result<()>,
) -> Result<(), Failed> {
    if expected == found {
        return Ok(());
    }
    if is_blessing() {
        return Ok(write()?);
    }
    let diff = similar::TextDiff::from_lines(expected, found);
    let name = file.strip_prefix(root()).unwrap_or(file).display().to_string();
    let diff = diff.unified_diff().header(&name, "found").to_string();
    Err(format!("{diff}\nAPPLET_BLESS=1 cargo test --test it writes {name} anew").into())
}

/// Compares `found` with the whole of `file`.
pub(crate) fn hold_file(file: &Path, found: &str) -> Result<(), Failed> {
    if is_blessing() && !file.exists() {
        return Ok(std::fs::write(file, found)?);
    }
    let expected = std::fs::read_to_string(file)
        .map_err(|e| format!("{}: {e}; APPLET_BLESS=1 writes it", file.display()))?;
    hold(file, &expected, found, || std::fs::write(file, found))
}

/// The files of a folder with this extension, in the order of their names.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == extension));
    files.sort();
    files
}

/// The name of a file without its extension.
pub(crate) fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Reads the files of a source: beside the file that names them, else beside the first of these
/// folders that has them. Without folders there are none.
pub(crate) struct Folders<'a>(pub(crate) &'a [&'a Path]);

impl Folders<'_> {
    fn path(&self, name: &str, from: Option<&Path>) -> Result<PathBuf, String> {
        let beside = from.and_then(Path::parent);
        let folders = beside.into_iter().chain(self.0.iter().copied());
        let paths: Vec<_> = folders.map(|folder| folder.join(name)).collect();
        // Where none exists, reading the last one says so.
        let found = paths.iter().find(|path| path.exists()).or(paths.last());
        found.cloned().ok_or("No such file or directory".to_owned())
    }
}

impl Resolver for Folders<'_> {
    fn include(&self, name: &str, from: Option<&Path>) -> Result<Included, String> {
        let path = self.path(name, from)?;
        let text = read_text(&path)?;
        Ok(Included { name: name.to_owned(), path: Some(path), text })
    }

    fn binary(&self, name: &str, from: Option<&Path>) -> Result<Vec<u8>, String> {
        std::fs::read(self.path(name, from)?).map_err(|e| e.to_string())
    }
}

/// What a command of a shell prints, both streams together, with `applet` on the path.
pub(crate) fn shell(folder: &Path, command: &str) -> std::io::Result<String> {
    let binary = Path::new(APPLET).parent().unwrap_or(folder);
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {command}; }} 2>&1")])
        .env("PATH", format!("{}:{path}", binary.display()))
        // The library is that of the folder, whatever the user has.
        .env("XDG_DATA_HOME", folder.join("data"))
        .env("XDG_CACHE_HOME", folder.join("cache"))
        // What a page shows is what a person sees, who has no CI.
        .env_remove("CI")
        .current_dir(folder)
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
