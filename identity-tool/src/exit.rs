//! How a tool ends: a message for people and a number for scripts.

use std::fmt;

/// A message for standard error and an exit code.
#[derive(Debug)]
pub struct Failure {
    pub(crate) code: u8,
    message: String,
}

impl Failure {
    pub(crate) fn new(code: u8, message: impl fmt::Display) -> Self {
        let message = message.to_string();
        Self { code, message }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Declined, or refused because an answer is missing, or a fault was found.
pub(crate) const NO: u8 = 1;
/// `EX_USAGE`: the command line is wrong.
pub(crate) const USAGE: u8 = 64;
/// `EX_DATAERR`: a file is not what it should be.
pub(crate) const DATA: u8 = 65;
/// `EX_NOINPUT`: a file cannot be read.
pub(crate) const NO_INPUT: u8 = 66;
/// `EX_SOFTWARE`: OpenSSL failed.
pub(crate) const SOFTWARE: u8 = 70;
/// `EX_OSERR`: the system refused something it always grants.
pub(crate) const SYSTEM: u8 = 71;
/// `EX_CANTCREAT`: files cannot be written.
pub(crate) const CANNOT_CREATE: u8 = 73;
/// `EX_CONFIG`: no passphrase or no proper one, or the settings lack something.
pub(crate) const CONFIG: u8 = 78;
