//! The command line, as a value of the program's own type.

use std::ffi::OsString;

use clap::{Command, FromArgMatches};

/// Reads the command line; the first argument is the program's name.
///
/// Help and version are printed on standard output, faults on standard error.
///
/// ```
/// use clap::{CommandFactory, Parser};
///
/// #[derive(Parser)]
/// struct Greet {
///     name: String,
/// }
///
/// let parse = |arguments: &[&str]| sapi_tools::parse::<Greet>(Greet::command(), arguments, 64);
/// assert_eq!(parse(&["greet", "web01"]).map(|greet| greet.name), Ok("web01".to_owned()));
/// assert_eq!(parse(&["greet"]).err(), Some(64));
/// assert_eq!(parse(&["greet", "--help"]).err(), Some(0));
/// ```
///
/// # Errors
/// The exit code where nothing is left to do: 0 after help and version, `usage` after a fault.
pub fn parse<T: FromArgMatches>(
    command: Command,
    arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    usage: u8,
) -> Result<T, u8> {
    let matches = command.try_get_matches_from(arguments);
    matches
        .and_then(|matches| T::from_arg_matches(&matches))
        .map_err(|error| {
            // Nobody is left to tell when standard error is closed.
            let _ = error.print();
            if error.use_stderr() { usage } else { 0 }
        })
}

/// The version of sapi, and of the cryptographic library that the program runs on.
///
/// ```
/// assert!(sapi_tools::version("OpenSSL 3.0.17").ends_with(" (OpenSSL 3.0.17)"));
/// ```
#[must_use]
pub fn version(library: &str) -> String {
    format!("{} ({library})", env!("CARGO_PKG_VERSION"))
}
