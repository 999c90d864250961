//! The controlling terminal, where a person is asked for a passphrase.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};

use rustix::process::getpgrp;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};
use zeroize::Zeroizing;

/// Checks that somebody can be asked, or says why not.
///
/// A process in the background has a terminal too, but its first read would stop it, and it would hang.
/// Under systemd and cron and in containers, a process does not have a terminal.
pub(crate) fn usable() -> Result<(), &'static str> {
    let Ok(terminal) = OpenOptions::new().read(true).write(true).open("/dev/tty") else {
        return Err("not available");
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

/// A terminal that does not echo until this is dropped. It is silent before the prompt appears, so that
/// nobody sees a passphrase that is pasted at that moment.
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
        // A terminal that has gone away does not need its echo any more.
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}
