//! The trust bundle: the CAs that verifiers trust while one CA follows another.

use std::io;
use std::path::Path;
use std::time::SystemTime;

use openssl::x509::X509;

use super::error::LifeError;
use crate::identity::authority::error::CreateError;
use crate::identity::authority::judge;
use crate::identity::authority::judge::AuthorityWarning;
use crate::identity::directory::durable::Overwrite;
use crate::identity::directory::{durable, files};

/// The CAs to trust. The one that signs comes first.
pub(crate) struct TrustBundle(Vec<X509>);

impl TrustBundle {
    /// Joins the `known` CAs, and the CAs of the published bundle that have not expired.
    pub(crate) fn with_published(
        known: &[&X509],
        folder: &Path,
        now: SystemTime,
    ) -> Result<Self, LifeError> {
        let mut bundle: Vec<X509> = known.iter().map(|one| (*one).clone()).collect();
        if folder.join(files::BUNDLE).exists() {
            let pem = files::read_public(folder, files::BUNDLE)?;
            for one in X509::stack_from_pem(&pem).map_err(CreateError::from)? {
                let der = one.to_der().map_err(CreateError::from)?;
                let is_new = bundle
                    .iter()
                    .all(|other| other.to_der().ok().as_ref() != Some(&der));
                let ended = matches!(judge::dates(&one, now), Some(AuthorityWarning::Expired(_)));
                if is_new && !ended {
                    bundle.push(one);
                }
            }
        }
        Ok(Self(bundle))
    }

    pub(crate) fn publish(&self, folder: &Path) -> io::Result<()> {
        publish(folder, files::BUNDLE, &self.0)
    }
}

/// Writes certificates for everybody to read.
pub(crate) fn publish(folder: &Path, name: &str, certificates: &[X509]) -> io::Result<()> {
    let mut content = Vec::new();
    for certificate in certificates {
        content.extend(certificate.to_pem()?);
    }
    let path = folder.join(name);
    durable::write(&path, &content, 0o644, Overwrite::Allowed, |_| Ok(()))
}
