//! `crlnumber`: the number of the next revocation list, as `openssl ca` keeps it.

use std::path::Path;
use std::{fs, io};

use super::crl_error::CrlError;
use super::durable::{Readers, named, replace};
use super::journal::Journal;

/// The file. The caller has the lock on its folder while it takes a number.
pub(crate) struct CrlNumber<'a>(&'a Path);

impl<'a> CrlNumber<'a> {
    pub(crate) fn beside(journal: &'a Journal) -> Self {
        Self(journal.folder())
    }

    /// The next number, above `published`; the one after it is on the disk when this returns.
    pub(crate) fn take(&self, published: u64) -> Result<u64, CrlError> {
        let path = self.0.join(NAME);
        let unreadable = || CrlError::Number(path.clone());
        let written = match fs::read_to_string(&path) {
            Ok(text) => u64::from_str_radix(text.trim(), 16).map_err(|_| unreadable())?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => 1,
            Err(error) => return Err(CrlError::Io(named(&path, &error))),
        };
        let number = written.max(published.checked_add(1).ok_or_else(unreadable)?);
        let next = number.checked_add(1).ok_or_else(unreadable)?;
        // OpenSSL reads an even number of digits alone.
        let mut text = format!("{next:X}");
        if text.len() % 2 == 1 {
            text.insert(0, '0');
        }
        replace(&path, format!("{text}\n").as_bytes(), Readers::Everybody)?;
        Ok(number)
    }
}

const NAME: &str = "crlnumber";
