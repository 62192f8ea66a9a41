//! The files that a session may read.
//!
//! What an entry has included is part of the session as it was then: what was assembled from it
//! must come out the same whenever it is read again. So texts are read once, and remembered from
//! when the entry was accepted.

use crate::applet::files::Files;
use crate::asm::{Included, Resolver};
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A name, and the text that asked for it.
type Asked = (String, Option<PathBuf>);

/// The files, and the texts that were read.
#[derive(Debug)]
pub(in crate::repl) struct SessionFiles {
    files: Files,
    path: PathBuf,
    texts: RefCell<HashMap<Asked, Included>>,
    /// What was read for an entry that may yet be refused.
    fresh: RefCell<Vec<Asked>>,
}

impl SessionFiles {
    /// Those beside the text at `path` and below.
    pub(in crate::repl) fn beside(path: &Path) -> Self {
        let (texts, fresh) = (RefCell::default(), RefCell::default());
        Self { files: Files::beside(path), path: path.to_path_buf(), texts, fresh }
    }

    /// The text that the others are beside.
    pub(in crate::repl) fn path(&self) -> &Path {
        &self.path
    }

    /// What was read lately stays as it was.
    pub(in crate::repl) fn remember(&self) {
        self.fresh.borrow_mut().clear();
    }

    /// What was read lately is read again when it is asked for again.
    pub(in crate::repl) fn forget(&self) {
        let mut texts = self.texts.borrow_mut();
        for asked in self.fresh.borrow_mut().drain(..) {
            texts.remove(&asked);
        }
    }
}

impl Resolver for SessionFiles {
    fn include(&self, name: &str, from: Option<&Path>) -> Result<Included, String> {
        let asked = (name.to_owned(), from.map(Path::to_path_buf));
        if let Some(known) = self.texts.borrow().get(&asked) {
            return Ok(known.clone());
        }
        let text = self.files.text(name, from)?;
        let included = Included { name: text.name, path: text.path, text: text.text };
        self.texts.borrow_mut().insert(asked.clone(), included.clone());
        self.fresh.borrow_mut().push(asked);
        Ok(included)
    }

    fn binary(&self, name: &str, from: Option<&Path>) -> Result<Vec<u8>, String> {
        self.files.bytes(name, from)
    }
}
