//! Other people's eyes on our certificates: OpenSSL's and GnuTLS's commands, and rustls-webpki.
//!
//! `ca_pem` is one or more CA certificates in PEM; all of them are trusted. A missing program fails
//! the test with the name of its package.

use std::io::Write;
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use crate::program::program;
use openssl::x509::X509;
use rustls_pki_types::{CertificateDer, UnixTime};
use tempfile::NamedTempFile;

/// `openssl verify -x509_strict`.
///
/// # Errors
///
/// What the program says against the certificate.
pub fn openssl_verify(ca_pem: &str, leaf_pem: &str) -> Result<(), String> {
    let (ca, leaf) = (file(ca_pem), file(leaf_pem));
    let mut command = program("openssl");
    command.args(["verify", "-x509_strict", "-check_ss_sig", "-CAfile"]);
    command.arg(ca.path()).arg(leaf.path());
    judged(&run(&mut command))
}

/// `certtool --verify`.
///
/// # Errors
///
/// What the program says against the certificate.
pub fn gnutls_verify(ca_pem: &str, leaf_pem: &str) -> Result<(), String> {
    let (ca, leaf) = (file(ca_pem), file(leaf_pem));
    let mut command = program("certtool");
    command.arg("--verify").arg("--load-ca-certificate");
    command.arg(ca.path()).arg("--infile").arg(leaf.path());
    judged(&run(&mut command))
}

/// rustls-webpki, as rustls verifies a server's certificate and again a client's. It has no P-521.
///
/// # Errors
///
/// The first of its errors.
pub fn webpki_verify(ca_pem: &str, leaf_pem: &str) -> Result<(), String> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    webpki_verify_at(ca_pem, leaf_pem, now.unwrap())
}

/// [`webpki_verify`] at another time, counted from 1970.
///
/// # Errors
///
/// The first of its errors.
pub fn webpki_verify_at(ca_pem: &str, leaf_pem: &str, now: Duration) -> Result<(), String> {
    webpki_verify_chain(ca_pem, "", leaf_pem, now)
}

/// [`webpki_verify_at`] with certificates between, which are not trusted by themselves.
///
/// # Errors
///
/// The first of its errors.
pub fn webpki_verify_chain(
    ca_pem: &str,
    between_pem: &str,
    leaf_pem: &str,
    now: Duration,
) -> Result<(), String> {
    let text = |error: webpki::Error| format!("{error:?}");
    let cas = certificates(ca_pem);
    let anchors: Result<Vec<_>, _> = cas.iter().map(webpki::anchor_from_trusted_cert).collect();
    let anchors = anchors.map_err(text)?;
    let between = certificates(between_pem);
    let leaf = certificates(leaf_pem).remove(0);
    let leaf = webpki::EndEntityCert::try_from(&leaf).map_err(text)?;
    for usage in [
        webpki::KeyUsage::server_auth(),
        webpki::KeyUsage::client_auth(),
    ] {
        let time = UnixTime::since_unix_epoch(now);
        leaf.verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &anchors,
            &between,
            time,
            usage,
            None,
            None,
        )
        .map_err(text)?;
    }
    Ok(())
}

/// All three verifiers.
///
/// # Panics
///
/// When one of them does not accept the certificate.
pub fn everybody_accepts(ca_pem: &str, leaf_pem: &str) {
    assert_eq!(openssl_verify(ca_pem, leaf_pem), Ok(()), "openssl verify");
    assert_eq!(gnutls_verify(ca_pem, leaf_pem), Ok(()), "certtool --verify");
    assert_eq!(webpki_verify(ca_pem, leaf_pem), Ok(()), "rustls-webpki");
}

/// What `openssl x509 -text` prints of a certificate.
///
/// # Panics
///
/// When the program is missing or cannot read it.
#[must_use]
pub fn openssl_text(pem: &str) -> String {
    let file = file(pem);
    let mut command = program("openssl");
    command.args(["x509", "-noout", "-text", "-in"]);
    let output = run(command.arg(file.path()));
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn certificates(pem: &str) -> Vec<CertificateDer<'static>> {
    let stack = X509::stack_from_pem(pem.as_bytes()).unwrap();
    let der = |certificate: X509| CertificateDer::from(certificate.to_der().unwrap());
    stack.into_iter().map(der).collect()
}

fn file(content: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(content.as_bytes()).unwrap();
    file
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap()
}

fn judged(output: &Output) -> Result<(), String> {
    if output.status.success() {
        return Ok(());
    }
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    Err(text(&output.stdout) + &text(&output.stderr))
}
