//! A process that ends with its test.

use std::collections::BTreeMap;
use std::fs;
use std::ops::{Deref, DerefMut};
use std::process::{Child, Command};

use rustix::process::{Pid, Signal, kill_process};

/// A child that is killed when dropped, together with all processes below it: a test that fails leaves
/// nothing behind either.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts a command.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    #[track_caller]
    pub fn start(command: &mut Command) -> Self {
        match command.spawn() {
            Ok(child) => Self(child),
            Err(error) => panic!("{}: {error}", command.get_program().display()),
        }
    }

    /// Sends the process a signal.
    pub fn signal(&self, signal: Signal) {
        send(self.0.id(), signal);
    }

    /// Kills it and everything below it, and waits for its end.
    pub fn end(&mut self) {
        // Whoever has been waited for may have given its number to another.
        if let Ok(None) = self.0.try_wait() {
            let below = descendants(self.0.id());
            let _gone = self.0.kill();
            let _status = self.0.wait();
            for pid in below {
                send(pid, Signal::KILL);
            }
        }
    }
}

impl From<Child> for Running {
    fn from(child: Child) -> Self {
        Self(child)
    }
}

impl Deref for Running {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Running {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

fn send(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _gone = kill_process(pid, signal);
    }
}

/// The processes below one.
fn descendants(pid: u32) -> Vec<u32> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let child = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        if let Some((child, parent)) = child.and_then(|child| Some((child, parent(child)?))) {
            children.entry(parent).or_default().push(child);
        }
    }
    let (mut found, mut next) = (Vec::new(), vec![pid]);
    while let Some(pid) = next.pop() {
        let below = children.remove(&pid).unwrap_or_default();
        found.extend(&below);
        next.extend(below);
    }
    found
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may hold blanks and parentheses.
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use super::*;
    use crate::program::program;

    #[test]
    fn what_it_started_ends_with_it() {
        let mut shell = program("sh");
        shell
            .args(["-c", "sleep 60 & sleep 61; true"])
            .stdin(Stdio::null());
        let running = Running::start(&mut shell);
        let mut below = Vec::new();
        while below.len() < 2 {
            below = descendants(running.id());
        }
        drop(running);
        let lives = |pid: &u32| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            stat.contains("(sleep)") && !stat.contains(") Z")
        };
        for _ in 0..500 {
            if !below.iter().any(lives) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("they live: {below:?}");
    }
}
