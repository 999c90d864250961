//! The heartbeat: it checks regularly that the signing threads sign, and tells systemd's watchdog.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use super::health::Health;
use super::notify;
use crate::pipeline::Pipeline;

/// Beats until dropped.
///
/// It has its own thread. A hook that blocks while it boots must not look like a stuck signer, and a stuck
/// signer must not look healthy because something else is late.
pub(crate) struct Heartbeat {
    _stop: oneshot::Sender<()>,
}

impl Heartbeat {
    pub(crate) fn start(pipeline: Pipeline, health: Arc<Health>) -> std::io::Result<Self> {
        let watchdog = sd_notify::watchdog_enabled();
        let limit = watchdog.map_or(health.interval(), |limit| limit.min(health.interval()));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        let (_stop, mut stopped) = oneshot::channel();
        let beats = async move {
            let mut signatures = u64::MAX;
            // Ends when the other end of the channel is dropped.
            while let Err(tokio::sync::oneshot::error::TryRecvError::Empty) = stopped.try_recv() {
                match beat(&pipeline, &mut signatures, limit).await {
                    Ok(()) => {
                        health.signs();
                        if watchdog.is_some() {
                            notify::alive();
                        }
                    }
                    Err(fault) => tracing::error!("the self-test failed: {fault}"),
                }
                let _ = tokio::time::timeout(limit / 3, &mut stopped).await;
            }
        };
        thread::Builder::new()
            .name("heartbeat".into())
            .spawn(move || runtime.block_on(beats))?;
        Ok(Self { _stop })
    }
}

/// Succeeds if certificates were signed since the last beat, or else if the self-test signs one. Fails if a
/// thread has worked on a single one for longer than `limit`.
async fn beat(pipeline: &Pipeline, signatures: &mut u64, limit: Duration) -> Result<(), String> {
    let stuck = pipeline.pool().longest();
    if stuck > limit {
        return Err(format!("a signing thread has been stuck for {stuck:?}"));
    }
    let before = std::mem::replace(signatures, pipeline.metrics().signing().count());
    if before != u64::MAX && before != *signatures {
        return Ok(());
    }
    match tokio::time::timeout(limit, pipeline.self_test()).await {
        Ok(tested) => tested.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no signature within {limit:?}")),
    }
}
