//! Ready-made hooks, with plain files where others have a database.
//!
//! An integrator's own crate could contain any of them. They work in a chain with an integrator's own
//! hooks.
//!
//! ```no_run
//! # struct Members;
//! # impl sapi::SigningHooks for Members {}
//! # fn f() -> Result<(), sapi::BoxError> {
//! use sapi::Chain;
//! use sapi_stock::Journal;
//!
//! let hooks = Chain::new().then(Members).then(Journal::open("/var/lib/sapi/journal".as_ref())?);
//! # Ok(()) }
//! ```

pub mod approvals;
pub mod auto_approve;
mod crl;
mod crl_error;
mod crl_number;
mod decided_by;
mod durable;
pub mod journal;
mod moment;
pub mod renew;

pub use approvals::Approvals;
pub use auto_approve::AutoApprove;
pub use crl::{Crl, PublishedCrl};
pub use crl_error::CrlError;
pub use decided_by::DecidedBy;
pub use journal::Journal;
pub use renew::RenewByCertificate;
