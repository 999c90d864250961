//! The threads that sign.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use tokio::sync::oneshot;

/// Signing threads of their own, behind a bounded queue: signing never holds up what only waits.
///
/// ```
/// let pool = sapi::SigningPool::new(2, 64)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct SigningPool {
    jobs: Sender<Job>,
    threads: Arc<[thread::JoinHandle<()>]>,
}

type Job = Box<dyn FnOnce() + Send>;

impl SigningPool {
    /// Starts `threads` signing threads (at least one), before which at most `queue` jobs wait.
    ///
    /// # Errors
    ///
    /// The system's, when it starts no more threads.
    ///
    /// ```
    /// assert!(sapi::SigningPool::new(1, 1).is_ok());
    /// ```
    pub fn new(threads: usize, queue: usize) -> std::io::Result<Self> {
        let (jobs, waiting) = bounded::<Job>(queue.max(1));
        let start = |number: usize| {
            let waiting: Receiver<Job> = waiting.clone();
            thread::Builder::new()
                .name(format!("sign-{number}"))
                .spawn(move || waiting.iter().for_each(|job| job()))
        };
        let threads: Result<Vec<_>, _> = (0..threads.max(1)).map(start).collect();
        Ok(Self {
            jobs,
            threads: threads?.into(),
        })
    }

    /// One thread to a core.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    ///
    /// ```
    /// let pool = sapi::SigningPool::per_core()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn per_core() -> std::io::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self::new(cores, 1024)
    }

    /// Runs a piece of work on a signing thread.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        let (answer, result) = oneshot::channel();
        let job = move || {
            // A panic must not take the thread along; the waiting side sees the answer dropped.
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

impl fmt::Debug for SigningPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningPool")
            .field("threads", &self.threads.len())
            .field("waiting", &self.jobs.len())
            .finish()
    }
}

/// Why a piece of work has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PoolError {
    Full,
    Panicked,
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "the queue before the signing threads is full",
            Self::Panicked => "a signing thread panicked",
        })
    }
}

impl std::error::Error for PoolError {}
