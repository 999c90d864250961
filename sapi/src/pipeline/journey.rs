//! `Journey`: a request at the end of its road.

use super::trail::Trail;
use crate::certificate::IssuedCertificate;
use crate::hooks::{Rejection, SigningContext};

/// A request at the end of its road: issued, or refused at any stop.
pub(super) struct Journey {
    pub(super) cx: SigningContext,
    pub(super) trail: Trail,
    pub(super) outcome: Result<IssuedCertificate, Rejection>,
}
