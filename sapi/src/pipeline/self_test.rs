//! The self-test: signs a throw-away request, to prove that the CA's key signs. It keeps nothing.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::x509::{X509NameBuilder, X509Req};

use super::generation::Generation;
use crate::certificate::{DraftCertificate, Issuer, SerialNumber, Tbs, Validity};
use crate::hooks::BoxError;
use crate::identity::pool::SigningPool;
use crate::request::CertRequest;

/// Signs on a signing thread, and verifies. Hooks do not see it, and the certificate is dropped.
pub(crate) async fn run(
    pool: &SigningPool,
    generation: &Arc<Generation>,
    now: SystemTime,
) -> Result<(), BoxError> {
    let generation = Arc::clone(generation);
    pool.run(move || sign(&generation, now)).await?
}

fn sign(generation: &Generation, now: SystemTime) -> Result<(), BoxError> {
    let identity = &generation.identity;
    let issuer = identity.issuer();
    let csr = throw_away_request()?;
    let draft = DraftCertificate::new(
        &csr,
        issuer,
        &generation.profile,
        SerialNumber::random()?,
        (Validity::hours(1), Vec::new()),
        within(issuer, now),
    );
    let certificate = identity.issue(Tbs::render(draft, &csr, issuer)?)?;
    // The signer has verified with AWS-LC. OpenSSL reads the whole certificate.
    if certificate.as_openssl()?.verify(issuer.public_key())? {
        Ok(())
    } else {
        Err("the self-test's certificate does not verify with the CA's public key".into())
    }
}

fn throw_away_request() -> Result<CertRequest, BoxError> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let key = PKey::from_ec_key(EcKey::generate(&group)?)?;
    let mut subject = X509NameBuilder::new()?;
    subject.append_entry_by_text("CN", "sapi self-test")?;
    let mut request = X509Req::builder()?;
    request.set_subject_name(&subject.build())?;
    request.set_pubkey(&key)?;
    request.sign(&key, MessageDigest::sha256())?;
    Ok(CertRequest::from_der(&request.build().to_der()?)?)
}

/// Moves `now` into the CA's validity: the self-test tries only the key, not whether the CA is valid now.
fn within(issuer: &Issuer, now: SystemTime) -> SystemTime {
    let last = issuer.not_after().checked_sub(Duration::from_secs(1));
    now.min(last.unwrap_or(now)).max(issuer.not_before())
}
