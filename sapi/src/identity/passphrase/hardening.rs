//! Hardening: how a process protects itself before it reads a secret.
//!
//! ```no_run
//! // The first line of main.
//! sapi::identity::hardening::before_secrets()?;
//! # Ok::<(), std::io::Error>(())
//! ```

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use zeroize::Zeroizing;

use super::Passphrase;

/// Makes the process undumpable, forbids core files, and takes `CA_PASSPHRASE` out of the
/// environment. Call it first in `main`, before any thread exists.
///
/// `/proc/PID/environ` shows the environment at the start of a process, even if the process changes its own
/// copy. So the passphrase goes into a pipe, and the process starts itself again without the variable, with
/// the same id and arguments. [`crate::identity::PassphraseSources`] reads the pipe. In that case this
/// function does not return; the new process image calls it again.
///
/// ```no_run
/// sapi::identity::hardening::before_secrets()?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// When the system refuses. The process should then end, because its secrets are not safe.
pub fn before_secrets() -> io::Result<()> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .map_err(|error| refused("cannot make the process undumpable", error))?;
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).map_err(|error| refused("cannot forbid core files", error))?;
    match env::var_os(ENVIRONMENT) {
        Some(secret) if !secret.is_empty() => Err(restart_without(secret)),
        _ => Ok(()),
    }
}

/// Returns only if it fails.
fn restart_without(secret: OsString) -> io::Error {
    let failed = |error: io::Error| refused("cannot hide CA_PASSPHRASE", error);
    let secret = Zeroizing::new(secret.into_vec());
    // This much shows that the passphrase is too long. The rest might not fit into the pipe, which nobody
    // reads yet.
    let kept = secret.get(..Passphrase::MAX_LEN + 2).unwrap_or(&secret);
    let (reader, writer) = match rustix::pipe::pipe() {
        Ok(ends) => ends,
        Err(error) => return failed(error.into()),
    };
    if let Err(error) = File::from(writer).write_all(kept) {
        return failed(error);
    }
    let mut arguments = env::args_os();
    let name = arguments.next().unwrap_or_else(|| OsString::from("sapi"));
    // With its path, process lists go on showing its name and not "exe".
    let program = env::current_exe()
        .ok()
        .filter(|path| path.exists())
        .unwrap_or_else(|| PathBuf::from("/proc/self/exe"));
    let error = Command::new(program)
        .arg0(name)
        .args(arguments)
        .env_remove(ENVIRONMENT)
        .env(HANDOVER, reader.as_raw_fd().to_string())
        .exec();
    failed(error)
}

/// The variable from which ssl_api took its passphrase.
pub(crate) const ENVIRONMENT: &str = "CA_PASSPHRASE";
/// The variable with the number of the pipe that contains the value of `CA_PASSPHRASE`.
pub(crate) const HANDOVER: &str = "SAPI_PASSPHRASE_HANDOVER";

/// The system's error, with what the process could not do.
fn refused(what: &str, error: impl Into<io::Error>) -> io::Error {
    let error = error.into();
    io::Error::new(error.kind(), format!("{what}: {error}"))
}
