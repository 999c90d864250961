//! `sign`: signs one request through the hooks, like ca_sign_certificate of ssl_api.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::args::Common;
use super::exit_code::{exit_code, refuse};
use super::input::read;
use crate::request::{CertRequest, ClientId, Peer};
use crate::server::error::StartFault;
use crate::server::process::log;
use crate::server::{App, start};
use crate::settings::checked::Settings;

/// Signs one request and prints the certificate.
#[derive(Args)]
#[command(
    after_help = "Example:\n  sign --client web01 web01.csr > web01.crt\n\n\
    Exit codes: 0 signed, 65 the request is not acceptable, 75 not now, 77 denied, 70 failure,\n66 the file cannot be read, 73 the file for the certificate exists, 74 it cannot be written, 78 settings"
)]
pub(crate) struct Sign {
    /// The client's identifier, as in the path of the endpoint
    #[arg(long)]
    client: ClientId,
    /// The request, PEM or DER; - is standard input
    #[arg(default_value = "-", value_name = "FILE")]
    request: PathBuf,
    /// Write the certificate to this file instead of standard output; the file must not exist
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

impl Sign {
    pub(crate) fn run(self, app: &App) -> Result<ExitCode, StartFault> {
        let sources = self.common.settings.read()?;
        let settings = Settings::check(&sources)?;
        log::start(settings.log_format, &settings.log_filter)?;
        let body = match read(&self.request, settings.http.max_body) {
            Ok(body) => body,
            Err(error) => return Ok(refuse(66, &format!("{}: {error}", self.request.display()))),
        };
        let csr = match CertRequest::read(&body, &settings.requests) {
            Ok(csr) => csr,
            Err(error) => return Ok(refuse(65, &error.to_string())),
        };
        // Reserve the file before signing. Otherwise the certificate could be lost.
        let out = match self.out.as_deref().map(Reserved::new).transpose() {
            Ok(out) => out,
            Err(error) => return Ok(refuse(73, &error)),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let outcome = runtime.block_on(async {
            let passphrase = self.common.passphrase.sources();
            let (pipeline, _) =
                start::pipeline(app.makers(), &sources, &settings, &passphrase).await?;
            Ok::<_, StartFault>(
                pipeline
                    .issue(self.client.clone(), csr, Peer::local())
                    .await,
            )
        })?;
        match outcome {
            Ok(certificate) => Ok(deliver(out, certificate.pem())),
            Err(rejection) => Ok(refuse(exit_code(&rejection), &rejection.in_words())),
        }
    }
}

/// A file made for the certificate. It is removed again if nothing is written.
struct Reserved<'a> {
    path: &'a Path,
    file: fs::File,
    kept: bool,
}

impl<'a> Reserved<'a> {
    fn new(path: &'a Path) -> Result<Self, String> {
        let made = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path);
        let file = made.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => format!(
                "{}: already exists and is not overwritten; move it away or name another file",
                path.display()
            ),
            _ => format!("{}: {error}", path.display()),
        })?;
        Ok(Self {
            path,
            file,
            kept: false,
        })
    }

    fn write(&mut self, pem: &str) -> Result<(), String> {
        self.file
            .write_all(pem.as_bytes())
            .and_then(|()| self.file.sync_all())
            .map_err(|error| format!("{}: {error}", self.path.display()))?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        if !self.kept {
            // If this fails, an empty file stays. The error that is reported matters more.
            let _ = fs::remove_file(self.path);
        }
    }
}

/// Writes the certificate to the wanted file. If that fails, prints it to standard output.
fn deliver(out: Option<Reserved<'_>>, pem: &str) -> ExitCode {
    let written = out.map(|mut out| out.write(pem));
    if matches!(written, Some(Ok(()))) {
        return ExitCode::SUCCESS;
    }
    let mut stdout = io::stdout();
    let printed = stdout
        .write_all(pem.as_bytes())
        .and_then(|()| stdout.flush());
    match (written, printed) {
        (None, Ok(())) => ExitCode::SUCCESS,
        (Some(Err(error)), Ok(())) => refuse(74, &format!("{error}; printed instead")),
        (_, Err(error)) => refuse(74, &format!("standard output: {error}")),
        (Some(Ok(())), _) => ExitCode::SUCCESS,
    }
}
