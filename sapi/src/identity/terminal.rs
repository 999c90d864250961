//! Asking for a passphrase at the controlling terminal.

use std::fs::OpenOptions;
use std::io;

use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;
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
    rpassword::prompt_password(prompt).map(|line| Zeroizing::new(line.into_bytes()))
}
