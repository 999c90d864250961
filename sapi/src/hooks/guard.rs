//! The guard around each call of a hook: enforces the time limit, and turns a panic into a rejection.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt;

use super::rejection::Rejection;

/// Runs one method of a hook. Returns its answer and how long it took.
pub(crate) async fn guarded<T, E: Into<Rejection>>(
    hook: &str,
    method: &'static str,
    limit: Duration,
    call: impl Future<Output = Result<T, E>>,
) -> (Result<T, Rejection>, Duration) {
    let begun = Instant::now();
    let answer = tokio::time::timeout(limit, AssertUnwindSafe(call).catch_unwind()).await;
    let took = begun.elapsed();
    let named = || format!("{hook}.{method}");
    let answer = match answer {
        // A hook that blocks its thread cannot be interrupted, but its answer is still late.
        Ok(Ok(_)) if took > limit => Err(Rejection::TimedOut { hook: named() }),
        Ok(Ok(answer)) => answer.map_err(|error| error.into().of_hook(named)),
        Ok(Err(panic)) => Err(Rejection::failed(format!(
            "{} panicked: {}",
            named(),
            message(&*panic)
        ))),
        Err(_) => Err(Rejection::TimedOut { hook: named() }),
    };
    (answer, took)
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
