//! `index.txt`, the database of `openssl ca`: one line for each certificate.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::entry::{Issued, Record, Revoked};
use super::fault::{Fault, JournalError};
use crate::durable::{Readers, like_folder, named, replace};
use crate::moment;

/// Status, end, revocation, serial number, file, subject; tabs between.
pub(super) fn row(issued: &Issued, revoked: Option<&Revoked>) -> String {
    let end = moment::asn1(issued.not_after);
    let serial = issued.serial.to_string().to_uppercase();
    let subject = &issued.subject_line;
    let status = if revoked.is_some() { 'R' } else { 'V' };
    let revocation = revoked.map(revocation).unwrap_or_default();
    format!("{status}\t{end}\t{revocation}\t{serial}\tunknown\t{subject}\n")
}

fn revocation(revoked: &Revoked) -> String {
    let date = moment::asn1(revoked.revoked_at);
    match revoked.reason.in_index() {
        Some(reason) => format!("{date},{reason}"),
        None => date,
    }
}

/// How the index compares with the journal, which alone counts.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It says the same.
    Same,
    /// It lacks what a writer that was killed had no time to write.
    Behind,
}

/// Compares the index with the journal. It may lack something, but never say more than the journal:
/// then lines of the journal are gone.
pub(super) fn compare(path: &Path, records: &[Record]) -> Result<Standing, JournalError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(named(path, &error).into()),
    };
    let mut standing = Standing::Same;
    let mut records = records.iter();
    for (number, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let fault = |what: &str| {
            JournalError::from(Fault {
                file: INDEX,
                line: number as u64 + 1,
                what: what.into(),
            })
        };
        let Some(record) = records.next() else {
            return Err(fault(
                "is of a certificate that the journal does not have: lines of journal.jsonl are missing",
            ));
        };
        let wanted = row(&record.issued, record.revoked.as_ref());
        if same(line, wanted.as_bytes()) {
            continue;
        }
        standing = Standing::Behind;
        let unfinished = !line.ends_with(b"\n") && wanted.as_bytes().starts_with(line);
        let revoked_since = record.revoked.is_some()
            && (same(line, row(&record.issued, None).as_bytes()) || line.starts_with(b"R\t"));
        if !unfinished && !revoked_since {
            return Err(fault("says something else than the journal"));
        }
    }
    if records.next().is_some() {
        standing = Standing::Behind;
    }
    Ok(standing)
}

/// Writes the index anew.
pub(super) fn rebuild(path: &Path, records: &[Record]) -> io::Result<()> {
    let rows = records
        .iter()
        .map(|record| row(&record.issued, record.revoked.as_ref()));
    let text: String = rows.collect();
    replace(path, text.as_bytes(), Readers::OwnerAndGroup)
}

/// Whether the index ends with this line.
pub(super) fn ends_with(path: &Path, row: &str) -> bool {
    let last = || -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let start = file.metadata()?.len().saturating_sub(row.len() as u64);
        file.seek(SeekFrom::Start(start))?;
        let mut line = Vec::new();
        file.read_to_end(&mut line)?;
        Ok(line)
    };
    last().is_ok_and(|line| same(&line, row.as_bytes()))
}

/// Adds a line, and nothing of it if that fails.
pub(super) fn append(path: &Path, row: &str) -> io::Result<()> {
    append_bytes(path, row.as_bytes())
}

/// One write and one fsync; of what could not be written nothing stays.
pub(super) fn append_bytes(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let options = options.append(true).create(true).mode(0o640);
    let append = || -> io::Result<()> {
        let mut file = options.open(path)?;
        like_folder(&file, path);
        let length = file.metadata()?.len();
        if let Err(error) = file.write_all(bytes) {
            // The error that matters is the first one.
            let _ = file.set_len(length);
            return Err(error);
        }
        file.sync_data()
    };
    append().map_err(|error| named(path, &error))
}

/// `openssl ca -updatedb` marks what has expired: E for V. To us that is the same.
fn same(line: &[u8], wanted: &[u8]) -> bool {
    match (line.split_first(), wanted.split_first()) {
        (Some((status, rest)), Some((expected, wanted))) => {
            rest == wanted && (status == expected || (*status == b'E' && *expected == b'V'))
        }
        _ => false,
    }
}

/// The name of its file.
pub(super) const INDEX: &str = "index.txt";
