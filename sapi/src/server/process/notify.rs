//! Word to systemd (sd_notify(3)); silent where nobody listens.

use der::DateTime;
use sd_notify::NotifyState;

use crate::certificate::Issuer;

/// Requests are answered from now on, again after a reload.
pub(crate) fn ready(issuer: &Issuer) {
    let status = status(issuer);
    send(&[NotifyState::Ready, NotifyState::Status(&status)]);
}

/// The reload failed; what was there before goes on.
pub(crate) fn not_reloaded(issuer: &Issuer, why: &str) {
    let status = format!("{}; the last reload failed: {}", status(issuer), line(why));
    send(&[NotifyState::Ready, NotifyState::Status(&status)]);
}

/// Another generation is being made ready. systemd wants to know when, to tell this word from late ones.
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

/// The signing threads live.
pub(crate) fn alive() {
    send(&[NotifyState::Watchdog]);
}

fn status(issuer: &Issuer) -> String {
    let until = DateTime::from_system_time(issuer.not_after());
    let until = until.map(|time| time.to_string()).unwrap_or_default();
    format!("signing for {} until {until}", line(&issuer.subject_text()))
}

/// The protocol has one assignment to a line.
fn line(text: &str) -> String {
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(shown).collect()
}

fn send(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!("the service manager (NOTIFY_SOCKET) cannot be told: {error}");
    }
}
