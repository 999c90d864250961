//! Asking for a passphrase at the controlling terminal.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};

use rustix::process::getpgrp;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};
use zeroize::Zeroizing;

/// Says why nobody can be asked, or that somebody can.
///
/// A process in the background has a terminal too, but would be stopped on its first read and
/// hang; systemd, cron and containers have none.
pub(crate) fn usable() -> Result<(), &'static str> {
    let Ok(terminal) = OpenOptions::new().read(true).write(true).open("/dev/tty") else {
        return Err("there is none");
    };
    match tcgetpgrp(&terminal) {
        Ok(foreground) if foreground == getpgrp() => Ok(()),
        _ => Err("this process runs in the background"),
    }
}

/// Shows `prompt` and reads one line without echo.
pub(crate) fn ask(prompt: &str) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut silent = Silent::new()?;
    silent.terminal.write_all(prompt.as_bytes())?;
    rpassword::read_password().map(|line| Zeroizing::new(line.into_bytes()))
}

/// A terminal that does not echo, until dropped. It is silenced before the prompt is shown, so that a
/// passphrase pasted the moment the prompt appears is not seen.
struct Silent {
    terminal: File,
    before: Termios,
}

impl Silent {
    fn new() -> io::Result<Self> {
        let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
        let before = tcgetattr(&terminal)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&terminal, OptionalActions::Now, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        // A terminal that has gone away needs no echo any more.
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}
