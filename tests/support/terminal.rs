//! A pseudo-terminal with a program at it and a test at its keyboard.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};

use crate::program::program;
use crate::running::Running;
use crate::tool::{forget_variables, wait};

/// A program running at a terminal of its own, which is its controlling one.
#[derive(Debug)]
pub struct Session {
    child: Running,
    keyboard: File,
    screen: Arc<Mutex<String>>,
}

impl Session {
    /// Starts a program there.
    #[must_use]
    pub fn start<const N: usize>(tool: &Path, arguments: [&str; N]) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let keyboard = openpt(flags).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let terminal = ioctl_tiocgptpeer(&keyboard, flags).unwrap();
        let mut command = program("setsid");
        forget_variables(&mut command);
        command
            .args(["--ctty", "--wait"])
            .arg(tool)
            .args(arguments)
            .stdin(terminal.try_clone().unwrap())
            .stdout(terminal.try_clone().unwrap())
            .stderr(terminal);
        let child = Running::start(&mut command);
        drop(command);
        let keyboard = File::from(keyboard);
        let screen = Arc::new(Mutex::new(String::new()));
        let (mut output, shown) = (keyboard.try_clone().unwrap(), Arc::clone(&screen));
        thread::spawn(move || {
            let mut bytes = [0; 1024];
            // Ends with an error when the last program has left the terminal.
            while let Ok(length @ 1..) = output.read(&mut bytes) {
                shown
                    .lock()
                    .unwrap()
                    .push_str(&String::from_utf8_lossy(&bytes[..length]));
            }
        });
        Self {
            child,
            keyboard,
            screen,
        }
    }

    /// Waits until the terminal shows a text.
    #[track_caller]
    pub fn sees(&self, text: &str) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !self.shown().contains(text) {
            assert!(
                Instant::now() < deadline,
                "{text:?} is not in: {}",
                self.shown()
            );
            thread::sleep(Duration::from_millis(10));
        }
        // A prompt is shown a moment before the echo is off and the answer is read.
        thread::sleep(Duration::from_millis(300));
    }

    /// Presses keys; `\n` is the enter key.
    pub fn types(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
    }

    /// All that the terminal has shown so far.
    #[must_use]
    pub fn shown(&self) -> String {
        self.screen.lock().unwrap().clone()
    }

    /// Waits for the program to end: its exit code, and all that was shown.
    #[must_use]
    pub fn finish(mut self) -> (Option<i32>, String) {
        let status = wait(&mut self.child);
        thread::sleep(Duration::from_millis(200));
        (status.code(), self.shown())
    }
}
