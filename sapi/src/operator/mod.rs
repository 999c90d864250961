//! The operator's own socket: health, readiness, metrics. Off unless `operator.listen` is set.
// Whether the CA's certificate holds at present is asked here, as in the server.
#![allow(clippy::disallowed_methods)]

mod metrics;
mod pages;

use std::sync::{Arc, OnceLock};

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use actix_web::{App, HttpServer};

use crate::server::listen::{Listener, SocketFile};
use crate::server::put_csr::Endpoint;
use crate::server::settings::Settings;
use crate::server::start::StartError;

/// The operator listener, open from before the identity is unlocked until after the last answer.
pub(crate) struct Operator {
    view: Arc<View>,
    server: Option<ServerHandle>,
    _file: Option<SocketFile>,
}

/// What it shows: nothing but that the process lives, until the service serves.
#[derive(Default)]
pub(crate) struct View {
    endpoint: OnceLock<Data<Endpoint>>,
}

impl Operator {
    /// To be called on an actix runtime.
    pub(crate) fn open(settings: &Settings) -> Result<Self, StartError> {
        let view = Arc::new(View::default());
        let Some(operator) = &settings.operator else {
            return Ok(Self {
                view,
                server: None,
                _file: None,
            });
        };
        let listener = Listener::bind(&operator.listen, operator.mode, operator.group.as_deref())?;
        tracing::info!(listen = listener.name(), "the operator listener is open");
        let shown = Data::from(Arc::clone(&view));
        let server = HttpServer::new(move || App::new().configure(pages::configure(shown.clone())))
            .workers(1)
            .max_connections(64)
            .disable_signals();
        let (server, file) = match listener {
            Listener::Unix(listener, file) => (server.listen_uds(listener)?, file),
            Listener::Tcp(listener, _) => (server.listen(listener)?, None),
        };
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Ok(Self {
            view,
            server: Some(handle),
            _file: file,
        })
    }

    /// From now on there is something to show.
    pub(crate) fn show(&self, endpoint: Data<Endpoint>) {
        // Set twice it would be the same endpoint.
        let _ = self.view.endpoint.set(endpoint);
    }

    pub(crate) async fn close(self) {
        if let Some(server) = self.server {
            server.stop(false).await;
        }
    }
}
