//! Processes: their CPU time and their memory, as Linux counts them.

use std::fs;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The number of issuances, and their cost.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Sample {
    /// Issuances.
    pub issued: u64,
    /// CPU time for each, in microseconds.
    pub cpu: f64,
    /// Issuances in a second.
    pub rate: f64,
}

impl Sample {
    /// Computes the cost from counts over a span of time.
    #[must_use]
    pub fn new(issued: u64, cpu: Duration, wall: Duration) -> Self {
        let count = issued.max(1) as f64;
        Self {
            issued,
            cpu: cpu.as_secs_f64() * 1e6 / count,
            rate: count / wall.as_secs_f64(),
        }
    }
}

/// The CPU time of a process: of all threads that it has now.
///
/// # Panics
/// When the process does not exist.
#[must_use]
pub fn cpu(process: u32) -> Duration {
    let threads = fs::read_dir(format!("/proc/{process}/task")).expect("the process has ended");
    threads
        .flatten()
        .map(|thread| schedstat(&format!("{}/schedstat", thread.path().display())))
        .sum()
}

/// The CPU time of this thread.
#[must_use]
pub fn thread_cpu() -> Duration {
    schedstat("/proc/thread-self/schedstat")
}

/// A line of `/proc/PID/status` in MiB: `VmRSS` now, `VmHWM` at most.
///
/// # Panics
/// When the process does not exist.
#[must_use]
pub fn memory(process: u32, line: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let found = status.lines().find_map(|l| l.strip_prefix(line)).unwrap();
    let kilobytes = found.split_whitespace().nth(1).unwrap();
    kilobytes.parse::<f64>().unwrap() / 1024.0
}

/// The first number is the nanoseconds on a processor. A thread that has ended meanwhile counts as zero.
fn schedstat(path: &str) -> Duration {
    let text = fs::read_to_string(path).unwrap_or_default();
    let nanoseconds = text.split_whitespace().next().unwrap_or("0");
    Duration::from_nanos(nanoseconds.parse().unwrap_or(0))
}

/// The median.
#[must_use]
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = values.into_iter().collect();
    all.sort_by(f64::total_cmp);
    match all.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => all[n / 2],
        n => (all[n / 2 - 1] + all[n / 2]) / 2.0,
    }
}
