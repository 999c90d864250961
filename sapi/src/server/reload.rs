//! The reload at SIGHUP: new identity, hooks and profile, without a restart.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::time::SystemTime;

use actix_web::rt::signal::unix::{Signal, SignalKind, signal};
use futures_util::FutureExt;

use super::endpoint::anchors;
use super::endpoint::put_csr::Endpoint;
use super::error::StartFault;
use super::makers::Makers;
use super::process::notify;
use super::unlock::unlock;
use crate::identity::passphrase::kept::KeptPassphrase;
use crate::pipeline::generation::Generation;
use crate::settings::checked::Settings;
use crate::settings::sources::Sources;

/// The SIGHUPs that arrive from now on.
pub(crate) struct HangUps(Signal);

impl HangUps {
    pub(crate) fn listen() -> std::io::Result<Self> {
        Ok(Self(signal(SignalKind::hangup())?))
    }

    async fn next(&mut self) -> Option<()> {
        poll_fn(|task| self.0.poll_recv(task)).await
    }
}

/// Makes new generations in the same way as the first one at the start.
pub(crate) struct Reloader<'a> {
    makers: &'a Makers,
    /// The settings at the start. The keys that a reload leaves alone still have these values.
    sources: Sources,
    passphrase: KeptPassphrase,
    hang_ups: HangUps,
}

impl<'a> Reloader<'a> {
    pub(crate) fn new(
        makers: &'a Makers,
        sources: Sources,
        passphrase: KeptPassphrase,
        hang_ups: HangUps,
    ) -> Self {
        Self {
            makers,
            sources,
            passphrase,
            hang_ups,
        }
    }

    /// Reloads at every SIGHUP, for ever.
    pub(crate) async fn attend(&mut self, endpoint: &Endpoint) {
        while self.hang_ups.next().await.is_some() {
            notify::reloading();
            // The constructor of a hook may panic. That too must leave everything as it was.
            let attempt = AssertUnwindSafe(self.reload(endpoint)).catch_unwind();
            let outcome = match attempt.await {
                Ok(outcome) => outcome.map_err(|error| error.to_string()),
                Err(_) => Err("a hook panicked while it was made ready".into()),
            };
            endpoint.health.reloaded(outcome.is_ok());
            let issuer = endpoint.pipeline.issuer();
            match outcome {
                Ok(()) => {
                    tracing::info!(ca = issuer.subject_text(), "identity and hooks reloaded");
                    notify::ready(&issuer);
                }
                Err(why) => {
                    tracing::error!(
                        "the reload failed, identity and hooks stay as they were: {why}"
                    );
                    notify::not_reloaded(&issuer, &why);
                }
            }
        }
    }

    /// Makes and tries everything new first. Only then does it put all of it in place, in one step.
    async fn reload(&self, endpoint: &Endpoint) -> Result<(), StartFault> {
        let sources = self.sources.again()?;
        let settings = Settings::check(&sources)?;
        let hooks = self.makers.make(&sources)?;

        let (ca_path, kept) = (settings.ca_path.clone(), self.passphrase.clone());
        // Unlocking takes about a second. Signals must be heard meanwhile.
        let unlocking = tokio::task::spawn_blocking(move || {
            let passphrase = kept.again()?;
            unlock(&ca_path, &passphrase)
        });
        let identity = unlocking.await.map_err(std::io::Error::other)??;
        if !identity.issuer().is_valid_at(SystemTime::now()) {
            return Err(StartFault::NotValidNow);
        }
        let anchors = anchors::read(&settings, identity.issuer())?;
        let next = Generation {
            identity,
            hooks,
            profile: settings.profile,
            hook_timeout: settings.hook_timeout,
        };
        let exchanged = endpoint.pipeline.exchange(next).await;
        exchanged.map_err(StartFault::Hooks)?;
        endpoint.anchors.exchange(anchors);
        for key in left_alone(&self.sources, &sources) {
            tracing::warn!("{key}: has changed, which takes effect only at a restart");
        }
        Ok(())
    }
}

/// Returns the changed keys that a reload does not put into effect.
fn left_alone(before: &Sources, now: &Sources) -> Vec<String> {
    let values = |sources: &Sources| -> BTreeMap<String, String> {
        let lines = sources.lines().into_iter();
        lines
            .map(|line| (line.key, line.value.to_string()))
            .collect()
    };
    let (before, now) = (values(before), values(now));
    let mut keys: Vec<_> = before.keys().chain(now.keys()).cloned().collect();
    keys.sort();
    keys.dedup();
    keys.retain(|key| !RELOADED.iter().any(|start| key.starts_with(start)));
    keys.retain(|key| before.get(key) != now.get(key));
    keys
}

/// The beginnings of the keys that make up a generation.
pub(crate) const RELOADED: [&str; 4] =
    ["ca_path", "certificate.", "hooks.", "proxy.client_ca_file"];
