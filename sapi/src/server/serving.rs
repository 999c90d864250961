//! The service while it serves: from an open socket to the signal that ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::HttpServer;
use actix_web::web::Data;
use openssl::x509::X509;

use super::endpoint::anchors::Anchors;
use super::endpoint::answers::Answers;
use super::endpoint::proxy::Connection;
use super::endpoint::put_csr::{Endpoint, configure};
use super::error::StartFault;
use super::operator::Operator;
use super::process::drain::{Drain, EndSignals};
use super::process::health::Health;
use super::process::heartbeat::Heartbeat;
use super::process::listen::Listener;
use super::process::{drain, notify};
use super::reload::Reloader;
use crate::pipeline::Pipeline;
use crate::settings::checked::Settings;

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
    anchors: Arc<[X509]>,
    settings: &Settings,
    companions: Companions<'_>,
) -> Result<(), StartFault> {
    let mut signals = EndSignals::new()?;
    pipeline.self_test().await.map_err(StartFault::SelfTest)?;
    let issuer = pipeline.issuer();
    let endpoint = Data::new(Endpoint {
        anchors: Anchors::new(anchors),
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
