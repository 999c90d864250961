//! The CA's key and certificate: made, locked with a passphrase, found, checked.

mod authority;
mod check;
mod create;
mod durable;
mod files;
pub mod hardening;
mod inherited;
mod install;
mod key_kind;
mod load;
mod passphrase;
mod passphrase_sources;
pub mod private_key;
mod staging;
mod subject;
mod terminal;
mod timestamp;

pub use authority::{AuthorityFault, AuthorityWarning};
pub use check::{Finding, Level, check, faults};
pub use create::{CreateError, NewIdentity};
pub use files::{FileError, existing};
pub use install::{Existing, InstallError, Installed};
pub use key_kind::{KeyKind, UnknownKeyKind};
pub use load::{IdentityError, LoadedIdentity, load};
pub use passphrase::{Passphrase, PassphraseLengthError};
pub use passphrase_sources::{PassphraseError, PassphraseSources};
pub use private_key::PrivateKeyError;
pub use subject::{Subject, SubjectError};
