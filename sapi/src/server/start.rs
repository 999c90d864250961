//! The start of the service: from settings to a serving process.

use super::endpoint::anchors;
use super::error::StartFault;
use super::makers::Makers;
use super::operator::Operator;
use super::process::listen::Listener;
use super::process::open_files;
use super::reload::{HangUps, Reloader};
use super::serving::{Companions, serve_on};
use super::unlock::unlock;
use crate::hooks::Hooks;
use crate::identity::PassphraseSources;
use crate::identity::ca::Identity;
use crate::identity::passphrase::kept::KeptPassphrase;
use crate::identity::pool::SigningPool;
use crate::pipeline::Pipeline;
use crate::settings::checked::Settings;
use crate::settings::sources::Sources;

/// Serves until a signal asks for the end.
pub(crate) async fn serve(
    makers: &Makers,
    sources: &Sources,
    settings: Settings,
    passphrase: &PassphraseSources,
) -> Result<(), StartFault> {
    refuse_root(&settings)?;
    open_files::raise_limit();
    let operator = Operator::open(&settings)?;
    // A SIGHUP during the start must not end the process.
    let hang_ups = HangUps::listen()?;
    let (pipeline, kept) = pipeline(makers, sources, &settings, passphrase).await?;
    // This comes before the socket opens, because a mistake would close the socket again.
    let anchors = anchors::read(&settings, &pipeline.issuer())?;
    let listener = Listener::open(&settings)?;
    let companions = Companions {
        operator: Some(&operator),
        reloader: Some(Reloader::new(makers, sources.clone(), kept, hang_ups)),
    };
    let ended = serve_on(listener, pipeline, anchors, &settings, companions).await;
    operator.close().await;
    ended
}

/// Refuses to run as root. The service reads requests of strangers, and a fault there must not have root's rights.
fn refuse_root(settings: &Settings) -> Result<(), StartFault> {
    if settings.allow_root || !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    Err(StartFault::Root)
}

/// Makes the pipeline with its hooks and its identity, but without a socket.
pub(crate) async fn pipeline(
    makers: &Makers,
    sources: &Sources,
    settings: &Settings,
    passphrase: &PassphraseSources,
) -> Result<(Pipeline, KeptPassphrase), StartFault> {
    let hooks = makers.make(sources)?;
    let (passphrase, kept) = KeptPassphrase::unlock(passphrase)?;
    let identity = unlock(&settings.ca_path, &passphrase)?;
    drop(passphrase);
    Ok((booted(identity, hooks, settings).await?, kept))
}

/// Makes a pipeline, and lets its hooks prepare themselves.
pub(crate) async fn booted(
    identity: Identity,
    hooks: Hooks,
    settings: &Settings,
) -> Result<Pipeline, StartFault> {
    let pool = SigningPool::new(settings.signing_threads, settings.signing_queue)?;
    let pipeline = Pipeline::assemble(
        identity,
        hooks,
        pool,
        settings.profile.clone(),
        settings.hook_timeout,
    );
    pipeline.boot().await.map_err(StartFault::Hooks)?;
    Ok(pipeline)
}
