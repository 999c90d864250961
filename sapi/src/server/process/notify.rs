//! Messages to systemd (sd_notify(3)). Nothing is sent if nobody listens.

use sd_notify::NotifyState;

use crate::certificate::Issuer;
use crate::encoding::printable::line;
use crate::encoding::time::rfc3339;

/// Tells that the service answers requests. This is sent at the start and after each reload.
pub(crate) fn ready(issuer: &Issuer) {
    let status = status(issuer);
    send(&[NotifyState::Ready, NotifyState::Status(&status)]);
}

/// Tells that a reload failed and the service goes on as before.
pub(crate) fn not_reloaded(issuer: &Issuer, why: &str) {
    let status = format!("{}; the last reload failed: {}", status(issuer), line(why));
    send(&[NotifyState::Ready, NotifyState::Status(&status)]);
}

/// Tells that a reload has begun. systemd needs the time, to tell this message from late ones.
pub(crate) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => send(&[
            NotifyState::Reloading,
            now,
            NotifyState::Status("reloading identity and hooks"),
        ]),
        Err(error) => tracing::warn!("the monotonic clock cannot be read: {error}"),
    }
}

pub(crate) fn stopping() {
    let status = NotifyState::Status("answering what has arrived, then ending");
    send(&[NotifyState::Stopping, status]);
}

/// Tells the watchdog that the signing threads work.
pub(crate) fn alive() {
    send(&[NotifyState::Watchdog]);
}

fn status(issuer: &Issuer) -> String {
    // The protocol has one assignment per line.
    let subject = line(&issuer.subject_text());
    format!(
        "signing for {subject} until {}",
        rfc3339(issuer.not_after())
    )
}

fn send(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!("the service manager (NOTIFY_SOCKET) cannot be told: {error}");
    }
}
