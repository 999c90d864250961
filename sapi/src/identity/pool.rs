//! The signing pool: the threads that sign.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use tokio::sync::oneshot;

/// Threads that only sign, behind a bounded queue. So signing never holds up a task that only waits.
///
/// ```
/// let pool = sapi::SigningPool::new(2, 64)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct SigningPool {
    jobs: Sender<Job>,
    threads: Arc<[Thread]>,
    started: Instant,
}

/// A signing thread, and when it began its present job.
struct Thread {
    _handle: thread::JoinHandle<()>,
    /// Milliseconds from the pool's start to the job's start, plus one. Zero means that the thread waits.
    busy_since: Arc<AtomicU64>,
}

type Job = Box<dyn FnOnce() + Send>;

impl SigningPool {
    /// Starts `threads` signing threads (at least one). At most `queue` jobs wait for them.
    ///
    /// # Errors
    ///
    /// The system's error, when it does not start a thread.
    ///
    /// ```
    /// assert!(sapi::SigningPool::new(1, 1).is_ok());
    /// ```
    pub fn new(threads: usize, queue: usize) -> std::io::Result<Self> {
        let (jobs, waiting) = bounded::<Job>(queue.max(1));
        let started = Instant::now();
        let start = |number: usize| -> std::io::Result<Thread> {
            let waiting: Receiver<Job> = waiting.clone();
            let busy_since = Arc::new(AtomicU64::new(0));
            let busy = Arc::clone(&busy_since);
            let work = move || {
                for job in waiting {
                    busy.store(milliseconds(started.elapsed()) + 1, Ordering::Relaxed);
                    job();
                    busy.store(0, Ordering::Relaxed);
                }
            };
            let _handle = thread::Builder::new()
                .name(format!("sign-{number}"))
                .spawn(work)?;
            Ok(Thread {
                _handle,
                busy_since,
            })
        };
        let threads: Result<Vec<_>, _> = (0..threads.max(1)).map(start).collect();
        Ok(Self {
            jobs,
            threads: threads?.into(),
            started,
        })
    }

    /// Starts one thread per core.
    ///
    /// # Errors
    ///
    /// Like [`new`](Self::new).
    ///
    /// ```
    /// let pool = sapi::SigningPool::per_core()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn per_core() -> std::io::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self::new(cores, 1024)
    }

    /// How many pieces of work wait for a thread.
    pub(crate) fn waiting(&self) -> usize {
        self.jobs.len()
    }

    /// How many pieces of work a thread is busy with.
    pub(crate) fn running(&self) -> usize {
        self.busy().count()
    }

    /// How long the oldest piece of work has been running.
    pub(crate) fn longest(&self) -> Duration {
        let now = milliseconds(self.started.elapsed()) + 1;
        let longest = self.busy().map(|since| now.saturating_sub(since)).max();
        Duration::from_millis(longest.unwrap_or(0))
    }

    fn busy(&self) -> impl Iterator<Item = u64> {
        let since = |thread: &Thread| thread.busy_since.load(Ordering::Relaxed);
        self.threads.iter().map(since).filter(|since| *since > 0)
    }

    /// Runs a piece of work on a signing thread.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        let (answer, result) = oneshot::channel();
        let job = move || {
            // A panic must not end the thread. The waiting side sees that the answer was dropped.
            if let Ok(value) = catch_unwind(AssertUnwindSafe(work)) {
                // Nobody waits any more when the whole service ends.
                let _ = answer.send(value);
            }
        };
        self.jobs
            .try_send(Box::new(job))
            .map_err(|_| PoolError::Full)?;
        result.await.map_err(|_| PoolError::Panicked)
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX - 1)
}

impl fmt::Debug for SigningPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningPool")
            .field("threads", &self.threads.len())
            .field("waiting", &self.jobs.len())
            .finish()
    }
}

/// Why a piece of work has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PoolError {
    #[error("the queue before the signing threads is full")]
    Full,
    #[error("a signing thread panicked")]
    Panicked,
}
