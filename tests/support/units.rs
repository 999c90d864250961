//! systemd's opinion on unit files, without the other units of the machine.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::program::program;
use crate::tool::run;

/// What `systemd-analyze verify` says of these units of a folder: nothing when they are good.
///
/// # Panics
/// When systemd is not installed.
#[must_use]
pub fn verify(folder: &Path, units: &[&str]) -> String {
    let machine = Machine::new();
    let mut command = machine.analyze();
    command.args(["verify", "--man=no"]);
    let outcome = run(command.args(units.iter().map(|unit| folder.join(unit))));
    outcome.stdout + &outcome.stderr
}

/// Fails the test if `systemd-analyze security` finds more than this exposure, in tenths.
///
/// # Panics
/// Then, and when systemd is not installed.
pub fn exposed_at_most(tenths: u32, unit: &Path) {
    let machine = Machine::new();
    let mut command = machine.analyze();
    command.args(["security", "--no-pager", "--offline=yes"]);
    command.arg(format!("--threshold={tenths}")).arg(unit);
    run(&mut command).expect(0);
}

/// A machine that has only the units which every other one needs.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        let folder = TempDir::with_prefix("sapi-units-").unwrap();
        fs::write(folder.path().join("sysinit.target"), "[Unit]\n").unwrap();
        Self(folder)
    }

    fn analyze(&self) -> Command {
        let mut command = program("systemd-analyze");
        // The folder of a unit that is named comes before it; those of the machine do not count.
        command.env("SYSTEMD_UNIT_PATH", self.0.path());
        command
    }
}
