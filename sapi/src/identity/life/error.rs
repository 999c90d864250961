//! What can go wrong in the life of an identity.

use std::io;
use std::path::{Path, PathBuf};

use openssl::error::ErrorStack;
use thiserror::Error;

use crate::identity::authority::error::CreateError;
use crate::identity::authority::judge::{AuthorityFault, AuthorityWarning};
use crate::identity::directory::error::InstallError;
use crate::identity::directory::files::{self, FileError};
use crate::identity::directory::load::LoadError;
use crate::identity::error::{IdentityError, IdentityErrorKind};
use crate::identity::key::private::PrivateKeyError;

#[derive(Debug, Error)]
pub(crate) enum LifeError {
    #[error("no recipient: nobody could open the backup")]
    NoRecipient,
    #[error("recipient {0}: the key can only sign; give a certificate with an RSA or EC key")]
    RecipientKey(String),
    #[error("recipient {0}: the certificate is valid from {1} to {2}; give a current one")]
    RecipientDates(String, String, String),
    #[error("the archive cannot be made: {0}")]
    Archive(#[source] io::Error),
    #[error("OpenSSL could not encrypt the backup: {0}")]
    Encrypt(#[from] ErrorStack),

    #[error("not a backup made by ca_backup, nor the archive in one")]
    NoBackup,
    #[error(
        "does not open with this recipient's certificate and key; it may be for others, or damaged"
    )]
    NotForRecipient,
    #[error("{0}: does not belong in a backup")]
    NotOfABackup(String),
    #[error("{0}: is not as it was backed up")]
    Damaged(String),
    #[error("{0}; nothing was restored")]
    NotRestored(#[source] LoadError),

    #[error("{}: already contains a successor; activate it, or remove the folder", .0.display())]
    Waiting(PathBuf),
    #[error("{}: no successor is prepared; ca_roll_identity without --activate prepares one", .0.display())]
    NoSuccessor(PathBuf),
    #[error("the successor cannot sign: {0}")]
    CannotSign(AuthorityWarning),
    #[error("{folder}: cannot be written: {1}; nothing was changed", folder = .0.display())]
    Publish(PathBuf, #[source] io::Error),

    #[error(
        "no certificate in PEM; one in DER becomes PEM with: openssl x509 -inform DER -in FILE"
    )]
    NoCertificate,
    #[error(
        "no certificate of the key in {}; was it made from another {}?",
        files::PRIVATE_KEY,
        files::REQUEST
    )]
    OtherKey,
    #[error(
        "several certificates of the key in {}; give one, and those above it",
        files::PRIVATE_KEY
    )]
    Several,
    #[error("{0}: not the issuer of any certificate given; leave it out")]
    NotInChain(String),
    #[error("{0}: {1}")]
    Unfit(String, #[source] AuthorityFault),
    #[error("{0}: its path length allows no CA so far below it; ask for another certificate")]
    PathLength(String),
    #[error("{0}: {1}")]
    Dates(String, AuthorityWarning),

    /// The old file of the key is untouched.
    #[error("{file}: cannot be written: {0}; nothing was changed", file = files::PRIVATE_KEY)]
    KeyFile(#[source] io::Error),
    #[error("{file}: {0}; nothing was changed", file = files::PRIVATE_KEY)]
    PrivateKey(#[from] PrivateKeyError),

    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Create(#[from] CreateError),
    #[error(transparent)]
    Install(#[from] InstallError),
}

impl LifeError {
    pub(crate) fn publish(folder: &Path, error: io::Error) -> Self {
        Self::Publish(folder.to_owned(), error)
    }
}

impl From<LifeError> for IdentityError {
    fn from(error: LifeError) -> Self {
        let kind = match error {
            LifeError::File(error) => return error.into(),
            LifeError::Load(error) => return error.into(),
            LifeError::Create(error) => return error.into(),
            LifeError::Install(error) => return error.into(),
            LifeError::Archive(_) | LifeError::Encrypt(_) | LifeError::PrivateKey(_) => {
                IdentityErrorKind::Crypto
            }
            LifeError::NotRestored(_) | LifeError::CannotSign(_) => IdentityErrorKind::Unusable,
            LifeError::Waiting(_) | LifeError::NoSuccessor(_) => IdentityErrorKind::InTheWay,
            LifeError::Publish(..) | LifeError::KeyFile(_) => IdentityErrorKind::Write,
            _ => IdentityErrorKind::Outside,
        };
        Self::new(kind, error)
    }
}
