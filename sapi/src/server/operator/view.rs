//! `View`: what the operator's pages can see.

use std::sync::OnceLock;

use actix_web::web::Data;

use crate::server::endpoint::put_csr::Endpoint;

/// What the listener shows. Until the service serves, it shows only that the process lives.
#[derive(Default)]
pub(crate) struct View {
    pub(crate) endpoint: OnceLock<Data<Endpoint>>,
}
