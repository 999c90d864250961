//! From settings to a serving process, and back to its end.

use std::fmt;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use actix_web::HttpServer;
use actix_web::web::Data;
use openssl::x509::X509;

use super::app::App;
use super::drain::{self, Drain, EndSignals};
use super::listen::{ListenError, Listener};
use super::proxy::Connection;
use super::put_csr::{Endpoint, configure};
use super::settings::Settings;
use super::sources::{SettingsError, Sources};
use crate::certificate::Issuer;
use crate::hooks::{BoxError, Chain};
use crate::identity::{
    Identity, IdentityError, PassphraseError, PassphraseSources, SigningPool, UnfitIdentity, load,
};
use crate::pipeline::Pipeline;

/// Serves until a signal asks for the end.
pub(crate) async fn serve(
    app: &App,
    sources: &Sources,
    passphrase: &PassphraseSources,
) -> Result<(), StartError> {
    let settings = Settings::check(sources)?;
    let pipeline = pipeline(app, sources, &settings, passphrase).await?;
    // Before there is a socket, which a mistake would take away again.
    anchors(&settings, &pipeline.issuer())?;
    let listener = Listener::open(&settings)?;
    serve_on(listener, pipeline, &settings).await
}

/// The road with everything on it, but no socket.
pub(crate) async fn pipeline(
    app: &App,
    sources: &Sources,
    settings: &Settings,
    passphrase: &PassphraseSources,
) -> Result<Pipeline, StartError> {
    let hooks = app.make_hooks(sources)?;
    let loaded = load(&settings.ca_path, &passphrase.unlock()?, SystemTime::now())?;
    let identity = Identity::new(loaded.key, loaded.certificate, loaded.chain)?;
    booted(identity, hooks, settings).await
}

/// A pipeline whose hooks have prepared themselves.
pub(crate) async fn booted(
    identity: Identity,
    hooks: Chain,
    settings: &Settings,
) -> Result<Pipeline, StartError> {
    let pool = SigningPool::new(settings.signing_threads, settings.signing_queue)?;
    let pipeline = Pipeline::assemble(
        identity,
        hooks,
        pool,
        settings.profile.clone(),
        settings.hook_timeout,
    );
    pipeline.boot().await.map_err(StartError::Hooks)?;
    Ok(pipeline)
}

/// Serves on an open socket until a signal asks for the end.
pub(crate) async fn serve_on(
    listener: Listener,
    pipeline: Pipeline,
    settings: &Settings,
) -> Result<(), StartError> {
    let mut signals = EndSignals::new()?;
    let issuer = pipeline.issuer();
    tracing::info!(listen = listener.name(), ca = ?issuer.subject(), "sapi serves");
    let endpoint = Data::new(Endpoint {
        anchors: anchors(settings, &issuer)?,
        pipeline,
        requests: settings.requests.clone(),
        proxy: settings.proxy.clone(),
        http: settings.http.clone(),
        drain: Arc::new(Drain::default()),
        in_progress: AtomicUsize::new(0),
    });
    let served = endpoint.clone();
    let server =
        HttpServer::new(move || actix_web::App::new().configure(configure(served.clone())))
            .workers(settings.http.workers)
            .max_connections(settings.http.max_connections)
            .keep_alive(settings.http.keep_alive)
            .client_request_timeout(settings.http.header_timeout)
            .on_connect(|stream, data| {
                data.insert(Connection::of(stream));
            })
            .disable_signals();
    let (server, file) = match listener {
        Listener::Unix(listener, file) => (server.listen_uds(listener)?, file),
        Listener::Tcp(listener) => (server.listen(listener)?, None),
    };
    let server = server.run();
    let handle = server.handle();
    let running = actix_web::rt::spawn(server);
    signals.received().await;

    tracing::info!("asked to end; answering what has arrived");
    // Without its file nobody finds the socket any more; who has found it is still served.
    drop(file);
    endpoint.drain.begin();
    let busy = || {
        endpoint
            .in_progress
            .load(Ordering::Acquire)
            .max(endpoint.pipeline.in_flight())
    };
    let deadline = settings.http.shutdown_timeout;
    drain::finish(handle, &endpoint.drain, deadline, busy).await;
    // The server's own task has nothing left to report once it was told to stop.
    let _ = running.await;
    tracing::info!("sapi has ended");
    Ok(())
}

/// Whose client certificates hooks may see: those of the CA itself, unless a file names others.
fn anchors(settings: &Settings, issuer: &Issuer) -> Result<Vec<X509>, StartError> {
    let Some(path) = &settings.proxy.client_ca_file else {
        let own = issuer.certificate().to_owned();
        return Ok(std::iter::once(own)
            .chain(issuer.chain().iter().cloned())
            .collect());
    };
    let fault =
        |what: String| SettingsError(format!("proxy.client_ca_file: {}: {what}", path.display()));
    let pem = fs::read(path).map_err(|error| fault(error.to_string()))?;
    match X509::stack_from_pem(&pem) {
        Ok(anchors) if !anchors.is_empty() => Ok(anchors),
        _ => Err(fault("holds no certificate in PEM".into()).into()),
    }
}

/// What kept the service from starting.
///
/// ```
/// # struct Members;
/// # fn f(error: sapi::StartError) {
/// eprintln!("{error}");
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The settings are wrong; the text names the key.
    Settings(String),
    /// No passphrase was to be had, or it is not one.
    Passphrase(PassphraseError),
    /// The identity cannot be loaded; the text names the file.
    Identity(IdentityError),
    /// Key and certificate are no identity.
    Unfit(UnfitIdentity),
    /// The service has no hooks, so it could only deny.
    NoHooks,
    /// Hooks could not be made, or could not prepare themselves.
    Hooks(BoxError),
    /// There is no socket to listen on.
    Listen(String),
    /// What was asked for could not be written; the text names the file.
    Output(String),
    /// The operating system refused something.
    System(std::io::Error),
}

impl StartError {
    /// The exit code (sysexits): 78 for what the operator has set, 69 for a socket, 71 for the
    /// system, 73 for a file that cannot be made.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Settings(_) | Self::Passphrase(_) | Self::Identity(_) | Self::Unfit(_) => 78,
            Self::NoHooks | Self::Hooks(_) => 78,
            Self::Listen(_) => 69,
            Self::System(_) => 71,
            Self::Output(_) => 73,
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(text) | Self::Listen(text) | Self::Output(text) => f.write_str(text),
            Self::Passphrase(error) => error.fmt(f),
            Self::Identity(error) => error.fmt(f),
            Self::Unfit(error) => error.fmt(f),
            Self::NoHooks => f.write_str(
                "this program has no hooks, so it could only deny: add one with App::hook",
            ),
            Self::Hooks(error) => write!(f, "hooks: {error}"),
            Self::System(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StartError {}

impl From<SettingsError> for StartError {
    fn from(error: SettingsError) -> Self {
        Self::Settings(error.to_string())
    }
}

impl From<ListenError> for StartError {
    fn from(error: ListenError) -> Self {
        Self::Listen(error.to_string())
    }
}

impl From<PassphraseError> for StartError {
    fn from(error: PassphraseError) -> Self {
        Self::Passphrase(error)
    }
}

impl From<IdentityError> for StartError {
    fn from(error: IdentityError) -> Self {
        Self::Identity(error)
    }
}

impl From<UnfitIdentity> for StartError {
    fn from(error: UnfitIdentity) -> Self {
        Self::Unfit(error)
    }
}

impl From<std::io::Error> for StartError {
    fn from(error: std::io::Error) -> Self {
        Self::System(error)
    }
}
