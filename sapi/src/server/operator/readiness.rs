//! Whether requests should be sent to this instance.

use std::time::SystemTime;

use crate::server::endpoint::put_csr::Endpoint;

/// Returns the reason not to send requests here, or `None`.
pub(crate) fn unready(endpoint: &Endpoint, now: SystemTime) -> Option<String> {
    let issuer = endpoint.pipeline.issuer();
    if endpoint.drain.has_begun() {
        return Some("draining: the service is about to end".into());
    }
    if now < issuer.not_before() {
        return Some("the CA's certificate is not valid yet".into());
    }
    if now > issuer.not_after() {
        return Some("the CA's certificate has expired".into());
    }
    if !endpoint.health.signs_still() {
        return Some(format!(
            "no signature was made within the last {:?}",
            endpoint.health.interval()
        ));
    }
    None
}
