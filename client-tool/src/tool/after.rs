//! The actions after a new certificate: run a command, reload a unit, signal a process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use sapi_tools::exit::Failure;

use super::exit;
use super::options::Options;

/// The actions after a new certificate; perhaps there are none.
#[derive(Debug, Default)]
pub(crate) struct After {
    command: Option<String>,
    unit: Option<String>,
    signal: Option<(PathBuf, Signal)>,
    dir: PathBuf,
}

impl After {
    pub(crate) fn new(options: &Options, dir: &Path) -> Result<Self, Failure> {
        let signal = match (&options.pid_file, &options.signal) {
            (None, Some(_)) => {
                return Err(exit::settings("signal is of use with pid-file only"));
            }
            (None, None) => None,
            (Some(file), name) => Some((file.clone(), signal(name.as_deref().unwrap_or("HUP"))?)),
        };
        Ok(Self {
            command: options.on_renew.clone(),
            unit: options.reload_unit.clone(),
            signal,
            dir: dir.to_owned(),
        })
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.command.is_none() && self.unit.is_none() && self.signal.is_none()
    }

    /// Does all of them, even if one fails. Returns the first failure.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut outcome = Ok(());
        if let Some(text) = &self.command {
            let mut command = Command::new("sh");
            command.arg("-c").arg(text);
            outcome = run(command.env("SAPI_CLIENT_DIR", &self.dir), "on-renew");
        }
        if let Some(unit) = &self.unit {
            let mut command = Command::new("systemctl");
            outcome = outcome.and(run(
                command.arg("reload").arg("--").arg(unit),
                "reload-unit",
            ));
        }
        if let Some((file, signal)) = &self.signal {
            outcome = outcome.and(send(file, *signal));
        }
        outcome
    }
}

fn run(command: &mut Command, name: &str) -> Result<(), Failure> {
    let status = command.stdin(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(exit::other(format!(
            "{name}: {status}; the new certificate is in place"
        ))),
        Err(error) => Err(exit::other(format!(
            "{name}: {error}; the new certificate is in place"
        ))),
    }
}

fn send(file: &Path, signal: Signal) -> Result<(), Failure> {
    let failed = |why: &dyn std::fmt::Display| {
        let file = file.display();
        exit::other(format!(
            "pid-file: {file}: {why}; the new certificate is in place"
        ))
    };
    let text = fs::read_to_string(file).map_err(|error| failed(&error))?;
    let number = text.trim().parse().ok().filter(|number| *number > 1);
    let pid = number.and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| failed(&"it does not contain a process id"))?;
    kill_process(pid, signal).map_err(|error| failed(&error))
}

fn signal(name: &str) -> Result<Signal, Failure> {
    match name.strip_prefix("SIG").unwrap_or(name) {
        "HUP" => Ok(Signal::HUP),
        "INT" => Ok(Signal::INT),
        "TERM" => Ok(Signal::TERM),
        "USR1" => Ok(Signal::USR1),
        "USR2" => Ok(Signal::USR2),
        "WINCH" => Ok(Signal::WINCH),
        _ => Err(exit::settings(format!(
            "signal: {name:?} is not HUP, INT, TERM, USR1, USR2 or WINCH"
        ))),
    }
}
