//! Single stops of the road for the benches; not part of the public interface.
#![allow(missing_docs, missing_debug_implementations)]

use std::time::{Duration, SystemTime};

use crate::certificate::{
    DraftCertificate, IssuedCertificate, Issuer, Profile, SerialNumber, Tbs, Validity,
    check_invariants, write_tbs,
};
use crate::hooks::{BoxError, HookCall};
use crate::identity::ca::Identity;
use crate::pipeline::metrics::Metrics;
use crate::request::signature::Scheme;
use crate::request::signature::digest::Digest;
use crate::request::{AltName, CertRequest, RequestPolicy, pem, read_spki};

/// Finds the request in a body.
pub fn find_request(body: &[u8]) -> Result<usize, BoxError> {
    Ok(pem::find_request(body)?.len())
}

/// Checks only the key policy.
pub fn check_key(csr: &CertRequest, policy: &RequestPolicy) -> Result<(), BoxError> {
    let numbers = read_spki(csr.public_key_der())?;
    Ok(policy.check_key(&numbers, &[0; 32])?)
}

/// Builds the key of a request and verifies a signature with it, made with SHA-256.
pub fn verify(csr: &CertRequest, message: &[u8], signature: &[u8]) -> Result<(), BoxError> {
    let numbers = read_spki(csr.public_key_der())?;
    let key = numbers.build()?;
    let scheme = match csr.key_kind().is_rsa() {
        true => Scheme::RsaPkcs1(Digest::Sha256),
        false => Scheme::Ecdsa(Digest::Sha256),
    };
    Ok(scheme.verify(&numbers, &key, message, signature)?)
}

pub struct Draft(DraftCertificate);

/// Makes a draft for a request, with the names that it asks for.
pub fn draft(csr: &CertRequest, issuer: &Issuer, now: SystemTime) -> Result<Draft, BoxError> {
    let names: Vec<AltName> = csr.names().to_vec();
    let serial = SerialNumber::random()?;
    let granted = (Validity::days(30), names);
    let profile = Profile::default();
    let draft = DraftCertificate::new(csr, issuer, &profile, serial, granted, now);
    Ok(Draft(draft))
}

/// Writes the bytes to be signed, unchecked.
pub fn write(draft: &Draft, csr: &CertRequest, issuer: &Issuer) -> Result<Vec<u8>, BoxError> {
    write_tbs(&draft.0, csr, issuer).map_err(|error| error.to_string().into())
}

/// Checks the invariants on those bytes.
pub fn check(tbs: &[u8], draft: &Draft, csr: &CertRequest, ca: &Issuer) -> Result<(), BoxError> {
    Ok(check_invariants(tbs, &draft.0, csr, ca)?)
}

/// Does the work of [`write()`] and [`check`].
pub fn render(draft: Draft, csr: &CertRequest, issuer: &Issuer) -> Result<Rendered, BoxError> {
    Ok(Rendered(Tbs::render(draft.0, csr, issuer)?))
}

pub struct Rendered(Tbs);

/// Signs, verifies the signature, puts the certificate together.
pub fn sign(identity: &Identity, rendered: Rendered) -> Result<IssuedCertificate, BoxError> {
    Ok(identity.issue(rendered.0)?)
}

/// Counts a request: a decision, four methods of a hook, a signature.
pub fn counting() -> impl Fn() {
    let metrics = Metrics::default();
    let took = Duration::from_micros(20);
    let times = ["authorize", "serial_number", "presign", "postsign"].map(|method| HookCall {
        hook: "members".into(),
        method,
        took,
        answer: String::new(),
    });
    move || {
        metrics.decided("issued");
        times.iter().for_each(|time| metrics.hook_ran(time));
        metrics.signed(took);
    }
}
