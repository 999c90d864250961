//! The trail: what a request leaves behind at the stops of the road.

use crate::certificate::{DraftCertificate, IssuedCertificate, SerialNumber};
use crate::encoding::time::rfc3339;
use crate::hooks::Terms;

/// What the audit line says about a certificate. For a watched request, also the result of each stop.
#[derive(Default)]
pub(crate) struct Trail {
    issued: Option<Issued>,
    witnessed: Option<Witnessed>,
}

/// A certificate as the audit line names it.
pub(super) struct Issued {
    pub(super) serial: SerialNumber,
    pub(super) subject: String,
    pub(super) names: String,
    pub(super) not_after: String,
}

/// The result of each stop that a watched request reached.
#[derive(Default)]
pub(super) struct Witnessed {
    pub(super) terms: Option<Terms>,
    pub(super) drafted: Option<DraftCertificate>,
    pub(super) presigned: Option<DraftCertificate>,
    pub(super) certificate: Option<IssuedCertificate>,
}

impl Trail {
    /// The trail of a watched request, which keeps everything.
    pub(super) fn watched() -> Self {
        Self {
            issued: None,
            witnessed: Some(Witnessed::default()),
        }
    }

    pub(super) fn is_watched(&self) -> bool {
        self.witnessed.is_some()
    }

    pub(super) fn granted(&mut self, terms: &Terms) {
        if let Some(witnessed) = &mut self.witnessed {
            witnessed.terms = Some(terms.clone());
        }
    }

    pub(super) fn drafted(&mut self, draft: &DraftCertificate) {
        if let Some(witnessed) = &mut self.witnessed {
            witnessed.drafted = Some(draft.clone());
        }
    }

    pub(super) fn presigned(&mut self, draft: &DraftCertificate) {
        if let Some(witnessed) = &mut self.witnessed {
            witnessed.presigned = Some(draft.clone());
        }
    }

    /// From here on a certificate exists, whether or not the client gets it.
    pub(super) fn signed(&mut self, certificate: &IssuedCertificate) {
        let names = certificate.names().iter().map(ToString::to_string);
        self.issued = Some(Issued {
            serial: certificate.serial().clone(),
            subject: certificate.subject().to_string(),
            names: names.collect::<Vec<_>>().join(" "),
            not_after: rfc3339(certificate.not_after()),
        });
        if let Some(witnessed) = &mut self.witnessed {
            witnessed.certificate = Some(certificate.clone());
        }
    }

    /// The certificate, once there is one.
    pub(super) fn issued(&self) -> Option<&Issued> {
        self.issued.as_ref()
    }

    pub(super) fn into_witnessed(self) -> Witnessed {
        self.witnessed.unwrap_or_default()
    }
}
