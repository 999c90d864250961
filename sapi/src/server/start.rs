//! The start of the service: from settings to a serving process, and to its end.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::HttpServer;
use actix_web::web::Data;

use super::app::App;
use super::endpoint::anchors;
use super::endpoint::anchors::Anchors;
use super::endpoint::answers::Answers;
use super::endpoint::proxy::Connection;
use super::endpoint::put_csr::{Endpoint, configure};
use super::operator::Operator;
use super::process::drain::{Drain, EndSignals};
use super::process::health::Health;
use super::process::heartbeat::Heartbeat;
use super::process::listen::{ListenError, Listener};
use super::process::{drain, notify, open_files};
use super::reload::Reloader;
use super::unlock::unlock;
use crate::hooks::{BoxError, Chain};
use crate::identity::ca::Identity;
use crate::identity::passphrase::kept::KeptPassphrase;
use crate::identity::pool::SigningPool;
use crate::identity::unfit::UnfitIdentity;
use crate::identity::{IdentityError, PassphraseError, PassphraseSources};
use crate::pipeline::Pipeline;
use crate::settings::checked::Settings;
use crate::settings::sources::{SettingsError, Sources};

/// Serves until a signal asks for the end.
pub(crate) async fn serve(
    app: &App,
    sources: &Sources,
    passphrase: &PassphraseSources,
) -> Result<(), StartError> {
    let settings = Settings::check(sources)?;
    refuse_root(&settings)?;
    open_files::raise_limit();
    let operator = Operator::open(&settings)?;
    let mut reloader = Reloader::new(app, sources.clone())?;
    let (pipeline, kept) = pipeline(app, sources, &settings, passphrase).await?;
    reloader.keep(kept);
    // This comes before the socket opens, because a mistake would close the socket again.
    anchors::read(&settings, &pipeline.issuer())?;
    let listener = Listener::open(&settings)?;
    let companions = Companions {
        operator: Some(&operator),
        reloader: Some(reloader),
    };
    let ended = serve_on(listener, pipeline, &settings, companions).await;
    operator.close().await;
    ended
}

/// Refuses to run as root. The service reads requests of strangers, and a fault there must not have root's rights.
fn refuse_root(settings: &Settings) -> Result<(), StartError> {
    if settings.allow_root || !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    Err(StartError::Settings(
        "refusing to run as root: start the service as its own user \
         (`User=` in the unit, or `setpriv --reuid=sapi --regid=sapi --init-groups`), or allow root: \
         allow_root = true, or serve --allow-root"
            .into(),
    ))
}

/// Makes the pipeline with its hooks and its identity, but without a socket.
pub(crate) async fn pipeline(
    app: &App,
    sources: &Sources,
    settings: &Settings,
    passphrase: &PassphraseSources,
) -> Result<(Pipeline, KeptPassphrase), StartError> {
    let hooks = app.make_hooks(sources)?;
    let (passphrase, kept) = KeptPassphrase::unlock(passphrase)?;
    let identity = unlock(&settings.ca_path, &passphrase)?;
    drop(passphrase);
    Ok((booted(identity, hooks, settings).await?, kept))
}

/// Makes a pipeline, and lets its hooks prepare themselves.
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

/// What the service has beside its socket. The demo has neither.
#[derive(Default)]
pub(crate) struct Companions<'a> {
    pub(crate) operator: Option<&'a Operator>,
    pub(crate) reloader: Option<Reloader<'a>>,
}

/// Serves on an open socket until a signal asks for the end.
pub(crate) async fn serve_on(
    listener: Listener,
    pipeline: Pipeline,
    settings: &Settings,
    companions: Companions<'_>,
) -> Result<(), StartError> {
    let mut signals = EndSignals::new()?;
    pipeline.self_test().await.map_err(StartError::SelfTest)?;
    let issuer = pipeline.issuer();
    let endpoint = Data::new(Endpoint {
        anchors: Anchors::new(anchors::read(settings, &issuer)?),
        pipeline,
        requests: settings.requests.clone(),
        proxy: settings.proxy.clone(),
        http: settings.http.clone(),
        drain: Arc::new(Drain::default()),
        in_progress: AtomicUsize::new(0),
        answers: Answers::default(),
        health: Arc::new(Health::new(settings.self_test_interval)),
    });
    endpoint.health.signs();
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
    let (name, inherited) = (listener.name(), listener.is_inherited());
    let (server, file) = match listener {
        Listener::Unix(listener, file) => (server.listen_uds(listener)?, file),
        Listener::Tcp(listener, _) => (server.listen(listener)?, None),
    };
    let server = server.run();
    let handle = server.handle();
    let running = actix_web::rt::spawn(server);

    let beats = Heartbeat::start(endpoint.pipeline.clone(), Arc::clone(&endpoint.health))?;
    if let Some(operator) = companions.operator {
        operator.show(endpoint.clone());
    }
    tracing::info!(listen = name, ca = issuer.subject_text(), "sapi serves");
    notify::ready(&issuer);
    until_asked_to_end(&mut signals, companions.reloader, &endpoint).await;

    tracing::info!("asked to end; answering what has arrived");
    notify::stopping();
    drop(beats);
    // Without its file nobody finds the socket any more. Clients that have found it are still served.
    drop(file);
    endpoint.drain.begin();
    if inherited {
        // Our successor takes over the same socket, and serves the clients that are not accepted yet.
        handle.pause().await;
    }
    let busy = || {
        endpoint
            .in_progress
            .load(Ordering::Acquire)
            .max(endpoint.pipeline.in_flight())
    };
    let deadline = settings.http.shutdown_timeout;
    drain::finish(handle, &endpoint.drain, deadline, busy).await;
    // After it was told to stop, the server's own task does not report anything.
    let _ = running.await;
    tracing::info!("sapi has ended");
    Ok(())
}

/// Reloads until a signal asks for the end. An unfinished reload is dropped, which does not change anything.
async fn until_asked_to_end(
    signals: &mut EndSignals,
    reloader: Option<Reloader<'_>>,
    endpoint: &Endpoint,
) {
    let Some(mut reloader) = reloader else {
        return signals.received().await;
    };
    tokio::select! {
        () = signals.received() => {}
        // Reloads end only with the runtime.
        () = reloader.attend(endpoint) => signals.received().await,
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
    /// The settings are wrong. The text names the key.
    Settings(String),
    /// The passphrase cannot be read, or is not valid.
    Passphrase(PassphraseError),
    /// The identity cannot be loaded. The text names the file.
    Identity(IdentityError),
    /// The key and the certificate are not an identity.
    Unfit(UnfitIdentity),
    /// The service has no hooks, so it could only deny.
    NoHooks,
    /// Hooks could not be made, or could not prepare themselves.
    Hooks(BoxError),
    /// The CA's key does not sign what its certificate verifies.
    SelfTest(BoxError),
    /// The socket cannot be opened.
    Listen(String),
    /// The output could not be written. The text names the file.
    Output(String),
    /// The operating system refused something.
    System(std::io::Error),
}

impl StartError {
    /// The exit code (sysexits): 78 for what the operator has set, 69 for a socket, 70 for a failed
    /// self-test, 71 for the system, 73 for a file that cannot be made.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Settings(_) | Self::Passphrase(_) | Self::Identity(_) | Self::Unfit(_) => 78,
            Self::NoHooks | Self::Hooks(_) => 78,
            Self::Listen(_) => 69,
            Self::SelfTest(_) => 70,
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
            Self::SelfTest(error) => write!(f, "the self-test signature failed: {error}"),
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
