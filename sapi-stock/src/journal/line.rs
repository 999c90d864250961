//! One line of `journal.jsonl`, and how it is chained to the one before.

use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::entry::{Entry, Event};

/// The end of the chain: where the next line is to be joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// How many lines there are.
    pub(super) sequence: u64,
    /// The SHA-256 of the last one, its line feed included.
    pub(super) sha256: String,
}

impl Head {
    /// Of a journal without lines.
    pub(super) fn start() -> Self {
        Self {
            sequence: 0,
            sha256: sha256(b""),
        }
    }

    /// The head after one more line.
    pub(super) fn after(&self, line: &[u8]) -> Self {
        Self {
            sequence: self.sequence + 1,
            sha256: sha256(line),
        }
    }

    /// The line that says this, joined to the chain.
    pub(super) fn join(&self, time: SystemTime, event: Event) -> serde_json::Result<Vec<u8>> {
        let entry = Entry {
            sequence: self.sequence + 1,
            previous: self.sha256.clone(),
            time,
            event,
        };
        let mut line = serde_json::to_vec(&entry)?;
        line.pop(); // the closing brace: one more field comes
        let own = sha256(&line);
        line.extend_from_slice(DIGEST.as_bytes());
        line.extend_from_slice(own.as_bytes());
        line.extend_from_slice(END.as_bytes());
        Ok(line)
    }

    /// Reads the line that comes next, line feed included, or says what is wrong with it.
    pub(super) fn read(&self, line: &[u8]) -> Result<Entry, String> {
        let (said, digest) = split(line).ok_or("does not end with the digest of its content")?;
        if sha256(said) != digest {
            return Err("was altered: its digest is of another content".into());
        }
        let entry: Entry =
            serde_json::from_slice(line).map_err(|error| format!("is not an entry: {error}"))?;
        if entry.sequence != self.sequence + 1 {
            return Err(format!(
                "has the number {} where {} comes next: lines are missing or were moved",
                entry.sequence,
                self.sequence + 1
            ));
        }
        if entry.previous != self.sha256 {
            return Err("does not follow the line before it: one of the two was exchanged".into());
        }
        Ok(entry)
    }
}

/// What a line says, and the digest at its end.
fn split(line: &[u8]) -> Option<(&[u8], &str)> {
    let rest = line.strip_suffix(END.as_bytes())?;
    let (rest, digest) = rest.split_at_checked(rest.len().checked_sub(64)?)?;
    let said = rest.strip_suffix(DIGEST.as_bytes())?;
    Some((said, std::str::from_utf8(digest).ok()?))
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

const DIGEST: &str = ",\"digest\":\"";
const END: &str = "\"}\n";
