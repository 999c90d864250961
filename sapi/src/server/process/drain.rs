//! Ending without losing a request.

use std::future::poll_fn;
use std::task::Poll;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::rt::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// How far the server's end has come.
#[derive(Debug)]
pub(crate) struct Drain(watch::Sender<Stage>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Serving,
    Draining,
    TimeIsUp,
}

impl Default for Drain {
    fn default() -> Self {
        Self(watch::Sender::new(Stage::Serving))
    }
}

impl Drain {
    pub(crate) fn begin(&self) {
        self.0.send_replace(Stage::Draining);
    }

    pub(crate) fn has_begun(&self) -> bool {
        *self.0.borrow() >= Stage::Draining
    }

    /// Returns when the time to drain is over.
    pub(crate) async fn time_is_up(&self) {
        let mut stage = self.0.subscribe();
        // Its sender lives as long as `self`, so waiting cannot fail.
        let _ = stage.wait_for(|stage| *stage == Stage::TimeIsUp).await;
    }
}

/// The signals that ask for an end.
pub(crate) struct EndSignals {
    signals: [Signal; 2],
}

impl EndSignals {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self {
            signals: [
                signal(SignalKind::terminate())?,
                signal(SignalKind::interrupt())?,
            ],
        })
    }

    pub(crate) async fn received(&mut self) {
        poll_fn(|task| {
            let any = self
                .signals
                .iter_mut()
                .any(|signal| signal.poll_recv(task).is_ready());
            if any { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

/// Lets what has arrived be answered, then stops the server.
///
/// By now no new connection finds the socket's file. Those already waiting to be accepted still are;
/// then no more are, so that steady traffic on TCP cannot put off the end. What `busy` counts is waited
/// for until the deadline, and told so then. Idle connections are closed at the end.
pub(crate) async fn finish(
    server: ServerHandle,
    drain: &Drain,
    deadline: Duration,
    busy: impl Fn() -> usize,
) {
    let begun = Instant::now();
    quiet(begun + deadline.min(QUIET), &busy).await;
    server.pause().await;
    quiet(begun + deadline, &busy).await;
    if busy() > 0 {
        tracing::error!(
            requests = busy(),
            "the time to drain is over (http.shutdown_timeout); these requests are given up"
        );
        drain.0.send_replace(Stage::TimeIsUp);
        tokio::time::sleep(QUIET).await;
    }
    server.stop(false).await;
}

/// Waits until nothing has happened for a while, or until a moment has come.
async fn quiet(end: Instant, busy: &impl Fn() -> usize) {
    let mut since = Instant::now();
    while Instant::now() < end && since.elapsed() < QUIET {
        if busy() > 0 {
            since = Instant::now();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// How long nothing may happen before the end: enough for a request in the socket's queue to be read,
/// and for an answer to be written.
const QUIET: Duration = Duration::from_millis(250);
