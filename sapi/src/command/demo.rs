//! `demo`: everything once, with a throw-away identity.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use clap::Args;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::stack::Stack;
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509NameBuilder, X509Req};

use super::exit_code::{of_status, refuse};
use crate::certificate::Validity;
use crate::hooks::{BoxError, IntoHooks, Rejection, SigningContext, SigningHooks, Terms, Verdict};
use crate::identity::NewIdentity;
use crate::identity::ca::Identity;
use crate::request::KeyKind;
use crate::request::{ClientId, DistinguishedName};
use crate::server::endpoint::anchors;
use crate::server::error::StartFault;
use crate::server::process::listen::{ListenError, Listener, Origin};
use crate::server::process::log;
use crate::server::{App, serving, start};
use crate::settings::checked::Settings;
use crate::settings::sources::Sources;

/// Makes a CA in memory, serves on loopback, and enrols a client over HTTP.
#[derive(Args)]
#[command(
    after_help = "Exit codes: 0 a certificate was issued, 77 the policy denies the client, 75 not now,\n65 the request is not acceptable, 70 failure, 78 settings"
)]
pub(crate) struct Demo {
    /// End after the first certificate instead of serving until Ctrl-C
    #[arg(long)]
    once: bool,
    /// Use this program's own hooks with the settings of this file; without it, a policy grants every request
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The client to enrol: its identifier, and the common name of its request
    #[arg(long, value_name = "CLIENT", default_value = "demo01")]
    client: ClientId,
    /// The port on 127.0.0.1; 0 lets the system choose
    #[arg(long, default_value_t = 0)]
    port: u16,
}

impl Demo {
    pub(crate) fn run(self, app: &App) -> Result<ExitCode, StartFault> {
        let sources = match &self.config {
            Some(file) => Sources::read(Some(file), &[])?,
            None => Sources::defaults()?,
        };
        let settings = Settings::check(&sources)?;
        // Your own hooks' decisions are worth logging; grant-all's are not.
        let filter = self
            .config
            .as_ref()
            .map_or("warn", |_| &settings.log_filter);
        log::start(settings.log_format, filter)?;
        let hooks = match self.config {
            Some(_) => app.makers().make(&sources)?,
            None => GrantAll.into_hooks(),
        };
        let (identity, ca) = throw_away_identity().map_err(StartFault::Hooks)?;
        let listener = TcpListener::bind(("127.0.0.1", self.port))
            .map_err(|error| ListenError(format!("--port {}: {error}", self.port)))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let folder = tempfile::Builder::new().prefix("sapi-demo-").tempdir()?;
        let refused = actix_web::rt::System::new().block_on(async {
            let pipeline = start::booted(identity, hooks, &settings).await?;
            let anchors = anchors::read(&settings, &pipeline.issuer())?;
            let serving = serving::serve_on(
                Listener::Tcp(listener, Origin::Bound),
                pipeline,
                anchors,
                &settings,
                serving::Companions::default(),
            );
            let (once, folder) = (self.once, folder.path().to_path_buf());
            let enrolment = tokio::task::spawn_blocking(move || {
                show(address, &self.client, &ca, &folder, once)
            });
            tokio::pin!(serving);
            tokio::select! {
                ended = &mut serving => return ended.map(|()| None),
                shown = enrolment => {
                    let shown = shown.map_err(BoxError::from).flatten().map_err(StartFault::Hooks)?;
                    if once || shown.is_some() {
                        return Ok(shown);
                    }
                }
            }
            serving.await.map(|()| None)
        })?;
        Ok(
            refused.map_or(ExitCode::SUCCESS, |Refused { status, problem }| {
                refuse(of_status(status), &format!("the server refused: {problem}"))
            }),
        )
    }
}

/// The policy of a demo without `--config`.
struct GrantAll;

#[async_trait]
impl SigningHooks for GrantAll {
    fn name(&self) -> &'static str {
        "grant-all"
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        Ok(Verdict::Grant(
            Terms::valid_for(Validity::days(1)).with_requested_names(cx.csr()),
        ))
    }
}

fn throw_away_identity() -> Result<(Identity, X509), BoxError> {
    let subject = DistinguishedName::from_fields([("CN", "sapi demo CA, do not trust")])?;
    // The demo starts the program, so it reads the clock, as the server does.
    #[allow(clippy::disallowed_methods)]
    let now = SystemTime::now();
    let made =
        NewIdentity::self_signed(&subject, KeyKind::P256, Validity::days(30).duration(), now)?;
    let ca = made.certificate().clone();
    let identity = Identity::new(made.key().clone(), ca.clone(), Vec::new())?;
    Ok((identity, ca))
}

/// An answer without a certificate.
struct Refused {
    status: u16,
    problem: String,
}

/// Enrols a client over HTTP, verifies its certificate, and prints how to do it by hand.
fn show(
    address: SocketAddr,
    client: &ClientId,
    ca: &X509,
    folder: &Path,
    once: bool,
) -> Result<Option<Refused>, BoxError> {
    let request = demo_request(client)?;
    let (status, answer) = put(address, &format!("/api/csr/{client}"), &request.to_pem()?)?;
    let body: serde_json::Value = serde_json::from_str(&answer)?;
    let Some(pem) = body
        .get("signed_x509_pem")
        .and_then(serde_json::Value::as_str)
    else {
        return Ok(Some(Refused {
            status,
            problem: answer,
        }));
    };
    let certificate = X509::from_pem(pem.as_bytes())?;
    if !certificate.verify(ca.public_key()?.as_ref())? {
        return Err("the certificate is not signed by the demo's CA".into());
    }
    let mut out = io::stdout().lock();
    write!(
        out,
        "{}\n{pem}",
        String::from_utf8_lossy(&certificate.to_text()?)
    )?;
    writeln!(
        out,
        "Issued over http://{address} and verified against the demo's CA."
    )?;
    if once {
        return Ok(None);
    }
    std::fs::write(folder.join("ca.cert.pem"), ca.to_pem()?)?;
    std::fs::write(folder.join("client.csr"), request.to_pem()?)?;
    writeln!(
        out,
        "The CA's certificate and a request are in {}. By hand:\n",
        folder.display()
    )?;
    writeln!(
        out,
        "    curl -sS -T {}/client.csr http://{address}/api/csr/{client}\n",
        folder.display()
    )?;
    writeln!(out, "Serving until Ctrl-C.")?;
    out.flush()?;
    Ok(None)
}

fn demo_request(client: &ClientId) -> Result<X509Req, BoxError> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let key = PKey::from_ec_key(EcKey::generate(&group)?)?;
    let mut subject = X509NameBuilder::new()?;
    subject.append_entry_by_text("CN", client.as_str())?;
    let mut request = X509Req::builder()?;
    request.set_subject_name(&subject.build())?;
    request.set_pubkey(&key)?;
    let name = SubjectAlternativeName::new()
        .dns(&format!("{client}.example.com"))
        .build(&request.x509v3_context(None))?;
    let mut extensions = Stack::new()?;
    extensions.push(name)?;
    request.add_extensions(&extensions)?;
    request.sign(&key, MessageDigest::sha256())?;
    Ok(request.build())
}

/// Sends a minimal HTTP request, so that the demo needs no other program.
fn put(address: SocketAddr, path: &str, body: &[u8]) -> Result<(u16, String), BoxError> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    write!(
        stream,
        "PUT {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/pkcs10\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .ok_or("the server closed the connection without an answer")?;
    let status = head.split(' ').nth(1).unwrap_or_default().parse()?;
    Ok((status, body.to_owned()))
}
