//! After the signature nothing can be changed.
use sapi::{BoxError, IssuedCertificate, SigningContext, SigningHooks, async_trait};

struct Late;

#[async_trait]
impl SigningHooks for Late {
    async fn postsign(&self, _: &mut SigningContext, cert: &IssuedCertificate) -> Result<(), BoxError> {
        cert.names_mut().clear();
        Ok(())
    }
}

fn main() {}
