//! The drain: the server ends without losing a request.

use std::future::poll_fn;
use std::task::Poll;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::rt::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// The stage that the server's end has reached.
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

/// Answers the requests that have arrived, then stops the server.
///
/// By now no new connection finds the socket's file. The server still accepts the connections that wait
/// already. Then it accepts no more, so that steady traffic on TCP cannot put off the end. It waits for the
/// requests that `busy` counts until the deadline, and tells the rest to come again. Idle connections are
/// closed at the end.
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

/// Waits until no request has been busy for `QUIET`, or until `end`.
async fn quiet(end: Instant, busy: &impl Fn() -> usize) {
    let mut since = Instant::now();
    while Instant::now() < end && since.elapsed() < QUIET {
        if busy() > 0 {
            since = Instant::now();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// How long the server must be quiet before it ends. The time is enough to read a request from the socket's
/// queue, and to write an answer.
const QUIET: Duration = Duration::from_millis(250);
