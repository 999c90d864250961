//! The identity of a CA: its public half, its private half, and the directory of both.
//!
//! ```no_run
//! use std::{path::Path, time::SystemTime};
//! use sapi::identity::{PassphraseSources, load};
//!
//! # fn f(now: SystemTime) -> Result<(), sapi::BoxError> {
//! let passphrase = PassphraseSources::default().unlock()?;
//! let loaded = load(Path::new("/var/lib/ca"), &passphrase, now)?;
//! # Ok(()) }
//! ```

pub(crate) mod authority;
pub(crate) mod ca;
pub(crate) mod directory;
pub(crate) mod error;
pub(crate) mod key;
pub(crate) mod life;
pub(crate) mod passphrase;
pub(crate) mod pool;
pub(crate) mod signer;
pub(crate) mod unfit;

pub use authority::judge::AuthorityWarning;
pub use directory::files::{certificates, existing};
pub use directory::install::{Existing, Installed};
pub use directory::load::{LoadedIdentity, load, load_issuer};
pub use error::{IdentityError, IdentityErrorKind};
pub use life::backup::Backup;
pub use life::change_passphrase::ChangePassphrase;
pub use life::check::{Finding, Level, check, faults};
pub use life::create::NewIdentity;
pub use life::outside_certificate::OutsideCertificate;
pub use life::request::AuthorityRequest;
pub use life::restore::{Restore, recipient_key};
pub use life::rollover::{Prepared, Rollover, SuccessorKey};
pub use passphrase::error::PassphraseError;
pub use passphrase::other::OtherPassphrase;
pub use passphrase::sources::PassphraseSources;
pub use passphrase::{Passphrase, hardening};
