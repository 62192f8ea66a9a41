//! Finds cases: in folders of files, and in the applets themselves.
//!
//! Knows where they are kept and what a case needs to have a name; reads nothing of what they say.

use super::{Case, Cases, Data, Program};
use crate::applet::{case, files};
use crate::machine::config::BackendChoice;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The kinds of file that make up a case.
const EXTENSIONS: [&str; 4] = ["stdin", "stdout", "stderr", "toml"];

/// The cases in `tests/golden` under `root`, for the applets in `applets` under `root`, and those
/// that these applets carry.
///
/// # Errors
/// There is neither folder, or one cannot be read.
pub fn find(root: &Path) -> std::io::Result<Cases> {
    find_for(&root.join("tests").join("golden"), &root.join("applets"))
}

/// The cases in the folder `cases`, for the applets in the folder `applets`, and those that these
/// applets carry.
///
/// # Errors
/// There is neither folder, or one cannot be read.
pub fn find_for(cases: &Path, applets: &Path) -> std::io::Result<Cases> {
    let mut found = Cases::default();
    let carried = sorted(applets);
    let folders = match sorted(cases) {
        Err(_) if carried.is_ok() => Vec::new(),
        folders => folders?,
    };
    for folder in folders {
        let applet = name_of(&folder);
        if !folder.is_dir() {
            found.problems.push((applet, format!("{} belongs to no applet", folder.display())));
            continue;
        }
        let source = applets.join(&applet).with_extension("asm");
        if !source.is_file() {
            let missing = format!("there is no applet {} for these cases", source.display());
            found.problems.push((applet, missing));
            continue;
        }
        find_in_folder(&folder, &applet, &source, &mut found)?;
    }
    for path in carried.unwrap_or_default() {
        let is_source = path.extension().is_some_and(|e| e == "asm") && path.is_file();
        let carried = if is_source { find_in_file(&path) } else { Cases::default() };
        found.problems.extend(carried.problems);
        for case in carried.cases {
            if found.cases.iter().any(|known| known.id() == case.id()) {
                let message = format!("{} carries a case that is a file too", path.display());
                found.problems.push((case.id(), message));
            } else {
                found.cases.push(case);
            }
        }
    }
    found.cases.sort_unstable_by(|a, b| (&a.applet, &a.name).cmp(&(&b.applet, &b.name)));
    Ok(found)
}

/// The cases that the applet in the file `path` carries.
#[must_use]
pub fn find_in_file(path: &Path) -> Cases {
    let applet = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    match files::read_text(path) {
        Ok(text) => carried(&applet, &text, &Program::File(path.to_path_buf())),
        Err(reason) => Cases {
            problems: vec![(applet, format!("{}: {reason}", path.display()))],
            ..Cases::default()
        },
    }
}

/// The cases that the text of `applet` carries, which may include only `stdlib/`.
#[must_use]
pub fn find_in_text(applet: &str, text: &str) -> Cases {
    carried(applet, text, &Program::Text(PathBuf::from(applet), Arc::from(text)))
}

/// The cases in files for the applet in the file `source`: in `tests/golden` beside it, or beside
/// the folder `applets` that it is in.
#[must_use]
pub fn find_beside(source: &Path) -> Cases {
    let mut found = Cases::default();
    let folder = source.parent().unwrap_or(Path::new(""));
    let above = folder.parent().filter(|_| folder.file_name().is_some_and(|n| n == "applets"));
    let applet = source.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    for root in above.into_iter().chain([folder]) {
        let cases = root.join("tests").join("golden").join(&applet);
        if cases.is_dir() {
            if let Err(error) = find_in_folder(&cases, &applet, source, &mut found) {
                found.problems.push((applet.clone(), format!("{}: {error}", cases.display())));
            }
            break;
        }
    }
    found
}

fn carried(applet: &str, text: &str, source: &Program) -> Cases {
    let (cases, problems) = case::read(text);
    let case = |embedded: case::Embedded| Case {
        applet: applet.to_owned(),
        name: embedded.case.name.clone(),
        source: source.clone(),
        backend: BackendChoice::default(),
        data: Data::Carried(Box::new(embedded)),
    };
    let problem = |problem: case::Problem| {
        let before = text.get(..problem.range.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        (applet.to_owned(), format!("{}:{line}: {}", source.path().display(), problem.message))
    };
    Cases {
        cases: cases.into_iter().map(case).collect(),
        problems: problems.into_iter().map(problem).collect(),
    }
}

fn find_in_folder(
    folder: &Path,
    applet: &str,
    source: &Path,
    found: &mut Cases,
) -> std::io::Result<()> {
    let mut stems = BTreeMap::new();
    for path in sorted(folder)? {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
        if EXTENSIONS.contains(&extension) {
            let stem = path.with_extension("");
            stems.insert(name_of(&stem), stem);
        } else {
            let message = format!(
                "{} is no part of a case, whose files end in .stdin, .stdout, .stderr or .toml",
                path.display()
            );
            found.problems.push((format!("{applet}/{}", name_of(&path)), message));
        }
    }
    if stems.is_empty() {
        found.problems.push((applet.to_owned(), format!("{} has no cases", folder.display())));
    }
    found.cases.extend(stems.into_iter().map(|(name, stem)| Case {
        applet: applet.to_owned(),
        name,
        source: Program::File(source.to_path_buf()),
        backend: BackendChoice::default(),
        data: Data::Files(stem),
    }));
    Ok(())
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn sorted(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?;
    let mut paths = entries.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort_unstable();
    Ok(paths)
}
