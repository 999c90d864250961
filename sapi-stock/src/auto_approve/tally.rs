//! The requests that a rule with a limit has approved.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::durable::{Readers, lock, make_folder, named, replace};

/// A file with a line for each approved request: the client and the SHA-256 of the request.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    folder: PathBuf,
}

impl Tally {
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        make_folder(folder)?;
        lock(&folder.join(LOCK))?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Whether the request is among the rule's first `first`; with `count`, recorded before answering.
    pub(super) fn admits(
        &self,
        rule: &str,
        first: usize,
        client: &str,
        sha256: &str,
        count: bool,
    ) -> io::Result<bool> {
        let path = self.folder.join(format!("{rule}.count"));
        let _lock = lock(&self.folder.join(LOCK))?;
        let mut text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(named(&path, &error)),
        };
        let line = format!("{client} {sha256}");
        if text.lines().any(|known| known == line) {
            return Ok(true);
        }
        if text.lines().count() >= first {
            return Ok(false);
        }
        if count {
            text.push_str(&line);
            text.push('\n');
            replace(&path, text.as_bytes(), Readers::OwnerAndGroup)?;
        }
        Ok(true)
    }
}

const LOCK: &str = "auto_approve.lock";
