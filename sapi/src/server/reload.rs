//! The reload at SIGHUP: new identity, hooks and profile, without a restart.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::time::SystemTime;

use actix_web::rt::signal::unix::{Signal, SignalKind, signal};
use futures_util::FutureExt;

use super::app::App;
use super::endpoint::anchors;
use super::endpoint::put_csr::Endpoint;
use super::process::notify;
use super::start::StartError;
use super::unlock::unlock;
use crate::identity::passphrase::kept::KeptPassphrase;
use crate::pipeline::generation::Generation;
use crate::settings::checked::Settings;
use crate::settings::sources::Sources;

/// Makes new generations in the same way as the first one at the start.
pub(crate) struct Reloader<'a> {
    app: &'a App,
    /// The settings at the start. The keys that a reload leaves alone still have these values.
    sources: Sources,
    passphrase: Option<KeptPassphrase>,
    signal: Signal,
}

impl<'a> Reloader<'a> {
    pub(crate) fn new(app: &'a App, sources: Sources) -> std::io::Result<Self> {
        Ok(Self {
            app,
            sources,
            passphrase: None,
            signal: signal(SignalKind::hangup())?,
        })
    }

    /// Keeps the passphrase that unlocked the identity at the start.
    pub(crate) fn keep(&mut self, passphrase: KeptPassphrase) {
        self.passphrase = Some(passphrase);
    }

    /// Reloads at every SIGHUP, for ever.
    pub(crate) async fn attend(&mut self, endpoint: &Endpoint) {
        while poll_fn(|task| self.signal.poll_recv(task)).await.is_some() {
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
    async fn reload(&self, endpoint: &Endpoint) -> Result<(), StartError> {
        let sources = self.sources.again()?;
        let settings = Settings::check(&sources)?;
        let hooks = self.app.make_hooks(&sources)?;

        let (ca_path, kept) = (settings.ca_path.clone(), self.passphrase.clone());
        // Unlocking takes about a second. Signals must be heard meanwhile.
        let unlocking = tokio::task::spawn_blocking(move || {
            let passphrase = kept.map(|kept| kept.again()).transpose()?;
            passphrase
                .map(|passphrase| unlock(&ca_path, &passphrase))
                .transpose()
        });
        let Some(identity) = unlocking.await.map_err(std::io::Error::other)?? else {
            return Ok(());
        };
        if !identity.issuer().is_valid_at(SystemTime::now()) {
            let text = "the new CA certificate is not valid at present, so it is not used";
            return Err(StartError::Settings(text.into()));
        }
        let anchors = anchors::read(&settings, identity.issuer())?;
        let next = Generation {
            identity,
            hooks: hooks.into(),
            profile: settings.profile,
            hook_timeout: settings.hook_timeout,
        };
        let exchanged = endpoint.pipeline.exchange(next).await;
        exchanged.map_err(StartError::Hooks)?;
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
pub(super) const RELOADED: [&str; 4] =
    ["ca_path", "certificate.", "hooks.", "proxy.client_ca_file"];
