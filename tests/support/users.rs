//! Programs as root and as somebody else, whoever runs the tests.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Command;

use crate::program::{program, through, with_details};
use crate::tool::run;

/// Whether root runs the tests.
#[must_use]
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The command as root. A user becomes root in a namespace of users, which gives power over what is
/// started in it and over nothing else; from outside the user may look into these processes as root may.
///
/// # Panics
/// When a user may make no such namespace: a test that needs one fails then.
#[must_use]
pub fn as_root(command: &Command) -> Command {
    if is_root() {
        return through(program("env"), command);
    }
    let namespace = || {
        let mut unshare = program("unshare");
        unshare.args(["--user", "--map-root-user"]);
        unshare
    };
    let outcome = run(&mut through(namespace(), &program("true")));
    assert!(
        outcome.code == Some(0),
        "this test needs root, or user namespaces, which this machine refuses: {}\
         run the tests as root, or allow them (sysctl kernel.unprivileged_userns_clone=1; \
         on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0)",
        outcome.stderr
    );
    through(namespace(), command)
}

/// The command as an ordinary user. Root lends its folder and a copy of the program to nobody.
///
/// # Panics
/// When the folder cannot be given away.
#[must_use]
pub fn as_user(command: &Command, folder: &Path) -> Command {
    if !is_root() {
        return through(program("env"), command);
    }
    let original = Path::new(command.get_program());
    let copy = folder.join(original.file_name().unwrap());
    fs::copy(original, &copy).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    give(folder);
    let mut nobody = program("setpriv");
    let id = NOBODY.to_string();
    nobody.args(["--reuid", &id, "--regid", &id, "--clear-groups"]);
    nobody.arg(copy);
    with_details(nobody, command)
}

/// The command without root's power to read what its mode forbids.
#[must_use]
pub fn bound_by_modes(command: &Command) -> Command {
    if !is_root() {
        return through(program("env"), command);
    }
    let mut bound = program("setpriv");
    for set in ["--bounding-set", "--inh-caps"] {
        bound.args([set, "-dac_override,-dac_read_search"]);
    }
    through(bound, command)
}

fn give(path: &Path) {
    chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            give(&entry.unwrap().path());
        }
    }
}

/// Debian's user without rights.
pub const NOBODY: u32 = 65_534;
