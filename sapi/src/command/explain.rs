//! `explain`: a rehearsal of one request, stop by stop.

use std::fs;
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::Args;

use super::args::SettingsArgs;
use super::exit_code::{exit_code, refuse};
use super::explain_json;
use super::input::read;
use crate::certificate::{Issuer, SerialNumber};
use crate::hooks::BoxError;
use crate::identity::ca::Identity;
use crate::identity::directory::load::load_public;
use crate::pipeline::Observation;
use crate::request::{CertRequest, ClientId, Peer, PeerCertificate};
use crate::server::endpoint::anchors;
use crate::server::error::StartFault;
use crate::server::process::log;
use crate::server::{App, start};
use crate::settings::checked::Settings;
use crate::settings::error::SettingsError;

/// Rehearses one request with the real settings and hooks, and prints what happened at every stop.
///
/// The CA's key stays locked: a throw-away key signs, `postsign` does not run, and hooks see that it is a
/// rehearsal.
#[derive(Args)]
#[command(
    after_help = "Example:\n  explain --client web01 --peer 192.0.2.7 web01.csr\n\n\
    Exit codes: 0 would be issued, 65 the request is not acceptable, 75 not now, 77 denied, 70 failure,\n66 the file cannot be read, 78 settings"
)]
pub(crate) struct Explain {
    /// The client's identifier, as in the path of the endpoint
    #[arg(long)]
    client: ClientId,
    /// The request, PEM or DER; - is standard input
    #[arg(default_value = "-", value_name = "FILE")]
    request: PathBuf,
    /// The peer's address that hooks see
    #[arg(long, value_name = "ADDRESS")]
    peer: Option<IpAddr>,
    /// The client certificate (PEM) that hooks see; it is verified like one from the proxy, against
    /// proxy.client_ca_file or, without it, the CA itself
    #[arg(long, value_name = "FILE")]
    peer_certificate: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: SettingsArgs,
}

impl Explain {
    pub(crate) fn run(self, app: &App) -> Result<ExitCode, StartFault> {
        let sources = self.settings.read()?;
        let settings = Settings::check(&sources)?;
        log::start(settings.log_format, &settings.log_filter)?;
        let body = match read(&self.request, settings.http.max_body) {
            Ok(body) => body,
            Err(error) => return Ok(refuse(66, &format!("{}: {error}", self.request.display()))),
        };
        let csr = match CertRequest::read(&body, &settings.requests) {
            Ok(csr) => csr,
            Err(error) => {
                if self.json {
                    explain_json::print_unacceptable(&self.client, &error)?;
                } else {
                    writeln!(
                        io::stdout(),
                        "request\n  refused before any hook sees it: {error}"
                    )?;
                }
                return Ok(refuse(65, &format!("{}: {error}", error.slug())));
            }
        };
        let hooks = app.makers().rehearse(&sources)?;
        let public = load_public(&settings.ca_path, now()).map_err(|error| {
            SettingsError::new(format!("{}: {error}", settings.ca_path.display()))
        })?;
        let identity = Identity::for_rehearsal(public.certificate, public.chain)?;
        let peer = self.peer(&settings, identity.issuer())?;
        let request_id = SerialNumber::random().map_err(io::Error::other)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let seen = runtime.block_on(async {
            let pipeline = start::booted(identity, hooks, &settings).await?;
            let request_id = request_id.to_string();
            Ok::<_, StartFault>(
                pipeline
                    .observe(request_id, self.client.clone(), csr, peer)
                    .await,
            )
        })?;
        match self.json {
            true => explain_json::print(&seen)?,
            false => print(&seen)?,
        }
        Ok(seen.rejection().map_or(ExitCode::SUCCESS, |rejection| {
            ExitCode::from(exit_code(rejection))
        }))
    }

    fn peer(&self, settings: &Settings, issuer: &Issuer) -> Result<Peer, StartFault> {
        let peer = self.peer.map_or(Peer::local(), Peer::at);
        let Some(file) = &self.peer_certificate else {
            return Ok(peer);
        };
        let certificate = || -> Result<PeerCertificate, BoxError> {
            let anchors = anchors::read(settings, issuer)?;
            Ok(PeerCertificate::verify(&fs::read(file)?, &anchors, now())?)
        };
        let fault = |error| {
            SettingsError::new(format!("--peer-certificate {}: {error}", file.display())).into()
        };
        certificate()
            .map(|certificate| peer.with_certificate(certificate))
            .map_err(fault)
    }
}

fn print(seen: &Observation) -> Result<(), StartFault> {
    let mut out = io::stdout().lock();
    write!(out, "{seen}")?;
    if let Some(certificate) = seen.certificate() {
        let text = certificate.as_openssl().and_then(|it| it.to_text());
        let text = text.map_err(io::Error::other)?;
        writeln!(
            out,
            "\nthe certificate that would result; this one is signed by a throw-away key"
        )?;
        write!(
            out,
            "{}{}",
            String::from_utf8_lossy(&text),
            certificate.pem()
        )?;
    }
    Ok(out.flush()?)
}

/// A command starts the program, so it reads the clock, as the server does.
#[allow(clippy::disallowed_methods)]
fn now() -> SystemTime {
    SystemTime::now()
}
