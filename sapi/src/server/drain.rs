//! Ending without losing a request.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::rt::signal::unix::{Signal, SignalKind, signal};

/// Whether the server is ending.
#[derive(Debug, Default)]
pub(crate) struct Drain(AtomicBool);

impl Drain {
    pub(crate) fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
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
/// By now no new connection finds the socket. Those already waiting to be accepted still are, and
/// what `busy` counts is waited for until the deadline; idle connections are closed at the end.
pub(crate) async fn finish(server: ServerHandle, deadline: Duration, busy: impl Fn() -> usize) {
    let begun = Instant::now();
    let mut quiet_since = Instant::now();
    while begun.elapsed() < deadline && quiet_since.elapsed() < QUIET {
        if busy() > 0 {
            quiet_since = Instant::now();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    if busy() > 0 {
        tracing::error!(
            requests = busy(),
            "the time to drain is over; these requests are cut off"
        );
    }
    server.stop(false).await;
}

/// How long nothing may happen before the end: enough for a request in the socket's queue to be read.
const QUIET: Duration = Duration::from_millis(250);
