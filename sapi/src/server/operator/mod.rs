//! The operator's own socket: health, readiness, metrics. Off unless `operator.listen` is set.
// The pages read the clock, to tell whether the CA's certificate is valid now.
#![allow(clippy::disallowed_methods)]

mod metrics;
mod pages;
mod readiness;
mod view;

use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::sync::{Arc, mpsc};
use std::thread;

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use actix_web::{App, HttpServer};

use self::view::View;
use super::endpoint::put_csr::Endpoint;
use super::error::StartFault;
use super::process::listen::{Listener, SocketFile};
use crate::settings::checked::Settings;

/// The operator listener. It opens before the identity is unlocked, and closes after the last answer.
pub(crate) struct Operator {
    view: Arc<View>,
    server: Option<ServerHandle>,
    _file: Option<SocketFile>,
}

impl Operator {
    /// Binds and serves at once, if the settings name an address.
    pub(crate) fn open(settings: &Settings) -> Result<Self, StartFault> {
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
        let (listener, file) = match listener {
            Listener::Unix(listener, file) => (Bound::Unix(listener), file),
            Listener::Tcp(listener, _) => (Bound::Tcp(listener), None),
        };
        Ok(Self {
            view,
            server: Some(serve(listener, shown)?),
            _file: file,
        })
    }

    /// Shows the endpoint from now on.
    pub(crate) fn show(&self, endpoint: Data<Endpoint>) {
        // A second call would bring the same endpoint.
        let _ = self.view.endpoint.set(endpoint);
    }

    pub(crate) async fn close(self) {
        if let Some(server) = self.server {
            server.stop(false).await;
        }
    }
}

enum Bound {
    Unix(UnixListener),
    Tcp(TcpListener),
}

/// Serves on its own thread and runtime. The main runtime may be blocked while the identity is unlocked
/// and hooks boot.
fn serve(listener: Bound, view: Data<View>) -> std::io::Result<ServerHandle> {
    let (handed, handle) = mpsc::channel();
    let run = move || {
        actix_web::rt::System::new().block_on(async {
            let pages = move || App::new().configure(pages::configure(view.clone()));
            let server = HttpServer::new(pages)
                .workers(1)
                .max_connections(64)
                .disable_signals();
            let bound = match listener {
                Bound::Unix(listener) => server.listen_uds(listener),
                Bound::Tcp(listener) => server.listen(listener),
            };
            let server = match bound {
                Ok(server) => server.run(),
                // The receiver waits at the end of this function.
                Err(error) => return drop(handed.send(Err(error))),
            };
            let _ = handed.send(Ok(server.handle()));
            if let Err(error) = server.await {
                tracing::error!("the operator listener has ended: {error}");
            }
        });
    };
    thread::Builder::new().name("operator".into()).spawn(run)?;
    handle.recv().map_err(std::io::Error::other)?
}
