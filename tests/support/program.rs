//! The programs of others that the tests start, and the Debian package that has each.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A command that starts a program of [`PACKAGES`].
///
/// # Panics
/// When the program is not installed; the message names its package.
#[must_use]
#[track_caller]
pub fn program(name: &str) -> Command {
    Command::new(find(name).unwrap_or_else(|missing| panic!("{missing}")))
}

/// A command started by another program, which is told of it last: `faketime`, `prlimit` and their like.
#[must_use]
pub fn through(mut starter: Command, command: &Command) -> Command {
    starter.arg(command.get_program());
    with_details(starter, command)
}

/// The command with a umask of its own; that of the tests is whatever the user chose.
#[must_use]
pub fn with_umask(umask: &str, command: &Command) -> Command {
    let mut shell = program("sh");
    shell.args(["-c", &format!("umask {umask}; exec \"$@\""), "sh"]);
    through(shell, command)
}

/// Adds the arguments, the variables and the folder of another command.
#[must_use]
pub fn with_details(mut command: Command, other: &Command) -> Command {
    command.args(other.get_args());
    for (name, value) in other.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    if let Some(folder) = other.get_current_dir() {
        command.current_dir(folder);
    }
    command
}

/// Looks whether programs are installed that only a script names.
///
/// # Panics
/// When some are not; the message names their packages.
#[track_caller]
pub fn need(names: &[&str]) {
    let missing: Vec<_> = names.iter().filter_map(|name| find(name).err()).collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Where the program is, or what to install.
///
/// # Errors
/// The sentence that tells which package is missing.
pub fn find(name: &str) -> Result<PathBuf, String> {
    let known = PACKAGES.iter().find(|(program, _)| *program == name);
    let Some((_, package)) = known else {
        return Err(format!(
            "{name} is not among the programs of tests/support/program.rs: add it with its package"
        ));
    };
    let path = search_path();
    let folders = env::split_paths(&path).map(|folder| folder.join(name));
    let found = folders.into_iter().find(|path| path.is_file());
    found.ok_or_else(|| missing(name, package))
}

/// Says that a file of a package is missing, and how to get it.
#[must_use]
pub fn missing(what: &str, package: &str) -> String {
    format!(
        "{what} is not installed: apt-get install {package} (tests/setup.sh installs everything)"
    )
}

/// `PATH`, and the folders of Debian's servers, which the `PATH` of a user lacks.
#[must_use]
pub fn search_path() -> String {
    let path = env::var("PATH").unwrap_or_default();
    format!("{path}:/usr/sbin:/sbin")
}

/// libfaketime, to be loaded before a program that believes in another time.
///
/// # Panics
/// When it is not installed.
#[must_use]
#[track_caller]
pub fn libfaketime() -> PathBuf {
    let folders = Path::new("/usr/lib").read_dir().unwrap().flatten();
    let mut found = folders.map(|folder| folder.path().join("faketime/libfaketime.so.1"));
    found
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("{}", missing("libfaketime.so.1", "faketime")))
}

/// Each program, and the package that has it in Debian 12.
pub const PACKAGES: [(&str, &str); 26] = [
    ("bash", "bash"),
    ("certtool", "gnutls-bin"),
    ("certutil", "libnss3-tools"),
    ("curl", "curl"),
    ("dash", "dash"),
    ("date", "coreutils"),
    ("env", "coreutils"),
    ("faketime", "faketime"),
    ("go", "golang-go"),
    ("id", "coreutils"),
    ("java", "default-jdk-headless"),
    ("mkfifo", "coreutils"),
    ("nginx", "nginx"),
    ("openssl", "openssl"),
    ("prlimit", "util-linux"),
    ("promtool", "prometheus"),
    ("python3", "python3"),
    ("setpriv", "util-linux"),
    ("setsid", "util-linux"),
    ("sh", "dash"),
    ("strace", "strace"),
    ("systemd-analyze", "systemd"),
    ("systemd-creds", "systemd"),
    ("systemd-socket-activate", "systemd"),
    ("true", "coreutils"),
    ("unshare", "util-linux"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_missing_is_told_with_its_package() {
        let said = missing("certtool", "gnutls-bin");
        assert!(said.contains("certtool is not installed: apt-get install gnutls-bin"));
        assert!(find("no-such-program").unwrap_err().contains("program.rs"));
        assert!(find("sh").is_ok());
    }
}
