//! What the CA itself requires of every certificate, whatever the hooks say.

use std::time::SystemTime;

use crate::certificate::{DraftCertificate, Issuer};
use crate::hooks::Rejection;

/// Signs nothing while the CA's own certificate is not valid: no client could use the result.
pub(super) fn require_valid(issuer: &Issuer, now: SystemTime) -> Result<(), Rejection> {
    if issuer.is_valid_at(now) {
        return Ok(());
    }
    Err(Rejection::Unavailable {
        reason: if now < issuer.not_before() {
            "the certificate authority's own certificate is not valid yet"
        } else {
            "the certificate authority's own certificate has expired"
        },
    })
}

/// Refuses names outside the CA's constraints (RFC 5280 section 4.2.1.10): no verifier would accept them.
pub(super) fn require_permitted(
    issuer: &Issuer,
    draft: &DraftCertificate,
) -> Result<(), Rejection> {
    issuer
        .permits(draft.subject(), draft.names())
        .map_err(|outside| Rejection::denied(outside.to_string()))
}
