//! The trust anchors: the authorities whose client certificates hooks may see.

use std::fs;
use std::sync::{Arc, PoisonError, RwLock};

use openssl::x509::X509;

use crate::certificate::Issuer;
use crate::settings::checked::Settings;
use crate::settings::error::SettingsError;

/// The certificates of these authorities. A reload replaces them.
pub(crate) struct Anchors(RwLock<Arc<[X509]>>);

impl Anchors {
    pub(crate) fn new(anchors: Arc<[X509]>) -> Self {
        Self(RwLock::new(anchors))
    }

    pub(crate) fn current(&self) -> Arc<[X509]> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn exchange(&self, next: Arc<[X509]>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = next;
    }
}

/// Returns the CA's own certificates, unless `proxy.client_ca_file` names others.
pub(crate) fn read(settings: &Settings, issuer: &Issuer) -> Result<Arc<[X509]>, SettingsError> {
    let Some(path) = &settings.proxy.client_ca_file else {
        let own = issuer.certificate().to_owned();
        return Ok(std::iter::once(own)
            .chain(issuer.chain().iter().cloned())
            .collect());
    };
    let fault = |what: String| {
        let what = format!("{}: {what}", path.display());
        SettingsError::of("proxy.client_ca_file", what)
    };
    let pem = fs::read(path).map_err(|error| fault(error.to_string()))?;
    match X509::stack_from_pem(&pem) {
        Ok(anchors) if !anchors.is_empty() => Ok(anchors.into()),
        _ => Err(fault("does not contain a PEM certificate".into())),
    }
}
