//! How a program ends: a message for people and a number for scripts.
//!
//! ```
//! use sapi_tools::exit::{self, Failure};
//!
//! let missing = Failure::new(exit::NO_INPUT, "web01.csr: no such file");
//! assert_eq!(exit::conclude("", Err(missing)), 66); // and "error: web01.csr: no such file" on standard error
//! assert_eq!(exit::conclude("", Ok(())), 0);
//! ```

use std::fmt;
use std::io::{self, Write};

/// A message for standard error and an exit code.
///
/// ```
/// use sapi_tools::exit::{self, Failure};
///
/// let failure = Failure::new(exit::CONFIG, "sapi.toml: names no folder");
/// assert_eq!((failure.code(), failure.to_string().as_str()), (78, "sapi.toml: names no folder"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// With the exit code to end with.
    ///
    /// ```
    /// use sapi_tools::exit::{self, Failure};
    ///
    /// assert_eq!(Failure::new(exit::NO, "nothing found").code(), 1);
    /// ```
    pub fn new(code: u8, message: impl fmt::Display) -> Self {
        let message = message.to_string();
        Self { code, message }
    }

    /// The exit code.
    ///
    /// ```
    /// use sapi_tools::exit::{self, Failure};
    ///
    /// assert_eq!(Failure::new(exit::DATA, "no certificate in PEM").code(), exit::DATA);
    /// ```
    #[must_use]
    pub fn code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Reports a failure on standard error, and returns the exit code.
///
/// `label` says what failed where one run does several things; it is empty where there is only one.
///
/// ```
/// use sapi_tools::exit::{self, Failure};
///
/// // "web01: error: not decided yet"
/// assert_eq!(exit::conclude("web01", Err(Failure::new(69, "not decided yet"))), 69);
/// ```
#[must_use]
pub fn conclude(label: &str, outcome: Result<(), Failure>) -> u8 {
    let Err(failure) = outcome else { return 0 };
    // Nobody is left to tell when standard error is closed.
    let _ = match label {
        "" => writeln!(io::stderr(), "error: {failure}"),
        label => writeln!(io::stderr(), "{label}: error: {failure}"),
    };
    failure.code
}

/// Declined, or refused because an answer is missing, or a fault was found.
pub const NO: u8 = 1;
/// `EX_USAGE` of sysexits(3): the command line is wrong.
pub const USAGE: u8 = 64;
/// `EX_DATAERR`: a file is not what it should be.
pub const DATA: u8 = 65;
/// `EX_NOINPUT`: a file cannot be read.
pub const NO_INPUT: u8 = 66;
/// `EX_UNAVAILABLE`: the answer is not there yet.
pub const UNAVAILABLE: u8 = 69;
/// `EX_SOFTWARE`: OpenSSL failed.
pub const SOFTWARE: u8 = 70;
/// `EX_OSERR`: the system refused something it always grants.
pub const SYSTEM: u8 = 71;
/// `EX_CANTCREAT`: files cannot be written.
pub const CANNOT_CREATE: u8 = 73;
/// `EX_TEMPFAIL`: not now; try again later.
pub const TEMPORARY: u8 = 75;
/// `EX_NOPERM`: the other side says no.
pub const NO_PERMISSION: u8 = 77;
/// `EX_CONFIG`: no passphrase or no proper one, or the settings lack something.
pub const CONFIG: u8 = 78;
